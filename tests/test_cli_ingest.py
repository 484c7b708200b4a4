"""``bilan ingest`` as a person uses it: what lands in the lake and in quarantine, what is said, in which exit code."""

from __future__ import annotations

import gc
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from bilan import cli
from bilan.cli import ingest as verb
from bilan.observe import Lake
from bilan.observe.importers import FORMATS, importer_of
from bilan.observe.lake_schema import LakeError
from bilan.observe.quarantine import read_quarantine

HEAD = "timepoint,stationcode,pm2_5,pm10,so2,no2,co,o3\n"
GOOD = "2026-03-01T01:00:00,9001X,50,72,2,20,0.8,41\n"
BAD = "2026-03-01T01:00:00,9002X,fifty,72,2,20,0.8,41\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "湖"


def csv(folder: Path, *lines: str, name: str = "a.csv", head: str = HEAD) -> Path:
    path = folder / name
    path.write_text(head + "".join(lines), encoding="utf-8")
    return path


def ingest(place: Path, *files: Path | str, form: str = "cnemc") -> int:
    return cli.main(["ingest", "--lake", str(place), "--format", form, *map(str, files)])


def present(place: Path) -> list[dict[str, Any]]:
    """The rows that hold now."""
    rows = DeltaTable(place / "observations").to_pyarrow_table().to_pylist()
    return [row for row in rows if row["superseded_at"] is None]


