"""Where something cannot be made: it is said once with its reason, nobody asks endlessly, and it can be tried again."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from bilan.errors import BilanError

pytestmark = pytest.mark.django_db

DAY = "2026-03-31"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, until_idle: Any) -> Any:
    """The library refuses; the list holds how often it was asked."""
    from bilan.portal.board import boards

    until_idle()
    tried: list[int] = []

    def refuses(*_: Any, **__: Any) -> Any:
        tried.append(1)
        raise BilanError("湖里的文件读不出来")

    monkeypatch.setattr(boards.Making, "kept_board", refuses)
    return tried


def polled(page: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'hx-get="([^"]*)"', page)]


@pytest.mark.parametrize("address", ["/", "/targets/", "/targets/qinghe/t1/", "/targets/qinghe/t1/data/"])
def test_a_board_that_cannot_be_made_is_an_error_that_says_what_to_do(
    site: Any, broken: list[int], address: str
) -> None:
    for _ in range(3):
        answer = site.get("plan_office", address)
        page = answer.content.decode()
        assert answer.status_code == 503
        assert 0 < int(answer.headers["Retry-After"]) <= 60
        assert "湖里的文件读不出来" in page
        assert "系统管理员" in page
        assert not polled(page)
    assert len(broken) == 1
    again = html.unescape(re.findall(r'class="button main" href="([^"]*again=1)"', page)[0])
    moved = site.client_of("plan_office").get(again)
    assert moved.status_code == 302
    assert "again" not in moved.headers["Location"]
    assert site.client_of("plan_office").get(moved.headers["Location"]).status_code == 503
    assert len(broken) == 2


def test_everybody_is_told_no_reason_and_does_not_start_it_anew(site: Any, broken: list[int]) -> None:
    for query in ({}, {"again": "1"}):
        answer = site.get("public", "/public/", **query)
        assert answer.status_code == 503
        assert "没有算出来" in answer.content.decode()
        assert "湖里的文件" not in answer.content.decode()
    assert len(broken) == 1


def test_the_page_of_a_unit_is_whole_without_a_board(site: Any, broken: list[int], people: Any) -> None:
    page = site.client_of("plan_office").get(f"/units/{people.units['市局'].pk}/")
    assert page.status_code == 200
    assert "看板没有算出来" in page.content.decode()


def test_the_error_is_told_in_english(site: Any, broken: list[int]) -> None:
    client = site.client_of("plan_office")
    client.cookies["bilan-language"] = "en"
    page = client.get("/", {"as_of": DAY}).content.decode()
    assert "It could not be computed" in page
    assert "Try again" in page


def test_who_waits_asks_a_small_address_and_stops_when_it_fails(site: Any, monkeypatch: Any, broken: list[int]) -> None:
    from bilan.portal.board import views

    whole = views.board_of
    monkeypatch.setattr(views, "board_of", lambda asked, patience: None)
    (address,) = polled(site.text("plan_office", "/"))
    assert address.startswith("/board/making/")
    answer = site.client_of("plan_office").get(address)
    assert (answer.status_code, answer.content) == (204, b"")  # it asks again
    monkeypatch.setattr(views, "board_of", whole)
    answer = site.client_of("plan_office").get(address)
    assert answer.headers["HX-Refresh"] == "true"
    assert not answer.content
    assert polled(site.get("plan_office", "/").content.decode()) == []


@pytest.mark.parametrize("who", ["plan_office", "public"])
def test_what_waited_for_is_there_at_last(site: Any, who: str) -> None:
    address = "/public/making/" if who == "public" else "/board/making/"
    answer = site.get(who, address, plan="qinghe")
    assert answer.headers["HX-Refresh"] == "true"


def test_the_comparison_comes_after_the_page_and_may_fail(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.board import boards, views

    monkeypatch.setattr(views, "board_at_hand", lambda asked: None)
    (address,) = [one for one in polled(site.text("plan_office", "/", area="air")) if "summary" in one]
    assert "area=air" in address  # its links keep what is chosen
    client = site.client_of("plan_office")
    assert client.get(address).status_code == 204
    monkeypatch.setattr(views, "board_at_hand", boards.board_of)
    told = client.get(address).content.decode()
    assert "没有目标的状态改变" in told
    assert not polled(told)
    assert "<html" not in told

    def fails(asked: Any) -> None:
        raise boards.NotMadeError("坏了", time.monotonic() + 60)

    monkeypatch.setattr(views, "board_at_hand", fails)
    page = site.text("plan_office", "/")
    assert "上周的看板没有算出来" in page
    assert not polled(page)


def test_a_proof_that_cannot_be_made_says_so_and_can_be_tried_again(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.board import boards

    def refuses(*_: Any, **__: Any) -> Any:
        raise ValueError("a fault")

    site.text("plan_office", "/")
    with monkeypatch.context() as patched:
        patched.setattr(boards, "explain", refuses)
        patched.setattr(boards, "kept", lambda: boards.Kept(None))
        page = site.text("plan_office", site.target(2))
        assert "没有算出来" in page
        assert "a fault" not in page  # a fault of the software says nothing to people
        assert not [one for one in polled(page) if "proof" in one]
        told = site.text("plan_office", site.target(2, "proof/"))
        assert "没有算出来" in told
        assert not polled(told)
    again = html.unescape(re.findall(r'href="([^"]*again=1)"', told)[0])
    assert again.startswith("/targets/qinghe/t2/?")
    page = site.client_of("plan_office").get(again, follow=True).content.decode()
    assert 'class="link-method"' in page


def test_parts_that_ask_by_themselves_are_no_presence() -> None:
    from django.urls import resolve

    for address in ("/board/making/", "/board/summary/", "/public/making/", "/targets/qinghe/t1/proof/"):
        assert resolve(address).func.view_class.polled


def test_of_two_processes_one_makes_what_the_other_reads(tmp_path: Path) -> None:
    script = f"""
