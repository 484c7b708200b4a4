"""``bilan quality``: doubts written to a file, the lake as it was."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import typer

from bilan import cli
from bilan.cli.quality import app
from bilan.observe import Lake

HEAD = "timepoint,stationcode,pm2_5,pm10,so2,no2,co,o3\n"


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Two stations and two days; at 9002X PM2.5 is above PM10 once, an hour is missing and O3 cannot be."""
    lines = [f"2026-03-0{d}T{h:02}:00:00,9001X,{30 + h},{60 + h},2,20,0.8,41\n" for d in (2, 3) for h in range(24)]
    lines += [
        "2026-03-02T01:00:00,9002X,50,40,2,20,0.8,41\n",
        "2026-03-02T02:00:00,9002X,50,60,2,20,0.8,5000\n",
        "2026-03-02T04:00:00,9002X,50,60,2,20,0.8,41\n",
    ]
    path = tmp_path / "a.csv"
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    assert cli.main(["ingest", "--lake", str(tmp_path / "湖"), "--format", "cnemc", "--quiet", str(path)]) == 0
    return tmp_path / "湖"


def doubts(lake: Path, *options: str) -> list[dict[str, str]]:
    output = lake.parent / "存疑.csv"
    command = typer.main.get_command(app)
    command.main(["--lake", str(lake), "-o", str(output), *options], standalone_mode=False)
    with output.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_doubt_is_a_row_with_its_rule_and_source(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    version = Lake(lake).version
    found = {(row["rule"], row["parameter"]): row for row in doubts(lake) if row["station"] == "cnemc-9002X"}
    assert (found["cross", "a34004"]["value"], found["cross", "a34004"]["compared"]) == ("50", "40")
    assert found["range", "a05024"]["compared"] == "1072"
    assert found["gap", "a21026"]["count"] == "1"
    assert all(row["source"] for row in found.values())
    said = capsys.readouterr().err
    assert "存疑" in said
    assert "数据不改动" in said
    assert Lake(lake).version == version


def test_days_and_parameters_are_chosen(lake: Path) -> None:
    assert {row["parameter"] for row in doubts(lake, "--parameter", "PM2.5")} == {"a34004"}
    assert {row["rule"] for row in doubts(lake, "--parameter", "PM2.5")} >= {"cross", "gap"}  # PM10 is read for it
    assert {row["station"] for row in doubts(lake, "--from", "2026-03-02", "--to", "2026-03-02")} >= {"cnemc-9002X"}
    assert [row for row in doubts(lake, "--from", "2026-03-03") if row["station"] == "cnemc-9002X"] == []


def test_the_doubts_of_a_day_do_not_depend_on_the_days_asked_for(tmp_path: Path) -> None:
    """A week without a value before the fourth day, then eight equal hours across a midnight."""
    hours = [f"2026-03-01T{h:02}:00:00,9001X,{30 + h},{60 + h},2,20,0.8,41\n" for h in range(1, 9)]
    hours += [f"2026-03-09T{h:02}:00:00,9001X,50,{60 + h},2,20,0.8,41\n" for h in range(20, 24)]
    hours += [f"2026-03-10T{h:02}:00:00,9001X,50,{70 + h},2,20,0.8,41\n" for h in range(4)]
    (tmp_path / "a.csv").write_text(HEAD + "".join(hours), encoding="utf-8")
    lake = tmp_path / "湖"
    assert cli.main(["ingest", "--lake", str(lake), "--format", "cnemc", "--quiet", str(tmp_path / "a.csv")]) == 0
    every = doubts(lake, "--parameter", "PM2.5")
    assert {(row["rule"], row["count"]) for row in every} == {("constant", "8"), ("gap", "203")}
    parts = [
        doubts(lake, "--parameter", "PM2.5", "--from", day, "--to", day)
        for day in ("2026-03-01", "2026-03-09", "2026-03-10")
    ]
    assert [len(part) for part in parts] == [0, 6, 3]
    assert sorted(map(str, every)) == sorted(str(row) for part in parts for row in part)


def test_days_without_a_doubt_are_a_table_without_rows(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["quality", "--lake", str(lake), "-o", str(lake.parent / "a.csv"), "--parameter", "NO2"]
    assert cli.main([*command, "--from", "2026-03-03", "--to", "2026-03-03"]) == 0
    assert "存疑 0 处" in capsys.readouterr().err
    (header,) = (lake.parent / "a.csv").read_text(encoding="utf-8").splitlines()
    assert header.startswith("station,parameter,")


def test_the_option_that_was_given_is_to_blame(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["quality", "--lake", str(lake), "-o", str(lake.parent / "a.csv")]
    assert cli.main([*command, "--from", "2031-01-01"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "--from" in said
    assert "--to" not in said
    assert "数据的最后一天 2026-03-03" in said
    assert cli.main([*command, "--to", "2020-01-01"]) == 2
    assert "数据的第一天 2026-03-01" in capsys.readouterr().err


def test_an_unknown_parameter_is_wrong_usage(lake: Path) -> None:
    with pytest.raises(typer.BadParameter, match="参数表里没有"):
        doubts(lake, "--parameter", "以太")
