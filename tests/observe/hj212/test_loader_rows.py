"""What a packet says as rows of the lake: time, code, unit, flag, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from bilan.observe.hj212 import decode
from bilan.observe.hj212.loading.rows import REASONS, Extract, extract
from bilan.observe.hj212.register import Outlet
from bilan.policy import hj212 as standard

from .loader_frames import ARRIVED, MN, frame, seconds

NOON = seconds(ARRIVED)


def found(
    cp: str, cn: str = "2011", *, arrived: int = NOON, outlet: dict[str, Any] | None = None, **told: Any
) -> Extract:
    """The rows of a packet of a system of its own saying."""
    return extract(decode(frame(cp, cn, **told)), Outlet("s1", MN, "123456", **(outlet or {})), arrived)


def values(extracted: Extract) -> dict[str, tuple[float | None, str | None, str | None]]:
    return {f"{row.parameter}-{row.statistic}": (row.value, row.unit, row.flag) for row in extracted.rows}


def reasons(extracted: Extract) -> list[tuple[str, str]]:
    assert {refusal.reason for refusal in extracted.refusals} <= REASONS.keys()
    return [(refusal.field, refusal.reason) for refusal in extracted.refusals]


@pytest.mark.parametrize(
    ("cn", "data_time", "length", "label"),
    [
        ("2011", "20240501080000", 0, "2024-05-01T08:00:00"),
        ("2011", "20240501080000123", 0, "2024-05-01T08:00:00"),
        ("2051", "20240501080000", 600, "2024-05-01T08:10:00"),
        ("2051", "20240229235000", 600, "2024-03-01T00:00:00"),
        ("2051", "20231231235000", 600, "2024-01-01T00:00:00"),
        ("2061", "20240430230000", 3600, "2024-05-01T00:00:00"),
        ("2061", "20240228230000", 3600, "2024-02-29T00:00:00"),
        ("2031", "20240228000000", 86400, "2024-02-29T00:00:00"),
        ("2031", "20240229000000", 86400, "2024-03-01T00:00:00"),
        ("2031", "20230228000000", 86400, "2023-03-01T00:00:00"),
        ("2111", "20240501080000", 300, "2024-05-01T08:05:00"),
    ],
)
def test_a_label_is_the_end_of_its_interval(cn: str, data_time: str, length: int, label: str) -> None:
    suffix = "Rtd" if cn == "2011" else "Avg"
    extracted = found(f"DataTime={data_time};a19001-{suffix}=6.1", cn, version=2025 if cn == "2111" else 2017)
    assert (extracted.seconds, extracted.time) == (length, seconds(label))
    assert values(extracted) == {f"a19001-{suffix.lower()}": (6.1, "%", None)}


@pytest.mark.parametrize("minutes", [1, 5, 15, 30])
def test_minute_data_are_as_long_as_the_outlet_was_told(minutes: int) -> None:
    extracted = found("DataTime=20240501080000;a19001-Avg=6.1", "2051", outlet={"min_interval": minutes})
    assert (extracted.seconds, extracted.time) == (minutes * 60, seconds("2024-05-01T08:00:00") + minutes * 60)


def test_every_command_with_a_time_is_read_by_the_table_of_commands() -> None:
    for edition in standard.editions():
        for cn, command in standard.commands(edition).items():
            suffix = "Rtd" if command.data_time == "instant" else "Avg"
            extracted = found(f"DataTime=20240501080000;a19001-{suffix}=6.1", cn, version=edition)
            is_data = command.group == "data" and command.data_time != ""
            assert bool(extracted.rows) == is_data, (edition, cn)
            if is_data and command.seconds:
                assert extracted.seconds == command.seconds


def test_codes_of_2005_become_those_of_2017_with_their_own_units() -> None:
    extracted = found("DataTime=20240501080000;020-Rtd=0.001,020-Flag=N;011-Rtd=35", version=2005, st="32")
    assert values(extracted) == {"w20111-rtd": (0.001, "mg/L", "N"), "w01018-rtd": (35.0, "mg/L", None)}
    newer = found("DataTime=20240501080000;w20111-Rtd=1.1,w20111-Flag=N", st="32")
    assert values(newer) == {"w20111-rtd": (0.0011, "mg/L", "N")}


def test_the_same_code_is_read_in_the_unit_of_its_system() -> None:
    cp = "DataTime=20240501080000;a21026-Rtd=12.3;a34004-Rtd=35"
    assert values(found(cp, st="22")) == {"a21026-rtd": (12.3, "µg/m3", None), "a34004-rtd": (35.0, "µg/m3", None)}
    assert values(found(cp, st="31")) == {"a21026-rtd": (12300.0, "µg/m3", None), "a34004-rtd": (0.035, "µg/m3", None)}
    assert values(found(cp, st="22", outlet={"st": "31"})) == values(found(cp, st="31"))


def test_values_are_converted_exactly() -> None:
    """0.1 × 1000 by floats would do, 0.07 mg/m3 would not: 0.07 * 1000 is 70.00000000000001."""
    assert values(found("DataTime=20240501080000;a21026-Rtd=0.07")) == {"a21026-rtd": (70.0, "µg/m3", None)}


def test_pressure_of_2005_in_megapascals() -> None:
    extracted = found("DataTime=20240501080000;S08-Rtd=0.1013", version=2005, st="33")
    assert values(extracted) == {"a01013-rtd": (101.3, "kPa", None)}
    in_use = found("DataTime=20240501080000;S08-Rtd=-1.2", version=2005, st="31")
    assert values(in_use) == {"a01013-rtd": (-1.2, "kPa", None)}


def test_all_statistics_of_interval_data_and_amounts_in_kilograms() -> None:
    cp = "w20115-Min=1,w20115-Avg=2,w20115-Max=3,w20115-Cou=250,w20115-Flag=N;w00000-Avg=2.5,w00000-Cou=1500"
    assert values(found(f"DataTime=20240501080000;{cp}", "2061", st="32")) == {
        "w20115-min": (0.001, "mg/L", "N"),
        "w20115-avg": (0.002, "mg/L", "N"),
        "w20115-max": (0.003, "mg/L", "N"),
        "w20115-cou": (0.25, "kg", "N"),
        "w00000-avg": (2.5, "L/s", None),
        "w00000-cou": (1500.0, "m3", None),
    }


def test_flags_of_groups_stay_apart() -> None:
    cp = "DataTime=20240501080000;a21026-Rtd=1,a21026-Flag=N;a21026-ZsRtd=2,a21026-Flag=D"
    assert values(found(cp)) == {"a21026-rtd": (1000.0, "µg/m3", "N"), "a21026-zsrtd": (2000.0, "µg/m3", "D")}


@pytest.mark.parametrize(
    ("cp", "plain", "corrected"),
    [
        ("a21026-Rtd=1,a21026-ZsRtd=2,a21026-Flag=F", "F", "F"),
        ("a21026-Rtd=1,a21026-ZsRtd=2,a21026-Flag=N,a21026-ZsFlag=D", "N", "D"),
        ("a21026-Rtd=1,a21026-Flag=F;a21026-ZsRtd=2", "F", "F"),
        ("a21026-Rtd=1;a21026-ZsRtd=2,a21026-Flag=C", "C", "C"),
        ("a21026-Rtd=1,a21026-Flag=;a21026-ZsRtd=2", None, None),
    ],
)
def test_the_flag_of_a_value(cp: str, plain: str | None, corrected: str | None) -> None:
    """A group without a flag has that of its factor: a stopped plant's converted values are no good ones."""
    found_values = values(found(f"DataTime=20240501080000;{cp}"))
    assert (found_values["a21026-rtd"][2], found_values["a21026-zsrtd"][2]) == (plain, corrected)


