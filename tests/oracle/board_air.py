"""Ambient air from station hours to the figures of a city, in plain Python on whole steps. Nothing of bilan's.

HJ 663 and GB 3095 table 4: 20 hours for a day, 6 of 8 hours for a mean of eight, 14 of these for the largest of them;
27 days a month (25 in February) and 324 a year. A city's day is the mean of its stations where 75 % of them are valid.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from ..evaluate.air.reference import air_quality_index, composite_index, half_even, percentile, regime_of
from .board_rules import rounded

STEPS = 10_000  # of a concentration
ITEMS = ("so2", "no2", "pm10", "pm2_5", "co", "o3")
DAILY = ("so2", "no2", "pm10", "pm2_5", "co", "o3_8h")
DECIMALS = {"co": 1}
EIGHT_HOUR_LIMIT = 160
LEAST = {"hours": 20, "of_eight": 6, "eights": 14, "stations": Fraction(75, 100), "february": 25, "month": 27}
LEAST_YEAR = 324
LEAST_INDEXED = Fraction(75, 100)

Hour = tuple[str, datetime, Mapping[str, int | None]]  # station, label (the end of the hour), steps by pollutant
Day = dict[str, Fraction | None]


def station_days(hours: Iterable[Hour]) -> dict[tuple[str, date], Day]:
    """The daily values of every station, unrounded, in units; the hour that ends at midnight is the day's last."""
    found: dict[tuple[str, date], dict[str, dict[int, int]]] = defaultdict(lambda: {item: {} for item in ITEMS})
    for station, label, values in hours:
        day = (label - timedelta(hours=1)).date()
        for item, value in values.items():
            if value is not None:
                found[station, day][item][label.hour or 24] = value
    return {key: dict(_station_day(items)) for key, items in found.items()}


def _station_day(items: Mapping[str, Mapping[int, int]]) -> Iterator[tuple[str, Fraction | None]]:
    for item in ("so2", "no2", "pm10", "pm2_5", "co"):
        hours = items[item].values()
        yield item, Fraction(sum(hours), len(hours) * STEPS) if len(hours) >= LEAST["hours"] else None
    yield "o3_1h", Fraction(max(items["o3"].values()), STEPS) if items["o3"] else None
    yield "o3_8h", _largest_eight(items["o3"])


def _largest_eight(hours: Mapping[int, int]) -> Fraction | None:
    eights = [[hours[h] for h in range(end - 7, end + 1) if h in hours] for end in range(8, 25)]
    means = [Fraction(sum(eight), len(eight) * STEPS) for eight in eights if len(eight) >= LEAST["of_eight"]]
    if not means or (len(means) < LEAST["eights"] and max(means) <= EIGHT_HOUR_LIMIT):
        return None
    return max(means)


@dataclass(frozen=True)
class City:
    """The days of a city: daily values as they are published, and the index."""

    days: Mapping[date, Day]
    index: Mapping[date, int]

    @classmethod
    def of(cls, stations: Sequence[str], values: Mapping[tuple[str, date], Day]) -> City:
        days: dict[date, Day] = {}
        index: dict[date, int] = {}
        reporting: dict[int, set[str]] = defaultdict(set)
        for station, day in values:
            if station in stations:
                reporting[day.year].add(station)
        for day in sorted({day for station, day in values if station in stations}):
            members = reporting[day.year]
            of_day = {name: _city_value(name, [values.get((s, day), {}).get(name) for s in members]) for name in KINDS}
            days[day] = of_day
            found = air_quality_index("day", "strict", regime_of(day), of_day).aqi
            if found is not None:
                index[day] = found
        return cls(days, index)

    def values(self, item: str, first: date, last: date) -> list[Fraction]:
        """The valid daily values from ``first`` to ``last``."""
        column = "o3_8h" if item == "o3" else item
        inside = [self.days[day][column] for day in _each(first, last) if day in self.days]
        return [value for value in inside if value is not None]

    def indices(self, first: date, last: date) -> list[int]:
        """The index of every day from ``first`` to ``last`` that has one."""
        return [self.index[day] for day in _each(first, last) if day in self.index]

    def enough(self, item: str, first: date, last: date) -> bool:
        """Whether whole months have the valid days they need, and a whole year those of a year."""
        counts: dict[tuple[int, int], int] = defaultdict(int)
        column = "o3_8h" if item == "o3" else item
        for day in _each(first, last):
            counts[day.year, day.month] += self.days.get(day, {}).get(column) is not None
        months = all(n >= LEAST["february" if month == 2 else "month"] for (_, month), n in counts.items())
        whole_year = (first.month, first.day, last.month, last.day, first.year) == (1, 1, 12, 31, last.year)
        return months and (not whole_year or sum(counts.values()) >= LEAST_YEAR)

    def indexed_enough(self, first: date, last: date) -> bool:
        """Whether three quarters of the days have an index."""
        return len(self.indices(first, last)) >= LEAST_INDEXED * ((last - first).days + 1)


