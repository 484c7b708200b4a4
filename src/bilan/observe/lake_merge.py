"""Rows into the lake: chunk by chunk, each judged against what is there and committed in one entry of the log."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow as pa

from bilan.observe.lake_classify import Added, Verdict, classify, to_store
from bilan.observe.lake_compact import tidy
from bilan.observe.lake_duckdb import session
from bilan.observe.lake_log import ConflictError, LakeLog
from bilan.observe.lake_marks import Marks
from bilan.observe.lake_parquet import write_closed, write_sorted
from bilan.observe.lake_schema import LakeError, conform

if TYPE_CHECKING:
    import duckdb
    from deltalake.transaction import AddAction

# Rows judged and committed at once. Fewer and larger chunks read the files of a period less often; this many are held
# three times over (as they came, in DuckDB, sorted) in well under a gigabyte.
CHUNK_ROWS = 500_000

# How often a chunk is judged again because another process committed first, and the longest wait before it. Others
# commit once a second or so; thirty tries lose only against a fault.
TRIES = 30
LONGEST_WAIT = 2.0


def merge(
    log: LakeLog,
    batches: Iterable[pa.RecordBatch | pa.Table],
    *,
    batch: str,
    received_at: datetime | None = None,
    progress: Callable[[int], None] | None = None,
) -> Added:
    """Take in ``batches``; see :meth:`bilan.observe.lake.Lake.add`."""
    if received_at and received_at.tzinfo is None:
        raise ValueError("received_at must have a time zone")
    total, rows = Added(), 0
    marks = Marks(log)
    with session() as connection:
        for chunk in chunks(batches, CHUNK_ROWS):
            total += _take_in(connection, log, marks, conform(chunk), batch, received_at)
            rows += chunk.num_rows
            if progress:
                progress(rows)
    return total


def chunks(batches: Iterable[pa.RecordBatch | pa.Table], size: int) -> Iterator[pa.Table]:
    """The same rows in the same order in tables of ``size`` rows, the last one shorter.

    >>> [part.num_rows for part in chunks([pa.table({"a": range(5)}), pa.table({"a": range(2)})], 3)]
    [3, 3, 1]
    """
    waiting: list[pa.Table] = []
    for given in batches:
        rows = pa.Table.from_batches([given]) if isinstance(given, pa.RecordBatch) else given
        while sum(part.num_rows for part in waiting) + rows.num_rows >= size:
            room = size - sum(part.num_rows for part in waiting)
            yield pa.concat_tables([*waiting, rows.slice(0, room)], promote_options="permissive")
            waiting, rows = [], rows.slice(room)
        if rows.num_rows:
            waiting.append(rows)
    if waiting:
        yield pa.concat_tables(waiting, promote_options="permissive")


def _take_in(
    connection: duckdb.DuckDBPyConnection,
    log: LakeLog,
    marks: Marks,
    chunk: pa.Table,
    batch: str,
    received_at: datetime | None,
) -> Added:
    """Judge the chunk and commit it, anew whenever another commit comes first.

    The moment is that of the commit, not of the import's beginning, and never before what it closes was received: so a
    key has one row at every moment, in whatever order imports that overlap commit.
    """
    for attempt in range(TRIES):
        log.refresh()
        verdict = classify(connection, log, chunk, marks)
        if not verdict.added.stored and not verdict.marks:
            return verdict.added
        adds: list[AddAction] = []
        moment = max(filter(None, (received_at or datetime.now(UTC), verdict.latest)))
        try:
            _write(connection, log, chunk, verdict, batch, moment, adds)
            former = {name: log.mark(name) for name in verdict.marks}
            log.commit(adds, verdict.closing, marks=verdict.marks)
        except ConflictError:
            log.discard(action.path for action in adds)
            time.sleep(random.uniform(0, min(LONGEST_WAIT, 0.05 * 2**attempt)))
        else:
            marks.was_set(verdict.marks, former)
            tidy(connection, log, {_partition(action) for action in adds})
            return verdict.added
    raise LakeError(f"{log.root}：其他进程一直在写入，试了 {TRIES} 次未能提交，请稍后再试")


def _partition(action: AddAction) -> tuple[str, int]:
    values = action.partition_values
    return str(values["parameter"]), int(str(values["year"]))


def _write(
    connection: duckdb.DuckDBPyConnection,
    log: LakeLog,
    chunk: pa.Table,
    verdict: Verdict,
    batch: str,
    moment: datetime,
    adds: list[AddAction],
) -> None:
    """Write the rows to store and the files with closed rows, noting each in ``adds`` as soon as it is there."""
    if verdict.added.stored:
        for action in write_sorted(log, to_store(connection, chunk, batch, moment)):
            adds.append(action)
    for file, rows in verdict.closing.items():
        adds.append(write_closed(log, file, rows, moment))
