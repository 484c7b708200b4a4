"""Figures of ambient air up to a day, their room and their probability, for many regions from one table of days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from bilan.board.facts import Figure, Matter
from bilan.board.model import Said
from bilan.board.texts import said
from bilan.evaluate.air.indicators import AIR, Judged, Method, percent_of, shares_of
from bilan.evaluate.air.periods import DAILY
from bilan.evaluate.air.pollutants import BY_NAME, DIGITS
from bilan.evaluate.air.regions import AirFigures, AirRegions
from bilan.foresee.attainment import Learned, Outlook, learn
from bilan.foresee.attainment_scale import MEAN, SHARE
from bilan.foresee.attainment_years import Series
from bilan.foresee.room import Room
from bilan.foresee.room_limits import Limit
from bilan.foresee.room_means import Scale, SoFar, room_of_mean, room_of_mean_of_cities
from bilan.foresee.room_percentiles import Known, room_of_percentile
from bilan.foresee.room_rest import Rest
from bilan.foresee.room_shares import DaysSoFar, room_of_days, room_of_share
from bilan.periods import Period
from bilan.policy import Region

# Days that may be on their way: what has not come after them is missing.
LATE = 10
NEIGHBOURS = 4  # places with similar weather that help to learn; more add time, hardly knowledge
_YEAR = 12
_STEP = 10**DIGITS
_COUNTED = {"good_days": "good_day", "excellent_days": "excellent_day", "heavy_days": "heavy_day"}
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Days:
    """A city's days: ``first`` and, for each day from it on, steps or index by column, with what is valid."""

    first: date
    columns: dict[str, tuple[Ints, NDArray[np.bool_]]]

    def has(self, day: date) -> bool:
        """Return whether anything is known of the day."""
        place = (day - self.first).days
        return any(0 <= place < len(valid) and valid[place] for _, valid in self.columns.values())

    def part(self, column: str, first: date, last: date) -> Ints:
        """Return the valid values from ``first`` to ``last``, both included."""
        values, valid = self.columns[column]
        cut = slice(max((first - self.first).days, 0), max((last - self.first).days + 1, 0))
        found: Ints = values[cut][valid[cut]]
        return found


