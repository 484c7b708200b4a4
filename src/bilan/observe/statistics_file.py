"""Tables of reported statistics: their sheets, their headings in either language, and the rows with their places."""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bilan.errors import FileError
from bilan.observe.importers.base import FormatError
from bilan.observe.importers.sources import (
    MAX_WORKBOOK,
    MAX_WORKBOOK_FILE,
    Layout,
    Part,
    Reject,
    Source,
    open_source,
)

# For each field how columns are headed. Several columns of one field (code and name) must mean the same.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "indicator": ("指标", "指标名称", "指标代码", "指标编码", "indicator", "indicator_code", "indicator_name", "code"),
    "region": (
        "地区",
        "行政区",
        "行政区划",
        "地区名称",
        "地区代码",
        "行政区划代码",
        "region",
        "region_id",
        "region_name",
    ),
    "period": ("期间", "时期", "报告期", "统计期", "年份", "年度", "时间", "period", "year"),
    "value": ("数值", "值", "指标值", "统计值", "value"),
    "unit": ("单位", "计量单位", "unit"),
    "source": ("来源", "数据来源", "资料来源", "source"),
    "status": ("状态", "数据状态", "数据性质", "初步/最终", "初步或最终", "status"),
    "reported_by": ("填报单位", "报送单位", "上报单位", "填报部门", "报送部门", "填报人", "reported_by"),
    "reported_on": ("填报日期", "报送日期", "上报日期", "发布日期", "reported_on"),
    "note": ("备注", "说明", "note"),
}
REQUIRED = ("indicator", "region", "period", "value", "unit", "source", "status", "reported_by")
_TITLE_LINES = 4  # a title, a period, a unit may stand above the headings
_FIELDS = {heading: name for name, headings in HEADINGS.items() for heading in headings}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: for each field the columns that have it, as they are headed in the file, with their texts.

    ``percent``: the spreadsheet shows the value as per cent, so that a person sees 95.3% where 0.953 is kept.
    """

    line: int
    sheet: str
    cells: Mapping[str, tuple[tuple[str, str], ...]]
    percent: bool = False


@dataclass(slots=True)
class Rows:
    """Some rows of a file, what of it cannot be told apart into cells, and the share of the file that was read."""

    rows: list[Row] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    done: float = 0.0


class StatisticsFile:
    """A CSV, XLSX or Parquet file of reported statistics, every sheet of it that has the headings.

    Raises FileError where it cannot be read, FormatError where no sheet has the headings.
    """

    name = "statistics"
    title = "统计报送数：指标、地区、期间、数值、单位、来源、初步或最终、填报单位；填报日期、备注可有可无"
    required = tuple(HEADINGS[name][0] for name in REQUIRED)

    def __init__(self, path: Path) -> None:
        self.path = path
        sheets = _sheets(path)
        self.binary = bool(sheets)
        tables = {sheet: _opened(path, sheet) for sheet, filled in (sheets or {"": True}).items() if filled}
        self._sources = {sheet: source for sheet, source in tables.items() if not _absent(source)}
        if not self._sources:
            raise FormatError(self._wanted(next(iter(tables.values()), None)))
        self.sha256 = next(iter(self._sources.values())).sha256
        left = [sheet for sheet in sheets if sheet not in self._sources]
        self.assumptions = tuple(f"工作表“{sheet}”没有统计报送数的表头，不读" for sheet in left)

    def __iter__(self) -> Iterator[Rows]:
        """Yield the rows of each sheet, part by part."""
        for number, (sheet, source) in enumerate(self._sources.items()):
            columns = _columns(source)
            percent = _percent_lines(self.path, sheet, source.columns) if self.binary else frozenset()
            for part in source.parts():
                done = (number + part.done) / len(self._sources)
                yield Rows(list(_rows(part, columns, sheet, percent)), [placed(r, sheet) for r in part.rejects], done)

    def _wanted(self, source: Source | None) -> str:
        absent = _absent(source) if source else list(self.required)
        there = "、".join(source.columns[:12]) if source else "空表"
        return (
            f"{self.path}：不是 statistics 格式：缺少列 {'、'.join(absent)}（应有 {'、'.join(self.required)}，"
            f"或 {'、'.join(REQUIRED)}；文件里是 {there}）"
        )


def placed(reject: Reject, sheet: str) -> Reject:
    """Return ``reject`` with the name of its sheet in the reason, where there are sheets.

    >>> placed(Reject(3, "数值", "x", "不是数"), "2025").reason
    '工作表“2025”：不是数'
    """
    said = f"工作表“{sheet}”：{reject.reason}" if sheet else reject.reason
    return Reject(reject.line, reject.column, reject.value, said)


def _columns(source: Source) -> dict[str, str]:
    """The field of each column that has one."""
    return {column: name for column in source.columns if (name := _FIELDS.get(_plain(column)))}


def _absent(source: Source) -> list[str]:
    there = set(_columns(source).values())
    return [HEADINGS[name][0] for name in REQUIRED if name not in there]


def _plain(heading: str) -> str:
    return "".join(unicodedata.normalize("NFKC", heading).split()).casefold()


def _rows(part: Part, columns: Mapping[str, str], sheet: str, percent: frozenset[int]) -> Iterator[Row]:
    texts = {column: part[column].to_pylist() for column in columns}
    for number, line in enumerate(part.lines.to_pylist()):
        cells: dict[str, tuple[tuple[str, str], ...]] = {}
        for column, name in columns.items():
            cells[name] = (*cells.get(name, ()), (column, texts[column][number].strip()))
        yield Row(line, sheet, cells, line in percent)


def _sheets(path: Path) -> dict[str, bool]:
    """The sheets of a workbook in their order, and whether there is anything on them; none where it is no workbook.

    Raises FileError where the workbook is damaged or too large.
    """
    if not path.is_file() or not zipfile.is_zipfile(path):
        return {}
    import openpyxl

    with zipfile.ZipFile(path) as archive:
        unpacked = sum(item.file_size for item in archive.infolist())
    if unpacked > MAX_WORKBOOK or path.stat().st_size > MAX_WORKBOOK_FILE:
        raise FileError(f"{path}：工作簿过大，请另存为 csv")
    try:
        book = openpyxl.load_workbook(path, read_only=True)
        try:
            return {sheet.title: next(sheet.iter_rows(values_only=True), None) is not None for sheet in book.worksheets}
        finally:
            book.close()
    except Exception as error:  # whatever the library lets through of a damaged file
        raise FileError(f"{path}：不是完好的 xlsx 文件：{error}") from error


def _opened(path: Path, sheet: str) -> Source:
    """The table below the headings, above which a title may stand; where there are none, from its first row.

    Raises FileError where it cannot be read.
    """
    first = open_source(path, Layout(sheet=sheet or None))
    for header in range(2, _TITLE_LINES + 2):
        if not _absent(first):
            break
        try:
            below = open_source(path, Layout(sheet=sheet or None, header=header))
        except FileError:  # shorter than that
            break
        if not _absent(below):
            return below
    return first


def _percent_lines(path: Path, sheet: str, columns: tuple[str, ...]) -> frozenset[int]:
    """The lines of ``sheet`` whose value is a number that is shown as per cent."""
    import openpyxl

    at = [number for number, column in enumerate(columns) if _FIELDS.get(_plain(column)) == "value"]
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        return frozenset(
            line
            for line, row in enumerate(book[sheet].iter_rows(), 1)
            for cell in (row[number] for number in at if number < len(row))
            if isinstance(cell.value, int | float) and "%" in str(cell.number_format)
        )
    finally:
        book.close()
