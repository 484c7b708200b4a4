"""What was posted after the session had ended is not saved; it is said, and the way leads back to the form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

pytestmark = pytest.mark.django_db

Browser = Callable[[str], Client]
SAID = "刚才提交的内容没有保存"


def over(client: Client) -> Client:
    """Let the session of a browser end."""
    client.get("/account/")
    session = client.session
    session["seen"] = (timezone.now() - timedelta(hours=2)).timestamp()
    session.save()
    return client


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/units/?q=a", "/units/?q=a"),
        ("http://elsewhere.example/units/", "/"),
        ("http://testserver.elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("http://testserver//elsewhere.example/", "/"),
        ("http://testserver/account/login/?next=/units/", "/"),
        ("", "/"),
    ],
)
@pytest.mark.parametrize("logged_out", [False, True], ids=["ended", "logged out"])
def test_a_post_too_late_leads_back_to_its_form(client_of: Browser, referer: str, back: str, logged_out: bool) -> None:
    client = client_of("public") if logged_out else over(client_of("officer"))
    answer = client.post("/account/", {"name": "新名"}, headers={"referer": referer})
    assert answer.headers["Location"] == f"/account/login/?next={quote(back)}"
    assert SAID in client.get(answer.headers["Location"]).content.decode()


def test_a_page_and_a_log_out_too_late_lose_nothing(client_of: Browser) -> None:
    for method, address in (("get", "/account/"), ("post", "/account/logout/")):
        client = over(client_of("officer"))
        answer = getattr(client, method)(address)
        assert SAID not in client.get(answer.headers["Location"]).content.decode()


def test_a_part_of_a_page_says_so_too(client_of: Browser) -> None:
    client = over(client_of("officer"))
    headers: dict[str, Any] = {"hx-request": "true", "hx-current-url": "http://testserver/units/"}
    answer = client.post("/account/", {"name": "新名"}, headers=headers)
    assert answer.headers["HX-Redirect"] == "/account/login/?next=/units/"
    assert SAID in client.get(answer.headers["HX-Redirect"]).content.decode()