@pytest.mark.parametrize("flag", ["\0", "x" * 9, "N\r\n"])
def test_a_value_with_a_flag_that_cannot_be_one_is_not_believed(flag: str) -> None:
    extracted = found(f"DataTime=20240501080000;a19001-Rtd=1,a19001-Flag={flag};a01012-Rtd=2,a01012-Flag=L1")
    assert values(extracted) == {"a01012-rtd": (2.0, "℃", "L1")}
    assert reasons(extracted) == [("a19001-Rtd", "flag.unreadable")]


def test_states_and_running_times_of_devices() -> None:
    states = found("DataTime=20240501080000;SB1-RS=1;SB12-RS=0", "2021")
    assert (states.seconds, values(states)) == (0, {"SB1-rs": (1.0, "", None), "SB12-rs": (0.0, "", None)})
    hours = found("DataTime=20240430000000;SB1-RT=23.5;SB2-RT=25", "2041")
    assert (hours.time, values(hours)) == (seconds("2024-05-01T00:00:00"), {"SB1-rt": (23.5, "h", None)})
    assert reasons(hours) == [("SB2-RT", "value.range")]


def test_noise_of_day_and_night_are_two_statistics() -> None:
    extracted = found("DataTime=20240430000000;Leq-Data=52.1,Leq-DayData=55.3,Leq-NightData=44.0", "2031", st="23")
    assert {row.statistic: row.value for row in extracted.rows} == {"avg": 52.1, "day": 55.3, "night": 44.0}


def test_what_is_refused_costs_nothing_else() -> None:
    cp = "zz9999-Rtd=1;a21026-Rtd=abc;a21026-Xyz=1;a19001-Avg=3;a01012-Rtd=120.5;a05024-Rtd=80;a01013-Rtd=1e99999"
    extracted = found(f"DataTime=20240501080000;{cp}")
    assert values(extracted) == {"a01012-rtd": (120.5, "℃", None)}
    assert reasons(extracted) == [
        ("zz9999-Rtd", "factor.unknown"),
        ("a21026-Rtd", "value.number"),
        ("a21026-Xyz", "suffix.unknown"),
        ("a19001-Avg", "suffix.command"),
        ("a05024-Rtd", "unit.unknown"),
        ("a01013-Rtd", "value.number"),
    ]


