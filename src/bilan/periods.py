"""Periods: one grammar for every span of time that bilan names.

``2025`` a year, ``2025-03`` a month, ``2025Q1`` a quarter, ``2024-10/2025-03`` an inclusive run of months,
``2021/2025`` an inclusive run of years.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

_WITHIN = {  # a year, as the grammar writes its parts
    "month": [f"-{month:02}" for month in range(1, 13)],
    "quarter": [f"Q{quarter}" for quarter in range(1, 5)],
    "year": [""],
}
_PART = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})|Q(?P<quarter>[1-4]))?")


@dataclass(frozen=True, slots=True)
class Period:
    """A span of whole months; ``first`` and ``last`` are days, both included.

    >>> Period.parse("2024-10/2025-03").last
    datetime.date(2025, 3, 31)
    >>> str(Period.parse("2025Q1")), Period.parse("2024-02").last.day
    ('2025Q1', 29)
    """

    text: str
    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period that ``text`` names.

        Raises ValueError, naming the text, for anything outside the grammar and for runs that end before they start.

        >>> Period.parse("2025-13")
        Traceback (most recent call last):
            ...
        ValueError: not a period: '2025-13' (expected 2025, 2025-03, 2025Q1 or 2024-10/2025-03)
        """
        return _parsed(text)

    def to_date(self, day: date) -> Period | None:
        """The part of the period up to ``day``, the period itself once it is over, None before it has begun.

        Whole months are written as a run of months, other parts by their days, which the grammar above does not know.

        >>> str(Period.parse("2026").to_date(date(2026, 9, 30))), str(Period.parse("2026").to_date(date(2026, 9, 15)))
        ('2026-01/2026-09', '2026-01-01/2026-09-15')
        """
        if day >= self.last:
            return self
        if day < self.first:
            return None
        if (day + timedelta(days=1)).day != 1:
            return Period(f"{self.first}/{day}", self.first, day)
        months = f"{self.first:%Y-%m}", f"{day:%Y-%m}"
        return Period(months[0] if months[0] == months[1] else "/".join(months), self.first, day)

    @property
    def months(self) -> int | None:
        """How many whole months the period is made of; None for one that begins or ends within a month.

        >>> Period.parse("2024-10/2025-03").months, Period.parse("2026").to_date(date(2026, 9, 15)).months
        (6, None)
        """
        if self.first.day != 1 or (self.last + timedelta(days=1)).day != 1:
            return None
        return 12 * (self.last.year - self.first.year) + self.last.month - self.first.month + 1

    def months_to(self, day: date) -> Period | None:
        """The whole months of the period that are over on the evening of ``day``; None before the first is.

        >>> str(Period.parse("2026").months_to(date(2026, 9, 15))), Period.parse("2026").months_to(date(2026, 1, 30))
        ('2026-01/2026-08', None)
        """
        over = day if (day + timedelta(days=1)).day == 1 else day.replace(day=1) - timedelta(days=1)
        return self.to_date(over)

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=8192)
def _parsed(text: str) -> Period:
    head, slash, tail = text.partition("/")
    try:
        first, last = _days(head)
        if slash:
            if len(head) != len(tail) or ("Q" in head) != ("Q" in tail):
                raise ValueError
            last = _days(tail)[1]
        if last < first:
            raise ValueError
    except ValueError:
        raise ValueError(f"not a period: {text!r} (expected 2025, 2025-03, 2025Q1 or 2024-10/2025-03)") from None
    return Period(text, first, last)


def periods_between(kind: Literal["month", "quarter", "year"], first: date, last: date) -> list[Period]:
    """Return every month, quarter or year that has a day from ``first`` to ``last``, in their order.

    >>> [str(p) for p in periods_between("quarter", date(2025, 12, 31), date(2026, 4, 1))]
    ['2025Q4', '2026Q1', '2026Q2']
    """
    within = _WITHIN[kind]
    texts = (f"{year}{part}" for year in range(first.year, last.year + 1) for part in within)
    return [p for p in map(Period.parse, texts) if p.first <= last and p.last >= first]


def _days(part: str) -> tuple[date, date]:
    match = _PART.fullmatch(part)
    if match is None:
        raise ValueError(part)
    year = int(match["year"])
    if match["quarter"]:
        low = 3 * int(match["quarter"]) - 2
        high = low + 2
    elif match["month"]:
        low = high = int(match["month"])
    else:
        low, high = 1, 12
    return date(year, low, 1), date(year, high, calendar.monthrange(year, high)[1])
