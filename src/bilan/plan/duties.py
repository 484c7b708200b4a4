"""Duties: one entry per unit and role, with every task and measure it answers for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bilan.plan.ids import IdMaker
from bilan.plan.model import CompiledPlan, Duty, Measure, Role, Task
from bilan.plan.repair.spelling import is_traditional, simplify
from bilan.policy import department_for

_FUNCTIONS = re.compile(r"[(（]([^()（）]*)[)）]$")
_LEVEL = re.compile(r"^(省|市|县|区|州|盟|旗|自治区)(?!场)")
_PLACED = re.compile(
    r"^(?:省|市(?!场)|县|区|州|盟|旗|自治区|各|国家|中央|地方|所在|属地|有关|相关|县级|市级|省级|区级|乡镇|街道"
    r"|[\u4e00-\u9fffX]{2,10}(?:省|市(?!场)|县|区|州|盟|旗))"
)
_BODY = re.compile(r"(?:局|委|厅|办|部|委员会|办公室)$")
_PLACE_ONLY = re.compile(r"^[^\W\dA-Za-z_]{2,8}(?:区|县|市|旗|州)$")
_GOVERNMENT = re.compile(r"(?:人民政府|政府|管委会)$")
_ROLES: tuple[Role, ...] = ("lead", "support", "implementer")


@dataclass(slots=True)
class _Held:
    unit: str
    written: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)


def build_duties(plan: CompiledPlan) -> list[Duty]:
    """The duties that the plan's tasks and measures give: units in the order of their first appearance, leads first."""
    ledger = _Ledger(plan)
    answering: list[Task | Measure] = [*plan.tasks, *plan.measures]
    for item in answering:
        ledger.hold(item.leads, "lead", item.id)
        ledger.hold(item.supports, "support", item.id)
        if isinstance(item, Task):
            ledger.hold(item.implementers, "implementer", item.id)
    order = {unit: i for i, unit in enumerate(dict.fromkeys(unit for unit, _ in ledger.held))}
    ids = IdMaker(plan.plan.id)
    sorted_keys = sorted(ledger.held, key=lambda key: (order[key[0]], _ROLES.index(key[1])))
    return [_duty(ids, key[1], ledger.held[key]) for key in sorted_keys]


class _Ledger:
    """What each unit holds in each role."""

    def __init__(self, plan: CompiledPlan) -> None:
        self.held: dict[tuple[str, Role], _Held] = {}
        self.home = plan.plan.region_name or ""
        words = "".join(unit for task in plan.tasks for unit in (*task.leads, *task.supports))
        self.traditional = is_traditional(words)

    def hold(self, units: list[str], role: Role, item: str) -> None:
        plain = [simplify(unit, surely=True) for unit in units] if self.traditional else units
        level = self.home[-1:] if _LEVEL.match(self.home[-1:]) else None
        for i, (unit, written) in enumerate(zip(plain, units, strict=True)):
            if m := _LEVEL.match(unit):
                level = m[1]
            government = _government_after(plain, i) if _PLACE_ONLY.match(unit) else None
            name = unit + government if government else normal_unit(unit, level, self.home)
            entry = self.held.setdefault((name, role), _Held(name))
            functions = re.split("[、,，]", m[1]) if (m := _FUNCTIONS.search(unit)) else []
            for known, new in ((entry.written, [written]), (entry.functions, functions), (entry.items, [item])):
                known += [n for n in new if n and n not in known]


def _government_after(units: list[str], i: int) -> str | None:
    """人民政府 in 甲区、乙区、丙县人民政府, which stands once and holds for all."""
    return next((m[0] for unit in units[i + 1 :] if (m := _GOVERNMENT.search(unit))), None)


def normal_unit(written: str, level: str | None, home: str = "") -> str:
    """One spelling of a unit: brackets off, the elided level supplied, abbreviations expanded.

    ``level`` is 省, 市, 县 or 区; ``home`` the plan's region, whose own name needs no level before it.

    >>> normal_unit("财政局", "市"), normal_unit("省发改委", "省"), normal_unit("区科技经济发展局(发改、科技)", "区")
    ('市财政局', '省发展改革委', '区科技经济发展局')
    """
    unit = _FUNCTIONS.sub("", written).replace("（", "(").replace("）", ")")
    named_home = len(home) > 2 and unit.startswith(home[:-1])
    if level and _BODY.search(unit) and not named_home and not _PLACED.match(unit):
        unit = level + unit
    m = _LEVEL.match(unit)
    body = department_for(unit)
    short = unit[m.end() :] if m else unit
    if m is None or body is None or short in body.names or short not in body.aliases:
        return unit
    full = [n for n in body.names if not n.startswith("国家") and _abbreviates(short, n)]
    return m[1] + min(full, key=len) if full else unit


def _abbreviates(short: str, name: str) -> bool:
    """Whether the characters of ``short`` stand in ``name`` in their order, the last one last: 林草局, 林业和草原局."""
    rest = iter(name)
    return name.endswith(short[-1]) and all(c in rest for c in short)


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
