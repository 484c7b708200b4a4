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
    (missed, short), at = max(((not one.met_by(figure), _short(one, figure)), n) for n, one in enumerate(limits))
    worst = limits[at]
    meets: bool | None = not missed
    if not meets and tolerances is not None:
        tolerance = tolerances[at]
        meets = None if tolerance is None or short <= tolerance else False
    return Verdict(meets, _shown(short, figure, worst), worst)


def _short(limit: Limit, figure: Decimal) -> Fraction:
    over = Fraction(figure) - Fraction(limit.value)
    return over if limit.side == "at_most" else -over


def _shown(short: Fraction, figure: Decimal, limit: Limit) -> Decimal:
    """The gap as it would be subtracted by hand; of a limit that no decimal writes, to two decimals more."""
    if isinstance(limit.value, Fraction):
        return published(short, 2 + max(0, -int(figure.as_tuple().exponent)))
    over = figure - Decimal(limit.value)
    return over if limit.side == "at_most" else -over
