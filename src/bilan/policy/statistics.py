"""Reported statistics: what may be reported, the official formulas, and the units in which figures are printed.

What may be reported is every indicator of ``indicators.csv`` and every part of a formula in ``statistics_parts.csv``.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Literal, cast

from bilan.policy.tables import FOLDER, Region, indicators, regions

FormulaKind = Literal["ratio", "decline", "growth", "difference", "bod_load", "cumulative"]

BASE = "{base}"  # in the code of a part: the base year of the prices, which is that of the five-year plan


@dataclass(frozen=True, slots=True)
class Reportable:
    """A figure that may be reported, by the code under which it is kept and in the ``unit`` in which it is kept."""

    code: str
    name: str
    aliases: tuple[str, ...]
    unit: str


@dataclass(frozen=True, slots=True)
class Formula:
    """How an indicator is computed: ``kind`` says by which function, ``factor`` scales, ``digits`` are published.

    ``numerator`` and ``denominator`` are codes whose figures are added up; ``verified`` says whether the statement was
    read in two independent places. An indicator may have several formulas, the first that has all its parts applies.
    """

    indicator: str
    kind: FormulaKind
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    factor: Fraction
    digits: int
    statement: str
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class PrintedUnit:
    """A unit as multiple ``factor`` of the first of its ``dimension``, with the other ways to print it."""

    unit: str
    dimension: str
    factor: Fraction
    aliases: tuple[str, ...]


@cache
def reportables() -> dict[str, Reportable]:
    """Return what may be reported by its code, indicators first.

    >>> reportables()["eco.forest.cover"].unit, reportables()["part.forest.area"].name
    ('%', '森林面积')
    """
    found = [Reportable(row.code, row.name, row.aliases, row.unit) for row in indicators()]
    found += [
        Reportable(code, name, _words(aliases), unit) for code, name, aliases, _, unit in _rows("statistics_parts.csv")
    ]
    return {row.code: row for row in found}


def reportables_called(text: str) -> tuple[Reportable, ...]:
    """Return what is called ``text`` by code, name or alias: none, one, or several that a unit may tell apart.

    Spaces, case and the width of letters and brackets do not count; a code or a full name wins over aliases.

    >>> [row.code for row in reportables_called("森林 覆盖率")], reportables_called("幸福指数")
    (['eco.forest.cover'], ())
    """
    named, aliased = _called()
    plain = _plain(text)
    return named.get(plain) or aliased.get(plain) or ()


@cache
def formulas() -> dict[str, tuple[Formula, ...]]:
    """Return the formulas of each indicator that has one, in the order of ``formulas.csv``.

    >>> formulas()["eco.forest.cover"][0].denominator
    ('part.land.area',)
    """
    found: dict[str, tuple[Formula, ...]] = {}
    for code, kind, above, below, factor, digits, statement, source, status in _rows("formulas.csv"):
        one = Formula(
            indicator=code,
            kind=cast(FormulaKind, kind),
            numerator=_words(above),
            denominator=_words(below),
            factor=Fraction(factor),
            digits=int(digits),
            statement=statement,
            source=source,
            verified=status == "verified",
        )
        found[code] = (*found.get(code, ()), one)
    return found


@cache
def printed_units() -> tuple[PrintedUnit, ...]:
    """Return the units of ``statistics_units.csv`` in file order.

    >>> printed_units()[1].unit, printed_units()[1].factor
    ('%', Fraction(1, 100))
    """
    return tuple(
        PrintedUnit(unit, dimension, Fraction(factor), _words(aliases))
        for unit, dimension, factor, aliases in _rows("statistics_units.csv")
    )


@cache
def regions_by_id() -> dict[str, Region]:
    """Return the regions by their ids.

    >>> regions_by_id()["990100"].name
    '清河市'
    """
    return {region.id: region for region in regions()}


@cache
def _called() -> tuple[dict[str, tuple[Reportable, ...]], dict[str, tuple[Reportable, ...]]]:
    named: dict[str, dict[str, Reportable]] = defaultdict(dict)
    aliased: dict[str, dict[str, Reportable]] = defaultdict(dict)
    for row in reportables().values():
        for form in (row.code, row.name):
            named[_plain(form)][row.code] = row
        for form in row.aliases:
            aliased[_plain(form)][row.code] = row
    return (
        {form: tuple(rows.values()) for form, rows in named.items()},
        {form: tuple(rows.values()) for form, rows in aliased.items()},
    )


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _words(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _rows(name: str) -> Iterator[list[str]]:
    lines = csv.reader((FOLDER / name).read_text(encoding="utf-8").splitlines(), strict=True)
    next(lines)
    return lines
