"""Adding an entry to the log, in the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.forms import BaseForm
from django.utils import timezone

from bilan.portal.audit import anchors, context
from bilan.portal.audit.chain import FIRST, canonical, hash_of
from bilan.portal.audit.models import Entry, Head
from bilan.portal.audit.words import changes_pages
from bilan.portal.rights.subject import SELF, Subject

if TYPE_CHECKING:
    from bilan.portal.people.models import Region, User

_ONLY = 1  # the key of the one row of Head


@transaction.atomic
def record(
    action: str,
    *,
    row: models.Model | None = None,
    label: str = "",
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    plan: str = "",
    region: Region | None = None,
    actor: User | None = None,
) -> Entry:
    """Add to the log that ``action`` was done to ``row``; plan and region are the row's where none are given.

    Call it in the transaction that makes the change: both stand or neither. Writers wait for one another here, so do
    it last. Never give it a password or a key.
    """
    now = context.actor()
    actor = actor or now.user
    Head.objects.get_or_create(pk=_ONLY, defaults={"number": 0, "hash": FIRST})
    head = Head.objects.select_for_update().get(pk=_ONLY)  # SQLite holds the whole file since the transaction began
    entry = Entry(
        number=head.number + 1,
        at=timezone.now(),
        actor=actor.pk if actor else None,
        actor_name=f"{actor.name}（{actor.username}）" if actor else "",
        action=action,
        object=row._meta.model_name or "" if row is not None else "",
        object_id=str(row.pk) if row is not None else "",
        label=(label or (str(row) if row is not None else ""))[:200],
        old="" if old is None else canonical(old),
        new="" if new is None else canonical(new),
        plan=plan or str(getattr(row, "plan_id", getattr(row, "plan", "")) or ""),
        region=region or _region_of(row),
        address=now.address,
        previous=head.hash,
    )
    entry.hash = hash_of(entry)
    entry.save()
    head.number, head.hash = entry.number, entry.hash
    if changes_pages(action):
        head.changed = entry.hash
    head.save()
    transaction.on_commit(lambda: anchors.note(entry.number, entry.hash), robust=True)
    return entry


def last_change() -> str:
    """Return the hash of the last entry of a change: while it is the same, so is everything that pages show of people.

    Ask before reading what they decided: then what is read is never older. Unlike a number, a hash does not come back
    where an older state of the database is restored.
    """
    return next(iter(Head.objects.filter(pk=_ONLY).values_list("changed", flat=True)), "")


def changes(form: BaseForm) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return old and new values of the fields that a bound, valid form changes."""
    before = {name: form.get_initial_for_field(form.fields[name], name) for name in form.changed_data}
    return before, {name: form.cleaned_data[name] for name in form.changed_data}


def _region_of(row: Any) -> Region | None:
    """The region by which the rights find the row."""
    subject = getattr(row, "rights", None)
    if row is None or not isinstance(subject, Subject) or not subject.region:
        return None
    if subject.region != SELF:
        for step in subject.region.split("__"):
            row = getattr(row, step, None)
    return row if isinstance(row, models.Model) else None  # type: ignore[return-value]
