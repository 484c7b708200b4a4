"""The review of a draft: the source with its spans, and the lists beside it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views import View

from bilan.portal.plans.models import Draft
from bilan.portal.plans.naming import LISTS, STATE_WORDS, gap_word, list_name
from bilan.portal.plans.naming import mark as mark_of
from bilan.portal.plans.rows import (
    ANY_GAP,
    Asked,
    asked,
    gap_list_name,
    gap_rows,
    gaps_by_item,
    row_of,
    rows,
    tabs,
)
from bilan.portal.plans.spans import marked, spans_of
from bilan.portal.plans.state import REVIEWED_LISTS, Review, review_of
from bilan.portal.plans.views.base import OfPlan, crumbs
from bilan.portal.rights.reach import allowed

PER_PAGE = 100  # rows of a list
_ROW_ADDRESSES = ("confirm", "reject", "restore", "edit", "history")


class ReviewPage(OfPlan, View):
    """Both panes; asked for by htmx, the lists alone."""

    guards = ("draft", "read")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.draft(pk)
        review = review_of(draft)
        there = lists_context(request, draft, review, asked(request.GET))
        if getattr(request, "htmx", None):
            return render(request, "plans/parts/lists.html", there)
        there["source"] = mark_safe(marked(review.text, spans_of(review)))  # escaped piece by piece
        there["key"] = [(mark_of(name), list_name(name), kind) for name, kind in _KEY]
        there["crumbs"] = crumbs(draft.plan, (_("核对"), ""))
        return render(request, "plans/review.html", there)


_KEY = (("targets", "target"), ("tasks", "task"), ("measures", "measure"), ("projects", "project"), ("duties", "duty"))


def head_context(request: HttpRequest, draft: Draft, review: Review) -> dict[str, Any]:
    """Return what the head of the review shows: progress, and what may be taken back."""
    done, whole = review.progress()
    user = request.user
    return {
        "draft": draft,
        "done": done,
        "whole": whole,
        "carried": review.carried,
        "number": review.number,
        "addresses": {name: reverse(f"plans:{name}", args=[draft.pk]) for name in _ROW_ADDRESSES},
        "may_change": draft.open and allowed(user, "draft", "change", draft),
        "may_publish": draft.open and allowed(user, "plan", "publish", draft.plan),
        "undoable": review.last_of(user.pk) if user.pk else None,
        "redoable": review.last_taken_back(user.pk) if user.pk else None,
    }


def lists_context(request: HttpRequest, draft: Draft, review: Review, what: Asked) -> dict[str, Any]:
    """Return what the pane of the lists shows."""
    is_gaps = what.list_name == "gaps"
    found: list[Any] = [*gap_rows(review, what)] if is_gaps else [*rows(review, what)]
    page = _page(request, found)
    shown = list(page.object_list)
    whole = len(review.plan.gaps) if is_gaps else len(review.items(what.list_name))
    kinds = list(dict.fromkeys(gap.kind for gap in review.plan.gaps))
    unreviewed = [row.id for row in shown if not is_gaps and row.reviewed and row.state == "unreviewed"]
    return {
        **head_context(request, draft, review),
        "asked": what,
        "tabs": tabs(review, what, reverse("plans:review", args=[draft.pk])),
        "rows": shown,
        "fitting": len(found),
        "page": page,
        "is_gaps": is_gaps,
        "total": whole,
        "list_label": gap_list_name() if is_gaps else list_name(what.list_name),
        "addable": what.list_name in REVIEWED_LISTS,
        "states": [(state, _(word)) for state, word in STATE_WORDS.items()],
        "confidences": [("low", _("低")), ("fair", _("中")), ("high", _("高"))],
        "gap_kinds": [(ANY_GAP, _("有缺口的")), *((kind, gap_word(kind)) for kind in kinds)],
        "unreviewed_shown": unreviewed,
        "add_lists": [(name, list_name(name)) for name in LISTS if name in REVIEWED_LISTS],
    }


def _page(request: HttpRequest, found: list[Any]) -> Page[Any]:
    """The page asked for by number, else the one with the item asked for."""
    pages = Paginator(found, PER_PAGE)
    number: int | str = request.GET.get("page", "")
    if not number and (wanted := request.GET.get("item", "")):
        number = next((place // PER_PAGE + 1 for place, one in enumerate(found) if one.id == wanted), 1)
    return pages.get_page(number)


def row_context(request: HttpRequest, draft: Draft, review: Review, item: str) -> dict[str, Any]:
    """Return what one row and the head of the review show after a decision. Raises KeyError where the item is gone."""
    name, found = review.find(item)
    row = row_of(review, name, found, gaps_by_item(review).get(item, []))
    return {**head_context(request, draft, review), "row": row, "out_of_band": True}
