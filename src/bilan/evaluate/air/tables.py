"""The index for tables that are in no lake: CSV files of station hours or city days as networks publish them.

A published result (AQI, primary pollutant, category, rank) is neither read nor copied.
"""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from bilan.errors import FileError, os_reason
from bilan.evaluate.air.aqi import RESULTS, Mode, Report, air_quality_index
from bilan.evaluate.air.pollutants import DIGITS
from bilan.evaluate.engine import fetched

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend

IDENTIFYING = ("stationcode", "station", "area", "city", "positionname", "timepoint", "time", "ts", "date")
TIMES = ("timepoint", "time", "ts", "date")
ALIASES = {"pm25": "pm2_5", "pm2.5": "pm2_5", "pm25_24h": "pm2_5_24h", "pm2.5_24h": "pm2_5_24h", "o3_8h_max": "o3_8h"}
ITEMS: Mapping[Report, tuple[str, ...]] = {
    "hour": ("so2", "no2", "pm10", "pm2_5", "co", "o3", "pm10_24h", "pm2_5_24h", "o3_8h", "so2_24h"),
    "day": ("so2", "no2", "pm10", "pm2_5", "co", "o3_8h", "o3_1h"),
}
OUTPUT = ("aqi", "primary", "category", *RESULTS[:6], "reason")

MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "-", "--", "-;", "—", "——", "&mdash;", "*")
NOT_MONITORED = "/"
_LARGEST = 1e6  # a concentration beyond this is a slip, not air
_BLOCK = 32 << 20  # bytes of CSV judged at once
_MOMENT = re.compile(
    r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|(\d{2})(\d{2}))"
    r"(?:[T ]?(\d{1,2})(?::?(\d{2})(?::?(\d{2})(?:\.0+)?)?)?)?(?:\+08:?00)?"
)


@dataclass
class Judged:
    """What became of a table: rows judged, lines without cells, rows, times and cells that are none, assumptions."""

    rows: int = 0
    skipped: list[int] = field(default_factory=list)
    bad_rows: list[str] = field(default_factory=list)
    bad_times: list[str] = field(default_factory=list)
    bad_cells: list[str] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)


def judge_file(
    path: Path,
    report: Report,
    mode: Mode,
    backend: SQLBackend,
    *,
    columns: Mapping[str, str] | None = None,
    zero_is_missing: bool | None = None,
    progress: Callable[[float], None] | None = None,
) -> tuple[Judged, Iterator[pa.Table]]:
    """Return what was found, filled in while the results are drawn, and the results of the CSV ``path`` in its order.

    Results have the identifying columns of the input, then ``aqi``, ``primary`` (formulas joined by ","), ``category``,
    ``iaqi_*`` and ``reason``. ``columns`` maps our names to those of the file. A zero of a city's day means missing
    unless ``zero_is_missing`` says otherwise. Raises :class:`FileError` when the file is no such table.
    """
    found = Judged()
    zero = report == "day" if zero_is_missing is None else zero_is_missing
    return found, _judge(path, report, mode, backend, columns or {}, zero, progress, found)


def _judge(
    path: Path,
    report: Report,
    mode: Mode,
    backend: SQLBackend,
    columns: Mapping[str, str],
    zero: bool,
    progress: Callable[[float], None] | None,
    found: Judged,
) -> Iterator[pa.Table]:
    names = _names(path, _header(path), report, columns)
    first = True
    for batch, done in _batches(path, found):
        table = pa.Table.from_batches([batch])
        if first:
            names |= _exchanged(table, names, report, columns, found)
            first = False
        yield _judge_batch(table, names, report, mode, backend, zero, found)
        if progress:
            progress(done)
    if first:
        raise FileError(f"{path}：只有表头，没有数据")


def _batches(path: Path, found: Judged) -> Iterator[tuple[pa.RecordBatch, float]]:
    """Batches of text cells and the share of the file read so far; a line with other cells than the header is left."""

    def leave(row: pyarrow.csv.InvalidRow) -> str:
        found.skipped.append(row.number)
        if row.text.strip():
            found.bad_rows.append(f"第 {row.number} 行：应有 {row.expected_columns} 格，实有 {row.actual_columns} 格")
        return "skip"

    try:
        size = max(path.stat().st_size, 1)
        with path.open("rb") as raw:
            stream: object = pa.CompressedInputStream(raw, "gzip") if path.suffix == ".gz" else raw
            header = _header(path)
            reader = pyarrow.csv.open_csv(
                stream,
                read_options=pyarrow.csv.ReadOptions(block_size=_BLOCK, use_threads=False),
                parse_options=pyarrow.csv.ParseOptions(ignore_empty_lines=False, invalid_row_handler=leave),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False
                ),
            )
            for batch in reader:
                yield batch, min(raw.tell() / size, 1.0)
    except OSError as error:
        raise FileError(f"{path}：无法读取：{os_reason(error)}") from error
    except pa.ArrowInvalid as error:
        raise FileError(f"{path}：不是完整的 CSV 表：{error}") from error


