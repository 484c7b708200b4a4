"""What holds for every text, sound or broken: it compiles, and what comes out hangs together."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bilan.periods import Period
from bilan.plan.model import CompiledPlan, Spanned

from .plans import compiled, make_table, with_table

PIECES = (
    *(
        "青屿市净水方案(2026—2028年)",
        "青屿市2027年工作要点",
        "现将《净水方案》印发给你们",
        "青政发〔2026〕9号",
        "2026年4月9日",
    ),
    *(
        "一、总体要求",
        "二、重点任务",
        "(一)疏浚河道",
        "(二)治理扬尘",
        "1.整治排口。",
        "2 .清运垃圾",
        "3",
        "第一章 ",
        "①",
        "(1)",
    ),
    *(
        "到2027年,",
        "2026年底前,",
        "10月底前",
        "“十五五”期间,",
        "截至2025年底",
        "每年",
        "从长远看",
        "2026年10月至2027年3月",
    ),
    *(
        "森林覆盖率、湿地保护率",
        "细颗粒物(PM2.5)浓度",
        "劣Ⅴ类水体",
        "氮氧化物重点工程减排量",
        "主要农作物化肥农药利用率",
    ),
    *(
        "分别达到",
        "控制在",
        "比2025年下降",
        "不低于",
        "力争",
        "完成省下达任务",
        "基本消除",
        "全覆盖",
        "保持在",
        "均",
        "提高到",
    ),
    *(
        "42%",
        "45.8%和45.22%",
        "31微克/立方米以下",
        "12家",
        "1.2万亩",
        "84%—87%",
        "三座",
        "翻一番",
        "2,350户",
        "19.2ugm3",
        "百分之百",
    ),
    *(
        "(市水务局牵头,市财政局、住建局配合)",
        "(牵头单位:市水务局;各县(市、区)人民政府负责落实,下同,不再列出)",
        "责任单位:",
        "市水务局",
    ),
    *("以下均需各镇党委和人民政府落实,不再列出", "等按职责分工负责)", "(发改、科技)", "牵头", "负责"),
    *("表1 主要指标", "指标\n", "目标值", "约束性", "— 3 —", "- 4 -", "目录......3", "注:", "专栏1"),
    *(
        "《",
        "》",
        "“",
        "”",
        "(",
        ")",
        "〔",
        "【",
        "[",
        "]",
        "、",
        "，",
        "。",
        "；",
        "：",
        "\n",
        "\n\n",
        "\r\n",
        " ",
        "\u3000",
        "\t",
        "\x00",
    ),
    *("第", "百", "千", "万", "亿", "零", "Ⅲ", "III", "０", "%o", "環境", "國", "\u200b", "\U00020bb7", "é", "-"),
)
years, months = st.integers(2000, 2099), st.integers(0, 99)
days = st.builds("{}年{}月{}日".format, years, months, months)
periods = st.builds("{}年{}月{}{}年{}月".format, years, months, st.sampled_from("至到-—~"), years, months)
numerals = st.one_of(
    st.text("0123456789,.", min_size=1, max_size=40),
    st.text("零〇一二两三四五六七八九十百千万亿点", min_size=1, max_size=40).map("百分之{}".format),
)
fragments = st.one_of(
    st.sampled_from(PIECES),
    st.text(max_size=3),
    st.integers(0, 10**6).map(str),
    days,
    days.map("\n{}\n印发之日起2个月内".format),
    periods,
    numerals,
)
plans = st.one_of(st.lists(fragments, max_size=60).map("".join), st.text(max_size=200))


def check(plan: CompiledPlan, text: str) -> None:
    """Spans lie in the text, quotes are what stands there, ids are unique, and every reference leads somewhere."""
    lists: tuple[list[Spanned], ...] = (plan.sections, plan.tasks, plan.targets, plan.measures, plan.projects)  # type: ignore[assignment]
    spans = [(i.start, i.end) for items in lists for i in items]
    spans += [(p.start, p.end) for t in plan.targets for p in t.restated]
    spans += [(r.start, r.end) for r in plan.source.repairs]
    spans += [(g.start, g.end) for g in plan.gaps if g.start is not None and g.end is not None]
    spans += [(i.body_start, i.body_end) for i in (*plan.sections, *plan.tasks)]
    assert [s for s in spans if not 0 <= s[0] <= s[1] <= len(text)] == []
    assert [t.quote for t in plan.targets if t.quote != text[t.start : t.end]] == []
    assert [r for r in plan.source.repairs if r.before != text[r.start : r.end]] == []
    ids = [i.id for items in (*lists, plan.duties, plan.gaps) for i in items]
    assert len(ids) == len(set(ids))
    sections, tasks, known = {s.id for s in plan.sections}, {t.id for t in plan.tasks}, set(ids)
    assert {p for i in (*plan.sections, *plan.tasks) if (p := i.parent)} <= sections
    named = {i.task for i in (*plan.targets, *plan.measures, *plan.projects) if i.task}
    assert named | {p.task for t in plan.targets for p in t.restated if p.task} <= tasks
    assert {i for part in (*plan.duties, *plan.gaps) for i in part.items} <= known
    for due in {i.due for i in (*plan.tasks, *plan.targets, *plan.measures, *plan.projects)} - {None}:
        Period.parse(str(due))
    assert all(a.start <= b.start for a, b in pairwise(plan.tasks))
    assert [t.name for t in plan.targets if "\x00" in t.name] == []  # what hides characters from the grammar
    assert CompiledPlan.model_validate_json(plan.model_dump_json()) == plan


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plans)
def test_every_text_compiles(text: str) -> None:
    plan = compiled(text)
    check(plan, text)
    assert compiled(text) == plan


cells = st.lists(st.lists(fragments, min_size=3, max_size=3), min_size=1, max_size=5)


@settings(max_examples=100, deadline=None)
@given(cells, st.sampled_from(["指标", "项目名称", "序号"]), st.sampled_from(["2028年目标值", "完成时限", "备注"]))
def test_every_table_compiles(rows: list[list[str]], name: str, last: str) -> None:
    plan = with_table([[name, "2025年", last], *rows])
    assert plan.source.text is not None
    check(plan, plan.source.text)


def test_the_tables_of_these_tests_hold_their_cells() -> None:
    text, table = make_table([["甲", "<"], ["^", "乙"]])
    assert [[c.text for c in row] for row in table.rows] == [["甲", "甲"], ["甲", "乙"]]
    assert all(text[c.start : c.end] == c.text for row in table.rows for c in row)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "。", "青屿市", "加强巡查。没有任何标题。", "\x00", "a" * 5000])
def test_texts_without_structure(text: str) -> None:
    plan = compiled(text)
    check(plan, text)
    assert plan.tasks == []


REPEATED = (
    *(
        "(",
        ")",
        "（",
        "、",
        "，",
        "。",
        "；",
        "的",
        "等",
        "达到",
        "和",
        "第",
        "一",
        "十",
        "百",
        "万",
        "\n",
        "-",
        "…",
        ".",
    ),
    *(
        "\n1.",
        "(一)",
        "一、",
        "《",
        "“",
        '"',
        "年",
        "到2027年",
        "比",
        "均",
        "实",
        "Ⅲ类",
        "表1\n",
        "指标\n",
        "工程",
        "市",
        "各",
    ),
    *("(市水务局牵头", "市水务局、", "下同,", "以下", "森林覆盖率、", "比2025年下降", "完成", "确保", "推进", "，同时"),
)


@pytest.mark.parametrize("piece", REPEATED)
def test_no_repetition_brings_it_to_a_halt(piece: str) -> None:
    """20,000 times the same: a grammar that looks back over and over again would not end within the hour."""
    text = "青屿市净水方案\n一、主要目标\n" + piece * (20_000 // len(piece))
    check(compiled(text), text)
