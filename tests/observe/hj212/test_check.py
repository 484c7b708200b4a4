"""The report on a stream: what is found, how often, where first; silence where nothing is wrong."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan.observe.hj212 import FrameReader, encode, examine, flag_of, qn_of
from bilan.observe.hj212.check import report as check_module
from bilan.observe.hj212.check.report import Case, Checker
from bilan.observe.hj212.check.rules import RULES
from bilan.observe.hj212.simulate import Faults, frames, simulated_outlets

MN = "0123456789ABCDEF01234567"
START = datetime(2026, 3, 1, 8)


def checked(*raws: bytes, edition: int | None = None, keys: tuple[bytes, ...] = ()) -> Checker:
    checker, reader = Checker(edition), FrameReader()
    for frame in reader.feed(b"".join(raws)) + reader.finish():
        checker.add(examine(frame, keys=keys), frame.offset)
    return checker


def packet(cp: str, *, cn: str = "2011", sent: datetime = START, version: int = 2017, **told: object) -> bytes:
    flag = flag_of(version, answer=True, parts="pnum" in told)
    fields = {"cn": cn, "mn": MN, "st": "31", "qn": qn_of(sent), "flag": flag, **told}
    return encode(cp, **fields)  # type: ignore[arg-type]


def data(cn: str, time: datetime, *, lag: float = 5, value: str = "8.1", **told: object) -> bytes:
    suffix = "Rtd" if cn == "2011" else "Avg"
    cp = f"DataTime={time:%Y%m%d%H%M%S};a21026-{suffix}={value},a21026-Flag=N"
    return packet(cp, cn=cn, sent=time + timedelta(seconds=lag), **told)


def found(checker: Checker) -> dict[str, int]:
    counts: dict[str, int] = {}
    for case in checker.cases():
        counts[case.finding.code] = counts.get(case.finding.code, 0) + case.count
    return counts


def the(checker: Checker, code: str) -> Case:
    (case,) = (case for case in checker.cases() if case.finding.code == code)
    return case


@pytest.mark.parametrize("version", [2005, 2017])
def test_sound_packets_leave_nothing_to_say(version: int) -> None:
    checker = checked(*(raw for _, raw in frames(simulated_outlets(2, version=version, kinds=["31", "32"]), START, 5)))
    assert found(checker) == {}
    assert checker.clean()


def test_plain_data_of_2025_are_noted_and_no_fault() -> None:
    checker = checked(data("2011", START, version=2025))
    assert found(checker) == {"cipher.plain": 1}
    assert checker.clean()


def test_damage_is_counted_by_reason_and_its_first_place_is_named() -> None:
    good = data("2011", START)
    bad = good.replace(b"8.1", b"8.2")
    checker = checked(good, bad, bad)
    case = the(checker, "crc.mismatch")
    assert (case.count, case.severity, checker.frames, checker.damaged) == (2, "error", 3, 2)
    assert case.offset == len(good) + len(good) - 6  # the CRC of the second frame
    assert case.finding.expected is not None
    assert case.finding.found == good[-6:-2].decode()


@pytest.mark.parametrize(
    ("cp", "code"),
    [
        ("a99999-Rtd=1,a99999-Flag=N", "factor.unknown"),
        ("02-Rtd=1,02-Flag=N", "factor.edition"),
        ("a21026-Rtd=1,a21026-Flag=X", "mark.unknown"),
        ("a21026-Rtd=1", "mark.missing"),
        ("a21026-Rtd=high,a21026-Flag=N", "value.number"),
        ("a21026-Rtd=-5,a21026-Flag=N", "value.range"),
        ("a19001-Rtd=120,a19001-Flag=N", "value.range"),
        ("a21026-Rtd=1234567,a21026-Flag=N", "value.digits"),
        ("a21026-Foo=1,a21026-Rtd=1,a21026-Flag=N", "suffix.unknown"),
        ("MinInterval=7", "field.range"),
    ],
)
def test_what_a_packet_says_is_held_against_the_tables(cp: str, code: str) -> None:
    checker = checked(packet(f"DataTime={START:%Y%m%d%H%M%S};{cp}"))
    assert found(checker) == {code: 1}
    case = the(checker, code)
    assert case.offset == checked_offset(cp, case)


def checked_offset(cp: str, case: Case) -> int:
    """Where the field stands in the only frame of the stream."""
    raw = packet(f"DataTime={START:%Y%m%d%H%M%S};{cp}")
    assert case.offset is not None
    assert raw[case.offset : case.offset + 3] in cp.encode()
    return case.offset


@pytest.mark.parametrize(
    ("cn", "time", "lag", "code"),
    [
        ("2061", START + timedelta(minutes=5), 4000, "time.start"),
        ("2031", START, 90000, "time.start"),
        ("2051", START + timedelta(seconds=7), 700, "time.start"),
        ("2061", START, 30, "time.end"),
        ("2031", START.replace(hour=0), 3600, "time.end"),
        ("2011", START, -300, "time.ahead"),
        ("2011", START, 5000, "time.late"),
    ],
)
def test_times_are_held_against_interval_and_qn(cn: str, time: datetime, lag: float, code: str) -> None:
    assert found(checked(data(cn, time, lag=lag))) == {code: 1}


def test_minute_data_named_by_their_end_are_told_by_their_usual_interval() -> None:
    checker = checked(*(data("2051", START + timedelta(minutes=10 * n), lag=20) for n in range(6)))
    case = the(checker, "time.end")
    assert case.count == 6
    assert case.finding.expected == "QN≥20260301081000"


def test_minute_data_of_an_interval_that_the_standard_does_not_know() -> None:
    checker = checked(*(data("2051", START + timedelta(minutes=7 * n), lag=500) for n in range(5)))
    assert found(checker) == {"time.minutes": 1}


def test_gaps_are_counted_and_the_longest_is_named() -> None:
    minutes = [n for n in range(60) if n not in (10, 11, 30, 31, 32)]
    checker = checked(*(data("2011", START + timedelta(minutes=n)) for n in minutes))
    case = the(checker, "cadence.gap")
    assert case.count == 2
    assert "缺 5 个数据；最长的一次 2026-03-01 08:29:00 至 2026-03-01 08:33:00" in case.finding.message
    (outlet,) = checker.to_json()["outlets"]
    assert [gap["missing"] for gap in outlet["commands"][0]["gaps"]] == [3, 2]
    assert outlet["commands"][0]["interval"] == 60


def test_the_same_again_is_no_fault_and_another_value_is_one() -> None:
    first = data("2011", START)
    assert found(checked(first, first)) == {"repeat.same": 1}
    assert checked(first, first).clean()
    assert found(checked(first, data("2011", START, value="9.9"))) == {"repeat.differs": 1}


def test_parts_that_never_came_are_missed() -> None:
    part = data("2051", START, lag=700, pnum=3, pno=1)
    case = the(checked(part), "parts.missing")
    assert "缺第 2-3 包" in case.finding.message
    whole = [data("2051", START, lag=700, pnum=3, pno=number) for number in (1, 2, 3)]
    assert found(checked(*whole)) == {}
    assert found(checked(*whole, whole[1])) == {"repeat.same": 1}


def test_packets_can_be_held_against_another_edition() -> None:
    old = encode(f"DataTime={START:%Y%m%d%H%M%S};02-Rtd=1,02-Flag=N", cn="2011", mn="X0000000000001", st="31")
    assert found(checked(old)) == {}
    told = found(checked(old, edition=2017))
    assert {"edition.other", "header.missing", "header.mn", "factor.edition"} == set(told)
    assert told["header.missing"] == 2  # QN and Flag
    assert "edition.other" in found(checked(data("2011", START), edition=2025))
    assert found(checked(data("2011", START), edition=2017)) == {}


def test_an_mn_that_only_damage_shows_is_not_believed() -> None:
    good = data("2011", START)
    bad = good.replace(MN.encode(), b"0123456789ABCDEF0123456")
    assert [outlet.mn for outlet in checked(good, bad).outlets()] == [MN, ""]
    assert [outlet.mn for outlet in checked(bad, bad, bad).outlets()] == [MN[:-1]]


def test_memory_is_bounded_whatever_numbers_noise_makes_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_module, "OUTLETS", 50)
    checker = Checker()
    for number in range(500):
        raw = packet(f"DataTime=20260301080000;z{number}-Rtd=1,z{number}-Flag=N", mn=f"{number:024X}")
        checker.add(examine(raw), 0)
    for number in range(1000):
        checker.add(examine(packet(f"DataTime=20260301080000;y{number}-Rtd=1,y{number}-Flag=N", cn=f"{number:04d}")), 0)
    outlets = checker.outlets()
    assert len(outlets) <= 51
    assert max(len(outlet.commands) for outlet in outlets) <= 65
    assert max(len(command.cases) for outlet in outlets for command in outlet.commands.values()) <= 210
    assert sum(outlet.frames for outlet in outlets) == checker.frames == 1500


def test_every_code_that_is_found_has_a_rule() -> None:
    chance = random.Random(4)
    outlets = simulated_outlets(3, version=2025)
    every = Faults(flip=0.3, lose=0.3, crc=0.2, line_end=0.2, twice=0.1, resend=0.1, gap=0.3)
    raws = [raw for _, raw in frames(outlets, START, 4, faults=every, split=0.5)]
    chance.shuffle(raws)
    assert set(found(checked(*raws))) - set(RULES) == set()


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.binary(max_size=60)
        | st.sampled_from(
            [
                b"##",
                b"0050",
                b"ST=31;CN=2051;MN=A;",
                b"CP=&&",
                b"&&",
                b"\r\n",
                b"DataTime=20260301080000;",
                b"w01001-Avg=99,w01001-Flag=N",
                data("2011", START),
                data("2051", START, lag=0),
            ]
        ),
        max_size=25,
    )
)
def test_no_stream_is_too_strange_for_a_report(pieces: list[bytes]) -> None:
    checker = checked(*pieces)
    assert checker.to_json()["frames"] == checker.frames


@given(st.text("0123456789.eE+-", max_size=400) | st.sampled_from(["1e999", "-1e999", "9" * 400]))
def test_no_value_is_too_strange(text: str) -> None:
    checked(packet(f"DataTime={START:%Y%m%d%H%M%S};a21026-Rtd={text},a21026-Flag=N,a21026-Cou={text}"))


@pytest.mark.parametrize("text", ["1e999", "9" * 400])
def test_a_number_beyond_all_bounds_is_impossible(text: str) -> None:
    assert found(checked(packet(f"DataTime={START:%Y%m%d%H%M%S};a21026-Rtd={text},a21026-Flag=N"))) == {
        "value.range": 1
    }


@pytest.mark.parametrize(
    ("cp", "code"),
    [
        ("SB1-RS=9", "state.unknown"),
        ("SB1-RT=25", "field.range"),
        ("QnRtn=77", "return.unknown"),
        ("ExeRtn=77", "return.unknown"),
        ("a21026-SampleTime=20261301000000,a21026-Rtd=1,a21026-Flag=N", "time.unreadable"),
    ],
)
def test_codes_and_times_are_held_against_their_tables(cp: str, code: str) -> None:
    assert found(checked(packet(f"DataTime={START:%Y%m%d%H%M%S};{cp}"))) == {code: 1}


def test_marks_of_the_process_are_codes() -> None:
    raw = packet(f"DataTime={START:%Y%m%d%H%M%S};p99101-Rtd=St", st="45", version=2025)
    assert set(found(checked(raw))) <= {"cipher.plain", "system.unknown"}


def test_a_qn_that_is_no_time() -> None:
    case = the(checked(packet(f"DataTime={START:%Y%m%d%H%M%S}", qn="20261301000000000")), "header.qn")
    assert case.finding.what == "QN"


def test_a_factor_is_not_found_inside_of_another() -> None:
    raw = packet(f"DataTime={START:%Y%m%d%H%M%S};B01-Rtd=1,B01-Flag=N;01-Rtd=x,01-Flag=N", version=2005)
    case = the(checked(raw), "value.number")
    assert case.offset == raw.index(b";01-Rtd") + 1


def test_gaps_name_their_file_and_commands_without_a_period_have_none() -> None:
    checker = Checker()
    for number in (0, 1, 2, 3, 9, 10, 11):
        for cn in ("2011", "3020"):
            checker.add(examine(data(cn, START + timedelta(minutes=number))), 0, "b.h212")
    case = the(checker, "cadence.gap")
    assert case.file == "b.h212"


def test_times_without_a_usual_step_have_no_gaps() -> None:
    assert "cadence.gap" not in found(checked(*(data("2011", START + timedelta(minutes=n * n)) for n in range(9))))


def test_lines_without_cr_are_said_once_per_file() -> None:
    raws = [data("2011", START + timedelta(minutes=n))[:-2] + b"\n" for n in range(3)]
    checker = checked(*raws)
    assert found(checker) == {"end.line": 1}
    assert checker.clean()
