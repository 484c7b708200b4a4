"""Group commit: frames wait while the disk is busy with the ones before, and are answered when they are on it."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import NamedTuple, Protocol

from bilan.observe.hj212.gateway.counts import Counts
from bilan.observe.hj212.gateway.limits import Limits
from bilan.observe.hj212.store import Store, StoreError, StoreFull

log = logging.getLogger(__name__)

_QUICK = 0.003  # seconds for which the event loop may wait for the disk
_LEAST, _MOST = 16, 4096  # batches that the thread writes before the loop tries again


class Sender(Protocol):
    """Who gets the answer once a frame is safe."""

    def answer(self, frame: bytes) -> None: ...


class Pending(NamedTuple):
    """A frame on its way to the disk."""

    raw: bytes
    peer: str
    sender: Sender
    answer: bytes | None


class GroupCommit:
    """Takes frames into ``store``, as many at once as came while the disk was busy.

    ``hold`` is called with True when more bytes wait than ``limits`` allow, and with False when half are written: then
    no line must be read. While the disk is full nothing is answered, and the same frames are tried again and again.

    A disk that lets one wait has a thread of its own. It and the event loop hand each other one batch at a time,
    without a task in between: each further turn of a busy loop would keep the disk idle for as long as all lines take.
    For a quick disk that is too much: where loop and thread want the interpreter in turns, both wait longer for it than
    for the disk. Then the loop writes by itself. It tries now and then whether the disk is quick, the more rarely the
    more often it was not.
    """

    def __init__(self, store: Store, limits: Limits, counts: Counts, hold: Callable[[bool], None]) -> None:
        self._store, self._limits, self._counts, self._hold = store, limits, counts, hold
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Pending] = []
        self._to_disk: SimpleQueue[list[Pending] | None] = SimpleQueue()
        self._left_to_thread = self._spell = _LEAST
        self._busy = False  # a batch is on its way to the disk, or about to be
        self._began = 0.0
        self._held = False
        self._closing = False
        self._ended: asyncio.Future[None] = self._loop.create_future()

    @property
    def taken(self) -> int:
        """How many frames were taken in so far."""
        return self._counts.stored + self._counts.waiting_frames

    def add(self, pending: Pending) -> None:
        """Take a frame in; its sender gets the answer when it is on the disk."""
        self._waiting.append(pending)
        counts = self._counts
        counts.waiting_frames += 1
        counts.waiting_bytes += len(pending.raw)
        if counts.waiting_bytes > self._limits.waiting and not self._held:
            self._held = True
            self._hold(True)
        if not self._busy:
            self._busy = True
            self._loop.call_soon(self._begin)  # with what the other lines bring in this turn

    async def run(self) -> None:
        """Commit until :meth:`close`; then whatever waits is committed and the method returns."""
        thread = threading.Thread(target=self._write, name="store", daemon=True)
        thread.start()
        try:
            await self._ended
        finally:
            self._to_disk.put(None)
            thread.join()  # nobody may close the store under it

    def close(self) -> None:
        """Let :meth:`run` end when nothing waits any more."""
        self._closing = True
        if not self._busy:
            self._end()

    def _write(self) -> None:
        """Bring batches to the disk, in the thread."""
        while (batch := self._to_disk.get()) is not None:
            error = self._append(batch)
            self._loop.call_soon_threadsafe(self._done, batch, error)

    def _append(self, batch: list[Pending]) -> Exception | None:
        """Bring a batch to the disk; what went wrong, if anything did."""
        try:
            self._store.append((pending.raw, pending.peer) for pending in batch)
        except Exception as error:
            return error
        return None

    def _begin(self) -> None:
        """Bring to the disk what waits."""
        batch, self._waiting = self._waiting, []
        self._began = self._loop.time()
        if self._left_to_thread:
            self._left_to_thread -= 1
            self._to_disk.put(batch)
            return
        computed = time.thread_time()
        error = self._append(batch)
        waited = self._loop.time() - self._began - (time.thread_time() - computed)
        quick = error is None and waited <= _QUICK
        self._spell = _LEAST if quick else min(2 * self._spell, _MOST)
        self._left_to_thread = 0 if quick else self._spell
        self._done(batch, error)

    def _done(self, batch: list[Pending], error: Exception | None) -> None:
        """Go on when ``batch`` is on the disk, or is not; a defect on the way ends the gateway."""
        try:
            if error is None:
                self._stored(batch)
            elif isinstance(error, StoreError):
                self._refused(batch, error)
            else:
                self._end(error)
        except Exception as defect:
            self._end(defect)

    def _stored(self, batch: list[Pending]) -> None:
        """Answer ``batch`` and go on with what came meanwhile."""
        counts = self._counts
        if counts.full:
            log.warning("store goes on")
            counts.full = False
        counts.commits += 1
        counts.commit_seconds += self._loop.time() - self._began
        counts.stored += len(batch)
        if not self._waiting:
            self._busy = False
        elif self._left_to_thread:
            self._begin()  # before the answers, so that the disk has something to do meanwhile
        else:
            self._loop.call_soon(self._begin)
        self._answer(batch)
        if self._closing and not self._busy:
            self._end()

    def _refused(self, batch: list[Pending], error: StoreError) -> None:
        """Try again later."""
        self._counts.commit_failures += 1
        if not self._counts.full:
            log.error("store refuses: nothing is acknowledged", extra={"reason": str(error)})
        self._counts.full = True
        if not isinstance(error, StoreFull):
            log.error("store error", extra={"reason": str(error)})
        if self._closing:
            log.error("frames given up", extra={"frames": len(batch) + len(self._waiting)})
            self._end()
        else:
            self._loop.call_later(self._limits.retry, self._to_disk.put, batch)

    def _end(self, error: Exception | None = None) -> None:
        if self._ended.done():
            return
        if error is None:
            self._ended.set_result(None)
        else:
            self._ended.set_exception(error)

    def _answer(self, batch: list[Pending]) -> None:
        counts = self._counts
        counts.waiting_frames -= len(batch)
        counts.waiting_bytes -= sum(len(pending.raw) for pending in batch)
        for pending in batch:
            if pending.answer:
                pending.sender.answer(pending.answer)
        if self._held and counts.waiting_bytes <= self._limits.waiting // 2:
            self._held = False
            self._hold(False)
