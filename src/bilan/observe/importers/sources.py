"""Files of every kind as tables of text, part by part, each row with its place in the file."""

from __future__ import annotations

import hashlib
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bilan.errors import FileError, os_reason

PART_ROWS = 20_000
MAX_BYTES = 8 << 30  # of a file as it lies on the disk; what grows when unpacked has limits of its own
MAX_WORKBOOK = 2 << 30  # bytes of a workbook, unpacked
MAX_WORKBOOK_FILE = 256 << 20
_SHOWN = 200  # characters of a refused text that are kept


@dataclass(frozen=True, slots=True)
class Reject:
    """A cell, or with an empty ``column`` a row, that was not taken: ``line`` of the file, its text, and why."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(slots=True)
class Part:
    """Some rows of a file: every cell text, ``lines`` where each row begins, ``done`` the share of the file read.

    ``called`` gives the file's own name of a column where an importer goes by another.
    """

    cells: pa.Table
    lines: pa.Array
    sha256: str
    done: float
    rejects: list[Reject] = field(default_factory=list)
    called: Mapping[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The rows that were read, without those that have no cell filled."""
        return int(self.cells.num_rows)

    def __getitem__(self, column: str) -> pa.Array:
        """The column ``column`` as one array of text."""
        cells = self.cells[column]
        return cells.combine_chunks() if cells.num_chunks != 1 else cells.chunk(0)

    def filter(self, mask: pa.Array) -> Part:
        """The rows where ``mask`` is true."""
        return Part(self.cells.filter(mask), self.lines.filter(mask), self.sha256, self.done, called=self.called)

    def renamed(self, names: Mapping[str, str]) -> Part:
        """The same rows with columns called by ``names`` (the file's name: ours), the others as before."""
        cells = self.cells.rename_columns([names.get(name, name) for name in self.cells.column_names])
        return Part(cells, self.lines, self.sha256, self.done, self.rejects, {ours: its for its, ours in names.items()})


class Source(ABC):
    """A file with a header row: its columns, and its rows as often as they are asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.columns: tuple[str, ...] = ()
        self.sha256 = ""

    @abstractmethod
    def parts(self) -> Iterator[Part]:
        """Yield the rows from the first to the last, at most :data:`PART_ROWS` or so at a time."""

    def digest(self) -> str:
        """The SHA-256 of what the file holds, by which its rows are known again."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def renaming(self, names: Mapping[str, str]) -> Source:
        """The same file with columns called by ``names`` (the file's name: ours)."""
        return _Renamed(self, names)


class _Renamed(Source):
    def __init__(self, inner: Source, names: Mapping[str, str]) -> None:
        super().__init__(inner.path)
        self.inner, self.names, self.sha256 = inner, names, inner.sha256
        self.columns = tuple(names.get(name, name) for name in inner.columns)

    def parts(self) -> Iterator[Part]:
        for part in self.inner.parts():
            yield part.renamed(self.names)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out where it does not say so itself."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header: int = 1


def open_source(path: Path, layout: Layout | None = None) -> Source:
    """Return the file at ``path`` as a table; what it is, its first bytes say.

    Raises FileError where there is no such file, it cannot be read, is too large, or is no table at all.
    """
    from bilan.observe.importers.delimited import DelimitedSource

    layout = layout or Layout()
    if path.is_dir():
        raise FileError(f"{path}：是文件夹，不是文件")
    if not path.is_file():
        raise FileError(f"{path}：没有这个文件")
    try:
        with path.open("rb") as file:
            head = file.read(8)
        size = path.stat().st_size
        if not head:
            raise FileError(f"{path}：是空文件")
        if size > MAX_BYTES:
            raise FileError(f"{path}：{size >> 20} MiB，超过上限 {MAX_BYTES >> 20} MiB，请分成几个文件")
        kind: Callable[[Path, Layout], Source] = DelimitedSource
        if head.startswith(b"PK\x03\x04"):
            kind = WorkbookSource
        elif head.startswith(b"PAR1"):
            kind = ParquetSource
        elif head.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
            raise FileError(f"{path}：是旧式 xls 或 pdf，请另存为 xlsx 或 csv")
        source = kind(path, layout)
        source.sha256 = source.digest()
    except OSError as error:
        raise FileError(f"{path}：无法读取：{os_reason(error)}") from error
    return source


def unique(names: list[str]) -> tuple[str, ...]:
    """Return the names of a header, trimmed; the second of one name is called ``name (2)``, a nameless one ``第3列``.

    >>> unique(["ts", " co", "co", ""])
    ('ts', 'co', 'co (2)', '第4列')
    """
    seen: dict[str, int] = {}
    made = []
    for number, raw in enumerate(names, 1):
        name = " ".join(raw.replace("\ufeff", "").split()) or f"第{number}列"
        seen[name] = seen.get(name, 0) + 1
        made.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(made)


