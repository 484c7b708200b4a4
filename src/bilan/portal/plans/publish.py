"""Publishing a version, beginning the next one, giving a draft up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bilan.portal.audit.record import record
from bilan.portal.jobs.models import OPEN, Job
from bilan.portal.jobs.start import cancel
from bilan.portal.plans.decide import ConflictError, DecisionError, held_open
from bilan.portal.plans.models import Draft, DraftState, Plan, Version
from bilan.portal.plans.naming import gap_word, list_name
from bilan.portal.plans.overtaken import overtaken
from bilan.portal.plans.state import REVIEWED_LISTS, Review, review_of

if TYPE_CHECKING:
    from bilan.plan.model import CompiledPlan
    from bilan.portal.people.models import User


@dataclass(frozen=True)
class Summary:
    """What a person should know before he publishes: lists with how many were reviewed, gaps by kind."""

    lists: list[tuple[str, str, int, int]]  # list, its name, reviewed, all
    gaps: Sequence[tuple[str, str, int]]  # kind, its name, how many
    unreviewed: int
    carried: int  # they stand as in the version before, and nobody looked at them one by one


def summary(review: Review) -> Summary:
    """Return what is unreviewed and what is open in a draft."""
    lists = [(name, list_name(name), *review.progress(name)) for name in REVIEWED_LISTS]
    kinds = dict.fromkeys(gap.kind for gap in review.plan.gaps)
    gaps = [(kind, gap_word(kind), sum(gap.kind == kind for gap in review.plan.gaps)) for kind in kinds]
    done, whole = review.progress()
    return Summary(lists, gaps, whole - done, review.carried)


def is_empty(plan: CompiledPlan) -> bool:
    """Whether there is nothing to publish."""
    return not plan.targets and not plan.tasks


@transaction.atomic
def publish(draft: Draft, user: User, note: str, seen: int, over: int = 0, *, dropping: bool = False) -> Version:
    """Freeze the draft as the next version and make it the plan's current one, in the place of number ``over``.

    Raises ConflictError where somebody changed the draft after ``seen`` or published another version than ``over``;
    DecisionError where the draft is over or empty or its plan was dropped, or, without ``dropping``, where it began
    with an older version.
    """
    plan = Plan.held(draft.plan_id)
    if plan.dropped:
        raise DecisionError(_("这份规划已经丢弃，不能发布。"))
    if plan.withdrawn:
        raise DecisionError(_("这份规划已经撤回，先恢复才能发布新的一版。"))
    held = held_open(draft)
    held.plan = plan
    review = review_of(held)
    if review.number != seen:
        raise ConflictError(_("审核稿在您查看之后又有修改，请再看一遍再发布。"))
    if plan.current is not None and plan.current.number != over:
        raise ConflictError(_("在您查看之后又发布了第 %d 版，请看过它改了什么再发布。") % plan.current.number)
    newer = overtaken(held, review)
    if newer and not dropping:
        raise DecisionError(
            _("这份审核稿不是从现行的第 %d 版开始的，要发布就要说明去掉它的修改。") % newer.version.number
        )
    if is_empty(review.plan):
        raise DecisionError(_("计划里没有目标也没有任务，不能发布。"))
    number = 1 + (plan.versions.order_by("-number").values_list("number", flat=True).first() or 0)
    version = Version.objects.create(
        plan=plan,
        region_id=held.region_id,
        number=number,
        draft=held,
        document_id=held.document_id,
        compiled=review.plan.model_dump_json(),
        digest=review.plan.plan.version,
        reviewed=review.reviewed_ids(),
        note=note,
        published_by=user,
    )
    held.end(DraftState.PUBLISHED)
    plan.current = version
    plan.title = (review.plan.plan.title or plan.title)[:200]
    plan.save(update_fields=["current", "title"])
    told = summary(review)
    record(
        "plan.publish",
        row=version,
        new={
            "number": number,
            "version": version.digest,
            "draft": held.pk,
            "note": note,
            "unreviewed": told.unreviewed,
            "carried": told.carried,
            **({"drops": sorted({edit.item for edit in newer.lost})} if newer else {}),
        },
        plan=str(plan.pk),
    )
    return version


@transaction.atomic
def revise(version: Version, user: User) -> Draft:
    """Begin a draft with a published version, which stands for what is not changed. Raises DecisionError."""
    plan = Plan.held(version.plan_id)
    if plan.drafts.filter(document=version.document, base=version, state=DraftState.REVIEWING).exists():
        raise DecisionError(_("这一版已经有一份审核稿在修订。"))
    draft = Draft.objects.create(
        plan=plan,
        region=version.region,
        document=version.document,
        base=version,
        compiled=version.compiled,
        started_by=user,
    )
    record("draft.revise", row=draft, new={"from": version.number}, plan=str(plan.pk))
    return draft


@transaction.atomic
def discard(draft: Draft, user: User) -> None:
    """Give a draft up; its corrections stay readable. Raises DecisionError where its review is over."""
    held = held_open(draft)
    held.end(DraftState.DISCARDED)
    record("draft.discard", row=held, plan=str(held.plan_id), actor=user)


@transaction.atomic
def drop(plan: Plan, user: User) -> None:
    """Take a plan off the list that never had a version; what belongs to it stays, and nothing is read any more.

    Raises DecisionError.
    """
    held = Plan.held(plan.pk)
    if held.versions.exists():
        raise DecisionError(_("已发布过的规划不能丢弃。"))
    now = timezone.now()
    Draft.objects.filter(plan=held, state=DraftState.REVIEWING).update(state=DraftState.DISCARDED, ended_at=now)
    held.dropped = now
    held.save(update_fields=["dropped"])
    for job in Job.objects.filter(plan=held.pk, state__in=OPEN):
        cancel(job)
    record("plan.drop", row=held, plan=str(held.pk), region=held.region, actor=user)


@transaction.atomic
def withdraw(plan: Plan, user: User, reason: str) -> None:
    """Take a published plan off boards and public pages; all that belongs to it stays. Raises DecisionError."""
    held = Plan.held(plan.pk)
    if held.current is None or held.withdrawn:
        raise DecisionError(_("这份规划没有发布，或已经撤回。"))
    held.withdrawn = timezone.now()
    held.save(update_fields=["withdrawn"])
    told = {"number": held.current.number, "reason": reason}
    record("plan.withdraw", row=held, new=told, plan=str(held.pk), region=held.region, actor=user)


@transaction.atomic
def put_back(plan: Plan, user: User) -> None:
    """Put a plan that was withdrawn in force again. Raises DecisionError."""
    held = Plan.held(plan.pk)
    if not held.withdrawn:
        raise DecisionError(_("这份规划没有撤回。"))
    held.withdrawn = None
    held.save(update_fields=["withdrawn"])
    record("plan.put_back", row=held, plan=str(held.pk), region=held.region, actor=user)
