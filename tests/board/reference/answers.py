"""Which of the five answers a goal has: the rules of the board read as an official would read them out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .reckon import meets, short

CERTAIN = {"safe", "met", "impossible", "missed"}


@dataclass(frozen=True)
class Known:
    """What there is to judge by. ``meets`` is None for a goal of 左右 or 基本 that is missed by a little only."""

    ended: bool
    meets: bool | None
    room: str | None = None
    likely: bool | None = None
    ahead: bool | None = None


def judged(known: Known) -> tuple[str, str]:
    """The answer and the reason.

    A goal that is due is met or missed, or near enough to be for a person to say. Before, what is certain counts
    first: nothing that may come loses it, or nothing regains it. Then how likely it is, then the course, then whether
    there is room at all, and last how it stands today.
    """
    if known.ended:
        return {True: ("met", "kept"), False: ("missed", "broken"), None: ("cannot_be_judged", "kept_roughly")}[
            known.meets
        ]
    if known.room in CERTAIN:
        return ("met", "safe") if known.room in ("safe", "met") else ("missed", "lost")
    if known.likely is not None:
        return ("on_course", "likely") if known.likely else ("at_risk", "unlikely")
    if known.ahead is not None:
        return ("on_course", "ahead") if known.ahead else ("at_risk", "behind")
    if known.room in ("exhausted", "behind"):
        return "at_risk", "no_slack" if known.room == "exhausted" else "must_improve"
    return {True: ("on_course", "meets_now"), None: ("on_course", "roughly_now"), False: ("at_risk", "short_now")}[
        known.meets
    ]


def standing(
    figure: Decimal, sign: str, level: Fraction, vague: Fraction | None = None
) -> tuple[bool | None, Fraction]:
    """Whether the figure meets the level, and by how much it is short of it; a vague goal forgives up to ``vague``."""
    met, gap = meets(figure, sign, level), short(figure, sign, level)
    if not met and vague is not None and gap <= vague:
        return None, gap
    return met, gap
