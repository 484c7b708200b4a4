"""The inside of a page is drawn once for all of one standing, and anew with whatever it shows."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

QUERIES = 4  # session, user, roles, last change

SEEN = {
    "plan.create", "plan.publish", "plan.drop", "plan.withdraw", "plan.put_back",
    "entry.create", "note.create", "closing.approve", "closing.reopen",
    "unit.create", "unit.change", "unit.rename", "unit.correct_name", "unit.merge", "unit.end", "unit.restore",
    "unit.written", "unit.written_no_more", "user.create", "user.change", "user.activate", "user.deactivate",
    "role.create", "role.change", "role.end", "region.create", "region.change",
}  # fmt: skip
UNSEEN = {
    "session.login", "session.logout", "session.failed", "session.locked", "plan.export", "file.create", "file.export",
    "file.sweep",
    "draft.compile", "draft.confirm", "draft.correct", "draft.reject", "draft.restore", "draft.add", "draft.undo",
    "draft.redo", "draft.import", "draft.export", "draft.revise", "draft.continue", "draft.discard", "document.aside",
    "board.export", "figure.export", "unit.export", "person.create", "person.change", "person.end", "user.password",
    "user.unlock", "user.export", "region.export", "job.start", "job.retry", "job.done", "job.failed", "job.cancelled",
    "job.lost", "audit.export",
}  # fmt: skip

PAGES = ("/", "/targets/", "/targets/qinghe/t3/", "/public/", "/public/qinghe/t3/")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates of insides, as they are drawn; none is so old that it is drawn anew for that alone."""
    from bilan.portal.board import pages

    monkeypatch.setattr(pages, "_LONGEST", 10**9)
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
    client = site.client_of("public" if "public" in address else "leader")
    for _ in range(3):
        before = client.get(address, {"as_of": "2026-03-31"}).content.decode()
        until_idle()  # what comes after the first page is there with the second
    drawn.clear()
    with CaptureQueriesContext(connection) as asked:
        again = client.get(address, {"as_of": "2026-03-31"}).content.decode()
    assert inside(again) == inside(before)
    assert drawn == [] and len(asked) <= QUERIES, [one["sql"] for one in asked]


def test_those_of_one_standing_share_it_but_for_names_and_tokens(
    site: Any, drawn: list[str], until_idle: Callable[[], None]
) -> None:
    for _ in range(2):
        own = site.text("plan_office", site.target(3))
        until_idle()
    drawn.clear()
    other = another("sister", like="plan_office").get(site.target(3), {"as_of": "2026-03-31"}).content.decode()
    assert drawn == []
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


def test_who_comes_and_goes_or_downloads_changes_no_page(
    site: Any, drawn: list[str], until_idle: Callable[[], None]
) -> None:
    from bilan.portal.audit.record import last_change, record

    client = site.client_of("leader")
    for _ in range(2):
        client.get("/targets/", {"as_of": "2026-03-31"})
        until_idle()
    changed = last_change()
    drawn.clear()
    for action in UNSEEN:
        record(action)
    assert last_change() == changed
    client.get("/targets/", {"as_of": "2026-03-31"})
    assert drawn == []
    entry = record("unit.rename", row=site.plan)
    assert last_change() == entry.hash
    client.get("/targets/", {"as_of": "2026-03-31"})
    assert drawn == ["board/parts/board.html"]


def test_of_everything_that_is_done_it_is_known_whether_pages_show_it() -> None:
    from bilan.portal.audit.words import ACTIONS, changes_pages

    assert {action for action in ACTIONS if changes_pages(action)} == SEEN
    assert set(ACTIONS) - SEEN == UNSEEN


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


def test_a_proof_is_that_of_the_figure_beside_it(site: Any) -> None:
    """An older proof is never shown, and so never held, beside a newer figure."""
    client, address = site.client_of("leader"), site.target(4)
    data = {
        "entry-what": "figure",
        "entry-reason": "验收报告",
        "entry-on": "2026-03-01",
        "entry-status": "",
        "entry-year": "",
    }
    for value in ("90", "185"):
        more = {**data, "entry-value": value}
        site.client_of("plan_office").post(f"{site.target(4, 'entries/')}?region=990100&as_of=2026-03-31", more)
        page = client.get(address, {"as_of": "2026-03-31"}).content.decode()
        standing, _between, chain = page.partition('id="proof-head"')
        assert f">{value}<" in standing and value in chain.partition("</section>")[0]


