"""The board of a district leaves targets aside of which nothing is known there, and says how many."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any


def listed(page: str) -> set[str]:
    return set(re.findall(r'<a href="/targets/qinghe/(t\d)/', page))


def test_a_district_sees_what_is_known_of_it_first(site: Any) -> None:
    page = site.text("officer", "/board/", region="990102")
    assert listed(page) == {"t1"} and "另有 4 条目标在临江区没有数可判" in page
    assert sum(int(many) for many in re.findall(r'<span class="many">(\d+)</span>', page)) == 1


def test_all_of_them_are_one_click_away_and_stay_with_the_filters(site: Any) -> None:
    page = site.text("officer", "/board/", region="990102", silent="1")
    assert listed(page) == {"t1", "t2", "t3", "t4", "t5"} and "没有数可判：" not in page
    assert '<input type="hidden" name="silent" value="1">' in page


def test_what_a_person_judged_in_the_district_is_known(site: Any) -> None:
    site.decide(district="990102", status="met", shown="已达到")
    assert listed(site.text("officer", "/board/", region="990102")) == {"t1", "t3"}


def test_a_city_shows_everything(site: Any) -> None:
    page = site.text("plan_office", "/board/")
    assert len(listed(page)) == 5 and "没有数可判：" not in page


def test_a_district_of_which_nothing_is_known_shows_everything(site: Any, rf: Any) -> None:
    from bilan.portal.board.silent import without_silent
    from bilan.portal.people.models import Region

    district = Region.objects.get(pk="990103")
    chosen: Any = SimpleNamespace(region=district, plan=site.plan)
    told = {"figure": None, "status": "cannot_be_judged", "reason": "not_reported", "target": "t9"}
    rows: Any = [SimpleNamespace(**told) for _ in range(5)]
    assert without_silent(rf.get("/board/"), chosen, rows) == rows


def test_a_file_has_all_of_them(site: Any) -> None:
    table = site.text("officer", "/targets/board.csv", region="990102")
    assert all(f"t{number}" in table for number in range(1, 6))


def test_what_a_person_could_not_judge_and_what_gave_no_figure_is_known(site: Any) -> None:
    from bilan.portal.board.silent import known

    def row(reason: str) -> Any:
        return SimpleNamespace(figure=None, status="cannot_be_judged", reason=reason, target="t9")

    told = [row("by_person"), row("no_data"), row("no_baseline")]
    place = (site.plan, site.plan.region)
    assert known([*told, row("not_reported"), row("no_stations")], *place) == told
    assert known([row("not_reported")], *place) == []
