"""A lock counts the failures of a name over all browsers and addresses, as the log-in does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_failures_from_several_browsers_lock_and_are_shown(
    people: Any, client_of: Callable[[str], Client], settings: Any
) -> None:
    from bilan.portal.people.locks import locked_names

    told = {"username": "officer", "password": "wrong"}
    for many in range(settings.AXES_FAILURE_LIMIT):
        assert locked_names() == frozenset()
        Client(HTTP_USER_AGENT=f"browser {many % 3}").post("/account/login/", told)
    assert locked_names() == {"officer"}
    client, page = client_of("city_administrator"), f"/administration/users/{people.officer.pk}/"
    assert f"{page}unlock/" in client.get(page).content.decode()
    client.post(f"{page}unlock/")
    assert locked_names() == frozenset()
