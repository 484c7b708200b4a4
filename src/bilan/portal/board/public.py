"""What everybody may see of a board and of a chain of proof: no doubts of the office, nothing of its districts.

Reasons and names of people are not in it to begin with: see ``sources``.
"""

from __future__ import annotations

from bilan.board.model import Board, Row, Said
from bilan.board.texts import said, spoken
from bilan.foresee.room_words import Language

_MARK = "\N{REPLACEMENT CHARACTER}"
_INTERNAL: tuple[tuple[str, dict[str, str]], ...] = (
    ("line.unverified", {"what": _MARK}),
    ("line.district", {"name": _MARK, "value": "", "unit": ""}),
)


def for_all(board: Board) -> Board:
    """Return the board as everybody may see it."""
    doubtful = said("note.unverified", count=sum(bool(row.unverified) for row in board.rows if not row.district))
    rows = [_row(row) for row in board.rows if not row.district]
    notes = [note for note in board.head.notes if note != doubtful]
    return board.model_copy(update={"rows": rows, "head": board.head.model_copy(update={"notes": notes})})


def is_internal(line: Said, language: Language) -> bool:
    """Return whether a line of a chain of proof is the office's own business."""
    text = spoken(line, language)
    return any(text.startswith(_beginning(code, values, language)) for code, values in _INTERNAL)


def _row(row: Row) -> Row:
    return row.model_copy(update={"unverified": [], "districts": []})


def _beginning(code: str, values: dict[str, str], language: Language) -> str:
    """The words of a sentence before what is put into it."""
    return spoken(said(code, **values), language).partition(_MARK)[0]
