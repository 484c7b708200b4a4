"""The class of a section by its worst item, and its status.

See Also: :mod:`bilan.evaluate.water.tables`, which makes the wide table from a file,
:mod:`bilan.evaluate.water.averages`, which makes it from observations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bilan.evaluate.exact import stage
from bilan.evaluate.water.items import BODIES, Profile, evaluated, evaluated_in, items
from bilan.evaluate.water.limits import by_validity, class_name, item_class, rounded, saturated, two_columns, whole

GROUND = "groundwater"


@dataclass(frozen=True, slots=True)
class Way:
    """How sections are classed: which items, rounded first or not, class Ⅰ of oxygen by saturation too or not."""

    profile: Profile = "auto"
    rounding: bool = False
    saturation: bool = False

    @classmethod
    def of(cls, profile: Profile) -> Way:
        """The way of a profile: automatic stations unrounded and by 7.5 mg/L only, manual samples by the text.

        >>> Way.of("manual").rounding, Way.of("auto").saturation
        (True, False)
        """
        return cls(profile, rounding=profile == "manual", saturation=profile == "manual")


def classified(wide: ir.Table, way: Way | None = None) -> ir.Table:
    """Return ``wide`` with the class of every row.

    ``wide``: one column per item key with values in steps of ``10**-10`` of the item's unit, null where there is none;
    ``body`` (``river``, ``lake``, null for unknown; anything else is no surface water and has no class); ``day`` (date
    of the value, START side); optional ``withheld`` (items whose value is missing although they are measured, as a
    text) and ``remark`` (why the row cannot be judged).

    Adds ``class_number`` (1 to 6), ``class`` (Ⅰ … 劣Ⅴ), ``status``, ``deciding_items``, ``reason`` and one
    ``class_ITEM`` (1 to 6) per evaluated item.

    Rule: GB 3838-2002 table 1 and 环办〔2011〕22号: the worst item decides, an item that is not measured does not
    count, a withheld one leaves no class. Without a body total phosphorus is judged by both of its columns; where they
    disagree about the section there is no class.

    >>> import pyarrow as pa
    >>> from datetime import date
    >>> row = {"do": 78_000_000_000, "tp": 1_004_000_000, "body": "river", "day": date(2021, 4, 1)}
    >>> wide = ibis.memtable(pa.Table.from_pylist([row]))
    >>> classified(wide).select("class", "deciding_items").to_pyarrow().to_pylist()
    [{'class': 'Ⅲ', 'deciding_items': '总磷'}]
    """
    way = way or Way()
    known = _with_optional(wide)
    keys = [key for key in evaluated(way.profile) if key in wide.columns]
    ready = stage(known, **{f"value_{key}": _value(known, key, way) for key in keys})
    graded = stage(ready, **_item_classes(ready, keys, way))
    judged = graded.mutate(as_river=_worst(graded, keys, "river"), as_lake=_worst(graded, keys, "lake"))
    return _explained(judged, wide, keys, way)


def _with_optional(wide: ir.Table) -> ir.Table:
    nothing = {name: ibis.null("string") for name in ("withheld", "remark") if name not in wide.columns}
    return wide.mutate(**nothing) if nothing else wide


def _item_classes(wide: ir.Table, keys: list[str], way: Way) -> dict[str, ir.IntegerColumn]:
    """``class_ITEM``, or ``class_ITEM_river`` and ``class_ITEM_lake`` where the limits differ."""
    found = {}
    for key in keys:
        for body in BODIES if two_columns(key) else ("river",):
            name = f"class_{key}_{body}" if two_columns(key) else f"class_{key}"
            found[name] = item_class(wide[f"value_{key}"], key, body, wide.day)
    if way.saturation and "do" in keys and "water_temp" in wide.columns:
        full = saturated(wide["do"], wide["water_temp"], wide.day) & (found["class_do"] > 1)
        found["by_saturation"] = full
        found["class_do"] = ibis.cases((full, whole(1)), else_=found["class_do"])
    return found


def _value(wide: ir.Table, key: str, way: Way) -> Any:
    """The value that is compared: rounded or not, null on days on which the item is not evaluated."""
    value = rounded(wide[key], key, wide.day) if way.rounding else wide[key]
    return by_validity(
        "water.surface.evaluated",
        wide.day,
        lambda table: value if key in evaluated_in(table, way.profile) else ibis.null("int64"),
    )


def _column(table: ir.Table, key: str, body: str) -> ir.IntegerColumn:
    return cast(ir.IntegerColumn, table[f"class_{key}_{body}" if two_columns(key) else f"class_{key}"])


def _worst(graded: ir.Table, keys: list[str], body: str) -> ir.IntegerColumn:
    """Return the class of the section by the limits for ``body``, null without a single item."""
    if not keys:
        return cast(ir.IntegerColumn, ibis.null("int64"))
    zeros = [_column(graded, key, body).coalesce(0) for key in keys]
    return cast(ir.IntegerColumn, ibis.greatest(*zeros, whole(0)).nullif(0))


def _explained(judged: ir.Table, wide: ir.Table, keys: list[str], way: Way) -> ir.Table:
    foreign = (~judged.body.isin(BODIES)).coalesce(False)
    fits = judged.withheld.isnull() & judged.remark.isnull() & ~foreign
    by_body = ibis.cases(
        (judged.body == "river", judged.as_river),
        (judged.body == "lake", judged.as_lake),
        (judged.as_river == judged.as_lake, judged.as_river),
        else_=ibis.null("int64"),
    )
    number = ibis.cases((fits, by_body), else_=ibis.null("int64"))
    chosen = {f"class_{key}": _of_body(judged, key) for key in keys if two_columns(key)}
    decided = judged.mutate(class_number=number, **chosen)
    named = items()
    deciding = [
        ibis.cases((decided[f"class_{key}"] == decided.class_number, named[key].name), else_=ibis.null("string"))
        for key in keys
    ]
    return decided.mutate(
        {
            "class": class_name(decided.class_number, day=decided.day),
            "status": class_name(decided.class_number, "status", decided.day),
            "deciding_items": _joined(",", deciding).nullif(""),
            "reason": _reason(decided, keys, way),
        }
    ).select(
        *wide.columns,
        "class_number",
        "class",
        "status",
        "deciding_items",
        "reason",
        *(f"class_{key}" for key in keys),
    )


def _of_body(judged: ir.Table, key: str) -> Any:
    """The class of an item with two columns: of its body, or the one in which both columns agree."""
    river, lake = _column(judged, key, "river"), _column(judged, key, "lake")
    return ibis.cases(
        (judged.body == "river", river), (judged.body == "lake", lake), (river == lake, river), else_=ibis.null("int64")
    )


def _reason(decided: ir.Table, keys: list[str], way: Way) -> Any:
    """Why there is no class, or on which assumption there is one; null when nothing is to be said."""
    named = items()
    wanted = evaluated(way.profile)
    absent = [ibis.literal(named[key].name) for key in wanted if key not in keys]
    empty = [
        ibis.cases((decided[key].isnull(), named[key].name), else_=ibis.null("string")) for key in wanted if key in keys
    ]
    missing = _joined("、", empty + absent)
    judged = decided.class_number.notnull()
    full = decided.by_saturation if "by_saturation" in decided.columns else ibis.literal(False)
    parts = [
        ibis.cases((judged & (missing.length() > 0), ibis.literal("未测") + missing + "，按其余项目评价")),
        ibis.cases((judged & full, "溶解氧按饱和率 90 % 判为Ⅰ类")),
    ]
    differs = (
        ibis.literal("未注明河流或湖库：按河流为")
        + class_name(decided.as_river, day=decided.day)
        + "，按湖库为"
        + class_name(decided.as_lake, day=decided.day)
    )
    return ibis.cases(
        (decided.remark.notnull(), decided.remark),
        (decided.body == GROUND, "地下水，不按地表水评价"),
        (~decided.body.isin(BODIES), decided.body + "既不是河流也不是湖库，不按地表水评价"),
        (decided.withheld.notnull(), ibis.literal("无有效值：") + decided.withheld),
        (decided.day.isnull(), "日期无法识别，不知适用哪一版标准"),
        (decided.as_river.isnull() & _any_value(decided, keys), decided.day.cast("string") + "没有生效的地表水标准"),
        (decided.as_river.isnull(), "没有参评项目的数据"),
        (decided.class_number.isnull(), differs),
        else_=_joined("；", parts).nullif(""),
    )


def _any_value(table: ir.Table, keys: list[str]) -> Any:
    found: Any = ibis.literal(False)
    for key in keys:
        found = found | table[key].notnull()
    return found


def _joined(separator: str, parts: list[Any]) -> ir.StringValue:
    """The parts that are not null, in their order; an empty text without any."""
    if not parts:
        return ibis.literal("")
    return cast(ir.StringValue, ibis.literal(separator).join(parts))