@dataclass(frozen=True)
class AirFacts:
    """Facts of the indicators in :data:`bilan.evaluate.air.indicators.AIR`; ``simulated`` names such stations' regions.

    Figures of several periods are computed together: name them first with :meth:`prepare`.
    """

    air: AirRegions
    simulated: frozenset[str] = frozenset()
    _learned: dict[tuple[Any, ...], Learned] = field(default_factory=dict)
    _figures: dict[str, AirFigures] = field(default_factory=dict)

    def prepare(self, periods: Iterable[Period]) -> None:
        """Compute the figures of ``periods`` in one query."""
        missing = {str(period): period for period in periods if str(period) not in self._figures}
        if missing:
            found = self.air.figures(list(missing.values()))
            self._figures.update(dict.fromkeys(missing, found))

    def figure(self, matter: Matter) -> Figure:
        """Return the figure up to the last day that has come. What lacks days in a month that is over lacks them."""
        matter = self.arrived(matter)
        method, span = AIR[matter.code], matter.span
        unit = matter.indicator.unit if matter.indicator else ""
        part, months = span.period.to_date(matter.as_of), span.period.months_to(matter.as_of)
        simulated = matter.region.id in self.simulated
        if not self._cities(matter.region):
            return Figure(None, unit, "monitored", part, lack="no_stations")
        if part is None:
            return Figure(None, unit, "monitored", None, lack="period_not_begun")
        judged = self._judged(matter.code, matter.region, part)
        over = part is span.period
        lacking = judged.lacking if over else ""
        if not over and months is not None:
            lacking = self._judged(matter.code, matter.region, months).lacking
        missing = judged.value is None
        return Figure(
            value=judged.value,
            unit=unit,
            source="monitored",
            period=part,
            decimals=judged.decimals,
            final=over and not lacking,
            completeness=self._completeness(method, matter.region, part),
            lack="no_data" if missing else "incomplete" if lacking else None,
            detail=lacking,
            simulated=simulated,
        )

    def room(self, matter: Matter, limit: Limit) -> Room | None:
        """Return the room of means, shares, days and percentiles of a city; of an index there is none."""
        matter = self.arrived(matter)
        method, cities = AIR[matter.code], self._cities(matter.region)
        made = _ROOMS[_family(method)] if cities else None
        parts = [self._so_far(method, city, matter) for city in cities]
        return None if made is None else made(method, limit, parts, matter)

    def chance(self, matter: Matter, limit: Limit) -> Outlook | None:
        """Return the probability by the years before; of a percentile and an index there is none."""
        matter = self.arrived(matter)
        method = AIR[matter.code]
        months = matter.span.period.months
        if _family(method) in ("percentile", "index") or months is None or months > _YEAR:
            return None
        learned = self._learn(method, matter, limit.decimals)
        if method.kind == "statistic":
            return learned.outlook(limit)
        whole = self._days_in(matter) if method.kind == "days" else 100
        return _in_units(learned.outlook(_as_share(limit, whole)), whole)

    def arrived(self, matter: Matter) -> Matter:
        """The question on the last day of which the region has data, where the days after it may still be coming."""
        if matter.as_of >= matter.span.period.last:
            return matter
        last = self.last_day(matter.region, matter.as_of)
        return matter if last is None else replace(matter, as_of=last)

    def last_day(self, region: Region, as_of: date) -> date | None:
        """Return the last day with data before ``as_of`` where that is not long before it, else None."""
        for back in range(LATE + 1):
            day = as_of - timedelta(days=back)
            if any(city in self._days and self._days[city].has(day) for city in self._cities(region)):
                return day
        return None

    def _judged(self, code: str, region: Region, period: Period) -> Judged:
        self.prepare([period])
        return self._figures[str(period)].of(code, region, period)

    def has_stations(self, region: Region) -> bool:
        """Return whether a station measures the air of the region."""
        return bool(self._cities(region))

    def _cities(self, region: Region) -> tuple[str, ...]:
        return self.air.cities.get(region.id, ())

    @cached_property
    def _days(self) -> dict[str, Days]:
        table = self.air.days
        found = {}
        for city in pc.unique(table["region"]).to_pylist():
            rows = table.filter(pc.equal(table["region"], city))
            days = rows["day"].to_numpy().astype("datetime64[D]")
            first = days.min()
            place = (days - first).astype(np.int64)
            columns = {name: _dense(rows[name], place) for name in (*DAILY.values(), "aqi")}
            found[city] = Days(first.astype(object), columns)
        return found

    def _so_far(self, method: Method, city: str, matter: Matter) -> tuple[Ints, Rest]:
        """The valid values of the period up to the day, and the rest."""
        period, as_of = matter.span.period, min(matter.as_of, matter.span.period.last)
        days = self._days.get(city)
        values = np.array([], np.int64) if days is None else days.part(_column(method), period.first, as_of)
        gone = max((as_of - period.first).days + 1, 0)
        left = (period.last - max(as_of, period.first - timedelta(days=1))).days
        return values, Rest(left, Fraction(len(values), gone) if gone else 1)

    def _completeness(self, method: Method, region: Region, part: Period) -> Said:
        cities = self._cities(region)
        valid = sum(
            len(days.part(_column(method), part.first, part.last))
            for city in cities
            if (days := self._days.get(city)) is not None
        )
        return said("complete.days", valid=valid, asked=((part.last - part.first).days + 1) * len(cities))

    def _learn(self, method: Method, matter: Matter, decimals: int | None) -> Learned:
        mean = method.kind == "statistic"
        told_apart = decimals if mean else None
        key = (_column(method), method.days, matter.region.id, matter.span.period, matter.as_of, told_apart)
        if key not in self._learned:
            others = self._alike(matter.region)
            self._learned[key] = learn(
                self._series(method, matter.region, matter.as_of),
                matter.span.period,
                matter.as_of,
                neighbours=[self._series(method, one, matter.as_of) for one in others[:NEIGHBOURS]],
                scale=MEAN if mean else SHARE,
                decimals=told_apart,
            )
        return self._learned[key]

    def _alike(self, region: Region) -> Sequence[Region]:
        """The regions beside this one, which have much the same weather, those with data."""
        return [one for one in self.air.regions if one.parent == region.parent and self._cities(one) and one != region]

    def _series(self, method: Method, region: Region, on: date) -> Series:
        """The region's value on each day: a concentration, or the share of its cities whose day counts."""
        rows = [self._days[city] for city in self._cities(region) if city in self._days]
        if not rows:
            return Series(date(2000, 1, 1), [])
        first = min(days.first for days in rows)
        series = [_floats(days, method, on) for days in rows]
        length = max(len(values) + (days.first - first).days for days, values in zip(rows, series, strict=True))
        table = np.full((len(rows), length), np.nan)
        for number, (days, values) in enumerate(zip(rows, series, strict=True)):
            start = (days.first - first).days
            table[number, start : start + len(values)] = values
        if len(rows) == 1:
            return Series(first, table[0])
        known = ~np.isnan(table)
        count = known.sum(axis=0)
        means = np.where(known, table, 0.0).sum(axis=0) / np.maximum(count, 1)
        return Series(first, np.where(count > 0, means, np.nan))

    def _days_in(self, matter: Matter) -> int:
        """The valid days that the whole period is expected to have, over all cities."""
        parts = [self._so_far(AIR[matter.code], city, matter) for city in self._cities(matter.region)]
        return max(sum(len(values) + rest.expected for values, rest in parts), 1)


