"""The days of declared dust, whose particles do not count (环办监测〔2016〕120号)."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from bilan.errors import FileError, os_reason
from bilan.evaluate.places import RegionError, region

COLUMNS = ("region", "from", "to")
_LONGEST = 60  # days; a longer spell is a slip of the pen


def read_dust(path: Path) -> pa.Table:
    """Return ``region`` (id) and ``day`` of every declared day of the CSV ``path``: columns region, from, to.

    ``region`` is a name or id; ``from`` and ``to`` are days, both included. Which days are dust days is declared by the
    national centre from satellite images and the dust network; it cannot be computed from concentrations. Raises
    :class:`~bilan.errors.FileError`, which names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise FileError(f"{path}：无法读取：{os_reason(error)}") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{path}：应为 UTF-8 编码的 CSV") from error
    rows = csv.DictReader(lines)
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise FileError(f"{path}：缺少列 {'、'.join(missing)}；应有 {'、'.join(COLUMNS)}")
    found = []
    for row in rows:
        try:
            first, last = date.fromisoformat(row["from"]), date.fromisoformat(row["to"])
        except (ValueError, TypeError) as error:
            raise FileError(f"{path} 第 {rows.line_num} 行：from 和 to 应为日期（年-月-日）") from error
        if not timedelta(0) <= last - first <= timedelta(_LONGEST):
            raise FileError(f"{path} 第 {rows.line_num} 行：{first} 至 {last} 应在 1 至 {_LONGEST} 天之间")
        try:
            place = region((row["region"] or "").strip()).id
        except RegionError as error:
            raise FileError(f"{path} 第 {rows.line_num} 行：{error}") from error
        found += [(place, first + timedelta(n)) for n in range((last - first).days + 1)]
    places, days = zip(*found, strict=True) if found else ((), ())
    return pa.table({"region": pa.array(places, pa.string()), "day": pa.array(days, pa.date32())})
