"""Limits of the surface water standard as expressions: which class a value has, on the day of the value.

Every version of a table is one branch of the expression, taken for the days on which it is valid; a new version is a
new file under ``policy/standards``.

See Also: :mod:`bilan.evaluate.water.classes`, which takes the worst item of a section.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias, cast

import ibis
import ibis.expr.types as ir

from bilan.evaluate.exact import half_even, half_even_signed
from bilan.evaluate.water.items import DIGITS, exact, rule_in
from bilan.policy.standards import StandardTable, standard_on, standard_tables

WORST = 6  # worse than class Ⅴ
_STATUS = "water.surface.status"
Day: TypeAlias = "ir.DateColumn | date"
Rule = Literal["le", "ge", "range"]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The five limits of an item, class Ⅰ first; a pair bounds a range, both ends included."""

    rule: Rule
    steps: tuple[tuple[int | None, int | None], ...]

    def meets(self, value: ir.IntegerColumn, number: int) -> ir.BooleanValue:
        """Whether ``value`` meets the limit of the class ``number``; a value at the limit does."""
        return within(value, *self.steps[number - 1])

    def grade(self, value: ir.IntegerColumn) -> ir.IntegerColumn:
        """Return the best class whose limit ``value`` meets, 6 when none, null for null."""
        branches = [(self.meets(value, number), whole(number)) for number in range(1, WORST)]
        unknown = (value.isnull(), ibis.null("int64"))
        return cast(ir.IntegerColumn, ibis.cases(unknown, *branches, else_=whole(WORST)))

    def limit(self, number: int) -> int | None:
        """The upper limit of the class ``number``; None for an item that has another kind of limit."""
        return self.steps[number - 1][1] if self.rule == "le" else None


def whole(number: int) -> ir.IntegerColumn:
    """Return a constant of 64 bits: a bare one that fits into 32 bits is computed with in 32 bits."""
    return cast(ir.IntegerColumn, ibis.literal(number).cast("int64"))


def within(value: Any, lower: int | None, upper: int | None) -> ir.BooleanValue:
    """Whether ``value`` lies between two bounds, either of which may be missing."""
    held: Any = ibis.literal(True)
    if lower is not None:
        held = value >= lower
    if upper is not None:
        held = (value <= upper) if lower is None else held & (value <= upper)
    return cast(ir.BooleanValue, held)


def ladder(table: StandardTable, item: str, body: str) -> Ladder | None:
    """Return the limits of ``item`` in ``table`` for ``body``; None where the table has none.

    >>> ladder(standard_on("water.surface.limits", date(2021, 4, 1)), "tp", "lake").limit(3)
    500000000
    """
    for row in table.rows:
        if row["item"] == item and row["body"] in ("all", body):
            kind = cast(Rule, row["rule"])
            return Ladder(kind, tuple(_bounds(kind, row[str(number)]) for number in range(1, WORST)))
    return None


def _bounds(kind: Rule, cell: str) -> tuple[int | None, int | None]:
    if kind == "range":
        lower, upper = cell.split("~")
        return exact(lower), exact(upper)
    return (exact(cell), None) if kind == "ge" else (None, exact(cell))


def two_columns(item: str) -> bool:
    """Whether rivers and lakes have different limits for ``item`` in any version of the standard.

    >>> two_columns("tp"), two_columns("codmn")
    (True, False)
    """
    return any(
        ladder(table, item, "river") != ladder(table, item, "lake") for table in standard_tables("water.surface.limits")
    )


def by_validity(kind: str, day: Day, make: Callable[[StandardTable], Any], null: str = "int64") -> Any:
    """Return what ``make`` says of the table of ``kind`` that is valid on ``day``; null on days that have none."""
    if isinstance(day, date):
        return make(standard_on(kind, day))
    tables = standard_tables(kind)
    if len(tables) == 1 and tables[0].valid_from is None and tables[0].valid_to is None:
        return make(tables[0])
    return ibis.cases(*((valid_on(table, day), make(table)) for table in tables), else_=ibis.null(null))


def by_rule(name: str, day: Day, make: Callable[[int], Any], null: str = "int64") -> Any:
    """Return what ``make`` says of the number ``name`` of the evaluation method that is valid on ``day``."""
    return by_validity("water.surface.rules", day, lambda table: make(rule_in(table, name)), null)


def day_of(table: ir.Table) -> Day:
    """Return the day whose standards judge a row of ``table``: its ``day``; today where ``table`` has no days."""
    return cast(ir.DateColumn, table["day"]) if "day" in table.columns else date.today()


def latest(table: ir.Table) -> dict[str, Any]:
    """Return the aggregate ``day`` of a group, its latest, for :func:`day_of`; nothing where ``table`` has no days."""
    return {"day": table["day"].max()} if "day" in table.columns else {}


def valid_on(table: StandardTable, day: ir.DateColumn) -> ir.BooleanValue:
    """Whether ``table`` judges the data of ``day``."""
    held: Any = ibis.literal(True)
    if table.valid_from:
        held = day >= ibis.literal(table.valid_from)
    if table.valid_to:
        held = held & (day < ibis.literal(table.valid_to))
    return cast(ir.BooleanValue, held)


def item_class(value: ir.IntegerColumn, item: str, body: str, day: Day) -> ir.IntegerColumn:
    """Return the class 1 to 6 of ``value`` (steps of ``10**-DIGITS``) of ``item`` in ``body`` on ``day``.

    Rule: GB 3838-2002, table 1: the best class whose limit is met. Null where no standard is valid or has no limit.

    >>> at_limit = ibis.literal(exact("0.2"))
    >>> _show(item_class(at_limit, "tp", "river", date(2021, 4, 1)))
    3
    """

    def grade(table: StandardTable) -> Any:
        found = ladder(table, item, body)
        return found.grade(value) if found else ibis.null("int64")

    return cast(ir.IntegerColumn, by_validity("water.surface.limits", day, grade))


