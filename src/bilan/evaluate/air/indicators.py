"""Readings of the indicators of ambient air."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal

import pyarrow.compute as pc

from bilan.evaluate.air.lake import AirQuestion
from bilan.evaluate.air.period_tables import PeriodTables
from bilan.evaluate.air.periods import DAILY, KINDS, regime_name, statistic_name
from bilan.evaluate.air.pollutants import BY_NAME
from bilan.evaluate.kept import Kept
from bilan.evaluate.observations import NoDataError
from bilan.evaluate.places import PREFECTURE, cities_inside, members
from bilan.evaluate.places import region as place
from bilan.evaluate.reading import Inputs, Reading, resting_on, subject
from bilan.evaluate.told import NOTHING, Joined, Quoted, Told, tell
from bilan.policy import Indicator, Region
from bilan.policy.standards import Regime, StandardTable, regimes, standard_on

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.backends.sql import SQLBackend

    from bilan.observe import Lake
    from bilan.periods import Period

Kind = Literal["statistic", "share", "days", "index"]


@dataclass(frozen=True, slots=True)
class Method:
    """Where the figure stands in the result of a period, and the code by which its method is told."""

    column: str
    kind: Kind
    pollutant: str
    told: str
    days: str = ""  # the column of days that a share or a number of days counts

    @property
    def decimals(self) -> int:
        """Of figures that are no concentration."""
        return {"index": 2, "share": 1}.get(self.kind, 0)


AIR = {
    "air.pm25.annual": Method("pm2_5_mean", "statistic", "pm2_5", "method.mean"),
    "air.pm10.annual": Method("pm10_mean", "statistic", "pm10", "method.mean"),
    "air.so2.annual": Method("so2_mean", "statistic", "so2", "method.mean"),
    "air.no2.annual": Method("no2_mean", "statistic", "no2", "method.mean"),
    "air.o3.p90": Method("o3_p90", "statistic", "o3", "method.o3_p90"),
    "air.co.p95": Method("co_p95", "statistic", "co", "method.co_p95"),
    "air.composite_index": Method("index", "index", "", "method.index"),
    "air.aqi.good_days_ratio": Method("good_ratio", "share", "", "method.good_ratio", "good_days"),
    "air.aqi.excellent_days_ratio": Method("excellent_ratio", "share", "", "method.excellent_ratio", "excellent_days"),
    "air.heavy_days": Method("heavy_days", "days", "", "method.heavy_days", "heavy_days"),
    "air.heavy_days_ratio": Method("heavy_ratio", "share", "", "method.heavy_ratio", "heavy_days"),
}


def air_reading(
    indicator: Indicator,
    lake: Lake,
    backend: SQLBackend,
    region: Region,
    period: Period,
    *,
    known_at: datetime | None = None,
    kept: Kept | None = None,
) -> Reading:
    """Return the reading of one indicator of :data:`AIR`; the region's stations count as one city.

    For a province or the country: the mean of its cities, good days by the days of all of them. ``kept`` holds the days
    that all indicators of one region and period are computed from.
    """
    method = AIR[indicator.code]
    tables = tables_of(lake, backend, region, period, known_at=known_at, kept=kept)
    cities = not tables.question.cities
    found = regimes(KINDS, period.first, period.last)
    about = subject(indicator, region, period, known_at=known_at, lake_version=lake.version)
    about |= resting_on(_standards(method, found))
    about["method"] = _method(method, cities=cities, mixed=len(found) > 1)
    try:
        rows = tables.figures.to_pylist()
    except NoDataError as error:
        return Reading(**about, value=None, reason=Quoted(str(error)))
    about["unverified"] += _states(tables.states, method)
    if not rows:
        return Reading(**about, value=None, reason=tell("reason.no_stations", region=region.name))
    under = tuple((regime_name(regime), _value(_rows_of(rows, regime), method, regime)) for regime in found)
    last = _rows_of(rows, found[-1])
    inside = members(lake, "air", within=region.id).to_pylist() if cities else []
    silent = reporting(inside, period) - {row["region"] for row in last}
    judged_as = judged_rows(method, rows, silent, period)
    value, lacking = judged_as.value, judged_as.lacking
    proof = _proof(tables.daily, period, method, last, silent, found[-1])
    return Reading(
        **about,
        **proof,
        value=None if lacking else value,
        reason=lacking,
        provisional=value if lacking else None,
        regime=Quoted(regime_name(found[-1])),
        mixed=len(found) > 1,
        under=() if method.days else under,
    )


def tables_of(
    lake: Lake,
    backend: SQLBackend,
    region: Region,
    period: Period,
    *,
    known_at: datetime | None = None,
    kept: Kept | None = None,
) -> PeriodTables:
    """Return what all figures of ``region`` in ``period`` are made from: of its stations as one city, or of its cities.

    They are the same tables for a reading and for whoever looks into it.
    """
    cities = () if _is_list(region, cities_inside(lake, "air")) else (region.id,)
    question = AirQuestion(lake, backend, region=region.id, cities=cities, known_at=known_at)
    return PeriodTables(question, period, kept or Kept(None))


@dataclass(frozen=True, slots=True)
class Judged:
    """The ``value`` that the data give, published with ``decimals``, and what it lacks for one, empty if nothing."""

    value: Decimal | None
    decimals: int
    lacking: Told


def judged_rows(method: Method, rows: Sequence[Mapping[str, Any]], silent: Collection[str], period: Period) -> Judged:
    """Return the figure of the cities in ``rows`` (see :func:`bilan.evaluate.air.lake.periods_of`) over ``period``.

    ``silent`` are cities that should have a row and have none. The standards valid on the last day of ``period`` apply.
    """
    regime = regimes(KINDS, period.first, period.last)[-1]
    last = _rows_of(rows, regime)
    value = _value(last, method, regime)
    lacking = _lacking(last, silent, method, period, regime) or (
        tell("reason.no_day_values") if value is None else NOTHING
    )
    return Judged(value, _decimals(method, regime), lacking)


def percent_of(method: Method) -> Decimal | None:
    """Return the percentile of the method, None where it is none.

    >>> percent_of(AIR["air.o3.p90"]), percent_of(AIR["air.pm25.annual"])
    (Decimal('90'), None)
    """
    _, mark, percent = method.column.rpartition("_p")
    return Decimal(percent.replace("_", ".")) if mark and method.kind == "statistic" else None


def shares_of(method: Method, on: date) -> tuple[int, int]:
    """Return the lowest and the highest AQI of the days that a share or a number of days counts ``on`` a day.

    >>> shares_of(AIR["air.aqi.good_days_ratio"], date(2026, 9, 30))
    (0, 100)
    """
    row = next(row for row in standard_on("air.shares", on).rows if f"{row['share']}_days" == method.days)
    return int(row["from"]), int(row["to"])


def cities_of(region: Region, inside: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Return the cities whose days make the figure of ``region``: those of a province, else itself; without a station
    none. ``inside`` is what :func:`bilan.evaluate.places.cities_inside` says of air.

    >>> from bilan.evaluate.places import region_of
    >>> cities_of(region_of("990100"), {"990000": {"990100"}, "990100": {"990100"}, "990102": {"990100"}})
    ('990100',)
    """
    if region.id not in inside:
        return ()
    return tuple(sorted(inside[region.id])) if _is_list(region, inside) else (region.id,)


