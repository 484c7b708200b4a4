"""What stands in the workbook."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from bilan.errors import FileError
from bilan.plan.model import CompiledPlan
from bilan.plan.workbook.sheets import DUTIES, IDENTITY, MEASURES, OPTIONS, OVERVIEW, SHEETS, TARGETS, TASKS, Sheet
from bilan.plan.workbook.write import write_workbook

from ..samples import sample_plan


@pytest.fixture
def plan() -> CompiledPlan:
    return sample_plan()


@pytest.fixture
def book(plan: CompiledPlan, tmp_path: Path) -> Workbook:
    write_workbook(plan, tmp_path / "plan.xlsx")
    return load_workbook(tmp_path / "plan.xlsx")


def column_of(sheet: Sheet, heading: str) -> int:
    return [column.heading for column in sheet.columns].index(heading) + 1


def test_the_sheets_stand_in_order_and_only_the_two_inner_ones_are_hidden(book: Workbook) -> None:
    assert book.sheetnames == [OVERVIEW, *(sheet.name for sheet in SHEETS), OPTIONS, IDENTITY]
    assert [page.title for page in book.worksheets if page.sheet_state != "visible"] == [OPTIONS, IDENTITY]
    assert book[IDENTITY].protection.sheet


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.list_name)
def test_each_list_is_ready_to_circulate(book: Workbook, sheet: Sheet) -> None:
    page = book[sheet.name]
    assert [cell.value for cell in page[1]] == [column.heading for column in sheet.columns]
    assert page.freeze_panes.endswith("2") and page.auto_filter.ref.startswith("A1:")
    assert page.page_setup.orientation == "landscape" and page.page_setup.fitToHeight == 0
    assert page.print_title_rows == "$1:$1"
    assert page.sheet_properties.pageSetUpPr.fitToPage


def test_values_are_numbers_and_closed_words_are_chinese(book: Workbook) -> None:
    row = {column.heading: cell.value for column, cell in zip(TARGETS.columns, book[TARGETS.name][2], strict=True)}
    assert (row["数值"], row["单位"], row["比较方式"], row["力争"]) == (29, "微克/立方米", "不高于", "否")
    assert row["指标代码"].startswith("air.pm25.annual ")
    assert row["原文"] == "细颗粒物年均浓度不高于29微克/立方米"


def test_units_stand_one_a_line_with_their_brackets(book: Workbook) -> None:
    page = book[TASKS.name]
    leads = column_of(TASKS, "牵头单位")
    assert page.cell(2, leads).value == "市住建局\n市交通局"
    assert page.cell(3, leads).value == "云岭区科技局(发改、科技)"
    assert page.cell(2, leads).alignment.wrap_text


def test_closed_columns_offer_their_words(book: Workbook) -> None:
    rules = {
        str(rule.sqref).split(":")[0].rstrip("0123456789"): rule.formula1
        for rule in book[TARGETS.name].data_validations.dataValidation
    }
    letters = {
        column.heading: book[TARGETS.name].cell(1, i).column_letter for i, column in enumerate(TARGETS.columns, 1)
    }
    assert rules[letters["状态"]] == '"保留,删除"'
    assert rules[letters["比较方式"]].startswith('"不低于,不高于')
    assert rules[letters["指标代码"]].startswith(f"'{OPTIONS}'!$A$2")
    assert letters["数值"] not in rules
    assert not book[DUTIES.name].data_validations.dataValidation


def test_an_empty_cell_for_a_period_is_text_already(book: Workbook) -> None:
    page = book[TARGETS.name]
    letter = page.cell(1, column_of(TARGETS, "完成时限")).column_letter
    assert page.column_dimensions[letter].number_format == "@"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.list_name)
def test_what_matters_is_in_view_and_printed_and_the_rest_is_folded(book: Workbook, sheet: Sheet) -> None:
    page = book[sheet.name]
    letters = [page.cell(1, i).column_letter for i in range(1, len(sheet.columns) + 1)]
    folded = [page.column_dimensions[letter].hidden for letter in letters]
    assert folded == [column.tucked for column in sheet.columns] == sorted(folded)
    assert {
        page.column_dimensions[letter].outlineLevel for letter, hidden in zip(letters, folded, strict=True) if hidden
    } == {1}
    assert f"$A$1:${letters[sheet.in_view - 1]}$" in page.print_area
    assert sum(column.width for column in sheet.columns if not column.tucked) < 185  # readable on A4 landscape
    assert sheet.columns[-1].heading == "编号"


def test_rows_are_as_high_as_their_wrapped_words(tmp_path: Path, plan: CompiledPlan) -> None:
    plan.measures[0].text = "长" * 340  # ten lines of 34 characters and a little
    write_workbook(plan, tmp_path / "plan.xlsx")
    rows = load_workbook(tmp_path / "plan.xlsx")[MEASURES.name].row_dimensions
    assert 130 < rows[2].height < 170
    assert rows[3].height < 35


def test_links_between_lists_show_titles_first(book: Workbook, plan: CompiledPlan) -> None:
    task = plan.tasks[0]
    assert book[MEASURES.name].cell(2, column_of(MEASURES, "所属任务")).value == f"{task.title} {task.id}"
    shown = book[DUTIES.name].cell(2, column_of(DUTIES, "任务和措施")).value
    assert shown == "治理扬尘污染\n工地全部安装喷淋。"


def test_long_measures_are_cut_in_the_list_of_duties(tmp_path: Path, plan: CompiledPlan) -> None:
    plan.measures[0].text = "工地全部安装喷淋设施并与主管部门的监控平台联网运行"
    write_workbook(plan, tmp_path / "plan.xlsx")
    page = load_workbook(tmp_path / "plan.xlsx")[DUTIES.name]
    assert page.cell(2, column_of(DUTIES, "任务和措施")).value.endswith("\n工地全部安装喷淋设施并与主管部门的监控平……")


def test_the_gaps_stand_before_counts_and_instructions(book: Workbook) -> None:
    headings = [row[0].value for row in book[OVERVIEW].iter_rows(max_col=1) if row[0].value]
    order = [headings.index(name) for name in ("基本情况", "待补事项（1）", "数量", "怎样校正")]
    assert order == sorted(order)


def test_the_overview_names_what_was_not_read(tmp_path: Path, plan: CompiledPlan) -> None:
    plan.source.unread, plan.source.notes = ["第 2 页没有可读的文字，未读入"], ["目录 1 行未读入正文", "=脚注"]
    write_workbook(plan, tmp_path / "plan.xlsx")
    shown = [(row[0].value, row[1].value) for row in load_workbook(tmp_path / "plan.xlsx")[OVERVIEW].iter_rows()]
    assert ("未能读入", "第 2 页没有可读的文字，未读入") in shown[: shown.index(("待补事项（1）", None))]
    place = shown.index(("读入说明", None))
    assert shown[place + 1 : place + 3] == [("1", "目录 1 行未读入正文"), ("2", "=脚注")]


def test_an_overview_without_notes_has_no_block_for_them(book: Workbook) -> None:
    labels = {row[0].value for row in book[OVERVIEW].iter_rows(max_col=1)}
    assert not labels & {"未能读入", "读入说明"}


def test_the_overview_counts_and_links_each_gap_to_its_row(book: Workbook, plan: CompiledPlan) -> None:
    page = book[OVERVIEW]
    shown = {row[0].value: row[1].value for row in page.iter_rows(max_col=2) if row[0].value}
    assert (shown["目标清单"], shown["　工作量"], shown["任务清单"], shown["文号"]) == (4, 1, 2, "青政发〔2025〕7号")
    (link,) = [cell for row in page.iter_rows() for cell in row if cell.hyperlink]
    assert link.hyperlink.location == f"'{TARGETS.name}'!A4"
    assert book[TARGETS.name].cell(4, column_of(TARGETS, "编号")).value == plan.gaps[0].items[0]


@pytest.mark.parametrize("words", ["=1+1", "+86", "-5", "@here", "\tx", "\r=1"])
def test_words_that_begin_like_formulas_are_words(tmp_path: Path, words: str) -> None:
    plan = sample_plan()
    plan.targets[0].name = words
    write_workbook(plan, tmp_path / "plan.xlsx")
    cell = load_workbook(tmp_path / "plan.xlsx")[TARGETS.name].cell(2, column_of(TARGETS, "指标名称"))
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert str(cell.value).strip() == words.strip()


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path, plan: CompiledPlan) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(plan, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_write_that_fails_leaves_the_old_file_alone(
    tmp_path: Path, plan: CompiledPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"old")

    def fail(self: Path, target: Path) -> None:
        raise OSError("disk")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(FileError, match=r"plan\.xlsx：无法写入：disk"):
        write_workbook(plan, path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
