"""Named pieces of engineering, from tables and from running text."""

from __future__ import annotations

import pytest

from bilan.plan.grammar.projects import table_projects

from ..plans import make_table, plan_with, with_table

HEAD = ["序号", "项目名称", "建设内容及规模", "地点", "责任单位", "完成时限"]
ROW = ["1", "墨溪湿地\n修复工程", "修复湿地600亩", "临江区", "市水务局", "2027年9月底前"]


def test_a_row() -> None:
    _, table = make_table([HEAD, ROW])
    (found,) = table_projects(table)
    assert (found.name, found.quantity, found.place, found.due) == (
        "墨溪湿地修复工程",
        "修复湿地600亩",
        "临江区",
        "2027-09",
    )


def test_a_row_that_is_one_merged_cell_heads_a_group() -> None:
    _, table = make_table([HEAD, ["一、水环境治理项目", "<", "<", "<", "<", "<"], ROW])
    assert [p.name for p in table_projects(table)] == ["墨溪湿地修复工程"]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([HEAD], id="a header alone"),
        pytest.param([["指标名称", "2028年目标值", "完成时限"], ["森林覆盖率", "42", "2028年"]], id="indicators"),
        pytest.param([["项目名称", "联系人"], ["墨溪湿地修复工程", "值班室"]], id="no content and no date"),
    ],
)
def test_other_tables_hold_no_projects(rows: list[list[str]]) -> None:
    assert list(table_projects(make_table(rows)[1])) == []


def test_in_a_document_the_span_is_the_name() -> None:
    plan = with_table([HEAD, ROW])
    (found,) = plan.projects
    assert plan.source.text is not None
    assert plan.source.text[found.start : found.end] == "墨溪湿地\n修复工程"
    assert found.id


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("推进临江区第三污水处理厂扩建工程。", ["临江区第三污水处理厂扩建工程"]),
        ("加快墨溪生态修复工程、澄江污水管网改造工程建设。", ["墨溪生态修复工程", "澄江污水管网改造工程"]),
    ],
)
def test_named_in_the_text(sentence: str, names: list[str]) -> None:
    plan = plan_with(body=sentence)
    assert [p.name for p in plan.projects] == names
    assert [p.task for p in plan.projects] == [plan.tasks[0].id] * len(names)


@pytest.mark.parametrize(
    "sentence",
    [
        "实施一批重点工程。",
        "严格“两高”项目审批。",
        "加强工程质量监管。",
        "鼓励申报示范项目。",
    ],
)
def test_kinds_of_projects_are_no_projects(sentence: str) -> None:
    assert plan_with(body=sentence).projects == []
