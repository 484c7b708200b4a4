"""What people do to a draft: confirm, correct, reject, restore, add, undo, redo, take a workbook in.

Each call is one step in one transaction, in the audit log, and refused where somebody else touched the same item after
the page was made (``seen`` is the number of the last correction that the page knew).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
from bilan.policy.quotation import within_quotes
from bilan.portal.audit.record import record
from bilan.portal.core.sentences import again
from bilan.portal.plans.models import UNREAD, Correction, CorrectionKind, Draft, DraftState
from bilan.portal.plans.naming import name_of, sentences
from bilan.portal.plans.state import REVIEWED_LISTS, UNREVIEWED, Review, Step, replayed, review_of

if TYPE_CHECKING:
    from bilan.portal.people.models import User

_LONGEST = 200
_KINDS = {"correct": CorrectionKind.CORRECT, "remove": CorrectionKind.REJECT, "add": CorrectionKind.ADD}


class DecisionError(BilanError):
    """It was not done; the message says why and what to do."""


class ConflictError(DecisionError):
    """Somebody else changed the same item in the meantime."""


class RefusedError(DecisionError):
    """What was entered cannot be taken; ``refused`` names the fields."""

    def __init__(self, refused: Sequence[Refusal]) -> None:
        super().__init__(sentences(again(one.reason) for one in refused))
        self.refused = list(refused)


@dataclass(frozen=True)
class Made:
    """One row of a step before it is numbered."""

    kind: CorrectionKind
    list_name: str
    item: str
    label: str
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)
    of_step: int | None = None


@dataclass(frozen=True)
class Done:
    """How the draft stands after a step, what the step touched, and what of it looks wrong."""

    review: Review
    items: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def confirm(draft: Draft, user: User, item: str, seen: int) -> Done:
    """Say that an item is right as it stands; one that somebody has looked at stays as it is."""
    return _step(draft, user, lambda review: _confirmed(review, item, seen, user))


def confirm_rest(draft: Draft, user: User, items: Iterable[str], seen: int) -> Done:
    """Confirm those of ``items`` that nobody has decided on, the person himself after ``seen`` included."""

    def made(review: Review) -> list[Made]:
        open_ = [id_ for id_ in dict.fromkeys(items) if review.state(id_) == UNREVIEWED]
        return [row for id_ in open_ for row in _confirmed(review, id_, seen, user)]

    return _step(draft, user, made)


def _confirmed(review: Review, id_: str, seen: int, user: User) -> list[Made]:
    list_name, item = _known(review, id_, seen, user)
    if list_name not in REVIEWED_LISTS or id_ in review.rejected:
        raise DecisionError(_("这一项不能确认。"))
    return [Made(CorrectionKind.CONFIRM, list_name, id_, name_of(item))] if review.unseen(id_) else []


def correct(draft: Draft, user: User, item: str, given: Mapping[str, str], seen: int) -> Done:
    """Enter fields of an item as text. Raises RefusedError where one cannot be read; nothing is taken then."""
    doubts: list[Doubt] = []

    def made(review: Review) -> list[Made]:
        list_name, old = _known(review, item, seen, user)
        if list_name not in REVIEWED_LISTS or item in review.rejected:
            raise DecisionError(_("这一项不能修改。"))
        outcome = _taken(corrections.correct(review.plan, item, given))
        doubts.extend(outcome.doubts)
        if not outcome.edits and review.unseen(item):  # looked at and left as it is
            return [Made(CorrectionKind.CONFIRM, list_name, item, name_of(old))]
        return [_made(CorrectionKind.CORRECT, edit, name_of(old)) for edit in outcome.edits]

    done = _step(draft, user, made)
    return Done(done.review, done.items, tuple(doubts))


def reject(draft: Draft, user: User, item: str, seen: int) -> Done:
    """Take an item out of the plan; it stays in the review and can be restored."""

    def made(review: Review) -> list[Made]:
        list_name, old = _known(review, item, seen, user)
        if list_name not in REVIEWED_LISTS or item in review.rejected:
            raise DecisionError(_("这一项不能剔除。"))
        edits = _taken(corrections.remove(review.plan, item)).edits
        return [_made(CorrectionKind.REJECT, edit, name_of(old)) for edit in edits]

    return _step(draft, user, made)


def restore(draft: Draft, user: User, item: str, seen: int) -> Done:
    """Put a rejected item back as it was."""

    def made(review: Review) -> list[Made]:
        list_name, old = _known(review, item, seen, user)
        if item not in review.rejected:
            raise DecisionError(_("这一项没有被剔除。"))
        return [Made(CorrectionKind.RESTORE, list_name, item, name_of(old), {}, old.model_dump(mode="json"))]

    return _step(draft, user, made)


def add(draft: Draft, user: User, list_name: str, given: Mapping[str, str], at: Span | None = None) -> Done:
    """Add an item whose words stand in the source, first of all at ``at``. Raises RefusedError."""
    doubts: list[Doubt] = []

    def made(review: Review) -> list[Made]:
        outcome = _taken(corrections.add(review.plan, list_name, given, text=review.text, at=at, taken=review.used_ids))
        doubts.extend(outcome.doubts)
        return [
            _made(CorrectionKind.ADD, edit, name_of(corrections.sheet_named(list_name).model.model_validate(edit.new)))
            for edit in outcome.edits
        ]

    done = _step(draft, user, made)
    return Done(done.review, done.items, tuple(doubts))


def take_in(draft: Draft, user: User, edits: Sequence[Edit], source: str, seen: int) -> Done:
    """Apply what a workbook changed, as one step. Raises ConflictError where the draft moved on since ``seen``."""

    def made(review: Review) -> list[Made]:
        if review.number != seen:
            raise ConflictError(_("审核稿在您查看之后又有修改，请重新核对导入的内容。"))
        return [_made(_KINDS[edit.kind], edit, _label(review, edit)) for edit in edits]

    return _step(draft, user, made, source)


@transaction.atomic
def carry(
    draft: Draft, user: User, edits: Sequence[Edit], confirmed: Sequence[str], decided: Mapping[str, Correction]
) -> None:
    """Take over into a new draft what was decided in another, each item as a step of whoever ``decided`` on it last.

    What nobody decided on by name is of ``user``. Raises DecisionError.
    """
    held = held_open(draft)
    before = review_of(held)
    made = [_made(_KINDS[edit.kind], edit, _label(before, edit)) for edit in edits]
    for id_ in confirmed:
        list_name, item = before.find(id_)
        made.append(Made(CorrectionKind.CONFIRM, list_name, id_, name_of(item)))
    made.sort(key=lambda one: decided[one.item].number if one.item in decided else 0)
    rows = []
    for number, one in enumerate(made, before.number + 1):
        last = decided.get(one.item)
        row = _row(held, last.by if last else user, one, number, number, "")
        row.at = last.at if last else row.at
        rows.append(row)
    _keep(held, before, rows)


def undo(draft: Draft, user: User) -> Done:
    """Take back the person's own last step. Raises DecisionError where others built on it."""

    def made(review: Review) -> list[Made]:
        step = review.last_of(user.pk)
        if step is None:
            raise DecisionError(_("没有可以撤销的操作。"))
        for row in step.rows:
            if (last := review.standing[row.item]).step != step.number:
                raise ConflictError(_("之后 %(who)s 又改了“%(what)s”，不能撤销。") % _who_what(last, row.label))
        return [_turned(CorrectionKind.UNDO, step)]

    return _step(draft, user, made)