def shown(text: str) -> str:
    """Return ``text`` short enough to be kept beside the reason why it was refused."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


class ParquetSource(Source):
    """A Parquet file; a row's line is its number, from 1."""

    def __init__(self, path: Path, layout: Layout) -> None:
        import pyarrow.parquet as pq

        super().__init__(path)
        try:
            self.file = pq.ParquetFile(path)
        except pa.ArrowInvalid as error:
            raise FileError(f"{path}：不是完好的 Parquet 文件：{error}") from error
        self.columns = unique(self.file.schema_arrow.names)

    def parts(self) -> Iterator[Part]:
        """Yield batches of rows, every column as the text that a CSV file would hold."""
        total, read = max(self.file.metadata.num_rows, 1), 0
        try:
            for batch in self.file.iter_batches(PART_ROWS):
                lines = pa.array(np.arange(read + 1, read + 1 + batch.num_rows))
                read += batch.num_rows
                cells = pa.table([_as_text(column) for column in batch.columns], names=list(self.columns))
                yield Part(cells, lines, self.sha256, read / total)
        except (pa.ArrowInvalid, OSError) as error:
            raise FileError(f"{self.path}：第 {read + 1} 行之后读不出来：{error}") from error


def _as_text(column: pa.Array) -> pa.Array:
    """The column as text; bytes that are none become marks, as in a file of text."""
    try:
        text = column.cast(pa.string())
        text.validate(full=True)  # strings that a writer has not checked
        return pc.fill_null(text, "")
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        plain = column.cast(pa.binary()) if pa.types.is_string(column.type) else column
        return pa.array([_decoded(value) for value in plain.to_pylist()], pa.string())


def _decoded(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)


class WorkbookSource(Source):
    """One sheet of an xlsx workbook, its cells as the text that a person sees, dates as year-month-day hour:minute."""

    def __init__(self, path: Path, layout: Layout) -> None:
        super().__init__(path)
        self.layout = layout
        self._refuse_huge()
        with self._sheet() as (rows, _):
            names = next(islice(rows, layout.header - 1, layout.header), None)
            if names is None:
                raise FileError(f"{path}：第 {layout.header} 行没有表头")
            last = max((number for number, cell in enumerate(names, 1) if cell is not None), default=0)
            self.columns = unique([_cell_text(cell) for cell in names[:last]])

    def _refuse_huge(self) -> None:
        try:
            with zipfile.ZipFile(self.path) as archive:
                unpacked = sum(item.file_size for item in archive.infolist())
        except zipfile.BadZipFile as error:
            raise FileError(f"{self.path}：不是完好的 xlsx 文件") from error
        if unpacked > MAX_WORKBOOK or self.path.stat().st_size > MAX_WORKBOOK_FILE:
            raise FileError(f"{self.path}：工作簿过大，请另存为 csv")

    def _sheet(self) -> _Sheet:
        return _Sheet(self.path, self.layout.sheet)

    def parts(self) -> Iterator[Part]:
        """Yield rows with at least one filled cell; cells beyond the header are an error of their row."""
        with self._sheet() as (rows, height):
            numbered = islice(enumerate(rows, 1), self.layout.header, None)
            while (part := self._part(numbered, height)) is not None:
                yield part

    def _part(self, numbered: Iterator[tuple[int, tuple[Any, ...]]], height: int | None) -> Part | None:
        """The next rows, or None at the end; each is cut to the header's width as it comes: sheets can be very wide."""
        width = len(self.columns)
        texts: list[list[str]] = []
        lines: list[int] = []
        rejects: list[Reject] = []
        line = 0
        for line, row in islice(numbered, PART_ROWS):
            cells = [_cell_text(cell) for cell in row]
            if any(cells[width:]):
                rejects.append(Reject(line, "", shown("\t".join(cells).rstrip()), f"多于 {width} 列"))
            elif any(cells):
                texts.append((cells + [""] * width)[:width])
                lines.append(line)
        if not line:
            return None
        columns = list(zip(*texts, strict=True)) or [()] * width
        table = pa.table([pa.array(column, pa.string()) for column in columns], names=list(self.columns))
        done = min(1.0, line / height) if height else 0.5
        return Part(table, pa.array(lines, pa.int64()), self.sha256, done, rejects)


class _Sheet:
    """The rows of a sheet and how many there are, for the length of a ``with`` block."""

    def __init__(self, path: Path, name: str | None) -> None:
        self.path, self.name = path, name

    def __enter__(self) -> tuple[Iterator[tuple[Any, ...]], int | None]:
        import openpyxl

        with self._intact():
            self.book = openpyxl.load_workbook(self.path, read_only=True, data_only=True)
        names = [sheet.title for sheet in self.book.worksheets]
        if not names or self.name not in (None, *names):
            raise FileError(f"{self.path}：没有工作表“{self.name or ''}”，有 {'、'.join(names)}")
        sheet = self.book.worksheets[names.index(self.name) if self.name is not None else 0]
        with self._intact():
            return self._rows(sheet.iter_rows(values_only=True)), sheet.max_row

    def _rows(self, rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        while True:
            with self._intact():
                row = next(rows, None)
            if row is None:
                return
            yield row

    @contextmanager
    def _intact(self) -> Iterator[None]:
        """Within the block, what the library lets through of a damaged file becomes a FileError."""
        try:
            yield
        except Exception as error:
            raise FileError(f"{self.path}：不是完好的 xlsx 文件：{error}") from error

    def __exit__(self, *_: object) -> None:
        self.book.close()


def _cell_text(value: Any) -> str:  # noqa: PLR0911  one line a kind of cell
    """The text of a cell: whole numbers without a point, dates as ISO, a time span as hours:minutes:seconds."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):  # a serial number is a float: the hour may be off by microseconds
        return (value + timedelta(microseconds=500_000)).replace(microsecond=0).isoformat(sep=" ")
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
