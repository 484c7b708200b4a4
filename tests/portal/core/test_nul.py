"""NUL, which PostgreSQL keeps in no text, is refused at one door, whatever it comes in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

pytestmark = pytest.mark.django_db

Browser = Callable[[str], Client]


@pytest.mark.parametrize(
    "address",
    [
        "/administration/users/?q=a%00b",
        "/administration/users/?q%00=a",
        "/audit/?text=%00",
        "/units/?q=%00",
        "/?plan=%00",
        "/administration/regions/990%00100/",
        "/plans/x%00/",
        "/no%00where/",
        "/account/login/?next=%00",
    ],
)
@pytest.mark.parametrize("who", ["administrator", "public"])
def test_no_address_holds_it(client_of: Browser, who: str, address: str) -> None:
    answer = client_of(who).get(address)
    assert answer.status_code == 400
    assert "空字符" in answer.content.decode()


@pytest.mark.parametrize("kind", ["form", "multipart", "name"])
def test_no_form_holds_it(people: Any, kind: str) -> None:
    told = {"username": "a\0b", "password": "x"} if kind != "name" else {"username": "a", "pass\0word": "x"}
    if kind == "form":
        answer = Client().post(
            "/account/login/", "username=a%00b&password=x", content_type="application/x-www-form-urlencoded"
        )
    else:
        answer = Client().post("/account/login/", told)
    assert answer.status_code == 400
    assert "空字符" in answer.content.decode()


@pytest.mark.parametrize("body", [r'{"name": "a\u0000b"}', r'{"a\u0000": 1}', '{"name": "\0"}', r'["\\\u0000"]'])
def test_no_json_holds_it(people: Any, body: str) -> None:
    assert Client().post("/language/", body, content_type="application/json").status_code == 400


def test_what_only_looks_like_it_passes(people: Any) -> None:
    body = json.dumps({"name": r"\u0000"})
    assert Client().post("/language/", body, content_type="application/json").status_code == 302
    assert Client().get("/account/login/?next=%2500").status_code == 200


def test_no_cookie_holds_it(people: Any) -> None:
    client = Client()
    client.cookies["bilan-session"] = "abc\0defghij"
    assert client.get("/units/").status_code == 400
    assert Client(HTTP_COOKIE='bilan-session="abc\\000defghij"').get("/units/").status_code == 400


def test_a_name_of_a_file_is_cleaned_of_it(client_of: Browser, people: Any) -> None:
    file = SimpleUploadedFile("plan\0.txt", "关于印发方案的通知".encode())
    told = {"document": file, "region": "990100"}
    assert client_of("plan_office").post("/plans/upload/", told).status_code in (200, 302)


def test_a_forged_form_is_refused_before_its_body_is_looked_at(people: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/account/login/", {"username": "a\0b", "password": "x"}).status_code == 403


def test_the_page_is_in_the_chosen_language(people: Any) -> None:
    client = Client()
    client.cookies["bilan-language"] = "en"
    assert "NUL" in client.get("/?q=%00").content.decode()
