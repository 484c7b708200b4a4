"""A CSV file as networks publish them: packed or not, UTF-8 or GB 18030, its cells as text in batches."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from bilan.errors import FileError, os_reason
from bilan.evaluate.text_file import encoding_of, is_packed, unpacked

RECORD = "record"  # the column that counts the records of the file, from 0
BLOCK = 32 << 20  # bytes of CSV read at once
_ARROW = {"utf-8-sig": "utf8"}  # what its reader takes without decoding
_BLANK = ' ,\t"\r\n\u3000'


@dataclass
class Lines:
    """The lines of a file that are no rows, and what is wrong with those that are not blank."""

    skipped: list[int] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)

    def of(self, record: int) -> int:
        """Return the line of the file in which a record (from 0) stands, below the header and the lines left out.

        >>> Lines().of(0), Lines([3, 5]).of(1), Lines([3, 5]).of(2)
        (2, 4, 6)
        """
        line = record + 2
        for left in self.skipped:
            line += left <= line
        return line

    def leave(self, row: pyarrow.csv.InvalidRow) -> str:
        """Note a line with other cells than the header, which is left out."""
        self.skipped.append(row.number)
        if row.text.strip(_BLANK):
            self.bad.append(f"第 {row.number} 行：应有 {row.expected_columns} 格，实有 {row.actual_columns} 格")
        return "skip"


@dataclass(frozen=True)
class CsvFile:
    """The file at ``path``: whether it is ``packed`` by gzip, its encoding, and its header without spaces around."""

    path: Path
    packed: bool
    encoding: str
    header: tuple[str, ...]

    def batches(
        self, columns: Sequence[int], lines: Lines, progress: Callable[[float], None] | None = None
    ) -> Iterator[pa.Table]:
        """Yield the cells of the ``columns`` (positions) as text, named by their position, and ``record``.

        A record whose cells in them are all blank is left out. ``progress`` is told the share of the file read so far
        when the next batch is asked for. Raises :class:`FileError` when the file is damaged.
        """
        try:
            with self.path.open("rb") as raw:
                yield from self._batches(raw, [str(column) for column in columns], lines, progress)
        except UnicodeDecodeError as error:
            raise FileError(f"{self.path}：既不是 UTF-8 也不是 GB 18030 编码") from error
        except OSError as error:
            raise FileError(f"{self.path}：无法读取：{os_reason(error)}") from error
        except pa.ArrowInvalid as error:
            what = "既不是 UTF-8 也不是 GB 18030 编码" if "UTF8" in str(error) else f"不是完整的 CSV 表：{error}"
            raise FileError(f"{self.path}：{what}") from error

    def _batches(
        self, raw: IO[bytes], columns: list[str], lines: Lines, progress: Callable[[float], None] | None
    ) -> Iterator[pa.Table]:
        size = max(self.path.stat().st_size, 1)
        names = [str(position) for position in range(len(self.header))]
        reader = pyarrow.csv.open_csv(
            pa.CompressedInputStream(raw, "gzip") if self.packed else raw,
            read_options=pyarrow.csv.ReadOptions(
                block_size=BLOCK,
                use_threads=False,
                column_names=names,
                skip_rows_after_names=1,
                encoding=_ARROW.get(self.encoding, self.encoding),
            ),
            parse_options=pyarrow.csv.ParseOptions(ignore_empty_lines=False, invalid_row_handler=lines.leave),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=columns, column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
        read = 0
        for batch in reader:
            records = pa.array(range(read, read + batch.num_rows), pa.int64())
            read += batch.num_rows
            table = _without_blank(pa.Table.from_batches([batch]).append_column(RECORD, records))
            if table.num_rows:
                yield table
            if progress:
                progress(min(raw.tell() / size, 1.0))


def csv_file(path: Path) -> CsvFile:
    """Return the CSV file at ``path``, known by its first bytes and not by its name.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.csv")
    ...     _ = path.write_bytes(gzip.compress("城市, 日期 \\n甲,2016-01-03\\n".encode("gb18030")))
    ...     file = csv_file(path)
    >>> file.packed, file.encoding, file.header
    (True, 'gb18030', ('城市', '日期'))

    Raises :class:`FileError` when it cannot be read or its first line is no header.
    """
    try:
        with path.open("rb") as raw:
            packed, plain = is_packed(raw), unpacked(raw)
            encoding = encoding_of(plain, path)
            lines = io.TextIOWrapper(plain, encoding, newline="")
            header = tuple(name.strip() for name in next(csv.reader(lines), []))
    except UnicodeDecodeError as error:
        raise FileError(f"{path}：既不是 UTF-8 也不是 GB 18030 编码") from error
    except (EOFError, zlib.error, gzip.BadGzipFile, csv.Error) as error:
        raise FileError(f"{path}：文件不完整或已损坏：{error}") from error
    except OSError as error:
        raise FileError(f"{path}：无法读取：{os_reason(error)}") from error
    if len(header) < 2:
        raise FileError(f"{path}：第一行应为表头，列之间用逗号分隔")
    return CsvFile(path, packed, encoding, header)


def _without_blank(table: pa.Table) -> pa.Table:
    """``table`` without the records whose cells are all blank; one column is looked at where none can be."""
    blank = pa.scalar(True)
    for name in table.column_names[:-1]:
        blank = pc.and_(blank, pc.equal(pc.utf8_trim_whitespace(table[name]), ""))
        if not pc.any(blank).as_py():
            return table
    return table.filter(pc.invert(blank))
