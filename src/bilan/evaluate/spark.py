"""Spark: a session for the exact formulas, and queries of many steps run a part at a time.

Spark writes a named step of a query out again wherever it is read and plans every copy, so the plan of a long formula
grows until it no longer fits into memory. A step that is read more than once is therefore computed first and kept on
the workers; what reads it sees rows, not the plan behind them.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
import sqlglot.expressions as sg

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.sql import SQLBackend
    from pyspark.sql import DataFrame

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",  # the commands show their own
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # Spark would write the steps of a formula as one expression again, and make Java of it for minutes.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer.CollapseProject",
}
ELSEWHERE = ("spark://", "yarn", "k8s://")  # masters of other machines
ON_ONE_MACHINE = {"spark.sql.shuffle.partitions": "4", "spark.sql.files.minPartitionNum": "4"}

_WORK = (sg.Group, sg.Join, sg.Window, sg.SetOperation, sg.Distinct)  # what is dear to compute twice


def start(master: str) -> SQLBackend:
    """Return a backend on the Spark ``master``. Raises what pyspark raises, ImportError where it is not installed."""
    from pyspark.sql import SparkSession

    settings = dict(SETTINGS)
    if not master.startswith(ELSEWHERE):
        os.environ.setdefault("SPARK_LOCAL_HOSTNAME", "localhost")  # whatever the network of this machine looks like
        settings |= ON_ONE_MACHINE
    builder = SparkSession.builder.appName("bilan").master(master)
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return ibis.pyspark.connect(session)


def keep(backend: SQLBackend, table: ir.Table, name: str) -> None:
    """Compute ``table`` and keep its rows on the workers as the view ``name``."""
    with _query(backend, table) as frame:
        frame.localCheckpoint().createOrReplaceTempView(name)


def rows(backend: SQLBackend, table: ir.Table) -> pa.Table:
    """Return the rows of ``table`` in its schema; moments are in UTC, which Ibis does not say."""
    fields = [
        field.with_type(pa.timestamp(field.type.unit, "UTC")) if pa.types.is_timestamp(field.type) else field
        for field in table.schema().to_pyarrow()
    ]
    with _query(backend, table) as frame:
        return frame.toArrow().cast(pa.schema(fields))


@contextmanager
def _query(backend: Any, table: ir.Table) -> Iterator[DataFrame]:
    """The query of ``table``, its repeated steps computed; these are dropped afterwards."""
    session = backend._session
    backend._run_pre_execute_hooks(table)
    query = backend.compiler.to_sqlglot(table)
    steps = {step.alias: step.this for step in query.ctes}
    kept = _repeated(query, steps)
    try:
        for name in kept:
            session.sql(_with_steps(steps[name], steps, kept)).localCheckpoint().createOrReplaceTempView(name)
        query.set("with_", None)
        yield session.sql(_with_steps(query, steps, kept))
    finally:
        for name in kept:
            session.catalog.dropTempView(name)


def _repeated(query: sg.Expression, steps: dict[str, sg.Expression]) -> list[str]:
    """The steps worth keeping, in the order of the query: read more than once, and more than a filter of facts."""
    read = Counter(table.name for table in query.find_all(sg.Table))
    return [name for name, step in steps.items() if read[name] > 1 and (step.find(*_WORK) or _reads(step, steps))]


def _reads(step: sg.Expression, steps: dict[str, sg.Expression]) -> list[str]:
    return [table.name for table in step.find_all(sg.Table) if table.name in steps]


def _with_steps(query: sg.Expression, steps: dict[str, sg.Expression], kept: list[str]) -> str:
    """The SQL of ``query`` after the steps it rests on, as far as they are not kept."""
    needed: set[str] = set()
    ahead = _reads(query, steps)
    while ahead:
        name = ahead.pop()
        if name not in needed and name not in kept:
            needed.add(name)
            ahead += _reads(steps[name], steps)
    named = [f"`{name}` AS ({step.sql('spark')})" for name, step in steps.items() if name in needed]
    return (f"WITH {', '.join(named)} " if named else "") + query.sql("spark")
