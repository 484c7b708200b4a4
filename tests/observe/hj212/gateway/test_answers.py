"""What is answered, with what, and when: not before the frame is on the disk."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest

from bilan.observe.hj212 import encode_parts, examine, flag_of
from bilan.observe.hj212.gateway import Limits, server
from bilan.observe.hj212.store import Store, StoreError, read, verify

from .wire import KEY, MN, OTHER, Line, connect, data, qns, run, serving, stored


@pytest.mark.parametrize(
    ("version", "flag", "cn", "answer"),
    [
        (2005, "0", "2011", "9014"),
        (2005, "0", "2072", "9013"),
        (2017, "4", "2011", "9014"),
        (2017, "4", "2061", "9014"),
        (2017, "4", "1013", "9013"),
        (2017, "4", "9015", "9013"),  # a vendor's
        (2025, "8", "2051", "9014"),
        (2025, "8", "1013", "9013"),
        (2025, "8", "9015", "9013"),
    ],
)
def test_the_answer_has_the_qn_password_and_mn_of_what_it_answers(
    tmp_path: Path, version: int, flag: str, cn: str, answer: str
) -> None:
    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            line = await connect(gateway)
            frame = data(cn=cn, mn=OTHER, flag=flag_of(version, answer=True))
            await line.send(frame)
            heard = await line.hear()
            assert [heard.qn] == qns([frame])
            assert (heard.cn, heard.st, heard.pw, heard.mn) == (answer, "91", "654321", OTHER)
            assert heard.raw.split(b";")[5:] == [b"Flag=" + flag.encode(), b"CP=&&&&" + heard.raw[-6:]]
            assert stored(tmp_path) == [frame]

    run(trial())


@pytest.mark.parametrize(
    "frame",
    [
        data(flag=4),
        data(flag=8),
        data(flag=None),
        data(flag=None, qn=None),
        data(flag=5, qn=None),
        data(flag=5, qn="2" * 900),
        data("QnRtn=1", cn="9011"),
        data("ExeRtn=1", cn="9012"),
        data("", cn="9013"),
        data("", cn="9014"),
    ],
    ids=["bit 0 of 4", "bit 0 of 8", "no Flag", "2005", "no QN", "no real QN", "9011", "9012", "9013", "9014"],
)
def test_what_wants_no_answer_gets_none_and_is_kept(tmp_path: Path, frame: bytes) -> None:
    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            line = await connect(gateway)
            after = data()
            await line.send(frame, after)
            assert qns([await line.hear()]) == qns([after])
            assert await line.silent()
            assert stored(tmp_path) == [frame, after]

    run(trial())


def test_nothing_is_answered_before_it_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    door = threading.Event()

    class Shut(Store):
        def append(self, frames: Iterable[tuple[bytes, str]]) -> None:
            assert door.wait(30)
            super().append(frames)

    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            lines = [await connect(gateway) for _ in range(3)]
            sent = [data() for _ in lines]
            for line, frame in zip(lines, sent, strict=True):
                await line.send(frame)
            assert all([await line.silent() for line in lines])
            assert stored(tmp_path) == []
            door.set()
            assert qns([await line.hear() for line in lines]) == qns(sent)
            assert sorted(stored(tmp_path)) == sorted(sent)

    monkeypatch.setattr(server, "Store", Shut)
    run(trial())


def test_answers_come_in_the_order_of_the_frames_and_one_sync_serves_many(tmp_path: Path) -> None:
    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            line = await connect(gateway)
            sent = [data() for _ in range(200)]
            await line.send(*sent)
            assert qns(await line.hear_all(200)) == qns(sent)
            assert stored(tmp_path) == sent
            assert gateway.counts.commits < 50
            assert (gateway.counts.frames, gateway.counts.stored, gateway.counts.answered) == (200, 200, 200)
            assert (gateway.counts.waiting_frames, gateway.counts.waiting_bytes) == (0, 0)
        assert verify(tmp_path / "store").ok

    run(trial())


def test_a_frame_that_the_disk_refused_is_answered_when_it_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = 3

    class Failing(Store):
        def append(self, frames: Iterable[tuple[bytes, str]]) -> None:
            nonlocal refusals
            if refusals:
                refusals -= 1
                raise StoreError("不行")
            super().append(frames)

    async def trial() -> None:
        async with serving(tmp_path, limits=Limits(retry=0.05)) as gateway:
            line = await connect(gateway)
            frame = data()
            await line.send(frame)
            assert qns([await line.hear()]) == qns([frame])
            assert (refusals, gateway.counts.commit_failures) == (0, 3)
            assert stored(tmp_path) == [frame]

    monkeypatch.setattr(server, "Store", Failing)
    run(trial())


def test_each_part_of_a_split_packet_is_answered_with_its_own_qn(tmp_path: Path) -> None:
    cp = "DataTime=20260301080000;" + ";".join(f"a{n:05d}-Avg=1.000,a{n:05d}-Flag=N" for n in range(90))
    told = {"mn": MN, "st": "31", "cn": "2051", "qn": datetime(2026, 3, 1, 8)}

    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            line = await connect(gateway)
            for version, flag in ((2017, b"Flag=4;"), (2025, b"Flag=8;")):
                parts = encode_parts(cp, version=version, **told)  # type: ignore[arg-type]
                assert len(parts) > 2
                await line.send(*parts)
                heard = await line.hear_all(len(parts))
                assert len(set(qns(heard))) == len(parts)
                assert qns(heard) == qns(parts)
                assert all(flag in packet.raw and packet.cn == "9014" for packet in heard)

    run(trial())


def test_enciphered_frames_are_answered_and_kept_as_they_came(tmp_path: Path) -> None:
    register = f"station,mn,password,key\ns1,{MN},123456,{KEY.decode()}\n"

    async def trial() -> None:
        async with serving(tmp_path, register) as gateway:
            line = await connect(gateway)
            sent = [data(flag=9, key=KEY), data(flag=9), data(flag=9, key=KEY)]
            for at in range(0, len(joined := b"".join(sent)), 7):
                await line.send(joined[at : at + 7])
            assert qns(await line.hear_all(3)) == [examine(frame, keys=[KEY]).qn for frame in sent]
            assert stored(tmp_path) == sent

    run(trial())


def test_a_peer_that_sends_nothing_more_still_gets_its_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has closed its half of the line; the last frame even lacks its line end."""

    class Slow(Store):
        def append(self, frames: Iterable[tuple[bytes, str]]) -> None:
            threading.Event().wait(0.2)
            super().append(frames)

    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            line = await connect(gateway)
            sent = [data(), data().removesuffix(b"\r\n")]
            await line.send(*sent)
            line.writer.write_eof()
            assert qns(await line.hear_all(2)) == qns(sent)
            assert await line.ended()
            assert gateway.counts.connected == 0

    monkeypatch.setattr(server, "Store", Slow)
    run(trial())


