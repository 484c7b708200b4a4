"""The spans that a formula compares: what it is now, what it is set against, and the years between."""

from __future__ import annotations

import calendar
from datetime import date

from bilan.observe.statistics_period import canonical
from bilan.periods import Period

FIVE = 5


def years_of(period: Period) -> list[Period]:
    """Return the years of which ``period`` is made; none where it is not made of whole years.

    >>> [str(year) for year in years_of(Period.parse("2021/2023"))], years_of(Period.parse("2025Q1"))
    (['2021', '2022', '2023'], [])
    """
    if (period.first.month, period.last.month) != (1, 12) or not _whole(period):
        return []
    return [Period.parse(str(year)) for year in range(period.first.year, period.last.year + 1)]


def base_and_now(period: Period) -> tuple[Period, Period] | None:
    """Return the two spans of a decline over ``period``: the year before its years and the last of them.

    Less than a year is set against the same months of the year before; anything else has no base.

    >>> [str(span) for span in base_and_now(Period.parse("2021/2025"))]
    ['2020', '2025']
    >>> [str(span) for span in base_and_now(Period.parse("2024-02"))]
    ['2023-02', '2024-02']
    """
    years = years_of(period)
    if years:
        return Period.parse(f"{period.first.year - 1:04}"), years[-1]
    months = (period.last.year - period.first.year) * 12 + period.last.month - period.first.month + 1
    if months > 12 or not _whole(period):
        return None
    return canonical(_year_before(period.first), _month_end(_year_before(period.last))), period


def price_base(period: Period) -> int | None:
    """Return the year whose prices are the constant ones of ``period``: the last before its five-year plan.

    None where it reaches over two plans, as no prices hold for both.

    >>> price_base(Period.parse("2025")), price_base(Period.parse("2021/2025")), price_base(Period.parse("2020/2021"))
    (2020, 2020, None)
    """
    first, last = (day.year - 1 - (day.year - 1) % FIVE for day in (period.first, period.last))
    return first if first == last else None


def days_in(period: Period) -> int:
    """Return the days of ``period``.

    >>> days_in(Period.parse("2024")), days_in(Period.parse("2025-02"))
    (366, 28)
    """
    return (period.last - period.first).days + 1


def _whole(period: Period) -> bool:
    """Whether the period is of whole months; what is reported always is."""
    return period.first.day == 1 and period.last == _month_end(period.last)


def _year_before(day: date) -> date:
    return date(day.year - 1, day.month, 1)


def _month_end(day: date) -> date:
    return date(day.year, day.month, calendar.monthrange(day.year, day.month)[1])
