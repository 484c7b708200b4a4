"""What a flood, a slow sender, a dead line or a deaf one may cost."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import pytest

from bilan.observe.hj212 import crc16
from bilan.observe.hj212.gateway import Limits, server
from bilan.observe.hj212.store import Store

from .wire import MN, OTHER, REGISTER, STRANGER, Line, connect, data, qns, run, serving, stored, until


def test_one_connection_too_many_is_closed_at_once_and_the_others_live(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, limits=Limits(connections=2)) as gateway:
            lines = [await connect(gateway), await connect(gateway)]
            await until(lambda: gateway.counts.connected == 2)
            assert await (await connect(gateway)).ended()
            assert (gateway.counts.turned_away, gateway.counts.closed) == (1, {"limit": 1})
            for line in lines:
                await line.send(data())
                await line.hear()
            lines[0].close()
            await until(lambda: gateway.counts.connected == 1)
            again = await connect(gateway)
            await again.send(data())
            await again.hear()

    run(trial())


@pytest.mark.parametrize(
    ("sent", "why"),
    [(b"", "unknown"), (b"GET / HTTP/1.1\r\n\r\n", "unknown"), (data(mn=STRANGER), "unknown"), (data(), "idle")],
    ids=["nothing", "another protocol", "a stranger", "an outlet"],
)
def test_a_line_that_says_nothing_is_closed(tmp_path: Path, sent: bytes, why: str) -> None:
    limits = Limits(unknown=0.3, idle=0.3) if why == "idle" else Limits(unknown=0.3)

    async def trial() -> None:
        async with serving(tmp_path, limits=limits) as gateway:
            line = await connect(gateway)
            await line.send(sent)
            assert not await line.ended(0.2)
            assert await line.ended()
            assert gateway.counts.closed == {why: 1}

    run(trial())


def test_an_outlet_is_waited_for_longer_than_a_stranger(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, limits=Limits(unknown=0.1)) as gateway:
            line = await connect(gateway)
            await line.send(data())
            await line.hear()
            assert await line.silent(0.4)

    run(trial())


def test_a_stranger_that_talks_all_the_time_is_closed_too(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, limits=Limits(unknown=0.4)) as gateway:
            line = await connect(gateway)
            with pytest.raises(ConnectionError):
                for _ in range(100):
                    await line.send(data(mn=STRANGER))
                    await asyncio.sleep(0.03)
            assert gateway.counts.closed == {"unknown": 1}

    run(trial())


def test_a_frame_that_never_ends_is_not_waited_for(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, limits=Limits(frame=0.4)) as gateway:
            line = await connect(gateway)
            await line.send(good := data())
            assert qns([await line.hear()]) == qns([good])
            began = time.monotonic()
            with pytest.raises(ConnectionError):
                for byte in data("x=" + "1" * 800):
                    await line.send(bytes([byte]))
                    await asyncio.sleep(0.02)
            assert time.monotonic() - began < 3
            assert gateway.counts.closed == {"slow": 1}
            assert stored(tmp_path) == [good]

    run(trial())


def test_a_slow_but_steady_line_of_whole_frames_stays(tmp_path: Path) -> None:
    """Each read ends in the middle of a frame, so that something always waits."""

    async def trial() -> None:
        async with serving(tmp_path, limits=Limits(frame=0.4)) as gateway:
            line = await connect(gateway)
            frames = [data() for _ in range(12)]
            joined, size = b"".join(frames), len(frames[0])
            await line.send(joined[: size // 2])
            for at in range(size // 2, len(joined), size):
                await asyncio.sleep(0.06)
                await line.send(joined[at : at + size])
            assert qns(await line.hear_all(12)) == qns(frames)
            assert gateway.counts.closed == {}

    run(trial())


def test_a_frame_without_line_end_is_answered_after_the_quiet_time(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, limits=Limits(quiet=0.2)) as gateway:
            line = await connect(gateway)
            for _ in range(2):
                frame = data().removesuffix(b"\r\n")
                began = time.monotonic()
                await line.send(frame)
                assert qns([await line.hear()]) == qns([frame])
                assert 0.2 <= time.monotonic() - began < 1
                assert stored(tmp_path)[-1] == frame
            half = data()
            await line.send(half[:-20])
            assert await line.silent(0.5)
            await line.send(half[-20:])
            assert qns([await line.hear()]) == qns([half])

    run(trial())


def test_longer_segments_than_allowed_are_refused_and_the_next_frame_is_found(tmp_path: Path) -> None:
    def long(size: int) -> bytes:
        head = f"QN=20260301080000000;ST=31;CN=2011;PW=123456;MN={MN};Flag=5;CP=&&".encode()
        segment = head + b"a=" + b"1" * (size - len(head) - 4) + b"&&"
        return b"##%04d%b%04X\r\n" % (len(segment), segment, crc16(segment))

    async def trial() -> None:
        async with serving(tmp_path, limits=Limits(segment=1500)) as gateway:
            line = await connect(gateway)
            sent = [long(1500), long(1501), data()]
            await line.send(*sent)
            assert qns(await line.hear_all(2)) == qns([sent[0], sent[2]])
            assert stored(tmp_path) == [sent[0], sent[2]]
            assert gateway.counts.refused["damaged"] >= 1

    run(trial())


def test_an_outlet_that_sends_too_fast_is_slowed_and_loses_nothing(tmp_path: Path) -> None:
    """Ten at once and forty a second after them, however many frames one read brings."""

    async def trial() -> None:
        async with serving(tmp_path, limits=Limits(rate=40, burst=10)) as gateway:
            line, other = await connect(gateway), await connect(gateway)
            began = time.monotonic()
            sent = [data() for _ in range(30)]
            for at in range(0, 30, 10):
                await line.send(*sent[at : at + 10])
                await asyncio.sleep(0.02)
            for _ in range(5):
                await other.send(quick := data(mn=OTHER))
                assert qns([await other.hear()]) == qns([quick])
            assert time.monotonic() - began < 0.4
            assert qns(await line.hear_all(30)) == qns(sent)
            last = data()
            await line.send(last)
            assert qns([await line.hear()]) == qns([last])
            assert time.monotonic() - began >= 0.45  # of 31 frames 20 or 21 waited for a fortieth of a second
            assert gateway.counts.slowed > 0
            assert [frame for frame in stored(tmp_path) if OTHER.encode() not in frame] == [*sent, last]

    run(trial())


def test_the_rate_holds_for_many_frames_in_one_read(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, limits=Limits(rate=100, burst=10)) as gateway:
            line = await connect(gateway)
            began = time.monotonic()
            for _ in range(8):
                await line.send(*(data() for _ in range(20)))
                await asyncio.sleep(0.05)
            await until(lambda: gateway.counts.stored == 160)
            assert time.monotonic() - began >= 0.45  # 10 at once and 50 in 0.5 s, then all that came meanwhile
            await line.send(last := data())
            assert qns((await line.hear_all(161))[-1:]) == qns([last])
            assert time.monotonic() - began >= 1.45

    run(trial())


def test_a_peer_that_reads_no_answers_is_not_read_and_then_closed(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, limits=Limits(answers=2000, frame=0.5, rate=1e9, burst=10**9)) as gateway:
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(sock, gateway.addresses[0])
            flood = b"".join(data() for _ in range(100))

            async def shout() -> None:
                while True:
                    await loop.sock_sendall(sock, flood)

            with pytest.raises(ConnectionError):
                await asyncio.wait_for(shout(), 20)
            assert gateway.counts.closed == {"deaf": 1}
            assert gateway.counts.connected == 0
            sock.close()

    run(trial())


def test_a_flood_meets_a_bound_while_the_disk_is_slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(Store):
        def append(self, frames: Iterable[tuple[bytes, str]]) -> None:
            threading.Event().wait(0.05)
            super().append(frames)

    lines, limit = 20, 100_000
    most, one_read = 0, 256 << 10

    async def trial() -> None:
        limits = Limits(waiting=limit, rate=1e9, burst=10**9)
        async with serving(tmp_path, limits=limits) as gateway:
            ends = [await connect(gateway) for _ in range(lines)]
            sent = b"".join(data("x=" + "1" * 700) for _ in range(600))
            shouts = [asyncio.ensure_future(line.send(sent)) for line in ends]

            async def watch() -> None:
                nonlocal most
                while True:
                    most = max(most, gateway.counts.waiting_bytes)
                    await asyncio.sleep(0)

            watching = asyncio.ensure_future(watch())
            hearing = [asyncio.ensure_future(line.hear_all(600)) for line in ends]
            await asyncio.gather(*shouts, *hearing)
            watching.cancel()
            assert gateway.counts.answered == gateway.counts.stored == lines * 600
            assert gateway.counts.commits > 3

    monkeypatch.setattr(server, "Store", Slow)
    run(trial())
    assert limit / 2 < most <= limit + lines * one_read


def test_a_flood_of_strangers_costs_no_memory(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path, limits=Limits(unknown=60)) as gateway:
            line = await connect(gateway)

            async def flood(number: int) -> None:
                await line.send(*(data(mn=f"Y{number:04d}{index:09d}") for index in range(2000)))
                await until(lambda: gateway.counts.frames == 2000 * (number + 1))

            await flood(0)
            tracemalloc.start()
            before = tracemalloc.get_traced_memory()[0]
            for number in range(1, 4):
                await flood(number)
            grown = tracemalloc.get_traced_memory()[0] - before
            tracemalloc.stop()
            assert gateway.counts.refused == {"unknown-mn": 8000}
            assert grown < 2_000_000
            assert stored(tmp_path) == []

    run(trial())


def test_bytes_that_are_no_frames_are_counted(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            line = await connect(gateway)
            await line.send(b"AT+CREG?\r\n", good := data(), b"\xff\xfe")
            assert qns([await line.hear()]) == qns([good])
            line.close()
            await until(lambda: gateway.counts.connected == 0)
            assert gateway.counts.noise == 10
            assert gateway.counts.bytes == 12 + len(good)

    run(trial())


def test_a_line_that_waits_for_the_disk_is_not_closed_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    door = threading.Event()

    class Shut(Store):
        def append(self, frames: Iterable[tuple[bytes, str]]) -> None:
            assert door.wait(30)
            super().append(frames)

    async def trial() -> None:
        limits = Limits(waiting=100, unknown=0.2, idle=0.2, frame=0.2)
        async with serving(tmp_path, REGISTER, limits=limits) as gateway:
            line: Line = await connect(gateway)
            sent = [data(), data()]
            await line.send(sent[0])
            await until(lambda: gateway.counts.waiting_frames)
            later = await connect(gateway)  # while no line is read
            await line.send(sent[1])
            await later.send(third := data(mn=OTHER))
            assert await line.silent(0.6)
            assert gateway.counts.frames == 1
            door.set()
            assert qns(await line.hear_all(2)) == qns(sent)
            assert qns([await later.hear()]) == qns([third])

    monkeypatch.setattr(server, "Store", Shut)
    run(trial())
