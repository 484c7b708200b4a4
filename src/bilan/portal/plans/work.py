"""The job that reads a document and makes a draft of it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bilan.plan.model import CompiledPlan
from bilan.portal.audit.record import record
from bilan.portal.files.apart import apart
from bilan.portal.jobs.kinds import Progress, kind
from bilan.portal.plans.decide import DecisionError
from bilan.portal.plans.models import Document, Draft, Plan
from bilan.portal.plans.reading import under_its_name

COMPILE = "plans.compile"


@kind(COMPILE, gettext_lazy("识别规划文件"), guards=("draft", "create"), opens=gettext_lazy("去核对"))
def compile_plan(progress: Progress, document: int) -> dict[str, Any]:
    """Read the document of that number and keep the draft; the result leads to its review.

    Raises UnreadableError, ApartError, DecisionError where the plan was dropped meanwhile.
    """
    row = Document.objects.select_related("plan", "region", "file", "uploaded_by").get(pk=document)
    if kept := row.drafts.order_by("pk").first():  # an attempt that was lost came so far
        return _leading_to(kept)
    with under_its_name(row.file) as path:
        found = apart(
            "bilan.portal.plans.parsing:compiled", str(path), row.file.name, row.issued, row.region.name, tell=progress
        )
    plan = CompiledPlan.model_validate_json(found["plan"])
    with transaction.atomic():
        row.plan = Plan.held(row.plan_id)
        progress.hold()
        if row.plan.dropped:
            raise DecisionError(_("这份规划已经丢弃，文件没有再读。"))
        return _leading_to(_kept(row, found["text"], found["media_type"], plan))


def _leading_to(draft: Draft) -> dict[str, Any]:
    return {"url": reverse("plans:review", args=[draft.pk])}


def _kept(row: Document, text: str, media_type: str, plan: CompiledPlan) -> Draft:
    row.text, row.media_type = text, media_type
    row.put_aside = None  # whoever had it read again wants it after all
    row.save(update_fields=["text", "media_type", "put_aside"])
    if plan.plan.title and not row.plan.versions.exists():
        row.plan.title = plan.plan.title[:200]
        row.plan.save(update_fields=["title"])
    draft = Draft.objects.create(
        plan=row.plan,
        region=row.region,
        document=row,
        base=row.plan.current,
        compiled=plan.model_dump_json(),
        started_by=row.uploaded_by,
    )
    record(
        "draft.compile",
        row=draft,
        new={"file": row.file.name, "sha256": row.file.sha256, "version": plan.plan.version},
        plan=str(row.plan_id),
    )
    return draft
