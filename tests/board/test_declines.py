"""Declines that accumulate over years: the level that is asked of them, and what is left."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bilan.board.model import Row

from ..evaluate.statistics.reported import report
from .small import making, row, target

ENERGY = "energy.intensity.decline"


def found(folder: Path, day: str, told: dict[str, str], **change: Any) -> Row:
    each_year = {"operator": "decrease_by", "value": 3.0, "unit": "%", "recurrence": "年均"}
    reports = [report(ENERGY, period, value) for period, value in told.items()]
    return row(making(folder, [target(ENERGY, **(each_year | change))], day, reports))


@pytest.mark.parametrize(
    ("told", "figure", "limit", "status"),
    [
        # 3 % three times are 8.7327 %, and so they are on both sides
        ({"2026": "3", "2027": "3", "2028": "3"}, "8.73", "8.73", "met"),
        ({"2026": "3", "2027": "3", "2028": "2.99"}, "8.72", "8.73", "missed"),
        ({"2026/2028": "8.73"}, "8.73", "8.73", "met"),
        ({"2026/2028": "8.7"}, "8.7", "8.7", "met"),
        ({"2026/2028": "8.6"}, "8.6", "8.7", "missed"),
        ({"2026/2028": "8.733"}, "8.733", "8.733", "met"),
        ({"2026/2028": "8.732"}, "8.732", "8.733", "missed"),
    ],
)
def test_what_was_kept_in_every_year_is_kept_over_all(
    folder: Path, told: dict[str, str], figure: str, limit: str, status: str
) -> None:
    one = found(folder, "2029-06-30", told)
    assert (str(one.figure), [str(level.value) for level in one.limits], one.status) == (figure, [limit], status)


def test_a_number_that_the_plan_prints_is_not_rounded(folder: Path) -> None:
    printed = {"value": 8.735, "recurrence": None}
    assert found(folder, "2029-06-30", {"2026": "3", "2027": "3", "2028": "3"}, **printed).status == "missed"


@pytest.mark.parametrize("value", ["3", "3.0", "3.00"])
def test_what_is_asked_of_all_years_does_not_depend_on_how_the_first_was_printed(folder: Path, value: str) -> None:
    one = found(folder, "2027-06-30", {"2026": value})
    assert [str(level.value) for level in one.limits] == ["8.73"]
    assert one.room is not None
    # 8.725 % are printed as 8.72, what is above them as 8.73: 0.97 * 0.97002² leaves 91.273 %
    assert (one.room.amount, "要求 ≥8.73%" in one.room.text.zh) == (Decimal("2.996"), True)


def room(folder: Path, told: dict[str, str]) -> tuple[Any, ...]:
    left = found(folder, "2028-06-30", told, value=13.5, recurrence=None).room
    assert left is not None
    return str(left.amount), left.per, left.text.zh


def test_the_room_starts_from_what_was_reported_of_all_years(folder: Path) -> None:
    """13.495 % leave 86.505: of the 94.09 after two years of 3 %, but of 91 where 9 % were reported of both."""
    rates = {"2026": "3", "2027": "3"}
    assert room(folder, rates) == ("8.062", 1, "剩 1 年，平均每年还须下降 8.062%（2 年累计下降 5.91%，要求 ≥13.5%）。")
    both = rates | {"2026/2027": "9"}
    assert room(folder, both) == ("4.940", 1, "剩 1 年，平均每年还须下降 4.940%（2 年累计下降 9.00%，要求 ≥13.5%）。")
    assert room(folder, {"2026/2027": "9"}) == room(folder, both)


def test_a_part_of_a_year_has_no_room_of_years(folder: Path) -> None:
    assert found(folder, "2027-10-31", {"2026-01/2027-09": "4.4"}, value=13.5, recurrence=None).room is None
