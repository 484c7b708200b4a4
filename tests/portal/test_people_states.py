"""Pages of people, administration, log and jobs in each of their states: what is said, and that all can use it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from bilan import portal

pytestmark = pytest.mark.django_db

Browser = Callable[[str], Client]


class Looked(HTMLParser):
    """What of a page somebody without eyes or mouse could not use: fields, cells, buttons, links, headings, ids."""

    _FIELDS = ("input", "select", "textarea")
    _ALONE = ("input", "link", "meta", "br", "img", "hr", "option")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.fields: list[dict[str, str | None]] = []
        self.headings: list[str] = []
        self.links: list[str] = []
        self._open: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(page)
        self.wrong += [f"id twice: {one}" for one in set(self.ids) if self.ids.count(one) > 1]
        self.wrong += [f"no label: {one}" for one in self.fields if one.get("id") not in self.targets]
        if [one for one in self.headings if one == "h1"] != ["h1"]:
            self.wrong.append(f"headings {self.headings}")
        if not self.links or self.links[0] != "#content" or "content" not in self.ids:
            self.wrong.append("nothing to skip to the content with")

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = dict(attributes)
        self.ids += [told["id"]] if told.get("id") else []
        if tag == "label" and told.get("for"):
            self.targets.append(str(told["for"]))
        if tag in self._FIELDS and told.get("type") != "hidden" and "hidden" not in told:
            inside = any(one == "label" for one, _, _ in self._open)
            if not (inside or told.get("aria-label") or told.get("aria-labelledby")):
                self.fields.append(told)
        if tag == "th" and told.get("scope") not in ("col", "row"):
            self.wrong.append(f"th without scope: {told}")
        if tag == "table":
            self.wrong.append("table without caption")
        if tag == "caption":
            self.wrong.remove("table without caption")
        if tag == "img" and "alt" not in told:
            self.wrong.append(f"img without alt: {told}")
        if (told.get("tabindex") or "0").lstrip("-").isdigit() and int(told.get("tabindex") or 0) > 0:
            self.wrong.append(f"an order of its own: {told}")
        if tag in ("h1", "h2", "h3"):
            self.headings.append(tag)
        if tag == "a":
            self.links.append(told.get("href") or "")
        if tag not in self._ALONE:
            self._open.append((tag, told, []))

    def handle_data(self, data: str) -> None:
        for _, _, words in self._open:
            words.append(data.strip())

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            opened, told, words = self._open.pop()
            if (
                opened in ("a", "button", "summary", "label", "th")
                and not "".join(words)
                and not told.get("aria-label")
            ):
                self.wrong.append(f"{opened} without words: {told}")
            if opened == tag:
                return


def usable(answer: Any, status: int = 200) -> str:
    """Return the page, of which nothing is wrong."""
    page: str = answer.content.decode()
    assert answer.status_code == status
    assert Looked(page).wrong == []
    return page


PAGES = [
    ("administrator", "/units/"),
    ("administrator", "/units/new/"),
    ("administrator", "/units/names/"),
    ("administrator", "/units/{unit}/"),
    ("administrator", "/units/{unit}/edit/"),
    ("administrator", "/units/{unit}/rename/"),
    ("administrator", "/units/{unit}/merge/"),
    ("administrator", "/units/{unit}/people/"),
    ("administrator", "/administration/"),
    ("administrator", "/administration/users/"),
    ("administrator", "/administration/users/new/"),
    ("administrator", "/administration/users/{user}/"),
    ("administrator", "/administration/users/{user}/edit/"),
    ("administrator", "/administration/users/{user}/roles/"),
    ("administrator", "/administration/roles/{role}/edit/"),
    ("administrator", "/administration/regions/"),
    ("administrator", "/administration/regions/990100/"),
    ("administrator", "/administration/regions/990100/add/"),
    ("administrator", "/administration/settings/"),
    ("administrator", "/audit/"),
    ("administrator", "/jobs/"),
    ("administrator", "/jobs/{job}/"),
    ("officer", "/account/"),
    ("officer", "/account/password/"),
    ("public", "/account/login/"),
]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("who", "address"), PAGES)
def test_everybody_can_use_every_page(people: Any, client_of: Browser, who: str, address: str, language: str) -> None:
    from bilan.portal.jobs.models import Job
    from bilan.portal.people.models import Contact, Membership

    user, unit = people.users["officer"], people.units["临江分局"]
    Contact.objects.create(unit=unit, name="张某", phone="13800000000", email="a@example.cn")
    job = Job.objects.create(kind="people.ping", owner=user, region=people.regions["990102"], state="failed", error="x")
    role = Membership.objects.get(user=user)
    client = client_of(who)
    client.cookies["bilan-language"] = language
    usable(client.get(address.format(unit=unit.pk, user=user.pk, role=role.pk, job=job.pk)))


WRONG = [
    ("administrator", "/units/new/", {"region": "nowhere", "name": ""}),
    ("administrator", "/units/{unit}/rename/", {"name": "", "on": "yesterday"}),
    ("administrator", "/units/{unit}/merge/", {"successor": "0", "on": ""}),
    ("administrator", "/units/{unit}/people/", {"name": "", "email": "nobody"}),
    ("administrator", "/administration/users/new/", {"username": "a b", "name": ""}),
    ("administrator", "/administration/users/{user}/roles/", {"role": "boss"}),
    ("administrator", "/administration/regions/990100/add/", {"code": "清河"}),
    ("officer", "/account/", {"name": ""}),
    ("officer", "/account/password/", {"old_password": "x", "new_password1": "short", "new_password2": "other"}),
    ("public", "/account/login/", {"username": "nobody", "password": "x"}),
]


@pytest.mark.parametrize(("who", "address", "told"), WRONG)
def test_what_is_wrong_is_said_at_the_field_and_above(
    people: Any, client_of: Browser, who: str, address: str, told: dict[str, str]
) -> None:
    user, unit = people.users["officer"], people.units["临江分局"]
    page = usable(client_of(who).post(address.format(unit=unit.pk, user=user.pk), told))
    assert 'role="alert"' in page
    assert "请改正以下内容" in page


EMPTY = [
    ("administrator", "/units/?q=nothing", "看全部单位"),
    ("administrator", "/units/names/", "看规划"),
    ("administrator", "/administration/users/?q=nothing", "看全部用户"),
    ("administrator", "/administration/regions/?q=nothing", "看在用的地区"),
    ("administrator", "/administration/settings/", "用 bilan ingest 或网关收进监测数据"),
    ("administrator", "/audit/?text=nothing", "清除"),
    ("administrator", "/jobs/", "会列在这里"),
    ("administrator", "/units/{unit}/", "看规划"),
    ("newcomer", "/units/{unit}/", "请系统管理员指定"),
    ("newcomer", "/account/", "请系统管理员为您指定"),
]


@pytest.mark.parametrize(("who", "address", "says"), EMPTY)
def test_where_there_is_nothing_the_page_says_what_to_do(
    people: Any, client_of: Browser, who: str, address: str, says: str
) -> None:
    page = usable(client_of(who).get(address.format(unit=people.units["临江分局"].pk)))
    assert says in page.partition("<main")[2]


def test_a_unit_about_which_little_is_known_says_what_is_missing(people: Any, client_of: Browser) -> None:
    page = usable(client_of("administrator").get(f"/units/{people.units['临江分局'].pk}/"))
    assert "还没有登记。督办和填报要找得到人。" in page
    assert f"/units/{people.units['临江分局'].pk}/people/" in page


def test_a_filter_that_cannot_be_read_is_said_and_the_rest_is_shown(people: Any, client_of: Browser) -> None:
    for address in ("/audit/?since=yesterday", "/administration/users/?role=boss", "/units/?state=gone"):
        page = usable(client_of("administrator").get(address))
        assert 'class="error"' in page, address
        assert "<tbody" in page or "empty" in page, address


FORBIDDEN = [(who, address) for who, address in PAGES if address.startswith(("/administration/", "/audit/"))]


@pytest.mark.parametrize("address", [address for _, address in FORBIDDEN])
def test_who_may_not_is_told_whom_to_ask_or_to_log_in(people: Any, client_of: Browser, address: str) -> None:
    from bilan.portal.people.models import Membership

    user = people.users["officer"]
    address = address.format(user=user.pk, role=Membership.objects.get(user=user).pk)
    page = usable(client_of("officer").get(address), 403)
    assert "请向系统管理员申请" in page
    answer = Client().get(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/account/login/?next={address}")


def test_a_lock_says_when_it_ends_and_who_can_end_it_sooner(people: Any, settings: Any) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = Client().post("/account/login/", {"username": "officer", "password": "wrong"})
    page = usable(answer, 429)
    assert "15 分钟后可以再试" in page
    assert "系统管理员重设" in page


def test_the_pages_of_errors_say_what_to_do(people: Any, client_of: Browser, settings: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    assert "从首页可以找到" in usable(client_of("officer").get("/nowhere/"), 404)
    assert "空字符" in usable(client_of("officer").get("/?q=%00"), 400)
    client = Client(enforce_csrf_checks=True)
    assert "刷新后再提交" in usable(client.post("/account/login/", {"username": "a"}), 403)
    settings.BILAN_MOST_UPLOAD = 1 << 20
    file = SimpleUploadedFile("a.txt", b"a" * (5 << 20))
    answer = client_of("plan_office").post("/plans/upload/", {"document": file, "region": "990100"})
    assert "最多 1 MB" in usable(answer, 413)


@pytest.mark.parametrize("who", ["officer", "public"])
def test_a_page_is_there_even_when_the_database_is_not(
    people: Any, client_of: Browser, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(who)
    client.raise_request_exception = False

    def gone(*_: Any, **__: Any) -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as broken:
        broken.setattr("django.db.backends.utils.CursorWrapper.execute", gone)
        answer = client.get("/plans/")
    page = usable(answer, 500)
    assert "请过几分钟再试" in page
    assert "gone" not in page


def test_focus_is_visible_and_nothing_takes_that_away() -> None:
    sheets = (Path(portal.__file__).parent).glob("*/static/*/*.css")
    text = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    assert re.search(r":focus-visible \{ outline: 3px solid", text)
    # the one that loses its outline is the main part, to which the skip link leads and which nobody tabs to
    assert re.findall(r"([^\s{}]+) \{[^}]*outline: (?:none|0)", text) == ["main:focus"]
