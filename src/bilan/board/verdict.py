"""How a figure stands to a goal: whether it meets it, and by how much it falls short or has to spare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bilan.foresee.room_limits import Limit, published


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the goal is met, None where only a person can say, and the ``limit`` that decides.

    ``gap``: by how much the figure falls short, negative for what it has to spare, in the unit of the figure.
    """

    meets: bool | None
    gap: Decimal
    limit: Limit


def verdict(limits: Sequence[Limit], figure: Decimal, tolerances: Sequence[Fraction | None] | None = None) -> Verdict:
    """Return how the published ``figure`` stands to ``limits``: of two sides the one that it keeps worse.

    ``tolerances`` of a vague goal, one for each limit: what misses it by no more is for a person to judge, None for
    whatever misses it.

    >>> verdict([Limit("at_most", Decimal(31), 0)], Decimal(34)).gap
    Decimal('3')
    >>> verdict([Limit("at_least", Decimal(100))], Decimal(97), [Fraction(5)]).meets is None
    True

    Raises ValueError without limits.
    """
    at = _worst(limits, figure)
    worst = limits[at]
    meets: bool | None = worst.met_by(figure)
    if not meets and tolerances is not None:
        tolerance = tolerances[at]
        meets = None if tolerance is None or _short(worst, figure) <= tolerance else False
    return Verdict(meets, _shown(worst, figure), worst)


def _worst(limits: Sequence[Limit], figure: Decimal) -> int:
    """The place of the limit that the figure keeps worse: a missed one, and of those the one missed by more."""
    if len(limits) == 1:
        return 0
    return max(((not one.met_by(figure), _short(one, figure)), n) for n, one in enumerate(limits))[1]


def _short(limit: Limit, figure: Decimal) -> Fraction:
    (above, below), (of, by) = figure.as_integer_ratio(), limit.value.as_integer_ratio()
    over = above * by - of * below
    return Fraction(over if limit.side == "at_most" else -over, below * by)


def _shown(limit: Limit, figure: Decimal) -> Decimal:
    """The gap as it would be subtracted by hand; of a limit that no decimal writes, to two decimals more."""
    if isinstance(limit.value, Fraction):
        return published(_short(limit, figure), 2 + max(0, -int(figure.as_tuple().exponent)))
    over = figure - Decimal(limit.value)
    return over if limit.side == "at_most" else -over
