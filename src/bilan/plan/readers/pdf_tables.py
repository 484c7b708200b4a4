"""Tables that go on over the page: one grid again, with split rows and split merged cells put together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bilan.plan.readers.layout import Box
from bilan.plan.readers.pdf_page import PdfGrid, PdfLine

_CONTINUED: Final = re.compile(r"[（(]?\s*(?:续\s*上?\s*表.{0,30}|接\s*上\s*(?:页|表))\s*[)）]?")
_SAME_EDGE: Final = 6.0  # points
_MAX_HEADER_ROWS: Final = 3


def joined_tables(content: Sequence[PdfLine | PdfGrid]) -> list[PdfLine | PdfGrid]:
    """``content`` with tables that follow each other over a page break joined; a line 续表 between them goes."""
    joined: list[PdfLine | PdfGrid] = []
    for item in content:
        if isinstance(item, PdfGrid):
            marks = 1 if joined and isinstance(joined[-1], PdfLine) and _CONTINUED.fullmatch(joined[-1].text) else 0
            before = joined[-1 - marks] if len(joined) > marks else None
            if isinstance(before, PdfGrid) and before.last_page < item.page and _goes_on(before, item):
                del joined[len(joined) - marks :]
                joined[-1] = _appended(before, item)
                continue
        joined.append(item)
    return joined


def _goes_on(before: PdfGrid, after: PdfGrid) -> bool:
    """Whether both have the same columns, wherever duplex printing moved them."""
    if len(before.columns) != len(after.columns):
        return False
    shift = after.columns[0] - before.columns[0]
    return all(abs(b + shift - a) <= _SAME_EDGE for b, a in zip(before.columns, after.columns, strict=True))


def _appended(before: PdfGrid, after: PdfGrid) -> PdfGrid:
    """``before`` with the rows of ``after``, whose repeated header rows go."""
    header = 0
    while header < min(_MAX_HEADER_ROWS, before.rows, after.rows - 1) and before.row(header) == after.row(header):
        header += 1
    boxes = list(before.boxes)
    rows = [replace(box, row=box.row - header) for box in after.boxes if box.row >= header]
    shift = before.rows
    if _is_rest_of_row(boxes, rows, shift):
        _complete_row(boxes, rows, shift)
        rows, shift = [box for box in rows if box.row], shift - 1
    else:
        rows = _without_rest_of_merged(boxes, rows, shift)
    boxes += [replace(box, row=box.row + shift) for box in rows]
    boxes.sort(key=lambda box: (box.row, box.column))
    return PdfGrid(before.page, boxes, before.top, after.columns, last_page=after.last_page)


def _above(boxes: Sequence[Box], box: Box, end: int) -> int | None:
    """Index of the box that ends at row ``end`` and stands in the same columns as ``box``."""
    for index, other in enumerate(boxes):
        if other.row + other.row_span == end and (other.column, other.column_span) == (box.column, box.column_span):
            return index
    return None


def _is_rest_of_row(boxes: Sequence[Box], rows: Sequence[Box], end: int) -> bool:
    """Whether the first row is what a page break cut from the row above: no number, at least half of it empty."""
    first = sorted((box for box in rows if box.row == 0), key=lambda box: box.column)
    if not first or first[0].text or any(box.row_span > 1 for box in first):
        return False
    filled = [box for box in first if box.text]
    above = [_above(boxes, box, end) for box in first]
    if not filled or len(filled) * 2 > len(first) or None in above:
        return False
    whole = [boxes[index] for index in above if index is not None]
    return all(box.row_span == 1 for box in whole) and bool(whole[0].text)


def _complete_row(boxes: list[Box], rows: Sequence[Box], end: int) -> None:
    for box in rows:
        index = _above(boxes, box, end) if box.row == 0 and box.text else None
        if index is not None:
            boxes[index] = replace(boxes[index], text=boxes[index].text + box.text)


def _without_rest_of_merged(boxes: list[Box], rows: Sequence[Box], end: int) -> list[Box]:
    """The rows without the empty lower halves of merged cells, which grow over the break instead."""
    kept: list[Box] = []
    for box in rows:
        index = _above(boxes, box, end) if box.row == 0 and not box.text else None
        if index is not None and max(box.row_span, boxes[index].row_span) > 1:
            boxes[index] = replace(boxes[index], row_span=boxes[index].row_span + box.row_span)
        else:
            kept.append(box)
    return kept
