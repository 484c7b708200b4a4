"""The page of a target: where it stands, how that came about, who answers for it, and what people decided."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from bilan.board.model import Explanation, Row
from bilan.portal.board.boards import Sheet, explanation_of, histories_of
from bilan.portal.board.choosing import Chosen
from bilan.portal.board.closings import Then, closed_rows, period_of, why_not
from bilan.portal.board.forms import ClosingForm, EntryForm, NoteForm
from bilan.portal.board.links import Step, steps
from bilan.portal.board.models import Closing, Entry, Note
from bilan.portal.board.pictures import FORMATS, KINDS, picture
from bilan.portal.board.sight import Sight
from bilan.portal.board.store import Answer
from bilan.portal.board.texts import clause_of, target_of, work_for
from bilan.portal.board.views import WAIT, OfBoard, lines
from bilan.portal.core.speech import language
from bilan.portal.people.models import Unit
from bilan.portal.rights.reach import visible

_AT_ONCE = 0.2  # seconds that the page waits for its proof; else the proof comes after it


class OfTarget(OfBoard):
    """A page about one target in one place."""

    guards = ("target", "read")

    def shown(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], **kwargs: Any) -> HttpResponseBase:
        row = answer.value.by_target.get(kwargs["target"])
        if row is None or not (self.public or chosen.sight.sees(row, chosen.region.pk)):
            raise Http404
        return self.of_row(request, chosen, answer, row)

    def of_row(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row) -> HttpResponseBase:
        """Return the page about ``row``."""
        raise NotImplementedError

    def about(self, chosen: Chosen, answer: Answer[Sheet], row: Row) -> dict[str, Any]:
        """Return what the page and its parts show of the row."""
        return {**self.context(chosen, answer), "row": row, "place": [chosen.plan.slug, row.target]}

    def proof(self, chosen: Chosen, row: Row, patience: float) -> list[Step] | None:
        """Return the chain of proof, None while it is being made."""
        found = explanation_of(chosen.asked, row.target, patience)
        return None if found is None else self.told(found.value)

    def told(self, explanation: Explanation) -> list[Step]:
        return steps(explanation, public=self.public)


class Target(OfTarget):
    """The page for those who work with the target."""

    template = "board/target.html"

    def of_row(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row) -> HttpResponseBase:
        return render(request, self.template, page_of(self, request, chosen, answer, row))


def page_of(
    view: OfTarget, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row, **forms: Any
) -> dict[str, Any]:
    """Return all that the page of a target shows; ``forms`` stand in for the empty ones where something was wrong."""
    compiled, target = chosen.asked.plan, target_of(chosen.asked.plan, row.target)
    about = {
        **view.about(chosen, answer, row),
        "line": lines([row], chosen.asked, public=view.public)[0],
        "proof": view.proof(chosen, row, _AT_ONCE),
        "clause": clause_of(compiled, target, ""),
        "work": work_for(compiled, target),
    }
    return about if view.public else {**about, **_inside(request, chosen, row), **forms}


def _inside(request: HttpRequest, chosen: Chosen, row: Row) -> dict[str, Any]:
    """What only those see who work on the site: people, entries, notes, closings and the forms for them."""
    own = {"plan": chosen.plan, "target": row.target, "region": chosen.region}
    entries = visible(Entry.objects.filter(**own), request.user).select_related("author").order_by("-on", "-pk")
    notes = visible(Note.objects.filter(**own), request.user).select_related("author", "unit")
    closings = visible(Closing.objects.filter(**own), request.user)
    closings = closings.select_related("approved_by", "reopened_by", "version")
    then = closed_rows(chosen.asked, [row]).get(row.target)
    return {
        "entries": entries,
        "notes": notes,
        "closings": closings,
        "then": then,
        "units": _units(chosen.sight, row),
        "may_enter": may(request, chosen, row, "entry", "create"),
        "may_note": may(request, chosen, row, "note", "create"),
        "may_close": may(request, chosen, row, "closing", "approve"),
        "may_reopen": may(request, chosen, row, "closing", "reopen"),
        "may_see_data": may(request, chosen, row, "figure", "read"),
        "why_not_closed": _why_not_closed(then, row, chosen),
        "period": period_of(row, chosen.asked.as_of),
        "entry_form": EntryForm(
            district=chosen.region != chosen.plan.region, decides=may(request, chosen, row, "judgement", "create")
        ),
        "note_form": NoteForm(),
        "closing_form": ClosingForm(),
    }


def may(request: HttpRequest, chosen: Chosen, row: Row, object_: str, action: str) -> bool:
    """Whether the reader may do ``action`` about the target in this place."""
    return Sight(request.user, chosen.plan, object_, action).sees(row, chosen.region.pk)


def _why_not_closed(then: Then | None, row: Row, chosen: Chosen) -> str:
    return "" if then is not None else why_not(row, chosen.asked.as_of)


def _units(sight: Sight, row: Row) -> list[tuple[str, str, Unit | None]]:
    """Role, name as in the plan, and the unit of the site that is called so."""
    told = [("lead", one) for one in row.leads] + [("support", one) for one in row.supports]
    return [(role, one.name, sight.answerable.called(one.name, one.department)) for role, one in told]


class Proof(OfTarget):
    """The chain of proof, for a page that came before it."""

    polled = True

    def of_row(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row) -> HttpResponseBase:
        compiled = chosen.asked.plan
        context = {
            **self.about(chosen, answer, row),
            "proof": self.proof(chosen, row, WAIT),
            "clause": clause_of(compiled, target_of(compiled, row.target), ""),
            "may_see_data": not self.public and may(request, chosen, row, "figure", "read"),
        }
        return render(request, "board/proof.html", context)


class Picture(OfTarget):
    """A chart of the target: its way over time, or its districts; for the page, or as a file."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.kind, self.format = kwargs["kind"], kwargs["format"]
        if self.kind not in KINDS or self.format not in FORMATS:
            raise Http404
        return super().get(request, *args, **kwargs)

    def of_row(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row) -> HttpResponse:
        past = (histories_of(chosen.asked, WAIT) or {}).get(row.target, ())
        if self.format != "json":
            return picture(row, past, self.kind, self.format)
        key = (row.target, self.kind, language(), len(past))
        charts = answer.value.charts
        if key not in charts:
            charts[key] = picture(row, past, self.kind, self.format).content
        return HttpResponse(charts[key], content_type="application/json")


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
