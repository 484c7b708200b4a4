"""A form that another site sends in a person's name is refused wherever a form is taken, and changes nothing."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from test_rights_crawl import (  # type: ignore[import-not-found]
    ADDRESSES,
    choices_for,
    parameters_of,
    rows,
    rows_for,
)

__all__ = ["rows"]  # a fixture
TAKES_FORMS = [name for name, one in ADDRESSES.items() if hasattr(getattr(one.callback, "view_class", None), "post")]


@pytest.mark.parametrize("name", ADDRESSES)
def test_no_address_is_exempt(name: str) -> None:
    assert not getattr(ADDRESSES[name].callback, "csrf_exempt", False)


@pytest.mark.parametrize("who", ["administrator", "plan_office"])
def test_no_address_takes_a_forged_form(people: Any, rows: list[Any], who: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.users[who], backend="django.contrib.auth.backends.ModelBackend")
    before = held()
    assert before["audit.entry"]
    for name in TAKES_FORMS:
        for row, choice in itertools.product(rows_for(name, rows), choices_for(name)):
            answer = client.post(reverse(name, kwargs=parameters_of(name, row) | choice))
            assert answer.status_code == 403, name
            assert "这张表单过期了" in answer.content.decode(), name  # refused as forged, not for want of a right
    assert held() == before
    assert "_auth_user_id" in client.session


def held() -> dict[str, int]:
    """How many rows there are of everything."""
    return {one._meta.label_lower: one._default_manager.count() for one in apps.get_models()}
