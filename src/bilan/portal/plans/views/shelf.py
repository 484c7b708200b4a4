"""The list of plans, a plan with its drafts and versions, and the upload of a document."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import ListView

from bilan.errors import BilanError
from bilan.plan.ids import plan_id
from bilan.policy.quotation import within_quotes
from bilan.portal.audit.record import record
from bilan.portal.files.store import keep
from bilan.portal.jobs.models import Job
from bilan.portal.jobs.start import admit, start
from bilan.portal.people.models import Region
from bilan.portal.plans import publish
from bilan.portal.plans.decide import DecisionError
from bilan.portal.plans.forms import UploadForm
from bilan.portal.plans.models import UNREAD, Document, Draft, DraftState, Plan
from bilan.portal.plans.state import review_of
from bilan.portal.plans.views.base import OfPlan, crumbs, with_their_place, works_on
from bilan.portal.plans.work import COMPILE
from bilan.portal.rights.views import Guarded

_REVIEWED = Draft.objects.filter(state=DraftState.REVIEWING).defer("compiled")
_OPEN = Prefetch("drafts", _REVIEWED, to_attr="open_drafts")


class Plans(Guarded, ListView):
    """Every plan a person may see; the public those with a version."""

    guards = ("plan", "read")
    template_name = "plans/list.html"
    paginate_by = 30

    def get_queryset(self) -> QuerySet[Plan]:
        plans = with_their_place(Plan.objects.filter(dropped__isnull=True)).prefetch_related(_OPEN)
        words = self.request.GET.get("q", "").strip()[:100]
        return self.rows(plans.filter(title__icontains=words) if words else plans)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(q=self.request.GET.get("q", ""), **kwargs)
        found["shown"] = [(plan, works_on(self.request, plan)) for plan in found["page_obj"]]
        return found


class OnePlan(OfPlan, View):
    """A plan: the version in force, drafts under review, all versions, documents."""

    guards = ("plan", "read")

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        plan = self.plan(slug)
        inside = works_on(request, plan)
        drafts = plan.drafts.select_related("document__file", "started_by", "base").exclude(state=DraftState.PUBLISHED)
        drafts = drafts.defer(*UNREAD)
        documents = plan.documents.select_related("file", "job", "uploaded_by").defer("text")
        return render(
            request,
            "plans/plan.html",
            {
                "plan": plan,
                "inside": inside,
                "versions": plan.versions.select_related("published_by").defer("compiled", "reviewed"),
                "drafts": [(one, review_of(one).progress()) for one in drafts if one.open] if inside else [],
                "ended": [one for one in drafts if not one.open] if inside else [],
                "documents": documents if inside else [],
                "unread": documents.filter(text="", put_aside=None) if inside else [],
                "crumbs": crumbs(plan),
            },
        )


class Upload(OfPlan, View):
    """Takes a document in: the first of a new plan, or another edition of one that is there."""

    guards = ("draft", "create")

    def get(self, request: HttpRequest, slug: str = "") -> HttpResponse:
        plan = self.plan(slug) if slug else None
        return self._page(request, UploadForm(user=request.user, plan=plan), plan)  # type: ignore[arg-type]

    def post(self, request: HttpRequest, slug: str = "") -> HttpResponse:
        plan = self.plan(slug) if slug else None
        user: Any = request.user
        form = UploadForm(request.POST, request.FILES, user=user, plan=plan)
        if form.is_valid():
            try:
                document = _taken(form, user, plan)
            except TwinError as refused:
                form.add_error("document", str(refused))
                return self._page(request, form, plan, refused.plan)
            except BilanError as refused:
                form.add_error(None, str(refused))
            else:
                return redirect("jobs:job", pk=document.job_id or 0)
        return self._page(request, form, plan)

    def _page(
        self, request: HttpRequest, form: UploadForm, plan: Plan | None, twin: Plan | None = None
    ) -> HttpResponse:
        way = crumbs(plan, (_("上传新的文件"), "")) if plan else crumbs(None, (_("上传规划文件"), ""))
        there = {"form": form, "plan": plan, "twin": twin, "crumbs": way}
        return render(request, "plans/upload.html", there)


class TwinError(BilanError):
    """The same file is there already, of ``plan``."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(_("这份文件已经上传过，属于“%s”。请在那里继续。") % within_quotes(str(plan)))
        self.plan = plan


@transaction.atomic
def _taken(form: UploadForm, user: Any, plan: Plan | None) -> Document:
    """Keep the file, make the plan where it is new, and start the job that reads it.

    Raises JobError, FileError, TwinError.
    """
    admit(user, COMPILE)  # before the file is kept: what is refused leaves nothing behind
    file = form.cleaned_data["document"]
    region = plan.region if plan else form.cleaned_data["region"]
    Region.objects.select_for_update(no_key=True).get(pk=region.pk)  # two who send the same file come one by one
    if twin := form.twin:
        raise TwinError(twin.plan)
    name = file.name or ""
    row = keep(file.file, name, file.kind.code, owner=user, region=region)
    if plan is None:
        title = name.rpartition(".")[0] or name
        plan = Plan.objects.create(slug=_free_slug(plan_id(row.sha256)), title=title[:200], region=region)
        record("plan.create", row=plan, new={"title": plan.title, "slug": plan.slug}, plan=str(plan.pk))
    elif plan.dropped:
        plan.dropped = None
        plan.save(update_fields=["dropped"])
    row.plan = str(plan.pk)
    row.save(update_fields=["plan"])
    issued = form.cleaned_data["issued"]
    document = Document.objects.create(
        plan=plan, region=region, file=row, issued=issued.isoformat() if issued else "", uploaded_by=user
    )
    job = start(user, COMPILE, label=name, plan=str(plan.pk), region=region, document=document.pk)
    document.job = job
    document.save(update_fields=["job"])
    return document


def _free_slug(wanted: str) -> str:
    taken = set(Plan.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    return next(slug for number in range(1, len(taken) + 2) if (slug := _numbered(wanted, number)) not in taken)


def _numbered(slug: str, number: int) -> str:
    return slug if number == 1 else f"{slug}-{number}"


class PutAside(OfPlan, View):
    """Waits no longer for a document that was not read."""

    guards = ("draft", "delete")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        document = self.reached(Document.objects.select_related("plan", "region", "file").defer("text"), pk)
        if not _set_aside(document):
            messages.error(request, _("这份文件已经读成或正在读，不能放弃。"))
        return redirect(document.plan)


@transaction.atomic
def _set_aside(document: Document) -> bool:
    """Put the document aside; false where it was read or is being read, perhaps since the page was shown."""
    Plan.held(document.plan_id)
    job = Job.objects.select_for_update(of=("self",)).filter(pk=document.job_id or 0).first()
    document.refresh_from_db(fields=["text", "put_aside"])
    if document.text or (job and job.open):
        return False
    if document.put_aside is None:
        document.put_aside = timezone.now()
        document.save(update_fields=["put_aside"])
        record("document.aside", row=document, new={"file": document.file.name}, plan=str(document.plan_id))
    return True


class Drop(OfPlan, View):
    """Takes a plan without a version off the list."""

    guards = ("plan", "delete")

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        plan = self.plan(slug)
        try:
            publish.drop(plan, request.user)  # type: ignore[arg-type]
        except DecisionError as refused:
            messages.error(request, str(refused))
            return redirect(plan)
        messages.success(request, _("已丢弃“%s”。") % within_quotes(str(plan)))
        return redirect(reverse("plans:list"))
