"""The figures of surface water from the lake: classes of sections, shares and grades of cities, rivers and basins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

import ibis
import pyarrow as pa

from bilan.evaluate.engine import computed, fetched
from bilan.evaluate.exact import published
from bilan.evaluate.observations import observations
from bilan.evaluate.places import city_of, covers
from bilan.evaluate.water.averages import PeriodKind, Scope
from bilan.evaluate.water.classes import Way
from bilan.evaluate.water.grades import river_grades
from bilan.evaluate.water.items import DIGITS, WaterError, evaluated, items
from bilan.evaluate.water.observations import classes_of_periods
from bilan.periods import Period

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.sql import SQLBackend

    from bilan.observe import Lake

Group = Literal["section", "city", "river", "basin"]
MEDIUM = "surface_water"


@dataclass(frozen=True)
class WaterQuestion:
    """What is asked: of which ``lake``, by which ``backend``, in which ``region`` (its id), classed in which ``way``.

    ``scope`` says how many months a year's mean needs: of the national network, or of others.
    """

    lake: Lake
    backend: SQLBackend
    region: str | None = None
    way: Way = field(default_factory=Way)
    scope: Scope = "national"
    known_at: datetime | None = None

    def stations(self) -> pa.Table:
        """Return ``id``, ``kind``, ``city``, ``river``, ``basin`` of every section, its last validity."""
        rows = {row["id"]: row for row in self.lake.stations().to_pylist() if row["medium"] == MEDIUM}
        places = []
        for row in rows.values():
            if self.region is None or covers(self.region, row):
                city, more = city_of(row["region"]), dict(row["attributes"] or ())
                groups = {name: more.get(name) or None for name in ("river", "basin")}
                places.append({"id": row["id"], "kind": row["kind"], "city": city and city.id} | groups)
        text = ("id", "kind", "city", "river", "basin")
        return pa.Table.from_pylist(places, schema=pa.schema([(name, pa.string()) for name in text]))


def codes(way: Way) -> list[str]:
    """Return the parameters that the way of classing needs.

    >>> "w21011" in codes(Way())
    True
    """
    keys = [*evaluated(way.profile), *(["water_temp"] if way.saturation else [])]
    return sorted({code for key in keys for code in items()[key].codes})


def kind_of(period: Period) -> PeriodKind | Period | None:
    """Return how a period is averaged: as a month, a quarter, a year, or as itself, a run of months, also of two years.

    None for one that is not made of whole months.

    >>> [str(kind_of(Period.parse(text))) for text in ("2025-03", "2025Q2", "2025", "2025-01/2025-03")]
    ['month', 'quarter', 'year', '2025-01/2025-03']
    """
    if period.months is None:
        return None
    if period.months == 1:
        return "month"
    if "Q" in period.text and "/" not in period.text:
        return "quarter"
    return "year" if (period.months, period.first.month) == (12, 1) else period


def sections_over(question: WaterQuestion, period: Period) -> pa.Table:
    """Return the class of every section over ``period``, with the columns of :func:`sections`.

    Raises :class:`WaterError` for a period that is not made of whole months.
    """
    kind = kind_of(period)
    if kind is None:
        raise WaterError(f"地表水按整月评价，{period} 不是整月")
    return _shown(question, _classes(question, kind, period.first, period.last))


def sections(question: WaterQuestion, kind: PeriodKind, first: date, last: date) -> pa.Table:
    """Return the class of every section in every period of ``kind`` from ``first`` to ``last``.

    Columns: ``station``, ``period``, ``body``, ``class``, ``status``, ``deciding_items``, ``main_pollutants``,
    ``reason``, one per item with its mean in the item's unit, ``count_ITEM``. Periods that ``first`` or ``last`` cut
    are judged by the days inside. Months, quarters and years have a row, without a class, also for a section that
    reports only in other months of the year.
    """
    return _shown(question, _classes(question, kind, first, last))


def groups(question: WaterQuestion, by: Group, kind: PeriodKind, first: date, last: date) -> pa.Table:
    """Return shares and grade of every city, river or basin in every period of ``kind``.

    Columns: ``by``, ``period``, ``sections``, ``judged``, ``good_ratio``, ``inferior_ratio`` (%), ``method``, ``class``
    (by the mean, fewer than five sections), ``grade``, ``main_pollutants``, ``reason``.
    """
    classes = computed(question.backend, _classes(question, kind, first, last))
    places = ibis.memtable(question.stations())
    placed = classes.inner_join(places.select(station=places.id, _group=places[by]), "station")
    keyed = placed.filter(placed._group.notnull()).mutate(_key=placed._group + "\t" + placed.period)
    kept = [key for key in (*evaluated(question.way.profile), "water_temp") if key in keyed.columns]
    grades = river_grades(
        keyed.select("_key", "station", "day", "body", "withheld", *kept), "_key", "station", question.way
    )
    rows = fetched(question.backend, grades.order_by("_key"))
    parts = [key.split("\t") for key in rows["_key"].to_pylist()]
    names: dict[str, pa.Array] = {by: pa.array([part[0] for part in parts], pa.string())}
    names["period"] = pa.array([part[1] for part in parts], pa.string())
    return pa.table(names | {name: rows[name] for name in rows.column_names if name != "_key"})


def _shown(question: WaterQuestion, found: ir.Table) -> pa.Table:
    keys = [key for key in evaluated(question.way.profile) if key in found.columns]
    shown = [published(found[key], DIGITS).name(key) for key in keys]
    about = ("station", "period", "body", "class", "status", "deciding_items", "main_pollutants", "reason")
    counts = [f"count_{key}" for key in keys]
    return fetched(question.backend, found.select(*about, *shown, *counts).order_by("period", "station"))


def _classes(question: WaterQuestion, kind: PeriodKind | Period, first: date, last: date) -> ir.Table:
    """The class of every section; from a month on also of those that only report at other times of the year."""
    stations = ibis.memtable(question.stations())
    facts = _facts(question, first, last)
    if kind in ("day", "week", "ten_days"):
        return classes_of_periods(facts, stations, kind, question.way, question.scope)
    whole_years = _facts(question, date(first.year, 1, 1), date(last.year, 12, 31))
    year = last.year if isinstance(kind, Period) else whole_years.day.year()
    roster = whole_years.select("station", year=year).distinct()
    return classes_of_periods(facts, stations, kind, question.way, question.scope, roster)


def _facts(question: WaterQuestion, first: date, last: date) -> ir.Table:
    within = set(question.stations()["id"].to_pylist())
    return observations(
        question.backend,
        question.lake,
        codes(question.way),
        first,
        last,
        stations=within,
        known_at=question.known_at,
    )
