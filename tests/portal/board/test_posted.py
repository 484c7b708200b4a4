"""A form that is posted is not lost: not while a board is being made, and its page leads nowhere that is not."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from bilan.errors import BilanError

pytestmark = pytest.mark.django_db

QUERY = "?region=990100&as_of=2026-03-31"
NOTE = "三月沙尘 <多>，\n已报省厅"


def remark(site: Any, told: dict[str, str], part: str = "notes/") -> Any:
    return site.client_of("plan_office").post(site.target(3, part) + QUERY, told)


def posted(page: str) -> dict[str, str]:
    """What the form of the page would send."""
    found = re.findall(r'<input type="hidden" name="((?:note|entry|closing)-\w+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def test_what_is_posted_while_a_board_is_made_can_be_posted_again(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.board import views_deciding
    from bilan.portal.board.models import Note

    whole = views_deciding.board_of
    monkeypatch.setattr(views_deciding, "board_of", lambda *_, **__: None)
    answer = remark(site, {"note-text": NOTE})
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "还没有保存" in page
    assert "三月沙尘 &lt;多&gt;" in page
    assert not re.search(r'hx-get="', page)  # nothing that would ask for this address by GET
    assert not Note.objects.exists()
    monkeypatch.setattr(views_deciding, "board_of", whole)
    assert remark(site, posted(page)).status_code == 302
    assert Note.objects.get().text.splitlines() == NOTE.splitlines()


def test_what_is_posted_where_a_board_fails_can_be_posted_again(site: Any, monkeypatch: Any, until_idle: Any) -> None:
    from bilan.portal.board import boards

    until_idle()

    def refuses(*_: Any, **__: Any) -> Any:
        raise BilanError("湖里的文件读不出来")

    monkeypatch.setattr(boards.Making, "kept_board", refuses)
    answer = remark(site, {"entry-what": "judgement", "entry-reason": "验收报告"}, "entries/")
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "湖里的文件读不出来" in page
    assert posted(page) == {"entry-what": "judgement", "entry-reason": "验收报告"}


@pytest.mark.parametrize("part", ["entries/", "notes/", "close/"])
def test_the_address_of_a_form_leads_to_the_target(site: Any, part: str) -> None:
    answer = site.client_of("plan_office").get(site.target(3, part) + QUERY)
    assert answer.status_code == 302
    assert answer.headers["Location"] == site.target(3) + QUERY


def test_every_link_of_a_page_that_shows_errors_leads_somewhere(site: Any) -> None:
    page = remark(site, {"note-text": " "}).content.decode()
    client = site.client_of("plan_office")
    assert "error-summary" in page
    assert not re.findall(r'href="\?', page)  # what it names without a path would be asked of the form's address
    (asked,) = re.findall(r'<form class="panel stack" method="get" action="([^"]*)"', page)
    assert client.get(asked, {"as_of": "2026-03-30"}).status_code == 200
    after = html.unescape(re.findall(r'name="next" value="([^"]*)"', page)[0])
    assert client.get(after, follow=True).status_code == 200
