"""The index for tables that are in no lake: CSV files of station hours or city days as networks publish them.

A published result (AQI, primary pollutant, category, rank) is neither read nor copied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from bilan.errors import FileError
from bilan.evaluate.air.aqi import KINDS, RESULTS, Mode, Report, air_quality_index, report_items
from bilan.evaluate.air.cells import days, numbers, other_kind
from bilan.evaluate.air.csv_file import RECORD, CsvFile, Lines, csv_file
from bilan.evaluate.air.pollutants import DIGITS
from bilan.evaluate.engine import fetched
from bilan.policy.standards import regimes

if TYPE_CHECKING:
    from datetime import date

    from ibis.backends.sql import SQLBackend

IDENTIFYING = ("stationcode", "station", "area", "city", "positionname", "timepoint", "time", "ts", "date")
TIMES = ("timepoint", "time", "ts", "date")
ALIASES = {"pm25": "pm2_5", "pm2.5": "pm2_5", "pm25_24h": "pm2_5_24h", "pm2.5_24h": "pm2_5_24h", "o3_8h_max": "o3_8h"}
ITEMS: Mapping[Report, tuple[str, ...]] = {
    "hour": ("so2", "no2", "pm10", "pm2_5", "co", "o3", "pm10_24h", "pm2_5_24h", "o3_8h", "so2_24h"),
    "day": ("so2", "no2", "pm10", "pm2_5", "co", "o3_8h", "o3_1h"),
}
EXCHANGED: Mapping[str, str] = {"o3": "o3_24h", "o3_8h": "o3_8h_24h"}  # names that older national files exchange
OUTPUT = ("aqi", "primary", "category", *RESULTS[:6], "reason")


@dataclass
class Judged:
    """What became of a table: rows judged, lines, times and cells that are none, codes of missing data, assumptions."""

    rows: int = 0
    lines: Lines = field(default_factory=Lines)
    bad_times: list[str] = field(default_factory=list)
    bad_cells: list[str] = field(default_factory=list)
    coded: Counter[str] = field(default_factory=Counter)
    assumptions: list[str] = field(default_factory=list)

    @property
    def bad_rows(self) -> list[str]:
        """The lines with other cells than the header."""
        return self.lines.bad

    def assume(self, what: str) -> None:
        """Note an assumption, once."""
        if what not in self.assumptions:
            self.assumptions.append(what)


@dataclass(frozen=True)
class Question:
    """The file, the columns (positions) that carry our names, and how they are to be judged."""

    file: CsvFile
    names: Mapping[str, int]
    report: Report
    mode: Mode
    backend: SQLBackend
    zero_is_missing: bool

    @property
    def time(self) -> str:
        """Our name of the column with the times."""
        return next(name for name in TIMES if name in self.names)

    def column(self, name: str) -> str:
        """The column of the file as its header writes it."""
        return self.file.header[self.names[name]]

    def cells(self, table: pa.Table, name: str) -> pa.ChunkedArray:
        """The cells of our column ``name``."""
        return table[str(self.names[name])]


@dataclass(frozen=True)
class Exchange:
    """For which labels ozone stands under exchanged names: ``others`` are those that differ from the majority."""

    majority: bool
    others: pa.Array

    def of(self, labels: pa.ChunkedArray) -> pa.ChunkedArray:
        """Return for each label whether the names are exchanged."""
        return pc.xor(pc.is_in(pc.utf8_trim_whitespace(labels), self.others), self.majority)


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
    file = csv_file(path)
    question = Question(file, _names(file, report, columns or {}), report, mode, backend, zero)
    return found, _judge(question, _exchanged(question, columns or {}, found), progress, found)


def _judge(
    question: Question, exchange: Exchange | None, progress: Callable[[float], None] | None, found: Judged
) -> Iterator[pa.Table]:
    read = range(len(question.file.header))
    for table in question.file.batches(read, found.lines, progress):
        if not found.rows:
            _check_kind(question, table)
        yield _judge_batch(table, question, exchange, found)
    if not found.rows:
        raise FileError(f"{question.file.path}：只有表头，没有数据")
    if found.coded:
        places = "、".join(f"{column} {count} 处" for column, count in found.coded.items())
        found.assume(f"-99、-999、-9999 是缺测的代码，按缺测处理：{places}")


def _names(file: CsvFile, report: Report, columns: Mapping[str, str]) -> dict[str, int]:
    """Our names with the columns (positions) of the file that carry them; other columns may be named as they like."""
    ours = (*IDENTIFYING, *ITEMS[report])
    wanted = (*ours, *(EXCHANGED.values() if report == "hour" else ()))
    carriers: dict[str, list[int]] = {}
    for position, column in enumerate(file.header):
        name = ALIASES.get(column.lower(), column.lower())
        if name in wanted:
            carriers.setdefault(name, []).append(position)
    for called, theirs in columns.items():
        name = ALIASES.get(called, called)
        if name not in ours:
            raise FileError(f"--columns {called}={theirs}：没有 {called}；可用 {'、'.join((*TIMES, *ITEMS[report]))}")
        carriers[name] = [position for position, column in enumerate(file.header) if column == theirs]
        if not carriers[name]:
            raise FileError(f"{file.path}：没有列 {theirs}（--columns {called}={theirs}）；有 {'、'.join(file.header)}")
    for name, positions in carriers.items():
        if len(positions) > 1:
            listed = "、".join(f"{file.header[position]}（第 {position + 1} 列）" for position in positions)
            raise FileError(f"{file.path}：列 {listed} 都是 {name}，只能有一个")
    if not any(name in carriers for name in TIMES):
        raise FileError(f"{file.path}：没有时间列；应有 {' 或 '.join(TIMES)}，或用 --columns date=列名 指明")
    if not any(name in carriers for name in ITEMS[report]):
        listed = "、".join(ITEMS[report])
        raise FileError(f"{file.path}：没有污染物浓度列；应有 {listed} 中的几列，或用 --columns 指明")
    return {name: positions[0] for name, positions in carriers.items()}


def _check_kind(question: Question, table: pa.Table) -> None:
    """Refuse a table whose first labels say that its rows are of the other kind."""
    counts = pc.value_counts(question.cells(table, question.time)).to_pylist()
    found = other_kind([(entry["values"], entry["counts"]) for entry in counts], question.report)
    if found is None:
        return
    kind, label = found
    why = "只有日期" if kind == "day" else "带有 00:00 以外的钟点"
    raise FileError(
        f"{question.file.path}：列 {question.column(question.time)} 的时标多数{why}（如 {label.strip()}），"
        f"与 --kind {question.report} 不合；请用 --kind {kind}"
    )


def _exchanged(question: Question, columns: Mapping[str, str], found: Judged) -> Exchange | None:
    """For which labels the file has exchanged the names of ozone, as the national files did; read once beforehand.

    The largest hour of the day so far cannot be below the current hour: where the column named for the current hour is
    the larger one in more rows of a label than the smaller one, the two names stand for each other. A label whose rows
    do not tell follows the majority of the file. What is kept is a number for every label, not for every row.
    """
    names = question.names
    if question.report != "hour" or not {"o3", "o3_24h"} <= names.keys() or {"o3", "o3_8h"} & columns.keys():
        return None
    margins: Counter[str] = Counter()
    for table in question.file.batches([names[name] for name in (question.time, "o3", "o3_24h")], Lines()):
        current, largest = (numbers(question.cells(table, name)).values for name in ("o3", "o3_24h"))
        margin = pc.sign(pc.subtract(current, largest))
        labels = pc.utf8_trim_whitespace(question.cells(table, question.time))
        sums = pa.table({"label": labels, "margin": margin}).group_by("label").aggregate([("margin", "sum")])
        margins.update({row["label"]: int(row["margin_sum"] or 0) for row in sums.to_pylist()})
    majority = sum(margins.values()) > 0
    exchanged, kept = ([label for label, sum_ in margins.items() if sum_ * sign > 0] for sign in (1, -1))
    if not exchanged:
        return None
    theirs = f"{question.column('o3')} 大于 {question.column('o3_24h')}"
    mixed = f"；另有 {len(kept)} 个时标没有互换，看不出的时标随多数" if kept else ""
    found.assume(
        f"{len(exchanged)} 个时标的 {theirs}：两列的名称互换，当前小时的臭氧取自 {question.column('o3_24h')}{mixed}"
    )
    return Exchange(majority, pa.array(kept if majority else exchanged, pa.string()))


def _judge_batch(table: pa.Table, question: Question, exchange: Exchange | None, found: Judged) -> pa.Table:
    names = question.names
    times = question.cells(table, question.time)
    dates = days(times, question.report)
    found.bad_times += _places(pc.is_null(dates), times, question.column(question.time), table, found)
    swapped = None if exchange is None else exchange.of(times)
    columns: dict[str, pa.Array | pa.ChunkedArray] = {"row": pa.array(range(table.num_rows), pa.int64()), "day": dates}
    for item in ITEMS[question.report]:
        if item in names:
            columns |= _item(item, table, question, swapped, found)
    found.rows += table.num_rows
    _say_what_strict_lacks(question, dates, found)
    judged = _indices(pa.table(columns), question.report, question.mode, question.backend)
    kept = {question.column(n): pc.utf8_trim_whitespace(question.cells(table, n)) for n in IDENTIFYING if n in names}
    return pa.table(kept | {name: judged[name] for name in OUTPUT})


def _item(
    item: str, table: pa.Table, question: Question, swapped: pa.ChunkedArray | None, found: Judged
) -> dict[str, pa.ChunkedArray]:
    """The concentrations of ``item`` in steps and whether it is not monitored; bad cells are noted."""
    cells, column = question.cells(table, item), question.column(item)
    other = EXCHANGED.get(item, "")
    if swapped is not None and other in question.names:
        cells = pc.if_else(swapped, question.cells(table, other), cells)
        column = f"{column}/{question.column(other)}"
    read = numbers(cells)
    found.bad_cells += _places(read.bad, cells, column, table, found)
    if coded := pc.sum(read.coded).as_py():
        found.coded[column] += coded
    values = pc.if_else(pc.equal(read.values, 0), None, read.values) if question.zero_is_missing else read.values
    return {item: pc.cast(pc.round(pc.multiply(values, 10**DIGITS)), pa.int64()), f"{item}_off": read.off}


def _say_what_strict_lacks(question: Question, dates: pa.Array, found: Judged) -> None:
    """Note the columns that the text asks for and the file has not, where the feed does without them."""
    bounds: dict[str, date] = pc.min_max(dates).as_py()
    if question.mode != "strict" or bounds["min"] is None:
        return
    for regime in regimes(KINDS, bounds["min"], bounds["max"]):
        feed = {item.name for item in report_items(regime, question.report, "published")}
        lacking = [
            item.name
            for item in report_items(regime, question.report, "strict")
            if item.missing in ("withhold", "ignore") and item.name not in {*question.names, *feed}
        ]
        if lacking:
            standard = regime.tables["air.report"].standard
            found.assume(
                f"表里没有列 {'、'.join(lacking)}：{standard} 的文本用这几项，有关的行按缺项评价；"
                f"全国发布不用这几项，照其做法请用 --mode as-published"
            )


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


def _places(
    bad: pa.Array | pa.ChunkedArray, cells: pa.ChunkedArray, column: str, table: pa.Table, found: Judged
) -> list[str]:
    """Where the bad cells are and what they hold."""
    rows = pc.indices_nonzero(bad.combine_chunks() if isinstance(bad, pa.ChunkedArray) else bad)
    records = table[RECORD]
    return [
        f"第 {found.lines.of(records[row].as_py())} 行 {column}：{cells[row].as_py()!r}" for row in rows.to_pylist()
    ]
