"""Every page where there is nothing, only a part, no right, or a failure: it says so, and what to do next."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from bilan.errors import BilanError

pytestmark = pytest.mark.django_db

BOARD, LIST, PUBLIC = "/board/", "/targets/", "/public/"
TARGET, DATA, PUBLIC_TARGET = "/targets/qinghe/t1/", "/targets/qinghe/t1/data/", "/public/qinghe/t1/"
INSIDE = [BOARD, LIST, TARGET, DATA]
OUTSIDE = [PUBLIC, PUBLIC_TARGET]


def who_of(address: str) -> str:
    return "public" if address in OUTSIDE else "plan_office"


# empty


@pytest.mark.parametrize(
    ("who", "says"), [("plan_office", "去上传规划"), ("analyst", "规划发布以后"), ("public", "规划发布以后")]
)
def test_no_plan(people: Any, client_of: Any, who: str, says: str) -> None:
    for address in (PUBLIC,) if who == "public" else (BOARD, LIST):
        page = client_of(who).get(address).content.decode()
        assert "还没有发布的规划" in page
        assert says in page


def test_no_plan_of_his_own_region_but_of_others(site: Any) -> None:
    for address in (BOARD, LIST):
        page = site.text("other_plan_office", address)
        assert "您负责的地区还没有发布的规划" in page and 'href="/public/"' in page
        assert "还没有发布的规划</h2>" not in page.replace("您负责的地区还没有发布的规划</h2>", "")


def test_a_part_of_a_page_never_answers_with_a_whole_one(site: Any, settings: Any, tmp_path: Path) -> None:
    parts = ("/board/summary/", "/board/making/", "/public/summary/", "/public/making/")
    settings.BILAN_LAKE = tmp_path / "none"
    for address in parts:
        answer = site.get(who_of(address), address)
        assert (answer.content, answer.headers.get("HX-Refresh")) == (b"", "true"), address
    site.plan.withdrawn = timezone.now()
    site.plan.save(update_fields=["withdrawn"])
    site.logged()
    for address in parts:
        answer = site.get(who_of(address), address)
        assert (answer.content, answer.headers.get("HX-Refresh")) == (b"", "true"), address


@pytest.mark.parametrize("address", [*INSIDE, *OUTSIDE])
def test_no_data(site: Any, settings: Any, tmp_path: Path, address: str) -> None:
    settings.BILAN_LAKE = tmp_path / "none"
    page = site.text(who_of(address), address)
    assert "还没有监测数据和统计数" in page
    assert ("请管理员用 bilan ingest" in page) is (address in INSIDE)


@pytest.mark.parametrize(("address", "says"), [(BOARD, "取消全部筛选"), (PUBLIC, "取消全部筛选")])
def test_nothing_for_these_filters(site: Any, address: str, says: str) -> None:
    page = site.text(who_of(address), address, q="没有这个词")
    assert "没有符合条件的目标" in page
    assert says in page


def test_no_target_for_this_reader(site: Any, people: Any) -> None:
    """He sees of the city what his unit answers for, which is nothing."""
    from bilan.portal.people.models import Membership, Unit, User

    unit = Unit.objects.create(name="市档案馆", region=people.regions["990100"])
    user = User.objects.create_user("archive", "qing-he-2026-lan", name="archive", unit=unit)
    Membership.objects.create(user=user, role="officer", region=people.regions["990121"], unit=unit)
    people.users["archive"] = user
    page = site.text("archive", BOARD, region="990100")
    assert "这里没有要您看的目标" in page
    assert "请联系规划办" in page


def test_nothing_behind_a_figure_entered_or_closed(site: Any) -> None:
    assert "见目标页的“填报”" in site.text("plan_office", "/targets/qinghe/t3/data/")
    assert "换一个站点、项目或日子" in site.text("plan_office", DATA, day="2031-01-01")
    page = site.text("plan_office", "/targets/qinghe/t3/")
    assert "没有人填过什么" in page
    assert "可以在这里填现状值或判定" in page
    assert "还没有结过账。结账由一个人批准" in page
    assert "还没有备注" in page


def test_nothing_changed(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.board import boards, views

    monkeypatch.setattr(views, "board_at_hand", boards.board_of)
    for address in (BOARD, PUBLIC):
        assert "没有目标的状态改变" in site.text(who_of(address), address)


# partial


@pytest.mark.parametrize("address", [*INSIDE, *OUTSIDE])
def test_still_being_made(site: Any, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    from bilan.portal.board import views

    monkeypatch.setattr(views, "board_of", lambda asked, patience: None)
    page = site.text(who_of(address), address)
    assert "正在计算看板" in page
    assert "刷新看进度" in page  # without script
    assert f'hx-get="/{"public" if address in OUTSIDE else "board"}/making/?plan=qinghe&amp;' in page


@pytest.mark.parametrize("address", [BOARD, TARGET, PUBLIC, PUBLIC_TARGET])
def test_newer_data_have_come(site: Any, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    import time
    from dataclasses import replace

    from bilan.portal.board import boards, views

    whole, told = views.board_of, {}
    monkeypatch.setattr(views, "board_of", lambda *args: replace(whole(*args), current=False, **told))  # type: ignore[type-var]
    assert "稍后刷新就是新的" not in site.text(who_of(address), address)  # moments ago: mostly the same is found
    told["at"] = time.monotonic() - 31
    assert "稍后刷新就是新的" in site.text(who_of(address), address)
    told.update(at=time.monotonic(), state=boards._Basis("the same data", "what people had decided"))
    assert "稍后刷新就是新的" in site.text(who_of(address), address)


def test_parts_that_come_later(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.board import views, views_target

    monkeypatch.setattr(views, "board_at_hand", lambda asked: None)
    monkeypatch.setattr(views_target, "explanation_of", lambda *_: None)
    for address in (BOARD, PUBLIC):
        assert "正在同上周比较" in site.text(who_of(address), address)
    for address in (TARGET, PUBLIC_TARGET):
        assert "正在按官方方法重新推算" in site.text(who_of(address), address)


def test_a_period_that_runs(site: Any) -> None:
    assert "这个时段还没有结束，不能结账" in site.text("plan_office", "/targets/qinghe/t3/")


# forbidden


@pytest.mark.parametrize("address", INSIDE)
def test_no_right(site: Any, address: str) -> None:
    answer = site.get("newcomer", address)
    assert answer.status_code == 403
    assert "管理员" in answer.content.decode()
    answer = site.get("public", address)
    assert answer.headers["Location"].startswith("/account/login/?next=")
    elsewhere = site.get("other_plan_office", address)
    assert elsewhere.status_code == (404 if address in (TARGET, DATA) else 200)
    assert "清河市试验计划" not in elsewhere.content.decode()


@pytest.mark.parametrize("part", ["entries/", "notes/", "close/"])
def test_no_right_to_decide(site: Any, part: str) -> None:
    address = f"/targets/qinghe/t1/{part}?region=990100&as_of=2026-03-31"
    answer = site.client_of("leader").post(address, {})
    assert answer.status_code == 403
    assert "管理员" in answer.content.decode()
    page = site.text("leader", TARGET)
    for form in ("entries/", "notes/", "close/"):
        assert f"/t1/{form}?" not in page  # nothing is offered that is refused


# error


@pytest.mark.parametrize("address", [*INSIDE, *OUTSIDE])
def test_it_cannot_be_made(site: Any, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    from bilan.portal.board import boards

    def refuses(*_: Any, **__: Any) -> Any:
        raise BilanError("读不出来")

    monkeypatch.setattr(boards.Making, "kept_board", refuses)
    answer = site.get(who_of(address), address)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "没有算出来" in page
    assert "再试一次" in page


def test_it_cannot_be_compared(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.board import boards, views

    def fails(asked: Any) -> None:
        raise boards.NotMadeError("坏了", time.monotonic() + 60)

    monkeypatch.setattr(views, "board_at_hand", fails)
    for address in (BOARD, PUBLIC):
        assert "比不出变化；过一分钟刷新" in site.text(who_of(address), address)


def test_what_was_entered_cannot_be_used(site: Any) -> None:
    address = "/targets/qinghe/t1/{}?region=990100&as_of=2026-03-31"
    for part, data in (("entries/", {"entry-what": "figure", "entry-value": "很多"}), ("notes/", {"note-text": ""})):
        page = site.client_of("plan_office").post(address.format(part), data).content.decode()
        assert "请改正以下内容" in page