def test_a_line_that_is_gone_gets_no_answer_but_its_frame_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = threading.Event()

    class Shut(Store):
        def append(self, frames: Iterable[tuple[bytes, str]]) -> None:
            assert door.wait(30)
            super().append(frames)

    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            line = await connect(gateway)
            frame = data()
            await line.send(frame)
            while not gateway.counts.frames:
                await asyncio.sleep(0.01)
            line.reset()
            while gateway.counts.connected:
                await asyncio.sleep(0.01)
            door.set()
            while not gateway.counts.stored:
                await asyncio.sleep(0.01)
            assert stored(tmp_path) == [frame]
            assert gateway.counts.answered == 0

    monkeypatch.setattr(server, "Store", Shut)
    run(trial())


def test_the_end_commits_and_answers_what_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also a frame that lacks only its line end, and nothing that comes afterwards."""

    class Slow(Store):
        def append(self, frames: Iterable[tuple[bytes, str]]) -> None:
            threading.Event().wait(0.3)
            super().append(frames)

    async def trial() -> None:
        lines: list[Line] = []
        sent = [data() for _ in range(5)] + [data().removesuffix(b"\r\n")]
        async with serving(tmp_path, limits=Limits(quiet=60)) as gateway:
            for frame in sent:
                lines.append(await connect(gateway))
                await lines[-1].send(frame)
            while gateway.counts.frames < 5 or gateway.counts.bytes < sum(map(len, sent)):
                await asyncio.sleep(0.01)
        assert qns([await line.hear() for line in lines]) == qns(sent)
        assert all([await line.ended() for line in lines])
        assert sorted(stored(tmp_path)) == sorted(sent)
        assert gateway.counts.connected == 0

    monkeypatch.setattr(server, "Store", Slow)
    run(trial())
    assert verify(tmp_path / "store").ok


@pytest.mark.optional
def test_peers_are_kept_as_addresses_of_both_families(tmp_path: Path) -> None:
    async def trial(host: str) -> str:
        async with serving(tmp_path / host.replace(":", "_"), host=host) as gateway:
            line = await connect(gateway)
            await line.send(data())
            await line.hear()
            own, port = line.writer.get_extra_info("sockname")[:2]
            return f"[{own}]:{port}" if ":" in own else f"{own}:{port}"

    for host in ("127.0.0.1", "::1"):
        folder = tmp_path / host.replace(":", "_")
        folder.mkdir()
        try:
            peer = asyncio.run(trial(host))
        except OSError:
            pytest.skip(f"no address {host} here")
        assert [frame.peer for frame in read(folder / "store")] == [peer]
