"""Over which period a target's figure is taken on a day, and when the target is due.

- Due in a year (2028) or at its end (2028-12, as 到2028年底 is compiled): the figure of the year that runs, until 2028
  is over; then that of 2028.
- Due over a season or a run of months (2026-10/2027-03): the figure of that run. A season of every year until 2028: the
  one that began last.
- Due by another month (2027-10): the figure of that year up to the month; of a season (到2027年3月，秋冬季) that of the
  one that began last by then, up to the month.
- A decline (单位GDP能耗下降率): all years since its base, up to the one that runs, as it accumulates.
- What counts work done (42 projects): everything since the plan began, until it is due.
- Every year, quarter or month (每年): the one that runs, due on its last day, again and again, until the target's own
  due or the end of the plan.
- No date of its own and none that the plan lends it: a standing duty (长期坚持) is neither late nor done.

What is reported and not monitored comes months late. The report that reaches furthest stands until the next is there,
for a while (:mod:`bilan.board.standing`), if it is one of the course at all: a figure of the baseline year or of an
earlier one says nothing of what was promised. A report of part of the year stands with its year; where figures add up
over the year (:mod:`bilan.board.accumulating`) only whole years are compared.

A plan whose period nobody knows began in the year of its issue. Its undated targets get no date, as the compiler gives
them none; the last year of a dated one is its own.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from bilan.board.accumulating import adds_up_over
from bilan.board.goal import Unjudged, counts_work, measures_decline
from bilan.board.span_reports import Told, chained, reports_since, with_reports
from bilan.board.standing import next_of
from bilan.board.years import is_year
from bilan.observe.statistics_period import canonical
from bilan.periods import Period, periods_between
from bilan.policy.seasons import Season, season

if TYPE_CHECKING:
    from bilan.plan.model import PlanInfo, Target
    from bilan.policy import Indicator

Every = Literal["year", "quarter", "month"]

_EVERY: dict[str, Every] = {
    "每年": "year",
    "每年度": "year",
    "每季度": "quarter",
    "每季": "quarter",
    "每月": "month",
}
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Span:
    """``period`` that the figure is taken over, and the day on which the target is ``due``, None for a standing duty.

    ``last``: the target is due with this very period, so that its goal is the goal of the period; before it, only a
    course can say how far the figure should be. ``running`` counts from the beginning of the period. ``every`` is set
    for what is due again and again, and ``again`` is then the next day on which it is judged, None when there is none.

    Of reported figures: ``upto`` is the last day that the report covers, None where it covers the whole period;
    ``stands_for`` is the first period without a report, for which that of ``period`` stands (of 2025 for
    2026); ``unreported``: none stands, and ``period`` is that of the last figure, ``stands_for`` the one awaited.
    """

    period: Period
    due: date | None
    last: bool
    running: bool = False
    every: Every | None = None
    again: date | None = None
    upto: date | None = None
    stands_for: Period | None = None
    unreported: bool = False

    def ended(self, as_of: date) -> bool:
        """Return whether the target was due on or before ``as_of``: its period is over.

        >>> Span(Period.parse("2028"), date(2028, 12, 31), True).ended(date(2028, 12, 30))
        False
        """
        return self.due is not None and as_of >= self.due

    def covered(self, as_of: date) -> Period | None:
        """Return the part of the period that the figure on ``as_of`` covers, None before it has begun.

        >>> str(Span(Period.parse("2026"), None, False, upto=date(2026, 9, 30)).covered(date(2026, 11, 15)))
        '2026-01/2026-09'
        """
        return self.period.to_date(as_of if self.upto is None else min(as_of, self.upto))

    @property
    def asked(self) -> Period:
        """The period that the question is about: that of the figure, or the one awaited where no figure stands."""
        return self.stands_for if self.unreported and self.stands_for is not None else self.period

    @property
    def year(self) -> int:
        """The year that the period asked about belongs to: a season to the one it begins in, a longer run to its last.

        >>> [Span(Period.parse(text), None, True).year for text in ("2026-10/2027-03", "2026/2027")]
        [2026, 2027]
        """
        first, last = self.asked.first, self.asked.last
        return first.year if (last.year - first.year) * _MONTHS + last.month - first.month < _MONTHS else last.year

    @property
    def goal_year(self) -> int | None:
        """The year that the period of the goal belongs to, None for a standing duty."""
        return None if self.due is None else self.due.year - (self.asked.last.year - self.year)


def span_of(
    target: Target,
    indicator: Indicator | None,
    plan: PlanInfo,
    as_of: date,
    reported: Sequence[Period] | None = None,
) -> Span:
    """Return the period that ``target`` is measured over on ``as_of``.

    A target is measured from its first year on, which is that of the plan: before, as if that year ran. ``reported``
    are the periods of which a figure had been reported by ``as_of``, for what is reported and not monitored; they count
    from the year after the baseline on, of what is asked every year from the first year of the plan on. Raises
    :class:`~bilan.board.goal.Unjudged` for a season whose months nobody has said, and for dates that are none.
    """
    months = _season(target.season)
    span = _running(target, indicator, plan, as_of, months)
    base = base_year(target, plan) if measures_decline(indicator) and _is_whole_years(span) else None
    if reported is not None and (span.every or not span.running):
        begins = first_year(plan) if span.every else base_year(target, plan)
        since = begins if span.every or begins is None else begins + 1
        periods = chained(reported) if span.running else reports_since(base, reported)
        told = Told(periods, since, parts=adds_up_over(indicator) != "year", later=months is None)
        span = with_reports(span, told, as_of)
    return span if base is None else _accumulated(span, base)


def next_due(span: Span, as_of: date) -> date | None:
    """Return the next day on which the target is judged, None when it is over or has no date.

    >>> [next_due(Span(Period.parse("2028"), date(2028, 12, 31), True), date(2028, 12, day)) for day in (30, 31)]
    [datetime.date(2028, 12, 31), None]
    """
    if span.every is not None:
        return span.again
    return span.due if span.due is not None and as_of < span.due else None


def every(target: Target) -> Every | None:
    """Return of what time the target asks its figure again and again, None where it is due once or never."""
    return _EVERY.get(target.recurrence or "")


def first_year(plan: PlanInfo) -> int | None:
    """Return the first year of the plan's period; where nobody knows it, the year of issue."""
    return _year(plan.period or plan.issued)


