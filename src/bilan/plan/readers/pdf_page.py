"""One PDF page as lines and grids with their places: characters are touched once, here, and then let go."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any, Final

from bilan.plan.readers.layout import Box, Run, is_bold_name

_SPACE_GAP: Final = 0.25  # of the character size: a blank between Latin words
_WIDE_GAP: Final = 1.2  # of the character size: a blank between Hanzi (第一章　总则)
_COLUMN_GAP: Final = 2.0  # of the character size: more than a blank between words, as between columns
_CELL_ROOM: Final = 2.0  # characters: a cell line that leaves less room was wrapped, not ended
_CELL_PADDING: Final = 11.0  # points, both sides together (Word: 0.19 cm each)
_WATERMARK: Final = 20  # characters that a scanning program may print on each picture
_WHOLE_PAGE: Final = 0.7  # of its area
_CID: Final = re.compile(r"\(cid:\d+\)")
_SUBSET: Final = re.compile(r"^[A-Z]{6}\+")

Char = dict[str, Any]


@dataclass(slots=True)
class PdfLine:
    """One printed line; ``x0`` … ``bottom`` in points from the top left, ``size`` the height of its characters.

    ``pieces`` are the left and right ends of what stands apart in it, as the cells of a table without rules do.
    """

    page: int
    runs: list[Run]
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    pieces: tuple[tuple[float, float], ...] = ()

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(slots=True)
class PdfGrid:
    """One ruled table, or what the pages from ``page`` to ``last_page`` hold of it."""

    page: int
    boxes: list[Box]
    top: float
    columns: tuple[float, ...]  # left edges, on the last page
    last_page: int

    @property
    def rows(self) -> int:
        return max(box.row + box.row_span for box in self.boxes)

    def row(self, number: int) -> list[str]:
        return [box.text for box in self.boxes if box.row == number]


@dataclass(slots=True)
class PdfPage:
    """What one page holds; ``unreadable`` says that it shows something but no text."""

    number: int
    width: float
    height: float
    lines: list[PdfLine] = field(default_factory=list)
    grids: list[PdfGrid] = field(default_factory=list)
    unreadable: bool = False
    lost: int = 0  # characters whose font does not say what they are

    def content(self) -> list[PdfLine | PdfGrid]:
        """Lines and grids from top to bottom."""
        return sorted([*self.lines, *self.grids], key=lambda item: item.top)


def read_page(page: Any, number: int) -> PdfPage:
    """The lines and grids of a :class:`pdfplumber.page.Page`."""
    result = PdfPage(number, float(page.width), float(page.height))
    upright = [char for char in page.chars if char["upright"]]
    chars = [char for char in upright if not _CID.match(char["text"])]
    result.lost = len(upright) - len(chars)
    visible = sum(1 for char in chars if not char["text"].isspace())
    if visible < max(1, result.lost) or _is_scan(page, visible):
        result.unreadable = bool(page.chars or page.images or page.curves or page.rects)
        return result
    chars = _without_overprint(chars)
    if page.rects or page.lines or page.curves:  # finding tables costs, and most pages have no rules
        for table in page.find_tables():
            grid, inside = _grid(table, chars, number)
            if grid is not None:
                result.grids.append(grid)
                chars = [char for char in chars if id(char) not in inside]
    result.lines = lines_of(chars, number)
    return result


def lines_of(chars: Sequence[Char], page: int) -> list[PdfLine]:
    """Characters grouped into printed lines, top to bottom, each from left to right."""
    rows: list[list[Char]] = []
    middle, height = 0.0, 0.0
    for char in sorted(chars, key=lambda c: (c["top"] + c["bottom"]) / 2):
        centre, size = (char["top"] + char["bottom"]) / 2, char["bottom"] - char["top"]
        if rows and centre - middle < max(height, size) * 0.4:
            rows[-1].append(char)
            if size > height:  # the largest character holds the line; marks above and below hang on it
                middle, height = centre, size
        else:
            rows.append([char])
            middle, height = centre, size
    sorted_rows = (sorted(row, key=lambda c: c["x0"]) for row in rows if any(not c["text"].isspace() for c in row))
    return [_line(row, page) for row in sorted_rows]


def _line(row: list[Char], page: int) -> PdfLine:
    visible = [char for char in row if not char["text"].isspace()]
    size = median(char["bottom"] - char["top"] for char in visible)
    runs: list[Run] = []
    last, spaced = visible[0], False
    letters, font = "", last["fontname"]
    for char in row[row.index(last) :]:
        if char["text"].isspace():
            spaced = True
            continue
        blank = " " if spaced or _is_apart(last, char, size) else ""
        if char["fontname"] != font:
            runs.append(_run(letters + blank, font))
            letters, font, blank = "", char["fontname"], ""
        letters += blank + char["text"]
        last, spaced = char, False
    runs.append(_run(letters, font))
    return PdfLine(
        page=page,
        runs=runs,
        x0=visible[0]["x0"],
        x1=max(char["x1"] for char in visible),
        top=min(char["top"] for char in visible),
        bottom=max(char["bottom"] for char in visible),
        size=size,
        pieces=_pieces(visible, size),
    )


def _pieces(visible: Sequence[Char], size: float) -> tuple[tuple[float, float], ...]:
    cuts = [i for i, (a, b) in enumerate(pairwise(visible), 1) if b["x0"] - a["x1"] > _COLUMN_GAP * size]
    return tuple((visible[a]["x0"], visible[b - 1]["x1"]) for a, b in pairwise([0, *cuts, len(visible)]))


def _run(text: str, font: Any) -> Run:
    name = _SUBSET.sub("", _font_name(font))
    return Run(text, is_bold_name(name), name)


def _font_name(font: Any) -> str:
    """A font's name; Chinese names arrive as bytes in GBK or UTF-8, or as such bytes read as Latin-1."""
    raw = font if isinstance(font, bytes) else str(font).encode("latin-1", "ignore")
    if isinstance(font, str) and (font.isascii() or not raw):
        return font
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return str(font)


