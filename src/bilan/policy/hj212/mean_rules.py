"""How minute, hour and day values follow from real-time values: the dated tables ``means_*.csv`` of this folder.

A rule is found by the system code ``ST`` of the outlet (``*`` for all the others), the level (``minute``, ``hour``,
``day``) and the day (START side, Asia/Shanghai). Every row names its source and whether it is ``verified``: the
standard or two sources say so. Of HJ 356-2019 chapters 7 and 8, and of what HJ 212-2025 changed, nothing was read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar, cast

Level = Literal["minute", "hour", "day"]
Mean = Literal["arithmetic", "flow", "hydrogen", "direction", "energetic"]
Role = Literal["", "flow", "oxygen"]
Amount = Literal["mean", "sum"]

CountLevel = Literal["sample", "minute", "hour", "day"]

LEVELS: tuple[Level, ...] = ("minute", "hour", "day")
OTHERS = "*"
_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Dated:
    """What every rule has: the ``st`` it is for, its validity (half open, None is open) and where it stands."""

    st: str
    valid_from: date | None
    valid_to: date | None
    source: str
    verified: bool

    def holds_on(self, day: date) -> bool:
        """Whether the rule judges the data of ``day``."""
        return (self.valid_from or date.min) <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class CountRule(Dated):
    """How many parts an interval needs: ``least`` of every ``of`` that are due.

    Of ``sample`` these are the instants of a minute, of ``minute`` the minutes of minute data (MinInterval), of
    ``hour`` its minutes, of ``day`` its hours.
    ``every`` limits the rule to instants that come at least that often (seconds); None is for any.
    """

    level: CountLevel
    every: int | None
    least: int
    of: int

    def needed(self, due: int) -> int:
        """How many of ``due`` parts must be good, rounded up; never none.

        >>> hour = count_rule("31", "hour", 60, date(2024, 1, 1))
        >>> hour.needed(60), hour.needed(6), hour.needed(1)
        (45, 5, 1)
        """
        return max(1, -(-due * self.least // self.of))

    def needed_seconds(self, interval: int, part: int) -> int:
        """How many of the seconds of an ``interval`` must be covered by parts that last ``part`` each.

        >>> hour = count_rule("31", "hour", 60, date(2024, 1, 1))
        >>> hour.needed_seconds(3600, 60), hour.needed_seconds(3600, 2000)
        (2700, 2000)
        """
        share = -(-interval * self.least // self.of)
        return min(share, self.needed(interval // part) * part)


@dataclass(frozen=True, slots=True)
class MarkRule(Dated):
    """Which flag an interval bears.

    ``share`` percent of its parts must be normal; where fewer are, the flag is the first of the letters ``gravest``
    that a part bears, else ``otherwise``. ``few`` is for parts that are normal but too few. Where fewer than ``valued``
    percent are normal there is no value.
    """

    share: int
    valued: int
    gravest: str
    otherwise: str
    few: str


@dataclass(frozen=True, slots=True)
class KindRule(Dated):
    """Which ``mean`` the factors have whose code begins with ``factor``; the longest beginning prevails.

    ``role`` says which factor is the flow and the oxygen of an outlet, ``corrected`` which are converted to the
    reference oxygen.
    """

    factor: str
    mean: Mean
    role: Role
    corrected: bool


@dataclass(frozen=True, slots=True)
class AmountRule(Dated):
    """How the emitted amount of an interval follows: ``mean`` concentration times volume, or ``sum`` of its parts."""

    level: Level
    amount: Amount


@dataclass(frozen=True, slots=True)
class UnitFactor:
    """What a ``unit`` makes of an amount: m³/s of a flow, kg/m³ of a concentration; the amount is in ``canonical``."""

    unit: str
    of: Literal["flow", "concentration"]
    factor: Fraction
    canonical: str


_Rule = TypeVar("_Rule", bound=Dated)


@cache
def count_rules() -> tuple[CountRule, ...]:
    """Every row of ``means_counts.csv`` in file order.

    >>> [(rule.least, rule.of) for rule in count_rules() if rule.st == "31" and rule.level == "day"]
    [(20, 24)]
    """
    return tuple(
        CountRule(*_dated(row), cast(CountLevel, row["level"]), _whole(row["every"]), int(row["least"]), int(row["of"]))
        for row in _rows("means_counts.csv")
    )


@cache
def mark_rules() -> tuple[MarkRule, ...]:
    """Every row of ``means_marks.csv`` in file order.

    >>> {rule.st: rule.share for rule in mark_rules()}
    {'31': 75, '32': 100, '*': 75}
    """
    return tuple(
        MarkRule(*_dated(row), int(row["share"]), int(row["valued"]), row["gravest"], row["otherwise"], row["few"])
        for row in _rows("means_marks.csv")
    )


@cache
def kind_rules() -> tuple[KindRule, ...]:
    """Every row of ``means_kinds.csv`` in file order.

    >>> [(rule.st, rule.factor) for rule in kind_rules() if rule.role == "flow"]
    [('31', 'a00000'), ('32', 'w00000')]
    """
    return tuple(
        KindRule(
            *_dated(row), row["factor"], cast(Mean, row["mean"]), cast(Role, row["role"]), row["corrected"] == "yes"
        )
        for row in _rows("means_kinds.csv")
    )


@cache
def amount_rules() -> tuple[AmountRule, ...]:
    """Every row of ``means_amounts.csv`` in file order.

    >>> {rule.level: rule.amount for rule in amount_rules() if rule.st == "31"}
    {'minute': 'mean', 'hour': 'mean', 'day': 'sum'}
    """
    return tuple(
        AmountRule(*_dated(row), cast(Level, row["level"]), cast(Amount, row["amount"]))
        for row in _rows("means_amounts.csv")
    )


@cache
def unit_factors() -> tuple[UnitFactor, ...]:
    """Every row of ``means_units.csv`` in file order.

    >>> [str(unit.factor) for unit in unit_factors() if unit.unit == "L/s"]
    ['1/1000']
    """
    return tuple(
        UnitFactor(
            row["unit"],
            cast(Literal["flow", "concentration"], row["of"]),
            Fraction(row["factor"]),
            row["canonical"],
        )
        for row in _rows("means_units.csv")
    )


@cache
def oxygen_of_air() -> float:
    """The oxygen of air in percent, as formulas of conversion to the reference oxygen use it.

    >>> oxygen_of_air()
    21.0
    """
    (row,) = _rows("means_oxygen.csv")
    return float(row["air"])


def count_rule(st: str, level: CountLevel, every: int, day: date) -> CountRule:
    """The rule for an outlet whose instants come ``every`` so many seconds; the strictest that applies comes first.

    >>> count_rule("31", "sample", 5, date(2024, 1, 1)).least, count_rule("31", "sample", 60, date(2024, 1, 1)).least
    (12, 75)
    """
    rules = [rule for rule in count_rules() if rule.level == level and (rule.every is None or every <= rule.every)]
    return _for(st, sorted(rules, key=lambda rule: rule.every is None), day)


def mark_rule(st: str, day: date) -> MarkRule:
    """The rule of flags for an outlet of ``st``.

    >>> mark_rule("22", date(2024, 1, 1)).share
    75
    """
    return _for(st, mark_rules(), day)


def kind_rule(st: str, factor: str, day: date) -> KindRule:
    """The mean of ``factor`` at an outlet of ``st``: the longest beginning, of equals the rule of the ``st``.

    >>> [kind_rule("32", code, date(2024, 1, 1)).mean for code in ("w01018", "w01001", "w00000")]
    ['flow', 'arithmetic', 'arithmetic']
    >>> kind_rule("21", "w01001", date(2024, 1, 1)).mean, kind_rule("31", "a01008", date(2024, 1, 1)).mean
    ('hydrogen', 'direction')
    """
    rules = [rule for rule in kind_rules() if factor.startswith(rule.factor) and rule.st in {st, OTHERS}]
    longest = max(len(rule.factor) for rule in rules if rule.holds_on(day))
    return _for(st, [rule for rule in rules if len(rule.factor) == longest], day)


def amount_rule(st: str, level: Level, day: date) -> AmountRule | None:
    """The rule of amounts for an outlet of ``st``; None where nothing is emitted, as at a station of ambient air.

    >>> amount_rule("22", "hour", date(2024, 1, 1)) is None
    True
    """
    found = (rule for rule in amount_rules() if rule.st == st and rule.level == level and rule.holds_on(day))
    return next(found, None)


def turning_days() -> tuple[date, ...]:
    """The days on which some rule begins or ends, in order: between them all rules stay the same.

    >>> turning_days()
    (datetime.date(2026, 1, 1),)
    """
    rules: list[Dated] = [*count_rules(), *mark_rules(), *kind_rules(), *amount_rules()]
    return tuple(sorted({day for rule in rules for day in (rule.valid_from, rule.valid_to) if day}))


def _for(st: str, rules: Iterable[_Rule], day: date) -> _Rule:
    """The first of ``rules`` on ``day`` that is for ``st``, else for all; the tables have one for all of them."""
    held = [rule for rule in rules if rule.holds_on(day)]
    own = next((rule for rule in held if rule.st == st), None)
    return own or next(rule for rule in held if rule.st == OTHERS)


def _rows(name: str) -> Iterator[dict[str, str]]:
    return iter(csv.DictReader((_FOLDER / name).read_text(encoding="utf-8").splitlines(), strict=True))


def _dated(row: dict[str, str]) -> tuple[str, date | None, date | None, str, bool]:
    return row["st"], _day(row["valid_from"]), _day(row["valid_to"]), row["source"], row["status"] == "verified"


def _day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


def _whole(cell: str) -> int | None:
    return int(cell) if cell else None
