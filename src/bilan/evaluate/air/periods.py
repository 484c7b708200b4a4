"""Months, quarters and years of ambient air: means, percentiles, attainment, shares of days, composite index.

Every day keeps the index of its own regime. Means and percentiles are judged by the limits that are valid on the
period's last day; a period that spans two regimes is given under either, and says which one applies.

See Also: HJ 663-2013 and HJ 663-2026 (``air.statistics``), GB 3095 (``air.limits``, ``air.completeness``),
城市环境空气质量排名技术规定 (``air.index``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from bilan.evaluate.air.pollutants import BY_NAME, DIGITS, POLLUTANTS, steps
from bilan.evaluate.exact import floordiv, half_even, shared, stage
from bilan.periods import Period
from bilan.policy.standards import Regime, regimes

KINDS = ("air.limits", "air.statistics", "air.completeness", "air.rounding", "air.index", "air.shares")

_REGIME = "_regime"  # the place of a row's regime in its group

Group = tuple[Regime, ...]  # regimes that differ in numbers only and so are judged in one query

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
    touched = [regime for regime in regimes(KINDS, first, last) if any(_meets(p, regime) for p in periods)]
    parts = [_judged(_in_periods(days, periods, group), unit, group, dust) for group in _groups(touched)]
    told = {name for part in parts for name in part.columns if not name.startswith("_")}
    widened = [_widened(part, unit, sorted(told - {unit}, key=_order)) for part in parts]
    return ibis.union(*widened) if len(parts) > 1 else widened[0]


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


def _groups(found: Sequence[Regime]) -> list[Group]:
    """The regimes, those together that differ in numbers only: a query for each would be the same query again."""
    groups: dict[Hashable, Group] = {}
    for regime in found:
        shape = _shape(regime)
        groups[shape] = (*groups.get(shape, ()), regime)
    return list(groups.values())


def _shape(regime: Regime) -> Hashable:
    """All that a query takes from ``regime`` but what :func:`_by_regime` tells apart: limits, decimals, fewest days."""
    rows = {kind: table.rows for kind, table in regime.tables.items()}
    return (
        tuple((row["pollutant"], row["statistic"], row["percentile"], row["limit"]) for row in rows["air.statistics"]),
        tuple((row["pollutant"], row["statistic"], row["weight"]) for row in rows["air.index"]),
        tuple((row["share"], row["from"], row["to"]) for row in rows["air.shares"]),
    )


def _by_regime(table: ir.Table, group: Group, number: Callable[[Regime], int]) -> ir.IntegerValue | int:
    """What ``number`` is under the regime of each row; the number itself where all of ``group`` agree."""
    numbers = [number(regime) for regime in group]
    if len(set(numbers)) == 1:
        return numbers[0]
    cases = [(table[_REGIME] == place, told) for place, told in enumerate(numbers)]
    return ibis.cases(*cases, else_=None).cast("int64")


def _in_periods(days: ir.Table, periods: Sequence[Period], group: Group) -> ir.Table:
    """The rows of ``days`` in each of the periods under each regime it touches, with what a period is."""
    told = [(k, regime, p) for k, regime in enumerate(group) for p in periods if _meets(p, regime)]
    calendar = ibis.memtable(
        {
            "period": [str(p) for _, _, p in told],
            "regime": [regime_name(regime) for _, regime, _ in told],
            _REGIME: [k for k, _, _ in told],
            "_first": [p.first for _, _, p in told],
            "_last": [p.last for _, _, p in told],
            "applies": [regime.end is None or p.last < regime.end for _, regime, p in told],
            "mixed": [not _within(p, regime) for _, regime, p in told],
            "_months": [_months(p) for _, _, p in told],
            "_year": [(p.first.month, _months(p)) == (1, 12) for _, _, p in told],
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


def _judged(rows: ir.Table, unit: str, group: Group, dust: ir.Table | None) -> ir.Table:
    """Every unit's figures in its periods under each regime of ``group``."""
    keys = (unit, "period", _REGIME)
    every = _long(rows, keys)
    long = every if dust is None else _without_dust(every, unit, dust)
    table = _joined(_counts(rows, keys, group[0]), _statistics(long, keys, group), keys)
    table = _joined(table, _full_months(every, keys, group), keys)
    singles = _singles(table, group)
    table = stage(
        table,
        lacking=_lacking(table, group),
        exceeding=_exceeding(table, group, "class2"),
        exceeding_class1=_exceeding(table, group, "class1"),
        _known=_known(table, group[0]),
        **singles,
    )
    complete = table.lacking == ""
    attained = ibis.cases((complete & table._known & table._year, table.exceeding == ""), else_=None)
    index = sum((table[name] for name in singles), start=ibis.literal(0, type="int64"))
    return stage(table, complete=complete, attained=attained, index=index)


