"""Writing the Parquet files of the lake, with the statistics by which the log finds them again."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake.transaction import AddAction

from bilan.observe.lake_files import STATISTICS, LakeFile
from bilan.observe.lake_log import LakeLog
from bilan.observe.lake_schema import OBSERVATIONS, PARTITION

# Rows of one group: small enough that a reader of some days or stations skips most of a file and that a writer holds
# little, large enough that dictionaries stay short against the values.
GROUP_ROWS = 250_000

# In this order rows lie in a file: what is read together stands together, and a month, an interval length, a station
# can be skipped by the statistics of the row groups.
ORDER = ("month(day)", "seconds", "statistic", "station", "time")

STORED = pa.schema([field for field in OBSERVATIONS if field.name not in PARTITION])
_WORDS = [field.name for field in STORED if field.type == pa.string()]
_DICTIONARIES = [*_WORDS, "value"]
_DELTAS = {name: "DELTA_BINARY_PACKED" for name in STORED.names if name not in _DICTIONARIES}
COUNTED = (*STATISTICS, "superseded_at")  # statistics of other columns cost a quarter of the writing and find nothing


class FileWriter:
    """A new file of one partition; rows come in :data:`ORDER`, :meth:`close` returns its entry for the log."""

    def __init__(self, log: LakeLog, parameter: str, year: int, schema: pa.Schema = STORED) -> None:
        self.name = log.new_name(parameter, year)
        self._values = {"parameter": parameter, "year": str(year)}
        self._where = log.filesystem()
        if log.folder:
            (log.folder / self.name).parent.mkdir(parents=True, exist_ok=True)
        self._rows = 0
        self._bounds: dict[str, tuple[Any, Any]] = {}
        self._nulls = dict.fromkeys(COUNTED, 0)
        self._waiting: list[pa.Table] = []
        self._schema = schema  # as rows come in: strings may be dictionaries; the file is the same
        self._writer = pq.ParquetWriter(
            self.name,
            schema,
            filesystem=self._where,
            store_schema=False,
            compression="zstd",
            use_dictionary=_DICTIONARIES,
            column_encoding=_DELTAS,
            write_statistics=list(COUNTED),
        )

    def __enter__(self) -> FileWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def write(self, rows: pa.Table) -> None:
        """Add rows; they are written as soon as they fill a group."""
        rows = rows.select(STORED.names).cast(self._schema)
        self._observe(rows)
        self._waiting.append(rows)
        while sum(part.num_rows for part in self._waiting) >= GROUP_ROWS:
            self._write_waiting()

    def write_group(self, rows: pa.Table) -> None:
        """Add rows as a group of their own, for a file whose groups are copied from another."""
        rows = rows.select(STORED.names).cast(self._schema)
        self._observe(rows)
        self._writer.write_table(rows, row_group_size=max(rows.num_rows, 1))

    def _write_waiting(self) -> None:
        waiting = pa.concat_tables(self._waiting)
        self._writer.write_table(waiting.slice(0, GROUP_ROWS), row_group_size=GROUP_ROWS)
        rest = waiting.slice(GROUP_ROWS)
        self._waiting = [rest] if rest.num_rows else []

    def close(self) -> AddAction:
        while self._waiting:
            self._write_waiting()
        self._writer.close()
        statistics = {
            "numRecords": self._rows,
            "minValues": {name: low for name, (low, _) in self._bounds.items()},
            "maxValues": {name: high for name, (_, high) in self._bounds.items()},
            "nullCount": self._nulls,
        }
        return AddAction(
            path=self.name,
            size=self._where.get_file_info(self.name).size,
            partition_values=self._values,
            modification_time=int(time.time() * 1000),
            data_change=True,
            stats=json.dumps(statistics, default=_json),
        )

    def _observe(self, rows: pa.Table) -> None:
        self._rows += rows.num_rows
        for name in self._nulls:
            self._nulls[name] += rows[name].null_count
        for name in STATISTICS if rows.num_rows else ():
            column = rows[name]
            if name in _WORDS:  # few differ, and a dictionary has no minimum
                column = column.unique().cast(pa.string())
            found = pc.min_max(column).as_py()
            low, high = self._bounds.get(name, (found["min"], found["max"]))
            self._bounds[name] = (min(low, found["min"]), max(high, found["max"]))


def write_sorted(log: LakeLog, rows: pa.Table) -> Iterator[AddAction]:
    """Entries for the log of new files, one a partition; ``rows`` are sorted by partition, then by :data:`ORDER`."""
    for (parameter, year), part in _by_partition(rows):
        inside = part.select(STORED.names)
        with FileWriter(log, parameter, year, inside.schema) as writer:
            writer.write(inside)
            yield writer.close()


def _by_partition(rows: pa.Table) -> Iterator[tuple[tuple[str, int], pa.Table]]:
    """Runs of rows of one partition."""
    if not rows.num_rows:
        return
    codes = rows["parameter"].combine_chunks()
    parameters, years = np.asarray(codes.indices), np.asarray(rows["year"])
    cuts = np.flatnonzero((np.diff(parameters) != 0) | (np.diff(years) != 0)) + 1
    edges = [0, *cuts.tolist(), rows.num_rows]
    for low, high in pairwise(edges):
        key = (codes.dictionary[int(parameters[low])].as_py(), int(years[low]))
        yield key, rows.slice(low, high - low)


def write_closed(log: LakeLog, file: LakeFile, rows: Collection[int], at: datetime) -> AddAction:
    """The entry of a copy of ``file`` in which the rows of these numbers, counted from 0, are superseded ``at``.

    No earlier than they were received, so that a row's validity never ends before it begins.
    """
    numbers = np.fromiter(rows, dtype=np.int64, count=len(rows))
    moment = pa.scalar(at, STORED.field("superseded_at").type)
    source = pq.ParquetFile(file.name, filesystem=log.filesystem(), read_dictionary=_WORDS)
    with source, FileWriter(log, file.parameter, file.year, source.schema_arrow) as writer:
        first = 0
        for group in range(source.num_row_groups):
            part = source.read_row_group(group, columns=STORED.names, use_threads=False)  # less CPU in all
            inside = numbers[(first <= numbers) & (numbers < first + part.num_rows)] - first
            if len(inside):
                part = _closed(part, inside, moment)
            writer.write_group(part)
            first += part.num_rows
        return writer.close()


def _closed(part: pa.Table, inside: np.ndarray[Any, Any], moment: pa.Scalar) -> pa.Table:
    chosen = np.zeros(part.num_rows, dtype=bool)
    chosen[inside] = True
    received = part["received_at"]
    ends = pc.if_else(pc.less(received, moment), moment, received)
    ends = pc.if_else(pa.array(chosen), ends, part["superseded_at"])
    return part.set_column(part.schema.get_field_index("superseded_at"), "superseded_at", ends)


def _json(value: object) -> str:
    """A bound as the Delta protocol writes it; times in the lake are whole seconds."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert isinstance(value, date)
    return value.isoformat()
