"""Corners in which the grammar once lost its way, and repetitions that must not halt it."""

from __future__ import annotations

import pytest

from bilan.plan.duties import normal_unit
from bilan.plan.grammar.dates import dates
from bilan.plan.grammar.structure import parts
from bilan.plan.grammar.tables import table_goals
from bilan.plan.repair import spelling

from ..plans import TITLE, YEARLY, compiled, figures, goals, goals_in_task, make_table, plan_with, task


def test_soft_before_the_date() -> None:  # 力争 may stand before the date
    assert [t.soft for t in goals("力争到2027年,森林覆盖率达到42.6%。")] == [True]


@pytest.mark.parametrize(
    ("words", "due"),
    [("10月底前", "2027-10"), ("4月底前", "2027-04"), ("年底前", "2027-12"), ("上半年", "2027-06")],
)
def test_yearless_month_before_a_comma(words: str, due: str) -> None:
    (found,) = goals_in_task(f"{words},完成21个入河排口整治。", title=YEARLY)
    assert found.due == due


@pytest.mark.parametrize("words", ["2027年底前", "到2027年"])
def test_milestone_after_a_comma(words: str) -> None:  # kind=milestone: a dated act without a number
    assert [t.kind for t in plan_with(body=f"{words},编制完成水环境容量报告。").targets] == ["milestone"]


def test_slogan() -> None:
    assert figures(goals_in_task("推进公园建设,落实400米见绿、600米见园。")) == []


def test_qualitative_with_a_leading_word_that_belongs_to_the_name() -> None:
    assert [t.indicator for t in goals("重点建设用地安全利用水平稳步提升。")] == ["soil.land.safe_use"]


def test_thousands() -> None:  # numerals: 1,040
    assert figures(goals("完成散煤替代2,350户。")) == [2350.0]


def test_second_clause_takes_the_subject() -> None:  # a rate without a subject of its own
    found = goals("农村生活垃圾无填埋,无害化处理率达到98%。")
    assert [t.indicator for t in found] == ["solid.msw.landfill_rate", "solid.msw.harmless_rate"]


def test_task_completed_names_its_indicator() -> None:
    (found,) = goals("加快淘汰燃煤小锅炉,到2027年,建成区全面完成淘汰任务。")
    assert found.indicator == "air.boiler.small_phaseout"


@pytest.mark.parametrize("sentence", ["整治河道7条。", "完成21个入河排口整治。", "疏浚河道12条。"])
def test_a_verb_is_no_water_body(sentence: str) -> None:  # model: scope as region, basin, section, water body
    assert [t.scope for t in goals_in_task(sentence)] == [None]


def test_a_glued_title_before_the_first_chapter() -> None:  # chapter numbers glued to the text before
    filler = "坚持系统观念,统筹推进一体化保护,完善现代环境治理体系,健全责任落实机制。" * 10
    text = f"青屿市净水方案一、总体要求{filler}二、主要任务(一)加快修复1.推进疏浚。{filler}2.整治排口。{filler}"
    text += f"三、保障措施(一)强化领导。{filler}"
    assert [p.number for p in parts(text) if len(p.number or "") == 1 and p.number not in ("1", "2")] == [
        "一",
        "二",
        "三",
    ]


@pytest.mark.parametrize(
    ("body", "leads", "supports", "implementers"),
    [
        ("疏浚(市水务局牵头,市住建局配合,各区人民政府落实,下同)。", ["市水务局"], ["市住建局"], ["各区人民政府"]),
        ("疏浚(市水务局牵头,各区人民政府落实,下同)。", ["市水务局"], [], ["各区人民政府"]),
        ("疏浚(牵头单位:市水务局;各县(市、区)人民政府负责落实)。", ["市水务局"], [], ["各县(市、区)人民政府"]),
    ],
)
def test_implementers(body: str, leads: list[str], supports: list[str], implementers: list[str]) -> None:
    found = task(body)
    assert (found.leads, found.supports, found.implementers) == (leads, supports, implementers)


def test_an_elided_prefix_before_a_name_that_starts_like_a_level() -> None:
    assert normal_unit("市场监管局", "市") == "市市场监督管理局"


