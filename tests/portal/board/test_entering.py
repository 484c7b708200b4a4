"""An entry counts on the board that it was made from, or the page says from when on, or what counts instead."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

pytestmark = pytest.mark.django_db

QUERY = "?region=990100&as_of=2026-03-31"


def enter(site: Any, number: int = 3, who: str = "plan_office", region: str = "990100", **told: str) -> Any:
    """Post an entry with the day that the form proposes, unless another one is told."""
    page = site.text(who, site.target(number), region=region)
    proposed = re.search(r'name="entry-on" value="([^"]*)"', page)
    plain = {"what": "judgement", "status": "met", "reason": "验收报告", "on": proposed[1] if proposed else ""}
    data = {f"entry-{name}": value for name, value in (plain | told).items()}
    address = site.target(number, "entries/") + QUERY.replace("990100", region)
    return site.client_of(who).post(address, data, follow=True)


def test_with_the_day_that_is_proposed_it_counts_at_once(site: Any) -> None:
    from bilan.portal.board.models import Entry

    page = enter(site).content.decode()
    assert Entry.objects.get().on == date(2026, 3, 31)
    assert "已记下，看板按它重新计算" in page
    assert "status met large" in page


def test_of_a_later_day_the_board_of_that_day_is_shown(site: Any) -> None:
    later = date(2026, 3, 31) + timedelta(days=10)
    answer = enter(site, on=later.isoformat())
    page = answer.content.decode()
    assert f"as_of={later}" in answer.redirect_chain[-1][0]
    assert "从 2026年4月10日 起的看板才算它" in page
    assert "status met large" in page


def test_before_the_last_one_it_does_not_count_and_that_is_said(site: Any) -> None:
    site.decide(status="missed", on=date(2026, 3, 20), by="王五")
    page = enter(site, on="2026-03-10").content.decode()
    assert "看板现在算的不是它，是 王五 于 2026年3月20日 填的那一条" in page
    assert "status missed large" in page
    assert "看板按它重新计算" not in page


def test_a_figure_that_another_one_outreaches_does_not_count_and_that_is_said(site: Any) -> None:
    site.decide(target="t4", what="figure", value=90, shown="90", on=date(2026, 3, 20), by="王五")
    page = enter(site, 4, what="figure", status="", value="80", on="2026-03-10").content.decode()
    assert "看板现在算的不是它，是 王五" in page


def test_no_figure_of_a_time_that_had_not_begun(site: Any) -> None:
    from bilan.portal.board.models import Entry

    page = enter(site, 4, what="figure", status="", value="80", year="2027").content.decode()
    assert "还没有开始" in page
    assert not Entry.objects.exists()


def test_a_judgement_is_asked_for_only_where_it_would_count(site: Any) -> None:
    from bilan.portal.board.models import Entry

    assert '<option value="judgement"' in site.text("plan_office", site.target(3))
    page = site.text("plan_office", site.target(1))  # monitored
    assert '<option value="judgement"' not in page
    assert "这个目标按数判定，人的判定不算" in page
    assert "error-summary" in enter(site, 1).content.decode()
    assert not Entry.objects.exists()
    enter(site)
    assert '<option value="judgement"' in site.text("plan_office", site.target(3))  # to be corrected


def test_who_does_not_judge_is_asked_for_no_judgement_and_told_who_does(site: Any) -> None:
    page = site.text("officer", site.target(3), region="990102")
    assert 'name="entry-value"' in page and 'name="entry-status"' not in page and "只用于判定" not in page
    assert "由规划办判定；您可以填现状值" in page
    office = site.text("plan_office", site.target(3))
    assert 'name="entry-status"' in office and "由规划办判定；您可以填现状值" not in office


def test_others_see_the_last_board_meanwhile(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.board import views

    site.text("leader", "/")
    site.written("990102", target="t4", what="figure", value=9, shown="9")
    monkeypatch.setattr(views, "WAIT", 0.0)
    page = site.text("leader", "/")
    assert 'id="list"' in page
    assert "有新的数据或填报" in page


def test_no_unit_puts_the_judgement_of_the_office_aside(site: Any) -> None:
    from bilan.portal.board.models import Entry

    enter(site, 4, region="990102")
    page = enter(site, 4, "officer", "990102", what="figure", status="", value="70").content.decode()
    assert "已由人判定" in page
    assert Entry.objects.filter(what="figure").count() == 0
    enter(site, 4, region="990102", what="figure", status="", value="70")
    assert Entry.objects.filter(what="figure").count() == 1


@pytest.mark.parametrize("board_of", ["2026-03-01", "2026-03-31"])
def test_no_older_board_is_a_way_round_the_judgement_of_the_office(site: Any, board_of: str) -> None:
    from bilan.portal.board.models import Entry

    site.decide("990102", target="t4", status="met", on=date(2026, 3, 20))
    address = site.target(4, "entries/") + f"?region=990102&as_of={board_of}"
    for day in ("2026-03-31", "2026-03-10"):  # one from before it would stand on the 20th, too
        told = {"what": "figure", "value": "70", "reason": "统计表", "on": day}
        answer = site.client_of("officer").post(address, {f"entry-{name}": one for name, one in told.items()})
        assert "已由人判定" in answer.content.decode()
    assert not Entry.objects.filter(what="figure").exists()


def test_once_the_office_took_its_judgement_back_the_unit_enters_its_figure(site: Any) -> None:
    from bilan.portal.board.models import Entry

    site.decide("990102", target="t4", status="met", on=date(2026, 3, 10))
    site.decide("990102", target="t4", status="", on=date(2026, 3, 20))  # withdrawn
    enter(site, 4, "officer", "990102", what="figure", status="", value="70", on="2026-03-15")
    assert not Entry.objects.filter(what="figure").exists()  # on that day it counted
    enter(site, 4, "officer", "990102", what="figure", status="", value="70", on="2026-03-21")
    assert Entry.objects.get(what="figure").on == date(2026, 3, 21)


def test_beside_a_figure_that_answers_already_a_unit_enters_its_next_one(site: Any) -> None:
    from bilan.portal.board.models import Entry

    site.decide("990102", target="t4", what="figure", value=60, shown="60", on=date(2026, 3, 1))
    site.decide("990102", target="t4", status="met", on=date(2026, 3, 10))  # counts for nothing
    enter(site, 4, "officer", "990102", what="figure", status="", value="70")
    assert Entry.objects.filter(what="figure").count() == 2
