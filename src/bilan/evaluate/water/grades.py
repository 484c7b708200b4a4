"""The grade of a river, a basin or a water system.

With fewer than five sections the mean of each item over the sections is classed like one section; with five or more
the shares of the classes decide (环办〔2011〕22号, part two).
"""

from __future__ import annotations

from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bilan.evaluate.exact import shared
from bilan.evaluate.water.averages import averaged
from bilan.evaluate.water.classes import Way, classified
from bilan.evaluate.water.items import STEPS, evaluated, exact, items, largest
from bilan.evaluate.water.limits import Day, by_rule, by_validity, whole
from bilan.evaluate.water.pollutants import exceedances, fixed, in_order, most_named, with_pollutants
from bilan.evaluate.water.shares import percent_steps, shares
from bilan.policy.standards import StandardTable

_GROUP, _SECTION = "_group", "_section"  # inside, so that the names of the caller meet none of ours


def river_grades(wide: ir.Table, by: str, section: str, way: Way | None = None) -> ir.Table:
    """Return the grade of every group in the column ``by``.

    ``wide``: one row per section as for :func:`bilan.evaluate.water.classes.classified`, with ``by`` and the name of
    the section in the column ``section``.

    Columns: ``by``, ``sections``, ``judged``, ``method`` (``mean`` or ``shares``), ``class_number`` and ``class`` (by
    the mean only), ``good_ratio``, ``inferior_ratio`` (%, one decimal), ``grade`` (优 … 重度污染), ``main_pollutants``,
    ``reason``.

    The number of sections of the group decides between the methods, judged or not; shares are compared exactly, not
    as published, by the table of the latest day of the group. A mean over rivers and lakes together has no body and so
    may have no class. ``reason`` of a mean says on how many sections an item rests that not all of them have.

    >>> from datetime import date
    >>> import pyarrow as pa
    >>> rows = [{"river": "清河", "section": s, "body": "river", "day": date(2024, 1, 1), "do": exact(v)}
    ...         for s, v in (("上", "4"), ("下", "6"))]
    >>> found = river_grades(ibis.memtable(pa.Table.from_pylist(rows)), "river", "section")
    >>> found.select("method", "class", "grade").to_pyarrow().to_pylist()
    [{'method': 'mean', 'class': 'Ⅲ', 'grade': '良好'}]
    """
    way = way or Way()
    judged = classified(wide.rename({_GROUP: by, _SECTION: section}), way)
    keys = [item for item in (*evaluated(way.profile), "water_temp") if item in wide.columns]
    usable = judged.filter(judged.remark.isnull()) if "remark" in judged.columns else judged
    means = classified(averaged(usable, [_GROUP], keys), way)
    about = means.select(
        _GROUP,
        "class_number",
        "class",
        "status",
        mean_reason="reason",
        **{f"count_{key}": f"count_{key}" for key in keys},
    )
    latest = judged.group_by(_GROUP).agg(day=judged.day.max())
    spread = shares(judged, [_GROUP]).left_join(latest, _GROUP, rname="{name}_latest")
    joined = shared(spread.left_join(about, _GROUP, rname="{name}_mean"))
    few = joined.sections < by_rule("sections_for_shares", joined.day, whole)
    by_mean = ibis.literal("；").join([joined.mean_reason, _resting(joined, keys)]).nullif("")
    numbers = joined.select(
        _GROUP,
        "day",
        "sections",
        "judged",
        "good",
        "inferior",
        "good_ratio",
        "inferior_ratio",
        method=ibis.cases((few, "mean"), else_="shares"),
        class_number=ibis.cases((few, joined.class_number), else_=ibis.null("int64")),
        **{"class": ibis.cases((few, joined["class"]), else_=ibis.null("string"))},
        grade=ibis.cases(
            (few, joined.status), else_=grade_by_shares(joined.good, joined.inferior, joined.judged, joined.day)
        ),
        reason=ibis.cases((few, by_mean.coalesce(_unjudged(joined))), else_=joined.reason),
    )
    return _with_pollutants(numbers, judged, way).rename({by: _GROUP})


def _resting(joined: ir.Table, keys: list[str]) -> Any:
    """On how many sections the mean of an item rests, where these are not all of them; null when all are."""
    named = items()
    counts = {key: joined[f"count_{key}"].coalesce(0) for key in keys if key != "water_temp"}
    short = [
        ibis.cases(
            ((count > 0) & (count < joined.sections), ibis.literal(named[key].name) + count.cast("string") + "个"),
            else_=ibis.null("string"),
        )
        for key, count in counts.items()
    ]
    listed = ibis.literal("、").join(short) if short else ibis.literal("")
    told = ibis.literal("共") + joined.sections.cast("string") + "个断面，均值只含有值的断面：" + listed
    return ibis.cases((listed.length() > 0, told), else_=ibis.null("string"))


