"""The clause of a target in its whole sentence, under the headings of the plan; a row of a table by its columns."""

from __future__ import annotations

from typing import Any

import pytest

from bilan.plan.model import CompiledPlan, PlanInfo, Section, Source, Target, Task
from bilan.portal.board.clauses import apart, clause_of
from bilan.portal.board.table_rows import row_at

TEXT = """清河市试验计划
一、总体要求
（一）主要目标
到2028年，全市水更清。
大气方面：到2028年，PM2.5年均浓度降到30微克/立方米以下，优良天数比率达到86%以上；重
污染天数少于3天。2026年起逐年检查。
表1  主要指标
序号\t指标\t2025年基准值\t2028年目标值
1\t优良天数比率（%）\t84.2\t86
2\t管网长度（公里）\t—\t180
二、重点任务
1.治气护林。淘汰老旧锅炉（到2027年底全部淘汰）。新增绿地20公顷（市林业局牵头）
"""
CLAUSES = {
    "air": "优良天数比率达到86%以上",
    "heavy": "重\n污染天数少于3天",
    "row": "优良天数比率（%）\t84.2\t86",
    "pipes": "管网长度（公里）\t—\t180",
    "boilers": "到2027年底全部淘汰",
    "green": "新增绿地20公顷（市林业局牵头）",
}


def built(model: Any, **told: Any) -> Any:
    """A part of a plan with only what these tests look at."""
    return model.model_construct(**told)


def span(words: str) -> dict[str, int]:
    return {"start": TEXT.index(words), "end": TEXT.index(words) + len(words)}


def body(first: str, after: str) -> dict[str, int]:
    end = TEXT.index(after) if after else len(TEXT)
    return {"body_start": TEXT.index(first) + len(first), "body_end": end}


def target(id_: str, words: str) -> Any:
    plain: dict[str, Any] = {
        "kind": "indicator", "indicator": None, "name": "优良天数比率" if id_ in ("air", "row") else id_,
        "operator": ">=", "value": 1.0, "unit": None, "value_kind": "number", "quote": words, "confidence": 1.0,
    }  # fmt: skip
    return built(Target, id=id_, **span(words), **plain, region=None, scope=None, restated=[], task=None)


@pytest.fixture
def plan() -> Any:
    one = Section(
        id="s1", **span("一、总体要求"), number="一", title="总体要求", parent=None, level=1,
        **body("一、总体要求\n", "（一）"),
    )  # fmt: skip
    two = Section(
        id="s2", **span("（一）主要目标"), number="(一)", title="主要目标", parent="s1", level=2,
        **body("（一）主要目标\n", "二、"),
    )  # fmt: skip
    three = Section(
        id="s3", **span("二、重点任务"), number="二", title="重点任务", parent=None, level=1,
        **body("二、重点任务\n", "1.治"),
    )  # fmt: skip
    task = Task(
        id="k1", **span("1.治气护林"), number="1", title="治气护林", parent="s3", **body("1.治气护林。", ""),
        leads=[], supports=[], implementers=[], open_ended=False, due=None,
    )  # fmt: skip
    info = PlanInfo(
        id="p", version="1", title="清河市试验计划", region=None, region_name=None, issuer=None, document_number=None,
        issued=None, period=None, superior=[],
    )  # fmt: skip
    source = Source(
        file="a.txt", media_type="text/plain", sha256="", encoding=None, characters=len(TEXT), text=TEXT, repairs=[]
    )
    return built(
        CompiledPlan, plan=info, source=source, sections=[one, two, three], tasks=[task], measures=[],
        targets=[target(id_, words) for id_, words in CLAUSES.items()],
    )  # fmt: skip


def clause(plan: Any, id_: str) -> Any:
    return clause_of(plan, next(one for one in plan.targets if one.id == id_), "")


