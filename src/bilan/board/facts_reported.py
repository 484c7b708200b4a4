"""Figures that are reported, and the room of counts and of rates that accumulate over years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from bilan.board.facts import SIMULATED, Figure, Matter
from bilan.evaluate.reading import Reading
from bilan.evaluate.statistics.reading import reading_from
from bilan.foresee.attainment import Outlook
from bilan.foresee.room import Room
from bilan.foresee.room_counts import room_of_count
from bilan.foresee.room_limits import Limit, places
from bilan.foresee.room_rates import room_of_rate
from bilan.observe.statistics import Reports
from bilan.periods import Period, periods_between
from bilan.policy import Indicator, Region
from bilan.policy.statistics import formulas


@dataclass(frozen=True)
class ReportedFacts:
    """Facts of every indicator that no monitor measures, from ``reports`` as they were known at ``known_at``."""

    reports: Reports
    known_at: datetime | None = None

    def periods(self, indicator: Indicator, region: Region, first: date, as_of: date) -> list[Period]:
        """Return the periods since ``first`` that were over on ``as_of`` and have a figure, reported or computed.

        Of what is computed from parts: years, and the months of the year so far.
        """
        told = self.reports.periods(indicator.code, region.id, self.known_at)
        computable = indicator.code in formulas() and first <= as_of
        years = periods_between("year", first, as_of) if computable else []
        parts = [year.to_date(as_of) for year in years]
        made = [part for part in parts if part and part not in told and self._read(indicator, region, part).judged]
        return [period for period in (*told, *made) if period.last <= as_of]

    def figure(self, matter: Matter) -> Figure:
        """Return the figure of the period; of a running count what was reported since its beginning, added up."""
        assert matter.indicator is not None
        if matter.span.running:
            return self._count(matter, matter.indicator)
        period = matter.span.period.to_date(matter.as_of)
        if period is None:
            return Figure(None, matter.indicator.unit, "reported", None, lack="period_not_begun")
        found = self._read(matter.indicator, matter.region, period)
        return self._figure(matter.indicator, found.value, period, [found])

    def room(self, matter: Matter, limit: Limit) -> Room | None:
        """Return the room of a running count, or of a decline that accumulates over whole years; of a level none."""
        span = matter.span
        if span.running:
            done = self.figure(matter)
            over = span.period.months_to(matter.as_of)
            left = (span.period.months or 0) - (0 if over is None else over.months or 0)
            unit = matter.target.unit or done.unit
            return None if done.value is None else room_of_count(limit, done.value, left, "month", unit)
        return self._room_of_decline(matter, limit)

    def chance(self, matter: Matter, limit: Limit) -> Outlook | None:
        """Return None: a few reports a year say nothing of how the rest goes."""
        del matter, limit
        return None

    def _room_of_decline(self, matter: Matter, limit: Limit) -> Room | None:
        """The yearly decline still needed, where each year since the base has one of its own."""
        assert matter.indicator is not None
        span, due = matter.span, matter.span.due
        if not matter.code.endswith("decline") or limit.side != "at_least" or due is None:
            return None
        years = [Period.parse(str(year)) for year in range(span.period.first.year, span.period.last.year + 1)]
        rates = [self._read(matter.indicator, matter.region, year).value for year in years]
        known = [rate for rate in rates if rate is not None]
        return room_of_rate(limit, known, due.year - years[-1].last.year) if len(known) == len(years) else None

    def _count(self, matter: Matter, indicator: Indicator) -> Figure:
        """What was done since the period began: the longest report from its first day, then what follows on it."""
        parts = list(self._chain(matter, indicator))
        value = sum((part.value for part in parts if part.value is not None), Decimal(0)) if parts else None
        if not parts:
            return Figure(None, indicator.unit, "reported", None, lack="not_reported")
        last = Period.parse(parts[-1].period).last
        whole = matter.span.period
        return self._figure(indicator, value, whole.to_date(last) or whole, parts)

    def _chain(self, matter: Matter, indicator: Indicator) -> Iterator[Reading]:
        known = self.reports.periods(indicator.code, matter.region.id, self.known_at)
        told = [period for period in known if period.last <= matter.as_of]
        begins = matter.span.period.first
        while following := [period for period in told if period.first == begins]:
            longest = max(following, key=lambda period: period.last)
            yield self._read(indicator, matter.region, longest)
            begins = date.fromordinal(longest.last.toordinal() + 1)

    def _figure(self, indicator: Indicator, value: Decimal | None, period: Period, found: list[Reading]) -> Figure:
        preliminary = any("初步" in one.completeness for one in found)
        return Figure(
            value=value,
            unit=indicator.unit,
            source="reported",
            period=period,
            decimals=None if value is None else places(value),
            final=value is not None and not preliminary,
            completeness="、".join(dict.fromkeys(one.completeness for one in found if one.completeness)),
            lack="not_reported" if value is None else None,
            detail="；".join(one.reason for one in found if one.reason),
            unverified=tuple(line for one in found for line in one.unverified),
            simulated=any(one.region in self._simulated for one in found),
        )

    @cached_property
    def _simulated(self) -> frozenset[str]:
        """The regions of which at least one report says that it is made up."""
        return frozenset(report.region for report in self.reports.rows if SIMULATED in report.source)

    def _read(self, indicator: Indicator, region: Region, period: Period) -> Reading:
        key = (indicator.code, region.id, period.first, period.last)
        if key not in self._readings:
            self._readings[key] = reading_from(self.reports, indicator, region, period, known_at=self.known_at)
        return self._readings[key]

    @cached_property
    def _readings(self) -> dict[tuple[str, str, date, date], Reading]:
        return {}
