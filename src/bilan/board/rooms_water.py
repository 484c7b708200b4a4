"""The room of what sections give: of a share of them, of a class, of the mean of an item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bilan.evaluate.water.items import DIGITS, evaluated, items
from bilan.evaluate.water.limits import WORST, Ladder, ladder
from bilan.evaluate.water.regions import Section
from bilan.foresee.room import Room, State
from bilan.foresee.room_classes import Item, room_of_class
from bilan.foresee.room_limits import Limit, Side, published
from bilan.foresee.room_means import Scale, SoFar, room_of_mean_of_sections
from bilan.foresee.room_rest import Rest
from bilan.periods import Period
from bilan.policy.standards import standard_on

_WORST_FIRST: tuple[State, ...] = ("missed", "impossible", "behind", "exhausted", "open", "safe", "met", "unknown")


def decimals_of(item: str, on: date) -> int | None:
    """Return the decimals that a mean of ``item`` is published with, None where no rule says so.

    >>> decimals_of("tp", date(2026, 9, 30))
    3
    """
    rows = standard_on("water.surface.rounding", on).rows
    return next((int(row["decimals"]) for row in rows if row["item"] == item), None)


def worst_room(sections: Sequence[Section], limit: Limit, months: Period, left: int) -> Room | None:
    """Return the room of the section that is worst off in the class that ``limit`` allows; None where none has one.

    ``sections`` are those of ``months``; ``left`` more are to come.
    """
    rooms = [_room_of_section(_in_months(section, months), limit, left, months.last) for section in sections]
    known = [room for room in rooms if room is not None]
    return min(known, key=lambda room: _WORST_FIRST.index(room.state), default=None)


def room_of_item(sections: Sequence[Section], item: str, limit: Limit, months: Period, left: int) -> Room | None:
    """Return the room of the mean of ``item`` over ``sections``; None where none of them has one."""
    means = [_in_months(section, months).means[item] for section in sections if item in section.means]
    parts = [_so_far(mean, count, left) for mean, count in means]
    return room_of_mean_of_sections(limit, parts, _scale(item, months.last)) if parts else None


def _in_months(section: Section, period: Period) -> Section:
    """The section with its means weighed by months, as those that are left are; a single month counts its values."""
    if period.months != 1:
        return section
    return replace(section, means={item: (mean, 1) for item, (mean, _) in section.means.items()})


def _room_of_section(section: Section, limit: Limit, left: int, on: date) -> Room | None:
    allowed = limit.bound().furthest()
    if section.body is None or not 1 <= allowed < WORST:
        return None
    table = standard_on("water.surface.limits", on)
    found = []
    for item in evaluated("auto", on):
        edge = _edge(ladder(table, item, section.body), allowed)
        if edge is not None and item in section.means:
            mean, count = section.means[item]
            found.append(Item(items()[item].name, edge, _so_far(mean, count, left), _scale(item, on)))
    return room_of_class(found, f"class_{allowed}") if found else None


def _scale(item: str, on: date) -> Scale:
    """Of months, one decimal more than the mean is published with."""
    decimals = decimals_of(item, on)
    return Scale(items()[item].unit, "month", digits=None if decimals is None else decimals + 1)


def _so_far(mean: Decimal, count: int, left: int) -> SoFar:
    """The months so far; a mean of 6.6666666667 is of a total of 60, not of a trifle more."""
    return SoFar(published(mean * count, DIGITS - 2), count, Rest(left))


def _edge(steps: Ladder | None, number: int) -> Limit | None:
    """The limit of an item in the class; None for a range (pH), of which a mean says little."""
    lower, upper = steps.steps[number - 1] if steps else (None, None)
    if (lower is None) == (upper is None):
        return None
    side: Side = "at_most" if lower is None else "at_least"
    return Limit(side, Decimal((lower or 0) + (upper or 0)).scaleb(-DIGITS))  # one of the two is none
