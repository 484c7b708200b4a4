"""The rows of a CSV file, in portions, so that a file of any length needs the same memory."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TextIO, cast

from bilan.errors import FileError, os_reason

PORTION = 50_000
Progress = Callable[[str, float], None]
Row = list[str]


@contextmanager
def opened(path: Path, progress: Progress | None = None) -> Iterator[tuple[Row, Iterator[list[Row]]]]:
    """The header of a CSV file (UTF-8 or GB 18030, plain or ``.gz``) and its rows in portions.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.csv")
    ...     _ = path.write_text("section,ph\\n甲,7.1\\n", encoding="utf-8")
    ...     with opened(path) as (header, portions):
    ...         header, list(portions)
    (['section', 'ph'], [[['甲', '7.1']]])

    Raises :class:`FileError` for a file that cannot be read or decoded, has no header or a damaged archive.
    """
    try:
        with path.open("rb") as packed:
            zipped = path.suffix.lower() == ".gz"
            text = _decoded(cast(IO[bytes], gzip.GzipFile(fileobj=packed)) if zipped else packed)
            lines = csv.reader(text, strict=True)
            header = _header(lines, path)
            yield header, _portions(lines, packed, path, progress)
    except (gzip.BadGzipFile, EOFError) as error:
        raise FileError(f"{path}：压缩文件损坏") from error
    except OSError as error:
        raise FileError(f"{path}：无法读取：{os_reason(error)}") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{path}：既不是 UTF-8 也不是 GB 18030 编码") from error
    except csv.Error as error:
        raise FileError(f"{path}：不是 CSV：{error}") from error


def _decoded(raw: IO[bytes]) -> TextIO:
    """UTF-8 where the first portion of the file is, GB 18030 otherwise."""
    buffered = io.BufferedReader(cast(io.RawIOBase, raw), buffer_size=1 << 16)
    start = buffered.peek(1 << 16)
    encoding = "utf-8-sig"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        encoding = "gb18030"
    return io.TextIOWrapper(buffered, encoding=encoding, newline="")


def _header(lines: Iterator[Row], path: Path) -> Row:
    header = [name.strip() for name in next(lines, [])]
    if not any(header):
        raise FileError(f"{path}：第 1 行应为列名，却是空的")
    twice = {name for name in header if name and header.count(name) > 1}
    if twice:
        raise FileError(f"{path}：第 1 行有重复的列名 {'、'.join(sorted(twice))}")
    return header


def _portions(lines: Iterator[Row], packed: IO[bytes], path: Path, progress: Progress | None) -> Iterator[list[Row]]:
    size = max(path.stat().st_size, 1)
    rows: list[Row] = []
    for row in lines:
        if not row:  # a blank line is not a row
            continue
        rows.append(row)
        if len(rows) == PORTION:
            if progress:
                progress("读取与评价", min(packed.tell() / size, 1.0))
            yield rows
            rows = []
    if rows:
        yield rows
