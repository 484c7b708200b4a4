"""A goal that the plan states twice, in a sentence and in a table, counts once and names its other place."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from tests.portal.board.conftest import publish


@pytest.fixture
def row(site: Any) -> Any:
    """How PM2.5 stands."""
    from bilan.portal.board.boards import board_of
    from bilan.portal.board.lake import latest_day
    from bilan.portal.board.sources import Asked

    answer = board_of(Asked(site.plan.current, latest_day(), site.plan.region_id), 120.0)
    assert answer is not None
    return answer.value.by_target["t1"]


@pytest.fixture
def stated_twice(site: Any, people: Any, plan: Any) -> Any:
    """A plan whose table states the goal of PM2.5 again, by another name."""
    again = plan.targets[0].model_copy(update={"id": "t6", "name": "细颗粒物"})
    other = plan.targets[0].model_copy(update={"id": "t7", "name": "细颗粒物（2027年）", "due": "2027"})
    return publish(people, plan.model_copy(update={"targets": [*plan.targets, again, other]}), "twice")


def tiles(page: str) -> int:
    return sum(int(many) for many in re.findall(r'<span class="many">(\d+)</span>', page))


def test_the_same_goal_with_the_same_answer_is_one(row: Any) -> None:
    from bilan.portal.board.twins import once, stated_again

    again = row.model_copy(update={"target": "t9", "name": "细颗粒物", "leads": []})
    assert once([row, again]) == [row]
    assert stated_again([row, again]) == {"t1": [again], "t9": [row]}


@pytest.mark.parametrize(
    "other",
    [{"due": None}, {"figure": None}, {"status": "met"}, {"region": "990102"}, {"scope": "市区"}, {"soft": True},
     {"indicator": "air.pm10.annual"}, {"indicator": None}, {"limits": []}, {"span": "2027"}],
)  # fmt: skip
def test_another_question_or_answer_is_another_goal(row: Any, other: dict[str, Any]) -> None:
    from bilan.portal.board.twins import once, stated_again

    rows = [row, row.model_copy(update={"target": "t9", **other})]
    assert once(rows) == rows and stated_again(rows) == {}


def test_goals_in_words_alone_are_never_one(row: Any) -> None:
    from bilan.portal.board.twins import once

    words = [row.model_copy(update={"target": one, "limits": [], "figure": None}) for one in ("t8", "t9")]
    assert once(words) == words


def test_a_board_counts_it_once_and_names_the_other_place(stated_twice: Any, site: Any) -> None:
    page = site.text("plan_office", "/board/", plan="twice")
    assert tiles(page) == 6 and "7 条目标中有 1 条与另一条要求相同" in page
    rows = re.findall(r"<tr role=\"row\">.*?</tr>", page, re.S)[1:]
    (first,) = [one for one in rows if "/targets/twice/t1/" in one and "<a" in one]
    assert "同一目标另见" in first and "/targets/twice/t6/" in first and "/targets/twice/t7/" not in first
    assert len(rows) == 6


def test_who_looks_for_the_second_name_finds_it(stated_twice: Any, site: Any) -> None:
    page = site.text("plan_office", "/board/", plan="twice", q="细颗粒物")
    rows = re.findall(r"<tr role=\"row\">.*?</tr>", page, re.S)[1:]
    assert len(rows) == 2 and "/targets/twice/t6/" in rows[0] + rows[1]


def test_a_filter_counts_as_the_board_does(stated_twice: Any, site: Any) -> None:
    page = site.text("plan_office", "/board/", plan="twice")
    (air,) = re.findall(r'<option value="air">[^（]*（(\d+)）', page)
    assert tiles(page) == 6 and int(air) == 2  # one of 2026 stated twice, one of 2027


def test_its_page_names_the_other_place_and_a_file_has_both(stated_twice: Any, site: Any) -> None:
    page = site.text("plan_office", "/targets/twice/t6/")
    assert "同一目标另见" in page and "/targets/twice/t1/" in page
    rows = list(csv.reader(io.StringIO(site.text("plan_office", "/targets/board.csv", plan="twice"))))
    assert sum("t1" in one or "t6" in one for one in rows) == 2


def test_a_board_without_twins_says_nothing_of_them(site: Any) -> None:
    assert "只计一次" not in site.text("plan_office", "/board/")
