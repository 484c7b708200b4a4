"""From sentences of plans to answers: compiled, asked and judged, each worked out by hand.

The plan runs from 2026 to 2028. A case is a sentence, a day, the published figure of that day, the figure of 2025 where
the sentence needs one, and the answer. Of a straight course from 2025 a third is asked in 2026, two thirds in 2027.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from bilan.board.answer import answer
from bilan.board.entries import Entries, Entry
from bilan.board.goal import Unjudged
from bilan.board.question import baseline_of, question_of
from bilan.board.spans import span_of
from bilan.periods import Period
from bilan.plan.compiler import compile_document
from bilan.plan.document import Document
from bilan.plan.model import PlanInfo, Target
from bilan.policy import indicators

BY_CODE = {indicator.code: indicator for indicator in indicators()}
TITLE = "清河市生态环境保护三年行动计划(2026—2028年)"


@dataclass(frozen=True)
class Case:
    sentence: str
    day: str
    figure: str
    status: str
    rule: str
    period: str
    limit: str  # sign and level
    base: str | None = None  # the figure of the year before the plan, or before the year at hand
    reference: str | None = None
    reported: tuple[str, ...] | None = None


CASES = [
    # levels: PM2.5 from 34 to 31 in three years is 33 in 2026
    Case("到2028年，全市细颗粒物年均浓度控制在31微克/立方米以下。",
         "2026-09-30", "33", "on_course", "ahead", "2026", "≤31", "34"),
    Case("到2028年，全市细颗粒物年均浓度控制在31微克/立方米以下。",
         "2026-09-30", "34", "at_risk", "behind", "2026", "≤31", "34"),
    Case("到2028年，PM2.5年均浓度不高于31微克/立方米。",
         "2028-12-31", "31", "met", "kept", "2028", "≤31"),
    # 优于 and 低于: the number itself is not enough
    Case("到2028年，PM2.5浓度低于31微克/立方米。",
         "2028-12-31", "31", "missed", "broken", "2028", "<31"),
    Case("到2028年，优良天数比率优于86%。",
         "2028-12-31", "86.0", "missed", "broken", "2028", ">86"),
    Case("到2028年，优良天数比率优于86%。",
         "2028-12-31", "86.1", "met", "kept", "2028", ">86"),
    # 力争 is judged like any other
    Case("力争到2028年，优良天数比率达到88%。",
         "2028-12-31", "87.9", "missed", "broken", "2028", "≥88"),
    # decreases in percent: 8 % less than 12 000 is 11 040; 11 360 after two of three years
    Case("到2028年，全市化学需氧量排放总量较2025年下降8%。",
         "2028-12-31", "11040", "met", "kept", "2028", "≤11040", "12000"),
    Case("到2028年，全市化学需氧量排放总量较2025年下降8%。",
         "2027-12-31", "11361", "at_risk", "behind", "2027", "≤11040", "12000"),
    Case("到2028年，全市化学需氧量排放总量较2025年下降8%。",
         "2027-06-30", "11680", "on_course", "ahead", "2026", "≤11040", "12000", reported=("2025", "2026")),
    # 10 % less than 40 is 36; 左右 reaches half a percent of 40 further
    Case("到2028年，PM2.5浓度比2025年下降10%左右。",
         "2028-12-31", "36.2", "cannot_be_judged", "kept_roughly", "2028", "≤36", "40"),
    Case("到2028年，PM2.5浓度比2025年下降10%左右。",
         "2028-12-31", "36.3", "missed", "broken", "2028", "≤36", "40"),
    # increases in points: 85.2 and 2 are 87.2
    Case("到2028年，空气质量优良天数比率比2025年提高2个百分点。",
         "2028-12-31", "87.1", "missed", "broken", "2028", "≥87.2", "85.2"),
    # in percent of a share: 85 and 2 % of it are 86.7, and 2 points are 87
    Case("到2028年，空气质量优良天数比率比2025年提高2%。",
         "2028-12-31", "86.8", "cannot_be_judged", "two_readings", "2028", "≥86.7", "85"),
    Case("到2028年，空气质量优良天数比率比2025年提高2%。",
         "2028-12-31", "87.0", "met", "kept", "2028", "≥86.7", "85"),
    # by an amount: 2 050 less 50
    Case("到2028年，煤炭消费总量比2025年减少50万吨。",
         "2028-12-31", "2001", "missed", "broken", "2028", "≤2000", "2050"),
    # a range: its weaker end where more is better
    Case("到2028年，农膜回收率达到85%—88%。",
         "2028-12-31", "85.0", "met", "kept", "2028", "≥85"),
    # implied numbers: all, none
    Case("到2028年，城市黑臭水体全部消除。",
         "2028-12-31", "1", "missed", "broken", "2028", "≤0"),
    Case("到2028年，城市黑臭水体全部消除。",
         "2028-12-31", "0", "met", "kept", "2028", "≤0"),
    Case("到2028年，医疗废物安全处置率100%。",
         "2028-06-30", "100", "on_course", "meets_now", "2028", "≥100"),
    # 基本消除 with some left: at the end a person says, before it they are too many
    Case("到2028年，重污染天气基本消除。",
         "2028-06-30", "1", "at_risk", "short_now", "2028", "≤0"),
    Case("到2028年，重污染天气基本消除。",
         "2028-12-31", "1", "cannot_be_judged", "kept_roughly", "2028", "≤0"),
    # days
    Case("到2028年，全市重度及以上污染天数控制在3天以内。",
         "2028-12-31", "3", "met", "kept", "2028", "≤3"),
    # projects: 44 in the 22 months until October 2027 are 18 after nine
    Case("到2027年10月底前，建成44个入河排污口整治项目。",
         "2026-09-30", "18", "on_course", "ahead", "2026-01/2027-10", "≥44", "0"),
    Case("到2027年10月底前，建成44个入河排污口整治项目。",
         "2026-10-15", "17", "at_risk", "behind", "2026-01/2027-10", "≥44", "0"),
    Case("到2027年10月底前，建成44个入河排污口整治项目。",
         "2027-06-30", "44", "met", "safe", "2026-01/2027-10", "≥44", "0"),
    # sections: a share of at least 90 %
    Case("到2028年，地表水国考断面水质优良比例达到90%以上。",
         "2028-12-31", "90.0", "met", "kept", "2028", "≥90"),
    # a class, Ⅰ to 劣Ⅴ as 1 to 6
    Case("到2028年，墨溪出境断面水质达到或优于Ⅲ类。",
         "2028-12-31", "4", "missed", "broken", "2028", "≤3"),
    Case("到2028年，墨溪出境断面水质达到或优于Ⅲ类。",
         "2028-12-31", "2", "met", "kept", "2028", "≤3"),
    # the number is with the superior
    Case("到2028年，单位GDP能耗下降率完成省下达任务。",
         "2028-12-31", "13.4", "missed", "broken", "2026/2028", "≥13.5", reference="13.5"),
    # cumulated: nine of 13.5 after two years
    Case("到2028年，单位GDP二氧化碳排放比2025年下降13.5%。",
         "2027-12-31", "9.0", "on_course", "ahead", "2026/2027", "≥13.5"),
    Case("到2028年，单位GDP二氧化碳排放比2025年下降13.5%。",
         "2028-03-31", "8.9", "at_risk", "behind", "2026/2027", "≥13.5", reported=("2026", "2027")),
    # a standard: class II is 30 from March 2026 to the end of 2030
    Case("到2028年，PM2.5年均浓度达到国家二级标准。",
         "2028-12-31", "31", "missed", "broken", "2028", "≤30"),
    # a basin
    Case("到2028年，太湖流域国考断面优良比例达到95%。",
         "2028-12-31", "94.7", "missed", "broken", "2028", "≥95"),
    # seasons over the year's end and within the year
    Case("2026年10月至2027年3月秋冬季期间，PM2.5平均浓度控制在45微克/立方米以内。",
         "2027-03-31", "46", "missed", "broken", "2026-10/2027-03", "≤45"),
    Case("2026年秋冬季PM2.5平均浓度控制在45微克/立方米以内。",
         "2027-01-31", "45", "on_course", "meets_now", "2026-10/2027-03", "≤45"),
    Case("到2028年，汛期国考断面优良比例不低于85%。",
         "2028-10-01", "84.9", "missed", "broken", "2028-05/2028-09", "≥85"),
    # every year, within the plan
    Case("每年优良天数比率不低于85%。",
         "2027-12-31", "85.0", "met", "kept", "2027", "≥85"),
    Case("每年优良天数比率不低于85%。",
         "2027-09-30", "84.0", "at_risk", "short_now", "2027", "≥85"),
    Case("优良天数比率每年提高1个百分点。",
         "2027-12-31", "86.9", "missed", "broken", "2027", "≥87", "86"),
    # 年均: 18 and a point in each of three years
    Case("到2028年，非化石能源消费比重年均提高1个百分点。",
         "2028-12-31", "21.0", "met", "kept", "2028", "≥21", "18"),
    # about a level: 5 % of 43.5 is 2.175
    Case("到2028年，森林覆盖率提高到43.5%左右。",
         "2028-12-31", "41.4", "cannot_be_judged", "kept_roughly", "2028", "≥43.5"),
]  # fmt: skip


def compiled(sentence: str) -> tuple[Target, PlanInfo]:
    """The one target of a plan whose goals are the sentence, and what the plan says of itself."""
    text = "\n".join([TITLE, "一、主要目标", sentence, "二、重点任务", "1.治理入河排口。改善环境。"])
    plan = compile_document(Document("a.txt", "text/plain", "00c0ffee" * 8, text, "utf-8", is_plain=True))
    (target,) = (one for one in plan.targets if one.kind != "milestone")
    return target, plan.plan


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.sentence}{case.day}:{case.figure}")
def test_a_sentence_has_its_answer(case: Case) -> None:
    target, plan = compiled(case.sentence)
    indicator, as_of = BY_CODE.get(target.indicator or ""), date.fromisoformat(case.day)
    reports = None if case.reported is None else [Period.parse(text) for text in case.reported]
    span = span_of(target, indicator, plan, as_of, reports)
    entries = Entries()
    if case.reference is not None:
        sent = Entry(target.id, "reference", None, Decimal(case.reference), None, "下达文", "规划科", date(2026, 1, 5))
        entries = Entries([sent])
    year, value = baseline_of(target, indicator, plan, span, as_of, entries)
    value = value if case.base is None else Decimal(case.base)
    baseline = None if year is None or value is None else (year, value)
    question = question_of(target, indicator, span, as_of, entries, baseline)
    found = answer(question, span, as_of, Decimal(case.figure))
    assert str(span.period) == case.period
    assert [(one.sign, Fraction(one.value)) for one in question.limits] == [(case.limit[0], Fraction(case.limit[1:]))]
    assert (found.status, found.rule) == (case.status, case.rule)


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("到2028年，单位GDP能耗下降率完成省下达任务。", "by_reference"),
        ("到2028年，森林覆盖率稳步提高。", "qualitative"),
        ("到2028年，全市化学需氧量排放总量较2025年下降8%。", "no_baseline"),
        ("到2028年，完成100个行政村生活污水治理。", "unit"),
        ("到2028年，枯水期国考断面优良比例不低于85%。", "season"),
    ],
)
def test_a_sentence_that_no_figure_answers_says_why(sentence: str, why: str) -> None:
    target, plan = compiled(sentence)
    indicator, as_of = BY_CODE.get(target.indicator or ""), date(2026, 9, 30)
    with pytest.raises(Unjudged, match=why):
        question_of(target, indicator, span_of(target, indicator, plan, as_of), as_of, Entries())


def test_the_sentences_are_many() -> None:
    assert len({case.sentence for case in CASES}) >= 25
