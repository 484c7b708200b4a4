"""What each incoming row is to the lake: known, the same, new, a correction, or outranked.

The rows of one key form a line in the order in which they came. Who stands at its end is decided by two rules: a
source of higher precedence prevails over a lower one, and of equals the later prevails. A row that says what already
stands is not stored again; a row that loses is stored closed, so that nothing that was received is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bilan.observe.lake_duckdb import readable, scan
from bilan.observe.lake_files import Bounds, LakeFile, touching
from bilan.observe.lake_log import LakeLog
from bilan.observe.lake_marks import Marks
from bilan.observe.lake_parquet import ORDER
from bilan.observe.lake_schema import CONTENT, KEY, OBSERVATIONS
from bilan.policy.precedence import OTHERS, precedences

if TYPE_CHECKING:
    import duckdb

_KEY = ", ".join(KEY)
_CONTENT = ", ".join(CONTENT)
_HASHES = f"hash({_KEY}) AS k, hash(source_ref, source_line, {_CONTENT}) AS told"
_PAST = (*KEY, *CONTENT, "source", "source_ref", "source_line", "received_at", "superseded_at")


@dataclass(frozen=True, slots=True)
class Added:
    """How many rows were what: stored as ``new``, ``corrected`` or ``outranked``, or not stored, being the ``same``.

    ``corrected`` closed an earlier row of their key, or repeat it on better authority; ``outranked`` were closed when
    they came, as a source of higher precedence speaks for their key.
    """

    new: int = 0
    same: int = 0
    corrected: int = 0
    outranked: int = 0

    def __add__(self, other: Added) -> Added:
        return Added(
            self.new + other.new,
            self.same + other.same,
            self.corrected + other.corrected,
            self.outranked + other.outranked,
        )

    @property
    def stored(self) -> int:
        return self.new + self.corrected + self.outranked


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done with a chunk: the rows to close by file, marks to set; :func:`to_store` has the rest.

    ``latest`` is when the lake last received, or closed, a row of a key of which rows are to be stored.
    """

    added: Added
    closing: Mapping[LakeFile, Sequence[int]]
    marks: Mapping[str, int]
    latest: datetime | None


def classify(connection: duckdb.DuckDBPyConnection, log: LakeLog, chunk: pa.Table, marks: Marks) -> Verdict:
    """The verdict over ``chunk``, rows as :func:`~bilan.observe.lake_schema.conform` returns them, in their order."""
    _register(connection, chunk)
    candidates = touching(log.files(), _bounds(connection))
    with readable(log, candidates) as paths:
        _find_past(connection, list(paths.values()))
    _find_fresh(connection)
    _drop_sighted(connection, marks)
    _judge(connection)
    counts = dict(connection.sql("SELECT verdict, count(*) FROM judged GROUP BY verdict").fetchall())
    stored = {name: counts.get(name, 0) for name in ("new", "corrected", "outranked")}
    stored["new"] += connection.sql("SELECT count(*) FROM uncontested").fetchall()[0][0]
    added = Added(same=chunk.num_rows - sum(stored.values()), **stored)
    by_path = {paths[file.name]: file for file in candidates}
    closing = {by_path[path]: rows for path, rows in _closing(connection)} if added.corrected else {}
    return Verdict(added, closing, marks.to_set(_judged_without_trace(connection)), _latest(connection))


def to_store(connection: duckdb.DuckDBPyConnection, chunk: pa.Table, batch: str, received_at: datetime) -> pa.Table:
    """The rows to store by the last verdict, sorted by partition and :data:`~bilan.observe.lake_parquet.ORDER`.

    DuckDB sorts their numbers only; the rows themselves are moved once, by Arrow.
    """
    order = connection.sql(
        f"""
        SELECT seq, closed FROM incoming JOIN (
            SELECT seq, false AS closed FROM uncontested
            UNION ALL
            SELECT seq, closed FROM judged WHERE verdict <> 'same'
        ) USING (seq) ORDER BY parameter, year, {", ".join(ORDER)}, seq
        """
    ).to_arrow_table()
    rows = chunk.take(order["seq"])
    words = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows.num_rows, np.int32)), pa.array([batch]))
    moment = pa.scalar(received_at, OBSERVATIONS.field("received_at").type)
    received = pa.repeat(moment, rows.num_rows)
    superseded = pc.if_else(order["closed"], moment, pa.scalar(None, moment.type))
    for name, column in (("batch", words), ("received_at", received), ("superseded_at", superseded)):
        rows = rows.append_column(name, column)
    return rows