def _is_apart(left: Char, right: Char, size: float) -> bool:
    gap = right["x0"] - left["x1"]
    latin = left["text"][-1].isascii() and right["text"][0].isascii()
    return bool(gap > size * (_SPACE_GAP if latin else _WIDE_GAP))


def _grid(table: Any, chars: Iterable[Char], page: int) -> tuple[PdfGrid | None, set[int]]:
    """The table with its merged cells, and the ids of its characters; None for a frame of one column."""
    cells: list[tuple[float, float, float, float]] = table.cells
    lefts, tops = sorted({cell[0] for cell in cells}), sorted({cell[1] for cell in cells})
    if len(lefts) <= 1:
        return None, set()
    held, inside = _by_cell(cells, table.bbox, chars)
    if not inside:
        return None, set()
    boxes = []
    for index, (x0, top, x1, bottom) in enumerate(cells):
        row, column = tops.index(top), lefts.index(x0)
        row_span = sum(top <= edge < bottom for edge in tops)
        column_span = sum(x0 <= edge < x1 for edge in lefts)
        boxes.append(Box(_cell_text(held[index], x1 - x0), row, column, row_span, column_span))
    boxes.sort(key=lambda box: (box.row, box.column))
    return PdfGrid(page, boxes, table.bbox[1], tuple(lefts), last_page=page), inside


def _by_cell(
    cells: Sequence[tuple[float, float, float, float]],
    bbox: tuple[float, float, float, float],
    chars: Iterable[Char],
) -> tuple[dict[int, list[Char]], set[int]]:
    """Characters by the cell that holds their middle, and their ids."""
    held: dict[int, list[Char]] = defaultdict(list)
    inside: set[int] = set()
    last = 0  # neighbours mostly share a cell
    for char in chars:
        x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
        if not (bbox[0] <= x <= bbox[2] and bbox[1] <= y <= bbox[3]):
            continue
        for index in (last, *range(len(cells))):
            x0, top, x1, bottom = cells[index]
            if x0 <= x < x1 and top <= y < bottom:
                held[index].append(char)
                inside.add(id(char))
                last = index
                break
    return held, inside


def _cell_text(chars: Sequence[Char], width: float) -> str:
    """The cell on one line: a line that was full was wrapped and joins the next, another keeps a blank."""
    text, full, latin = "", True, False
    for line in lines_of(chars, 0) if chars else ():
        piece = line.text.strip()
        if text and (not full or (latin and piece[:1].isascii() and piece[:1].isalnum())):
            text += " "
        text += piece
        room = width - (line.x1 - line.x0)
        full = room < _CELL_ROOM * line.size + _CELL_PADDING
        latin = piece[-1:].isascii() and piece[-1:].isalpha()
    return text


def _without_overprint(chars: list[Char]) -> list[Char]:
    """Characters once each: some programs print a text several times, slightly shifted, to make it bold."""
    places = {(char["text"], round(char["x0"] / 2), round(char["top"] / 2)) for char in chars}
    if len(places) > 0.95 * len(chars):
        return chars
    kept: list[Char] = []
    seen: dict[tuple[str, int, int], None] = {}
    for char in chars:
        x, y = round(char["x0"] / 2), round(char["top"] / 2)
        near = ((char["text"], x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        if not any(place in seen for place in near):
            kept.append(char)
            seen[char["text"], x, y] = None
    return kept


def _is_scan(page: Any, characters: int) -> bool:
    """A picture over the whole page with hardly a word: a watermark or stamp is not a text layer."""
    area = float(page.width * page.height) or 1.0
    covered = max((image["width"] * image["height"] for image in page.images), default=0.0)
    return bool(characters < _WATERMARK and covered > _WHOLE_PAGE * area)
