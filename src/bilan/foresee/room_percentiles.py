"""Room of a percentile: how many more days above the limit a period can have.

HJ 663 annex A: of N daily values in ascending order, k = 1 + (N - 1) p, and the percentile lies between X(s) and
X(s + 1), s the whole part of k, at the fraction f = k - s. So with e days above the limit

- e <= N - ceil(k) is safe: X(s + 1), or X(s) where f = 0, is within the limit, however high the e days are;
- e > N - s is lost: X(s) is itself above the limit;
- between the two (e = N - s with f > 0, a single number) it hangs on how high the two values are, as far as they are
  known.

A day is above the limit where its value, rounded like the percentile, does not meet it. The amount is for the valid
days expected; what is safe or impossible holds for every number of them (:mod:`bilan.foresee.room_rest`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from bilan.foresee.room import Room, State
from bilan.foresee.room_limits import Exact, Limit, as_decimal
from bilan.foresee.room_shares import DaysSoFar
from bilan.foresee.room_words import Value


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the values so far: the highest within the limit and the lowest above it, None if not known.

    ``decimals`` are those of a daily value, None for those of the percentile: the lowest value above the limit that a
    day to come can have rests on them.
    """

    highest_within: Exact | None = None
    lowest_above: Exact | None = None
    decimals: int | None = None


NOTHING = Known()
Pair: TypeAlias = tuple[Fraction, Fraction]


def days_above(count: int, percent: Exact) -> tuple[int, int]:
    """Return of ``count`` values how many may be above a limit: safely, and at the very most.

    >>> days_above(365, 90), days_above(361, 90)  # k = 328.6 and k = 325
    ((36, 37), (36, 36))
    """
    place = _place(count, percent)
    return count - math.ceil(place), count - math.floor(place)


def room_of_percentile(limit: Limit, percent: Exact, days: DaysSoFar, known: Known = NOTHING, unit: str = "") -> Room:
    """Return how many of the days left may be above ``limit`` with the percentile still meeting it.

    ``days.counted`` are the valid days above the limit so far; the days to come that are not above it are within it.
    ``amount`` is the safe number, however high these days will be; ``most`` in ``numbers`` the one that can still pass
    when the values beside the percentile are low enough; both for the valid days expected. ``behind``: more than the
    safe number already, but low values beside the percentile or more valid days than expected can meet the limit.

    >>> from bilan.foresee.room_rest import Rest
    >>> limit = Limit("at_most", 160, decimals=0)
    >>> room = room_of_percentile(limit, 90, DaysSoFar(counted=30, valid=273, rest=Rest(92)), unit="µg/m3")
    >>> room.amount, dict(room.numbers)["most"]
    (6, 7)
    """
    if limit.side != "at_most":
        raise ValueError("a percentile is held below a limit")
    safe, most = _allowed(limit, percent, days, known)
    state, amount = _standing(days, safe, _allowed(limit, percent, days.all_valid, known))
    code = "percentile.undecided" if days.final and state == "unknown" else f"percentile.{state}"
    numbers: tuple[tuple[str, Value], ...] = (
        ("percent", as_decimal(percent, 1)),
        ("limit_unit", unit),
        ("sign", limit.sign),
        ("target", as_decimal(limit.value, 1)),
        ("above", days.counted),
        ("valid", days.valid),
        ("rest", days.rest.expected),
        ("final", days.final),
        ("allowed", safe),
        ("most", min(most - days.counted, days.rest.expected)),
    )
    return Room("percentile", code, state, amount, "day", days.rest.left, "day", numbers)


def _place(count: int, percent: Exact) -> Fraction:
    return 1 + (count - 1) * Fraction(percent) / 100


def _standing(days: DaysSoFar, safe: int, at_the_ends: tuple[int, int]) -> tuple[State, int | None]:
    """``safe``: the days above the limit that are safe among the days expected; ``at_the_ends``: what :func:`_allowed`
    says where all days left are valid."""
    left = days.rest.left
    surely, at_best = at_the_ends
    if not days.final:
        return "unknown", None
    if days.counted > at_best:
        return ("impossible" if left else "missed"), None
    if not left:
        return ("met" if days.counted <= surely else "unknown"), None
    if days.counted + left <= surely:
        return "safe", days.rest.expected
    spare = safe - days.counted
    if spare < 0:
        return "behind", 0
    return ("open" if spare else "exhausted"), min(spare, days.rest.expected)


def _allowed(limit: Limit, percent: Exact, days: DaysSoFar, known: Known) -> tuple[int, int]:
    """The days above the limit that are safe, and the most that can pass, by what is known of the values."""
    if not days.final:
        return 0, 0
    safe, most = days_above(days.final, percent)
    if safe == most:
        return safe, most
    fraction = _place(days.final, percent) % 1
    lowest, highest = _beside(limit, days, known, most)
    can = limit.met_by(lowest[0] + fraction * (lowest[1] - lowest[0]))
    must = highest is not None and limit.met_by(highest[0] + fraction * (highest[1] - highest[0]))
    return (most if must else safe), (most if can else safe)


def _beside(limit: Limit, days: DaysSoFar, known: Known, most: int) -> tuple[Pair, Pair | None]:
    """X(s) and X(s + 1) at their lowest and at their highest where ``most`` days are above the limit.

    X(s) is then the highest value within the limit, X(s + 1) the lowest above it, which has no upper end unless known.
    """
    decimals = known.decimals if known.decimals is not None else limit.decimals or 0
    step = Fraction(1, 10**decimals)
    last = limit.bound().furthest(step) * step
    within, above = (None if v is None else Fraction(v) for v in (known.highest_within, known.lowest_above))
    none_above_to_come = days.counted == most
    none_within_to_come = days.counted + days.rest.expected == most
    lowest = (within or Fraction(), above if above is not None and none_above_to_come else last + step)
    if above is None:
        return lowest, None
    return lowest, (within if within is not None and none_within_to_come else last, above)
