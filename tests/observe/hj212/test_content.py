"""The content of packets: factors, groups, states of devices, logs, times."""

from __future__ import annotations

from datetime import datetime

import pytest

from bilan.observe.hj212.content import Content, as_time, factor_groups, read_content
from bilan.observe.hj212.notes import Notes


def read(cp: str) -> tuple[Content, list[str]]:
    notes = Notes(strict=False)
    found = read_content(cp, 0, notes)
    assert notes.errors == []
    return found, [note.code for note in notes.warnings]


def test_groups_of_a_factor_are_merged_and_kept_apart() -> None:
    found, told = read("01-Rtd=1.5,01-Flag=N;01-ZsRtd=1.8,01-Flag=N")
    assert found.data == {"01": {"Rtd": "1.5", "Flag": "N", "ZsRtd": "1.8"}}
    assert found.records == [("01", {"Rtd": "1.5", "Flag": "N"}), ("01", {"ZsRtd": "1.8", "Flag": "N"})]
    assert told == ["factor.groups"]


def test_a_flag_of_corrected_values_that_differs_is_their_own() -> None:
    found, told = read("01-Rtd=1.5,01-Flag=N;01-ZsRtd=1.8,01-Flag=D")
    assert found.data == {"01": {"Rtd": "1.5", "Flag": "N", "ZsRtd": "1.8", "ZsFlag": "D"}}
    assert told == ["factor.groups"]


def test_values_that_differ_are_told_and_the_first_counts() -> None:
    found, told = read("01-Rtd=1.5,01-Flag=N;01-Rtd=1.8,01-Flag=D")
    assert found.data == {"01": {"Rtd": "1.5", "Flag": "N"}}
    assert found.records[1].fields == {"Rtd": "1.8", "Flag": "D"}
    assert told == ["field.repeated", "field.repeated", "factor.groups"]


@pytest.mark.parametrize("state", "012345")
def test_states_of_devices(state: str) -> None:
    found, told = read(f"DataTime=20240520210600;SB1-RS={state};SB12-RT=23.5")
    assert found.data == {"DataTime": "20240520210600", "SB1": {"RS": state}, "SB12": {"RT": "23.5"}}
    assert told == []


def test_a_log_may_hold_any_sign() -> None:
    log = "//2024-05-20 21:06 a=1,b=2;c=3&& 泵//"
    found, told = read(f"DataTime=20240520210600;i11001-Info={log},i11001-Flag=N;w01018-SN=7")
    assert found.data["i11001"] == {"Info": log, "Flag": "N"}
    assert found.data["w01018"] == {"SN": "7"}
    assert told == []


def test_a_log_that_does_not_end() -> None:
    found, _ = read("i11001-Info=//a;w01018-SN=7")
    assert found.data == {"i11001": {"Info": "//a"}, "w01018": {"SN": "7"}}


def test_names_of_other_makes_are_kept() -> None:
    found, _ = read("a-b-Rtd=1;-Rtd=2;x-=3;=4;AlarmType=1")
    assert found.data == {"-Rtd": "2", "x-": "3", "": "4", "AlarmType": "1", "a-b": {"Rtd": "1"}}


def test_a_plain_field_called_like_a_factor() -> None:
    found, _ = read("a=1;a-Rtd=2")
    assert found.data == {"a": {"": "1", "Rtd": "2"}}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20240229085900", datetime(2024, 2, 29, 8, 59)),
        ("202402290859001", datetime(2024, 2, 29, 8, 59)),
        ("2024022908590012", datetime(2024, 2, 29, 8, 59)),
        ("20240229085900123", datetime(2024, 2, 29, 8, 59)),
        ("20000229000000", datetime(2000, 2, 29)),
        ("20230229085900", None),
        ("19000229000000", None),
        ("20240229240000", None),
        ("20240229085960", None),
        ("00000101000000", None),
        ("2024022908590", None),
        ("202402290859001234", None),
        ("2024-02-29 0859", None),
        ("２０２４０２２９０８５９００", None),
        ("", None),
    ],
)
def test_times(text: str, moment: datetime | None) -> None:
    assert as_time(text) == moment


@pytest.mark.parametrize(
    ("text", "code"),
    [("20240520210600", None), ("20240520210600000", "time.digits"), ("20240230210600", "time.unreadable")],
)
def test_times_that_are_not_as_the_standard_has_them(text: str, code: str | None) -> None:
    for name in ("DataTime", "BeginTime", "SystemTime"):
        found, told = read(f"{name}={text}")
        assert found.data == {name: text}
        assert told == ([code] if code else [])


def test_groups_are_not_parted_inside_of_a_log() -> None:
    cp = "DataTime=20240520210600;a-Rtd=1,a-Flag=N;i-Info=//x;y,z//,i-Flag=N;b-Rtd=2"
    assert factor_groups(cp) == ["DataTime=20240520210600", "a-Rtd=1,a-Flag=N", "i-Info=//x;y,z//,i-Flag=N", "b-Rtd=2"]
    for text in ("", ";", "a;", ";a", "//;//", "a=//x//;", "a=//x;y"):
        assert ";".join(factor_groups(text)) == text
