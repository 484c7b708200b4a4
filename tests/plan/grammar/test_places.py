"""Goals that name a district of the plan's region are the district's: model, Target.region and Target.scope."""

from __future__ import annotations

import pytest

from bilan.plan.compiler import compile_document
from bilan.plan.document import Document
from bilan.plan.model import Target

from ..plans import goals, goals_in_task, make_table, with_table

CITY = "清河市碧水蓝天行动计划(2026—2028年)"
QINGHE, LINJIANG, DONGHU, BEISHAN, ANPING, HIGH_TECH = "990100", "990102", "990103", "990104", "990121", "990171"


def placed(sentence: str, title: str = CITY) -> list[tuple[str | None, str | None, float | None]]:
    return [(t.scope, t.region, t.value) for t in goals(sentence, title)]


def named(found: list[Target]) -> list[tuple[str, str | None]]:
    return [(t.name, t.region) for t in found]


@pytest.mark.parametrize(
    ("sentence", "scope", "region", "indicator"),
    [
        ("临江区细颗粒物年均浓度不高于80微克/立方米。", "临江区", LINJIANG, "air.pm25.annual"),
        ("北山区PM2.5年均浓度达到32微克/立方米。", "北山区", BEISHAN, "air.pm25.annual"),
        ("到2027年,安平县森林覆盖率达到42%。", "安平县", ANPING, "eco.forest.cover"),
        ("其中,东湖区湿地保护率达到51%。", "东湖区", DONGHU, "eco.wetland.protect_rate"),
        ("清河市临江区森林覆盖率达到42%。", "清河市临江区", LINJIANG, "eco.forest.cover"),
        ("高新区再生水利用率达到35%。", "高新区", HIGH_TECH, "water.reuse_rate"),
        ("临江区细颗粒物年均下降3%。", "临江区", LINJIANG, "air.pm25.annual"),
    ],
)
def test_a_district_before_the_indicator(sentence: str, scope: str, region: str, indicator: str) -> None:
    (found,) = goals(sentence, CITY)
    assert (found.scope, found.region, found.indicator) == (scope, region, indicator)


@pytest.mark.parametrize(
    "sentence",
    [
        "森林覆盖率达到42%。",
        "清河市森林覆盖率达到42%。",
        "城区生活污水处理率达到98%。",
        "自然保护区面积占比达到12%。",
        "东湖区域内优良水体比例达到90%。",
        "临江区级财政投入占比达到3%。",
        "长春市森林覆盖率达到42%。",  # of another province
    ],
)
def test_what_is_no_district_of_the_plan_keeps_its_region(sentence: str) -> None:
    assert [t.region for t in goals(sentence, CITY)] == [QINGHE]


def test_a_district_of_a_province_is_a_city() -> None:
    assert placed("白山市森林覆盖率达到84%。", "吉林省碧水蓝天行动计划(2026—2028年)") == [("白山市", "220600", 84.0)]


def test_a_rate_for_several_districts_is_a_goal_of_each() -> None:
    found = goals("到2027年,临江区、安平县森林覆盖率达到42%。", CITY)
    assert named(found) == [("临江区森林覆盖率", LINJIANG), ("安平县森林覆盖率", ANPING)]
    assert len({t.id for t in found}) == 2


def test_an_amount_for_several_districts_is_one_sum() -> None:
    assert placed("临江区、东湖区新增绿地面积200公顷。") == [(None, QINGHE, 200.0)]
    (works,) = goals_in_task("临江区、东湖区新建污水处理厂3座。", CITY)
    assert (works.value, works.region) == (3.0, QINGHE)


def test_figures_pair_off_with_districts() -> None:
    found = goals("到2028年,临江区和东湖区优良天数比率分别达到85%和86%。", CITY)
    assert [(t.name, t.region, t.value) for t in found] == [
        ("临江区优良天数比率", LINJIANG, 85.0),
        ("东湖区优良天数比率", DONGHU, 86.0),
    ]


def test_all_goals_of_the_clause_are_the_district_s() -> None:
    assert placed("临江区细颗粒物、可吸入颗粒物年均浓度分别不高于33和60微克/立方米。") == [
        ("临江区", LINJIANG, 33.0),
        ("临江区", LINJIANG, 60.0),
    ]


def test_districts_after_the_indicator_said_before() -> None:
    found = goals("到2028年,森林覆盖率达到41%,其中临江区、安平县达到52%。", CITY)
    assert [(t.name, t.scope, t.value) for t in found] == [
        ("森林覆盖率", None, 41.0),
        ("森林覆盖率", "临江区", 52.0),
        ("森林覆盖率", "安平县", 52.0),
    ]


def test_the_next_district_takes_the_indicator_without_the_first() -> None:
    found = goals("到2028年,临江区湿地保护率达到51%,东湖区达到55%,全市再生水利用率达到35%。", CITY)
    assert named(found) == [
        ("临江区湿地保护率", LINJIANG),
        ("湿地保护率", DONGHU),
        ("全市再生水利用率", QINGHE),
    ]


def test_a_row_of_a_table() -> None:
    rows = [["指标", "2025年", "2028年目标"], ["森林覆盖率(%)", "40", "42"], ["安平县森林覆盖率(%)", "50", "52"]]
    plan = with_table(rows)
    assert [(t.scope, t.value) for t in plan.targets] == [(None, 42.0), (None, 52.0)]  # the plan's city is unknown
    text, table = make_table(rows, len(CITY) + 1)
    known = compile_document(Document("a.docx", "application/docx", "0" * 64, f"{CITY}\n{text}", tables=(table,)))
    assert [(t.scope, t.region) for t in known.targets] == [(None, QINGHE), ("安平县", ANPING)]
