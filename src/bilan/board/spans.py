"""Over which period a target's figure is taken on a day, and when the target is due.

- Due in a year (2028) or at its end (2028-12, as 到2028年底 is compiled): the figure of the year that runs, until 2028
  is over; then that of 2028.
- Due over a season or a run of months (2026-10/2027-03): the figure of that run.
- Due by another month (2027-10): the figure of that year up to the month.
- A decline (单位GDP能耗下降率): all years since its base, up to the one that runs, as it accumulates.
- What counts work done (42 projects): everything since the plan began, until it is due.
- Every year (每年): the figure of the year that runs, due on its last day, again and again.
- No date: the last year of the plan's own period, else none: a standing duty (长期坚持) is neither late nor done.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from bilan.board.goal import Unjudged, counts_work, measures_decline
from bilan.periods import Period

if TYPE_CHECKING:
    from bilan.plan.model import PlanInfo, Target
    from bilan.policy import Indicator

EVERY_YEAR = "每年"
_DECEMBER = 12
_SEASONS = {"秋冬季": (10, 3)}  # months of the first and of the next year


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


def span_of(target: Target, indicator: Indicator | None, plan: PlanInfo, as_of: date) -> Span:
    """Return the period that ``target`` is measured over on ``as_of``.

    A target is measured from its first year on, which is that of the plan: before, as if that year ran. Raises
    :class:`~bilan.board.goal.Unjudged` for a season whose months nobody has said.
    """
    whole = Period.parse(plan.period) if plan.period else None
    if target.recurrence == EVERY_YEAR:
        return _of_year(as_of, whole, every=True)
    due = Period.parse(target.due) if target.due else whole
    if due is None:
        return Span(Period.parse(f"{as_of.year}"), None, last=False)
    if counts_work(target, indicator):
        first = min(whole.first if whole else date(due.last.year, 1, 1), due.first)
        return Span(_run(first, due.last), due.last, last=True, running=True)
    if not _ends_a_year(due):
        run = due if due.first.replace(day=1) != due.last.replace(day=1) else _run(date(due.last.year, 1, 1), due.last)
        return Span(run, due.last, last=True)
    if target.season:
        season = _season(target.season, due.first.year)
        return Span(season, season.last, last=True)
    span = _of_year(as_of, whole, due)
    return _since(base_year(target, plan), span) if measures_decline(indicator) else span


def _of_year(as_of: date, whole: Period | None, due: Period | None = None, *, every: bool = False) -> Span:
    year = max(as_of.year, whole.first.year) if whole else as_of.year
    if due is not None:
        year = min(year, due.last.year)
    if every and whole is not None:
        year = min(year, whole.last.year)
    period = Period.parse(f"{year}")
    ends = period.last if every or due is None else due.last
    return Span(period, ends, last=ends == period.last)


def _ends_a_year(due: Period) -> bool:
    """Whether ``due`` is whole years, or the December of one."""
    return due.last.month == _DECEMBER and due.first.month in (1, _DECEMBER)


def _season(name: str, year: int) -> Period:
    if name not in _SEASONS:
        raise Unjudged("season")
    begins, ends = _SEASONS[name]
    return Period.parse(f"{year}-{begins:02}/{year + 1}-{ends:02}")


def _since(base: int | None, span: Span) -> Span:
    """A decline accumulates over the years after its base, up to the one that runs."""
    last = span.period.last.year
    if base is None or base + 1 >= last:
        return span
    return replace(span, period=Period.parse(f"{base + 1}/{last}"))


def base_year(target: Target, plan: PlanInfo) -> int | None:
    """Return the year that changes are measured from: the one that the plan names, else the last before its period."""
    if target.baseline_year:
        return int(target.baseline_year[:4])
    return Period.parse(plan.period).first.year - 1 if plan.period else None


def _run(first: date, last: date) -> Period:
    return Period.parse(f"{first:%Y-%m}/{last:%Y-%m}")