def target_limit(item: str, body: str, day: Day) -> ir.IntegerColumn:
    """Return the upper limit of the class against which multiples are told (Ⅲ), as :func:`limit_of`."""
    return cast(ir.IntegerColumn, by_rule("target_class", day, lambda number: limit_of(item, body, number, day)))


def limit_of(item: str, body: str, number: int, day: Day) -> ir.IntegerColumn:
    """Return the upper limit of the class ``number`` in steps; null for an item without one, such as pH."""

    def found(table: StandardTable) -> Any:
        steps = ladder(table, item, body)
        limit = steps.limit(number) if steps else None
        return ibis.null("int64") if limit is None else whole(limit)

    return cast(ir.IntegerColumn, by_validity("water.surface.limits", day, found))


def saturated(oxygen: ir.IntegerColumn, temperature: ir.IntegerColumn, day: Day) -> ir.BooleanValue:
    """Whether dissolved oxygen reaches the saturation that also makes class Ⅰ (90 % of 468/(31.6 + T) mg/L).

    Rule: GB 3838-2002, table 1; the saturation by HJ 2.3-2018, without a correction for pressure. Null without both.

    >>> full = saturated(ibis.literal(exact("6.9")), ibis.literal(exact("30")), date(2021, 7, 1))
    >>> _show(full)
    True
    """
    warm = half_even_signed(temperature, 10 ** (DIGITS - 2))

    def reached(table: StandardTable) -> Any:
        (row,) = table.rows
        offset = int(exact(row["offset"]) // 10 ** (DIGITS - 2))
        needed = int(row["percent"]) * exact(row["numerator"])
        return oxygen * (warm + offset) >= needed

    return cast(ir.BooleanValue, by_validity("water.surface.oxygen", day, reached, "boolean"))


def rounded(value: ir.IntegerColumn, item: str, day: Day) -> ir.IntegerColumn:
    """Return ``value`` rounded by GB/T 8170 to the decimals in which ``item`` is evaluated, still in our steps.

    >>> _show(rounded(ibis.literal(exact("0.1004")), "tp", date(2021, 4, 1)))
    1000000000
    """

    def to_decimals(table: StandardTable) -> Any:
        for row in table.rows:
            if row["item"] == item:
                unit = 10 ** (DIGITS - int(row["decimals"]))
                return half_even(value, unit) * unit
        return value

    return cast(ir.IntegerColumn, by_validity("water.surface.rounding", day, to_decimals))


def class_name(number: ir.IntegerColumn, column: str = "name", day: Day | None = None) -> ir.StringColumn:
    """Return the class as it is printed (``column`` is ``name``) or its status (``status``, ``colour``) on ``day``.

    Without a day the words of today.

    >>> _show(class_name(ibis.literal(6))), status_words()[2]
    ('劣Ⅴ', '优')
    """

    def named(table: StandardTable) -> Any:
        branches = [(number == int(row["class"]), row[column]) for row in table.rows]
        return ibis.cases(*branches, else_=ibis.null("string"))

    return cast(ir.StringColumn, by_validity(_STATUS, date.today() if day is None else day, named, "string"))


def status_rank(number: ir.IntegerColumn, day: Day) -> ir.IntegerColumn:
    """Return the place of the status of the class ``number``, 1 the best; classes of one status share their place.

    >>> [_show(status_rank(ibis.literal(number), date(2024, 1, 1))) for number in (1, 2, 3, 6)]
    [1, 1, 2, 5]
    """

    def placed(table: StandardTable) -> Any:
        places = {status: place for place, status in enumerate(dict.fromkeys(_statuses(table).values()), 1)}
        branches = [(number == of, whole(places[status])) for of, status in _statuses(table).items()]
        return ibis.cases(*branches, else_=ibis.null("int64"))

    return cast(ir.IntegerColumn, by_validity(_STATUS, day, placed))


def class_number(name: ir.StringColumn) -> ir.IntegerColumn:
    """Return the number 1 to 6 of a class printed in Roman or Arabic numerals, null for anything else."""
    text = name.strip().upper().replace("类", "")
    spelt: dict[int, list[str]] = {}
    for form, number in numbers_of_classes().items():
        spelt.setdefault(number, []).append(form)
    branches = [(text.isin(sorted(forms)), whole(number)) for number, forms in spelt.items()]
    return cast(ir.IntegerColumn, ibis.cases(*branches, else_=ibis.null("int64")))


def numbers_of_classes() -> dict[str, int]:
    """The number of a class by each way to print it, in any version of the standard: Ⅳ, IV or 4."""
    rows = [row for table in standard_tables(_STATUS) for row in table.rows]
    return {form: int(row["class"]) for row in rows for form in _spellings(row["name"], int(row["class"]))}


def status_words(on: date | None = None) -> dict[int, str]:
    """The word for the state of a section by the number of its class, on the day ``on`` or today."""
    return _statuses(standard_on(_STATUS, on or date.today()))


def _statuses(table: StandardTable) -> dict[int, str]:
    return {int(row["class"]): row["status"] for row in sorted(table.rows, key=lambda row: int(row["class"]))}


def _spellings(name: str, number: int) -> set[str]:
    letters = name.replace("Ⅰ", "I").replace("Ⅱ", "II").replace("Ⅲ", "III").replace("Ⅳ", "IV").replace("Ⅴ", "V")
    return {name, letters, str(number)}


def _show(value: ir.Value) -> Any:
    """For the examples above: the value that DuckDB computes."""
    return ibis.duckdb.connect().to_pyarrow(value).as_py()
