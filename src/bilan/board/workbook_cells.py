"""The cells of a board's workbook: numbers keep their own decimals, days are days, words stay words."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from openpyxl.cell.cell import Cell
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from bilan.board.looks import status_looks
from bilan.board.status import Status
from bilan.plan.workbook import style
from bilan.plan.workbook.cells import looks_like_formula, writable

Shown: TypeAlias = str | int | Decimal | date | None

_PERCENT = "0%"
_NEARLY = '[>=0.995]"＞99%";[<0.005]"＜1%";0%'  # what is not certain is not shown as certain
_DAY = "yyyy-mm-dd"
_PROVISIONAL = Font(name=style.FONT, size=10, italic=True, color="595959")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a cell looks: in the colours of an answer, or as a provisional figure, or plain.

    ``number_format`` is that of its value unless it is given.
    """

    status: Status | None = None
    provisional: bool = False
    number_format: str = ""


class Cells:
    """Writes the cells of one sheet.

    What a cell looks like is worked out once for each manner and copied: openpyxl compares every font and fill that it
    is given with all that it has, which takes longer than all else.
    """

    def __init__(self, page: Worksheet) -> None:
        self._page = page
        self._styles: dict[tuple[Manner, bool], Any] = {}

    def put(self, row: int, column: int, value: Shown, manner: Manner = Manner()) -> None:
        """Write ``value``; a spreadsheet program takes none of its words for a formula."""
        manner = Manner(manner.status, manner.provisional, manner.number_format or number_format(value))
        quoted = isinstance(value, str) and looks_like_formula(value)
        cell: Any = self._page.cell(row, column)
        if (manner, quoted) not in self._styles:
            _dress(style.put(self._page, row, column, value if isinstance(value, str) else None), manner)
            self._styles[manner, quoted] = copy(cell._style)
        if isinstance(value, str):
            cell.value = writable(value)
            cell.data_type = "s"
        else:
            cell.value = value
        cell._style = copy(self._styles[manner, quoted])


def number_format(value: Shown) -> str:
    """Return the format in which a cell shows the value as it is.

    >>> number_format(Decimal("88.20")), number_format(Decimal(34)), number_format(date(2026, 12, 31))
    ('0.00', '0', 'yyyy-mm-dd')
    """
    if isinstance(value, date):
        return _DAY
    if isinstance(value, int | Decimal):
        decimals = max(0, -int(Decimal(value).as_tuple().exponent))
        return "0." + "0" * decimals if decimals else "0"
    return "General"


def probability(value: float) -> tuple[Decimal, str]:
    """Return a probability as the number of its cell and the format that shows it in whole per cent.

    >>> probability(0.425)
    (Decimal('0.42'), '0%')
    """
    whole = Decimal(f"{value:.2f}")
    if value in (0, 1) or 0 < whole < 1:
        return whole, _PERCENT
    return Decimal(f"{value:.6f}"), _NEARLY


def colour(cell: Cell, status: Status) -> None:
    """Give the cell the colours of an answer."""
    look = status_looks()[status]
    cell.font = Font(name=style.FONT, size=10, bold=True, color=look.ink)
    cell.fill = PatternFill("solid", start_color=look.fill, end_color=look.fill)


def _dress(cell: Cell, manner: Manner) -> None:
    cell.border = style.GRID
    cell.number_format = manner.number_format
    if manner.status is not None:
        colour(cell, manner.status)
    elif manner.provisional:
        cell.font = _PROVISIONAL
