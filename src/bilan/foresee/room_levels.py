"""Goals against a baseline as levels: a change in percent or in percentage points becomes the level to keep.

The level is not rounded. The published figure is then compared with the exact level, which is the same as comparing the
unrounded change between the two published figures; rounding the level first could forgive up to half a step.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from bilan.foresee.room_limits import plain, published

Change = Literal["decrease", "increase"]


def level_after_percent(
    baseline: Decimal | int, percent: Decimal | int, change: Change, decimals: int | None = None
) -> Decimal | None:
    """Return the level that lies ``percent`` % of ``baseline`` below or above it, None where ``baseline`` is zero.

    A percentage of zero is no change, so such a goal cannot be judged. ``decimals`` rounds the level half to even,
    only for plans that say to round it. A negative baseline moves by the percentage of its size.

    >>> level_after_percent(38, 10, "decrease"), level_after_percent(0, 10, "decrease")
    (Decimal('34.2'), None)
    """
    if baseline == 0:
        return None
    return _moved(baseline, abs(Decimal(baseline)) * Decimal(percent).scaleb(-2), change, decimals)


def level_after_points(
    baseline: Decimal | int, points: Decimal | int, change: Change, decimals: int | None = None
) -> Decimal:
    """Return the level that lies ``points`` percentage points (or units) below or above ``baseline``, zero or not.

    >>> level_after_points(Decimal("85.2"), Decimal("1.5"), "increase")
    Decimal('86.7')
    """
    return _moved(baseline, Decimal(points), change, decimals)


def _moved(baseline: Decimal | int, by: Decimal, change: Change, decimals: int | None) -> Decimal:
    if by < 0:
        raise ValueError(f"a change is named by its size and its direction, not by its sign: {by}")
    level = baseline - by if change == "decrease" else baseline + by
    return plain(level) if decimals is None else published(level, decimals)
