"""Two people edit one row: each saves what he changed himself, and is told where the other changed the same."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import pytest
from django.test import Client
from tests.portal.test_people_ended_values import filled

Browser = Callable[[str], Client]


def errors(answer: Any) -> Any:
    assert answer.status_code == 200
    return answer.context["form"].errors


@pytest.mark.django_db
def test_each_saves_what_he_changed_himself(people: Any, client_of: Browser) -> None:
    from bilan.portal.audit.models import Entry

    client, page = client_of("city_administrator"), f"/administration/users/{people.officer.pk}/edit/"
    first, second = filled(client, page), filled(client, page)
    assert client.post(page, {**first, "name": "改名", "region": "东湖区", "unit": ""}).status_code == 302
    assert client.post(page, {**second, "phone": "0531-1"}).status_code == 302
    now = people.officer
    assert (now.name, now.phone, now.region_id, now.unit) == ("改名", "0531-1", "990103", None)
    assert "改名" not in Entry.objects.filter(action="user.change")[0].new


@pytest.mark.django_db
def test_who_changes_the_same_is_told_and_keeps_what_he_entered(people: Any, client_of: Browser) -> None:
    client, page = client_of("city_administrator"), f"/administration/users/{people.officer.pk}/edit/"
    first, second = filled(client, page), filled(client, page)
    client.post(page, {**first, "name": "甲", "phone": "1"})
    answer = client.post(page, {**second, "name": "乙"})
    assert list(errors(answer)) == ["name"]
    assert "甲" in str(errors(answer)["name"])
    text = answer.content.decode()
    assert 'value="乙"' in text
    assert people.officer.name == "甲"
    seen = html.unescape(re.findall(r'name="seen" value="([^"]*)"', text)[0])
    assert client.post(page, {**second, "name": "乙", "phone": "1", "seen": seen}).status_code == 302
    assert (people.officer.name, people.officer.phone) == ("乙", "1")


@pytest.mark.django_db
def test_both_may_enter_the_same(people: Any, client_of: Browser) -> None:
    client, page = client_of("city_administrator"), f"/administration/users/{people.officer.pk}/edit/"
    first, second = filled(client, page), filled(client, page)
    client.post(page, {**first, "name": "甲"})
    assert client.post(page, {**second, "name": "甲"}).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("seen", ["", "[1]", "{", '{"name": 7, "nothing": "x"}'])
def test_a_form_without_what_it_showed_is_taken_as_it_is(people: Any, client_of: Browser, seen: str) -> None:
    client, page = client_of("city_administrator"), f"/administration/users/{people.officer.pk}/edit/"
    told = {**filled(client, page), "name": "甲", "seen": seen}
    assert client.post(page, told).status_code == 302
    assert people.officer.name == "甲"


@pytest.mark.django_db
def test_a_unit_and_its_people_are_edited_at_once(people: Any, client_of: Browser) -> None:
    from bilan.portal.people.models import Contact

    unit, client = people.units["市局"], client_of("administrator")
    page = f"/units/{unit.pk}/edit/"
    first, second = filled(client, page), filled(client, page)
    client.post(page, {**first, "valid_from": "2015-01-01"})
    assert client.post(page, {**second, "kind": "vertical"}).status_code == 302
    unit.refresh_from_db()
    assert (unit.kind, unit.valid_from) == ("vertical", date(2015, 1, 1))
    answer = client.post(page, {**second, "kind": "party"})
    assert "垂直管理机构" in str(errors(answer)["kind"])
    person = Contact.objects.create(unit=unit, name="王某", valid_from=date(2026, 1, 1))
    page = f"/units/people/{person.pk}/edit/"
    first, second = filled(client, page), filled(client, page)
    client.post(page, {**first, "phone": "1"})
    assert client.post(page, {**second, "post": "科长"}).status_code == 302
    person.refresh_from_db()
    assert (person.phone, person.post) == ("1", "科长")
    client.post(page, {**first, "phone": ""})
    assert "清空" not in str(errors(client.post(page, {**first, "phone": "2"})))


@pytest.mark.django_db
def test_a_form_writes_only_the_columns_that_it_changes(people: Any) -> None:
    from bilan.portal.people.forms_units import UnitForm
    from bilan.portal.people.models import Unit
    from bilan.portal.rights.reach import Reach

    unit = people.units["市局"]
    form = UnitForm({"kind": "vertical"}, instance=Unit.objects.get(pk=unit.pk), reach=Reach(everything=True))
    unit.rename("清河市生态环境局", date(2026, 1, 1))
    assert form.is_valid()
    form.save()
    unit.refresh_from_db()
    assert (unit.name, unit.kind) == ("清河市生态环境局", "vertical")


@pytest.mark.django_db
def test_a_ring_ends_no_page(people: Any, client_of: Browser) -> None:
    from bilan.portal.people.models import Unit

    one, other = people.units["临江分局"], people.units["市局"]
    rows = Unit.objects.filter(pk__in=(one.pk, other.pk))
    ended = date(2024, 1, 1)
    for a, b in ((one, other), (other, one)):
        Unit.objects.filter(pk=a.pk).update(parent=b, successor=b, valid_to=ended)
    assert [unit.heir for unit in rows] == [None, None]
    with pytest.raises(ValueError, match="followed"):
        Unit.objects.get(pk=one.pk).merge_into(Unit.objects.get(pk=other.pk), ended)
    third = people.units["东湖分局"]
    third.merge_into(one, ended)
    rows.update(valid_to=None, successor=None)
    page = f"/units/{third.pk}/edit/"
    client = client_of("administrator")
    assert client.post(page, {**filled(client, page), "parent": other.pk}).status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", ["edit", "merge"])
def test_two_at_once_make_no_ring(deed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection
    from tests.portal.conftest import populate

    from bilan.portal.people import forms_units
    from bilan.portal.people.models import Unit

    people = populate()
    one, other = people.units["临江分局"], people.units["市局"]
    Unit.objects.filter(pk=one.pk).update(region="990100")
    both = Barrier(2)
    form = {"edit": forms_units.UnitForm, "merge": forms_units.MergeForm}[deed]
    before = form.full_clean

    def together(self: Any) -> None:
        before(self)
        with suppress(BrokenBarrierError):
            both.wait(1)

    monkeypatch.setattr(form, "full_clean", together)

    def post(unit: Any, above: Any) -> None:
        client = Client()
        client.force_login(people.users["administrator"], backend="django.contrib.auth.backends.ModelBackend")
        told = {"kind": "government", "parent": above.pk, "successor": above.pk, "on": "2026-01-01"}
        client.post(f"/units/{unit.pk}/{deed}/", told)
        connection.close()

    threads = [Thread(target=post, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = "parent" if deed == "edit" else "successor"
    assert Unit.objects.filter(**{f"{kept}__isnull": False}).count() == 1
