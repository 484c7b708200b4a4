"""Shares of sections by class: the share of class Ⅰ to Ⅲ (优良比例) and of worse than Ⅴ (劣Ⅴ类比例)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

import ibis
import ibis.expr.types as ir

from bilan.evaluate.exact import half_even, published
from bilan.evaluate.water.limits import WORST, Day, by_rule, day_of, latest, whole


def shares(sections: ir.Table, by: Sequence[str] = ()) -> ir.Table:
    """Return how the sections of every group in ``by`` (all together without one) are spread over the classes.

    ``sections``: ``class_number`` (1 to 6, null for a section without a class), the columns in ``by``, optional
    ``day``.

    Columns: ``by``, ``sections``, ``judged``, ``class_1`` … ``class_6`` (numbers of sections), ``good``, ``inferior``,
    ``good_ratio``, ``inferior_ratio`` (%, one decimal by GB/T 8170; null when no section is judged), ``reason``.

    Rule: 环办〔2011〕22号; sections of rivers and points of lakes count alike; a section without a class is in neither
    numerator nor denominator. The rules are those of the latest ``day`` of the group; classes without days are counted
    by the rules in force today.

    >>> found = shares(ibis.memtable({"class_number": [1, 3, 4, 6, None]}))
    >>> found.select("judged", "good_ratio", "inferior_ratio").to_pyarrow().to_pylist()
    [{'judged': 4, 'good_ratio': 50.0, 'inferior_ratio': 25.0}]
    """
    target = by_rule("target_class", day_of(sections), whole)
    known = sections.mutate(_good=sections.class_number <= target)
    number = known.class_number
    counts = {f"class_{n}": (number == n).sum().coalesce(0).cast("int64") for n in range(1, WORST + 1)}
    group = known.group_by(list(by)) if by else known
    summed = group.agg(
        sections=known.count().cast("int64"),
        judged=number.count().cast("int64"),
        **counts,
        good=known._good.sum().coalesce(0).cast("int64"),
        **latest(known),
    ).mutate(inferior=ibis._[f"class_{WORST}"])
    left_out = (summed.sections - summed.judged).cast("string") + "个断面没有类别，未计入"
    parts = [
        ibis.cases((summed.judged == 0, "没有一个断面有类别"), (summed.judged < summed.sections, left_out)),
        too_few_judged(summed.judged, summed.sections, day_of(summed)),
    ]
    return summed.mutate(
        good_ratio=percent(summed.good, summed.judged, day_of(summed)),
        inferior_ratio=percent(summed.inferior, summed.judged, day_of(summed)),
        reason=ibis.literal("；").join(parts).nullif(""),
    ).drop(*latest(known))


def too_few_judged(judged: ir.IntegerColumn, sections: ir.IntegerColumn, day: Day) -> ir.StringColumn:
    """Return a warning where fewer of the sections have a class than the rule ``judged_share`` of ``day`` asks for.

    Null otherwise, and where none has one: that is said on its own.

    >>> some, every = (ibis.literal(n, "int64") for n in (2, 3))
    >>> ibis.duckdb.connect().to_pyarrow(too_few_judged(some, every, date(2024, 1, 1))).as_py()
    '有类别的断面不足 75%，比例仅供参考'
    """

    def warned(least: int) -> ir.Value:
        return ibis.cases(
            ((judged > 0) & (judged * 100 < sections * least), f"有类别的断面不足 {least}%，比例仅供参考"),
            else_=ibis.null("string"),
        )

    return cast(ir.StringColumn, by_rule("judged_share", day, warned, "string"))


def percent(part: ir.IntegerColumn, of: ir.IntegerColumn, day: Day | None = None) -> ir.FloatingColumn:
    """Return ``part / of`` in percent as it is published on ``day`` (today without one); null when ``of`` is zero.

    >>> found = percent(ibis.literal(49, "int64"), ibis.literal(83, "int64"))
    >>> ibis.duckdb.connect().to_pyarrow(found).as_py()
    59.0
    """
    return cast(
        ir.FloatingColumn,
        by_rule(
            "share_digits",
            date.today() if day is None else day,
            lambda digits: published(percent_steps(part, of, digits), digits),
            "float64",
        ),
    )


def percent_steps(part: ir.IntegerColumn, of: ir.IntegerColumn, digits: int) -> ir.IntegerColumn:
    """Return ``part / of`` in percent, in steps of ``10**-digits``; null when ``of`` is zero."""
    return half_even(part * (100 * 10**digits), of.nullif(0))
