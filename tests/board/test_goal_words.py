"""How goals are said: declines as declines, and how often what comes again is asked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bilan.board.goal import goal_of, goal_or_why
from bilan.board.goal_words import form_of, goal_words
from bilan.board.question import Question
from bilan.board.texts import said
from bilan.plan.model import Target
from bilan.policy import indicators

BY_CODE = {indicator.code: indicator for indicator in indicators()}
WATER, PM25 = "water.use_per_gdp.decline", "air.pm25.annual"


def target(code: str | None, operator: str, value: float, unit: str | None = None, **more: Any) -> Target:
    told: dict[str, Any] = {"id": "t1", "start": 0, "end": 1, "kind": "target", "indicator": code, "name": "某指标"}
    told |= {"operator": operator, "value": value, "unit": unit, "value_kind": "number", "quote": "…", "confidence": 1}
    return Target(**(told | more))


def words(one: Target, year: int | None = 2025) -> tuple[str, str]:
    indicator = BY_CODE.get(one.indicator or "")
    found = goal_words(one, indicator, goal_or_why(one, indicator), year)
    return found.zh, found.en


@pytest.mark.parametrize(
    ("one", "zh", "en"),
    [
        (target(WATER, "decrease_by", 10, "%"), "较2025年下降不少于 10%", "down by at least 10% from 2025"),
        (target(WATER, ">=", 10, "%"), "较2025年下降不少于 10%", "down by at least 10% from 2025"),
        (target(WATER, "<=", 10, "%"), "较2025年下降不超过 10%", "down by at most 10% from 2025"),
        (target(WATER, "increase_by", 2, "%", bound="<="), "较2025年上升不超过 2%", "up by at most 2% from 2025"),
        (
            target(WATER, "decrease_by", 10, "%", approx=True),
            "基本达到 较2025年下降约 10%",
            "roughly down by about 10%",
        ),
        (
            target(WATER, "decrease_by", 3, "%", recurrence="年均"),
            "每年 较上年下降不少于 3%",
            "down by at least 3% from the year before every year",
        ),
    ],
)
def test_a_decline_is_said_as_one(one: Target, zh: str, en: str) -> None:
    found = words(one)
    assert found[0] == zh
    assert found[1].startswith(en)


@pytest.mark.parametrize(
    ("one", "zh"),
    [
        (target("agri.straw.util_rate", "approx", 92, "%"), "约 92%"),
        (target("agri.straw.util_rate", ">=", 92, "%"), "≥92%"),
        (target("agri.straw.util_rate", ">=", 92, "%", approx=True), "基本达到 ≥92%"),
    ],
)
def test_about_a_number_is_said_as_the_plan_says_it(one: Target, zh: str) -> None:
    assert words(one)[0] == zh


@pytest.mark.parametrize(
    ("recurrence", "zh", "en"),
    [
        ("每年", "每年 {}", "{} every year"),
        ("每季", "每季度 {}", "{} every quarter"),
        ("每季度", "每季度 {}", "{} every quarter"),
        ("每月", "每月 {}", "{} every month"),
        ("每个地区", "{}", "{}"),
    ],
)
def test_what_comes_again_says_how_often(recurrence: str, zh: str, en: str) -> None:
    once = words(target(PM25, "<=", 31))
    again = words(target(PM25, "<=", 31, recurrence=recurrence))
    assert again == (zh.format(once[0]), en.format(once[1]))


@pytest.mark.parametrize(
    ("code", "value", "unit", "said_value", "said_unit"),
    [
        ("air.nox.project_reduction", 650, "吨", 650, "吨"),
        ("eco.erosion.treated_area", 60, "平方公里", 60, "平方公里"),
        ("eco.mine.restored_area", 1.2, "万亩", 800, "hm2"),  # 1 亩 is 1/15 hm2
    ],
)
def test_work_is_said_with_the_unit_of_its_number(
    code: str, value: float, unit: str, said_value: int, said_unit: str
) -> None:
    one = target(code, ">=", value, unit)
    assert words(one)[0] == said("goal.count", value=Decimal(said_value), unit=said_unit).zh
    assert form_of(one, BY_CODE[code], goal_or_why(one, BY_CODE[code])) == "count"


@pytest.mark.parametrize(
    ("base", "figure", "level"),
    [
        ("36.37", "36.6", "≤32.73 µg/m³"),
        ("36.37", "36", "≤32.7 µg/m³"),
        ("36.37", "36.00", "≤32.733 µg/m³"),
        ("36.37", None, "≤32.733 µg/m³"),  # no figure to go by
        ("40.003", "36", "≤36.003 µg/m³"),  # never rounded onto the figure
    ],
)
def test_a_level_that_follows_from_a_baseline_has_one_decimal_more_than_the_figure_unless_it_were_the_figure(
    base: str, figure: str | None, level: str
) -> None:
    one, indicator = target(PM25, "decrease_by", 10, "%"), BY_CODE[PM25]
    goal = goal_of(one, indicator)
    question = Question(goal, goal.limits(0, Decimal(base)), None)
    found = goal_words(one, indicator, goal, 2025, question, None if figure is None else Decimal(figure))
    assert found.zh == f"较2025年下降不少于 10%，即 {level}"


@pytest.mark.parametrize("value", [30.125, 31, 32.7333])
def test_a_level_that_the_plan_prints_keeps_its_decimals(value: float) -> None:
    one, indicator = target(PM25, "<=", value), BY_CODE[PM25]
    goal = goal_of(one, indicator)
    question = Question(goal, goal.limits(0), None)
    assert goal_words(one, indicator, goal, None, question, Decimal(36)).zh == f"≤{value} µg/m³"
