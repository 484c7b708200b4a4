"""Exceeding multiples and main pollutants of a section.

See Also: :mod:`bilan.evaluate.water.classes` for the class, :mod:`bilan.evaluate.water.grades` for rivers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bilan.evaluate.exact import floordiv, half_even, stage
from bilan.evaluate.water.items import Item, Profile, evaluated, items, rule
from bilan.evaluate.water.limits import by_validity, limit_of, whole

FINE = 4  # decimals of a multiple while multiples are compared, and the most that are printed


def multiple(value: ir.IntegerColumn, limit: ir.IntegerColumn) -> ir.IntegerColumn:
    """Return the exceeding multiple (C − S)/S in steps of ``10**-4``; null when the limit is kept or there is none.

    Rule: 环办〔2011〕22号: against the class Ⅲ limit; none for water temperature, pH and dissolved oxygen.

    >>> found = multiple(ibis.literal(23, "int64"), ibis.literal(10, "int64"))
    >>> ibis.duckdb.connect().to_pyarrow(found).as_py()
    13000
    """
    return cast(
        ir.IntegerColumn,
        ibis.cases((value > limit, half_even((value - limit) * 10**FINE, limit)), else_=ibis.null("int64")),
    )


def exceedances(
    classified: ir.Table, key: Sequence[str], profile: Profile = "auto", *, also: Sequence[str] = ()
) -> ir.Table:
    """Return one row per row of ``classified`` and item that is worse than class Ⅲ.

    ``classified``: what :func:`bilan.evaluate.water.classes.classified` returns; ``key`` tells its rows apart, the
    columns ``also`` are taken along.

    Columns: ``key``, ``also``, ``item``, ``name``, ``place`` (order of the standard), ``class_number`` (of the item),
    ``bound`` (limit of class Ⅲ) and ``excess`` (C − S), ``multiple`` (steps of ``10**-4``; all three null for pH and
    oxygen), ``first`` (1 for cyanide and heavy metals).
    """
    named = items()
    target = rule("target_class")
    judged = classified.filter(classified.class_number.notnull())
    parts = [
        _of_item(judged, named[name], place, profile, target, [*key, *also])
        for place, name in enumerate(evaluated(profile))
        if f"class_{name}" in classified.columns
    ]
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _of_item(judged: ir.Table, item: Item, place: int, profile: Profile, target: int, taken: Sequence[str]) -> ir.Table:
    worse = judged.filter(judged[f"class_{item.key}"] > target)
    river, lake = (limit_of(item.key, body, target, worse.day) for body in ("river", "lake"))
    known = stage(worse, bound=ibis.cases((worse.body == "lake", lake), else_=river))
    return known.select(
        *taken,
        item=ibis.literal(item.key),
        name=ibis.literal(item.name),
        place=whole(place),
        class_number=known[f"class_{item.key}"].cast("int64"),
        bound="bound",
        excess=known[item.key] - known.bound,
        multiple=multiple(known[item.key], known.bound),
        first=_first(item.key, profile, known.day),
    )


def _first(item: str, profile: Profile, day: ir.DateColumn) -> Any:
    def found(table: Any) -> Any:
        firsts = [row["first"] for row in table.rows if row["item"] == item and row["profile"] == profile]
        return whole(int(firsts[0]) if firsts else 0)

    return by_validity("water.surface.evaluated", day, found)


def main_pollutants(exceeding: ir.Table, key: Sequence[str]) -> ir.Table:
    """Return the main pollutants of every ``key`` that has any: columns ``key`` and ``main_pollutants``.

    Rule: 环办〔2011〕22号: cyanide and heavy metals first, then the worse class, then the larger multiple; three at
    most; the multiple follows the name in brackets, none for pH and oxygen. Items without a multiple come behind those
    of their class that have one, and equal ones stay in the order of the standard (the text is silent on both).
    """
    known = with_brackets(exceeding)
    order = [
        ibis.desc(known["first"]),
        ibis.desc(known.class_number),
        ibis.desc(known.multiple.coalesce(-1)),
        known.place,
    ]
    ranked = known.mutate(
        rank=ibis.row_number().over(group_by=list(key), order_by=order), text=known.name + known.brackets
    )
    return in_order(ranked, key, rule("main_pollutants"), "main_pollutants")


def in_order(ranked: ir.Table, key: Sequence[str], most: int, name: str, separator: str = "、") -> ir.Table:
    """Return the ``text`` of the first ``most`` rows of every ``key`` by ``rank`` (from 0), joined, as ``name``."""
    texts = {
        f"text_{place}": ibis.cases((ranked["rank"] == place, ranked.text), else_=ibis.null("string")).max()
        for place in range(most)
    }
    found = ranked.filter(ranked["rank"] < most).group_by(list(key)).agg(**texts)
    joined = ibis.literal(separator).join([found[text] for text in texts])
    return found.select(*key, joined.name(name))


def with_brackets(exceeding: ir.Table) -> ir.Table:
    """Return ``exceeding`` with ``brackets``: the multiple ``excess / bound`` as it is printed, empty without one.

    One decimal by GB/T 8170, more only while it would be zero.

    >>> rows = ibis.memtable({"excess": [134996, 4000, 1, None], "bound": [100000, 100000, 100000, None]})
    >>> with_brackets(rows).brackets.to_pyarrow().to_pylist()
    ['(1.3)', '(0.04)', '(0.0)', '']
    """
    decimals = range(rule("multiple_digits"), FINE + 1)
    steps = {f"steps_{n}": half_even(exceeding.excess * 10**n, exceeding.bound) for n in decimals}
    known = stage(exceeding, **steps)
    texts = [(known[f"steps_{n}"] > 0, ibis.literal("(") + fixed(known[f"steps_{n}"], n) + ")") for n in decimals]
    nothing = (known.bound.isnull() | (known.excess <= 0), "")
    return stage(known, brackets=ibis.cases(nothing, *texts, else_="(0.0)")).drop(*steps)


def fixed(steps: ir.IntegerColumn, decimals: int) -> ir.StringColumn:
    """Return a whole number of steps of ``10**-decimals``, not negative, as a number with that many decimals.

    >>> ibis.duckdb.connect().to_pyarrow(fixed(ibis.literal(405, "int64"), 1)).as_py()
    '40.5'
    """
    unit = 10**decimals
    integral = floordiv(steps, whole(unit)).cast("string")
    return cast(ir.StringColumn, integral + "." + (steps % unit).cast("string").lpad(decimals, "0"))


def with_pollutants(classified: ir.Table, key: Sequence[str], profile: Profile = "auto") -> ir.Table:
    """Return ``classified`` with ``main_pollutants``: empty for a section of class Ⅰ to Ⅲ, null without a class.

    >>> from datetime import date
    >>> import pyarrow as pa
    >>> from bilan.evaluate.water.classes import classified
    >>> from bilan.evaluate.water.items import exact
    >>> row = {"row": 1, "nh3n": exact("2.3"), "tp": exact("0.32"), "body": "river", "day": date(2016, 4, 1)}
    >>> found = with_pollutants(classified(ibis.memtable(pa.Table.from_pylist([row]))), ["row"])
    >>> found.main_pollutants.to_pyarrow().to_pylist()
    ['氨氮(1.3)、总磷(0.6)']
    """
    found = main_pollutants(exceedances(classified, key, profile), key)
    joined = classified.left_join(found, list(key), rname="{name}_found")
    text = ibis.cases((joined.class_number.notnull(), joined.main_pollutants.coalesce("")), else_=ibis.null("string"))
    return joined.select(*classified.columns, main_pollutants=text)


def with_exceeding(classified: ir.Table, key: Sequence[str], profile: Profile = "auto") -> ir.Table:
    """Return ``classified`` with ``exceeding``: every item worse than class Ⅲ with its multiple, in the order of the
    standard; empty without any, null without a class.
    """
    long = with_brackets(exceedances(classified, key, profile))
    ranked = long.mutate(
        rank=ibis.row_number().over(group_by=list(key), order_by=long.place), text=long.name + long.brackets
    )
    listed = in_order(ranked, key, len(evaluated(profile)), "exceeding")
    joined = classified.left_join(listed, list(key), rname="{name}_listed")
    text = ibis.cases((joined.class_number.notnull(), joined.exceeding.coalesce("")), else_=ibis.null("string"))
    return joined.select(*classified.columns, exceeding=text)
