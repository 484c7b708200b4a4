"""The formulas in numbers, and what rounding explains."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.evaluate.statistics.arithmetic import (
    Rounded,
    bod_load_rate,
    cumulative,
    decline,
    growth_decline,
    half_even,
    ratio,
    within,
)
from bilan.evaluate.statistics.spans import base_and_now, days_in, price_base, years_of
from bilan.periods import Period

RATES = st.lists(st.decimals("-20", "60", places=2).map(Fraction), min_size=1, max_size=6)


def test_a_cumulative_rate_is_no_sum() -> None:
    rates = [Fraction(rate) for rate in ("4", "4.1", "4.2", "4.5", "5")]
    # 0.96 x 0.959 x 0.958 x 0.955 x 0.95 = 0.80017011...
    assert half_even(cumulative(rates), 4) == Decimal("19.9830")
    assert sum(rates) == Fraction("21.8")


def test_twenty_per_cent_in_five_equal_years() -> None:
    assert half_even(cumulative([Fraction("4.3648")] * 5), 3) == Decimal("20.000")


@given(RATES)
def test_the_years_of_a_plan_lead_to_its_last_level(rates: list[Fraction]) -> None:
    """A level of 1 that falls by each rate in turn has fallen by the cumulative one."""
    level = prod((1 - rate / 100 for rate in rates), start=Fraction(1))
    assert cumulative(rates) == decline(Fraction(1), level)


@given(RATES)
def test_a_year_without_change_changes_nothing(rates: list[Fraction]) -> None:
    assert cumulative([*rates, Fraction(0)]) == cumulative(rates)
    assert cumulative([*rates, Fraction(100)]) == 100


def test_no_years_no_decline() -> None:
    assert cumulative([]) == 0


def test_decline_and_growth_say_the_same() -> None:
    # energy 1000 to 1022, output 2000 to 2046
    direct = decline(Fraction(1000, 2000), Fraction(1022, 2046))
    assert direct == growth_decline(Fraction("2.2"), Fraction("2.3"))
    assert half_even(direct, 4) == Decimal("0.0978")


def test_a_level_that_rises_declines_below_zero() -> None:
    assert decline(Fraction(4), Fraction(5)) == -25


def test_a_rate_by_load_knows_how_long_the_year_is() -> None:
    # 16 425 t over 1.5 million people of 45 g: 24 637.5 t in 365 days, 24 705 t in 366
    assert half_even(bod_load_rate(Fraction(16425), Fraction(150), Fraction(45), 365), 2) == Decimal("66.67")
    assert half_even(bod_load_rate(Fraction(16425), Fraction(150), Fraction(45), 366), 2) == Decimal("66.48")


@pytest.mark.parametrize(
    "zero",
    [
        lambda: ratio(Fraction(1), Fraction(0), Fraction(100)),
        lambda: decline(Fraction(0), Fraction(1)),
        lambda: growth_decline(Fraction(1), Fraction(-100)),
        lambda: bod_load_rate(Fraction(1), Fraction(0), Fraction(45), 365),
    ],
)
def test_nothing_is_divided_by_zero(zero: object) -> None:
    with pytest.raises(ZeroDivisionError):
        zero()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("value", "digits", "rounded"),
    [("0.125", 2, "0.12"), ("0.375", 2, "0.38"), ("-0.125", 2, "-0.12"), ("2.5", 0, "2"), ("90", 2, "90.00")],
)
def test_ties_go_to_the_even_digit(value: str, digits: int, rounded: str) -> None:
    assert str(half_even(Fraction(value), digits)) == rounded


@given(st.decimals("-1e6", "1e6", places=5), st.integers(0, 4))
def test_rounding_is_that_of_decimals(value: Decimal, digits: int) -> None:
    assert half_even(Fraction(value), digits) == value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)


def rounded(value: str) -> Rounded:
    number = Decimal(value)
    return Rounded.printed(number, Decimal(1).scaleb(int(number.as_tuple().exponent)))


def test_the_bounds_of_a_quotient_are_at_the_ends_of_its_parts() -> None:
    # 45 / 50 of whole tonnes: from 44.5 / 50.5 to 45.5 / 49.5
    found = within(lambda given: given[0] / given[1], [rounded("45"), rounded("50")])
    assert (found.low, found.value, found.high) == (Fraction(445, 505), Fraction(9, 10), Fraction(455, 495))


def test_a_denominator_that_may_be_zero_leaves_the_figure_open() -> None:
    found = within(lambda given: given[0] / (given[1] + given[2]), [rounded("1"), rounded("1"), rounded("0")])
    assert found.agrees(rounded("1000000"))
    with pytest.raises(ZeroDivisionError):
        within(lambda given: given[0] / given[1], [rounded("1"), rounded("0")])


@given(st.integers(1, 500), st.integers(1, 500), st.integers(-5, 5), st.integers(-5, 5))
def test_whatever_was_rounded_lies_within_the_bounds(above: int, below: int, up: int, down: int) -> None:
    """True parts in tenths, printed whole: the quotient of the true ones is within."""
    true = [Fraction(10 * above + up, 10), Fraction(10 * below + down, 10)]
    found = within(lambda given: given[0] / given[1], [rounded(str(above)), rounded(str(below))])
    assert found.low <= true[0] / true[1] <= found.high


@pytest.mark.parametrize(
    ("period", "base", "now"),
    [
        ("2025", "2024", "2025"),
        ("2021/2025", "2020", "2025"),
        ("2025Q1", "2024Q1", "2025Q1"),
        ("2025-02", "2024-02", "2025-02"),  # 2024 has a 29 February
        ("2025-01/2025-06", "2024-01/2024-06", "2025-01/2025-06"),
        ("2024-10/2025-03", "2023-10/2024-03", "2024-10/2025-03"),
    ],
)
def test_what_a_period_is_set_against(period: str, base: str, now: str) -> None:
    assert base_and_now(Period.parse(period)) == (Period.parse(base), Period.parse(now))


def test_a_period_up_to_a_day_is_no_year() -> None:
    so_far = Period.parse("2025").to_date(date(2025, 12, 15))
    assert so_far is not None
    assert (years_of(so_far), base_and_now(so_far)) == ([], None)


def test_a_run_of_odd_months_has_no_base() -> None:
    assert base_and_now(Period.parse("2024-02/2025-06")) is None


@pytest.mark.parametrize(
    ("period", "year"),
    [
        ("2016", 2015),
        ("2020", 2015),
        ("2021", 2020),
        ("2025", 2020),
        ("2026", 2025),
        ("2021/2025", 2020),
        ("2020/2021", None),
    ],
)
def test_constant_prices_are_those_of_the_last_year_before_the_plan(period: str, year: int | None) -> None:
    assert price_base(Period.parse(period)) == year


def test_years_and_days() -> None:
    assert [str(year) for year in years_of(Period.parse("2020-01/2021-12"))] == ["2020", "2021"]
    assert years_of(Period.parse("2024-10/2025-09")) == []
    assert [days_in(Period.parse(text)) for text in ("2024", "2025", "2024Q1", "2100-02")] == [366, 365, 91, 28]
