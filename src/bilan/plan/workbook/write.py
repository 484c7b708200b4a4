"""The workbook of a compiled plan: five lists an office can circulate, correct and hand back.

See Also
--------
bilan.plan.workbook.read.import_workbook : takes the corrected workbook back.
bilan.plan.workbook.sheets.SHEETS : what stands in which column.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import Outline
from openpyxl.worksheet.worksheet import Worksheet

from bilan.plan.model import CompiledPlan
from bilan.plan.workbook import style
from bilan.plan.workbook.cells import Names, writable
from bilan.plan.workbook.overview import write_overview
from bilan.plan.workbook.saving import save
from bilan.plan.workbook.sheets import (
    IDENTITY,
    OFFERED,
    OPTIONS,
    OVERVIEW,
    SHEETS,
    WORKBOOK_FORMAT,
    Column,
    Sheet,
    field_value,
    names_of,
)

HEADER_ROW = 1
SPARE_ROWS = 500  # empty rows below a list that still offer the drop-down lists


def write_workbook(plan: CompiledPlan, path: Path, *, for_office: bool = True) -> None:
    """Return nothing; write the plan to ``path`` as an xlsx workbook, whole or not at all.

    Sheets: an overview with counts and gaps, the five lists, and two hidden sheets with the closed words and the plan's
    identity, by which the import recognises its own. The same plan gives the same bytes. Without ``for_office`` the
    overview does not tell what the plan leaves open, how it was read and how to correct it.

    Raises FileError when the folder cannot be written.
    """
    names = names_of(plan)
    book = Workbook()
    book.properties.creator = plan.compiler
    book.properties.title = writable(plan.plan.title or plan.source.file)
    overview = book.active
    assert isinstance(overview, Worksheet)
    overview.title = OVERVIEW
    for sheet in SHEETS:
        _write_list(book.create_sheet(sheet.name), sheet, plan, names)
    ranges = _write_options(book.create_sheet(OPTIONS), names)
    for sheet in SHEETS:
        _validate(book[sheet.name], sheet, len(sheet.items(plan)), ranges)
    _write_identity(book.create_sheet(IDENTITY), plan)
    write_overview(overview, plan, _rows_of(plan), for_office=for_office)
    save(book, path)


def _rows_of(plan: CompiledPlan) -> dict[str, tuple[str, int]]:
    """Return the sheet and row of every item that has one."""
    return {
        item.id: (sheet.name, row)
        for sheet in SHEETS
        for row, item in enumerate(sheet.items(plan), start=HEADER_ROW + 1)
    }


def _write_list(page: Worksheet, sheet: Sheet, plan: CompiledPlan, names: Names) -> None:
    for index, column in enumerate(sheet.columns, start=1):
        _write_header(page, index, column)
    style.fit_row(page, HEADER_ROW, max(style.lines_of(column.heading, column.width - 2) for column in sheet.columns))
    for row, item in enumerate(sheet.items(plan), start=HEADER_ROW + 1):
        _write_row(page, row, [(column, field_value(plan, item, column)) for column in sheet.columns], names)
    last = max(HEADER_ROW + 1, HEADER_ROW + len(sheet.items(plan)))
    page.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(sheet.columns))}{last}"
    page.freeze_panes = f"{get_column_letter(sheet.frozen + 1)}{HEADER_ROW + 1}"
    page.print_area = f"A{HEADER_ROW}:{get_column_letter(sheet.in_view)}{last}"
    style.print_setup(page, HEADER_ROW)
    # the button that opens the tucked columns stands left of them, where a person can see it
    page.sheet_properties.outlinePr = Outline(summaryRight=False)
    page.column_dimensions[get_column_letter(sheet.in_view)].collapsed = True


def _write_row(page: Worksheet, row: int, content: Sequence[tuple[Column, object]], names: Names) -> None:
    lines = 1
    for index, (column, value) in enumerate(content, start=1):
        shown = column.codec.show(value, names)
        cell = style.put(page, row, index, shown, style.QUIET if column.fixed else style.BODY)
        cell.number_format = column.codec.number_format
        cell.border = style.GRID
        if column.fixed:
            cell.fill = style.FIXED_FILL
        if isinstance(shown, str) and not column.tucked:
            lines = max(lines, style.lines_of(writable(shown), column.width))
    style.fit_row(page, row, lines)


def _write_header(page: Worksheet, index: int, column: Column) -> None:
    cell = style.put(page, HEADER_ROW, index, column.heading, style.HEADER)
    cell.fill, cell.alignment, cell.border = style.HEADER_FILL, style.MIDDLE, style.GRID
    if column.note:
        cell.comment = Comment(column.note, "bilan", height=90, width=220)
    width = page.column_dimensions[get_column_letter(index)]
    width.width = column.width
    # the format of cells not yet filled: without it a spreadsheet program turns a typed 2025-03 into a day
    width.number_format = column.codec.number_format
    width.font = Font(name=style.FONT, size=10)
    width.alignment = style.WRAPPED
    if column.tucked:
        width.outlineLevel, width.hidden = 1, True


def _write_options(page: Worksheet, names: Names) -> dict[str, str]:
    """Return, for each table of names, the range that lists it."""
    ranges = {}
    for index, (table, codec) in enumerate(OFFERED.items(), start=1):
        entries = names.tables[str(table)]
        style.put(page, 1, index, table)
        for row, (code, name) in enumerate(entries.items(), start=2):
            style.put(page, row, index, codec.text(code, name))
        letter = get_column_letter(index)
        if entries:
            ranges[str(table)] = f"'{OPTIONS}'!${letter}$2:${letter}${len(entries) + 1}"
    page.sheet_state = "hidden"
    page.protection.sheet = True
    return ranges


def _validate(page: Worksheet, sheet: Sheet, count: int, ranges: dict[str, str]) -> None:
    if sheet.read_only:
        return
    for index, column in enumerate(sheet.columns, start=1):
        codec = column.codec
        if codec.choices:
            source = f'"{",".join(codec.choices)}"'
        elif codec.table in ranges:
            source = ranges[codec.table]
        else:
            continue
        rule = DataValidation(type="list", formula1=source, allow_blank=not column.required, showErrorMessage=True)
        rule.errorTitle, rule.error = column.heading, "请从下拉列表中选择。"
        if codec.table == "tasks":  # a task added in this workbook has no id yet and is named by its title
            rule.errorStyle = "warning"
        letter = get_column_letter(index)
        rule.add(f"{letter}{HEADER_ROW + 1}:{letter}{HEADER_ROW + count + SPARE_ROWS}")
        page.add_data_validation(rule)


def _write_identity(page: Worksheet, plan: CompiledPlan) -> None:
    for row, (key, value) in enumerate(identity(plan), start=1):
        style.put(page, row, 1, key)
        style.put(page, row, 2, value)
    page.sheet_state = "veryHidden"
    page.protection.sheet = True


def identity(plan: CompiledPlan) -> Iterable[tuple[str, str]]:
    """Return the pairs by which the import recognises the workbook of a plan."""
    return (
        ("workbook_format", WORKBOOK_FORMAT),
        ("plan_id", plan.plan.id),
        ("version", plan.plan.version),
        ("compiler", plan.compiler),
        ("schema_version", plan.schema_version),
    )
