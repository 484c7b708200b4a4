"""Indicator tables, by their cells and from scraps."""

from __future__ import annotations

from typing import Any

import pytest

from bilan.plan.grammar.scraps import scrap_goals, zones
from bilan.plan.grammar.tables import table_goals

from ..plans import make_table, with_table

HEAD = ["序号", "指标", "2025年基准值", "2028年目标值", "属性"]


def read(*rows: list[str], due: str | None = "2028") -> list[dict[str, Any]]:
    _, table = make_table(rows)
    return [
        {
            "name": r.found.name,
            "operator": r.found.operator,
            "value": r.found.value,
            "value_max": r.found.value_max,
            "unit": r.found.unit,
            "value_kind": r.found.value_kind,
            "approx": r.found.approx or r.found.operator == "approx",
            "due": r.due,
            "baseline": r.baseline,
            "baseline_year": r.baseline_year,
            "nature": r.nature,
        }
        for r in table_goals(table, due)
    ]


def told(found: list[dict[str, Any]], *fields: str) -> list[tuple[Any, ...]]:
    return [tuple(row[f] for f in fields) for row in found]


def test_a_row_with_everything() -> None:
    (row,) = read(HEAD, ["1", "森林覆盖率（%）", "40.1", "41.6", "约束性"])
    assert row == {
        "name": "森林覆盖率",
        "operator": ">=",
        "value": 41.6,
        "value_max": None,
        "unit": "%",
        "value_kind": "number",
        "approx": False,
        "due": "2028",
        "baseline": 40.1,
        "baseline_year": None,  # only a change is against a year
        "nature": "约束性",
    }


def test_which_way_is_better_decides_the_operator() -> None:
    found = read(
        HEAD,
        ["1", "细颗粒物年均浓度（微克/立方米）", "32", "29", "约束性"],
        ["2", "湿地保护率（%）", "50", "52", "预期性"],
    )
    assert told(found, "operator", "unit", "nature") == [("<=", "微克/立方米", "约束性"), (">=", "%", "预期性")]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("≥95", (">=", 95.0)),
        ("≤95", ("<=", 95.0)),
        ("95以上", (">=", 95.0)),
        ("不低于95", (">=", 95.0)),
        ("95左右", ("approx", 95.0)),
        ("达到95", (">=", 95.0)),
        ("95%", (">=", 95.0)),
    ],
)
def test_marks_in_the_cell(cell: str, expected: tuple[str, float]) -> None:
    found = read(HEAD, ["1", "受污染耕地安全利用率（%）", "93", cell, "约束性"])
    assert told(found, "operator", "value") == [expected]


@pytest.mark.parametrize("cell", ["—", "-", "/", "", "－"])
def test_an_empty_cell_is_no_goal(cell: str) -> None:
    assert read(HEAD, ["1", "湿地保护率（%）", "50", cell, "预期性"]) == []


def test_an_empty_baseline_is_none() -> None:
    assert told(read(HEAD, ["1", "湿地保护率（%）", "—", "52", "预期性"]), "baseline", "value") == [(None, 52.0)]


@pytest.mark.parametrize("cell", ["完成省下达任务", "达到国家考核要求"])
def test_by_reference(cell: str) -> None:
    found = read(HEAD, ["1", "单位地区生产总值能耗下降率（%）", "—", cell, "约束性"])
    assert told(found, "value", "value_kind", "operator") == [(None, "by_reference", "decrease_by")]


def test_merged_cells() -> None:
    found = read(
        ["类别", "指标", "2025年", "2028年目标", "属性"],
        ["水", "湿地保护率（%）", "50", "52", "约束性"],
        ["^", "森林覆盖率（%）", "40", "42", "^"],
    )
    assert told(found, "name", "value", "nature") == [("湿地保护率", 52.0, "约束性"), ("森林覆盖率", 42.0, "约束性")]


def test_a_unit_column() -> None:
    found = read(["指标", "单位", "2025年现状值", "2028年目标值"], ["氨氮重点工程减排量", "吨", "—", "320"])
    assert told(found, "value", "unit", "operator") == [(320.0, "吨", ">=")]


def test_two_years_without_a_word_are_baseline_and_goal() -> None:
    found = read(["指标", "2025年", "2028年"], ["森林覆盖率（%）", "40", "42"])
    assert told(found, "baseline", "value", "due") == [(40.0, 42.0, "2028")]


