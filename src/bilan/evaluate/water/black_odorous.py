"""Black and odorous water in towns: the grade of a sample, of a point and of a water body."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bilan.evaluate.water.items import STEPS, exact, items
from bilan.evaluate.water.limits import Day, by_validity, day_of, latest, whole
from bilan.policy.standards import StandardTable, standard_tables

GRADES = ("不黑臭", "轻度黑臭", "重度黑臭")
_CM = STEPS // 100  # one centimetre in steps of a metre
_LIMITS = "water.black_odorous.limits"


def sample_levels(samples: ir.Table) -> ir.Table:
    """Return ``samples`` with ``level_ITEM`` (0 not black, 1 mild, 2 severe, null unmeasured) for each of the indices.

    ``samples``: ``sd`` (transparency, m), ``do``, ``nh3n`` (mg/L), ``orp`` (mV), optional ``depth`` (m), in steps of
    ``10**-10``, null where there is none; a column may be missing. ``day`` says whose table judges a row; without it
    today's.

    Rule: 城市黑臭水体整治工作指南, table 2: transparency 25 to 10 cm mild, below severe (in water shallower than 25 cm
    the depth and 40 % of it take the places of 25 and 10 cm); oxygen 2.0 to 0.2, redox potential 50 to −200, ammonia
    8.0 to 15. At a bound the milder grade holds.

    >>> import pyarrow as pa
    >>> rows = [{"nh3n": exact(value)} for value in ("8.0", "15", "15.1")]
    >>> sample_levels(ibis.memtable(pa.Table.from_pylist(rows))).level_nh3n.to_pyarrow().to_pylist()
    [0, 1, 2]
    """
    return samples.mutate(
        **{f"level_{key}": _level_on_day(samples, key) for key in _indices() if key in samples.columns}
    )


def _indices() -> list[str]:
    """The keys of the indices, in any version of the table."""
    return list(dict.fromkeys(row["item"] for table in standard_tables(_LIMITS) for row in table.rows))


def _level_on_day(samples: ir.Table, key: str) -> Any:
    def found(table: StandardTable) -> Any:
        rows = [row for row in table.rows if row["item"] == key]
        return _level(samples, rows[0]) if rows else ibis.null("int64")

    return by_validity(_LIMITS, day_of(samples), found)


def _level(samples: ir.Table, row: Mapping[str, str]) -> ir.IntegerColumn:
    value = samples[row["item"]]
    scale = _CM if row["unit"] == "cm" else STEPS
    mild, severe = (exact(row[name]) * scale // STEPS for name in ("mild", "severe"))

    def beyond(bound: int) -> Any:
        return value < bound if row["rule"] == "low" else value > bound

    branches: list[tuple[Any, Any]] = [(value.isnull(), ibis.null("int64"))]
    if row["shallow_depth"] and "depth" in samples.columns:
        shallow = samples.depth < exact(row["shallow_depth"]) * scale // STEPS
        part = value * 100 < samples.depth * int(row["shallow_percent"])
        clear = value >= samples.depth
        steps = ((shallow & clear, 0), (shallow & part, 2), (shallow, 1))
        branches += [(held, whole(level)) for held, level in steps]
    branches += [(beyond(severe), whole(2)), (beyond(mild), whole(1))]
    return cast(ir.IntegerColumn, ibis.cases(*branches, else_=whole(0)))


def point_grades(samples: ir.Table, by: Sequence[str], order: str = "row") -> ir.Table:
    """Return the grade of every point, the columns in ``by``, from its samples.

    ``samples``: as for :func:`sample_levels`, with ``by`` (the last column is the point, those before it the water
    body), ``order`` (a number that grows along the water), optional ``day``.

    Columns: ``by``, ``place`` (least ``order``), ``samples``, ``level`` (0 to 2), ``grade``, ``indices`` (that made it
    severe, or mild), ``severe_stretch`` (one of at least three severe points in a row), ``reason``; ``day`` (the latest
    of its samples, whose rules judge the point) where ``samples`` have it.

    Rule: 城市黑臭水体整治工作指南 3.2: severe when of one index at least 60 % of the data, or of each of two at least
    30 %, are severe; otherwise mild when any datum is at least mild (the text speaks of waters already known as black).

    >>> import pyarrow as pa
    >>> rows = [{"water": "小河", "point": "1", "row": n, "do": exact(v)} for n, v in enumerate(("0.1", "0.1", "1.0"))]
    >>> found = point_grades(ibis.memtable(pa.Table.from_pylist(rows)), ["water", "point"])
    >>> found.select("samples", "grade", "indices").to_pyarrow().to_pylist()
    [{'samples': 3, 'grade': '重度黑臭', 'indices': '溶解氧'}]
    """
    levels = sample_levels(samples)
    keys = [key for key in _indices() if key in samples.columns]
    counts: dict[str, Any] = {}
    for key in keys:
        level = levels[f"level_{key}"]
        counts[f"data_{key}"] = level.count().cast("int64")
        counts[f"severe_{key}"] = (level == 2).sum().coalesce(0).cast("int64")
        counts[f"mild_{key}"] = (level >= 1).sum().coalesce(0).cast("int64")
    found = levels.group_by(list(by)).agg(
        place=levels[order].min(), samples=levels.count().cast("int64"), **counts, **latest(levels)
    )
    graded = found.mutate(level=_point_level(found, keys))
    worst = [_shown(graded, key) for key in keys]
    told = graded.mutate(
        grade=_grade(graded.level),
        indices=ibis.literal("、").join(worst) if worst else ibis.literal(""),
        severe_stretch=_stretch(graded, by),
        reason=ibis.cases((graded.level.isnull(), "没有一项指标的数据"), else_=_gaps(graded, keys)),
    )
    return told.select(
        *by, "place", "samples", "level", "grade", "indices", "severe_stretch", "reason", *latest(levels)
    )


def _rule(name: str, day: Day, make: Callable[[int], Any], null: str = "int64") -> Any:
    """What ``make`` says of the number ``name`` of the guide that is valid on ``day``."""

    def found(table: StandardTable) -> Any:
        return make(next(int(row["value"]) for row in table.rows if row["rule"] == name))

    return by_validity("water.black_odorous.rules", day, found, null)


def _reaches(found: ir.Table, key: str, share: str) -> Any:
    severe, data = found[f"severe_{key}"], found[f"data_{key}"]
    return (data > 0) & (severe * 100 >= data * _rule(share, day_of(found), whole))


def _point_level(found: ir.Table, keys: Sequence[str]) -> ir.IntegerColumn:
    nothing: Any = ibis.literal(True)
    one: Any = ibis.literal(False)
    two: Any = whole(0)
    mild: Any = ibis.literal(False)
    for key in keys:
        nothing = nothing & (found[f"data_{key}"] == 0)
        one = one | _reaches(found, key, "one_item_percent")
        two = two + _reaches(found, key, "two_items_percent").cast("int64")
        mild = mild | (found[f"mild_{key}"] > 0)
    return cast(
        ir.IntegerColumn,
        ibis.cases(
            (nothing, ibis.null("int64")),
            (one | (two >= 2), whole(2)),
            (mild, whole(1)),
            else_=whole(0),
        ),
    )


def _shown(graded: ir.Table, key: str) -> Any:
    """The name of an index that made the point what it is."""
    severe = (graded.level == 2) & _reaches(graded, key, "two_items_percent")
    mild = (graded.level == 1) & (graded[f"mild_{key}"] > 0)
    return ibis.cases((severe | mild, items()[key].name), else_=ibis.null("string"))


def _grade(level: ir.IntegerColumn) -> ir.StringColumn:
    return cast(
        ir.StringColumn, ibis.cases(*((level == n, name) for n, name in enumerate(GRADES)), else_=ibis.null("string"))
    )


def _gaps(graded: ir.Table, keys: Sequence[str]) -> Any:
    """Which of the indices of the day of a point were not measured."""

    def listed(table: StandardTable) -> Any:
        empty = {key: graded[f"data_{key}"] == 0 for key in keys}
        gaps = [(empty.get(row["item"], ibis.literal(True)), items()[row["item"]].name) for row in table.rows]
        return ibis.literal("、").join([ibis.cases((gap, name), else_=ibis.null("string")) for gap, name in gaps])

    names = by_validity(_LIMITS, day_of(graded), listed, "string")
    return ibis.cases(
        (names.length() > 0, ibis.literal("未测") + names + "，按其余指标判定"), else_=ibis.null("string")
    )


def _stretch(graded: ir.Table, by: Sequence[str]) -> ir.BooleanColumn:
    """Whether a point is one of at least three severe ones in a row along its water body."""
    within = {"group_by": list(by[:-1]), "order_by": graded.place} if len(by) > 1 else {"order_by": graded.place}
    severe = (graded.level == 2).cast("int64")

    def neighbour(offset: int) -> Any:
        moved = severe.lag(offset) if offset > 0 else severe.lead(-offset)
        return severe if offset == 0 else moved.over(**within).coalesce(0)

    def in_run(length: int) -> Any:
        found: Any = ibis.literal(False)
        for first in range(length):
            together: Any = whole(1)
            for offset in range(first - length + 1, first + 1):
                together = together * neighbour(offset)
            found = found | (together == 1)
        return found

    return cast(ir.BooleanColumn, _rule("run_of_points", day_of(graded), in_run, "boolean"))


def body_grades(points: ir.Table, by: Sequence[str]) -> ir.Table:
    """Return the grade of every water body, the columns in ``by``, from its ``points`` (see :func:`point_grades`).

    Columns: ``by``, ``points``, ``judged``, ``severe_points``, ``grade``, ``reason``.

    Rule: 城市黑臭水体整治工作指南 3.2: severe when at least 60 % of the points are; otherwise mild when any point is.

    >>> points = ibis.memtable({"water": ["小河"] * 5, "level": [2, 2, 2, 1, 0]})
    >>> body_grades(points, ["water"]).select("severe_points", "grade").to_pyarrow().to_pylist()
    [{'severe_points': 3, 'grade': '重度黑臭'}]
    """
    level = points.level
    found = points.group_by(list(by)).agg(
        points=points.count().cast("int64"),
        judged=level.count().cast("int64"),
        severe_points=(level == 2).sum().coalesce(0).cast("int64"),
        worst=level.max(),
        **latest(points),
    )
    severe = found.severe_points * 100 >= found.judged * _rule("body_percent", day_of(found), whole)
    number = ibis.cases(
        (found.judged == 0, ibis.null("int64")),
        (severe, whole(2)),
        (found.worst >= 1, whole(1)),
        else_=whole(0),
    )
    left_out = (found.points - found.judged).cast("string") + "个检测点没有数据，未计入"
    return found.mutate(
        grade=_grade(number),
        reason=ibis.cases(
            (found.judged == 0, "没有一个检测点有数据"),
            (found.judged < found.points, left_out),
            else_=ibis.null("string"),
        ),
    ).drop("worst", *latest(points))
