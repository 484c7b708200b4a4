"""Who writes to the disk: its thread, unless the disk is so quick that the event loop may do it by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from bilan.observe.hj212.gateway import commit, server
from bilan.observe.hj212.store import Store, StoreFull

from .wire import connect, data, run, serving, stored


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The threads that wrote, batch by batch; the fourth batch meets a slow disk, the eighth a full one."""
    names: list[str] = []

    class Watched(Store):
        def append(self, frames: Iterable[tuple[bytes, str]]) -> None:
            names.append(threading.current_thread().name)
            if len(names) == 4:
                time.sleep(0.1)
            if len(names) == 8:
                raise StoreFull("磁盘已满")
            super().append(frames)

    monkeypatch.setattr(server, "Store", Watched)
    monkeypatch.setattr(commit, "_BY_THREAD", 2)
    monkeypatch.setattr(commit, "_QUICK", 0.05)
    return names


def test_the_event_loop_writes_to_a_quick_disk_and_leaves_a_slow_or_full_one_to_the_thread(
    tmp_path: Path, written: list[str]
) -> None:
    sent = [data() for _ in range(12)]

    async def trial() -> None:
        async with serving(tmp_path, limits=server.Limits(retry=0.01)) as gateway:
            line = await connect(gateway)
            for frame in sent:
                await line.send(frame)
                await line.answered()

    run(trial())
    loop, thread = "MainThread", "store"
    slow, full = [loop, thread, thread], [loop, thread, thread, thread]  # of these the first tries again what failed
    assert written == [thread, thread, loop, *slow, loop, *full, loop, loop]
    assert stored(tmp_path) == sent


@pytest.mark.parametrize("by_thread", [0, 100], ids=["loop", "thread"])
def test_a_defect_ends_the_gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_thread: int) -> None:
    class Broken(Store):
        def append(self, frames: Iterable[tuple[bytes, str]]) -> None:
            raise ZeroDivisionError

    monkeypatch.setattr(server, "Store", Broken)
    monkeypatch.setattr(commit, "_BY_THREAD", by_thread)

    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            line = await connect(gateway)
            await line.send(data())
            with pytest.raises(ZeroDivisionError):
                await gateway.stopped()

    run(trial())
