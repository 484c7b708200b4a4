"""Surface water from records of automatic stations to classes and shares, in plain Python. Nothing of bilan's.

GB 3838-2002 table 1 by the worst of five items; 环办〔2011〕22号: a month is the mean of its values, a year or the
part of one that is over that of its months (every one of them); an item that is measured and has no valid value leaves
the section without a class. From 2020 on the mean of pH is that of the ions.
"""

from __future__ import annotations

import csv
import gzip
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from .board_rules import Found, Goal, Left, mean_room, rounded

ITEMS = {"ph": "pH", "do": "溶解氧", "codmn": "高锰酸盐指数", "nh3n": "氨氮", "tp": "总磷"}
CLASSES = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}
WORST = 6
WITHHELD = {"-", "--", "—", "极值过滤"}
ABSENT = {"", "*"}
JUDGED = Fraction(75, 100)  # of the sections must have a class

Record = Mapping[str, str]
Limits = Mapping[tuple[str, str], Mapping[int, tuple[Fraction | None, Fraction | None]]]


def limits(path: Path) -> Limits:
    """Lower and upper limit of every class by item and body, as the table of the standard has them."""
    names = {name: item for item, name in ITEMS.items()}
    found: dict[tuple[str, str], dict[int, tuple[Fraction | None, Fraction | None]]] = defaultdict(dict)
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["item"] in names and row["class"] in CLASSES:
                ends = tuple(Fraction(row[end]) if row[end] else None for end in ("lower", "upper"))
                for body in ("river", "lake") if row["water_body"] == "all" else (row["water_body"],):
                    found[names[row["item"]], body][CLASSES[row["class"]]] = ends[0], ends[1]
    return found


def records(path: Path) -> list[dict[str, str]]:
    """The records of stations that report nearly every day, one for a section and moment, their months moved by eight.

    The file has May to April; moved, that is a whole year, 2021. A day that its new month does not have is left out.
    """
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["obs_time"].strip()]
    often: dict[tuple[str, ...], int] = defaultdict(int)
    for row in rows:
        often[section(row)] += 1
    seen, kept = set(), []
    for row in rows:
        month, day = (int(part) for part in row["obs_time"][:5].split("-"))
        moved = (month - 5) % 12 + 1
        key = (section(row), row["obs_time"])
        stale = row["file_date"][5:7] != row["obs_time"][:2] or row["obs_time"].endswith(" 00:00")
        if often[section(row)] < 200 or key in seen or stale or (moved == 2 and day > 28):
            continue
        if day > 30 and moved in (4, 6, 9, 11):
            continue
        seen.add(key)
        when = f"{moved:02}-{day:02}"
        kept.append(row | {"obs_time": when + row["obs_time"][5:], "file_date": f"2021-{when}"})
    return kept


def section(row: Record) -> tuple[str, str, str]:
    return row["province"], row["basin"], row["section"]


@dataclass(frozen=True)
class Month:
    """The mean of every item with a value, and the items that are measured and have none."""

    means: Mapping[str, Fraction]
    withheld: frozenset[str]


@dataclass(frozen=True)
class Section:
    """A section in its months; ``body`` is None where nobody knows whether it is a river or a lake."""

    body: str | None
    months: Mapping[int, Month]

    def means(self, first: int, last: int) -> dict[str, Fraction]:
        """The mean of every item over these months, where enough of them have one."""
        months = [self.months[m] for m in range(first, last + 1) if m in self.months]
        found: dict[str, Fraction] = {}
        for item in ITEMS:
            values = [month.means[item] for month in months if item in month.means]
            if values and len(values) >= least(first, last):
                found[item] = mean(item, values)
        return found

    def number(self, first: int, last: int, table: Limits) -> int | None:
        """The class (1 to 6) of these months, None where it cannot be said."""
        months = [self.months[m] for m in range(first, last + 1) if m in self.months]
        found = self.means(first, last)
        touched = {item for month in months for item in (*month.means, *month.withheld)}
        if not found or touched - found.keys():
            return None
        bodies = [self.body] if self.body else ["river", "lake"]
        numbers = {max(_class(item, value, body, table) for item, value in found.items()) for body in bodies}
        return numbers.pop() if len(numbers) == 1 else None


