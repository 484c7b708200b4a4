"""The first administrator, made when there is none."""

from __future__ import annotations

from django.db import transaction

from bilan.portal.audit.record import record
from bilan.portal.people.models import Membership, User
from bilan.portal.people.passwords import one_time_password

FIRST = "admin"


@transaction.atomic
def first_administrator(username: str = FIRST) -> tuple[str, str] | None:
    """Make an administrator where no active one is; return name and one-time password, None where there was one."""
    if Membership.objects.now().filter(role="administrator", user__is_active=True).exists():
        return None
    while User.objects.filter(username=username).exists():  # somebody else's name
        username += "-1"
    password = one_time_password()
    user = User.objects.create_user(username, password, name="系统管理员", must_change_password=True)
    held = Membership.objects.create(user=user, role="administrator")
    record("user.create", row=user, new={"username": username, "name": user.name})
    record("role.create", row=held, new={"user": username, "role": "administrator"})
    return username, password
