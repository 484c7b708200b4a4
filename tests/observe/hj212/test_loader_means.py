"""Means of what is over, of outlets that send real-time data only, as stored frames are loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from bilan.observe import Lake
from bilan.observe.hj212.loading.due_means import LATE, DueMeans, deciding
from bilan.observe.hj212.loading.rows import Extract
from bilan.observe.hj212.register import Outlet, Register

from ..lake_rows import stored
from .loader_frames import MN, frame, instants, keep, load, rows, seconds

OUTLET = Outlet("s1", MN, "123456", st="31", rtd_interval=60)


def means_at(tmp_path: Path, text: str) -> list[tuple[object, ...]]:
    """The computed means in the lake after a run at that moment: length, label, value."""
    load(tmp_path, OUTLET, means=True, clock=lambda: seconds(text) + LATE)
    found = rows(tmp_path, "statistic", "source", "seconds", "time", "value")
    return sorted(row[2:] for row in found if row[:2] == ("avg", "hj212-computed"))


def test_minutes_hours_and_days_as_they_end(tmp_path: Path) -> None:
    keep(tmp_path / "store", *instants(60, first="2024-05-01T08:00:00"))
    assert means_at(tmp_path, "2024-05-01T08:09:59") == []
    assert means_at(tmp_path, "2024-05-01T08:10:00") == [(600, "2024-05-01T08:10:00", 4.5)]
    found = means_at(tmp_path, "2024-05-01T09:00:00")
    assert [row[:2] for row in found if row[0] == 600][-1] == (600, "2024-05-01T09:00:00")
    assert found[-1] == (3600, "2024-05-01T09:00:00", 29.5)
    keep(tmp_path / "store", *instants(1440, first="2024-05-02T00:00:00"), arrived="2024-05-03T12:00:00")
    assert means_at(tmp_path, "2024-05-03T00:00:00")[-1] == (86400, "2024-05-03T00:00:00", 719.5)


def test_what_the_device_sends_is_not_made_again(tmp_path: Path) -> None:
    hour = frame("DataTime=20240501080000;a19001-Avg=7.7,a19001-Flag=N", "2061")
    keep(tmp_path / "store", *instants(60), hour)
    found = means_at(tmp_path, "2024-05-01T09:00:00")
    assert [row for row in found if row[0] == 3600] == []
    assert len([row for row in found if row[0] == 600]) == 6
    assert (3600, 7.7, "hj212") in rows(tmp_path, "seconds", "value", "source")


def test_a_late_instant_corrects_its_means(tmp_path: Path) -> None:
    late = list(instants(60))
    keep(tmp_path / "store", *late[:30], *late[31:])
    first = means_at(tmp_path, "2024-05-02T00:00:00")
    keep(tmp_path / "store", late[30], arrived="2024-05-03T12:00:00")
    second = means_at(tmp_path, "2024-05-03T12:00:00")
    assert [row for row in first if row not in second] != []
    assert (3600, "2024-05-01T09:00:00", 29.5) in second
    assert (600, "2024-05-01T08:40:00", 34.5) in second


def test_the_same_again_computes_nothing_new(tmp_path: Path) -> None:
    keep(tmp_path / "store", *instants(60))
    means_at(tmp_path, "2024-05-01T09:00:00")
    before = stored(Lake(tmp_path / "lake"))
    (checkpoint,) = (tmp_path / "store" / "loader").glob("*.json")
    checkpoint.unlink()
    means_at(tmp_path, "2024-05-01T09:00:00")
    assert stored(Lake(tmp_path / "lake")) == before


def test_without_means_none_are_made(tmp_path: Path) -> None:
    keep(tmp_path / "store", *instants(60))
    done = load(tmp_path, OUTLET, means=False, clock=lambda: seconds("2024-05-02T12:00:00"))
    assert done.means.stored == 0
    assert {row[0] for row in rows(tmp_path, "source")} == {"hj212"}


def test_states_of_devices_are_no_instants_of_means(tmp_path: Path) -> None:
    keep(tmp_path / "store", frame("DataTime=20240501080000;SB1-RS=1", "2021"))
    assert means_at(tmp_path, "2024-05-02T00:00:00") == []


@pytest.mark.parametrize("moment", ["2024-04-30T23:59:59", "2024-05-01T00:00:00"])
def test_an_instant_belongs_to_the_day_it_begins(moment: str) -> None:
    due = DueMeans({})
    due.note("s1", "31", Extract(0, seconds(moment)))
    assert list(due.to_json()["pending"]) == [moment[:10]]


@pytest.mark.parametrize("order", [["32", "52", "44", "45"], ["44", "45", "52", "32"], ["91", "51", "22", "32"]])
def test_what_is_sent_beside_an_outlet_does_not_change_its_rules(order: list[str]) -> None:
    due = DueMeans({})
    for st in order:
        due.note("s1", st, Extract(0, seconds("2024-05-01T08:00:00")))
    day, plain = "2024-05-01", Register([Outlet("s1", MN, "1")])
    again = DueMeans(due.to_json())
    assert due._outlet(plain, "s1", day).st == again._outlet(plain, "s1", day).st == "32"
    assert due._outlet(Register([Outlet("s1", MN, "1", st="31")]), "s1", day).st == "31"


def test_only_what_is_beside_an_outlet_decides_where_nothing_else_was_heard() -> None:
    assert [deciding(systems) for systems in (["52"], ["52", "44"], ["80"], ["52", "21"])] == ["52", "44", "80", "21"]


def test_a_system_noted_by_an_early_checkpoint_is_kept() -> None:
    assert DueMeans({"systems": {"s1": "31"}}).to_json()["systems"] == {"s1": ["31"]}


def test_stations_that_stand_alike_are_computed_together(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    register = Register([Outlet(f"s{number}", f"X{number}", "1", st="31") for number in range(3)])
    due = DueMeans({})
    for number, moment in enumerate(("2024-05-01T08:03:00", "2024-05-01T08:01:00", "2024-04-30T07:00:00")):
        due.note(f"s{number}", "31", Extract(0, seconds(moment)))
    now = seconds("2024-05-01T08:20:00")
    assert list(due._due(register, now)) == [
        ("2024-04-30", ["s2"], seconds("2024-04-30T07:00:00"), seconds("2024-05-01T00:00:00")),
        ("2024-05-01", ["s0", "s1"], seconds("2024-05-01T08:01:00"), now),
    ]
    due.compute(lake, register, now + LATE)
    again = DueMeans(due.to_json())
    assert again.to_json()["pending"] == {"2024-05-01": {"s0": now, "s1": now}}
    assert list(again._due(register, now + 599)) == []
