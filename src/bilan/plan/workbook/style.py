"""How the workbook looks, and the one way in which words get into a cell."""

from __future__ import annotations

import math
import unicodedata

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from bilan.plan.workbook.cells import Shown, looks_like_formula, writable

FONT = "等线"
LINE_HEIGHT = 13.5  # points, for 10-point type
TALLEST_ROW = 409
BODY = Font(name=FONT, size=10)
QUIET = Font(name=FONT, size=10, color="595959")
TITLE = Font(name=FONT, size=16, bold=True)
HEADING = Font(name=FONT, size=11, bold=True)
HEADER = Font(name=FONT, size=10, bold=True, color="FFFFFF")
LINK = Font(name=FONT, size=10, color="0563C1", underline="single")

HEADER_FILL = PatternFill("solid", start_color="1F5C7A", end_color="1F5C7A")
FIXED_FILL = PatternFill("solid", start_color="F2F2F2", end_color="F2F2F2")
WRAPPED = Alignment(wrap_text=True, vertical="top")
WRAPPED_LEFT = Alignment(wrap_text=True, vertical="top", horizontal="left")
ONE_LINE = Alignment(wrap_text=False, vertical="center", horizontal="left")
MIDDLE = Alignment(wrap_text=True, vertical="center", horizontal="center")
_HAIR = Side(style="hair", color="A6A6A6")
GRID = Border(left=_HAIR, right=_HAIR, top=_HAIR, bottom=_HAIR)


def put(sheet: Worksheet, row: int, column: int, value: Shown, font: Font = BODY) -> Cell:
    """Return the cell after writing the value; words stay words even where they begin like a formula."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)  # no sheet of ours has merged cells
    cell.font = font
    cell.alignment = WRAPPED
    if isinstance(value, str):
        cell.value = writable(value)
        cell.data_type = "s"
        cell.quotePrefix = looks_like_formula(value)
    else:
        cell.value = value
    return cell


def lines_of(text: str, width: float) -> int:
    """Return how many lines the text takes in a wrapped column, two columns for each wide character.

    >>> lines_of("清洁取暖", 24), lines_of("推进清洁取暖改造工程建设", 12), lines_of("甲局\\n乙局", 24)
    (1, 3, 2)
    """
    room = max(width - 1, 2)  # the margin inside a cell
    return sum(max(1, math.ceil(columns_of(line) / room)) for line in text.split("\n"))


def columns_of(text: str) -> int:
    """Return how many columns the text takes; Chinese fonts print what Unicode calls ambiguous wide, too."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def fit_row(sheet: Worksheet, row: int, lines: int, line_height: float = LINE_HEIGHT) -> None:
    """Make the row as high as its lines need; a spreadsheet allows no more than 409 points."""
    sheet.row_dimensions[row].height = min(lines * line_height + 4, TALLEST_ROW)


def print_setup(sheet: Worksheet, header_row: int | None = None) -> None:
    """Set up A4 landscape, one page wide, with the header on each page and page numbers."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6, header=0.3, footer=0.3)
    if header_row is not None:
        sheet.print_title_rows = f"{header_row}:{header_row}"
    if sheet.oddFooter is not None:
        sheet.oddFooter.left.text = "&A"
        sheet.oddFooter.center.text = "第 &P 页 / 共 &N 页"
