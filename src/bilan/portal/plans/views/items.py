"""Decisions on items. Each works as a form of a page; asked for by htmx it answers with the row that changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from bilan.plan.corrections import sheet_named
from bilan.plan.model import Target
from bilan.plan.workbook.locate import Span
from bilan.portal.plans import decide
from bilan.portal.plans.decide import ConflictError, DecisionError, Done, RefusedError
from bilan.portal.plans.forms import ItemForm, indicator_codes, new_item_form
from bilan.portal.plans.models import Draft
from bilan.portal.plans.naming import list_name, name_of, of_field, sentences
from bilan.portal.plans.state import REVIEWED_LISTS, Review, review_of
from bilan.portal.plans.views.base import OfPlan, crumbs
from bilan.portal.plans.views.review import row_context

_MOST_TEXT = 4000  # characters that may be selected as the words of an item


def seen_of(request: HttpRequest) -> int:
    """Return the number of the last correction that the page knew; one that does not say so knew none."""
    text = request.POST.get("seen") or request.GET.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class Decision(OfPlan, View):
    """Does something to a draft and shows the item as it then stands."""

    guards = ("draft", "change")

    def show(self, request: HttpRequest, draft: Draft, review: Review, item: str) -> HttpResponse:
        """The row by itself, or the page at the row."""
        try:
            name, _item = review.find(item)
        except KeyError:
            return self.page(request, draft)
        if getattr(request, "htmx", None):
            return render(request, "plans/parts/changed.html", row_context(request, draft, review, item))
        return self.page(request, draft, name, item)

    def page(self, request: HttpRequest, draft: Draft, name: str = "", item: str = "") -> HttpResponse:
        """Lead back to the review, with the filters from which the decision came."""
        kept = ("state", "confidence", "gap", "q", *(() if item else ("page",)))  # an item is found on its page
        query = {key: value for key in kept if (value := request.POST.get(key))}
        if name or request.POST.get("list"):
            query = {"list": name or request.POST["list"], **query, **({"item": item} if item else {})}
        return redirect(f"{draft.get_absolute_url()}?{urlencode(query)}{'#' + item if item else ''}")

    def refused(self, request: HttpRequest, draft: Draft, error: DecisionError, item: str = "") -> HttpResponse:
        """Say why nothing was done, and show the item as it is now."""
        if not getattr(request, "htmx", None):
            messages.error(request, str(error))
            return self.show(request, draft, review_of(draft), item) if item else self.page(request, draft)
        answer = HttpResponse()
        if item:
            try:
                there = row_context(request, draft, review_of(draft), item)
                answer = render(request, "plans/parts/changed.html", there)
            except KeyError:
                answer = HttpResponse()
        answer.status_code = 409 if isinstance(error, ConflictError) else 422
        return _told(answer, str(error))


def _told(answer: HttpResponse, words: str, **more: Any) -> HttpResponse:
    answer["HX-Trigger"] = json.dumps({"bilan:toast": {"words": words}, **more})
    return answer


class OneItem(Decision):
    """A button on a row. ``does`` is the decision."""

    does: ClassVar[Any]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.draft(pk)
        item = request.GET.get("item", "")
        try:
            done: Done = type(self).does(draft, request.user, item, seen_of(request))
        except DecisionError as error:
            return self.refused(request, draft, error, item)
        return self.show(request, draft, done.review, item)


class Confirm(OneItem):
    does = staticmethod(decide.confirm)


class Reject(OneItem):
    does = staticmethod(decide.reject)


class Restore(OneItem):
    does = staticmethod(decide.restore)


class ConfirmShown(Decision):
    """Confirms the rows that a list shows and that nobody has decided on, named one by one."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.draft(pk)
        items = [item for item in request.POST.get("items", "").split(",") if item]
        try:
            done = decide.confirm_rest(draft, request.user, items, seen_of(request))  # type: ignore[arg-type]
        except DecisionError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("确认了 %d 项，可以撤销。") % len(done.items))
        return self.page(request, draft)


