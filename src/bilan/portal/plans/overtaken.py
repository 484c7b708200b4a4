"""Drafts that a newer version has overtaken: what publishing one would take back, and going on from that version.

A draft begins with a version and knows nothing of those published later. Where both were read from the same document
their items have the same ids, so that the decisions of the draft can be done again on the newer version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from bilan.plan.corrections import Edit, edits_of
from bilan.plan.model import CompiledPlan
from bilan.plan.workbook.read import ImportResult
from bilan.portal.audit.record import record
from bilan.portal.plans.decide import DecisionError, carry, held_open
from bilan.portal.plans.models import Draft, DraftState, Version
from bilan.portal.plans.state import REVIEWED_LISTS, Review, begun, review_of

if TYPE_CHECKING:
    from bilan.portal.people.models import User

Items = Mapping[str, Mapping[str, Any]]  # the fields of each item by its id


@dataclass(frozen=True)
class Overtaken:
    """``version`` is in force, and the draft began with another; ``lost`` is what of it the draft does not hold.

    ``may_go_on`` tells whether the draft can be continued from it; else it was read from another document, and nothing
    is known of what is lost.
    """

    version: Version
    lost: list[Edit]
    may_go_on: bool


def overtaken(draft: Draft, review: Review) -> Overtaken | None:
    """Return how a newer version overtook ``draft``; None where it began with the one in force or is over."""
    version = draft.plan.current
    if not draft.open or version is None or version.pk == draft.base_id:
        return None
    if version.document_id != draft.document_id:
        return Overtaken(version, [], may_go_on=False)
    here = _items(review.plan)
    theirs = _between(begun(draft), version.compiled_plan())
    return Overtaken(version, [left for edit in theirs if (left := _missing(edit, here))], may_go_on=True)


def changed(draft: Draft, review: Review) -> list[Edit]:
    """Return how ``draft`` differs from the plan with which it began."""
    return _between(begun(draft), review.plan)


@transaction.atomic
def go_on(draft: Draft, user: User) -> tuple[Draft, list[Edit]]:
    """Give ``draft`` up for one that begins with the version in force and holds its decisions, as far as they fit.

    Each stays the decision of who made it.

    Return the new draft and the edits that do not fit, as the version changed the same. Raises DecisionError.
    """
    held = held_open(draft)
    review = review_of(held)
    found = overtaken(held, review)
    if found is None or not found.may_go_on:
        raise DecisionError(_("这份审核稿不能在现行版本上继续。"))
    version = found.version
    new = Draft.objects.create(
        plan=held.plan,
        region=held.region,
        document=held.document,
        base=version,
        continues=held,
        compiled=version.compiled,
        started_by=user,
    )
    there = _items(version.compiled_plan())
    mine = changed(held, review)
    fitting = [fit for edit in mine if (fit := _fitting(edit, there))]
    known = {*version.reviewed, *(edit.item for edit in fitting)}
    seen = [id_ for id_ in review.reviewed_ids() if id_ in there and id_ not in known]
    carry(new, user, fitting, seen, review.standing)
    held.end(DraftState.DISCARDED)
    unfit = [edit for edit in mine if _unfit(edit, there)]
    record(
        "draft.continue",
        row=new,
        new={"from": held.pk, "version": version.number, "edits": len(fitting), "unfit": [one.item for one in unfit]},
        plan=str(held.plan_id),
    )
    return new, unfit


def _between(old: CompiledPlan, new: CompiledPlan) -> list[Edit]:
    return edits_of(old, ImportResult(new, [], []))


def _items(plan: CompiledPlan) -> Items:
    return {item.id: item.model_dump(mode="json") for name in REVIEWED_LISTS for item in getattr(plan, name)}


def _missing(edit: Edit, here: Items) -> Edit | None:
    """What of an edit the items do not show."""
    item = here.get(edit.item)
    if edit.kind == "correct" and item is not None:
        names = [name for name, value in edit.new.items() if item[name] != value]
        return _only(edit, names)
    return edit if (item is None) == (edit.kind == "add") or edit.kind == "correct" else None


def _fitting(edit: Edit, there: Items) -> Edit | None:
    """What of an edit can be done to items that others changed; what is done already, or done otherwise, cannot."""
    item = there.get(edit.item)
    if edit.kind == "add":
        return edit if item is None else None
    if item is None:
        return None
    if edit.kind == "remove":
        return edit if item == edit.old else None
    names = [name for name in edit.new if item[name] == edit.old[name]]
    return _only(edit, names)


def _unfit(edit: Edit, there: Items) -> bool:
    """Whether others changed the same otherwise."""
    item = there.get(edit.item)
    if edit.kind == "add":
        return item is not None and item != edit.new
    if edit.kind == "remove":
        return item is not None and item != edit.old
    return item is None or any(item[name] not in (edit.old[name], value) for name, value in edit.new.items())


def _only(edit: Edit, names: list[str]) -> Edit | None:
    """The edit with these of its fields."""
    if not names:
        return None
    return replace(edit, old={name: edit.old[name] for name in names}, new={name: edit.new[name] for name in names})
