"""What people do to a draft: confirm, correct, reject, restore, add, undo, redo, take a workbook in.

Each call is one step in one transaction, in the audit log, and refused where somebody else touched the same item after
the page was made (``seen`` is the number of the last correction that the page knew).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bilan.errors import BilanError
from bilan.plan import corrections
from bilan.plan.corrections import Edit, Outcome
from bilan.plan.model import Item
from bilan.plan.workbook.locate import Span
from bilan.plan.workbook.rows import Doubt, Refusal
from bilan.portal.audit.record import record
from bilan.portal.plans.models import Correction, Draft, DraftState, Kind
from bilan.portal.plans.naming import name_of, reason_words
from bilan.portal.plans.state import REVIEWED_LISTS, Review, Step, replayed, review_of

if TYPE_CHECKING:
    from bilan.portal.people.models import User

_LONGEST = 200


class DecisionError(BilanError):
    """It was not done; the message says why and what to do."""


class ConflictError(DecisionError):
    """Somebody else changed the same item in the meantime."""


class RefusedError(DecisionError):
    """What was entered cannot be taken; ``refused`` names the fields."""

    def __init__(self, refused: Sequence[Refusal]) -> None:
        super().__init__("；".join(reason_words(one.reason) for one in refused))
        self.refused = list(refused)


@dataclass(frozen=True)
class Made:
    """One row of a step before it is numbered."""

    kind: Kind
    list_name: str
    item: str
    label: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]


@dataclass(frozen=True)
class Done:
    """How the draft stands after a step, what the step touched, and what of it looks wrong."""

    review: Review
    items: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def confirm(draft: Draft, user: User, items: Iterable[str], seen: int) -> Done:
    """Say that items are right as they stand; one that somebody has looked at stays as it is."""

    def made(review: Review) -> list[Made]:
        found = []
        for id_ in dict.fromkeys(items):
            list_name, item = _known(review, id_, seen)
            if list_name not in REVIEWED_LISTS or id_ in review.rejected:
                raise DecisionError(_("这一项不能确认。"))
            if review.state(id_) == "unreviewed":
                found.append(Made(Kind.CONFIRM, list_name, id_, name_of(item), {}, {}))
        return found

    return _step(draft, user, made)


def correct(draft: Draft, user: User, item: str, given: Mapping[str, str], seen: int) -> Done:
    """Enter fields of an item as text. Raises RefusedError where one cannot be read; nothing is taken then."""
    doubts: list[Doubt] = []

    def made(review: Review) -> list[Made]:
        list_name, old = _known(review, item, seen)
        if list_name not in REVIEWED_LISTS or item in review.rejected:
            raise DecisionError(_("这一项不能修改。"))
        outcome = _taken(corrections.correct(review.plan, item, given))
        doubts.extend(outcome.doubts)
        if not outcome.edits and review.state(item) == "unreviewed":  # looked at and left as it is
            return [Made(Kind.CONFIRM, list_name, item, name_of(old), {}, {})]
        return [_made(Kind.CORRECT, edit, name_of(old)) for edit in outcome.edits]

    done = _step(draft, user, made)
    return Done(done.review, done.items, tuple(doubts))


def reject(draft: Draft, user: User, item: str, seen: int) -> Done:
    """Take an item out of the plan; it stays in the review and can be restored."""

    def made(review: Review) -> list[Made]:
        list_name, old = _known(review, item, seen)
        if list_name not in REVIEWED_LISTS or item in review.rejected:
            raise DecisionError(_("这一项不能剔除。"))
        return [_made(Kind.REJECT, edit, name_of(old)) for edit in _taken(corrections.remove(review.plan, item)).edits]

    return _step(draft, user, made)


def restore(draft: Draft, user: User, item: str, seen: int) -> Done:
    """Put a rejected item back as it was."""

    def made(review: Review) -> list[Made]:
        list_name, old = _known(review, item, seen)
        if item not in review.rejected:
            raise DecisionError(_("这一项没有被剔除。"))
        return [Made(Kind.RESTORE, list_name, item, name_of(old), {}, old.model_dump(mode="json"))]

    return _step(draft, user, made)


def add(draft: Draft, user: User, list_name: str, given: Mapping[str, str], at: Span | None = None) -> Done:
    """Add an item whose words stand in the source, first of all at ``at``. Raises RefusedError."""
    doubts: list[Doubt] = []

    def made(review: Review) -> list[Made]:
        outcome = _taken(corrections.add(review.plan, list_name, given, text=review.text, at=at, taken=review.used_ids))
        doubts.extend(outcome.doubts)
        return [
            _made(Kind.ADD, edit, name_of(corrections.sheet_named(list_name).model.model_validate(edit.new)))
            for edit in outcome.edits
        ]

    done = _step(draft, user, made)
    return Done(done.review, done.items, tuple(doubts))


def take_in(draft: Draft, user: User, edits: Sequence[Edit], source: str, seen: int) -> Done:
    """Apply what a workbook changed, as one step. Raises ConflictError where the draft moved on since ``seen``."""
    kinds = {"correct": Kind.CORRECT, "remove": Kind.REJECT, "add": Kind.ADD}

    def made(review: Review) -> list[Made]:
        if review.number != seen:
            raise ConflictError(_("审核稿在您查看之后又有修改，请重新核对导入的内容。"))
        return [_made(kinds[edit.kind], edit, _label(review, edit)) for edit in edits]

    return _step(draft, user, made, source)


def undo(draft: Draft, user: User) -> Done:
    """Take back the person's own last step. Raises DecisionError where others built on it."""

    def found(review: Review) -> Step:
        step = review.last_of(user.pk)
        if step is None:
            raise DecisionError(_("没有可以撤销的操作。"))
        for item in step.items:
            if (last := review.touched[item]).step != step.number and last.of_step != step.number:
                raise ConflictError(
                    _("之后 %(who)s 又改了“%(what)s”，不能撤销。") % _who_what(last, step.rows[0].label)
                )
        return step

    return _turn(draft, user, Kind.UNDO, found)


