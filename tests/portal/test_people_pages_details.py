"""What pages of units and regions promise: a mistake is mended whatever the day, counts are counts, ids stand once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.test import Client

pytestmark = pytest.mark.django_db

Browser = Callable[[str], Client]


@pytest.mark.parametrize("on", ["", "2999-01-01", "someday"])
def test_a_name_written_wrong_is_mended_whatever_the_day(people: Any, client_of: Browser, on: str) -> None:
    unit, client = people.units["市局"], client_of("administrator")
    page, told = f"/units/{unit.pk}/rename/", {"name": "清河市局", "on": on}
    assert client.post(page, told).context["form"].errors["on"]
    assert client.post(page, {**told, "mistake": "on"}).status_code == 302
    unit.refresh_from_db()
    assert [unit.name, unit.names.get().name] == ["清河市局"] * 2


def test_counts_of_a_region_are_no_products(people: Any) -> None:
    from bilan.portal.people.models import Region
    from bilan.portal.people.views_regions import _counted

    rows = _counted(Region.objects.filter(pk__in=("990100", "990121")))
    found = {one.pk: (one.many_units, one.many_users, one.many_parts) for one in rows}
    parts = Region.objects.filter(parent="990100").count()
    assert found == {"990100": (1, 3, parts), "990121": (0, 0, 0)}
    assert "LEFT OUTER JOIN" not in str(rows.query)


def test_the_error_of_an_upload_has_its_id_once() -> None:
    from bilan.portal.core.templatetags.parts import upload

    class Form(forms.Form):
        document = forms.FileField()

    from django.template.loader import render_to_string

    text = render_to_string("core/parts/upload.html", upload(Form({}, {})["document"]))
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert "id_document_error" in ids
    assert len(ids) == len(set(ids))
