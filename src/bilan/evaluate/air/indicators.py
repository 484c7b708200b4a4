"""Readings of the indicators of ambient air."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import pyarrow.compute as pc

from bilan.evaluate.air.lake import AirQuestion, computed_days, periods_of, report_of, states
from bilan.evaluate.air.periods import DAILY, KINDS, regime_name, statistic_name
from bilan.evaluate.air.pollutants import BY_NAME
from bilan.evaluate.observations import NoDataError
from bilan.evaluate.places import PREFECTURE, cities_inside, members
from bilan.evaluate.places import region as place
from bilan.evaluate.reading import Inputs, Reading, resting_on, subject
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
    """Where the figure stands in the result of a period, and how it is said."""

    column: str
    kind: Kind
    pollutant: str
    said: str
    days: str = ""  # the column of days that a share or a number of days counts

    @property
    def decimals(self) -> int:
        """Of figures that are no concentration."""
        return {"index": 2, "share": 1}.get(self.kind, 0)


AIR = {
    "air.pm25.annual": Method("pm2_5_mean", "statistic", "pm2_5", "有效日均值的算术平均"),
    "air.pm10.annual": Method("pm10_mean", "statistic", "pm10", "有效日均值的算术平均"),
    "air.so2.annual": Method("so2_mean", "statistic", "so2", "有效日均值的算术平均"),
    "air.no2.annual": Method("no2_mean", "statistic", "no2", "有效日均值的算术平均"),
    "air.o3.p90": Method("o3_p90", "statistic", "o3", "日最大 8 小时平均的第 90 百分位数"),
    "air.co.p95": Method("co_p95", "statistic", "co", "日均值的第 95 百分位数"),
    "air.composite_index": Method("index", "index", "", "六项污染物的单项指数（统计值除以限值，两位小数）之和"),
    "air.aqi.good_days_ratio": Method("good_ratio", "share", "", "AQI 不大于 100 的天数除以有效监测天数", "good_days"),
    "air.aqi.excellent_days_ratio": Method(
        "excellent_ratio", "share", "", "AQI 不大于 50 的天数除以有效监测天数", "excellent_days"
    ),
    "air.heavy_days": Method("heavy_days", "days", "", "AQI 大于 200 的天数", "heavy_days"),
    "air.heavy_days_ratio": Method("heavy_ratio", "share", "", "AQI 大于 200 的天数除以有效监测天数", "heavy_days"),
}


def air_reading(
    indicator: Indicator,
    lake: Lake,
    backend: SQLBackend,
    region: Region,
    period: Period,
    *,
    known_at: datetime | None = None,
) -> Reading:
    """Return the reading of one indicator of :data:`AIR`; the region's stations count as one city.

    For a province or the country: the mean of its cities, good days by the days of all of them.
    """
    method = AIR[indicator.code]
    cities = _is_list(region, cities_inside(lake, "air"))
    question = AirQuestion(lake, backend, region=region.id, cities=() if cities else (region.id,), known_at=known_at)
    found = regimes(KINDS, period.first, period.last)
    tables = _tables(method, found)
    about = subject(indicator, region, period, known_at=known_at, lake_version=lake.version) | resting_on(tables)
    about["method"] = _method(method, cities=cities, mixed=len(found) > 1)
    try:
        judged = computed_days(question, period.first, period.last)
    except NoDataError as error:
        return Reading(**about, value=None, reason=str(error))
    about["unverified"] += _states(states(question, period.first, period.last), method)
    rows = periods_of(question, judged, [period]).to_pylist()
    if not rows:
        return Reading(**about, value=None, reason=f"{region.name} 没有空气站点，或站点没有行政区")
    under = tuple((regime_name(regime), _value(_rows_of(rows, regime), method, regime)) for regime in found)
    last = _rows_of(rows, found[-1])
    inside = members(lake, "air", within=region.id).to_pylist() if cities else []
    silent = reporting(inside, period) - {row["region"] for row in last}
    judged_as = judged_rows(method, rows, silent, period)
    value, lacking = judged_as.value, judged_as.lacking
    proof = _proof(report_of(question, judged), period, method, last, silent, found[-1])
    return Reading(
        **about,
        **proof,
        value=None if lacking else value,
        reason=lacking,
        provisional=value if lacking else None,
        regime=regime_name(found[-1]),
        mixed=len(found) > 1,
        under=() if method.days else under,
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """The ``value`` that the data give, published with ``decimals``, and what it lacks for one, empty if nothing."""

    value: Decimal | None
    decimals: int
    lacking: str


def judged_rows(method: Method, rows: Sequence[Mapping[str, Any]], silent: Collection[str], period: Period) -> Judged:
    """Return the figure of the cities in ``rows`` (see :func:`bilan.evaluate.air.lake.periods_of`) over ``period``.

    ``silent`` are cities that should have a row and have none. The standards valid on the last day of ``period`` apply.
    """
    regime = regimes(KINDS, period.first, period.last)[-1]
    last = _rows_of(rows, regime)
    value = _value(last, method, regime)
    lacking = _lacking(last, silent, method, period, regime) or ("没有有效的日值" if value is None else "")
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


def _states(found: Sequence[str], method: Method) -> tuple[str, ...]:
    """What is to be said of gases given in several states, which no method here makes one of."""
    gases = {"273K", "298K"} & set(found)
    if len(gases) < 2 or method.pollutant in ("pm10", "pm2_5"):
        return ()
    return ("气态污染物的浓度有 273 K 和 298.15 K 两种状态（2018 年修改单），未作换算",)


def _rows_of(rows: Sequence[Mapping[str, Any]], regime: Regime) -> list[Mapping[str, Any]]:
    return [row for row in rows if row["regime"] == regime_name(regime)]


def _method(method: Method, *, cities: bool, mixed: bool) -> str:
    """How the figure is computed, in words."""
    said = method.said
    if method.days:
        said += "；每天按当天有效的标准" if mixed else ""
        return said + ("；各城市的天数合在一起" if cities else "")
    return said + ("；各城市的算术平均" if cities else "")


def _is_list(region: Region, inside: Mapping[str, Collection[str]]) -> bool:
    """Whether the region is a province or the country; a municipality is itself the city of its stations."""
    if region.kind != "administrative" or region.level >= PREFECTURE:
        return False
    return not set(inside.get(region.id, ())) <= {region.id}


def _tables(method: Method, found: Sequence[Regime]) -> list[StandardTable]:
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
    amounts = [_amount(row[method.column]) for row in rows if row.get(method.column) is not None]
    return (sum(amounts, Decimal(0)) / len(amounts)).quantize(step) if amounts else None


def _decimals(method: Method, regime: Regime) -> int:
    if method.kind != "statistic":
        return method.decimals
    rows = regime.tables["air.rounding"].rows
    return next(int(row["statistic"]) for row in rows if row["pollutant"] == method.pollutant)


def _lacking(
    rows: Sequence[Mapping[str, Any]], silent: Collection[str], method: Method, period: Period, regime: Regime
) -> str:
    """Why the figure cannot be judged; empty where it can."""
    if method.kind == "statistic" and method.column not in _statistics(regime):
        return f"{regime.tables['air.statistics'].standard} 没有这一统计量"
    if not any(row["aqi_days"] or any(row[f"n_{p}"] for p in BY_NAME) for row in rows):
        return "没有有效的日值"
    if silent:
        return f"{_names(silent)} 有站点而没有数据"
    completeness = regime.tables["air.completeness"]
    formulas = [BY_NAME[method.pollutant].formula] if method.pollutant else []
    formulas = [p.formula for p in BY_NAME.values()] if method.kind == "index" else formulas
    short = {name for row in rows for name in row["lacking"].split("、") if name in formulas}
    if short:
        return f"{'、'.join(sorted(short))} 的有效日数不足（{completeness.standard} {completeness.clause}）"
    asked = (period.last - period.first).days + 1
    least = {row["rule"]: int(row["minimum"]) for row in completeness.rows}["aqi_days_percent"]
    if method.kind in ("share", "days") and any(row["aqi_days"] * 100 < asked * least for row in rows):
        return f"有 AQI 的日子不足全期的 {least}%"
    return ""


def _statistics(regime: Regime) -> set[str]:
    rows = regime.tables["air.statistics"].rows
    return {statistic_name(row["pollutant"], row["statistic"], row["percentile"]) for row in rows}


def _names(regions: Iterable[str]) -> str:
    return "、".join(place(one).name for one in sorted(regions))


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
    valid = daily.filter(pc.is_valid(daily[column]))
    several = len(rows) + len(silent) > 1
    used = [Inputs("有效日（各城市合计）" if several else "有效日", valid.num_rows)]
    used.append(
        Inputs(
            "站点（一个城市最多的一天）" if several else "站点（最多的一天）", pc.max(daily["stations"]).as_py() or 0
        )
    )
    return {
        "used": tuple(used),
        "left_out": tuple(_left_out(daily, column, asked)),
        "completeness": f"{valid.num_rows} / {asked} 天有效" + _least(rows, silent),
        "steps": tuple(_steps(valid, column, method, rows, regime)),
    }


def _left_out(daily: pa.Table, column: str, asked: int) -> list[Inputs]:
    """Days of the period without the value, by what is missing on them."""
    missing = daily.filter(pc.is_null(daily[column]))
    found = []
    if column == "aqi":
        reasons = pc.value_counts(pc.fill_null(missing["reason"], "没有 AQI")).to_pylist()
        found = [Inputs("日", item["counts"], item["values"]) for item in reasons]
    elif missing.num_rows:
        found = [Inputs("日", missing.num_rows, "有效小时或有效站点不足")]
    silent = asked - daily.num_rows
    return found + ([Inputs("日", silent, "没有任何数据")] if silent > 0 else [])


def _least(rows: Sequence[Mapping[str, Any]], silent: Collection[str]) -> str:
    lacking = "、".join(dict.fromkeys(name for row in rows for name in row["lacking"].split("、") if name))
    said = f"；没有数据的城市：{_names(silent)}" if silent else ""
    return said + (f"；不足的项目：{lacking}" if lacking else "" if silent else "；每月和全期的有效日数都够")


def _steps(
    valid: pa.Table, column: str, method: Method, rows: Sequence[Mapping[str, Any]], regime: Regime
) -> list[str]:
    if method.days:
        return _day_steps(method, rows, regime)
    if len(rows) > 1:
        return _mean_steps(method, rows, regime)
    row = rows[0]
    if row.get(method.column) is None:
        return []
    if method.kind == "index":
        return _index_steps(row, regime)
    values = [_amount(value) for value in valid[column].to_pylist()]
    if method.column.endswith("_mean"):
        total = sum(values, Decimal(0))
        mean = f"{total} ÷ {len(values)} = {total / len(values):.4f}"
        return [f"{len(values)} 个日均值之和 {total}", mean, f"按 GB/T 8170 修约为 {_shown(row[method.column])}"]
    return [*_percentile_steps(sorted(values), method.column), f"按 GB/T 8170 修约为 {_shown(row[method.column])}"]


def _day_steps(method: Method, rows: Sequence[Mapping[str, Any]], regime: Regime) -> list[str]:
    """Days counted and days with an index, of every city and together."""
    part, whole = (sum(row[name] for row in rows) for name in (method.days, "aqi_days"))
    steps = [f"{place(row['region']).name}：有 AQI {row['aqi_days']} 天，计入 {row[method.days]} 天" for row in rows]
    steps += [f"合计：有 AQI {whole} 天，计入 {part} 天"] if len(rows) > 1 else []
    if method.kind == "share" and whole:
        steps += [
            f"{part} ÷ {whole} = {Decimal(100 * part) / whole:.4f}%",
            f"按 GB/T 8170 修约为 {_value(rows, method, regime)}",
        ]
    return steps


def _mean_steps(method: Method, rows: Sequence[Mapping[str, Any]], regime: Regime) -> list[str]:
    """The cities' figures and their mean."""
    amounts = [_amount(row[method.column]) for row in rows if row.get(method.column) is not None]
    steps = [f"{place(row['region']).name}：{_shown(row.get(method.column))}" for row in rows]
    if not amounts:
        return steps
    total = sum(amounts, Decimal(0))
    mean = f"{total} ÷ {len(amounts)} = {total / len(amounts):.4f}"
    return [*steps, mean, f"按 GB/T 8170 修约为 {_value(rows, method, regime)}"]


