"""``bilan lake`` as a person uses it."""

from __future__ import annotations

import json
import os
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from rich.cells import cell_len

from bilan import cli
from bilan.observe import Lake

from .observe.lake_rows import at, hours, row, table

MAY, JUNE = datetime(2024, 5, 2, 0, 30, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A value that was corrected once, in a lake with two stations."""
    made = Lake(tmp_path / "湖")
    made.add([table(row(source_ref="ab" * 32))], batch="b1", received_at=MAY)
    made.add([table(row(value=36.5, source_ref="cd" * 32))], batch="b2", received_at=JUNE)
    external = [{"scheme": "cnemc", "id": "9001A", "valid_from": None, "valid_to": None}]
    named = [
        {"id": "s1", "name": "青石公园", "external_ids": external},
        {"id": "s2", "name": "净水厂", "external_ids": []},
        {"id": "s3", "name": "净水厂", "external_ids": []},
    ]
    made.add_stations(pa.Table.from_pylist(named))
    return made


def run(*arguments: object) -> int:
    return cli.main(["lake", *map(str, arguments)])


def test_history_shows_each_row_in_beijing_time(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("history", "s1", "a34004", "2024-05-01T08:00", "--lake", lake.path) == 0
    shown = capsys.readouterr().out
    assert "s1 · a34004" in shown
    assert "2024-05-01 08:00" in shown
    first, second = (line for line in shown.splitlines() if "µg/m3" in line)
    old = ("35 µg/m3", "avg 1 小时", "abababab:2", "2024-05-02 08:30", "2024-06-01 08:00")
    assert all(part in first for part in old)
    assert all(part in second for part in ("36.5 µg/m3", "cdcdcdcd:2", "2024-06-01 08:00", "现行"))
    assert max(cell_len(line) for line in shown.splitlines()) <= 100


def test_a_value_is_found_under_the_names_people_use(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    for asked in (
        ("9001A", "a34004", "2024-05-01T08:00"),
        ("青石公园", "pm2.5", "2024-05-01 08:00:00"),
        ("s1", "PM2_5", "2024-05-01T00:00Z"),
    ):
        assert run("history", *asked, "--lake", lake.path) == 0
        assert "36.5 µg/m3" in capsys.readouterr().out


def test_history_as_it_was_known(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("history", "s1", "a34004", "2024-05-01T08:00", "--lake", lake.path, "--known-at")
    assert run(*asked, "2024-06-01T07:59") == 0
    shown = capsys.readouterr().out
    assert "35 µg/m3" in shown
    assert "36.5" not in shown
    assert run(*asked, "2024-05-01") == 0
    assert "到 2024-05-01 23:59 为止还没有收到值" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("known_at", "value"),
    [
        ("2024-06-01", "36.5"),  # the end of that day
        ("2024-05-31", "35 "),
        ("2024/6/1 8:00", "36.5"),
        ("2024-05-31T24:00", "35 "),
        ("2024-06-01T00:00:00.5Z", "36.5"),
    ],
)
def test_a_moment_is_written_as_in_the_files(
    lake: Lake, capsys: pytest.CaptureFixture[str], known_at: str, value: str
) -> None:
    assert run("history", "s1", "a34004", "2024/5/1 8:00", "--lake", lake.path, "--known-at", known_at) == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if "µg/m3" in line)
    assert value in line


def test_history_for_programs(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("history", "s1", "a34004", "2024-05-01T08:00", "--lake", lake.path, "--json") == 0
    old, new = json.loads(capsys.readouterr().out)
    assert (old["value"], old["source_ref"], old["superseded_at"]) == (35.0, "ab" * 32, "2024-06-01T00:00:00Z")
    assert (new["time"], new["superseded_at"]) == ("2024-05-01T00:00:00Z", None)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("s1", "a34004", "2024-05-01T09:00"), "没有收到过值；a34004 的数据从 2024-05-01 到 2024-05-01"),
        (("s1", "o3", "2024-05-01T08:00"), "湖里没有参数 a05024，有：a34004"),
        (("nowhere", "a34004", "2024-05-01T08:00"), "站点表里没有 nowhere"),
    ],
)
def test_no_value_says_why(
    lake: Lake, asked: tuple[str, str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("history", *asked, "--lake", lake.path) == 0
    assert said in capsys.readouterr().out


def test_wrong_usage_names_the_place(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("history", "s1", "a34004", "noon", "--lake", lake.path) == 2
    assert "'noon'：应为时间" in capsys.readouterr().err
    assert run("history", "s1", "a34004", "2024-05-01", "--lake", lake.path, "--known-at", "then") == 2
    assert "--known-at" in capsys.readouterr().err
    assert run("history", "净水厂", "a34004", "2024-05-01", "--lake", lake.path) == 2
    assert "不止一个站点：s2、s3" in capsys.readouterr().err


@pytest.mark.parametrize("verb", [("info",), ("compact",), ("vacuum",), ("history", "s1", "a34004", "2024-05-01")])
def test_a_place_without_a_lake_is_named_and_left_alone(
    verb: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "nothing"
    assert run(*verb, "--lake", place) == 1
    assert f"{place}：这里没有数据湖" in capsys.readouterr().err
    assert not place.exists()


def test_the_lake_is_where_the_environment_says_or_here(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("BILAN_LAKE", lake.path)
    assert run("info") == 0
    assert lake.path in capsys.readouterr().out
    monkeypatch.delenv("BILAN_LAKE")
    monkeypatch.chdir(tmp_path)
    Path(lake.path).rename("lake")
    assert run("info") == 0
    assert f"{tmp_path.as_posix()}/lake：" in capsys.readouterr().out


def test_info_lists_what_is_there(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    lake.add([hours(48, first="2023-12-31T01:00", parameter="a05024")], batch="b")
    assert run("info", "--lake", lake.path) == 0
    shown = capsys.readouterr().out
    assert "站点 3 个" in shown
    (ozone,) = (line.split() for line in shown.splitlines() if "a05024" in line)
    assert ozone[-6:] == ["2023-12-31", "2024-01-01", "48", "0", "2", "0.0"]
    (fine,) = (line.split() for line in shown.splitlines() if "a34004" in line)
    assert fine[-4:-2] == ["2", "1"]


def test_info_of_an_empty_lake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Lake(tmp_path / "lake")
    assert run("info", "--lake", tmp_path / "lake") == 0
    assert "还没有观测值" in capsys.readouterr().out


def test_compact_and_vacuum_say_what_they_did(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("compact", "--lake", lake.path) == 0
    assert "2 个文件合成 1 个，2 行" in capsys.readouterr().err
    assert run("compact", "--lake", lake.path) == 0
    assert "没有需要整理的文件" in capsys.readouterr().err
    left = Path(lake.files()[0].path).with_name("part-left.parquet")
    left.write_bytes(b"")
    os.utime(left, (time.time() - 8 * 86400,) * 2)
    assert run("vacuum", "--dry-run", "--lake", lake.path) == 0
    shown = capsys.readouterr()
    assert (shown.out, "可删除 1 个文件" in shown.err) == (f"{left}\n", True)
    assert run("vacuum", "--lake", lake.path, "--quiet") == 0
    assert capsys.readouterr() == ("", "")
    assert not left.exists()
    assert len(lake.history("s1", "a34004", at("2024-05-01T08:00"))) == 2


def test_every_option_is_in_the_guide() -> None:
    guide = (Path(__file__).parents[1] / "docs" / "guide" / "lake.md").read_text(encoding="utf-8")
    found = cli.command().commands["lake"].make_context("lake", [], resilient_parsing=True).command
    for name, verb in found.commands.items():
        assert f"bilan lake {name}" in guide
        options = {part.opts[0] for part in verb.params if part.opts[0].startswith("-") and part.name != "help"}
        assert {option for option in options if not re.search(rf"{option}\b", guide)} == set()
