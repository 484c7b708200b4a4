"""An Ibis expression compiled once and run on many small tables: compiling takes seconds, running milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import ibis
import pyarrow as pa

from bilan.evaluate.engine import connect


class Compiled:
    """``build`` of a table of ``schema``; called with rows it returns the rows that come out."""

    def __init__(self, schema: pa.Schema, build: Callable[[ibis.Table], ibis.Table]) -> None:
        self.schema = schema
        self.build = build

    @cached_property
    def backend(self) -> Any:
        return connect()

    @cached_property
    def sql(self) -> str:
        self._fill([])
        self.expression = self.build(self.backend.table("rows_of_test"))
        self.backend._run_pre_execute_hooks(self.expression)  # tables in memory, which live as long as the expression
        sql: str = self.backend.compile(self.expression)
        return sql

    def __call__(self, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        sql = self.sql
        self._fill(rows)
        found: list[dict[str, Any]] = self.backend.con.sql(sql).to_arrow_table().to_pylist()
        return found

    def _fill(self, rows: Iterable[Mapping[str, Any]]) -> None:
        table = pa.Table.from_pylist([dict(row) for row in rows], schema=self.schema)
        self.backend.con.register("arrow_rows", table)
        self.backend.con.execute("CREATE OR REPLACE TABLE rows_of_test AS SELECT * FROM arrow_rows")
        self.backend.con.unregister("arrow_rows")
