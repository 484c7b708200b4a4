"""Figures that are reported, and the room of counts and of rates that accumulate over years."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from bilan.board.facts import SIMULATED, Figure, Matter
from bilan.board.goal import unit_of
from bilan.board.model import Said
from bilan.board.texts import said
from bilan.evaluate.reading import Reading
from bilan.evaluate.statistics.computed import Known, computed
from bilan.evaluate.statistics.reading import PARTS, REPORTS, reading_from
from bilan.foresee.attainment import Outlook
from bilan.foresee.room import Room
from bilan.foresee.room_counts import room_of_count
from bilan.foresee.room_limits import Limit, places, published
from bilan.foresee.room_rates import cumulated, room_of_rate
from bilan.observe.statistics import Reports
from bilan.observe.statistics_period import canonical
from bilan.periods import Period
from bilan.policy import Indicator, Region
from bilan.policy.statistics import formulas


@dataclass(frozen=True)
class ReportedFacts:
    """Facts of every indicator that no monitor measures, from ``reports`` as they were known at ``known_at``."""

    reports: Reports
    known_at: datetime | None = None

    def periods(self, indicator: Indicator, region: Region, first: date, as_of: date) -> list[Period]:
        """Return the periods since ``first`` that were over on ``as_of`` and have a figure, reported or computed.

        Of what is computed from its parts: years, and of each year the part from its first day on of which anything was
        reported for the region.
        """
        told = self.reports.periods(indicator.code, region.id, self.known_at)
        computable = indicator.code in formulas() and first <= as_of
        known = [period for period in told if period.last <= as_of]
        asked = self._parts_of_years(region, first, as_of) if computable else []
        return known + [part for part in asked if part not in known and self._read(indicator, region, part).judged]

    def figure(self, matter: Matter) -> Figure:
        """Return the figure of the period; of a running count what was reported since its beginning, added up."""
        assert matter.indicator is not None
        if matter.span.running:
            return self._count(matter, matter.indicator)
        period = matter.span.covered(matter.as_of)
        if period is None:
            return Figure(None, matter.indicator.unit, "reported", None, lack="period_not_begun")
        found = self._read(matter.indicator, matter.region, period)
        figure = self._figure(matter, found.value, period, {period: found})
        return figure if matter.span.last and period is matter.span.period else _to_accumulate(figure, matter)

    def room(self, matter: Matter, limit: Limit) -> Room | None:
        """Return the room of a running count, or of a decline that accumulates over whole years; of a level none."""
        span = matter.span
        if span.running:
            done = self.figure(matter)
            over = span.period.months_to(matter.as_of)
            left = (span.period.months or 0) - (0 if over is None else over.months or 0)
            unit = unit_of(matter.target, matter.indicator)
            return None if done.value is None else room_of_count(limit, done.value, left, "month", unit)
        return self._room_of_decline(matter, limit)

    def chance(self, matter: Matter, limit: Limit) -> Outlook | None:
        """Return None: a few reports a year say nothing of how the rest goes."""
        del matter, limit
        return None

    def _room_of_decline(self, matter: Matter, limit: Limit) -> Room | None:
        """The yearly decline still needed after the years whose decline is judged.

        It is known more exactly from that of each year, where these make it.
        """
        assert matter.indicator is not None
        span, due = matter.span, matter.span.due
        if not matter.code.endswith("decline") or limit.side != "at_least" or due is None:
            return None
        figure = self.figure(matter)
        if figure.value is None or figure.period is None or figure.period.last != span.period.last:
            return None
        years = [Period.parse(str(year)) for year in range(span.period.first.year, span.period.last.year + 1)]
        rates = [self._read(matter.indicator, matter.region, year).value for year in years]
        known = [rate for rate in rates if rate is not None]
        if len(known) < len(years) or published(cumulated(known), places(figure.value)) != figure.value:
            known = [figure.value]  # what was reported of all years, whatever was of each
        return room_of_rate(limit, known, due.year - span.period.last.year, years=len(years))

    def _count(self, matter: Matter, indicator: Indicator) -> Figure:
        """What was done in the period: the longest report from its first day, then what follows on it.

        Where nothing was reported from the first day on it begins with the first report there is, and so does the
        period of the figure: it is then the least that was done (:mod:`bilan.board.outdated`).
        """
        chain = list(self.chain(matter))
        if not chain:
            return Figure(None, indicator.unit, "reported", None, lack="not_reported")
        parts = [self._read(indicator, matter.region, period) for period in chain]
        value = sum((part.value for part in parts if part.value is not None), Decimal(0))
        whole, first, last = matter.span.period, chain[0].first, chain[-1].last
        covered = whole.to_date(last) if first == whole.first else None
        return self._figure(matter, value, covered or canonical(first, last), dict(zip(chain, parts, strict=True)))

    def chain(self, matter: Matter) -> Iterator[Period]:
        """Yield the periods of the reports that make a running count: each begins where the one before it ended."""
        whole = matter.span.period
        known = self.reports.periods(matter.code, matter.region.id, self.known_at)
        told = [one for one in known if whole.first <= one.first and one.last <= min(matter.as_of, whole.last)]
        begins = min((period.first for period in told), default=whole.first)
        while following := [period for period in told if period.first == begins]:
            longest = max(following, key=lambda period: period.last)
            yield longest
            begins = date.fromordinal(longest.last.toordinal() + 1)

    def _parts_of_years(self, region: Region, first: date, as_of: date) -> list[Period]:
        """The years from ``first`` on that are over, and parts of years, as far as anything was reported of them."""
        ends = {last for begins, last in self._told[region.id] if begins == date(last.year, 1, 1) and first <= last}
        parts = (Period.parse(f"{last.year}").to_date(last) for last in sorted(ends) if last <= as_of)
        return [part for part in parts if part is not None]

    @cached_property
    def _told(self) -> dict[str, set[tuple[date, date]]]:
        """First and last days of all reports, by region."""
        found: dict[str, set[tuple[date, date]]] = defaultdict(set)
        for report in self.reports.rows:
            found[report.region].add((report.first, report.last))
        return found

    def _figure(self, matter: Matter, value: Decimal | None, period: Period, parts: dict[Period, Reading]) -> Figure:
        assert matter.indicator is not None
        found = list(parts.values())
        preliminary = any(one.preliminary for one in found)
        return Figure(
            value=value,
            unit=matter.indicator.unit,
            source="reported",
            period=period,
            decimals=None if value is None else places(value),
            final=value is not None and not preliminary,
            completeness=_complete(found),
            preliminary=preliminary,
            lack="not_reported" if value is None else None,
            detail="；".join(one.reason for one in found if one.reason),
            unverified=tuple(line for one in found for line in one.unverified),
            simulated=any(self._is_made_up(matter.code, matter.region.id, part) for part in parts),
        )

    def _is_made_up(self, code: str, region: str, period: Period) -> bool:
        """Whether the report that stands, or one of those it is computed from, says that it is made up."""
        if region not in self._simulated:
            return False
        known = Known(self.reports, region, self.known_at)
        report = known.standing(code, period)
        if report is not None:
            return SIMULATED in report.source
        made = (one for one in computed(code, period, known) if one.figure is not None)
        return any(SIMULATED in part.source for one in made for part in one.parts)

    @cached_property
    def _simulated(self) -> frozenset[str]:
        """The regions of which at least one report says that it is made up."""
        return frozenset(report.region for report in self.reports.rows if SIMULATED in report.source)

    def _read(self, indicator: Indicator, region: Region, period: Period) -> Reading:
        key = (indicator.code, region.id, period.first, period.last)
        if key not in self._readings:
            found = reading_from(self.reports, indicator, region, period, known_at=self.known_at, explained=False)
            self._readings[key] = found
        return self._readings[key]

    @cached_property
    def _readings(self) -> dict[tuple[str, str, date, date], Reading]:
        return {}


def _to_accumulate(figure: Figure, matter: Matter) -> Figure:
    """The figure of a decline that goes on: with the decimals, at least, that its formula will give the last one."""
    digits = [formula.digits for formula in formulas().get(matter.code, ()) if formula.kind == "cumulative"]
    return figure if figure.decimals is None or not digits else replace(figure, decimals=max(figure.decimals, *digits))


def _complete(found: Iterable[Reading]) -> Said | None:
    """Whether what was reported is final; None where there is nothing."""
    told = list({one.zh: one for one in map(_stands, found) if one is not None}.values())
    return said("complete.several", all=told) if len(told) > 1 else next(iter(told), None)


def _stands(reading: Reading) -> Said | None:
    if not reading.completeness:
        return None
    parts = next((one.count for one in reading.used if one.what == PARTS), 0)
    if any(one.what == REPORTS for one in reading.used):
        return said("complete.preliminary" if reading.preliminary else "complete.final")
    code = "complete.computed_preliminary" if reading.preliminary else "complete.computed_final"
    return said(code, parts=parts, preliminary=reading.preliminary)