@pytest.mark.parametrize(
    ("id_", "sentence"),
    [
        (
            "air",
            "大气方面：到2028年，PM2.5年均浓度降到30微克/立方米以下，优良天数比率达到86%以上；重污染天数少于3天。",
        ),
        (
            "heavy",
            "大气方面：到2028年，PM2.5年均浓度降到30微克/立方米以下，优良天数比率达到86%以上；重污染天数少于3天。",
        ),
        ("boilers", "淘汰老旧锅炉（到2027年底全部淘汰）。"),
        ("green", "新增绿地20公顷（市林业局牵头）"),
    ],
)
def test_the_sentence_is_whole_and_no_more(plan: Any, id_: str, sentence: str) -> None:
    found = clause(plan, id_)
    assert found.before + found.words + found.after == sentence
    assert found.words == CLAUSES[id_].replace("\n", "")


def test_its_place_is_told_by_headings(plan: Any) -> None:
    assert clause(plan, "air").place == ("第一部分 · 总体要求", "（一）主要目标")
    assert clause(plan, "boilers").place == ("第二部分 · 重点任务", "1 治气护林")
    assert clause(plan, "row").place == ("第一部分 · 总体要求", "（一）主要目标", "表1 主要指标")


def test_a_row_of_a_table_is_told_by_its_columns(plan: Any) -> None:
    found = clause(plan, "row")
    assert [(one.head, one.words, one.of_clause) for one in found.cells] == [
        ("序号", "1", False),
        ("指标", "优良天数比率（%）", True),
        ("2025年基准值", "84.2", True),
        ("2028年目标值", "86", True),
    ]
    assert (found.before, found.after) == ("", "")
    assert [one.words for one in clause(plan, "pipes").cells] == ["2", "管网长度（公里）", "", "180"]


def test_namesakes_are_told_apart_without_raw_rows(plan: Any) -> None:
    told = apart(plan, [row(one.id, one.name) for one in plan.targets])
    assert told == {
        "air": "主要目标：“优良天数比率达到86%以上”",
        "row": "主要目标：表1 主要指标，2025年基准值 84.2，2028年目标值 86",
    }


def test_the_marks_of_a_clause_are_single_inside_the_marks_of_a_heading(plan: Any) -> None:
    words = "农村“千吨万人”水源地水质达标率达到86%以上"
    one = target("air", CLAUSES["air"]).model_copy(update={"quote": words})
    plan.targets[0] = one
    assert apart(plan, [row(one.id, one.name), row("x", one.name)])["air"] == (
        "主要目标：“农村‘千吨万人’水源地水质达标率达到86%以上”"
    )


def row(target: str, name: str) -> Any:
    from bilan.board.model import Row

    return built(Row, target=target, name=name, scope=None, region=None)


def test_a_sentence_without_end_is_cut_at_a_pause() -> None:
    text = "，".join(["甲" * 50] * 8) + "，要的" + "，乙乙" * 200
    start = text.index("要的")
    one = target("x", "优良天数比率达到86%以上").model_copy(update={"start": start, "end": start + 2})
    empty = built(CompiledPlan, source=built(Source, text=text), sections=[], tasks=[], targets=[one])
    found = clause_of(empty, one, "")
    assert found.before.startswith("……甲") and found.before.endswith("甲，")
    assert found.after.endswith("乙……")
    assert max(map(len, (found.before, found.after))) < 280


@pytest.mark.parametrize(
    ("text", "words", "heads", "title"),
    [
        ("甲\t84.2\t86\n乙\t1\t2\n", "乙\t1\t2", ["", "", ""], ""),  # numbers are no heads
        ("指标\t目标\n乙\t1\t2\n", "乙\t1\t2", ["", "", ""], ""),  # nor is a row of other columns
        ("附表 考核指标\n指标\t目标\n乙\t2", "乙\t2", ["指标", "目标"], "附表 考核指标"),
        ("表里的数见下文，一句话不是表的标题，因为它比标题长得多，读的人一看就知道它不是。\n指标\t目标\n乙\t2", "乙\t2",
         ["指标", "目标"], ""),
    ],
)  # fmt: skip
def test_heads_and_titles_are_not_guessed(text: str, words: str, heads: list[str], title: str) -> None:
    found = row_at(text, text.index(words), text.index(words) + len(words))
    assert found is not None
    assert ([one.head for one in found.cells], found.title) == (heads, title)
