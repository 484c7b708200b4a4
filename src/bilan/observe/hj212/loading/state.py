"""How far a store was loaded into a lake, written whole or not at all, and the lock of the one loader."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from bilan.errors import BilanError, os_reason
from bilan.observe.hj212.store.parts import FRAMES
from bilan.whole_file import replacing

FOLDER = "loader"
_FORMAT = 1


class LoaderError(BilanError):
    """The store cannot be loaded now, or not from where the last loader stopped."""


@dataclass(slots=True)
class Checkpoint:
    """What the next run goes on from.

    ``position`` is that of the store behind the last frame whose rows are in the lake, ``parts`` are the DataTimes of
    split messages that are still open, ``means`` what is to be computed (:mod:`due_means`). ``lake_id`` and
    ``lake_version`` are of the lake that has those rows: another one, or an older state of it, does not have them.
    """

    position: str = ""
    parts: dict[str, list[Any]] = field(default_factory=dict)
    means: dict[str, Any] = field(default_factory=dict)
    lake_id: str = ""
    lake_version: int = -1


class CheckpointFile:
    """The checkpoint of a store for one lake: ``STORE/loader/HASH.json``, which names the lake inside.

    A loader that dies before it is written says the same to the lake again, which knows it by source and content.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = CheckpointFile(Path(folder), "/data/lake")
    ...     file.save(Checkpoint(position="01/2026-11-21/000003/0/9/7/abc"))
    ...     file.load().position
    '01/2026-11-21/000003/0/9/7/abc'
    """

    def __init__(self, store: Path, lake: str) -> None:
        self._lake = lake
        self.path = make_folder(store) / f"{sha256(lake.encode()).hexdigest()[:16]}.json"

    def load(self) -> Checkpoint:
        """The checkpoint, that of the beginning where there is none. Raises LoaderError for another file."""
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
            if told["format"] != _FORMAT:
                raise ValueError(f"格式 {told['format']}")
            lake = str(told.get("lake_id", "")), int(told.get("lake_version", -1))
            return Checkpoint(str(told["position"]), dict(told["parts"]), dict(told["means"]), *lake)
        except FileNotFoundError:
            return Checkpoint()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LoaderError(f"{self.path}：不是装载进度（{error}）；加 --again 从头装载，不会重复") from error

    def save(self, checkpoint: Checkpoint) -> None:
        """Put ``checkpoint`` in the place of the one before, on the disk. Raises FileError where that is refused."""
        write_whole(self.path, json.dumps({"format": _FORMAT, "lake": self._lake} | asdict(checkpoint)))

    def forget(self) -> None:
        """Let the next run begin at the beginning."""
        self.path.unlink(missing_ok=True)


class Lock:
    """Held by the one loader of a store, until it is closed or its process ends. Raises LoaderError where it is taken.

    Without locks of the system (Windows) it holds nothing; there nobody writes the store, either.
    """

    def __init__(self, store: Path) -> None:
        path = make_folder(store) / "lock"
        try:
            self._file: IO[bytes] = path.open("ab")
        except OSError as error:
            raise LoaderError(f"{path}：{os_reason(error)}") from error
        if sys.platform == "win32":
            return
        import fcntl

        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise LoaderError(f"{store}：另一个进程正在装载这个存储（锁 {path}）") from error

    def close(self) -> None:
        """Let another loader begin."""
        self._file.close()

    def __enter__(self) -> Lock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def check_store(folder: Path) -> None:
    """Raise LoaderError where ``folder`` is not the store of a gateway; nothing is made."""
    if not folder.is_dir():
        raise LoaderError(f"{folder}：没有这个文件夹；应为网关的存储（--store）")
    if not (folder / FRAMES).is_dir():
        raise LoaderError(f"{folder}：里面没有 {FRAMES} 文件夹，不是网关的存储（--store）")


def make_folder(store: Path, name: str = FOLDER) -> Path:
    """The folder ``name`` of the store, made where it is missing; the store itself must be there."""
    if not store.is_dir():
        raise LoaderError(f"{store}：没有这个文件夹；应为网关的存储（--store）")
    folder = store / name
    try:
        folder.mkdir(mode=0o750, exist_ok=True)
    except OSError as error:
        raise LoaderError(f"{folder}：{os_reason(error)}") from error
    return folder


def write_whole(path: Path, text: str) -> None:
    """Put a file with ``text`` in the place of ``path``, on the disk before it has that name."""
    with replacing(path) as unfinished:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
