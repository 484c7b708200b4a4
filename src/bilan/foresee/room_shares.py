"""Room of shares and of numbers of days: how many more days may go wrong.

The share is days of a kind over valid days (HJ 633 table 2, ``air.shares``), published with one decimal; a day without
an index is in neither part, so only the valid days that are expected can change it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
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


def room_of_share(limit: Limit, days: DaysSoFar, what: str = "good_day") -> Room:
    """Return how many of the days left may go wrong while the published share (%) still meets ``limit``.

    ``amount``: for ``at_least`` the valid days that may be no ``what`` (a row ``word.`` of the texts, or any word), for
    ``at_most`` those that may be one.

    >>> limit = Limit("at_least", Decimal("87.7"), decimals=1)
    >>> room = room_of_share(limit, DaysSoFar(counted=240, valid=273, rest=Rest(92)))
    >>> room.amount  # 320 of 365 are 87.67 %, published 87.7 %; so 80 more are needed and 12 are spare
    12
    >>> room.sentence("en")
    'Of 92 valid days expected, at most this many may be no good days: 12 (goal ≥87.7%; so far 240 of 273).'
    """
    return _room("share", limit, days, Fraction(100, days.final or 1), what)


def room_of_days(limit: Limit, days: DaysSoFar, what: str = "heavy_day") -> Room:
    """Return how many of the days left may go wrong while the number of days still meets ``limit``.

    ``amount`` as in :func:`room_of_share`: days of the kind for ``at_most``, days not of the kind for ``at_least``.

    >>> room_of_days(Limit("at_most", 3), DaysSoFar(counted=1, valid=200, rest=Rest(165))).amount
    2
    """
    return _room("days", limit, days, Fraction(1), what)


def _room(kind: Kind, limit: Limit, days: DaysSoFar, step: Fraction, what: str) -> Room:
    """``step`` is what one counted day adds to the figure."""
    spare = _spare(limit, days, step)
    state: State
    if not days.final:
        state, amount = "unknown", None
    elif not days.rest.expected:
        state, amount = "met" if limit.met_by(days.counted * step) else "missed", None
    elif spare < 0:
        state, amount = "impossible", None
    elif spare >= days.rest.expected:
        state, amount = "safe", days.rest.expected
    else:
        state, amount = "open" if spare else "exhausted", spare
    sided = state in {"open", "exhausted", "impossible", "safe"}
    code = f"{kind}.{limit.side}.{state}" if sided else f"{kind}.{state}"
    return Room(kind, code, state, amount, "day", days.rest.left, "day", _numbers(limit, days, step, what))


def _spare(limit: Limit, days: DaysSoFar, step: Fraction) -> int:
    """The days to come that may be other than wished; below zero where even all as wished do not help."""
    edge = limit.bound().furthest(step)  # of the whole period, the last number of counted days that meets the goal
    return edge - days.counted if limit.side == "at_most" else days.counted + days.rest.expected - edge


def _numbers(limit: Limit, days: DaysSoFar, step: Fraction, what: str) -> tuple[tuple[str, Value], ...]:
    fewest, most = days.counted, days.counted + days.rest.expected
    best, worst = (fewest, most) if limit.side == "at_most" else (most, fewest)
    digits = limit.decimals or 0

    def shown(count: int) -> Decimal:
        return published(count * step, digits)

    return (
        ("what", what),
        ("sign", limit.sign),
        ("target", as_decimal(limit.value, digits + 1)),
        ("counted", days.counted),
        ("valid", days.valid),
        ("rest", days.rest.expected),
        ("best", shown(best)),
        ("worst", shown(worst)),
        ("figure", shown(days.counted)),
    )