def base_year(target: Target, plan: PlanInfo) -> int | None:
    """Return the year that changes are measured from: the one that the plan names, else the last before its first."""
    named = _year(target.baseline_year)
    if named is not None:
        return named
    first = first_year(plan)
    return None if first is None else first - 1


def baseline_period(span: Span, year: int) -> Period:
    """Return what the figure of ``span`` is compared with in the baseline ``year``: the same months of it.

    >>> [str(baseline_period(Span(Period.parse(text), None, True), 2025)) for text in ("2026/2027", "2026-10/2027-03")]
    ['2025', '2025-10/2026-03']
    """
    first, last = span.period.first, span.period.last
    if span.running or (first.month == 1 and last.month == _MONTHS):
        return Period.parse(f"{year}")
    ends = year + last.year - first.year
    return canonical(first.replace(year=year), date(ends, last.month, calendar.monthrange(ends, last.month)[1]))


def _running(target: Target, indicator: Indicator | None, plan: PlanInfo, as_of: date, months: Season | None) -> Span:
    """The span of what is monitored; of a decline, the year that runs."""
    ends_with_plan = target.due_source is not None or every(target) is not None  # 长期坚持 does not
    due = _period(target.due or (plan.period if ends_with_plan else None))
    _period(f"{as_of.year:04}")
    year = first_year(plan)
    first = None if year is None else date(year, 1, 1)
    kind = every(target)
    if kind is not None:
        span = _recurring(kind, months, first, None if due is None else due.last, as_of)
        return replace(span, running=counts_work(target, indicator))
    if due is not None and counts_work(target, indicator):
        begun = min(first or date(due.last.year, 1, 1), due.first)
        return Span(_run(begun, due.last), due.last, last=True, running=True)
    if due is not None and not _ends_a_year(due) and (months is None or not _is_month(due)):
        run = _run(date(due.last.year, 1, 1), due.last) if _is_month(due) else due
        return Span(run, due.last, last=True)
    return _of_years(due, months, first, as_of)


