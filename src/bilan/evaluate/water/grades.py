"""The grade of a river, a basin or a water system.

With fewer than five sections the mean of each item over the sections is classed like one section; with five or more
the shares of the classes decide (环办〔2011〕22号, part two).
"""

from __future__ import annotations

from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bilan.evaluate.water.averages import averaged
from bilan.evaluate.water.classes import Way, classified
from bilan.evaluate.water.items import STEPS, evaluated, exact, rule
from bilan.evaluate.water.pollutants import exceedances, fixed, in_order, with_pollutants
from bilan.evaluate.water.shares import percent_steps, shares
from bilan.policy.standards import standard_tables

FEW = 4  # sections at most when each is named with its own main pollutants


def river_grades(wide: ir.Table, by: str, section: str, way: Way | None = None) -> ir.Table:
    """Return the grade of every group in the column ``by``.

    ``wide``: one row per section as for :func:`bilan.evaluate.water.classes.classified`, with ``by`` and the name of
    the section in the column ``section``.

    Columns: ``by``, ``sections``, ``judged``, ``method`` (``mean`` or ``shares``), ``class_number`` and ``class`` (by
    the mean only), ``good_ratio``, ``inferior_ratio`` (%, one decimal), ``grade`` (优 … 重度污染), ``main_pollutants``,
    ``reason``.

    The number of sections of the group decides between the methods, judged or not; shares are compared exactly, not
    as published. A mean over rivers and lakes together has no body and so may have no class.

    >>> from datetime import date
    >>> import pyarrow as pa
    >>> rows = [{"river": "清河", "section": s, "body": "river", "day": date(2024, 1, 1), "do": exact(v)}
    ...         for s, v in (("上", "4"), ("下", "6"))]
    >>> found = river_grades(ibis.memtable(pa.Table.from_pylist(rows)), "river", "section")
    >>> found.select("method", "class", "grade").to_pyarrow().to_pylist()
    [{'method': 'mean', 'class': 'Ⅲ', 'grade': '良好'}]
    """
    way = way or Way()
    judged = classified(wide, way)
    spread = shares(judged, [by])
    keys = [item for item in (*evaluated(way.profile), "water_temp") if item in wide.columns]
    usable = judged.filter(judged.remark.isnull()) if "remark" in judged.columns else judged
    means = classified(averaged(usable, [by], keys), way)
    few = spread.sections < rule("sections_for_shares")
    joined = spread.left_join(
        means.select(by, "class_number", "class", "status", mean_reason="reason"), by, rname="{name}_mean"
    )
    numbers = joined.select(
        by,
        "sections",
        "judged",
        "good",
        "inferior",
        "good_ratio",
        "inferior_ratio",
        method=ibis.cases((few, "mean"), else_="shares"),
        class_number=ibis.cases((few, joined.class_number), else_=ibis.null("int64")),
        **{"class": ibis.cases((few, joined["class"]), else_=ibis.null("string"))},
        grade=ibis.cases((few, joined.status), else_=grade_by_shares(joined.good, joined.inferior, joined.judged)),
        reason=ibis.cases((few, joined.mean_reason.coalesce(joined.reason)), else_=joined.reason),
    )
    return _with_pollutants(numbers, judged, by, section, way)


def grade_by_shares(good: ir.IntegerColumn, inferior: ir.IntegerColumn, judged: ir.IntegerColumn) -> ir.StringColumn:
    """Return the grade by the numbers of sections at class Ⅰ to Ⅲ, worse than Ⅴ, and judged; null without any.

    >>> found = grade_by_shares(*(ibis.literal(n, "int64") for n in (3, 1, 5)))
    >>> ibis.duckdb.connect().to_pyarrow(found).as_py()
    '中度污染'
    """
    (table,) = standard_tables("water.surface.river_grades")
    branches = []
    for row in table.rows:
        held: Any = judged > 0
        for part, lower, upper in ((good, "good_from", "good_below"), (inferior, "inferior_from", "inferior_below")):
            if row[lower]:
                held = held & (part * (100 * STEPS) >= judged * exact(row[lower]))
            if row[upper]:
                held = held & (part * (100 * STEPS) < judged * exact(row[upper]))
        branches.append((held, row["grade"]))
    return cast(ir.StringColumn, ibis.cases(*branches, else_=ibis.null("string")))


def _with_pollutants(numbers: ir.Table, judged: ir.Table, by: str, section: str, way: Way) -> ir.Table:
    exceeding = exceedances(judged, [by, section], way.profile)
    rates = _by_rate(exceeding, numbers, by)
    named = _by_section(judged, by, section, way)
    joined = numbers.left_join(rates, by, rname="{name}_rates").left_join(named, by, rname="{name}_named")
    text = ibis.cases(
        (joined.grade.isnull(), ibis.null("string")),
        (joined.method == "mean", joined.named.coalesce("")),
        else_=joined.by_rate.coalesce(""),
    )
    worse = joined.grade.isin(["优", "良好"])
    return joined.mutate(main_pollutants=ibis.cases((worse, ""), else_=text)).select(
        by,
        "sections",
        "judged",
        "method",
        "class_number",
        "class",
        "good_ratio",
        "inferior_ratio",
        "grade",
        "main_pollutants",
        "reason",
    )


def _by_rate(exceeding: ir.Table, judged: ir.Table, by: str) -> ir.Table:
    """The main pollutants of a group by the share of its sections that exceed class Ⅲ: 总磷(40.0%), three at most."""
    counted = exceeding.group_by([by, "item", "name", "place"]).agg(over=exceeding.count().cast("int64"))
    known = counted.left_join(judged.select(by, "judged"), by, rname="{name}_group")
    share = fixed(percent_steps(known.over, known.judged), rule("share_digits"))
    ranked = known.mutate(
        rank=ibis.row_number().over(group_by=by, order_by=[ibis.desc(known.over), known.place]),
        text=known.name + "(" + share + "%)",
    )
    return in_order(ranked, [by], rule("main_pollutants"), "by_rate")


def _by_section(judged: ir.Table, by: str, section: str, way: Way) -> ir.Table:
    """The main pollutants of each of the few sections of a group: 上游:总磷(0.5);下游:氨氮(0.2)."""
    polluted = with_pollutants(judged, [by, section], way.profile)
    polluted = polluted.filter(polluted.main_pollutants != "")
    ranked = polluted.mutate(
        rank=ibis.row_number().over(group_by=by, order_by=polluted[section]),
        text=polluted[section] + "：" + polluted.main_pollutants,
    )
    return in_order(ranked, [by], FEW, "named", "；")
