"""How one value stands in a workbook cell and how it is read back: one codec per type of column.

A codec's ``show`` gives what the writer puts into the cell. Its ``read`` takes a cell that a person changed and raises
ValueError with a reason in Chinese. Cells that still show what was written are never read, so nothing is lost on the
way through a spreadsheet program; :func:`same_cell` decides.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bilan.plan.ids import squeeze
from bilan.plan.wording import YES_NO
from bilan.plan.workbook.periods import written_period

Shown = str | float | None

LONGEST_CELL = 32_000  # characters; a spreadsheet holds 32,767
LARGEST_NUMBER = 9.9e307  # what a spreadsheet holds
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA_LIKE = ("=", "+", "-", "@", "\t", "\r")
_SEPARATOR_OUTSIDE_BRACKETS = re.compile(r"[、，；;,](?![^（(]*[）)])")


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as it came out of the file; ``value`` of a formula is its text."""

    value: object = None
    number_format: str = "General"
    is_formula: bool = False
    is_error: bool = False

    @property
    def is_blank(self) -> bool:
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())


BLANK = RawCell()


@dataclass(slots=True)
class Names:
    """What the closed columns may name: each table maps an id to the words shown beside it."""

    tables: dict[str, dict[str, str]] = field(default_factory=dict)


def looks_like_formula(text: str) -> bool:
    """Return whether a spreadsheet program could take the text for a formula or a command."""
    return text.startswith(_FORMULA_LIKE)


def writable(text: str) -> str:
    """Return the text as a cell can hold it: line feeds only, no control characters, not too long."""
    text = _UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > LONGEST_CELL:
        text = text[:LONGEST_CELL] + "……"
    return _ESCAPE_LIKE.sub("_x005F_", text)


def same_cell(cell: RawCell, shown: Shown) -> bool:
    """Return whether the cell still shows what the writer put there."""
    if cell.is_formula or cell.is_error:
        return False
    if isinstance(shown, str) and not isinstance(cell.value, str) and cell.value is not None:
        return False
    if isinstance(cell.value, str) or isinstance(shown, str):
        return _comparable(cell.value) == _comparable(shown)
    if isinstance(cell.value, bool) or "%" in cell.number_format:
        return False
    if isinstance(cell.value, int | float) and isinstance(shown, int | float):
        return math.isclose(cell.value, shown, rel_tol=1e-14)  # spreadsheets keep fifteen digits
    return cell.value == shown


def _comparable(value: object) -> str:
    # Excel drops the escape of an escape when it saves, openpyxl keeps it in inline strings: drop it on both sides
    return "" if value is None else writable(str(value)).replace("x005F_", "").strip()


def cell_text(cell: RawCell) -> str:
    """Return the cell's value as the person sees it; a day that a program made of ``2025-03`` is a month again."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, date):  # datetime is one
        day_shown = "d" in re.sub(r'"[^"]*"|\[[^\]]*\]', "", cell.number_format).lower()
        return value.strftime("%Y-%m-%d" if day_shown else "%Y-%m")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


@dataclass(frozen=True)
class Codec:
    """One type of column; ``choices`` are its closed words, ``table`` names the table of :class:`Names` it draws on."""

    number_format: str = "@"
    choices: tuple[str, ...] = ()
    table: str | None = None

    def show(self, value: object, names: Names) -> Shown:
        """Return what the writer puts into the cell."""
        return None if value is None else str(value)

    def read(self, cell: RawCell, names: Names) -> object:
        """Return the value of a cell that a person changed; ValueError says in Chinese what was expected."""
        raise NotImplementedError


@dataclass(frozen=True)
class Text(Codec):
    """Free words."""

    def read(self, cell: RawCell, names: Names) -> str | None:
        return cell_text(cell) or None


@dataclass(frozen=True)
class Number(Codec):
    """A finite number, kept as a number."""

    number_format: str = "General"

    def show(self, value: object, names: Names) -> Shown:
        return value if isinstance(value, int | float) and abs(value) < LARGEST_NUMBER else None

    def read(self, cell: RawCell, names: Names) -> float | None:
        if cell.is_blank:
            return None
        if isinstance(cell.value, bool | date):
            raise ValueError("应填数字")
        if "%" in cell.number_format and isinstance(cell.value, int | float):
            raise ValueError(f"单元格是百分比格式：请改回常规格式，填 {round(cell.value * 100, 10):g}，“%”写在“单位”列")
        try:
            number = float(unicodedata.normalize("NFKC", str(cell.value)).strip().replace(",", ""))
        except ValueError:
            raise ValueError("应填数字，单位写在“单位”列") from None
        if not math.isfinite(number) or "_" in str(cell.value):
            raise ValueError("应填有限的数字")
        return number


@dataclass(frozen=True)
class PeriodText(Codec):
    """A period in the grammar of :mod:`bilan.periods`, also as people write it: ``2027年底``."""

    def read(self, cell: RawCell, names: Names) -> str | None:
        text = cell_text(cell)
        if not text:
            return None
        if isinstance(cell.value, float) and text.endswith(".1"):  # a number drops the nought of 2027.10
            raise ValueError(f"分不清是 1 月还是 10 月：请写作 {text[:4]}-01 或 {text[:4]}-10")
        try:
            return written_period(text)
        except ValueError:
            raise ValueError(
                "不是可识别的时期：应写作 2027、2027年底、2027年6月、2027-06、2025Q1 或 2026-10至2027-03"
            ) from None


@dataclass(frozen=True)
class Choice(Codec):
    """One of a closed set; ``words`` maps the schema's word to the one shown."""

    words: Mapping[str, str] = field(default_factory=dict)

    def show(self, value: object, names: Names) -> Shown:
        return None if value is None else self.words.get(str(value), str(value))

    def read(self, cell: RawCell, names: Names) -> str | None:
        text = cell_text(cell)
        if not text:
            return None
        for code, word in self.words.items():
            if text in (word, code):
                return code
        raise ValueError(f"只能填：{'、'.join(self.words.values())}")


