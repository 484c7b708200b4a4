"""Change of water quality between two periods, and the trend over years.

A section changes by the rank of its status, a river by its shares of class Ⅰ to Ⅲ and of worse than Ⅴ; a trend over
five years or more is told by Spearman's rank correlation (环办〔2011〕22号, part three).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bilan.evaluate.exact import half_even_signed, published, stage
from bilan.evaluate.water.items import WaterError
from bilan.evaluate.water.limits import Day, by_rule, by_validity, day_of, latest, status_rank, whole
from bilan.policy.standards import StandardTable

_CHANGE, _TREND = "water.surface.change", "water.surface.trend"
_RS_DIGITS = 6


def section_changes(before: ir.Table, after: ir.Table, key: Sequence[str]) -> ir.Table:
    """Return how every section changed; both tables have ``key``, ``class_number``, optional ``day``.

    Columns: ``key``, ``class_before``, ``class_after`` (1 to 6), ``steps`` (ranks of the status, 优 良好 轻度污染
    中度污染 重度污染; positive: better), ``change``, ``reason``. Sections of either table are there.

    Rule: 环办〔2011〕22号: same status no clear change, one rank some change, two or more a marked one. Classes Ⅰ and Ⅱ
    are both 优, so Ⅰ to Ⅱ is no clear change. The words are those of the later day; tables without days are compared by
    the rules in force today.

    >>> one, two = (ibis.memtable({"section": ["甲"], "class_number": [n]}) for n in (4, 2))
    >>> section_changes(one, two, ["section"]).select("steps", "change").to_pyarrow().to_pylist()
    [{'steps': 2, 'change': '明显好转'}]
    """
    one, two = (table.mutate(_rank=status_rank(table.class_number, day_of(table))) for table in (before, after))
    joined = _side_by_side(one, two, key, ["class_number", "_rank"])
    old, new = joined.class_number_before, joined.class_number_after
    steps = (joined._rank_before - joined._rank_after).cast("int64")
    return joined.select(
        *key,
        class_before=old,
        class_after=new,
        steps=steps,
        change=_word("section", steps, whole(1), day_of(joined)),
        reason=_reason(old, new, "没有类别"),
    )


def river_changes(before: ir.Table, after: ir.Table, key: Sequence[str]) -> ir.Table:
    """Return how every river changed; both tables have ``key`` and the numbers ``good``, ``inferior`` and ``judged``.

    Columns: ``key``, ``good_change`` (ΔG), ``inferior_change`` (ΔD), ``net_change`` (ΔG − ΔD; percentage points, one
    decimal by GB/T 8170), ``change``, ``reason``. The words follow from the exact difference, not the published one.

    Rule: 环办〔2011〕22号: |ΔG − ΔD| up to 10 no clear change, up to 20 some change, beyond a marked one; positive is
    better. By the table of the later ``day``; shares without days are compared by the rules in force today.

    >>> numbers = {"river": ["清河"], "good": [679], "inferior": [83], "judged": [1000]}
    >>> later = numbers | {"good": [710], "inferior": [67]}
    >>> found = river_changes(ibis.memtable(numbers), ibis.memtable(later), ["river"])
    >>> found.select("net_change", "change").to_pyarrow().to_pylist()
    [{'net_change': 4.7, 'change': '无明显变化'}]
    """
    joined = _side_by_side(before, after, key, ["good", "inferior", "judged"])
    known = stage(joined, old=joined.judged_before.nullif(0), new=joined.judged_after.nullif(0))
    both = stage(
        known,
        whole=known.old * known.new,
        good=known.good_after * known.old - known.good_before * known.new,
        bad=known.inferior_after * known.old - known.inferior_before * known.new,
    )
    changed = stage(both, net=both.good - both.bad)
    return changed.select(
        *key,
        good_change=_points(changed.good, changed.whole, day_of(changed)),
        inferior_change=_points(changed.bad, changed.whole, day_of(changed)),
        net_change=_points(changed.net, changed.whole, day_of(changed)),
        change=_word("river", changed.net * 100, changed.whole, day_of(changed)),
        reason=_reason(changed.old, changed.new, "没有一个断面有类别"),
    )


def _side_by_side(before: ir.Table, after: ir.Table, key: Sequence[str], columns: Sequence[str]) -> ir.Table:
    """Both tables by ``key``, each column twice; with days in both also ``day``, the later one."""
    dated = ["day"] if "day" in before.columns and "day" in after.columns else []
    one = before.select(*key, **{f"{name}_before": before[name] for name in (*columns, *dated)})
    two = after.select(*key, **{f"{name}_after": after[name] for name in (*columns, *dated)})
    joined = one.outer_join(two, list(key), rname="{name}_two")
    whole = {name: joined[name].coalesce(joined[f"{name}_two"]) for name in key}
    later = {name: joined[f"{name}_after"].coalesce(joined[f"{name}_before"]) for name in dated}
    return joined.mutate(**whole, **later)


def _points(part: ir.IntegerColumn, whole: ir.IntegerColumn, day: Day) -> ir.FloatingColumn:
    def shown(digits: int) -> Any:
        return published(half_even_signed(part * (100 * 10**digits), whole), digits)

    return cast(ir.FloatingColumn, by_rule("share_digits", day, shown, "float64"))


def _word(scope: str, size: ir.IntegerColumn, unit: ir.IntegerColumn, day: Day) -> ir.StringColumn:
    """The word for a change of ``size / unit``, positive when better; null for null."""

    def named(table: StandardTable) -> Any:
        branches: list[tuple[Any, Any]] = [(size.isnull() | unit.isnull(), ibis.null("string"))]
        for row in (row for row in table.rows if row["scope"] == scope):
            word = ibis.cases((size > 0, row["better"]), else_=row["worse"])
            reached = size.abs() <= unit * int(row["to"]) if row["to"] else ibis.literal(True)
            branches.append((reached, word))
        return ibis.cases(*branches, else_=ibis.null("string"))

    return cast(ir.StringColumn, by_validity(_CHANGE, day, named, "string"))


def _reason(old: Any, new: Any, lacking: str) -> Any:
    return ibis.cases(
        (old.isnull() & new.isnull(), f"前后两个时段都{lacking}"),
        (old.isnull(), f"前一时段{lacking}"),
        (new.isnull(), f"后一时段{lacking}"),
        else_=ibis.null("string"),
    )


def trends(series: ir.Table, key: Sequence[str], *, lower_is_better: bool = True) -> ir.Table:
    """Return the trend of every series by Spearman's rank correlation with time.

    ``series``: ``key``, ``year`` (or another number that grows with time) and ``value`` (whole numbers: a class, or a
    concentration in steps), one row per year; optional ``day``, of which the latest chooses the critical values, which
    are those in force today without it.

    Columns: ``key``, ``years``, ``rs`` (six decimals by GB/T 8170), ``critical``, ``trend`` (``上升``, ``下降`` or
    ``无显著变化`` of the value), ``meaning`` (显著好转, 显著变差, 无显著变化), ``reason``.

    Rule: 环办〔2011〕22号: rs = 1 − 6Σd²/(N³ − N), N at least 5, significant when |rs| reaches the critical value (one
    sided, 0.05). Equal values share the mean of their ranks.

    >>> years, classes = [2016, 2017, 2018, 2019, 2020], [5, 4, 4, 3, 2]
    >>> series = ibis.memtable({"section": ["甲"] * 5, "year": years, "value": classes})
    >>> trends(series, ["section"]).select("years", "rs", "trend", "meaning").to_pyarrow().to_pylist()
    [{'years': 5, 'rs': -0.925, 'trend': '下降', 'meaning': '显著好转'}]
    """
    known = series.filter(series.value.notnull() & series.year.notnull())
    double = _double_difference(known, key)
    found = double.group_by(list(key)).agg(
        years=double.count().cast("int64"),
        squares=(double.gap * double.gap).sum().cast("int64"),
        repeated=(double.count() > double.year.nunique()),
        **latest(double),
    )
    cube = found.years * found.years * found.years - found.years
    return _judged(found.mutate(cube=cube), key, lower_is_better)


def _double_difference(known: ir.Table, key: Sequence[str]) -> ir.Table:
    """Twice the difference between the rank in time and the rank of the value: whole also when values tie."""
    of_value = ibis.rank().over(group_by=list(key), order_by=known.value)
    of_time = ibis.rank().over(group_by=list(key), order_by=known.year)
    ties = known.value.count().over(group_by=[*key, "value"])
    ranked = known.mutate(value_rank=of_value.cast("int64"), time_rank=of_time.cast("int64"), ties=ties.cast("int64"))
    return ranked.mutate(gap=ranked.time_rank * 2 - (ranked.value_rank * 2 + ranked.ties - 1))


def _judged(found: ir.Table, key: Sequence[str], lower_is_better: bool) -> ir.Table:
    ready = stage(
        found,
        critical=_critical(found),
        thousandths=(found.cube * 2 - found.squares * 3) * 500,  # 1000 rs (N³ − N), as squares is four times Σd²
    )
    bound = ready.critical * ready.cube
    enough = ready.critical.notnull() & ~ready.repeated
    trend = ibis.cases(
        (~enough, ibis.null("string")),
        (ready.thousandths >= bound, "上升"),
        (ready.thousandths <= -bound, "下降"),
        else_="无显著变化",
    )
    told = stage(ready, trend=trend)
    better, worse = ("下降", "上升") if lower_is_better else ("上升", "下降")
    rs = half_even_signed(told.thousandths * 10 ** (_RS_DIGITS - 3), told.cube.nullif(0))
    return told.select(
        *key,
        "years",
        rs=ibis.cases((~told.repeated, published(rs, _RS_DIGITS)), else_=ibis.null("float64")),
        critical=published(told.critical, 3),
        trend="trend",
        meaning=ibis.cases((told.trend == better, "显著好转"), (told.trend == worse, "显著变差"), else_=told.trend),
        reason=ibis.cases(
            (told.repeated, "同一年有几个值"),
            (told.critical.isnull(), told.years.cast("string") + " 年，至少要 " + _shortest(told) + " 年"),
            else_=ibis.null("string"),
        ),
    )


def _critical(found: ir.Table) -> ir.IntegerColumn:
    """The critical value in thousandths for the longest tabled span that is not longer; null below the shortest."""

    def of_table(table: StandardTable) -> Any:
        branches = [(found.years >= span, whole(value)) for span, value in reversed(_spans(table))]
        return ibis.cases(*branches, else_=ibis.null("int64"))

    return cast(ir.IntegerColumn, by_validity(_TREND, day_of(found), of_table))


def _shortest(found: ir.Table) -> ir.StringColumn:
    """The least number of years of which a trend is told."""
    of_day = by_validity(_TREND, day_of(found), lambda table: ibis.literal(str(_spans(table)[0][0])), "string")
    return cast(ir.StringColumn, of_day)


def _spans(table: StandardTable) -> list[tuple[int, int]]:
    if not table.rows:
        raise WaterError("秩相关临界值表是空的")
    return sorted((int(row["years"]), round(float(row["critical"]) * 1000)) for row in table.rows)
