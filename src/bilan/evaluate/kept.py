"""What was computed before, kept in files by what it was computed from.

A key names everything that a result depends on: the rows that were read, the policy, the version of the software.
Nothing is ever invalidated; a result whose inputs changed has another key, and what is not used any more is dropped
when the folder is full. Every file begins with the checksum of what follows: one that was damaged is as good as none.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bilan import __version__
from bilan.errors import FileError
from bilan.policy import resource_version
from bilan.whole_file import replacing

MOST_BYTES = 256 << 20
_SUFFIX = ".kept"
_CHECKSUM = hashlib.sha256().digest_size  # bytes


def default_folder() -> Path:
    """Return where results are kept: ``BILAN_CACHE``, else ``bilan`` in the user's folder for caches.

    >>> import os
    >>> before = os.environ.get("BILAN_CACHE")
    >>> os.environ["BILAN_CACHE"] = "/var/cache/bilan"
    >>> str(default_folder())
    '/var/cache/bilan'
    >>> _ = os.environ.pop("BILAN_CACHE") if before is None else os.environ.update(BILAN_CACHE=before)
    """
    named = os.environ.get("BILAN_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bilan"


class Kept:
    """Results in ``folder``, at most ``most_bytes`` of them; without a folder nothing is kept.

    A folder that cannot be written to, and a file in it that was damaged, cost time, not the result.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     kept = Kept(Path(folder))
    ...     kept.put(["file-1", "file-2"], b"35")
    ...     kept.get(["file-1", "file-2"]), kept.get(["file-1", "file-3"])
    (b'35', None)
    """

    def __init__(self, folder: Path | None, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most = folder, most_bytes

    @property
    def keeps(self) -> bool:
        """Whether there is a folder to keep anything in."""
        return self._folder is not None

    def get(self, parts: Iterable[str]) -> bytes | None:
        """Return what was computed from ``parts``, None where it is not kept."""
        if self._folder is None:
            return None
        path = self._path(parts)
        try:
            content = path.read_bytes()
            checksum, data = content[:_CHECKSUM], content[_CHECKSUM:]
            if hashlib.sha256(data).digest() != checksum:
                path.unlink(missing_ok=True)
                return None
            os.utime(path)  # used last
        except OSError:
            return None
        return data

    def put(self, parts: Iterable[str], data: bytes) -> None:
        """Keep ``data`` as what was computed from ``parts``."""
        if self._folder is None:
            return
        path = self._path(parts)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with replacing(path) as unfinished:
                unfinished.write_bytes(hashlib.sha256(data).digest() + data)
            self._make_room()
        except (OSError, FileError):
            return

    def table(self, parts: Iterable[str], compute: Callable[[], pa.Table]) -> pa.Table:
        """Return the table that is kept as made from ``parts``, else what ``compute`` gives, and keep it.

        >>> Kept(None).table(["file-1"], lambda: pa.table({"day": [1, 2]})).num_rows
        2
        """
        key = list(parts)
        data = self.get(key)
        if data is None:
            data = packed(compute())
            self.put(key, data)
        return unpacked(data)

    def _path(self, parts: Iterable[str]) -> Path:
        assert self._folder is not None
        name = hashlib.sha256("\0".join((software(), resource_version(), *parts)).encode()).hexdigest()
        return self._folder / f"{name[:40]}{_SUFFIX}"

    def _make_room(self) -> None:
        """What was used longest ago goes first."""
        assert self._folder is not None
        files = [(entry.stat(), entry) for entry in self._folder.glob(f"*{_SUFFIX}")]
        too_much = sum(state.st_size for state, _ in files) - self._most
        for state, path in sorted(files, key=lambda file: file[0].st_mtime):
            if too_much <= 0:
                return
            path.unlink(missing_ok=True)
            too_much -= state.st_size


def packed(table: pa.Table) -> bytes:
    """Return ``table`` as bytes to keep.

    >>> unpacked(packed(pa.table({"day": [1, 2]}))).to_pylist()
    [{'day': 1}, {'day': 2}]
    """
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def unpacked(data: bytes) -> pa.Table:
    """Return the table that was :func:`packed`."""
    return pq.read_table(pa.BufferReader(data))


@cache
def software() -> str:
    """Return what tells one state of the software from another: its version and its newest source file."""
    sources = (Path(__file__).parents[1]).rglob("*.py")
    return f"{__version__} {max(path.stat().st_mtime_ns for path in sources)}"
