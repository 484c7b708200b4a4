"""Room of a share of sections: how many more may fail, or how many must improve.

The number of sections with a class stays; sections without one are in neither part of the share (环办〔2011〕22号, as
``water.good_ratio`` counts them). The share is published with one decimal.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from bilan.foresee.room import Room, State
from bilan.foresee.room_limits import Limit, as_decimal, published
from bilan.foresee.room_words import Value

Basis = Literal["mean", "latest"]


def room_of_sections(
    limit: Limit, counted: int, judged: int, what: str = "good_section", basis: Basis = "mean", ended: bool = False
) -> Room:
    """Return how many of the sections may still change for the worse while their share (%) meets ``limit``.

    ``counted`` of ``judged`` sections are ``what``, judged by the ``mean`` of the period so far or by their ``latest``
    class. ``amount`` below zero (``behind``) is the number that must improve. ``ended``: the period is over, so that no
    class of it changes any more; until then every section may still come to be or cease to be ``what``.

    Raises ValueError for more sections counted than judged.

    >>> limit = Limit("at_least", 85, decimals=1)
    >>> room_of_sections(limit, counted=18, judged=20).amount, room_of_sections(limit, counted=15, judged=20).amount
    (1, -2)
    """
    if not 0 <= counted <= judged:
        raise ValueError(f"{counted} sections among {judged}")
    state, amount = _standing(limit, counted, judged, ended) if judged else ("unknown", None)
    sided = state in {"open", "exhausted", "behind", "impossible", "safe"}
    numbers: tuple[tuple[str, Value], ...] = (
        ("what", what),
        ("basis", basis),
        ("sign", limit.sign),
        ("target", as_decimal(limit.value, (limit.decimals or 0) + 1)),
        ("counted", counted),
        ("judged", judged),
        ("figure", published(Fraction(100 * counted, judged or 1), limit.decimals or 0)),
        ("lacking", max(-(amount or 0), 0)),
    )
    code = f"sections.{limit.side}.{state}" if sided else f"sections.{state}"
    full = counted == (judged if limit.side == "at_least" else 0)
    return Room("sections", code, state, amount, "section", None, "", numbers, state == "exhausted" and full)


def _standing(limit: Limit, counted: int, judged: int, ended: bool) -> tuple[State, int | None]:
    step = Fraction(100, judged)
    if ended:
        return ("met" if limit.met_by(counted * step) else "missed"), None
    edge = limit.bound().furthest(step)  # the last number of counted sections that meets the goal
    if edge > judged if limit.side == "at_least" else edge < 0:
        return "impossible", None
    if edge <= 0 if limit.side == "at_least" else edge >= judged:
        return "safe", counted if limit.side == "at_least" else judged - counted
    spare = counted - edge if limit.side == "at_least" else edge - counted
    return ("open" if spare > 0 else "behind" if spare else "exhausted"), spare
