"""``bilan hj212 outlets``: who is online, and who should be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bilan import cli
from bilan.observe.hj212.gateway import GatewayState
from bilan.observe.hj212.store import Quarantine

from .hj212_outlets import MN, NEW, SILENT, STRANGER, frame, presence, write_register


@pytest.fixture
def store(tmp_path: Path) -> Path:
    write_register(tmp_path)
    with GatewayState(tmp_path) as state:
        state.present(1, [presence(MN), presence(NEW, online=False, version=2025), presence("X0000000000008")])
    with Quarantine(tmp_path) as quarantine:
        for _ in range(3):
            quarantine.add(frame(STRANGER), "10.0.0.9:50", "unknown-mn")
        quarantine.add(frame(MN, "wrong1"), "10.0.0.8:50", "password")
    return tmp_path


def run(*arguments: object) -> int:
    return cli.main(["hj212", "outlets", *map(str, arguments)])


def test_every_outlet_has_its_standing(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(store) == 0
    shown = capsys.readouterr().out

    def line(mn: str) -> str:
        (found,) = (line for line in shown.splitlines() if mn in line)
        return found

    online = ("s1", "一号烟囱", "在线", "2026-03-01 08:00:00", "2026-03-01 08:10:00", "2017", "10.0.0.7:50")
    assert all(part in line(MN) for part in online)
    assert "离线" in line(NEW)
    assert "从未上线" in line(SILENT)
    assert "不再登记" in line("X0000000000008")
    assert "未登记 3 包" in line(STRANGER)
    assert "离线 1，从未上线 1，在线 1，不再登记 1，未登记 1" in shown


def test_one_standing_alone(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(store, "--only", "never") == 0
    shown = capsys.readouterr().out
    assert SILENT in shown
    assert MN not in shown
    assert run(store, "--only", "gone") == 2
    assert "--only" in capsys.readouterr().err


def test_for_programs(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(store, "--json", "--days", 0) == 0
    rows = {row["mn"]: row for row in json.loads(capsys.readouterr().out)}
    assert set(rows) == {MN, NEW, SILENT, "X0000000000008"}
    assert (rows[MN]["standing"], rows[MN]["version"], rows[SILENT]["since"]) == ("online", 2017, None)


def test_a_stranger_that_was_registered_since_is_none_any_more(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_register(store, f"station,mn,password\ns9,{STRANGER},123456\n")
    assert run(store, "--json") == 0
    assert [(row["mn"], row["standing"]) for row in json.loads(capsys.readouterr().out) if row["mn"] == STRANGER] == [
        (STRANGER, "never")
    ]


def test_before_any_gateway_has_run_nobody_was_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_register(tmp_path)
    assert run(tmp_path) == 0
    assert "离线 0，从未上线 3，在线 0" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["register.csv"]


def test_a_folder_without_a_gateway_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path) == 1
    assert "register.csv：无法读取" in capsys.readouterr().err
