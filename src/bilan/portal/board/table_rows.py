"""Rows of tables in the text of a plan: a line whose cells stand between tabs, below the line of their heads."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TITLE = re.compile(r"(?:附?表|专栏)\s*[\d一二三四五六七八九十]*\s*\S.*")
_LONGEST = 40  # characters of a line that is the title of a table
_GOES_ON = "。；：，"  # ends of sentences, not of titles
_NUMBER = re.compile(r"[≥≤<>＜＞~～\-—−+±约\s]*\d[\d.,]*\s*[%％‰]?")
_NOTHING = {"", "-", "—", "——", "–", "/"}


@dataclass(frozen=True)
class Cell:
    """A cell under the head of its column, where there is one; ``of_clause``: whether the clause holds some of it."""

    head: str
    words: str
    of_clause: bool


@dataclass(frozen=True)
class TableRow:
    """A row with the title of its table; both may say nothing."""

    title: str
    cells: tuple[Cell, ...]

    @property
    def has_heads(self) -> bool:
        """Whether it is known what its cells are."""
        return any(one.head for one in self.cells)

    @property
    def words(self) -> str:
        """The cells of the clause one after another."""
        return "，".join(one.words for one in self.cells if one.of_clause and one.words)


def row_at(text: str, start: int, end: int) -> TableRow | None:
    """Return the row of the table in which the clause from ``start`` to ``end`` stands, None where it is in no table.

    >>> text = "表1  主要指标\\n指标\\t2025年\\t2028年\\n优良率（%）\\t84.2\\t86\\n"
    >>> row = row_at(text, text.index("优良"), text.index("86") + 2)
    >>> row.title, [(one.head, one.words) for one in row.cells]
    ('表1 主要指标', [('指标', '优良率（%）'), ('2025年', '84.2'), ('2028年', '86')])
    >>> row_at(text, 0, 2) is None
    True
    """
    if not 0 <= start < end <= len(text):
        return None
    first, last = text.rfind("\n", 0, start) + 1, _end_of_line(text, end - 1)
    line = text[first:last]
    if "\t" not in line or "\n" in line:
        return None
    above = _above(text, first)
    heads = _heads(above, line)
    cells, at = [], first
    for number, words in enumerate(line.split("\t")):
        of_clause = at < end and start < at + len(words)
        told = "" if words.strip() in _NOTHING else " ".join(words.split())
        cells.append(Cell(heads[number] if heads else "", told, of_clause))
        at += len(words) + 1
    return TableRow(_title(text, first - sum(len(one) + 1 for one in above)), tuple(cells))


def _end_of_line(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found


def _above(text: str, first: int) -> list[str]:
    """The rows of the table above the one that begins at ``first``, the uppermost first."""
    found: list[str] = []
    while first > 0:
        before = text.rfind("\n", 0, first - 1) + 1
        line = text[before : first - 1]
        if "\t" not in line:
            break
        found.insert(0, line)
        first = before
    return found


def _heads(above: list[str], line: str) -> list[str]:
    """The heads of the columns: the uppermost row, if it has as many cells and none of them is a number."""
    heads = [" ".join(one.split()) for one in above[0].split("\t")] if above else []
    if len(heads) != line.count("\t") + 1 or any(_NUMBER.fullmatch(one) for one in heads):
        return []
    return heads


def _title(text: str, first: int) -> str:
    """The line above the table that begins at ``first``, if it is a title."""
    line = text[text.rfind("\n", 0, max(0, first - 1)) + 1 : max(0, first - 1)].strip()
    is_title = len(line) <= _LONGEST and line[-1:] not in _GOES_ON and _TITLE.fullmatch(line)
    return " ".join(line.split()) if is_title else ""
