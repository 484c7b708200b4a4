"""What is measured in water, under which names, in which unit; and what of it is evaluated.

A concentration is a whole number of steps of ``10**-DIGITS`` of its item's unit: fine enough for methylmercury, and for
the mean of a year of four-hourly values to be told from the limit beside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, cast

from bilan.errors import BilanError
from bilan.policy.standards import StandardTable, standard_on, standard_tables

DIGITS = 10
STEPS = 10**DIGITS

Profile = Literal["auto", "manual"]
Body = Literal["river", "lake"]
BODIES: tuple[Body, ...] = ("river", "lake")


class WaterError(BilanError):
    """Data or options of a water evaluation do not fit; the message names the place."""


@dataclass(frozen=True, slots=True)
class Item:
    """One measured quantity: ``key`` is ours, ``code`` that of HJ 212-2017, ``names`` all spellings in plain form."""

    key: str
    code: str
    name: str
    unit: str
    names: frozenset[str]
    codes: frozenset[str]
    least: int | None
    most: int | None


def exact(text: str) -> int:
    """Return a printed number in steps of ``10**-DIGITS``.

    >>> exact("0.00005"), exact("-200")
    (500000, -2000000000000)

    Raises ValueError for a number that has finer digits.
    """
    steps = Decimal(text).scaleb(DIGITS)
    if steps != steps.to_integral_value():
        raise ValueError(f"{text}：小数位超过 {DIGITS} 位")
    return int(steps)


def plain(text: str) -> str:
    """Return a heading or a word without case, width, blanks and kinds of brackets.

    >>> plain(" 铬（六价） "), plain("NH3-N")
    ('铬(六价)', 'nh3-n')
    """
    folded = unicodedata.normalize("NFKC", text).strip().lower().replace("[", "(").replace("]", ")")
    return re.sub(r"\s+", "", folded)


def words(cell: str) -> list[str]:
    """The alternatives of a cell, which separates them by ``|``."""
    return cell.split("|") if cell else []


def items() -> dict[str, Item]:
    """Return every known item by its key, in the order of the table.

    >>> items()["nh3n"].name, items()["nh3n"].code, items()["cr6"].unit
    ('氨氮', 'w21003', 'mg/L')
    """
    (table,) = standard_tables("water.items")
    known = _read.get(id(table))
    if known is None or known[0] is not table:
        known = _read[id(table)] = (table, {item.key: item for item in _items(table)})
    return known[1]


_read: dict[int, tuple[StandardTable, dict[str, Item]]] = {}  # a table is read once; its identity tells folders apart


def _items(table: StandardTable) -> Iterator[Item]:
    for row in table.rows:
        names = frozenset(plain(n) for n in (row["item"], row["code"], row["name"], *words(row["aliases"])) if n)
        yield Item(
            key=row["item"],
            code=row["code"],
            name=row["name"],
            unit=row["unit"],
            names=names,
            codes=frozenset(n for n in names if re.fullmatch(r"w\d{5}", n)),
            least=exact(row["least"]) if row["least"] else None,
            most=exact(row["most"]) if row["most"] else None,
        )


def unit_factor(printed: str, unit: str) -> Fraction | None:
    """Return by what a value in the unit ``printed`` is multiplied to be in ``unit``, None for a stranger.

    >>> unit_factor("μg/L", "mg/L"), unit_factor("mg/L", "mg/m3"), unit_factor("kg", "mg/L")
    (Fraction(1, 1000), Fraction(1000, 1), None)
    """
    (table,) = standard_tables("water.units")
    wanted = plain(printed)
    for row in table.rows:
        if row["unit"] == unit and wanted in (plain(word) for word in row["words"].split("|")):
            return Fraction(int(row["multiply"]), int(row["divide"]))
    return None


def body_words() -> dict[str, str]:
    """Return the kind of water (``river``, ``lake``, ``groundwater``) by the words that name it, in plain form.

    >>> body_words()["水库"], body_words()["river"]
    ('lake', 'river')
    """
    (table,) = standard_tables("water.kinds")
    return {plain(word): row["kind"] for row in table.rows for word in row["words"].split("|")}


def evaluated_in(table: StandardTable, profile: Profile) -> tuple[str, ...]:
    """The items that ``table`` (kind ``water.surface.evaluated``) evaluates under ``profile``, in its order."""
    return tuple(row["item"] for row in table.rows if row["profile"] == profile)


def evaluated(profile: Profile, on: date | None = None) -> tuple[str, ...]:
    """Return the keys of the items evaluated under ``profile``: in any version of the table, or on the day ``on``.

    >>> evaluated("auto"), len(evaluated("manual"))
    (('ph', 'do', 'codmn', 'nh3n', 'tp'), 21)
    """
    tables = standard_tables("water.surface.evaluated") if on is None else (standard_on("water.surface.evaluated", on),)
    return tuple(dict.fromkeys(key for table in tables for key in evaluated_in(table, profile)))


def rule(name: str, on: date | None = None) -> int:
    """Return a single number of the evaluation method, such as ``sections_for_shares``: of ``on``, or of today.

    >>> rule("sections_for_shares"), rule("target_class")
    (5, 3)
    """
    return rule_in(standard_on("water.surface.rules", on or date.today()), name)


def rule_in(table: StandardTable, name: str) -> int:
    """The number ``name`` of ``table``, a table of rules; :class:`WaterError` where it has none."""
    for row in table.rows:
        if row["rule"] == name:
            return int(row["value"])
    raise WaterError(f"标准表 {table.name} 中没有 {name}")


def largest(name: str) -> int:
    """The largest number that the rule ``name`` has in any version of the evaluation method: how many columns it takes.

    >>> largest("main_pollutants")
    3
    """
    return max(rule_in(table, name) for table in standard_tables("water.surface.rules"))


def profile_named(text: str) -> Profile:
    """``text`` as a profile; :class:`WaterError` for anything else."""
    if text not in ("auto", "manual"):
        raise WaterError(f"评价方式应为 auto 或 manual，而不是 {text!r}")
    return cast(Profile, text)
