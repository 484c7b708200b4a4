"""A file to which data is added so that it is on the disk, or the file is as it was."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from bilan.observe.hj212.store.system import FILE_MODE, sync_data


class GrowingFile:
    """A new file and how many bytes of it count; bytes behind them are cut off before anything is added.

    - A failed write may leave a part of the data: it is cut off at once. Where that fails, too, every further
      :meth:`add` tries again first and adds nothing until it succeeds, so that no record ever follows bytes that
      nobody vouches for.
    - After a failed sync the system counts pages as written that are not. The cut throws those pages away; whether the
      bytes before them are sound only the disk can tell: ``doubtful`` asks the owner to look there and to go on in
      another file.
    """

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        """Make the file ``path``. Raises FileExistsError where there is one, OSError where it cannot be made."""
        self.path = path
        self.size = 0
        self.doubtful = False
        self._durable = durable
        self._excess = False
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)

    def add(self, data: bytes) -> None:
        """Return when ``data`` stands at the end, on the disk if the file is durable. Raises OSError, see above."""
        self.settle()
        try:
            self._excess = True
            self._write(data)
            self._sync()
        except BaseException:
            with suppress(OSError):
                self.settle()
            raise
        self._excess = False
        self.size += len(data)

    def settle(self) -> None:
        """Cut off what a failed :meth:`add` left. Raises OSError where that fails."""
        if self._excess:
            os.ftruncate(self._descriptor, self.size)
            self._sync()
            self._excess = False

    def close(self) -> None:
        """Close the file; what was added stays."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def discard(self) -> None:
        """Remove the file, of which nothing counts."""
        with suppress(OSError):
            os.ftruncate(self._descriptor, 0)
        self.close()
        with suppress(OSError):
            self.path.unlink()

    def _write(self, data: bytes) -> None:
        view, at = memoryview(data), self.size
        while view:
            written = os.pwrite(self._descriptor, view, at)
            if written == 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            at += written
            view = view[written:]

    def _sync(self) -> None:
        if not self._durable:
            return
        try:
            sync_data(self._descriptor)
        except OSError:
            self.doubtful = True
            raise
