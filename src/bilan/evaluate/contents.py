"""What tells the rows that a figure rests on from those of any other moment, in whatever files of the lake they lie.

A file is written anew when small ones are merged, and when a row of some other station in it is corrected. So a file's
name says too much: what was computed from the same rows would be computed again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from bilan.evaluate.engine import fetched, read_parquet
from bilan.evaluate.kept import Kept

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.backends.sql import SQLBackend

    from bilan.observe import Lake
    from bilan.observe.lake_files import LakeFile


def contents(
    lake: Lake, backend: SQLBackend, files: Iterable[LakeFile], stations: Collection[str], kept: Kept
) -> list[str]:
    """Return what the rows of ``stations`` in ``files`` of ``lake`` are told by: the same until one is added or closed.

    ``files`` are all those of whole years that can hold any: rows are only ever added, and closed once; so how many
    there are of a parameter and year, and how many are closed, is told of no two moments of a lake. When the last of
    them came, and was closed, tells a lake that was put back from a copy from what it was before, unless who takes in
    says himself when (``received_at`` of :meth:`bilan.observe.lake.Lake.add`): such a lake needs another cache.

    The rows of a year are counted once for each set of its files. Where nothing is kept nothing is counted, and the
    names of the files are returned.

    >>> import tempfile
    >>> from bilan.evaluate.engine import connect
    >>> from bilan.observe import Lake
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lake = Lake(folder)
    ...     contents(lake, connect(), [], ["s1"], Kept(None)) == [lake.id]
    True
    """
    of_year: dict[int, list[str]] = defaultdict(list)
    for file in files:
        of_year[file.year].append(file.path)
    told = [lake.id]
    for _year, paths in sorted(of_year.items()):
        told += _of_year(lake, backend, sorted(paths), stations, kept) if kept.keeps else sorted(paths)
    return told


def _of_year(lake: Lake, backend: SQLBackend, paths: list[str], stations: Collection[str], kept: Kept) -> list[str]:
    key = ["rows", lake.id, repr(sorted(stations)), *paths]
    counted = kept.table(key, lambda: _counted(lake, backend, paths, stations))
    return [" ".join(map(str, row.values())) for row in counted.to_pylist()]


def _counted(lake: Lake, backend: SQLBackend, paths: list[str], stations: Collection[str]) -> pa.Table:
    rows = read_parquet(backend, paths, f"{lake.path}/observations")
    asked = rows.filter(rows.station.isin(sorted(stations)))
    counted = asked.group_by("parameter", "year").aggregate(
        rows=asked.count(),
        closed=asked.superseded_at.count(),
        last=asked.received_at.max(),
        last_closed=asked.superseded_at.max(),
    )
    return fetched(backend, counted.order_by("parameter", "year"))
