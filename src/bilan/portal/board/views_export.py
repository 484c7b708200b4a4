"""A board as a file: what the page shows with its filters, as workbook, CSV or JSON."""

from __future__ import annotations

import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

from bilan.board.model import Board
from bilan.board.texts import phrase
from bilan.board.workbook import TARGETS, write_board
from bilan.board.workbook import Line as Sheetline
from bilan.portal.audit.record import record
from bilan.portal.board.boards import Sheet
from bilan.portal.board.changes import counted
from bilan.portal.board.choosing import Chosen
from bilan.portal.board.filters import Filters, slipping_first
from bilan.portal.board.made import Made, answered
from bilan.portal.board.store import Answer
from bilan.portal.board.views import OfBoard
from bilan.portal.core.speech import language
from bilan.portal.files.export import XLSX, csv_response

_TYPES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8", "json": "application/json"}


class Export(OfBoard):
    """The rows of the page's filters; taking them away is in the log where somebody is logged in."""

    guards = ("board", "export")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.format = kwargs.pop("format")
        if self.format not in _TYPES:
            raise Http404
        return super().get(request, *args, **kwargs)

    def shown(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], **kwargs: Any) -> HttpResponseBase:
        board = self._board(request, chosen, answer.value)
        shows, name = (
            board.model_dump_json(indent=1).encode(),
            f"{chosen.plan.slug}-board-{board.head.as_of.isoformat()}",
        )
        make = {"xlsx": lambda: _workbook(board), "csv": lambda: _csv(board), "json": lambda: shows}[self.format]
        made = Made(f"board.{self.format}", shows, make, _TYPES[self.format], f"{name}.{self.format}", self.public)
        response = answered(request, made)
        if request.user.is_authenticated and response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
            asked = {"filter": request.GET.dict(), "format": self.format, "rows": len(board.rows)}
            record("board.export", label=str(chosen.plan), new=asked, plan=chosen.plan.slug, region=chosen.region)
        return response

    def _board(self, request: HttpRequest, chosen: Chosen, sheet: Sheet) -> Board:
        """The board of the rows asked for, with the districts of these that are within reach."""
        rows = chosen.sight.rows(sheet.rows, chosen.region.pk)
        rows = slipping_first(Filters.read(request.GET).rows(rows, sheet.board.head.as_of))
        wanted = {row.target for row in rows}
        own = [row for row in sheet.board.rows if row.district and row.target in wanted]
        own = chosen.sight.rows(own, chosen.region.pk)
        head = sheet.board.head.model_copy(update={"counts": counted(rows, [])})
        return Board(head=head, rows=[*rows, *own])


class PublicExport(Export):
    guards = ("public_board", "export")
    public = True


def _csv(board: Board) -> bytes:
    """The table at once, while the language of the page is in force."""
    header = [phrase(column.heading, language()) for column in TARGETS]
    rows = [row for row in board.rows if not row.district]
    told = (
        [column.value(Sheetline(number, row, board.head, language())) for column in TARGETS]
        for number, row in enumerate(rows, start=1)
    )
    return b"".join(csv_response("", header, told))


def _workbook(board: Board) -> bytes:
    with tempfile.TemporaryDirectory(prefix="bilan-board-") as folder:
        path = Path(folder) / "board.xlsx"
        write_board(board, path, language())
        return path.read_bytes()
