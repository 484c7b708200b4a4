"""The figures of ambient air from the lake: hours, days and periods of stations or cities.

A long record is computed a few years at a time, so memory does not grow with its length.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import ibis
import pyarrow as pa

from bilan.errors import BilanError
from bilan.evaluate.air.aqi import RESULTS, Mode, air_quality_index
from bilan.evaluate.air.cities import city_days, city_hours
from bilan.evaluate.air.days import VALUES, station_days
from bilan.evaluate.air.hours import SLIDING, station_hours
from bilan.evaluate.air.periods import evaluate_periods, rank
from bilan.evaluate.air.pollutants import DIGITS, POLLUTANTS
from bilan.evaluate.engine import computed, fetched
from bilan.evaluate.exact import half_even, published
from bilan.evaluate.observations import NoDataError, observations
from bilan.evaluate.places import lies_in, members, stations_of

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.sql import SQLBackend

    from bilan.observe import Lake
    from bilan.periods import Period

Scope = Literal["station", "city"]
ROWS = 20_000_000  # computed at once, if a year does not have more of them; bounds memory on long records
CODES = tuple(p.code for p in POLLUTANTS)


_WHOLE_YEARS = (1, 1, 12, 31)  # month and day of the first day, and of the last
_DAY = ("day", pa.date32())
_SLIDING = timedelta(days=1)  # what the longest sliding mean looks back


class DustError(BilanError):
    """The declared dust days are of none of the places that are asked for."""


@dataclass(frozen=True)
class AirQuestion:
    """What is asked: of which ``lake``, by which ``backend``, for which ``scope``, within which ``region`` (its id).

    ``cities``: regions of any level, each taken as one city. ``dust`` names region and day of declared dust.
    """

    lake: Lake
    backend: SQLBackend
    scope: Scope = "city"
    region: str | None = None
    cities: tuple[str, ...] = ()
    mode: Mode = "strict"
    known_at: datetime | None = None
    dust: pa.Table | None = None

    @property
    def unit(self) -> str:
        """The column that names a place."""
        return "station" if self.scope == "station" else "region"

    def members(self) -> pa.Table:
        """Return which station counts for which city (see :func:`bilan.evaluate.places.members`)."""
        return members(self.lake, "air", within=self.region, cities=self.cities)

    def stations(self) -> set[str]:
        """Return the stations of ambient air that are asked about."""
        if self.region is None and not self.cities:
            return stations_of(self.lake, "air")
        inside = members(self.lake, "air", within=self.region, cities=self.cities or (self.region or "",))
        return set(inside["station"].to_pylist())

    def places(self, first: date, last: date) -> ir.Table:
        """Return which station counts for which city, and in which ``year`` from ``first`` to ``last`` it reports.

        A station without a value the whole year is none of the network that year; one that falls silent still counts
        among those of which three quarters must be valid. So the whole years are asked, whatever days are judged.
        """
        facts = _facts(self, date(first.year, 1, 1), date(last.year, 12, 31))
        belonging = ibis.memtable(self.members())
        if facts is None:
            return belonging.mutate(year=ibis.literal(first.year, type="int32"))
        return belonging.inner_join(facts.filter(facts.value.notnull()).select("station", "year").distinct(), "station")

    def dusty(self) -> ir.Table | None:
        """Return the unit and ``day`` of declared dust: a region's dust is that of all stations or cities in it.

        Raises :class:`DustError` where the dust of none of the asked places is declared.
        """
        if self.dust is None:
            return None
        rows = self.members().to_pylist()
        home = {row["id"]: row["region"] for row in self.lake.stations().to_pylist()}
        inside = {row[self.unit]: home[row["station"]] if self.scope == "station" else row["region"] for row in rows}
        declared = self.dust.to_pylist()
        found = [
            {self.unit: unit, "day": row["day"]}
            for row in declared
            for unit, region in inside.items()
            if lies_in(region, row["region"])
        ]
        if declared and not found:
            raise DustError("沙尘日都不在所算的城市；请按城市、省份或更大的区域申报")
        return ibis.memtable(pa.Table.from_pylist(found, schema=pa.schema([(self.unit, pa.string()), _DAY])))


def hours(question: AirQuestion, first: date, last: date) -> Iterator[pa.Table]:
    """Yield the real-time report of every hour from ``first`` to ``last``.

    Columns: ``station`` or ``region``, ``time`` (label, UTC), ``day``, ``hour`` (1 to 24), the concentrations, ``aqi``,
    ``primary``, ``category``, ``iaqi_*``, ``reason``.
    """
    for start, end in _spans(question, first, last):
        facts = _facts(question, start - _SLIDING, end)
        if facts is None:
            continue
        values = station_hours(facts)
        values = values.filter(values.day >= ibis.literal(start))
        items = [p.name for p in POLLUTANTS] + list(SLIDING)
        if question.scope == "city":
            values = city_hours(values, question.places(start, end), start, end)
        judged = air_quality_index(values, "hour", question.mode, start, end)
        keys = [question.unit, "time", "day", "hour"]
        yield _reported(question, judged, keys, items)


def days(question: AirQuestion, first: date, last: date) -> Iterator[pa.Table]:
    """Yield the daily report of every day from ``first`` to ``last``.

    Columns: ``station`` or ``region``, ``day``, the concentrations, ``aqi``, ``primary``, ``category``, ``iaqi_*``,
    ``reason``, and what they rest on: ``n_<pollutant>`` hours of a station, ``s_<value>`` and ``stations`` of a city.
    """
    for start, end in _spans(question, first, last):
        judged = judged_days(question, start, end)
        if judged is not None:
            yield report_of(question, judged)


def periods(question: AirQuestion, asked: Sequence[Period]) -> pa.Table:
    """Return the figures of the ``asked`` periods, one row for each place, period and regime (see ``periods.py``).

    Concentrations in µg/m3 (CO mg/m3), ``index`` and ``i_*`` with two decimals, ``good_ratio`` and so on in
    percent with one, ``rank`` of the places by index within period and regime. Raises
    :class:`~bilan.evaluate.observations.NoDataError`.
    """
    first, last = min(p.first for p in asked), max(p.last for p in asked)
    return periods_of(question, computed_days(question, first, last), asked)


def computed_days(question: AirQuestion, first: date, last: date) -> ir.Table:
    """Return what :func:`judged_days` gives for ``first`` to ``last``, computed and kept by the engine."""
    parts = [judged_days(question, start, end) for start, end in _spans(question, first, last)]
    kept = [computed(question.backend, part) for part in parts if part is not None]
    if not kept:
        raise NoDataError(f"{question.lake.path}：{first} 至 {last} 没有空气数据")
    return ibis.union(*kept) if len(kept) > 1 else kept[0]


def states(question: AirQuestion, first: date, last: date) -> list[str]:
    """Return the states of the gas (``273K``, ``298K``, ``actual``) that the values of these days are given in."""
    facts = _facts(question, first, last)
    if facts is None:
        return []
    found = fetched(question.backend, facts.filter(facts.state.notnull()).select("state").distinct())
    return sorted(found["state"].to_pylist())


def report_of(question: AirQuestion, judged: ir.Table) -> pa.Table:
    """Return the daily report (see :func:`days`) of days from :func:`judged_days` or :func:`computed_days`."""
    about = [name for name in judged.columns if name.startswith(("n_", "s_")) or name == "stations"]
    return _reported(question, judged, [question.unit, "day"], list(VALUES), about)


def periods_of(question: AirQuestion, judged: ir.Table, asked: Sequence[Period]) -> pa.Table:
    """Return the figures of the ``asked`` periods (see :func:`periods`) from days computed before."""
    table = judged.select(question.unit, "day", *VALUES, "aqi")
    found = rank(evaluate_periods(table, question.unit, asked, question.dusty()), "index")
    return fetched(question.backend, _shown(found).order_by("period", question.unit, "regime"))


def judged_days(question: AirQuestion, first: date, last: date) -> ir.Table | None:
    """Return the daily values and index of every place as steps, None where the lake has nothing."""
    facts = _facts(question, first, last)
    if facts is None:
        return None
    values = station_days(facts, first, last)
    if question.scope == "city" and (first.month, first.day, last.month, last.day) == _WHOLE_YEARS:
        days = computed(question.backend, values)  # who reports in each year is told from them, without another look
        values = city_days(days, ibis.memtable(question.members()), first, last)
    elif question.scope == "city":
        values = city_days(values, question.places(first, last), first, last)
    return air_quality_index(values, "day", question.mode, first, last)


def _facts(question: AirQuestion, first: date, last: date) -> ir.Table | None:
    stations, known_at = question.stations(), question.known_at
    try:
        return observations(question.backend, question.lake, CODES, first, last, stations=stations, known_at=known_at)
    except NoDataError:
        return None


def _spans(question: AirQuestion, first: date, last: date) -> Iterator[tuple[date, date]]:
    """Runs of whole years that together have no more rows than are computed at once; a year is never split."""
    rows = Counter[int]()
    for file in question.lake.files(CODES, first, last):
        rows[file.year] += file.rows
    start, together = first, 0
    for year in range(first.year, last.year + 1):
        if together and together + rows[year] > ROWS:
            yield start, date(year - 1, 12, 31)
            start, together = date(year, 1, 1), 0
        together += rows[year]
    yield start, last


def _reported(
    question: AirQuestion, judged: ir.Table, keys: list[str], items: list[str], about: Sequence[str] = ()
) -> pa.Table:
    values = [published(judged[name], DIGITS).name(name) for name in items]
    results = ("aqi", "primary", "category", *RESULTS[:6], "reason")
    return fetched(question.backend, judged.select(*keys, *values, *results, *about).order_by(keys))


def _shown(found: ir.Table) -> ir.Table:
    """The figures as they are published."""
    columns = {}
    for name in found.columns:
        if name.endswith("_mean") or ("_p" in name and name.rsplit("_p", 1)[1].replace("_", "").isdigit()):
            columns[name] = published(found[name], DIGITS)
        elif name == "index" or name.startswith("i_"):
            columns[name] = published(found[name], 2)
    shares = {
        f"{name.removesuffix('_days')}_ratio": published(half_even(found[name] * 1000, found.aqi_days.nullif(0)), 1)
        for name in found.columns
        if name.endswith("_days") and name != "aqi_days"
    }
    return found.mutate(**columns, **shares)
