"""Every form of goal against a figure; the answers are worked out by hand from the words of the plan."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from bilan.board.goal import Goal, Unjudged, goal_of
from bilan.board.verdict import verdict
from bilan.foresee.room_limits import Limit
from bilan.plan.model import Target
from bilan.policy import Indicator, indicators

BY_CODE = {indicator.code: indicator for indicator in indicators()}
PM25, GOOD_DAYS, CLASS = "air.pm25.annual", "air.aqi.good_days_ratio", "water.section.class"
FOREST, ENERGY, NOX = "eco.forest.cover", "energy.intensity.decline", "air.nox.emission"
NONFOSSIL, TP, HEAVY = "energy.nonfossil_share", "water.section.tp", "air.heavy_days"


def target(operator: str, value: float | None, unit: str | None = None, **more: Any) -> Target:
    told: dict[str, Any] = {"id": "t1", "start": 0, "end": 1, "kind": "target", "indicator": None, "name": "某指标"}
    told |= {"operator": operator, "value": value, "unit": unit, "value_kind": "number", "quote": "…", "confidence": 1}
    return Target(**(told | more))


def goal(code: str | None, operator: str, value: float | None, unit: str | None = None, **more: Any) -> Goal:
    return goal_of(target(operator, value, unit, indicator=code, **more), BY_CODE.get(code or ""))


def judged(
    one: Goal, figure: str, baseline: str | None = None, decimals: int | None = None
) -> tuple[bool | None, Decimal]:
    start = None if baseline is None else Decimal(baseline)
    limits = one.limits(decimals, start)
    tolerances = [one.tolerance(limit, start) for limit in limits] if one.vague else None
    found = verdict(limits, Decimal(figure), tolerances)
    return found.meets, found.gap


# code, operator, value, unit, more, baseline, figure, whether it is met, by how much it falls short
CASES: list[tuple[str | None, str, float | None, str | None, dict[str, Any], str | None, str, bool | None, str]] = [
    # levels: PM2.5 at most 31; of days a share of at least 86 %
    (PM25, "<=", 31, "µg/m3", {}, None, "31", True, "0"),
    (PM25, "<=", 31, "µg/m3", {}, None, "32", False, "1"),
    (PM25, "<=", 31, "µg/m3", {}, None, "28", True, "-3"),
    (GOOD_DAYS, ">=", 86, "%", {}, None, "86.0", True, "0.0"),
    (GOOD_DAYS, ">=", 86, "%", {}, None, "85.9", False, "0.1"),
    # 优于, 低于: equal is not enough
    (GOOD_DAYS, ">=", 97.8, "%", {"strict": True}, None, "97.8", False, "0.0"),
    (GOOD_DAYS, ">=", 97.8, "%", {"strict": True}, None, "97.9", True, "-0.1"),
    (PM25, "<=", 19.2, "µg/m3", {"strict": True}, None, "19.2", False, "0.0"),
    # 达到: enough where one direction is better
    (FOREST, "=", 18.44, "%", {}, None, "18.44", True, "0.00"),
    (FOREST, "=", 18.44, "%", {}, None, "18.90", True, "-0.46"),
    (FOREST, "=", 18.44, "%", {}, None, "18.43", False, "0.01"),
    (PM25, "=", 35, "µg/m3", {}, None, "33", True, "-2"),
    (None, "=", 6, "家", {"kind": "task_quantity"}, None, "7", True, "-1"),
    (None, "=", 6, "家", {"kind": "task_quantity"}, None, "5", False, "1"),
    (None, "=", 7, "项", {}, None, "8", False, "1"),  # no direction, nothing counted: exactly 7
    (None, "=", 7, "项", {}, None, "6", False, "1"),
    (None, "=", 7, "项", {}, None, "7", True, "0"),
    # 消除, 全覆盖: a number that the words imply
    (HEAVY, "=", 0, "天", {"value_kind": "implied"}, None, "0", True, "0"),
    (HEAVY, "=", 0, "天", {"value_kind": "implied"}, None, "1", False, "1"),
    ("gov.permit.coverage", "=", 100, "%", {"value_kind": "implied"}, None, "99.9", False, "0.1"),
    ("gov.permit.coverage", "=", 100, "%", {"value_kind": "implied"}, None, "100", True, "0"),
    # ranges: the weaker end where one direction is better
    (TP, "=", 0.15, "mg/L", {"value_max": 0.2, "value_kind": "range"}, None, "0.18", True, "-0.02"),
    (TP, "=", 0.15, "mg/L", {"value_max": 0.2, "value_kind": "range"}, None, "0.10", True, "-0.10"),
    (TP, "=", 0.15, "mg/L", {"value_max": 0.2, "value_kind": "range"}, None, "0.21", False, "0.01"),
    ("agri.film.recycle_rate", ">=", 85, "%", {"value_max": 88, "value_kind": "range"}, None, "86", True, "-1"),
    ("agri.film.recycle_rate", ">=", 85, "%", {"value_max": 88, "value_kind": "range"}, None, "84", False, "1"),
    (None, "=", 6, "", {"value_max": 9, "value_kind": "range"}, None, "9.5", False, "0.5"),
    (None, "=", 6, "", {"value_max": 9, "value_kind": "range"}, None, "5.5", False, "0.5"),
    (None, "=", 6, "", {"value_max": 9, "value_kind": "range"}, None, "7", True, "-1"),
    # classes are numbers from 1 (Ⅰ) to 6 (劣Ⅴ): 达到或优于Ⅲ类
    (CLASS, "<=", 3, "类", {"value_kind": "class"}, None, "2", True, "-1"),
    (CLASS, "<=", 3, "类", {"value_kind": "class"}, None, "3", True, "0"),
    (CLASS, "<=", 3, "类", {"value_kind": "class"}, None, "4", False, "1"),
    # decreases and increases in percent of the baseline: 18 % less than 42 is 34.44
    (PM25, "decrease_by", 18, "%", {}, "42", "34", True, "-0.44"),
    (PM25, "decrease_by", 18, "%", {}, "42", "35", False, "0.56"),
    (NOX, "decrease_by", 8, "%", {"baseline_year": "2025"}, "12000", "11040", True, "0"),
    (NOX, "decrease_by", 8, "%", {"baseline_year": "2025"}, "12000", "11041", False, "1"),
    (NOX, "decrease_by", 8, "%", {"bound": "<="}, "12000", "11000", False, "40"),  # by 8 % at most
    ("energy.charging.count", "increase_by", 100, "%", {}, "4100", "8200", True, "0"),
    ("energy.charging.count", "increase_by", 100, "%", {}, "4100", "8199", False, "1"),
    (NOX, "decrease_by", 5, "%", {"value_max": 8, "value_kind": "range"}, "100", "95", True, "0"),
    (NOX, "decrease_by", 5, "%", {"value_max": 8, "value_kind": "range"}, "100", "96", False, "1"),
    # in percentage points; a baseline of zero has points, but no percent
    (NONFOSSIL, "increase_by", 3, "百分点", {}, "18.2", "21.2", True, "0.0"),
    (NONFOSSIL, "increase_by", 3, "个百分点", {}, "18.2", "21.1", False, "0.1"),
    (NONFOSSIL, "increase_by", 3, "百分点", {}, "0", "3", True, "0"),
    # by an amount: against a baseline where there is one, else what was added since
    ("energy.renewable.capacity", "increase_by", 5, "万千瓦", {"baseline_year": "2025"}, "60", "65", True, "0"),
    ("energy.renewable.capacity", "increase_by", 5, "万千瓦", {"baseline_year": "2025"}, "60", "64", False, "1"),
    ("energy.coal.total", "decrease_by", 50, "万吨", {}, "2050", "2000", True, "0"),
    ("energy.coal.total", "decrease_by", 50, "万吨", {}, "2050", "2001", False, "1"),
    (None, "increase_by", 60, "km2", {"kind": "task_quantity"}, None, "61", True, "-1"),
    (None, "increase_by", 60, "km2", {"kind": "task_quantity"}, None, "20", False, "40"),
    # of an indicator that counts work (新增污水处理能力, 新增治理水土流失面积) it is what was added, wherever it stands
    ("water.sewage.capacity", "increase_by", 5, "万吨/日", {"baseline_year": "2025"}, "60", "5", True, "0"),
    ("water.sewage.capacity", "increase_by", 5, "万吨/日", {"baseline_year": "2025"}, "60", "4", False, "1"),
    ("eco.erosion.treated_area", "increase_by", 60, "平方公里", {}, None, "61", True, "-1"),
    ("eco.erosion.treated_area", "increase_by", 10, "%", {}, "60", "66", True, "0"),
    ("eco.erosion.treated_area", "increase_by", 10, "%", {}, "60", "65", False, "1"),
    # a rise by 2 % at most, of an indicator that counts declines
    (ENERGY, "increase_by", 2, "%", {"bound": "<="}, None, "5", True, "-7"),
    (ENERGY, "increase_by", 2, "%", {"bound": "<="}, None, "-2", True, "0"),
    (ENERGY, "increase_by", 2, "%", {"bound": "<="}, None, "-5", False, "3"),
    # numbers of the plan in the unit of the indicator
    (NOX, "<=", 1.2, "万吨", {}, None, "12000", True, "0"),
    (NOX, "<=", 1.2, "万吨", {}, None, "12001", False, "1"),
    # an indicator that is itself a decline: 14.5 % is its level
    (ENERGY, "decrease_by", 14.5, "%", {}, None, "14.5", True, "0.0"),
    (ENERGY, "decrease_by", 14.5, "%", {}, None, "14.4", False, "0.1"),
    (ENERGY, "decrease_by", 14.5, "%", {"baseline_year": "2020"}, None, "16", True, "-1.5"),
    # 左右, 基本: within 5 % of the number a person must say
    (FOREST, "approx", 43.5, "%", {}, None, "43.5", True, "0.0"),
    (FOREST, "approx", 43.5, "%", {}, None, "42.0", None, "1.5"),
    (FOREST, "approx", 43.5, "%", {}, None, "41.3", False, "2.2"),
    (PM25, "approx", 45, "µg/m3", {}, None, "47", None, "2"),
    (PM25, "approx", 45, "µg/m3", {}, None, "48", False, "3"),
    ("rural.sewage.treat_rate", "=", 100, "%", {"value_kind": "implied", "approx": True}, None, "96", None, "4"),
    (HEAVY, "=", 0, "天", {"value_kind": "implied", "approx": True}, None, "0", True, "0"),
    (HEAVY, "=", 0, "天", {"value_kind": "implied", "approx": True}, None, "1", None, "1"),
    # 下降10%左右 of 40 is 36; 5 % of the 10 % is half a percent of 40, which is 0.2
    (PM25, "decrease_by", 10, "%", {"approx": True}, "40", "36", True, "0"),
    (PM25, "decrease_by", 10, "%", {"approx": True}, "40", "36.2", None, "0.2"),
    (PM25, "decrease_by", 10, "%", {"approx": True}, "40", "36.3", False, "0.3"),
    # 提高2个百分点左右: a tenth of a point; 减少50万吨左右: 2.5 of them
    (NONFOSSIL, "increase_by", 2, "百分点", {"approx": True}, "18", "19.9", None, "0.1"),
    (NONFOSSIL, "increase_by", 2, "百分点", {"approx": True}, "18", "19.8", False, "0.2"),
    ("energy.coal.total", "decrease_by", 50, "万吨", {"approx": True}, "2050", "2002.5", None, "2.5"),
    ("energy.coal.total", "decrease_by", 50, "万吨", {"approx": True}, "2050", "2002.6", False, "2.6"),
    # 能耗基本零增长: what misses it at all is for a person, however large the level
    ("energy.coal.total", "increase_by", 0, "%", {"approx": True, "bound": "<="}, "2050", "2051", None, "1"),
    # a decline of 14.5 % or so: 5 % of 14.5 is 0.725
    (ENERGY, "decrease_by", 14.5, "%", {"approx": True}, None, "13.8", None, "0.7"),
    (ENERGY, "decrease_by", 14.5, "%", {"approx": True}, None, "13.7", False, "0.8"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "operator", "value", "unit", "more", "baseline", "figure", "meets", "gap"), CASES)
def test_a_figure_against_a_goal(
    code: str | None,
    operator: str,
    value: float,
    unit: str,
    more: dict[str, Any],
    baseline: str | None,
    figure: str,
    meets: bool | None,
    gap: str,
) -> None:
    assert judged(goal(code, operator, value, unit, **more), figure, baseline) == (meets, Decimal(gap))


@pytest.mark.parametrize(("value", "figure", "meets"), [(35, "35.49", True), (35, "35.5", False), (34, "34.5", True)])
def test_an_exact_figure_is_compared_as_it_is_published(value: int, figure: str, meets: bool) -> None:
    assert judged(goal(PM25, "<=", value), figure, decimals=0)[0] is meets


def test_a_change_is_compared_exactly_and_not_by_a_rounded_level() -> None:
    """10 % less than 33.3 is 29.97: a published 30.0 is not it."""
    assert judged(goal(PM25, "decrease_by", 10, "%"), "30.0", "33.3", 1) == (False, Decimal("0.03"))


def test_the_gap_to_a_level_that_no_decimal_writes_has_two_decimals_more() -> None:
    """Two thirds of the way from 33 to 31 is 31.666…; from 32.5 that is 0.8333…"""
    level = Limit("at_most", Fraction(95, 3))
    assert [verdict([level], Decimal(x)).gap for x in ("32.5", "32", "3E+1")] == [
        Decimal("0.833"),
        Decimal("0.33"),
        Decimal("-1.67"),
    ]


def test_a_number_that_was_entered_takes_the_place_of_the_reference() -> None:
    asked = target("decrease_by", None, "%", value_kind="by_reference", reference="省下达任务")
    with pytest.raises(Unjudged) as missing:
        goal_of(asked, BY_CODE["carbon.intensity.decline"])
    assert missing.value.why == "by_reference"
    assert judged(goal_of(asked, BY_CODE["carbon.intensity.decline"], Decimal("13.5")), "13.5") == (
        True,
        Decimal("0.0"),
    )


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"value_kind": "qualitative"}, "qualitative"),
        ({"value_kind": "by_reference"}, "by_reference"),
        ({"value_kind": "standard_reference"}, "standard_reference"),
        ({"value_kind": "number"}, "no_value"),
    ],
)
def test_a_goal_without_a_number_says_what_is_missing(more: dict[str, Any], why: str) -> None:
    with pytest.raises(Unjudged) as found:
        goal(PM25, "<=", None, **more)
    assert found.value.why == why


@pytest.mark.parametrize(("baseline", "why"), [(None, "no_baseline"), ("0", "zero_baseline")])
def test_a_change_in_percent_needs_a_baseline_that_is_not_zero(baseline: str | None, why: str) -> None:
    with pytest.raises(Unjudged) as found:
        judged(goal(NOX, "decrease_by", 8, "%"), "5", baseline)
    assert found.value.why == why


@pytest.mark.parametrize(
    ("code", "operator", "value", "unit"),
    [
        ("rural.sewage.treat_rate", ">=", 30, "个"),  # villages, of a share
        (ENERGY, "<=", 0.45, "吨标准煤/万元"),  # a level, of a decline
        ("energy.coal.decline", "decrease_by", 50, "万吨"),
    ],
)
def test_a_number_of_something_else_is_not_compared(code: str, operator: str, value: float, unit: str) -> None:
    with pytest.raises(Unjudged) as found:
        goal(code, operator, value, unit)
    assert found.value.why == "unit"


@pytest.mark.parametrize(
    ("code", "operator", "value", "unit", "years", "baseline", "level"),
    [
        (NONFOSSIL, "increase_by", 1, "百分点", 3, "18", "21"),  # 18, 19, 20, 21
        (NOX, "decrease_by", 10, "%", 3, "1000", "729"),  # 900, 810, 729: never 30 % of 1000
        (NOX, "decrease_by", 10, "%", 1, "1000", "900"),
        (ENERGY, "decrease_by", 3, "%", 5, None, "14.12659743"),  # 0.97 to the fifth is 0.8587340257
    ],
)
def test_a_change_of_every_year_is_compounded(
    code: str, operator: str, value: float, unit: str, years: int, baseline: str | None, level: str
) -> None:
    one = goal(code, operator, value, unit, recurrence="年均")
    (limit,) = one.limits(None, None if baseline is None else Decimal(baseline), years)
    assert limit.value == Decimal(level)


def test_an_annual_mean_is_no_change_of_every_year() -> None:
    """PM2.5年均浓度 is compiled with the same word."""
    assert not goal(PM25, "<=", 31, recurrence="年均").yearly


@pytest.mark.parametrize(
    ("code", "operator", "unit", "doubt"),
    [
        (GOOD_DAYS, "increase_by", "%", "percent_or_points"),
        ("agri.film.recycle_rate", "increase_by", "%", "percent_or_points"),
        (GOOD_DAYS, "increase_by", "百分点", None),
        (PM25, "decrease_by", "%", None),  # of µg/m3 there is one reading
        (ENERGY, "decrease_by", "%", None),  # a decline is its level
        (GOOD_DAYS, ">=", "%", None),
    ],
)
def test_percent_of_a_share_is_in_doubt(code: str, operator: str, unit: str, doubt: str | None) -> None:
    assert goal(code, operator, 2, unit).doubt == doubt


def test_the_two_readings_of_two_percent() -> None:
    """85 raised by 2 %: 86.7 by percent, 87 by points."""
    more = goal(GOOD_DAYS, "increase_by", 2, "%")
    readings = (more, more.in_points())
    assert [one.limits(1, Decimal(85))[0].value for one in readings] == [Decimal("86.7"), Decimal(87)]
    assert readings[1].doubt is None


@pytest.mark.parametrize(
    ("code", "operator", "value", "unit", "kind", "found"),
    [
        (GOOD_DAYS, "=", 100, "%", "target", True),
        (None, "=", 100, "%", "target", True),
        (None, "=", 100, "个", "task_quantity", False),  # 100 projects are no whole of anything
        (HEAVY, "=", 0, "天", "target", True),
        (HEAVY, "<=", 3, "天", "target", False),
        (PM25, "decrease_by", 100, "%", "target", False),
    ],
)
def test_what_is_all_or_nothing(
    code: str | None, operator: str, value: float, unit: str, kind: str, found: bool
) -> None:
    assert goal(code, operator, value, unit, kind=kind).all_or_nothing is found


def test_soft_goals_are_said_to_be_soft_and_judged_like_others() -> None:
    soft = goal(GOOD_DAYS, ">=", 86, "%", soft=True)
    assert (soft.soft, judged(soft, "85.9")[0]) == (True, False)


def test_every_indicator_has_a_direction_that_goals_understand() -> None:
    assert {one.direction for one in indicators() if isinstance(one, Indicator)} <= {"higher", "lower", "none"}


@pytest.mark.parametrize(
    ("code", "operator", "value", "unit", "kind"),
    [
        (CLASS, "<=", 0, "类", "class"),
        (CLASS, "<=", 7, "类", "class"),
        (CLASS, "<=", 2.5, "类", "class"),
        (PM25, "decrease_by", -3, "%", "number"),
        (FOREST, "increase_by", -1, "百分点", "number"),
    ],
)
def test_a_number_that_no_target_can_ask_for_is_none(
    code: str, operator: str, value: float, unit: str, kind: str
) -> None:
    with pytest.raises(Unjudged, match="no_value"):
        goal(code, operator, value, unit, value_kind=kind)
    with pytest.raises(Unjudged, match="no_value"):
        one = target(operator, 1, unit, indicator=code, value_kind=kind)
        goal_of(one, BY_CODE[code], Decimal(str(value)))
