"""What everybody may see of a board and of a chain of proof: no doubts of the office, nothing of its districts, and
no advice what to enter.

Reasons and names of people are not in it to begin with: see ``sources``.
"""

from __future__ import annotations

from bilan.board.model import Board, Row, Said
from bilan.board.texts import board_texts, said

_DOUBT = said("line.unverified", what="").zh


def for_all(board: Board) -> Board:
    """Return the board as everybody may see it."""
    doubtful = said("note.unverified", count=sum(bool(row.unverified) for row in board.rows if not row.district))
    rows = [_row(row) for row in board.rows if not row.district]
    notes = [note for note in board.head.notes if note != doubtful]
    return board.model_copy(update={"rows": rows, "head": board.head.model_copy(update={"notes": notes})})


def is_internal(line: Said) -> bool:
    """Return whether a line of a chain of proof is the office's own business."""
    return line.zh.startswith(_DOUBT)


def _row(row: Row) -> Row:
    told = {"unverified": [], "unverified_en": [], "districts": [], "reason_text": without_advice(row)}
    return row.model_copy(update=told)


def without_advice(row: Row) -> Said:
    """Return why the row is judged so; of what is missing without what to enter, which only some of the readers may."""
    return board_texts().get(f"awaited.{row.reason}", row.reason_text)
