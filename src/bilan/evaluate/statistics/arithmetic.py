"""The official formulas as functions of exact numbers, and how far the rounding of what goes in moves what comes out.

Figures are fractions; rates go in and come out in per cent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import prod

Numbers = Sequence[Fraction]
_ANY = Fraction(10) ** 30  # beyond every figure


@dataclass(frozen=True, slots=True)
class Rounded:
    """A figure that stands for everything from ``low`` to ``high``, both included."""

    value: Fraction
    low: Fraction
    high: Fraction

    @classmethod
    def printed(cls, value: Decimal, step: Decimal) -> Rounded:
        """What a printed ``value`` stands for: half a ``step`` of its last digit to either side.

        >>> Rounded.printed(Decimal("95.3"), Decimal("0.1")).low
        Fraction(381, 4)
        """
        middle, half = Fraction(value), Fraction(step) / 2
        return cls(middle, middle - half, middle + half)

    def agrees(self, other: Rounded) -> bool:
        """Whether one number can be behind both.

        >>> reported = Rounded.printed(Decimal("95.3"), Decimal("0.1"))
        >>> reported.agrees(Rounded.printed(Decimal("95.34"), Decimal("0.01")))
        True
        >>> reported.agrees(Rounded.printed(Decimal("95.36"), Decimal("0.001")))
        False
        """
        return self.low <= other.high and other.low <= self.high


def ratio(above: Fraction, below: Fraction, factor: Fraction) -> Fraction:
    """Return part over whole times ``factor``, 100 for a rate in per cent.

    >>> ratio(Fraction(45), Fraction(50), Fraction(100))
    Fraction(90, 1)
    """
    return above / below * factor


def decline(base: Fraction, now: Fraction) -> Fraction:
    """Return by how many per cent of ``base`` the level ``now`` is lower.

    >>> decline(Fraction(1, 5), Fraction(19, 100))
    Fraction(5, 1)
    """
    return (1 - now / base) * 100


def growth_decline(quantity: Fraction, output: Fraction) -> Fraction:
    """Return the decline of an intensity, in per cent, from the growth of its quantity and of output.

    2020: energy +2.2 %, GDP +2.3 %.

    >>> round(float(growth_decline(Fraction("2.2"), Fraction("2.3"))), 2)
    0.1
    """
    return (1 - (1 + quantity / 100) / (1 + output / 100)) * 100


def cumulative(rates: Iterable[Fraction]) -> Fraction:
    """Return the decline, in per cent, of several years from the decline of each: no sum, as each has its own base.

    >>> round(float(cumulative(map(Fraction, ("4", "4.1", "4.2", "4.5", "5")))), 2)
    19.98
    """
    return (1 - prod((1 - rate / 100 for rate in rates), start=Fraction(1))) * 100


def bod_load_rate(load: Fraction, population: Fraction, grams: Fraction, days: int) -> Fraction:
    """Return the share of a population, in per cent, whose sewage arrives at the plants.

    ``load`` is the BOD5 that arrived in ``days``, in t; ``population`` in 万人, of whom each gives ``grams`` a day.

    >>> bod_load_rate(Fraction(16425), Fraction(100), Fraction(45), 365)
    Fraction(100, 1)
    """
    return load * 10**6 / (population * 10**4 * grams * days) * 100


def within(formula: Callable[[Numbers], Fraction], inputs: Sequence[Rounded]) -> Rounded:
    """Return what ``formula`` gives, with the least and the most it gives while every input stays in its rounding.

    The formulas here rise or fall all the way with each input, so their extremes lie at the ends of the inputs. Where
    the rounding of a denominator reaches zero the figure may be any. Raises ZeroDivisionError where the denominator
    itself is zero.

    >>> inputs = [Rounded.printed(Decimal(9), Decimal(1)), Rounded.printed(Decimal(10), Decimal(1))]
    >>> within(lambda given: given[0] / given[1], inputs).high
    Fraction(1, 1)
    """
    value = formula([given.value for given in inputs])
    try:
        ends = [formula(corner) for corner in product(*((given.low, given.high) for given in inputs))]
    except ZeroDivisionError:
        ends = [-_ANY, _ANY]
    return Rounded(value, min([value, *ends]), max([value, *ends]))


def half_even(value: Fraction, digits: int) -> Decimal:
    """Return ``value`` rounded to ``digits`` by GB/T 8170: a tie goes to the even digit.

    >>> half_even(Fraction("0.125"), 2), half_even(Fraction("0.135"), 2), half_even(Fraction(90), 1)
    (Decimal('0.12'), Decimal('0.14'), Decimal('90.0'))
    """
    return Decimal(round(value * 10**digits)).scaleb(-digits)
