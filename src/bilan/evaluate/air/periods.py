"""Months, quarters and years of ambient air: means, percentiles, attainment, shares of days, composite index.

Every day keeps the index of its own regime. Means and percentiles are judged by the limits that are valid on the
period's last day; a period that spans two regimes is given under either, and says which one applies.

See Also: HJ 663-2013 and HJ 663-2026 (``air.statistics``), GB 3095 (``air.limits``, ``air.completeness``),
城市环境空气质量排名技术规定 (``air.index``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from bilan.evaluate.air.pollutants import BY_NAME, DIGITS, POLLUTANTS, steps
from bilan.evaluate.exact import floordiv, half_even, shared, stage
from bilan.periods import Period
from bilan.policy.standards import Regime, regimes

KINDS = ("air.limits", "air.statistics", "air.completeness", "air.rounding", "air.index", "air.shares")

# The column of daily values that stands for each pollutant.
DAILY = {p.name: "o3_8h" if p.name == "o3" else p.name for p in POLLUTANTS}


def evaluate_periods(days: ir.Table, unit: str, periods: Sequence[Period], dust: ir.Table | None = None) -> ir.Table:
    """Return one row for every ``unit``, period and regime that the period touches.

    ``days`` has the column named by ``unit`` (``station`` or ``region``), ``day``, the daily values in ``10**-4`` steps
    and ``aqi``. ``dust`` names the unit and ``day`` of declared dust: PM10 and PM2.5 of these days are left out of
    means, percentiles and the index, not of the shares of days (环办监测〔2016〕120号).

    Columns: ``period``, ``regime``, ``applies`` (the regime of the last day), ``mixed``; per statistic of the regime
    ``<pollutant>_mean``, ``<pollutant>_p98`` and so on in ``10**-4`` steps; ``n_<pollutant>`` valid days; ``lacking``
    (pollutants with too few days), ``complete``, ``exceeding`` (what exceeds class II) and ``exceeding_class1``,
    ``attained`` (class II, whole years),
    ``index`` in hundredths and its parts ``i_<pollutant>``; ``aqi_days`` with an index, ``good_days``,
    ``excellent_days``, ``heavy_days``.
    """
    first, last = min(period.first for period in periods), max(period.last for period in periods)
    found = regimes(KINDS, first, last)
    parts = []
    for regime in found:
        touched = [p for p in periods if _meets(p, regime)]
        if touched:
            rows = _in_periods(days, touched, regime)
            parts.append(_judged(rows, unit, regime, dust).mutate(regime=ibis.literal(regime_name(regime))))
    columns = sorted({name for part in parts for name in part.columns} - {unit}, key=_order)
    return ibis.union(*(_widened(part, unit, columns) for part in parts)) if len(parts) > 1 else parts[0]


def regime_name(regime: Regime) -> str:
    """Return what tells a regime from every other: its standards and, but for the oldest, its first day.

    >>> from datetime import date
    >>> [regime_name(r) for r in regimes(KINDS, date(2026, 2, 28), date(2026, 3, 1))]
    ['GB 3095-2012、HJ 663-2013', 'GB 3095-2026、HJ 663-2026（2026-03-01 起）']
    """
    standards = "、".join(regime.tables[kind].standard for kind in ("air.limits", "air.statistics"))
    return standards + (f"（{regime.first} 起）" if regime.first else "")


def _meets(period: Period, regime: Regime) -> bool:
    return (regime.first or period.first) <= period.last and (regime.end is None or period.first < regime.end)


def _in_periods(days: ir.Table, periods: Sequence[Period], regime: Regime) -> ir.Table:
    """The rows of ``days`` in each of the periods, with what a period is."""
    calendar = ibis.memtable(
        {
            "period": [str(p) for p in periods],
            "_first": [p.first for p in periods],
            "_last": [p.last for p in periods],
            "applies": [regime.end is None or p.last < regime.end for p in periods],
            "mixed": [not _within(p, regime) for p in periods],
            "_months": [_months(p) for p in periods],
            "_year": [(p.first.month, _months(p)) == (1, 12) for p in periods],
        }
    )
    return days.inner_join(calendar, [days.day >= calendar._first, days.day <= calendar._last])


def _within(period: Period, regime: Regime) -> bool:
    return (regime.first or period.first) <= period.first and (regime.end is None or period.last < regime.end)


def _months(period: Period) -> int:
    return (period.last.year - period.first.year) * 12 + period.last.month - period.first.month + 1


def percentile(values: ir.Table, keys: Sequence[str], share: ir.IntegerValue | int, whole: int) -> ir.Table:
    """Return for every group of ``keys`` the percentile ``share / whole`` of ``value`` as ``numerator / whole``.

    k = 1 + (n - 1) x p over the ascending values; between X(s) and X(s + 1) by the fraction of k (HJ 663 annex A). With
    it come ``total`` and ``count`` of the values, which the same pass gives.

    >>> table = ibis.memtable({"city": ["a"] * 6, "value": [3, 4, 8, 2, 5, 4]})
    >>> found = ibis.duckdb.connect().to_pyarrow(percentile(table, ["city"], 90, 100))
    >>> found["numerator"][0].as_py() / 100
    6.5
    """
    place = ibis.row_number().over(ibis.window(group_by=list(keys), order_by="value"))  # 0 is the smallest
    count = values.value.count().over(ibis.window(group_by=list(keys)))
    ranked = stage(values, _place=place.cast("int64"), _count=count.cast("int64"), _share=share)
    reach = (ranked._count - 1) * ranked._share
    ranked = stage(ranked, _low=floordiv(reach, whole), _rest=(reach % whole).cast("int64"))
    ends = shared(
        ranked.group_by(*keys).agg(
            _rest=ranked._rest.max(),
            _below=ibis.cases((ranked._place == ranked._low, ranked.value), else_=None).max(),
            _above=ibis.cases((ranked._place == ranked._low + 1, ranked.value), else_=None).max(),
            total=ranked.value.sum().cast("int64"),
            count=ranked._count.max(),
        )
    )
    above = ibis.coalesce(ends._above, ends._below)  # n = 1, or p = 100 %
    numerator = (ends._below * whole + ends._rest * (above - ends._below)).cast("int64")
    return ends.select(*keys, "total", "count", numerator=numerator)


def _order(name: str) -> tuple[int, str]:
    first = ("period", "regime", "applies", "mixed", "complete", "attained", "exceeding", "index")
    return (first.index(name), "") if name in first else (len(first), name)


def _widened(table: ir.Table, unit: str, columns: list[str]) -> ir.Table:
    return table.select(unit, **{n: table[n] if n in table.columns else ibis.null("int64") for n in columns})


def _judged(rows: ir.Table, unit: str, regime: Regime, dust: ir.Table | None) -> ir.Table:
    """Every unit's figures in its periods under ``regime``."""
    keys = (unit, "period")
    every = _long(rows, unit)
    long = every if dust is None else _without_dust(every, unit, dust)
    table = _joined(_counts(rows, keys, regime), _statistics(long, keys, regime), keys)
    table = _complete(table, keys, every, regime)
    table = _attained(table, regime)
    return _index(table, regime).drop("_months", "_year")