def _name(row: Mapping[str, str]) -> str:
    return statistic_name(row["pollutant"], row["statistic"], row["percentile"])


def statistic_name(pollutant: str, statistic: str, percent: str) -> str:
    """Return the column of a statistic.

    >>> statistic_name("o3", "percentile", "90"), statistic_name("pm10", "mean", "")
    ('o3_p90', 'pm10_mean')
    """
    return f"{pollutant}_mean" if statistic == "mean" else f"{pollutant}_p{percent.replace('.', '_')}"


def _long(rows: ir.Table, keys: tuple[str, ...]) -> ir.Table:
    """Valid daily values: the keys, ``day``, ``month``, ``pollutant``, ``value``."""
    parts = [rows.select(*keys, "day", pollutant=ibis.literal(name), value=rows[c]) for name, c in DAILY.items()]
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
    about = {name: rows[name].max() for name in ("regime", "applies", "mixed", "_months", "_year")}
    return rows.group_by(*keys).agg(aqi_days=rows.aqi.count(), **shares, **about)


def _number(condition: ir.BooleanColumn) -> ir.IntegerScalar:
    return ibis.cases((condition, 1), else_=0).sum().cast("int64")


def _joined(table: ir.Table, more: ir.Table, keys: tuple[str, ...]) -> ir.Table:
    joined = table.left_join(more, list(keys))
    return joined.drop(*(name for name in joined.columns if name.endswith("_right")))


def _statistics(long: ir.Table, keys: tuple[str, ...], group: Group) -> ir.Table:
    """Every mean and percentile, rounded, and ``n_<pollutant>``: one pass over the values of all pollutants."""
    rows = group[0].tables["air.statistics"].rows
    ratios = {row["pollutant"]: Fraction(row["percentile"]) / 100 for row in rows if row["percentile"]}
    whole = math.lcm(*(ratio.denominator for ratio in ratios.values()))
    shares = [(long.pollutant == name, int(ratio * whole)) for name, ratio in ratios.items()]
    found = percentile(long, (*keys, "pollutant"), ibis.cases(*shares, else_=0).cast("int64"), whole)
    found = stage(found, _step=_step(found, group, "statistic"), _judging=_step(found, group, "attainment"))
    found = stage(found, **_rounded(found, "_step", whole, ""), **_rounded(found, "_judging", whole, "_judged"))
    wide = {}
    for row in rows:
        kind = "_mean" if row["statistic"] == "mean" else "_percentile"
        wide[_name(row)] = _only(found, row["pollutant"], kind)
        wide[f"_judged_{_name(row)}"] = _only(found, row["pollutant"], f"{kind}_judged")
    counts = {f"n_{p.name}": _only(found, p.name, "count") for p in POLLUTANTS}
    return found.group_by(*keys).agg(**wide, **counts)


def _step(found: ir.Table, group: Group, use: str) -> ir.IntegerColumn:
    """The width of the last decimal of every pollutant, in steps, for statistics or for judging attainment."""
    widths = [(found.pollutant == p.name, _by_regime(found, group, _width(p.name, use))) for p in POLLUTANTS]
    return ibis.cases(*widths, else_=1).cast("int64")


def _width(pollutant: str, use: str) -> Callable[[Regime], int]:
    """What tells the width of the pollutant's last decimal, in steps, under a regime."""

    def width(regime: Regime) -> int:
        rows = regime.tables["air.rounding"].rows
        step: int = 10 ** (DIGITS - next(int(row[use]) for row in rows if row["pollutant"] == pollutant))
        return step

    return width


def _rounded(found: ir.Table, step: str, whole: int, suffix: str) -> dict[str, ir.Value]:
    """Mean and percentile, each rounded once from the exact ratio."""
    width = found[step]
    return {
        f"_mean{suffix}": half_even(found.total, found["count"] * width) * width,
        f"_percentile{suffix}": half_even(found.numerator, width * whole) * width,
    }


def _only(table: ir.Table, pollutant: str, column: str) -> ir.IntegerScalar:
    return ibis.cases((table.pollutant == pollutant, table[column]), else_=None).max()


