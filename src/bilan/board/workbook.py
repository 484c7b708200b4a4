"""The workbook of a board: what an office circulates and prints, one sheet of targets, one of districts, one about it.

See Also: ``workbook_about`` for the sheet that explains, ``bilan.plan.workbook`` for the workbook of a plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import Outline
from openpyxl.worksheet.worksheet import Worksheet

from bilan.board import phrases
from bilan.board.looks import ATTENTION, status_looks
from bilan.board.model import Board, Head, Row, Share
from bilan.board.status import Status
from bilan.board.texts import phrase, spoken
from bilan.board.workbook_about import write_about
from bilan.board.workbook_cells import Cells, Manner, Shown, probability
from bilan.plan.workbook import style
from bilan.plan.workbook.cells import writable
from bilan.plan.workbook.saving import save
from bilan.policy.texts import Language, unit_printed

HEADER_ROW = 3  # below the title and what must be known first


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet: a target and, on the sheet of districts, one of them; ``number`` counts targets."""

    number: int
    row: Row
    head: Head
    language: Language
    share: Share | None = None

    @property
    def status(self) -> Status | None:
        return self.row.status if self.share is None else self.share.status


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``heading`` is a code; ``tucked`` ones are folded away until a person opens the outline."""

    heading: str
    width: int
    value: Callable[[Line], Shown]
    tucked: bool = False


def _of_row(told: Callable[[Row, Language], str]) -> Callable[[Line], Shown]:
    return lambda line: told(line.row, line.language) or None


def _completeness(line: Line) -> Shown:
    return None if line.row.completeness is None else spoken(line.row.completeness, line.language)


def _status(line: Line) -> Shown:
    if line.status is None:
        return None
    return f"{status_looks()[line.status].symbol} {phrase(f'status.{line.status}', line.language)}"


def _unit(line: Line) -> Shown:
    return unit_printed(line.row.unit, line.language)


def _probability(line: Line) -> Shown:
    chance = line.row.chance
    if chance is None:
        return None
    if chance.probability is None:
        return phrases.no_chance(chance, line.language)
    return probability(chance.probability)[0]


def _interval(line: Line) -> Shown:
    if line.row.chance is None:
        return None
    told = [phrases.interval(line.row, line.language), phrases.coverage(line.row.chance, line.language)]
    return "\n".join(filter(None, told)) or None


def _remark(line: Line) -> Shown:
    row, language = line.row, line.language
    told = ["、".join(phrases.marks(row, language)), spoken(row.reason_text, language), phrases.step_gap(row, language)]
    return "\n".join(filter(None, [*told, phrases.dragging(row, language)]))


_NUMBER = Column("column.number", 5, lambda line: line.number)
_TARGET = Column("column.target", 20, lambda line: phrases.subject(line.row, line.head, line.language))
_GOAL = Column("column.goal", 12, _of_row(lambda row, language: spoken(row.goal, language)))
_ID = Column("column.id", 28, lambda line: line.row.target, tucked=True)

TARGETS = (
    _NUMBER,
    _TARGET,
    _GOAL,
    Column("column.status", 10, _status),
    Column("column.figure", 8, lambda line: line.row.figure),
    Column("column.unit", 7, _unit),
    Column("column.period", 10, _of_row(phrases.period)),
    Column("column.gap", 7, lambda line: line.row.gap),
    Column("column.room", 28, _of_row(phrases.room)),
    Column("column.chance", 7, _probability),
    Column("column.interval", 12, _interval),
    Column("column.leads", 14, _of_row(phrases.answering)),
    Column("column.next_due", 11, lambda line: line.row.next_due or _over(line)),
    Column("column.completeness", 10, _completeness),
    Column("column.remark", 24, _remark),
    Column("column.quote", 44, lambda line: line.row.quote, tucked=True),
    _ID,
)


def _over(line: Line) -> Shown:
    return phrase("show.judged_over", line.language) if line.row.due else None


def _district(value: Callable[[Share], Shown]) -> Callable[[Line], Shown]:
    return lambda line: None if line.share is None else value(line.share)


def _own_goal(line: Line) -> Shown:
    owner = "yes" if line.share is not None and line.share.own_goal else "no"
    return phrase(f"column.own_goal.{owner}", line.language)


DISTRICTS = (
    _NUMBER,
    _TARGET,
    _GOAL,
    Column("column.region", 16, lambda line: line.row.region_name),
    Column("column.district", 16, _district(lambda share: share.region_name)),
    Column("column.figure", 10, _district(lambda share: share.figure)),
    Column("column.unit", 9, _unit),
    Column("column.period", 12, _of_row(phrases.period)),
    Column("column.gap", 10, _district(lambda share: share.gap)),
    Column("column.own_goal", 14, _own_goal),
    Column("column.status", 12, _status),
    _ID,
)


def write_board(board: Board, path: Path, language: Language = "zh") -> None:
    """Return nothing; write ``board`` to ``path`` as an xlsx workbook, whole or not at all.

    Sheets: the targets, what needs somebody to act first; the districts of those that have them; what the words mean
    and the rules of judgement. The same board gives the same bytes.

    Raises FileError when the folder cannot be written.
    """
    book = Workbook()
    book.properties.creator = f"bilan {board.head.bilan_version}"
    book.properties.title = writable(phrase("head.title", language, title=board.head.plan_title or board.head.plan))
    page = book.active
    assert isinstance(page, Worksheet)
    page.title = phrase("sheet.board", language)
    lines = _lines(board, language)
    _write_list(page, TARGETS, lines, board, language)
    shares = [Line(one.number, one.row, one.head, language, share) for one in lines for share in one.row.districts]
    _write_list(book.create_sheet(phrase("sheet.districts", language)), DISTRICTS, shares, board, language)
    write_about(book.create_sheet(phrase("sheet.about", language)), board.head, language)
    save(book, path)


def _lines(board: Board, language: Language) -> list[Line]:
    of_whole = [row for row in board.rows if not row.district]
    ranked = sorted(of_whole, key=lambda row: ATTENTION.index(row.status))  # stable: the plan's order within
    return [Line(number, row, board.head, language) for number, row in enumerate(ranked, 1)]


def _write_list(
    page: Worksheet, columns: Sequence[Column], lines: Sequence[Line], board: Board, language: Language
) -> None:
    _write_title(page, board.head, language, empty=not lines)
    for index, column in enumerate(columns, 1):
        _write_header(page, index, column, language)
    cells = Cells(page)
    for place, line in enumerate(lines, HEADER_ROW + 1):
        _write_line(cells, page, place, columns, line)
    last = HEADER_ROW + max(1, len(lines))
    in_view = sum(not column.tucked for column in columns)
    page.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(columns))}{last}"
    page.freeze_panes = f"C{HEADER_ROW + 1}"
    page.print_area = f"A1:{get_column_letter(in_view)}{last}"
    style.print_setup(page, HEADER_ROW)
    # the button that opens the tucked columns stands left of them, where a person can see it
    page.sheet_properties.outlinePr = Outline(summaryRight=False)
    page.column_dimensions[get_column_letter(in_view)].collapsed = True


def _write_title(page: Worksheet, head: Head, language: Language, *, empty: bool) -> None:
    """The title, and a line that says of which day, by which knowledge, and whether any of it is simulated."""
    title = phrase("head.title", language, title=head.plan_title or head.plan)
    style.put(page, 1, 1, title, style.TITLE).alignment = style.ONE_LINE
    page.row_dimensions[1].height = 26
    told = [phrases.facts(head, language)[0], *([phrase("sheet.none", language)] if empty else [])]
    font = style.QUIET
    if head.simulated:
        notice = phrase("head.simulated", language)
        told = [notice, phrase("note.simulated", language), *told]
        font = Font(name=style.FONT, size=11, bold=True, color=status_looks()["missed"].ink)
        if page.oddHeader is not None:  # on each printed page
            page.oddHeader.center.text = notice
    style.put(page, 2, 1, "　".join(told), font).alignment = style.ONE_LINE


def _write_header(page: Worksheet, index: int, column: Column, language: Language) -> None:
    cell = style.put(page, HEADER_ROW, index, phrase(column.heading, language), style.HEADER)
    cell.fill, cell.alignment, cell.border = style.HEADER_FILL, style.MIDDLE, style.GRID
    width = page.column_dimensions[get_column_letter(index)]
    width.width = column.width
    if column.tucked:
        width.outlineLevel, width.hidden = 1, True


def _write_line(cells: Cells, page: Worksheet, place: int, columns: Iterable[Column], line: Line) -> None:
    lines = 1
    for index, column in enumerate(columns, 1):
        value = column.value(line)
        cells.put(place, index, value, _manner(column, line))
        if isinstance(value, str) and not column.tucked:
            lines = max(lines, style.lines_of(writable(value), column.width))
    style.fit_row(page, place, lines)


def _manner(column: Column, line: Line) -> Manner:
    if column.heading == "column.status":
        return Manner(status=line.status)
    if column.heading == "column.chance" and line.row.chance and line.row.chance.probability is not None:
        return Manner(number_format=probability(line.row.chance.probability)[1])
    return Manner(provisional=column.heading == "column.figure" and not line.row.official)
