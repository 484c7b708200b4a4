"""The board of a plan: the first page of those who work on it, and the one that everybody sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.views import View

from bilan.board.model import Row
from bilan.portal.board.boards import NoLakeError, Sheet, board_at_hand, board_of, histories_at_hand
from bilan.portal.board.changes import DAYS, changes, counted
from bilan.portal.board.choosing import Chosen, NoPlanError, choose
from bilan.portal.board.closings import closed_rows
from bilan.portal.board.filters import Filters, slipping_first
from bilan.portal.board.lines import Line
from bilan.portal.board.sources import Asked
from bilan.portal.board.store import Answer
from bilan.portal.core.speech import language
from bilan.portal.rights.reach import allowed
from bilan.portal.rights.views import Guarded

SHOWN = 25  # rows of a page
WAIT = 3.0  # seconds; what takes longer is waited for on the page
_CHANGES = 12


class OfBoard(Guarded, View):
    """A page made from a board. What stands in its way is answered here: no plan, no data, not computed yet."""

    guards = ("board", "read")
    reads: tuple[str, str] | None = None  # by which places are found where that is not what the view does with them
    public = False

    @property
    def target_url(self) -> str:
        """The name of the address of a target."""
        return "board:public_target" if self.public else "board:target"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            chosen = choose(request, *(self.reads or self.guards), kwargs.get("plan"), public=self.public)
        except NoPlanError:
            return render(request, "board/no_plan.html", {"public": self.public})
        try:
            answer = board_of(chosen.asked, WAIT / 10 if self.public else WAIT)
        except NoLakeError:
            return render(request, "board/no_lake.html", {"chosen": chosen, "public": self.public})
        if answer is None:
            return render(request, "board/making.html", {"chosen": chosen, "public": self.public})
        if request.headers.get("HX-Target") == "making":  # the page that waited: it is another one now, as a whole
            return HttpResponse(headers={"HX-Refresh": "true"})
        return self.shown(request, chosen, answer, **kwargs)

    def shown(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], **kwargs: Any) -> HttpResponseBase:
        """Return the page of a board that is there."""
        raise NotImplementedError

    def context(self, chosen: Chosen, answer: Answer[Sheet]) -> dict[str, Any]:
        """Return what every page made from a board shows."""
        head = answer.value.board.head
        return {
            "chosen": chosen,
            "public": self.public,
            "head": head,
            "as_of": head.as_of,
            "simulated": head.simulated,
            "current": answer.current,
            "target_url": self.target_url,
        }


class Board(OfBoard):
    """The board: counts, what changed, and the targets, those that slip first."""

    template = "board/board.html"
    with_summary = True

    def shown(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], **kwargs: Any) -> HttpResponseBase:
        sheet = answer.value
        rows = chosen.sight.rows(sheet.rows, chosen.region.pk) if not self.public else list(sheet.rows)
        filters = Filters.read(request.GET)
        kept = self.in_order(filters.rows(rows, sheet.board.head.as_of))
        page = Paginator(kept, SHOWN).get_page(request.GET.get("page"))
        context = {
            **self.context(chosen, answer),
            "filters": filters,
            "facets": _facets(filters, rows, sheet),
            "in_force": filters.shown(),
            "page": page,
            "lines": self._drawn(chosen, sheet, list(page.object_list)),
            "many": len(rows),
            "with_summary": self.with_summary,
            "export": request.GET.urlencode(),
            **self._summary(chosen, rows),
        }
        return render(request, self.template, context)

    def _drawn(self, chosen: Chosen, sheet: Sheet, rows: list[Row]) -> list[SafeString]:
        """The lines of the table; one that was drawn before for the same words of the address is not drawn again."""
        shared = {"chosen": chosen, "head": sheet.board.head, "target_url": self.target_url}
        drawn = []
        for line in lines(rows, chosen.asked, public=self.public):
            key = (line.row.target, language(), self.target_url, chosen.query, len(line.past))
            made = None if line.then else sheet.drawn.get(key)
            if made is None:
                made = mark_safe(render_to_string("board/parts/row.html", {**shared, "line": line}))  # escaped there
            if not line.then:
                sheet.drawn[key] = made
            drawn.append(made)
        return drawn

    def in_order(self, rows: list[Row]) -> list[Row]:
        """Return the rows in the order in which they are listed."""
        return slipping_first(rows)

    def _summary(self, chosen: Chosen, rows: list[Row]) -> dict[str, Any]:
        """The counts, and what changed within a week as soon as the board of then is there."""
        counts = counted(rows, [])
        if not self.with_summary:
            return {"counts": counts}
        before = board_at_hand(week_before(chosen.asked))
        if before is None:
            return {"counts": counts, "comparing": True, "days": DAYS}
        then = before.value.by_target
        known = [then[row.target] for row in rows if row.target in then]
        found = changes(rows, then)
        return {
            "counts": counts,
            "since": counted([row for row in rows if row.target in then], known),
            "changes": found[:_CHANGES],
            "more_changes": max(0, len(found) - _CHANGES),
            "days": DAYS,
        }


class Targets(Board):
    """The same targets as a plain list, in the order of the plan."""

    guards = ("target", "read")
    with_summary = False

    def in_order(self, rows: list[Row]) -> list[Row]:
        return rows


class PublicBoard(Board):
    """The board for everybody: no reasons, no names of people, no doubts of the office."""

    guards = ("public_board", "read")
    public = True


class Front(Guarded, View):
    """The first page: the board of those who may see one, else the public one."""

    guards = ("site", "read")
    inside: ClassVar[Any] = staticmethod(Board.as_view())
    outside: ClassVar[Any] = staticmethod(PublicBoard.as_view())

    def get(self, request: HttpRequest) -> HttpResponse:
        view = self.inside if allowed(request.user, "board", "read") else self.outside
        answer: HttpResponse = view(request)
        return answer


def lines(rows: list[Row], asked: Asked, *, public: bool) -> list[Line]:
    """Return rows with the figures of their earlier periods and what was closed."""
    past = histories_at_hand(asked)
    closed = {} if public else closed_rows(asked, rows)
    return [Line(row, past.get(row.target, ()), closed.get(row.target)) for row in rows]


def week_before(asked: Asked) -> Asked:
    """Return the same question a week earlier."""
    return replace(asked, as_of=asked.as_of - timedelta(days=DAYS))


def _facets(filters: Filters, rows: list[Row], sheet: Sheet) -> dict[str, Any]:
    as_of = sheet.board.head.as_of
    return {
        "areas": filters.areas(rows, as_of),
        "units": filters.units(rows, as_of),
        "statuses": filters.statuses(),
        "dues": filters.dues(),
    }
