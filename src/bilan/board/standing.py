"""Which reported figure stands while the next one is still to come, and for how long.

The report that reaches furthest counts: a whole year, quarter or month, or the part of one from its first day on
(1-9 月累计), which nothing that was reported earlier replaces.

No report stands for ever. The next one may be late by as much as the time that it is of: yearly statistics come out
within the year after (统计年鉴, 统计公报), those of a quarter or a month within the next. The figure of 2026 stands for
2027 and until the end of 2028; from then on the promise is one that nobody reported on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from bilan.periods import Period, periods_between

Kind = Literal["year", "quarter", "month"]
_KINDS: tuple[Kind, ...] = ("year", "quarter", "month")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """The report that reaches furthest: of ``whole``, a year, quarter or month, up to the day ``upto``."""

    whole: Period
    upto: date

    @property
    def is_whole(self) -> bool:
        """Whether the report covers all of its year, quarter or month."""
        return self.upto == self.whole.last

    @property
    def awaited(self) -> Period:
        """The first period without a report: the one after it, of a part its own."""
        return next_of(self.whole) if self.is_whole else self.whole

    def stands(self, as_of: date) -> bool:
        """Return whether the report stands on ``as_of``: until the one awaited is late by as much as it is long.

        >>> told = Standing(Period.parse("2026"), date(2026, 12, 31))
        >>> told.stands(date(2028, 12, 31)), told.stands(date(2029, 1, 1))
        (True, False)
        """
        return as_of <= next_of(self.awaited).last


def last_reported(kind: Kind, until: date, reported: Sequence[Period], *, parts: bool = True) -> Standing | None:
    """Return the report of a ``kind`` that reaches furthest and not beyond ``until``, None where there is none.

    ``parts``: reports of part of a year, quarter or month from its first day on count, too.

    >>> told = [Period.parse(text) for text in ("2024", "2025", "2026Q1")]
    >>> [str(last_reported("year", date(2026, 9, 30), told, parts=parts).upto) for parts in (True, False)]
    ['2026-03-31', '2025-12-31']
    """
    found = [(period, periods_between(kind, period.last, period.last)[0]) for period in reported]
    upto = max(
        (
            period.last
            for period, whole in found
            if period.last <= until and period.first == whole.first and (parts or period.last == whole.last)
        ),
        default=None,
    )
    return None if upto is None else Standing(periods_between(kind, upto, upto)[0], upto)


@lru_cache(maxsize=1024)
def next_of(period: Period) -> Period:
    """Return the year, quarter or month after ``period``, which is one.

    >>> [str(next_of(Period.parse(text))) for text in ("2026", "2026Q4", "2026-12")]
    ['2027', '2027Q1', '2027-01']
    """
    day = period.last + _DAY
    return next(periods_between(kind, day, day)[0] for kind in _KINDS if _is_one(kind, period))


def one_before(kind: Kind, period: Period) -> Period | None:
    """Return the ``kind`` that ends on the day before ``period``, None where none does.

    >>> str(one_before("year", Period.parse("2027-01/2027-10"))), one_before("year", Period.parse("2026Q4"))
    ('2026', None)
    """
    day = period.first - _DAY
    before = periods_between(kind, day, day)[0]
    return before if before.last == day else None


def _is_one(kind: Kind, period: Period) -> bool:
    whole = periods_between(kind, period.first, period.first)[0]
    return (whole.first, whole.last) == (period.first, period.last)