def test_rows_and_stations_arrive_and_are_counted(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ingest(place, csv(tmp_path, GOOD, GOOD.replace("9001X,50", "9002X,NA"))) == 0
    said = capsys.readouterr()
    assert "a.csv：读入 2 行；新增 11，相同 0，更正 0，让位 0；空缺 1，隔离 0；站点新增或改动 2" in said.err
    assert "按此读入：时间标签是小时的结束，北京时间" in said.err
    assert said.out == ""
    rows = present(place)
    assert len(rows) == 11
    assert {row["batch"].split()[0] for row in rows} == {"cnemc"}
    assert {row["source_line"] for row in rows} == {2, 3}
    assert Lake(place).station_by_external("cnemc", "9001X") == "cnemc-9001X"
    assert not (place / "quarantine").exists()


def test_a_bad_cell_goes_to_quarantine_and_the_rest_is_taken(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ingest(place, csv(tmp_path, GOOD, BAD)) == 3
    said = capsys.readouterr().err
    assert "新增 11" in said
    assert "隔离 1" in said
    assert "隔离：a.csv 第 3 行，列 pm2_5：'fifty'：不是数" in said
    (kept,) = (place / "quarantine").glob("*.jsonl")
    row = json.loads(kept.read_text(encoding="utf-8"))
    assert (row["file"], row["line"], row["column"], row["value"]) == ("a.csv", 3, "pm2_5", "fifty")
    assert kept.name in said


def test_the_same_file_again_changes_nothing(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = csv(tmp_path, GOOD, GOOD, BAD)
    assert ingest(place, path) == 3
    before = present(place)
    capsys.readouterr()
    assert ingest(place, path, path) == 3
    assert "新增 0，相同 34，更正 0，让位 0" in capsys.readouterr().err
    assert present(place) == before
    assert len(list((place / "quarantine").iterdir())) == 1


def test_a_corrected_file_closes_the_old_value(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ingest(place, csv(tmp_path, GOOD)) == 0
    assert ingest(place, csv(tmp_path, GOOD.replace(",50,", ",51,"), name="b.csv")) == 0
    assert "新增 0，相同 5，更正 1" in capsys.readouterr().err
    assert [row["value"] for row in present(place) if row["parameter"] == "a34004"] == [51.0]


def test_the_old_file_packed_does_not_undo_the_correction(tmp_path: Path, place: Path) -> None:
    old = csv(tmp_path, GOOD, name="v1.csv")
    assert ingest(place, old) == ingest(place, csv(tmp_path, GOOD.replace(",50,", ",51,"), name="v2.csv")) == 0
    packed = tmp_path / "v1.csv.gz"
    packed.write_bytes(gzip.compress(old.read_bytes()))
    assert ingest(place, packed) == 0
    assert [row["value"] for row in present(place) if row["parameter"] == "a34004" and row["seconds"] == 3600] == [51]


def test_files_that_fail_are_one_line_each_and_stop_no_other(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = csv(tmp_path, "2026-03-01,3\n", name="other.csv", head="date,aqi\n")
    assert ingest(place, tmp_path / "none.csv", other, csv(tmp_path, GOOD), tmp_path) == 3
    said = capsys.readouterr().err.splitlines()
    failures = [line for line in said if line.startswith("bilan: ")]
    assert len(failures) == 3
    assert "none.csv：没有这个文件" in failures[0]
    assert "other.csv：不是 cnemc 格式：缺少列 timepoint、stationcode" in failures[1]
    assert "是文件夹" in failures[2]
    assert "4 个文件：读入 1 行；新增 6" in said[0]
    assert len(present(place)) == 6


def test_where_no_file_is_good_no_lake_is_made(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ingest(place, csv(tmp_path, "1,2\n", head="x,y\n")) == 1
    assert "不是 cnemc 格式：缺少列" in capsys.readouterr().err
    assert not place.exists()


def test_where_no_row_is_good_all_are_kept_in_quarantine(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ingest(place, csv(tmp_path, "x,y,1,2,3,4,5,6\n", "z,y,1,2,3,4,5,6\n")) == 3
    assert "读入 2 行；新增 0，相同 0，更正 0，让位 0；空缺 0，隔离 2" in capsys.readouterr().err
    assert [row["line"] for row in read_quarantine(place)] == [2, 3]
    assert not (place / "observations").exists()


def test_a_place_that_cannot_be_written_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    gc.collect()
    recwarn.clear()  # what tests before left open is not ours
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert ingest(tmp_path / "file" / "湖", csv(tmp_path, GOOD, BAD)) == 1
    gc.collect()
    said = capsys.readouterr().err
    assert "这里不能写入" in said
    assert "Delta 表" not in said
    assert "Traceback" not in said
    assert not recwarn.list


def test_an_import_that_is_broken_off_leaves_no_half_of_what_it_refused(
    tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilan.observe.importers import delimited

    monkeypatch.setattr(delimited, "BLOCK", 60)
    path = csv(tmp_path, *(BAD, GOOD) * 10)

    def broken(_: Lake, batches: Iterator[Any], **__: Any) -> None:
        next(batches)
        raise LakeError("the network is gone")

    with monkeypatch.context() as patched:
        patched.setattr(Lake, "add", broken)
        assert ingest(place, path) == 1
    assert list(read_quarantine(place)) == []
    assert ingest(place, path) == ingest(place, path) == 3
    assert len(list((place / "quarantine").iterdir())) == 1
    assert len(list(read_quarantine(place))) == 10


def test_a_file_that_breaks_off_keeps_what_was_read(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilan.observe.importers import delimited

    monkeypatch.setattr(delimited, "BLOCK", 200)
    monkeypatch.setattr(delimited, "MAX_LINE", 1000)
    path = csv(tmp_path, *(GOOD.replace("9001X", f"90{n:02}X") for n in range(20)), "x" * 5000, GOOD)
    assert ingest(place, path) == 3
    said = capsys.readouterr().err
    assert "第 22 行超过 1000 个字符，不像表格（已读入的部分保留）" in said
    assert len(present(place)) == 120


def test_quiet_keeps_what_was_refused(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ingest(place, "--quiet", csv(tmp_path, GOOD)) == 0
    assert capsys.readouterr().err == ""
    assert ingest(place, "--quiet", csv(tmp_path, GOOD, BAD)) == 3
    said = capsys.readouterr().err
    assert "fifty" in said
    assert "新增" not in said


def test_assumptions_are_told_once_for_many_files(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [csv(tmp_path, GOOD.replace("T01", f"T0{n}"), name=f"{n}.csv") for n in range(1, 4)]
    assert ingest(place, *files) == 0
    assert capsys.readouterr().err.count("按此读入（3 个文件）：时间标签是小时的结束") == 1


def test_the_label_is_recorded_with_every_row(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.csv"
    path.write_text("station,ts,pm2_5,pm10,so2,no2,co,o3\nJia,2013-03-01 00:00:00,4,5,6,7,300,77\n", encoding="utf-8")
    assert ingest(place, "--label", "start", path, form="prsa") == 0
    assert "label=start，由 --label 指定" in capsys.readouterr().err
    assert {" ".join(row["batch"].split()[:2]) for row in present(place)} == {"prsa label=start"}
    assert {row["time"].isoformat() for row in present(place)} == {"2013-02-28T17:00:00+00:00"}


def test_a_file_read_in_another_manner_than_before_is_told(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = csv(tmp_path, "甲,2014-01-01 08:00,1,2,3,4,500,6\n", head="station,ts,pm2_5,pm10,so2,no2,co,o3\n")

    def said(label: str) -> str:
        command = ["ingest", "--lake", str(place), "--format", "prsa", "--label", label, "--quiet", str(path)]
        assert cli.main(command) == 0
        return capsys.readouterr().err

    assert said("start") == ""
    version = Lake(place).version
    assert said("start") == ""
    assert Lake(place).version == version
    assert "注意：a.csv 以前按另一种读法" in said("end")
    assert "注意：a.csv 以前按另一种读法" in said("start")


def test_a_mapping_is_recorded_by_its_digest_and_a_wrong_one_is_told_once(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        '[time]\ncolumn = "t"\nseconds = 3600\nlabel = "end"\n[station]\ncolumn = "s"\nmedium = "air"\n'
        '[values]\np = { parameter = "pm25", unit = "µg/m3" }\n',
        encoding="utf-8",
    )
    files = [csv(tmp_path, "2024-01-01 24:00,甲,5\n", name=f"{n}.csv", head="t,s,p\n") for n in range(2)]
    assert ingest(place, "--mapping", mapping, *files, form="table") == 0
    assert {row["batch"].split()[1].partition("=")[0] for row in present(place)} == {"mapping"}
    capsys.readouterr()
    mapping.write_text(mapping.read_text(encoding="utf-8").replace("pm25", "pm26"), encoding="utf-8")
    assert ingest(place, "--mapping", mapping, *files, form="table") == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "m.toml：values.p.parameter = 'pm26'：参数表里没有" in said[0]


def test_kinds_fill_the_sections_and_stay(tmp_path: Path, place: Path) -> None:
    head = "year_month,province,basin,section,obs_time,water_class,ph,do,codmn,nh3n,status\n"
    path = csv(tmp_path, "2021-04,浙江省,太湖流域,甲桥,04-01 08:00,Ⅱ,7,8,2,0.1,正常\n", name="w.csv", head=head)
    kinds = csv(tmp_path, "浙江省,太湖流域,甲桥,lake\n", name="k.csv", head="province,basin,section,kind\n")
    assert ingest(place, "--kinds", kinds, path, form="water-4h") == 0
    assert ingest(place, path, form="water-4h") == 0
    (station,) = Lake(place).stations().to_pylist()
    assert (station["kind"], station["name"], station["region"]) == ("lake", "甲桥", "330000")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "xml"], "应为 cnemc、prsa、water-daily、water-4h、table、statistics 之一"),
        (["--format", "prsa", "--label", "middle"], "应为 end（标签是小时的结束）或 start"),
        (["--format", "cnemc", "--label", "end"], "--label：格式 cnemc 没有这个选项"),
        (["--format", "cnemc", "--kinds", "k.csv"], "--kinds：格式 cnemc 没有这个选项"),
        (["--format", "statistics", "--label", "end"], "--label：格式 statistics 没有这个选项"),
        (["--format", "table"], "--mapping：格式 table 要一个 TOML 映射文件"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_read(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert cli.main(["ingest", "--lake", str(place), *arguments, str(csv(tmp_path, GOOD))]) == 2
    assert said in "".join(capsys.readouterr().err.split("\n"))
    assert not place.exists()


def test_the_formats_are_listed_with_their_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ingest", "--list-formats"]) == 0
    said = capsys.readouterr().out
    assert all(f"{name}" in said for name in FORMATS)
    assert "必有的列：timepoint、stationcode" in said
    assert "prsa [--label]" in said
    assert "statistics：统计报送数" in said
    assert "必有的列：指标、地区、期间、数值、单位、来源、状态、填报单位" in said


def test_the_verb_knows_the_formats_there_are() -> None:
    assert tuple(FORMATS) == verb.FORMATS
    assert [importer_of(name).name for name in FORMATS] == list(FORMATS)


def test_the_verb_is_imported_without_what_reads_the_files() -> None:
    heavy = ("pyarrow", "deltalake", "duckdb", "ibis")
    code = f"import sys, bilan.cli.ingest; print([name for name in {heavy} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert ran.stdout.strip() == "[]"


# --- killed at any moment ---


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is of POSIX systems")
@pytest.mark.parametrize("moment", [0.0, 0.4])
def test_killed_and_run_again_nothing_is_lost_and_nothing_twice(tmp_path: Path, place: Path, moment: float) -> None:
    """Killed ``moment`` seconds after the first chunk of the lake has been committed."""
    lines = [
        f"2026-03-{d:02}T{h:02}:00:00,90{s:02}X,{s},72,2,20,0.8,41\n"
        for d in range(1, 6)
        for h in range(24)
        for s in range(10)
    ]
    path = csv(tmp_path, *lines, BAD.replace("9002X", "9099X"))
    code = (
        "import sys; from bilan.observe import lake_merge; lake_merge.CHUNK_ROWS = 1000; "
        "from bilan.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, "ingest", "--lake", str(place), "--format", "cnemc", str(path), "--quiet"]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    log = place / "observations" / "_delta_log"
    while running.poll() is None and len(list(log.glob("*.json"))) < 2:
        time.sleep(0.01)
    time.sleep(moment)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL or moment  # a slow machine may be done by a later moment, not by the first
    assert subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 3
    rows = present(place)
    keys = {(row["station"], row["parameter"], row["statistic"], row["seconds"], row["time"]) for row in rows}
    assert len(rows) == len(keys) == len(lines) * 6 + 5
    assert len(DeltaTable(place / "observations").to_pyarrow_table()) == len(rows)
    assert Lake(place).stations().num_rows == 11
    assert len(list((place / "quarantine").glob("*.jsonl"))) == 1


def test_statistics_arrive_and_what_is_refused_is_told(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "指标,地区,期间,数值,单位,来源,状态,填报单位\n"
    row = "森林覆盖率,清河市,2025年,42.3,%,森林资源清查,最终,林业局\n"
    path = csv(tmp_path, row, row, row.replace("42.3", "约42"), head=head)
    assert ingest(place, path, form="statistics") == 3
    said = capsys.readouterr().err
    assert "a.csv：读入 3 行；新增 1，相同 1，更正 0，让位 0；空缺 0，隔离 1；站点新增或改动 0" in said
    assert "隔离：a.csv 第 4 行，列 数值：'约42'：不是数，应为 95.3 或 1,234.5 这样的数" in said
    assert [row["line"] for row in read_quarantine(place)] == [4]
    assert ingest(place, path, form="statistics") == 3
    assert "新增 0，相同 2" in capsys.readouterr().err


def test_a_file_without_statistics_is_refused(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ingest(place, csv(tmp_path, GOOD), form="statistics") == 1
    assert "不是 statistics 格式：缺少列 指标" in capsys.readouterr().err
    assert not place.exists()