def choice(words: Mapping[str, str]) -> Choice:
    """Return the codec of a closed set."""
    return Choice(words=words, choices=tuple(words.values()))


@dataclass(frozen=True)
class YesNo(Codec):
    """是 or 否; blank is 否."""

    choices: tuple[str, ...] = tuple(YES_NO.values())

    def show(self, value: object, names: Names) -> Shown:
        return YES_NO[bool(value)]

    def read(self, cell: RawCell, names: Names) -> bool:
        text = cell_text(cell)
        if text not in ("", *YES_NO.values()):
            raise ValueError("只能填：是、否")
        return text == YES_NO[True]


@dataclass(frozen=True)
class Lines(Codec):
    """A list, one value a line; 、 may stand inside brackets only, where it lists the functions of one unit."""

    def show(self, value: object, names: Names) -> Shown:
        return "\n".join(map(str, value)) or None if isinstance(value, list) else None

    def read(self, cell: RawCell, names: Names) -> list[str]:
        lines = [line.strip() for line in cell_text(cell).splitlines() if line.strip()]
        for line in lines:
            if _SEPARATOR_OUTSIDE_BRACKETS.search(line):
                raise ValueError(f"每行只写一个单位（格内换行），顿号只能在括号内：“{line}”")
        if len(set(lines)) < len(lines):
            raise ValueError("同一单位写了两次")
        return lines


@dataclass(frozen=True)
class Titles(Codec):
    """A list of ids shown by their names in a table of :class:`Names`, one a line; for reading only."""

    def show(self, value: object, names: Names) -> Shown:
        if not isinstance(value, list):
            return None
        table = names.tables.get(self.table or "", {})
        return "\n".join(table.get(str(item), str(item)) for item in value) or None

    def read(self, cell: RawCell, names: Names) -> str:
        return cell_text(cell)


@dataclass(frozen=True)
class Reference(Codec):
    """The id of something in a table of :class:`Names`, shown with its name: ``推进清洁取暖 p0f1e2d3c-task-…``.

    ``code_first`` puts the id before the name. A person may leave out the name, or write the name alone where only one
    thing has it.
    """

    what: str = "条目"
    code_first: bool = False

    def show(self, value: object, names: Names) -> Shown:
        if value is None:
            return None
        return self.text(str(value), self._table(names).get(str(value), ""))

    def text(self, code: str, name: str) -> str:
        """Return an id with its name on one line, short enough for a drop-down list."""
        name = " ".join(name.split())[:60]
        return " ".join(filter(None, (code, name) if self.code_first else (name, code)))

    def read(self, cell: RawCell, names: Names) -> str | None:
        text = cell_text(cell)
        if not text:
            return None
        table = self._table(names)
        words = text.split()
        for code in (words[0], words[-1]):
            if code in table:
                return code
        named = [key for key, name in table.items() if name and squeeze(name) == squeeze(text)]
        if len(named) > 1:
            raise ValueError(f"有 {len(named)} 个同名{self.what}，请写编号")
        if not named:
            raise ValueError(f"没有这个{self.what}")
        return named[0]

    def _table(self, names: Names) -> dict[str, str]:
        return names.tables.get(self.table or "", {})
