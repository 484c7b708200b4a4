"""The raw values behind a figure: observations of the stations, or the reports, with where each was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from bilan.board.boards import Making
from bilan.board.facts import Matter
from bilan.board.facts_decline import DECLINES
from bilan.board.facts_water import CODES as WATER
from bilan.board.facts_water import MEANS
from bilan.board.goal import Unjudged
from bilan.board.model import Row
from bilan.evaluate.air.indicators import AIR
from bilan.evaluate.air.lake import CODES as AIR_CODES
from bilan.evaluate.air.pollutants import BY_NAME
from bilan.evaluate.engine import connect, fetched
from bilan.evaluate.kept import Kept
from bilan.evaluate.observations import NoDataError, observations
from bilan.evaluate.places import covers
from bilan.evaluate.statistics.computed import Known, computed
from bilan.evaluate.statistics.reading import reports_of
from bilan.evaluate.water.classes import Way
from bilan.evaluate.water.items import items
from bilan.evaluate.water.lake import codes
from bilan.observe import Lake
from bilan.observe.statistics_report import Report
from bilan.periods import Period, periods_between
from bilan.policy.parameters import parameters
from bilan.portal.board.days import period_called
from bilan.portal.board.sight import Parts
from bilan.portal.board.sources import Asked
from bilan.portal.core.speech import language

COLUMNS = (
    "station", "parameter", "statistic", "seconds", "time", "value", "unit", "flag",
    "source", "source_ref", "source_line", "batch", "received_at",
)  # fmt: skip

_AT_ONCE = 5000  # rows that are made into objects together


@dataclass(frozen=True)
class Wanted:
    """Which of the observations are asked for; empty asks for all."""

    station: str = ""
    parameter: str = ""
    day: str = ""


@dataclass(frozen=True)
class Behind:
    """What stands behind the figure of ``row``, on the board that was ``asked``, in ``lake``; of ``parts`` alone."""

    asked: Asked
    row: Row
    lake: Lake
    parts: Parts

    @property
    def monitored(self) -> bool:
        """Whether the figure is made of observations."""
        return self.row.source == "monitored" and self.row.period is not None and bool(self.parameters)

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """The parameters that the indicator is made of, by code, with their names."""
        return {code: _names().get(code, code) for code in _codes(self.row.indicator or "")}

    @cached_property
    def stations(self) -> Mapping[str, str]:
        """The stations of which the figure is, by id, with their names; only those whose values the reader sees."""
        return {row["id"]: row["name"] or row["id"] for row in self._behind if self.parts.holds(row)}

    @property
    def hidden(self) -> int:
        """How many stations more there are, in districts that the reader does not see."""
        return len(self._behind) - len(self.stations)

    @cached_property
    def _behind(self) -> Sequence[Mapping[str, Any]]:
        ids = self._station_ids()
        rows: Sequence[Mapping[str, Any]] = self.lake.stations().to_pylist()
        return [row for row in rows if row["id"] in ids]

    def page(self, wanted: Wanted, number: int, many: int) -> tuple[int, list[dict[str, Any]]]:
        """Return how many observations there are, and the page of that number of ``many``, in the order of time.

        Beyond the last page it is the last.
        """
        days = self._days(wanted)
        table = None if days is None else self._table(wanted, *days)
        if table is None:
            return 0, []
        backend, found = table
        count = fetched(backend, found.aggregate(rows=found.count()))["rows"][0].as_py()
        last = max(1, -(-count // many))
        return count, fetched(backend, found.limit(many, offset=(min(number, last) - 1) * many)).to_pylist()

    def every(self, wanted: Wanted) -> Iterator[dict[str, Any]]:
        """Yield all of them in the order of time; those of a month are in memory at a time."""
        days = self._days(wanted)
        if days is None:
            return
        for month in periods_between("month", *days):
            table = self._table(wanted, max(month.first, days[0]), min(month.last, days[1]))
            if table is None:
                continue
            for batch in fetched(*table).to_batches(max_chunksize=_AT_ONCE):
                yield from batch.to_pylist()

    def reports(self) -> list[tuple[Report, bool]]:
        """Return the reports behind a reported figure, those of its parts, too; with whether each one stands."""
        if self.row.source != "reported" or self.row.period is None or not self.row.region or not self.row.indicator:
            return []
        known = reports_of(self.lake)
        period = period_called(self.row.period)
        inside = [
            one
            for one in known.rows
            if (one.indicator, one.region) == (self.row.indicator, self.row.region)
            and period.first <= one.first
            and one.last <= period.last
        ]
        if not inside:
            made = computed(self.row.indicator, period, Known(known, self.row.region, None))
            return [(part, True) for part in next((one.parts for one in made if one.figure is not None), ())]
        standing = {
            id(known.of(one.indicator, one.region, Period(one.period, one.first, one.last))[0]) for one in inside
        }
        return [(one, id(one) in standing) for one in inside]

    def history(self, station: str, parameter: str, time: datetime) -> list[dict[str, Any]]:
        """Return every row that the lake ever held of one value, corrected ones too."""
        if station not in self.stations or parameter not in self.parameters:
            return []
        found: list[dict[str, Any]] = self.lake.history(station, parameter, time).to_pylist()
        return found

    def _days(self, wanted: Wanted) -> tuple[date, date] | None:
        """The first and the last day that is asked for, None where none is."""
        if not self.monitored or self.row.period is None:
            return None
        period = period_called(self.row.period)
        if not wanted.day:
            return period.first, period.last
        day = date.fromisoformat(wanted.day)
        return (day, day) if period.first <= day <= period.last else None

    def _table(self, wanted: Wanted, first: date, last: date) -> tuple[Any, Any] | None:
        stations = [one for one in self.stations if wanted.station in ("", one)]
        asked = [one for one in self.parameters if wanted.parameter in ("", one)]
        if not stations or not asked:
            return None
        backend = connect()
        try:
            table = observations(
                backend,
                self.lake,
                asked,
                first,
                last,
                stations=stations,
            )
        except NoDataError:
            return None
        return backend, table.select(*COLUMNS).order_by("time", "station", "parameter", "statistic")

    def _station_ids(self) -> set[str]:
        code, region = self.row.indicator or "", self.row.region or ""
        if code not in WATER:
            rows: Sequence[Mapping[str, Any]] = self.lake.stations().to_pylist()
            return {row["id"] for row in rows if row["medium"] == "air" and covers(region, row)}
        asked = self.asked
        made = Making(asked.plan, self.lake, connect(), asked.as_of, None, asked.region, asked.entries, Kept(None))
        for case in made.cases:
            span = made.judge.span(case) if case.target.id == self.row.target else None
            if case.region is not None and case.region.id == region and span and not isinstance(span, Unjudged):
                return made.evidence.water.asked(Matter(case.target, case.indicator, case.region, span, asked.as_of))
        return set()


def _codes(indicator: str) -> Sequence[str]:
    level = DECLINES.get(indicator, indicator)
    if level in AIR:
        pollutant = AIR[level].pollutant
        return [BY_NAME[pollutant].code] if pollutant else AIR_CODES
    if level in MEANS:
        return sorted(items()[MEANS[level]].codes)
    return codes(Way()) if level in WATER else []


def _names() -> Mapping[str, str]:
    """The names of parameters; in English the first of their other names, which are Latin."""
    if language() == "zh":
        return {one.code: one.name for one in parameters()}
    return {one.code: next((name for name in one.aliases if name.isascii()), one.code) for one in parameters()}