def _name(row: Mapping[str, str]) -> str:
    return statistic_name(row["pollutant"], row["statistic"], row["percentile"])


def statistic_name(pollutant: str, statistic: str, percent: str) -> str:
    """Return the column of a statistic.

    >>> statistic_name("o3", "percentile", "90"), statistic_name("pm10", "mean", "")
    ('o3_p90', 'pm10_mean')
    """
    return f"{pollutant}_mean" if statistic == "mean" else f"{pollutant}_p{percent.replace('.', '_')}"


def _long(rows: ir.Table, unit: str) -> ir.Table:
    """Valid daily values: unit, ``period``, ``day``, ``month``, ``pollutant``, ``value``."""
    columns = [unit, "period", "day"]
    parts = [rows.select(*columns, pollutant=ibis.literal(name), value=rows[c]) for name, c in DAILY.items()]
    long = ibis.union(*parts)
    long = long.filter(long.value.notnull())
    return stage(long, month=(long.day.year() * 12 + long.day.month()).cast("int64"))


def _without_dust(long: ir.Table, unit: str, dust: ir.Table) -> ir.Table:
    """``long`` without the particles of declared dust days; they stay days on which was measured."""
    days = dust.select(_unit=dust[unit], _day=dust.day).distinct()
    dusty = long.left_join(days, [long[unit] == days._unit, long.day == days._day])
    particles = dusty.pollutant.isin(["pm10", "pm2_5"])
    return shared(dusty.filter(~(particles & dusty._day.notnull())).drop("_unit", "_day"))


