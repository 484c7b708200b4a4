"""Rows on their way into the lake: held as columns, handed over as tables that each touch few files."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bilan.observe.hj212.loading.rows import SHANGHAI, Extract

if TYPE_CHECKING:
    import pyarrow as pa

SOURCE = "hj212"

_DAY = 86400
_RECENT = 2  # days that are taken together with the newest one


class Batch:
    """Rows of the lake (:data:`~bilan.observe.lake_schema.INCOMING`) in the order in which their frames came.

    >>> from bilan.observe.hj212.loading.rows import Row
    >>> batch = Batch()
    >>> batch.add("s1", Extract(600, 1709222400, (Row("w01018", "avg", 12.5, "mg/L", "N"),)), "2024-03-01/01-000001", 7)
    >>> [table.num_rows for table in batch.tables()]
    [1]
    """

    def __init__(self) -> None:
        self._columns: dict[str, list[Any]] = {name: [] for name in _NAMES}
        self._days: list[int] = []

    def __len__(self) -> int:
        """How many rows are held."""
        return len(self._days)

    def add(self, station: str, found: Extract, source_ref: str, source_line: int) -> None:
        """Take in the rows of a packet of ``station``."""
        count = len(found.rows)
        columns = self._columns
        for name, column in zip(_OF_ROW, zip(*found.rows, strict=True), strict=True):
            columns[name] += column
        columns["station"] += [station] * count
        columns["seconds"] += [found.seconds] * count
        columns["time"] += [found.time * 1_000_000] * count
        columns["source_ref"] += [source_ref] * count
        columns["source_line"] += [source_line] * count
        self._days += [(found.time - 1 + SHANGHAI) // _DAY] * count

    def tables(self) -> Iterator[pa.Table]:
        """The rows by runs of days on end, the newest days by themselves, the oldest first.

        The lake compares what comes with all that it has between the first and the last moment of a table. One outlet
        that sends a forgotten month again must not cost the others a look through that month.
        """
        import numpy as np
        import pyarrow as pa

        from bilan.observe.lake_schema import INCOMING

        if not self._days:
            return
        told = {"source": [SOURCE] * len(self), "state": [None] * len(self)}
        table = pa.table(
            {name: pa.array((self._columns | told)[name], INCOMING.field(name).type) for name in INCOMING.names}
        )
        days = np.asarray(self._days)
        for first, last in runs(np.unique(days).tolist()):
            yield table.filter(pa.array((first <= days) & (days <= last)))


_OF_ROW = ("parameter", "statistic", "value", "unit", "flag")
_NAMES = (*_OF_ROW, "station", "seconds", "time", "source_ref", "source_line")


def runs(days: list[int]) -> list[tuple[int, int]]:
    """First and last of each run of ``days`` (ascending); the newest ones are a run of their own.

    >>> runs([1, 2, 3, 7, 8, 9, 10, 11])
    [(1, 3), (7, 9), (10, 11)]
    """
    recent = days[-1] - _RECENT
    edges = [0, *(at for at in range(1, len(days)) if _cut(days[at - 1], days[at], recent)), len(days)]
    return [(days[low], days[high - 1]) for low, high in pairwise(edges)]


def _cut(day: int, following: int, recent: int) -> bool:
    return following > day + 1 or day <= recent < following
