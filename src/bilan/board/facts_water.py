"""Figures of surface water up to a day and their room: shares of sections, classes, means of an item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from bilan.board.facts import Figure, Matter
from bilan.evaluate.water.indicators import WATER, share_of
from bilan.evaluate.water.items import DIGITS, evaluated, items
from bilan.evaluate.water.limits import WORST, Ladder, ladder, numbers_of_classes
from bilan.evaluate.water.regions import Section, WaterRegions
from bilan.foresee.attainment import Outlook
from bilan.foresee.room import Room, State
from bilan.foresee.room_classes import Item, room_of_class
from bilan.foresee.room_limits import Limit, Side, published
from bilan.foresee.room_means import Scale, SoFar, room_of_mean_of_cities
from bilan.foresee.room_rest import Rest
from bilan.foresee.room_sections import room_of_sections
from bilan.policy.standards import standard_on

if TYPE_CHECKING:
    from bilan.periods import Period

CLASS = "water.section.class"
MEANS = {"water.section.tp": "tp", "sea.river.tn": "tn"}
CODES = (*WATER, CLASS, *MEANS)
_WHAT = {"water.surface.good_ratio": "good_section", "water.surface.inferior_v_ratio": "inferior_section"}
_WORST_FIRST: tuple[State, ...] = ("missed", "impossible", "behind", "exhausted", "open", "safe", "met", "unknown")


@dataclass(frozen=True)
class WaterFacts:
    """Facts of the indicators in :data:`CODES`; ``simulated`` are the ids of sections whose data are simulated.

    A year that runs is judged by its months that are over. A target that names sections or rivers is about these.
    """

    water: WaterRegions
    simulated: frozenset[str] = frozenset()

    def figure(self, matter: Matter) -> Figure:
        """Return the figure of the months that are over."""
        unit = matter.indicator.unit if matter.indicator else ""
        months = matter.span.period.months_to(matter.as_of)
        if not self._asked(matter):
            return Figure(None, unit, "monitored", months, lack="no_stations")
        if months is None:
            return Figure(None, unit, "monitored", None, lack="period_not_begun")
        found = self._sections(matter, months)
        value, decimals, lacking = _VALUES.get(matter.code, _of_item)(matter, found, months.last)
        judged = sum(1 for section in found if section.number is not None)
        return Figure(
            value=value,
            unit=unit,
            source="monitored",
            period=months,
            decimals=decimals,
            final=months is matter.span.period and not lacking,
            completeness=f"{judged} / {len(self._asked(matter))} 个断面有类别",
            lack="no_data" if value is None else "incomplete" if lacking else None,
            detail=lacking,
            simulated=any(section.station in self.simulated for section in found),
        )

    def room(self, matter: Matter, limit: Limit) -> Room | None:
        """Return the room of a share of sections, of a class, or of the mean of an item."""
        months = matter.span.period.months_to(matter.as_of)
        found = [] if months is None else [_in_months(section, months) for section in self._sections(matter, months)]
        if not found:
            return None
        if matter.code in WATER:
            judged = [section for section in found if section.number is not None]
            counted = sum(_counts(matter.code, section) for section in judged)
            return room_of_sections(limit, counted, len(judged), _WHAT[matter.code], ended=_ended(matter))
        left = _months_left(matter)
        if matter.code == CLASS:
            rooms = [_room_of_section(section, limit, left, matter.as_of) for section in found]
            known = [room for room in rooms if room is not None]
            return min(known, key=lambda room: _WORST_FIRST.index(room.state), default=None)
        means = [section.means[item] for section in found if (item := MEANS[matter.code]) in section.means]
        parts = [SoFar(mean * count, count, Rest(left)) for mean, count in means]
        return room_of_mean_of_cities(limit, parts, Scale("mg/L", "month")) if parts else None

    def chance(self, matter: Matter, limit: Limit) -> Outlook | None:
        """Return None: nobody has shown how well classes of sections can be foreseen."""
        del matter, limit
        return None

    def _asked(self, matter: Matter) -> set[str]:
        """The sections that the target is about, whether they have data or not."""
        inside = self.water.within(matter.region.id)
        named = {name for name in inside if _names(matter, self.water.stations[name]["name"])}
        if named:
            return named
        rivers = {name for name in inside if _names(matter, self.water.river(name))}
        return rivers or inside

    def _sections(self, matter: Matter, period: Period) -> list[Section]:
        asked = self._asked(matter)
        return [section for section in self.water.sections(period) if section.station in asked]


Value = tuple[Decimal | None, int | None, str]


def _of_share(matter: Matter, found: Sequence[Section], on: date) -> Value:
    judged = [section for section in found if section.number is not None]
    counted = sum(_counts(matter.code, section) for section in judged)
    share = share_of(counted, len(judged), len(found), on)
    return share.value, share.decimals, share.lacking


def _of_class(matter: Matter, found: Sequence[Section], on: date) -> Value:
    """The worst class; one section without a class leaves the worst open."""
    del matter, on
    numbers = [section.number for section in found]
    silent = "、".join(section.name for section in found if section.number is None)
    known = [number for number in numbers if number is not None]
    return (Decimal(max(known)) if known else None), 0, f"{silent} 没有类别" if silent else ""


def _of_item(matter: Matter, found: Sequence[Section], on: date) -> Value:
    """The mean of the sections' means, published as the item is."""
    item = MEANS[matter.code]
    rows = standard_on("water.surface.rounding", on).rows
    decimals = next((int(row["decimals"]) for row in rows if row["item"] == item), None)
    means = [section.means[item][0] for section in found if item in section.means]
    silent = "、".join(section.name for section in found if item not in section.means)
    if not means or decimals is None:
        return None, decimals, ""
    value = published(sum(means, Decimal(0)) / len(means), decimals)
    return value, decimals, f"{silent} 没有均值" if silent else ""