class Undo(Decision):
    """Takes back the person's own last step."""

    does: ClassVar[Any] = staticmethod(decide.undo)
    said = "已撤销：%s"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.draft(pk)
        try:
            done: Done = type(self).does(draft, request.user)
        except DecisionError as error:
            messages.error(request, str(error))
            return self.page(request, draft)
        item = done.items[0] if done.items else ""
        try:
            name, found = done.review.find(item)
        except KeyError:  # what was added is gone again
            messages.success(request, _(type(self).said) % _("%d 项") % len(done.items))
            return self.page(request, draft)
        more = name_of(found)[:40] if len(done.items) == 1 else _("%d 项") % len(done.items)
        messages.success(request, _(type(self).said) % more)
        return self.page(request, draft, name, item)


class Redo(Undo):
    """Does again what the person took back last."""

    does = staticmethod(decide.redo)
    said = "已重做：%s"


class WithForm(Decision):
    """A form in a dialog or on a page of its own."""

    def form_page(
        self, request: HttpRequest, draft: Draft, form: ItemForm, *, seen: int, title: str, **more: Any
    ) -> HttpResponse:
        there = {
            "draft": draft,
            "form": form,
            "seen": seen,
            "title": title,
            "in_dialog": bool(getattr(request, "htmx", None)),
            "codes": indicator_codes() if "indicator" in form.fields else [],
            "crumbs": crumbs(draft.plan, (_("核对"), draft.get_absolute_url()), (title, "")),
            **more,
        }
        template = "plans/parts/item_form.html" if getattr(request, "htmx", None) else "plans/item.html"
        return render(request, template, there)