def reporting(rows: Iterable[Mapping[str, Any]], period: Period) -> set[str]:
    """Return the cities that have a station in ``period``, by its validity; ``rows`` of ``places.members``."""
    return {
        row["region"]
        for row in rows
        if (row["valid_from"] or period.first) <= period.last and (row["valid_to"] or date.max) > period.first
    }


def _states(found: Sequence[str], method: Method) -> tuple[Told, ...]:
    """What is to be said of gases given in several states, which no method here makes one of."""
    gases = {"273K", "298K"} & set(found)
    if len(gases) < 2 or method.pollutant in ("pm10", "pm2_5"):
        return ()
    return (tell("doubt.states"),)


def _rows_of(rows: Sequence[Mapping[str, Any]], regime: Regime) -> list[Mapping[str, Any]]:
    return [row for row in rows if row["regime"] == regime_name(regime)]


def _method(method: Method, *, cities: bool, mixed: bool) -> Told:
    """How the figure is computed, in words."""
    parts = [tell(method.told)]
    if method.days and mixed:
        parts.append(tell("method.day_by_day"))
    if cities:
        parts.append(tell("method.days_together" if method.days else "method.mean_of_cities"))
    return Joined(*parts)


def _is_list(region: Region, inside: Mapping[str, Collection[str]]) -> bool:
    """Whether the region is a province or the country; a municipality is itself the city of its stations."""
    if region.kind != "administrative" or region.level >= PREFECTURE:
        return False
    return not set(inside.get(region.id, ())) <= {region.id}


def _standards(method: Method, found: Sequence[Regime]) -> list[StandardTable]:
    """The tables that the figure rests on: the last regime's, and for days those of each day's regime."""
    kinds = {
        "statistic": ("air.statistics", "air.completeness", "air.rounding"),
        "index": ("air.index", "air.statistics", "air.completeness", "air.rounding"),
        "share": ("air.shares", "air.completeness"),
        "days": ("air.shares", "air.completeness"),
    }[method.kind]
    tables = [found[-1].tables[kind] for kind in kinds]
    if method.days:
        starts = [regime.first or date(2013, 1, 1) for regime in found]
        tables += [standard_on(kind, day) for day in starts for kind in ("air.iaqi", "air.report", "air.rules")]
    return tables


