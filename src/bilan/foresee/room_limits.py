"""What a published figure is compared with, and how far the exact figure may go before the comparison fails.

A figure is rounded once, by GB/T 8170 (half to even), and the rounded figure is compared. So a limit of 35 on whole
numbers is kept by every exact mean below 35.5, and a limit of 34 even by 34.5 itself, which rounds down to 34.

See Also: ``bilan.evaluate.exact``, the same rounding for the columns of an engine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias

Side = Literal["at_most", "at_least"]
Exact: TypeAlias = Decimal | Fraction | int

SIGNS = {("at_most", False): "≤", ("at_most", True): "<", ("at_least", False): "≥", ("at_least", True): ">"}


def published(figure: Exact, decimals: int) -> Decimal:
    """Return ``figure`` rounded to ``decimals`` places, a tie to the even neighbour (GB/T 8170).

    >>> published(Decimal("35.5"), 0), published(Decimal("34.5"), 0), published(Fraction(2, 3), 1)
    (Decimal('36'), Decimal('34'), Decimal('0.7'))
    """
    above, below = figure.as_integer_ratio()
    steps, rest = divmod(above * 10**decimals, below)
    up = 2 * rest > below or (2 * rest == below and steps % 2 == 1)
    return in_steps(steps + up, decimals)


def in_steps(count: int, decimals: int) -> Decimal:
    """Return ``count`` steps of ``10**-decimals``.

    >>> in_steps(355, 1)
    Decimal('35.5')
    """
    return Decimal(count).scaleb(-decimals)


def places(*figures: Exact) -> int:
    """Return the most decimals that one of the decimal ``figures`` is written with.

    >>> places(Decimal("97.80"), 3)
    2
    """
    exponents = [f.as_tuple().exponent for f in figures if isinstance(f, Decimal)]
    return max((-e for e in exponents if isinstance(e, int) and e < 0), default=0)


def as_decimal(value: Exact, digits: int) -> Decimal | int:
    """Return ``value`` for a text: as it is written; a fraction is rounded to ``digits``, without zeros at its end.

    >>> as_decimal(Decimal("34.20"), 1), as_decimal(Fraction(1, 3), 2), as_decimal(Fraction(33), 4)
    (Decimal('34.20'), Decimal('0.33'), Decimal('33'))
    """
    return plain(published(value, digits)) if isinstance(value, Fraction) else value


def plain(level: Decimal) -> Decimal:
    """Return ``level`` without zeros at its end and without an exponent.

    >>> plain(Decimal("34.20")), plain(Decimal("1E+2"))
    (Decimal('34.2'), Decimal('100'))
    """
    return level.quantize(Decimal(1)) if level == level.to_integral() else level.normalize()


@dataclass(frozen=True, slots=True)
class Bound:
    """How far an exact figure may go to one side; ``closed`` where it may stand on ``value`` itself."""

    side: Side
    value: Fraction
    closed: bool

    def admits(self, figure: Exact) -> bool:
        """Return whether ``figure`` is within the bound.

        >>> Bound("at_most", Fraction(71, 2), False).admits(Decimal("35.4999"))
        True
        """
        return _keeps(figure, self.side, self.value, closed=self.closed)

    def furthest(self, step: Exact = 1) -> int:
        """Return the last whole number of steps that is within the bound: rounded to the safe side.

        >>> Bound("at_most", Fraction(71, 2), False).furthest(Fraction(1, 10))
        354
        >>> Bound("at_least", Fraction(71, 2), True).furthest()
        36
        """
        steps = self.value / Fraction(step)
        inward = -1 if self.side == "at_most" else 1
        last = math.floor(steps) if self.side == "at_most" else math.ceil(steps)
        return last + inward if last == steps and not self.closed else last

    def of_part(self, fixed: Exact, weight: Exact) -> Bound:
        """Return the bound on x where ``fixed + weight * x`` is bounded by this one; ``weight`` above zero.

        >>> Bound("at_most", Fraction(36), True).of_part(fixed=12, weight=Fraction(1, 2)).value
        Fraction(48, 1)
        """
        return Bound(self.side, (self.value - Fraction(fixed)) / Fraction(weight), self.closed)


@dataclass(frozen=True, slots=True)
class Limit:
    """A goal as a level of the published figure.

    ``decimals`` of the published figure, None where it is compared unrounded. ``strict``: equal to ``value`` does not
    meet the goal.
    """

    side: Side
    value: Exact
    decimals: int | None = None
    strict: bool = False

    @property
    def sign(self) -> str:
        """The comparison as a sign: ``≤``, ``<``, ``≥`` or ``>``."""
        return SIGNS[self.side, self.strict]

    def met_by(self, figure: Exact) -> bool:
        """Return whether the exact ``figure`` meets the goal once it is published.

        >>> [Limit("at_most", 34, decimals=0).met_by(Decimal(x)) for x in ("34.5", "34.51")]
        [True, False]
        """
        shown = figure if self.decimals is None else published(figure, self.decimals)
        return _keeps(shown, self.side, self.value, closed=not self.strict)

    def bound(self) -> Bound:
        """Return how far the exact figure may go: half a step beyond the last published figure that meets the goal.

        >>> Limit("at_most", 35, decimals=0).bound()
        Bound(side='at_most', value=Fraction(71, 2), closed=False)
        """
        said = Bound(self.side, Fraction(self.value), not self.strict)
        if self.decimals is None:
            return said
        step = Fraction(1, 10**self.decimals)
        last = said.furthest(step)
        outward = Fraction(1, 2) if self.side == "at_most" else Fraction(-1, 2)
        return Bound(self.side, (last + outward) * step, closed=last % 2 == 0)


def _keeps(figure: Exact, side: Side, value: Exact, *, closed: bool) -> bool:
    """Whether ``figure`` stands on the ``side`` of ``value``, or on it where that is ``closed``."""
    above, below = figure.as_integer_ratio()
    of, by = value.as_integer_ratio()
    over = above * by - of * below  # whole numbers: quick, and exact
    return closed if over == 0 else (over < 0) == (side == "at_most")
