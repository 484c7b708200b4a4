"""Forms of a target's page as they come back: entries, notes, closing and reopening."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from bilan.board.entries import Entry as Decision
from bilan.board.model import Row
from bilan.portal.board.boards import Sheet, board_of
from bilan.portal.board.choosing import Chosen
from bilan.portal.board.closings import ClosingError, close, judgement, moved, reopen
from bilan.portal.board.deciding import (
    enter,
    may_take_back,
    name_of,
    remark,
    sets_judgement_aside,
    stands_instead,
    unit_of,
)
from bilan.portal.board.forms import ClosingForm, EntryForm, NoteForm, ReopeningForm
from bilan.portal.board.models import Closing
from bilan.portal.board.sources import Asked
from bilan.portal.board.store import PATIENCE, Answer, NotMadeError
from bilan.portal.board.texts import target_of
from bilan.portal.board.views_target import OfTarget, Target, framed, inside_of, may, may_enter
from bilan.portal.core.speech import day_words
from bilan.portal.people.models import Unit, User
from bilan.portal.plans.models import Plan
from bilan.portal.rights.views import Guarded

_WRITTEN = ("entry-reason", "note-text", "closing-remark")  # what took somebody time


class Decides(OfTarget):
    """A form about a target, posted. Who may see the target but not do this is refused.

    A page that shows what is wrong with a form stands at this address, too; asked for anew it leads to the target.
    """

    reads = ("target", "read")
    fresh = False  # whether it is decided by what the board says at this moment

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().get(request, *args, **kwargs)

    def board(self, asked: Asked) -> Answer[Sheet] | None:
        return board_of(asked, PATIENCE, fresh=self.fresh)

    def waits(self, request: HttpRequest, chosen: Chosen) -> HttpResponseBase:
        return self._not_saved(request, chosen, None)

    def failed(self, request: HttpRequest, chosen: Chosen, error: NotMadeError) -> HttpResponseBase:
        return self._not_saved(request, chosen, error)

    def _not_saved(self, request: HttpRequest, chosen: Chosen, error: NotMadeError | None) -> HttpResponseBase:
        """Nothing could be done without a board: the page holds what was posted, to be posted again."""
        if request.method != "POST":
            return redirect(_target_page(request, self.kwargs))
        posted = [(name, str(value)) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
        context = {
            "chosen": chosen,
            "failed": error,
            "posted": posted,
            "written": [value for name, value in posted if name in _WRITTEN and value.strip()],
            "target_page": _target_page(request, self.kwargs),
        }
        return render(request, "board/not_saved.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE)

    def of_row(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row) -> HttpResponseBase:
        if request.method != "POST":
            return redirect(_target_page(request, self.kwargs))
        if not may(chosen, row, *self.guards):
            raise PermissionDenied
        return self.done(request, chosen, answer, row)

    def done(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row) -> HttpResponseBase:
        """Do it, and lead back to the page."""
        raise NotImplementedError

    def unit(self, request: HttpRequest, chosen: Chosen, row: Row) -> Unit | None:
        assert isinstance(request.user, User)
        return unit_of(request.user, chosen.sight.answerable.units(row, chosen.region))

    def again(
        self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row, **forms: Any
    ) -> HttpResponse:
        """Show the page with a form that says what is wrong with it."""
        context, _whole = inside_of(self, chosen, answer, row, **forms)
        inside = render_to_string(Target.template, context, request)
        return framed(request, self.about(chosen, answer, row), inside)

    def back(self, chosen: Chosen, row: Row, part: str) -> HttpResponse:
        return redirect(f"{reverse('board:target', args=[chosen.plan.slug, row.target])}?{chosen.query}#{part}")


def _target_page(request: HttpRequest, place: Mapping[str, Any]) -> str:
    """The address of the target in the same place and on the same day."""
    return f"{reverse('board:target', args=[place['plan'], place['target']])}?{request.GET.urlencode()}"


class Enter(Decides):
    """A decision about the target."""

    guards = ("entry", "create")

    def done(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row) -> HttpResponseBase:
        assert isinstance(request.user, User)
        entering = may_enter(chosen, row)
        form, unit = EntryForm(request.POST, may_enter=entering), self.unit(request, chosen, row)
        plan, region = chosen.asked.plan, chosen.region.pk if entering.district else None
        decision = form.decision(row.target, name_of(request.user, unit), region, plan) if form.is_valid() else None
        if decision is not None and not entering.decides:
            _refuse(form, decision, chosen.plan, unit)
        if decision is None or form.errors:
            return self.again(request, chosen, answer, row, entry_form=form)
        name = target_of(plan, row.target).name
        entry = enter(decision, chosen.plan, chosen.region, unit, request.user, name)
        day = max(entry.on, chosen.asked.as_of)  # from which on it counts
        if (instead := stands_instead(entry, day)) is not None:
            words = _("已记下；但看板现在算的不是它，是 %(who)s 于 %(day)s 填的那一条。")
            messages.warning(request, words % {"who": instead.by, "day": day_words(instead.on)})
        elif day > chosen.asked.as_of:
            messages.success(request, _("已记下。从 %s 起的看板才算它，下面是那天的看板。") % day_words(day))
        else:
            messages.success(request, _("已记下，看板按它重新计算。"))
        asked = replace(chosen.asked, as_of=day, changed=None)  # with what has just been entered
        with suppress(NotMadeError):  # the page says it
            board_of(asked, PATIENCE, fresh=True)  # whoever entered it sees what came of it; others see the last board
        return self.back(replace(chosen, asked=asked), row, "entries")


def _refuse(form: EntryForm, decision: Decision, plan: Plan, unit: Unit | None) -> None:
    """Say in the form what of a decision is not for those who do not judge."""
    if not may_take_back(decision, plan, unit):
        form.add_error("withdraw", _("只能撤销本单位填的数。"))
    if sets_judgement_aside(decision, plan):
        form.add_error("what", _("这个目标已由人判定，填了数，判定就不再算；要改填现状值，请联系规划办。"))


class Remark(Decides):
    """A note about the target."""

    guards = ("note", "create")

    def done(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row) -> HttpResponseBase:
        assert isinstance(request.user, User)
        form = NoteForm(request.POST)
        if not form.is_valid():
            return self.again(request, chosen, answer, row, note_form=form)
        unit = self.unit(request, chosen, row)
        remark(form.cleaned_data["text"], chosen.plan, chosen.region, unit, row.target, request.user, row.name)
        messages.success(request, _("备注已保存。"))
        return self.back(chosen, row, "notes")


class Close(Decides):
    """The approval of the judgement that the page shows."""

    guards = ("closing", "approve")
    fresh = True

    def done(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row) -> HttpResponseBase:
        assert isinstance(request.user, User)
        form = ClosingForm(request.POST)
        if not form.is_valid():
            return self.again(request, chosen, answer, row, closing_form=form)
        now = judgement(row, answer.value.board.head, chosen.asked.as_of)
        if changed := moved(form.cleaned_data["seen"], now):
            return self.again(request, chosen, answer, row, closing_form=_asked_again(form, changed, now))
        lead = chosen.sight.answerable.lead(row)
        try:
            close(chosen.asked, answer.value, row, chosen.region, lead, request.user, form.cleaned_data["remark"])
            messages.success(request, _("已结账。以后的更正会同当时的判定并列显示。"))
        except ClosingError as error:
            messages.error(request, str(error))
        return self.back(chosen, row, "closings")


def _asked_again(form: ClosingForm, changed: list[str], now: dict[str, str]) -> ClosingForm:
    """The form about the judgement of now, with what is another one than was seen."""
    again = ClosingForm({"closing-remark": form.cleaned_data["remark"], "closing-seen": json.dumps(now)})
    words = _("没有结账：您看到以后，判定变了（%s）。请核对现在的判定，再批准。")
    again.add_error(None, words % "；".join(changed))
    return again


class Reopen(Guarded, View):
    """Opening a closed period again, with a reason."""

    guards = ("closing", "reopen")
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        assert isinstance(request.user, User)
        closing = get_object_or_404(self.rows(Closing.objects.select_related("plan", "version")), pk=pk)
        form = ReopeningForm(request.POST)
        where = reverse("board:target", args=[closing.plan.slug, closing.target])
        if not form.is_valid():
            messages.error(request, _("请写明重新打开的理由。"))
        else:
            name = target_of(closing.version.compiled_plan(), closing.target).name
            try:
                reopen(closing, request.user, form.cleaned_data["reason"], name)
                messages.success(request, _("已重新打开，判定按现在的数据计算。"))
            except ClosingError as error:
                messages.error(request, str(error))
        return redirect(f"{where}?region={closing.region_id}&as_of={closing.as_of.isoformat()}#closings")
