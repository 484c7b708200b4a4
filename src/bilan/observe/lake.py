"""The observation lake: a folder, or a place in an object store, with every fact that was ever received.

Delta tables: ``observations``, and beside them ``stations`` and ``statistics``. A fact is never changed: a correction
closes the old row (``superseded_at``) and adds the new one in one commit, so that what holds now and what was known on
a day are two filters over the same rows:

- now: ``superseded_at IS NULL``
- known at D: ``received_at <= D AND (superseded_at IS NULL OR superseded_at > D)``

See Also
--------
bilan.observe.lake_schema : the columns of a row, and what is refused
bilan.observe.lake_classify : how an incoming row is judged
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from bilan.observe.lake_classify import Added
from bilan.observe.lake_compact import Compacted, compact, vacuum
from bilan.observe.lake_files import LakeFile, select
from bilan.observe.lake_history import read_history
from bilan.observe.lake_log import LakeLog
from bilan.observe.lake_marks import note_manners
from bilan.observe.lake_merge import merge
from bilan.observe.lake_schema import OBSERVATIONS, PARTITION, STATIONS, LakeError
from bilan.observe.lake_stations import add_stations, by_external, read_stations, valid_on

_BESIDE = ("stations", "statistics")


class Lake:
    """The lake at ``path``, a folder or a URL such as ``s3://bucket/lake``; made where there is none.

    ``lake.path`` is the whole path or URL: below it lie ``observations`` and ``stations``, and the paths of files.
    With ``create=False`` a place without a lake raises LakeError. ``options`` go to the object store; what they do not
    say is taken from the environment, as its own tools do (``AWS_ENDPOINT_URL`` and so on).

    >>> import tempfile
    >>> from datetime import UTC, datetime
    >>> row = {"station": "s1", "parameter": "a34004", "statistic": "avg", "seconds": 3600, "value": 35.0,
    ...        "time": datetime(2021, 12, 31, 16, tzinfo=UTC), "source": "table", "source_ref": "f", "source_line": 2,
    ...        "unit": "ug/m3", "flag": None, "state": None}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lake = Lake(folder)
    ...     lake.add([pa.Table.from_pylist([row])], batch="b1"), lake.add([pa.Table.from_pylist([row])], batch="b2")
    (Added(new=1, same=0, corrected=0, outranked=0), Added(new=0, same=1, corrected=0, outranked=0))
    """

    def __init__(self, path: str | Path, *, create: bool = True, options: Mapping[str, str] | None = None) -> None:
        place = str(path).rstrip("/")
        if not create and not LakeLog.exists(f"{place}/observations", options):
            raise LakeError(f"{place}：这里没有数据湖；先用 bilan ingest 导入数据")
        self._observations = LakeLog.open(f"{place}/observations", OBSERVATIONS, PARTITION, options)
        self.path = self._observations.root.removesuffix("/observations")
        self._place, self.options = place, options
        self._stations = self._stations_log(create=create)
        self._read_stations: tuple[int, pa.Table] | None = None  # with the version that was read

    def _stations_log(self, *, create: bool) -> LakeLog | None:
        """The table of stations; without ``create`` None where an import was broken off before it was made."""
        place = f"{self._place}/stations"
        if not create and not LakeLog.exists(place, self.options):
            return None
        return LakeLog.open(place, STATIONS, (), self.options)

    def _beside(self) -> Iterator[LakeLog]:
        """The tables that lie beside the observations."""
        for name in _BESIDE:
            if LakeLog.exists(f"{self._place}/{name}", self.options):
                yield LakeLog(f"{self._place}/{name}", self.options)

    @property
    def id(self) -> str:
        """The name that the observations were given when they were made; a lake made anew has another."""
        return str(self._observations.table.metadata().id)

    @property
    def version(self) -> int:
        """The number of the last commit to the observations; it grows with every change."""
        self._observations.refresh()
        return self._observations.version

    def add(
        self,
        batches: Iterable[pa.RecordBatch | pa.Table],
        *,
        batch: str,
        received_at: datetime | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Added:
        """How many rows were new, the same as before, corrections, or outranked by a better source.

        ``batches`` have the columns of :data:`~bilan.observe.lake_schema.INCOMING`, the rows of one ``source_ref`` in
        the order of their lines. They are taken in by chunks, each committed whole: after a crash the same call goes
        on where it stopped, and a row that came before is not stored again. ``batch`` names this import,
        ``received_at`` is when it came (default: when its chunk is committed; rows that correct others came no earlier
        than these), ``progress`` is called with the rows done after each chunk.
        Raises LakeError where a row is refused (see :func:`~bilan.observe.lake_schema.conform`); chunks before it stay.
        """
        return merge(self._observations, batches, batch=batch, received_at=received_at, progress=progress)

    def note_manners(self, manners: Mapping[str, str]) -> set[str]:
        """Note in which manner each source was read, by its ``source_ref``; those that were last read in another."""
        return note_manners(self._observations, manners)

    def files(
        self,
        parameters: Collection[str] | None = None,
        first_day: date | None = None,
        last_day: date | None = None,
        stations: Collection[str] | None = None,
    ) -> list[LakeFile]:
        """The files that can hold what is asked, by the log alone; days belong to the start side, both are included."""
        self._observations.refresh()
        return select(self._observations.files(), parameters, first_day, last_day, stations)

    def history(self, station: str, parameter: str, time: datetime, *, known_at: datetime | None = None) -> pa.Table:
        """Every row of the station and parameter that is labelled ``time``, in the order in which they came.

        Columns as in :data:`~bilan.observe.lake_schema.OBSERVATIONS`, ordered by statistic, seconds, received_at.
        ``known_at`` keeps the rows that were known then.
        """
        self._observations.refresh()
        return read_history(self._observations, station, parameter, time, known_at)

    def compact(self, *, progress: Callable[[str, float], None] | None = None) -> Compacted:
        """How many files were replaced by how many.

        Rewrites what is fragmented into sorted files that follow each other in time; every row stays as it is, closed
        ones too. ``progress`` is called with the partition and the fraction done. Others may add meanwhile.
        """
        return compact(self._observations, progress=progress)

    def vacuum(self, *, dry_run: bool = False) -> list[str]:
        """The paths of files deleted (or, with ``dry_run``, to be deleted), which hold no row that the lake still has.

        Only files that were replaced a week ago or longer, or that a killed import left then.
        """
        return [
            f"{log.root}/{name}"
            for log in (self._observations, *self._beside())
            for name in vacuum(log, dry_run=dry_run)
        ]

    def add_stations(self, stations: pa.Table) -> int:
        """How many rows were added or changed; the same table twice changes nothing.

        Columns of :data:`~bilan.observe.lake_schema.STATIONS`, only ``id`` is required. A row with a later
        ``valid_from`` and other content closes the row valid until then (its ``valid_to``); a row with the same
        ``valid_from``, or none, updates the one that is there. What it leaves null stays; external ids and attributes
        are added to those known.
        """
        log = self._stations = self._stations or self._stations_log(create=True)
        assert log is not None
        return add_stations(log, stations)

    def stations(self, on: date | None = None) -> pa.Table:
        """All stations with all validities, or those valid ``on`` a day."""
        log = self._stations = self._stations or self._stations_log(create=False)
        if log is None:
            return STATIONS.empty_table()
        log.refresh()
        if self._read_stations is None or self._read_stations[0] != log.version:
            self._read_stations = log.version, read_stations(log)
        rows = self._read_stations[1]
        return rows if on is None else valid_on(rows, on)

    def station_by_external(self, scheme: str, identifier: str, day: date | None = None) -> str | None:
        """The id of the station that has the external id (on ``day``); None if none, LakeError if several."""
        return by_external(self.stations(day).to_pylist(), scheme, identifier, day)
