"""How the workbook looks, and the one way in which words get into a cell."""

from __future__ import annotations

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from bilan.plan.workbook_cells import Shown, looks_like_formula, writable

FONT = "等线"
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


def print_setup(sheet: Worksheet, header_row: int | None = None) -> None:
    """Set up A4 landscape, one page wide, with the header on each page and page numbers."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if header_row is not None:
        sheet.print_title_rows = f"{header_row}:{header_row}"
    if sheet.oddFooter is not None:
        sheet.oddFooter.left.text = "&A"
        sheet.oddFooter.center.text = "第 &P 页 / 共 &N 页"
