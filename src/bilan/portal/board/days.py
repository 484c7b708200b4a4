"""The days of a period as rows write it: also one from a day to a day, which the grammar of plans does not have."""

from __future__ import annotations

from datetime import date

from bilan.periods import Period

_DAY = len("2026-01-01")


def period_called(text: str) -> Period:
    """Return the period that a row calls so. Raises ValueError.

    >>> str(period_called("2026-01/2026-09").last), str(period_called("2026-01-01/2026-03-05").last)
    ('2026-09-30', '2026-03-05')
    """
    first, _to, last = text.partition("/")
    if len(first) == len(last) == _DAY:
        return Period(text, date.fromisoformat(first), date.fromisoformat(last))
    if len(text) == _DAY:
        return Period(text, date.fromisoformat(text), date.fromisoformat(text))
    return Period.parse(text)
