"""What changed, by why: what slipped is not lost among the reports of a quarter's end."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bilan.board.model import Row, Said
from bilan.portal.board.changes import FIRST, changes

DAY = date(2026, 9, 30)
ONE = Said(zh="", en="")


def row(target: str, status: str, **more: Any) -> Row:
    told = {
        "target": target, "region": None, "region_name": None, "scope": None, "name": target, "quote": "",
        "indicator": None, "form": "level", "goal": ONE, "limits": [], "status": status, "reason": "",
        "reason_text": ONE, "next_due": date(2028, 12, 31),
    }  # fmt: skip
    return Row(**(told | more))


@pytest.mark.parametrize(
    ("before", "after", "due", "reason"),
    [
        ("on_course", "at_risk", None, "worse"),
        ("at_risk", "on_course", None, "better"),
        ("cannot_be_judged", "at_risk", None, "known"),
        ("at_risk", "cannot_be_judged", None, "lost"),
        ("on_course", "met", date(2026, 9, 30), "due"),
        ("at_risk", "missed", date(2026, 9, 25), "due"),
        ("on_course", "at_risk", date(2026, 10, 1), "worse"),
    ],
)
def test_every_change_has_its_reason(before: str, after: str, due: date | None, reason: str) -> None:
    (group,) = changes([row("a", after)], {"a": row("a", before, next_due=due)}, DAY, {})
    assert group.reason == reason


def test_what_slipped_comes_before_the_reports_of_a_quarter() -> None:
    reported = [f"r{number}" for number in range(40)]
    old = {one: row(one, "cannot_be_judged") for one in reported} | {"s": row("s", "on_course")}
    new = [row(one, "at_risk" if one == "r39" else "on_course") for one in reported] + [row("s", "at_risk")]
    first, second = changes(new, old, DAY, {"s": "（二）主要目标"})
    assert [one.row.target for one in first.changes] == ["s"]
    assert first.changes[0].apart == "（二）主要目标"
    assert second.reason == "known"
    assert second.rest[0].row.target == "r39"  # what needs attention comes first
    assert (len(first.first), len(second.first), len(second.rest)) == (1, 0, 40)
    assert second.counts == [("at_risk", 1), ("on_course", 39)]


@pytest.mark.django_db
def test_the_page_shows_few_of_a_reason_and_the_rest_on_demand(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.board import boards, changes, views

    monkeypatch.setattr(changes, "FIRST", {"known": 1})
    monkeypatch.setattr(views, "board_at_hand", boards.board_of)
    for target in ("t3", "t5"):
        site.decide(target=target, status="missed", on="2026-03-30")
    page = site.text("plan_office", "/")
    told = page[page.index('class="panel stack tight changes"') : page.index('id="list"')]
    assert "有了数，可以判定了" in told
    assert told.index("新增绿地") < told.index("再看 1 个") < told.index("=1+1")
    closed = told[told.index("<details>") :]  # what is many has the whole width, and all but the first is closed
    assert "=1+1" in closed and "新增绿地" not in closed
    assert '<section class="stack tight long">' in told


def test_few_of_a_reason_are_seen_at_once_and_none_of_good_news() -> None:
    """A quarter's reports are forty changes of one reason: the targets below must stay on the first screen."""
    assert max(FIRST.values()) <= 3 and not {"better", "known"} & FIRST.keys()


@pytest.mark.django_db
def test_good_news_is_a_line_that_opens(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.board import boards, views

    monkeypatch.setattr(views, "board_at_hand", boards.board_of)
    site.decide(target="t3", status="met", on="2026-03-30")
    page = site.text("plan_office", "/")
    told = page[page.index('class="panel stack tight changes"') : page.index('id="list"')]
    assert told.index('<section class="stack tight folded">') < told.index("看是哪些") < told.index("新增绿地")


@pytest.mark.django_db
def test_targets_of_one_name_are_told_apart_by_their_clauses(site: Any, twins: Any) -> None:
    listed = site.text("plan_office", "/targets/", plan="twins")
    for clause in ("治气护林：“管网180公里”", "治气护林：“新增绿地”"):
        assert listed.count(clause) == 1
        assert clause in site.text("plan_office", "/board/", plan="twins")
    assert "治气护林：“森林" not in listed  # what has a name of its own needs no more
    assert "治气护林：“管网180公里”" in site.text("plan_office", "/targets/twins/t4/")
