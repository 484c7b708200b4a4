"""The last sheet of a board's workbook: what it was made from, what the five answers mean, how they are decided."""

from __future__ import annotations

from collections.abc import Iterable

from openpyxl.worksheet.worksheet import Worksheet

from bilan.board import phrases
from bilan.board.looks import ATTENTION, status_looks
from bilan.board.model import Head
from bilan.board.status import Status, StatusRule, status_rules
from bilan.board.texts import phrase, spoken
from bilan.board.workbook_cells import colour
from bilan.plan.workbook import style
from bilan.policy.texts import Language

WIDTHS = (18, 110)
_READING = ("gap", "room", "chance", "provisional", "late")
_METHODS = ("figures", "room", "chance")


def write_about(page: Worksheet, head: Head, language: Language) -> None:
    """Return nothing; fill the page."""
    for letter, width in zip("AB", WIDTHS, strict=True):
        page.column_dimensions[letter].width = width
    row = _pairs(page, 1, "about.facts", _facts(head, language), language)
    row = _answers(page, row + 1, head, language)
    row = _rules(page, row + 1, language)
    for block, parts in (("reading", _READING), ("methods", _METHODS)):
        told = ((str(n), phrase(f"about.{block}.{part}", language)) for n, part in enumerate(parts, 1))
        row = _pairs(page, row + 1, f"about.{block}", told, language)
    style.print_setup(page)


def _facts(head: Head, language: Language) -> list[tuple[str, str]]:
    known = phrase("head.known_now", language)
    if head.known_at is not None:
        known = phrase("head.known_at", language, moment=head.known_at)
    told = [
        ("about.plan", head.plan_title or head.plan),
        ("about.region", head.region_name or head.region or ""),
        ("about.day", str(head.as_of)),
        ("about.known", known),
        ("about.versions", phrases.versions(head, language)),
        *(("about.notice", spoken(note, language)) for note in head.notes),
    ]
    if head.simulated:
        told.append(("about.notice", phrase("note.simulated", language)))
    return [(phrase(code, language), text) for code, text in told if text]


def _answers(page: Worksheet, row: int, head: Head, language: Language) -> int:
    """The five answers in their colours, with how many targets have each and what it means."""
    _heading(page, row, "about.answers", language)
    for place, status in enumerate(ATTENTION, row + 1):
        count = phrase("head.rows", language, count=head.counts.get(status, 0))
        text = f"{count}　{phrase(f'status.{status}.means', language)}"
        _coloured(page, place, status, language)
        style.put(page, place, 2, text)
        style.fit_row(page, place, style.lines_of(text, WIDTHS[1]))
    return row + len(ATTENTION) + 1


def _rules(page: Worksheet, row: int, language: Language) -> int:
    _heading(page, row, "about.rules", language)
    for place, rule in enumerate(status_rules(), row + 1):
        _coloured(page, place, rule.status, language)
        text = rule.zh if language == "zh" else rule.en
        if asked := _threshold(rule, language):
            text = phrase("show.place", language, name=text, where=asked)
        style.put(page, place, 2, text)
        style.fit_row(page, place, style.lines_of(text, WIDTHS[1]))
    return row + len(status_rules()) + 1


def _threshold(rule: StatusRule, language: Language) -> list[str]:
    bounds = (("chance_from", rule.chance_from), ("chance_below", rule.chance_below))
    return [
        phrase(f"about.rule.{name}", language, chance=f"{value:.0%}") for name, value in bounds if value is not None
    ]


def _heading(page: Worksheet, row: int, code: str, language: Language) -> None:
    style.put(page, row, 1, phrase(code, language), style.HEADING).alignment = style.ONE_LINE


def _coloured(page: Worksheet, row: int, status: Status, language: Language) -> None:
    symbol = status_looks()[status].symbol
    colour(style.put(page, row, 1, f"{symbol} {phrase(f'status.{status}', language)}"), status)


def _pairs(page: Worksheet, row: int, heading: str, pairs: Iterable[tuple[str, str]], language: Language) -> int:
    """Return the first row after a block of labels and texts."""
    _heading(page, row, heading, language)
    listed = list(pairs)
    for place, (label, text) in enumerate(listed, row + 1):
        style.put(page, place, 1, label, style.QUIET)
        style.put(page, place, 2, text).alignment = style.WRAPPED_LEFT
        style.fit_row(page, place, style.lines_of(text, WIDTHS[1]))
    return row + len(listed) + 1
