"""From the observations of the lake to the wide table of sections and times, and on to their classes by period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from bilan.evaluate.exact import scaled, shared, stage
from bilan.evaluate.water.averages import PeriodKind, Scope, run_means, section_means
from bilan.evaluate.water.classes import Way, classified
from bilan.evaluate.water.items import BODIES, DIGITS, Item, evaluated, items, plain
from bilan.evaluate.water.pollutants import with_pollutants
from bilan.observe.lake_schema import USABLE
from bilan.periods import Period
from bilan.policy.standards import standard_tables

STATISTICS = ("value", "avg")
LONGEST = 86_400  # seconds; a mean over more than a day is somebody else's evaluation


def observed(observations: ir.Table, stations: ir.Table | None, keys: Sequence[str]) -> ir.Table:
    """Return one row per station and time with the items in ``keys``, in steps of ``10**-10`` of their units.

    ``observations``: the present rows of the lake (``station``, ``parameter``, ``statistic``, ``seconds``, ``time``,
    ``day``, ``value``, ``unit``, ``flag``); ``stations``: ``id`` and ``kind`` (river or lake), None when unknown.

    Columns: ``station``, ``time``, ``day``, ``body``, one per item, null where there is none, ``withheld`` (items with
    observations that have no value). Values under maintenance or invalid by their mark, in an unknown unit, or other
    statistics than values and means do not count; where a station has several intervals of an item on one day the
    longest up to a day is taken.
    """
    wanted = [items()[key] for key in keys]
    codes = sorted({code for item in wanted for code in item.codes})
    rows = observations.filter(
        observations.parameter.isin(codes),
        observations.statistic.isin(STATISTICS),
        observations.seconds <= LONGEST,
        observations.flag.coalesce("").isin(USABLE),
    )
    valued = ibis.cases((rows.value.notnull(), rows.seconds), else_=None)
    longest = valued.max().over(group_by=["station", "parameter", "day"]).coalesce(rows.seconds)
    steps = stage(rows, longest=longest, steps=_steps(rows, wanted))
    chosen = steps.filter(steps.seconds == steps.longest, steps.steps.notnull() | steps.value.isnull())
    values = {item.key: _value(chosen, item) for item in wanted}
    empty = {f"empty_{item.key}": _number(chosen.parameter.isin(sorted(item.codes))) for item in wanted}
    found = shared(chosen.group_by(["station", "time", "day"]).agg(**values, **empty))
    wide = found.select("station", "time", "day", *keys, withheld=_withheld(found, wanted))
    if stations is None:
        return wide.mutate(body=ibis.null("string"))
    kinds = stations.select(station=stations.id, body=_body(stations.kind))
    joined = wide.left_join(kinds, "station", rname="{name}_kinds")
    return joined.select("station", "time", "day", "body", *keys, "withheld")


def _steps(rows: ir.Table, wanted: Sequence[Item]) -> Any:
    """The value in steps of the unit of its item; null in a unit that is none of it."""
    (table,) = standard_tables("water.units")
    unit = rows.unit.coalesce("").lower().replace(" ", "")
    branches = []
    for of_item in dict.fromkeys(item.unit for item in wanted):
        codes = sorted({code for item in wanted if item.unit == of_item for code in item.codes})
        known: list[tuple[Any, Any]] = [(unit == "", 1.0)]
        for row in table.rows:
            if row["unit"] == of_item:
                spelt = sorted({form for word in row["words"].split("|") for form in (word, plain(word)) if form})
                known.append((unit.isin(spelt), int(row["multiply"]) / int(row["divide"])))
        branches.append((rows.parameter.isin(codes), ibis.cases(*known, else_=ibis.null("float64"))))
    return scaled(rows.value * ibis.cases(*branches, else_=ibis.null("float64")), DIGITS)


def _number(condition: Any) -> Any:
    return ibis.cases((condition, 1), else_=0).sum().cast("int64")


def _withheld(found: ir.Table, wanted: Sequence[Item]) -> Any:
    """The items that have observations and no value, as a text: 总磷（缺）."""
    names = [
        ibis.cases(
            (found[item.key].isnull() & (found[f"empty_{item.key}"] > 0), f"{item.name}（缺）"),
            else_=ibis.null("string"),
        )
        for item in wanted
    ]
    return ibis.literal("、").join(names).nullif("")


def _value(chosen: ir.Table, item: Item) -> Any:
    """The value of an item: under the code of the standard, else under another one that means the same."""
    codes = [item.code, *sorted(item.codes - {item.code})]
    found = [
        ibis.cases((chosen.parameter == code, chosen.steps), else_=ibis.null("int64")).max() for code in codes if code
    ]
    return found[0].coalesce(*found[1:]) if len(found) > 1 else found[0]


def _body(kind: ir.StringColumn) -> Any:
    return ibis.cases((kind.isin(BODIES), kind), else_=ibis.null("string"))


def classes_of_periods(
    observations: ir.Table,
    stations: ir.Table | None,
    kind: PeriodKind | Period,
    way: Way | None = None,
    scope: Scope = "national",
    roster: ir.Table | None = None,
) -> ir.Table:
    """Return the class of every station in every period of ``kind`` that its observations touch.

    ``observations`` must hold the whole of the first and the last period. ``roster`` (``station``, ``year``) names the
    stations that also have a row, without a class, in the periods of the year for which only others have observations.
    ``kind`` may also be a run of whole months; ``observations`` and ``roster`` then are those of its days.

    Columns: ``station``, ``period``, ``day`` (last of the period, whose standard judges), ``body``, ``class_number``,
    ``class``, ``status``, ``deciding_items``, ``main_pollutants``, ``reason``, ``withheld`` (items with too few
    values), one per item with the mean in steps of ``10**-10``, ``count_ITEM``.

    Rule: :func:`bilan.evaluate.water.averages.section_means` or ``run_means``, then
    :func:`bilan.evaluate.water.classes.classified`. Manual values are rounded after the mean.
    """
    way = way or Way()
    keys = [*evaluated(way.profile), *(["water_temp"] if way.saturation else [])]
    wide = observed(observations, stations, keys)
    if isinstance(kind, Period):
        means = run_means(wide, ["station"], kind, keys, scope)
    else:
        means = section_means(wide, ["station"], kind, keys, scope)
    if roster is not None:
        means = _with_silent(shared(means), stations, roster)
    judged = with_pollutants(shared(classified(means, way)), ["station", "period"], way.profile)
    return judged.select(
        "station",
        "period",
        "day",
        "body",
        "class_number",
        "class",
        "status",
        "deciding_items",
        "main_pollutants",
        "reason",
        "withheld",
        *keys,
        *(f"count_{key}" for key in keys),
    )


def _with_silent(means: ir.Table, stations: ir.Table | None, roster: ir.Table) -> ir.Table:
    """``means`` and an empty row for every station of ``roster`` that has none in a period."""
    periods = means.select("period", "first", "day", year=means.day.year()).distinct()
    every = periods.inner_join(roster.select("station", "year").distinct(), "year")
    silent = every.anti_join(means.select("station", "period"), ["station", "period"])
    if stations is not None:
        kinds = stations.select(station=stations.id, body=_body(stations.kind))
        silent = silent.left_join(kinds, "station", rname="{name}_kinds")
    nothing = {
        name: ibis.literal(0, "int64") if name.startswith("count_") else ibis.null(kind)
        for name, kind in means.schema().items()
        if name not in silent.columns
    }
    return means.union(silent.mutate(**nothing).select(*means.columns))
