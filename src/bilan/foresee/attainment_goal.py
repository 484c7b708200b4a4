"""A goal for the figure of a period, compared with the figure as it is published: rounded by GB/T 8170."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Literal

Comparison = Literal["<=", "<", ">=", ">"]
_DIGITS = 10  # of a mean of floats that are compared: more would judge the error of its last addition


@dataclass(frozen=True, slots=True)
class Goal:
    """``figure comparison target``, the figure rounded to ``decimals`` places, or not rounded when that is None.

    Raises ValueError for a comparison that is none of the four and for a target that is not finite.

    >>> goal = Goal("<=", Decimal(35), decimals=0)
    >>> goal.met(35.5), goal.met(35.49), Goal("<=", Decimal(36), decimals=0).met(36.5)
    (False, True, True)
    """

    comparison: Comparison
    target: Decimal
    decimals: int | None = None

    def __post_init__(self) -> None:
        if self.comparison not in ("<=", "<", ">=", ">"):
            raise ValueError(f"expected <=, <, >= or >, not {self.comparison!r}")
        if not self.target.is_finite():
            raise ValueError(f"expected a finite target, not {self.target}")

    @property
    def lower_is_better(self) -> bool:
        return self.comparison in ("<=", "<")

    @property
    def strict(self) -> bool:
        return self.comparison in ("<", ">")

    def met(self, figure: float) -> bool:
        """Return whether a final figure, not yet rounded, meets the goal."""
        published = Decimal(repr(round(figure, _DIGITS)))
        if self.decimals is not None:
            published = published.quantize(self._unit, ROUND_HALF_EVEN)
        return {
            "<=": published <= self.target,
            "<": published < self.target,
            ">=": published >= self.target,
            ">": published > self.target,
        }[self.comparison]

    @property
    def edge(self) -> float:
        """The unrounded figure that parts meeting from missing; on which side it falls itself has no probability.

        >>> Goal("<=", Decimal(35), decimals=0).edge, Goal("<", Decimal(35), decimals=0).edge
        (35.5, 34.5)
        >>> Goal(">=", Decimal("82.5"), decimals=1).edge, Goal(">", Decimal(60)).edge
        (82.45, 60.0)
        """
        if self.decimals is None:
            return float(self.target)
        unit = self._unit
        inward = ROUND_FLOOR if self.lower_is_better else ROUND_CEILING
        last = self.target.quantize(unit, inward)  # the last published figure that meets the goal
        side = 1 if self.lower_is_better else -1
        if last == self.target and self.strict:
            last -= side * unit
        return float(last + side * unit / 2)

    @property
    def _unit(self) -> Decimal:
        return Decimal(1).scaleb(-(self.decimals or 0))
