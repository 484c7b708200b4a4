"""Files as people hand them over: CSV, packed where they are long, the same bytes for the same content."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from bilan.whole_file import replacing

_LEVEL = 3  # of packing: half a second more makes the files hardly smaller


def write_rows(path: Path, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a short CSV file, whole or not at all."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    write_text(path, text.getvalue())


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 file, whole or not at all."""
    with replacing(path) as unfinished:
        unfinished.write_bytes(text.encode())


def write_packed(path: Path, table: pa.Table) -> None:
    """Write a long CSV file, packed with gzip without its time, so that the bytes are those of the content."""
    plain = pa.BufferOutputStream()
    pa_csv.write_csv(table, plain, pa_csv.WriteOptions(quoting_style="needed"))
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", compresslevel=_LEVEL, fileobj=packed, mtime=0) as file:
        file.write(plain.getvalue())
    with replacing(path) as unfinished:
        unfinished.write_bytes(packed.getvalue())


def labels(first: date, last: date, hours: int) -> list[str]:
    """Return the label of every interval of so many ``hours`` from ``first`` to ``last``: the end of the interval.

    >>> labels(date(2025, 12, 31), date(2025, 12, 31), 12)
    ['2025-12-31 12:00', '2026-01-01 00:00']
    """
    start = datetime(first.year, first.month, first.day)
    count = ((last - first).days + 1) * 24 // hours
    return [f"{start + timedelta(hours=hours * (step + 1)):%Y-%m-%d %H:%M}" for step in range(count)]


def repeated(texts: Sequence[str], times: int, *, each: bool = False) -> pa.Array:
    """Return ``texts`` so many ``times`` over, or each of them so often before the next.

    >>> repeated(["a", "b"], 2).to_pylist(), repeated(["a", "b"], 2, each=True).to_pylist()
    (['a', 'b', 'a', 'b'], ['a', 'a', 'b', 'b'])
    """
    places = np.arange(len(texts))
    indices = np.repeat(places, times) if each else np.tile(places, times)
    return pa.array(texts).take(pa.array(indices))
