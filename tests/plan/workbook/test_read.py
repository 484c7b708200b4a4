"""A corrected workbook comes back: what is taken, what is refused, and that nothing else moves."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bilan.errors import BilanError
from bilan.plan.ids import content_version
from bilan.plan.model import CompiledPlan, Place
from bilan.plan.workbook import door as workbook_door
from bilan.plan.workbook import read as workbook_import
from bilan.plan.workbook.read import ImportResult, import_workbook
from bilan.plan.workbook.sheets import DUTIES, MEASURES, PROJECTS, TARGETS, TASKS, Sheet
from bilan.plan.workbook.write import write_workbook

from ..samples import TEXT, relink, sample_plan

Edit = Callable[[Workbook], object]


@pytest.fixture(autouse=True)
def _simple_duties(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_import, "relink", relink)


@pytest.fixture
def base() -> CompiledPlan:
    return sample_plan()


@pytest.fixture
def correct(tmp_path: Path, base: CompiledPlan) -> Callable[..., ImportResult]:
    """Write ``base``, let the edits loose on the workbook, take it back."""

    def run(*edits: Edit, plan: CompiledPlan = base) -> ImportResult:
        path = tmp_path / "plan.xlsx"
        write_workbook(plan, path)
        book = load_workbook(path)
        for edit in edits:
            edit(book)
        book.save(path)
        return import_workbook(path, plan)

    return run


def index(page: Worksheet, heading: str) -> int:
    return [cell.value for cell in page[1]].index(heading) + 1


def fill(sheet: Sheet, row: int, **values: object) -> Edit:
    def edit(book: Workbook) -> None:
        for heading, value in values.items():
            page = book[sheet.name]
            page.cell(row, index(page, heading)).value = value

    return edit


def test_an_untouched_workbook_changes_nothing(correct: Callable[..., ImportResult], base: CompiledPlan) -> None:
    result = correct()
    assert (result.changes, result.refused) == ([], [])
    assert result.plan == base


def test_what_was_not_read_stays_with_the_plan(correct: Callable[..., ImportResult], base: CompiledPlan) -> None:
    base.source.unread, base.source.notes = ["第 2 页未读入"], ["目录 1 行未读入正文"]
    result = correct(fill(TARGETS, 2, 数值=28.5))
    assert (len(result.changes), result.refused) == (1, [])
    assert result.plan.source == base.source


def test_a_corrected_cell_is_taken_and_recorded(correct: Callable[..., ImportResult], base: CompiledPlan) -> None:
    result = correct(fill(TARGETS, 2, 数值=28.5, 完成时限="2026-12", 力争="是"))
    target = result.plan.targets[0]
    assert (target.id, target.value, target.due, target.soft) == (base.targets[0].id, 28.5, "2026-12", True)
    assert target.confidence == 1.0
    letters = {column.heading: get_column_letter(i) for i, column in enumerate(TARGETS.columns, start=1)}
    assert {(c.field, c.old, c.new, c.cell) for c in result.changes} == {
        ("value", "29", "28.5", f"{letters['数值']}2"),
        ("due", "2027", "2026-12", f"{letters['完成时限']}2"),
        ("soft", "false", "true", f"{letters['力争']}2"),
    }
    assert result.plan.changes == result.changes
    assert result.plan.plan.base_version == base.plan.version
    assert result.plan.plan.version == content_version(result.plan) != base.plan.version
    assert result.plan.targets[1:] == base.targets[1:]
    assert base.targets[0].value == 29


def test_changes_of_earlier_imports_stay(correct: Callable[..., ImportResult]) -> None:
    first = correct(fill(TARGETS, 2, 数值=28)).plan
    second = correct(fill(TARGETS, 3, 数值=90), plan=first).plan
    assert [change.new for change in second.changes] == ["28", "90"]
    assert second.plan.base_version == first.plan.version


@pytest.mark.parametrize(
    ("sheet", "heading", "value", "reason"),
    [
        (TARGETS, "数值", "约三成", "应填数字"),
        (TARGETS, "数值", "1e999", "有限"),
        (TARGETS, "数值", None, "数值不能为空"),
        (TARGETS, "数值", True, "应填数字"),
        (TARGETS, "数值", "=SUM(A1:A2)", "公式"),
        (TARGETS, "数值", datetime(2025, 3, 1), "应填数字"),
        (TARGETS, "数值上限", 40, "区间"),
        (TARGETS, "比较方式", "大约", "只能填"),
        (TARGETS, "数值类型", "定性", "定性目标没有数值"),
        (TARGETS, "完成时限", "年底", "时期"),
        (TARGETS, "完成时限", "2026-03至2025-03", "时期"),
        (TARGETS, "完成时限", 2027.1, "1 月还是 10 月"),
        (TARGETS, "基准年", "去年", "时期"),
        (TARGETS, "完成时限", "2025-13", "时期"),
        (TARGETS, "指标代码", "air.unheard.of", "没有这个指标"),
        (TARGETS, "行政区", "999999", "没有这个行政区"),
        (TARGETS, "所属任务", "p00c0ffee-task-0000000000", "没有这个任务"),
        (TARGETS, "指标名称", None, "不能为空"),
        (TARGETS, "力争", "也许", "是、否"),
        (TARGETS, "状态", "算了", "只能填"),
        (TARGETS, "原文", "细颗粒物不高于30", "不可修改"),
        (TARGETS, "可信度", 1, "不可修改"),
        (TASKS, "牵头单位", "市住建局、市交通局", "每行只写一个单位"),
        (TASKS, "牵头单位", "市住建局\n市住建局", "两次"),
        (MEASURES, "所属任务", None, "不能为空"),
        (DUTIES, "责任单位", "市发改委", "任务和措施生成"),
    ],
)
def test_a_bad_cell_is_refused_by_its_place_and_the_rest_taken(
    correct: Callable[..., ImportResult], sheet: Sheet, heading: str, value: object, reason: str
) -> None:
    result = correct(fill(sheet, 2, **{heading: value}), fill(PROJECTS, 2, 规模="12公顷"))
    (refusal,) = result.refused
    assert (refusal.sheet, refusal.row, refusal.column) == (sheet.name, 2, heading)
    assert reason in refusal.reason
    assert [(change.field, change.new) for change in result.changes] == [("quantity", "12公顷")]


def test_a_number_in_percent_format_is_refused(correct: Callable[..., ImportResult]) -> None:
    def edit(book: Workbook) -> None:
        cell = book[TARGETS.name].cell(3, index(book[TARGETS.name], "数值"))
        cell.value, cell.number_format = 0.9, "0%"

    (refusal,) = correct(edit).refused
    assert "填 90" in refusal.reason


def test_a_period_that_the_program_made_a_date_is_read(correct: Callable[..., ImportResult]) -> None:
    def edit(book: Workbook) -> None:
        cell = book[TARGETS.name].cell(2, index(book[TARGETS.name], "完成时限"))
        cell.value, cell.number_format = datetime(2026, 6, 1), "mmm-yy"

    assert correct(edit).plan.targets[0].due == "2026-06"


@pytest.mark.parametrize(
    ("written", "due"),
    [
        ("2027年", "2027"),
        ("2027年底", "2027-12"),
        ("2027年底前", "2027-12"),
        ("2027年6月", "2027-06"),
        ("2027.6", "2027-06"),
        (2027.6, "2027-06"),
        (2027, "2027"),
        ("2027/6/30", "2027-06"),
        ("2026-10至2027-03", "2026-10/2027-03"),
        ("2026年10月—2027年3月", "2026-10/2027-03"),
        ("２０２７年第一季度", "2027Q1"),
        (datetime(2027, 6, 30), "2027-06"),
    ],
)
def test_periods_as_people_write_them(correct: Callable[..., ImportResult], written: object, due: str) -> None:
    result = correct(fill(TARGETS, 2, 完成时限="2030"), fill(TARGETS, 2, 完成时限=written))
    assert result.refused == []
    assert result.plan.targets[0].due == due


@pytest.mark.parametrize("kind", ["by_reference", "standard_reference", "qualitative"])
def test_a_figure_closes_the_gap_that_asked_for_it(correct: Callable[..., ImportResult], kind: str) -> None:
    plan = sample_plan()
    target = plan.targets[0]
    target.value, target.value_kind, target.reference = None, kind, "省下达任务"  # type: ignore[assignment]
    result = correct(fill(TARGETS, 2, 数值=18, 单位="%"), plan=plan)
    assert result.refused == []
    corrected = result.plan.targets[0]
    assert (corrected.value, corrected.value_kind, corrected.reference) == (18, "number", "省下达任务")
    assert ("value_kind", kind, "number") in [(c.field, c.old, c.new) for c in result.changes]


def test_a_range_filled_in_is_one_and_a_refused_one_changes_nothing(correct: Callable[..., ImportResult]) -> None:
    plan = sample_plan()
    plan.targets[0].value, plan.targets[0].value_kind = None, "by_reference"
    taken = correct(fill(TARGETS, 2, 数值=3, 数值上限=5), plan=plan)
    assert (taken.refused, taken.plan.targets[0].value_kind) == ([], "range")
    refused = correct(fill(TARGETS, 2, 数值=5, 数值上限=3), plan=plan)
    assert (len(refused.refused), refused.changes, refused.plan) == (2, [], plan)


@pytest.mark.parametrize(
    ("sheet", "heading", "value", "reason"),
    [
        (TARGETS, "单位", "微克每立万米", "没有这个单位"),
        (TARGETS, "完成时限", "2024年底", "早于印发日期"),
        (TARGETS, "数值", -3, "负数"),
        (PROJECTS, "完成时限", "2020", "早于印发日期"),
    ],
)
def test_what_looks_wrong_is_taken_and_named(
    correct: Callable[..., ImportResult], sheet: Sheet, heading: str, value: object, reason: str
) -> None:
    result = correct(fill(sheet, 2, **{heading: value}))
    (doubt,) = result.doubts
    assert (doubt.sheet, doubt.row, doubt.column) == (sheet.name, 2, heading)
    assert reason in doubt.reason
    assert (result.refused, len(result.changes)) == ([], 1)


def test_what_looks_right_is_not_named(correct: Callable[..., ImportResult]) -> None:
    assert correct(fill(TARGETS, 2, 单位="万亩", 完成时限="2025", 数值=3), fill(TARGETS, 3, 单位="")).doubts == []


def test_a_banner_above_the_header_is_one_refusal(correct: Callable[..., ImportResult], base: CompiledPlan) -> None:
    def edit(book: Workbook) -> None:
        book[TARGETS.name].insert_rows(1)
        book[TARGETS.name]["A1"] = "市局第二次修改稿"

    result = correct(edit)
    (refusal,) = result.refused
    assert (refusal.sheet, refusal.row, refusal.value) == (TARGETS.name, 1, "市局第二次修改稿")
    assert "第 2 行" in refusal.reason and "删去第 1 行" in refusal.reason
    assert result.plan == base


def test_refusals_stand_in_the_order_of_sheets_rows_and_columns(correct: Callable[..., ImportResult]) -> None:
    result = correct(
        fill(MEASURES, 2, 完成时限="无"),
        fill(TASKS, 3, 完成时限="无"),
        fill(TARGETS, 4, 数值="无"),
        fill(TARGETS, 2, 力争="无", 数值="无"),
    )
    assert [(refusal.sheet, refusal.row, refusal.column) for refusal in result.refused] == [
        (TARGETS.name, 2, "数值"),
        (TARGETS.name, 2, "力争"),
        (TARGETS.name, 4, "数值"),
        (TASKS.name, 3, "完成时限"),
        (MEASURES.name, 2, "完成时限"),
    ]


def test_sorting_rows_and_moving_columns_changes_nothing(correct: Callable[..., ImportResult]) -> None:
    def edit(book: Workbook) -> None:
        page = book[TARGETS.name]
        rows = [[cell.value for cell in row] for row in page.iter_rows()]
        turned = [row[::-1] for row in [rows[0], *rows[:0:-1]]]
        for number, row in enumerate(turned, start=1):
            for place, value in enumerate(row, start=1):
                page.cell(number, place).value = value

    result = correct(edit)
    assert (result.changes, result.refused) == ([], [])


def test_a_row_marked_as_deleted_goes_and_is_kept_in_the_record(
    correct: Callable[..., ImportResult], base: CompiledPlan
) -> None:
    result = correct(fill(TARGETS, 4, 状态="删除"))
    assert [target.id for target in result.plan.targets] == [base.targets[i].id for i in (0, 1, 3)]
    (change,) = result.changes
    assert (change.item, change.new) == (base.targets[2].id, None)
    assert change.old == base.targets[2].model_dump_json()


def test_a_row_that_is_merely_gone_is_refused_and_its_item_kept(
    correct: Callable[..., ImportResult], base: CompiledPlan
) -> None:
    result = correct(lambda book: book[TARGETS.name].delete_rows(4))
    (refusal,) = result.refused
    assert (refusal.sheet, refusal.row, refusal.value) == (TARGETS.name, 4, base.targets[2].id)
    assert result.plan == base


def test_a_task_that_others_name_cannot_be_deleted(correct: Callable[..., ImportResult], base: CompiledPlan) -> None:
    result = correct(fill(TASKS, 2, 状态="删除"))
    (refusal,) = result.refused
    assert refusal.column == "状态" and "2 个" in refusal.reason
    assert result.plan == base


def test_a_task_goes_together_with_its_measures(correct: Callable[..., ImportResult]) -> None:
    result = correct(*(fill(sheet, row, 状态="删除") for sheet, row in ((TASKS, 2), (MEASURES, 2), (MEASURES, 3))))
    assert result.refused == []
    assert [task.title for task in result.plan.tasks] == ["修复白鹭湖湿地"]
    assert len(result.plan.measures) == 1


def test_a_task_that_goes_takes_its_name_from_the_places_of_a_promise(
    correct: Callable[..., ImportResult], base: CompiledPlan
) -> None:
    kept, gone = base.tasks[1].id, base.tasks[0].id
    places = [Place(start=0, end=4, task=gone), Place(start=4, end=8, task=kept)]
    targets = [base.targets[0].model_copy(update={"restated": places}), *base.targets[1:]]
    rows = ((TASKS, 2), (MEASURES, 2), (MEASURES, 3))
    result = correct(
        *(fill(sheet, row, 状态="删除") for sheet, row in rows), plan=base.model_copy(update={"targets": targets})
    )
    assert gone not in {task.id for task in result.plan.tasks}
    assert [place.task for place in result.plan.targets[0].restated] == [None, kept]


def test_duties_follow_the_units_of_the_tasks(correct: Callable[..., ImportResult]) -> None:
    result = correct(fill(TASKS, 3, 牵头单位="云岭区科技局(发改、科技)\n市林业局"))
    assert result.plan.tasks[1].leads == ["云岭区科技局(发改、科技)", "市林业局"]
    assert "市林业局" in {duty.unit for duty in result.plan.duties}


NEW_TARGET = {
    "指标名称": "喷淋安装率",
    "比较方式": "等于",
    "数值": 100,
    "单位": "%",
    "原文": "工地全部 安装喷淋",
}


@pytest.mark.parametrize("with_text", [True, False], ids=["text", "no text"])
def test_a_row_without_an_id_is_a_new_item_found_by_its_quote(
    correct: Callable[..., ImportResult], with_text: bool
) -> None:
    plan = sample_plan(text=TEXT if with_text else None)
    result = correct(fill(TARGETS, 9, **NEW_TARGET, 所属任务="治理扬尘污染"), plan=plan)
    assert result.refused == []
    (added,) = [target for target in result.plan.targets if target.name == "喷淋安装率"]
    assert TEXT[added.start : added.end] == "工地全部安装喷淋"
    assert (added.value, added.confidence, added.task) == (100, 1.0, plan.tasks[0].id)
    assert added.id.startswith("p00c0ffee-target-")
    (change,) = result.changes
    assert (change.item, change.old, change.cell) == (added.id, None, f"{get_column_letter(len(TARGETS.columns))}9")


def test_a_new_row_may_belong_to_a_new_task(correct: Callable[..., ImportResult]) -> None:
    result = correct(
        fill(TASKS, 4, 任务名称="建设白鹭湖湿地公园", 牵头单位="市林业局"),
        fill(MEASURES, 5, 措施原文="新建生态驳岸", 所属任务="建设白鹭湖湿地公园"),
    )
    assert result.refused == []
    task = result.plan.tasks[-1]
    assert task.title == "建设白鹭湖湿地公园"
    assert [item.text for item in result.plan.measures if item.task == task.id] == ["新建生态驳岸"]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"原文": "全市禁止露天焚烧"}, "原文"),
        ({"原文": None}, "原文"),
        ({"比较方式": None}, "比较方式"),
        ({"数值": "很多"}, "数值"),
        ({"数值类型": "区间"}, "数值类型"),
        ({"可信度": 0.5}, "可信度"),
        ({"编号": "p00c0ffee-target-0000000000"}, "编号"),
    ],
)
def test_a_new_row_that_cannot_stand_is_refused(
    correct: Callable[..., ImportResult], base: CompiledPlan, change: dict[str, object], column: str
) -> None:
    result = correct(fill(TARGETS, 9, **(NEW_TARGET | change)))
    assert (result.refused[0].row, result.refused[0].column) == (9, column)
    assert result.plan == base


def test_a_copied_row_is_refused_by_its_double_id(correct: Callable[..., ImportResult], base: CompiledPlan) -> None:
    result = correct(fill(TARGETS, 9, 编号=base.targets[0].id, 指标名称="抄来的"))
    assert [(refusal.row, refusal.column) for refusal in result.refused] == [(9, "编号")]
    assert "第 2 行" in result.refused[0].reason


def test_lost_sheets_and_columns_are_named_and_their_items_kept(
    correct: Callable[..., ImportResult], base: CompiledPlan
) -> None:
    def edit(book: Workbook) -> None:
        del book[PROJECTS.name]
        book[TARGETS.name].delete_cols(index(book[TARGETS.name], "单位"))
        book[TASKS.name].cell(1, 30).value = "备注"

    result = correct(edit)
    assert {(refusal.sheet, refusal.column) for refusal in result.refused} == {
        (PROJECTS.name, ""),
        (TARGETS.name, "单位"),
        (TASKS.name, "备注"),
    }
    assert result.plan == base


def test_a_workbook_of_another_plan_or_version_is_refused(tmp_path: Path, base: CompiledPlan) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(base, path)
    with pytest.raises(BilanError, match="另一份计划"):
        import_workbook(path, sample_plan("pdeadbeef"))
    later = base.model_copy(update={"plan": base.plan.model_copy(update={"version": "0" * 12})})
    with pytest.raises(BilanError, match="不是这个版本"):
        import_workbook(path, later)


def zipped(**parts: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in ({"xl/workbook.xml": b""} | parts).items():
                archive.writestr(name, content)

    return write


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (lambda path: path.write_bytes(b"PK not really"), "不是 xlsx"),
        (lambda path: path.write_bytes(b""), "不是 xlsx"),
        (lambda path: path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 99), "加密"),
        (lambda path: None, "无法打开"),
        (lambda path: Workbook().save(path), "不是由 bilan"),
        (zipped(), "损坏"),
        (zipped(**{"a.xml": b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x/>'}), "实体"),
        (zipped(bomb=b"0" * 2_000_000), "过大"),
    ],
    ids=["no zip", "empty", "encrypted", "absent", "other workbook", "damaged", "entities", "bomb"],
)
def test_what_is_no_workbook_of_ours_is_one_clear_error(
    tmp_path: Path, base: CompiledPlan, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], object], reason: str
) -> None:
    monkeypatch.setattr(workbook_door, "MAX_UNPACKED", 1_000_000)
    write(tmp_path / "plan.xlsx")
    with pytest.raises(BilanError, match=reason) as raised:
        import_workbook(tmp_path / "plan.xlsx", base)
    assert "\n" not in str(raised.value)


def test_too_many_rows_or_bytes_are_refused(
    tmp_path: Path, base: CompiledPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(base, path)
    with monkeypatch.context() as patch:
        patch.setattr(workbook_door, "MAX_ROWS", 3)
        with pytest.raises(BilanError, match="超过 3 行"):
            import_workbook(path, base)
    monkeypatch.setattr(workbook_door, "MAX_BYTES", 100)
    with pytest.raises(BilanError, match="文件过大"):
        import_workbook(path, base)


WORDS = st.text(max_size=40) | st.sampled_from(
    ["=1+1", "+1", "-1", "@a", "\tx", "\rx", "a\r\nb", "_x000D_", "x005F_", "1e5", "2025", " ", "\x0c页"]
)
NUMBERS = st.none() | st.floats(allow_nan=False, allow_infinity=False)


def test_words_too_long_for_a_cell_come_back_whole(correct: Callable[..., ImportResult], base: CompiledPlan) -> None:
    base.measures[0].text = "长" * 40_000
    result = correct()
    assert (result.changes, result.refused) == ([], [])
    assert result.plan.measures[0].text == "长" * 40_000


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(WORDS, min_size=8, max_size=8), units=st.lists(WORDS, max_size=4), value=NUMBERS, baseline=NUMBERS
)
def test_write_then_import_is_the_identity(
    tmp_path: Path, words: list[str], units: list[str], value: float | None, baseline: float | None
) -> None:
    plan = sample_plan()
    target, task, measure, project = plan.targets[0], plan.tasks[0], plan.measures[0], plan.projects[0]
    target.name, target.unit, target.quote, target.scope, target.baseline_year = words[:5]
    target.value, target.baseline_value = value, baseline
    task.title, task.leads, task.supports = words[5], units, units[::-1]
    measure.text, project.name = words[6], words[7]
    plan = relink(plan)
    write_workbook(plan, tmp_path / "plan.xlsx")
    result = import_workbook(tmp_path / "plan.xlsx", plan)
    assert (result.changes, result.refused) == ([], [])
    assert result.plan == plan
