"""``bilan board`` as a person uses it; what it computes is set by hand here and tested in ``tests/board``."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from rich.cells import cell_len
from rich.console import Console

from bilan import cli
from bilan.board import model
from bilan.board.looks import ATTENTION, status_looks
from bilan.board.model import Board, Explanation
from bilan.board.status import STATUSES
from bilan.board.texts import phrase
from bilan.cli import board_render
from bilan.cli.files import plan_json
from bilan.observe import Lake
from bilan.policy.texts import Language

from .board.boards import five_answers, make_board, make_explanation, make_row, share, unjudged
from .plan.samples import sample_plan

PLAN = sample_plan()
IDS = [target.id for target in PLAN.targets]


class Asked:
    """Stands where boards are made: gives what a test set, and remembers what it was asked."""

    def __init__(self) -> None:
        self.board: Board = five_answers()
        self.explanation: Explanation = make_explanation(make_row(IDS[0], districts=[share("北山区", "38", "7")]))
        self.target: str | None = None
        self.options: dict[str, Any] = {}

    def make_board(self, plan: Any, lake: Any, backend: Any, **options: Any) -> Board:
        self.options = options
        return self.board

    def explain(self, plan: Any, lake: Any, backend: Any, target: str, **options: Any) -> Explanation:
        self.target, self.options = target, options
        return self.explanation


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Asked:
    stand_in = Asked()
    monkeypatch.setattr("bilan.board.boards.make_board", stand_in.make_board)
    monkeypatch.setattr("bilan.board.explain.explain", stand_in.explain)
    monkeypatch.setenv("BILAN_CACHE", str(tmp_path / "缓存"))
    monkeypatch.delenv("COLUMNS", raising=False)
    return stand_in


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., int]:
    """``bilan board`` on the sample plan and a lake with nothing in it."""
    plan = tmp_path / "计划.json"
    plan.write_bytes(plan_json(PLAN))
    Lake(tmp_path / "湖")

    def call(*arguments: object) -> int:
        return cli.main(["board", str(plan), "--lake", str(tmp_path / "湖"), *map(str, arguments)])

    return call


# --- the terminal ---


def shown(board: Board, width: int = 100, language: Language = "zh", **settings: Any) -> str:
    output = StringIO()
    console = Console(width=width, file=output, highlight=False, **settings)
    board_render.render(board, console, language)
    return output.getvalue()


def squeezed(text: str) -> str:
    """The text of a table or a paragraph without the places where its lines were broken."""
    return "".join(text.split())


def test_without_an_output_the_board_is_a_table_of_100_columns(
    asked: Asked, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    text = capsys.readouterr()
    assert max(cell_len(line) for line in text.out.splitlines()) <= 100
    assert text.err == ""  # nobody watches: no progress
    assert "\x1b" not in text.out  # and no colour
    assert "计划 v3 · 政策 pol7 · 数据湖第 12 版 · 统计第 4 版 · bilan 0.5.0" in text.out


def test_what_needs_somebody_to_act_comes_first() -> None:
    text = shown(five_answers())
    headings = [f"{status_looks()[status].symbol} {phrase(f'status.{status}', 'zh')}　1 项" for status in ATTENTION]
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)


def test_the_head_counts_the_answers() -> None:
    assert "✗ 未达到 1　! 有风险 1　? 不能判定 1　➔ 正常推进 1　✓ 已达到 1" in shown(five_answers())


def test_a_row_has_all_that_is_known_of_its_target() -> None:
    lines = shown(five_answers(), 160).splitlines()
    first = next(number for number, line in enumerate(lines) if "细颗粒物年均浓度" in line)
    text = "\n".join(lines[first : first + 7])
    for part in (
        "! ", "11 年里守住", "9 年", "≤31 µg/m³", "34 µg/m³", "暂", "2026-01 至", "超 3 µg/m³", "达到的可能性不够大",
        "其余时间均值不超过 22.1", "42%", "31.9～37.2", "市生态环境局", "2026-12-31", "8a3b9c0d1e",
    ):  # fmt: skip
        assert part in text


def test_districts_that_drag_are_named() -> None:
    text = squeezed(shown(make_board([make_row(districts=[share("北山区", "38", "7")])]), 200))
    assert "拉低：北山区38（超7）" in text


@pytest.mark.parametrize("width", [20, 40, 79, 80, 100, 200])
def test_nothing_is_cut_whatever_the_width(width: int) -> None:
    long = "其余时间" * 60
    row = make_row(name="名" * 90, reason_text=model.Said(zh=long, en=long))
    output = shown(make_board([row]), width)
    assert max(cell_len(line) for line in output.splitlines()) <= width
    assert "…" not in output
    assert sum(output.count(one) for one in "名") == 90
    assert output.count("余") >= 60
    assert squeezed(output).count("8a3b9c0d1e") == 1


def test_a_narrow_terminal_gets_one_target_after_the_other() -> None:
    text = shown(five_answers(), 70)
    assert "! 细颗粒物年均浓度 · ≤31 µg/m³\n" in text
    assert "    现状值：34 µg/m³ · 暂 · 2026-01 至 2026-09\n" in text
    assert "    可能性：42% · 31.9～37.2 · 11 年里守住 9 年\n" in text
    assert "可能性：\n" not in text  # what is not known has no line


def test_a_plan_without_targets_says_so() -> None:
    assert "计划里没有目标。" in shown(make_board([]))


def test_simulated_data_are_announced_before_anything_else() -> None:
    lines = shown(make_board([make_row(simulated=True)], simulated=True)).splitlines()
    assert lines[1].strip() == "模拟数据"
    assert lines[2].startswith("含模拟数据，不是真实情况")
    assert "模拟" not in shown(five_answers())


def test_colours_are_those_of_the_answers() -> None:
    text = shown(five_answers(), force_terminal=True, color_system="standard")
    assert "\x1b[1;31m✗ 未达到\x1b[0m" in text
    assert "\x1b[32m✓ 已达到\x1b[0m" in text


def test_what_a_plan_says_is_neither_markup_nor_a_command_to_the_terminal() -> None:
    text = shown(make_board([make_row(name="[bold]甲[/bold]\x1b[2J\u202e乙")], plan_title="[red]题"), 160)
    assert "[bold]甲[/bold]" in text
    assert "[red]题" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_six_thousand_rows_show_the_first_of_each_answer_and_say_where_the_rest_is() -> None:
    rows = [make_row(f"p-target-{number:010}", status=STATUSES[number % 5]) for number in range(6000)]
    started = time.process_time()
    text = shown(make_board(rows))
    assert time.process_time() - started < 10
    assert text.count("另有 1160 项没有在终端列出：用 -o 看板.xlsx 或 -o 看板.json 写出全部") == 5
    assert text.count("细颗粒物年均浓度") == 5 * board_render.MOST_ROWS
    assert "0000000195" in text  # the 40th of its answer
    assert "0000000200" not in text


def test_the_terminal_speaks_english(asked: Asked, run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--language", "en") == 0
    text = capsys.readouterr().out
    assert "? cannot be judged　targets: 1" in text
    assert "Next due · id" in text


# --- files ---


def test_json_is_the_published_schema(asked: Asked, run: Callable[..., int], tmp_path: Path) -> None:
    assert run("-o", tmp_path / "看板.json", "--quiet") == 0
    content = (tmp_path / "看板.json").read_bytes()
    assert content == (asked.board.model_dump_json(indent=2) + "\n").encode()
    assert Board.model_validate_json(content) == asked.board


def test_stdout_gets_the_same_json(
    asked: Asked, run: Callable[..., int], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run("-o", "-") == 0
    text = capfdbinary.readouterr()
    assert Board.model_validate_json(text.out) == asked.board
    assert text.err == b""


def test_a_workbook_is_written_by_its_suffix(
    asked: Asked, run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "看板.XLSX"
    assert run("-o", output) == 0
    assert load_workbook(output).sheetnames == ["看板", "各区县", "说明"]
    assert capsys.readouterr().err == f"{output}：未达到 1 · 有风险 1 · 不能判定 1 · 正常推进 1 · 已达到 1\n"


def test_without_districts_nobody_is_named(asked: Asked, run: Callable[..., int], tmp_path: Path) -> None:
    assert any(row.districts for row in asked.board.rows)
    assert run("--no-districts", "-o", tmp_path / "看板.json", "--quiet") == 0
    written = Board.model_validate_json((tmp_path / "看板.json").read_bytes())
    assert [row.districts for row in written.rows] == [[]] * 5
    assert run("--no-districts", "--explain", IDS[0], "-o", tmp_path / "一项.json", "--quiet") == 0
    assert json.loads((tmp_path / "一项.json").read_bytes())["row"]["districts"] == []


@pytest.mark.parametrize("name", ["看板.csv", "看板"])
def test_another_form_is_wrong_usage(
    asked: Asked, run: Callable[..., int], tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("-o", tmp_path / name) == 2
    assert "文件名应以 .json 或 .xlsx 结尾" in capsys.readouterr().err


def test_the_plan_is_never_overwritten(
    asked: Asked, run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("-o", tmp_path / "计划.json") == 2
    assert "就是输入文件" in capsys.readouterr().err
    assert (tmp_path / "计划.json").read_bytes() == plan_json(PLAN)


# --- what is asked ---


def test_by_default_the_board_is_of_the_last_whole_day_in_beijing(asked: Asked, run: Callable[..., int]) -> None:
    def yesterday() -> date:
        return (datetime.now(UTC) + timedelta(hours=8)).date() - timedelta(days=1)

    before = yesterday()
    assert run("-o", "-") == 0
    assert asked.options["as_of"] in (before, yesterday())
    assert (asked.options["known_at"], asked.options["region"]) == (None, None)
    assert list(asked.options["entries"]) == []


def test_the_day_the_knowledge_and_the_region_are_passed_on(asked: Asked, run: Callable[..., int]) -> None:
    assert run("--as-of", "2026-09-30", "--known-at", "2026-10-08T12:00", "--region", "清河市", "-o", "-") == 0
    assert asked.options["as_of"] == date(2026, 9, 30)
    assert asked.options["known_at"] == datetime(2026, 10, 8, 4, tzinfo=UTC)
    assert asked.options["region"] == "990100"


def test_a_day_alone_is_known_at_its_end(asked: Asked, run: Callable[..., int]) -> None:
    assert run("--known-at", "2026-10-08", "-o", "-") == 0
    assert asked.options["known_at"] == datetime(2026, 10, 8, 15, 59, 59, 999999, tzinfo=UTC)


@pytest.mark.parametrize(("given", "cached"), [([], True), (["--no-cache"], False)])
@pytest.mark.parametrize("what", [[], ["--explain", IDS[0]]], ids=["board", "explanation"])
def test_what_was_computed_before_is_used_unless_forbidden(
    asked: Asked, run: Callable[..., int], given: list[str], cached: bool, what: list[str]
) -> None:
    assert run(*given, *what, "-o", "-") == 0
    kept = asked.options["kept"]
    kept.put(["a"], b"35")
    assert (kept.get(["a"]) == b"35") is cached


def entries_file(folder: Path, *targets: str) -> Path:
    path = folder / "填报.csv"
    rows = [f"{target},分年度目标,2026,13.5,年度计划,规划科,2026-05-08" for target in targets]
    path.write_text("\n".join(["目标,事项,年份,内容,理由,填写人,日期", *rows]), encoding="utf-8")
    return path


def test_entries_are_passed_on(asked: Asked, run: Callable[..., int], tmp_path: Path) -> None:
    assert run("--entries", entries_file(tmp_path, IDS[0]), "-o", "-") == 0
    assert [(entry.target, entry.line) for entry in asked.options["entries"]] == [(IDS[0], 2)]


def test_an_entry_about_no_target_is_said_and_the_board_made_all_the_same(
    asked: Asked, run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = entries_file(tmp_path, IDS[0], "t9")
    assert run("--entries", path, "-o", tmp_path / "看板.json", "--quiet") == 3
    assert capsys.readouterr().err == f"注意：{path}：第 3 行：计划里没有编号为 t9 的目标，这一行没有用上\n"
    assert (tmp_path / "看板.json").exists()


def test_an_entry_that_is_of_no_use_is_said(
    asked: Asked, run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "填报.csv"
    path.write_text(
        f"目标,事项,年份,内容,理由,填写人,日期\n{IDS[0]},现状值,,28,估计,规划科,2026-05-08\n", encoding="utf-8"
    )
    assert run("--entries", path, "-o", tmp_path / "看板.json", "--quiet") == 3
    told = "这项目标由监测数据判定，不用填报的现状值，这一行没有用上"
    assert capsys.readouterr().err == f"注意：{path}：第 2 行：{told}\n"


# --- what goes wrong ---


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that was said."""
    (line,) = capsys.readouterr().err.splitlines()
    return line


