"""A one-time password is shown once, and who leaves its page is told so; an address for the other method has a page."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

Browser = Callable[[str], Client]


@pytest.mark.parametrize("made", ["new", "reset"])
@pytest.mark.parametrize("choice", ["language", "theme"])
def test_who_leaves_the_page_of_a_password_is_told(people: Any, client_of: Browser, made: str, choice: str) -> None:
    from django.contrib.sessions.models import Session

    from bilan.portal.audit.models import Entry

    client, user = client_of("administrator"), people.officer
    page = "/administration/users/new/" if made == "new" else f"/administration/users/{user.pk}/password/"
    text = client.post(page, {"username": "wang", "name": "王某"}).content.decode()
    password = re.findall(r'class="one-time">([\w-]+)<', text)[0]
    form = text[text.index(f'action="/{choice}/"') :]
    back = html.unescape(re.findall(r'name="next" value="([^"]*)"', form)[0])
    told = {"next": back, "language": "en", "theme": "dark"}
    answer = client.post(f"/{choice}/", told, follow=True)
    assert answer.status_code == 200
    said = "It was shown once" if choice == "language" else "只显示一次"
    assert said in answer.content.decode()
    assert "/password/" in answer.content.decode()  # where another one is made
    assert password not in answer.content.decode()
    assert not any(password in str(one.get_decoded()) for one in Session.objects.all())
    assert not any(password in entry.new for entry in Entry.objects.all())


def test_an_address_for_the_other_method_says_so(people: Any, client_of: Browser) -> None:
    for who in ("administrator", "public"):
        answer = client_of(who).get("/language/")
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "POST, OPTIONS"
        text = answer.content.decode()
        assert "这个地址打不开" in text
        assert 'href="/"' in text
    assert client_of("administrator").post("/units/").status_code == 405
    assert client_of("administrator").options("/language/").status_code == 200
