"""The one grammar of periods, read and refused."""

from __future__ import annotations

from datetime import date

import pytest

from bilan.periods import Period


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2027", date(2027, 1, 1), date(2027, 12, 31)),
        ("2027-02", date(2027, 2, 1), date(2027, 2, 28)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-11/2027-02", date(2026, 11, 1), date(2027, 2, 28)),
        ("2026/2028", date(2026, 1, 1), date(2028, 12, 31)),
        ("2026Q4/2027Q1", date(2026, 10, 1), date(2027, 3, 31)),
        ("2027-05/2027-05", date(2027, 5, 1), date(2027, 5, 31)),
    ],
)
def test_a_period_spans_whole_months(text: str, first: date, last: date) -> None:
    period = Period.parse(text)
    assert (period.first, period.last, str(period)) == (first, last, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "27",
        "2027-13",
        "2027-00",
        "2027-1",
        "2027Q5",
        "2027Q0",
        "2028/2026",
        "2027-03/2026-10",
        "2026/2027-03",
        "2026Q1/2027-03",
        "2026/",
        "/2026",
        "2026/2027/2028",
        "2027-01-05",
        " 2027",
        "二〇二七",
        "0000",
    ],
)
def test_everything_else_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="not a period") as refused:
        Period.parse(text)
    assert repr(text) in str(refused.value)


def test_periods_compare_by_value() -> None:
    assert Period.parse("2027") == Period.parse("2027")
    assert Period.parse("2027") != Period.parse("2027-01/2027-12")


@pytest.mark.parametrize(
    ("period", "day", "part"),
    [
        ("2026", date(2025, 12, 31), None),
        ("2026", date(2026, 1, 1), "2026-01-01/2026-01-01"),
        ("2026", date(2026, 1, 31), "2026-01"),
        ("2026", date(2026, 12, 30), "2026-01-01/2026-12-30"),
        ("2026", date(2026, 12, 31), "2026"),
        ("2026", date(2030, 1, 1), "2026"),
        ("2024", date(2024, 2, 28), "2024-01-01/2024-02-28"),  # a leap year: February is not over
        ("2024", date(2024, 2, 29), "2024-01/2024-02"),
        ("2025Q1", date(2025, 2, 28), "2025-01/2025-02"),
        ("2026-10/2027-03", date(2026, 12, 31), "2026-10/2026-12"),  # a season over the year's end
        ("2026-10/2027-03", date(2027, 1, 15), "2026-10-01/2027-01-15"),
        ("2021/2025", date(2023, 12, 31), "2021-01/2023-12"),
    ],
)
def test_the_part_of_a_period_up_to_a_day(period: str, day: date, part: str | None) -> None:
    found = Period.parse(period).to_date(day)
    assert (None if found is None else str(found)) == part
    if found is not None:
        assert (found.first, found.last) == (Period.parse(period).first, min(day, Period.parse(period).last))
