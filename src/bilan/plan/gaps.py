"""Gaps: what the plan leaves open. A product of its own, read by the drafting office before signing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import isclose

from bilan.plan.amounts import amount
from bilan.plan.ids import IdMaker
from bilan.plan.model import CompiledPlan, Gap, GapKind, Item, Target, Task
from bilan.plan.wording import OPERATOR, number_text
from bilan.policy.quotation import within_quotes


def build_gaps(plan: CompiledPlan) -> list[Gap]:
    """The gaps that follow from the lists of ``plan``: dates, units, leads, references upward, contradictions."""
    ids = IdMaker(plan.plan.id)
    made = [
        *_nothing_read(plan),
        *_target_gaps(plan.targets),
        *_task_gaps(plan),
        *_contradictions(plan.targets),
        *_unknown_bodies(plan),
    ]
    return [
        Gap(
            id=ids.make("gap", f"{kind}|{items[0].id if items else ''}"),
            kind=kind,
            message=message,
            items=[i.id for i in items],
            start=start,
            end=end,
        )
        for kind, message, items, start, end in made
    ]


_Made = tuple[GapKind, str, list[Item], int | None, int | None]


def _nothing_read(plan: CompiledPlan) -> Iterator[_Made]:
    """An empty result is no plan without gaps: the file is probably another than was meant."""
    if not plan.targets and not plan.tasks:
        yield "nothing_read", "没有读出任务和目标，这可能不是行动计划", [], None, None


def _target_gaps(targets: Iterable[Target]) -> Iterator[_Made]:
    for t in targets:
        name, reference = within_quotes(t.name), within_quotes(str(t.reference))
        if t.due is None and t.recurrence is None and t.kind != "milestone":
            yield "target_without_due", f"“{name}”没有写明完成时限", [t], t.start, t.end
        if t.unit is None and t.value is not None:
            yield "target_without_unit", f"“{name}”的数值 {number_text(t.value)} 没有计量单位", [t], t.start, t.end
        if t.value_kind == "by_reference" and t.value is None:
            yield "refers_upward", f"“{name}”只写了“{reference}”，需补录上级下达的数值", [t], t.start, t.end
        if t.value_kind == "qualitative" and t.kind == "target":
            yield "qualitative_goal", f"“{name}”只有定性表述，没有可考核的数值", [t], t.start, t.end
        if t.indicator is None and t.kind == "target" and t.value is not None:
            yield "unknown_indicator", f"“{name}”未能对应到指标库中的指标，请选定或新增指标", [t], t.start, t.end


def _task_gaps(plan: CompiledPlan) -> Iterator[_Made]:
    for t in plan.tasks:
        if not t.leads:
            units = "只列了责任单位，没有明确牵头单位" if t.supports else "没有写明由谁负责"
            yield "task_without_lead", f"任务“{within_quotes(t.title)}”{units}", [t], t.start, t.end


def _contradictions(targets: Iterable[Target]) -> Iterator[_Made]:
    """Two figures for one indicator, scope and date that cannot both be meant."""
    groups: dict[tuple[str | None, str | None, str | None, str | None, str], list[Target]] = defaultdict(list)
    for t in targets:
        if (
            t.indicator
            and t.value is not None
            and t.kind == "target"
            and t.value_kind in ("number", "range", "implied")
        ):
            year = t.due[:4] if t.due else None
            change = t.operator if t.operator in ("increase_by", "decrease_by") else "level"
            groups[(t.indicator, _scope(t), year, t.season, change)].append(t)
    for same in groups.values():
        stated: dict[tuple[object, ...], Target] = {}  # one target a figure and name: a long list repeats them
        for other in same:
            said = (other.name, other.value, other.value_max, other.unit)
            first = next(
                (t for t in stated.values() if _figures_differ(t, other) and not _names_differ(t, other)), None
            )
            stated.setdefault(said, other)
            if first is not None:
                yield (
                    "contradiction",
                    f"“{within_quotes(first.name)}”前后不一致：{_figure(first)} 与 {_figure(other)}",
                    [first, other],
                    other.start,
                    other.end,
                )


def _figures_differ(a: Target, b: Target) -> bool:
    """Whether two figures in comparable units are not the same; 31 µg/m3 and 31 微克/立方米 are."""
    ends = [[amount(v, t.unit) for v in (t.value, t.value_max) if v is not None] for t in (a, b)]
    same_unit = len({unit for end in ends for _, unit in end}) == 1
    if not same_unit or len(ends[0]) != len(ends[1]):
        return same_unit
    return not all(isclose(x, y) for (x, _), (y, _) in zip(*ends, strict=True))


def _scope(t: Target) -> str | None:
    return None if t.scope and re.match(r"全[省市县区州]|辖区", t.scope) else t.scope


def _names_differ(a: Target, b: Target) -> bool:
    """Whether the names keep two goals apart: 城市近郊 and 城中村 share an indicator, not a figure."""
    shorter, longer = sorted((a.name, b.name), key=len)
    return shorter not in longer and longer not in shorter


def _figure(t: Target) -> str:
    value = "-".join(number_text(v) for v in (t.value, t.value_max) if v is not None)
    return f"{OPERATOR[t.operator]} {value}{t.unit or ''}{'（力争）' if t.soft else ''}"


def _unknown_bodies(plan: CompiledPlan) -> Iterator[_Made]:
    tasks: dict[str, Task] = {t.id: t for t in plan.tasks}
    for duty in plan.duties:
        if (
            duty.department is None
            and not duty.function_departments
            and not re.search(r"各|有关|相关|政府|管委会|单位|部门", duty.unit)
        ):
            task = next((tasks[i] for i in duty.items if i in tasks), None)
            where = (task.start, task.end) if task else (None, None)
            yield "unknown_body", f"责任单位“{within_quotes(duty.unit)}”未能对应到机构库", [duty], *where


def unreadable_tables(scraps: Iterable[tuple[str, int, int]], ids: IdMaker) -> list[Gap]:
    """A gap for each table (caption, start, end) whose cells the extractor put out of order."""
    return [
        Gap(
            id=ids.make("gap", f"unreadable_table|{caption}"),
            kind="unreadable_table",
            message=f"表格“{within_quotes(caption[:40])}”在文本中已散成碎行，只读取了次序可辨的行；"
            "请改用 docx 或 pdf 原件编译",
            start=start,
            end=end,
        )
        for caption, start, end in scraps
    ]
