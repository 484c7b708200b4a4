"""A list as a file: workbook or CSV, no cell of which is a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from bilan.portal.files.export import XLSX, csv_response, set_plain

FORMATS = ("xlsx", "csv")
_WIDTH = 22


def table_response(
    name: str, format_: str, title: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> HttpResponseBase:
    """Return rows as a file for download. Raises Http404 for a format that there is not."""
    if format_ not in FORMATS:
        raise Http404
    plain = ([_told(cell) for cell in row] for row in rows)
    if format_ == "csv":
        return csv_response(f"{name}.csv", header, plain)
    response = HttpResponse(_workbook(title, header, plain), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def _told(cell: Any) -> Any:
    """A cell as a file holds it: moments in the time of the site, nothing as nothing, rows by their words."""
    if isinstance(cell, datetime):
        return timezone.localtime(cell).strftime("%Y-%m-%d %H:%M")
    return "" if cell is None else cell if isinstance(cell, int | float) else str(cell)


def _workbook(title: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for at, row in enumerate([[str(word) for word in header], *rows], start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(at, column)
            set_plain(cell, value)  # type: ignore[arg-type]
            if at == 1:
                cell.font = Font(bold=True)
    for column in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTH
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
