"""Who writes to the disk: its thread, unless the disk is so quick that the event loop may do it by itself."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from bilan.observe.hj212.gateway import commit, server
from bilan.observe.hj212.gateway.commit import GroupCommit, Pending
from bilan.observe.hj212.gateway.counts import Counts
from bilan.observe.hj212.gateway.limits import Limits
from bilan.observe.hj212.store import Store, StoreFull

from .wire import connect, data, run, serving

LOOP, THREAD = "MainThread", "store"


class Disk:
    """Takes batches and remembers who wrote them; the fourth takes its time, for the eighth there is no room."""

    def __init__(self) -> None:
        self.writers: list[str] = []
        self.frames: list[bytes] = []

    def append(self, frames: Iterable[tuple[bytes, str]]) -> None:
        self.writers.append(threading.current_thread().name)
        if len(self.writers) == 4:
            time.sleep(1.5)
        if len(self.writers) == 8:
            raise StoreFull("磁盘已满")
        self.frames += [raw for raw, _ in frames]


class Asker:
    """Hears answers; one of them it cannot bear."""

    def __init__(self, unbearable: bytes = b"") -> None:
        self.heard: list[bytes] = []
        self._unbearable = unbearable

    def answer(self, frame: bytes) -> None:
        if frame == self._unbearable:
            raise ZeroDivisionError
        self.heard.append(frame)


def group_commit(disk: Disk) -> GroupCommit:
    return GroupCommit(disk, Limits(retry=0.01), Counts(), lambda hold: None)  # type: ignore[arg-type]


def pending(number: int, asker: Asker) -> Pending:
    return Pending(b"frame %d" % number, "10.0.0.7:5000", asker, b"answer %d" % number)


def test_the_event_loop_writes_to_a_quick_disk_and_leaves_a_slow_or_full_one_to_the_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(commit, "_LEAST", 2)
    monkeypatch.setattr(commit, "_QUICK", 1.0)
    disk, asker = Disk(), Asker()

    async def trial() -> None:
        frames = group_commit(disk)
        running = asyncio.create_task(frames.run())
        for number in range(12):
            frames.add(pending(number, asker))
            while len(asker.heard) <= number:
                await asyncio.sleep(0)
        frames.close()
        await running

    run(trial())
    first, quick, slow = [THREAD] * 2, [LOOP], [LOOP] + [THREAD] * 4  # then the loop waits twice as long
    again = [THREAD]  # what was refused
    assert disk.writers == [*first, *quick, *slow, *again, *quick * 4]
    assert disk.frames == [b"frame %d" % number for number in range(12)]


@pytest.mark.parametrize("left_to_thread", [0, 1, 2, 1000])
def test_answers_leave_in_the_order_of_the_frames_whoever_writes(
    monkeypatch: pytest.MonkeyPatch, left_to_thread: int
) -> None:
    monkeypatch.setattr(commit, "_LEAST", left_to_thread)
    disk, asker = Disk(), Asker()

    async def trial() -> None:
        frames = group_commit(disk)
        running = asyncio.create_task(frames.run())
        for number in range(300):
            frames.add(pending(number, asker))
            if number % 7 == 0:
                await asyncio.sleep(0.001 * (number % 3))
        frames.close()
        await running

    run(trial())
    assert disk.frames == [b"frame %d" % number for number in range(300)]
    assert asker.heard == [b"answer %d" % number for number in range(300)]


@pytest.mark.parametrize("left_to_thread", [0, 1000], ids=["loop", "thread"])
def test_what_breaks_while_answering_ends_it(monkeypatch: pytest.MonkeyPatch, left_to_thread: int) -> None:
    monkeypatch.setattr(commit, "_LEAST", left_to_thread)

    async def trial() -> None:
        frames = group_commit(Disk())
        frames.add(pending(1, Asker(b"answer 1")))
        frames.close()
        with pytest.raises(ZeroDivisionError):
            await frames.run()

    run(trial())


@pytest.mark.parametrize("left_to_thread", [0, 1000], ids=["loop", "thread"])
def test_a_defect_of_the_store_ends_the_gateway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left_to_thread: int
) -> None:
    class Broken(Store):
        def append(self, frames: Iterable[tuple[bytes, str]]) -> None:
            raise ZeroDivisionError

    monkeypatch.setattr(server, "Store", Broken)
    monkeypatch.setattr(commit, "_LEAST", left_to_thread)

    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            line = await connect(gateway)
            await line.send(data())
            with pytest.raises(ZeroDivisionError):
                await gateway.stopped()

    run(trial())
