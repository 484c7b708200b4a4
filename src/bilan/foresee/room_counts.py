"""Room of a count: projects, kilometres, vehicles. How many are still to do, and at what pace."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from bilan.foresee.room import Room, State
from bilan.foresee.room_limits import Bound, Limit, as_decimal, in_steps, places
from bilan.foresee.room_words import Value

PACE_DIGITS = 1  # of a pace: half a project a month is a pace


def room_of_count(
    limit: Limit, done: Decimal | int, left: Decimal | int, per: str = "month", unit: str = "project"
) -> Room:
    """Return how much is still to do (``at_least``) or may still come (``at_most``), and the pace for it.

    ``left`` months or quarters (``per``) remain. ``amount`` is in the last decimal that goal and ``done`` are written
    with, a whole number where they are; ``pace`` in ``numbers`` is per ``per``, rounded so that keeping it meets the
    goal. ``reached`` for ``at_least``: nothing to do, amount zero.

    >>> room = room_of_count(Limit("at_least", 120), done=85, left=3)
    >>> room.amount, dict(room.numbers)["pace"]
    (35, Decimal('11.7'))
    >>> room.sentence("en")
    'Still to do: 35 projects (85 done, asked ≥120 projects); pace needed over 3 months: 11.7 each.'
    """
    limit = replace(limit, decimals=None)  # a count is never rounded, whatever it is written with today
    digits = places(limit.value, done)
    spare = _to_the_edge(limit, done, digits)
    state: State
    if not left:
        state, amount = "met" if limit.met_by(done) else "missed", None
    elif limit.side == "at_least":
        state, amount = ("open", spare) if spare > 0 else ("reached", 0)
    else:
        state, amount = ("impossible", None) if spare < 0 else ("open" if spare else "exhausted", spare)
    sided = state in {"open", "exhausted", "impossible"}
    numbers: tuple[tuple[str, Value], ...] = (
        ("sign", limit.sign),
        ("target", as_decimal(limit.value, digits)),
        ("done", done),
        ("pace", _pace(limit, amount, left) if amount is not None else None),
    )
    code = f"count.{limit.side}.{state}" if sided else f"count.{state}"
    return Room("count", code, state, amount, unit, left, per, numbers)


def _to_the_edge(limit: Limit, done: Decimal | int, digits: int) -> Decimal | int:
    """What lies between ``done`` and the last amount that meets the goal; below zero beyond it."""
    edge = in_steps(limit.bound().furthest(Fraction(1, 10**digits)), digits)
    return edge - done if digits else int(edge - done)


def _pace(limit: Limit, amount: Decimal | int, left: Decimal | int) -> Decimal:
    pace = Bound(limit.side, Fraction(amount) / Fraction(left), closed=True)
    return in_steps(pace.furthest(Fraction(1, 10**PACE_DIGITS)), PACE_DIGITS)
