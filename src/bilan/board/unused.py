"""What people entered that no board of the plan can use, with the reason, so that somebody may set it right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bilan.board.cases import by_code
from bilan.board.entries import Entries, Entry, is_of_later
from bilan.board.facts_water import CODES as WATER
from bilan.board.goal import Unjudged, goal_or_why
from bilan.board.model import Said
from bilan.board.question import waits_for_number
from bilan.board.spans import Span, base_year, span_of
from bilan.board.texts import said
from bilan.evaluate.air.indicators import AIR

if TYPE_CHECKING:
    from bilan.board.entries import What
    from bilan.plan.model import CompiledPlan, PlanInfo, Target


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision, its target and the time that the target is about on the day of the decision."""

    entry: Entry
    target: Target
    plan: PlanInfo
    span: Span


def unused(entries: Entries, plan: CompiledPlan) -> Iterator[tuple[Entry, Said]]:
    """Yield the decisions that change nothing on any day, in the order of their lines, each with why.

    A withdrawal takes something back and is never one of them, unless its target is unknown.
    """
    targets = {target.id: target for target in plan.targets}
    for entry in sorted(entries, key=lambda one: one.line):
        target = targets.get(entry.target)
        why = "no_target" if target is None else _why(entry, target, plan.plan)
        if why is not None:
            yield entry, said(f"unused.{why}", id=entry.target, year=entry.year)


def _why(entry: Entry, target: Target, plan: PlanInfo) -> str | None:
    """The reason why the decision is of no use, None where it may be of some."""
    check = _CHECKS.get(entry.what)
    if check is None or entry.value is None:
        return None
    try:
        span = span_of(target, by_code().get(target.indicator or ""), plan, entry.on)
    except Unjudged:  # the board says what is wrong with the target itself
        return None
    return check(Taken(entry, target, plan, span))


def _of_figure(taken: Taken) -> str | None:
    if taken.target.indicator in AIR or taken.target.indicator in WATER:
        return "monitored"
    return "of_later" if is_of_later(taken.entry) else None


def _of_baseline(taken: Taken) -> str | None:
    year, goal_year = taken.entry.year, taken.span.goal_year
    if taken.span.every is not None:
        return "work_of_every_year" if taken.span.running else None
    return "baseline_late" if year is not None and goal_year is not None and year >= goal_year else None


def _of_milestone(taken: Taken) -> str | None:
    """Milestones lie between baseline and goal; of what is asked every year only months can be some."""
    span, period = taken.span, taken.entry.period
    if span.every is not None:
        return None if taken.entry.month else "milestone_of_every_year"
    if span.due is None or span.goal_year is None or period is None:
        return "milestone_endless"
    if period.last >= (span.due if span.running else date(span.goal_year, 12, 31)):
        return "milestone_late"
    base = base_year(taken.target, taken.plan)
    early = period.last < span.period.first if span.running else base is not None and period.first.year <= base
    return "milestone_early" if early else None


def _of_goal(taken: Taken) -> str | None:
    return "goal_of_own" if taken.entry.region in (taken.target.region or taken.plan.region, None) else None


def _of_reference(taken: Taken) -> str | None:
    goal = goal_or_why(taken.target, by_code().get(taken.target.indicator or ""))
    return None if isinstance(goal, Unjudged) and waits_for_number(goal) else "reference_unasked"


_CHECKS: dict[What, Callable[[Taken], str | None]] = {
    "figure": _of_figure,
    "baseline": _of_baseline,
    "milestone": _of_milestone,
    "goal": _of_goal,
    "reference": _of_reference,
}