def test_units_that_are_reached_no_more_while_a_page_is_drawn(
    site: Any, until_idle: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was drawn with rights of before is not given to whoever has those of now."""
    from datetime import date

    from bilan.portal.board import choosing
    from bilan.portal.people.models import Unit

    heir, old = Unit.objects.get(name="临江分局"), Unit.objects.get(name="市局", region="990100")
    old.merge_into(heir, date(2026, 1, 1))
    site.logged()
    ask = choosing.last_change

    def restored() -> str:
        """Between the rights of the reader and the last change somebody takes the merger back."""
        monkeypatch.setattr(choosing, "last_change", ask)
        Unit.objects.filter(pk=old.pk).update(valid_to=None, successor=None)
        site.logged()
        return ask()

    client, query = site.client_of("officer"), {"as_of": "2026-03-31", "region": "990100"}
    for _ in range(2):
        assert "/targets/qinghe/t" in client.get("/targets/", query).content.decode().partition("<main")[2]
        until_idle()
    site.logged()
    monkeypatch.setattr(choosing, "last_change", restored)
    client.get("/targets/", query)
    assert "/targets/qinghe/t" not in client.get("/targets/", query).content.decode().partition("<main")[2]


@pytest.mark.parametrize("due", ["2026-03"])
def test_what_was_closed_is_held_as_soon_as_its_day_is_there(
    site: Any, drawn: list[str], until_idle: Callable[[], None]
) -> None:
    from bilan.portal.board.models import Closing

    seen = re.search(r'name="closing-seen" value="([^"]*)"', site.text("plan_office", site.target(4)))
    data = {"closing-remark": "局务会", "closing-seen": html.unescape(seen[1]) if seen else ""}
    site.client_of("plan_office").post(f"{site.target(4, 'close/')}?region=990100&as_of=2026-03-31", data)
    assert Closing.objects.count() == 1
    client, later = site.client_of("leader"), {"as_of": "2026-04-30"}
    for _ in range(3):
        assert "closed-mark" in client.get("/targets/", later).content.decode()
        until_idle()
    drawn.clear()
    client.get("/targets/", later)
    assert drawn == []


@pytest.mark.parametrize(
    ("query", "held"),
    [
        ({"status": "missed", "page": "1"}, True),
        ({"q": "绿地"}, False),
        ({"x": "1"}, False),
        ({"unit": "局" * 300}, False),
    ],
)
def test_only_pages_that_others_ask_for_are_held(
    site: Any, drawn: list[str], until_idle: Callable[[], None], query: dict[str, str], held: bool
) -> None:
    client = site.client_of("public")
    for _ in range(3):
        assert client.get("/public/", {"as_of": "2026-03-31", **query}).status_code == 200
        until_idle()
    drawn.clear()
    client.get("/public/", {"as_of": "2026-03-31", **query})
    assert len(drawn) == (0 if held else 1)


def test_who_has_no_role_pushes_nothing_of_the_office_aside(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.board import pages
    from bilan.portal.people.models import User

    told: list[str] = []
    for name in ("_office", "_public"):
        store = getattr(pages, name)
        monkeypatch.setattr(
            store, "once", lambda *args, name=name, once=store.once: (told.append(name), once(*args))[1]
        )
    newcomer = Client()
    newcomer.force_login(User.objects.create_user("passer-by", name="passer-by", password="x"))
    for client in (Client(), newcomer, site.client_of("leader")):
        client.get("/public/", {"as_of": "2026-03-31"})
    assert told == ["_public", "_public", "_office"]


def test_a_table_of_regions_that_changed_is_a_change(site: Any) -> None:
    from bilan.portal.audit.record import last_change
    from bilan.portal.people.models import Region
    from bilan.portal.people.regions import sync_regions

    sync_regions(["990102"])
    before = last_change()
    sync_regions(["990102"])
    assert last_change() == before
    Region.objects.filter(pk="990102").update(name="旧名")
    sync_regions(["990102"])
    assert last_change() != before and Region.objects.get(pk="990102").name != "旧名"
