"""The question that a target puts on a day: which levels its figure is compared with, now and when it is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from bilan.board.entries import Entries, Entry
from bilan.board.goal import Goal, Unjudged, goal_of, measures_decline
from bilan.board.spans import EVERY_YEAR, Span, base_year
from bilan.foresee.course import Course, course, milestone_course
from bilan.foresee.room_limits import Exact, Limit

if TYPE_CHECKING:
    from bilan.plan.model import PlanInfo, Target
    from bilan.policy import Indicator

_BY_ENTRY = {"by_reference", "standard_reference", "no_value"}


@dataclass(frozen=True, slots=True)
class Question:
    """``limits`` are those of the goal; ``step`` those of the period at hand: the goal's own where it is due with it,
    else the level of its course for that year, None where there is no course.
    """

    goal: Goal
    limits: tuple[Limit, ...]
    step: tuple[Limit, ...] | None
    course: Course | None = None
    reference: Entry | None = None


def question_of(
    target: Target,
    indicator: Indicator | None,
    span: Span,
    as_of: date,
    entries: Entries,
    baseline: tuple[int, Decimal] | None = None,
    decimals: int | None = None,
) -> Question:
    """Return what is asked of the figure of ``span`` on ``as_of``; ``baseline`` is a year and its figure.

    ``decimals`` are those with which the figure is published: what may yet come is compared once it is rounded to them.

    Raises :class:`~bilan.board.goal.Unjudged`, which says what is missing.
    """
    reference = entries.latest(target.id, "reference", as_of)
    goal = _goal(target, indicator, reference)
    limits = goal.limits(decimals, None if baseline is None else baseline[1])
    line = _course(target, span, limits, baseline, entries.milestones(target.id, as_of))
    return Question(goal, limits, _step(span, limits, line), line, reference)


def baseline_of(
    target: Target, indicator: Indicator | None, plan: PlanInfo, span: Span, as_of: date, entries: Entries
) -> tuple[int | None, Decimal | None]:
    """Return the baseline's year and its figure as far as the plan or a person says them.

    The year is the one that the plan names, else the last before the plan's period; of what changes every year it is
    the year before. The figure is what was entered, else what the plan prints; a decline begins at zero. What is None
    must be looked for in the data.
    """
    if target.recurrence == EVERY_YEAR:
        return span.period.first.year - 1, None
    year = base_year(target, plan)
    entry = entries.latest(target.id, "baseline", as_of)
    if entry is not None:
        return entry.year or year, entry.value
    if measures_decline(indicator):
        return year, Decimal(0)
    return year, None if target.baseline_value is None else Decimal(repr(target.baseline_value))


def _goal(target: Target, indicator: Indicator | None, reference: Entry | None) -> Goal:
    try:
        return goal_of(target, indicator)
    except Unjudged as missing:
        if reference is None or reference.value is None or missing.why not in _BY_ENTRY:
            raise
        return goal_of(target, indicator, reference.value)


def _course(
    target: Target,
    span: Span,
    limits: tuple[Limit, ...],
    baseline: tuple[int, Decimal] | None,
    milestones: Mapping[int, Decimal],
) -> Course | None:
    """The course of a goal with one side; a goal that is due with its first figure, or has two sides, has none."""
    if span.due is None or len(limits) != 1:
        return None
    level, last = limits[0].value, span.due.year
    between: dict[int, Exact] = {year: value for year, value in milestones.items() if year <= last}
    if baseline is not None:
        between = {year: value for year, value in between.items() if baseline[0] < year}
    if baseline is not None and baseline[0] < last:
        return course(baseline, (last, level), between, limit=limits[0])
    return milestone_course(between | {last: level}) if between else None


def _step(span: Span, limits: tuple[Limit, ...], line: Course | None) -> tuple[Limit, ...] | None:
    if span.last:
        return limits
    level = None if line is None else line.of_year(span.period.last.year)
    return None if level is None else (Limit(limits[0].side, level, limits[0].decimals, limits[0].strict),)