def redo(draft: Draft, user: User) -> Done:
    """Do again what the person took back last. Raises DecisionError where others changed the same item since."""

    def found(review: Review) -> Step:
        step = review.last_taken_back(user.pk)
        if step is None:
            raise DecisionError(_("没有可以重做的操作。"))
        for item in step.items:
            if (last := review.touched[item]).of_step != step.number:
                raise ConflictError(
                    _("之后 %(who)s 又改了“%(what)s”，不能重做。") % _who_what(last, step.rows[0].label)
                )
        return step

    return _turn(draft, user, Kind.REDO, found)


def _turn(draft: Draft, user: User, kind: Kind, found: Callable[[Review], Step]) -> Done:
    """Take a step back or do it again."""
    touched: list[str] = []
    numbers: list[int] = []

    def made(review: Review) -> list[Made]:
        step = found(review)
        numbers.append(step.number)
        touched.extend(sorted(step.items))
        first = step.rows[0]
        label = first.label if len(step.rows) == 1 else _("%d 项") % len(step.rows)
        return [Made(kind, first.list_name if len(step.rows) == 1 else "", "", label, {}, {})]

    done = _step(draft, user, made, of_step=numbers)
    return Done(done.review, tuple(touched))


@transaction.atomic
def _step(
    draft: Draft,
    user: User,
    make: Callable[[Review], list[Made]],
    source: str = "",
    of_step: list[int] | None = None,
) -> Done:
    """Keep what ``make`` makes of the draft as it stands now, and return how it stands then."""
    held = held_open(draft)
    before = review_of(held)
    made = make(before)
    if not made:
        return Done(before)
    rows = [
        Correction(
            plan_id=held.plan_id,
            region_id=held.region_id,
            draft=held,
            number=before.number + place,
            step=before.number + 1,
            kind=one.kind,
            list_name=one.list_name,
            item=one.item,
            label=one.label[:_LONGEST],
            old=_json(one.old),
            new=_json(one.new),
            of_step=of_step[0] if of_step else None,
            source=source[:_LONGEST],
            by=user,
            at=timezone.now(),
        )
        for place, one in enumerate(made, start=1)
    ]
    after = replayed(held, [*held.corrections.select_related("by").order_by("number"), *rows])
    if loose := corrections.hanging(after.plan):
        raise DecisionError(_("“%s”仍属于要去掉的任务：请先把它改到别的任务，或剔除它。") % name_of(loose[0]))
    for row in rows:
        row.version = after.plan.plan.version
    Correction.objects.bulk_create(rows)
    _log(held, rows, source)
    return Done(review_of(held), tuple(row.item for row in rows if row.item))


def held_open(draft: Draft) -> Draft:
    """Return the draft, locked until the transaction ends. Raises DecisionError where its review is over."""
    held = (
        Draft.objects.select_for_update(of=("self",))
        .select_related("plan", "region", "document", "base")
        .get(pk=draft.pk)
    )
    if held.state != DraftState.REVIEWING:
        raise DecisionError(_("这份审核稿%s，不能再改。") % held.get_state_display())
    return held


def _log(draft: Draft, rows: Sequence[Correction], source: str) -> None:
    first = rows[0]
    if len(rows) == 1:
        old, new = json.loads(first.old or "{}"), json.loads(first.new or "{}")
        new = new | ({"of_step": first.of_step} if first.of_step else {})
        record(f"draft.{first.kind}", row=draft, label=first.label, old=old, new={"item": first.item, **new})
        return
    kinds = {kind: sum(row.kind == kind for row in rows) for kind in {row.kind for row in rows}}
    action = "draft.import" if source else f"draft.{first.kind}"
    record(action, row=draft, new={"step": first.step, "items": [row.item for row in rows], "file": source, **kinds})


def _known(review: Review, item: str, seen: int) -> tuple[str, Item]:
    """Return list and item. Raises DecisionError for one that is gone, ConflictError for one that was touched."""
    last = review.touched.get(item)
    if last is not None and last.number > seen:
        raise ConflictError(
            _("%(who)s 刚刚%(did)s了“%(what)s”，您的操作没有保存。请看过现在的内容再决定。")
            % {**_who_what(last, last.label), "did": last.get_kind_display()}
        )
    try:
        return review.find(item)
    except KeyError as error:
        raise DecisionError(_("没有这一项，可能已被撤销。请刷新页面。")) from error


def _who_what(row: Correction, label: str) -> dict[str, str]:
    return {"who": str(row.by), "what": label}


def _taken(outcome: Outcome) -> Outcome:
    if outcome.refused:
        raise RefusedError(outcome.refused)
    return outcome


def _made(kind: Kind, edit: Edit, label: str) -> Made:
    return Made(kind, edit.list_name, edit.item, label, edit.old, edit.new)


def _label(review: Review, edit: Edit) -> str:
    if edit.kind == "add":
        return name_of(corrections.sheet_named(edit.list_name).model.model_validate(edit.new))
    return name_of(review.find(edit.item)[1])


def _json(fields: Mapping[str, Any]) -> str:
    return json.dumps(dict(fields), ensure_ascii=True) if fields else ""
