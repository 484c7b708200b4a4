"""Declines of what is monitored (PM2.5 浓度下降率), computed from the lake: a part of a year against the same part."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from bilan.board.facts import Figure, Matter
from bilan.board.facts_air import AirFacts
from bilan.board.facts_reported import ReportedFacts
from bilan.board.texts import said
from bilan.foresee.attainment import Outlook
from bilan.foresee.room import Room
from bilan.foresee.room_limits import Limit, published
from bilan.periods import Period
from bilan.policy import Indicator, indicators

DECLINES = {"air.pm25.decline": "air.pm25.annual", "air.pm10.decline": "air.pm10.annual"}
DECIMALS = 1  # no rule says how many


@dataclass(frozen=True)
class DeclineFacts:
    """Facts of the indicators in :data:`DECLINES`; where the base year was not monitored, those that were reported.

    The period is that of all years since the base, of which the last one is compared with it.
    """

    air: AirFacts
    reported: ReportedFacts

    def figure(self, matter: Matter) -> Figure:
        """Return the decline in percent; of a year that runs against the same days of the base year."""
        now, base = self.sides(matter)
        unit = matter.indicator.unit if matter.indicator else "%"
        if now.value is None or base is None or base.value is None or base.lack:
            told = self.reported.figure(matter)
            lack = now.lack if now.value is None or base is None else base.lack or "no_data"
            return replace(now, value=None, unit=unit, lack=lack) if told.value is None else told
        if base.value == 0:
            return replace(now, value=None, unit=unit, lack="no_data")
        value = published(100 * (1 - Fraction(now.value) / Fraction(base.value)), DECIMALS)
        year, complete = str(base.period), now.completeness
        both = said("complete.decline", now=complete, period=year, value=base.value, unit=base.unit)
        return replace(now, value=value, unit=unit, decimals=DECIMALS, completeness=both)

    def sides(self, matter: Matter) -> tuple[Figure, Figure | None]:
        """Return the concentration of the year at hand and that of the same days of the base year, None without one."""
        now = self.air.figure(self._level(matter))
        if now.value is None or now.period is None:
            return now, None
        return now, self.air.figure(self._in_base_year(matter, now.period.last))

    def periods(self, matter: Matter) -> list[Period | None]:
        """Return the periods of which the concentration is asked: of the year at hand, and of the base year."""
        now = self.air.arrived(self._level(matter))
        day = min(now.as_of, now.span.period.last)
        asked = [now, self._in_base_year(matter, day), self._in_base_year(matter, date(_base(matter), 12, 31))]
        return [
            part for one in asked for part in (one.span.period.to_date(one.as_of), one.span.period.months_to(one.as_of))
        ]

    def room(self, matter: Matter, limit: Limit) -> Room | None:
        """Return the room of the level that the decline comes to."""
        level = self._limit(matter, limit)
        return None if level is None else self.air.room(self._level(matter), level)

    def chance(self, matter: Matter, limit: Limit) -> Outlook | None:
        """Return the probability of the level that the decline comes to, with the interval of the decline."""
        level = self._limit(matter, limit)
        found = None if level is None else self.air.chance(self._level(matter), level)
        base = self._whole_base(matter).value
        return None if found is None or not base else _as_decline(found, float(base))

    def _whole_base(self, matter: Matter) -> Figure:
        """The concentration of the whole base year."""
        return self.air.figure(self._in_base_year(matter, date(_base(matter), 12, 31)))

    def _limit(self, matter: Matter, limit: Limit) -> Limit | None:
        base = self._whole_base(matter)
        if limit.side != "at_least" or base.value is None or base.lack:
            return None
        decimals = self.air.figure(self._level(matter)).decimals  # those of the years differ where a standard changed
        edge = limit.bound()  # how little it may fall before the published decline misses the goal
        return Limit("at_most", Fraction(base.value) * (1 - edge.value / 100), decimals, not edge.closed)

    def _level(self, matter: Matter) -> Matter:
        """The question about the concentration in the last of the years."""
        year = Period.parse(str(matter.span.period.last.year))
        return replace(matter, indicator=_indicator(DECLINES[matter.code]), span=replace(matter.span, period=year))

    def _in_base_year(self, matter: Matter, day: date) -> Matter:
        """The question about the concentration of the base year, as it stood on the same day of it."""
        year = _base(matter)
        whole = replace(matter.span, period=Period.parse(str(year)))
        return replace(self._level(matter), span=whole, as_of=_same_day(day, year))


def _base(matter: Matter) -> int:
    return matter.span.period.first.year - 1


def _as_decline(found: Outlook, base: float) -> Outlook:
    """The outlook of a level as that of its decline from ``base``, in percent: the highest level is the least decline.

    >>> told = _as_decline(Outlook(0.7, low=30.0, middle=36.0, high=42.0), 40.0)
    >>> [round(end, 6) for end in (told.low, told.middle, told.high)], told.probability
    ([-5.0, 10.0, 25.0], 0.7)
    """

    def fallen(level: float | None) -> float | None:
        return None if level is None else 100 * (1 - level / base)

    return replace(
        found,
        low=fallen(found.high),
        middle=fallen(found.middle),
        high=fallen(found.low),
        so_far=fallen(found.so_far),
    )


def _same_day(day: date, year: int) -> date:
    """The same day of another year; the last of February is the last there, too.

    >>> [str(_same_day(date(2026, *day), 2024)) for day in ((2, 28), (9, 15))], str(_same_day(date(2024, 2, 29), 2023))
    (['2024-02-29', '2024-09-15'], '2023-02-28')
    """
    ends, last = (calendar.monthrange(one, day.month)[1] for one in (day.year, year))
    return date(year, day.month, last if day.day == ends else min(day.day, last))


def _indicator(code: str) -> Indicator:
    return next(indicator for indicator in indicators() if indicator.code == code)
