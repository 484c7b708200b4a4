"""Simulated outlets: the same seed the same bytes, packets as the standard has them, faults where they are wanted."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from bilan.observe.hj212 import FrameReader, Joiner, Packet, examine
from bilan.observe.hj212.simulate import (
    PREFIX,
    Device,
    Faults,
    SimulatedOutlet,
    SimulationError,
    frames,
    messages,
    simulated_outlets,
)

START = datetime(2026, 3, 1)
VERSIONS = (2005, 2017, 2025)


def packets(outlets: list[SimulatedOutlet], hours: float = 2, **told: object) -> list[Packet]:
    keys = [outlet.key for outlet in outlets if outlet.key]
    return [examine(raw, keys=keys) for _, raw in frames(outlets, START, hours, **told)]  # type: ignore[arg-type]


@pytest.mark.parametrize("version", VERSIONS)
def test_packets_are_as_the_standard_has_them(version: int) -> None:
    outlets = simulated_outlets(3, version=version, encrypted=version == 2025)
    found = packets(outlets, 3)
    assert {packet.version for packet in found} == {version}
    assert [packet.errors or packet.warnings for packet in found if packet.errors or packet.warnings] == []
    assert {"2011", "2021", "2051", "2061"} <= {packet.cn for packet in found}
    assert {packet.mn for packet in found} == {outlet.mn for outlet in outlets}
    assert all(outlet.mn.startswith(PREFIX) and outlet.name.startswith("模拟") for outlet in outlets)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    outlets = simulated_outlets(3)
    faults = Faults(crc=0.1, lose=0.1, flip=0.1, twice=0.1, line_end=0.1, resend=0.1, drift=1, gap=0.2)
    first, again, other = (list(frames(outlets, START, 3, seed=seed, faults=faults, split=0.3)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_an_outlet_sends_the_same_whoever_else_is_simulated() -> None:
    one, many = simulated_outlets(1), simulated_outlets(4)
    alone = [raw for mn, raw in frames(one, START, 2)]
    assert alone == [raw for mn, raw in frames(many, START, 2) if mn == one[0].mn]


def test_a_mean_is_that_of_the_instants_before_it() -> None:
    outlet = simulated_outlets(1, kinds=["32"])
    instants, minutes = [], {}
    for packet in packets(outlet, 1):
        data = packet.data
        if packet.cn == "2011":
            instants.append((data["DataTime"], data["w01001"]))
        elif packet.cn == "2051":
            minutes[data["DataTime"]] = data["w01001"]
    first = [value for time, value in instants if str(time) < "20260301001000"]
    assert len(first) == 10
    good = [float(value["Rtd"]) for value in first if value["Flag"] == "N"]  # type: ignore[index]
    assert float(minutes["20260301000000"]["Avg"]) == pytest.approx(sum(good) / len(good), abs=0.011)  # type: ignore[index,call-overload]


def test_intervals_are_named_by_their_start_and_sent_after_their_end() -> None:
    for packet in packets(simulated_outlets(2), 26):
        if packet.cn in ("2051", "2061", "2031"):
            length = {"2051": 600, "2061": 3600, "2031": 86400}[packet.cn]
            begins = datetime.strptime(str(packet.data["DataTime"]), "%Y%m%d%H%M%S")
            sent = datetime.strptime(packet.qn or "", "%Y%m%d%H%M%S%f")
            assert sent >= begins + timedelta(seconds=length)


def test_no_qn_is_used_twice_by_an_outlet() -> None:
    qns = [message.qn for message in messages(simulated_outlets(1, version=2025), START, 6, split=0.5)]
    assert len(set(qns)) == len(qns)


def test_split_packets_join() -> None:
    joiner, joined = Joiner(), 0
    for packet in packets(simulated_outlets(3, version=2025, encrypted=True), 1, split=1.0):
        if (packet.pnum or 1) > 1:
            whole = joiner.add(packet)
            joined += whole is not None and whole.cp.count("DataTime=") == 1
    assert joined > 150
    assert list(joiner.finish()) == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [("crc", "crc.mismatch"), ("lose", "length.mismatch"), ("line_end", "end.missing"), ("gbk", "text.gb18030")],
)
def test_a_fault_is_what_the_decoder_tells(fault: str, code: str) -> None:
    hours = 48 if fault == "gbk" else 2
    found = packets(simulated_outlets(1), hours, faults=Faults(**{fault: 1.0}))
    told = Counter(problem.code for packet in found for problem in packet.errors + packet.warnings)
    assert told[code] >= (1 if fault == "gbk" else len(found) * 0.9)


def test_a_damaged_byte_is_seldom_missed() -> None:
    found = packets(simulated_outlets(1), 5, faults=Faults(flip=1.0))
    assert sum(packet.ok for packet in found) < len(found) / 50


def test_a_frame_that_comes_twice_is_two_frames() -> None:
    raws = [raw for _, raw in frames(simulated_outlets(1), START, 1, faults=Faults(twice=1.0))]
    reader = FrameReader()
    assert len(reader.feed(b"".join(raws))) == 2 * len(raws)


@pytest.mark.parametrize("version", [2017, 2025])
def test_what_is_sent_again_has_the_same_qn_and_in_2025_the_mark(version: int) -> None:
    outlets = simulated_outlets(1, version=version, encrypted=version == 2025)
    seen: dict[str | None, Packet] = {}
    again = []
    for packet in packets(outlets, 3, faults=Faults(resend=0.2)):
        if packet.qn in seen and packet.cn != "9015":
            again.append((seen[packet.qn], packet))
        seen[packet.qn] = packet
    assert len(again) > 10
    assert all(first.cp == second.cp and not first.rf for first, second in again)
    assert {second.rf for _, second in again} == {version == 2025}
    assert all(second.ok for _, second in again)


def test_a_gap_loses_instants_and_keeps_intervals_for_later() -> None:
    outlets = simulated_outlets(1, version=2025)
    found = packets(outlets, 40, faults=Faults(gap=0.2))
    times = {cn: [packet.data["DataTime"] for packet in found if packet.cn == cn] for cn in ("2011", "2061")}
    assert len(times["2011"]) < 40 * 60 - 30
    assert len(times["2061"]) == 39
    assert any(packet.rf for packet in found if packet.cn == "2061")


def test_a_clock_that_drifts_is_off() -> None:
    message = list(messages(simulated_outlets(1), START, 24, faults=Faults(drift=1.0)))[-1]
    shown = datetime.strptime(message.qn or "", "%Y%m%d%H%M%S%f")
    assert 2 < abs((shown - message.moment).total_seconds()) < 130


@pytest.mark.parametrize("told", [{"rtd": 10}, {"rtd": 4000}, {"minutes": 7}, {"minutes": 60}])
def test_intervals_that_the_standard_refuses_are_refused(told: dict[str, int]) -> None:
    with pytest.raises(SimulationError, match="间隔应为"):
        simulated_outlets(1, **told)  # type: ignore[arg-type]


def test_a_device_may_be_told_another_interval_while_it_runs() -> None:
    device = Device(simulated_outlets(1)[0])
    times = []
    for message in device.messages(START, START + timedelta(hours=1)):
        if message.cn == "2011":
            times.append(message.data_time)
            device.rtd = 300 if len(times) == 10 else device.rtd
    assert len(times) < 25


def test_outlets_of_2005_send_only_codes_of_2005() -> None:
    sent = packets(simulated_outlets(1, version=2005, kinds=["22"]), 2)
    codes = {record.factor for packet in sent for record in packet.records if not record.factor.startswith("SB")}
    assert codes == {"02", "04"}
