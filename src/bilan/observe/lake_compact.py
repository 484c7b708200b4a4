"""Keeping the files of the lake few, sorted and apart in time; no row is changed, closed ones least of all.

Imports leave what suits them: a small file for every hour, or files of all the year for one station after the other.
Compaction rewrites such files into ones of about :data:`TARGET_ROWS` rows that follow each other in time, cut at
months where that fits, each sorted for reading (see :data:`bilan.observe.lake_parquet.ORDER`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

import pyarrow as pa

from bilan.observe.lake_duckdb import readable, scan, session
from bilan.observe.lake_files import LakeFile
from bilan.observe.lake_log import ConflictError, LakeLog
from bilan.observe.lake_parquet import ORDER, STORED, FileWriter
from bilan.observe.lake_schema import LakeError

if TYPE_CHECKING:
    import duckdb
    from deltalake.transaction import AddAction

# About one month of hourly values of one parameter from all national stations: a correction rewrites no more, and a
# national year is read from a dozen files.
TARGET_ROWS = 1_000_000
_FULL = TARGET_ROWS * 3 // 2  # no further month or day is put into a file beyond this

# An import merges the small files of a partition as soon as there are more than these: a file per hour never becomes
# thousands, and each row is rewritten about five times until its file is no longer small.
SMALL_ROWS = TARGET_ROWS // 4
SMALL_FILES = 16

TRIES = 10  # a rewrite is lost only to another that touched the same files

# Removed files stay for a week: a reader that listed them, or an import that is writing, is long done by then.
RETENTION_HOURS = 168


@dataclass(frozen=True, slots=True)
class Compacted:
    """How many files were replaced by how many, and the rows in them."""

    before: int = 0
    after: int = 0
    rows: int = 0

    def __add__(self, other: Compacted) -> Compacted:
        return Compacted(self.before + other.before, self.after + other.after, self.rows + other.rows)


def compact(log: LakeLog, *, progress: Callable[[str, float], None] | None = None) -> Compacted:
    """Rewrite all that is fragmented, partition by partition; see :meth:`bilan.observe.lake.Lake.compact`."""
    log.refresh()
    log.configure()
    partitions = _partitions(log.files())
    done = Compacted()
    with session() as connection:
        for number, (parameter, year) in enumerate(partitions):
            if progress:
                progress(f"{parameter} {year}", number / len(partitions))
            done += _compact_partition(connection, log, parameter, year)
    return done


def tidy(connection: duckdb.DuckDBPyConnection, log: LakeLog, partitions: Iterable[tuple[str, int]]) -> None:
    """Merge the small files of those ``partitions`` that have many; what another process does meanwhile goes first."""
    found = _partitions(log.files())
    for partition in partitions:
        small = [file for file in found.get(partition, ()) if file.rows < SMALL_ROWS]
        if len(small) > SMALL_FILES:
            with suppress(ConflictError):
                _rewrite(connection, log, small)


def vacuum(log: LakeLog, *, dry_run: bool = False) -> list[str]:
    """The names of files that no row of the lake is in and nothing can still be using, deleted unless ``dry_run``.

    Those are files that a commit replaced more than :data:`RETENTION_HOURS` ago and, as old, what a killed import left.
    """
    log.refresh()
    names = log.table.vacuum(retention_hours=RETENTION_HOURS, dry_run=dry_run, full=True)
    log.refresh()
    return names


def fragmented(files: Sequence[LakeFile]) -> list[list[LakeFile]]:
    """Of the files of one partition, the groups that are worth rewriting together.

    Files whose days overlap belong together, and so do neighbours that fit in one file. A group of one file is left
    alone unless it is far too large and can be cut by days.
    """
    groups: list[list[LakeFile]] = []
    for file in sorted(files, key=lambda file: (file.first_day, file.last_day)):
        if groups and (
            file.first_day <= max(other.last_day for other in groups[-1])
            or file.rows + sum(other.rows for other in groups[-1]) <= TARGET_ROWS
        ):
            groups[-1].append(file)
        else:
            groups.append([file])
    return [group for group in groups if len(group) > 1 or _too_large(group[0])]


def cuts(days: Sequence[tuple[date, int]]) -> list[tuple[date, date]]:
    """First and last day of each file to write; ``days`` with their number of rows, in order.

    >>> cuts([(date(2024, 1, 31), 900_000), (date(2024, 2, 1), 500_000), (date(2024, 3, 1), 500_000)])
    [(datetime.date(2024, 1, 31), datetime.date(2024, 2, 1)), (datetime.date(2024, 3, 1), datetime.date(2024, 3, 1))]
    """
    pieces: list[tuple[date, date]] = []
    rows = 0
    for first, last, count in _units(days):
        if pieces and rows + count <= _FULL:
            pieces[-1], rows = (pieces[-1][0], last), rows + count
        else:
            pieces.append((first, last))
            rows = count
    return pieces


def _units(days: Sequence[tuple[date, int]]) -> Iterator[tuple[date, date, int]]:
    """What is not cut: a month, or a day of a month that is too large for one file."""
    for _, month in groupby(days, key=lambda item: (item[0].year, item[0].month)):
        inside = list(month)
        total = sum(count for _, count in inside)
        if total <= _FULL:
            yield inside[0][0], inside[-1][0], total
        else:
            yield from ((day, day, count) for day, count in inside)


def _too_large(file: LakeFile) -> bool:
    return file.rows > 2 * TARGET_ROWS and file.first_day < file.last_day


def _partitions(files: Iterable[LakeFile]) -> dict[tuple[str, int], list[LakeFile]]:
    found: dict[tuple[str, int], list[LakeFile]] = {}
    for file in files:
        found.setdefault((file.parameter, file.year), []).append(file)
    return dict(sorted(found.items()))


def _compact_partition(connection: duckdb.DuckDBPyConnection, log: LakeLog, parameter: str, year: int) -> Compacted:
    done = Compacted()
    for _ in range(TRIES):
        log.refresh()
        try:
            for group in fragmented(_partitions(log.files()).get((parameter, year), ())):
                done += _rewrite(connection, log, group)
        except ConflictError:
            continue
        return done
    raise LakeError(f"{log.root}：parameter={parameter}/year={year} 一直被其他进程改写，请稍后再整理")


def _rewrite(connection: duckdb.DuckDBPyConnection, log: LakeLog, files: Sequence[LakeFile]) -> Compacted:
    """Replace ``files``, all of one partition, by sorted ones with the same rows, in one commit."""
    adds: list[AddAction] = []
    with readable(log, files) as paths:
        source = scan(list(paths.values()))
        days = connection.sql(f"SELECT day, count(*) FROM {source} GROUP BY day ORDER BY day").fetchall()
        for first, last in cuts(days):
            adds.append(_write(connection, log, files[0], source, first, last))
    try:
        log.commit(adds, files, same_rows=True)
    except ConflictError:
        log.discard(action.path for action in adds)
        raise
    return Compacted(len(files), len(adds), sum(count for _, count in days))


def _write(
    connection: duckdb.DuckDBPyConnection, log: LakeLog, like: LakeFile, source: str, first: date, last: date
) -> AddAction:
    order = ", ".join((*ORDER, "received_at", "source_line"))  # of one key as they came
    rows = connection.sql(
        f"SELECT {', '.join(STORED.names)} FROM {source} WHERE day BETWEEN $1 AND $2 ORDER BY {order}",
        params=[first, last],
    )
    with FileWriter(log, like.parameter, like.year) as writer:
        for part in rows.to_arrow_reader():
            writer.write(pa.Table.from_batches([part]))
        action = writer.close()
    action.data_change = False
    return action
