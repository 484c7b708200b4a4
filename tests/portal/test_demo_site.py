"""The site of the demo city: filled once however often it is asked for, with accounts of every role."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db(transaction=True)


def filled(city: Path) -> Any:
    from bilan.portal import demo

    return demo.fill(warm=False, city=city)


def test_the_demo_fills_a_site_and_a_second_time_adds_nothing_but_passwords(tmp_path: Path) -> None:
    from bilan.portal.board.models import Entry
    from bilan.portal.people.models import Contact, Membership, Unit, User
    from bilan.portal.plans.models import Version

    (tmp_path / "simulated").mkdir()
    kinds = (Contact, Entry, Membership, Unit, User, Version)
    first = filled(tmp_path)
    before = [kind.objects.count() for kind in kinds]
    again = filled(tmp_path)
    assert [kind.objects.count() for kind in kinds] == before and all(before)
    assert {one.password for one in first}.isdisjoint(one.password for one in again)
    assert {one.role for one in again} == {"administrator", "plan_office", "officer", "analyst", "leader"}
    for one in again:
        answer = Client().post("/account/login/", {"username": one.username, "password": one.password})
        assert answer.status_code == 302, one.username


def test_everybody_of_the_demo_is_made_up_and_every_unit_has_somebody_to_ask(tmp_path: Path) -> None:
    from bilan.portal.audit.models import Entry as Logged
    from bilan.portal.people.models import Contact, Unit, User

    (tmp_path / "simulated").mkdir()
    filled(tmp_path)
    told = set(Contact.objects.values_list("name", "phone", "email"))
    assert told == {("演示联系人", "", ""), ("演示分管领导", "", "")}
    assert {tuple(sorted(unit.contacts.values_list("role", flat=True))) for unit in Unit.objects.all()} == {
        ("contact", "leader")
    }
    assert Logged.objects.filter(action="person.create").count() == Contact.objects.count()
    assert all("演示" in user.name or "经办人" in user.name for user in User.objects.all())