def _counts(rows: ir.Table, keys: tuple[str, ...], regime: Regime) -> ir.Table:
    """Days with an index and their shares, and what the period is."""
    shares = {
        f"{row['share']}_days": _number((rows.aqi >= int(row["from"])) & (rows.aqi <= int(row["to"])))
        for row in regime.tables["air.shares"].rows
    }
    about = {name: rows[name].max() for name in ("applies", "mixed", "_months", "_year")}
    return rows.group_by(*keys).agg(aqi_days=rows.aqi.count(), **shares, **about)


def _number(condition: ir.BooleanColumn) -> ir.IntegerScalar:
    return ibis.cases((condition, 1), else_=0).sum().cast("int64")


def _joined(table: ir.Table, more: ir.Table, keys: tuple[str, ...]) -> ir.Table:
    joined = table.left_join(more, list(keys))
    return joined.drop(*(name for name in joined.columns if name.endswith("_right")))


def _statistics(long: ir.Table, keys: tuple[str, ...], regime: Regime) -> ir.Table:
    """Every mean and percentile, rounded, and ``n_<pollutant>``: one pass over the values of all pollutants."""
    rows = regime.tables["air.statistics"].rows
    ratios = {row["pollutant"]: Fraction(row["percentile"]) / 100 for row in rows if row["percentile"]}
    whole = math.lcm(*(ratio.denominator for ratio in ratios.values()))
    shares = [(long.pollutant == name, int(ratio * whole)) for name, ratio in ratios.items()]
    found = percentile(long, (*keys, "pollutant"), ibis.cases(*shares, else_=0).cast("int64"), whole)
    found = stage(found, _step=_step(found, regime, "statistic"), _judging=_step(found, regime, "attainment"))
    found = stage(found, **_rounded(found, "_step", whole, ""), **_rounded(found, "_judging", whole, "_judged"))
    wide = {}
    for row in rows:
        kind = "_mean" if row["statistic"] == "mean" else "_percentile"
        wide[_name(row)] = _only(found, row["pollutant"], kind)
        wide[f"_judged_{_name(row)}"] = _only(found, row["pollutant"], f"{kind}_judged")
    counts = {f"n_{p.name}": _only(found, p.name, "count") for p in POLLUTANTS}
    return found.group_by(*keys).agg(**wide, **counts)


def _step(found: ir.Table, regime: Regime, use: str) -> ir.IntegerColumn:
    """The width of the last decimal of every pollutant, in steps, for statistics or for judging attainment."""
    decimals = {row["pollutant"]: int(row[use]) for row in regime.tables["air.rounding"].rows}
    widths = [(found.pollutant == p.name, 10 ** (DIGITS - decimals[p.name])) for p in POLLUTANTS]
    return ibis.cases(*widths, else_=1).cast("int64")


def _rounded(found: ir.Table, step: str, whole: int, suffix: str) -> dict[str, ir.Value]:
    """Mean and percentile, each rounded once from the exact ratio."""
    width = found[step]
    return {
        f"_mean{suffix}": half_even(found.total, found["count"] * width) * width,
        f"_percentile{suffix}": half_even(found.numerator, width * whole) * width,
    }


def _only(table: ir.Table, pollutant: str, column: str) -> ir.IntegerScalar:
    return ibis.cases((table.pollutant == pollutant, table[column]), else_=None).max()


