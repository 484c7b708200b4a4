"""The water quality index of cities and their ranking (城市水质指数 CWQI)."""

from __future__ import annotations

from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bilan.evaluate.exact import floordiv, half_even, half_even_signed, published, shared, stage
from bilan.evaluate.water.averages import averaged
from bilan.evaluate.water.items import BODIES, STEPS, items
from bilan.evaluate.water.limits import by_rule, by_validity, ladder, whole
from bilan.policy.standards import StandardTable, standard_tables

INDEX_DIGITS = 4  # decimals of a published index
CHANGE_DIGITS = 2  # decimals of a published change in percent

_DIGITS = 8  # decimals of an index while it is summed and weighted
_LAST = 9 * 10**18
_INDEX = "water.city.index"


def city_indices(sections: ir.Table) -> ir.Table:
    """Return the index of every city.

    ``sections``: one row per section or point with its mean of the period: ``city``, ``body`` (``river`` or ``lake``),
    ``day`` (whose standard judges) and the items in steps of ``10**-10``.

    Columns: ``city``, ``rivers``, ``lakes`` (numbers of sections and points), ``items`` (in the index), ``index_steps``
    (steps of ``10**-8``), ``index`` (four decimals by GB/T 8170), ``reason``; no index where an item or a body is
    missing.

    Rule: 环办监测〔2017〕51号: each item's mean over the sections of the city, divided by its class Ⅲ limit (the limit
    divided by the mean for oxygen, the distance from 7 for pH), summed over the items; rivers and lakes apart, then
    weighted by their numbers. The items are those of the table of the latest day of the city that ``sections`` has as
    columns.

    >>> from datetime import date
    >>> import pyarrow as pa
    >>> from bilan.evaluate.water.items import exact
    >>> row = {"city": "甲市", "body": "river", "day": date(2024, 3, 31), "do": exact("10"), "nh3n": exact("0.5")}
    >>> city_indices(ibis.memtable(pa.Table.from_pylist([row]))).select("index", "items").to_pyarrow().to_pylist()
    [{'index': 1.0, 'items': 2}]
    """
    keys = [key for key in index_items() if key in sections.columns]
    known = sections.mutate(day=sections.day.max().over(group_by="city")).filter(sections.body.isin(BODIES))
    means = averaged(known, ["city", "body"], keys)
    parts = _indices_of_items(means, keys)
    each = parts.mutate(index_of_body=_sum(parts, keys), missing=_missing(parts, keys))
    counted = sections.group_by("city").agg(
        day=sections.day.max(),
        sections=sections.count().cast("int64"),
        unknown=(sections.body.isnull() | ~sections.body.isin(BODIES)).sum().coalesce(0).cast("int64"),
    )
    joined = shared(_with_bodies(counted, each))
    total = joined.rivers + joined.lakes
    weighted = joined.index_river.coalesce(0) * joined.rivers + joined.index_lake.coalesce(0) * joined.lakes
    lacking = ibis.literal("、").join([joined.missing_river, joined.missing_lake]).nullif("")
    steps = ibis.cases(
        (lacking.isnull() & (joined.unknown == 0) & (total > 0), half_even(weighted, total.nullif(0))),
        else_=ibis.null("int64"),
    )
    summed = stage(joined, index_steps=steps, lacking=lacking)
    return summed.select(
        "city",
        "rivers",
        "lakes",
        items=_number_of_items(summed.day, keys),
        index_steps="index_steps",
        index=published(half_even(summed.index_steps, 10 ** (_DIGITS - INDEX_DIGITS)), INDEX_DIGITS),
        reason=ibis.cases(
            (summed.unknown > 0, summed.unknown.cast("string") + "个断面未注明河流或湖库"),
            (summed.lacking.notnull(), ibis.literal("缺") + summed.lacking),
            else_=ibis.null("string"),
        ),
    )


def index_items() -> list[str]:
    """Return the keys of the items of the index, in any version of its table.

    >>> index_items()[:2], len(index_items())
    (['ph', 'do'], 21)
    """
    return list(dict.fromkeys(row["item"] for table in standard_tables(_INDEX) for row in table.rows))


def _number_of_items(day: ir.DateColumn, keys: list[str]) -> Any:
    return by_validity(_INDEX, day, lambda table: whole(len(_counted(table, keys))))


def _counted(table: StandardTable, keys: list[str]) -> list[str]:
    """Those of ``keys`` that count by ``table``."""
    return [key for key in keys if any(row["item"] == key for row in table.rows)]


def _sum(parts: ir.Table, keys: list[str]) -> Any:
    """The index of a body: the sum over the items of the table of its day, null as soon as one of them is."""

    def of_table(table: StandardTable) -> Any:
        return sum((parts[f"index_{key}"] for key in _counted(table, keys)), start=whole(0))

    return by_validity(_INDEX, parts.day, of_table)


