"""Rows on their way into the lake: held as columns, handed over as two tables that each keep the order of arrival.

The lake notes how far the lines of a ``source_ref`` were judged (:mod:`bilan.observe.lake_marks`), and takes a line up
to there for known. So the lines of one source must come to it in their order, whatever days they speak of, and a table
must be committed whole. What is sent again long after its time is a source of its own: it goes in by itself, behind the
rest, as a value always comes late after it came in time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bilan.observe.hj212.loading.rows import Extract

if TYPE_CHECKING:
    import pyarrow as pa

SOURCE = "hj212"
IN_TIME = 2 * 86400  # seconds between the label of a row and its arrival; beyond them it is late


class Batch:
    """Rows of the lake (:data:`~bilan.observe.lake_schema.INCOMING`) in the order in which their frames came.

    >>> from bilan.observe.hj212.loading.rows import Row
    >>> batch = Batch()
    >>> batch.add("s1", Extract(600, 1709222400, (Row("w01018", "avg", 12.5, "mg/L", "N"),)), "2024-03-01/01", 7)
    >>> [table.num_rows for table in batch.tables()]
    [1]
    """

    def __init__(self) -> None:
        self._columns: tuple[dict[str, list[Any]], ...] = tuple({name: [] for name in _NAMES} for _ in range(2))

    def __len__(self) -> int:
        """How many rows are held."""
        return sum(len(columns["time"]) for columns in self._columns)

    def add(self, station: str, found: Extract, source_ref: str, source_line: int, *, late: bool = False) -> None:
        """Take in the rows of a packet of ``station``; ``source_ref`` is another one for those that are ``late``."""
        count = len(found.rows)
        columns = self._columns[late]
        for name, column in zip(_OF_ROW, zip(*found.rows, strict=True), strict=True):
            columns[name] += column
        columns["station"] += [station] * count
        columns["seconds"] += [found.seconds] * count
        columns["time"] += [found.time * 1_000_000] * count
        columns["source_ref"] += [source_ref] * count
        columns["source_line"] += [source_line] * count

    def tables(self) -> Iterator[pa.Table]:
        """The rows that came in time, then those that came late.

        The lake compares what comes with all that it has between the first and the last moment, and station, of a
        table. One outlet that sends a forgotten month again must not cost the others a look through that month.
        """
        import pyarrow as pa

        from bilan.observe.lake_schema import INCOMING

        for columns in self._columns:
            if count := len(columns["time"]):
                told = columns | {"source": [SOURCE] * count, "state": [None] * count}
                yield pa.table({name: pa.array(told[name], INCOMING.field(name).type) for name in INCOMING.names})


def is_late(found: Extract, arrived: int) -> bool:
    """Whether rows that came ``arrived`` seconds after 1970 UTC came long after their time.

    >>> is_late(Extract(0, 1709222400), 1709222500)
    False
    """
    return arrived - found.time > IN_TIME


_OF_ROW = ("parameter", "statistic", "value", "unit", "flag")
_NAMES = (*_OF_ROW, "station", "seconds", "time", "source_ref", "source_line")
