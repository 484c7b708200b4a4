"""Days and figures of many regions at once, each region taken as one city; days are kept year by year.

See Also: ``lake`` for the same of one question, ``indicators`` for a reading with its proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from bilan.evaluate.air.days import VALUES
from bilan.evaluate.air.indicators import AIR, Judged, cities_of, judged_rows, reporting
from bilan.evaluate.air.lake import CODES, AirQuestion, computed_days, periods_of
from bilan.evaluate.contents import contents
from bilan.evaluate.engine import fetched
from bilan.evaluate.kept import Kept, packed, unpacked
from bilan.evaluate.places import cities_inside

if TYPE_CHECKING:
    from bilan.observe.lake_files import LakeFile
    from bilan.periods import Period
    from bilan.policy import Region

COLUMNS = ("region", "day", *VALUES, "aqi")


@dataclass(frozen=True)
class AirRegions:
    """What the lake of ``question`` says about the air of ``regions``.

    A province is the list of its cities (:func:`~bilan.evaluate.air.indicators.cities_of`); every other region is one
    city of all stations in it. ``question`` names lake, engine and ``known_at``; its places are those of ``regions``.
    """

    question: AirQuestion
    regions: Sequence[Region]
    kept: Kept = field(default_factory=lambda: Kept(None))

    @cached_property
    def cities(self) -> Mapping[str, tuple[str, ...]]:
        """Return the cities that each region is made of, by its id; none where it has no station."""
        inside = cities_inside(self.question.lake, "air")
        return {region.id: cities_of(region, inside) for region in self.regions}

    @cached_property
    def files(self) -> Mapping[int, list[LakeFile]]:
        """Return the data files that the days of each year rest on, by year, oldest first."""
        found = defaultdict(list)
        asked = self._asked
        if asked.cities:
            for file in asked.lake.files(CODES, stations=asked.stations()):
                found[file.year].append(file)
        return dict(sorted(found.items()))

    @cached_property
    def days(self) -> pa.Table:
        """Return every day of every city: ``region``, ``day``, the daily values in ``10**-4`` steps, ``aqi``."""
        parts = {year: self._kept(year) for year in self.files}
        for run in _runs([year for year, part in parts.items() if part is None]):
            parts |= dict(self._computed(run))
        known = [part for part in parts.values() if part is not None]
        return pa.concat_tables(known) if known else _NOTHING

    def figures(self, asked: Sequence[Period]) -> AirFigures:
        """Return the figures of every city in the ``asked`` periods, computed in one query."""
        first, last = min(p.first for p in asked), max(p.last for p in asked)
        near = self.days.filter(
            pc.and_(pc.greater_equal(self.days["day"], first), pc.less_equal(self.days["day"], last))
        )
        rows = periods_of(self._asked, ibis.memtable(near), asked).to_pylist() if near.num_rows else []
        return AirFigures(self.cities, rows, self._asked.members().to_pylist())

    def identity(self) -> Iterator[str]:
        """Yield what the days rest on: rows, stations, the day of knowledge; for the key of what is made of them."""
        for year in self.files:
            yield from self._parts(year)

    @cached_property
    def _asked(self) -> AirQuestion:
        cities = sorted({city for of_region in self.cities.values() for city in of_region})
        known_at = self.question.known_at
        return AirQuestion(self.question.lake, self.question.backend, cities=tuple(cities), known_at=known_at)

    def _parts(self, year: int) -> list[str]:
        return ["air days", str(year), str(self.question.known_at), self._places, *self._contents[year]]

    @cached_property
    def _contents(self) -> Mapping[int, list[str]]:
        asked, stations = self._asked, self._asked.stations()
        return {
            year: contents(asked.lake, asked.backend, files, stations, self.kept) for year, files in self.files.items()
        }

    @cached_property
    def _places(self) -> str:
        return repr(sorted(self._asked.members().to_pylist(), key=repr))

    def _kept(self, year: int) -> pa.Table | None:
        data = self.kept.get(self._parts(year))
        return None if data is None else unpacked(data)

    def _computed(self, years: Sequence[int]) -> Iterator[tuple[int, pa.Table]]:
        """The days of a run of years, computed together, kept one by one."""
        judged = computed_days(self._asked, date(years[0], 1, 1), date(years[-1], 12, 31))
        rows = fetched(self._asked.backend, judged.select(*COLUMNS).order_by("region", "day"))
        for year in years:
            part = rows.filter(pc.equal(pc.year(rows["day"]), year))
            self.kept.put(self._parts(year), packed(part))
            yield year, part


@dataclass(frozen=True)
class AirFigures:
    """Figures of cities and periods; ``rows`` as from :func:`bilan.evaluate.air.lake.periods_of`.

    ``cities`` of each region, ``members`` as from :func:`bilan.evaluate.places.members`.
    """

    cities: Mapping[str, tuple[str, ...]]
    rows: Sequence[Mapping[str, Any]]
    members: Sequence[Mapping[str, Any]]

    def of(self, code: str, region: Region, period: Period) -> Judged:
        """Return the figure of the indicator ``code``, as published or as the data give it, and what it lacks."""
        cities = self.cities[region.id]
        rows = [row for city in cities for row in self._by_place.get((city, str(period)), ())]
        silent = {city for city in cities if (city, str(period)) not in self._by_place} if len(cities) > 1 else set()
        return judged_rows(AIR[code], rows, silent & reporting(self.members, period), period)

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, str], list[Mapping[str, Any]]]:
        found = defaultdict(list)
        for row in self.rows:
            found[row["region"], row["period"]].append(row)
        return dict(found)


def _runs(years: Sequence[int]) -> Iterator[list[int]]:
    """The years in runs without a hole.

    >>> list(_runs([2021, 2022, 2025]))
    [[2021, 2022], [2025]]
    """
    for _, run in groupby(enumerate(sorted(years)), key=lambda pair: pair[1] - pair[0]):
        yield [year for _, year in run]


_NOTHING = pa.table(
    {"region": pa.array([], pa.string()), "day": pa.array([], pa.date32())}
    | {name: pa.array([], pa.int64()) for name in (*VALUES, "aqi")}
)
