"""Tables that stand in plain text as rows of text: cells between tabs (pasted from Word), bars or wide gaps.

The first row decides: it must read like a header, and it says how the rows below are split. What does not fit ends the
table, so that no sentence of the plan is taken for a cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from bilan.plan.document import Cell, Table

Span = tuple[int, int]
Split = Callable[[str], "list[Span] | None"]
"""The cells of a line as ranges of it, empty ones included; None for a line of another kind."""

_MIN_LINES: Final = 3  # header included
_MIN_MARKS: Final = 2  # tabs, bars or gaps in a row
_MIN_GAP: Final = 4  # columns of print between two cells
_MAX_BLANK_LINES: Final = 2  # between two rows
_SHORT: Final = 12  # characters of a label
_MAX_CELL: Final = 200
_MAX_LINE: Final = 4000
_MAX_LONE: Final = 40  # a longer text alone in its row is an indented paragraph
_NEAR: Final = 2  # columns of print: by so much cells of one column may be out of line

_CANDIDATE: Final = re.compile(r"\t.*\t|[|｜│┃].*[|｜│┃]|\S[ \u3000\xa0]{2,}\S.*\S[ \u3000\xa0]{2,}\S")
_TAB: Final = re.compile(r"\t")
_BAR: Final = re.compile(r"[|｜│┃]")
_RULE: Final = re.compile(r"[\s|｜│┃+:：┌┬┐├┼┤└┴┘—─━═=-]+")
_STROKE: Final = re.compile(r"[-=]{3}|[—─━═]{2}")
_PIECE: Final = re.compile(r"\S(?:.*\S)?", re.S)
_BLANKS: Final = re.compile(r"[ \u3000\xa0]+")
_LEADERS: Final = re.compile(r"\.{4,}|…{2,}|·{4,}")  # of a table of contents
_NUMERAL: Final = r"[\d一二三四五六七八九十百]+"
_NUMBERED: Final = re.compile(rf"[（(]{_NUMERAL}[)）]|{_NUMERAL}[、.．](?!\d)|第{_NUMERAL}[章节篇条]")
_NUMBER: Final = re.compile(r"[\d.]+")
# What stands in columns below a letter: who signs, when; a label is none of these.
_SIGNED: Final = re.compile(
    r"[:：。；]|盖章|签[字章名]|\d年\d{1,2}月\d{1,2}日$|(?:人民政府|委员会|办公[厅室]|[局厅委院会]|(?<!单)部|公司|中心)$"
)


class _Row(NamedTuple):
    """One line that is not blank: its place in the text, its number, its words."""

    start: int
    number: int
    text: str


def typed_tables(text: str, start: int = 0, end: int | None = None, *, ragged: bool = True) -> Iterator[Table]:
    """The tables typed in ``text[start:end]``, in order; every cell is the text of its span.

    At least three lines with as many cells each, the first of which reads like a header. ``ragged`` says that a line
    may have lost the empty cells at its end, as editors cut trailing blanks.

    >>> table, = typed_tables("表1\\n指标\\t2025年\\t2028年\\n林木覆盖率\\t40\\t41\\n湿地保护率\\t55\\t60\\n完")
    >>> [[cell.text for cell in row] for row in table.rows]
    [['指标', '2025年', '2028年'], ['林木覆盖率', '40', '41'], ['湿地保护率', '55', '60']]
    """
    rows = _rows(text, start, len(text) if end is None else end)
    at = 0
    while at < len(rows):
        table, used = _table(rows, at, ragged) if _may_be_header(rows[at].text) else (None, 0)
        if table is not None:
            yield table
        at += max(used, 1)


def _rows(text: str, start: int, end: int) -> list[_Row]:
    found = []
    for number, line in enumerate(text[start:end].split("\n")):
        if line and not line.isspace():
            found.append(_Row(start, number, line))
        start += len(line) + 1
    return found


def _may_be_header(line: str) -> bool:
    return len(line) <= _MAX_LINE and _CANDIDATE.search(line) is not None and not _is_rule(line)


def _is_rule(line: str) -> bool:
    return _STROKE.search(line) is not None and _RULE.fullmatch(line) is not None


def _table(rows: Sequence[_Row], at: int, ragged: bool) -> tuple[Table | None, int]:
    """The table whose header is ``rows[at]``, and the number of lines it takes."""
    header = rows[at].text
    for form in (_by_tabs, _by_bars, _by_equal_gaps, _by_columns):
        split = form(header)
        labels = split(header) if split else None
        if split is None or labels is None or not _is_header([header[a:b] for a, b in labels]):
            continue
        lines = list(_body(rows, at, split, len(labels), ragged))
        if len(lines) + 1 < _MIN_LINES or not any(cells for _, cells in lines):
            continue
        last = lines[-1][0]
        filled = [(rows[at], labels), *((row, cells) for row, cells in lines if cells)]
        cells = tuple(_cells(row, spans, len(labels)) for row, spans in filled)
        return Table(cells, rows[at].start, last.start + len(last.text)), len(lines) + 1
    return None, 0


def _body(rows: Sequence[_Row], at: int, split: Split, columns: int, ragged: bool) -> Iterator[tuple[_Row, list[Span]]]:
    """The lines below the header that belong to the table; a ruled line has no cells."""
    step: int | None = None
    for above, row in pairwise(rows[at:]):
        step = step or row.number - above.number
        if row.number - above.number != step or step > _MAX_BLANK_LINES + 1 or len(row.text) > _MAX_LINE:
            return
        spans = [] if _is_rule(row.text) else split(row.text)
        if spans is None or (spans and not _is_row([row.text[a:b] for a, b in spans], columns, ragged)):
            return
        yield row, spans


def _is_header(labels: list[str]) -> bool:
    filled = [label for label in labels if label]
    short = [label for label in filled if len(label) <= _SHORT]
    return (
        len(filled) > 1
        and 2 * len(short) >= len(labels)
        and all(len(label) <= _MAX_CELL and not _LEADERS.search(label) for label in filled)
        and not (_NUMBERED.match(filled[0]) or _NUMBER.fullmatch(filled[0]))
        and 2 * sum(bool(_SIGNED.search(label)) for label in filled) < len(filled)
    )


def _is_row(texts: list[str], columns: int, ragged: bool) -> bool:
    filled = [text for text in texts if text]
    if not filled or any(len(text) > _MAX_CELL or _LEADERS.search(text) for text in filled):
        return False
    if len(filled) == 1 and len(filled[0]) > _MAX_LONE:
        return False
    if len(texts) == columns:
        return True
    is_cut = ragged and 2 <= len(texts) < columns <= 2 * len(texts)
    return is_cut and not _NUMBERED.match(texts[0])  # rather a heading


def _cells(row: _Row, spans: list[Span], columns: int) -> tuple[Cell, ...]:
    end = len(row.text)
    spans = spans + [(end, end)] * (columns - len(spans))
    return tuple(Cell(row.text[a:b], row.start + a, row.start + b) for a, b in spans)


# --- how a header says that its rows are split ------------------------------------------------------------------------


def _by_tabs(header: str) -> Split | None:
    return (lambda line: _between(line, _TAB)) if header.count("\t") >= _MIN_MARKS else None


def _by_bars(header: str) -> Split | None:
    """Outer bars are optional, as in Markdown; a row has those that the header has."""
    if len(_BAR.findall(header)) < _MIN_MARKS:
        return None
    words = header.strip()
    opens, closes = bool(_BAR.match(words)), bool(_BAR.match(words[-1:]))

    def split(line: str) -> list[Span] | None:
        spans = _between(line, _BAR)
        if spans is None:
            return None
        is_closed = bool(_BAR.match(line.rstrip()[-1:]))
        return spans[1 if opens else 0 : -1 if closes and is_closed else None]

    return split


def _between(line: str, mark: re.Pattern[str]) -> list[Span] | None:
    """What stands between the marks, without the blanks around it."""
    edges = [m.start() for m in mark.finditer(line)]
    if not edges:
        return None
    return [_trimmed(line, a + 1, b) for a, b in pairwise([-1, *edges, len(line)])]


def _trimmed(line: str, start: int, end: int) -> Span:
    piece = _PIECE.search(line[start:end])
    return (start + piece.start(), start + piece.end()) if piece else (start, start)


def _by_equal_gaps(header: str) -> Split | None:
    """One run of blanks of always the same width for each separator: two of them hold an empty cell."""
    widths = [_width(header[a:b]) for a, b in _gaps(header)]
    if len(widths) < _MIN_MARKS or len(set(widths)) > 1:
        return None
    unit = widths[0]
    indent = _width(header) - _width(header.lstrip())

    def split(line: str) -> list[Span] | None:
        lead = len(line) - len(line.lstrip())
        steps = [(0, lead, _width(line[:lead]) - indent)] if _width(line[:lead]) > indent else []
        steps += [(a, b, _width(line[a:b])) for a, b in _gaps(line)]
        tail = len(line.rstrip())
        if tail < len(line) and _width(line[tail:]) >= unit:
            steps.append((tail, len(line), _width(line[tail:]) // unit * unit))
        if any(width % unit for _, _, width in steps):
            return None
        spans: list[Span] = []
        at = 0 if steps and steps[0][0] == 0 else lead
        for start, end, width in steps:
            spans += [(at, start), *[(start, start)] * (width // unit - 1)]
            at = end
        return [*spans, (at, max(at, tail))]

    return split


def _by_columns(header: str) -> Split | None:
    """Cells that stand below each other: a full row by its order, one with empty cells by where its cells stand."""
    labels = _pieces(header)
    if len(labels) <= _MIN_MARKS or "\t" in header:
        return None
    columns = [{(_width(header[:a]), _width(header[:b]))} for a, b in labels]

    def split(line: str) -> list[Span] | None:
        pieces = _pieces(line)
        if "\t" in line or not 1 < len(pieces) <= len(columns):
            return None
        places = [(_width(line[:a]), _width(line[:b])) for a, b in pieces]
        full = len(pieces) == len(columns)
        at = list(range(len(columns))) if full else [_column(place, columns) for place in places]
        if any(b <= a for a, b in pairwise([-1, *at])):
            return None
        end = len(line.rstrip())
        spans = [(end, end)] * len(columns)
        for column, piece, place in zip(at, pieces, places, strict=True):
            spans[column] = piece
            columns[column].add(place)
        return spans

    return split


def _column(place: Span, columns: list[set[Span]]) -> int:
    """The one column with a cell that begins, ends or is centred where ``place`` does; -1 when there is no such one."""
    near = [
        column
        for column, cells in enumerate(columns)
        if any(
            abs(place[0] - a) <= _NEAR or abs(place[1] - b) <= _NEAR or abs(sum(place) - a - b) <= 2 * _NEAR
            for a, b in cells
        )
    ]
    return near[0] if len(near) == 1 else -1


def _gaps(line: str) -> list[Span]:
    """The wide runs of blanks between words."""
    lead, end = len(line) - len(line.lstrip()), len(line.rstrip())
    return [m.span() for m in _BLANKS.finditer(line, lead, end) if _width(m[0]) >= _MIN_GAP]


def _pieces(line: str) -> list[Span]:
    lead, end = len(line) - len(line.lstrip()), len(line.rstrip())
    edges = [lead, *(edge for gap in _gaps(line) for edge in gap), end]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _width(text: str) -> int:
    """Columns of print: a Hanzi and a full-width blank take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
