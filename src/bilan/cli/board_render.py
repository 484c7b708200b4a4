"""The board in a terminal: what needs somebody to act first; where a table would be too narrow, target by target."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bilan.board import phrases
from bilan.board.looks import ATTENTION, Look, status_looks
from bilan.board.model import Board, Explanation, Head, Row
from bilan.board.status import Status
from bilan.board.texts import phrase, spoken
from bilan.cli.render import WIDTH
from bilan.policy.texts import Language

NARROWEST_TABLE = 80  # columns; below, each target is a block of lines
MOST_ROWS = 40  # of each answer: a board of thousands is read in the workbook
MARKED: tuple[Status, ...] = ("missed", "at_risk", "cannot_be_judged")  # where a reason stands even beside a room
INDENT = 4
_FIGURES = 11  # cells of a column of figures
BETWEEN = " · "  # the lines of a cell where they stand in one line


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``heading`` is a code, ``share`` of what width is left or 0 for one as wide as its content.

    ``lines`` gives the lines of its cell; those that are empty are left out.
    """

    heading: str
    share: int
    lines: Callable[[Row, Head, Language], list[str]]
    least: int | None = None  # columns, of one with a share


def print_board(board: Board, language: Language) -> None:
    """Print ``board`` on stdout; a file or pipe gets lines of one width, whatever machine writes it."""
    render(board, _console(), language)


def print_explanation(explanation: Explanation, language: Language) -> None:
    """Print ``explanation`` on stdout, link by link."""
    render_explanation(explanation, _console(), language)


def render(board: Board, console: Console, language: Language = "zh") -> None:
    """Print the head of ``board`` and its rows by their answers, at most :data:`MOST_ROWS` of each."""
    _print_head(board.head, console, language)
    if not board.rows:
        console.print(phrase("note.empty", language))
    for status in ATTENTION:
        rows = [row for row in board.rows if row.status == status and not row.district]
        if rows:
            console.print()
            _print_group(status, rows, board.head, console, language)


def render_explanation(explanation: Explanation, console: Console, language: Language = "zh") -> None:
    """Print what the target asks and how it stands, then every link of its chain, numbered."""
    row = explanation.row
    look = status_looks()[row.status]
    console.print(_plain(f"{row.name}　{spoken(row.goal, language)}", "bold"))
    console.print(_answer(look, row.status, language).append(f"　{_clean(spoken(row.reason_text, language))}", "none"))
    console.print(_plain(row.target, "dim"))
    for number, link in enumerate(explanation.chain, 1):
        console.print()
        console.print(_plain(f"{number}. {phrase(f'step.{link.step}', language)}", "bold"))
        for line in link.lines:
            _print_indented(spoken(line, language), console)


# --- the head ---


def _print_head(head: Head, console: Console, language: Language) -> None:
    console.print(_plain(phrase("head.title", language, title=head.plan_title or head.plan), "bold"))
    if head.simulated:
        console.print(_plain(f" {phrase('head.simulated', language)} ", "bold black on yellow"))
        console.print(_plain(phrase("note.simulated", language)))
    day, versions = phrases.facts(head, language)
    console.print(_plain(day))
    console.print(_plain(versions, "dim"))
    console.print(_counts(head, language))
    for note in head.notes:
        console.print(_plain(spoken(note, language), "dim"))


def _counts(head: Head, language: Language) -> Text:
    looks = status_looks()
    told = [
        _answer(looks[status], status, language).append(f" {head.counts.get(status, 0)}", "none")
        for status in ATTENTION
    ]
    return Text("　").join(told)


def _answer(look: Look, status: Status, language: Language) -> Text:
    return Text().append(f"{look.symbol} {phrase(f'status.{status}', language)}", look.terminal)


# --- the rows ---


def _target(row: Row, head: Head, language: Language) -> list[str]:
    return [phrases.subject(row, head, language), spoken(row.goal, language)]


def _figure(row: Row, _head: Head, language: Language) -> list[str]:
    if row.figure is None:
        return []
    marks = phrases.marks(row, language)
    told = phrase("show.list", language, items=marks) if marks else ""
    return [phrases.figure(row, language), told, phrases.period(row, language)]


def _gap_and_room(row: Row, _head: Head, language: Language) -> list[str]:
    reason = spoken(row.reason_text, language) if row.room is None or row.status in MARKED else ""
    room = phrases.room(row, language)
    distances = [phrases.gap(row, language), phrases.step_gap(row, language)]
    return [*distances, reason, room, phrases.dragging(row, language)]


