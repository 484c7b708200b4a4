"""A small scorer of compiled plans against gold annotations.

A number is *found* where place and value agree, and *exact* where operator, unit, due date and indicator do too. A task
is found where its heading overlaps and the titles begin alike; duties are pairs of role and unit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from bilan.plan.model import CompiledPlan, Target, Task

Gold = dict[str, Any]
Item = TypeVar("Item")
NUMBERED = ("number", "range", "implied")
KINDS = ("target", "task_quantity")
_AS_GOOD = {"=": ("=", ">="), ">=": (">=", "=")}  # 达到 and 保持 are read either way
_SPELLINGS = {"微克/立方米": "µg/m3", "μg/m3": "µg/m3", "": None}


def squeeze(words: str) -> str:
    return "".join(words.split())


def load(path: Path, text: str) -> list[Gold]:
    """The annotations with their spans in ``text``, found by quote; raises ValueError for a quote that is not there."""
    places = [i for i, c in enumerate(text) if not c.isspace()]
    letters = "".join(text[i] for i in places)
    gold: list[Gold] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for item in [*gold, *(m for g in gold for m in g.get("measures", ()))]:
        quote = squeeze(item["quote"])
        at = letters.index(quote)
        item["span"] = (places[at], places[at + len(quote) - 1] + 1)
    return gold


def f1(hits: int, predicted: int, wanted: int) -> float:
    return 2 * hits / (predicted + wanted) if predicted + wanted else 1.0


def _overlap(a: tuple[int, int], b: tuple[int, int]) -> int:
    return min(a[1], b[1]) - max(a[0], b[0])


def _unit(unit: str | None) -> str | None:
    return _SPELLINGS.get(unit or "", unit)


def _pair(
    gold: Iterable[Gold], found: Iterable[Item], rank: Callable[[Gold, Item], tuple[Any, ...] | None]
) -> list[tuple[Gold, Item]]:
    """Each annotation with the best of what is left; ``rank`` is None for what cannot be meant."""
    free, pairs = list(found), []
    for g in gold:
        ranked = [(r, -i) for i, item in enumerate(free) if (r := rank(g, item)) is not None]
        if ranked:
            pairs.append((g, free.pop(-max(ranked)[1])))
    return pairs


def _agrees(g: Gold, t: Target) -> dict[str, bool]:
    return {
        "operator": t.operator in _AS_GOOD.get(g["op"], (g["op"],)),
        "unit": _unit(t.unit) == _unit(g["unit"]),
        "due": t.due == (str(g["deadline"]) if g["deadline"] else None),
        "indicator": g["kind"] == "task_quantity" or t.indicator == g["indicator_code_suggestion"],
    }


def score_numbers(plan: CompiledPlan, gold: Sequence[Gold]) -> dict[str, float]:
    """F1 of the numbers ``found`` and ``exact``."""
    wanted = [g for g in gold if g["kind"] in KINDS and g["value"] is not None and g["value_kind"] in NUMBERED]
    made = [t for t in plan.targets if t.kind in KINDS and t.value is not None and t.value_kind in NUMBERED]

    def rank(g: Gold, t: Target) -> tuple[Any, ...] | None:
        near = _overlap((t.start, t.end), g["span"])
        same = near > 0 and abs((t.value or 0.0) - float(g["value"])) < 1e-9
        fields = _agrees(g, t)
        return (
            (t.indicator == g["indicator_code_suggestion"], fields["operator"], fields["unit"], near) if same else None
        )

    pairs = _pair(wanted, made, rank)
    exact = sum(all(_agrees(g, t).values()) for g, t in pairs)
    return {"found": f1(len(pairs), len(made), len(wanted)), "exact": f1(exact, len(made), len(wanted))}


def score_tasks(plan: CompiledPlan, gold: Sequence[Gold]) -> dict[str, float]:
    """F1 of ``headings`` and ``duties``, and the share of ``measures`` with the right units."""

    def rank(g: Gold, t: Task) -> tuple[Any, ...] | None:
        a, b = squeeze(g["title"]), squeeze(t.title)
        near = _overlap((t.start, t.end), g["span"])
        return (near,) if near > 0 and (a[:6] in b or b[:6] in a) else None

    def units(leads: Sequence[str], supports: Sequence[str]) -> set[tuple[str, str]]:
        return {("lead", squeeze(u)) for u in leads} | {("support", squeeze(u)) for u in supports}

    pairs = _pair(gold, plan.tasks, rank)
    hits = sum(len(units(g["lead_units"], g["co_units"]) & units(t.leads, t.supports)) for g, t in pairs)
    made = sum(len(units(t.leads, t.supports)) for t in plan.tasks)
    wanted = sum(len(units(g["lead_units"], g["co_units"])) for g in gold)
    measures = [m for g in gold for m in g.get("measures", ())]
    right = sum(
        any(
            units(m.leads, m.supports) == units(want["lead_units"], want["co_units"])
            for m in plan.measures
            if _overlap((m.start, m.end), want["span"]) > 0
        )
        for want in measures
    )
    return {
        "headings": f1(len(pairs), len(plan.tasks), len(gold)),
        "duties": f1(hits, made, wanted),
        "measures": right / len(measures) if measures else 1.0,
    }
