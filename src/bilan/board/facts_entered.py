"""Figures that people count and enter for a single target: projects finished, documents issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bilan.board.entries import Entries, Entry
from bilan.board.facts import SIMULATED, Figure, Matter
from bilan.board.texts import said
from bilan.foresee.attainment import Outlook
from bilan.foresee.room import Room
from bilan.foresee.room_counts import room_of_count
from bilan.foresee.room_limits import Limit, places
from bilan.periods import Period

if TYPE_CHECKING:
    from bilan.plan.model import Target
    from bilan.policy import Region


@dataclass(frozen=True)
class EnteredFacts:
    """Facts of targets for which somebody entered a figure (现状值); the one that reaches furthest stands.

    A figure is of its year or month, where one was entered beside it, else of the day of the entry.
    """

    entries: Entries

    def knows(self, matter: Matter) -> bool:
        """Return whether a figure was entered up to the day."""
        return self._entry(matter) is not None

    def has(self, target: Target, region: Region, as_of: date) -> bool:
        """Return whether a figure of the target was entered for the region up to the day."""
        return bool(self._entries(target, region, as_of))

    def figure(self, matter: Matter) -> Figure:
        """Return the figure that stands, as of the last day that it is of."""
        entry, unit = self._entry(matter), self._unit(matter)
        if entry is None or entry.value is None:
            return Figure(None, unit, "entered", None, lack="not_reported")
        return Figure(
            value=entry.value,
            unit=unit,
            source="entered",
            period=_period(matter.span.period, entry.until),
            decimals=places(entry.value),
            final=True,
            completeness=said("complete.entered", by=entry.by, on=entry.on),
            simulated=SIMULATED in entry.reason,
        )

    def room(self, matter: Matter, limit: Limit) -> Room | None:
        """Return the room of work that is counted; of a level none."""
        found = self.figure(matter).value
        if found is None or not matter.span.running:
            return None
        over = matter.span.period.months_to(matter.as_of)
        left = (matter.span.period.months or 0) - (0 if over is None else over.months or 0)
        return room_of_count(limit, found, left, "month", self._unit(matter))

    def chance(self, matter: Matter, limit: Limit) -> Outlook | None:
        """Return None: nothing is known of how the rest goes."""
        del matter, limit
        return None

    def _entry(self, matter: Matter) -> Entry | None:
        """The figure that reaches furthest; once the target was due none that reaches beyond, while there is one."""
        found = self._entries(matter.target, matter.region, matter.as_of)
        over = matter.span.ended(matter.as_of)
        within = [entry for entry in found if not over or entry.until <= matter.span.period.last]
        return next(reversed(within or found), None)

    def _entries(self, target: Target, region: Region, as_of: date) -> list[Entry]:
        return self.entries.figures(target.id, as_of, None if region.id == target.region else region.id)

    def _unit(self, matter: Matter) -> str:
        return matter.indicator.unit if matter.indicator else matter.target.unit or ""


def _period(whole: Period, until: date) -> Period | None:
    """The part of ``whole`` up to a day, of a day outside of it that of its own year."""
    part = whole.to_date(until) if until <= whole.last else None
    return part or Period.parse(f"{until.year}").to_date(until)
