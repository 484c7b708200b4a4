"""What a plan leaves open: each kind of gap, and no gap where nothing is missing."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from bilan.plan.compiler import relink
from bilan.plan.model import CompiledPlan, Gap, GapKind

from .plans import compiled, plan_with

SOUND = plan_with("到2028年,优良水体比例达到92%。", "疏浚河道(市水务局牵头)。")
SCRAPS = "序号\n指标\n2025年\n2028年\n水质\n88\n92\n绿化\n41\n43\n优良\n天数"

CASES: dict[str, tuple[CompiledPlan, str]] = {
    "target_without_due": (plan_with("优良水体比例达到92%。", "清淤(市水务局牵头)。", "青屿市净水方案"), "完成时限"),
    "target_without_unit": (plan_with("到2028年,生态质量指数达到0.72。", "清淤(市水务局牵头)。"), "计量单位"),
    "task_without_lead": (plan_with(body="清淤(市水务局、市住建局按职责分工负责)。"), "牵头"),
    "refers_upward": (plan_with("氨氮重点工程减排量完成省下达任务。", "清淤(市水务局牵头)。"), "省下达任务"),
    "contradiction": (
        plan_with("到2028年,优良水体比例达到92%。", "到2028年,优良水体比例达到90%(市水务局牵头)。"),
        "92",
    ),
    "unknown_indicator": (plan_with("到2028年,渔火点亮率达到85%。", "清淤(市水务局牵头)。"), "渔火点亮率"),
    "unreadable_table": (
        compiled(f"青屿市净水规划\n一、主要目标\n目标见表1。\n表1 主要指标\n{SCRAPS}\n二、任务\n(一)疏浚河道\n清淤。"),
        "表1",
    ),
    "unknown_body": (plan_with(body="清淤(市渔火局牵头)。"), "市渔火局"),
    "qualitative_goal": (plan_with("到2028年,农药使用量明显下降。", "清淤(市水务局牵头)。"), "农药使用量"),
    "nothing_read": (compiled("说明\n请先安装，再按手册操作。"), "可能不是行动计划"),
}


def of(plan: CompiledPlan, kind: str) -> list[Gap]:
    return [g for g in plan.gaps if g.kind == kind]


def test_a_name_with_quotation_marks_of_its_own_is_quoted_with_single_ones() -> None:
    goals, body = "“千吨万人”水源地水质达标率达到92%。", "推进“无废城市”建设(市水务局、市住建局按职责分工负责)。"
    plan = plan_with(goals, body, "青屿市净水方案")
    assert [t.name for t in plan.targets] == ["“千吨万人”水源地水质达标率"]
    assert [g.message for g in of(plan, "target_without_due")] == ["“‘千吨万人’水源地水质达标率”没有写明完成时限"]


def test_every_kind_has_a_case() -> None:
    assert set(CASES) == set(get_args(GapKind))


@pytest.mark.parametrize(("kind", "case"), CASES.items())
def test_gap(kind: str, case: tuple[CompiledPlan, str]) -> None:
    plan, words = case
    (gap,) = of(plan, kind)
    assert words in gap.message
    assert re.search(r"[\u4e00-\u9fff]", gap.message)
    known = {i.id for i in (*plan.targets, *plan.tasks, *plan.measures, *plan.duties)}
    assert set(gap.items) <= known


def test_a_gap_points_at_its_place() -> None:
    (gap,) = of(CASES["refers_upward"][0], "refers_upward")
    (target,) = CASES["refers_upward"][0].targets
    assert (gap.items, gap.start, gap.end) == ([target.id], target.start, target.end)


def test_nothing_read_goes_when_a_person_adds_a_target() -> None:
    empty = CASES["nothing_read"][0]
    assert [g.kind for g in empty.gaps] == ["nothing_read"]
    assert of(relink(empty.model_copy(update={"targets": SOUND.targets})), "nothing_read") == []


def test_a_sound_plan_has_none() -> None:
    assert SOUND.gaps == []


def test_both_sides_of_a_contradiction_are_named() -> None:
    plan = CASES["contradiction"][0]
    (gap,) = of(plan, "contradiction")
    assert gap.items == [t.id for t in plan.targets]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("到2027年,优良水体比例达到90%。", "到2028年,优良水体比例达到92%。", id="other dates"),
        pytest.param(
            "到2028年,墨溪流域优良水体比例达到90%。", "到2028年,澄江流域优良水体比例达到92%。", id="other places"
        ),
        pytest.param(
            "到2028年,优良水体比例达到92%。", "到2028年,优良水体比例比2025年提高3个百分点。", id="level and change"
        ),
        pytest.param("到2028年,优良水体比例达到92%。", "到2028年,优良水体比例达到92%。", id="the same again"),
    ],
)
def test_what_is_no_contradiction(first: str, second: str) -> None:
    assert of(plan_with(f"{first}{second}", "清淤(市水务局牵头)。"), "contradiction") == []


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ("31微克/立方米", "35µg/m3", 1),
        ("31微克/立方米", "31µg/m3", 0),
        ("31微克/立方米", "0.031毫克/立方米", 0),
    ],
)
def test_contradictions_are_seen_across_spellings_of_a_unit(first: str, second: str, count: int) -> None:
    pm25 = "到2028年,细颗粒物浓度控制在{}以下。"
    assert len(of(plan_with(pm25.format(first) + pm25.format(second)), "contradiction")) == count


def test_every_figure_is_compared_with_all_before_it() -> None:
    plan = plan_with("".join(f"到2028年,优良水体比例达到{value}%。" for value in (90, 90.5, 91)))
    assert len(of(plan, "contradiction")) == 2


def test_a_task_with_nobody_is_told_from_one_with_a_list() -> None:
    nobody, listed = (
        of(plan_with(body=b), "task_without_lead")[0].message for b in ("清淤。", "清淤(责任单位:市水务局)。")
    )
    assert nobody != listed


def test_what_recurs_or_has_no_number_needs_no_deadline() -> None:
    plan = plan_with(body="每年开展检查不少于4次(市水务局牵头)。", title="青屿市净水方案")
    assert of(plan, "target_without_due") == []


def test_a_long_list_of_the_same_figure_is_no_contradiction_and_no_halt() -> None:
    """10,000 rows of one indicator: comparing each with all before it would take minutes."""
    rows = "".join(f"{n % 90 + 1}.森林覆盖率(%) 24 25 预期性\n" for n in range(10_000))
    plan = compiled(f"青屿市净水方案\n一、主要目标\n{rows}")
    assert len(plan.targets) == 10_000
    assert of(plan, "contradiction") == []