def test_a_goal_column_without_a_year_takes_the_plan_s() -> None:
    found = read(["指标", "现状值", "目标值"], ["森林覆盖率（%）", "40", "42"], due="2030")
    assert told(found, "value", "due") == [(42.0, "2030")]


@pytest.mark.parametrize("cell", ["[13]", "［13］"])
def test_square_brackets_are_cumulative(cell: str) -> None:
    found = read(HEAD, ["1", "单位地区生产总值二氧化碳排放降低（%）", "—", cell, "约束性"])
    assert told(found, "value", "operator", "unit") == [(13.0, "decrease_by", "%")]


def test_a_decrease_against_a_year() -> None:
    found = read(HEAD, ["1", "化肥使用量", "—", "比2025年减少6%", "预期性"])
    assert told(found, "operator", "value", "baseline_year") == [("decrease_by", 6.0, "2025")]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([["站点", "经度", "纬度"], ["墨溪口", "120.5", "30.2"]], id="stations"),
        pytest.param([["姓名", "电话"], ["值班室", "8123456"]], id="telephones"),
        pytest.param([["项目名称", "建设内容", "完成时限"], ["墨溪湿地公园", "修复600亩", "2027年"]], id="projects"),
        pytest.param([["指标", "2028年目标值"]], id="a header alone"),
        pytest.param([], id="nothing"),
    ],
)
def test_other_tables_hold_no_goals(rows: list[list[str]]) -> None:
    assert read(*rows) == []


# --- in a document ----------------------------------------------------------------------------------------------------


def test_the_rows_of_a_document() -> None:
    plan = with_table(
        [HEAD, ["1", "森林覆盖率（%）", "40.1", "41.6", "约束性"], ["2", "湿地保护率（%）", "50", "52", "^"]]
    )
    assert [(t.indicator, t.value, t.due, t.due_source, t.baseline_value, t.nature) for t in plan.targets] == [
        ("eco.forest.cover", 41.6, "2028", "table", 40.1, "约束性"),
        ("eco.wetland.protect_rate", 52.0, "2028", "table", 50.0, "约束性"),
    ]
    text = plan.source.text
    assert text is not None
    for t in plan.targets:
        assert t.quote == text[t.start : t.end]
        assert t.quote.startswith(t.name)


def test_the_same_figure_in_text_and_table_is_kept_in_both() -> None:
    row = ["1", "森林覆盖率（%）", "40.1", "41.6", "约束性"]
    plan = with_table([HEAD, row], before="到2028年,森林覆盖率达到41.6%。")
    assert [(t.value, t.due) for t in plan.targets] == [(41.6, "2028")] * 2
    assert [t.due_source == "table" for t in plan.targets] == [False, True]
    assert [g.kind for g in plan.gaps if g.kind == "contradiction"] == []


def test_text_and_table_that_differ_contradict_each_other() -> None:
    plan = with_table(
        [HEAD, ["1", "森林覆盖率（%）", "40.1", "41.6", "约束性"]], before="到2028年,森林覆盖率达到42.5%。"
    )
    assert [len(g.items) for g in plan.gaps if g.kind == "contradiction"] == [2]


# --- scraps -----------------------------------------------------------------------------------------------------------

CAPTION = "表2 主要指标\n序号\n指标\n2025年\n2028年\n属性\n"


def scraps(text: str) -> list[tuple[str, float | None, float | None]]:
    (zone,) = zones(text)
    return [(r.found.name, r.baseline, r.found.value) for r in scrap_goals(text, zone, "2028")]


def test_scraps_in_order_are_read() -> None:
    text = CAPTION + "1\n森林覆盖率(%)\n40.1\n41.6\n约束性\n2\n城镇生活污水处理率\n%\n95\n97\n预期性"
    assert scraps(text) == [("森林覆盖率", 40.1, 41.6), ("城镇生活污水处理率", 95.0, 97.0)]


def test_scraps_out_of_order_are_refused() -> None:
    text = CAPTION + "1\n2\n40.1\n95\n41.6\n97\n森林覆盖率(%)\n城镇生活污水处理率(%)\n约束性"
    assert scraps(text) == []


def test_a_short_run_of_lines_is_no_table() -> None:
    assert zones("表2 主要指标\n见附件。\n二、任务\n疏浚河道。") == []


def test_the_text_after_the_scraps_is_read_as_text() -> None:
    text = CAPTION + "1\n森林覆盖率(%)\n40.1\n41.6\n约束性\n(一)疏浚河道\n"
    (zone,) = zones(text)
    assert text[zone.end :].strip() == "(一)疏浚河道"
