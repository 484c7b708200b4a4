"""Exceeding multiples and main pollutants of a section.

See Also: :mod:`bilan.evaluate.water.classes` for the class, :mod:`bilan.evaluate.water.grades` for rivers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from bilan.evaluate.exact import floordiv, half_even, shared, stage
from bilan.evaluate.water.items import BODIES, Item, Profile, evaluated, items, largest
from bilan.evaluate.water.limits import by_rule, by_validity, day_of, target_limit, two_columns, whole

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

    Columns: ``key``, ``also``, ``day``, ``item``, ``name``, ``place`` (order of the standard), ``class_number`` (of the
    item), ``bound`` (limit of class Ⅲ) and ``excess`` (C − S), ``multiple`` (steps of ``10**-4``; all three null for pH
    and oxygen, and where the body is unknown and its limits differ), ``first`` (1 for cyanide and heavy metals).
    """
    wanted = [items()[name] for name in evaluated(profile) if f"class_{name}" in classified.columns]
    judged = classified.filter(classified.class_number.notnull())
    long = by_place(
        judged,
        len(wanted),
        list(dict.fromkeys([*key, *also, "day"])),
        name=lambda _: [ibis.literal(item.name) for item in wanted],
        item=lambda _: [ibis.literal(item.key) for item in wanted],
        class_number=lambda t: [t[f"class_{item.key}"].cast("int64") for item in wanted],
        value=lambda t: [t[item.key] for item in wanted],
        bound=lambda t: [_bound(t, item) for item in wanted],
        first=lambda t: [_first(item.key, profile, t.day) for item in wanted],
    )
    worse = long.filter(long.class_number > by_rule("target_class", long.day, whole))
    return worse.mutate(excess=worse.value - worse.bound, multiple=multiple(worse.value, worse.bound)).drop("value")


Each = Callable[[ir.Table], Sequence[Any]]


def by_place(table: ir.Table, count: int, taken: Sequence[str], **columns: Each) -> ir.Table:
    """Return one row per row of ``table`` and ``place`` from 0 to ``count`` − 1, with the columns ``taken``.

    Each of ``columns`` is given the table and says its value for every place. One pass over the table turns columns
    into rows, where a union would compute the table once per column.

    >>> table = ibis.memtable({"row": [7], "a": [1], "b": [2]})
    >>> by_place(table, 2, ["row"], value=lambda t: [t.a, t.b]).order_by("place").to_pyarrow().to_pylist()
    [{'row': 7, 'place': 0, 'value': 1}, {'row': 7, 'place': 1, 'value': 2}]
    """
    places = ibis.memtable(pa.table({"place": pa.array(range(count), pa.int64())}))
    crossed = table.cross_join(places)
    picked = {
        name: ibis.cases(*((crossed.place == place, value) for place, value in enumerate(each(crossed))))
        for name, each in columns.items()
    }
    return shared(crossed.select(*taken, "place", **picked))


