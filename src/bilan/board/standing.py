"""Which reported figure stands while the next one is still to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from bilan.periods import Period, periods_between


def last_reported(
    kind: Literal["year", "quarter", "month"], since: int | None, until: date, reported: Sequence[Period]
) -> Period | None:
    """Return the last ``kind`` that is ``reported`` and was over on ``until``, none that began before ``since``.

    >>> told = [Period.parse(text) for text in ("2024", "2025", "2026Q1")]
    >>> str(last_reported("year", 2024, date(2026, 9, 30), told)), last_reported("year", 2026, date(2026, 9, 30), told)
    ('2025', None)
    """
    over = [p for p in reported if p.last <= until and (since is None or p.first.year >= since) and _is_one(kind, p)]
    last = max((period.last for period in over), default=None)
    return None if last is None else periods_between(kind, last, last)[0]


def next_of(period: Period) -> Period:
    """Return the year, quarter or month after ``period``, which is one.

    >>> [str(next_of(Period.parse(text))) for text in ("2026", "2026Q4", "2026-12")]
    ['2027', '2027Q1', '2027-01']
    """
    day = period.last + timedelta(days=1)
    kinds: tuple[Literal["year", "quarter", "month"], ...] = ("year", "quarter", "month")
    return next(periods_between(kind, day, day)[0] for kind in kinds if _is_one(kind, period))


def _is_one(kind: Literal["year", "quarter", "month"], period: Period) -> bool:
    whole = periods_between(kind, period.first, period.first)[0]
    return (whole.first, whole.last) == (period.first, period.last)