def _index_steps(row: Mapping[str, Any], regime: Regime) -> list[str]:
    """Statistic, limit and weight of every pollutant, and the sum."""
    percents = {
        one["pollutant"]: one["percentile"] for one in regime.tables["air.statistics"].rows if one["percentile"]
    }
    steps = []
    for one in regime.tables["air.index"].rows:
        name = one["pollutant"]
        column = statistic_name(name, one["statistic"], percents.get(name, ""))
        said = "均值" if one["statistic"] == "mean" else f"第{percents[name]}百分位数"
        weight = "" if one["weight"] == "1" else f" × {one['weight']}"
        part = f"{_shown(row[column])} ÷ {one['limit']}{weight} = {row[f'i_{name}']:.2f}"
        steps.append(f"{BY_NAME[name].formula} {said}：{part}")
    return [*steps, f"相加得 {row['index']:.2f}"]


def _amount(value: float) -> Decimal:
    """The published number behind a float, without a trailing zero.

    >>> str(_amount(35.0)), str(_amount(0.8)), str(_amount(340.0))
    ('35', '0.8', '340')
    """
    return Decimal(f"{Decimal(str(value)).normalize():f}")


def _shown(value: float | None) -> str:
    return "无" if value is None else str(_amount(value))


def _percentile_steps(values: list[Decimal], column: str) -> list[str]:
    percent = Decimal(column.rsplit("_p", 1)[1].replace("_", "."))
    place = 1 + (len(values) - 1) * percent / 100
    low = int(place)
    below, above = values[low - 1], values[min(low, len(values) - 1)]
    return [
        f"{len(values)} 个日值由小到大，k = 1 + ({len(values)} - 1) × {percent}% = {place}",
        f"第 {low} 个 {below}，第 {min(low + 1, len(values))} 个 {above}："
        f"{below} + {place - low} × ({above} - {below}) = {below + (place - low) * (above - below)}",
    ]
