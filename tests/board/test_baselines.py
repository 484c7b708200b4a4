"""Where a change starts from: what the plan prints, what was entered, what the data say of a time that is over."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bilan.board.entries import Entry
from bilan.plan.model import Target

from ..evaluate.statistics.reported import report
from .small import DISTRICT, entry, making, row, rows, target

COD, FOREST, PM25, GOOD = "water.cod.emission", "eco.forest.cover", "air.pm25.annual", "air.aqi.good_ratio"


def printed(code: str, value: float, unit: str | None, **more: Any) -> Target:
    return target(code, value=value, unit=unit, **({"operator": "<="} | more))


# --- units ---


@pytest.mark.parametrize(
    ("value", "base", "unit"), [(1.1, 1.2, "万吨"), (11000.0, 12000.0, "吨"), (11e6, 12e6, "千克")]
)
def test_a_printed_baseline_is_in_the_unit_of_its_goal(folder: Path, value: float, base: float, unit: str) -> None:
    """12 000 t to 11 000 t in three years: 11 666.7 t are asked of 2026."""
    one = printed(COD, value, unit, baseline_value=base)
    found = row(making(folder, [one], "2027-06-30", [report(COD, "2026", "11600")]))
    assert found.baseline is not None
    assert (found.baseline.value, found.status, found.reason) == (12000, "on_course", "ahead")
    assert [str(level.value) for level in found.step] == ["11666.6667"]


def test_a_printed_baseline_of_a_change_by_an_amount_is_in_its_unit(folder: Path) -> None:
    one = printed(COD, 0.1, "万吨", operator="decrease_by", baseline_value=1.2)
    found = row(making(folder, [one], "2029-06-30", [report(COD, "2028", "11000")]))
    assert ([level.value for level in found.limits], found.status) == ([Decimal(11000)], "met")


def test_a_printed_baseline_of_a_change_in_percent_is_in_the_unit_of_the_indicator(folder: Path) -> None:
    one = printed(COD, 10.0, "%", operator="decrease_by", baseline_value=12000.0)
    found = row(making(folder, [one], "2029-06-30", [report(COD, "2028", "10800")]))
    assert ([level.value for level in found.limits], found.status) == ([Decimal(10800)], "met")


# --- what the plan prints for another target ---


def lent(folder: Path, first: dict[str, Any], second: dict[str, Any]) -> Decimal | None:
    """The baseline of the second target, for which the plan prints none, beside that of the first."""
    one = printed(PM25, 31.0, None, id="t0", baseline_value=37.0, **first)
    other = printed(PM25, 10.0, "%", operator="decrease_by", **second)
    found = rows(making(folder, [one, other], "2027-06-30"))[1]
    return None if found.baseline is None else found.baseline.value


@pytest.mark.parametrize(
    ("first", "second", "value"),
    [
        ({}, {}, 37),
        ({"scope": "全市"}, {}, 37),
        ({"scope": "清河市"}, {"scope": "全市"}, 37),
        ({}, {"season": "秋冬季"}, None),
        ({"season": "秋冬季"}, {}, None),
        ({"season": "秋冬季"}, {"season": "秋冬季"}, 37),
        ({}, {"scope": "清河流域"}, None),
        ({"scope": "工业"}, {"scope": "工业"}, 37),
        ({"region": DISTRICT}, {}, None),
        ({"baseline_year": "2020"}, {}, None),
    ],
)
def test_a_printed_baseline_is_lent_to_targets_about_the_same_only(
    folder: Path, first: dict[str, Any], second: dict[str, Any], value: int | None
) -> None:
    assert lent(folder, first, second) == value


# --- what was entered ---


def test_a_baseline_of_a_goal_for_every_year_is_that_of_the_year_before(folder: Path) -> None:
    each = target(FOREST, operator="increase_by", value=1.0, unit="个百分点", recurrence="每年", due=None)
    reports = [report(FOREST, "2026", "43.5"), report(FOREST, "2027", "44")]

    def found(*entries: Entry) -> tuple[Any, ...]:
        one = row(making(folder, [each], "2026-12-31", reports[:1], entries))
        return one.reason, [str(level.value) for level in one.limits]

    assert found() == ("no_baseline", [])
    assert found(entry("baseline", "42", "2025")) == ("kept", ["43"])
    assert found(entry("baseline", "42")) == ("kept", ["43"])  # told in 2026, of the year before
    assert found(entry("baseline", "42", on="2025-06-30")) == ("no_baseline", [])
    assert found(entry("baseline", "42", "2024")) == ("no_baseline", [])
    again = [entry("baseline", "42", "2025"), entry("baseline", "43", "2025", on="2026-03-01")]
    assert found(*again, entry("baseline", "50", "2026", on="2026-04-01")) == ("broken", ["44"])
    assert found(*again, entry("baseline", None, "2025", on="2026-04-01")) == ("no_baseline", [])


def test_work_of_every_year_begins_at_zero_whatever_was_entered(folder: Path) -> None:
    each = target(None, kind="task_quantity", value=28.0, unit="个", recurrence="每年", due=None)
    told = [entry("baseline", "20", "2025"), entry("figure", "7", on="2026-03-31")]
    assert [str(level.value) for level in row(making(folder, [each], "2026-03-31", (), told)).step] == ["7"]


def test_a_baseline_of_a_year_that_is_not_before_the_goal_is_none(folder: Path) -> None:
    one = target(FOREST, operator="increase_by", value=1.0, unit="个百分点")
    reports = [report(FOREST, "2025", "42"), report(FOREST, "2028", "43")]
    for at in ("2028", "2030"):
        found = row(making(folder, [one], "2029-06-30", reports, [entry("baseline", "50", at)]))
        assert found.baseline is not None
        assert (found.baseline.year, found.baseline.value, found.status) == (2025, 42, "met")


# --- what the data say ---


@pytest.mark.parametrize(("day", "value"), [("2025-12-30", None), ("2025-12-31", 42), ("2026-06-30", 42)])
def test_a_baseline_year_that_is_not_over_has_no_figure(folder: Path, day: str, value: int | None) -> None:
    one = target(FOREST, operator="increase_by", value=1.0, unit="个百分点")
    found = row(making(folder, [one], day, [report(FOREST, "2025", "42")]))
    assert found.baseline is not None
    assert found.baseline.value == value
    assert found.reason == ("no_baseline" if value is None else "not_reported")


def test_a_part_of_the_baseline_year_is_no_baseline(folder: Path) -> None:
    one = target(FOREST, operator="increase_by", value=1.0, unit="个百分点")
    found = row(making(folder, [one], "2026-06-30", [report(FOREST, "2025年1-9月", "42")]))
    assert (found.reason, found.baseline and found.baseline.value) == ("no_baseline", None)
