"""The job that reads a document and makes a draft of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bilan.plan import CompiledPlan, compile_document, read_document
from bilan.plan import Document as SourceDocument
from bilan.portal.audit.record import record
from bilan.portal.jobs.kinds import Progress, kind
from bilan.portal.plans.models import Document, Draft
from bilan.portal.plans.reading import under_its_name

COMPILE = "plans.compile"
_READING = 0.6  # of the work


@kind(COMPILE, _("识别规划文件"), guards=("draft", "create"))
def compile_plan(progress: Progress, document: int) -> dict[str, Any]:
    """Read the document of that number and keep the draft; the result leads to its review. Raises DocumentError."""
    row = Document.objects.select_related("plan", "region", "file", "uploaded_by").get(pk=document)
    progress("读取文件", 0.0)
    source = _read(row, progress)
    plan = compile_document(source, issued=row.issued or None, region=row.region.name, progress=progress)
    draft = _kept(row, source, plan)
    return {"url": reverse("plans:review", args=[draft.pk])}


def _read(row: Document, progress: Progress) -> SourceDocument:
    """The document under the name it was uploaded with; on the disk it has that of its hash."""

    def tell(page: int, pages: int) -> None:
        progress(f"读取第 {page} 页", _READING * page / max(pages, 1))

    with under_its_name(row.file) as path:
        source = read_document(path, progress=tell)
    # databases keep no NUL in a text
    return replace(source, name=row.file.name, text=source.text.replace("\0", "\N{REPLACEMENT CHARACTER}"))


@transaction.atomic
def _kept(row: Document, source: SourceDocument, plan: CompiledPlan) -> Draft:
    row.text, row.media_type = source.text, source.media_type
    row.save(update_fields=["text", "media_type"])
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
