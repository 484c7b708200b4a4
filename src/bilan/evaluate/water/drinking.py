"""Compliance of drinking water sources, by the number of sources and by the volume of water."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bilan.evaluate.exact import stage
from bilan.evaluate.water.classes import GROUND, Way, classified
from bilan.evaluate.water.items import WaterError, evaluated, exact, items, unit_factor
from bilan.evaluate.water.limits import by_rule, by_validity, day_of, latest, target_limit, whole, within
from bilan.evaluate.water.pollutants import by_place, in_order, with_brackets
from bilan.evaluate.water.shares import percent
from bilan.policy.standards import StandardTable

SURFACE = ("river", "lake")
_BY_LIMIT = {"surface": "water.source.limits", GROUND: "water.groundwater.limits"}


def sources_judged(wide: ir.Table, key: Sequence[str] = ("row",)) -> ir.Table:
    """Return ``wide`` with ``complies``, ``exceeded`` and ``reason`` for every source.

    ``wide``: ``key`` (tells the rows apart), ``kind`` (``river``, ``lake`` or ``groundwater``), ``day``, the items in
    steps of ``10**-10``, optional ``withheld`` and ``remark``.

    ``complies`` is null for a source that cannot be judged; ``exceeded`` names the items over their limit, each with
    its multiple: 铁(0.2)、pH.

    Rule: surface water by GB 3838-2002, the 21 items at class Ⅲ or better, tables 2 and 3 by their limits; groundwater
    by GB/T 14848-2017 class Ⅲ. Total nitrogen and coliforms of surface water are not judged (环办〔2011〕22号).

    >>> from datetime import date
    >>> import pyarrow as pa
    >>> row = {"row": 1, "kind": "river", "day": date(2024, 5, 1), "nh3n": exact("0.4"), "铁": exact("0.36")}
    >>> found = sources_judged(ibis.memtable(pa.Table.from_pylist([row])))
    >>> found.select("complies", "exceeded").to_pyarrow().to_pylist()
    [{'complies': False, 'exceeded': '铁(0.2)'}]
    """
    texts = {name: ibis.null("string") for name in ("withheld", "remark") if name not in wide.columns}
    body = ibis.cases((wide.kind.isin(SURFACE), wide.kind), else_=ibis.null("string"))
    classed = classified(wide.mutate(body=body, **texts), Way.of("manual"))
    keys = _keys(wide)
    over = {f"over_{place}": _over(classed, item) for place, item in enumerate(keys)}
    bounds = {f"bound_{place}": _limit(classed, item) for place, item in enumerate(keys)}
    known = stage(classed, **over, **bounds)
    told = _told(known.mutate(measured=_count([known[name] for name in over])))
    named = told.left_join(_exceeded(known, key, keys), list(key), rname="{name}_named")
    judged = named.reason.isnull()
    return named.select(
        *wide.columns,
        complies=ibis.cases((judged, named.exceeded.isnull()), else_=ibis.null("boolean")),
        exceeded=ibis.cases((judged, named.exceeded.coalesce("")), else_=ibis.null("string")),
        reason="reason",
    )


def _told(known: ir.Table) -> ir.Table:
    reason = ibis.cases(
        (known.remark.notnull(), known.remark),
        (known.kind.isnull(), "未注明河流型、湖库型或地下水型"),
        (known.withheld.notnull(), ibis.literal("无有效值：") + known.withheld),
        (known.measured == 0, "没有参评项目的数据，或当日没有生效的标准"),
        else_=ibis.null("string"),
    )
    return known.mutate(reason=reason)


def _exceeded(known: ir.Table, key: Sequence[str], keys: Sequence[str]) -> ir.Table:
    """The items over their limit of every source that has any, with their multiples, in the order of the standard."""
    places = range(len(keys))
    every = by_place(
        known,
        len(keys),
        list(dict.fromkeys([*key, "day"])),
        over=lambda t: [t[f"over_{place}"] for place in places],
        name=lambda _: [ibis.literal(items()[item].name) for item in keys],
        value=lambda t: [t[item] for item in keys],
        bound=lambda t: [t[f"bound_{place}"] for place in places],
    )
    worse = every.filter(every["over"])
    long = with_brackets(worse.mutate(excess=worse.value - worse.bound))
    ranked = long.mutate(
        rank=ibis.row_number().over(group_by=list(key), order_by=long.place), text=long.name + long.brackets
    )
    return in_order(ranked, key, len(keys), "exceeded")


def _keys(wide: ir.Table) -> list[str]:
    return [key for key in items() if key in wide.columns]


def _over(classed: ir.Table, key: str) -> Any:
    """Whether an item exceeds its limit; null where it is not measured or has none."""
    if key in evaluated("manual"):
        surface = classed[f"class_{key}"] > by_rule("target_class", classed.day, whole)
    else:
        surface = _beyond(classed, key, "surface")
    return ibis.cases(
        (classed.kind.isin(SURFACE), surface),
        (classed.kind == GROUND, _beyond(classed, key, GROUND)),
        else_=ibis.null("boolean"),
    )


def _beyond(wide: ir.Table, key: str, water: str) -> Any:
    def judged(table: StandardTable) -> Any:
        bounds = _bounds(table, key)
        return ibis.null("boolean") if bounds is None else ~within(wide[key], *bounds)

    return by_validity(_BY_LIMIT[water], wide.day, judged, "boolean")


def _bounds(table: StandardTable, key: str) -> tuple[int | None, int | None] | None:
    """Lower and upper limit of ``key`` in ``table``, in steps of the item's unit."""
    for row in table.rows:
        if row["item"] == key:
            unit = row.get("unit", items()[key].unit)
            return _steps(row.get("lower", ""), unit, key), _steps(row.get("upper") or row.get("limit", ""), unit, key)
    return None