def redo(draft: Draft, user: User) -> Done:
    """Do again what the person took back last. Raises DecisionError where others changed the same item since."""

    def made(review: Review) -> list[Made]:
        step = review.last_taken_back(user.pk)
        if step is None:
            raise DecisionError(_("没有可以重做的操作。"))
        for row in step.rows:
            if changed := _otherwise(review, step, row.item):
                raise ConflictError(_("之后 %(who)s 又改了“%(what)s”，不能重做。") % _who_what(changed, row.label))
        return [_turned(CorrectionKind.REDO, step)]

    return _step(draft, user, made)


def _otherwise(review: Review, step: Step, item: str) -> Correction | None:
    """What was done upon the item, or taken away from below it, since a step was made."""
    under, now = step.under[item], review.standing.get(item)
    if under is not None and under.step not in {one.number for one in review.in_force}:
        return under
    return now if now != under else None


def _turned(kind: CorrectionKind, step: Step) -> Made:
    """The row that takes a step back or does it again."""
    first = step.rows[0]
    if len(step.rows) == 1:
        return Made(kind, first.list_name, "", first.label, of_step=step.number)
    return Made(kind, "", "", _("%d 项") % len(step.rows), of_step=step.number)


@transaction.atomic
def _step(draft: Draft, user: User, make: Callable[[Review], list[Made]], source: str = "") -> Done:
    """Keep what ``make`` makes of the draft as it stands now, and return how it stands then."""
    held = held_open(draft)
    before = review_of(held)
    made = make(before)
    if not made:
        return Done(before)
    rows = [
        _row(held, user, one, number, before.number + 1, source) for number, one in enumerate(made, before.number + 1)
    ]
    _keep(held, before, rows)
    _log(held, rows, source)
    after = review_of(held)
    turned = [step for step in (*after.in_force, *after.taken_back) if step.number == rows[0].of_step]
    concerned = sorted(turned[0].items) if turned else [row.item for row in rows]
    return Done(after, tuple(concerned))


