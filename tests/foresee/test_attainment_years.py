"""How years are cut: at the day that corresponds, over leap days, across New Year, with values missing."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.foresee import Series
from bilan.foresee.attainment_years import occurrence, occurrences, same_day
from bilan.periods import Period

DAYS = Series(date(2022, 1, 1), np.arange(365 * 3 + 1))  # 2022 to 2024, each value its number


def day(series: Series, when: date) -> float:
    return float(series.values[(when - series.first).days])


def test_a_year_is_cut_after_the_evening() -> None:
    year = occurrence(DAYS, Period.parse("2023"), date(2023, 3, 31))
    assert (year.so_far.steps, year.rest.steps) == (90, 275)
    assert year.so_far.values[-1] == day(DAYS, date(2023, 3, 31))
    assert year.rest.values[0] == day(DAYS, date(2023, 4, 1))
    assert [part.steps for part in year.months] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


@pytest.mark.parametrize("as_of", [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)])
def test_a_leap_day_belongs_to_february(as_of: date) -> None:
    now = occurrence(DAYS, Period.parse("2024"), as_of)
    past = occurrence(DAYS, Period.parse("2024"), as_of, -1)
    assert now.so_far.steps == (as_of - date(2023, 12, 31)).days
    assert past.so_far.steps == 31 + 28 + (as_of.month == 3)
    assert (now.so_far.steps + now.rest.steps, past.so_far.steps + past.rest.steps) == (366, 365)


def test_a_year_may_begin_in_march_and_end_on_a_leap_day() -> None:
    year = occurrence(DAYS, Period.parse("2023-03/2024-02"), date(2023, 12, 31))
    assert (year.first, year.last) == (date(2023, 3, 1), date(2024, 2, 29))
    assert (year.so_far.steps, year.rest.steps) == (306, 60)
    before = occurrence(DAYS, Period.parse("2023-03/2024-02"), date(2023, 12, 31), -1)
    assert (before.last, before.rest.steps) == (date(2023, 2, 28), 59)
    assert before.rest.values[-1] == day(DAYS, date(2023, 2, 28))


def test_a_season_is_a_year_of_its_own() -> None:
    season = Period.parse("2023-10/2024-03")
    found = {year.shift: year for year in occurrences(DAYS, season, date(2023, 12, 31))}
    assert sorted(found) == [-2, -1, 1]  # the others of which there is a value
    assert [found[shift].share for shift in (-2, -1, 1)] == [0, 1, 0]  # half of the first and of the last is missing
    assert [found[-1].so_far.steps, found[-1].rest.steps] == [92, 90]
    assert len(found[-1].months) == 6


def test_before_and_after_the_period() -> None:
    year = Period.parse("2023")
    early, late = (occurrence(DAYS, year, when) for when in (date(2022, 6, 1), date(2024, 6, 1)))
    assert (early.so_far.steps, early.rest.steps) == (0, 365)
    assert (late.so_far.steps, late.rest.steps) == (365, 0)
    assert (early.so_far.share, late.rest.share) == (1, 1)


def test_missing_values_are_not_zero() -> None:
    values = [10.0] * 31 + [None] * 20 + [40.0] * 8
    year = occurrence(Series(date(2023, 1, 1), values), Period.parse("2023-01/2023-02"), date(2023, 1, 31))
    assert (year.so_far.mean, year.rest.mean) == (10, 40)
    assert (year.rest.valid, year.rest.steps, year.share) == (8, 28, 8 / 28)
    assert year.rest.total == 320


def test_a_month_counts_when_it_is_over() -> None:
    months = Series(date(2023, 1, 1), range(24), "month")
    for when, over in ((date(2024, 3, 30), 2), (date(2024, 3, 31), 3), (date(2024, 4, 1), 3)):
        year = occurrence(months, Period.parse("2024"), when)
        assert (year.so_far.steps, year.rest.steps) == (over, 12 - over)
        assert year.so_far.values.tolist() == list(range(12, 12 + over))


def test_years_that_share_a_day_overlap() -> None:
    march = occurrence(DAYS, Period.parse("2023-03/2024-02"), date(2023, 6, 30))
    later = occurrence(DAYS, Period.parse("2024"), date(2024, 6, 30))
    assert march.overlaps(later)
    assert later.overlaps(march)
    assert not march.overlaps(occurrence(DAYS, Period.parse("2022"), date(2022, 6, 30)))


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(-5, 5))
def test_nothing_is_lost_in_the_cut(as_of: date, shift: int) -> None:
    series = Series(date(2010, 1, 1), np.arange(365 * 30))
    year = occurrence(series, Period.parse(str(as_of.year)), as_of, shift)
    together = [*year.so_far.values, *year.rest.values]
    assert together == [day(series, year.first) + n for n in range((year.last - year.first).days + 1)]
    assert together == [value for month in year.months for value in month.values]


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-50, 50))
def test_the_same_day_keeps_the_order(day: date, shift: int) -> None:
    assert same_day(day, shift) <= same_day(day + timedelta(days=1), shift)


def test_what_is_no_series_is_refused() -> None:
    with pytest.raises(ValueError, match="begins on the first of a month, not on 2024-01-15"):
        Series(date(2024, 1, 15), [1.0], "month")
    with pytest.raises(ValueError, match=r"not shape \(1, 1\)"):
        Series(date(2024, 1, 1), [[1.0]])
    with pytest.raises(ValueError, match="finite"):
        Series(date(2024, 1, 1), [float("inf")])
    with pytest.raises(ValueError, match="at most one year was expected: 2021/2025"):
        occurrence(DAYS, Period.parse("2021/2025"), date(2023, 1, 1))


@pytest.mark.parametrize(("missing", "coming"), [(0, 275), (15, 229), (90, 1)])
def test_of_the_rest_as_many_days_are_valid_as_so_far(missing: int, coming: int) -> None:
    """75 of 90 days by the end of March: 229.2 of the other 275; none of 90: one, as long as a day is left."""
    values = [5.0] * (90 - missing) + [None] * missing
    year = occurrence(Series(date(2023, 1, 1), values), Period.parse("2023"), date(2023, 3, 31))
    assert year.coming == coming


def test_all_are_valid_before_the_year_begins_and_none_come_once_it_is_over() -> None:
    series, year = Series(date(2023, 1, 1), [5.0]), Period.parse("2023")
    assert occurrence(series, year, date(2022, 12, 31)).coming == 365
    assert occurrence(series, year, date(2023, 12, 31)).coming == 0