def _steps(cell: str, unit: str, key: str) -> int | None:
    if not cell:
        return None
    factor = unit_factor(unit, items()[key].unit)
    if factor is None:
        raise WaterError(f"{key} 的限值单位 {unit} 不能换算为 {items()[key].unit}")
    return int(exact(cell) * factor)


def _limit(known: ir.Table, key: str) -> Any:
    """The upper limit of an item for its kind of water; null for an item that has a range or only a lower limit."""
    return ibis.cases((known.kind == GROUND, _upper(known, key, GROUND)), else_=_surface_limit(known, key))


def _surface_limit(known: ir.Table, key: str) -> Any:
    if key not in evaluated("manual"):
        return _upper(known, key, "surface")
    river, lake = (target_limit(key, body, known.day) for body in SURFACE)
    return ibis.cases((known.kind == "lake", lake), else_=river)


def _upper(known: ir.Table, key: str, water: str) -> Any:
    def found(table: StandardTable) -> Any:
        lower, upper = _bounds(table, key) or (None, None)
        return ibis.null("int64") if lower is not None or upper is None else whole(upper)

    return by_validity(_BY_LIMIT[water], known.day, found)


def _count(over: list[Any]) -> Any:
    total: Any = whole(0)
    for part in over:
        total = total + part.notnull().cast("int64")
    return total


def compliance(sources: ir.Table, by: Sequence[str] = ()) -> ir.Table:
    """Return the rates of compliance of every group in ``by``, by count and by volume.

    ``sources``: ``complies`` (null for a source that is not judged), ``volume`` (water taken, whole numbers of any one
    unit, null where unknown), the columns in ``by``, optional ``day``.

    Columns: ``by``, ``sources``, ``judged``, ``compliant``, ``count_rate`` (%, one decimal), ``volume``,
    ``compliant_volume``, ``volume_rate`` (%, one decimal; null while a judged source has no volume), ``reason``.

    Rule: compliant sources over judged sources, compliant volume over the volume of judged sources; two figures, never
    mixed. Rounded by the rule of the latest day of the group, of today without days.

    >>> sources = ibis.memtable({"complies": [True, True, False, None], "volume": [600, 300, 100, 50]})
    >>> compliance(sources).select("judged", "count_rate", "volume_rate").to_pyarrow().to_pylist()
    [{'judged': 3, 'count_rate': 66.7, 'volume_rate': 90.0}]
    """
    judged, good = sources.complies.notnull(), sources.complies.coalesce(False)
    group = sources.group_by(list(by)) if by else sources
    found = group.agg(
        sources=sources.count().cast("int64"),
        judged=judged.sum().coalesce(0).cast("int64"),
        compliant=good.sum().coalesce(0).cast("int64"),
        volume=sources.volume.sum(where=judged).coalesce(0).cast("int64"),
        compliant_volume=sources.volume.sum(where=good).coalesce(0).cast("int64"),
        no_volume=(judged & sources.volume.isnull()).sum().coalesce(0).cast("int64"),
        **latest(sources),
    )
    by_volume = ibis.cases(
        (found.no_volume == 0, percent(found.compliant_volume, found.volume, day_of(found))), else_=ibis.null("float64")
    )
    left_out = (found.sources - found.judged).cast("string") + "个水源不能评价，未计入"
    parts = [
        ibis.cases((found.judged == 0, "没有一个水源可以评价"), (found.judged < found.sources, left_out)),
        ibis.cases((found.no_volume > 0, found.no_volume.cast("string") + "个水源没有水量，不算按水量的达标率")),
    ]
    return found.mutate(
        count_rate=percent(found.compliant, found.judged, day_of(found)),
        volume_rate=cast(Any, by_volume),
        reason=ibis.literal("；").join(parts).nullif(""),
    ).drop("no_volume", *latest(sources))
