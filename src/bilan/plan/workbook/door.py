"""The door for workbooks that come from outside: what is too big, broken or no workbook at all stops here."""

from __future__ import annotations

import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bilan.errors import BilanError, os_reason
from bilan.plan.workbook.cells import BLANK, RawCell

MAX_BYTES = 30_000_000
MAX_UNPACKED = 300_000_000
MAX_PARTS = 2_000
MAX_ROWS = 50_000  # with content, per sheet
MAX_ROW_NUMBER = 1_048_576
MAX_COLUMNS = 200

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # an encrypted workbook or one of Excel 97
_DECLARATIONS = tuple(
    mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")
)


class WorkbookError(BilanError):
    """The workbook as a whole cannot be taken; the message is one line for a person."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row with content; ``number`` counts from 1 as on the screen."""

    number: int
    cells: tuple[RawCell, ...]

    def cell(self, index: int) -> RawCell:
        return self.cells[index] if index < len(self.cells) else BLANK


RawBook = dict[str, list[RawRow]]


def read_workbook(path: Path) -> RawBook:
    """Return the rows with content of every sheet, by the sheet's name.

    Raises WorkbookError when the file is no xlsx workbook, is encrypted, or is larger than any honest one.
    """
    _check_archive(path)
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl cannot show (styles, extensions) is not read here
            book = load_workbook(path, read_only=True, keep_links=False)
            try:
                return {page.title: _rows(path, page) for page in book.worksheets}
            finally:
                book.close()
    except WorkbookError:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged part happens to cause
        raise WorkbookError(f"{path}：工作簿已损坏，无法读取（{type(error).__name__}）") from error


def _check_archive(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(len(_OLE))
            size = path.stat().st_size
    except OSError as error:
        raise WorkbookError(f"{path}：无法打开（{os_reason(error)}）") from error
    if start == _OLE:
        raise WorkbookError(f"{path}：文件已加密或为旧版 .xls，请另存为不加密的 .xlsx")
    if size > MAX_BYTES:
        raise WorkbookError(f"{path}：文件过大（{size / 1e6:.0f} MB，上限 {MAX_BYTES / 1e6:.0f} MB）")
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(path, archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise WorkbookError(f"{path}：不是 xlsx 工作簿") from error


def _check_parts(path: Path, archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise WorkbookError(f"{path}：解压后过大，拒绝读取")
    if "xl/workbook.xml" not in archive.namelist():
        raise WorkbookError(f"{path}：不是 xlsx 工作簿")
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            content = archive.read(part)
            if any(mark in content for mark in _DECLARATIONS):
                raise WorkbookError(f"{path}：工作簿内含实体声明（{part.filename}），拒绝读取")


def _rows(path: Path, page: Any) -> list[RawRow]:
    page.reset_dimensions()  # the size a file states of itself may be wrong
    rows: list[RawRow] = []
    for number, cells in enumerate(page.iter_rows(), start=1):
        if number > MAX_ROW_NUMBER:
            raise WorkbookError(f"{path}：工作表“{page.title}”的行号超出 xlsx 的范围")
        if len(cells) > MAX_COLUMNS and any(cell.value is not None for cell in cells[MAX_COLUMNS:]):
            raise WorkbookError(f"{path}：工作表“{page.title}”第 {number} 行超过 {MAX_COLUMNS} 列")
        row = RawRow(number, tuple(map(_raw, cells[:MAX_COLUMNS])))
        if all(cell.is_blank for cell in row.cells):
            continue
        if len(rows) >= MAX_ROWS:
            raise WorkbookError(f"{path}：工作表“{page.title}”超过 {MAX_ROWS} 行")
        rows.append(row)
    return rows


def _raw(cell: Any) -> RawCell:
    if cell.value is None:
        return BLANK
    return RawCell(cell.value, cell.number_format, cell.data_type == "f", cell.data_type == "e")
