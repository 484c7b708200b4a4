"""The page of a target: where it stands, how that came about, who answers for it, and what people decided."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString

from bilan.board.model import Explanation, Row
from bilan.portal.board.boards import Past, Sheet, explanation_of, past_of
from bilan.portal.board.choosing import Chosen, NotYoursError, visible_plans
from bilan.portal.board.clauses import clause_of
from bilan.portal.board.closings import Then, judgement, period_of, why_not
from bilan.portal.board.forms import ClosingForm, EntryForm, MayEnter, NoteForm
from bilan.portal.board.hindsight import hindsight
from bilan.portal.board.lake import the_lake
from bilan.portal.board.links import Step, steps
from bilan.portal.board.made import answered, not_made
from bilan.portal.board.models import Closing, Entry, Note
from bilan.portal.board.pages import Shown, drawn_once
from bilan.portal.board.pictures import CHART_KINDS, FORMATS, picture
from bilan.portal.board.sight import Sight
from bilan.portal.board.store import Answer, NotMadeError
from bilan.portal.board.texts import target_of, work_for
from bilan.portal.board.twins import stated_again
from bilan.portal.board.views import WAIT, Fragment, OfBoard, lines, rests
from bilan.portal.people.models import Unit

_AT_ONCE = 0.2  # seconds that the page waits for its proof; else the proof comes after it


class OfTarget(OfBoard):
    """A page about one target in one place."""

    guards = ("target", "read")

    def shown(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], **kwargs: Any) -> HttpResponseBase:
        row = answer.value.by_target.get(kwargs["target"])
        seen = [] if row is None else chosen.sight.rows([row], chosen.region.pk)
        if not seen:
            raise Http404 if row is None else NotYoursError
        return self.of_row(request, chosen, answer, seen[0])

    def of_row(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row) -> HttpResponseBase:
        """Return the page about ``row``."""
        raise NotImplementedError

    def about(self, chosen: Chosen, answer: Answer[Sheet], row: Row) -> dict[str, Any]:
        """Return what the page and its parts show of the row."""
        return {**self.context(chosen, answer), "row": row, "place": [chosen.plan.slug, row.target]}

    def proof(self, chosen: Chosen, sheet: Sheet, row: Row) -> dict[str, Any]:
        """Return the chain of proof for a page, or why there is none; None while it is being made."""
        try:
            found = explanation_of(chosen.asked, sheet, row.target, _AT_ONCE)
        except NotMadeError as error:
            address = f"{reverse(self.target_url, args=[chosen.plan.slug, row.target])}?{chosen.query}"
            return {"proof": None, "failed": error, "again": self.again_url(address)}
        return {"proof": None if found is None else self._told(chosen, row, found.value)}

    def _told(self, chosen: Chosen, row: Row, explanation: Explanation) -> list[Step]:
        parts, lake = chosen.sight.parts(row, chosen.region.pk), the_lake()
        rows = [] if lake is None or parts.seen is None else lake.stations().to_pylist()
        hidden = [one["name"] or one["id"] for one in rows if not parts.holds(one)]
        return steps(explanation, row, hidden, public=self.public)


class Target(OfTarget):
    """The page for those who work with the target."""

    template = "board/target.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().get(request, *args, **kwargs)
        except NotYoursError:
            address = "" if self.public else public_address(kwargs["plan"], kwargs["target"])
            if not address:
                raise
            return render(request, "board/only_public.html", {"public_url": address}, status=HTTPStatus.NOT_FOUND)

    def of_row(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row) -> HttpResponseBase:
        about = self.about(chosen, answer, row)
        rests_on = rests(chosen, answer, about)
        inside = drawn_once(request, self.template, rests_on, lambda: inside_of(self, chosen, answer, row))
        return framed(request, about, inside)


def public_address(slug: str, target: str) -> str:
    """Return the address of a target on the public board, which everybody may know of; empty where it is not there."""
    plan = visible_plans(AnonymousUser()).filter(slug=slug).first()
    if plan is None or plan.current is None or target not in {one.id for one in plan.current.compiled_plan().targets}:
        return ""
    return reverse("board:public_target", args=[slug, target])


def framed(request: HttpRequest, about: dict[str, Any], inside: SafeString) -> HttpResponse:
    """Return the page of a target whose inside is drawn; ``about`` as of :meth:`OfTarget.about`."""
    return render(request, "board/target_page.html", {**about, "inside": inside})


def inside_of(view: OfTarget, chosen: Chosen, answer: Answer[Sheet], row: Row, **forms: Any) -> Shown:
    """Return all that the inside of the page shows, and whether it is there.

    ``forms`` stand in for the empty ones where something was wrong.
    """
    plan, target = chosen.asked.plan, target_of(chosen.asked.plan, row.target)
    again = stated_again(chosen.sight.rows(answer.value.rows, chosen.region.pk))
    line = lines([row], chosen.asked, answer.value, again, public=view.public)[0]
    proof = view.proof(chosen, answer.value, row)
    about = {
        **view.about(chosen, answer, row),
        "line": line,
        **proof,
        "clause": clause_of(plan, target, ""),
        "hindsight": hindsight(chosen.asked),
        "work": work_for(plan, target),
    }
    whole = proof["proof"] is not None and line.is_whole
    return (about if view.public else {**about, **_inside(chosen, answer, row, line.then), **forms}), whole


def _inside(chosen: Chosen, answer: Answer[Sheet], row: Row, then: Then | None) -> dict[str, Any]:
    """What only those see who work on the site: people, entries, notes, closings and the forms for them."""
    own = {"plan": chosen.plan, "target": row.target, "region": chosen.region}
    # Whoever reads them of a target in this place reads those of every unit: what was decided about his own district.
    entries = Entry.objects.filter(**own) if may(chosen, row, "entry", "read") else Entry.objects.none()
    notes = Note.objects.filter(**own) if may(chosen, row, "note", "read") else Note.objects.none()
    closings = Closing.objects.filter(**own) if may(chosen, row, "closing", "read") else Closing.objects.none()
    entering = may_enter(chosen, row)
    return {
        "entries": entries.select_related("author").order_by("-on", "-pk"),
        "notes": notes.select_related("author", "unit"),
        "closings": closings.select_related("approved_by", "reopened_by", "version"),
        "then": then,
        "units": _units(chosen.sight, row),
        "may_enter": may(chosen, row, "entry", "create"),
        "may_note": may(chosen, row, "note", "create"),
        "may_close": may(chosen, row, "closing", "approve"),
        "may_reopen": may(chosen, row, "closing", "reopen"),
        "may_see_data": may(chosen, row, "figure", "read"),
        "why_not_closed": _why_not_closed(then, row, chosen),
        "period": period_of(row, chosen.asked.as_of),
        "entry_form": EntryForm(may_enter=entering),
        "entering": entering,
        "note_form": NoteForm(),
        "closing_form": ClosingForm(initial={"seen": judgement(row, answer.value.board.head, chosen.asked.as_of)}),
    }


def may(chosen: Chosen, row: Row, object_: str, action: str) -> bool:
    """Whether the reader may do ``action`` about the target in this place."""
    return chosen.sight.to(object_, action).sees(row, chosen.region.pk)


def may_enter(chosen: Chosen, row: Row) -> MayEnter:
    """Return what the reader may enter about the target in this place."""
    decides = may(chosen, row, "judgement", "create")
    return MayEnter(row, chosen.asked.as_of, decides, chosen.region != chosen.plan.region)


def _why_not_closed(then: Then | None, row: Row, chosen: Chosen) -> str:
    return "" if then is not None else why_not(row, chosen.asked.as_of)


def _units(sight: Sight, row: Row) -> list[tuple[str, str, Unit | None]]:
    """Role, name as in the plan, and the unit of the site that is called so."""
    told = [("lead", one) for one in row.leads] + [("support", one) for one in row.supports]
    return [(role, one.name, sight.answerable.called(one.name, one.department)) for role, one in told]


class Proof(Fragment, OfTarget):
    """The chain of proof, for a page that came before it."""

    def of_row(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row) -> HttpResponseBase:
        plan, proof = chosen.asked.plan, self.proof(chosen, answer.value, row)
        if proof["proof"] is None and "failed" not in proof:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        context = {
            **self.about(chosen, answer, row),
            **proof,
            "clause": clause_of(plan, target_of(plan, row.target), ""),
            "may_see_data": not self.public and may(chosen, row, "figure", "read"),
        }
        return render(request, "board/proof.html", context)


class Picture(OfTarget):
    """A chart of the target: its way over time, or its districts; for the page, or as a file."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.kind, self.format = kwargs["kind"], kwargs["format"]
        if self.kind not in CHART_KINDS or self.format not in FORMATS:
            raise Http404
        return super().get(request, *args, **kwargs)

    def of_row(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row) -> HttpResponseBase:
        past = Past() if self.kind == "ranking" else past_of(chosen.asked, WAIT)
        if past is None:
            return not_made(request, "early", public=self.public)
        drawn = picture(row, past.by_target.get(row.target, ()), self.kind, self.format, public=self.public)
        return answered(request, drawn)


class PublicTarget(Target):
    """The page for everybody."""

    guards = ("public_board", "read")
    public = True
    template = "board/public_target.html"


class PublicProof(Proof):
    guards = ("public_board", "read")
    public = True


class PublicPicture(Picture):
    guards = ("public_board", "read")
    public = True