def _row(draft: Draft, user: User, made: Made, number: int, step: int, source: str) -> Correction:
    return Correction(
        plan_id=draft.plan_id,
        region_id=draft.region_id,
        draft=draft,
        number=number,
        step=step,
        kind=made.kind,
        list_name=made.list_name,
        item=made.item,
        label=made.label[:_LONGEST],
        old=_json(made.old),
        new=_json(made.new),
        of_step=made.of_step,
        source=source[:_LONGEST],
        by=user,
        at=timezone.now(),
    )


def _keep(draft: Draft, before: Review, rows: Sequence[Correction]) -> None:
    """Write rows down. Raises DecisionError where an item would belong to a task that is not there."""
    after = replayed(draft, [*draft.corrections.select_related("by").order_by("number"), *rows])
    if loose := corrections.hanging(after.plan):
        raise DecisionError(_why_loose(before, loose[0]))
    for row in rows:
        row.version = after.plan.plan.version
    Correction.objects.bulk_create(rows)


def _why_loose(before: Review, loose: Item) -> str:
    """Say what to do first: the item has come back without its task, or its task would go."""
    there = {item.id for name in REVIEWED_LISTS for item in getattr(before.plan, name)}
    if loose.id in there:
        words = _("“%s”仍属于要去掉的任务：请先把它改到别的任务，或剔除它。")
    else:
        words = _("“%s”所属的任务已不在计划里：请先恢复那项任务。")
    return words % within_quotes(name_of(loose))


def held_open(draft: Draft) -> Draft:
    """Return the draft, locked until the transaction ends. Raises DecisionError where its review is over."""
    held = (
        Draft.objects.select_for_update(of=("self",))
        .select_related("plan", "region", "document", "base")
        .defer(*UNREAD)
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


def _known(review: Review, item: str, seen: int, user: User) -> tuple[str, Item]:
    """Return list and item. Raises DecisionError for one that is gone, ConflictError for one that was touched."""
    last = review.touched.get(item)
    if last is not None and last.number > seen:
        words = _("%(who)s 刚刚%(did)s了“%(what)s”，您的操作没有保存。请看过现在的内容再决定。")
        if last.by_id == user.pk:
            words = _("您在另一个窗口里刚刚%(did)s了“%(what)s”，这里的操作没有保存。请看过现在的内容再决定。")
        raise ConflictError(words % {**_who_what(last, last.label), "did": last.get_kind_display()})
    try:
        return review.find(item)
    except KeyError as error:
        raise DecisionError(_("没有这一项，可能已被撤销。请刷新页面。")) from error


def _who_what(row: Correction, label: str) -> dict[str, str]:
    return {"who": str(row.by), "what": within_quotes(label)}


def _taken(outcome: Outcome) -> Outcome:
    if outcome.refused:
        raise RefusedError(outcome.refused)
    return outcome


def _made(kind: CorrectionKind, edit: Edit, label: str) -> Made:
    return Made(kind, edit.list_name, edit.item, label, edit.old, edit.new)


def _label(review: Review, edit: Edit) -> str:
    if edit.kind == "add":
        return name_of(corrections.sheet_named(edit.list_name).model.model_validate(edit.new))
    return name_of(review.find(edit.item)[1])


def _json(fields: Mapping[str, Any]) -> str:
    return json.dumps(dict(fields), ensure_ascii=True) if fields else ""
