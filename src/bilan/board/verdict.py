"""How a figure stands to a goal: whether it meets it, and by how much it falls short or has to spare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bilan.foresee.room_limits import Limit, published

# 基本, 约, 左右: no rule says how far that reaches. What misses the number by more than this share of it misses the
# goal beyond doubt; what misses it by less is for a person to judge, and of 基本消除 (zero) whatever misses it.
VAGUE = Fraction(5, 100)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the goal is met, None where only a person can say, and the ``limit`` that decides.

    ``gap``: by how much the figure falls short, negative for what it has to spare, in the unit of the figure.
    """

    meets: bool | None
    gap: Decimal
    limit: Limit


def verdict(limits: Sequence[Limit], figure: Decimal, *, vague: bool = False) -> Verdict:
    """Return how the published ``figure`` stands to ``limits``: of two sides the one that it keeps worse.

    >>> verdict([Limit("at_most", Decimal(31), 0)], Decimal(34)).gap
    Decimal('3')
    >>> verdict([Limit("at_least", Decimal(100))], Decimal(97), vague=True).meets is None
    True

    Raises ValueError without limits.
    """
    worst = max(limits, key=lambda limit: (not limit.met_by(figure), _short(limit, figure)))
    short = _short(worst, figure)
    meets: bool | None = worst.met_by(figure)
    if not meets and vague and (worst.value == 0 or short <= abs(Fraction(worst.value)) * VAGUE):
        meets = None
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
