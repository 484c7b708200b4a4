"""Simulated outlets on the line, against a small host of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bilan.observe.hj212 import FrameReader, Packet, answer_frame, encode, examine, flag_of
from bilan.observe.hj212.simulate import Device, Faults, SimulationError, simulated_outlets
from bilan.observe.hj212.simulate.answers import answers
from bilan.observe.hj212.simulate.client import Tally, Terms, send

START = datetime(2026, 3, 1)
FAST = Terms(speed=0, timeout=0.3, patience=3)


@dataclass
class Host:
    """Answers what is sound; ``deaf`` packets are heard without an answer, ``asks`` are sent after the first data."""

    keys: list[bytes] = field(default_factory=list)
    deaf: int = 0
    hang_up_after: int | None = None
    asks: list[bytes] = field(default_factory=list)
    heard: list[Packet] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames = FrameReader()
        while data := await reader.read(4096):
            for frame in frames.feed(data):
                packet = examine(frame, keys=self.keys)
                if not packet.ok:
                    continue
                self.heard.append(packet)
                if self.hang_up_after is not None and len(self.heard) >= self.hang_up_after:
                    self.hang_up_after = None
                    writer.close()
                    return
                self._answer(packet, writer)
        writer.close()

    def _answer(self, packet: Packet, writer: asyncio.StreamWriter) -> None:
        if self.deaf:
            self.deaf -= 1
            return
        while self.asks:
            writer.write(self.asks.pop(0))
        if packet.wants_answer and packet.qn and packet.mn:
            cn = "9013" if packet.cn == "9015" else "9014"
            writer.write(answer_frame(packet.qn, packet.version or 2017, packet.mn, packet.pw or "", cn))


def run(host: Host, sending: Callable[[tuple[str, int]], Awaitable[Tally]]) -> Tally:
    async def both() -> Tally:
        server = await asyncio.start_server(host.serve, "127.0.0.1", 0)
        async with server:
            return await sending(server.sockets[0].getsockname()[:2])

    return asyncio.run(asyncio.wait_for(both(), 60))


@pytest.mark.parametrize("version", [2017, 2025])
@pytest.mark.parametrize("window", [1, 8])
def test_everything_is_acknowledged_and_logged(version: int, window: int) -> None:
    outlets = simulated_outlets(3, version=version, encrypted=version == 2025)
    host = Host([outlet.key for outlet in outlets if outlet.key])
    devices = [Device(outlet, split=0.3) for outlet in outlets]
    log: list[str] = []
    terms = Terms(speed=0, timeout=5, window=window)
    done = run(host, lambda to: send(devices, START, START + timedelta(hours=1), to, terms=terms, log=log.append))
    assert done.acknowledged == done.sent == len(host.heard) == len(log)
    assert (done.silent, done.resent, done.links) == (0, 0, 3)
    assert {tuple(line.split()[:2]) for line in log} == {(packet.qn, packet.mn) for packet in host.heard}
    assert ("9015" in {packet.cn for packet in host.heard}) == (version == 2025)


def test_packets_of_2005_are_sent_without_waiting() -> None:
    host = Host()
    devices = [Device(outlet) for outlet in simulated_outlets(2, version=2005)]
    done = run(host, lambda to: send(devices, START, START + timedelta(hours=1), to, terms=FAST))
    assert done.unasked == done.sent > 100
    assert done.acknowledged == 0


def test_what_is_not_answered_is_sent_again() -> None:
    host = Host(deaf=2)
    device = Device(simulated_outlets(1)[0])
    done = run(host, lambda to: send([device], START, START + timedelta(hours=1), to, terms=FAST, count=5))
    assert (done.acknowledged, done.resent, done.silent) == (5, 2, 0)
    assert len({packet.qn for packet in host.heard[:3]}) == 1


def test_after_three_times_the_link_is_dead_and_a_new_one_is_opened() -> None:
    host = Host(deaf=4)
    device = Device(simulated_outlets(1)[0])
    done = run(host, lambda to: send([device], START, START + timedelta(hours=1), to, terms=FAST, count=3))
    assert (done.acknowledged, done.resent, done.silent, done.links) == (2, 3, 1, 2)


def test_a_link_that_breaks_is_opened_again_and_nothing_is_lost() -> None:
    host = Host(hang_up_after=4)
    device = Device(simulated_outlets(1)[0])
    terms = Terms(speed=0, timeout=5, patience=10)
    done = run(host, lambda to: send([device], START, START + timedelta(hours=1), to, terms=terms, count=9))
    assert (done.acknowledged, done.silent, done.links) == (9, 0, 2)


def test_damage_is_mended_by_sending_again() -> None:
    host = Host()
    device = Device(simulated_outlets(1)[0], faults=Faults(crc=0.5))
    terms = Terms(speed=0, timeout=0.05)
    done = run(host, lambda to: send([device], START, START + timedelta(hours=1), to, terms=terms, count=20))
    assert done.acknowledged == 20
    assert done.resent > 3


def test_nobody_there_is_one_error() -> None:
    device = Device(simulated_outlets(1)[0])
    with pytest.raises(SimulationError, match=r"127\.0\.0\.1:1：连接不上"):
        asyncio.run(send([device], START, START + timedelta(hours=1), ("127.0.0.1", 1), terms=Terms(patience=0)))


def test_time_passes_as_fast_as_it_is_told() -> None:
    host = Host()
    device = Device(simulated_outlets(1)[0])
    began = asyncio.run(_now())
    terms = Terms(speed=600)
    run(host, lambda to: send([device], START, START + timedelta(minutes=10), to, terms=terms))
    assert 0.8 < asyncio.run(_now()) - began < 10


async def _now() -> float:
    import time

    return time.monotonic()


def test_commands_of_the_host_are_obeyed() -> None:
    outlet = simulated_outlets(1)[0]
    ask = encode(
        "RtdInterval=120", cn="1062", mn=outlet.mn, st="31", qn="20260301000000001", flag=flag_of(2017, answer=True)
    )
    host = Host(asks=[ask])
    device = Device(outlet)
    done = run(host, lambda to: send([device], START, START + timedelta(hours=1), to, terms=FAST))
    assert device.rtd == 120
    assert done.commands == 1
    said = [(packet.cn, packet.cp) for packet in host.heard if packet.qn == "20260301000000001"]
    assert said == [("9011", "QnRtn=1"), ("9012", "ExeRtn=1")]


# --- what a device answers, without a line ---


def asked(device: Device, cn: str, cp: str = "", *, pw: str = "123456", key: bytes | None = None) -> list[Packet]:
    outlet = device.outlet
    qn, flag = "20260301080000000", flag_of(outlet.version, answer=True)
    raw = encode(cp, cn=cn, mn=outlet.mn, st=outlet.st, pw=pw, qn=qn, flag=flag, key=key)
    keys = [one for one in (device.key,) if one]
    packet = examine(raw, keys=keys)
    assert packet.ok
    return [examine(frame, keys=keys) for frame in answers(device, packet, START)]


@pytest.fixture
def device() -> Device:
    return Device(simulated_outlets(1, version=2025, encrypted=True)[0])


@pytest.mark.parametrize(
    ("cn", "cp", "result"),
    [
        ("1000", "OverTime=5;ReCount=3", "1"),
        ("1012", "SystemTime=20260301080000", "1"),
        ("1012", "SystemTime=soon", "2"),
        ("1062", "RtdInterval=30", "1"),
        ("1062", "RtdInterval=3", "2"),
        ("1064", "MinInterval=5", "1"),
        ("1064", "MinInterval=7", "2"),
        ("2051", "BeginTime=20260201000000;EndTime=20260202000000", "100"),
        ("2061", "BeginTime=never;EndTime=20260202000000", "2"),
    ],
)
def test_a_request_is_answered_and_its_result_told(device: Device, cn: str, cp: str, result: str) -> None:
    said = [(packet.cn, packet.cp) for packet in asked(device, cn, cp)]
    assert said == [("9011", "QnRtn=1"), ("9012", f"ExeRtn={result}")]


@pytest.mark.parametrize(("cn", "pw", "code"), [("1012", "654321", "3"), ("3011", "123456", "8")])
def test_a_request_that_cannot_be_is_refused(device: Device, cn: str, pw: str, code: str) -> None:
    assert [(packet.cn, packet.cp) for packet in asked(device, cn, pw=pw)] == [("9011", f"QnRtn={code}")]


def test_a_clock_that_was_set_shows_the_new_time(device: Device) -> None:
    asked(device, "1012", "SystemTime=20260301083000")
    assert device.shown(START) == START + timedelta(hours=8, minutes=30)


def test_a_new_key_holds_from_the_next_packet_on(device: Device) -> None:
    old = device.key
    said = asked(device, "1014", "SKCreateTime=20260301080000;NewSK=abcdefghijklmnop", key=old)
    assert said[-1].cp == "ExeRtn=1"
    message = next(device.messages(START, START + timedelta(hours=1)))
    assert examine(message.raw, keys=[b"abcdefghijklmnop"]).ok
    assert old is not None
    assert not examine(message.raw, keys=[old]).ok


def test_a_history_is_sent_under_the_qn_of_the_request(device: Device) -> None:
    for _ in device.messages(START, START + timedelta(hours=3)):
        pass
    said = asked(device, "2061", "BeginTime=20260301000000;EndTime=20260301010000")
    assert [packet.cn for packet in said] == ["9011", "2061", "2061", "9012"]
    assert {packet.qn for packet in said} == {"20260301080000000"}
    assert [packet.data["DataTime"] for packet in said[1:3]] == ["20260301000000", "20260301010000"]
    assert not any(packet.wants_answer for packet in said)


def test_real_time_data_stop_and_start(device: Device) -> None:
    assert [packet.cn for packet in asked(device, "2012")] == ["9013"]
    assert not device.real_time
    assert [packet.cn for packet in asked(device, "2011")] == ["9011", "9012"]
    assert device.real_time
