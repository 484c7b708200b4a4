"""PDF files with a text layer: printed lines and ruled tables by geometry, without headers, footers, page numbers."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import pairwise
from statistics import median
from typing import Final

from bilan.plan.document import Document, DocumentError
from bilan.plan.readers.layout import Block, Grid, Line, compose
from bilan.plan.readers.pdf_page import PdfGrid, PdfLine, PdfPage, read_page
from bilan.plan.readers.pdf_tables import joined_tables
from bilan.plan.readers.source import Progress, SourceFile, refusal

MAX_PAGES: Final = 2000

_MARGIN: Final = 0.12  # of the page height: where headers, footers and page numbers stand
_REPEATED: Final = 0.6  # of the pages
_MIN_REPEATS: Final = 3
_SAME_PLACE: Final = 6.0  # points, up and down
_PAGE_NUMBER: Final = re.compile(
    r"[\s—–―\-－·•.~～]*\d{1,4}[\s—–―\-－·•.~～]*|第?\s*\d{1,4}\s*页?\s*[,，/／]?\s*共?\s*\d{1,4}\s*页?|第\s*\d{1,4}\s*页"
)
_DIGITS: Final = re.compile(r"\d+")
_MIN_COLUMNS: Final = 3  # of what looks like a table
_MIN_ROWS: Final = 3
_INDENT: Final = (1.2, 3.2)  # characters: two, with room for how programs set them
_WIDE_LEADING: Final = 1.7  # of the usual distance between lines
_NO_TEXT: Final = "没有可读的文字（扫描件、图片，或字体没有编码表）"


def read(source: SourceFile, progress: Progress | None = None) -> Document:
    """The text layer, one line per printed line with an empty line before each indented one, and the ruled tables.

    Headers, footers and page numbers are left out; a table that goes on over the page is one table. Raises
    :class:`~bilan.plan.document.DocumentError` when the file is damaged, needs a password, has more than
    :data:`MAX_PAGES` pages, or when more than half of its pages hold no text.
    """
    pages = _pages(source, progress)
    blank = [page.number for page in pages if page.unreadable]
    if len(blank) * 2 > len(pages):
        raise refusal(source.name, f"第 {ranges(blank)} 页{_NO_TEXT}，请先做文字识别（OCR）再试")
    unread = [f"第 {ranges(blank)} 页{_NO_TEXT}，未读入"] if blank else []
    lost = {page.number: page.lost for page in pages if page.lost and not page.unreadable}
    if lost:
        unread.append(f"第 {ranges(list(lost))} 页有 {sum(lost.values())} 个字的字体没有编码表，未读入")
    notes = []
    if unruled := [page.number for page in pages if _has_unruled_table(page)]:
        notes.append(
            f"第 {ranges(unruled)} 页像有不带框线的表格，只按文字读入，请核对；给出 docx 或带框线的 PDF 可读成表格"
        )
    _drop_furniture(pages)
    content = joined_tables([item for page in pages for item in page.content()])
    blocks = _blocks(content, _left_edges(pages))
    return compose(source, "application/pdf", blocks, notes=notes, unread=unread)


def ranges(numbers: list[int]) -> str:
    """Page numbers for a person.

    >>> ranges([1, 2, 3, 7])
    '1-3、7'
    """
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return "、".join(f"{part[0]}-{part[-1]}" if len(part) > 1 else str(part[0]) for part in parts)


def _pages(source: SourceFile, progress: Progress | None) -> list[PdfPage]:
    import pdfplumber

    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns about every odd font
    with _damage_of(source, "文件结构"):
        found = pdfplumber.open(BytesIO(source.data)).pages
    if len(found) > MAX_PAGES:
        raise refusal(source.name, f"共 {len(found)} 页，超过 {MAX_PAGES} 页的上限")
    if not found:
        raise refusal(source.name, "PDF 里没有页面，文件可能已损坏")
    pages: list[PdfPage] = []
    for number, page in enumerate(found, start=1):
        with _damage_of(source, f"第 {number} 页"):
            pages.append(read_page(page, number))
            page.close()
        if progress is not None:  # what it raises, such as the wish to stop, is no damage
            progress(number, len(found))
    return pages


@contextmanager
def _damage_of(source: SourceFile, place: str) -> Iterator[None]:
    """Tell a person of damage at ``place``; pdfminer answers it with whatever its parser stumbles over."""
    try:
        yield
    except (DocumentError, MemoryError):
        raise
    except Exception as error:
        if _is_password_error(error):
            raise refusal(source.name, "PDF 需要密码才能打开，请先取消密码再试") from None
        raise refusal(source.name, f"PDF {place}已损坏，无法读取（{type(error).__name__}）") from None


def _is_password_error(error: BaseException | None) -> bool:
    """pdfplumber wraps pdfminer's error as an argument of its own."""
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect

    causes = [error, *(error.args if error is not None else ())]
    return any(isinstance(cause, (PDFEncryptionError, PDFPasswordIncorrect)) for cause in causes)