def _family(method: Method) -> str:
    if method.kind == "statistic":
        return "percentile" if percent_of(method) is not None else "mean"
    return method.kind


def _column(method: Method) -> str:
    return DAILY[method.pollutant] if method.pollutant else "aqi"


def _dense(column: Any, place: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """The column by day from the first on, zero where it is not valid."""
    values, valid = np.zeros(place.max() + 1, np.int64), np.zeros(place.max() + 1, np.bool_)
    values[place] = pc.fill_null(column, 0).to_numpy()
    valid[place] = pc.is_valid(column).to_numpy(zero_copy_only=False)
    return values, valid


def _floats(days: Days, method: Method, on: date) -> Floats:
    values, valid = days.columns[_column(method)]
    shown = values / _STEP if method.kind == "statistic" else _counts(values, method, on).astype(np.float64)
    return np.where(valid, shown, np.nan)


def _counts(index: Ints, method: Method, on: date) -> NDArray[np.bool_]:
    """Which days the share or number counts."""
    low, high = shares_of(method, on)
    found: NDArray[np.bool_] = (index >= low) & (index <= high)
    return found


def _as_share(limit: Limit, whole: int) -> Limit:
    """The limit of a number of ``whole`` days, or of a percentage, on a scale from 0 to 1."""
    edge = limit.bound()
    return Limit(edge.side, Fraction(edge.value) / whole, None, not edge.closed)


def _in_units(found: Outlook, whole: int) -> Outlook:
    known = {name: getattr(found, name) for name in ("low", "middle", "high", "so_far")}
    return replace(found, **{name: value * whole for name, value in known.items() if value is not None})


Parts = Sequence[tuple[Ints, Rest]]


def _of_mean(method: Method, limit: Limit, parts: Parts, matter: Matter) -> Room:
    scale = Scale(BY_NAME[method.pollutant].unit)
    cities = [SoFar(Decimal(int(values.sum())).scaleb(-DIGITS), len(values), rest) for values, rest in parts]
    if len(cities) == 1:
        return room_of_mean(limit, cities[0], scale)
    return room_of_mean_of_cities(limit, cities, scale)


def _of_share(method: Method, limit: Limit, parts: Parts, matter: Matter) -> Room:
    made = room_of_share if method.kind == "share" else room_of_days
    counted = sum(int(_counts(values, method, matter.as_of).sum()) for values, _ in parts)
    valid, left = (sum(numbers) for numbers in zip(*((len(v), rest.left) for v, rest in parts), strict=True))
    expected = sum(rest.expected for _, rest in parts)
    rest = Rest(left, Fraction(expected, left) if left else 1)
    return made(limit, DaysSoFar(counted, valid, rest), _COUNTED[method.days])


def _of_percentile(method: Method, limit: Limit, parts: Parts, matter: Matter) -> Room | None:
    percent = percent_of(method)
    if len(parts) != 1 or percent is None or limit.side != "at_most":
        return None
    values, rest = parts[0]
    edge = limit.bound()
    within = [edge.admits(Fraction(int(value), _STEP)) for value in values]
    below = [int(value) for value, ok in zip(values, within, strict=True) if ok]
    above = [int(value) for value, ok in zip(values, within, strict=True) if not ok]
    known = Known(Fraction(max(below), _STEP) if below else None, Fraction(min(above), _STEP) if above else None)
    days = DaysSoFar(len(above), len(values), rest)
    return room_of_percentile(limit, percent, days, known, BY_NAME[method.pollutant].unit)


_ROOMS: dict[str, Callable[[Method, Limit, Parts, Matter], Room | None] | None] = {
    "mean": _of_mean,
    "share": _of_share,
    "days": _of_share,
    "percentile": _of_percentile,
    "index": None,
}
