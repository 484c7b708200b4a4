"""Targets of a plan, and the tasks and measures that serve them."""

from __future__ import annotations

from dataclasses import dataclass

from bilan.plan.model import CompiledPlan, Measure, Target, Task


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


def _around(plan: CompiledPlan, task: str, spots: list[int]) -> list[Measure]:
    of_task = [one for one in plan.measures if one.task == task]
    return [one for one in of_task if any(one.start <= spot < one.end for spot in spots)]
