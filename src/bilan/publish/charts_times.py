"""Where a period stands on an axis of time: at its end, in the time of no place, so that no zone moves a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import altair as alt

from bilan.periods import Period, periods_between
from bilan.publish import ChartError

_MONTHLY = timedelta(days=800)  # what spans less has months on its axis, what spans more has years
_TICKS = 13
_DAY = 86_400_000  # milliseconds


def end_of(text: str) -> date:
    """Return the last day of a period, also of one that runs by days.

    >>> end_of("2025"), end_of("2026-01/2026-09"), end_of("2026-01-01/2026-09-15")
    (datetime.date(2025, 12, 31), datetime.date(2026, 9, 30), datetime.date(2026, 9, 15))

    Raises :class:`ChartError` for what is no period.
    """
    try:
        return Period.parse(text).last
    except ValueError:
        pass
    try:
        return date.fromisoformat(text.rpartition("/")[2])
    except ValueError:
        raise ChartError(f"时段 {text!r} 认不出（应如 2025、2025-03、2025Q1、2024-10/2025-03）") from None


def instant(day: date) -> int:
    """Return a day as milliseconds since 1970, which is how an axis of time counts.

    >>> instant(date(1970, 1, 2))
    86400000
    """
    return round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def time_axis(instants: Iterable[int]) -> alt.X:
    """Return the axis of time over ``instants``, at least one: a mark at the end of each month or each year.

    >>> axis = time_axis([instant(date(2023, 12, 31)), instant(date(2026, 12, 31))]).to_dict()["axis"]
    >>> axis["format"], len(axis["values"])
    ('%Y', 4)
    """
    known = sorted(instants)
    first, last = _day(known[0]), _day(known[-1])
    kind: Literal["month", "year"] = "month" if last - first < _MONTHLY else "year"
    ends = [period.last for period in periods_between(kind, first, last) if first <= period.last <= last] or [last]
    ends = ends[:: len(ends) // -_TICKS][::-1]  # of many some, the last among them
    margin = max(10 * _DAY, (known[-1] - known[0]) // 16)
    scale = alt.Scale(type="utc", domain=[known[0] - margin, known[-1] + margin], nice=False)
    shown = "%Y" if kind == "year" else "%Y-%m"
    axis = alt.Axis(values=[instant(end) for end in ends], format=shown, grid=False, labelOverlap=True)
    return alt.X("end:T", scale=scale, axis=axis, title=None)


def _day(at: int) -> date:
    return datetime.fromtimestamp(at / 1000, UTC).date()
