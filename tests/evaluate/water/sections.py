"""Wide tables of sections, written as a person would write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from bilan.evaluate.water.items import exact, items

DAY = date(2024, 3, 15)


def wide(rows: Sequence[dict[str, Any]]) -> ir.Table:
    """Rows with values of items as text or numbers; ``body`` is a river, ``day`` one of 2024 unless said otherwise."""
    keys = [key for key in items() if any(key in row for row in rows)]
    others = list(dict.fromkeys(name for row in rows for name in row if name not in keys))
    columns: dict[str, pa.Array] = {"row": pa.array(range(len(rows)), pa.int64())}
    columns["body"] = pa.array([row.get("body", "river") for row in rows], pa.string())
    columns["day"] = pa.array([row.get("day", DAY) for row in rows], pa.date32())
    for key in keys:
        columns[key] = pa.array([None if row.get(key) is None else exact(str(row[key])) for row in rows], pa.int64())
    for name in others:
        if name not in columns:
            columns[name] = pa.array([row.get(name) for row in rows])
    return ibis.memtable(pa.table(columns))


def rows_of(table: ir.Table, *columns: str, order: str | None = "row") -> list[Any]:
    """The rows of ``table`` in order: single values for one column, tuples for several."""
    found = table.order_by(order) if order else table
    rows = found.select(*columns).to_pyarrow().to_pylist()
    return [next(iter(row.values())) if len(columns) == 1 else tuple(row.values()) for row in rows]
