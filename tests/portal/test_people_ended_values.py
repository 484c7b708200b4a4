"""A form offers the present value of a row, too, where that has ended: who edits something else loses nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from bilan import policy

pytestmark = pytest.mark.django_db

Browser = Callable[[str], Client]
_FIELD = re.compile(r'<input type="(?:text|email|date|hidden)" name="(\w+)"(?:[^>]*? value="([^"]*)")?')
_SELECT = re.compile(r'<select name="(\w+)".*?</select>', re.S)
_SELECTED = re.compile(r'<option value="([^"]*)" selected>([^<]*)<')


def filled(client: Client, page: str) -> dict[str, str]:
    """What a browser would send of the form as it is shown."""
    text = client.get(page).content.decode()
    form = text[text.rindex("<form", 0, text.index("novalidate")) :].partition("</form>")[0]
    told = {name: html.unescape(value) for name, value in _FIELD.findall(form)}
    for found in _SELECT.finditer(form):
        chosen = _SELECTED.search(found.group())
        told[found.group(1)] = chosen.group(1) if chosen else ""
    return told


def test_a_unit_keeps_a_parent_and_a_department_that_ended(people: Any, client_of: Browser) -> None:
    ended = next(one.id for one in policy.departments() if one.valid_to is not None)
    unit, parent = people.units["临江分局"], people.units["市局"]
    unit.parent, unit.department = parent, ended
    unit.save()
    type(parent).objects.filter(pk=parent.pk).update(valid_to=date(2026, 1, 1))
    client, page = client_of("administrator"), f"/units/{unit.pk}/edit/"
    told = filled(client, page)
    assert "（清河市，已撤销）" in client.get(page).content.decode()
    assert client.post(page, {**told, "kind": "vertical"}).status_code == 302
    unit.refresh_from_db()
    assert (unit.kind, unit.parent, unit.department) == ("vertical", parent, ended)
    # what ended is offered to nobody else
    assert "已撤销" not in client.get(f"/units/{people.units['东湖分局'].pk}/edit/").content.decode()


def test_a_user_keeps_a_unit_that_ended(people: Any, client_of: Browser) -> None:
    user, unit = people.officer, people.units["临江分局"]
    type(unit).objects.filter(pk=unit.pk).update(valid_to=date(2026, 1, 1))
    client, page = client_of("city_administrator"), f"/administration/users/{user.pk}/edit/"
    told = filled(client, page)
    assert client.post(page, {**told, "phone": "0531-1"}).status_code == 302
    assert (people.officer.phone, people.officer.unit) == ("0531-1", unit)


def test_a_user_keeps_a_region_that_ended_and_nobody_gets_it_anew(people: Any, client_of: Browser) -> None:
    user, region = people.officer, people.regions["990102"]
    type(region).objects.filter(pk=region.pk).update(valid_to=date(2026, 1, 1))
    client, page = client_of("city_administrator"), f"/administration/users/{user.pk}/edit/"
    told = filled(client, page)
    assert "已失效" in client.get(page).content.decode()
    assert client.post(page, {**told, "phone": "0531-1"}).status_code == 302
    assert (people.officer.phone, people.officer.region) == ("0531-1", region)
    other = f"/administration/users/{people.other_officer.pk}/edit/"
    answer = client.post(other, {**filled(client, other), "region": "临江区（990102）"})
    assert answer.context["form"].errors["region"]
