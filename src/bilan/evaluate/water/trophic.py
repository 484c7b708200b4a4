"""The trophic level index of lakes and reservoirs (综合营养状态指数)."""

from __future__ import annotations

from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bilan.evaluate.exact import half_even_signed, published, scaled
from bilan.evaluate.water.items import DIGITS, items
from bilan.evaluate.water.limits import whole
from bilan.policy.standards import standard_tables

FINE = 6  # decimals of an index while it is weighted and compared
SHOWN = 1  # decimals of an index as bulletins print it


def trophic_levels(wide: ir.Table) -> ir.Table:
    """Return ``wide`` with the trophic level index of every row.

    ``wide``: ``chla`` (mg/m³), ``tp``, ``tn``, ``codmn`` (mg/L), ``sd`` (transparency, m), each in steps of ``10**-10``
    and null where there is none; a column may be missing.

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
    (table,) = standard_tables("water.lake.tli")
    rows = [row for row in table.rows if row["item"] in wide.columns]
    absent = [items()[row["item"]].name for row in table.rows if row["item"] not in wide.columns]
    levels = {f"level_{row['item']}": _level(wide[row["item"]], row) for row in rows}
    found = wide.mutate(**levels)
    parts = [(found[f"level_{row['item']}"], round(float(row["r2"]) * 10**4), row["item"]) for row in rows]
    weighted = _total([(level * weight).coalesce(0) for level, weight, _ in parts])
    weights = _total([ibis.cases((level.notnull(), weight), else_=0).cast("int64") for level, weight, _ in parts])
    summed = found.mutate(tli_steps=half_even_signed(weighted, weights.nullif(0)))
    missing = [ibis.cases((level.isnull(), items()[key].name), else_=ibis.null("string")) for level, _, key in parts]
    lacking = ibis.literal("、").join([*missing, *(ibis.literal(name) for name in absent)])
    return summed.mutate(
        tli=published(half_even_signed(summed.tli_steps, 1000), FINE - 3),
        trophic_state=_state(summed.tli_steps),
        reason=ibis.cases(
            (summed.tli_steps.isnull(), "没有一项营养状态指标"),
            (lacking.length() > 0, ibis.literal("缺") + lacking + "，权重按其余项目归一"),
            else_=ibis.null("string"),
        ),
        **{f"tli_{key}": published(half_even_signed(level, 1000), FINE - 3) for level, _, key in parts},
    ).drop("tli_steps", *levels)


def _level(value: ir.IntegerColumn, row: Any) -> ir.IntegerColumn:
    """TLI of one item in steps of ``10**-6``; null for nothing and for zero."""
    positive = ibis.cases((value > 0, published(value, DIGITS)), else_=ibis.null("float64"))
    return scaled((positive.ln() * float(row["b"]) + float(row["a"])) * 10.0, FINE)


def _total(parts: list[Any]) -> Any:
    total = whole(0)
    for part in parts:
        total = total + part
    return total


def _state(steps: ir.IntegerColumn) -> ir.StringColumn:
    branches: list[tuple[Any, Any]] = [(steps.isnull(), ibis.null("string"))]
    (table,) = standard_tables("water.lake.tli_states")
    for row in table.rows:
        bound = int(row["to"]) * 10**FINE if row["to"] else 0
        held = {"lt": steps < bound, "le": steps <= bound, "": ibis.literal(True)}[row["rule"]]
        branches.append((held, row["state"]))
    return cast(ir.StringColumn, ibis.cases(*branches, else_=ibis.null("string")))