@pytest.mark.parametrize("option", ["--as-of", "--known-at"])
def test_a_date_that_is_none_is_wrong_usage(
    asked: Asked, run: Callable[..., int], option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(option, "2026-02-30") == 2
    assert "2026-02-30" in capsys.readouterr().err


@pytest.mark.parametrize("called", ["", " "])
def test_nothing_is_explained_without_an_id(
    asked: Asked, run: Callable[..., int], called: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--explain", called) == 2
    assert "--explain：编号不能为空" in squeezed(capsys.readouterr().err).replace(":", "：")
    assert asked.target is None


@pytest.mark.parametrize(("day", "code"), [("1899-12-31", 2), ("1900-01-01", 0), ("2199-12-31", 0), ("9999-12-31", 2)])
def test_a_day_that_nobody_means_is_wrong_usage(
    asked: Asked, run: Callable[..., int], day: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--as-of", day, "-o", "-") == code
    assert ("应在1900年至2199年之间" in squeezed(capsys.readouterr().err)) is bool(code)


def test_no_such_plan(asked: Asked, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["board", str(tmp_path / "没有.json"), "--lake", str(tmp_path)]) == 1
    assert "没有.json：无法读取：没有这个文件" in said(capsys)


@pytest.mark.parametrize("more", [{}, {"targets": "none"}], ids=["that can be read", "that cannot"])
def test_a_plan_of_another_version_is_said_to_be_one(
    asked: Asked, tmp_path: Path, more: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "新.json"
    path.write_text(json.dumps(json.loads(plan_json(PLAN)) | {"schema_version": "9"} | more), encoding="utf-8")
    assert cli.main(["board", str(path), "--lake", str(tmp_path)]) == 1
    assert "新.json：由别的版本的 bilan 写出（结构是第 9 版，这个程序读第 1 版）" in said(capsys)


@pytest.mark.parametrize(("content", "place"), [(b"PK\x03\x04", "JSON"), (b"{}", "compiler")])
def test_what_is_no_plan_names_the_place(
    asked: Asked, tmp_path: Path, content: bytes, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "假.json"
    path.write_bytes(content)
    assert cli.main(["board", str(path), "--lake", str(tmp_path)]) == 1
    assert f"假.json：不是 bilan compile 写出的计划：{place}" in said(capsys)


def test_no_lake(asked: Asked, run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--lake", tmp_path / "别处") == 1
    assert "这里没有数据湖；先用 bilan ingest 导入数据" in said(capsys)
    assert not (tmp_path / "别处").exists()


def plan_of_the_city(tmp_path: Path, **change: Any) -> Path:
    """The sample plan as one of 清河市, its first target changed."""
    first = PLAN.targets[0].model_copy(update=change)
    info = PLAN.plan.model_copy(update={"region": "990100"})
    path = tmp_path / "清河市.json"
    path.write_bytes(plan_json(PLAN.model_copy(update={"plan": info, "targets": [first, *PLAN.targets[1:]]})))
    return path


@pytest.mark.parametrize("called", ["东湖区", "清河市东湖区", "990103"])
def test_a_region_is_looked_up_within_that_of_the_plan(asked: Asked, tmp_path: Path, called: str) -> None:
    Lake(tmp_path / "湖")
    entries = tmp_path / "填报.csv"
    row = f"{IDS[0]},goal,,30,市下达,规划科,2026-05-08,{called}\n"
    entries.write_text("target,what,year,value,reason,by,on,region\n" + row, encoding="utf-8")
    plan, places = str(plan_of_the_city(tmp_path)), ["--region", called, "--entries", str(entries)]
    assert cli.main(["board", plan, "--lake", str(tmp_path / "湖"), *places, "-o", "-"]) == 0
    assert asked.options["region"] == "990103"
    assert [entry.region for entry in asked.options["entries"]] == ["990103"]


@pytest.mark.parametrize("field", ["value", "value_max", "baseline_value"])
@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e300", "-1e15", "1e-300"])
def test_a_number_that_no_plan_means_is_named_by_its_field(
    asked: Asked, tmp_path: Path, capsys: pytest.CaptureFixture[str], field: str, number: str
) -> None:
    path = plan_of_the_city(tmp_path, **{field: 31.25})
    path.write_text(path.read_text(encoding="utf-8").replace(f'"{field}": 31.25', f'"{field}": {number}'))
    assert cli.main(["board", str(path)]) == 1
    assert f"targets.0.{field}：" in capsys.readouterr().err


def test_an_unknown_region(asked: Asked, run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--region", "乌有市") == 1
    assert "行政区表里没有“乌有市”" in said(capsys)


def test_an_entry_that_cannot_be_read_stops_before_any_work(
    asked: Asked, run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "坏.csv"
    path.write_text("目标,事项\n", encoding="utf-8")
    assert run("--entries", path) == 1
    assert "坏.csv：第 1 行" in said(capsys)
    assert asked.options == {}


# --- one target ---


def test_an_explanation_is_told_link_by_link(
    asked: Asked, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--explain", IDS[0]) == 0
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines[:3] == ["细颗粒物年均浓度　≤31 µg/m³", "! 有风险　达到的可能性不够大", IDS[0]]
    assert lines[4:] == [
        "1. 原文", "    “细颗粒物年均浓度不高于31微克/立方米”", "",
        "2. 现状", "    34 µg/m3", "    九个月的均值", "",
        "3. 责任单位", "    牵头：市生态环境局、市交通局",
    ]  # fmt: skip


def test_an_explanation_speaks_english(
    asked: Asked, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--explain", IDS[0], "--language", "en") == 0
    text = capsys.readouterr().out
    assert "3. Units\n    Leads: 市生态环境局, 市交通局" in text


def test_a_long_line_of_an_explanation_is_wrapped_under_itself() -> None:
    output = StringIO()
    explanation = make_explanation(make_row(quote="长" * 100))
    board_render.render_explanation(explanation, Console(width=40, file=output))
    wrapped = [line for line in output.getvalue().splitlines() if "长" in line]
    assert len(wrapped) > 4
    assert all(line.startswith("    ") and cell_len(line) <= 40 for line in wrapped)


def test_an_explanation_is_written_as_json(asked: Asked, run: Callable[..., int], tmp_path: Path) -> None:
    assert run("--explain", IDS[0], "-o", tmp_path / "一项.json", "--quiet") == 0
    assert Explanation.model_validate_json((tmp_path / "一项.json").read_bytes()) == asked.explanation


def test_an_explanation_is_no_workbook(
    asked: Asked, run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--explain", IDS[0], "-o", tmp_path / "一项.xlsx") == 2
    assert "文件名应以 .json 结尾" in capsys.readouterr().err


@pytest.mark.parametrize("part", [IDS[1], IDS[1][-10:], IDS[1][-4:], IDS[1][: len(IDS[1]) - 2]])
def test_an_id_may_be_shortened_at_either_end(asked: Asked, run: Callable[..., int], part: str) -> None:
    assert run("--explain", part, "-o", "-") == 0
    assert asked.target == IDS[1]


def test_an_id_that_fits_several_lists_them(
    asked: Asked, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--explain", PLAN.plan.id) == 1
    line = said(capsys)
    assert "符合的目标不止一个" in line
    assert f"{IDS[0]}（{PLAN.targets[0].name}）" in line


def test_an_unknown_id_offers_those_that_may_be_meant(
    asked: Asked, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    mistyped = IDS[0][:-1] + ("0" if IDS[0][-1] != "0" else "1")
    assert run("--explain", mistyped) == 1
    line = said(capsys)
    assert f"没有编号为 {mistyped} 的目标；相近的有：" in line
    assert IDS[0] in line


def test_a_name_instead_of_an_id_offers_the_ids_of_that_name(
    asked: Asked, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--explain", PLAN.targets[0].name) == 1
    assert f"{IDS[0]}（{PLAN.targets[0].name}）" in said(capsys)


def test_nothing_like_it_says_where_ids_stand(
    asked: Asked, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--explain", "zzzzzzzz") == 1
    assert said(capsys).endswith("编号见看板最后一列")


# --- the schema ---


def test_the_schema_of_the_board_is_published(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema", "board"]) == 0
    assert json.loads(capsys.readouterr().out) == model.json_schema()


def test_the_schema_is_that_of_the_plan_unless_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema"]) == 0
    default = capsys.readouterr().out
    assert cli.main(["schema", "plan"]) == 0
    assert capsys.readouterr().out == default
    assert "duties" in json.loads(default)["properties"]


def test_no_other_schema_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema", "lake"]) == 2
    assert "lake" in capsys.readouterr().err


def test_a_target_in_words_shows_what_is_missing() -> None:
    assert "目标没有数字，须由人判定" in squeezed(shown(make_board([unjudged()]), 160))


def test_a_period_without_a_figure_is_not_shown_as_if_it_had_one() -> None:
    assert "现状值" not in shown(make_board([unjudged(period="2026")]), 160)