class Edit(WithForm):
    """Corrects the fields of an item."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.draft(pk)
        review = review_of(draft)
        item = request.GET.get("item", "")
        form = self._form(draft, review, item)
        if form is None:
            return self._gone(request, draft)
        return self._page(request, draft, review, item, form, review.number)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.draft(pk)
        review = review_of(draft)
        item = request.GET.get("item", "")
        form = self._form(draft, review, item, request.POST)
        seen = seen_of(request)
        if form is None:
            return self._gone(request, draft)
        if form.is_valid():
            try:
                done = decide.correct(draft, request.user, item, form.given, seen)  # type: ignore[arg-type]
            except RefusedError as error:
                form.refuse(error.refused)
            except DecisionError as error:
                form.add_error(None, str(error))
                if isinstance(error, ConflictError):
                    return self._in_conflict(request, draft, review, item, form)
                return self._page(request, draft, review, item, form, seen)
            else:
                return self._saved(request, draft, done, item)
        return self._page(request, draft, review, item, form, seen)

    def _in_conflict(
        self, request: HttpRequest, draft: Draft, review: Review, item: str, form: ItemForm
    ) -> HttpResponse:
        """What the item says now beside what was filled in; whoever saves once more has seen both."""
        answer = self._page(request, draft, review, item, form, review.number, standing=form.otherwise)
        answer.status_code = 409
        return answer

    def _gone(self, request: HttpRequest, draft: Draft) -> HttpResponse:
        return self.refused(request, draft, DecisionError(_("这一项不能修改：审核已经结束，或者它被剔除、撤销了。")))

    def _form(self, draft: Draft, review: Review, item: str, *data: Any) -> ItemForm | None:
        try:
            name, found = review.find(item)
        except KeyError:
            return None
        if name not in REVIEWED_LISTS or item in review.rejected or not draft.open:
            return None
        return ItemForm(*data, sheet=sheet_named(name), plan=review.plan, item=found)

    def _page(
        self, request: HttpRequest, draft: Draft, review: Review, item: str, form: ItemForm, seen: int, **more: Any
    ) -> HttpResponse:
        _name, found = review.find(item)
        start, end = getattr(found, "start", 0), getattr(found, "end", 0)
        quote = found.quote if isinstance(found, Target) else review.text[start:end]
        back = f"{draft.get_absolute_url()}?list={_name}&item={item}#{item}"
        action = f"{reverse('plans:edit', args=[draft.pk])}?item={item}"
        title = _("修改%s") % list_name(_name)
        return self.form_page(
            request, draft, form, seen=seen, title=title, quote=quote, action=action, back=back, item=item, **more
        )

    def _saved(self, request: HttpRequest, draft: Draft, done: Done, item: str) -> HttpResponse:
        words = sentences([_("已保存。"), *map(of_field, done.doubts)])
        if not getattr(request, "htmx", None):
            (messages.warning if done.doubts else messages.success)(request, words)
            return self.show(request, draft, done.review, item)
        answer = self.show(request, draft, done.review, item)
        answer["HX-Retarget"], answer["HX-Reswap"] = f"#{item}", "outerHTML"
        return _told(answer, words, **{"review:saved": {"item": item}})


class Add(WithForm):
    """Adds an item: the words selected in the text, or copied from it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.draft(pk)
        if not draft.open:
            return redirect(draft)
        review = review_of(draft)
        name, at = _list_of(request), _pointed_at(review, request.GET)
        return self._page(request, draft, review, name, self._form(review, name, at), at)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.draft(pk)
        review = review_of(draft)
        name, at = _list_of(request), _pointed_at(review, request.POST)
        form = self._form(review, name, at, request.POST)
        if form.is_valid():
            try:
                done = decide.add(draft, request.user, name, form.given, at)  # type: ignore[arg-type]
            except RefusedError as error:
                form.refuse(error.refused)
            except DecisionError as error:
                form.add_error(None, str(error))
            else:
                return self._added(request, draft, done, name)
        return self._page(request, draft, review, name, form, at)

    def _form(self, review: Review, name: str, at: Span | None, *data: Any) -> ItemForm:
        initial = _initial(review, name, at) if at else {}
        return new_item_form(name, review.plan, *data, initial=initial)

    def _page(
        self, request: HttpRequest, draft: Draft, review: Review, name: str, form: ItemForm, at: Span | None
    ) -> HttpResponse:
        title = _("补充%s") % list_name(name)
        action = f"{reverse('plans:add', args=[draft.pk])}?list={name}"
        back = f"{draft.get_absolute_url()}?list={name}"
        return self.form_page(request, draft, form, seen=review.number, title=title, action=action, back=back, at=at)

    def _added(self, request: HttpRequest, draft: Draft, done: Done, name: str) -> HttpResponse:
        words = sentences([_("已补充。"), *map(of_field, done.doubts)])
        (messages.warning if done.doubts else messages.success)(request, words)
        item = done.items[0] if done.items else ""
        there = f"{draft.get_absolute_url()}?list={name}&item={item}#{item}"
        if getattr(request, "htmx", None):  # the source has a new span: the page is made anew
            answer = HttpResponse(status=204)
            answer["HX-Redirect"] = there
            return answer
        return redirect(there)


def _list_of(request: HttpRequest) -> str:
    name = request.GET.get("list", "")
    return name if name in REVIEWED_LISTS else REVIEWED_LISTS[0]


def _pointed_at(review: Review, query: Any) -> Span | None:
    """The characters that were selected on the page; None where they are none of the text."""
    try:
        start, end = int(query.get("start", "")), int(query.get("end", ""))
    except ValueError:
        return None
    return (start, end) if 0 <= start < end <= len(review.text) and end - start <= _MOST_TEXT else None


def _initial(review: Review, name: str, at: Span) -> dict[str, str]:
    """What a form says at first of selected words: the words, and the task in whose text they stand."""
    words = review.text[slice(*at)].strip()
    holder = next((task.id for task in review.plan.tasks if task.start <= at[0] < task.body_end), "")
    short = " ".join(words.split())
    fields: Iterable[str] = {
        "targets": ("quote", "name"),
        "tasks": ("source_words", "title"),
        "measures": ("text",),
        "projects": ("source_words", "name"),
    }[name]
    found = {field: short if field in ("name", "title") else words for field in fields}
    return found | ({"task": holder} if name != "tasks" else {})
