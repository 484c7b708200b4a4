"""Writing down what people decide and say about targets, each in the log."""

from __future__ import annotations

from django.db import transaction

from bilan.board.entries import Entry as Decision
from bilan.portal.audit.record import record
from bilan.portal.board.models import Entry, Note
from bilan.portal.people.models import Region, Unit, User
from bilan.portal.plans.models import Plan


@transaction.atomic
def enter(decision: Decision, plan: Plan, region: Region, unit: Unit | None, user: User, name: str) -> Entry:
    """Keep a decision; those before it stay."""
    row = Entry.objects.create(
        plan=plan,
        region=region,
        unit=unit,
        target=decision.target,
        district=decision.region is not None,
        what=decision.what,
        year=decision.year,
        month=decision.month,
        value=decision.value,
        shown="" if decision.value is None else format(decision.value, "f"),
        status=decision.status or "",
        reason=decision.reason,
        by=decision.by,
        on=decision.on,
        author=user,
    )
    said = row.status or row.shown or "withdrawn"
    new = {"target": row.target, "what": row.what, "year": row.year, "value": said, "reason": row.reason}
    record("entry.create", row=row, label=name, new=new, plan=plan.slug)
    return row


@transaction.atomic
def remark(text: str, plan: Plan, region: Region, unit: Unit | None, target: str, user: User, name: str) -> Note:
    """Keep a note."""
    row = Note.objects.create(plan=plan, region=region, unit=unit, target=target, text=text, author=user)
    record("note.create", row=row, label=name, new={"target": target, "text": text}, plan=plan.slug)
    return row


def unit_of(user: User, among: set[int]) -> Unit | None:
    """Return the unit in whose name ``user`` writes: the one of his that answers for the target, else his own."""
    own = [one.unit_id for one in user.memberships_now if one.unit_id is not None]
    chosen = next((one for one in own if one in among), None) or next(iter(own), None) or user.unit_id
    return Unit.objects.filter(pk=chosen).first() if chosen else None


def name_of(user: User, unit: Unit | None) -> str:
    """Return how the board names somebody who decided: unit and name."""
    return f"{unit.name} {user.name}" if unit is not None else user.name
