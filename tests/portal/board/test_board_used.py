"""What readers of boards and pages of targets stumbled over: each of it is said, and can be done, as they expect."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from html import unescape
from types import SimpleNamespace as Some
from typing import Any

import pytest
from django.utils import translation

from bilan.policy.texts import texts, unit_printed

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def english(site: Any, who: str, address: str, **query: str) -> str:
    client = site.client_of(who)
    client.cookies["bilan-language"] = "en"
    return str(client.get(address, {"as_of": "2026-03-31", **query}).content.decode())


def test_every_unit_is_said_in_english() -> None:
    told = {unit: unit_printed(unit, "en") for unit in texts("unit_texts.csv")}
    assert [unit for unit, words in told.items() if unit != "1" and not words] == []
    assert not any(words.startswith("×10⁴ yuan") for words in told.values())
    assert [told[unit] for unit in ("户", "家", "万元")] == ["households", "enterprises", "×10,000 yuan"]


@pytest.mark.django_db
def test_in_english_all_read_who_judged_in_english(site: Any, until_idle: Any) -> None:
    for reason, words in (("会议纪要", "internal documents"), ("模拟数据：会议纪要", "simulated data")):
        site.decide(status="met", reason=reason, on=date(2026, 2, 1))
        english(site, "leader", site.target(3, public=True))
        until_idle()
        page = english(site, "leader", site.target(3, public=True))
        assert f"Judged by the office in charge on 2026-02-01: {words}" in page
        assert "主管部门" in site.text("leader", site.target(3, public=True))


def test_in_english_headings_have_their_numbers_in_figures() -> None:
    from bilan.portal.board.clauses import _heading

    parts = [Some(number="十二", parent=None, title="水"), Some(number="(三)", parent="s1", title="河")]
    with translation.override("en"):
        assert [_heading(one) for one in parts] == ["Part 12 · 水", "(3) 河"]
        assert _heading(Some(number="2", parent="s1", title="湖")) == "2 湖"
    with translation.override("zh-hans"):
        assert [_heading(one) for one in parts] == ["第十二部分 · 水", "（三）河"]


@pytest.mark.django_db
def test_only_who_may_enter_is_told_what_to_enter(site: Any, until_idle: Any) -> None:
    for who in ("public", "leader"):
        site.text(who, "/public/")
        until_idle()
        for address in ("/public/", site.target(3, public=True)):
            page = site.text(who, address)
            assert "还没有判定" in page and "填报表" not in page
    page = site.text("leader", site.target(3))
    assert "目标没有数字，还没有判定" in page and "填报表" not in page
    assert "目标没有数字，须由人判定" in site.text("plan_office", site.target(3))


@pytest.mark.django_db
def test_no_button_leads_to_raw_data_that_are_not_there(site: Any) -> None:
    assert "看原始数据" in site.text("plan_office", site.target(1))
    page = site.text("plan_office", site.target(3))
    assert "看原始数据" not in page and "还没有数，也就没有原始数据。" in page
    lead = re.search(r'<p class="lead">(.*?)</p>', site.text("plan_office", site.target(3, "data/")))
    assert lead is not None and not lead[1].rstrip().endswith("·")
    site.decide(target="t4", what="figure", value=90, shown="90")
    page = site.text("plan_office", site.target(4))
    assert "看原始数据" not in page and "这个数是人填的" in page


@pytest.mark.django_db
def test_a_judgement_is_proposed_where_there_is_no_figure(site: Any) -> None:
    assert '<option value="judgement" selected>' in site.text("plan_office", site.target(3))
    assert '<option value="figure" selected>' in site.text("plan_office", site.target(1))
    assert '<option value="figure" selected>' in site.text("officer", site.target(3), region="990102")


@pytest.mark.django_db
@pytest.mark.parametrize(("what", "missing"), [("judgement", "status"), ("figure", "value")])
def test_all_that_was_left_empty_is_said_at_once(site: Any, what: str, missing: str) -> None:
    data = {"entry-what": what, "entry-on": "2026-03-31"}
    address = site.target(3, "entries/") + "?region=990100&as_of=2026-03-31"
    page = site.client_of("plan_office").post(address, data).content.decode()
    summary = page.partition("error-summary")[2].partition("</div>")[0]
    assert f"entry-{missing}" in summary and "entry-reason" in summary


@pytest.mark.django_db
def test_it_is_said_once_whether_a_judgement_may_be_entered(site: Any) -> None:
    computed, judged = (site.text("plan_office", site.target(number)) for number in (1, 3))
    assert "所以这里不能填判定" in computed and "可以在这里填现状值或判定" not in computed
    assert "可以在这里填现状值或判定" in judged and "所以这里不能填判定" not in judged


@pytest.mark.parametrize(("held", "warned"), [(0, True), (1, False)])
def test_a_probability_that_past_years_contradict_is_no_headline(held: int, warned: bool) -> None:
    from bilan.board.model import Chance, Level, Row, Said
    from bilan.portal.core.templatetags.parts import chance
    from bilan.publish.charts_trajectory import trajectory

    words = Said(zh="", en="")
    known = Chance(probability=0.52, reason=None, level=0.9, low=28.0, high=32.0, held=held, tried=2, years=3)
    row = Row(
        target="t1", region="990100", region_name="清河市", scope=None, name="PM2.5", quote="", form="level",
        indicator="air.pm25.annual", goal=words, limits=[Level(sign="≤", value=Decimal(31))], status="on_course",
        reason="likely", reason_text=words, figure=Decimal(30), unit="µg/m3", period="2026-01/2026-09",
        due=date(2026, 12, 31), official=False, chance=known,
    )  # fmt: skip
    with translation.override("zh-hans"):
        part = chance(row)
    assert ("<b>52%</b>" in part, "回看往年不可靠：2 年里守住 0 年" in part) == (not warned, warned)
    assert "守住 0/2" not in part
    assert ("回看往年不可靠" in trajectory(row).to_dict()["title"]["text"][0]) == warned


@pytest.fixture
def due() -> str:
    return "2026-03"


@pytest.mark.django_db
def test_why_a_period_is_opened_again_has_a_row_of_its_own(site: Any) -> None:
    from bilan.portal.board.models import Closing

    site.decide(target="t4", what="figure", value=90, shown="90", on=date(2026, 3, 31))
    page = site.text("plan_office", site.target(4))
    seen = re.search(r'name="closing-seen" value="([^"]*)"', page)
    assert seen is not None
    address = site.target(4, "close/") + "?region=990100&as_of=2026-03-31"
    site.client_of("plan_office").post(address, {"closing-seen": unescape(seen[1])})
    page = site.text("plan_office", site.target(4))
    row = page.partition('class="reopening"')[2].partition("</tr>")[0]
    assert 'colspan="5"' in row and '<textarea name="reason"' in row
    site.client_of("plan_office").post(f"/closings/{Closing.objects.get().pk}/reopen/", {"reason": "更正"})
    assert "reopening" not in site.text("plan_office", site.target(4))


@pytest.mark.django_db
def test_before_the_first_board_it_is_said_since_when_there_are_any(site: Any) -> None:
    page = site.text("leader", "/", as_of="1900-01-01")
    assert "2000年1月1日以前没有看板" in page and "只能看今天" not in page
    assert "只能看今天和过去的日子" in site.text("leader", "/", as_of="2999-01-01")
