"""Appending frames to the store: durable when it returns, all of a batch or nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

from bilan.observe.hj212.store.errors import StoreError, refused
from bilan.observe.hj212.store.file import GrowingFile
from bilan.observe.hj212.store.identity import FILE as ID
from bilan.observe.hj212.store.identity import make_store_id
from bilan.observe.hj212.store.parts import FRAMES, TORN, WRITERS, Part, day_of, part_at, parts_of
from bilan.observe.hj212.store.record import new_part, records
from bilan.observe.hj212.store.recovery import Recovered, agrees, recover
from bilan.observe.hj212.store.system import claim, forget_cache, make_folder, sync_folder

PART_BYTES = 64 << 20


class Store:
    """One writer of the store in a folder; used by one thread at a time.

    ``part_bytes``: a part that holds as many is closed, so that it may exceed them by one batch. ``clock``: nanoseconds
    since 1970 UTC. ``writer`` is its number, ``chain`` where its chain stands, ``torn`` what an earlier process left
    that was not whole.

    A record says when the clock said it arrived, but days do not run backwards: while the clock is behind the day of
    the last part, records stay in that part.

    Raises StoreError, or StoreFull where a torn end cannot be moved for want of room: then it may be tried again.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Store(Path(folder)) as store:
    ...     store.append([(b"##0000", "10.0.0.7:5000"), (b"##0001", "10.0.0.8:5000")])
    ...     store.writer, store.chain.seq
    (1, 2)
    """

    def __init__(self, folder: Path, *, part_bytes: int = PART_BYTES, clock: Callable[[], int] = time.time_ns) -> None:
        self.folder = Path(folder)
        self._frames = self.folder / FRAMES
        self._part_bytes = part_bytes
        self._clock = clock
        self._file: GrowingFile | None = None
        self._mark = b""
        self._lock = -1
        try:
            for needed in (self._frames, self.folder / WRITERS):
                make_folder(needed)
            if not (self.folder / ID).exists():  # a damaged one is no reason not to keep what arrives
                make_store_id(self.folder)
            found = self._claim()
        except OSError as error:
            self.close()
            raise refused(self.folder, error) from error
        except BaseException:
            self.close()
            raise
        self.chain, self._last, self.torn = found

    def append(self, frames: Iterable[tuple[bytes, str]]) -> None:
        """Return when ``frames``, pairs of raw bytes and peer, are on the disk: one write and one sync for all.

        All of them carry the moment of this call. Raises StoreFull or StoreError, and then none of them is in the
        store; ValueError for a frame of more than 1 MiB.

        After a failed sync nobody knows what the disk holds. The batch is cut off, the part is read from the disk and
        compared with the chain, and the next batch goes to a new part that goes on from the last acknowledged record.
        Where the cut fails no append succeeds until it does.
        """
        batch = list(frames)
        if not batch:
            return
        if self._lock < 0:
            raise StoreError(f"{self.folder}：存储已关闭")
        now = self._clock()
        try:
            file = self._file_for(day_of(now))
            data, chain = records(batch, self.chain, self._mark, now // 1000)
            file.add(data)
        except OSError as error:
            raise refused(self._last.path if self._last else self.folder, error) from error
        self.chain = chain

    def close(self) -> None:
        """Close the part and give the number back."""
        if self._file:
            self._file.close()
            self._file = None
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _claim(self) -> Recovered:
        """Take a number and go on with its chain; a number whose last part was destroyed stays as it is, for verify."""
        self.writer = 0
        while True:
            above = self.writer
            self.writer, lock = claim(self.folder / WRITERS, above)
            if self._lock >= 0:
                os.close(self._lock)
            self._lock = lock
            if found := recover(parts_of(self._frames).get(self.writer, []), self.folder / TORN):
                return found

    def _file_for(self, day: str) -> GrowingFile:
        """Return the part for a batch of ``day``, a new one where the last is full, of another day or doubtful."""
        file, last = self._file, self._last
        if last:
            day = max(day, last.day)
        if file and file.doubtful:
            self._retire(file)
        elif file and last and last.day == day and file.size < self._part_bytes:
            return file
        return self._begin(day)

    def _retire(self, file: GrowingFile) -> None:
        """Leave a part whose sync failed. Raises StoreError when the disk does not hold what was acknowledged.

        Even then the next batch goes on in a new part: it names the hash it goes on from, so that ``verify`` shows the
        loss.
        """
        file.settle()
        forget_cache(file.path)
        assert self._last is not None
        wrong = agrees(self._last, self.chain, file.size)
        file.close()
        self._file = None
        if wrong:
            raise StoreError(f"写盘失败后核对，已确认的数据有缺损：{wrong}")

    def _begin(self, day: str) -> GrowingFile:
        """Begin the next part; on the disk, with its name, when this returns."""
        if self._file:
            self._file.settle()
        number = self._last.number + 1 if self._last and self._last.day == day else 1
        make_folder(self._frames / day)
        file, part = self._new_file(day, number)
        try:
            begun = new_part(f"{part.writer:02}", part.day, f"{part.number:06}", self.chain)
            file.add(begun.line)
            sync_folder(part.path.parent)
            sync_folder(self._frames)
        except BaseException:
            file.discard()
            raise
        if self._file:
            self._file.close()
        self._file, self._last, self._mark, self.chain = file, part, begun.mark, begun.chain
        return file

    def _new_file(self, day: str, number: int) -> tuple[GrowingFile, Part]:
        while True:
            part = part_at(self._frames, self.writer, day, number)
            try:
                return GrowingFile(part.path), part
            except FileExistsError:  # what could not be removed when it could not be begun
                number += 1
