"""What readers of laid-out formats have in common: lines and grids in reading order become one text with spans.

A reader yields :class:`Line` and :class:`Grid` blocks; :func:`compose` writes them one after the other, a grid as one
line per row with a tab between columns, and marks headings.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from bilan.plan.document import Cell, Document, Heading, Table
from bilan.plan.readers.source import SourceFile, check_length, refusal

MAX_GRID_CELLS: Final = 500_000

# Typefaces that official documents use for titles and headings (GB/T 9704: 小标宋, 黑体, 楷体), by family.
_DISPLAY_FACES: Final = {
    "小标宋": re.compile(r"小标宋|XBS|XiaoBiaoSong", re.I),
    "黑体": re.compile(r"黑体|SimHei|STHeiti|FZHei|FZHTK|SourceHanSans\w*-(?:Bold|Heavy)|Black\b", re.I),
    "楷体": re.compile(r"楷体|KaiTi|SimKai|FZKai|FZKTK", re.I),
}
_BOLD_NAME: Final = re.compile(r"bold|heavy|black|粗", re.I)
_SPACE: Final = " \t\n\r\f\v\xa0\u3000\u200b\ufeff"
_MIN_RUN_IN: Final = 2  # characters: a single bold mark is not a heading
_MIN_BODY: Final = 200  # characters from which on "most of the text" says something


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one line in one typeface."""

    text: str
    bold: bool = False
    font: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line or paragraph. ``level`` counts when ``is_heading``; ``gap`` asks for an empty line before it."""

    runs: Sequence[Run]
    is_heading: bool = False
    level: int | None = None
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A table cell with the places it covers."""

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as boxes, in reading order."""

    boxes: Sequence[Box]
    page: int | None = None

    @property
    def rows(self) -> int:
        return max((box.row + box.row_span for box in self.boxes), default=0)

    @property
    def columns(self) -> int:
        return max((box.column + box.column_span for box in self.boxes), default=0)


Block = Line | Grid


def is_bold_name(font: str) -> bool:
    """Whether a font's own name says that it is bold."""
    return _BOLD_NAME.search(font) is not None


def squeeze(text: str) -> str:
    """Cell text on one line: breaks, tabs and runs of blanks become one space."""
    return " ".join(text.split())


@dataclass(slots=True)
class _Page:
    """The text as it grows, with its spans."""

    strong_faces: frozenset[str]
    trust_bold: bool
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    tables: list[Table] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)

    def write(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)

    def line(self, line: Line) -> None:
        raw = "".join(run.text for run in line.runs)
        text = raw.strip(_SPACE)
        if not text:
            return
        if line.gap and self.length:
            self.write("\n")
        start = self.length
        if line.is_heading:
            self.headings.append(Heading(start, start + len(text), line.level))
        else:
            run_in = self._run_in(line.runs, skip=len(raw) - len(raw.lstrip(_SPACE)))
            if run_in:
                self.headings.append(Heading(start, start + run_in, None))
        self.write(text + "\n")

    def _run_in(self, runs: Sequence[Run], skip: int) -> int:
        """Length of the strong text with which a line begins, its lead of ``skip`` blanks not counted."""
        lead = ""
        for run in runs:
            if run.text.strip(_SPACE) and not self._is_strong(run):
                break
            lead += run.text
        lead = lead[skip:].split("\n")[0].rstrip(_SPACE)
        return len(lead) if len(lead) >= _MIN_RUN_IN else 0

    def _is_strong(self, run: Run) -> bool:
        return (self.trust_bold and run.bold) or _face(run.font) in self.strong_faces

    def grid(self, grid: Grid) -> None:
        origins = {(box.row, box.column): box for box in grid.boxes}
        if not any(box.text for box in grid.boxes):
            return
        start, placed = self.length, dict[tuple[int, int], Cell]()
        columns = range(grid.columns)
        rows: list[tuple[Cell, ...]] = []
        for row in range(grid.rows):
            if row:
                self.write("\n")
            cells = []
            for column in columns:
                if column:
                    self.write("\t")
                box = origins.get((row, column))
                if box is not None:
                    self._place(box, placed)
                cells.append(placed.get((row, column)) or Cell("", self.length, self.length))
            rows.append(tuple(cells))
        self.tables.append(Table(tuple(rows), start, self.length, grid.page))
        self.write("\n")

    def _place(self, box: Box, placed: dict[tuple[int, int], Cell]) -> None:
        cell = Cell(box.text, self.length, self.length + len(box.text))
        self.write(box.text)
        for row in range(box.row, box.row + box.row_span):
            for column in range(box.column, box.column + box.column_span):
                placed.setdefault((row, column), cell)


def compose(
    source: SourceFile,
    media_type: str,
    blocks: Iterable[Block],
    *,
    encoding: str | None = None,
    notes: Iterable[str] = (),
    unread: Iterable[str] = (),
) -> Document:
    """The document made of ``blocks``; bold text and heading typefaces count only where they are not the body's own."""
    blocks = list(blocks)
    runs = [run for block in blocks if isinstance(block, Line) for run in block.runs]
    characters, bold, faces = 0, 0, Counter[str]()
    for run in runs:
        characters += len(run.text)
        bold += len(run.text) if run.bold else 0
        faces[_face(run.font)] += len(run.text)
    body = max(characters, _MIN_BODY) / 2
    page = _Page(
        strong_faces=frozenset(face for face in _DISPLAY_FACES if faces[face] <= body),
        trust_bold=bold <= body,
    )
    for block in blocks:
        if isinstance(block, Line):
            page.line(block)
        elif block.rows * block.columns > MAX_GRID_CELLS:
            raise refusal(source.name, f"表格过大（{block.rows} 行 × {block.columns} 列）")
        else:
            page.grid(block)
        check_length(source.name, page.length)
    return Document(
        name=source.name,
        media_type=media_type,
        sha256=source.sha256,
        text="".join(page.pieces),
        encoding=encoding,
        tables=tuple(page.tables),
        headings=tuple(page.headings),
        notes=tuple(notes),
        unread=tuple(unread),
    )


@lru_cache(maxsize=1024)
def _face(font: str | None) -> str:
    return next((face for face, name in _DISPLAY_FACES.items() if font and name.search(font)), "")