def _complete(table: ir.Table, keys: tuple[str, ...], long: ir.Table, regime: Regime) -> ir.Table:
    """``lacking``: the pollutants with too few days in a month, or in the year (GB 3095 table 4)."""
    least = {(row["rule"], row["scope"]): int(row["minimum"]) for row in regime.tables["air.completeness"].rows}
    months = long.group_by(*keys, "pollutant", "month").agg(n=long.value.count())
    february = (months.month - 2) % 12 == 0
    needed = ibis.cases((february, least["month_days", "02"]), else_=least["month_days", ""])
    full = months.filter(months.n >= needed)
    full = full.group_by(*keys).agg(**{f"_m_{p.name}": _number(full.pollutant == p.name) for p in POLLUTANTS})
    table = _joined(table, full, keys)
    lacking = []
    for p in POLLUTANTS:
        short = ibis.coalesce(table[f"_m_{p.name}"], 0) < table._months
        few = table._year & (ibis.coalesce(table[f"n_{p.name}"], 0) < least["year_days", ""])
        lacking.append(ibis.cases((short | few, p.formula), else_=None))
    table = stage(table, lacking=ibis.literal("、").join(lacking))
    return table.mutate(complete=table.lacking == "").drop(*(f"_m_{p.name}" for p in POLLUTANTS))


def _attained(table: ir.Table, regime: Regime) -> ir.Table:
    """``exceeding``, ``exceeding_class1`` and ``attained``: every mean and every percentile within its limit."""
    judged = [f"_judged_{_name(row)}" for row in regime.tables["air.statistics"].rows]
    known = ibis.literal(True)
    for name in judged:
        known = known & table[name].notnull()
    table = stage(
        table,
        exceeding=_exceeding(table, regime, "class2"),
        exceeding_class1=_exceeding(table, regime, "class1"),
        _known=known,
    )
    verdict = ibis.cases((table.complete & table._known & table._year, table.exceeding == ""), else_=None)
    return table.mutate(attained=verdict).drop("_known", *judged)


def _exceeding(table: ir.Table, regime: Regime, column: str) -> ir.StringValue:
    """The statistics above the limit that stands in ``column``, as a text."""
    limits = {(row["pollutant"], row["statistic"]): steps(row[column]) for row in regime.tables["air.limits"].rows}
    names = [
        ibis.cases(
            (
                table[f"_judged_{_name(row)}"] > limits[row["pollutant"], row["limit"]],
                f"{BY_NAME[row['pollutant']].formula} {_said(row)}",
            ),
            else_=None,
        )
        for row in regime.tables["air.statistics"].rows
    ]
    return ibis.literal("、").join(names)


def _said(row: Mapping[str, str]) -> str:
    return "均值" if row["statistic"] == "mean" else f"第{row['percentile']}百分位数"


def _index(table: ir.Table, regime: Regime) -> ir.Table:
    """``i_<pollutant>``: rounded statistic / limit in hundredths, weighted; ``index``: their sum, null."""
    names = {(row["pollutant"], row["statistic"]): _name(row) for row in regime.tables["air.statistics"].rows}
    single = {}
    for row in regime.tables["air.index"].rows:
        value = table[names[row["pollutant"], row["statistic"]]]
        weight = Fraction(row["weight"])
        part = half_even(value * 100, steps(row["limit"])) * weight.numerator
        single[f"i_{row['pollutant']}"] = part if weight.denominator == 1 else half_even(part, weight.denominator)
    table = stage(table, **single)
    return stage(table, index=sum((table[name] for name in single), start=ibis.literal(0, type="int64")))


def rank(table: ir.Table, by: str, within: tuple[str, ...] = ("period", "regime")) -> ir.Table:
    """Return ``table`` with ``rank``: ascending ``by``, equal values share a rank and the next is skipped (1, 1, 3).

    >>> table = ibis.memtable({"period": ["2025"] * 3, "regime": [""] * 3, "index": [288, 288, 293]})
    >>> sorted(ibis.duckdb.connect().to_pyarrow(rank(table, "index"))["rank"].to_pylist())
    [1, 1, 3]
    """
    window = ibis.window(group_by=list(within), order_by=table[by])
    place = ibis.cases((table[by].notnull(), ibis.rank().over(window) + 1), else_=None)
    return table.mutate(rank=place.cast("int64"))
