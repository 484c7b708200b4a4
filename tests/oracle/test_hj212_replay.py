"""A real hour of a provincial platform, replayed into the gateway in pieces of random size."""

from __future__ import annotations

import asyncio
import gzip
import random
from collections import Counter
from pathlib import Path

import pytest

from bilan.observe.hj212 import Frame, FrameReader, examine
from bilan.observe.hj212.gateway import Gateway, Limits
from bilan.observe.hj212.store import read, read_refused, verify

HOUR = Path(__file__).parents[3] / "shared" / "data" / "hj212" / "stream-hour-a.h212.gz"

pytest.importorskip("fcntl", reason="the gateway writes its store on systems with file locks only")
pytestmark = [
    pytest.mark.optional,
    pytest.mark.skipif(not HOUR.is_file(), reason="needs the raw hour in ../shared/data/hj212"),
]
FRAMES, GOOD = 9_133, 9_127


def frames_of(stream: bytes) -> list[Frame]:
    reader = FrameReader()
    return reader.feed(stream) + reader.finish()


def register_of(frames: list[Frame], path: Path) -> None:
    """A register with the password that each outlet used most."""
    said: dict[str, Counter[str]] = {}
    for frame in frames:
        packet = examine(frame)
        if packet.ok and packet.mn:
            said.setdefault(packet.mn, Counter())[packet.pw or ""] += 1
    lines = [f"s{number},{mn},{found.most_common(1)[0][0]}" for number, (mn, found) in enumerate(said.items())]
    path.touch(mode=0o600)
    path.write_text("\n".join(["station,mn,password", *lines]))


async def replay(gateway: Gateway, stream: bytes, seed: int) -> bytes:
    """Write the stream in pieces of 1 to 3000 bytes; return what was answered until the gateway has taken it all."""
    dice = random.Random(seed)
    reader, writer = await asyncio.open_connection(*gateway.addresses[0])
    answers = asyncio.create_task(reader.read())
    at = 0
    while at < len(stream):
        size = dice.choice((1, 2, 3, 5, 17, 100, 700, 3000))
        writer.write(stream[at : at + size])
        at += size
        await writer.drain()
        if dice.random() < 0.2:
            await asyncio.sleep(0)
    writer.write_eof()
    answered = await answers
    writer.close()
    return answered


def test_the_raw_hour_arrives_whole_in_pieces_of_random_size(tmp_path: Path) -> None:
    stream = gzip.decompress(HOUR.read_bytes())
    frames = frames_of(stream)
    register_of(frames, tmp_path / "register.csv")

    async def run() -> tuple[Counter[str], int, bytes]:
        limits = Limits(burst=10_000)
        async with Gateway(tmp_path, tmp_path / "register.csv", limits=limits) as gateway:
            answered = await replay(gateway, stream, seed=212)
        return gateway.counts.refused, gateway.counts.frames, answered

    refused, count, answered = asyncio.run(run())
    good = [frame for frame in frames if examine(frame).ok]
    stored = [frame.raw for frame in read(tmp_path)]
    kept_back = [(frame.reason, frame.raw) for frame in read_refused(tmp_path)]

    assert (count, len(good)) == (FRAMES, GOOD)
    assert sum(refused.values()) == len(kept_back) == FRAMES - len(stored)
    damaged = [raw for reason, raw in kept_back if reason in ("damaged", "crc")]
    assert Counter(damaged) == Counter(frame.raw for frame in frames if not examine(frame).ok)
    assert {reason for reason, _ in kept_back} <= {"damaged", "crc", "password"}
    others = Counter(raw for reason, raw in kept_back if reason == "password")
    assert Counter(stored) + others == Counter(frame.raw for frame in good)
    assert verify(tmp_path).ok

    wanted = [packet for packet in map(examine, stored) if packet.wants_answer and packet.qn]
    told = [examine(frame) for frame in frames_of(answered)]  # on a slow machine also the time that devices asked for
    answers = [packet for packet in told if packet.cn in ("9013", "9014")]
    assert [answer.qn for answer in answers] == [packet.qn for packet in wanted if packet.cn not in ("9011", "9012")]
