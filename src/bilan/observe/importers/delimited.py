"""CSV and its kin, plain or gzipped, in UTF-8, UTF-16 or GB 18030, with the line of every row.

Blocks without a quotation mark, nearly all of them, go through Arrow's reader. A block with one is read record by
record, so that a quotation mark that is never closed costs one line and not the rest of the file.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from bilan.errors import FileError
from bilan.observe.importers.cells import UNDECODED
from bilan.observe.importers.sources import Layout, Part, Reject, Source, shown, unique

BLOCK = 2 << 20  # characters
MAX_LINE = 1 << 20  # characters of one line or one quoted record; a row of a station has a few hundred
MAX_RECORD_LINES = 200
MAX_UNPACKED = 64 << 30  # bytes
_HEAD = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = ",\t;|"


class DelimitedSource(Source):
    """A text file of rows and cells; encoding and delimiter are found when ``layout`` does not say them."""

    def __init__(self, path: Path, layout: Layout) -> None:
        super().__init__(path)
        head = self._head()
        if b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise FileError(f"{path}：不是文本文件（应为 csv、csv.gz、xlsx 或 parquet）")
        self.encoding = layout.encoding or self._encoding(head)
        self.header = layout.header
        try:
            codecs.lookup(self.encoding)
        except LookupError as error:
            raise FileError(f"{path}：不认识的编码 {self.encoding}") from error
        with self._lines() as lines:
            for _ in range(self.header - 1):
                lines.next_line()
            first = lines.next_line()
            if first is None:
                raise FileError(f"{path}：第 {self.header} 行没有表头")
            self.delimiter = layout.delimiter or max(_DELIMITERS, key=first.count)
            lines.push_back(first)
            _, names = self._record(lines)
            if isinstance(names, Reject):
                raise FileError(f"{path}：第 {self.header} 行（表头）：{names.reason}")
            self.columns = unique(names)
            self.above = lines.line - 1  # lines; a quoted name may hold several

    def digest(self) -> str:
        """The SHA-256 of the unpacked bytes: packed or not, the file is the same. A damaged one is known as it lies."""
        found = hashlib.sha256()
        try:
            with _unpacking(str(self.path)), self._bytes() as (stream, _):
                while block := stream.read(BLOCK):
                    found.update(block)
        except FileError:
            return super().digest()
        return found.hexdigest()

    def _head(self) -> bytes:
        with _unpacking(str(self.path)), self._bytes() as (stream, _):
            return stream.read(_HEAD)

    def _bytes(self) -> _Bytes:
        return _Bytes(self.path)

    def _lines(self) -> _Lines:
        return _Lines(self.path, self.encoding)

    def _encoding(self, head: bytes) -> str:
        """The encoding: by its mark; UTF-8 where the whole file is; else whichever leaves less that is no text."""
        for mark, name in _MARKS:
            if head.startswith(mark):
                return name
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        wrong = signs = 0
        with _unpacking(str(self.path)), self._bytes() as (stream, _):
            while block := stream.read(BLOCK):
                if block.isascii():
                    continue
                text = decoder.decode(block)
                wrong += text.count(UNDECODED)
                signs += len(text) - len(text.encode("ascii", "ignore"))
        # Chinese in GB 18030 is hardly ever UTF-8 by chance; a broken byte in UTF-8 leaves its neighbours whole.
        return "gb18030" if wrong * 3 > signs else "utf-8"

    def parts(self) -> Iterator[Part]:
        """Yield a part for each block of lines.

        Raises FileError where the compressed stream breaks off.
        """
        with self._lines() as lines:
            for _ in range(self.above):
                lines.next_line()
            while (block := lines.next_block()) is not None:
                start, text = block
                if '"' in text:
                    lines.push_back(text)
                    yield self._by_record(lines, len(text))
                else:
                    yield self._by_arrow(start, text, lines.done)

    def _by_arrow(self, start: int, text: str, done: float) -> Part:
        rejects: list[Reject] = []
        refused: list[int] = []

        def refuse(row: arrow_csv.InvalidRow) -> str:
            refused.append(row.number - 1)
            rejects.append(self._wrong_width(start + row.number - 1, row.text, row.actual_columns))
            return "skip"

        encoded = text.encode("utf-8", "replace")
        table = arrow_csv.read_csv(
            io.BytesIO(encoded),
            read_options=arrow_csv.ReadOptions(
                column_names=list(self.columns), use_threads=False, block_size=len(encoded) + 64
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.delimiter, quote_char=False, ignore_empty_lines=False, invalid_row_handler=refuse
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in self.columns}, strings_can_be_null=False, null_values=[]
            ),
        )
        numbered = np.delete(np.arange(table.num_rows + len(refused)), refused)
        lines = pa.array(start + numbered)
        return _without_blank(Part(table, lines, self.sha256, done, rejects))

    def _by_record(self, lines: _Lines, size: int) -> Part:
        """The records that begin within the next ``size`` characters."""
        width = len(self.columns)
        rows: list[list[str]] = []
        places: list[int] = []
        rejects: list[Reject] = []
        until = lines.taken + size
        while lines.taken < until:
            start, record = self._record(lines)
            if isinstance(record, Reject):
                rejects.append(record)
            elif len(record) == width:
                rows.append(record)
                places.append(start)
            elif any(record):
                rejects.append(self._wrong_width(start, self.delimiter.join(record), len(record)))
        columns = list(zip(*rows, strict=True)) or [()] * width
        cells = pa.table([pa.array(column, pa.string()) for column in columns], names=list(self.columns))
        return _without_blank(Part(cells, pa.array(places, pa.int64()), self.sha256, lines.done, rejects))

    def _record(self, lines: _Lines) -> tuple[int, list[str] | Reject]:
        """The next record and the line where it begins.

        A record over several lines that is not closed, or has the wrong number of cells, is taken for a stray quotation
        mark: its first line is refused and the others are read again.
        """
        start = lines.line
        used: list[str] = []

        def feed() -> Iterator[str]:
            while len(used) < MAX_RECORD_LINES and (line := lines.next_line()) is not None:
                used.append(line)
                yield line

        reader = csv.reader(feed(), delimiter=self.delimiter, strict=True)
        try:
            record = next(reader)
        except StopIteration:
            return start, []
        except csv.Error:
            record = None
        if record is not None and (len(used) == 1 or len(record) == (len(self.columns) or len(record))):
            return start, record
        lines.push_back("".join(used[1:]))
        first = used[0].rstrip("\n")
        return start, Reject(start, "", shown(first), "引号不成对，或后面多出字")

    def _wrong_width(self, line: int, text: str, width: int) -> Reject:
        return Reject(line, "", shown(text), f"应有 {len(self.columns)} 列，实有 {width} 列")


def _without_blank(part: Part) -> Part:
    """The part without rows that have no cell filled: blank lines and rows of bare delimiters."""
    first = part.cells.column(0)
    if not pc.any(pc.equal(first, "")).as_py():
        return part
    filled = pc.not_equal(first, "")
    for column in part.cells.columns[1:]:
        filled = pc.or_(filled, pc.not_equal(column, ""))
    filled = pa.chunked_array(filled).combine_chunks() if isinstance(filled, pa.ChunkedArray) else filled
    kept = part.filter(filled)
    kept.rejects = part.rejects
    return kept


@contextmanager
def _unpacking(place: str) -> Iterator[None]:
    """Within the block, what a damaged gzip file raises becomes a FileError that names ``place``."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileError(f"{place}：压缩文件已损坏：{error}") from error