def _header(path: Path) -> list[str]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as lines:
            header = next(csv.reader(lines), [])
    except UnicodeDecodeError as error:
        raise FileError(f"{path}：应为 UTF-8 编码的 CSV") from error
    except (EOFError, zlib.error, gzip.BadGzipFile, csv.Error) as error:
        raise FileError(f"{path}：文件不完整或已损坏：{error}") from error
    except OSError as error:
        raise FileError(f"{path}：无法读取：{os_reason(error)}") from error
    if len(header) < 2:
        raise FileError(f"{path}：第一行应为表头，列之间用逗号分隔")
    twice = [name for name, count in Counter(header).items() if count > 1]
    if twice:
        raise FileError(f"{path}：列 {'、'.join(twice)} 不止一个")
    return header


def _names(path: Path, header: Sequence[str], report: Report, columns: Mapping[str, str]) -> dict[str, str]:
    """Our names with the columns of the file that carry them."""
    known = {name.strip().lower(): name for name in header}
    names = {ours: known[ours] for ours in (*IDENTIFYING, *ITEMS[report]) if ours in known}
    names |= {ours: known[theirs] for theirs, ours in ALIASES.items() if theirs in known and ours not in names}
    for called, theirs in columns.items():
        ours = ALIASES.get(called, called)
        if ours not in (*IDENTIFYING, *ITEMS[report]):
            raise FileError(f"--columns {called}={theirs}：没有 {called}；可用 {'、'.join((*TIMES, *ITEMS[report]))}")
        if theirs not in header:
            raise FileError(f"{path}：没有列 {theirs}（--columns {called}={theirs}）；有 {'、'.join(header)}")
        names[ours] = theirs
    if not any(name in names for name in TIMES):
        raise FileError(f"{path}：没有时间列；应有 {' 或 '.join(TIMES)}，或用 --columns date=列名 指明")
    if not any(name in names for name in ITEMS[report]):
        raise FileError(f"{path}：没有污染物浓度列；应有 {'、'.join(ITEMS[report])} 中的几列，或用 --columns 指明")
    return names


def _exchanged(
    table: pa.Table, names: Mapping[str, str], report: Report, columns: Mapping[str, str], found: Judged
) -> dict[str, str]:
    """The columns to read ozone from where the file has exchanged their names, as the national files did.

    The largest hour of the day so far cannot be below the current hour: where the column named for the current hour is
    the larger one more often than the smaller one, the two names stand for each other.
    """
    day, day8 = (next((c for c in table.column_names if c.strip().lower() == n), None) for n in ("o3_24h", "o3_8h_24h"))
    if report != "hour" or "o3" not in names or day is None or {"o3", "o3_8h"} & columns.keys():
        return {}
    current, largest = _numbers(table[names["o3"]])[0], _numbers(table[day])[0]
    above = pc.sum(pc.greater(current, largest)).as_py() or 0
    below = pc.sum(pc.less(current, largest)).as_py() or 0
    if above <= below:
        return {}
    found.assumptions.append(f"{above} 行的 o3 大于 o3_24h：两列的名称互换，当前小时的臭氧取自 o3_24h")
    return {"o3": day} | ({"o3_8h": day8} if day8 and "o3_8h" in names else {})


def _judge_batch(
    table: pa.Table,
    names: Mapping[str, str],
    report: Report,
    mode: Mode,
    backend: SQLBackend,
    zero: bool,
    found: Judged,
) -> pa.Table:
    identifying = [names[name] for name in IDENTIFYING if name in names]
    time = names[next(name for name in TIMES if name in names)]
    days = _days(table[time], report)
    found.bad_times += _name_rows(pc.is_null(days), table[time], time, found)
    columns: dict[str, pa.Array | pa.ChunkedArray] = {"row": pa.array(range(table.num_rows), pa.int64()), "day": days}
    for item in ITEMS[report]:
        if item in names:
            values, off, bad = _numbers(table[names[item]])
            found.bad_cells += _name_rows(bad, table[names[item]], names[item], found)
            if zero:
                values = pc.if_else(pc.equal(values, 0), None, values)
            columns[item] = pc.cast(pc.round(pc.multiply(values, 10**DIGITS)), pa.int64())
            columns[f"{item}_off"] = off
    found.rows += table.num_rows
    judged = _indices(pa.table(columns), report, mode, backend)
    kept = {name: table[name] for name in identifying}
    return pa.table(kept | {name: judged[name] for name in OUTPUT})


