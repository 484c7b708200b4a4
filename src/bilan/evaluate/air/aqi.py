"""The air quality index: from the concentrations of a station or city to index, primary pollutants and category.

>>> import ibis
>>> table = ibis.memtable({"day": [date(2026, 3, 1)], "pm2_5": [610_000], "pm10": [900_000]})
>>> index = air_quality_index(table, "hour", "published", date(2026, 3, 1), date(2026, 3, 1))
>>> ibis.duckdb.connect().to_pyarrow(index.select("aqi", "primary", "category")).to_pylist()
[{'aqi': 101, 'primary': 'PM2.5', 'category': '轻度污染'}]

See Also: HJ 633-2012 and HJ 633-2026, as tables in ``bilan.policy.standards`` (``air.iaqi``, ``air.report``,
``air.categories``, ``air.rounding``, ``air.rules``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

import ibis
import ibis.expr.types as ir

from bilan.evaluate.air.pollutants import BY_NAME, DIGITS, POLLUTANTS, steps
from bilan.evaluate.air.regime import by_regime, not_negative
from bilan.evaluate.exact import half_even_small, stage
from bilan.policy.standards import Regime, StandardError, StandardTable, standard_tables

Report = Literal["hour", "day"]
Mode = Literal["strict", "published"]

KINDS = ("air.iaqi", "air.report", "air.categories", "air.rounding", "air.completeness", "air.rules")
RESULTS = (*(f"iaqi_{pollutant.name}" for pollutant in POLLUTANTS), "aqi", "primary", "category", "reason")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a report: the column ``name`` of a ``pollutant``, judged by the line ``breakpoints`` of table 1.

    ``missing`` says what it means that there is no value: ``withhold`` the AQI unless the others already exceed what
    ``air.rules`` says, ``ignore`` it, ``optional`` need not even be said, ``fallback`` items only stand in for one
    beyond its last breakpoint.
    """

    name: str
    pollutant: str
    breakpoints: str
    missing: Literal["withhold", "ignore", "optional", "fallback"]

    @property
    def label(self) -> str:
        """As people write it.

        >>> Item("pm10_24h", "pm10", "pm10_24h", "ignore").label
        'PM10 24h'
        """
        return f"{BY_NAME[self.pollutant].formula} {self.name.removeprefix(self.pollutant).strip('_')}".strip()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of table 1 of HJ 633 and the table it stands in."""

    table: StandardTable
    cells: Mapping[str, str]


def air_quality_index(table: ir.Table, report: Report, mode: Mode, first: date, last: date) -> ir.Table:
    """Return ``table`` with ``iaqi_*``, ``aqi``, ``primary``, ``category`` and ``reason``, row by row.

    ``table`` has ``day`` (date, START side) between ``first`` and ``last``, and the items of the report as int64 in
    steps of ``10**-4`` of their unit; a column that is not there is an item without a value. A boolean column
    ``<item>_off`` says that the item is not monitored there. Each row is judged by the regime of its day.

    IAQI = (IH - IL) / (BH - BL) x (C - BL) + IL, rounded up; AQI = the largest; primary = all pollutants that reach it,
    when it is above 50 (HJ 633-2012 and HJ 633-2026, formulas 1 and 2). What a missing item means is data. No AQI where
    an item above its last breakpoint is judged by one without a value, unless others reach that breakpoint's IAQI.
    """
    kept = table.columns

    def judge(rows: ir.Table, regime: Regime) -> ir.Table:
        return _judged(rows, report, mode, regime).select(*kept, *RESULTS)

    judged = by_regime(table, KINDS, first, last, judge)
    begins = standard_tables("air.iaqi")[0].valid_from
    if begins is None or begins <= first:
        return judged
    return judged.union(_before_any(table.filter(table.day < ibis.literal(begins))).select(*kept, *RESULTS))


def report_items(regime: Regime, report: Report, mode: Mode) -> tuple[Item, ...]:
    """Return the items that make the ``report`` under ``regime``.

    >>> from bilan.policy.standards import regimes
    >>> regime = regimes(KINDS, date(2026, 3, 1), date(2026, 3, 1))[0]
    >>> [item.breakpoints for item in report_items(regime, "hour", "strict")][:3]
    ['so2_1h', 'no2_1h', 'pm10_24h']
    """
    rows = regime.tables["air.report"].rows
    return tuple(
        Item(row["item"], row["pollutant"], row["breakpoints"], row["missing"])  # type: ignore[arg-type]
        for row in rows
        if row["report"] == report and row["mode"] == mode
    )


def _before_any(table: ir.Table) -> ir.Table:
    nothing = {name: ibis.null("int64") for name in RESULTS} | dict.fromkeys(
        ("primary", "category"), ibis.null("string")
    )
    return table.mutate(**nothing | {"reason": ibis.literal("这一天没有生效的标准")})


def _judged(table: ir.Table, report: Report, mode: Mode, regime: Regime) -> ir.Table:
    """``table`` with the result columns, all rows standing under ``regime``."""
    items = report_items(regime, report, mode)
    iaqi = regime.tables["air.iaqi"]
    lines = {row["breakpoints"]: Line(iaqi, row) for row in iaqi.rows}
    table = _with_concentrations(table, items, regime)
    table = _with_item_indices(table, items, lines)
    table = _with_pollutant_indices(table, items, lines)
    counted = [item for item in items if item.missing in ("withhold", "ignore")]
    lacking = {item.name: _lacks(table, item) for item in counted}
    lowest = min(int(row["from"]) for row in regime.tables["air.categories"].rows)
    table = stage(
        table,
        _lacking=ibis.literal("、").join(
            [ibis.cases((lacking[i.name], _missed(table, i, items, lines)), else_=None) for i in counted]
        ),
        _off=_not_monitored(table, items),
        _open=_any([_open(table, item, lines[item.breakpoints]) for item in counted]),
        _withheld=_withheld(table, [lacking[item.name] for item in counted if item.missing == "withhold"], regime),
    )
    withheld = table._highest.isnull() | table._open | table._withheld
    table = stage(table, aqi=ibis.cases((withheld, None), else_=ibis.greatest(table._highest, lowest)).cast("int64"))
    return table.mutate(
        primary=_primary(table, regime), category=_category(table.aqi, regime), reason=_reason(table, regime)
    )


def _with_concentrations(table: ir.Table, items: tuple[Item, ...], regime: Regime) -> ir.Table:
    """``_c_<item>``: the concentration as the index takes it, rounded where the standard says so, never below 0."""
    decimals = {row["pollutant"]: row["index"] for row in regime.tables["air.rounding"].rows}
    columns = {}
    for item in items:
        value = table[item.name] if item.name in table.columns else ibis.null("int64")
        value = not_negative(value, regime, item.pollutant)
        places = decimals[item.pollutant]
        if places != "none":
            step = 10 ** (DIGITS - int(places))
            value = half_even_small(value, step) * step  # what is too large for it is beyond the last breakpoint
        columns[f"_c_{item.name}"] = value
    return stage(table, **columns)


def _with_item_indices(table: ir.Table, items: tuple[Item, ...], lines: Mapping[str, Line]) -> ir.Table:
    """``_i_<item>``: on each segment (slope x C + offset) / width rounded up; null above the last breakpoint.

    A float holds this quotient closely enough: below a breakpoint the dividend is under ``2**53``, so what is not whole
    stays away from the whole numbers. Every row divides once, by the width of its own segment.
    """
    indices = {}
    for item in items:
        c = table[f"_c_{item.name}"]
        segments = []
        for (low, start), (high, end) in pairwise(_points(lines[item.breakpoints])):
            width, slope = end - start, high - low
            segments.append((c <= end, ((c * slope + (low * width - slope * start)) / width).ceil()))
        indices[f"_i_{item.name}"] = ibis.cases(*segments, else_=None).cast("int64")
    return stage(table, **indices)


def _with_pollutant_indices(table: ir.Table, items: tuple[Item, ...], lines: Mapping[str, Line]) -> ir.Table:
    """``iaqi_<pollutant>`` with what holds above the last breakpoint, and ``_highest`` of them."""
    singles = {}
    for item in items:
        beyond = lines[item.breakpoints].cells["beyond"]
        over = table[f"_c_{item.name}"] > _points(lines[item.breakpoints])[-1][1]
        singles[f"_s_{item.name}"] = ibis.cases(
            (over, _instead(table, items, beyond, lines)), else_=table[f"_i_{item.name}"]
        )
    table = stage(table, **singles)
    indices = {
        f"iaqi_{p.name}": _largest(
            [table[f"_s_{item.name}"] for item in items if item.pollutant == p.name and item.missing != "fallback"]
        )
        for p in POLLUTANTS
    }
    table = stage(table, **indices)
    return stage(table, _highest=_largest([table[name] for name in indices]))


def _instead(table: ir.Table, items: tuple[Item, ...], beyond: str, lines: Mapping[str, Line]) -> ir.IntegerValue:
    """The index above the last breakpoint: a fixed one, or that of the item which is to be reported instead."""
    if beyond.isdigit():
        return ibis.literal(int(beyond), type="int64")
    other = next((item for item in items if item.breakpoints == beyond), None)
    if other is None:
        return ibis.null("int64")
    end = _points(lines[beyond])[-1]
    over = table[f"_c_{other.name}"] > end[1]
    return ibis.cases((over, end[0]), else_=table[f"_i_{other.name}"]).cast("int64")


def _points(line: Line) -> list[tuple[int, int]]:
    """The breakpoints of a line: IAQI and concentration in steps."""
    cells = line.cells
    return [(int(level), steps(line.table.number(cells, level))) for level in cells if level.isdigit() and cells[level]]


def _largest(values: list[ir.IntegerValue]) -> ir.IntegerValue:
    """The largest value that is not null; null when all are, or there is none."""
    return ibis.greatest(*values) if len(values) > 1 else values[0] if values else ibis.null("int64")


def _lacks(table: ir.Table, item: Item) -> ir.BooleanValue:
    """Whether the item should have an index and has none."""
    absent = table[f"_s_{item.name}"].isnull()
    return absent & ~table[f"{item.name}_off"] if f"{item.name}_off" in table.columns else absent


def _missed(table: ir.Table, item: Item, items: tuple[Item, ...], lines: Mapping[str, Line]) -> ir.StringValue | str:
    """What is missing where ``item`` has no index: it, or the item that is to be reported above its last breakpoint."""
    line = lines[item.breakpoints]
    other = next((one for one in items if one.breakpoints == line.cells["beyond"]), None)
    if other is None:
        return item.label
    last = _points(line)[-1][1]
    return ibis.cases(
        (table[f"_c_{item.name}"] > last, f"{other.label}（{item.label} 高于 {last // 10**DIGITS}）"), else_=item.label
    )


def _open(table: ir.Table, item: Item, line: Line) -> ir.BooleanValue:
    """Whether the index of ``item`` lies above the end of its line, nobody knows how far, and may be the largest."""
    if line.cells["beyond"].isdigit():
        return ibis.literal(False)
    level = max(int(column) for column in line.cells if column.isdigit())  # the end of the scale
    end = _points(line)[-1][1]
    unknown = (table[f"_c_{item.name}"] > end) & table[f"_s_{item.name}"].isnull()
    return unknown.fill_null(False) & (table._highest.fill_null(-1) < level)


def _withheld(table: ir.Table, lacking: list[ir.BooleanValue], regime: Regime) -> ir.BooleanValue:
    """Whether an item that withholds is missing and the others do not exceed what the standard says."""
    if not lacking:
        return ibis.literal(False)
    return (table._highest <= _limit(regime, "withhold_up_to")) & _any(lacking)


def _not_monitored(table: ir.Table, items: tuple[Item, ...]) -> ir.StringValue:
    """The items that would withhold the AQI were they not marked as not monitored; empty where none is."""
    marked = [i for i in items if i.missing == "withhold" and f"{i.name}_off" in table.columns]
    if not marked:
        return ibis.literal("")
    named = [ibis.cases((table[f"_s_{i.name}"].isnull() & table[f"{i.name}_off"], i.label), else_=None) for i in marked]
    return ibis.literal("、").join(named)


def _any(conditions: list[ir.BooleanValue]) -> ir.BooleanValue:
    together = ibis.literal(False)
    for condition in conditions:
        together = together | condition
    return together


def _rule(regime: Regime, name: str) -> Mapping[str, str]:
    """The row ``name`` of ``air.rules``; :class:`StandardError` where the standard has none."""
    table = regime.tables["air.rules"]
    found = next((row for row in table.rows if row["rule"] == name), None)
    if found is None:
        raise StandardError(f"{table.name}.csv：没有 {name}")
    return found


def _limit(regime: Regime, name: str) -> int:
    """The index that a rule names."""
    return int(regime.tables["air.rules"].number(_rule(regime, name), "value"))


def _primary(table: ir.Table, regime: Regime) -> ir.StringValue:
    names = [ibis.cases((table[f"iaqi_{p.name}"] == table.aqi, p.formula), else_=None) for p in POLLUTANTS]
    return ibis.cases((table.aqi > _limit(regime, "primary_above"), ibis.literal(",").join(names)), else_=None)


def _category(aqi: ir.IntegerValue, regime: Regime) -> ir.StringValue:
    rows = sorted(regime.tables["air.categories"].rows, key=lambda row: -int(row["from"]))
    return ibis.cases(*((aqi >= int(row["from"]), row["category"]) for row in rows), else_=None)


def _reason(table: ir.Table, regime: Regime) -> ir.StringValue:
    """What is missing or not monitored, and why there is no index; null where nothing is to be said."""
    missing = ibis.literal("缺 ") + table._lacking
    cases = [(table._open, missing + "，不报 AQI"), (table._highest.isnull(), "没有可以评价的项目")]
    if _withholds(regime):
        standard, rule = regime.tables["air.rules"].standard, _rule(regime, "withhold_up_to")
        why = f"，其余项目的 AQI 不大于 {rule['value']}，按 {standard} {rule['clause']} 不报 AQI"
        cases.append((table._withheld, missing + why))
    said = ibis.cases(*cases, (table._lacking != "", missing), else_=None)
    if not _withholds(regime):
        return said
    clause = _rule(regime, "not_monitored")["clause"]
    off = ibis.cases((table._off != "", table._off + f" 未监测（{clause}，未核实三年历史）"), else_=None)
    return ibis.literal("；").join([said, off]).nullif("")


def _withholds(regime: Regime) -> bool:
    """Whether a missing item can withhold the index under ``regime``."""
    return any(row["missing"] == "withhold" for row in regime.tables["air.report"].rows)
