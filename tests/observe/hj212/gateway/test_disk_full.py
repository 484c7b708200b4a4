"""A full disk: nothing is acknowledged, this is said, and it goes on by itself with nothing lost."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bilan.observe.hj212.gateway import Limits, server
from bilan.observe.hj212.store import Store, StoreFull, verify

from .wire import MN, connect, data, qns, run, serving, stored, until, write_register


def test_nothing_is_acknowledged_until_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    room = False

    class Full(Store):
        def append(self, frames: Iterable[tuple[bytes, str]]) -> None:
            if not room:
                raise StoreFull("磁盘已满")
            super().append(frames)

    async def trial() -> None:
        nonlocal room
        async with serving(tmp_path, limits=Limits(retry=0.05)) as gateway:
            line, other = await connect(gateway), await connect(gateway)
            await line.send(first := data())
            assert await line.silent(0.3)
            await other.send(second := data())
            assert await other.silent(0.1)
            assert gateway.counts.full
            assert gateway.counts.commit_failures > 2
            assert (gateway.counts.answered, gateway.counts.stored, gateway.counts.waiting_frames) == (0, 0, 2)
            assert stored(tmp_path) == []
            room = True
            assert qns([await line.hear(), await other.hear()]) == qns([first, second])
            assert not gateway.counts.full
            assert stored(tmp_path) == [first, second]

    monkeypatch.setattr(server, "Store", Full)
    with caplog.at_level(logging.WARNING):
        run(trial())
    assert [record.message for record in caplog.records] == [
        "store refuses: nothing is acknowledged",
        "store goes on",
    ]


def test_the_end_while_the_disk_is_full_gives_up_what_was_not_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Full(Store):
        def append(self, frames: Iterable[tuple[bytes, str]]) -> None:
            raise StoreFull("磁盘已满")

    async def trial() -> None:
        async with serving(tmp_path, limits=Limits(retry=0.05)) as gateway:
            line = await connect(gateway)
            await line.send(data())
            await until(lambda: gateway.counts.full)
        assert await line.ended()
        assert gateway.counts.answered == 0

    monkeypatch.setattr(server, "Store", Full)
    run(trial())
    assert [record.frames for record in caplog.records if record.message == "frames given up"] == [1]  # type: ignore[attr-defined]
    assert stored(tmp_path) == []


def test_lines_commands_and_presence_live_on_while_the_state_cannot_be_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk has no room for the state either: that is told once, and made up for."""

    async def trial() -> None:
        async with serving(tmp_path, on_connect=[("1062", "RtdInterval=30")]) as gateway:
            gateway.state._db.execute("PRAGMA query_only = ON")  # every write fails, as on a full disk
            line = await connect(gateway)
            await line.send(asks := data("", cn="1013"), report := data())
            assert qns(await line.hear_all(2)) == qns([asks, report])
            assert await line.silent(0.3)
            assert all(not task.done() for task in gateway._tasks)
            gateway.state._db.execute("PRAGMA query_only = OFF")
            assert {(await line.hear()).cn, *[c.cn for c in gateway.state.commands()]} == {"1062", "1012"}
            assert [outlet.mn for outlet in gateway.state.presences() if outlet.online] == [MN]

    run(trial())
    told = [record.message for record in caplog.records if record.levelno == logging.ERROR]
    assert sorted(told) == [
        "state not written: commands",
        "state not written: commands wanted",
        "state not written: presence",
    ]


# --- a real process whose files may not grow ---

KB = 1024


@contextmanager
def gateway_process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int, list[dict[str, object]]]]:
    """A gateway of its own, its port and what it has logged so far."""
    options = ["--listen", "127.0.0.1:0", "--store", str(folder / "store"), "--register", str(folder / "register.csv")]
    command = [sys.executable, "-m", "bilan", "gateway", *options]
    told: list[dict[str, object]] = []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        listening = json.loads(process.stderr.readline())
        stream = process.stderr

        def listen() -> None:
            for line in stream:
                told.append(json.loads(line))

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield process, int(str(listening["addresses"][0]).rpartition(":")[2]), told
        finally:
            process.kill()
            thread.join()


def events(told: list[dict[str, object]]) -> list[object]:
    return [line["event"] for line in told]


@pytest.mark.skipif(sys.platform != "linux", reason="the limits of another process can be set on Linux only")
def test_a_process_whose_files_may_not_grow(tmp_path: Path) -> None:
    import resource

    write_register(tmp_path, f"station,mn,password\ns1,{MN},123456\n")
    acknowledged: list[bytes] = []

    def say(sock: socket.socket, frame: bytes) -> bytes:
        sock.sendall(frame)
        heard = b""
        while not heard.endswith(b"\r\n"):
            if not (got := sock.recv(4096)):
                raise ConnectionError
            heard += got
        acknowledged.append(frame)
        return heard

    with gateway_process(tmp_path) as (process, port, told):
        limits = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        with socket.create_connection(("127.0.0.1", port), timeout=20) as sock:
            for _ in range(20):
                say(sock, data("x=" + "1" * 700))
            for turn in range(2):
                size = max(path.stat().st_size for path in (tmp_path / "store").rglob("*.frames"))
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size + 2 * KB, limits[1]))
                sock.settimeout(2.5)
                before = len(acknowledged)
                with pytest.raises(TimeoutError):
                    for _ in range(10):
                        say(sock, waiting := data("x=" + "2" * 700))
                assert len(acknowledged) - before <= 2
                assert events(told).count("store refuses: nothing is acknowledged") == turn + 1
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits)
                sock.settimeout(20)
                assert qns([sock.recv(4096)]) == qns([waiting])
                acknowledged.append(waiting)
                for _ in range(20):
                    say(sock, data("x=" + "3" * 700))
                assert events(told).count("store goes on") == turn + 1
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(20) == 0
    assert "超出允许的文件大小" in json.dumps(told, ensure_ascii=False)
    assert stored(tmp_path) == acknowledged
    found = verify(tmp_path / "store")
    assert (found.problems, found.unfinished) == ([], [])
