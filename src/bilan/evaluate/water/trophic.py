"""The trophic level index of lakes and reservoirs (综合营养状态指数)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bilan.evaluate.exact import half_even_signed, published, scaled, stage
from bilan.evaluate.water.items import DIGITS, items
from bilan.evaluate.water.limits import Day, by_validity, day_of, whole
from bilan.policy.standards import StandardTable, standard_tables

FINE = 6  # decimals of an index while it is weighted and compared
SHOWN = 1  # decimals of an index as bulletins print it

_TLI = "water.lake.tli"


def trophic_levels(wide: ir.Table) -> ir.Table:
    """Return ``wide`` with the trophic level index of every row.

    ``wide``: ``chla`` (mg/m³), ``tp``, ``tn``, ``codmn`` (mg/L), ``sd`` (transparency, m), each in steps of ``10**-10``
    and null where there is none; a column may be missing. ``day`` says whose table judges a row; without it today's.

    Adds ``tli_ITEM`` (three decimals), ``tli`` (three decimals), ``trophic_state`` (贫营养 … 重度富营养), ``reason``.

    Rule: 总站生字〔2001〕090号: TLI = Σ Wj·TLI(j), TLI(j) = 10(a + b ln x), Wj = r²/Σr² with chlorophyll a as the base.
    Of fewer items the weights are those of the items that are there, and ``reason`` says so; zero has no logarithm and
    counts as missing.

    >>> import pyarrow as pa
    >>> from bilan.evaluate.water.items import exact
    >>> lake = {"chla": "7.77", "tp": "0.27", "tn": "1.81", "sd": "0.43"}
    >>> wide = ibis.memtable(pa.Table.from_pylist([{key: exact(value) for key, value in lake.items()}]))
    >>> trophic_levels(wide).select("tli", "trophic_state").to_pyarrow().to_pylist()
    [{'tli': 61.562, 'trophic_state': '中度富营养'}]
    """
    day = day_of(wide)
    keys = [key for key in trophic_items() if key in wide.columns]
    absent = [key for key in trophic_items() if key not in wide.columns]
    weigh = {key: _of_item(key, day, lambda row: whole(round(float(row["r2"]) * 10**4))) for key in trophic_items()}
    levels = {f"level_{key}": _of_item(key, day, partial(_level, wide[key])) for key in keys}
    found = stage(wide, **levels, **{f"weight_{key}": weight for key, weight in weigh.items()})
    parts = [(found[f"level_{key}"], found[f"weight_{key}"], key) for key in keys]
    weighted = _total([(level * weight).coalesce(0) for level, weight, _ in parts])
    weights = _total([ibis.cases((level.notnull(), weight), else_=0).cast("int64") for level, weight, _ in parts])
    summed = found.mutate(tli_steps=half_even_signed(weighted, weights.nullif(0)))
    gaps = [(level.isnull() & weight.notnull(), key) for level, weight, key in parts]
    gaps += [(found[f"weight_{key}"].notnull(), key) for key in absent]
    lacking = ibis.literal("、").join(
        [ibis.cases((gap, items()[key].name), else_=ibis.null("string")) for gap, key in gaps]
    )
    return summed.mutate(
        tli=published(half_even_signed(summed.tli_steps, 1000), FINE - 3),
        trophic_state=_state(summed.tli_steps, day_of(summed)),
        reason=ibis.cases(
            (summed.tli_steps.isnull(), "没有一项营养状态指标"),
            (lacking.length() > 0, ibis.literal("缺") + lacking + "，权重按其余项目归一"),
            else_=ibis.null("string"),
        ),
        **{f"tli_{key}": published(half_even_signed(level, 1000), FINE - 3) for level, _, key in parts},
    ).drop("tli_steps", *levels, *(f"weight_{key}" for key in weigh))


def trophic_items() -> list[str]:
    """Return the keys of the items of the index, in any version of its table.

    >>> trophic_items()
    ['chla', 'tp', 'tn', 'sd', 'codmn']
    """
    return list(dict.fromkeys(row["item"] for table in standard_tables(_TLI) for row in table.rows))


def _of_item(key: str, day: Day, make: Callable[[Mapping[str, str]], Any]) -> Any:
    """What ``make`` says of the row of the item ``key`` in the table of ``day``; null where it has none."""

    def found(table: StandardTable) -> Any:
        rows = [row for row in table.rows if row["item"] == key]
        return make(rows[0]) if rows else ibis.null("int64")

    return by_validity(_TLI, day, found)


def _level(value: ir.IntegerColumn, row: Mapping[str, str]) -> ir.IntegerColumn:
    """TLI of one item in steps of ``10**-6``; null for nothing and for zero."""
    positive = ibis.cases((value > 0, published(value, DIGITS)), else_=ibis.null("float64"))
    return scaled((positive.ln() * float(row["b"]) + float(row["a"])) * 10.0, FINE)


def _total(parts: list[Any]) -> Any:
    total = whole(0)
    for part in parts:
        total = total + part
    return total


def _state(steps: ir.IntegerColumn, day: Day) -> ir.StringColumn:
    def named(table: StandardTable) -> Any:
        branches: list[tuple[Any, Any]] = [(steps.isnull(), ibis.null("string"))]
        for row in table.rows:
            bound = int(row["to"]) * 10**FINE if row["to"] else 0
            held = {"lt": steps < bound, "le": steps <= bound, "": ibis.literal(True)}[row["rule"]]
            branches.append((held, row["state"]))
        return ibis.cases(*branches, else_=ibis.null("string"))

    return cast(ir.StringColumn, by_validity("water.lake.tli_states", day, named, "string"))
