"""Room of shares and of numbers of days: how many more days may go wrong.

The share is days of a kind over valid days (HJ 633 table 2, ``air.shares``), published with one decimal; a day without
an index is in neither part, so only valid days can change it. How many more may go wrong rests on the expected number
of valid days; what is safe or impossible holds for every number (:mod:`bilan.foresee.room_rest`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from bilan.foresee.room import Kind, Room, State
from bilan.foresee.room_limits import Limit, as_decimal, published
from bilan.foresee.room_rest import Rest
from bilan.foresee.room_words import Value


@dataclass(frozen=True, slots=True)
class DaysSoFar:
    """``counted`` days of the kind in question among ``valid`` days, and the rest."""

    counted: int
    valid: int
    rest: Rest

    def __post_init__(self) -> None:
        if not 0 <= self.counted <= self.valid:
            raise ValueError(f"{self.counted} days among {self.valid} valid ones")

    @property
    def final(self) -> int:
        """The valid days of the whole period."""
        return self.valid + self.rest.expected

    @property
    def all_valid(self) -> DaysSoFar:
        """The same if every day to come turns out valid."""
        return DaysSoFar(self.counted, self.valid, self.rest.all_valid)


def room_of_share(limit: Limit, days: DaysSoFar, what: str = "good_day") -> Room:
    """Return how many of the valid days expected may go wrong while the published share (%) still meets ``limit``.

    ``amount``: for ``at_least`` the valid days that may be no ``what`` (a row ``word.`` of the texts, or any word), for
    ``at_most`` those that may be one. ``behind``: not even none of the days expected, but with more of them.

    >>> from decimal import Decimal
    >>> limit = Limit("at_least", Decimal("87.7"), decimals=1)
    >>> room = room_of_share(limit, DaysSoFar(counted=240, valid=273, rest=Rest(92)))
    >>> room.amount  # 320 of 365 are 87.67 %, published 87.7 %; so 80 more are needed and 12 are spare
    12
    >>> room.sentence("en")
    'Of 92 valid days still expected, all but 12 must be good days for the level asked (≥87.7%); so far 240 of 273 are.'
    """
    return _room("share", limit, days, what)


def room_of_days(limit: Limit, days: DaysSoFar, what: str = "heavy_day") -> Room:
    """Return how many of the valid days expected may go wrong while the number of days still meets ``limit``.

    ``amount`` as in :func:`room_of_share`: days of the kind for ``at_most``, days not of the kind for ``at_least``.

    >>> room_of_days(Limit("at_most", 3), DaysSoFar(counted=1, valid=200, rest=Rest(165))).amount
    2
    """
    return _room("days", limit, days, what)


def _room(kind: Kind, limit: Limit, days: DaysSoFar, what: str) -> Room:
    state, amount = _standing(kind, limit, days)
    sided = state in {"open", "exhausted", "behind", "impossible", "safe"}
    code = f"{kind}.{limit.side}.{state}" if sided else f"{kind}.{state}"
    full = days.counted == (days.valid if limit.side == "at_least" else 0)
    numbers = _numbers(kind, limit, days, what)
    return Room(kind, code, state, amount, "day", days.rest.left, "day", numbers, state == "exhausted" and full)


def _standing(kind: Kind, limit: Limit, days: DaysSoFar) -> tuple[State, int | None]:
    if not days.final:
        return "unknown", None
    best, worst = _ends(kind, limit, days)
    if not days.rest.left:
        return ("met" if limit.met_by(best) else "missed"), None
    if not limit.met_by(best):
        return "impossible", None
    if limit.met_by(worst):
        return "safe", days.rest.expected
    spare = _spare(kind, limit, days)
    if spare < 0:
        return "behind", 0
    return ("open" if spare else "exhausted"), min(spare, days.rest.expected)


def _ends(kind: Kind, limit: Limit, days: DaysSoFar) -> tuple[Fraction, Fraction]:
    """The best and the worst figure that can come: all days left are valid, and all are as wished or none is."""
    step = _step(kind, days.all_valid)
    fewest, most = days.counted * step, (days.counted + days.rest.left) * step
    return (fewest, most) if limit.side == "at_most" else (most, fewest)


def _step(kind: Kind, days: DaysSoFar) -> Fraction:
    """What one counted day adds to the figure of the whole period."""
    return Fraction(100, days.final or 1) if kind == "share" else Fraction(1)


def _spare(kind: Kind, limit: Limit, days: DaysSoFar) -> int:
    """The days expected that may be other than wished; below zero where even all as wished do not help."""
    edge = limit.bound().furthest(_step(kind, days))  # of the period, the last number of counted days within the goal
    return edge - days.counted if limit.side == "at_most" else days.counted + days.rest.expected - edge


def _numbers(kind: Kind, limit: Limit, days: DaysSoFar, what: str) -> tuple[tuple[str, Value], ...]:
    digits = limit.decimals or 0
    best, worst = _ends(kind, limit, days)
    return (
        ("what", what),
        ("sign", limit.sign),
        ("target", as_decimal(limit.value, digits + 1)),
        ("counted", days.counted),
        ("valid", days.valid),
        ("rest", days.rest.expected),
        ("best", published(best, digits)),
        ("worst", published(worst, digits)),
        ("figure", published(days.counted * _step(kind, days), digits)),
    )