def _value(rows: Sequence[Mapping[str, Any]], method: Method, regime: Regime) -> Decimal | None:
    """Of one city its figure; of several the mean of those that have one, or the share of all their days together."""
    step = Decimal(1).scaleb(-_decimals(method, regime))
    if method.kind == "share":
        part = sum(row[method.days] for row in rows)
        whole = sum(row["aqi_days"] for row in rows)
        return (Decimal(100 * part) / whole).quantize(step) if whole else None
    amounts = [published_amount(row[method.column]) for row in rows if row.get(method.column) is not None]
    return (sum(amounts, Decimal(0)) / len(amounts)).quantize(step) if amounts else None


def _decimals(method: Method, regime: Regime) -> int:
    if method.kind != "statistic":
        return method.decimals
    rows = regime.tables["air.rounding"].rows
    return next(int(row["statistic"]) for row in rows if row["pollutant"] == method.pollutant)


def _lacking(
    rows: Sequence[Mapping[str, Any]], silent: Collection[str], method: Method, period: Period, regime: Regime
) -> Told:
    """Why the figure cannot be judged; empty where it can."""
    if method.kind == "statistic" and method.column not in _statistics(regime):
        return tell("reason.no_such_statistic", standard=Quoted(regime.tables["air.statistics"].standard))
    if not any(row["aqi_days"] or any(row[f"n_{p}"] for p in BY_NAME) for row in rows):
        return tell("reason.no_day_values")
    if silent:
        return tell("reason.silent_cities", cities=_names(silent))
    completeness = regime.tables["air.completeness"]
    formulas = [BY_NAME[method.pollutant].formula] if method.pollutant else []
    formulas = [p.formula for p in BY_NAME.values()] if method.kind == "index" else formulas
    short = {name for row in rows for name in row["lacking"].split("、") if name in formulas}
    if short:
        rule = {"standard": Quoted(completeness.standard), "clause": Quoted(completeness.clause)}
        return tell("reason.few_days", items=sorted(short), **rule)
    asked = (period.last - period.first).days + 1
    least = {row["rule"]: int(row["minimum"]) for row in completeness.rows}["aqi_days_percent"]
    if method.kind in ("share", "days") and any(row["aqi_days"] * 100 < asked * least for row in rows):
        return tell("reason.few_index_days", least=least)
    return NOTHING


def _statistics(regime: Regime) -> set[str]:
    rows = regime.tables["air.statistics"].rows
    return {statistic_name(row["pollutant"], row["statistic"], row["percentile"]) for row in rows}


def _names(regions: Iterable[str]) -> list[str]:
    return [place(one).name for one in sorted(regions)]


def _proof(
    daily: pa.Table,
    period: Period,
    method: Method,
    rows: Sequence[Mapping[str, Any]],
    silent: Collection[str],
    regime: Regime,
) -> dict[str, Any]:
    """What went in, what was left out and why, and the steps of the computation."""
    asked = ((period.last - period.first).days + 1) * (len(rows) + len(silent))
    column = DAILY[method.pollutant] if method.pollutant else "aqi"
    valid = daily.filter(_valid(daily, method))
    several = len(rows) + len(silent) > 1
    days, stations = ("input.days_of_cities", "input.stations_of_city") if several else ("input.days", "input.stations")
    return {
        "used": (
            Inputs(tell(days), valid.num_rows),
            Inputs(tell(stations), pc.max(daily["stations"]).as_py() or 0),
        ),
        "left_out": tuple(_left_out(daily, method, asked)),
        "completeness": Joined(tell("complete.days", valid=valid.num_rows, asked=asked), *_least(rows, silent)),
        "steps": tuple(_steps(valid, column, method, rows, regime)),
    }


def _valid(daily: pa.Table, method: Method) -> pa.ChunkedArray:
    """Which days go into the figure: those with its pollutant, with an AQI, for the composite index with anything."""
    if method.kind == "index":
        return reduce(pc.or_, (pc.is_valid(daily[name]) for name in DAILY.values()))
    return pc.is_valid(daily[DAILY[method.pollutant] if method.pollutant else "aqi"])


def _left_out(daily: pa.Table, method: Method, asked: int) -> list[Inputs]:
    """Days of the period that do not go into the figure, by what is missing on them."""
    missing = daily.filter(pc.invert(_valid(daily, method)))
    found = []
    if method.days:
        reasons = pc.value_counts(pc.fill_null(missing["reason"], "没有 AQI")).to_pylist()
        found = [Inputs(tell("input.day"), item["counts"], Quoted(item["values"])) for item in reasons]
    elif missing.num_rows:
        found = [Inputs(tell("input.day"), missing.num_rows, tell("reason.few_hours"))]
    silent = asked - daily.num_rows
    return found + ([Inputs(tell("input.day"), silent, tell("reason.no_data"))] if silent > 0 else [])


