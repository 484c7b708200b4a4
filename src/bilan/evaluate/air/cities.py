"""Daily and hourly values of a city: the mean of its stations, from which the index is taken once.

Never the worst station and never a mean of indices (HJ 663).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date

import ibis
import ibis.expr.types as ir

from bilan.evaluate.air.days import VALUES, parts_per_step
from bilan.evaluate.air.pollutants import DIGITS, POLLUTANTS
from bilan.evaluate.air.regime import by_regime
from bilan.evaluate.exact import half_even, shared, stage
from bilan.policy.standards import Regime

KINDS = ("air.completeness", "air.rounding")


def city_days(days: ir.Table, members: ir.Table, first: date, last: date) -> ir.Table:
    """Return the daily values of every ``region`` and ``day``, null where too few stations are valid.

    ``days`` is the result of :func:`bilan.evaluate.air.days.station_days`; ``members`` says which station counts for
    which region from ``valid_from`` up to, not including, ``valid_to`` (null: open), and, in a column ``year``, in
    which years it reports (else: those of ``days``). Columns: ``region``, ``day``, the daily values in ``10**-4`` steps
    rounded as published, ``s_<value>`` valid stations, ``stations`` all that belong to the region on the day and report
    in its year.

    Value = mean of the stations' unrounded daily values. At least 75 % of the stations must be valid (a rule of
    practice, marked unverified in ``air.completeness``).
    """
    exact = {name: days[f"x_{name}"] for name in VALUES}
    return _means(days, members, exact, first, last, parts_per_step, rounding="day")


def city_hours(hours: ir.Table, members: ir.Table, first: date, last: date) -> ir.Table:
    """Return the hourly values of every ``region``, ``day`` and ``hour``, as :func:`city_days` does for days.

    ``hours`` has ``station``, ``day``, ``hour`` and a column for each pollutant in ``10**-4`` steps.
    """
    items = [name for name in hours.columns if name not in ("station", "day", "hour", "time")]
    return _means(hours, members, {name: hours[name] for name in items}, first, last, lambda *_: 1, rounding="hour")


def _means(
    values: ir.Table,
    members: ir.Table,
    exact: dict[str, ir.IntegerColumn],
    first: date,
    last: date,
    parts: Callable[[str, Regime], int],
    rounding: str,
) -> ir.Table:
    keys = ["region", "day", *(["hour", "time"] if "hour" in values.columns else [])]
    placed = _placed(values.mutate(**{f"v_{name}": column for name, column in exact.items()}), members)
    sums = placed.group_by(keys).agg(
        **{f"s_{name}": placed[f"v_{name}"].count() for name in exact},
        **{f"t_{name}": placed[f"v_{name}"].sum().cast("int64") for name in exact},
    )
    sums = sums.left_join(_sizes(sums, values, members), ["region", "day"])
    sums = sums.drop(*(name for name in sums.columns if name.endswith("_right")))

    def publish(rows: ir.Table, regime: Regime) -> ir.Table:
        return _published(rows, keys, {name: parts(name, regime) for name in exact}, rounding, regime)

    def rules(regime: Regime) -> Hashable:
        return _share(regime), tuple(_decimals(regime, rounding).items()), tuple(parts(name, regime) for name in exact)

    return by_regime(sums, KINDS, first, last, publish, reads=rules)


def _placed(values: ir.Table, members: ir.Table) -> ir.Table:
    """The values of the stations that belong to a region on the day."""
    members = members.select("station", "region", "valid_from", "valid_to").distinct()
    belongs = [
        values.station == members.station,
        members.valid_from.isnull() | (values.day >= members.valid_from),
        members.valid_to.isnull() | (values.day < members.valid_to),
    ]
    joined = values.inner_join(members, belongs)
    return joined.select(*(values[name] for name in values.columns), members.region)


def _sizes(sums: ir.Table, values: ir.Table, members: ir.Table) -> ir.Table:
    """How many stations a region has on each of its days: those that belong to it and report in the year of the day."""
    if "year" in members.columns:
        roster = shared(members.rename(_year="year"))
    else:
        roster = shared(members.inner_join(values.select("station", _year=values.day.year()).distinct(), "station"))
    days = shared(sums.select("region", "day", _year=sums.day.year()).distinct())
    belongs = [
        days.region == roster.region,
        days._year == roster._year,
        roster.valid_from.isnull() | (days.day >= roster.valid_from),
        roster.valid_to.isnull() | (days.day < roster.valid_to),
    ]
    joined = days.inner_join(roster, belongs).select(days.region, days.day, roster.station)
    return joined.group_by("region", "day").agg(stations=joined.station.nunique())


def _published(sums: ir.Table, keys: list[str], parts: dict[str, int], rounding: str, regime: Regime) -> ir.Table:
    share, decimals = _share(regime), _decimals(regime, rounding)
    table = sums
    means = {}
    for name, per_step in parts.items():
        step = 10 ** (DIGITS - decimals[_pollutant(name)])
        enough = (table[f"s_{name}"] > 0) & (table[f"s_{name}"] * 100 >= table.stations * share)
        total = ibis.cases((~enough, None), (table[f"t_{name}"] < 0, 0), else_=table[f"t_{name}"]).cast("int64")
        mean = half_even(total, ibis.greatest(table[f"s_{name}"], 1) * (per_step * step))
        means[name] = mean * step
    counts = [f"s_{name}" for name in parts]
    return stage(table, **means).select(*keys, *parts, "stations", *counts)


def _share(regime: Regime) -> int:
    """How many per cent of the stations must be valid."""
    rows = regime.tables["air.completeness"].rows
    return next(int(row["minimum"]) for row in rows if row["rule"] == "city_stations_percent")


def _decimals(regime: Regime, rounding: str) -> dict[str, int]:
    return {row["pollutant"]: int(row[rounding]) for row in regime.tables["air.rounding"].rows}


def _pollutant(item: str) -> str:
    return max((p.name for p in POLLUTANTS if item.startswith(p.name)), key=len)
