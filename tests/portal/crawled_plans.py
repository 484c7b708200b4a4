"""Rows of the plan workspace for the crawl: in each place a plan under review; what is published is everybody's."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache
from typing import Any

from crawled import PLACES  # type: ignore[import-not-found]

TEXT = """marker-title
一、重点任务
（一）治理河道。到2028年，国考断面水质优良比例达到90%以上。（市水务局牵头）
"""


@cache
def _compiled() -> str:
    from bilan.plan import Document, compile_document

    return compile_document(Document("a.txt", "text/plain", "0" * 64, TEXT, "utf-8", is_plain=True)).model_dump_json()


def plans(people: Any) -> Iterable[Any]:
    from bilan.portal.files.store import keep
    from bilan.portal.plans.models import Document, Draft, Plan

    for number, (region_id, _, owner) in enumerate(PLACES[:4]):
        region, user = people.regions[region_id], people.users[owner]
        marker = f"marker-plan-{number}"
        plan = Plan.objects.create(slug=f"p{number:08}", title=marker, region=region)
        file = keep(
            io.BytesIO(TEXT.encode()), f"marker-source-{number}.txt", "text", owner=user, region=region, plan=plan.pk
        )
        document = Document.objects.create(plan=plan, region=region, file=file, text=TEXT, uploaded_by=user)
        draft = Draft.objects.create(plan=plan, region=region, document=document, compiled=_compiled(), started_by=user)
        yield from (plan, file, document, draft)


def versions(people: Any) -> Iterable[Any]:
    """A version in each of two cities, of plans that are published."""
    from bilan.portal.files.store import keep
    from bilan.portal.plans.models import Document, Draft, Plan
    from bilan.portal.plans.publish import publish

    for number, (region_id, owner) in enumerate((("990100", "plan_office"), ("371300", "other_plan_office"))):
        region, user = people.regions[region_id], people.users[owner]
        plan = Plan.objects.create(slug=f"p1{number:07}", title=f"marker-public-{number}", region=region)
        file = keep(io.BytesIO(TEXT.encode()), "a.txt", "text", owner=user, region=region, plan=plan.pk)
        document = Document.objects.create(plan=plan, region=region, file=file, text=TEXT, uploaded_by=user)
        compiled = _compiled().replace('"title":null', f'"title":"marker-public-{number}"')
        draft = Draft.objects.create(plan=plan, region=region, document=document, compiled=compiled, started_by=user)
        version = publish(draft, user, f"marker-note-{number}", 0)
        yield from (Plan.objects.get(pk=plan.pk), Draft.objects.get(pk=draft.pk), version)


ROWS = [plans, versions]

_DRAFT = (
    *("review", "confirm", "confirm_shown", "reject", "restore", "edit", "add", "undo", "redo", "history"),
    *("history_csv", "import", "draft_xlsx", "draft_json", "publish", "continue", "discard"),
)
_PLAN = ("plan", "upload_to", "drop", "withdraw", "put_back", "compare")
_VERSION = ("version", "revise", "version_xlsx", "version_json")

PARAMETERS = {
    **{f"plans:{name}": ("draft", {"pk": "pk"}) for name in _DRAFT},
    **{f"plans:{name}": ("plan", {"slug": "pk"}) for name in _PLAN},
    **{f"plans:{name}": ("version", {"pk": "pk"}) for name in _VERSION},
    "plans:aside": ("document", {"pk": "pk"}),
}
VALUES: dict[str, dict[str, str]] = {}
