"""The pages of units: what they answer for in a published plan, their people, names, mergers and matching."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

pytestmark = pytest.mark.django_db

Browser = Callable[[str], Client]

PLAN = """清河市碧水蓝天行动计划（2026—2028年）
一、总体要求
（一）主要目标
到2028年，全市PM2.5年均浓度控制在31微克/立方米以下。
二、重点任务
（一）治理入河排口。完成60个入河排污口整治。（市生态环境局牵头，市水务局配合）
（二）推进清洁取暖。到2027年底，完成清洁取暖改造2万户。（市住房城乡建设局牵头，各县区政府配合）
"""


def words_of(answer: Any) -> str:
    """The text of a page, its white space put together."""
    return re.sub(r"(<[^>]*>|\s)+", " ", answer.content.decode())


def logged(action: str) -> int:
    from bilan.portal.audit.models import Entry

    return Entry.objects.filter(action=action).count()


@pytest.fixture
def plan(people: Any, client_of: Browser, django_capture_on_commit_callbacks: Any) -> Any:
    """A published plan of the city."""
    from bilan.portal.plans.models import Draft, Plan
    from bilan.portal.plans.publish import publish
    from bilan.portal.plans.state import review_of

    file = SimpleUploadedFile("行动计划.txt", PLAN.encode())
    with django_capture_on_commit_callbacks(execute=True):
        client_of("plan_office").post("/plans/upload/", {"document": file, "region": "990100"})
    draft = Draft.objects.get()
    publish(draft, people.plan_office, "", review_of(draft).number)
    return Plan.objects.get()


def test_a_unit_is_made_edited_and_stays_in_its_region(people: Any, client_of: Browser) -> None:
    from bilan.portal.people.models import Unit

    client = client_of("city_administrator")
    told = {"region": "清河市", "name": "清河市水务局", "kind": "government", "department": "water"}
    answer = client.post("/units/new/", {**told, "department": ""})
    unit = Unit.objects.get(name="清河市水务局")
    assert answer.headers["Location"] == f"/units/{unit.pk}/"
    assert client.post("/units/new/", {**told, "department": ""}).context["form"].errors["name"]
    assert client.post("/units/new/", {**told, "region": "371300"}).context["form"].errors["region"]
    office = people.units["市局"].pk
    client.post(f"/units/{unit.pk}/edit/", {"kind": "body", "department": "", "parent": office, "region": "371300"})
    unit.refresh_from_db()
    assert (unit.kind, unit.parent_id, unit.region_id) == ("body", office, "990100")
    ring = client.post(f"/units/{office}/edit/", {"kind": "government", "parent": unit.pk})
    assert ring.context["form"].errors["parent"]
    assert [logged("unit.create"), logged("unit.change")] == [1, 1]


def test_a_unit_is_renamed_and_merged_and_the_pages_tell(people: Any, client_of: Browser) -> None:
    client, unit, other = client_of("city_administrator"), people.units["临江分局"], people.units["东湖分局"]
    page = f"/units/{unit.pk}/"
    assert client.post(f"{page}rename/", {"name": "临江局", "on": "2999-01-01"}).context["form"].errors["on"]
    assert client.post(f"{page}rename/", {"name": "临江分局", "on": "2020-01-01"}).context["form"].errors["name"]
    client.post(f"{page}rename/", {"name": "临江局", "on": "2020-01-01"})
    assert client.post(f"{page}rename/", {"name": "临江二局", "on": "2019-01-01"}).status_code == 200
    unit.refresh_from_db()
    assert unit.name == "临江局"
    assert unit.name_on(date(2019, 12, 31)) == "临江分局"
    elsewhere = people.units["外市局"].pk
    refused = client.post(f"{page}merge/", {"successor": elsewhere, "on": "2024-01-01"})
    assert refused.context["form"].errors["successor"]
    client.post(f"{page}merge/", {"successor": other.pk, "on": "2024-01-01"})
    told = client.get(page).content.decode()
    assert "临江分局" in told
    assert "已经撤销" in told
    assert f"/units/{unit.pk}/" in client.get(f"/units/{other.pk}/").content.decode()
    assert "临江局" not in client.get("/units/").content.decode().replace("临江局（", "")
    assert "临江局" in client.get("/units/?state=ended&q=临江分").content.decode()
    assert client.post(f"/units/{other.pk}/merge/", {"successor": unit.pk, "on": "2025-01-01"}).status_code == 200
    assert [logged("unit.rename"), logged("unit.merge")] == [1, 1]


def test_a_name_that_was_written_wrong_is_mended_and_is_no_former_name(people: Any, client_of: Browser) -> None:
    client, unit = client_of("city_administrator"), people.units["临江分局"]
    page, today = f"/units/{unit.pk}/", date.today().isoformat()
    client.post(f"{page}rename/", {"name": "临江区环保局", "on": today})
    refused = client.post(f"{page}rename/", {"name": "临江区生态局", "on": today})  # on its very first day
    assert "写错了" in str(refused.context["form"].errors)
    client.post(f"{page}rename/", {"name": "临江区生态局", "on": today, "mistake": "on"})
    unit.refresh_from_db()
    assert unit.name == "临江区生态局"
    assert [one.name for one in unit.names.all()] == ["临江分局", "临江区生态局"]
    assert [logged("unit.rename"), logged("unit.correct_name")] == [1, 1]


def test_an_end_is_taken_back(people: Any, client_of: Browser) -> None:
    from bilan.portal.people.models import Unit, answering_for

    client, unit, other = client_of("city_administrator"), people.units["临江分局"], people.units["东湖分局"]
    page = f"/units/{unit.pk}/"
    client.post(f"{page}merge/", {"successor": other.pk, "on": "2024-01-01"})
    assert unit.pk in answering_for([other.pk])
    assert "restore" in client.get(page).content.decode()
    assert client_of("officer").post(f"{page}restore/").status_code == 403
    assert client_of("other_plan_office").post(f"{page}restore/").status_code == 404
    twin = Unit.objects.create(name=unit.name, region=unit.region)
    client.post(f"{page}restore/")
    unit.refresh_from_db()
    assert unit.ended  # its name is taken
    Unit.objects.filter(pk=twin.pk).update(name="另一个")
    client.post(f"{page}restore/")
    unit.refresh_from_db()
    assert (unit.valid_to, unit.successor, unit.ended) == (None, None, False)
    assert unit.pk not in answering_for([other.pk])
    assert "临江分局" in client.get("/units/").content.decode()
    assert logged("unit.restore") == 1


def test_who_merges_a_unit_is_told_what_moves_and_what_stays(people: Any, client_of: Browser) -> None:
    from bilan.portal.people.models import Contact, Unit

    unit, client = people.units["临江分局"], client_of("city_administrator")
    page = f"/units/{unit.pk}/merge/"
    assert "并入以后" not in words_of(client.get(page))
    before = {"valid_from": date(2020, 1, 1), "valid_to": date(2021, 1, 1)}
    for name, days in (("赵联系", {}), ("钱联系", {}), ("孙联系", before)):
        Contact.objects.create(unit=unit, name=name, **days)
    Unit.objects.create(name="监测站", region=unit.region, parent=unit)
    Unit.objects.create(name="从前的站", region=unit.region, parent=unit, valid_to=date(2021, 1, 1))
    told = words_of(client.get(page))
    assert "没有谁负责：下属 1 " in told
    assert "要在接替的单位另外登记：联系人和分管领导 2 · 用户的角色 1 " in told  # that of its officer
    refused = words_of(client.post(page, {"on": "2999-13-01"}))
    assert "没有谁负责" not in refused  # nobody waits for a board while all units are held
    client.cookies["bilan-language"] = "en"
    assert "register them anew in the unit that follows: Contact persons" in words_of(client.get(page))


def test_an_end_that_is_to_come_is_told_as_such(people: Any, client_of: Browser) -> None:
    client, unit, other = client_of("city_administrator"), people.units["临江分局"], people.units["东湖分局"]
    client.post(f"/units/{unit.pk}/merge/", {"successor": other.pk, "on": "2999-01-01"})
    listed = client.get("/units/").content.decode()
    assert "临江分局" in listed
    assert "并入东湖分局" not in listed
    told = client.get(f"/units/{unit.pk}/").content.decode()
    assert "起撤销" in told
    assert "已经撤销" not in told


def test_units_end_and_begin_in_an_order_that_can_be(people: Any, client_of: Browser) -> None:
    client, unit, other = client_of("city_administrator"), people.units["临江分局"], people.units["东湖分局"]
    page = f"/units/{unit.pk}/"
    client.post(f"/units/{other.pk}/edit/", {"kind": "government", "valid_from": "2024-06-01"})
    other.refresh_from_db()
    assert (other.valid_from, other.names.get().valid_from) == (date(2024, 6, 1), date(2024, 6, 1))
    early = client.post(f"{page}merge/", {"successor": other.pk, "on": "2024-01-01"})
    assert early.context["form"].errors["successor"]  # nobody would answer for it until June
    client.post(f"{page}rename/", {"name": "临江局", "on": "2020-01-01"})
    late = client.post(f"{page}edit/", {"kind": "government", "valid_from": "2021-01-01"})
    assert late.context["form"].errors["valid_from"]  # it had been renamed before it was there
    client.post(f"{page}merge/", {"on": "2024-01-01"})
    assert client.post(f"{page}rename/", {"name": "临江二局", "on": "2025-01-01"}).status_code == 200
    unit.refresh_from_db()
    assert unit.name == "临江局"
    assert "rename/" not in client.get(page).content.decode()


def test_roles_of_units_that_ended_are_a_concern(people: Any, client_of: Browser) -> None:
    client, unit = client_of("city_administrator"), people.units["临江分局"]
    words = "单位已经撤销、角色还没有换的用户"
    assert words not in client.get("/administration/").content.decode()
    client.post(f"/units/{unit.pk}/merge/", {"successor": people.units["东湖分局"].pk, "on": "2024-01-01"})
    assert words in client.get("/administration/").content.decode()
    listed = client.get("/administration/users/?role=unit_ended&state=active").context["shown"]
    assert [one.username for one, *_ in listed] == ["officer"]


def test_a_note_is_signed_with_the_name_of_its_day(people: Any) -> None:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from django.template import Context, Template

    unit, zone = people.units["临江分局"], ZoneInfo("Asia/Shanghai")
    unit.rename("临江局", date(2026, 5, 1))
    said = Template("{% load people %}{{ unit|called_at:at }}")
    assert said.render(Context({"unit": unit, "at": datetime(2026, 4, 30, 23, 59, tzinfo=zone)})) == "临江分局"
    assert said.render(Context({"unit": unit, "at": datetime(2026, 5, 1, 0, 1, tzinfo=zone)})) == "临江局"


def test_contacts_are_kept_with_their_days_and_hidden_from_others(people: Any, client_of: Browser) -> None:
    from bilan.portal.people.models import Contact

    unit, client = people.units["临江分局"], client_of("plan_office")
    told = {"role": "leader", "name": "李分管", "phone": "0999-123", "valid_from": "2020-01-01"}
    client.post(f"/units/{unit.pk}/people/", told)
    person = Contact.objects.get()
    client.post(f"/units/people/{person.pk}/edit/", {**told, "post": "副局长"})
    assert "副局长" in client_of("officer").get(f"/units/{unit.pk}/").content.decode()
    for name in ("other_officer", "other_plan_office", "newcomer"):
        assert "李分管" not in client_of(name).get(f"/units/{unit.pk}/").content.decode()
        assert "李分管" not in client_of(name).get("/units/").content.decode()
    assert Client().get(f"/units/{unit.pk}/").status_code == 302
    assert client_of("other_plan_office").post(f"/units/people/{person.pk}/end/").status_code == 404
    assert client_of("officer").post(f"/units/{unit.pk}/people/", told).status_code == 403
    client.post(f"/units/people/{person.pk}/end/")
    person.refresh_from_db()
    assert person.valid_to is not None
    assert "以前的" in client.get(f"/units/{unit.pk}/").content.decode()
    assert [logged(f"person.{one}") for one in ("create", "change", "end")] == [1, 1, 1]


def test_names_of_a_plan_find_their_units_and_units_their_tasks(people: Any, client_of: Browser, plan: Any) -> None:
    from bilan.portal.people.models import Unit

    client, unit = client_of("plan_office"), people.units["市局"]
    page = client.get("/units/names/").content.decode()
    names = re.findall(r'name="name" value="([^"]+)"', page)
    assert len(names) >= 3
    ecology = next(one for one in names if "生态环境" in one)
    assert not any(one.startswith("各") for one in names)
    assert "入河排口" not in client.get(f"/units/{unit.pk}/").content.decode()
    told = {"plan": plan.pk, "name": ecology, "unit": unit.pk}
    assert client_of("other_plan_office").post("/units/names/", told).status_code == 302
    client.post("/units/names/", {**told, "unit": people.units["外市局"].pk})
    client.post("/units/names/", {**told, "name": "不在规划里"})
    assert Unit.objects.filter(names__written=True).count() == 0
    client.post("/units/names/", told)
    shown = client.get(f"/units/{unit.pk}/").content.decode()
    assert "入河排口" in shown
    assert "牵头" in shown
    assert "清洁取暖" not in shown
    assert "还没有监测数据" in shown  # no lake: the page says so and shows the tasks
    assert "入河排口" not in client_of("newcomer").get(f"/units/{unit.pk}/").content.decode()
    assert "入河排口" not in client_of("officer").get(f"/units/{unit.pk}/").content.decode()
    assert logged("unit.written") == 1
    unit.refresh_from_db()
    assert unit.name == "市局"
    assert unit.name_on(date(2030, 1, 1)) == "市局"
    form = unit.names.get(written=True)
    client.post(f"/units/names/{form.pk}/forget/")
    assert "入河排口" not in client.get(f"/units/{unit.pk}/").content.decode()


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_the_list_is_taken_away_with_people_within_reach(people: Any, client_of: Browser, format_: str) -> None:
    from openpyxl import load_workbook

    from bilan.portal.people.models import Contact

    Contact.objects.create(unit=people.units["临江分局"], name="=cmd()", phone="1")
    Contact.objects.create(unit=people.units["外市局"], name="外人", phone="2")

    def taken(name: str) -> str:
        answer = client_of(name).get(f"/units/units.{format_}?state=all")
        if format_ == "csv":
            return b"".join(answer).decode()
        rows = load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
        return " ".join(str(cell) for row in rows for cell in row)

    shown = taken("city_administrator")
    assert "cmd()" in shown
    assert "外人" not in shown
    assert "外市局" not in shown
    assert "cmd()" not in taken("analyst")
    assert client_of("officer").get(f"/units/units.{format_}").status_code == 403
    assert client_of("city_administrator").get("/units/units.pdf").status_code == 404
    assert logged("unit.export") == 2


def test_the_list_filters_and_says_when_nothing_fits(people: Any, client_of: Browser) -> None:
    client = client_of("plan_office")
    shown = client.get("/units/?region=990102").content.decode()
    assert "临江分局</a>" in shown
    assert "东湖分局</a>" not in shown
    assert "没有符合条件的单位" in client.get("/units/?q=没有这样的").content.decode()
    assert client.get("/units/?region=bogus&state=bogus&page=x").status_code in (200, 404)


def test_without_units_the_page_says_what_to_do_next(people: Any, client_of: Browser) -> None:
    from bilan.portal.people.models import Membership, Unit, UnitName, User

    Membership.objects.exclude(role__in=["administrator", "leader"]).delete()
    User.objects.update(unit=None)
    UnitName.objects.all().delete()
    Unit.objects.all().delete()
    assert "/units/new/" in client_of("administrator").get("/units/").content.decode()
    assert "/units/new/" not in client_of("leader").get("/units/").content.decode()


def test_units_speak_english(people: Any, client_of: Browser, plan: Any) -> None:
    from bilan.portal.people.models import Unit

    client = client_of("city_administrator")
    client.cookies["bilan-language"] = "en"
    for address, words in (
        ("/units/", "Add unit"),
        (f"/units/{people.units['市局'].pk}/", "History"),
        ("/units/names/", "Names that match no unit"),
        ("/units/new/", "Add unit"),
    ):
        assert words in client.get(address).content.decode()
    Unit.objects.filter(pk=people.units["市局"].pk).update(department="financial_regulation")
    for address in ("/units/", f"/units/{people.units['市局'].pk}/", "/units/new/"):
        assert "Financial regulation" in client.get(address).content.decode()


def test_targets_are_those_of_the_board_and_link_to_it(
    people: Any, client_of: Browser, plan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a board at hand: what the unit leads, what it supports, in a district what is known."""
    from bilan.board.model import Unit as Named
    from bilan.portal.board.boards import Sheet
    from bilan.portal.board.filters import Filters
    from bilan.portal.board.store import Answer
    from bilan.portal.core.styleguide_sample import sample_board
    from bilan.portal.people import standing
    from bilan.portal.people.models import UnitName

    UnitName.objects.create(unit=people.units["市局"], name="市生态环境局", written=True)
    board = sample_board()
    mine, other = Named(name="市生态环境局", department=None), Named(name="市水务局", department=None)
    first, second, third, *rest = (row for row in board.rows if not row.district)
    rows = [first.model_copy(update={"leads": [mine], "supports": []})]
    rows += [second.model_copy(update={"leads": [other], "supports": [mine]})]
    rows += [third.model_copy(update={"leads": [], "supports": [other, mine]})]
    rows += [one.model_copy(update={"leads": [other], "supports": []}) for one in rest]
    sheet = Sheet(board.model_copy(update={"rows": rows}), timezone.now())
    monkeypatch.setattr(standing, "board_of", lambda asked, patience: Answer(sheet, "", 0.0))
    found = client_of("plan_office").get(f"/units/{people.units['市局'].pk}/")
    one = found.context["standings"][0]
    assert {part: [row.target for row in rows] for part, rows in one.parts.items()} == {
        "lead": [first.target],
        "support": [second.target],
        "shared": [third.target],
    }
    assert "simulated-banner" in found.content.decode()
    on_board = Filters(unit="市生态环境局").rows(rows, board.head.as_of)
    assert {row.target for row in one.answered} == {row.target for row in on_board}
    assert sum(found.context["counts"].values()) == len(on_board)
    assert f"/targets/{plan.pk}/{first.target}/?region=990100" in found.content.decode()
    merges = words_of(client_of("plan_office").get(f"/units/{people.units['市局'].pk}/merge/"))
    assert "没有谁负责：牵头的目标 1 · 按职责分工的目标 1 · 配合的目标 1 · 任务和措施 2 " in merges
    assert "不会转过去" not in merges  # it has no contact person
    real = board.model_copy(update={"rows": rows, "head": board.head.model_copy(update={"simulated": False})})
    monkeypatch.setattr(standing, "board_of", lambda asked, patience: Answer(Sheet(real, timezone.now()), "", 0.0))
    assert "simulated-banner" not in client_of("plan_office").get(f"/units/{people.units['市局'].pk}/").content.decode()
    elsewhere = client_of("officer").get(f"/units/{people.units['市局'].pk}/")  # what the city's units answer for
    text = elsewhere.content.decode()
    assert elsewhere.context["standings"][0].rows == [] and "有 3 项不归您的账号看" in text and "/public/" in text
    assert "没有点名" not in text
    district = client_of("officer").get(f"/units/{people.units['临江分局'].pk}/").context["standings"][0]
    silent = ("not_reported", "no_stations")
    told = {row.target for row in rows if row.figure is not None or row.reason not in silent}
    assert {row.target for row in district.parts["district"]} == told
    assert client_of("officer").get(f"/units/{people.units['东湖分局'].pk}/").context["standings"][0].rows == []
    place = words_of(client_of("city_administrator").get(f"/units/{people.units['临江分局'].pk}/merge/"))
    assert "本地区" not in place  # that is the place's, not the unit's
    monkeypatch.setattr(standing, "board_of", lambda asked, patience: None)
    making = words_of(client_of("plan_office").get(f"/units/{people.units['市局'].pk}/merge/"))
    assert "没有算好" in making and "没有算好" not in merges
    assert "正在后台计算" in client_of("plan_office").get(f"/units/{people.units['市局'].pk}/").content.decode()
