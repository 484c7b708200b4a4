"""The inside of a page is drawn once for all of one standing, and anew with whatever it shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

QUERIES = 4  # session, user, roles, last change

PAGES = ("/", "/targets/", "/targets/qinghe/t3/", "/public/", "/public/qinghe/t3/")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates of insides, as they are drawn."""
    from bilan.portal.board import pages

    told: list[str] = []
    draw = pages.render_to_string
    monkeypatch.setattr(pages, "render_to_string", lambda name, *args: (told.append(name), draw(name, *args))[1])
    return told


def another(name: str, like: str) -> Client:
    """Somebody with the same roles as ``like``."""
    from bilan.portal.people.models import Membership, User

    user = User.objects.create_user(name, name=name, password="x")
    for held in Membership.objects.filter(user__username=like):
        Membership.objects.create(user=user, role=held.role, region=held.region, unit=held.unit)
    client = Client()
    client.force_login(user)
    return client


def inside(page: str) -> str:
    """The page without the frame and the reader's own token."""
    main = page.partition("<main")[2].partition("</main>")[0]
    assert main
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", main)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_drawn_once(site: Any, drawn: list[str], until_idle: Callable[[], None], address: str) -> None:
    client = site.client_of("public" if "public" in address else "plan_office")
    for _ in range(3):
        before = client.get(address, {"as_of": "2026-03-31"}).content.decode()
        until_idle()  # what comes after the first page is there with the second
    drawn.clear()
    with CaptureQueriesContext(connection) as asked:
        again = client.get(address, {"as_of": "2026-03-31"}).content.decode()
    assert inside(again) == inside(before)
    assert drawn == [] and len(asked) <= QUERIES, [one["sql"] for one in asked]


def test_those_of_one_standing_share_it_but_for_names_and_tokens(site: Any, drawn: list[str]) -> None:
    own = site.text("plan_office", site.target(3))
    other = another("sister", like="plan_office").get(site.target(3), {"as_of": "2026-03-31"}).content.decode()
    assert drawn == ["board/target.html"]
    assert inside(own) == inside(other)
    tokens = [set(re.findall(r'csrfmiddlewaretoken" value="([^"]+)"', page)) for page in (own, other)]
    assert all(tokens) and not tokens[0] & tokens[1]
    assert "sister" in other and "sister" not in own


def test_a_held_form_can_be_sent(site: Any) -> None:
    for _ in range(2):
        page = site.text("plan_office", site.target(3))
    client = Client(enforce_csrf_checks=True)
    client.cookies = site.client_of("plan_office").cookies
    page = client.get(site.target(3), {"as_of": "2026-03-31"}).content.decode()
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    address = f"{site.target(3, 'notes/')}?region=990100&as_of=2026-03-31"
    assert client.post(address, {"note-text": "一条", "csrfmiddlewaretoken": token[1]}).status_code == 302
    assert client.post(address, {"note-text": "又一条", "csrfmiddlewaretoken": "x" * 64}).status_code == 403


@pytest.mark.parametrize("who", ["officer", "leader", "analyst"])
def test_another_standing_has_its_own(site: Any, drawn: list[str], who: str) -> None:
    site.text("plan_office", "/")
    drawn.clear()
    site.get(who, "/")
    assert drawn == ["board/parts/board.html"]


def test_each_language_has_its_own(site: Any) -> None:
    client = site.client_of("leader")
    assert "最该关注的目标" in client.get("/", {"as_of": "2026-03-31"}).content.decode()
    client.cookies["bilan-language"] = "en"
    assert "最该关注的目标" not in client.get("/", {"as_of": "2026-03-31"}).content.decode()


def test_what_people_change_is_seen_at_once(site: Any) -> None:
    address, data = site.target(3), {"note-text": "刚写的备注"}
    for _ in range(2):
        assert "刚写的备注" not in site.text("leader", address)
    site.client_of("plan_office").post(f"{site.target(3, 'notes/')}?region=990100&as_of=2026-03-31", data)
    assert "刚写的备注" in site.text("leader", address)


def test_a_role_that_ended_shows_nothing_any_more(site: Any) -> None:
    from bilan.portal.people.models import Membership, today

    assert site.get("leader", site.target(3)).status_code == 200
    Membership.objects.filter(user__username="leader").update(valid_to=today() - timedelta(days=1))
    assert site.get("leader", site.target(3)).status_code in (403, 404)


def test_who_comes_and_goes_or_downloads_changes_no_page(site: Any, drawn: list[str]) -> None:
    from bilan.portal.audit.record import last_change, record

    site.text("leader", "/targets/")
    changed = last_change()
    drawn.clear()
    for action in ("session.login", "session.failed", "session.logout", "board.export", "figure.export"):
        record(action)
    assert last_change() == changed
    site.text("leader", "/targets/")
    assert drawn == []
    entry = record("unit.rename", row=site.plan)
    assert last_change() == entry.number
    site.text("leader", "/targets/")
    assert drawn == ["board/parts/board.html"]


def test_what_is_not_whole_is_not_held(site: Any, drawn: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.board import views_target

    whole = views_target.explanation_of
    monkeypatch.setattr(views_target, "explanation_of", lambda *_: None)
    assert "正在按官方方法重新推算" in site.text("leader", site.target(3))
    monkeypatch.setattr(views_target, "explanation_of", whole)
    assert "正在按官方方法重新推算" not in site.text("leader", site.target(3))
    assert len(drawn) == 2


def test_another_day_draws_it_anew(site: Any, drawn: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.board import pages

    site.text("leader", "/targets/")
    day = pages.timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(pages.timezone, "localdate", lambda *_: day)
    site.text("leader", "/targets/")
    assert len(drawn) == 2