_VALUES: dict[str, Callable[[Matter, Sequence[Section], date], Value]] = {
    **dict.fromkeys(WATER, _of_share),
    CLASS: _of_class,
}


def _counts(code: str, section: Section) -> bool:
    numbers = {numbers_of_classes()[name] for name in WATER[code][0]}
    return section.number in numbers


def _in_months(section: Section, period: Period) -> Section:
    """The section with its means weighed by months, as those that are left are; a single month counts its values."""
    if period.months != 1:
        return section
    return replace(section, means={item: (mean, 1) for item, (mean, _) in section.means.items()})


def _room_of_section(section: Section, limit: Limit, left: int, on: date) -> Room | None:
    """The room of one section in the class that the goal allows."""
    allowed = limit.bound().furthest()
    if section.body is None or not 1 <= allowed < WORST:
        return None
    table = standard_on("water.surface.limits", on)
    found = []
    for item in evaluated("auto", on):
        edge = _edge(ladder(table, item, section.body), allowed)
        if edge is not None and item in section.means:
            mean, count = section.means[item]
            found.append(Item(items()[item].name, edge, SoFar(mean * count, count, Rest(left))))
    return room_of_class(found, f"class_{allowed}") if found else None


def _edge(steps: Ladder | None, number: int) -> Limit | None:
    """The limit of an item in the class; None for a range (pH), of which a mean says little."""
    lower, upper = steps.steps[number - 1] if steps else (None, None)
    if (lower is None) == (upper is None):
        return None
    side: Side = "at_most" if lower is None else "at_least"
    return Limit(side, Decimal((lower or 0) + (upper or 0)).scaleb(-DIGITS))  # one of the two is none


def _names(matter: Matter, name: str | None) -> bool:
    """Whether the target names the section or river; the name of its region in it is not meant."""
    if not name:
        return False
    target = matter.target
    said = f"{target.name} {target.scope or ''}".replace(matter.region.name, "")
    return name.removesuffix("断面") in said


def _ended(matter: Matter) -> bool:
    return matter.as_of >= matter.span.period.last


def _months_left(matter: Matter) -> int:
    whole, over = matter.span.period.months or 0, matter.span.period.months_to(matter.as_of)
    return whole - (over.months or 0 if over else 0)
