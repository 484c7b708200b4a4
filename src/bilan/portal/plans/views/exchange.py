"""What leaves as a file and what comes back: the workbook and the JSON of a draft or version, a corrected workbook."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from bilan.errors import BilanError
from bilan.plan import CompiledPlan, write_workbook
from bilan.portal.audit.record import record
from bilan.portal.core.sentences import again
from bilan.portal.files.checks import FILE_KINDS
from bilan.portal.files.models import StoredFile
from bilan.portal.files.store import enter, lay
from bilan.portal.plans import decide
from bilan.portal.plans.decide import DecisionError
from bilan.portal.plans.forms import WorkbookForm
from bilan.portal.plans.incoming import Incoming, read_incoming
from bilan.portal.plans.models import Draft
from bilan.portal.plans.state import review_of
from bilan.portal.plans.views.base import OfPlan, crumbs, works_on
from bilan.portal.plans.views.history import edits_shown
from bilan.portal.plans.views.items import seen_of
from bilan.portal.rights.reach import allowed

_WAITS = timedelta(days=2)  # so long a workbook that was looked at may be taken in


def plan_file(plan: CompiledPlan, form: str, name: str, *, for_office: bool = True) -> HttpResponse:
    """Return the plan as a download, the workbook or the JSON."""
    if form == "json":
        answer = HttpResponse(plan.model_dump_json(indent=2) + "\n", content_type="application/json; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}.json"'
        return answer
    with tempfile.TemporaryDirectory(prefix="bilan-") as folder:
        path = Path(folder, "plan.xlsx")
        write_workbook(plan, path, for_office=for_office)
        content = path.read_bytes()
    made = HttpResponse(content, content_type=FILE_KINDS["xlsx"].content_type)
    made["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return made


def for_outside(plan: CompiledPlan) -> CompiledPlan:
    """Return what of a plan is for those outside its office: nothing of how it was read and corrected, no gaps."""
    source = plan.source.model_copy(update={"repairs": [], "unread": [], "notes": []})
    info = plan.plan.model_copy(update={"base_version": None})
    return plan.model_copy(update={"gaps": [], "changes": [], "source": source, "plan": info})


class DraftFile(OfPlan, View):
    """The draft as it stands."""

    guards = ("draft", "export")

    def get(self, request: HttpRequest, pk: int, form: str) -> HttpResponse:
        draft = self.draft(pk)
        plan = review_of(draft).plan
        record("draft.export", row=draft, new={"form": form, "version": plan.plan.version}, plan=str(draft.plan_id))
        return plan_file(plan, form, f"{draft.plan.slug}-draft-{draft.pk}-{plan.plan.version}")


class VersionFile(OfPlan, View):
    """A published version, as its page shows it: what the plan leaves open is for the office."""

    guards = ("plan", "export")

    def get(self, request: HttpRequest, pk: int, form: str) -> HttpResponse:
        version = self.version(pk)
        record("plan.export", row=version, new={"form": form, "version": version.digest})
        inside = works_on(request, version.plan)
        plan = version.compiled_plan() if inside else for_outside(version.compiled_plan())
        name = f"{version.plan_id}-v{version.number}-{version.digest}"
        return plan_file(plan, form, name, for_office=inside)


class Import(OfPlan, View):
    """Takes a corrected workbook, shows what it would change, and changes it when told to."""

    guards = ("draft", "change")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.draft(pk)
        return self._page(request, draft, WorkbookForm()) if draft.open else redirect(draft)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.draft(pk)
        if not draft.open:
            return redirect(draft)
        if request.POST.get("file"):
            return self._apply(request, draft)
        form = WorkbookForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, draft, form)
        file = form.cleaned_data["workbook"]
        user: Any = request.user
        stored = lay(file.file, file.name, file.kind.code, owner=user, region=draft.region, plan=str(draft.plan_id))
        return self._preview(request, draft, form, stored)

    def _preview(self, request: HttpRequest, draft: Draft, form: WorkbookForm, stored: StoredFile) -> HttpResponse:
        try:
            incoming = read_incoming(draft, stored)
        except BilanError as refused:
            form.add_error("workbook", str(refused))
            return self._page(request, draft, form)
        if stored._state.adding:  # read for the first time, and well
            enter(stored, until=timezone.now() + _WAITS)
        return self._page(request, draft, WorkbookForm(), incoming=incoming, stored=stored)

    def _apply(self, request: HttpRequest, draft: Draft) -> HttpResponse:
        number = request.POST["file"]
        files = StoredFile.objects.filter(plan=str(draft.plan_id), owner=request.user, kind="xlsx")  # type: ignore[misc]
        files = files.exclude(until__lt=timezone.now())
        stored = get_object_or_404(files, pk=number if number.isascii() and number.isdigit() else 0)
        user: Any = request.user
        try:
            incoming = read_incoming(draft, stored)
            with transaction.atomic():
                done = decide.take_in(draft, user, incoming.edits, stored.name, seen_of(request))
                if done.items:
                    stored.until = None
                    stored.save(update_fields=["until"])
        except DecisionError as refused:
            messages.error(request, str(refused))
            return self._preview(request, draft, WorkbookForm(), stored)
        except BilanError as refused:
            messages.error(request, str(refused))
            return self._page(request, draft, WorkbookForm())
        if done.items:
            messages.success(request, _("导入了 %d 项修改，可以撤销。") % len(done.items))
        else:
            messages.info(request, _("没有可以导入的修改"))
        return redirect(draft)

    def _page(
        self,
        request: HttpRequest,
        draft: Draft,
        form: WorkbookForm,
        *,
        incoming: Incoming | None = None,
        stored: StoredFile | None = None,
    ) -> HttpResponse:
        there: dict[str, Any] = {
            "draft": draft,
            "form": form,
            "may_export": allowed(request.user, "draft", "export", draft),
            "crumbs": crumbs(draft.plan, (_("核对"), draft.get_absolute_url()), (_("导入工作簿"), "")),
        }
        if incoming is not None:
            review = review_of(draft)
            there |= {
                "stored": stored,
                "incoming": incoming,
                "seen": review.number,
                "changes": edits_shown(review, incoming.edits),
                "passed_over": edits_shown(review, incoming.passed_over),
                "refused": [(one, again(one.reason)) for one in incoming.refused],
                "doubts": [(one, again(one.reason)) for one in incoming.doubts],
            }
        return render(request, "plans/import.html", there)
