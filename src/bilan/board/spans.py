"""Over which period a target's figure is taken on a day, and when the target is due.

- Due in a year (2028): the figure of the year that runs, until 2028 is over; then that of 2028.
- Due over a season or a run of months (2026-10/2027-03): the figure of that run.
- Due by a month (2027-10): what has come about since the plan began, until then.
- Every year (每年): the figure of the year that runs, due on its last day, again and again.
- No date: the last year of the plan's own period, else none: a standing duty (长期坚持) is neither late nor done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bilan.periods import Period

if TYPE_CHECKING:
    from bilan.plan.model import PlanInfo, Target

_EVERY_YEAR = "每年"


@dataclass(frozen=True, slots=True)
class Span:
    """``period`` that the figure is taken over, and the day on which the target is ``due``, None for a standing duty.

    ``last``: the target is due with this very period, so that its goal is the goal of the period; before it, only a
    course can say how far the figure should be. ``running`` counts from the beginning of the plan.
    """

    period: Period
    due: date | None
    last: bool
    running: bool = False

    def ended(self, as_of: date) -> bool:
        """Return whether the target was due on or before ``as_of``: its period is over.

        >>> Span(Period.parse("2028"), date(2028, 12, 31), True).ended(date(2028, 12, 30))
        False
        """
        return self.due is not None and as_of >= self.due


def span_of(target: Target, plan: PlanInfo, as_of: date) -> Span:
    """Return the period that ``target`` is measured over on ``as_of``.

    A target is measured from its first year on, which is that of the plan: before, as if that year ran.
    """
    whole = Period.parse(plan.period) if plan.period else None
    if target.recurrence == _EVERY_YEAR:
        return _of_year(as_of, whole, every=True)
    due = Period.parse(target.due) if target.due else whole
    if due is None:
        return Span(Period.parse(f"{as_of.year}"), None, last=False)
    if _is_years(due):
        return _of_year(as_of, whole, due)
    if due.first.replace(day=1) != due.last.replace(day=1):
        return Span(due, due.last, last=True)
    first = min(whole.first if whole else date(due.last.year, 1, 1), due.first)
    return Span(_run(first, due.last), due.last, last=True, running=True)


def _of_year(as_of: date, whole: Period | None, due: Period | None = None, *, every: bool = False) -> Span:
    year = max(as_of.year, whole.first.year) if whole else as_of.year
    if due is not None:
        year = min(year, due.last.year)
    if every and whole is not None:
        year = min(year, whole.last.year)
    period = Period.parse(f"{year}")
    ends = period.last if every or due is None else due.last
    return Span(period, ends, last=ends == period.last)


def _is_years(period: Period) -> bool:
    first, last = period.first, period.last
    return (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)


def _run(first: date, last: date) -> Period:
    return Period.parse(f"{first:%Y-%m}/{last:%Y-%m}")
