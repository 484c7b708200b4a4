"""The gateway is killed under load again and again: what a device was told is kept is kept, and nothing is doubled."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bilan.observe.hj212 import FrameReader, encode, encode_parts, examine, flag_of, qn_of

pytest.importorskip("deltalake")
pytest.importorskip("fcntl", reason="the gateway writes its store on systems with file locks only")

from bilan.observe.hj212.store import read, verify
from bilan.observe.lake import Lake

KILLS = 20
KEY = b"0123456789abcdef"
START = datetime(2026, 3, 1)
# In mg/L in packets as in the lake.
FACTORS = ("w01018", "w21003", "w21011", "w21001")
MANY = ("w01012", "w01017", "w01019", "w01020", "w20122", "w20123", "w20124", "w20125", "w21016", "w21017", "w21019")

# Of one process each: what the test does between two kills besides sending.
COMPACT = ("-m", "bilan", "lake", "compact")


@dataclass
class Device:
    """An outlet that sends minute data, the next frame when the last one was acknowledged, the same one until then.

    ``kept`` are the values acknowledged: by factor and end of interval.
    """

    number: int
    version: int
    key: bytes | None = None
    parts: bool = False
    sent: int = 0
    acknowledged: set[str] = field(default_factory=set)
    kept: dict[tuple[str, datetime], float] = field(default_factory=dict)

    @property
    def mn(self) -> str:
        return f"{self.number:024X}"

    def message(self) -> Iterator[tuple[bytes, str, dict[tuple[str, datetime], float]]]:
        """The frames of the next interval, with their QN and what they say."""
        moment = START + timedelta(minutes=10 * self.sent)
        end = (moment + timedelta(minutes=10) - timedelta(hours=8)).replace(tzinfo=UTC)
        names = FACTORS + (MANY if self.parts else ())
        said = {name: round(self.sent + index / 100 + 1, 2) for index, name in enumerate(names)}
        groups = [f"{name}-Min={value},{name}-Avg={value},{name}-Max={value},{name}-Cou=0.000,{name}-Flag=N"
                  for name, value in said.items()]  # fmt: skip
        cp = ";".join([f"DataTime={moment:%Y%m%d%H%M%S}", *groups])
        told = {"cn": "2051", "mn": self.mn, "st": "32"}
        first = moment + timedelta(milliseconds=self.number * 10)
        if self.parts:
            frames = encode_parts(cp, version=self.version, qn=first, **told, key=self.key)
        else:
            frames = [encode(cp, qn=qn_of(first), flag=flag_of(self.version, answer=True), **told, key=self.key)]
        for frame in frames:
            packet = examine(frame, keys=[self.key] if self.key else [])
            yield frame, packet.qn or "", {(r.factor, end): said[r.factor] for r in packet.records}

    async def run(self, port: int, log: list[str]) -> None:
        """Send until cancelled; whatever happens to the line, what was not acknowledged is sent again."""
        while True:
            with suppress(OSError, EOFError):
                await self._on_one_line(port, log)
            await asyncio.sleep(0.02)

    async def _on_one_line(self, port: int, log: list[str]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            while True:
                for frame, qn, said in self.message():
                    if qn not in self.acknowledged:
                        await self._send(reader, writer, frame, qn)
                        self.acknowledged.add(qn)
                        self.kept |= said
                        log.append(qn)
                self.sent += 1
        finally:
            writer.close()

    async def _send(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, frame: bytes, qn: str) -> None:
        """Write the frame in two pieces and wait for its 9014."""
        cut = random.randrange(1, len(frame))
        writer.write(frame[:cut])
        await asyncio.sleep(0)
        writer.write(frame[cut:])
        answers = FrameReader()
        while True:
            async with asyncio.timeout(10):  # wait_for of Python 3.11 may lose the cancellation of its task
                data = await reader.read(4096)
            if not data:
                raise EOFError
            for found in answers.feed(data):
                packet = examine(found)
                assert packet.ok and packet.cn == "9014", packet
                if packet.qn == qn:
                    return


def devices() -> list[Device]:
    plain = [Device(number, 2017) for number in range(1, 5)]
    split = [Device(number, 2017, parts=True) for number in range(5, 7)]
    secret = [Device(number, 2025, key=KEY) for number in range(7, 9)]
    return [*plain, *split, *secret, Device(9, 2025, key=KEY, parts=True)]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    lines = [f"s{device.number},{device.mn},123456,32,{(device.key or b'').decode()}" for device in devices()]
    register = tmp_path / "store" / "register.csv"
    register.parent.mkdir()
    register.touch(mode=0o600)
    register.write_text("\n".join(["station,mn,password,st,key", *lines]))
    return tmp_path


def spawn(*command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def gateway(place: Path, port: int) -> subprocess.Popen[bytes]:
    listen = ("--listen", f"127.0.0.1:{port}", "--store", str(place / "store"), "--lake", str(place / "lake"))
    return spawn("-m", "bilan", "gateway", *listen, "--rate", "100000", "--burst", "100000")


async def kill_under_load(place: Path, port: int, senders: list[Device]) -> list[str]:
    """The QNs in the order of their acknowledgement, over :data:`KILLS` lives of the gateway."""
    log: list[str] = []
    tasks = [asyncio.create_task(device.run(port, log)) for device in senders]
    dice = random.Random(212)
    try:
        for life in range(KILLS):
            before = len(log)
            process = gateway(place, port)
            compacting = spawn(*COMPACT, str(place / "lake")) if life % 4 == 3 else None
            try:
                await acknowledging(log, before, process)
                await asyncio.sleep(dice.uniform(0.05, 0.9))
            finally:
                for victim in filter(None, (process, compacting)):
                    victim.kill()
                    await asyncio.to_thread(victim.communicate)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, asyncio.CancelledError) for result in results), results
    return log


async def acknowledging(log: list[str], before: int, process: subprocess.Popen[bytes]) -> None:
    """Wait for the first acknowledgements of a life."""
    for _ in range(3000):
        if len(log) > before + 10:
            return
        if process.poll() is not None:
            raise AssertionError((process.stderr.read() if process.stderr else b"").decode())
        await asyncio.sleep(0.02)
    raise AssertionError("the gateway acknowledged nothing within a minute")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_every_acknowledged_frame_survives_kills_and_none_is_doubled(place: Path) -> None:
    senders = devices()
    log = asyncio.run(kill_under_load(place, free_port(), senders))
    assert len(log) > KILLS * 10

    stored = [examine(frame.raw, keys=[KEY]) for frame in read(place / "store")]
    assert all(packet.ok for packet in stored)
    assert {(device.mn, qn) for device in senders for qn in device.acknowledged} <= {(p.mn, p.qn) for p in stored}
    assert {(p.pnum, p.enciphered) for p in stored} >= {(None, False), (2, False), (None, True), (2, True)}
    damaged = [problem for problem in verify(place / "store").problems if problem.file.suffix != ".torn"]
    assert not damaged  # of what a kill cut off nobody can tell whether it was acknowledged

    load = (sys.executable, "-m", "bilan", "hj212", "load", "--store", place / "store", "--lake", place / "lake")
    loaded = subprocess.run(load, check=False, capture_output=True)
    assert loaded.returncode == 0, loaded.stderr.decode()
    rows = lake_rows(place / "lake")
    keys = [row[:-1] for row in rows]
    assert len(keys) == len(set(keys)), "a value is in the lake twice"
    values = {(station, factor, end): value for station, factor, statistic, end, value in rows if statistic == "avg"}
    for device in senders:
        for (factor, end), value in device.kept.items():
            assert values[f"s{device.number}", factor, end] == pytest.approx(value), (device, factor, end)


def lake_rows(path: Path) -> list[tuple[str, str, str, datetime, float]]:
    """Every row that the lake ever stored, closed ones too: none of these values was ever corrected."""
    import pyarrow.parquet as pq

    lake = Lake(path, create=False)
    names = ["station", "statistic", "time", "value"]
    found = []
    for file in lake.files():
        table = pq.ParquetFile(Path(lake.path) / "observations" / file.name).read(columns=names)
        found += [(row["station"], file.parameter, row["statistic"], row["time"], row["value"])
                  for row in table.to_pylist()]  # fmt: skip
    return found


def test_a_gateway_that_is_told_to_stop_answers_what_waits(place: Path) -> None:
    port = free_port()
    senders = devices()[:4]
    log: list[str] = []

    async def stop_under_load() -> int:
        tasks = [asyncio.create_task(device.run(port, log)) for device in senders]
        process = gateway(place, port)
        await acknowledging(log, 0, process)
        process.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(process.wait, 30)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return code

    assert asyncio.run(stop_under_load()) == 0
    stored = [examine(frame.raw).qn for frame in read(place / "store")]
    assert set(log) <= set(stored)


def test_logs_are_json_lines(place: Path) -> None:
    process = gateway(place, free_port())
    assert process.stderr is not None
    first = json.loads(process.stderr.readline())
    assert first["event"] == "listening"
    assert first["level"] == "info"
    process.send_signal(signal.SIGINT)
    for line in process.stderr.read().splitlines():
        json.loads(line)
    assert process.wait(30) == 0
