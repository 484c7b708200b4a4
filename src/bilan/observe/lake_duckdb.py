"""DuckDB as the lake uses it for itself: bounded memory, no network, no time zone tables."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from bilan.observe.duckdb_errors import is_of_a_file
from bilan.observe.lake_files import LakeFile
from bilan.observe.lake_log import LakeLog
from bilan.observe.lake_schema import LakeError

# Half a gigabyte sorts two million rows without spilling and leaves room below 2 GB for Arrow and the log.
MEMORY = "512MB"


_PREFIX = "bilan-lake-"
_LEFT_OVER = 24 * 3600  # seconds; no import takes so long to come back to its folder


@contextmanager
def session() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own that spills to a temporary folder and never loads an extension."""
    spill = _spill_folder()
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "temp_directory": str(spill),  # made by DuckDB if it comes to that
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    try:
        with duckdb.connect(config=settings) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET enable_progress_bar = false")  # it would write between the lines of our output
            yield connection
    except duckdb.OutOfMemoryException as error:
        raise LakeError(f"{spill.parent}：临时文件夹或内存不够：{str(error).splitlines()[0]}") from error
    except duckdb.Error as error:
        if not is_of_a_file(error):
            raise
        raise LakeError(f"文件读写不成：{str(error).splitlines()[0]}") from error
    finally:
        shutil.rmtree(spill, ignore_errors=True)


@contextmanager
def readable(log: LakeLog, files: Sequence[LakeFile]) -> Iterator[dict[str, str]]:
    """Local paths of ``files`` by name; those of an object store are fetched for the time of the block."""
    if log.folder:
        yield {file.name: str(log.folder / file.name) for file in files}
        return
    where = log.filesystem()
    fetched = _spill_folder()
    try:
        paths = {file.name: fetched / file.name for file in files}
        for name, path in paths.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with where.open_input_stream(name) as source, path.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        yield {name: str(path) for name, path in paths.items()}
    finally:
        shutil.rmtree(fetched, ignore_errors=True)


def scan(paths: Sequence[str]) -> str:
    """SQL for the rows of the files, with the columns of their path, ``filename`` and ``file_row_number``."""
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    return (
        f"read_parquet([{listed}], filename = true, file_row_number = true, hive_partitioning = true, "
        "hive_types = {'parameter': VARCHAR, 'year': INTEGER})"
    )


def _spill_folder() -> Path:
    """A new place among the temporary files; what a killed process left there long ago is removed."""
    place = Path(tempfile.gettempdir())
    for old in place.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if time.time() - old.stat().st_mtime > _LEFT_OVER:
                shutil.rmtree(old, ignore_errors=True)
    return place / f"{_PREFIX}{secrets.token_hex(8)}"
