"""What leaves the house as a table: cells that a spreadsheet would take for formulas become plain text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from unicodedata import category

from django.http import StreamingHttpResponse
from django.utils import translation

if TYPE_CHECKING:
    from openpyxl.cell import Cell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# Spreadsheets evaluate what begins with one of these, some of them in full width, too. A per cent sign is none of
# them; that of an encoded character (%0A) may become one where a program decodes the cell.
_FORMULA = re.compile(r"[=+\-@\t\r\n|＝＋－＠]|%[0-9A-Fa-f]{2}")
# Blanks, controls and marks without a width, which some programs drop before they look.
_UNSEEN = frozenset(("Zs", "Zl", "Zp", "Cc", "Cf"))


def neutral(value: Any) -> Any:
    """Return ``value``, text that may be a formula with an apostrophe before it; numbers stay numbers.

    >>> neutral("=1+1"), neutral("  @SUM(A1)"), neutral(-3), neutral("-3.5"), neutral("清河市"), neutral("%")
    ("'=1+1", "'  @SUM(A1)", -3, '-3.5', '清河市', '%')
    """
    if not isinstance(value, str) or not (_FORMULA.match(value) or _FORMULA.match(_from_first_seen(value))):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value


def _from_first_seen(value: str) -> str:
    """The text from the first letter on that shows."""
    return next((value[at:] for at, letter in enumerate(value) if category(letter) not in _UNSEEN), "")


def set_plain(cell: Cell, value: Any) -> None:
    """Write ``value`` into a cell of a workbook; text is never taken for a formula."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_response(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Return rows as a CSV file for download, row by row, in UTF-8 with the mark that Excel looks for.

    Rows are made while they are sent, when the page's language is no longer set; they speak the one of the call.
    """
    writer = csv.writer(_Echo())
    speaking = translation.get_language()
    first = writer.writerow([str(word) for word in header])

    def lines() -> Iterator[str]:
        yield "\ufeff"
        yield first
        left = iter(rows)
        while True:
            with translation.override(speaking):
                row = next(left, None)
                line = None if row is None else writer.writerow([neutral(cell) for cell in row])
            if line is None:
                return
            yield line

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
