"""The board of a plan: the first page of those who work on it, and the one that everybody sees."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.views import View

from bilan.board.model import Row
from bilan.portal.board.boards import NoLakeError, Sheet, board_at_hand, board_of, is_behind, past_at_hand, try_again
from bilan.portal.board.changes import DAYS, Group, changes, counted
from bilan.portal.board.choosing import Chosen, NoPlanError, choose, plans_for
from bilan.portal.board.closings import closed_rows
from bilan.portal.board.filters import Filters, slipping_first
from bilan.portal.board.hindsight import hindsight
from bilan.portal.board.lake import state
from bilan.portal.board.lines import Line
from bilan.portal.board.pages import Shown, drawn_once
from bilan.portal.board.silent import without_silent
from bilan.portal.board.sources import Asked
from bilan.portal.board.store import Answer, NotMadeError
from bilan.portal.board.twins import once, stated_again
from bilan.portal.core.speech import language
from bilan.portal.rights.reach import allowed
from bilan.portal.rights.views import Guarded

SHOWN = 25  # rows of a page
WAIT = 3.0  # seconds; what takes longer is waited for on the page
AGAIN = "again"  # in an address: what could not be made is tried again at once


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
            return self.no_board(request, "board/no_plan.html", {"elsewhere": self._elsewhere(request)})
        if AGAIN in request.GET and request.method == "GET" and not self.public:
            try_again(chosen.asked, kwargs.get("target", ""))
            return redirect(_without_again(request))
        try:
            answer = self.board(chosen.asked)
        except NoLakeError:
            return self.no_board(request, "board/no_lake.html", {"chosen": chosen})
        except NotMadeError as error:
            return self.failed(request, chosen, error)
        if answer is None:
            return self.waits(request, chosen)
        return self.shown(request, chosen, answer, **kwargs)

    def board(self, asked: Asked) -> Answer[Sheet] | None:
        """Return the board, None where it is not there in time. Raises NoLakeError, NotMadeError."""
        return board_of(asked, WAIT / 10 if self.public else WAIT)

    def no_board(self, request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponseBase:
        """Return the page that says what must be there first."""
        return render(request, template, {**context, "public": self.public})

    def _elsewhere(self, request: HttpRequest) -> bool:
        """Whether there are plans for everybody to see where the reader has none of his own."""
        return not self.public and bool(plans_for(request, *PublicBoard.guards))

    def again_url(self, address: str) -> str:
        """Return the address that tries again what could not be made; for everybody not before its time."""
        return address if self.public else f"{address}&{AGAIN}=1"

    def waits(self, request: HttpRequest, chosen: Chosen) -> HttpResponseBase:
        """Return the page of a board that is being made."""
        return render(request, "board/making.html", {"chosen": chosen, "public": self.public})

    def failed(self, request: HttpRequest, chosen: Chosen, error: NotMadeError) -> HttpResponseBase:
        """Return the page of a board that could not be made: why, and what to do."""
        again = self.again_url(_without_again(request))
        context = {"chosen": chosen, "public": self.public, "failed": error, "again": again}
        answer = render(request, "board/failed.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE)
        if error.wait:
            answer.headers["Retry-After"] = str(error.wait)
        return answer

    def shown(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], **kwargs: Any) -> HttpResponseBase:
        """Return the page of a board that is there."""
        raise NotImplementedError

    def context(self, chosen: Chosen, answer: Answer[Sheet]) -> dict[str, Any]:
        """Return what every page made from a board shows."""
        head, data = answer.value.board.head, state()
        last_day = None if data is None else data.last_day
        return {
            "chosen": chosen,
            "public": self.public,
            "head": head,
            "as_of": head.as_of,
            "data_until": last_day if last_day is not None and last_day < head.as_of else None,
            "simulated": head.simulated,
            "behind": is_behind(chosen.asked, answer),
            "target_url": self.target_url,
        }


class Fragment(OfBoard):
    """A part of a page that asks for it until it is there: no presence of a person, nothing while it is made.

    Where it fails the page is asked for anew, as a whole: it says why.
    """

    polled = True

    def no_board(self, request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponseBase:
        return HttpResponse(headers={"HX-Refresh": "true"})

    def waits(self, request: HttpRequest, chosen: Chosen) -> HttpResponseBase:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)

    def failed(self, request: HttpRequest, chosen: Chosen, error: NotMadeError) -> HttpResponseBase:
        return HttpResponse(headers={"HX-Refresh": "true"})


class Making(Fragment):
    """Whether a board is there now: then the page that waits for it is asked for anew."""

    def shown(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], **kwargs: Any) -> HttpResponseBase:
        return HttpResponse(headers={"HX-Refresh": "true"})


class PublicMaking(Making):
    guards = ("public_board", "read")
    public = True


class Board(OfBoard):
    """The board: counts, what changed, and the targets, those that slip first."""

    with_summary = True

    def shown(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], **kwargs: Any) -> HttpResponseBase:
        about = {**self.context(chosen, answer), "with_summary": self.with_summary}
        before = key_of_week_before(chosen.asked) if self.with_summary else ()
        rests_on = (*rests(chosen, answer, about), before)
        inside = drawn_once(
            request, "board/parts/board.html", rests_on, lambda: self._inside(request, chosen, answer, about)
        )
        return render(request, "board/board.html", {**about, "inside": inside})

    def _inside(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], about: Mapping[str, Any]) -> Shown:
        """What the inside of the page shows, and whether all of it is there."""
        sheet = answer.value
        every = chosen.sight.rows(sheet.rows, chosen.region.pk)
        rows = without_silent(request, chosen, every)
        filters = Filters.read(request.GET)
        kept = self.in_order(once(filters.rows(rows, sheet.board.head.as_of)))
        page = Paginator(kept, SHOWN).get_page(request.GET.get("page"))
        told = summary(chosen, sheet, rows, every, self.target_url) if self.with_summary else counts_of(rows)
        shown = lines(list(page.object_list), chosen.asked, sheet, stated_again(rows), public=self.public)
        context = {
            **about,
            "filters": filters,
            "facets": _facets(filters, rows, sheet),
            "in_force": filters.shown(),
            "page": page,
            "lines": self._drawn(chosen, sheet, shown),
            "many": len(rows),
            "silent": len(every) - len(rows),
            "export": request.GET.urlencode(),
            "hindsight": hindsight(chosen.asked),
            **told,
            "asking": _asking(request, chosen),
        }
        whole = not told.get("comparing") and "not_compared" not in told and all(line.is_whole for line in shown)
        return context, whole

    def _drawn(self, chosen: Chosen, sheet: Sheet, shown: list[Line]) -> list[SafeString]:
        """The lines of the table; one that was drawn before for the same place and figures is not drawn again."""
        shared = {"chosen": chosen, "head": sheet.board.head, "target_url": self.target_url}
        drawn = []
        for line in shown:
            again = tuple(row.target for row, _place in line.again)
            key = (line.row.target, language(), self.target_url, chosen.query, tuple(line.past), again)
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


class Summary(Fragment):
    """The counts and what changed, for a board that came before the one of a week ago."""

    def shown(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], **kwargs: Any) -> HttpResponseBase:
        every = chosen.sight.rows(answer.value.rows, chosen.region.pk)
        rows = without_silent(request, chosen, every)
        told = summary(chosen, answer.value, rows, every, self.target_url)
        if told["comparing"]:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return render(request, "board/parts/summary.html", {**self.context(chosen, answer), **told})


class PublicSummary(Summary):
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


def lines(
    rows: list[Row], asked: Asked, sheet: Sheet, again: Mapping[str, Sequence[Row]], *, public: bool
) -> list[Line]:
    """Return rows with the figures of their earlier periods, what was closed, and the same goal stated ``again``."""
    past = past_at_hand(asked).by_target
    places = {row.target: [row, *again.get(row.target, ())] for row in rows}
    closed = {} if public else closed_rows(asked, [one for alike in places.values() for one in alike])
    return [
        Line(
            row,
            past.get(row.target, ()),
            next((closed[one.target] for one in places[row.target] if one.target in closed), None),
            sheet.apart.get(row.target, ""),
            [(other, sheet.apart.get(other.target, "")) for other in again.get(row.target, ())],
        )
        for row in rows
    ]


def rests(chosen: Chosen, answer: Answer[Sheet], about: Mapping[str, Any]) -> tuple[Hashable, ...]:
    """Return what the inside of every page made from a board rests on; ``about`` is the context that they share."""
    past = past_at_hand(chosen.asked).key
    return chosen.asked.changed, answer.value.key, past, chosen.asked.as_of, about["data_until"], about["behind"]


def key_of_week_before(asked: Asked) -> tuple[str, ...]:
    """Return what the board of a week ago was made from; nothing while it is not there."""
    try:
        before = board_at_hand(asked.week_before)
    except NotMadeError:
        return ()
    return () if before is None else before.value.key


def counts_of(rows: list[Row]) -> dict[str, Any]:
    """Return how many goals have which answer, how many targets are listed, and how many of them state one again."""
    goals = once(rows)
    return {"counts": counted(goals, []), "listed": len(rows), "repeated": len(rows) - len(goals)}


def summary(chosen: Chosen, sheet: Sheet, listed: list[Row], watched: list[Row], target_url: str) -> dict[str, Any]:
    """Return the counts of ``listed``, and what changed of ``watched`` as soon as the board of a week ago is there."""
    rows = once(listed)
    told: dict[str, Any] = {**counts_of(listed), "days": DAYS, "comparing": False}
    try:
        before = board_at_hand(chosen.asked.week_before)
    except NotMadeError as error:
        return {**told, "not_compared": error}
    if before is None:
        return {**told, "comparing": True}
    then = before.value.by_target
    known = [then[row.target] for row in rows if row.target in then]
    groups = changes(once(watched), then, chosen.asked.as_of, sheet.apart)
    return {
        **told,
        "since": counted([row for row in rows if row.target in then], known),
        "changes": _drawn_groups(groups, chosen, sheet, target_url),
    }


def _drawn_groups(groups: list[Group], chosen: Chosen, sheet: Sheet, target_url: str) -> SafeString:
    """The changes; what was drawn before for the same ones is not drawn again."""
    told = tuple((group.reason, one.row.target, one.before) for group in groups for one in group.changes)
    key = ("changes", language(), target_url, chosen.query, told)
    if groups and key not in sheet.drawn:
        context = {"groups": groups, "chosen": chosen, "head": sheet.board.head, "target_url": target_url}
        sheet.drawn[key] = mark_safe(render_to_string("board/parts/groups.html", context))  # escaped there
    return sheet.drawn[key] if groups else SafeString()


def _asking(request: HttpRequest, chosen: Chosen) -> str:
    """The query of the page, with place and day even where it names none."""
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in (("plan", chosen.plan.slug), ("region", chosen.region.pk), ("as_of", str(chosen.asked.as_of))):
        query[name] = value
    return query.urlencode()


def _without_again(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop(AGAIN, None)
    return f"{request.path}?{query.urlencode()}"


def _facets(filters: Filters, rows: list[Row], sheet: Sheet) -> dict[str, Any]:
    as_of = sheet.board.head.as_of
    return {
        "areas": filters.areas(rows, as_of),
        "units": filters.units(rows, as_of),
        "statuses": filters.statuses(),
        "dues": filters.dues(),
    }
