"""Courses from a baseline to a goal, by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.foresee.course import course, milestone_course
from bilan.foresee.room_limits import Limit


def test_years_stand_on_a_straight_line_and_after_the_goal_it_stays() -> None:
    line = course((2020, Decimal(50)), (2025, Decimal(40)))
    levels = [line.of_year(year) for year in range(2019, 2028)]
    assert levels == [None, 50, 48, 46, 44, 42, 40, 40, 40]


def test_months_stand_between_the_ends_of_years() -> None:
    line = course((2025, Decimal(0)), (2026, Decimal(120)))
    days = [date(2025, 11, 30), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 28), date(2026, 12, 31)]
    assert [line.at_end_of(day) for day in days] == [None, 0, 10, 20, 120]


def test_milestones_bend_the_line() -> None:
    line = course((2025, Decimal(40)), (2028, Decimal(31)), {2026: Decimal(39), 2027: Decimal(33)})
    assert [line.of_year(year) for year in (2025, 2026, 2027, 2028)] == [40, 39, 33, 31]
    assert line.at_end_of(date(2027, 6, 30)) == 36


def test_a_baseline_that_meets_the_goal_has_no_way_to_go() -> None:
    limit = Limit("at_most", Decimal(31))
    assert course((2025, Decimal(28)), (2028, Decimal(31)), limit=limit).of_year(2026) == 31
    assert course((2025, Decimal(31)), (2028, Decimal(31)), limit=limit).of_year(2026) == 31
    assert course((2025, Decimal(34)), (2028, Decimal(31)), limit=limit).of_year(2026) == 33
    bent = course((2025, Decimal(28)), (2028, Decimal(31)), {2027: Decimal(30)}, limit=limit)
    assert bent.of_year(2026) == 29  # a table that was decided counts as it is


def test_a_table_alone_is_a_course_from_its_first_year() -> None:
    line = milestone_course({2026: Decimal("33.5"), 2028: Decimal("31.5")})
    assert [line.of_year(year) for year in (2025, 2026, 2027, 2028, 2029)] == [
        None,
        Fraction("33.5"),
        Fraction("32.5"),
        Fraction("31.5"),
        Fraction("31.5"),
    ]


def test_what_is_no_course_is_refused() -> None:
    with pytest.raises(ValueError, match="2025 to 2025"):
        course((2025, Decimal(1)), (2025, Decimal(2)))
    with pytest.raises(ValueError, match=r"\[2025, 2029\]"):
        course((2025, Decimal(1)), (2028, Decimal(2)), {2025: Decimal(1), 2027: Decimal(1), 2029: Decimal(1)})
    with pytest.raises(ValueError, match="at least one year"):
        milestone_course({})


@given(
    st.integers(2000, 2030),
    st.integers(1, 15),
    st.decimals(0, 1000, places=2),
    st.decimals(0, 1000, places=2),
    st.integers(-30, 300),
)
def test_a_straight_course_goes_by_equal_steps(
    first: int, years: int, start: Decimal, end: Decimal, month: int
) -> None:
    line = course((first, start), (first + years, end))
    assert line.of_year(first) == Fraction(start)
    assert line.of_year(first + years) == Fraction(end)
    step = (Fraction(end) - Fraction(start)) / (12 * years)
    year, rest = divmod((first + 1) * 12 - 1 + month, 12)
    level = line.at_end_of(date(year, rest + 1, 15))
    if month < 0:
        assert level is None
    else:
        assert level == Fraction(start) + step * min(month, 12 * years)
