"""Sections of surface water over a period, asked once for many regions and kept by the rows that they rest on.

See Also: ``lake`` for the tables of one question, ``indicators`` for a reading with its proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from bilan.evaluate.contents import contents
from bilan.evaluate.kept import Kept
from bilan.evaluate.observations import NoDataError
from bilan.evaluate.places import covers
from bilan.evaluate.water.items import evaluated
from bilan.evaluate.water.lake import MEDIUM, WaterQuestion, codes, kind_of, sections_over
from bilan.evaluate.water.limits import numbers_of_classes

if TYPE_CHECKING:
    from bilan.periods import Period


@dataclass(frozen=True, slots=True)
class Section:
    """A section over a period: its class (1 to 6, None with the reason) and the mean and its count for each item.

    ``means`` are in the unit of the item; of a year or a run of months they count months, of a month values.
    ``measured``: there is a value of some item, be it too few for a mean.
    """

    station: str
    name: str
    body: str | None
    number: int | None
    reason: str
    means: Mapping[str, tuple[Decimal, int]]
    measured: bool


@dataclass(frozen=True)
class WaterRegions:
    """What the lake of ``question`` says about its sections; ``question`` names lake, engine and ``known_at``."""

    question: WaterQuestion
    kept: Kept = field(default_factory=lambda: Kept(None))
    _found: dict[str, list[Section]] = field(default_factory=dict)

    def sections(self, period: Period) -> list[Section]:
        """Return every section of the lake over ``period``, whole months of a year or of several.

        An empty list where nothing was measured, or the period is not made of whole months.
        """
        if str(period) not in self._found:
            self._found[str(period)] = self._read(period)
        return self._found[str(period)]

    def within(self, region: str) -> set[str]:
        """Return the ids of the sections that count for ``region`` (see :func:`bilan.evaluate.places.covers`)."""
        return {name for name, station in self.stations.items() if covers(region, station)}

    def attribute(self, station: str, name: str) -> str:
        """Return what the lake says of the section, its ``river`` or ``basin``; empty where it says nothing."""
        return dict(self.stations[station]["attributes"] or ()).get(name) or ""

    @cached_property
    def stations(self) -> Mapping[str, dict[str, Any]]:
        """Return the sections of the lake as it describes them, by id; of several validities the last."""
        rows = self.question.lake.stations().to_pylist()
        return {row["id"]: row for row in rows if row["medium"] == MEDIUM}

    def identity(self, first: date, last: date) -> Iterator[str]:
        """Yield what the sections of the years of these days rest on: rows, stations, the day of knowledge.

        Whole years, also of a year that runs: who samples in a year is one of its sections.
        """
        yield from ("water", str(self.question.known_at), repr(self.question.way), self.question.scope, self._places)
        if not self.stations:
            return
        lake, backend = self.question.lake, self.question.backend
        days = date(first.year, 1, 1), date(last.year, 12, 31)
        files = lake.files(codes(self.question.way), *days, self.stations)
        yield from contents(lake, backend, files, self.stations, self.kept)

    @cached_property
    def _places(self) -> str:
        return repr(sorted(self.stations.items()))

    def _read(self, period: Period) -> list[Section]:
        if kind_of(period) is None or not self.stations:
            return []
        key = ["sections", str(period), *self.identity(period.first, period.last)]
        rows = self.kept.table(key, lambda: self._computed(period)).to_pylist()
        items = evaluated(self.question.way.profile)
        # the lake may have got a section since its stations were read
        known = [(row, self.stations[row["station"]]) for row in rows if row["station"] in self.stations]
        return [_section(row, station, items) for row, station in known]

    def _computed(self, period: Period) -> pa.Table:
        try:
            return sections_over(self.question, period)
        except NoDataError:
            return pa.table({"station": pa.array([], pa.string())})


def _section(row: Mapping[str, Any], station: Mapping[str, Any], items: Sequence[str]) -> Section:
    means = {item: (row.get(item), row.get(f"count_{item}")) for item in items}
    return Section(
        station=row["station"],
        name=station["name"] or row["station"],
        body=row["body"],
        number=numbers_of_classes().get(row["class"] or ""),
        reason=row["reason"] or "",
        means={item: (Decimal(repr(mean)), n) for item, (mean, n) in means.items() if mean is not None and n},
        measured=any(n for _, n in means.values()),
    )
