"""The course of a target from its beginning to its goal, and what it asks of the figure on a day."""

from __future__ import annotations

import calendar
import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from bilan.board.spans import Span, baseline_period
from bilan.foresee.course import MONTHS, Course, course, milestone_course
from bilan.foresee.room_limits import Exact, Limit, published
from bilan.periods import Period, periods_between

if TYPE_CHECKING:
    from bilan.board.question import Question

_DIGITS = 4  # of a level on the way that no decimal writes
Baseline = tuple[int, Decimal]


def course_of(
    span: Span, limits: tuple[Limit, ...], baseline: Baseline | None, milestones: Mapping[Period, Decimal]
) -> Course | None:
    """Return the course of a goal with one side, None where it has two, or nothing to start from.

    Figures of years go from that of the baseline year to that of the goal, straight or through ``milestones`` of years
    and months. A running count goes by months, from zero at the beginning of its period (or the baseline's count at the
    end of its year) to the goal on the day it is due; one that is only to stay below a number has no course. What is
    asked again and again begins anew each time: only milestones within its period make a course.
    """
    if span.due is None or span.goal_year is None or len(limits) != 1:
        return None
    if span.running:
        return _count_course(span, limits[0], baseline, milestones)
    last, level = span.goal_year, limits[0].value
    first = None if span.every else baseline
    years: dict[int, Exact] = {
        period.first.year: value
        for period, value in milestones.items()
        if not _is_month(period) and period.first.year < last and (first is None or first[0] < period.first.year)
    }
    months = {
        _month(period.last): Fraction(value)
        for period, value in milestones.items()
        if _is_month(period) and (first is None or first[0] < period.first.year) and _month(period.last) < _end(last)
    }
    if span.every:
        years, months = {}, {at: value for at, value in months.items() if at >= _month(span.period.first)}
    if first is not None and first[0] < last:
        line = course(first, (last, level), years, limit=limits[0])
    elif years or months:
        line = milestone_course(years | {last: level})
    else:
        return None
    return Course(tuple(sorted((dict(line.points) | months).items())))


def step_of(
    span: Span, limits: tuple[Limit, ...], line: Course | None, as_of: date, *, whole: bool = False
) -> tuple[tuple[Limit, ...] | None, bool]:
    """Return the levels asked of the period at hand, None where no course says any, and whether a course says them.

    A running count, and a year for which months are planned, stands where its course stood at the end of the last
    month that is over; any other period where the course stands for its year, and the one that the target is due with
    at the goal itself. Of ``whole`` things none is missing before a whole one is.
    """
    by_months = line is not None and (span.running or _planned_by_months(span, line, as_of))
    if line is None or (span.last and (span.ended(as_of) or not by_months)):
        return (limits if span.last else None), False
    level = line.at_end_of(_last_month_over(span, as_of, line)) if by_months else line.of_year(span.year)
    if level is None:
        return None, False
    return (replace(limits[0], value=Fraction(math.floor(level)) if whole and span.running else level),), True


def course_points(question: Question, span: Span) -> dict[str, Decimal]:
    """Return the course by the year, of a season by its months in each, of a running count by the month.

    Nothing without a course.

    >>> from bilan.board.goal import Ask, Goal
    >>> from bilan.board.question import Question
    >>> line = course((2025, Decimal(34)), (2028, Decimal(31)))
    >>> question = Question(Goal((Ask("at_most", Decimal(31)),)), (Limit("at_most", Decimal(31)),), None, line)
    >>> list(course_points(question, Span(Period.parse("2026"), date(2028, 12, 31), last=False)).items())[:2]
    [('2025', Decimal('34')), ('2026', Decimal('33'))]
    """
    line = question.course
    if line is None or span.due is None or span.goal_year is None:
        return {}
    if span.running:
        months = periods_between("month", span.period.first, span.due)
        return {str(month): _shown(level) for month in months if (level := line.at_end_of(month.last)) is not None}
    begins = (line.points[0][0] - 1) // MONTHS
    years = range(begins, span.goal_year + 1)
    levels = {year: level for year in years if (level := line.of_year(year)) is not None}
    return {str(baseline_period(span, year)): _shown(level) for year, level in levels.items()}


def _count_course(
    span: Span, limit: Limit, baseline: Baseline | None, milestones: Mapping[Period, Decimal]
) -> Course | None:
    if limit.side == "at_most" or span.due is None:
        return None
    begins, level = _month(span.period.first) - 1, Decimal(0)
    if baseline is not None:
        begins, level = _end(baseline[0]), baseline[1]
    ends = _month(span.due)
    if ends <= begins:
        return None
    points = {begins: Fraction(level), ends: Fraction(limit.value)}
    points |= {_month(p.last): Fraction(value) for p, value in milestones.items() if begins < _month(p.last) < ends}
    return Course(tuple(sorted(points.items())))


def _planned_by_months(span: Span, line: Course, as_of: date) -> bool:
    """Whether the course has a point within the period that is not its end, and that the day has reached."""
    over = _month(_month_over(as_of))
    return any(_month(span.period.first) <= at <= over and at % MONTHS for at, _ in line.points)


def _last_month_over(span: Span, as_of: date, line: Course) -> date:
    """The last month of the period that is over on ``as_of``; before one is, the month with which the course begins."""
    begins = line.points[0][0] - 1
    earliest = date(begins // MONTHS, begins % MONTHS + 1, 1)
    return max(min(_month_over(as_of), span.period.last), earliest)


def _month_over(day: date) -> date:
    """The last day of the last month that is over at the end of ``day``."""
    ends = day.day == calendar.monthrange(day.year, day.month)[1]
    return day if ends else day.replace(day=1) - timedelta(days=1)


def _is_month(period: Period) -> bool:
    return (period.first.year, period.first.month) == (period.last.year, period.last.month)


def _month(day: date) -> int:
    """Months since year 0 at the end of the month of ``day``, as courses count them."""
    return day.year * MONTHS + day.month


def _end(year: int) -> int:
    return (year + 1) * MONTHS


def _shown(level: Fraction) -> Decimal:
    return published(level, _DIGITS).normalize() + 0  # the sum has no exponent above zero