def _full_months(long: ir.Table, keys: tuple[str, ...], group: Group) -> ir.Table:
    """``_m_<pollutant>``: in how many months there are enough days."""
    months = long.group_by(*keys, "pollutant", "month").agg(n=long.value.count())
    february = (months.month - 2) % 12 == 0
    short, common = (_by_regime(months, group, _fewest("month_days", scope)) for scope in ("02", ""))
    full = months.filter(months.n >= ibis.cases((february, short), else_=common))
    return full.group_by(*keys).agg(**{f"_m_{p.name}": _number(full.pollutant == p.name) for p in POLLUTANTS})


def _lacking(table: ir.Table, group: Group) -> ir.StringValue:
    """The pollutants with too few days in a month, or in the year (GB 3095 table 4)."""
    fewest = _by_regime(table, group, _fewest("year_days", ""))
    lacking = []
    for p in POLLUTANTS:
        short = ibis.coalesce(table[f"_m_{p.name}"], 0) < table._months
        few = table._year & (ibis.coalesce(table[f"n_{p.name}"], 0) < fewest)
        lacking.append(ibis.cases((short | few, p.formula), else_=None))
    return ibis.literal("、").join(lacking)


def _fewest(rule: str, scope: str) -> Callable[[Regime], int]:
    """What tells how many days a month or a year needs under a regime."""

    def fewest(regime: Regime) -> int:
        rows = regime.tables["air.completeness"].rows
        return next(int(row["minimum"]) for row in rows if (row["rule"], row["scope"]) == (rule, scope))

    return fewest


def _known(table: ir.Table, regime: Regime) -> ir.BooleanValue:
    """Whether every mean and every percentile that is judged has a value."""
    known = ibis.literal(True)
    for row in regime.tables["air.statistics"].rows:
        known = known & table[f"_judged_{_name(row)}"].notnull()
    return known


def _exceeding(table: ir.Table, group: Group, column: str) -> ir.StringValue:
    """The statistics above the limit that stands in ``column``, as a text."""
    names = []
    for row in group[0].tables["air.statistics"].rows:
        limit = _by_regime(table, group, _limit("air.limits", row["pollutant"], row["limit"], column))
        above = table[f"_judged_{_name(row)}"] > limit
        names.append(ibis.cases((above, f"{BY_NAME[row['pollutant']].formula} {_said(row)}"), else_=None))
    return ibis.literal("、").join(names)


def _limit(kind: str, pollutant: str, statistic: str, column: str) -> Callable[[Regime], int]:
    """What tells the limit, in steps, that stands in ``column`` of a table under a regime."""

    def limit(regime: Regime) -> int:
        rows = regime.tables[kind].rows
        return next(steps(r[column]) for r in rows if (r["pollutant"], r["statistic"]) == (pollutant, statistic))

    return limit


def _said(row: Mapping[str, str]) -> str:
    return "均值" if row["statistic"] == "mean" else f"第{row['percentile']}百分位数"


def _singles(table: ir.Table, group: Group) -> dict[str, ir.IntegerValue]:
    """``i_<pollutant>``: rounded statistic / limit in hundredths, weighted; the index is their sum, null with one."""
    names = {(row["pollutant"], row["statistic"]): _name(row) for row in group[0].tables["air.statistics"].rows}
    single = {}
    for row in group[0].tables["air.index"].rows:
        key = (row["pollutant"], row["statistic"])
        limit = _by_regime(table, group, _limit("air.index", *key, "limit"))
        weight = Fraction(row["weight"])
        part = half_even(table[names[key]] * 100, limit) * weight.numerator
        single[f"i_{row['pollutant']}"] = part if weight.denominator == 1 else half_even(part, weight.denominator)
    return single


def rank(table: ir.Table, by: str, within: tuple[str, ...] = ("period", "regime")) -> ir.Table:
    """Return ``table`` with ``rank``: ascending ``by``, equal values share a rank and the next is skipped (1, 1, 3).

    >>> table = ibis.memtable({"period": ["2025"] * 3, "regime": [""] * 3, "index": [288, 288, 293]})
    >>> sorted(ibis.duckdb.connect().to_pyarrow(rank(table, "index"))["rank"].to_pylist())
    [1, 1, 3]
    """
    window = ibis.window(group_by=list(within), order_by=table[by])
    place = ibis.cases((table[by].notnull(), ibis.rank().over(window) + 1), else_=None)
    return table.mutate(rank=place.cast("int64"))
