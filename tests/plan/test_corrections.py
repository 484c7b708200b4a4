"""One item corrected, removed or added by the rules of the workbook; edits applied again give the same plan."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from bilan.plan.corrections import Edit, add, apply, correct, edits_of, find, hanging, remove
from bilan.plan.model import CompiledPlan
from bilan.plan.workbook.read import WorkbookError, import_workbook, stated_version
from bilan.plan.workbook.write import write_workbook

from .plans import compiled

TEXT = """青屿市碧水蓝天行动计划(2026—2028年)
一、总体要求
(一)主要目标
到2028年，全市PM2.5年均浓度控制在31微克/立方米以下，优良天数比率达到86%以上。
二、重点任务
1.治理入河排口。完成60个入河排污口整治，建设清河湿地工程。(市生态环境局牵头，市水务局配合)
2.推进清洁取暖。完成清洁取暖改造2万户。(市住房城乡建设局牵头)"""


@pytest.fixture
def plan() -> CompiledPlan:
    return compiled(TEXT)


def test_a_corrected_field_is_an_edit_and_makes_the_target_certain(plan: CompiledPlan) -> None:
    target = plan.targets[0]
    outcome = correct(plan, target.id, {"value": "30", "due": "2027年底"})
    assert not outcome.refused
    (edit,) = outcome.edits
    assert (edit.kind, edit.list_name, edit.item) == ("correct", "targets", target.id)
    assert edit.old == {"value": 31.0, "due": "2028"}
    assert edit.new == {"value": 30.0, "due": "2027-12"}
    after = apply(plan, [edit])
    _, new = find(after, target.id)
    assert (new.value, new.due, new.confidence) == (30.0, "2027-12", 1.0)  # type: ignore[attr-defined]
    assert after.plan.version != plan.plan.version
    assert after.plan.base_version == plan.plan.version
    assert [(c.field, c.old, c.new, c.cell) for c in after.changes] == [
        ("value", "31", "30", ""),
        ("due", "2028", "2027-12", ""),
    ]


def test_what_is_entered_as_it_was_is_no_edit(plan: CompiledPlan) -> None:
    assert correct(plan, plan.targets[0].id, {"value": "31", "soft": "否"}).edits == []
    assert apply(plan, []) is plan


def test_a_field_that_cannot_be_read_is_refused_by_its_heading(plan: CompiledPlan) -> None:
    outcome = correct(plan, plan.targets[0].id, {"value": "很多", "due": "将来", "task": "没有这项"})
    assert outcome.edits == []
    assert [refusal.column for refusal in outcome.refused] == ["数值", "完成时限", "所属任务"]


def test_what_contradicts_itself_is_refused(plan: CompiledPlan) -> None:
    outcome = correct(plan, plan.targets[0].id, {"value_max": "40"})
    assert outcome.edits == []
    assert "数值上限" in outcome.refused[0].reason


def test_what_looks_wrong_is_taken_and_named(plan: CompiledPlan) -> None:
    outcome = correct(plan, plan.targets[0].id, {"value": "-3"})
    assert outcome.edits and outcome.doubts[0].reason == "是负数，请核对"


def test_a_fixed_column_is_not_corrected(plan: CompiledPlan) -> None:
    outcome = correct(plan, plan.targets[0].id, {"quote": "别的话"})
    assert outcome.edits == [] and outcome.refused[0].reason == "这一列不可修改"


def test_an_item_is_removed_and_comes_back_with_the_edit_taken_back(plan: CompiledPlan) -> None:
    target = plan.targets[1]
    (edit,) = remove(plan, target.id).edits
    after = apply(plan, [edit])
    assert [t.id for t in after.targets] == [t.id for t in plan.targets if t.id != target.id]
    again = apply(after, [Edit("add", "targets", target.id, new=edit.old)])
    assert [t.id for t in again.targets] == [t.id for t in plan.targets]
    assert again.plan.version == plan.plan.version


def test_a_task_to_which_others_belong_is_not_removed(plan: CompiledPlan) -> None:
    outcome = remove(plan, plan.tasks[0].id)
    assert outcome.edits == []
    assert "属于这项任务" in outcome.refused[0].reason


def test_duties_follow_from_tasks(plan: CompiledPlan) -> None:
    outcome = correct(plan, plan.tasks[1].id, {"leads": "市能源局\r\n市住房城乡建设局"})
    after = apply(plan, outcome.edits)
    assert "市能源局" in [duty.unit for duty in after.duties]


def test_a_new_item_stands_at_its_words(plan: CompiledPlan) -> None:
    outcome = add(plan, "projects", {"name": "清河湿地工程", "task": plan.tasks[0].id}, text=TEXT, taken=())
    (edit,) = outcome.edits
    start = TEXT.index("清河湿地工程")
    assert (edit.new["start"], edit.new["end"]) == (start, start + len("清河湿地工程"))
    after = apply(plan, [edit])
    assert after.projects[-1].name == "清河湿地工程"
    assert hanging(after) == []


def test_of_words_that_stand_twice_the_place_pointed_at_wins(plan: CompiledPlan) -> None:
    first = TEXT.index("市生态环境局") if TEXT.count("完成") < 2 else TEXT.index("完成")
    second = TEXT.index("完成", first + 1)
    (edit,) = add(
        plan, "projects", {"name": "完成", "task": plan.tasks[0].id}, text=TEXT, at=(second, second + 2)
    ).edits
    assert edit.new["start"] == second


def test_words_that_are_not_in_the_source_are_refused(plan: CompiledPlan) -> None:
    outcome = add(plan, "targets", {"name": "甲", "operator": "不低于", "quote": "没有这句话"}, text=TEXT)
    assert outcome.edits == []
    assert "原文中找不到" in outcome.refused[0].reason


def test_an_id_that_was_given_once_is_not_given_again(plan: CompiledPlan) -> None:
    given = {"name": "清河湿地工程", "task": plan.tasks[0].id}
    (first,) = add(plan, "projects", given, text=TEXT).edits
    (second,) = add(plan, "projects", given, text=TEXT, taken={first.item}).edits
    assert first.item != second.item


def test_what_belongs_to_a_task_that_is_gone_hangs(plan: CompiledPlan) -> None:
    gone = plan.model_copy(update={"tasks": plan.tasks[1:]})
    assert {item.id for item in hanging(gone)} >= {m.id for m in plan.measures if m.task == plan.tasks[0].id}


def test_an_import_as_edits_gives_the_same_plan(plan: CompiledPlan, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(plan, path)
    assert stated_version(path) == plan.plan.version
    book = load_workbook(path)
    page = book["目标清单"]
    headings = [cell.value for cell in page[1]]
    page.cell(2, headings.index("数值") + 1).value = 29
    page.cell(3, headings.index("状态") + 1).value = "删除"
    book.save(path)
    result = import_workbook(path, plan)
    edits = edits_of(plan, result)
    assert sorted(edit.kind for edit in edits) == ["correct", "remove"]
    assert apply(plan, edits).plan.version == result.plan.plan.version


def test_a_workbook_of_something_else_states_no_version(tmp_path: Path) -> None:
    from openpyxl import Workbook

    path = tmp_path / "other.xlsx"
    Workbook().save(path)
    with pytest.raises(WorkbookError):
        stated_version(path)
