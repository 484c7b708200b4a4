"""Group commit: frames wait while the disk is busy with the ones before, and are answered when they are on it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Protocol

from bilan.observe.hj212.gateway.counts import Counts
from bilan.observe.hj212.gateway.limits import Limits
from bilan.observe.hj212.store import Store, StoreError, StoreFull

log = logging.getLogger(__name__)


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
    """

    def __init__(self, store: Store, limits: Limits, counts: Counts, hold: Callable[[bool], None]) -> None:
        self._store, self._limits, self._counts, self._hold = store, limits, counts, hold
        self._waiting: list[Pending] = []
        self._came = asyncio.Event()
        self._held = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._closing = False

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
        self._came.set()

    async def run(self) -> None:
        """Commit until :meth:`close`; then whatever waits is committed and the method returns."""
        while not (self._closing and not self._waiting):
            await self._came.wait()
            self._came.clear()
            while self._waiting:
                batch, self._waiting = self._waiting, []
                if not await self._commit(batch):
                    self._thread.shutdown()
                    return
                self._answer(batch)
        self._thread.shutdown()

    def close(self) -> None:
        """Let :meth:`run` end when nothing waits any more."""
        self._closing = True
        self._came.set()

    async def _commit(self, batch: list[Pending]) -> bool:
        """Whether the batch is on the disk; False where the process ends while the disk is full."""
        frames = [(pending.raw, pending.peer) for pending in batch]
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            try:
                await loop.run_in_executor(self._thread, self._store.append, frames)
            except StoreError as error:
                self._counts.commit_failures += 1
                if not self._counts.full:
                    log.error("store refuses: nothing is acknowledged", extra={"reason": str(error)})
                self._counts.full = True
                if not isinstance(error, StoreFull):
                    log.error("store error", extra={"reason": str(error)})
                if self._closing:
                    log.error("frames given up", extra={"frames": len(batch) + len(self._waiting)})
                    return False
                await asyncio.sleep(self._limits.retry)
            else:
                if self._counts.full:
                    log.warning("store goes on")
                    self._counts.full = False
                self._counts.commits += 1
                self._counts.commit_seconds += loop.time() - began
                return True

    def _answer(self, batch: list[Pending]) -> None:
        counts = self._counts
        counts.stored += len(batch)
        counts.waiting_frames -= len(batch)
        counts.waiting_bytes -= sum(len(pending.raw) for pending in batch)
        for pending in batch:
            if pending.answer:
                pending.sender.answer(pending.answer)
        if self._held and counts.waiting_bytes <= self._limits.waiting // 2:
            self._held = False
            self._hold(False)