def test_a_range_in_a_cell_whose_unit_stands_in_the_name() -> None:
    _, table = make_table([["指标", "2025年基准值", "2028年目标值"], ["废旧农膜回收率（%）", "80", "84—87"]])
    assert [(r.found.value, r.found.value_max, r.found.value_kind) for r in table_goals(table, "2028")] == [
        (84, 87, "range")
    ]


def test_years_in_the_second_row_of_the_header() -> None:
    rows = [
        ["序号", "指标名称", "单位", "基准", "目标值", "<"],
        ["^", "^", "^", "2025年", "2027年", "2030年"],
        ["1", "森林覆盖率", "%", "40", "42", "43"],
    ]
    assert [(r.found.value, r.due) for r in table_goals(make_table(rows)[1], "2028")] == [(42, "2027"), (43, "2030")]


def test_a_kind_of_project_is_no_project() -> None:
    assert plan_with(body="推进农村污水治理项目建设。").projects == []


def test_characters_that_mark_a_traditional_text_are_traditional() -> None:
    from opencc import OpenCC

    assert [c for c in spelling._TRADITIONAL if OpenCC("t2s").convert(c) == c] == []


def test_one_date_for_the_end_of_this_year() -> None:
    assert [d.period for d in dates("今年年底前", 2027)] == ["2027-12"]


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "1.", "20", "全面", "稳定", "力争", "责任单位:", "达到42%", "42%、", "完成1个", "I"]
)
def test_no_halt(piece: str) -> None:
    compiled(f"{TITLE}\n一、主要目标\n" + piece * (20_000 // len(piece)))


def test_two_coverages_without_a_mark_between() -> None:
    assert figures(goals("实现监测网络全覆盖巡查全覆盖。")) is not None  # RecursionError in implied._coverage


@pytest.mark.parametrize(("first", "second"), [("2027", "2028"), ("2028", "2027")])
def test_as_many_dates_as_figures_pair_off_over_a_comma(first: str, second: str) -> None:
    plan = plan_with(f"到{first}年、{second}年,优良水体比例分别达到88%、92%以上。")
    assert [(t.value, t.due) for t in plan.targets] == [(88.0, first), (92.0, second)]
    assert [g for g in plan.gaps if g.kind == "contradiction"] == []


def test_a_place_alone_takes_the_indicator_said_before() -> None:
    found = goals("到2028年,森林覆盖率达到41%,其中澄江区达到52%、墨溪县达到38%。")
    assert [(t.name, t.scope, t.value) for t in found] == [
        ("森林覆盖率", None, 41.0),
        ("森林覆盖率", "澄江区", 52.0),
        ("森林覆盖率", "墨溪县", 38.0),
    ]


def test_every_year_is_no_part_of_the_name() -> None:
    (found,) = goals_in_task("每年新增造林1000亩。")
    assert (found.name, found.recurrence) == ("新增造林", "每年")


def test_the_same_amount_of_work_in_two_tasks_is_done_twice() -> None:
    body = "一、重点任务\n(一)澄江区建站。新建水质自动监测站8个。\n(二)墨溪县建站。新建水质自动监测站8个。"
    found = compiled(f"{TITLE}\n{body}").targets
    assert [(t.value, len(t.restated)) for t in found] == [(8.0, 0), (8.0, 0)]


def test_two_ranges_that_begin_alike_are_two_promises() -> None:
    plan = plan_with("到2028年,优良水体比例达到85%—88%。到2028年,优良水体比例达到85%—95%。")
    assert [(t.value, t.value_max) for t in plan.targets] == [(85.0, 88.0), (85.0, 95.0)]
    assert [g.kind for g in plan.gaps if len(g.items) == 2] == ["contradiction"]


@pytest.mark.parametrize(
    ("sentence", "name", "values"),
    [
        ("细颗粒物年均浓度不高于33微克/立方米,力争达到31微克/立方米。", "细颗粒物年均浓度", [33.0, 31.0]),
        ("到2027年,优良天数比率达到85%,到2028年达到87%。", "优良天数比率", [85.0, 87.0]),
    ],
)
def test_a_second_figure_has_the_name_of_the_first(sentence: str, name: str, values: list[float]) -> None:
    assert [(t.name, t.value) for t in goals(sentence)] == [(name, value) for value in values]
