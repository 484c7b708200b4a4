"""The clause of a target with the text around it, and the tasks and measures that serve it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bilan.board.model import Row
from bilan.plan.model import CompiledPlan, Measure, Section, Target, Task

_AROUND = 120  # characters before and after the clause
_WORDS = 40  # characters of a clause that tells a target from its namesake


@dataclass(frozen=True)
class Clause:
    """The words of the plan: what stands before the clause, the clause, what follows."""

    before: str
    words: str
    after: str


@dataclass(frozen=True)
class Work:
    """A task that serves a target, with those of its measures in which the target stands."""

    task: Task
    measures: list[Measure]


def target_of(plan: CompiledPlan, id_: str) -> Target:
    """Return the target with the id. Raises KeyError."""
    for target in plan.targets:
        if target.id == id_:
            return target
    raise KeyError(id_)


def clause_of(plan: CompiledPlan, target: Target, text: str) -> Clause:
    """Return the clause in ``text``, which the spans of the plan count; without it the words alone.

    >>> from types import SimpleNamespace as Some
    >>> clause_of(Some(source=Some(text=None)), Some(start=2, end=4, quote="乙丙"), "甲，乙丙，丁")
    Clause(before='甲，', words='乙丙', after='，丁')
    """
    source = plan.source.text or text
    if not 0 <= target.start < target.end <= len(source):
        return Clause("", target.quote, "")
    before = source[max(0, target.start - _AROUND) : target.start]
    after = source[target.end : target.end + _AROUND]
    return Clause(before.rpartition("\n\n")[2], source[target.start : target.end], after.partition("\n\n")[0])


def work_for(plan: CompiledPlan, target: Target) -> list[Work]:
    """Return the tasks in which the target stands or is said again, else those with targets of the same indicator."""
    named = [target.task, *(place.task for place in target.restated)]
    ids = list(dict.fromkeys(one for one in named if one))
    if not ids and target.indicator:
        same = (one.task for one in plan.targets if one.indicator == target.indicator and one.task)
        ids = list(dict.fromkeys(same))
    tasks = {one.id: one for one in plan.tasks}
    spots = [target.start, *(place.start for place in target.restated)]
    return [Work(tasks[id_], _around(plan, id_, spots)) for id_ in ids if id_ in tasks]


def apart(plan: CompiledPlan, rows: Iterable[Row]) -> Mapping[str, str]:
    """Return, of the targets that are called the same, by id where in the plan each stands and in what words.

    A plan that states a goal in a paragraph and again in a table has two targets; their clauses tell them apart.
    """
    rows = list(rows)
    many = Counter((row.name, row.scope, row.region) for row in rows)
    same = {row.target for row in rows if many[row.name, row.scope, row.region] > 1}
    return {one.id: _place_of(plan, one) for one in plan.targets if one.id in same}


def _place_of(plan: CompiledPlan, target: Target) -> str:
    """The heading above the clause, and the clause."""
    every: list[Section | Task] = [*plan.sections, *plan.tasks]
    headings = [one for one in every if one.body_start <= target.start < one.body_end]
    above = min(headings, key=lambda one: one.body_end - one.body_start, default=None)
    words = " ".join(target.quote.split())
    shown = words if len(words) <= _WORDS else f"{words[:_WORDS]}……"
    return f"{above.title}：“{shown}”" if above is not None else f"“{shown}”"


def _around(plan: CompiledPlan, task: str, spots: list[int]) -> list[Measure]:
    of_task = [one for one in plan.measures if one.task == task]
    return [one for one in of_task if any(one.start <= spot < one.end for spot in spots)]
