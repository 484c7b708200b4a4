"""Writing down what people decide and say about targets, each in the log."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from bilan.board.entries import Entry as Decision
from bilan.portal.audit.record import record
from bilan.portal.board.models import Entry, Note
from bilan.portal.board.sources import entries_of
from bilan.portal.people.models import Region, Unit, User, answering_for
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


def stands_instead(row: Entry, day: date) -> Decision | None:
    """Return what counts on ``day`` of the same thing in place of ``row``, None where ``row`` itself does."""
    entries, region = entries_of(row.plan), row.region_id if row.district else None
    if row.what == "figure":
        told = [] if row.withdrawn else entries.figures(row.target, day, region)
    else:
        history = entries.history(row.target, row.decision().what, day, row.year, region)
        told = [one for one in history if row.what != "milestone" or one.month == row.month]
    return told[-1] if told and told[-1].line != row.pk else None


def may_take_back(decision: Decision, plan: Plan, unit: Unit | None) -> bool:
    """Return whether ``unit`` entered all that ``decision`` would take back; true of what takes nothing back."""
    if decision.value is not None or decision.status is not None:
        return True
    counting = entries_of(plan).figures(decision.target, decision.on, decision.region)
    undone = [one.line for one in counting if decision.period in (None, one.period)]
    entered_by = set(Entry.objects.filter(pk__in=undone).values_list("unit_id", flat=True))
    return unit is not None and bool(entered_by) and entered_by <= answering_for([unit.pk])


def sets_judgement_aside(decision: Decision, plan: Plan) -> bool:
    """Return whether a figure would answer on a day on which, without it, the judgement of a person does.

    The day of the figure counts and every later one, whatever day's board it was entered on.
    """
    if decision.what != "figure" or decision.value is None:
        return False
    entries, place = entries_of(plan), (decision.target, decision.region)
    taken = [one for one in entries if one.what == "judgement" and (one.target, one.region) == place]
    before = {one.year: one for one in taken if one.on <= decision.on}  # the last one of each year
    standing = [*before.values(), *(one for one in taken if one.on > decision.on)]
    days = {max(one.on, decision.on) for one in standing if one.status is not None}
    return any(not entries.figures(decision.target, day, decision.region) for day in days)


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