def _indices_of_items(means: ir.Table, keys: list[str]) -> ir.Table:
    """``means`` with ``index_ITEM`` in steps of ``10**-8``: null without a mean, and for oxygen of zero.

    A quotient is taken by long division in two steps of four decimals each, so that no product leaves 64 bits.
    """
    half = 10 ** (_DIGITS // 2)
    fractions = {key: _fraction(means, key) for key in keys}
    parts = stage(
        means,
        **{f"over_{key}": fraction[0] for key, fraction in fractions.items()},
        **{f"under_{key}": fraction[1].nullif(0) for key, fraction in fractions.items()},
    )
    firsts = stage(parts, **{f"first_{k}": floordiv(parts[f"over_{k}"] * half, parts[f"under_{k}"]) for k in keys})
    rests = stage(
        firsts, **{f"rest_{k}": firsts[f"over_{k}"] * half - firsts[f"first_{k}"] * firsts[f"under_{k}"] for k in keys}
    )
    return stage(
        rests,
        **{
            f"index_{k}": rests[f"first_{k}"] * half + half_even(rests[f"rest_{k}"] * half, rests[f"under_{k}"])
            for k in keys
        },
    )


def _fraction(means: ir.Table, key: str) -> tuple[Any, Any]:
    """Numerator and denominator of the index of one item, neither below zero; null where the day has none."""

    def part(place: int) -> Any:
        def of_table(table: StandardTable) -> Any:
            methods = [row["method"] for row in table.rows if row["item"] == key]
            return _by_method(means, key, methods[0])[place] if methods else ibis.null("int64")

        return by_validity(_INDEX, means.day, of_table)

    return part(0), part(1)


def _by_method(means: ir.Table, key: str, method: str) -> tuple[Any, Any]:
    value = means[key]
    if method == "inverse":
        return _bound(means, key, "river", 0), value
    if method == "ph":  # the distance from neutral, in parts of the distance that class Ⅲ allows on that side
        neutral = whole(7 * STEPS)
        acid = value <= neutral
        allowed = ibis.cases(
            (acid, neutral - _bound(means, key, "river", 0)), else_=_bound(means, key, "river", 1) - neutral
        )
        return (value - neutral).abs(), allowed
    river, lake = (_bound(means, key, body, 1) for body in BODIES)
    return value, ibis.cases((means.body == "lake", lake), else_=river)


def _bound(means: ir.Table, key: str, body: str, side: int) -> Any:
    """The lower (0) or upper (1) limit of class Ⅲ."""

    def found(table: StandardTable, number: int) -> Any:
        steps = ladder(table, key, body)
        bound = steps.steps[number - 1][side] if steps else None
        return ibis.null("int64") if bound is None else whole(bound)

    def of_class(number: int) -> Any:
        return by_validity("water.surface.limits", means.day, lambda table: found(table, number))

    return by_rule("target_class", means.day, of_class)


def _missing(means: ir.Table, keys: list[str]) -> Any:
    """The names of the items without an index; null when all are there."""
    named = items()

    def of_table(table: StandardTable) -> Any:
        counted = [(means[f"index_{key}"].isnull(), named[key].name) for key in _counted(table, keys)]
        absent = [ibis.cases((gap, name), else_=ibis.null("string")) for gap, name in counted]
        return ibis.literal("、").join(absent).nullif("") if absent else ibis.null("string")

    return by_validity(_INDEX, means.day, of_table, "string")


def _with_bodies(counted: ir.Table, each: ir.Table) -> ir.Table:
    """The cities with the index, the number and the gaps of their rivers and of their lakes side by side."""
    found = counted
    for body, number in (("river", "rivers"), ("lake", "lakes")):
        part = each.filter(each.body == body)
        part = part.select(
            "city", **{f"index_{body}": part.index_of_body, number: part.rows, f"missing_{body}": part.missing}
        )
        joined = found.left_join(part, "city", rname="{name}_" + body)
        found = joined.mutate(**{number: joined[number].coalesce(0)}).drop(f"city_{body}")
    return found


def ranked(indices: ir.Table, earlier: ir.Table | None = None) -> ir.Table:
    """Return ``indices`` with ``rank`` and, against the same period a year before, ``change`` and ``change_rank``.

    ``indices`` and ``earlier``: what :func:`city_indices` returns. Adds ``rank`` (1 is the best water; equal published
    indices share a rank, and the next rank is left out), ``index_before``, ``change`` (% with two decimals, positive
    is worse), ``change_rank`` (1 improved most).

    >>> steps = [302290000, 302290000, 346430000]
    >>> cities = {"city": ["甲", "乙", "丙"], "index_steps": steps, "index": [n / 10**8 for n in steps]}
    >>> ranked(ibis.memtable(cities)).select("city", "rank").order_by("city").to_pyarrow().to_pylist()
    [{'city': '丙', 'rank': 3}, {'city': '乙', 'rank': 1}, {'city': '甲', 'rank': 1}]
    """
    placed = indices.mutate(rank=_rank(indices.index_steps, _DIGITS - INDEX_DIGITS))
    if earlier is None:
        return placed
    before = earlier.select("city", before_steps=earlier.index_steps, index_before=earlier["index"])
    joined = placed.left_join(before, "city", rname="{name}_before")
    rate = half_even_signed(
        (joined.index_steps - joined.before_steps) * (100 * 10**CHANGE_DIGITS), joined.before_steps.nullif(0)
    )
    changed = stage(joined, rate=rate)
    return changed.mutate(change=published(changed.rate, CHANGE_DIGITS), change_rank=_rank(changed.rate, 0)).drop(
        "rate", "before_steps", "city_before"
    )


def _rank(steps: ir.IntegerColumn, digits: int) -> ir.IntegerColumn:
    """The place of a value from the smallest, 1 first, its last ``digits`` decimals rounded away; null for null."""
    shown = half_even_signed(steps, 10**digits)
    place = ibis.rank().over(order_by=shown.coalesce(_LAST)).cast("int64") + 1
    return cast(ir.IntegerColumn, ibis.cases((steps.notnull(), place), else_=ibis.null("int64")))