class _Bytes:
    """The unpacked bytes of a file, and the file below them, whose position tells how much was read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> tuple[BinaryIO, BinaryIO]:
        self.raw = self.path.open("rb")
        packed = self.raw.read(2) == b"\x1f\x8b"
        self.raw.seek(0)
        self.stream: BinaryIO = cast(BinaryIO, gzip.GzipFile(fileobj=self.raw)) if packed else self.raw
        return self.stream, self.raw

    def __exit__(self, *_: object) -> None:
        self.stream.close()
        self.raw.close()


class _Lines:
    """Lines of a file, one by one or many at once, with their numbers; what was taken can be given back."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.path, self.encoding = path, encoding
        self.line = 1  # of the next character
        self.taken = 0  # characters given out and not taken back
        self.buffer = ""
        self.at = 0

    def __enter__(self) -> _Lines:
        self.bytes = _Bytes(self.path)
        stream, self.raw = self.bytes.__enter__()
        self.size = self.path.stat().st_size
        # Universal newlines: whatever ends a line in the file, it ends in \n here.
        self.text: IO[str] = io.TextIOWrapper(stream, encoding=self.encoding, errors="replace", newline=None)
        self.read = 0
        return self

    def __exit__(self, *_: object) -> None:
        self.text.close()
        self.bytes.__exit__()

    @property
    def done(self) -> float:
        return min(1.0, self.raw.tell() / self.size) if self.size else 1.0

    def _fill(self) -> bool:
        """Append to the buffer; False at the end of the file."""
        with _unpacking(f"{self.path}：第 {self.line} 行之后"):
            more = self.text.read(BLOCK)
        self.read += len(more)
        if self.read > MAX_UNPACKED:
            raise FileError(f"{self.path}：解压后超过 {MAX_UNPACKED >> 30} GiB，请分成几个文件")
        self.buffer = self.buffer[self.at :] + more
        self.at = 0
        return bool(more)

    def _give(self, end: int) -> str:
        given = self.buffer[self.at : end]
        self.at = end
        self.taken += len(given)
        self.line += given.count("\n")
        return given

    def next_line(self) -> str | None:
        """The next line with its newline, or None at the end; FileError for a line longer than any row."""
        while (end := self.buffer.find("\n", self.at)) < 0:
            if len(self.buffer) - self.at > MAX_LINE:
                raise FileError(f"{self.path}：第 {self.line} 行超过 {MAX_LINE} 个字符，不像表格")
            if not self._fill():
                return self._give(len(self.buffer)) or None
        return self._give(end + 1)

    def next_block(self) -> tuple[int, str] | None:
        """The number of the next line and several whole lines from it, or None at the end."""
        if self.buffer.find("\n", self.at) < 0 or len(self.buffer) - self.at < BLOCK // 2:
            self._fill()
        end = self.buffer.rfind("\n", self.at) + 1
        start = self.line
        text = self._give(end) if end > self.at else self.next_line()
        return (start, text) if text else None

    def push_back(self, text: str) -> None:
        """Take back ``text``, which was given out last."""
        if self.at >= len(text):
            self.at -= len(text)
        else:  # the buffer was filled up meanwhile and has dropped what was given out
            self.buffer, self.at = text + self.buffer[self.at :], 0
        self.taken -= len(text)
        self.line -= text.count("\n")
