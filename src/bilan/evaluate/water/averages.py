"""Means over time and over places, with the numbers of values that they need.

A week, ten days and a month are the mean of their values, a quarter and a year the mean of their months; several
points of a lake are averaged over time first, point by point, then over the points (环办〔2011〕22号, part one). From
2020 on the mean of pH is that of the hydrogen ions. Means stay in steps of ``10**-10``, so that a limit is compared
with the mean itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, cast

import ibis
import ibis.expr.types as ir

from bilan.evaluate.exact import half_even, half_even_signed, published, scaled, shared
from bilan.evaluate.water.items import DIGITS, WaterError, items
from bilan.evaluate.water.limits import by_validity, valid_on
from bilan.periods import Period
from bilan.policy.standards import StandardTable, standard_on, standard_tables

PeriodKind = Literal["day", "week", "ten_days", "month", "quarter", "year"]
Scope = Literal["national", "other"]
KINDS: tuple[PeriodKind, ...] = ("day", "week", "ten_days", "month", "quarter", "year")

_YEAR = 12
_IONS = 17  # decimals of an ion concentration in mol/L: seven figures are left at pH 10
_FINE = 6  # decimals of a pH that comes from ions


def averaged(wide: ir.Table, by: Sequence[str], keys: Sequence[str]) -> ir.Table:
    """Return the mean of every item in ``keys`` over the rows of each group in ``by``.

    Columns: ``by``, one per item in steps of ``10**-10`` (null without a single value), ``count_ITEM`` (values in the
    mean), ``rows``, ``day`` (the latest), ``body`` (null when the rows have several or one has none); with a column
    ``withheld`` in ``wide`` also that: the items that are withheld somewhere and have no value anywhere.

    >>> from datetime import date
    >>> import pyarrow as pa
    >>> rows = [{"lake": "东湖", "tp": n, "body": "lake", "day": date(2024, 1, 1)} for n in (1, 2, None)]
    >>> found = averaged(ibis.memtable(pa.Table.from_pylist(rows)), ["lake"], ["tp"])
    >>> found.select("tp", "count_tp").to_pyarrow().to_pylist()
    [{'tp': 2, 'count_tp': 2}]
    """
    sums: dict[str, Any] = {f"sum_{key}": wide[key].sum().cast("int64") for key in keys}
    sums |= {f"count_{key}": wide[key].count().cast("int64") for key in keys}
    if "withheld" in wide.columns:
        sums |= {f"lost_{key}": _withholds(wide, key).sum() for key in keys}
    if "ph" in keys:
        sums["ions"] = _ions(wide["ph"]).sum().cast("int64")
    group = wide.group_by(list(by)) if by else wide
    if "body" not in by:
        one = (wide.body.min() == wide.body.max()) & (wide.body.count() == wide.count())
        sums["body"] = ibis.cases((one, wide.body.min()), else_=ibis.null("string"))
    found = group.agg(rows=wide.count().cast("int64"), day=wide.day.max(), **sums)
    means: dict[str, Any] = {key: _mean(found, key) for key in keys}
    rest = [name for name in ("rows", "day", "body") if name not in by]
    if "withheld" in wide.columns:
        means["withheld"] = _lost(found, keys)
        rest.append("withheld")
    return shared(found.mutate(**means).select(*by, *keys, *(f"count_{key}" for key in keys), *rest))


def _withholds(wide: ir.Table, key: str) -> Any:
    """Whether ``withheld`` of a row names the item, with its mark (values) or without (means): 总磷（--）、氨氮."""
    listed, name = ibis.literal("、") + wide.withheld + "、", "、" + items()[key].name
    return (listed.contains(name + "（") | listed.contains(name + "、")).coalesce(False)


def _lost(found: ir.Table, keys: Sequence[str]) -> ir.StringColumn:
    names = [
        ibis.cases(
            ((found[f"lost_{key}"] > 0) & (found[f"count_{key}"] == 0), items()[key].name), else_=ibis.null("string")
        )
        for key in keys
    ]
    return cast(ir.StringColumn, ibis.literal("、").join(names).nullif(""))


def _mean(found: ir.Table, key: str) -> ir.IntegerColumn:
    count = found[f"count_{key}"]
    signed = (items()[key].least or 0) < 0  # degrees
    arithmetic = (half_even_signed if signed else half_even)(found[f"sum_{key}"], count.nullif(0))
    if key != "ph":
        return arithmetic
    ions = published(found.ions, _IONS) / count.nullif(0).cast("float64")
    by_ions = scaled(-(ions.nullif(0.0).log10()), _FINE) * 10 ** (DIGITS - _FINE)

    def method(table: Any) -> Any:
        return by_ions if any(row["item"] == key and row["method"] == "hydrogen" for row in table.rows) else arithmetic

    return cast(ir.IntegerColumn, by_validity("water.surface.averaging", found.day, method))


def _ions(ph: ir.IntegerColumn) -> ir.IntegerColumn:
    return scaled(ibis.literal(10.0) ** -published(ph, DIGITS), _IONS)


def first_day(day: ir.DateColumn, kind: PeriodKind) -> ir.DateColumn:
    """Return the first day of the period of ``kind`` that ``day`` is in; weeks begin on Monday.

    >>> from datetime import date
    >>> found = first_day(ibis.literal(date(2021, 4, 30)), "ten_days")
    >>> ibis.duckdb.connect().to_pyarrow(found).as_py()
    datetime.date(2021, 4, 21)
    """
    if kind == "day":
        return day
    if kind == "ten_days":
        offset = ibis.cases((day.day() > 20, 20), (day.day() > 10, 10), else_=0)
        return _as_date(day - (day.day() - 1 - offset).as_interval("D"))
    units = {"week": "W", "month": "M", "quarter": "Q", "year": "Y"}
    return _as_date(day.truncate(units[kind]))


def last_day(first: ir.DateColumn, kind: PeriodKind) -> ir.DateColumn:
    """Return the last day of the period of ``kind`` that begins on ``first``."""
    if kind == "day":
        return first
    if kind == "ten_days":
        month_end = last_day(first_day(first, "month"), "month")
        tenth = _as_date(first + ibis.interval(days=9))
        return cast(ir.DateColumn, ibis.cases((first.day() > 20, month_end), else_=tenth))
    spans = {
        "week": ibis.interval(weeks=1),
        "month": ibis.interval(months=1),
        "quarter": ibis.interval(months=3),
        "year": ibis.interval(years=1),
    }
    return _as_date(first + spans[kind] - ibis.interval(days=1))


def _as_date(moment: ir.Value) -> ir.DateColumn:
    """A date also for the engine: to Ibis a date less an interval is one already, to DuckDB and Spark a timestamp."""
    return cast(ir.DateColumn, moment.cast("timestamp").cast("date"))


def period_name(first: ir.DateColumn, kind: PeriodKind) -> ir.StringColumn:
    """Return how bilan writes the period: 2021-04, 2021Q2, 2021; spans of days as first/last."""
    text = first.cast("string")
    if kind == "day":
        return text
    if kind in ("week", "ten_days"):
        return cast(ir.StringColumn, text + "/" + last_day(first, kind).cast("string"))
    if kind == "quarter":
        return cast(ir.StringColumn, text.substr(0, 4) + "Q" + first.quarter().cast("string"))
    return cast(ir.StringColumn, text.substr(0, 7 if kind == "month" else 4))


def section_means(
    wide: ir.Table,
    key: Sequence[str],
    kind: PeriodKind,
    keys: Sequence[str],
    scope: Scope = "national",
) -> ir.Table:
    """Return the mean of every section and period, ready to be classed.

    ``wide``: one row per section and time as for :func:`bilan.evaluate.water.classes.classified`; ``key``: the columns
    that name a section (and point); ``keys``: the items; ``scope``: sections of the national network need more months.

    Columns: ``key``, ``period``, ``first``, ``day`` (the last day, whose standard judges), ``body``, one per item,
    ``count_ITEM`` (values, or months for a quarter and a year), ``withheld`` (items with fewer than the least number,
    which then have no mean).

    Rule: 环办〔2011〕22号, part one; 环办监测函〔2020〕82号 for pH. A period is averaged by the table that is valid on
    its last day.

    >>> from datetime import date
    >>> import pyarrow as pa
    >>> from bilan.evaluate.water.items import exact
    >>> rows = [{"station": "甲", "body": "river", "day": date(2021, month, 5), "tp": exact(value)}
    ...         for month, value in ((4, "0.1"), (5, "0.2"))]
    >>> found = section_means(ibis.memtable(pa.Table.from_pylist(rows)), ["station"], "quarter", ["tp"])
    >>> found.select("period", "day", "tp", "count_tp").to_pyarrow().to_pylist()
    [{'period': '2021Q2', 'day': datetime.date(2021, 6, 30), 'tp': 1500000000, 'count_tp': 2}]
    """
    tables = standard_tables("water.surface.periods")
    ends = last_day(first_day(wide.day, kind), kind)
    parts = [_means(_of_table(wide, ends, table), key, kind, keys, scope, table) for table in tables]
    return parts[0] if len(parts) == 1 else ibis.union(*parts)


def _of_table(wide: ir.Table, ends: ir.DateColumn, table: StandardTable) -> ir.Table:
    """The rows whose period ends on a day of ``table``."""
    always = table.valid_from is None and table.valid_to is None
    return wide if always else wide.filter(valid_on(table, ends))


def _means(
    wide: ir.Table,
    key: Sequence[str],
    kind: PeriodKind,
    keys: Sequence[str],
    scope: Scope,
    table: StandardTable,
) -> ir.Table:
    """The means of :func:`section_means` by one table of periods."""
    of, least = _need(kind, scope, table)
    source = _means(wide, key, cast(PeriodKind, of), keys, scope, table) if of != "value" else wide
    dated = source.mutate(first=first_day(source.day, kind))
    found = _with_enough(averaged(dated, [*key, "first"], keys), keys, least)
    return found.mutate(
        period=period_name(found["first"], kind),
        day=last_day(found["first"], kind),
    ).select(*key, "period", "first", "day", "body", *keys, *(f"count_{item}" for item in keys), "withheld")


def _with_enough(found: ir.Table, keys: Sequence[str], least: int) -> ir.Table:
    """``found`` without the means of fewer than ``least`` values, which ``withheld`` then names."""
    lacking = found.withheld if "withheld" in found.columns else ibis.null("string")
    short = [
        ibis.cases(
            (
                (found[f"count_{item}"] > 0) & (found[f"count_{item}"] < least),
                ibis.literal(items()[item].name + "（")
                + found[f"count_{item}"].cast("string")
                + f" 个，至少 {least} 个）",
            ),
            else_=ibis.null("string"),
        )
        for item in keys
    ]
    enough = {
        item: ibis.cases((found[f"count_{item}"] >= least, found[item]), else_=ibis.null("int64")) for item in keys
    }
    return found.mutate(**enough, withheld=ibis.literal("、").join([lacking, *short]).nullif(""))


def run_means(
    wide: ir.Table, key: Sequence[str], run: Period, keys: Sequence[str], scope: Scope = "national"
) -> ir.Table:
    """Return the mean of every section over ``run``, whole months that may cross the year, as :func:`section_means`.

    ``wide`` holds the days of ``run`` only. The mean is that of the months; there must be as many of them as of a year,
    in proportion (upwards), by the table that is valid on the last day. One row a section.

    >>> from datetime import date
    >>> import pyarrow as pa
    >>> from bilan.evaluate.water.items import exact
    >>> days = ((date(2025, 12, 5), "0.1"), (date(2026, 1, 5), "0.1"), (date(2026, 1, 25), "0.3"))
    >>> rows = [{"station": "甲", "body": "river", "day": day, "tp": exact(value)} for day, value in days]
    >>> wide = ibis.memtable(pa.Table.from_pylist(rows))
    >>> found = run_means(wide, ["station"], Period.parse("2025-12/2026-01"), ["tp"])
    >>> found.select("period", "tp", "count_tp").to_pyarrow().to_pylist()
    [{'period': '2025-12/2026-01', 'tp': 1500000000, 'count_tp': 2}]
    """
    of, least = _need("year", scope, standard_on("water.surface.periods", run.last))
    source = section_means(wide, key, cast(PeriodKind, of), keys, scope)
    least = -(-least * (run.months or 0) // _YEAR)
    found = _with_enough(averaged(source, key, keys), keys, least)
    return found.mutate(
        period=ibis.literal(str(run)), first=ibis.literal(run.first), day=ibis.literal(run.last)
    ).select(*key, "period", "first", "day", "body", *keys, *(f"count_{item}" for item in keys), "withheld")


def _need(kind: PeriodKind, scope: Scope, table: StandardTable) -> tuple[str, int]:
    """What a period is averaged from, and how many of it there must be."""
    for row in table.rows:
        if row["period"] == kind and row["scope"] in ("", scope):
            return row["of"], int(row["minimum"])
    raise WaterError(f"没有 {kind} 这种评价时段，应为 {'、'.join(KINDS)}")


def lake_means(means: ir.Table, by: Sequence[str], keys: Sequence[str]) -> ir.Table:
    """Return the mean over the points of each lake: ``means`` of points as from :func:`section_means`, ``by`` names the
    lake; periods stay apart.

    A point whose item is withheld is not in the mean of that item; ``withheld`` names items that no point has.
    """
    found = averaged(means, [*by, "period", "first"], keys)
    return found.select(
        *by,
        "period",
        "first",
        "day",
        "body",
        *keys,
        *(f"count_{item}" for item in keys),
        points="rows",
        withheld="withheld",
    )