def _least(rows: Sequence[Mapping[str, Any]], silent: Collection[str]) -> list[Told]:
    lacking = list(dict.fromkeys(name for row in rows for name in row["lacking"].split("、") if name))
    told = [tell("complete.silent", cities=_names(silent))] if silent else []
    told += [tell("complete.short", items=lacking)] if lacking else []
    return told or [tell("complete.enough")]


def _steps(
    valid: pa.Table, column: str, method: Method, rows: Sequence[Mapping[str, Any]], regime: Regime
) -> list[Told]:
    if method.days:
        return _day_steps(method, rows, regime)
    if len(rows) > 1:
        return _mean_steps(method, rows, regime)
    row = rows[0]
    if row.get(method.column) is None:
        return []
    if method.kind == "index":
        return _index_steps(row, regime)
    values = [published_amount(value) for value in valid[column].to_pylist()]
    rounded = tell("step.rounded", value=_shown(row[method.column]))
    if method.column.endswith("_mean"):
        total = sum(values, Decimal(0))
        mean = Quoted(f"{total} ÷ {len(values)} = {total / len(values):.4f}")
        return [tell("step.sum_of_days", count=len(values), total=total), mean, rounded]
    return [*_percentile_steps(sorted(values), method.column), rounded]


def _day_steps(method: Method, rows: Sequence[Mapping[str, Any]], regime: Regime) -> list[Told]:
    """Days counted and days with an index, of every city and together."""
    part, whole = (sum(row[name] for row in rows) for name in (method.days, "aqi_days"))
    steps = [
        tell("step.days_of_city", city=place(row["region"]).name, days=row["aqi_days"], counted=row[method.days])
        for row in rows
    ]
    steps += [tell("step.days_of_all", days=whole, counted=part)] if len(rows) > 1 else []
    if method.kind == "share" and whole:
        share = Quoted(f"{part} ÷ {whole} = {Decimal(100 * part) / whole:.4f}%")
        steps += [share, tell("step.rounded", value=str(_value(rows, method, regime)))]
    return steps


def _mean_steps(method: Method, rows: Sequence[Mapping[str, Any]], regime: Regime) -> list[Told]:
    """The cities' figures and their mean."""
    amounts = [published_amount(row[method.column]) for row in rows if row.get(method.column) is not None]
    steps = [tell("step.of", name=place(row["region"]).name, value=_shown(row.get(method.column))) for row in rows]
    if not amounts:
        return steps
    total = sum(amounts, Decimal(0))
    mean = Quoted(f"{total} ÷ {len(amounts)} = {total / len(amounts):.4f}")
    return [*steps, mean, tell("step.rounded", value=str(_value(rows, method, regime)))]


def _index_steps(row: Mapping[str, Any], regime: Regime) -> list[Told]:
    """Statistic, limit and weight of every pollutant, and the sum."""
    percents = {
        one["pollutant"]: one["percentile"] for one in regime.tables["air.statistics"].rows if one["percentile"]
    }
    steps = []
    for one in regime.tables["air.index"].rows:
        name = one["pollutant"]
        column = statistic_name(name, one["statistic"], percents.get(name, ""))
        mean = one["statistic"] == "mean"
        statistic = tell("word.mean") if mean else tell("word.percentile", percent=percents[name])
        weight = "" if one["weight"] == "1" else f" × {one['weight']}"
        part = [_shown(row[column]), f" ÷ {one['limit']}{weight} = {row[f'i_{name}']:.2f}"]
        steps.append(tell("step.single_index", item=BY_NAME[name].formula, statistic=statistic, sum=Joined(*part)))
    return [*steps, tell("step.sum", sum=f"{row['index']:.2f}")]


def published_amount(value: float) -> Decimal:
    """Return the published number behind a float, without a trailing zero.

    >>> str(published_amount(35.0)), str(published_amount(0.8)), str(published_amount(340.0))
    ('35', '0.8', '340')
    """
    return Decimal(f"{Decimal(str(value)).normalize():f}")


def _shown(value: float | None) -> str:
    return tell("word.none") if value is None else str(published_amount(value))


def _percentile_steps(values: list[Decimal], column: str) -> list[Told]:
    percent = Decimal(column.rsplit("_p", 1)[1].replace("_", "."))
    place = 1 + (len(values) - 1) * percent / 100
    low = int(place)
    below, above = values[low - 1], values[min(low, len(values) - 1)]
    between = f"{below} + {place - low} × ({above} - {below}) = {below + (place - low) * (above - below)}"
    return [
        tell("step.rank", count=len(values), percent=percent, rank=place),
        tell("step.between", low=low, below=below, high=min(low + 1, len(values)), above=above, sum=between),
    ]