def least(first: int, last: int) -> int:
    """How many months of a part of a year there must be: all."""
    return last - first + 1


def mean(item: str, values: Iterable[Fraction]) -> Fraction:
    listed = list(values)
    if item == "ph":
        return Fraction(-math.log10(sum(10.0 ** -float(value) for value in listed) / len(listed)))
    return sum(listed, Fraction(0)) / len(listed)


def _class(item: str, value: Fraction, body: str, table: Limits) -> int:
    for number, (lower, upper) in sorted(table[item, body].items()):
        if (lower is None or value >= lower) and (upper is None or value <= upper):
            return number
    return WORST


@dataclass(frozen=True)
class Waters:
    """All sections by their key."""

    rows: list[dict[str, str]]
    kinds: Mapping[tuple[str, ...], str]

    @cached_property
    def sections(self) -> dict[tuple[str, str, str], Section]:
        cells: dict[tuple[str, str, str], dict[int, list[Record]]] = defaultdict(lambda: defaultdict(list))
        for row in self.rows:
            cells[section(row)]  # a section is there even where nothing of it counts
            if row["status"] == "正常":
                cells[section(row)][int(row["obs_time"][:2])].append(row)
        return {
            key: Section(self.kinds.get(key), {month: _month(rows) for month, rows in months.items()})
            for key, months in cells.items()
        }


def _month(rows: list[Record]) -> Month:
    means, withheld = {}, set()
    for item in ITEMS:
        told = [row[f"{item}_raw"] if row[f"{item}_raw"] not in WITHHELD | ABSENT else row[item] for row in rows]
        values = [Fraction(cell) for cell in told if cell not in WITHHELD | ABSENT]
        if values:
            means[item] = mean(item, values)
        elif any(cell in WITHHELD for cell in told):
            withheld.add(item)
    return Month(means, frozenset(withheld))


def share(numbers: list[int | None], counted: set[int]) -> tuple[int, int, Decimal | None, bool]:
    """Sections counted, sections with a class, the share in percent, and whether enough of them have a class."""
    known = [number for number in numbers if number is not None]
    hits = sum(number in counted for number in known)
    value = rounded(Fraction(100 * hits, len(known)), 1) if known else None
    return hits, len(known), value, bool(known) and len(known) >= JUDGED * len(numbers)


def class_room(found: Section, first: int, last: int, end: int, allowed: int, table: Limits) -> Found:
    """By what factor of its mean so far the item that asks most may stand in the months left, or must."""
    left = end - last
    asked = list(_factors(found, first, last, left, allowed, table))
    over = any(beyond for _, beyond, _, _ in asked)
    if not left:
        return ("missed" if over else "met"), None
    if any(lost for _, _, _, lost in asked):
        return "impossible", None
    _, _, factor, _ = min(asked, key=lambda one: one[0])
    return ("behind" if over else "open"), factor


def _factors(
    found: Section, first: int, last: int, left: int, allowed: int, table: Limits
) -> Iterator[tuple[Fraction, bool, Fraction, bool]]:
    """Ease, whether the item is beyond its limit, its factor rounded to the safe side, whether it is lost."""
    for item, value in found.means(first, last).items():
        lower, upper = table[item, found.body or "river"][allowed]
        n = sum(item in found.months[m].means for m in range(first, last + 1) if m in found.months)
        if (lower is None) == (upper is None) or not left:
            continue
        edge = upper if upper is not None else lower
        assert edge is not None
        exact = ((n + left) * edge - n * value) / (left * value)
        hundred = math.floor(exact * 100) if upper is not None else math.ceil(exact * 100)
        lost = upper is not None and exact < 0
        ease = exact if upper is not None else (1 / exact if exact > 0 else Fraction(10**9))
        beyond = value > edge if upper is not None else value < edge
        yield ease, beyond, Fraction(max(hundred, 0), 100), lost


def phosphorus_room(found: Section, first: int, last: int, end: int, goal: Goal) -> Found:
    """How high total phosphorus may be on average in the months left."""
    n = sum("tp" in found.months[m].means for m in range(first, last + 1) if m in found.months)
    return mean_room(goal, found.means(first, last)["tp"] * n, n, Left(end - last, 1, 1))
