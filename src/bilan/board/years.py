"""Which years can be meant: of a plan, of an entry, of a day that is asked about."""

from __future__ import annotations

FIRST_YEAR, LAST_YEAR = 1900, 2199  # beyond them is a slip of the pen


def is_year(year: int) -> bool:
    """Return whether ``year`` can be meant, and is no slip of the pen.

    >>> is_year(2026), is_year(1), is_year(9999)
    (True, False, False)
    """
    return FIRST_YEAR <= year <= LAST_YEAR
