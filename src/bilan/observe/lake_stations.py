"""Where observations come from: stations with ids of ours, and the ids that others give them, each with its validity.

Validity is half open, from ``valid_from`` up to, not including, ``valid_to``; null means since ever, still. The table
is small, so a change writes it anew, in one commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import CommitProperties, write_deltalake
from deltalake.exceptions import CommitFailedError

from bilan.observe.lake_log import LakeLog
from bilan.observe.lake_schema import STATIONS, LakeError

SEEN = "seen"  # attribute: the last day of the file that named the station so
NEVER = "9999-12-31"  # a table that says no day is a person's word and holds
TRIES = 30  # commits of others between reading and writing this small table are rare

Row = dict[str, Any]


def add_stations(log: LakeLog, table: pa.Table) -> int:
    """How many rows were added or changed; see :meth:`bilan.observe.lake.Lake.add_stations`."""
    arriving = [_conformed(row) for row in table.to_pylist()]
    for _ in range(TRIES):
        log.refresh()
        before, rows = ([_conformed(row) for row in read_stations(log).to_pylist()] for _ in range(2))
        changed = sum(_take_in(rows, row) for row in arriving)
        if rows == before:
            return 0
        rows.sort(key=lambda row: (row["id"], row["valid_from"] or date.min))
        try:
            write_deltalake(
                log.table,
                pa.Table.from_pylist(rows, schema=STATIONS),
                mode="overwrite",
                commit_properties=CommitProperties(max_commit_retries=0),
            )
        except CommitFailedError:
            continue
        log.refresh()
        return changed
    raise LakeError(f"{log.root}：其他进程一直在写入，请稍后再试")


def read_stations(log: LakeLog) -> pa.Table:
    """All stations with all validities."""
    return pa.concat_tables([STATIONS.empty_table(), *_files(log)])


def valid_on(rows: pa.Table, on: date) -> pa.Table:
    """Those of the stations that are valid ``on`` a day."""
    return pa.Table.from_pylist([row for row in rows.to_pylist() if holds(row, on)], schema=STATIONS)


def _files(log: LakeLog) -> Iterator[pa.Table]:
    """The contents of the table's files, read in this thread alone.

    A pool of Arrow's threads that a killed or ended process leaves behind can abort it on its way out.
    """
    where = log.filesystem()
    for name in pa.table(log.table.get_add_actions(flatten=True))["path"].to_pylist():
        with pq.ParquetFile(name, filesystem=where, pre_buffer=False) as file:
            yield file.read(use_threads=False).select(STATIONS.names).cast(STATIONS)


def by_external(rows: Iterable[Mapping[str, Any]], scheme: str, identifier: str, day: date | None) -> str | None:
    """The id of the station that has the external id, on ``day`` if given; LakeError where two stations have it."""
    found = {
        row["id"]
        for row in rows
        for external in row["external_ids"] or ()
        if external["scheme"] == scheme and external["id"] == identifier and (day is None or holds(external, day))
    }
    if len(found) > 1:
        when = f"在 {day} " if day else ""
        raise LakeError(f"外部编号 {scheme}:{identifier} {when}属于不止一个站点：{'、'.join(sorted(found))}")
    return found.pop() if found else None


def holds(row: Mapping[str, Any], day: date) -> bool:
    """Whether ``row`` is valid on ``day``.

    >>> holds({"valid_from": None, "valid_to": date(2021, 1, 1)}, date(2021, 1, 1))
    False
    """
    return (row["valid_from"] or date.min) <= day and (row["valid_to"] is None or day < row["valid_to"])


def _conformed(row: Row) -> Row:
    if not row.get("id"):
        raise LakeError(f"站点表：缺少编号 id：{row}")
    unknown = row.keys() - set(STATIONS.names)
    if unknown:
        raise LakeError(f"站点表：没有列 {'、'.join(sorted(unknown))}；可用的列：{'、'.join(STATIONS.names)}")
    full: Row = {name: row.get(name) for name in STATIONS.names}
    full["external_ids"] = [dict(item) for item in full["external_ids"] or ()]
    attributes = dict(full["attributes"] or ())
    full["attributes"] = {name: str(value) for name, value in attributes.items() if value is not None}
    return full


def _take_in(rows: list[Row], row: Row) -> bool:
    """Bring ``row`` into ``rows``; whether that changed anything. What it leaves null stays as it was."""
    known = sorted((old for old in rows if old["id"] == row["id"]), key=lambda old: old["valid_from"] or date.min)
    if not known:
        rows.append(row)
        return True
    start = row["valid_from"]
    if start is None:
        return _overlay(known[-1], row)
    for old in known:
        if old["valid_from"] == start:
            return _overlay(old, row)
    for old in known:
        if holds(old, start):
            later = {**old, "external_ids": [*old["external_ids"]], "attributes": dict(old["attributes"])}
            if not _overlay(later, {**row, "valid_from": None}):
                return False
            later["valid_from"], old["valid_to"] = start, start
            rows.append(later)
            return True
    rows.append(row)
    return True


def _overlay(old: Row, row: Row) -> bool:
    """Bring ``row`` over ``old``; where it was seen earlier it only says what ``old`` leaves open."""
    older = row["attributes"].get(SEEN, NEVER) < old["attributes"].get(SEEN, "")
    before = {
        **old,
        "external_ids": [dict(item) for item in old["external_ids"]],
        "attributes": dict(old["attributes"]),
    }
    for name in STATIONS.names:
        if name not in ("external_ids", "attributes") and row[name] is not None and not (older and old[name]):
            old[name] = row[name]
    old["attributes"] = row["attributes"] | old["attributes"] if older else old["attributes"] | row["attributes"]
    for item in row["external_ids"]:
        _overlay_external(old["external_ids"], {"valid_from": None, "valid_to": None, **item})
    return _said(old) != _said(before)


def _said(row: Row) -> Row:
    """``row`` without the day on which it was seen, which alone is no change."""
    return {**row, "attributes": {name: value for name, value in row["attributes"].items() if name != SEEN}}


def _overlay_external(items: list[Row], item: Row) -> None:
    """An external id given again updates the validity it had, where it says one."""
    for old in items:
        if (old["scheme"], old["id"]) == (item["scheme"], item["id"]) and (
            item["valid_from"] in (None, old["valid_from"]) or old["valid_from"] is None
        ):
            old.update({name: day for name, day in item.items() if day is not None})
            return
    items.append(item)
