"""The Delta log of one table: its files, and commits that either stand alone or fail."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pyarrow as pa
import pyarrow.fs as pafs
from deltalake import CommitProperties, DeltaTable, Transaction
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.fs import DeltaStorageHandler
from deltalake.transaction import AddAction, RemoveAction

from bilan.observe.lake_files import STATISTICS, LakeFile, described
from bilan.observe.lake_schema import PARTITION, LakeError

# A rewrite that moves rows without changing them may be set behind other commits: the log refuses it if one of them
# removed a file that it read.
REBASES = 15

# Tables of the lake ask for nothing that a plain reader of Parquet files cannot do: no deletion vectors, no mapping
# of columns. Checkpoints keep opening quick when files come every hour; entries before them go after two days, as every
# refresh looks through the names of all (a second for what a gateway's loader commits in a month).
_CONFIGURATION: dict[str, str | None] = {
    "delta.dataSkippingStatsColumns": ",".join((*STATISTICS, "superseded_at")),
    "delta.checkpointInterval": "50",
    "delta.logRetentionDuration": "interval 2 days",
}


class ConflictError(Exception):
    """Another commit came first; what was decided on the older version must be decided again."""


class LakeLog:
    """One Delta table, seen at one version until :meth:`refresh`."""

    def __init__(self, uri: str, options: Mapping[str, str] | None = None) -> None:
        self.uri = uri
        self.options = dict(options or {})
        with _naming(uri):
            self.table = DeltaTable(uri, storage_options=self.options or None)
        self.folder = local_folder(self.table.table_uri)
        self._files: tuple[int, list[LakeFile]] | None = None
        self._marks: tuple[int, dict[str, int]] = (-1, {})

    @classmethod
    def open(
        cls, uri: str, schema: pa.Schema, partition: Sequence[str], options: Mapping[str, str] | None = None
    ) -> LakeLog:
        """The table at ``uri``, made where there is none; two processes may make it at once."""
        if not cls.exists(uri, options):
            with _naming(uri, "这里不能写入"), contextlib.suppress(CommitFailedError):
                DeltaTable.create(
                    uri,
                    schema,
                    mode="ignore",
                    partition_by=list(partition),
                    configuration=dict(_CONFIGURATION) if partition else {},
                    storage_options=dict(options or {}) or None,
                )
        return cls(uri, options)

    @staticmethod
    def exists(uri: str, options: Mapping[str, str] | None = None) -> bool:
        with _naming(uri):
            return DeltaTable.is_deltatable(uri, dict(options or {}) or None)

    @property
    def version(self) -> int:
        return self.table.version()

    @property
    def root(self) -> str:
        """The folder, or the URL, that the names of files are relative to; without a slash at its end."""
        return self.folder.as_posix() if self.folder else self.table.table_uri.rstrip("/")

    def configure(self) -> None:
        """Give a table that was made before the settings that new ones have."""
        if not _CONFIGURATION.items() <= self.table.metadata().configuration.items():
            with _naming(self.uri, "这里不能写入"):
                self.table.alter.set_table_properties({name: text or "" for name, text in _CONFIGURATION.items()})
            self.refresh()

    def refresh(self) -> None:
        """See what others committed since."""
        with _naming(self.uri):
            self.table.update_incremental()

    def files(self) -> list[LakeFile]:
        """The files of this version, from the log alone."""
        if self._files is None or self._files[0] != self.version:
            adds = pa.table(self.table.get_add_actions(flatten=True))
            try:
                self._files = (self.version, list(described(adds, self.root)) if adds.num_rows else [])
            except (KeyError, TypeError) as error:
                raise LakeError(f"{self.root}：日志里有文件没有统计，不是 bilan 写的") from error
        return self._files[1]

    def mark(self, name: str) -> int:
        """The number last set for ``name`` by a commit up to this version; -1 if none."""
        if self._marks[0] != self.version:
            self._marks = (self.version, {})
        known = self._marks[1]
        if name not in known:  # a look through the log, several milliseconds
            found = self.table.transaction_version(name)
            known[name] = -1 if found is None else found
        return known[name]

    def commit(
        self,
        adds: Iterable[AddAction],
        removes: Iterable[LakeFile] = (),
        *,
        marks: Mapping[str, int] | None = None,
        same_rows: bool = False,
    ) -> None:
        """Add and remove files, and set marks, in one entry of the log, then see it.

        Raises ConflictError where another commit came since :meth:`refresh`; with ``same_rows``, where the files added
        hold the rows of those removed, only if that commit removed one of these, too.
        """
        actions: list[AddAction | RemoveAction] = [*adds, *(_remove(file, changes=not same_rows) for file in removes)]
        properties = CommitProperties(
            max_commit_retries=REBASES if same_rows else 0,
            app_transactions=[Transaction(name, number) for name, number in (marks or {}).items()] or None,
        )
        with _naming(self.uri):
            try:
                self.table.create_write_transaction(
                    actions, "append", self.table.schema(), list(PARTITION), commit_properties=properties
                )
            except CommitFailedError as error:
                raise ConflictError(str(error)) from error
        self.refresh()

    # --- where files lie ---

    def new_name(self, parameter: str, year: int) -> str:
        """A name that no file has, in the folder of its partition."""
        return f"parameter={parameter}/year={year}/part-{uuid.uuid4().hex}.parquet"

    def filesystem(self) -> Any:
        """Where the files lie, for Arrow; their names are relative to it."""
        if self.folder:
            return pafs.SubTreeFileSystem(str(self.folder), pafs.LocalFileSystem())
        return pafs.PyFileSystem(DeltaStorageHandler.from_table(self.table._table, self.options))

    def discard(self, names: Iterable[str]) -> None:
        """Delete files that no commit names; one that stays is removed by vacuum later."""
        where = self.filesystem()
        for name in names:
            with contextlib.suppress(OSError):
                where.delete_file(name)


def local_folder(uri: str) -> Path | None:
    """The folder that a file URL names; None for an object store.

    >>> local_folder("s3://bucket/lake") is None, local_folder("file:///a%20b/c/").as_posix()
    (True, '/a b/c')
    """
    parts = urlparse(uri)
    if parts.scheme != "file":
        return None
    path = unquote(parts.path)
    return Path(path[1:] if path[2:3] == ":" else path)


@contextlib.contextmanager
def _naming(uri: str, wrong: str = "不是可读写的 Delta 表") -> Iterator[None]:
    """Turn what a table or its place refuses into one line that names it."""
    try:
        yield
    except (DeltaError, OSError) as error:
        raise LakeError(f"{uri}：{wrong}：{str(error).partition(chr(10))[0]}") from error


def _remove(file: LakeFile, *, changes: bool) -> RemoveAction:
    return RemoveAction(
        path=file.name,
        data_change=changes,
        deletion_timestamp=int(time.time() * 1000),
        size=file.size,
        partition_values={"parameter": file.parameter, "year": str(file.year)},
    )
