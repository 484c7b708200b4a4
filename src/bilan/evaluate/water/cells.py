"""One cell of a table of water data: a number, a number below the detection limit, or a mark in its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache

from bilan.evaluate.water.items import BODIES, DIGITS, Item, Profile, plain, rule
from bilan.evaluate.water.limits import ladder
from bilan.policy.standards import standard_tables

_BELOW = re.compile(r"(?:[<＜﹤]\s*=?\s*(?P<after>.+)|(?P<before>.+?)\s*[Ll])")
_MIDNIGHT = re.compile(r"(日|\d[\sT])\s*0?0(:00(:00(\.0*)?)?|[时点](0?0分?)?)\s*(Z|[+-]\d\d:?\d\d)?\s*$")
_HUGE = 9 * 10**17  # steps; more does not leave room for arithmetic
_MEMORY = 1 << 16


@dataclass(frozen=True, slots=True)
class Cell:
    """``steps`` of ``10**-10``, None without a number; ``mark`` names the item and why its value is missing."""

    steps: int | None
    mark: str | None


UNMEASURED = Cell(None, None)


def cell_reader(item: Item, profile: Profile, factor: Fraction = Fraction(1)) -> Callable[..., Cell]:
    """Return a function from the text of a cell and the kind of water to its value; equal texts are read once.

    Below the detection limit, written ``<0.05`` or ``0.05L``, half of it counts (环办监测函〔2020〕82号); where the
    detection limit lies above the class Ⅲ limit (of a water of unknown kind: the stricter one) nothing can be said.

    >>> from bilan.evaluate.water.items import items
    >>> read = cell_reader(items()["tp"], "auto")
    >>> read("0.1004").steps, read("0.02L", "lake").steps, read("--").mark, read("*")
    (1004000000, 100000000, '总磷（--）', Cell(steps=None, mark=None))
    """
    meanings = _meanings(profile)
    share = Fraction(rule("detection_share"), 100)
    ceilings = _class_three(item)

    def missing(text: str, why: str = "") -> Cell:
        return Cell(None, f"{item.name}（{why or text or '空'}）")

    @lru_cache(maxsize=_MEMORY)
    def read(text: str, body: str | None = None) -> Cell:
        text = text.strip()
        meaning = meanings.get(plain(text))
        if meaning == "unmeasured":
            return UNMEASURED
        if meaning:
            return missing(text, "未检出而没有检出限" if meaning == "below" else "")
        below = _BELOW.fullmatch(text)
        steps = _steps((below["after"] or below["before"]) if below else text, factor)
        if steps is None:
            return missing(text)
        if below:
            ceiling = ceilings.get(body or "", min(ceilings.values(), default=steps))
            if steps > ceiling:
                return missing(text, f"检出限 {text} 高于Ⅲ类限值")
            steps = int(steps * share)
        if (item.least is not None and steps < item.least) or (item.most is not None and steps > item.most):
            return missing(text, f"{text} 不可能")
        return Cell(steps, None)

    return read


def is_mark(text: str, profile: Profile) -> bool:
    """Whether ``text`` is one of the marks that stand for a value, nothing among them.

    >>> is_mark("--", "auto"), is_mark("极值", "auto")
    (True, False)
    """
    return plain(text) in _meanings(profile)


def read_day(text: str, clock: str = "") -> date | None:
    """Return the day in ``text``: 2021-04-01, 2021/4/1, 2021年4月, 20210401, with or without a time; None without one.

    ``clock``, where it is written ``MM-DD HH:MM``, is the moment of the observation: the year stands in ``text`` only,
    and an observation of a later month than that of the file is of the year before. A value labelled midnight is the
    last of the day before; a day without a time is that day.

    >>> read_day("2021/4/1 08:00"), read_day("2021-01-01", "12-31 20:00"), read_day("2021-04", "04-03 08:00")
    (datetime.date(2021, 4, 1), datetime.date(2020, 12, 31), datetime.date(2021, 4, 3))
    >>> read_day("2022-01-01 00:00"), read_day("2022-01-01")
    (datetime.date(2021, 12, 31), datetime.date(2022, 1, 1))
    """
    filed = _filed(text)
    moment = re.match(r"(\d{1,2})-(\d{1,2})(?!\d)", clock)
    if filed is None or moment is None:
        return _start_side(filed, text)
    month, day = int(moment[1]), int(moment[2])
    year = filed.year - 1 if month > filed.month else filed.year
    return _start_side(_date(year, month, day), clock)


def is_midnight(label: str) -> bool:
    """Whether ``label`` has a clock and it shows midnight, which belongs to the day before.

    >>> is_midnight("2024/3/1 0:00"), is_midnight("2024-03-01"), is_midnight("2024-03-01 10:00")
    (True, False, False)
    """
    return _MIDNIGHT.search(label) is not None


def _start_side(day: date | None, label: str) -> date | None:
    """The day in which the interval began that ends at ``label``."""
    return day - timedelta(days=1) if day is not None and is_midnight(label) else day


@lru_cache(maxsize=_MEMORY)
def _filed(text: str) -> date | None:
    match = re.match(r"\s*(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?)?(?!\d)", text)
    match = match or re.match(r"\s*(\d{4})(\d{2})(\d{2})?(?!\d)", text)
    if match is None:
        return None
    return _date(int(match[1]), int(match[2] or 1), int(match[3] or 1))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _meanings(profile: Profile) -> dict[str, str]:
    (table,) = standard_tables("water.marks")
    return {
        plain(word): row["meaning"]
        for row in table.rows
        if row["profile"] == profile
        for word in row["words"].split("|")
    }


def _steps(text: str, factor: Fraction) -> int | None:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    if abs(number) > _HUGE:  # 1e999999 would be a whole number of a million digits
        return None
    scaled = round(Fraction(number) * factor * 10**DIGITS)  # half to even
    return scaled if abs(scaled) < _HUGE else None


def _class_three(item: Item) -> dict[str, int]:
    """The class Ⅲ limit of ``item`` by kind of water, the laxest of all versions; none without an upper limit."""
    target = rule("target_class")
    found: dict[str, int] = {}
    for table in standard_tables("water.surface.limits"):
        for body in BODIES:
            steps = ladder(table, item.key, body)
            limit = steps.limit(target) if steps else None
            if limit is not None:
                found[body] = max(limit, found.get(body, limit))
    return found