def _register(connection: duckdb.DuckDBPyConnection, chunk: pa.Table) -> None:
    """``incoming``: the chunk with its order ``seq`` and its hashes; ``rank``: the precedence of sources."""
    connection.register("arriving", chunk.append_column("seq", pa.array(np.arange(chunk.num_rows))))
    connection.execute(f"CREATE OR REPLACE TEMP VIEW incoming AS SELECT *, {_HASHES} FROM arriving")
    connection.register("rank", pa.table({"source": list(precedences()), "precedence": list(precedences().values())}))


def _bounds(connection: duckdb.DuckDBPyConnection) -> list[Bounds]:
    found = connection.sql(
        """
        SELECT parameter, year, min(time) AS first_time, max(time) AS last_time,
               min(station) AS first_station, max(station) AS last_station
        FROM incoming GROUP BY parameter, year
        """
    )
    return [Bounds(**row) for row in found.to_arrow_table().to_pylist()]


def _find_past(connection: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> None:
    """``past``: every row that the lake has, or had, of an incoming key; the bounds let groups of rows be skipped."""
    if not paths:
        connection.register("nothing", OBSERVATIONS.empty_table().select(_PAST))
        connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE past AS
            SELECT *, {_HASHES}, '' AS filename, 0::BIGINT AS file_row_number FROM nothing
            """
        )
        return
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE past AS
        SELECT {", ".join(_PAST)}, {_HASHES}, filename, file_row_number FROM {scan(paths)}
        SEMI JOIN incoming USING ({_KEY})
        WHERE time BETWEEN (SELECT min(time) FROM incoming) AND (SELECT max(time) FROM incoming)
          AND station BETWEEN (SELECT min(station) FROM incoming) AND (SELECT max(station) FROM incoming)
        """
    )


def _find_fresh(connection: duckdb.DuckDBPyConnection) -> None:
    """``uncontested``: rows alone with their key; ``fresh``: of the others, what this line of the source never said.

    Keys with one hash are only looked at more closely. A row counts as known where it has both hashes, 128 bits, of a
    past one; to compare the words themselves would double the time of importing a file again.
    """
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE contested AS
        SELECT k FROM incoming GROUP BY k HAVING count(*) > 1 UNION SELECT k FROM past
        """
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE uncontested AS SELECT seq FROM incoming ANTI JOIN contested USING (k)"
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE fresh AS
        SELECT {_KEY}, {_CONTENT}, source, source_ref, source_line, seq
        FROM (FROM incoming SEMI JOIN contested USING (k)) ANTI JOIN past USING (k, told)
        QUALIFY row_number() OVER (PARTITION BY {_KEY}, source_ref, source_line, {_CONTENT} ORDER BY seq) = 1
        """
    )


def _drop_sighted(connection: duckdb.DuckDBPyConnection, marks: Marks) -> None:
    """Take from ``fresh`` what was judged before: rows that said what stood then, and so left no row."""
    doubtful = f"EXISTS (FROM past WHERE superseded_at IS NOT NULL AND {_same('fresh', 'past', *KEY, *CONTENT)})"
    sources = [name for (name,) in connection.sql(f"SELECT DISTINCT source_ref FROM fresh WHERE {doubtful}").fetchall()]
    if not sources:
        return
    connection.register("sighted", pa.table({"source_ref": sources, "line": [marks.before(name) for name in sources]}))
    connection.execute(
        f"""
        DELETE FROM fresh USING sighted
        WHERE fresh.source_ref = sighted.source_ref AND fresh.source_line <= sighted.line AND {doubtful}
        """
    )