def _unjudged(joined: ir.Table) -> Any:
    """What to say of a group without a single row that could be averaged."""
    return ibis.cases(
        (joined.mean_reason.isnull() & joined["class"].isnull(), joined.reason), else_=ibis.null("string")
    )


def grade_by_shares(
    good: ir.IntegerColumn, inferior: ir.IntegerColumn, judged: ir.IntegerColumn, day: Day
) -> ir.StringColumn:
    """Return the grade by the numbers of sections at class Ⅰ to Ⅲ, worse than Ⅴ, and judged; null without any.

    >>> from datetime import date
    >>> found = grade_by_shares(*(ibis.literal(n, "int64") for n in (3, 1, 5)), date(2024, 1, 1))
    >>> ibis.duckdb.connect().to_pyarrow(found).as_py()
    '中度污染'
    """

    def graded(table: StandardTable) -> Any:
        branches = []
        for row in table.rows:
            held: Any = judged > 0
            for part, lower, upper in (
                (good, "good_from", "good_below"),
                (inferior, "inferior_from", "inferior_below"),
            ):
                if row[lower]:
                    held = held & (part * (100 * STEPS) >= judged * exact(row[lower]))
                if row[upper]:
                    held = held & (part * (100 * STEPS) < judged * exact(row[upper]))
            branches.append((held, row["grade"]))
        return ibis.cases(*branches, else_=ibis.null("string"))

    return cast(ir.StringColumn, by_validity("water.surface.river_grades", day, graded, "string"))


def _with_pollutants(numbers: ir.Table, judged: ir.Table, way: Way) -> ir.Table:
    exceeding = exceedances(judged, [_GROUP, _SECTION], way.profile)
    rates = _by_rate(exceeding, numbers)
    named = _by_section(judged, way)
    joined = numbers.left_join(rates, _GROUP, rname="{name}_rates").left_join(named, _GROUP, rname="{name}_named")
    text = ibis.cases(
        (joined.grade.isnull(), ibis.null("string")),
        (joined.method == "mean", joined.named.coalesce("")),
        else_=joined.by_rate.coalesce(""),
    )
    clean = by_validity(
        "water.surface.status",
        joined.day,
        lambda table: by_rule(
            "target_class", joined.day, lambda target: joined.grade.isin(_clean(table, target)), "boolean"
        ),
        "boolean",
    )
    return joined.mutate(main_pollutants=ibis.cases((clean, ""), else_=text)).select(
        _GROUP,
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


def _clean(table: StandardTable, target: int) -> list[str]:
    """The words for water that has no main pollutants: those of the classes up to ``target``."""
    return [row["status"] for row in table.rows if int(row["class"]) <= target]


def _by_rate(exceeding: ir.Table, numbers: ir.Table) -> ir.Table:
    """The main pollutants of a group by the share of its sections that exceed class Ⅲ: 总磷(40.0%), three at most."""
    counted = exceeding.group_by([_GROUP, "item", "name", "place"]).agg(over=exceeding.count().cast("int64"))
    known = counted.left_join(numbers.select(_GROUP, "judged", "day"), _GROUP, rname="{name}_numbers")
    share = by_rule(
        "share_digits",
        known.day,
        lambda digits: fixed(percent_steps(known.over, known.judged, digits), digits),
        "string",
    )
    ranked = known.mutate(
        rank=ibis.row_number().over(group_by=_GROUP, order_by=[ibis.desc(known.over), known.place]),
        text=known.name + "(" + share + "%)",
    )
    return in_order(most_named(ranked), [_GROUP], largest("main_pollutants"), "by_rate")


def _by_section(judged: ir.Table, way: Way) -> ir.Table:
    """The main pollutants of each of the few sections of a group: 上游：总磷(0.5)；下游：氨氮(0.2)."""
    polluted = with_pollutants(judged, [_GROUP, _SECTION], way.profile)
    polluted = polluted.filter(polluted.main_pollutants != "")
    ranked = polluted.mutate(
        rank=ibis.row_number().over(group_by=_GROUP, order_by=polluted[_SECTION]),
        text=polluted[_SECTION] + "：" + polluted.main_pollutants,
    )
    return in_order(ranked, [_GROUP], largest("sections_for_shares") - 1, "named", "；")