def _drop_furniture(pages: list[PdfPage]) -> None:
    """Removes page numbers, and marginal lines that stand in the same place on most pages, digits apart."""
    places: dict[str, list[tuple[int, PdfLine]]] = defaultdict(list)
    for index, page in enumerate(pages):
        for line in _marginal_lines(page):
            places[_DIGITS.sub("#", line.text)].append((index, line))
    furniture: set[int] = set()
    needed = max(_MIN_REPEATS, _REPEATED * sum(bool(page.lines) for page in pages))
    for found in places.values():
        usual = median(line.top for _, line in found)
        same = [(index, line) for index, line in found if abs(line.top - usual) <= _SAME_PLACE]
        if len({index for index, _ in same}) >= needed:
            furniture.update(id(line) for _, line in same)
    for page in pages:
        numbers = (line for line in _marginal_lines(page) if _PAGE_NUMBER.fullmatch(line.text.strip()))
        furniture.update(id(line) for line in numbers)
        page.lines = [line for line in page.lines if id(line) not in furniture]


def _has_unruled_table(page: PdfPage) -> bool:
    """Whether lines with figures follow each other whose pieces stand below each other in columns."""
    rows = 0
    previous: PdfLine | None = None
    for line in page.lines:
        in_columns = len(line.pieces) >= _MIN_COLUMNS and _DIGITS.search(line.text) is not None
        rows = (rows + 1 if previous is not None and _are_aligned(previous, line) else 1) if in_columns else 0
        if rows >= _MIN_ROWS:
            return True
        previous = line if in_columns else None
    return False


def _are_aligned(above: PdfLine, below: PdfLine) -> bool:
    """Whether each piece of one line overlaps that of the other."""
    if len(above.pieces) != len(below.pieces):
        return False
    return all(a[0] < b[1] and b[0] < a[1] for a, b in zip(above.pieces, below.pieces, strict=True))


def _marginal_lines(page: PdfPage) -> list[PdfLine]:
    top, bottom = page.height * _MARGIN, page.height * (1 - _MARGIN)
    return [line for line in page.lines if line.bottom < top or line.top > bottom]


def _left_edges(pages: list[PdfPage]) -> dict[int, float]:
    """Where the text block begins on odd and on even pages: half of the pages begin there or further right."""
    edges: dict[int, list[float]] = defaultdict(list)
    for page in pages:
        if page.lines:
            edges[page.number % 2].append(min(line.x0 for line in page.lines))
    return {parity: median(found) for parity, found in edges.items()}


def _blocks(content: list[PdfLine | PdfGrid], left_edges: dict[int, float]) -> Iterator[Block]:
    pitch = _usual_pitch(content)
    previous: PdfLine | PdfGrid | None = None
    for item in content:
        if isinstance(item, PdfGrid):
            yield Grid(item.boxes, item.page)
        else:
            yield Line(item.runs, gap=_begins_paragraph(item, previous, left_edges, pitch))
        previous = item


def _begins_paragraph(
    line: PdfLine, previous: PdfLine | PdfGrid | None, left_edges: dict[int, float], pitch: float
) -> bool:
    depth = _depth(line, left_edges)
    if _INDENT[0] <= depth <= _INDENT[1] or not isinstance(previous, PdfLine):
        return True
    centred, was_centred = depth > _INDENT[1], _depth(previous, left_edges) > _INDENT[1]
    if centred != was_centred:
        return True
    return line.page == previous.page and line.top - previous.top > _WIDE_LEADING * max(pitch, line.size)


def _depth(line: PdfLine, left_edges: dict[int, float]) -> float:
    """How far a line is indented, in characters."""
    return (line.x0 - left_edges[line.page % 2]) / (line.size or 1.0)


def _usual_pitch(content: list[PdfLine | PdfGrid]) -> float:
    lines = [item for item in content if isinstance(item, PdfLine)]
    steps = [b.top - a.top for a, b in pairwise(lines) if a.page == b.page]
    return median(steps) if steps else 0.0
