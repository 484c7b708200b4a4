"""What the heading of a column says: which item, in which unit, displayed or unrounded.

See Also: :mod:`bilan.evaluate.water.tables`, which puts the columns of a file together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bilan.evaluate.water.items import items, plain
from bilan.policy.standards import standard_tables

RAW = "_raw"
_BRACKET = re.compile(r"(.+)\(([^()]*)\)")
_AFTER_A_SIGN = re.compile(r"(.+?)[,:](.+)")
_SIGNS = "_,:/-·"
_OWN_SIGN = re.compile(r".*(/l|/m3)")  # a unit that needs no sign before it
_MUCH = re.compile(r"[mμun]?g/(l|m3)")  # a unit that only a measured quantity has


@dataclass(frozen=True, slots=True)
class Heading:
    """The item that a heading names (its key), the unit that it prints (empty without one), and which value it is."""

    item: str
    unit: str
    raw: bool


def heading(name: str) -> Heading | None:
    """Return what ``name`` says, None when it names no item.

    Brackets and endings are taken off one by one: a unit, another name of the same item, a qualifier such as 以N计,
    ``_raw`` for the unrounded value.

    >>> heading("高锰酸盐指数（CODMn）(mg/L)")
    Heading(item='codmn', unit='mg/l', raw=False)
    >>> heading("do_raw(mg/L)")
    Heading(item='do', unit='mg/l', raw=True)
    >>> heading("氨氮评价")
    """
    known = names()
    text, told = plain(name), []
    while text not in known:
        shorter = _shorter(text)
        if shorter is None:
            return None
        text, parts = shorter
        told += parts
    item = items()[known[text]]
    units = (part for part in told if part != RAW and part not in item.names and not _qualifies(part))
    return Heading(item.key, next(units, ""), RAW in told)


def unit_in(name: str) -> str:
    """Return the unit that a heading prints whose item a person has told, empty without one.

    >>> unit_in("磷含量（ug/L）"), unit_in("磷含量(现场)")
    ('ug/l', '')
    """
    text, told = plain(name), []
    while (shorter := _shorter(text)) is not None:
        text, parts = shorter
        told += parts
    return next((part for part in told if part in _units()), "")


def names() -> dict[str, str]:
    """The key of every item by each of its names in plain form."""
    return {name: item.key for item in items().values() for name in item.names}


def lost_items(headings: Iterable[str]) -> Iterator[str]:
    """Those of the unclaimed ``headings`` that seem to hold an item.

    >>> list(lost_items(["断面", "氨氮x", "tp_flag", "未知物(mg/L)", "设站时间"]))
    ['氨氮x', 'tp_flag', '未知物(mg/L)']
    """
    words = {name for name in names() if len(name) > 1}
    latin = {word for word in words if word.isascii()}
    for name in headings:
        text = plain(name)
        tokens = set(re.findall(r"[a-z0-9]+", name.lower()))
        if tokens & latin or any(word in text for word in words - latin) or _MUCH.search(text):
            yield name


def matches(name: str, role: str) -> bool:
    """Whether the heading ``name`` is written as columns of ``role`` are (``*`` stands for any text).

    >>> matches("上期类别", "result"), matches("目标类别", "kept"), matches("溶解氧", "result")
    (True, True, False)
    """
    return any(fnmatchcase(plain(name), pattern) for pattern in usual_names(role))


def usual_names(role: str) -> list[str]:
    """The usual headings of ``role`` in plain form."""
    (table,) = standard_tables("water.columns")
    return [plain(word) for row in table.rows if row["role"] == role for word in row["names"].split("|")]


def assumed_unit(item: str, header: Sequence[str]) -> str | None:
    """Return the unit of a column of ``item`` whose heading prints none; None when it needs no mention.

    >>> assumed_unit("chla", ["chla", "chla_raw"]), assumed_unit("chla", ["chla"]), assumed_unit("tp", ["tp"])
    ('mg/L', 'mg/m3', None)
    """
    there = {plain(name) for name in header}
    (table,) = standard_tables("water.assumed")
    for row in table.rows:
        if row["item"] == item and there.issuperset(row["beside"].split("|") if row["beside"] else ()):
            return row["unit"]
    return None


def _shorter(text: str) -> tuple[str, list[str]] | None:
    """``text`` without its last bracket or ending, and what that said; None when there is nothing to take off."""
    if text.endswith(RAW):
        return text.removesuffix(RAW), [RAW]
    if bracket := _BRACKET.fullmatch(text):
        return bracket[1], [bracket[2]] if bracket[2] in _units() else re.split("[,;]", bracket[2])
    for word in sorted(_units(), key=len, reverse=True):
        rest = text.removesuffix(word)
        if len(word) > 1 and rest and rest != text and (rest[-1] in _SIGNS or _OWN_SIGN.fullmatch(word)):
            return rest.rstrip(_SIGNS), [word]
    ending = _AFTER_A_SIGN.fullmatch(text)
    return (ending[1], [ending[2]]) if ending else None


def _units() -> frozenset[str]:
    (table,) = standard_tables("water.units")
    return frozenset(plain(word) for row in table.rows for word in row["words"].split("|"))


def _qualifies(part: str) -> bool:
    (table,) = standard_tables("water.qualifiers")
    return any(part == plain(word) for row in table.rows for word in row["words"].split("|"))
