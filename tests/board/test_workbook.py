"""What stands in the workbook of a board: read back with openpyxl, as a spreadsheet program would."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from bilan.board.looks import status_looks
from bilan.board.model import Board, Chance, Said
from bilan.board.status import status_rules
from bilan.board.texts import phrase
from bilan.board.workbook import DISTRICTS, TARGETS, write_board
from bilan.errors import FileError
from bilan.policy.texts import Language

from .boards import five_answers, make_board, make_row, share, unjudged

HEADER, FIRST = 3, 4


def written(board: Board, folder: Path, language: Language = "zh") -> Workbook:
    write_board(board, folder / "看板.xlsx", language)
    return load_workbook(folder / "看板.xlsx")


@pytest.fixture
def book(tmp_path: Path) -> Workbook:
    return written(five_answers(), tmp_path)


def cell(page: Worksheet, row: int, heading: str) -> Any:
    return page.cell(row, [one.value for one in page[HEADER]].index(heading) + 1)


def values(page: Worksheet, heading: str) -> list[Any]:
    return [cell(page, row, heading).value for row in range(FIRST, page.max_row + 1)]


def test_three_sheets_with_the_columns_in_order(book: Workbook) -> None:
    assert book.sheetnames == ["看板", "各区县", "说明"]
    assert [one.value for one in book["看板"][HEADER]] == [
        "序号", "目标", "目标值", "状态", "现状值", "单位", "时段", "差距", "余量", "可能性", "区间", "牵头单位",
        "下次考核", "完整性", "说明", "依据原文", "编号",
    ]  # fmt: skip


def test_what_needs_somebody_to_act_comes_first(book: Workbook) -> None:
    assert values(book["看板"], "序号") == [1, 2, 3, 4, 5]
    assert values(book["看板"], "状态") == ["✗ 未达到", "! 有风险", "? 不能判定", "➔ 正常推进", "✓ 已达到"]


def test_each_answer_has_its_colours(book: Workbook) -> None:
    for row, status in enumerate(("missed", "at_risk", "cannot_be_judged", "on_course", "met"), FIRST):
        shown = cell(book["看板"], row, "状态")
        assert (shown.fill.start_color.rgb[-6:], shown.font.color.rgb[-6:]) == (
            status_looks()[status].fill,
            status_looks()[status].ink,
        )


def test_numbers_are_numbers_with_their_own_decimals(book: Workbook) -> None:
    page = book["看板"]
    met = FIRST + 4
    assert (cell(page, met, "现状值").value, cell(page, met, "现状值").number_format) == (88.2, "0.00")
    assert (cell(page, met, "差距").value, cell(page, met, "差距").number_format) == (-1.2, "0.00")
    assert (cell(page, FIRST, "现状值").value, cell(page, FIRST, "现状值").number_format) == (4, "0")
    assert cell(page, FIRST + 2, "现状值").value is None


def test_days_are_days(book: Workbook) -> None:
    due = cell(book["看板"], FIRST, "下次考核")
    assert (due.value, due.is_date, due.number_format) == (datetime(2026, 12, 31), True, "yyyy-mm-dd")
    assert cell(book["看板"], FIRST + 4, "下次考核").value == "已到期"


def test_a_probability_is_a_number_beside_its_interval_and_how_often_it_held(book: Workbook) -> None:
    chance = cell(book["看板"], FIRST + 1, "可能性")
    assert (chance.value, chance.number_format) == (0.42, "0%")
    assert cell(book["看板"], FIRST + 1, "区间").value == "31.9～37.2\n11 年里守住 9 年"


@pytest.mark.parametrize(("value", "certain"), [(0.998, False), (0.002, False), (1.0, True), (0.0, True)])
def test_a_probability_that_is_not_certain_is_not_shown_as_certain(value: float, certain: bool, tmp_path: Path) -> None:
    row = make_row(chance=Chance(probability=value, reason=None, level=0.9))
    shown = cell(written(make_board([row]), tmp_path)["看板"], FIRST, "可能性")
    assert shown.value == value
    assert shown.number_format == ("0%" if certain else '[>=0.995]"＞99%";[<0.005]"＜1%";0%')


def test_no_probability_says_why(tmp_path: Path) -> None:
    row = make_row(chance=Chance(probability=None, reason="not_enough_history", level=0.9))
    page = written(make_board([row]), tmp_path)["看板"]
    assert (cell(page, FIRST, "可能性").value, cell(page, FIRST, "区间").value) == ("往年数据不足", None)


def test_a_provisional_figure_is_marked_and_looks_it(book: Workbook) -> None:
    page = book["看板"]
    assert cell(page, FIRST + 1, "现状值").font.italic
    assert cell(page, FIRST + 1, "说明").value.splitlines()[:2] == ["暂", "达到的可能性不够大"]
    assert not cell(page, FIRST + 4, "现状值").font.italic
    assert cell(page, FIRST + 3, "说明").value == "统计报送\n不落后于分年（分月）进度"


def test_districts_have_a_row_each_the_worst_first(book: Workbook) -> None:
    page = book["各区县"]
    assert values(page, "区县") == ["北山区", "南湖区", "东城区", "西岭县", "中和区", "新区"]
    assert values(page, "现状值") == [38, 36, 33, 32, 29, None]
    assert values(page, "差距") == [7, 5, 2, 1, -2, None]
    assert set(values(page, "序号")) == {2}  # that of their target on the first sheet
    assert set(values(page, "目标来源")) == {"同上级目标"}


def test_a_district_with_a_goal_of_its_own_shows_how_it_stands(tmp_path: Path) -> None:
    own = share("北山区", "38", "3", own_goal=True, status="missed")
    page = written(make_board([make_row(districts=[own])]), tmp_path)["各区县"]
    assert (cell(page, FIRST, "目标来源").value, cell(page, FIRST, "状态").value) == ("自有目标", "✗ 未达到")
    assert cell(page, FIRST, "状态").fill.start_color.rgb[-6:] == status_looks()["missed"].fill


@pytest.mark.parametrize("name", ["看板", "各区县"])
def test_each_list_is_ready_to_circulate(book: Workbook, name: str) -> None:
    page = book[name]
    assert page.freeze_panes == "C4"
    assert page.print_title_rows == "$3:$3"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.auto_filter.ref.startswith("A3:")
    assert page.auto_filter.ref.endswith(str(page.max_row))


@pytest.mark.parametrize("columns", [TARGETS, DISTRICTS], ids=["targets", "districts"])
def test_what_is_printed_fits_a_page_and_the_rest_is_folded(columns: Any) -> None:
    folded = [column.tucked for column in columns]
    assert folded == sorted(folded)  # the last ones
    assert sum(column.width for column in columns if not column.tucked) <= 190


def test_the_folded_columns_are_not_printed(book: Workbook) -> None:
    page = book["看板"]
    assert page.print_area == f"'看板'!$A$1:$O${page.max_row}"
    assert [letter for letter, width in page.column_dimensions.items() if width.hidden] == ["P", "Q"]


@pytest.mark.parametrize("words", ["=1+1", "+86 10", "-5 µg", "@SUM(A1)", "=cmd|'/c calc'!A0"])
def test_words_of_a_plan_are_never_a_formula(words: str, tmp_path: Path) -> None:
    row = make_row(name=words, quote=words, completeness=Said(zh=words, en=words), districts=[share(words, "38", "7")])
    book = written(make_board([row], plan_title=words, notes=[Said(zh=words, en=words)]), tmp_path)
    held = [one for page in book for line in page.iter_rows() for one in line if words in str(one.value)]
    assert len(held) >= 7
    assert {one.data_type for one in held} == {"s"}
    assert all(one.quotePrefix for one in held if one.value == words)


def test_simulated_data_say_so_on_every_page(tmp_path: Path) -> None:
    book = written(make_board([make_row(simulated=True)], simulated=True), tmp_path)
    for name in ("看板", "各区县"):
        assert book[name]["A2"].value.startswith("模拟数据　含模拟数据，不是真实情况")
        assert book[name].oddHeader.center.text == "模拟数据"
    assert phrase("note.simulated", "zh") in {one.value for one in book["说明"]["B"]}
    assert "模拟" in cell(book["看板"], FIRST, "说明").value


def test_real_data_do_not(book: Workbook) -> None:
    assert "模拟" not in book["看板"]["A2"].value
    assert book["看板"].oddHeader.center.text is None


def test_the_last_sheet_explains_the_answers_and_how_they_are_decided(book: Workbook) -> None:
    shown = [(one.value, other.value) for one, other in book["说明"].iter_rows(max_col=2)]
    assert ("! 有风险", "1 项　" + phrase("status.at_risk.means", "zh")) in shown
    assert ("➔ 正常推进", "按现有数据和往年规律，达到的可能性较大（可能性不低于 60%）") in shown
    assert ("! 有风险", "按现有数据和往年规律，达到的可能性不够大（可能性低于 60%）") in shown
    assert all(any(rule.zh in str(text) for _, text in shown) for rule in status_rules())
    assert ("版本", "计划 v3 · 政策 pol7 · 数据湖第 12 版 · 统计第 4 版 · bilan 0.5.0") in shown


def test_an_empty_board_is_a_workbook_all_the_same(tmp_path: Path) -> None:
    book = written(make_board([]), tmp_path)
    assert "没有可列的数" in book["看板"]["A2"].value
    assert book["看板"].max_row == HEADER


def test_it_speaks_english(tmp_path: Path) -> None:
    book = written(make_board([make_row(), unjudged()]), tmp_path, "en")
    assert book.sheetnames == ["Board", "Districts", "About"]
    assert values(book["Board"], "Status") == ["! at risk", "? cannot be judged"]
    assert cell(book["Board"], FIRST, "Room").value == "en:其余时间均值不超过 22.1"


def test_the_same_board_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_board(five_answers(), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileError):
        write_board(make_board([]), tmp_path / "没有" / "看板.xlsx")


def test_a_figure_without_decimals_of_its_own_is_written_out(tmp_path: Path) -> None:
    page = written(make_board([make_row(figure=Decimal("1.2E+3"))]), tmp_path)["看板"]
    assert (cell(page, FIRST, "现状值").value, cell(page, FIRST, "现状值").number_format) == (1200, "0")
