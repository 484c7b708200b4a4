"""Who sees what: a district its own, everybody the public side, the roles what the table grants."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from bilan.board.model import Row
from bilan.board.model import Unit as LeadUnit

pytestmark = pytest.mark.django_db

INSIDE = ["", "proof/", "chart/trajectory.json", "data/", "data.csv"]


def test_an_officer_sees_the_board_of_his_district(site: Any) -> None:
    page = site.text("officer", "/")
    assert "临江区 ·" in page
    assert "30.0" in page
    assert site.get("officer", "/", region="990103").status_code == 404
    assert site.get("officer", "/targets/board.json", region="990103").status_code == 404


@pytest.mark.parametrize("part", INSIDE)
def test_an_officer_does_not_see_another_district(site: Any, part: str) -> None:
    assert site.get("officer", site.target(1, part), region="990102").status_code == 200
    for place in ("990103", "990121"):
        assert site.get("officer", site.target(1, part), region=place).status_code == 404
    assert site.get("officer", site.target(1, part), region="990100").status_code == 404


def test_who_may_see_a_target_in_public_alone_is_told_so(site: Any) -> None:
    answer = site.get("officer", site.target(1), region="990100")
    assert answer.status_code == 404 and f'href="{site.target(1, public=True)}"' in answer.content.decode()
    assert site.get("officer", site.target(1, public=True)).status_code == 200
    for who, address, place in (
        ("officer", site.target(99), "990100"),
        ("officer", "/targets/nowhere/t1/", "990100"),
        ("leader", site.target(1), "nowhere"),
    ):
        answer = site.get(who, address, region=place)
        assert answer.status_code == 404 and "/public/" not in answer.content.decode().partition("<main")[2]
    site.plan.current = None
    site.plan.save(update_fields=["current"])
    site.logged()
    assert "/public/" not in site.get("officer", site.target(1)).content.decode().partition("<main")[2]


def test_an_officer_does_not_see_anothers_goal(site: Any) -> None:
    from decimal import Decimal

    site.decide("990103", target="t1", what="goal", value=Decimal("29"), shown="29", reason="只给东湖区")
    assert "只给东湖区" not in site.text("officer", site.target(1), region="990102")
    told = site.text("officer", "/targets/board.json", region="990102")
    assert "东湖区" not in told
    assert "东湖区" in site.text("plan_office", "/targets/board.json")


def test_an_officer_enters_figures_for_his_district_alone(site: Any) -> None:
    from bilan.portal.board.models import Entry

    data = {"entry-what": "figure", "entry-value": "12", "entry-reason": "验收", "entry-on": "2026-03-01"}
    client = site.client_of("officer")
    assert client.post(f"{site.target(4, 'entries/')}?region=990102&as_of=2026-03-31", data).status_code == 302
    assert client.post(f"{site.target(4, 'entries/')}?region=990103&as_of=2026-03-31", data).status_code == 404
    row = Entry.objects.get()
    assert (row.region_id, row.district, row.unit.name) == ("990102", True, "临江分局")
    assert "验收" in site.text("officer", site.target(4), region="990102")
    assert "验收" not in site.text("other_officer", site.target(4), region="990103")


@pytest.mark.parametrize("what", ["judgement", "reference", "baseline", "milestone", "goal"])
def test_an_officer_does_not_judge_himself(site: Any, what: str) -> None:
    from bilan.portal.board.models import Entry

    data = {"entry-what": what, "entry-status": "met", "entry-value": "1", "entry-year": "2026"}
    data |= {"entry-reason": "验收", "entry-on": "2026-03-01"}
    address = f"{site.target(4, 'entries/')}?region=990102&as_of=2026-03-31"
    assert site.client_of("officer").post(address, data).status_code == 200  # the page again, saying what is wrong
    assert not Entry.objects.exists()


def test_an_officer_takes_back_only_what_his_unit_entered(site: Any, people: Any) -> None:
    from decimal import Decimal

    from bilan.portal.board.sources import entries_of

    def takes_back(year: str = "") -> bool:
        data = {"entry-what": "figure", "entry-withdraw": "on", "entry-reason": "错", "entry-on": "2026-03-01"}
        address = f"{site.target(4, 'entries/')}?region=990102&as_of=2026-03-31"
        answer = site.client_of("officer").post(address, data | {"entry-year": year})
        assert answer.status_code == 302 or "只能撤销本单位填的数" in answer.content.decode()
        return bool(answer.status_code == 302)

    assert not takes_back()  # there is nothing
    site.decide("990102", target="t4", what="figure", value=Decimal(9), shown="9", year=2025)
    assert not takes_back()
    own = people.units["临江分局"]
    site.decide("990102", target="t4", what="figure", value=Decimal(12), shown="12", year=2026, unit=own)
    assert not takes_back()  # it would take back that of the office as well, though the last one is his own
    assert not takes_back("2025")
    assert takes_back("2026")
    counting = entries_of(site.plan).figures("t4", date(2026, 3, 31), "990102")
    assert [one.value for one in counting] == [Decimal(9)]


def test_an_officer_reads_what_was_decided_about_his_district(site: Any, people: Any) -> None:
    from bilan.portal.board.models import Note

    site.decide("990102", target="t4", status="met", reason="市里核验", unit=people.units["市局"])
    user = people.users["plan_office"]
    place = {"plan": site.plan, "target": "t4", "author": user, "unit": people.units["市局"]}
    Note.objects.create(region_id="990102", text="请补交验收单", **place)
    Note.objects.create(region_id="990103", text="只给东湖", **place)
    page = site.text("officer", site.target(4), region="990102")
    told = page[page.index("entries-head") :]
    assert "市里核验" in told
    assert "没有人填过什么" not in told
    assert "请补交验收单" in told
    assert "只给东湖" not in page
    assert site.get("other_officer", site.target(4), region="990102").status_code == 404


def test_a_closing_is_that_of_the_lead_and_seen_by_whoever_sees_the_target(site: Any, people: Any) -> None:
    from django.utils import timezone

    from bilan.portal.board.models import Closing
    from bilan.portal.board.sight import Answerable, Places

    row = Row.model_construct(
        leads=[LeadUnit(name="市局", department=None)], supports=[LeadUnit(name="临江分局", department=None)]
    )
    lead = Answerable(Places(site.plan)).lead(row)
    assert lead == people.units["市局"]
    Closing.objects.create(
        plan=site.plan, region_id="990102", district=True, target="t4", period="2026", as_of=date(2026, 3, 31),
        version=site.plan.current, lake_version=1, statistics_version=1, known_at=timezone.now(), status="met",
        approved_by=people.users["plan_office"], remark="局务会", unit=None,
    )  # fmt: skip
    told = site.text("officer", site.target(4), region="990102")
    assert "局务会" in told[told.index("closings-head") :]
    assert "closed-mark" in site.text("officer", "/targets/", region="990102")


def test_a_unit_of_a_district_is_none_of_the_city_whatever_it_is_called(site: Any) -> None:
    from bilan.portal.people.models import UnitName

    unit = site.client_of("officer") and UnitName.objects.get(name="临江分局").unit
    unit.rename("市局", on=unit.valid_from or date(2026, 1, 1))
    assert site.get("officer", site.target(1), region="990100").status_code == 404
    UnitName.objects.create(unit=unit, name="市局", written=True)  # somebody of the city said so
    site.logged()
    assert site.get("officer", site.target(1), region="990100").status_code == 200


def test_everybody_may_ask_for_the_boards_of_few_days(site: Any) -> None:
    assert "公众版有最近 31 天" not in site.text("public", "/public/")
    for day, told in (("2026-03-15", False), ("2025-12-31", False), ("2025-12-30", True), ("2021-12-31", True)):
        page = site.client_of("public").get("/public/", {"as_of": day}).content.decode()
        assert ("公众版有最近 31 天" in page) == told, day


def test_only_the_plan_office_closes(site: Any) -> None:
    address = f"{site.target(2, 'close/')}?region=990100&as_of=2026-03-31"
    assert site.client_of("analyst").post(address, {}).status_code == 403
    assert site.client_of("leader").post(address, {}).status_code == 403
    assert "批准并结账" not in site.text("leader", site.target(2))


def test_those_of_another_city_see_only_what_is_public(site: Any) -> None:
    assert site.get("other_plan_office", site.target(1)).status_code == 404
    assert "还没有发布的规划" in site.text("other_plan_office", "/")
    assert site.get("other_plan_office", site.target(1, public=True)).status_code == 200


def test_nobody_gets_inside(site: Any) -> None:
    for part in INSIDE:
        answer = site.get("public", site.target(1, part))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/account/login/")
    assert site.get("newcomer", site.target(1)).status_code == 403


def test_the_public_board_holds_nothing_internal(site: Any) -> None:
    site.decide(status="missed")
    site.decide("990103", target="t1", what="goal", reason="只给东湖区", value=29, shown="29")
    parts = ("", "proof/", "chart/trajectory.json")
    pages = [site.target(number, part, public=True) for number in (1, 3) for part in parts]
    shown = [site.text("public", one) for one in ("/", "/public/", "/public/board.json", "/public/board.csv", *pages)]
    assert "新增绿地" in shown[0]
    for page in shown:
        for internal in ("内部会议纪要", "王五", "只给东湖区", "东湖区", "plan_office"):
            assert internal not in page
    assert 'class="link-method"' in shown[4]
    assert not re.search(r'href="/targets/qinghe', shown[0])
    assert site.get("public", site.target(1, "chart/ranking.json", public=True)).status_code == 404


def test_the_public_sees_no_plan_without_a_version(site: Any) -> None:
    site.plan.current = None
    site.plan.save()
    assert "清河市试验计划" not in site.text("public", "/")
    assert site.get("public", site.target(1, public=True)).status_code == 404