def _indices(items: pa.Table, report: Report, mode: Mode, backend: SQLBackend) -> pa.Table:
    """The results for every row of ``items`` in its order; a row without a day says so."""
    bounds = pc.min_max(items["day"]).as_py()
    if bounds["min"] is None:
        empty = {name: pa.nulls(items.num_rows, _TYPES.get(name, pa.int64())) for name in OUTPUT}
        return pa.table(empty | {"reason": pa.array(["无法识别时间"] * items.num_rows)})
    dated = items.filter(pc.is_valid(items["day"]))
    expression = air_quality_index(ibis.memtable(dated), report, mode, bounds["min"], bounds["max"])
    judged = fetched(backend, expression.select("row", *OUTPUT).order_by("row"))
    if judged.num_rows == items.num_rows:
        return judged
    undated = pa.table({"row": items["row"].filter(pc.is_null(items["day"]))})
    undated = undated.append_column("reason", pa.array(["无法识别时间"] * undated.num_rows))
    return pa.concat_tables([judged, undated], promote_options="permissive").sort_by("row")


_TYPES = {"primary": pa.string(), "category": pa.string(), "reason": pa.string()}


def _days(times: pa.ChunkedArray, report: Report) -> pa.Array:
    """The day (START side) of every label; null where it is no time. An hour's label is its end."""
    unique = {text: _day(text, report) for text in pc.unique(times).to_pylist()}
    encoded = times.combine_chunks().dictionary_encode()
    days = pa.array([unique[text] for text in encoded.dictionary.to_pylist()], pa.date32())
    return days.take(encoded.indices)


def _day(text: str, report: Report) -> date | None:
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in _parts(match))
    try:
        start = datetime(year, month, day)
    except ValueError:
        return None
    if report == "day":
        return start.date()
    if match[6] is None or (hour, minute, second) > (24, 0, 0) or minute > 59 or second > 59:
        return None
    label = start + timedelta(hours=hour, minutes=minute, seconds=second)
    return (label - timedelta(microseconds=1)).date()


def _parts(match: re.Match[str]) -> tuple[str | None, ...]:
    """Year, month, day, hour, minute, second: month and day stand in one of two pairs of groups."""
    year, month, day, month_, day_, *clock = match.groups()
    return (year, month or month_, day or day_, *clock)


def _numbers(cells: pa.ChunkedArray) -> tuple[pa.ChunkedArray, pa.ChunkedArray, pa.ChunkedArray]:
    """The values of text cells, which are marked as not monitored, and which are neither number nor missing."""
    text = pc.utf8_trim_whitespace(cells)
    off = pc.equal(text, NOT_MONITORED)
    missing = pc.or_(pc.is_in(text, pa.array(MISSING)), off)
    number = pc.match_substring_regex(text, r"^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,2})?$")
    values = pc.cast(pc.if_else(pc.and_(number, pc.invert(missing)), text, None), pa.float64())
    possible = pc.fill_null(pc.less(pc.abs(values), _LARGEST), False)
    bad = pc.invert(pc.or_(missing, possible))
    return pc.if_else(possible, values, None), off, bad


def _name_rows(bad: pa.ChunkedArray, cells: pa.ChunkedArray, column: str, found: Judged) -> list[str]:
    """Where the bad cells are and what they hold."""
    rows = pc.indices_nonzero(bad.combine_chunks() if isinstance(bad, pa.ChunkedArray) else bad).to_pylist()
    return [f"第 {_line(found.rows + row, found.skipped)} 行 {column}：{cells[row].as_py()!r}" for row in rows]


def _line(row: int, skipped: Sequence[int]) -> int:
    """The line of the file in which the row (from 0) stands, below the header and the lines left out.

    >>> _line(0, []), _line(1, [3, 5]), _line(2, [3, 5])
    (2, 4, 6)
    """
    line = row + 2
    for left in skipped:
        line += left <= line
    return line
