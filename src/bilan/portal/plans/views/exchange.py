"""What leaves as a file and what comes back: the workbook and the JSON of a draft or version, a corrected workbook."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views import View

from bilan.errors import BilanError
from bilan.plan import CompiledPlan, write_workbook
from bilan.plan.corrections import Edit, sheet_named
from bilan.plan.workbook.sheets import names_of
from bilan.portal.audit.record import record
from bilan.portal.files.checks import KINDS
from bilan.portal.files.models import StoredFile
from bilan.portal.files.store import keep
from bilan.portal.plans import decide
from bilan.portal.plans.decide import DecisionError
from bilan.portal.plans.forms import WorkbookForm
from bilan.portal.plans.incoming import Incoming, read_incoming
from bilan.portal.plans.models import Draft
from bilan.portal.plans.naming import list_name, name_of, reason_words
from bilan.portal.plans.state import Review, review_of
from bilan.portal.plans.views.base import Reached, crumbs
from bilan.portal.plans.views.history import field_words
from bilan.portal.plans.views.items import seen_of
from bilan.portal.rights.reach import allowed


def plan_file(plan: CompiledPlan, form: str, name: str) -> HttpResponse:
    """Return the plan as a download, the workbook or the JSON."""
    if form == "json":
        answer = HttpResponse(plan.model_dump_json(indent=2) + "\n", content_type="application/json; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}.json"'
        return answer
    with tempfile.TemporaryDirectory(prefix="bilan-") as folder:
        path = Path(folder, "plan.xlsx")
        write_workbook(plan, path)
        content = path.read_bytes()
    made = HttpResponse(content, content_type=KINDS["xlsx"].content_type)
    made["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return made


class DraftFile(Reached, View):
    """The draft as it stands."""

    guards = ("draft", "export")

    def get(self, request: HttpRequest, pk: int, form: str) -> HttpResponse:
        draft = self.draft(pk)
        plan = review_of(draft).plan
        record("draft.export", row=draft, new={"form": form, "version": plan.plan.version}, plan=str(draft.plan_id))
        return plan_file(plan, form, f"{draft.plan.slug}-draft-{draft.pk}-{plan.plan.version}")


class VersionFile(Reached, View):
    """A published version."""

    guards = ("plan", "export")

    def get(self, request: HttpRequest, pk: int, form: str) -> HttpResponse:
        version = self.version(pk)
        record("plan.export", row=version, new={"form": form, "version": version.digest})
        return plan_file(version.compiled_plan(), form, f"{version.plan_id}-v{version.number}-{version.digest}")


class Import(Reached, View):
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
        stored = keep(file.file, file.name, file.kind.code, owner=user, region=draft.region, plan=str(draft.plan_id))
        return self._preview(request, draft, form, stored)

    def _preview(self, request: HttpRequest, draft: Draft, form: WorkbookForm, stored: StoredFile) -> HttpResponse:
        try:
            incoming = read_incoming(draft, stored)
        except BilanError as refused:
            form.add_error("workbook", str(refused))
            return self._page(request, draft, form)
        return self._page(request, draft, WorkbookForm(), incoming=incoming, stored=stored)

    def _apply(self, request: HttpRequest, draft: Draft) -> HttpResponse:
        number = request.POST["file"]
        files = StoredFile.objects.filter(plan=str(draft.plan_id), owner=request.user, kind="xlsx")  # type: ignore[misc]
        stored = get_object_or_404(files, pk=number if number.isascii() and number.isdigit() else 0)
        user: Any = request.user
        try:
            incoming = read_incoming(draft, stored)
            done = decide.take_in(draft, user, incoming.edits, stored.name, seen_of(request))
        except DecisionError as refused:
            messages.error(request, str(refused))
            return self._preview(request, draft, WorkbookForm(), stored)
        except BilanError as refused:
            messages.error(request, str(refused))
            return self._page(request, draft, WorkbookForm())
        messages.success(request, _("导入了 %d 项修改，可以撤销。") % len(done.items))
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
                "changes": _changes(review, incoming.edits),
                "passed_over": _changes(review, incoming.passed_over),
                "refused": [(one, reason_words(one.reason)) for one in incoming.refused],
                "doubts": [(one, reason_words(one.reason)) for one in incoming.doubts],
            }
        return render(request, "plans/import.html", there)


def _changes(review: Review, edits: list[Edit]) -> list[dict[str, Any]]:
    """What the edits would do, as a table shows it."""
    names = names_of(review.plan)
    words = {"correct": _("修改"), "remove": _("剔除"), "add": _("补充")}
    found = []
    for edit in edits:
        fields = field_words(edit.list_name, dict(edit.old), dict(edit.new), names) if edit.kind == "correct" else []
        found.append(
            {
                "kind": words[edit.kind],
                "list": list_name(edit.list_name),
                "name": _name(review, edit),
                "fields": fields,
            }
        )
    return found


def _name(review: Review, edit: Edit) -> str:
    if edit.kind == "add":
        return name_of(sheet_named(edit.list_name).model.model_validate(edit.new))
    try:
        return name_of(review.find(edit.item)[1])
    except KeyError:
        return (
            name_of(sheet_named(edit.list_name).model.model_validate(edit.old)) if edit.kind == "remove" else edit.item
        )
