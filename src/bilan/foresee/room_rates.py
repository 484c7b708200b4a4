"""Room of a rate cumulated over years: the average yearly decline that is still needed.

A decline over several years is 1 - (1 - r1)(1 - r2)…, never the sum of the yearly rates: five years of 3 % are 14.1 %.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from bilan.foresee.room import Room, State
from bilan.foresee.room_limits import Exact, Limit, as_decimal, in_steps, places, published
from bilan.foresee.room_words import Value

STEEPEST_RISE = -1000  # %, a year: beyond it a rise is not told from any


def cumulated(rates: Sequence[Exact]) -> Fraction:
    """Return the decline over all years in percent, exactly; a rise is a negative rate.

    >>> published(cumulated([3, 3, 3, 3, 3]), 1)
    Decimal('14.1')
    """
    return 100 * (1 - math.prod((1 - Fraction(rate) / 100 for rate in rates), start=Fraction(1)))


def room_of_rate(
    limit: Limit, rates: Sequence[Exact], years_left: int, digits: int | None = None, *, years: int | None = None
) -> Room:
    """Return the yearly decline that every year left needs on average for the cumulated one (%) to meet ``limit``.

    ``rates``: the declines of the years so far in percent, or of all ``years`` as one. ``amount`` in percent, upwards
    to ``digits`` decimals (by default one more than the limit's): with it the goal is met, with one step less it is
    not. ``reached``: an amount of zero or below, the average rise that the goal could bear. ``impossible``: more than
    all of it would have to go.

    Raises ValueError for a limit that is no decline (``at_most``).

    >>> room = room_of_rate(Limit("at_least", Decimal("13.5"), decimals=1), [Decimal("2.5"), Decimal("3.1")], 3)
    >>> room.amount  # 0.8655 / (0.975 * 0.969) = 0.91609; its third root leaves 2.88 %
    Decimal('2.88')
    """
    if limit.side != "at_least" or years_left < 0:
        raise ValueError("a cumulated decline is at least so much, over years to come")
    digits = digits if digits is not None else (places(limit.value) if limit.decimals is None else limit.decimals) + 1
    so_far = cumulated(rates)
    state, amount = _standing(limit, rates, years_left, digits)
    shown = limit.decimals if limit.decimals is not None else digits
    numbers: tuple[tuple[str, Value], ...] = (
        ("sign", limit.sign),
        ("target", as_decimal(limit.value, digits)),
        ("so_far", published(so_far, shown)),
        ("years", len(rates) if years is None else years),
        ("rise", None if amount is None else max(-amount, Decimal(0))),
    )
    return Room("rate", f"rate.{state}", state, amount, "%", years_left, "year", numbers)


def _standing(limit: Limit, rates: Sequence[Exact], years_left: int, digits: int) -> tuple[State, Decimal | None]:
    if not years_left:
        return ("met" if limit.met_by(cumulated(rates)) else "missed"), None
    scale = 10**digits
    left = 1 - cumulated(rates) / 100

    def meets(steps: int) -> bool:
        return limit.met_by(100 * (1 - left * (1 - Fraction(steps, 100 * scale)) ** years_left))

    if not meets(100 * scale):
        return "impossible", None
    if meets(STEEPEST_RISE * scale):
        return "safe", None
    steps = range(STEEPEST_RISE * scale, 100 * scale + 1)
    needed = steps[bisect_left(steps, True, key=meets)]
    amount = in_steps(needed, digits)
    return ("exhausted" if needed == 100 * scale else "open" if needed > 0 else "reached"), amount
