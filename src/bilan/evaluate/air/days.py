"""Daily values of a station from its hours: 24-hour means, and the largest 8-hour mean of ozone.

All arithmetic is on whole numbers. A daily mean is total / count, an 8-hour mean is kept as its 168th parts (168 = the
least common multiple of 6, 7 and 8 hours), so that the largest of them is found without a division.

See Also: GB 3095-2012 and GB 3095-2026 table 4 (validity), HJ 663 (largest 8-hour mean), as ``air.completeness`` and
``air.rounding`` in ``bilan.policy.standards``.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from datetime import date

import ibis
import ibis.expr.types as ir

from bilan.evaluate.air.pollutants import BY_NAME, DIGITS, POLLUTANTS, steps
from bilan.evaluate.air.regime import by_regime, lowest
from bilan.evaluate.exact import half_even, scaled, shared, stage
from bilan.policy.standards import Regime

KINDS = ("air.completeness", "air.rounding", "air.limits")
KEYS = ("station", "day")
MEANS = tuple(p.name for p in POLLUTANTS if p.name != "o3")
VALUES = (*MEANS, "o3_8h", "o3_1h")

_HOURS = range(1, 25)  # labels of a day; label 24 is the hour before midnight
_WINDOW = 8


def station_days(hours: ir.Table, first: date, last: date) -> ir.Table:
    """Return the daily values of every ``station`` and ``day``, null where a day is not valid.

    ``hours`` are observations of the lake from ``first`` to ``last``: ``station``, ``parameter``, ``statistic``,
    ``seconds``, ``day``, ``hour``, ``value`` (µg/m3, CO mg/m3). Columns: ``so2``, ``no2``, ``pm10``, ``pm2_5``, ``co``,
    ``o3_8h`` (largest 8-hour mean), ``o3_1h`` (largest hour), whole numbers of ``10**-4`` steps rounded as daily values
    are; ``n_<pollutant>`` hours counted; ``x_<value>``, the same unrounded, in parts of a step
    (:func:`parts_per_step`).

    A mean needs 20 hours; an 8-hour mean 6 of its 8; the largest 8-hour mean 14 of the 17 that end at 8 to 24 o'clock,
    or one above the limit (GB 3095 table 4, HJ 663).
    """
    hourly = hours.filter((hours.statistic == "avg") & (hours.seconds == 3600) & hours.value.notnull())
    return by_regime(hourly, KINDS, first, last, _valued, reads=_rules)


def parts_per_step(name: str, regime: Regime) -> int:
    """Return how many parts make one step in the unrounded column ``x_<name>``: all valid counts divide them.

    >>> from bilan.policy.standards import regimes
    >>> regime = regimes(KINDS, date(2026, 3, 1), date(2026, 3, 1))[0]
    >>> parts_per_step("o3_8h", regime), parts_per_step("o3_1h", regime)
    (168, 1)
    """
    least = _least(regime)
    if name == "o3_1h":
        return 1
    if name == "o3_8h":
        return math.lcm(*range(least["o3_8h_hours"], _WINDOW + 1))
    return math.lcm(*range(least["day_hours"], 25))


def _rules(regime: Regime) -> Hashable:
    """All that daily values rest on."""
    lowest_values = tuple(lowest(regime, p.name) for p in POLLUTANTS)
    return tuple(_least(regime).items()), tuple(_decimals(regime).items()), lowest_values, _limit(regime)


def _decimals(regime: Regime) -> dict[str, int]:
    """The decimals of daily values."""
    return {row["pollutant"]: int(row["day"]) for row in regime.tables["air.rounding"].rows}


def _least(regime: Regime) -> dict[str, int]:
    table = regime.tables["air.completeness"]
    return {row["rule"]: int(table.number(row, "minimum")) for row in table.rows if row["rule"] != "lowest"}


def _valued(hourly: ir.Table, regime: Regime) -> ir.Table:
    decimals = _decimals(regime)
    columns = (*(f"n_{p.name}" for p in POLLUTANTS), *(f"x_{name}" for name in VALUES))
    sums = {name: _sums(_steps(hourly, name, regime)) for name in MEANS}
    table = _side_by_side(sums, _ozone(_steps(hourly, "o3", regime), regime), regime)
    rounded = {}
    for name in VALUES:
        step = 10 ** (DIGITS - decimals[name.removesuffix("_8h").removesuffix("_1h")])
        rounded[name] = half_even(table[f"x_{name}"], parts_per_step(name, regime) * step) * step
    return stage(table, **rounded).select("station", "day", *VALUES, *columns)


def _steps(hourly: ir.Table, name: str, regime: Regime) -> ir.Table:
    """The hours of the pollutant that are measurements, in steps.

    A filter with constants is done while reading; one that looks the bound up by parameter comes after, for every hour.
    """
    of = hourly.filter(hourly.parameter == BY_NAME[name].code, hourly.value >= lowest(regime, name) / 10**DIGITS)
    return of.select("station", "day", "hour", steps=scaled(of.value, DIGITS))


def _sums(of: ir.Table) -> ir.Table:
    """Hours ``n`` of a day and their total ``t``."""
    return of.group_by(*KEYS).agg(n=of.count(), t=of.steps.sum().cast("int64"))


def _side_by_side(sums: Mapping[str, ir.Table], ozone: ir.Table, regime: Regime) -> ir.Table:
    """Hours and mean of all pollutants in one row for a station and day, null where there are none.

    Stacked and grouped once more, not joined: a chain of outer joins below the index keeps DuckDB planning for minutes.
    """
    of_ozone = ("n_o3", "x_o3_8h", "x_o3_1h")
    nothing = ibis.null("int64")
    empty = dict.fromkeys(of_ozone, nothing)
    stacked = ibis.union(
        *(table.select(*KEYS, pollutant=ibis.literal(name), n="n", t="t", **empty) for name, table in sums.items()),
        ozone.select(*KEYS, pollutant=ibis.literal("o3"), n=nothing, t=nothing, **{n: ozone[n] for n in of_ozone}),
    )
    told = {}
    for name in MEANS:
        own = stacked.pollutant == name
        told[f"n_{name}"] = ibis.cases((own, stacked.n), else_=None).max()
        told[f"t_{name}"] = ibis.cases((own, stacked.t), else_=None).max()
    told |= {name: stacked[name].max() for name in of_ozone}
    table = shared(stacked.group_by(*KEYS).agg(**told))
    return stage(table, **{f"x_{name}": _mean(table, name, regime) for name in MEANS})


def _mean(table: ir.Table, name: str, regime: Regime) -> ir.IntegerColumn:
    """The mean in parts: total x (parts / count), exact because the parts divide by every valid count."""
    parts, total, count = parts_per_step(name, regime), _above_zero(table[f"t_{name}"]), table[f"n_{name}"]
    valid = [(count == n, total * (parts // n)) for n in range(_least(regime)["day_hours"], 25)]
    return ibis.cases(*valid, else_=None).cast("int64")


def _above_zero(total: ir.IntegerValue) -> ir.IntegerValue:
    """A mean below zero is the noise of the instrument: published as 0."""
    return ibis.cases((total < 0, 0), else_=total).cast("int64")


def _ozone(of: ir.Table, regime: Regime) -> ir.Table:
    slots = {f"h{k}": ibis.cases((of.hour == k, of.steps), else_=None).max() for k in _HOURS}
    days = _with_windows(of.group_by("station", "day").agg(n_o3=of.count(), **slots), regime)
    hour = _above_zero(ibis.greatest(*(days[f"h{k}"] for k in _HOURS)))
    return days.select("station", "day", "n_o3", x_o3_8h=_largest_window(days, regime), x_o3_1h=hour)


def _with_windows(sums: ir.Table, regime: Regime) -> ir.Table:
    """``m8`` to ``m24``: the mean of the 8 hours that end there, in parts; null with too few hours."""
    least, parts = _least(regime)["o3_8h_hours"], parts_per_step("o3_8h", regime)
    counts = {f"c{k}": ibis.cases((sums[f"h{k}"].isnull(), 0), else_=1).cast("int64") for k in _HOURS}
    values = {f"v{k}": ibis.coalesce(sums[f"h{k}"], 0) for k in _HOURS}
    table = _sums_of_eight(stage(sums, **values, **counts))
    means = {}
    for end in range(_WINDOW, 25):
        total, count = _above_zero(table[f"v{end}"]), table[f"c{end}"]
        valid = [(count == n, total * (parts // n)) for n in range(least, _WINDOW + 1)]
        means[f"m{end}"] = ibis.cases(*valid, else_=None).cast("int64")
    return stage(table, **means)


def _sums_of_eight(table: ir.Table) -> ir.Table:
    """``v8`` to ``v24`` and ``c8`` to ``c24`` as sums of the 8 columns that end there: of 2, of 4, of 8."""
    for width in (1, 2, 4):
        ends = range(2 * width, 25)
        table = stage(table, **{f"{n}{k}": table[f"{n}{k}"] + table[f"{n}{k - width}"] for n in "vc" for k in ends})
    return table


def _sum(values: list[ir.IntegerValue]) -> ir.IntegerValue:
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total


def _largest_window(table: ir.Table, regime: Regime) -> ir.IntegerColumn:
    ends = [table[f"m{end}"] for end in range(_WINDOW, 25)]
    valid = _sum([ibis.cases((end.notnull(), 1), else_=0) for end in ends])
    largest, limit = ibis.greatest(*ends), _limit(regime) * parts_per_step("o3_8h", regime)
    enough = valid >= _least(regime)["o3_8h_windows"]
    return ibis.cases((enough | (largest > limit), largest), else_=None).cast("int64")


def _limit(regime: Regime) -> int:
    """The class II limit of the largest 8-hour mean, in steps."""
    rows: tuple[Mapping[str, str], ...] = regime.tables["air.limits"].rows
    return next(steps(row["class2"]) for row in rows if row["pollutant"] == "o3" and row["statistic"] == "max8h")
