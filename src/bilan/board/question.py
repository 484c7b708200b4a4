"""The question that a target puts on a day: which levels its figure is compared with, now and when it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from bilan.board.entries import Entries, Entry, What
from bilan.board.goal import Goal, Unjudged, counts_work, goal_of, goal_or_why, measures_decline, printed_baseline
from bilan.board.pace import course_of, step_of
from bilan.board.spans import Span, base_year
from bilan.board.standard_goals import standard_limit
from bilan.board.years import is_year
from bilan.foresee.course import Course
from bilan.foresee.room_limits import Limit
from bilan.periods import Period
from bilan.policy import units

if TYPE_CHECKING:
    from bilan.plan.model import PlanInfo, Target
    from bilan.policy import Indicator
    from bilan.policy.standards import StandardTable

_BY_ENTRY = {"by_reference", "standard_reference", "no_value"}


@dataclass(frozen=True, slots=True)
class Question:
    """``limits`` are those of the goal; ``step`` those of the period at hand: the goal's own where it is due with it,
    else what its course asks (``on_course``), None where there is no course.

    ``tolerances`` of a vague goal go with its ``limits``. ``reference`` is the entry that the number of the goal comes
    from, ``standard`` the table; ``own`` where the number is the region's and not the whole's. ``other`` is the same
    question in the other reading of a goal in doubt.
    """

    goal: Goal
    limits: tuple[Limit, ...]
    step: tuple[Limit, ...] | None
    course: Course | None = None
    reference: Entry | None = None
    on_course: bool = False
    tolerances: tuple[Fraction | None, ...] | None = None
    standard: StandardTable | None = None
    own: bool = False
    other: Question | None = None


def question_of(
    target: Target,
    indicator: Indicator | None,
    span: Span,
    as_of: date,
    entries: Entries,
    baseline: tuple[int, Decimal] | None = None,
    decimals: int | None = None,
    region: str | None = None,
    until: date | None = None,
    asked: Goal | Unjudged | None = None,
) -> Question:
    """Return what is asked of the figure of ``span`` on ``as_of``; ``baseline`` is a year and its figure.

    ``until`` is the day up to which the figure counts, where reports come later than work is done: before the target is
    due, a count is compared with its course of that day.

    ``decimals`` are those with which the figure is published: what may yet come is compared once it is rounded to them.
    ``region`` (an id) asks for a district: its own goal where one was entered, with the operator, side and strictness
    of the target, else the number of the whole; its own milestones where it has a goal or milestones of its own.

    ``asked`` is the goal of the target, for one that asks for many regions.

    Raises :class:`~bilan.board.goal.Unjudged`, which says what is missing.
    """
    asked = asked or goal_or_why(target, indicator)
    district = None if region == target.region else region
    own = None if district is None else entries.latest(target.id, "goal", as_of, region=district)
    reference = own or _latest(entries, target, "reference", as_of, district)
    goal, standard = _goal(target, indicator, span.due or as_of, asked, reference, own=own is not None)
    used = reference if reference is not None and (own is not None or (standard is None and _waits(target))) else None
    milestones = _milestones(entries, target, as_of, district, own=own is not None)
    day = as_of if until is None or span.ended(as_of) else min(as_of, until)

    def put(one: Goal, other: Question | None = None) -> Question:
        limits = one.limits(decimals, None if baseline is None else baseline[1], _years(one, span, baseline))
        line = course_of(span, limits, baseline, milestones)
        step, on_course = step_of(span, limits, line, day, whole=_counts_whole_things(target, limits))
        start = None if baseline is None else baseline[1]
        tolerances = tuple(one.tolerance(limit, start) for limit in limits) if one.vague else None
        return Question(one, limits, step, line, used, on_course, tolerances, standard, own is not None, other)

    return put(goal, None if goal.doubt is None else put(goal.in_points()))


def baseline_of(
    target: Target,
    indicator: Indicator | None,
    plan: PlanInfo,
    span: Span,
    as_of: date,
    entries: Entries,
    region: str | None = None,
) -> tuple[int | None, Decimal | None]:
    """Return the baseline's year and its figure as far as the plan or a person says them.

    The year is the one that the plan names, else the last before the plan's period; of what changes every year it is
    the year before. The figure is what was entered, for a year before that of the goal, else what the plan prints,
    which is that of the whole and of no district; a decline, and a count of work, begins at zero. What is None must be
    looked for in the data.
    """
    entry = baseline_entry(target, span, as_of, entries, region)
    if span.every is not None:
        zero = Decimal(0) if span.running else None
        return span.period.first.year - 1, zero if entry is None else entry.value
    year = base_year(target, plan)
    if entry is not None:
        return entry.year if entry.year and is_year(entry.year) else year, entry.value
    if counts_work(target, indicator):
        return span.period.first.year - 1, Decimal(0)
    if measures_decline(indicator):
        return year, Decimal(0)
    return year, printed_baseline(target, indicator) if region in (None, target.region) else None


def baseline_entry(
    target: Target, span: Span, as_of: date, entries: Entries, region: str | None = None
) -> Entry | None:
    """Return the baseline that somebody entered: of a year before that of the goal, of the one before the span's own.

    Work that is counted anew every time begins at zero, whatever is entered.
    """
    district = None if region == target.region else region
    if span.every is not None:
        before = span.period.first.year - 1
        return None if span.running else entries.of_year(target.id, "baseline", as_of, before, district)
    entry = entries.latest(target.id, "baseline", as_of, region=district)
    if entry is None or entry.year is None or span.goal_year is None or entry.year < span.goal_year:
        return entry
    return None


def waits_for_number(asked: Unjudged) -> bool:
    """Return whether somebody may enter the number of the goal (上级数)."""
    return asked.why in _BY_ENTRY


def _goal(
    target: Target, indicator: Indicator | None, day: date, asked: Goal | Unjudged, number: Entry | None, *, own: bool
) -> tuple[Goal, StandardTable | None]:
    """What is asked, and the table of the standard of ``day`` that says so, where it is one."""
    if isinstance(asked, Goal):
        return (goal_of(target, indicator, number.value) if own and number is not None else asked), None
    if asked.why == "qualitative" or (not waits_for_number(asked) and not own):
        raise Unjudged(asked.why)
    if number is not None and number.value is not None:
        return goal_of(target, indicator, number.value), None
    limit = standard_limit(target, day) if asked.why == "standard_reference" else None
    if limit is None:
        raise Unjudged(asked.why)
    return goal_of(target, indicator, limit.value), limit.table


def _latest(entries: Entries, target: Target, what: What, as_of: date, district: str | None) -> Entry | None:
    """The decision for the district, else the one for the whole."""
    if district is not None:
        found = entries.latest(target.id, what, as_of, region=district)
        if found is not None:
            return found
    return entries.latest(target.id, what, as_of)


def _milestones(
    entries: Entries, target: Target, as_of: date, district: str | None, *, own: bool
) -> dict[Period, Decimal]:
    found = {} if district is None else entries.milestones(target.id, as_of, district)
    if found or own:
        return found
    return entries.milestones(target.id, as_of)


def _waits(target: Target) -> bool:
    """Whether the number of the goal is not in the plan."""
    return target.value is None


def _years(goal: Goal, span: Span, baseline: tuple[int, Decimal] | None) -> int:
    """How often a change of every year has happened when the goal is due."""
    if not goal.yearly:
        return 1
    if baseline is None or span.goal_year is None or span.goal_year <= baseline[0]:
        raise Unjudged("no_baseline")
    return span.goal_year - baseline[0]


def _counts_whole_things(target: Target, limits: tuple[Limit, ...]) -> bool:
    """Whether the number of the target counts things that are never in part: 42 projects, but not 4.5 km."""
    unit = units().get(target.unit or "")
    return unit is not None and unit.kind == "counted" and all(Fraction(one.value).denominator == 1 for one in limits)