def _judge(connection: duckdb.DuckDBPyConnection) -> None:
    """``judged``: the verdict on every fresh row, and whether it is closed when stored.

    ``best`` is the highest precedence before the row, ``standing`` what the key's present row says when it comes,
    ``said`` what its own source said last.
    """
    content = "{" + ", ".join(f"'{name}': {name}" for name in CONTENT) + "} AS content"
    before = f"OVER (PARTITION BY {_KEY} ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    after = f"OVER (PARTITION BY {_KEY} ORDER BY seq ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE judged AS
        WITH line AS (
            SELECT {_KEY}, {content}, source, source_ref, source_line, -1 AS seq
            FROM past SEMI JOIN fresh USING ({_KEY}) WHERE superseded_at IS NULL
            UNION ALL
            SELECT {_KEY}, {content}, source, source_ref, source_line, seq FROM fresh
        ), earlier AS (
            SELECT {_KEY}, source, arg_max({content.removesuffix(" AS content")}, (received_at, source_line)) AS uttered
            FROM past SEMI JOIN fresh USING ({_KEY}) GROUP BY {_KEY}, source
        ), ranked AS (
            SELECT line.*, coalesce(rank.precedence, {precedences()[OTHERS]}) AS precedence
            FROM line LEFT JOIN rank USING (source)
        ), weighed AS (
            SELECT *, max(precedence) {before} AS best FROM ranked
        ), facing AS (
            SELECT weighed.*, last_value(CASE WHEN best IS NULL OR precedence >= best THEN content END IGNORE NULLS)
                       {before} AS standing,
                   coalesce(lag(content) OVER (PARTITION BY {_KEY}, source ORDER BY seq), uttered) AS said
            FROM weighed LEFT JOIN earlier USING ({_KEY}, source)
        ), found AS (
            SELECT *, CASE
                WHEN seq < 0 THEN 'present'
                WHEN best IS NULL THEN 'new'
                WHEN precedence > best THEN 'corrected'
                WHEN content IS NOT DISTINCT FROM standing THEN 'same'
                WHEN precedence = best THEN 'corrected'
                WHEN content IS NOT DISTINCT FROM said THEN 'same'
                ELSE 'outranked' END AS verdict
            FROM facing
        )
        SELECT {_KEY}, source_ref, source_line, seq, verdict,
               verdict = 'outranked' OR count(*) FILTER (verdict = 'corrected') {after} > 0 AS closed
        FROM found QUALIFY seq >= 0
        """
    )


def _closing(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, list[int]]]:
    """By file, the numbers of the present rows that a correction closes."""
    return connection.sql(
        f"""
        SELECT filename, list(file_row_number) FROM past
        SEMI JOIN (FROM judged WHERE verdict = 'corrected') AS corrected USING ({_KEY})
        WHERE past.superseded_at IS NULL GROUP BY filename
        """
    ).fetchall()


def _latest(connection: duckdb.DuckDBPyConnection) -> datetime | None:
    """When a row of a key that gets another was received, or closed, last."""
    (found,) = connection.sql(
        f"""
        SELECT max(greatest(received_at, coalesce(superseded_at, received_at))) AS latest FROM past
        SEMI JOIN (FROM judged WHERE verdict <> 'same') AS stored USING ({_KEY})
        """
    ).to_arrow_table()["latest"]
    latest: datetime | None = found.as_py()
    return latest


def _judged_without_trace(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """By source, the last line that was judged and left no row."""
    return dict(
        connection.sql(
            "SELECT source_ref, max(source_line) FROM judged WHERE verdict = 'same' GROUP BY source_ref"
        ).fetchall()
    )


def _same(one: str, other: str, *columns: str) -> str:
    """SQL: both have the same in all the columns, where nothing is the same as nothing."""
    return " AND ".join(f"{one}.{name} IS NOT DISTINCT FROM {other}.{name}" for name in columns)