def _chance(row: Row, _head: Head, language: Language) -> list[str]:
    if row.chance is None:
        return []
    if row.chance.probability is None:
        return [phrases.no_chance(row.chance, language)]
    return [
        phrases.probability(row.chance),
        phrases.chance_of(row, language),
        phrases.interval(row, language),
        phrases.coverage(row.chance, language),
    ]


def _leads(row: Row, _head: Head, language: Language) -> list[str]:
    return [phrases.answering(row, language)]


def _due(row: Row, _head: Head, language: Language) -> list[str]:
    over = phrase("show.judged_over", language) if row.due else ""
    yearly = phrase(f"show.every_{row.every}", language) if row.every else ""
    return [str(row.next_due) if row.next_due else over, yearly, short_id(row.target)]


COLUMNS = (
    Column("column.target", 20, _target, least=16),
    Column("column.figure", 12, _figure, least=10),
    Column("column.gap_and_room", 26, _gap_and_room),
    Column("column.chance", 0, _chance),
    Column("column.leads", 12, _leads, least=12),
    Column("column.due_and_id", 0, _due),
)


def short_id(target: str) -> str:
    """The end of an id, which tells the targets of one plan apart.

    >>> short_id("p0f1e2d3c-target-8a3b9c0d1e")
    '8a3b9c0d1e'
    """
    return target.rpartition("-")[2]


def _print_group(status: Status, rows: list[Row], head: Head, console: Console, language: Language) -> None:
    look = status_looks()[status]
    count = phrase("head.rows", language, count=len(rows))
    console.print(_answer(look, status, language).append(f"　{count}", "none"))
    shown = rows[:MOST_ROWS]
    if console.width < NARROWEST_TABLE:
        for row in shown:
            _print_block(row, head, console, language)
    else:
        console.print(_table(shown, head, look, console, language))
    if len(rows) > len(shown):
        console.print(_plain(phrase("head.more", language, more=len(rows) - len(shown)), "dim"))


def _table(rows: list[Row], head: Head, look: Look, console: Console, language: Language) -> Table:
    """The rows; a column that is empty in all of them is left out."""
    table = Table(box=box.SIMPLE_HEAD, expand=True, padding=(0, 1, 0, 0), pad_edge=False, leading=1)
    cells = [[_narrow_cell(column, row, head, console, language) for row in rows] for column in COLUMNS]
    filled = [(column, texts) for column, texts in zip(COLUMNS, cells, strict=True) if any(texts)]
    table.add_column("", width=1, no_wrap=True)
    for column, _ in filled:
        heading = phrase(column.heading, language)
        share = column.share or None  # with a share, rich takes the width for the least
        table.add_column(heading, overflow="fold", ratio=share, no_wrap=share is None, width=column.least)
    for texts in zip(*(texts for _, texts in filled), strict=True):
        table.add_row(_plain(look.symbol, look.terminal), *map(_plain, texts))
    return table


def _cell(column: Column, row: Row, head: Head, language: Language) -> str:
    return "\n".join(line for line in map(_clean, column.lines(row, head, language)) if line)


def _narrow_cell(column: Column, row: Row, head: Head, console: Console, language: Language) -> str:
    """The cell of a table, in which how often an interval held is no wider than the interval."""
    text = _cell(column, row, head, language)
    held = "" if row.chance is None else phrases.coverage(row.chance, language)
    if not held:
        return text
    folded = Text(held).wrap(console, _FIGURES)
    return text.replace(held, "\n".join(line.plain.rstrip() for line in folded))


def _print_block(row: Row, head: Head, console: Console, language: Language) -> None:
    """Print the target and what it asks, then one line for each other thing that is known."""
    first, *others = COLUMNS
    look = status_looks()[row.status]
    name = _cell(first, row, head, language).replace("\n", BETWEEN)
    console.print(_plain(look.symbol, look.terminal).append(f" {name}", "none"))
    for column in others:
        if text := _cell(column, row, head, language).replace("\n", BETWEEN):
            label = phrase(column.heading, language)
            _print_indented(phrase("show.labelled", language, label=label, text=text), console)


# --- one text ---


def _print_indented(text: str, console: Console) -> None:
    console.print(Padding(_plain(text), (0, 0, 0, INDENT), expand=False))


def _plain(text: str, style: str = "") -> Text:
    """``text`` as it is: what a plan says is no markup."""
    return Text("\n".join(map(_clean, text.split("\n"))), style=style, overflow="fold")


def _clean(line: str) -> str:
    """``line`` without what could steer a terminal."""
    return "".join(character if character.isprintable() or character == "　" else " " for character in line).strip(" ")


def _console() -> Console:
    fixed = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDTH
    return Console(width=fixed, highlight=False)
