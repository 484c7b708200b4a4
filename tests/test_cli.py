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
from bilan.errors import BilanError
from bilan.plan.model import CompiledPlan, Target

TEXT = """青石县碧水提升行动计划

一、主要目标
到2027年，全县考核断面水质优良比例达到88%以上。

二、重点任务
（一）规范入河排污口。2026年底前，完成120个入河排污口整治。（县生态环境局牵头，县水利局配合）
"""


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
    assert "expected a name ending in .json or .xlsx" in capsys.readouterr().err


def test_the_input_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "plan.json"
    source.write_text(TEXT, encoding="utf-8")
    assert cli.main(["compile", str(source), "-o", f"{tmp_path}/../{tmp_path.name}/plan.json"]) == 2
    assert "is the input" in capsys.readouterr().err
    assert source.read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize("day", ["2025-02-30", "2025年3月", "soon"])
def test_a_day_that_is_none_is_wrong_usage(document: Path, day: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compile", str(document), "--issued", day]) == 2
    assert f"'{day}': expected a day, YYYY-MM-DD" in capsys.readouterr().err


def test_a_failure_leaves_the_old_result_whole(compiled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = compiled.read_bytes()
    plan = plan_of(compiled)

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
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
        (PermissionError(13, "Permission denied", "a.docx"), 1, "bilan: a.docx: Permission denied\n"),
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


def test_a_defect_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bilan.plan.schema.json_schema", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        cli.main(["schema"])


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
    result = SimpleNamespace(plan=plan_of(compiled), changes=[1, 2, 3], refused=cells)
    monkeypatch.setattr("bilan.plan.workbook_import.import_workbook", lambda path, base, *, text: result)
    output = tmp_path / "新.json"
    code = cli.main(["plan", "import", "清单.xlsx", "--base", str(compiled), "-o", str(output)])
    assert code == (3 if refused else 0)
    assert plan_of(output) == result.plan
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"{output}：收下 3 处校正，退回 {refused} 处"
    assert said[1:] == cells


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
    assert "is the input" in capsys.readouterr().err


# --- demo ---


def test_demo_shows_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "a" / "out"
    assert cli.main(["demo", "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert sorted(path.name for path in out.iterdir()) == ["清河市-五张清单.xlsx", "清河市.json"]
    assert all(f"已写入 {out / name}" in shown for name in ("清河市-五张清单.xlsx", "清河市.json"))
    plan = plan_of(out / "清河市.json")
    assert all([plan.targets, plan.tasks, plan.measures, plan.projects, plan.duties])


# --- tables ---


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
