"""What targets of ambient air ask on a day, and the row that a board must show, worked out from :mod:`board_air`."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from .board_air import INDICATORS, City, month_over
from .board_rules import Found, Goal, Left, mean_room, percentile_room, rounded, share_room, status_of

FIRST_YEAR, LAST_YEAR = 2014, 2016  # of the plan
Span = Literal["year", "june", "season", "each_year", "each_season", "each_month", "each_quarter"]
Basis = Literal["level", "percent", "points", "decline"]


@dataclass(frozen=True)
class Ask:
    """One target: a ``sentence`` of the plan and what it asks, in numbers."""

    sentence: str
    code: str
    side: str
    value: str
    basis: Basis = "level"
    base: int | None = None
    span: Span = "year"


@dataclass(frozen=True)
class Days:
    """The days that a figure is of, whether they are those of the goal, and the last day of the goal."""

    first: date
    last: date
    is_last: bool
    due: date

    def upto(self, day: date) -> Days:
        return replace(self, last=min(self.last, day))

    def in_year(self, year: int) -> Days:
        """The same days of the year in which they begin."""
        back = self.first.year - year
        last_year = self.last.year - back
        ends = calendar.monthrange(last_year, self.last.month)[1]
        whole = (self.last + timedelta(days=1)).day == 1
        last = date(last_year, self.last.month, ends if whole else min(self.last.day, ends))
        return replace(self, first=self.first.replace(year=year), last=last)


@dataclass(frozen=True)
class Expected:
    """What the row must say; ``room`` is None where none may be shown, ``goal`` where no level can be named."""

    figure: Decimal | None
    status: str | None = None  # None: hangs on the probability, see :meth:`Worked.status`
    gap: Fraction | None = None
    room: Found | None = None
    completeness: str | None = None
    official: bool = False
    enough: bool = False  # the days that are over suffice


def days_of(ask: Ask, day: date) -> Days:
    """The period that is measured on ``day``."""
    if ask.span == "june":
        return Days(date(LAST_YEAR, 1, 1), date(LAST_YEAR, 6, 30), True, date(LAST_YEAR, 6, 30))
    if ask.span in ("season", "each_season"):
        return _season(ask, min(day, date(LAST_YEAR, 12, 31)))
    inside = min(max(day, date(FIRST_YEAR, 1, 1)), date(LAST_YEAR, 12, 31))
    first, last = date(inside.year, 1, 1), date(inside.year, 12, 31)
    if ask.span in ("each_month", "each_quarter"):
        months = {"each_month": 1, "each_quarter": 3}[ask.span]
        first = inside.replace(month=(inside.month - 1) // months * months + 1, day=1)
        ends = first.month + months - 1
        last = date(inside.year, ends, calendar.monthrange(inside.year, ends)[1])
    again = ask.span.startswith("each")
    return Days(first, last, again or inside.year == LAST_YEAR, last if again else date(LAST_YEAR, 12, 31))


def _season(ask: Ask, day: date) -> Days:
    """October to March: the one that began last, but none before the plan."""
    year = max(day.year if day.month >= 10 else day.year - 1, FIRST_YEAR)
    each = ask.span == "each_season"
    due = date((year if each else LAST_YEAR) + 1, 3, 31)
    return Days(date(year, 10, 1), date(year + 1, 3, 31), each or year == LAST_YEAR, due)


@dataclass(frozen=True)
class Worked:
    """The row of ``ask`` in ``city`` on the evening of ``day``; ``chance`` is taken from the board, which alone has it.

    ``lacks`` is what must be missing, None where there is an answer.
    """

    ask: Ask
    city: City
    day: date

    def expected(self, chance: float | None) -> Expected:
        """The row with its answer."""
        span = days_of(self.ask, self.day)
        nothing_yet = self.ask.basis == "decline" and span.first.year <= (self.ask.base or 0)
        if self.day < span.first or nothing_yet:
            return Expected(None, "cannot_be_judged")
        part = span.upto(self.day)
        figure, base = self._figure(span, part), self._baseline(span)
        told = Expected(figure, completeness=None if self.ask.basis == "decline" else self._completeness(part))
        over = self.day >= span.last
        enough = self._suffices(span, part)
        told = replace(told, official=over and enough and figure is not None, enough=enough)
        if figure is None or not enough or (self.ask.basis in ("percent", "points") and base is None):
            return replace(told, status="cannot_be_judged")
        goal = self._goal(base)
        ended = self.day >= span.due
        step = goal if span.is_last else self._step(goal, base, span)
        room = None if ended or step is None else self._room(step, span, part)
        status = status_of(
            ended=ended,
            meets=goal.kept_by(Fraction(figure)),
            last=span.is_last,
            room=None if room is None else room[0],
            chance=chance,
            step_met=None if span.is_last or step is None else step.kept_by(Fraction(figure)),
        )
        return replace(told, status=status, gap=goal.gap(figure), room=room)

    @property
    def _how(self) -> str:
        return "air.pm25.annual" if self.ask.basis == "decline" else self.ask.code

    def _figure(self, span: Days, part: Days) -> Decimal | None:
        now = INDICATORS[self._how].figure(self.city, part.first, part.last)
        if self.ask.basis != "decline" or now is None:
            return now
        before = self._of(part.in_year(self.ask.base or 0))
        return None if before is None else rounded(100 * (1 - Fraction(now) / Fraction(before)), 1)

    def _of(self, days: Days) -> Decimal | None:
        """The figure of days that are over, None where it does not suffice."""
        if not INDICATORS[self._how].judged(self.city, days.first, days.last):
            whole = (days.last + timedelta(days=1)).day == 1
            if whole or not INDICATORS[self._how].judged(self.city, days.first, month_over(days.last)):
                return None
        return INDICATORS[self._how].figure(self.city, days.first, days.last)

    def _suffices(self, span: Days, part: Days) -> bool:
        """Whether the months that are over have their days, and a period that is over all of its own."""
        asked = INDICATORS[self._how]
        if part.last == span.last:
            return asked.judged(self.city, span.first, span.last)
        over = month_over(part.last)
        return over < span.first or asked.judged(self.city, span.first, over)

    def _completeness(self, part: Days) -> str:
        valid = INDICATORS[self._how].valid(self.city, part.first, part.last)
        return f"{valid} / {(part.last - part.first).days + 1} 天有效"

    def _baseline(self, span: Days) -> Decimal | None:
        """The figure of the baseline, None while its days are not over."""
        year = span.first.year - 1 if self.ask.span.startswith("each") else self.ask.base or FIRST_YEAR - 1
        days = span.in_year(year)
        return None if self.ask.basis == "decline" or days.last > self.day else self._of(days)

    def _goal(self, base: Decimal | None) -> Goal:
        value, decimals = Fraction(self.ask.value), INDICATORS[self._how].decimals
        if self.ask.basis == "decline":
            return Goal(self.ask.side, value, 1)
        if self.ask.basis == "level" or base is None:
            return Goal(self.ask.side, value, decimals)
        down = -1 if self.ask.side == "<=" else 1
        change = value if self.ask.basis == "points" else Fraction(base) * value / 100
        return Goal(self.ask.side, Fraction(base) + down * change, decimals)

    def _step(self, goal: Goal, base: Decimal | None, span: Days) -> Goal | None:
        """What the straight line from the baseline's year to the last asks of the year at hand."""
        start = Fraction(0) if self.ask.basis == "decline" else None if base is None else Fraction(base)
        first = self.ask.base or FIRST_YEAR - 1
        if start is None or span.first.year <= first:
            return None if start is None or span.first.year < first else replace(goal, value=start)
        if goal.kept_by(start):
            return goal
        part = Fraction(span.first.year - first, LAST_YEAR - first)
        return replace(goal, value=start + (goal.value - start) * part)

    def _room(self, goal: Goal, span: Days, part: Days) -> Found | None:
        asked, city = INDICATORS[self._how], self.city
        valid = asked.valid(city, part.first, part.last)
        left = Left((span.last - part.last).days, valid, (part.last - part.first).days + 1)
        if self.ask.basis == "decline":
            before = self._of(span.in_year(self.ask.base or 0))
            return None if before is None else _room_of_decline(goal, Fraction(before), self.city, part, left)
        if asked.code == "air.composite_index":
            return None
        if asked.days is not None:
            return share_room(goal, asked.counted(city, part.first, part.last), valid, left, percent=asked.share)
        values = city.values(asked.item, part.first, part.last)
        if asked.percent is not None:
            return percentile_room(goal, Fraction(asked.percent, 100), values, left)
        return mean_room(goal, sum(values, Fraction(0)), valid, left)


@dataclass(frozen=True)
class _Level(Goal):
    """A level whose decline from ``before`` is asked, for trying means."""

    before: Fraction
    wanted: Goal

    def kept_by(self, exact: Fraction) -> bool:
        return self.wanted.kept_by(100 * (1 - Fraction(rounded(exact, self.decimals)) / self.before))


def _room_of_decline(goal: Goal, before: Fraction, city: City, part: Days, left: Left) -> Found:
    values = city.values("pm2_5", part.first, part.last)
    level = _Level("<=", before, 0, before, goal)
    return mean_room(level, sum(values, Fraction(0)), len(values), left)
