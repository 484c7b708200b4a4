"""Files and charts: made once for what they show, few at a time, not sent again to who has them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from bilan.portal.core.turns import Turns

pytestmark = pytest.mark.django_db

ADDRESSES = [
    "/targets/board.xlsx", "/targets/board.csv", "/targets/board.json", "/targets/qinghe/t1/chart/trajectory.json",
    "/targets/qinghe/t1/chart/ranking.json",
]  # fmt: skip


def english(site: Any, who: str, address: str) -> Any:
    client = site.client_of(who)
    client.cookies["bilan-language"] = "en"
    return client.get(address, {"as_of": "2026-03-31"})


@pytest.fixture
def nothing_kept(kept: Path) -> None:
    """No file was made before; boards are."""
    shutil.rmtree(kept / "files", ignore_errors=True)


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was made, one word each."""
    from bilan.portal.board import pictures, views_export

    told: list[str] = []
    for module, name in ((pictures, "_specification"), (pictures, "_file"), (views_export, "_workbook")):
        whole = getattr(module, name)

        def counted(*args: Any, whole: Any = whole, name: str = name) -> bytes:
            told.append(name)
            return bytes(whole(*args))

        monkeypatch.setattr(module, name, counted)
    return told


def test_a_file_is_made_once_for_each_language(site: Any, nothing_kept: None, count: list[str]) -> None:
    for address in ("/targets/board.xlsx", "/targets/qinghe/t1/chart/trajectory.json"):
        first = site.get("plan_office", address)
        assert site.get("leader", address).content == first.content
        assert len(count) == 1
        assert english(site, "leader", address).content != first.content
        assert len(count) == 2
        count.clear()
    site.decide(status="missed")
    site.get("plan_office", "/targets/board.xlsx")
    assert count == ["_workbook"]  # another board


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_has_a_file_is_not_sent_it_again(site: Any, address: str) -> None:
    answer = site.get("plan_office", address)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in answer.headers["Vary"]
    client = site.client_of("plan_office")
    asked = {"as_of": "2026-03-31"}
    assert client.get(address, asked, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert english(site, "plan_office", address).headers["ETag"] != answer.headers["ETag"]


def test_everybodys_files_may_be_held_by_everybody(site: Any) -> None:
    answer = site.get("public", "/public/qinghe/t1/chart/trajectory.json")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["ETag"]


@pytest.mark.parametrize("who", ["public", "plan_office"])
def test_beyond_a_few_at_a_time_a_page_says_when_to_ask_again(
    site: Any, nothing_kept: None, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    from bilan.portal.board import made

    monkeypatch.setattr(made, "_turns", {public: Turns(at_once=1, waiting=0) for public in (True, False)})
    address = "/public/board.xlsx" if who == "public" else "/targets/board.xlsx"
    with made._turns[who == "public"].taken():
        answer = site.get(who, address)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert "再试一次" in answer.content.decode()
        assert "Try again" in english(site, who, address).content.decode()
        other = site.get(
            "leader" if who == "public" else "public",
            "/public/board.xlsx" if who != "public" else "/targets/board.xlsx",
        )
        assert other.status_code == 200  # neither stands in the other's way
    assert site.get(who, address).status_code == 200
    with made._turns[who == "public"].taken():
        assert site.get(who, address).status_code == 200  # kept


def test_a_picture_without_a_font_says_so(site: Any, nothing_kept: None, monkeypatch: Any) -> None:
    from bilan.publish import charts_file

    monkeypatch.setattr(charts_file, "has_chinese_font", lambda: False)
    answer = site.get("plan_office", site.target(1, "chart/trajectory.png"))
    assert answer.status_code == 503
    assert "没有中文字体" in answer.content.decode()
    page = english(site, "plan_office", site.target(1, "chart/ranking.png")).content.decode()
    assert "no font with Chinese characters" in page


def test_files_are_in_the_language_of_the_page(site: Any) -> None:
    told = english(site, "plan_office", "/targets/board.csv").content.decode()
    assert "cannot be judged" in told
    assert "不能判定" not in told
