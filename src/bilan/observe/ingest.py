"""Files into the lake: their rows, their stations, and what of them was refused."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from bilan.errors import BilanError
from bilan.observe.importers.sources import Reject
from bilan.observe.lake_classify import Added
from bilan.observe.lake_schema import STATIONS, start_side
from bilan.observe.lake_stations import SEEN
from bilan.observe.quarantine import quarantine_of, refusals

if TYPE_CHECKING:
    from bilan.observe.importers.base import Importer, Options, Station, Taken


@dataclass(slots=True)
class IngestedFile:
    """What became of a file: ``rows`` read, ``observations`` handed to the lake, ``empty`` and ``refused`` cells.

    ``refused`` also counts rows refused whole; ``first`` are the first of them and ``quarantine`` where all are kept.
    ``failure`` is why the file was not taken at all (no rows) or not to its end; ``read_otherwise``: it was imported
    in another manner before, and what that import said is not withdrawn.
    """

    path: Path
    rows: int = 0
    observations: int = 0
    empty: int = 0
    refused: int = 0
    first: tuple[Reject, ...] = ()
    quarantine: Path | None = None
    assumptions: tuple[str, ...] = ()
    failure: str | None = None
    sha256: str = ""
    read_otherwise: bool = False


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of all files, the lake's verdict on their observations, and how many stations were new or changed."""

    files: tuple[IngestedFile, ...]
    added: Added
    stations: int


def ingest(
    place: str | Path,
    importer: type[Importer],
    paths: Sequence[Path],
    options: Options | None = None,
    *,
    received_at: datetime | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Ingested:
    """Take the files ``paths`` into the lake at ``place`` and return what became of them.

    A file that cannot be read or is of another format leaves nothing and stops no other; without a single good file no
    lake is made. Whatever stopped an earlier call, the same call adds what is missing and nothing twice. ``progress``
    is called with a file's name and the share of all bytes that was read.

    Raises OptionError for an option foreign to the format, LakeError where the lake cannot take the rows.
    """
    given = options or _no_options()
    importer.check_options(given)
    moment = received_at or datetime.now(UTC)
    run = _Run(quarantine_of(place), importer, paths, given, moment, progress)
    with closing(iter(run)) as rows:
        first = next(rows, None)
        if first is None:
            return Ingested(tuple(run.files), Added(), 0)
        from bilan.observe.lake import Lake  # made only now that there is something to put into it

        lake = Lake(place)
        at = f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        batch = " ".join(filter(None, (importer.name, importer.manner(given), at)))
        added = lake.add(chain([first], rows), batch=batch, received_at=received_at)
    if manner := importer.manner(given):
        otherwise = lake.note_manners({file.sha256: manner for file in run.files if file.observations})
        for file in run.files:
            file.read_otherwise = file.sha256 in otherwise
    changed = lake.add_stations(stations_table(run.stations.values())) if run.stations else 0
    return Ingested(tuple(run.files), added, changed)


def _no_options() -> Options:
    from bilan.observe.importers.base import Options

    return Options()


@dataclass(slots=True)
class _Run:
    """The observations of all files on their way into the lake, counted as they pass."""

    quarantine: Path
    importer: type[Importer]
    paths: Sequence[Path]
    options: Options
    moment: datetime
    progress: Callable[[str, float], None] | None
    files: list[IngestedFile] = field(default_factory=list)
    stations: dict[str, Station] = field(default_factory=dict)

    def __iter__(self) -> Generator[pa.RecordBatch]:
        sizes = [path.stat().st_size if path.is_file() else 0 for path in self.paths]
        total, before = sum(sizes) or 1, 0
        for path, size in zip(self.paths, sizes, strict=True):
            file = IngestedFile(path)
            self.files.append(file)
            try:
                for share, batches in self._read(file):
                    yield from batches
                    if self.progress:
                        self.progress(path.name, (before + share * size) / total)
            except BilanError as error:
                file.failure = str(error)
            before += size

    def _read(self, file: IngestedFile) -> Iterator[tuple[float, list[pa.RecordBatch]]]:
        """Yield how much of the file was read and its observations.

        What was refused is saved when the file was read to its end, or as far as it can be read: an import that is
        broken off saves nothing, so that the next one saves the whole under the same name.
        """
        opened = self.importer(file.path, self.options)
        file.assumptions = opened.assumptions
        source = opened.source
        file.sha256 = source.sha256
        with refusals(file.path.name, source.sha256, opened.name) as refused:
            try:
                for taken in opened:
                    refused.add(taken.rejects)
                    file.refused, file.first = refused.count, tuple(refused.first)
                    file.rows += taken.rows
                    file.empty += taken.empty
                    file.observations += sum(batch.num_rows for batch in taken.observations)
                    self._meet(taken)
                    yield taken.done, taken.observations
            except BilanError:
                file.quarantine = refused.save(self.quarantine, self.moment)
                raise
            file.quarantine = refused.save(self.quarantine, self.moment)

    def _meet(self, taken: Taken) -> None:
        """Take the stations of a part as seen on its last day; what an older part says is not taken over a newer."""
        day = last_day(taken.observations)
        for name, station in taken.stations.items():
            seen = replace(station, attributes={**station.attributes, SEEN: str(day)})
            known = self.stations.get(name)
            if known is None or known.attributes[SEEN] <= seen.attributes[SEEN]:
                self.stations[name] = seen


def last_day(batches: Iterable[pa.RecordBatch]) -> date:
    """Return the last day (START side) of observations, the first day there is without any.

    >>> last_day([])
    datetime.date(1, 1, 1)
    """
    moments = [pc.max(batch["time"]).as_py() for batch in batches if batch.num_rows]
    return start_side(pa.array([max(moments)])).to_pylist()[0].date() if moments else date.min


def stations_table(stations: Iterable[Station]) -> pa.Table:
    """Return ``stations`` with the columns of the lake's table; what a file does not say is null."""
    rows = [
        {
            "id": station.id,
            "name": station.name,
            "medium": station.medium,
            "kind": station.kind,
            "region": station.region,
            "lon": station.lon,
            "lat": station.lat,
            "external_ids": [dict(zip(("scheme", "id"), station.external, strict=True))] if station.external else [],
            "attributes": dict(station.attributes),
        }
        for station in stations
    ]
    return pa.Table.from_pylist(rows, schema=STATIONS)