import sys, time
from pathlib import Path
from bilan.portal.core.alone import alone
folder = Path({str(tmp_path)!r})
with alone(folder / "locks", ("a", 1)):
    if not (folder / "kept").exists():
        with (folder / "made").open("a") as file: file.write("made\\n")
        time.sleep(0.5)
        (folder / "kept").touch()
"""
    running = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(2)]
    assert [one.wait(60) for one in running] == [0, 0]
    assert (tmp_path / "made").read_text() == "made\n"


def test_a_board_waits_for_the_process_that_makes_it(site: Any, settings: Any, monkeypatch: Any) -> None:
    from datetime import date

    from bilan.portal.board import boards
    from bilan.portal.board.sources import Asked
    from bilan.portal.core.alone import alone

    site.plan.current.plan = site.plan
    asked = Asked(site.plan.current, date(2026, 3, 30), "990100")
    whole, made = boards.Making.kept_board, threading.Event()
    monkeypatch.setattr(boards.Making, "kept_board", lambda *args, **told: (made.set(), whole(*args, **told))[1])
    with alone(Path(settings.BILAN_KEPT) / "locks", asked.key):
        assert boards.board_of(asked, 0.4) is None
        assert not made.is_set()
    assert boards.board_of(asked, 60.0) is not None
    assert made.is_set()


def test_a_lock_that_is_stuck_or_cannot_be_made_is_waited_for_no_longer(tmp_path: Path) -> None:
    from bilan.portal.core.alone import alone

    with alone(tmp_path, "a"), alone(tmp_path, "a", patience=0.2):
        pass
    (tmp_path / "file").touch()
    with alone(tmp_path / "file" / "locks", "a"):
        pass


@pytest.mark.parametrize("path", ["data/", "data.csv", "data/value/"])
def test_raw_data_that_cannot_be_read_any_more_say_which_file(
    site: Any, settings: Any, lake: Path, tmp_path: Path, until_idle: Any, path: str
) -> None:
    """The board is in memory, so only the last link of the chain is torn."""
    settings.BILAN_LAKE = shutil.copytree(lake, tmp_path / "lake")
    site.text("plan_office", site.target(1), as_of=DAY)
    until_idle()
    for file in settings.BILAN_LAKE.glob("observations/**/*.parquet"):
        file.write_bytes(b"x" * file.stat().st_size)
    query = {"view": "hours", "station": "s1", "parameter": "a34004", "time": "2026-01-01T01:00+08:00"}
    answer = site.get("plan_office", site.target(1, path), as_of=DAY, **query)
    assert answer.status_code == 503
    page = answer.content.decode()
    assert ".parquet" in page
    assert "可以再试一次" in page
    assert not polled(page)
