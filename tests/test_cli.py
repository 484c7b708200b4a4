"""The verbs as a person uses them: what lands where, in which exit code, and what is said when it goes wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.cells import cell_len
from rich.console import Console

from bilan import cli
from bilan.cli import files, render
from bilan.cli.progress import progress_bar
from bilan.errors import BilanError, FileError
from bilan.plan.model import CompiledPlan, Target

TEXT = """青石县碧水提升行动计划

一、主要目标
到2027年，全县考核断面水质优良比例达到88%以上。

二、重点任务
（一）规范入河排污口。2026年底前，完成120个入河排污口整治。（县生态环境局牵头，县水利局配合）
"""


ASCII_ONLY = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "计划.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def compiled(document: Path, tmp_path: Path) -> Path:
    path = tmp_path / "计划.json"
    assert cli.main(["compile", str(document), "-o", str(path), "--quiet"]) == 0
    return path


def plan_of(path: Path) -> CompiledPlan:
    return CompiledPlan.model_validate_json(path.read_bytes())


def target(**changes: object) -> Target:
    fields: dict[str, object] = {
        "id": "t1", "start": 0, "end": 9, "kind": "target", "indicator": None, "name": "优良天数比例", "operator": ">=",
        "value": 85.0, "unit": "%", "value_kind": "number", "quote": "优良天数比例达到85%", "confidence": 1.0,
    }  # fmt: skip
    return Target.model_validate(fields | changes)


# --- compile ---


def test_compile_shows_the_lists_within_100_columns(
    document: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert cli.main(["compile", str(document)]) == 0
    shown = capsys.readouterr()
    assert all(listing.heading in shown.out for listing in render.LISTINGS)
    assert "≥ 88 %" in shown.out
    assert max(cell_len(line) for line in shown.out.splitlines()) <= 100
    assert shown.err == ""  # no progress bar where nobody watches


def test_compile_writes_json(document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "结果.json"
    assert cli.main(["compile", str(document), "-o", str(output), "--title", "青石行动", "--issued", "2025-03-01"]) == 0
    plan = plan_of(output)
    assert (plan.plan.title, plan.plan.issued) == ("青石行动", "2025-03-01")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == f"{output}：{render.counts(plan)}\n"
    assert f"目标 {len(plan.targets)} " in shown.err


def test_compile_to_stdout_is_the_same_json(
    document: Path, compiled: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert cli.main(["compile", str(document), "-o", "-", "--quiet"]) == 0
    shown = capfdbinary.readouterr()
    assert shown.out == compiled.read_bytes()
    assert shown.err == b""


def test_compile_writes_a_workbook(document: Path, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    output = tmp_path / "清单.XLSX"
    assert cli.main(["compile", str(document), "-o", str(output), "--quiet"]) == 0
    assert len(load_workbook(output).sheetnames) >= 5


@pytest.mark.parametrize("name", ["lists.csv", "lists", ".json/", "lists.json.bak"])
def test_an_unknown_form_is_wrong_usage(document: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compile", str(document), "-o", name]) == 2
    assert "文件名应以 .json 或 .xlsx 结尾" in capsys.readouterr().err


def test_the_input_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "plan.json"
    source.write_text(TEXT, encoding="utf-8")
    assert cli.main(["compile", str(source), "-o", f"{tmp_path}/../{tmp_path.name}/plan.json"]) == 2
    assert "就是输入文件" in capsys.readouterr().err
    assert source.read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize("day", ["2025-02-30", "2025年3月", "soon"])
def test_a_day_that_is_none_is_wrong_usage(document: Path, day: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compile", str(document), "--issued", day]) == 2
    assert f"'{day}'：应为日期" in capsys.readouterr().err


@pytest.mark.parametrize("day", ["1949-09-30", "2199-01-01", "0001-01-01"])
def test_a_day_on_which_no_plan_was_issued_is_wrong_usage(
    document: Path, day: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["compile", str(document), "--issued", day]) == 2
    assert "印发日期应在 1949-10-01 与" in capsys.readouterr().err


def test_the_first_day_is_a_day(document: Path, tmp_path: Path) -> None:
    assert cli.main(["compile", str(document), "--issued", "1949-10-01", "-o", str(tmp_path / "a.json")]) == 0


@pytest.mark.parametrize("option", ["--region", "--title"])
@pytest.mark.parametrize("words", ["", "  ", "\x07\u200b"])
def test_no_words_are_wrong_usage(document: Path, option: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compile", str(document), option, words]) == 2
    assert "不能为空" in capsys.readouterr().err


def test_a_title_is_one_line_without_control_characters(document: Path, tmp_path: Path) -> None:
    output = tmp_path / "a.json"
    assert cli.main(["compile", str(document), "--title", "青石\x1b[31m\n行动", "-o", str(output), "--quiet"]) == 0
    assert plan_of(output).plan.title == "青石 [31m 行动"


def test_an_unknown_region_is_kept_and_named(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "a.json"
    assert cli.main(["compile", str(document), "--region", "乌有市", "-o", str(output), "--quiet"]) == 0
    assert "行政区表里没有“乌有市”" in capsys.readouterr().err
    info = plan_of(output).plan
    assert (info.region, info.region_name) == (None, "乌有市")


def test_a_known_region_is_not_remarked_upon(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["compile", str(document), "--region", "清河市", "-o", str(tmp_path / "a.json"), "--quiet"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ["", "名.json"])
def test_a_folder_is_no_result_file(
    document: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "结果" / name
    folder.mkdir(parents=True)
    assert cli.main(["compile", str(document), "-o", str(folder)]) == 1
    assert f"bilan: {folder}：是文件夹，请写出文件名" in capsys.readouterr().err


def test_a_read_only_folder_is_named_before_any_work(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    assert cli.main(["compile", str(document), "-o", str(tmp_path / "a.json")]) == 1
    assert f"a.json：无法写入：文件夹 {tmp_path} 没有写入权限" in capsys.readouterr().err


def test_an_unreadable_input_is_one_line_with_its_name(
    compiled: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.R_OK)
    assert cli.main(["plan", "diff", str(compiled), str(compiled)]) == 1
    assert capsys.readouterr().err == f"bilan: {compiled}：无法读取：没有权限\n"


@pytest.mark.parametrize(("age", "left"), [(0, True), (2 * 86400, False)])
def test_what_a_killed_process_left_goes_when_it_is_old_and_ours(compiled: Path, age: int, left: bool) -> None:
    folder = compiled.parent
    ours, other = folder / ".bilan-0123456789abcdef.part", folder / ".bilan-notes.part"
    for path in (ours, other):
        path.write_bytes(b"")
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - age))
    files.write_plan(plan_of(compiled), compiled)
    assert (ours.exists(), other.exists()) == (left, True)


def test_a_failure_leaves_the_old_result_whole(compiled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = compiled.read_bytes()
    plan = plan_of(compiled)

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(FileError, match=r"计划\.json：无法写入：磁盘已满"):
        files.write_plan(plan, compiled)
    monkeypatch.undo()
    assert compiled.read_bytes() == before
    assert [path.name for path in compiled.parent.iterdir() if path.name.startswith(".")] == []


def test_a_missing_folder_is_one_line(document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "nowhere"
    assert cli.main(["compile", str(document), "-o", str(folder / "a.json"), "--quiet"]) == 1
    assert capsys.readouterr().err == f"bilan: {folder}：没有这个文件夹\n"


def test_a_missing_document_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compile", str(tmp_path / "none.docx")]) == 1
    error = capsys.readouterr().err
    assert error.startswith("bilan: ")
    assert "none.docx" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("terminal", "quiet", "shown"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_progress_is_for_a_person_at_a_terminal(
    terminal: bool, quiet: bool, shown: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    with progress_bar(quiet=quiet) as progress:
        assert (progress is not None) == shown
        if progress:
            progress("拆分条目", 0.5)
    written = capsys.readouterr()
    assert written.out == ""
    assert bool(written.err) == shown


# --- main ---


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (BilanError("page 3: expected\na table"), 1, "bilan: page 3: expected a table\n"),
        (PermissionError(13, "Permission denied", "a.docx"), 1, "bilan: a.docx：没有权限\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_what_a_person_can_mend_is_one_line(
    raised: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise raised

    monkeypatch.setattr("bilan.plan.schema.json_schema", fail)
    assert cli.main(["schema"]) == code
    assert capsys.readouterr().err == said


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_defect_is_one_line_and_a_traceback_only_on_demand(
    debug: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BILAN_DEBUG", debug)
    monkeypatch.setattr("bilan.plan.schema.json_schema", lambda: 1 / 0)
    assert cli.main(["schema"]) == 70
    *before, last = capsys.readouterr().err.splitlines()
    assert last == "bilan: 内部错误 ZeroDivisionError：division by zero（设 BILAN_DEBUG=1 可看详情）"
    assert bool(before) == bool(debug)
    assert "Traceback" in "".join(before) or not debug


def test_a_name_that_the_system_cannot_hold_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise UnicodeEncodeError("ascii", "清.json", 0, 1, "ordinal not in range(128)")

    monkeypatch.setattr("bilan.plan.schema.json_schema", fail)
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "ascii")
    assert cli.main(["schema"]) == 1
    said = capsys.readouterr().err
    assert r"file names here are ascii and cannot hold '\u6e05.json'; set LC_ALL=C.UTF-8" in said
    assert said.count("\n") == 1


def bilan(*arguments: str, **settings: str) -> subprocess.CompletedProcess[bytes]:
    """What a shell gets from ``bilan``, its stdout closed from the start."""
    script = 'exec "$0" -m bilan "$@" >&-'
    environment = os.environ | {"PYTHONDEVMODE": ""} | settings
    return subprocess.run(
        ["sh", "-c", script, sys.executable, *arguments], stderr=subprocess.PIPE, env=environment, check=False
    )


@pytest.mark.skipif(os.name == "nt", reason="file descriptors of POSIX")
@pytest.mark.parametrize("arguments", [("schema",), ("--help",)])
def test_a_closed_stdout_is_a_quiet_failure(arguments: tuple[str, ...]) -> None:
    done = bilan(*arguments)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(os.name == "nt", reason="file descriptors of POSIX")
def test_a_plan_has_nowhere_to_go_where_stdout_is_closed(document: Path) -> None:
    done = bilan("compile", str(document), "-o", "-")
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_a_reader_that_leaves_early_hears_nothing() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bilan", "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 1


def test_schema_accepts_what_compile_writes(compiled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert set(schema["properties"]) == set(json.loads(compiled.read_bytes()))


# --- plan ---


def test_diff_names_a_changed_title(compiled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = plan_of(compiled)
    assert plan.targets, "the sample sentence holds a target"
    plan.targets[0].value = 93.5
    changed = tmp_path / "改.json"
    files.write_plan(plan, changed)
    assert cli.main(["plan", "diff", str(compiled), str(changed)]) == 0
    assert "93.5" in capsys.readouterr().out
    assert cli.main(["plan", "diff", str(compiled), str(changed), "--json"]) == 0
    assert "93.5" in json.dumps(json.loads(capsys.readouterr().out))
    assert cli.main(["plan", "diff", str(compiled), str(changed), "--language", "en"]) == 0
    assert capsys.readouterr().out.startswith("Targets: figures raised 1")
    assert cli.main(["plan", "diff", str(compiled), str(changed), "--json", "--language", "en"]) == 0
    assert "93.5" in json.loads(capsys.readouterr().out)["targets"]["changed"][0]["changes"][0]["new"]


def test_a_file_that_is_no_plan_names_the_field(
    compiled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = json.loads(compiled.read_bytes())
    content["targets"][0]["confidence"] = 7
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(content), encoding="utf-8")
    assert cli.main(["plan", "diff", str(compiled), str(broken)]) == 1
    assert f"{broken}：不是 bilan compile 写出的计划：targets.0.confidence" in capsys.readouterr().err


@pytest.mark.parametrize("refused", [0, 2])
def test_import_lists_what_it_refused(
    refused: int, compiled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = [f"目标 第 {4 + i} 行“目标值”：应为数字" for i in range(refused)]
    result = SimpleNamespace(plan=plan_of(compiled), changes=[1, 2, 3], refused=cells, doubts=["某格"])
    monkeypatch.setattr("bilan.plan.workbook.read.import_workbook", lambda path, base, *, text: result)
    output = tmp_path / "新.json"
    code = cli.main(["plan", "import", "清单.xlsx", "--base", str(compiled), "-o", str(output)])
    assert code == (3 if refused else 0)
    assert plan_of(output) == result.plan
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"{output}：收下 3 处校正，退回 {refused} 处"
    assert said[1:] == [*cells, "注意：某格"]


def test_import_takes_an_untouched_workbook(document: Path, compiled: Path, tmp_path: Path) -> None:
    workbook, output = tmp_path / "清单.xlsx", tmp_path / "新.json"
    assert cli.main(["compile", str(document), "-o", str(workbook), "--quiet"]) == 0
    assert cli.main(["plan", "import", str(workbook), "--base", str(compiled), "-o", str(output)]) == 0
    assert plan_of(output).targets == plan_of(compiled).targets


def test_import_refuses_the_text_of_another_file(
    compiled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "别的.txt"
    other.write_text(TEXT + "另一行。", encoding="utf-8")
    output = tmp_path / "新.json"
    code = cli.main(["plan", "import", "清单.xlsx", "--base", str(compiled), "-o", str(output), "--source", str(other)])
    assert code == 1
    assert "不是编出这份计划的文件" in capsys.readouterr().err
    assert not output.exists()


def test_import_does_not_overwrite_its_base(compiled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["plan", "import", "清单.xlsx", "--base", str(compiled), "-o", str(compiled)]) == 2
    assert "就是输入文件" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="locales of POSIX")
def test_a_title_is_read_where_the_locale_knows_ascii_only(document: Path, tmp_path: Path) -> None:
    output = tmp_path / "清单.json"
    command = [sys.executable, "-m", "bilan", "compile", str(document), "--title", "青石行动", "-o", str(output)]
    subprocess.run(command, env=os.environ | ASCII_ONLY, capture_output=True, check=True)
    assert plan_of(output).plan.title == "青石行动"


# --- workbook ---


def test_workbook_makes_what_compile_makes(document: Path, compiled: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    assert cli.main(["compile", str(document), "-o", str(first), "--quiet"]) == 0
    assert cli.main(["workbook", str(compiled), "-o", str(second), "--quiet"]) == 0
    assert first.read_bytes() == second.read_bytes()


def test_a_corrected_plan_can_be_corrected_again(compiled: Path, tmp_path: Path) -> None:
    plan = plan_of(compiled)
    for number in range(2):
        book = tmp_path / f"{number}.xlsx"
        assert cli.main(["workbook", str(compiled), "-o", str(book), "--quiet"]) == 0
        output = tmp_path / f"{number}.json"
        assert cli.main(["plan", "import", str(book), "--base", str(compiled), "-o", str(output)]) == 0
        compiled = output
    assert plan_of(compiled) == plan


def test_workbook_writes_workbooks_only(compiled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["workbook", str(compiled), "-o", "-"]) == 2
    assert "文件名应以 .xlsx 结尾" in capsys.readouterr().err


# --- tables ---


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_tables_fit_the_terminal_and_dates_stay_whole(width: int) -> None:
    from .plan.samples import sample_plan

    plan = sample_plan()
    plan.targets[0].due, plan.targets[1].due = "2026-12", "2026-10/2027-03"
    console = Console(file=StringIO(), width=width)
    render.render(plan, console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(cell_len(line) for line in shown.splitlines()) <= width
    assert "2026-12" in shown and "2026-10/2027-03" in shown
    assert "性质" not in shown  # no target has one


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "≥ 85 %"),
        ({"operator": "<=", "value": 28.5, "unit": "微克/立方米"}, "≤ 28.5 微克/立方米"),
        (
            {"operator": "decrease_by", "value": 10.0, "bound": ">=", "baseline_year": "2020"},
            "下降 10 % 以上（比 2020）",
        ),
        ({"value": 3.0, "value_max": 5.0, "operator": "=", "unit": "个"}, "3～5 个"),
        ({"value": 120000000.0, "operator": "approx", "unit": None}, "约 120000000"),
        ({"value": None, "value_kind": "by_reference", "reference": "省下达目标"}, "省下达目标"),
        ({"value": None, "value_kind": "qualitative", "unit": None}, "优良天数比例达到85%"),
    ],
)
def test_a_goal_reads_like_the_plan(changes: dict[str, object], said: str) -> None:
    assert render.goal(target(**changes)) == said


def test_an_empty_list_says_so(compiled: Path) -> None:
    plan = plan_of(compiled).model_copy(update={listing.field: [] for listing in render.LISTINGS})
    console = Console(file=StringIO(), width=100)
    render.render(plan, console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "项目清单：空，文中没有读出。" in shown
    assert "待补事项：没有。" in shown


def test_brackets_of_the_plan_are_not_taken_for_markup(compiled: Path) -> None:
    plan = plan_of(compiled).model_copy(update={"targets": [target(name="[red]指标[/]")]})
    console = Console(file=StringIO(), width=100)
    render.render(plan, console)
    assert "[red]指标[/]" in console.file.getvalue()  # type: ignore[attr-defined]


def test_every_operator_has_a_sign() -> None:
    assert set(Target.model_json_schema()["properties"]["operator"]["enum"]) == set(render.OPERATORS)
