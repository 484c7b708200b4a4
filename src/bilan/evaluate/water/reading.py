"""The rows of a CSV file, in portions, so that a file of any length needs the same memory."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple, TextIO

from bilan.errors import FileError, os_reason
from bilan.evaluate.text_file import encoding_of, unpacked

PORTION = 50_000
Progress = Callable[[str, float], None]
Row = list[str]


class Portion(NamedTuple):
    """Rows of a file, and the line of the file on which each begins."""

    rows: list[Row]
    lines: list[int]


@contextmanager
def opened(path: Path, progress: Progress | None = None) -> Iterator[tuple[Row, Iterator[Portion]]]:
    """The header of a CSV file (UTF-8 or GB 18030, plain or gzip) and its rows in portions.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.csv")
    ...     _ = path.write_text("section,ph\\n甲,7.1\\n", encoding="utf-8")
    ...     with opened(path) as (header, portions):
    ...         header, list(portions)
    (['section', 'ph'], [Portion(rows=[['甲', '7.1']], lines=[2])])

    Raises :class:`FileError` for a file that cannot be read or decoded, has no header or a damaged archive.
    """
    try:
        with path.open("rb") as packed:
            raw = unpacked(packed)
            text = io.TextIOWrapper(raw, encoding=encoding_of(raw, path), newline="")
            cells = _Cells(text)
            header = _header(cells, path)
            yield header, _portions(cells, packed, path, progress)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FileError(f"{path}：压缩文件损坏") from error
    except OSError as error:
        raise FileError(f"{path}：无法读取：{os_reason(error)}") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{path}：既不是 UTF-8 也不是 GB 18030 编码") from error
    except csv.Error as error:
        raise FileError(f"{path}：不是 CSV：{error}") from error


class _Cells:
    """The rows of a CSV file, blank lines left out, and the line on which the row last read begins."""

    def __init__(self, text: TextIO) -> None:
        self._rows = csv.reader(text, strict=True)
        self.line = 0

    def __iter__(self) -> Iterator[Row]:
        return self

    def __next__(self) -> Row:
        while True:
            self.line = self._rows.line_num + 1
            row = next(self._rows)
            if row:
                return row


def _header(cells: _Cells, path: Path) -> Row:
    header = [name.strip() for name in next(cells, [])]
    line = max(cells.line, 1)
    if not any(header):
        raise FileError(f"{path}：第 {line} 行应为列名，却是空的")
    twice = {name for name in header if name and header.count(name) > 1}
    if twice:
        raise FileError(f"{path}：第 {line} 行有重复的列名 {'、'.join(sorted(twice))}")
    return header


def _portions(cells: _Cells, packed: IO[bytes], path: Path, progress: Progress | None) -> Iterator[Portion]:
    size = max(path.stat().st_size, 1)
    rows: list[Row] = []
    lines: list[int] = []
    for row in cells:
        rows.append(row)
        lines.append(cells.line)
        if len(rows) == PORTION:
            if progress:
                progress("读取与评价", min(packed.tell() / size, 1.0))
            yield Portion(rows, lines)
            rows, lines = [], []
    if rows:
        yield Portion(rows, lines)
