"""What reports make of the span of a target: which figure stands on a day, and which one is awaited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bilan.board.standing import Standing, last_reported, one_before
from bilan.observe.statistics_period import canonical
from bilan.periods import Period

if TYPE_CHECKING:
    from bilan.board.spans import Span

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """The periods of reports; those count that begin in ``since`` or later.

    ``parts`` of a period can be compared with it; ``later``: until its own report comes, that of another period stands.
    """

    periods: Sequence[Period]
    since: int | None
    parts: bool
    later: bool

    def within(self, period: Period, as_of: date) -> date | None:
        """The last day covered of ``period`` from its first day on, None where nothing of it was reported."""
        until = min(as_of, period.last)
        ends = (one.last for one in self.periods if one.first == period.first and one.last <= until)
        return max((end for end in ends if self.parts or end == period.last), default=None)

    def before(self, span: Span, as_of: date) -> Standing | None:
        """The report of another period that reaches furthest, whether it counts or not."""
        until = min(as_of, span.period.last - _DAY)
        return last_reported(span.every or "year", until, self.periods, parts=self.parts) if self.later else None

    def counts(self, period: Period) -> bool:
        """Whether ``period`` is one of those that the target is about."""
        return self.since is None or period.first.year >= self.since


def with_reports(span: Span, told: Told, as_of: date) -> Span:
    """Return ``span`` as far as it was reported by ``as_of``, or what stands for it, or as one that is unreported.

    The figure of a part of a period stands with it until the period, or the next one due, is over: then its own whole
    report is asked for, as of what is over and of what was due again (每年).
    """
    upto = told.within(span.period, as_of)
    over = span.ended(as_of)
    if upto is not None and (span.running or upto == span.period.last or not over):
        return replace(span, upto=None if span.running or upto == span.period.last else upto)
    found = told.before(span, as_of)
    if found is None or not told.counts(found.whole) or not found.stands(as_of):
        return _unreported(span, told, as_of, found)
    if over if span.every is None else not found.is_whole:  # what is over, or was, is judged by its own whole report
        return _unreported(span, told, as_of, found)
    due = span.due if span.every is None else found.whole.last
    stands = replace(span, period=found.whole, due=due, last=span.every is not None, stands_for=found.awaited)
    return replace(stands, upto=None if found.is_whole else found.upto)


def with_year_of(span: Span, told: Period, since: int | None, as_of: date) -> Span:
    """Return ``span`` with the year of a figure that a person entered where that is one before the year that runs.

    The figure stands for it, as a report would, and is held against the course of its own year; one of a year before
    ``since`` is none of the target's.
    """
    year = Period.parse(f"{told.last.year}")
    stands = year.last < span.period.first and (since is None or year.first.year >= since)
    if not stands or span.running or span.every is not None or span.ended(as_of) or not _is_year(span.period):
        return span
    return replace(span, period=year, last=False, stands_for=span.period)


def _unreported(span: Span, told: Told, as_of: date, found: Standing | None) -> Span:
    """``span`` with the period awaited, the last one that should have been reported, and that of the last figure."""
    before = one_before(span.every or "year", span.period) if told.later and not span.ended(as_of) else None
    awaited = span.period if before is None or not told.counts(before) else before
    last = span.every is not None or (span.last and awaited == span.period)
    shown = replace(span, last=last, stands_for=awaited, unreported=True)
    if found is None:
        return replace(shown, period=awaited)
    return replace(shown, period=found.whole, upto=None if found.is_whole else found.upto)


def reports_since(base: int | None, reported: Sequence[Period]) -> list[Period]:
    """Return the periods of reports, of a decline since the year ``base`` each as its last year up to its last day.

    Reports of a decline that began later are about another one, but for whole years, from which it is computed.

    >>> told = [Period.parse(text) for text in ("2026/2027", "2027", "2027Q1")]
    >>> [str(period) for period in reports_since(2025, told)]
    ['2027', '2027']
    """
    if base is None:
        return list(reported)
    begins = date(base + 1, 1, 1)
    ends = [Period.parse(f"{period.last.year}").to_date(period.last) for period in reported if period.first == begins]
    whole = [period for period in reported if period.first > begins and _is_year(period)]
    return [period for period in ends if period is not None] + whole


def chained(reported: Sequence[Period]) -> list[Period]:
    """Return the periods of reports of work, and the longer ones that follow on one another make: four quarters a year.

    >>> [str(period) for period in chained([Period.parse(f"2026Q{quarter}") for quarter in (1, 2, 4)])]
    ['2026Q1', '2026-01/2026-06', '2026Q2', '2026Q4']
    """
    longest = {period.first: period for period in sorted(reported, key=lambda period: period.last)}
    found = []
    for period in reported:
        found.append(period)
        last = period.last
        while (following := longest.get(last + _DAY)) is not None:
            last = following.last
            found.append(canonical(period.first, last))
    return found


def _is_year(period: Period) -> bool:
    return (period.first, period.last) == (date(period.last.year, 1, 1), date(period.last.year, 12, 31))
