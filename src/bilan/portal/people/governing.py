"""Who may give which role and edit whom, and that there is always somebody left who administers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from bilan.portal.people.models import Membership, User, today
from bilan.portal.rights.reach import Reach, reach

_ADMINISTRATOR = "administrator"


def within(found: Reach, held: Membership) -> bool:
    """Whether a role lies within reach: its region and its unit, beyond which no role gives more."""
    if found.everything:
        return True
    if held.region is None or not found.holds(held.region.path):
        return False
    return held.unit is None or found.holds(held.unit.region.path)


def roles_of(user: User) -> list[Membership]:
    """Return the roles of ``user`` that have not ended."""
    rows = Membership.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today()), user=user)
    return list(rows.select_related("region", "unit__region"))


def may_edit(actor: User, user: User) -> bool:
    """Whether ``actor`` may edit ``user``: he reaches him and every role that he has or will have."""
    if not reach(actor, "user", "change").covers(user):
        return False
    found = reach(actor, "role", "change")
    return all(within(found, held) for held in roles_of(user))


@contextmanager
def still_governed() -> Iterator[None]:
    """Let a change pass only where there is as much of an administrator after it as before, else ValidationError.

    Call it in a transaction: two administrators who end one another's role at once wait here for each other.
    """
    list(Membership.objects.select_for_update(of=("self",)).filter(role=_ADMINISTRATOR).values_list("pk"))
    before = _governed()
    yield
    if any(was and not now for was, now in zip(before, _governed(), strict=True)):
        raise ValidationError(_("这是最后一个系统管理员，不能停用或取消；请先指定另一个。"), code="last")


def _governed() -> tuple[bool, bool, bool]:
    """Whether somebody administers everything and for good; everything; anything."""
    now = Membership.objects.now().filter(role=_ADMINISTRATOR, user__is_active=True)
    everything = now.filter(region__isnull=True)
    return everything.filter(valid_to__isnull=True).exists(), everything.exists(), now.exists()