@pytest.mark.parametrize("text", ["nan", "inf", "-", "1_000", "１２", "1.2.3", "0x1F", "1 ", "1e999", "9" * 40])
def test_texts_that_are_no_number(text: str) -> None:
    extracted = found(f"DataTime=20240501080000;a19001-Rtd={text};a01012-Rtd=1")
    assert values(extracted) == {"a01012-rtd": (1.0, "℃", None)}
    assert reasons(extracted) == [("a19001-Rtd", "value.number")]


@pytest.mark.parametrize(
    ("text", "value"), [("-1.20", -1.2), ("+.5", 0.5), ("12.", 12.0), ("1.5E-03", 0.0015), ("", None)]
)
def test_texts_that_are_a_number_or_say_that_there_is_none(text: str, value: float | None) -> None:
    assert values(found(f"DataTime=20240501080000;a19001-Rtd={text},a19001-Flag=B")) == {
        "a19001-rtd": (value, "%", "B")
    }


def test_a_factor_of_which_nobody_knows_a_unit_is_kept_without() -> None:
    extracted = found("DataTime=20240501080000;d20105-Rtd=3.5", version=2025, st="44")
    assert values(extracted) == {"d20105-rtd": (3.5, None, None)}


def test_numbered_devices_keep_their_number() -> None:
    extracted = found("DataTime=20240501080000;e10107-Rtd=3.5", st="52")
    assert [row.parameter for row in extracted.rows] == ["e10107"]


def test_a_value_twice_counts_once_and_the_first_of_two() -> None:
    same = found("DataTime=20240501080000;a19001-Rtd=5;a19001-Rtd=5")
    assert (values(same), reasons(same)) == ({"a19001-rtd": (5.0, "%", None)}, [])
    other = found("DataTime=20240501080000;a19001-Rtd=5;a19001-Rtd=6")
    assert (values(other), reasons(other)) == (values(same), [("a19001-Rtd", "value.repeated")])


@pytest.mark.parametrize(
    ("data_time", "reason"),
    [
        ("DataTime=20000202100328000;", "time.past"),
        ("DataTime=19700101080000;", "time.past"),
        ("DataTime=20240501130001;", "time.future"),
        ("DataTime=20990101000000;", "time.future"),
        ("DataTime=20240230080000;", "time.unreadable"),
        ("DataTime=2024050108;", "time.unreadable"),
        ("DataTime=00000000000000;", "time.unreadable"),
        ("DataTime=;", "time.missing"),
        ("", "time.missing"),
    ],
)
def test_times_that_cannot_be(data_time: str, reason: str) -> None:
    extracted = found(f"{data_time}a19001-Rtd=6.1")
    assert (extracted.rows, reasons(extracted)) == ((), [("DataTime", reason)])


def test_a_fast_clock_is_believed_and_an_interval_that_is_not_over_is_told() -> None:
    assert found("DataTime=20240501125959;a19001-Rtd=6.1").rows
    assert not found("DataTime=20240501110000;a19001-Avg=6.1", "2061").early
    assert found("DataTime=20240501121000;a19001-Avg=6.1", "2061").early
    assert found("DataTime=20160824000000;a19001-Avg=6.1", "2031").rows


@pytest.mark.parametrize(
    ("cn", "data_time", "arrived", "early"),
    [
        ("2061", "20240501090000", "2024-05-01T09:00:20", True),
        ("2051", "20240501090000", "2024-05-01T09:00:20", True),
        ("2051", "20240501090000", "2024-05-01T09:08:00", False),  # the device's clock is fast by no more than that
        ("2051", "20240501090000", "2024-05-01T09:07:59", True),
        ("2011", "20240501090000", "2024-05-01T08:30:00", False),  # an instant has no end
    ],
)
def test_an_interval_that_is_not_over_when_it_comes(cn: str, data_time: str, arrived: str, early: bool) -> None:
    suffix = "Rtd" if cn == "2011" else "Avg"
    extracted = found(f"DataTime={data_time};a19001-{suffix}=6.1", cn, arrived=seconds(arrived))
    assert (bool(extracted.rows), extracted.early) == (True, early)


def test_real_time_data_that_are_too_old_are_of_a_wrong_clock() -> None:
    latest, oldest = "DataTime=20240401120000;a19001-Rtd=6.1", "DataTime=20240401115959;a19001-Rtd=6.1"
    assert found(latest).rows
    assert reasons(found(oldest)) == [("DataTime", "time.old")]
    assert found(oldest, version=2025, rf=True).rows
    assert found("DataTime=20160824000000;a19001-Avg=6.1", "2051").rows
    outlet = Outlet("s1", MN, "123456")
    assert extract(decode(frame(oldest)), outlet, NOON, any_age=True).rows


def test_what_is_no_observation() -> None:
    for cn in ("9015", "1011", "2072", "2062", "3020", "9011", "7777"):
        assert found("DataTime=20240501080000;a19001-Rtd=6.1", cn, version=2025) == Extract()
    assert found("DataTime=20240501080000") == Extract()
