"""Figures that people count and enter for a single target: projects finished, documents issued."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bilan.board.entries import Entries, Entry
from bilan.board.facts import SIMULATED, Figure, Matter
from bilan.foresee.attainment import Outlook
from bilan.foresee.room import Room
from bilan.foresee.room_counts import room_of_count
from bilan.foresee.room_limits import Limit, places
from bilan.periods import Period


@dataclass(frozen=True)
class EnteredFacts:
    """Facts of targets for which somebody entered a figure (现状值); the latest one stands."""

    entries: Entries

    def knows(self, matter: Matter) -> bool:
        """Return whether a figure was entered up to the day."""
        return self._entry(matter) is not None

    def has(self, target: str) -> bool:
        """Return whether a figure was ever entered for the target."""
        return target in self._entered

    def figure(self, matter: Matter) -> Figure:
        """Return the figure that was entered last, as of its day."""
        entry, unit = self._entry(matter), self._unit(matter)
        if entry is None or entry.value is None:
            return Figure(None, unit, "entered", None, lack="not_reported")
        return Figure(
            value=entry.value,
            unit=unit,
            source="entered",
            period=matter.span.period.to_date(entry.on) or Period.parse(f"{entry.on.year}").to_date(entry.on),
            decimals=places(entry.value),
            final=True,
            completeness=f"{entry.by} {entry.on} 填报",
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

    @cached_property
    def _entered(self) -> frozenset[str]:
        return frozenset(entry.target for entry in self.entries if entry.what == "figure")

    def _entry(self, matter: Matter) -> Entry | None:
        region = None if matter.region.id == matter.target.region else matter.region.id
        found = self.entries.latest(matter.target.id, "figure", matter.as_of, region=region)
        return found or self.entries.latest(matter.target.id, "figure", matter.as_of, region=matter.region.id)

    def _unit(self, matter: Matter) -> str:
        return matter.indicator.unit if matter.indicator else matter.target.unit or ""
