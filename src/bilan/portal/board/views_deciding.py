"""Forms of a target's page as they come back: entries, notes, closing and reopening."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from bilan.board.model import Row
from bilan.portal.board.boards import Sheet
from bilan.portal.board.choosing import Chosen
from bilan.portal.board.closings import ClosingError, close, reopen
from bilan.portal.board.deciding import enter, name_of, remark, unit_of
from bilan.portal.board.forms import ClosingForm, EntryForm, NoteForm, ReopeningForm
from bilan.portal.board.models import Closing, Entry
from bilan.portal.board.store import Answer
from bilan.portal.board.texts import target_of
from bilan.portal.board.views_target import OfTarget, Target, may, page_of
from bilan.portal.people.models import Unit, User
from bilan.portal.rights.views import Guarded


class Decides(OfTarget):
    """A form about a target, posted. Who may see the target but not do this is refused."""

    http_method_names = ("post", "options")
    reads = ("target", "read")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().get(request, *args, **kwargs)

    def of_row(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row) -> HttpResponseBase:
        if not may(request, chosen, row, *self.guards):
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
        context = page_of(self, request, chosen, answer, row, **forms)
        return render(request, Target.template, context, status=200)

    def back(self, chosen: Chosen, row: Row, part: str) -> HttpResponse:
        return redirect(f"{reverse('board:target', args=[chosen.plan.slug, row.target])}?{chosen.query}#{part}")


class Enter(Decides):
    """A decision about the target."""

    guards = ("entry", "create")

    def done(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row) -> HttpResponseBase:
        assert isinstance(request.user, User)
        part, decides = chosen.region != chosen.plan.region, may(request, chosen, row, "judgement", "create")
        form, unit = EntryForm(request.POST, district=part, decides=decides), self.unit(request, chosen, row)
        plan, region = chosen.asked.plan, chosen.region.pk if part else None
        if form.is_valid() and form.cleaned_data["withdraw"] and not decides and not _is_own(chosen, row, unit):
            form.add_error("withdraw", _("只能撤销本单位填的数。"))
        decision = form.decision(row.target, name_of(request.user, unit), region, plan) if form.is_valid() else None
        if decision is None:
            return self.again(request, chosen, answer, row, entry_form=form)
        name = target_of(plan, row.target).name
        enter(decision, chosen.plan, chosen.region, unit, request.user, name)
        messages.success(request, _("已记下，看板按它重新计算。"))
        return self.back(chosen, row, "entries")


def _is_own(chosen: Chosen, row: Row, unit: Unit | None) -> bool:
    """Whether the figure that counts was entered by the unit."""
    figures = Entry.objects.filter(plan=chosen.plan, region=chosen.region, target=row.target, what="figure")
    last = figures.order_by("on", "pk").last()
    return last is not None and unit is not None and last.unit_id == unit.pk


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

    def done(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row) -> HttpResponseBase:
        assert isinstance(request.user, User)
        form = ClosingForm(request.POST)
        if not form.is_valid():
            return self.again(request, chosen, answer, row, closing_form=form)
        lead = Unit.objects.filter(pk__in=chosen.sight.answerable.units(row, chosen.region)).first()
        board, remark_ = answer.value.board, form.cleaned_data["remark"]
        try:
            close(chosen.asked, board, row, chosen.region, lead, request.user, remark_)
            messages.success(request, _("已结账。以后的更正会同当时的判定并列显示。"))
        except ClosingError as error:
            messages.error(request, str(error))
        return self.back(chosen, row, "closings")


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