def _of_years(due: Period | None, months: Season | None, first: date | None, as_of: date) -> Span:
    """The year that runs, or the season of it, up to that of ``due``: the last season that begins by then."""
    day = as_of if due is None else min(max(as_of, first or as_of), due.last)
    if due is None:
        return Span(Period.parse(f"{day.year}") if months is None else months.latest(day, first), None, last=False)
    if months is None:
        period, goal = Period.parse(f"{day.year}"), Period.parse(f"{due.last.year}")
        return Span(period, goal.last, last=period == goal)
    whole = months.latest(due.last)
    period = months.latest(day, None if first is None else min(first, whole.first))
    goal = whole if _ends_a_year(due) else whole.months_to(due.last) or whole  # a month cuts the season that it is of
    return Span(goal if period == whole else period, goal.last, last=period == whole)


def _recurring(kind: Every, months: Season | None, first: date | None, until: date | None, as_of: date) -> Span:
    day = max(as_of, first or as_of)
    day = day if until is None else min(day, until)
    period = periods_between(kind, day, day)[0] if months is None else months.latest(day, first)
    after = next_of(period) if months is None else months.of(period.first.year + 1)
    coming = [p.last for p in (period, after) if p.last > as_of and (until is None or p.first <= until)]
    return Span(period, period.last, last=True, every=kind, again=coming[0] if coming else None)


def _is_month(period: Period) -> bool:
    return period.first.replace(day=1) == period.last.replace(day=1)


def _is_whole_years(span: Span) -> bool:
    return span.every is None and (span.period.first.month, span.period.last.month) == (1, _MONTHS)


def _accumulated(span: Span, base: int) -> Span:
    """``span`` over all years since ``base``, and what is awaited as well."""
    whole = replace(span, period=_years(base, span.period.last.year))
    if not span.unreported or span.stands_for is None:
        return whole
    return replace(whole, stands_for=_years(base, span.stands_for.last.year))


def _ends_a_year(due: Period) -> bool:
    """Whether ``due`` is whole years, or the December of one."""
    return due.last.month == _MONTHS and due.first.month in (1, _MONTHS)


def _season(name: str | None) -> Season | None:
    """The season of the target, None where it is the whole year."""
    if not name:
        return None
    found = season(name)
    if found is None:
        raise Unjudged("season")
    return None if (found.first_month, found.last_month) == (1, _MONTHS) else found


def _period(text: str | None) -> Period | None:
    """The period that a plan writes; days in it are those of their months. Raises Unjudged for what is none."""
    if not text:
        return None
    try:
        found = Period.parse("/".join(part[:7] for part in text.split("/")))
    except ValueError:
        raise Unjudged("period") from None
    if _year(f"{found.first.year:04}") is None or _year(f"{found.last.year:04}") is None:
        raise Unjudged("period")
    return found


def _year(text: str | None) -> int | None:
    """The year that ``text`` begins with, None where that is none."""
    digits = (text or "")[:4]
    year = int(digits) if digits.isdecimal() else 0
    return year if is_year(year) else None


def _years(base: int | None, last: int) -> Period:
    """The years after ``base``, over which a decline accumulates."""
    first = last if base is None else base + 1  # nothing falls in the base year itself
    return Period.parse(f"{first}" if first >= last else f"{first}/{last}")


def _run(first: date, last: date) -> Period:
    return Period.parse(f"{first:%Y-%m}/{last:%Y-%m}")
