"""The engines that compute: DuckDB in this process, Spark when a province has outgrown one machine.

Every official figure is an Ibis expression that both compile. What differs between them (connecting, limits, reading
the Parquet files of the lake) is here and nowhere else.
"""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from bilan.errors import BilanError
from bilan.evaluate import spark

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.sql import SQLBackend

_PARTITION_TYPES = {"parameter": "VARCHAR", "year": "INTEGER"}

# DuckDB spills to disk beyond this; enough for a year of the whole country at once.
MEMORY = os.environ.get("BILAN_MEMORY", "800MB")


class EngineError(BilanError):
    """The engine asked for is unknown, not installed or cannot be reached, or it could not read the data."""


def connect(engine: str = "duckdb", *, memory: str = MEMORY) -> SQLBackend:
    """Return a connected backend: ``duckdb``, ``spark`` (all cores here) or the address of a Spark master.

    >>> connect().name
    'duckdb'
    >>> connect("sqlite")
    Traceback (most recent call last):
        ...
    bilan.evaluate.engine.EngineError: 没有名为 sqlite 的引擎；可用 duckdb、spark、spark://主机:端口

    Raises :class:`EngineError`.
    """
    if engine == "duckdb":
        return _duckdb(memory)
    if engine == "spark":
        return _spark("local[*]")
    if engine.startswith(("spark://", "local-cluster[", "local[", "yarn", "k8s://")):
        return _spark(engine)
    raise EngineError(f"没有名为 {engine} 的引擎；可用 duckdb、spark、spark://主机:端口")


@contextmanager
def building() -> Iterator[None]:
    """A stretch of work that makes queries: the cyclic garbage collector rests until it is over.

    A query is some hundred thousand small objects, all of them in use until it is sent. Looking among them for garbage
    costs a third of the time and finds none.

    >>> import gc
    >>> with building():
    ...     gc.isenabled()
    False
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read_parquet(backend: SQLBackend, files: Iterable[str], root: str) -> ir.Table:
    """Return the Parquet ``files`` below ``root`` as one table; folders ``name=value`` become columns.

    With DuckDB a file that cannot be read raises :class:`EngineError`, here or where its rows are asked for.
    """
    name = ibis.util.gen_name("lake")
    if backend.name == "duckdb":
        listed = ", ".join("'" + path.replace("'", "''") + "'" for path in files)
        types = ", ".join(f"'{column}': {kind}" for column, kind in _PARTITION_TYPES.items())
        options = f"hive_partitioning = true, hive_types = {{{types}}}, union_by_name = false"
        with _told():
            backend.raw_sql(f'CREATE TEMP VIEW "{name}" AS SELECT * FROM read_parquet([{listed}], {options})')
    else:
        frame = backend._session.read.option("basePath", root).parquet(*files)
        frame.createOrReplaceTempView(name)
    return backend.table(name)


def computed(backend: SQLBackend, table: ir.Table) -> ir.Table:
    """Return ``table`` computed once and kept by the engine until it is closed.

    >>> backend = connect()
    >>> backend.to_pyarrow(computed(backend, ibis.memtable({"a": [1]}))).to_pylist()
    [{'a': 1}]
    """
    name = ibis.util.gen_name("computed")
    if backend.name == "duckdb":
        with _told():
            return backend.create_table(name, table, temp=True)
    spark.keep(backend, table, name)
    return backend.table(name)


def fetched(backend: SQLBackend, table: ir.Table) -> pa.Table:
    """Return the rows of ``table``.

    >>> fetched(connect(), ibis.memtable({"a": [1]})).to_pylist()
    [{'a': 1}]
    """
    if backend.name != "duckdb":
        return spark.rows(backend, table)
    with _told():
        return backend.to_pyarrow(table)


@contextmanager
def _told() -> Iterator[None]:
    """A missing or damaged file, no memory, a full disk: what DuckDB says of it in its first line."""
    import duckdb  # who has a backend has loaded it

    from bilan.observe.duckdb_errors import is_of_a_file

    try:
        yield
    except duckdb.Error as error:
        if not (is_of_a_file(error) or isinstance(error, duckdb.OutOfMemoryException)):
            raise
        raise EngineError(f"数据读不出来：{str(error).splitlines()[0]}") from error


def _duckdb(memory: str) -> SQLBackend:
    settings: dict[str, Any] = {
        "memory_limit": memory,
        "temp_directory": tempfile.gettempdir(),
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,  # an intranet has nowhere to install from
        "autoload_known_extensions": False,
    }
    try:
        backend = ibis.duckdb.connect(**settings)
    except Exception as error:  # a limit that is no size
        raise EngineError(f"DuckDB 无法启动：{error}") from error
    backend.raw_sql("SET TimeZone = 'UTC'")
    return backend


def _spark(master: str) -> SQLBackend:
    try:
        return spark.start(master)
    except ImportError as error:
        raise EngineError("没有安装 Spark：pip install 'bilan[spark]'，并需要 Java 17 以上") from error
    except Exception as error:  # no Java, nobody at the address
        raise EngineError(f"Spark 无法启动（{master}）：{str(error).splitlines()[0]}") from error