KINDS = (*DAILY, "o3_1h")


def _city_value(name: str, values: Sequence[Fraction | None]) -> Fraction | None:
    known = [value for value in values if value is not None]
    if not known or len(known) < LEAST["stations"] * len(values):
        return None
    return half_even(sum(known, Fraction(0)) / len(known), DECIMALS.get(name, 0))


def _each(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


@dataclass(frozen=True)
class Indicator:
    """What a code asks: a ``statistic`` (mean, or a percentile in percent) of ``item``, or days by their index."""

    code: str
    item: str = ""
    percent: int | None = None
    days: tuple[int, int] | None = None  # the indices that are counted
    share: bool = True
    decimals: int = 0

    def counted(self, city: City, first: date, last: date) -> int:
        """The days that are counted."""
        low, high = self.days or (0, 0)
        return sum(low <= index <= high for index in city.indices(first, last))

    def exact(self, city: City, first: date, last: date) -> Fraction | None:
        """The figure before it is rounded; None without a valid day."""
        if self.code == "air.composite_index":
            return _composite(city, first, last)
        if self.days is not None:
            valid, counted = len(city.indices(first, last)), self.counted(city, first, last)
            if not self.share:
                return Fraction(counted) if valid else None
            return Fraction(100 * counted, valid) if valid else None
        values = city.values(self.item, first, last)
        if not values:
            return None
        if self.percent is None:
            return sum(values, Fraction(0)) / len(values)
        return percentile(values, Fraction(self.percent, 100))

    def figure(self, city: City, first: date, last: date) -> Decimal | None:
        """The figure as it is published."""
        exact = self.exact(city, first, last)
        return None if exact is None else rounded(exact, self.decimals)

    def valid(self, city: City, first: date, last: date) -> int:
        """The days that the figure rests on."""
        if self.item:
            return len(city.values(self.item, first, last))
        return len(city.indices(first, last))

    def judged(self, city: City, first: date, last: date) -> bool:
        """Whether the days of this span suffice for a figure."""
        if self.days is not None:
            return city.indexed_enough(first, last)
        return all(city.enough(item, first, last) for item in ([self.item] if self.item else ITEMS))


def _composite(city: City, first: date, last: date) -> Fraction | None:
    statistics: dict[str, Fraction] = {}
    for item in ITEMS:
        values = city.values(item, first, last)
        if not values:
            return None
        percent = {"co": 95, "o3": 90}.get(item)
        exact = (
            sum(values, Fraction(0)) / len(values) if percent is None else percentile(values, Fraction(percent, 100))
        )
        statistics[item] = half_even(exact, DECIMALS.get(item, 0))
    return composite_index(statistics)


INDICATORS = {
    one.code: one
    for one in (
        Indicator("air.pm25.annual", "pm2_5"),
        Indicator("air.pm10.annual", "pm10"),
        Indicator("air.so2.annual", "so2"),
        Indicator("air.no2.annual", "no2"),
        Indicator("air.o3.p90", "o3", 90),
        Indicator("air.co.p95", "co", 95, decimals=1),
        Indicator("air.aqi.good_days_ratio", days=(0, 100), decimals=1),
        Indicator("air.aqi.excellent_days_ratio", days=(0, 50), decimals=1),
        Indicator("air.heavy_days_ratio", days=(201, 500), decimals=1),
        Indicator("air.heavy_days", days=(201, 500), share=False),
        Indicator("air.composite_index", decimals=2),
    )
}


def month_over(day: date) -> date:
    """The last day of the last month that is over on the evening of ``day``."""
    ends = calendar.monthrange(day.year, day.month)[1]
    return day if day.day == ends else day.replace(day=1) - timedelta(days=1)
