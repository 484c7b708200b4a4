"""Shares of sections by class: the share of class Ⅰ to Ⅲ (优良比例) and of worse than Ⅴ (劣Ⅴ类比例)."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from bilan.evaluate.exact import half_even, published
from bilan.evaluate.water.items import rule
from bilan.evaluate.water.limits import WORST

GOOD = 3  # the last class that counts as good


def shares(sections: ir.Table, by: Sequence[str] = ()) -> ir.Table:
    """Return how the sections of every group in ``by`` (all together without one) are spread over the classes.

    ``sections``: ``class_number`` (1 to 6, null for a section without a class) and the columns in ``by``.

    Columns: ``by``, ``sections``, ``judged``, ``class_1`` … ``class_6`` (numbers of sections), ``good``, ``inferior``,
    ``good_ratio``, ``inferior_ratio`` (%, one decimal by GB/T 8170; null when no section is judged), ``reason``.

    Rule: 环办〔2011〕22号; sections of rivers and points of lakes count alike; a section without a class is in neither
    numerator nor denominator.

    >>> found = shares(ibis.memtable({"class_number": [1, 3, 4, 6, None]}))
    >>> found.select("judged", "good_ratio", "inferior_ratio").to_pyarrow().to_pylist()
    [{'judged': 4, 'good_ratio': 50.0, 'inferior_ratio': 25.0}]
    """
    number = sections.class_number
    counts = {f"class_{n}": (number == n).sum().coalesce(0).cast("int64") for n in range(1, WORST + 1)}
    group = sections.group_by(list(by)) if by else sections
    found = group.agg(sections=sections.count().cast("int64"), judged=number.count().cast("int64"), **counts)
    good = found.class_1 + found.class_2 + found[f"class_{GOOD}"]
    summed = found.mutate(good=good, inferior=found[f"class_{WORST}"])
    left_out = (summed.sections - summed.judged).cast("string") + "个断面没有类别，未计入"
    return summed.mutate(
        good_ratio=percent(summed.good, summed.judged),
        inferior_ratio=percent(summed.inferior, summed.judged),
        reason=ibis.cases(
            (summed.judged == 0, "没有一个断面有类别"),
            (summed.judged < summed.sections, left_out),
            else_=ibis.null("string"),
        ),
    )


def percent(part: ir.IntegerColumn, whole: ir.IntegerColumn) -> ir.FloatingColumn:
    """Return ``part / whole`` in percent as it is published; null when ``whole`` is zero.

    >>> found = percent(ibis.literal(49, "int64"), ibis.literal(83, "int64"))
    >>> ibis.duckdb.connect().to_pyarrow(found).as_py()
    59.0
    """
    return published(percent_steps(part, whole), rule("share_digits"))


def percent_steps(part: ir.IntegerColumn, whole: ir.IntegerColumn) -> ir.IntegerColumn:
    """Return ``part / whole`` in percent, in steps of the last published decimal; null when ``whole`` is zero."""
    return half_even(part * (100 * 10 ** rule("share_digits")), whole.nullif(0))
