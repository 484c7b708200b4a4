"""All evidence of a lake that a board needs: which kind answers for which indicator, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bilan.board.facts import Facts, Figure, Matter
from bilan.board.facts_air import AirFacts
from bilan.board.facts_decline import DECLINES, DeclineFacts
from bilan.board.facts_entered import EnteredFacts
from bilan.board.facts_reported import ReportedFacts
from bilan.board.facts_water import CODES as WATER
from bilan.board.facts_water import WaterFacts
from bilan.evaluate.air.indicators import AIR
from bilan.evaluate.air.lake import AirQuestion
from bilan.evaluate.air.regions import AirRegions
from bilan.evaluate.kept import Kept
from bilan.evaluate.places import covers, lies_in
from bilan.evaluate.statistics.reading import reports_identity, reports_of
from bilan.evaluate.water.lake import MEDIUM as SURFACE_WATER
from bilan.evaluate.water.lake import WaterQuestion
from bilan.evaluate.water.regions import WaterRegions

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend

    from bilan.board.entries import Entries
    from bilan.observe import Lake
    from bilan.policy import Indicator, Region

_MEDIA = ("air", SURFACE_WATER)  # an outlet that comes or moves changes no board
SIMULATED = "simulated"  # the attribute of stations whose data are made up


@dataclass(frozen=True)
class Evidence:
    """The facts of ``lake`` about ``regions``, as they were known at ``known_at``, and what people ``entered``."""

    lake: Lake
    backend: SQLBackend
    regions: Sequence[Region]
    entries: Entries
    known_at: datetime | None
    kept: Kept

    @cached_property
    def air(self) -> AirFacts:
        """Facts of ambient air."""
        question = AirQuestion(self.lake, self.backend, known_at=self.known_at)
        made_up = [row["region"] for row in self._stations if _is_simulated(row) and row["medium"] == "air"]
        regions = {region.id for region in self.regions if any(lies_in(place, region.id) for place in made_up)}
        return AirFacts(AirRegions(question, self.regions, self.kept), frozenset(regions))

    @cached_property
    def water(self) -> WaterFacts:
        """Facts of surface water."""
        question = WaterQuestion(self.lake, self.backend, known_at=self.known_at)
        made_up = frozenset(row["id"] for row in self._stations if _is_simulated(row))
        return WaterFacts(WaterRegions(question, self.kept), made_up)

    @cached_property
    def reported(self) -> ReportedFacts:
        """Facts of reported statistics."""
        return ReportedFacts(reports_of(self.lake), self.known_at)

    @cached_property
    def entered(self) -> EnteredFacts:
        """Facts that people entered."""
        return EnteredFacts(self.entries)

    @cached_property
    def declines(self) -> DeclineFacts:
        """Facts of declines of what is monitored."""
        return DeclineFacts(self.air, self.reported)

    def of(self, matter: Matter) -> Facts | None:
        """Return the facts that answer for the indicator; without one what people entered, None where that is nothing.

        What people entered for a target goes before its statistics, never before a monitor.
        """
        if matter.code in AIR:
            return self.air
        if matter.code in WATER:
            return self.water
        if matter.indicator is None or self.entered.knows(matter):
            return self.entered if self.entered.knows(matter) else None
        return self.declines if self._is_monitored_in(matter.indicator, matter.region) else self.reported

    def is_monitored(self, indicator: Indicator | None) -> bool:
        """Return whether monitors measure the indicator, so that a period that runs has a figure."""
        return indicator is not None and (indicator.code in WATER or self.rests_on_air(indicator))

    def is_reported(self, indicator: Indicator | None, region: Region) -> bool:
        """Return whether reports answer for the indicator of the region."""
        if indicator is None or not self.is_monitored(indicator):
            return indicator is not None
        return indicator.code in DECLINES and not self._is_monitored_in(indicator, region)

    def _is_monitored_in(self, indicator: Indicator, region: Region) -> bool:
        """Whether a decline is computed: not where there is no station, and it was reported all the same."""
        if indicator.code not in DECLINES:
            return False
        reports = self.reported.reports
        return self.air.has_stations(region) or not reports.periods(indicator.code, region.id, self.known_at)

    def rests_on_air(self, indicator: Indicator) -> bool:
        """Return whether the indicator is computed from the days of ambient air."""
        return indicator.code in AIR or indicator.code in DECLINES

    def figure(self, matter: Matter) -> Figure:
        """Return the figure up to the day, or what it lacks."""
        facts = self.of(matter)
        return Figure(None, "", "entered", None, lack="no_indicator") if facts is None else facts.figure(matter)

    @property
    def is_empty(self) -> bool:
        """Whether the lake has neither observations nor reports."""
        return not self.lake.files() and not self.reported.reports.rows

    def stations_of(self, matter: Matter) -> list[str]:
        """Return the names of the stations or sections that a monitored figure is of, else none."""
        if matter.code in WATER:
            asked = self.water.asked(matter)
        elif matter.code in AIR or matter.code in DECLINES:
            inside = (row for row in self._stations if row["medium"] == "air")
            asked = {row["id"] for row in inside if covers(matter.region.id, row)}
        else:
            return []
        return sorted({row["name"] or row["id"] for row in self._stations if row["id"] in asked})

    def identity(self, codes: Iterable[str], as_of: date) -> Iterator[str]:
        """Yield what readings of ``codes`` rest on; for the key under which a board is kept."""
        asked = set(codes)
        yield from (self.lake.id, str(self.known_at), self.entries.digest, reports_identity(self.lake))
        yield from (str(bool(self.lake.files())), repr(sorted(self._stations, key=repr)))
        if asked & (AIR.keys() | DECLINES.keys()):
            yield from self.air.air.identity()
        if asked & set(WATER):
            yield from self.water.water.identity(date(1970, 1, 1), as_of)

    @cached_property
    def _stations(self) -> list[Mapping[str, Any]]:
        rows = self.lake.stations().to_pylist()
        return [row for row in rows if row["medium"] in _MEDIA]


def _is_simulated(station: Mapping[str, Any]) -> bool:
    return dict(station["attributes"] or ()).get(SIMULATED) == "true"
