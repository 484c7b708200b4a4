"""Automatic list numbers of a docx: Word computes them when it prints, so they are not in the text.

A paragraph names a list (``w:num``) and a level; the list refers to an abstract one whose levels say how to count and
how to print (``w:lvlText``: ``（%1）``, ``%1、``, ``%1.%2``). All lists of one abstract list share its counters, unless
a list restarts them (``w:startOverride``).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from bilan.plan.readers.docx_numerals import numeral

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS: Final = 9
_CLOSING: Final = tuple("、，。．.)）]】〕》:：;； ")


def value(element: Any, path: str, attribute: str = "val") -> str | None:
    """The attribute of the descendant at ``path`` (``pPr/numPr/numId``), None where either is missing."""
    found = element.find("/".join(W + step for step in path.split("/")))
    return None if found is None else found.get(W + attribute)


def whole(text: str | None, default: int) -> int:
    """The integer in an attribute, ``default`` when it is missing or is none."""
    try:
        return int(text) if text is not None else default
    except ValueError:
        return default


@dataclass(frozen=True, slots=True)
class _Level:
    """How one level counts and prints."""

    start: int = 1
    number_format: str = "decimal"
    text: str = ""
    restart: int | None = None  # 0: never; n: when a level up to n was used; None: after any level above
    is_legal: bool = False  # prints every number in decimals
    style: str | None = None  # the paragraph style that uses this level

    @classmethod
    def of(cls, element: Any) -> _Level:
        legal = element.find(W + "isLgl")
        restart = value(element, "lvlRestart")
        return cls(
            start=whole(value(element, "start"), 1),
            number_format=value(element, "numFmt") or "decimal",
            text=value(element, "lvlText") or "",
            restart=None if restart is None else whole(restart, 0),
            is_legal=legal is not None and legal.get(W + "val") not in ("0", "false", "off"),
            style=value(element, "pStyle"),
        )


@dataclass(slots=True)
class _List:
    """One ``w:num``: its levels, the counters it shares, and where it restarts them."""

    abstract: str
    levels: dict[int, _Level]
    restarts: dict[int, int]


@dataclass(slots=True)
class Numbering:
    """Counts along the document; ask once for each paragraph, in order."""

    lists: dict[str, _List] = field(default_factory=dict)
    counters: dict[str, list[int | None]] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, root: Any | None) -> Numbering:
        """The lists in ``numbering.xml``."""
        numbering = cls()
        if root is None:
            return numbering
        abstracts = {a.get(W + "abstractNumId"): a for a in root.findall(W + "abstractNum")}
        by_link = {value(a, "styleLink"): key for key, a in abstracts.items() if value(a, "styleLink")}
        for num in root.findall(W + "num"):
            abstract = value(num, "abstractNumId")
            if abstract in abstracts:  # a linked list has its levels elsewhere
                abstract = by_link.get(value(abstracts[abstract], "numStyleLink"), abstract)
            if abstract in abstracts and num.get(W + "numId"):
                numbering.lists[num.get(W + "numId")] = _list(num, str(abstract), abstracts[abstract])
        return numbering

    def level_of_style(self, num_id: str, style: str) -> int:
        """The level that a list ties to a paragraph style, the outermost when it ties none."""
        levels = self.lists[num_id].levels if num_id in self.lists else {}
        return next((number for number, level in levels.items() if level.style == style), 0)

    def next(self, num_id: str, level: int) -> str:
        """The printed number of the next paragraph at ``level`` (0 outermost) of a list; empty for bullets."""
        found = self.lists.get(num_id)
        if found is None or not 0 <= level < _LEVELS:
            return ""
        counters = self.counters.setdefault(found.abstract, [None] * _LEVELS)
        if num_id not in self.begun:
            self.begun.add(num_id)
            for restarted, start in found.restarts.items():
                counters[restarted] = None
                found.levels[restarted] = replace(found.levels.get(restarted, _Level()), start=start)
        own = found.levels.get(level, _Level())
        current = counters[level]
        counters[level] = own.start if current is None else current + 1
        for deeper in range(level + 1, _LEVELS):
            restart = found.levels.get(deeper, _Level()).restart
            if restart is None or level < restart:
                counters[deeper] = None
        return _printed(found, own, counters)


def _list(num: Any, abstract: str, element: Any) -> _List:
    levels = {whole(lvl.get(W + "ilvl"), 0): _Level.of(lvl) for lvl in element.findall(W + "lvl")}
    restarts: dict[int, int] = {}
    for override in num.findall(W + "lvlOverride"):
        level = whole(override.get(W + "ilvl"), 0)
        own, start = override.find(W + "lvl"), value(override, "startOverride")
        if own is not None:
            levels[level] = _Level.of(own)
        if start is not None and 0 <= level < _LEVELS:
            restarts[level] = whole(start, 1)
    return _List(abstract, levels, restarts)


def _printed(found: _List, own: _Level, counters: list[int | None]) -> str:
    if own.number_format == "bullet":  # lvlText is then a sign of a symbol font
        return ""
    text = own.text
    for position in range(_LEVELS):
        if f"%{position + 1}" not in text:
            continue
        level = found.levels.get(position, _Level())
        number = counters[position]
        if number is None:
            number = counters[position] = level.start
        text = text.replace(f"%{position + 1}", numeral(number, "decimal" if own.is_legal else level.number_format))
    return text.strip()


def joined(number: str, text: str) -> str:
    """What stands between a number and its text: a blank where they would run together (``1.1 总则``, ``第一章 总则``).

    >>> joined("（一）", "加强"), joined("第一章", "总则"), joined("1.", "2025年")
    ('', ' ', ' ')
    """
    if not number or not text:
        return ""
    runs_together = number[-1] in ".．" and text[:1].isdigit()
    return " " if runs_together or not number.endswith(_CLOSING) else ""