def _bound(table: ir.Table, item: Item) -> Any:
    """The limit of class Ⅲ for the body of water of a row; null where the body is unknown and decides it."""
    river, lake = (target_limit(item.key, body, table.day) for body in BODIES)
    if not two_columns(item.key):
        return river
    return ibis.cases(
        (table.body == "lake", lake), (table.body == "river", river), (river == lake, river), else_=ibis.null("int64")
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
    return in_order(most_named(ranked), key, largest("main_pollutants"), "main_pollutants")


def most_named(ranked: ir.Table) -> ir.Table:
    """The rows of ``ranked`` that count as main by their ``rank`` (from 0) and the rule of their ``day``."""
    return ranked.filter(ranked["rank"] < by_rule("main_pollutants", day_of(ranked), whole))


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

    One decimal by GB/T 8170 (by the rule of ``day``, of today without one), more only while it would be zero.

    >>> rows = ibis.memtable({"excess": [134996, 4000, 1, None], "bound": [100000, 100000, 100000, None]})
    >>> with_brackets(rows).brackets.to_pyarrow().to_pylist()
    ['(1.3)', '(0.04)', '(0.0)', '']
    """
    least = by_rule("multiple_digits", day_of(exceeding), whole)
    decimals = range(FINE + 1)
    steps = {f"steps_{n}": half_even(exceeding.excess * 10**n, exceeding.bound) for n in decimals}
    known = stage(exceeding, least=least, **steps)
    texts = [
        ((known.least <= n) & (known[f"steps_{n}"] > 0), ibis.literal("(") + fixed(known[f"steps_{n}"], n) + ")")
        for n in decimals
    ]
    nothing = (known.bound.isnull() | (known.excess <= 0), "")
    return stage(known, brackets=ibis.cases(nothing, *texts, else_="(0.0)")).drop("least", *steps)


def fixed(steps: ir.IntegerColumn, decimals: int) -> ir.StringColumn:
    """Return a whole number of steps of ``10**-decimals``, not negative, as a number with that many decimals.

    >>> ibis.duckdb.connect().to_pyarrow(fixed(ibis.literal(405, "int64"), 1)).as_py()
    '40.5'
    """
    if decimals == 0:
        return cast(ir.StringColumn, steps.cast("string"))
    unit = 10**decimals
    integral = floordiv(steps, whole(unit)).cast("string")
    return cast(ir.StringColumn, integral + "." + (steps % unit).cast("string").lpad(decimals, "0"))


def with_pollutants(classified: ir.Table, key: Sequence[str], profile: Profile = "auto") -> ir.Table:
    """Return ``classified`` with ``main_pollutants``: empty for a section of class Ⅰ to Ⅲ, null without a class.

    ``reason`` names the items that have no multiple, or are not among them, because the body is unknown.

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
    return _with_bodies_asked(joined.select(*classified.columns, main_pollutants=text), profile)


def with_exceeding(classified: ir.Table, key: Sequence[str], profile: Profile = "auto") -> ir.Table:
    """Return ``classified`` with ``exceeding``: every item worse than class Ⅲ with its multiple, in the order of the
    standard; empty without any, null without a class; ``reason`` as in :func:`with_pollutants`.
    """
    long = with_brackets(exceedances(classified, key, profile))
    ranked = long.mutate(
        rank=ibis.row_number().over(group_by=list(key), order_by=long.place), text=long.name + long.brackets
    )
    listed = in_order(ranked, key, len(evaluated(profile)), "exceeding")
    joined = classified.left_join(listed, list(key), rname="{name}_listed")
    text = ibis.cases((joined.class_number.notnull(), joined.exceeding.coalesce("")), else_=ibis.null("string"))
    return _with_bodies_asked(joined.select(*classified.columns, exceeding=text), profile)


def _with_bodies_asked(judged: ir.Table, profile: Profile) -> ir.Table:
    """``judged`` with a ``reason`` that tells, once, which items of a bad section wait for its body of water."""
    reason = judged.reason
    bad = judged.body.isnull() & (judged.class_number > by_rule("target_class", judged.day, whole))
    for item in (items()[key] for key in evaluated(profile) if f"class_{key}" in judged.columns and two_columns(key)):
        note = f"未注明河流或湖库，{item.name}"
        number = judged[f"class_{item.key}"]
        known = ibis.cases(
            (bad & number.isnull() & judged[item.key].notnull(), f"{note}的类别不能确定，不列入"),
            (bad & (number > by_rule("target_class", judged.day, whole)) & _bound(judged, item).isnull(),
             f"{note}不给超标倍数"),
            else_=ibis.null("string"),
        )  # fmt: skip
        told = reason.contains(note).coalesce(False)
        reason = ibis.cases((told, reason), else_=ibis.literal("；").join([reason, known]).nullif(""))
    return judged.mutate(reason=reason)
