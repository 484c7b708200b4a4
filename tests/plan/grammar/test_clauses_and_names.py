"""The small parts of the grammar: clauses, predicates, names, lexicon, thresholds, comparators, single clauses."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bilan.plan.grammar import lexicon
from bilan.plan.grammar.clauses import HIDDEN, clauses, hide
from bilan.plan.grammar.comparators import direction
from bilan.plan.grammar.goals import number_goals
from bilan.plan.grammar.implied import implied_goals
from bilan.plan.grammar.names import clean, order_start, split
from bilan.plan.grammar.predicates import peel
from bilan.plan.grammar.quantities import quantities
from bilan.plan.grammar.thresholds import no_goal

# --- clauses ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("落实《岸线规划(2019-2033年)》", "落实"),
        ("青环发〔2026〕14号文件", "青环发文件"),
        ("执行GB/T 36600-2018标准", "执行标准"),
        ("第52次会议", "次会议"),
    ],
)
def test_titles_and_document_numbers_are_hidden(text: str, seen: str) -> None:
    assert re.sub(r"[\x00-\x1f]", "", hide(text)) == seen
    assert len(hide(text)) == len(text)


def test_numbers_in_quoted_names_are_hidden_but_the_name_stays() -> None:
    assert hide("“127”绿色出行,“绿盾2026”行动").replace(HIDDEN, "") == "“”绿色出行,“绿盾”行动"


def test_clauses_and_sentences() -> None:
    text = "疏浚河道,修建管网;巡查。收尾"
    found = list(clauses(text))
    assert [(c.text, c.sentence) for c in found] == [("疏浚河道", 0), ("修建管网", 0), ("巡查", 0), ("收尾", 1)]
    assert all(text[c.start : c.end] == c.text for c in found)


def test_a_bracket_with_numbers_follows_as_an_inner_clause() -> None:
    text = "整治断面(其中,国考8个),建设站房"
    found = list(clauses(text))
    assert [(c.text.replace(HIDDEN, ""), c.inner) for c in found] == [
        ("整治断面", False),
        ("其中", True),
        ("国考8个", True),
        ("建设站房", False),
    ]
    assert all(len(c.text) == c.end - c.start for c in found)


def test_marks_inside_brackets_cut_no_clause() -> None:
    assert len(list(clauses("各县(市,区)开展整治"))) == 1


# --- predicates and names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rest", "kinds"),
    [
        ("森林覆盖率达到", "森林覆盖率", {"up_to"}),
        ("劣Ⅴ类水体比例控制在", "劣Ⅴ类水体比例", {"control"}),
        ("再生水利用率不低于", "再生水利用率", {"at_least"}),
        ("重污染天数不超过", "重污染天数", {"at_most"}),
        ("空气质量优良天数比率优于", "空气质量优良天数比率", {"above"}),
        ("细颗粒物浓度低于", "细颗粒物浓度", {"below"}),
        ("细颗粒物浓度下降到", "细颗粒物浓度", {"down_to"}),
        ("湿地保护率稳定保持在", "湿地保护率", {"keep"}),
        ("化肥、农药使用量均下降", "化肥、农药使用量", {"each", "decrease"}),
        ("化肥利用率、农药利用率分别达到", "化肥利用率、农药利用率", {"in_turn", "up_to"}),
        ("污水处理率提高到", "污水处理率", {"up_to"}),
        ("森林覆盖率约为", "森林覆盖率", {"about"}),
    ],
)
def test_peel(text: str, rest: str, kinds: set[str]) -> None:
    found = peel(text)
    assert (found.rest, found.kinds) == (rest, kinds)


def test_peel_keeps_the_baseline() -> None:
    assert (peel("化肥使用量比2025年减少").base, peel("铁路货运量同比增长").base) == ("比2025年", "同比")


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("、推动农村污水治理率", "农村污水治理率"),
        ("同时,森林覆盖率", "森林覆盖率"),
        ("以及湿地保护率", "湿地保护率"),
        ("的绿色园区", "绿色园区"),
    ],
)
def test_clean(name: str, plain: str) -> None:
    assert clean(name) == plain


def test_order_start() -> None:
    assert order_start("确保全省完成改造") == "完成改造"


@pytest.mark.parametrize(
    ("name", "conjuncts"),
    [
        ("森林覆盖率和湿地保护率", ["森林覆盖率", "湿地保护率"]),
        ("氮氧化物、挥发性有机物重点工程减排量", ["氮氧化物重点工程减排量", "挥发性有机物重点工程减排量"]),
        ("化肥和农药施用量", ["化肥施用量", "农药施用量"]),
        ("森林覆盖率", ["森林覆盖率"]),
        ("达到或优于Ⅲ类比例", ["达到或优于Ⅲ类比例"]),
    ],
)
def test_split(name: str, conjuncts: list[str]) -> None:
    assert split(name) == conjuncts


# --- lexicon ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("细颗粒物浓度", "air.pm25.annual"),
        ("PM2.5年均浓度", "air.pm25.annual"),
        ("全市细颗粒物(PM2.5)平均浓度", "air.pm25.annual"),
        ("空气质量优良天数比例", "air.aqi.good_days_ratio"),
        ("全省地表水国考断面水质优良比例", "water.surface.good_ratio"),
        ("地表水Ⅰ-Ⅲ类水体比例", "water.surface.good_ratio"),
        ("劣V类水体比例", "water.surface.inferior_v_ratio"),
        ("劣五类水体比例", "water.surface.inferior_v_ratio"),
        ("万元GDP用水量", "water.use_per_gdp.decline"),
        ("单位国内生产总值能耗降低率", "energy.intensity.decline"),
        ("COD重点工程减排量", "water.cod.project_reduction"),
        ("化肥施用量", "agri.fertilizer.use"),
        ("全区森林覆盖率", "eco.forest.cover"),
        ("畜禽粪便综合利用率", "agri.manure.util_rate"),
        ("工业固废综合利用率", "solid.industrial.util_rate"),
    ],
)
def test_one_indicator_in_many_words(name: str, code: str) -> None:
    found = lexicon.find(name)
    assert found is not None
    assert found.indicator.code == code


@pytest.mark.parametrize("name", ["", "率", "培训人次", "会议次数", "创新能力", "党员人数"])
def test_unknown_words_name_nothing(name: str) -> None:
    assert lexicon.find(name) is None


def test_no_twins_in_one_indicator() -> None:
    assert lexicon.twins("森林覆盖率") is None


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("细颗粒物浓度", "lower"),
        ("优良水体比例", "higher"),
        ("劣Ⅴ类水体比例", "lower"),
        ("氨氮重点工程减排量", "higher"),
        ("管网漏损量", "lower"),
        ("智慧站房联网率", "higher"),
        ("用水总量", "lower"),
    ],
)
def test_which_way_is_better(name: str, way: str) -> None:
    assert direction(name) == way


# --- thresholds -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("推进35蒸吨/小时以上燃煤锅炉改造", True),
        ("常住人口2万人以上的乡镇", True),
        ("流域面积超过500平方公里的河流", True),
        ("第3批名单", True),
        ("落实6项制度", True),
        ("每2小时一次", True),
        ("森林覆盖率达到42%以上", False),
        ("完成36个乡镇治理", False),
        ("新增造林1.2万亩以上", False),
    ],
)
def test_scope_or_goal(text: str, scope: bool) -> None:
    assert (no_goal(text, quantities(text)[0]) is not None) is scope


# --- single clauses ---------------------------------------------------------------------------------------------------


def shown(found: list[Any]) -> list[tuple[Any, ...]]:
    return [(g.name, g.kind, g.operator, g.value, g.unit) for g in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("森林覆盖率达到42%", [("森林覆盖率", "target", ">=", 42.0, "%")]),
        ("完成改造线路18条", [("线路", "task_quantity", "=", 18.0, "条")]),
        ("新建水质自动站6座", [("新建水质自动站", "task_quantity", "=", 6.0, "座")]),
        ("淘汰老旧车辆不少于900辆", [("淘汰老旧车辆", "task_quantity", ">=", 900.0, "辆")]),
        ("整治排口45个以上", [("整治排口", "task_quantity", ">=", 45.0, "个")]),
        ("培育绿色工厂12家、绿色园区3个", [
            ("绿色工厂", "task_quantity", "=", 12.0, "家"),
            ("绿色园区", "task_quantity", "=", 3.0, "个"),
        ]),
        ("每月召开1次会议", []),
        ("投入资金3000万元", []),
        ("清淤工作", []),
    ],
)  # fmt: skip
def test_number_goals(text: str, expected: list[tuple[Any, ...]]) -> None:
    found = [(k, o, v, u) for _, k, o, v, u in shown(number_goals(text, "", []))]
    assert found == [(k, o, v, u) for _, k, o, v, u in expected]


def test_the_subject_of_the_clause_before_holds_on() -> None:
    (found,) = number_goals("达到42%以上", "森林覆盖率", [])
    assert (found.name, found.operator, found.value) == ("森林覆盖率", ">=", 42.0)


@pytest.mark.parametrize(
    ("text", "value", "value_kind"),
    [
        ("建成区黑臭水体全部消除", 0.0, "implied"),
        ("全面消除劣Ⅴ类断面", 0.0, "implied"),
        ("不发生重污染天气", 0.0, "implied"),
        ("测土配方施肥技术全覆盖", 100.0, "implied"),
        ("城镇集中式饮用水水源地水质全部达标", 100.0, "implied"),
        ("氨氮重点工程减排量完成市下达任务", None, "by_reference"),
        ("可吸入颗粒物浓度反弹得到有效控制", None, "qualitative"),
    ],
)
def test_implied_goals(text: str, value: float | None, value_kind: str) -> None:
    (found,) = implied_goals(text, "")
    assert (found.value, found.value_kind) == (value, value_kind)


@pytest.mark.parametrize(
    "text",
    ["尚未全部消除劣Ⅴ类断面", "以消除黑臭水体为目标", "完善管护机制", "推进全民参与", "督促落实到位", "没有全覆盖"],
)
def test_nothing_implied(text: str) -> None:
    assert implied_goals(text, "") == []
