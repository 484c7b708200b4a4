"""Hourly values of a station as the real-time report needs them."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from bilan.evaluate.air.pollutants import DIGITS, POLLUTANTS
from bilan.evaluate.exact import half_even, scaled, stage

# HJ 633-2012 asks for sliding means in the real-time report; how many hours they need is stated for days and 8 hours
# only (GB 3095 table 4), and taken from there.
SLIDING = {
    "pm10_24h": ("pm10", 24, 20),
    "pm2_5_24h": ("pm2_5", 24, 20),
    "so2_24h": ("so2", 24, 20),
    "o3_8h": ("o3", 8, 6),
}


def station_hours(hours: ir.Table) -> ir.Table:
    """Return ``station``, ``time``, ``day``, ``hour`` and a column for each pollutant in ``10**-4`` steps.

    ``hours`` are observations of the lake (statistic ``avg``, 3600 s). With them come the sliding means of the
    real-time report of HJ 633-2012: ``pm10_24h``, ``pm2_5_24h``, ``so2_24h`` (20 of 24 hours) and ``o3_8h`` (6 of 8),
    rounded to whole µg/m3.
    """
    hourly = hours.filter((hours.statistic == "avg") & (hours.seconds == 3600) & hours.value.notnull())
    hourly = hourly.select("station", "time", "day", "hour", "parameter", steps=scaled(hourly.value, DIGITS))
    wide = hourly.group_by("station", "time", "day", "hour").agg(
        **{p.name: ibis.cases((hourly.parameter == p.code, hourly.steps), else_=None).max() for p in POLLUTANTS}
    )
    wide = stage(wide, clock=(wide.time.epoch_seconds().cast("int64") / 3600).round().cast("int64"))
    return _with_sliding(wide).drop("clock")


def _with_sliding(wide: ir.Table) -> ir.Table:
    sums = {}
    for name, (pollutant, length, _) in SLIDING.items():
        window = ibis.window(group_by="station", order_by="clock", range=(-(length - 1), 0))
        sums[f"_t_{name}"] = wide[pollutant].sum().over(window).cast("int64")
        sums[f"_n_{name}"] = wide[pollutant].count().over(window)
    table = stage(wide, **sums)
    step = 10**DIGITS
    means = {}
    for name, (_, _, least) in SLIDING.items():
        count = table[f"_n_{name}"]
        total = ibis.cases((count < least, None), (table[f"_t_{name}"] < 0, 0), else_=table[f"_t_{name}"]).cast("int64")
        means[name] = half_even(total, ibis.greatest(count, 1) * step) * step
    return stage(table, **means).drop(*sums)
