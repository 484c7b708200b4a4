"""Duties: one entry per unit and role, with every task and measure it answers for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bilan.plan.ids import IdMaker
from bilan.plan.model import CompiledPlan, Duty, Role
from bilan.plan.regions import plan_region
from bilan.policy import department_for

_FUNCTIONS = re.compile(r"[(（]([^()（）]*)[)）]$")
_LEVELLED = re.compile(
    r"^(?:省|市|县|区|州|盟|旗|自治区|各|国家|中央|地方|所在|属地|有关|相关|县级|市级|省级|区级|乡镇|街道|[\u4e00-\u9fffX]{2,10}(?:省|市|县|区|州|盟|旗))"
)
_BODY = re.compile(r"(?:局|委|厅|办|部|委员会|办公室)$")
_LEVEL_WORD = {"省": ("厅", "委", "委员会", "局", "办"), "自治区": ("厅", "委", "委员会", "局", "办")}


@dataclass(slots=True)
class _Held:
    unit: str
    written: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)


def build_duties(plan: CompiledPlan) -> list[Duty]:
    """The duties that the plan's tasks and measures give, in the order in which units first appear."""
    level = plan_region(None, "", plan.plan.region_name).level if plan.plan.region_name else None
    held: dict[tuple[str, Role], _Held] = {}
    for task in plan.tasks:
        _hold(held, task.leads, "lead", task.id, level)
        _hold(held, task.supports, "support", task.id, level)
        _hold(held, task.implementers, "implementer", task.id, level)
    for measure in plan.measures:
        _hold(held, measure.leads, "lead", measure.id, level)
        _hold(held, measure.supports, "support", measure.id, level)
    ids = IdMaker(plan.plan.id)
    return [_duty(ids, role, entry) for (_, role), entry in held.items()]


def _hold(held: dict[tuple[str, Role], _Held], units: list[str], role: Role, item: str, level: str | None) -> None:
    prefix = level
    for written in units:
        if m := re.match(r"^(省|市|县|区|州|盟|旗|自治区)(?!场)", written):
            prefix = m[1]
        unit = normal_unit(written, prefix)
        entry = held.setdefault((unit, role), _Held(unit))
        if written not in entry.written:
            entry.written.append(written)
        if m := _FUNCTIONS.search(written):
            entry.functions += [f for f in re.split("[、,，]", m[1]) if f and f not in entry.functions]
        if item not in entry.items:
            entry.items.append(item)


def normal_unit(written: str, level: str | None) -> str:
    """One spelling of a unit: brackets off, the elided level supplied, abbreviations expanded.

    >>> normal_unit("财政局", "市"), normal_unit("省发改委", "省"), normal_unit("区科技经济发展局(发改、科技)", "区")
    ('市财政局', '省发展改革委', '区科技经济发展局')
    """
    unit = _FUNCTIONS.sub("", written).replace("（", "(").replace("）", ")")
    if level and _BODY.search(unit) and not _LEVELLED.match(unit):
        unit = level + unit
    m = re.match(r"^(省|市|县|区|州|盟|旗|自治区)", unit)
    body = department_for(unit)
    if m is None or body is None or unit[m.end() :] in body.names or unit[m.end() :] not in body.aliases:
        return unit
    ending = unit[-1]
    full = [n for n in body.names if n.endswith(ending) and not n.startswith("国家")]
    shortest = min(full, key=len, default=None)
    return m[1] + shortest if shortest else unit


def _duty(ids: IdMaker, role: Role, entry: _Held) -> Duty:
    body = department_for(entry.unit)
    functions = [d.id for f in entry.functions if (d := department_for(f))]
    return Duty(
        id=ids.make("duty", f"{entry.unit}|{role}"),
        unit=entry.unit,
        written=entry.written,
        functions=entry.functions,
        department=body.id if body else None,
        function_departments=list(dict.fromkeys(functions)),
        role=role,
        items=entry.items,
    )
