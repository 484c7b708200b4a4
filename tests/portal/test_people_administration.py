"""Users and roles are made and changed within one's reach, and nobody gets out of it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

Browser = Callable[[str], Client]


def logged(action: str) -> int:
    from bilan.portal.audit.models import Entry

    return Entry.objects.filter(action=action).count()


def role_of(people: Any, name: str) -> Any:
    from bilan.portal.people.models import Membership

    return Membership.objects.get(user=people.users[name])


def give(client: Client, user: Any, **fields: Any) -> Any:
    told = {"role": "analyst", "region": "990102", "unit": "", "valid_from": "2026-01-01", "valid_to": "", **fields}
    return client.post(f"/administration/users/{user.pk}/roles/", told)


@pytest.fixture
def district(people: Any) -> Any:
    """An administrator of the district 990102 alone."""
    from bilan.portal.people.models import Membership, User

    user = User.objects.create_user("district", "x", name="区管理员", region=people.regions["990102"])
    Membership.objects.create(user=user, role="administrator", region=people.regions["990102"])
    people.users["district"] = user
    return user


def test_a_new_user_gets_a_password_once_and_must_change_it(people: Any, client_of: Browser) -> None:
    from bilan.portal.people.models import User

    told = {"username": "wang", "name": "王某", "region": "临江区", "unit": people.units["临江分局"].pk}
    answer = client_of("city_administrator").post("/administration/users/new/", told)
    user = User.objects.get(username="wang")
    password = re.findall(r'class="one-time">([\w-]+)<', answer.content.decode())[0]
    assert user.check_password(password)
    assert (user.must_change_password, user.region_id) == (True, "990102")
    assert "no-store" in answer.headers["Cache-Control"]
    assert password not in client_of("city_administrator").get(f"/administration/users/{user.pk}/").content.decode()
    assert logged("user.create") == 1
    again = Client()
    again.post("/account/login/", {"username": "wang", "password": password})
    assert again.get("/units/").headers["Location"] == "/account/password/"


@pytest.mark.parametrize("region", ["371300", "济南市", "", "nowhere"])
def test_a_user_is_made_only_within_reach(people: Any, client_of: Browser, region: str) -> None:
    from bilan.portal.people.models import User

    told = {"username": "wang", "name": "王某", "region": region}
    answer = client_of("city_administrator").post("/administration/users/new/", told)
    assert answer.status_code == 200
    assert answer.context["form"].errors["region"]
    told = {"username": "wang", "name": "王某", "region": "990102", "unit": people.units["外市局"].pk}
    assert client_of("city_administrator").post("/administration/users/new/", told).context["form"].errors["unit"]
    assert not User.objects.filter(username="wang").exists()


def test_edit_deactivate_activate_reset(people: Any, client_of: Browser) -> None:
    client, user = client_of("city_administrator"), people.officer
    page = f"/administration/users/{user.pk}/"
    assert client.post(f"{page}edit/", {"name": "新名", "region": "990102"}).status_code == 302
    assert people.officer.name == "新名"
    his = client_of("officer")
    assert his.get("/units/").status_code == 200
    client.post(f"{page}deactivate/")
    assert not people.officer.is_active
    assert his.get("/units/").status_code == 302
    client.post(f"{page}activate/")
    assert people.officer.is_active
    his = client_of("officer")
    before = people.officer.password
    assert "one-time" in client.post(f"{page}password/").content.decode()
    assert people.officer.password != before
    assert people.officer.must_change_password
    assert his.get("/units/").status_code == 302
    for action in ("user.change", "user.deactivate", "user.activate", "user.password"):
        assert logged(action) == 1, action


def test_a_lock_is_shown_and_ended(people: Any, client_of: Browser, settings: Any) -> None:
    from bilan.portal.people.locks import locked_names

    for _ in range(settings.AXES_FAILURE_LIMIT):
        Client().post("/account/login/", {"username": "officer", "password": "wrong"})
    assert locked_names() == {"officer"}
    client = client_of("city_administrator")
    assert "officer" in client.get("/administration/users/?state=locked").content.decode()
    client.post(f"/administration/users/{people.officer.pk}/unlock/")
    assert locked_names() == frozenset()
    assert logged("user.unlock") == 1


def test_a_role_is_given_changed_and_ended(people: Any, client_of: Browser) -> None:
    from bilan.portal.people.models import Membership, today
    from bilan.portal.rights.reach import allowed

    client, user = client_of("city_administrator"), people.users["newcomer"]
    user.region = people.regions["990102"]
    user.save()
    assert give(client, user, role="officer", unit=people.units["临江分局"].pk).status_code == 302
    held = Membership.objects.get(user=user)
    assert (held.region_id, held.granted_by.username) == ("990102", "city_administrator")
    assert allowed(people.newcomer, "entry", "create")
    until = today() + timedelta(5)
    told = {"valid_from": "2026-01-01", "valid_to": until.isoformat()}
    client.post(f"/administration/roles/{held.pk}/edit/", told)
    held.refresh_from_db()
    assert held.valid_to == until
    client.post(f"/administration/roles/{held.pk}/end/")
    assert not allowed(people.newcomer, "entry", "create")
    assert [logged(f"role.{one}") for one in ("create", "change", "end")] == [1, 1, 1]


def test_nobody_gives_himself_a_role(people: Any, client_of: Browser, district: Any) -> None:
    from bilan.portal.people.models import Membership

    for fields in ({"role": "administrator", "region": "990100"}, {"role": "administrator", "region": ""}, {}):
        assert give(client_of("district"), district, **fields).status_code == 200
    mine = role_of(people, "district")
    client_of("district").post(f"/administration/roles/{mine.pk}/edit/", {"valid_from": "2020-01-01", "valid_to": ""})
    client_of("district").post(f"/administration/roles/{mine.pk}/end/")
    after = Membership.objects.get(user=district)
    assert (after.region_id, after.valid_from, after.valid_to) == ("990102", mine.valid_from, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"region": "990100"},
        {"region": "990103"},
        {"region": "371300"},
        {"region": ""},
        {"role": "administrator", "region": ""},
        {"role": "leader", "region": "990100"},
        {"role": "leader", "region": ""},
        {"role": "officer", "unit": "外市局"},
        {"role": "officer", "unit": ""},
        {"role": "boss"},
    ],
    ids=str,
)
def test_a_role_that_reaches_further_is_not_given(
    people: Any, client_of: Browser, district: Any, fields: dict[str, Any]
) -> None:
    from bilan.portal.people.models import Membership, User

    user = User.objects.create_user("new", "x", name="新人", region=people.regions["990102"])
    if fields.get("unit"):
        fields = {**fields, "unit": people.units[fields["unit"]].pk}
    answer = give(client_of("district"), user, **fields)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Membership.objects.filter(user=user).exists()


def test_a_leader_of_a_region_is_named_by_its_administrator(people: Any, client_of: Browser, district: Any) -> None:
    from bilan.portal.people.models import User

    user = User.objects.create_user("new", "x", name="新人", region=people.regions["990102"])
    people.users["new"] = user
    assert give(client_of("district"), user, role="leader").status_code == 302
    shown = client_of("new").get("/administration/users/").content.decode()
    assert "officer" in shown
    assert "other_officer" not in shown


@pytest.mark.parametrize("deed", ["edit", "deactivate", "activate", "unlock", "password", "roles"])
def test_a_user_with_wider_roles_is_not_touched(people: Any, client_of: Browser, district: Any, deed: str) -> None:
    from bilan.portal.people.models import Membership, User

    user = User.objects.create_user("wide", "x", name="两处", region=people.regions["990102"])
    Membership.objects.create(user=user, role="analyst", region=people.regions["990102"])
    wide = Membership.objects.create(user=user, role="analyst", region=people.regions["371300"])
    before = User.objects.filter(pk=user.pk).values().get()
    page = client_of("district").get(f"/administration/users/{user.pk}/").content.decode()
    assert "超出您管理范围" in page
    assert "外市" not in page
    told = {"name": "改", "region": "990102", "role": "analyst"}
    assert client_of("district").post(f"/administration/users/{user.pk}/{deed}/", told).status_code == 403
    assert client_of("district").post(f"/administration/roles/{wide.pk}/end/").status_code == 404
    own = Membership.objects.get(user=user, region="990102")
    assert client_of("district").post(f"/administration/roles/{own.pk}/end/").status_code == 403
    assert User.objects.filter(pk=user.pk).values().get() == before


@pytest.mark.parametrize("name", ["other_officer", "other_plan_office", "administrator", "city_administrator"])
def test_ids_of_elsewhere_do_not_exist(people: Any, client_of: Browser, district: Any, name: str) -> None:
    client, user, held = client_of("district"), people.users[name], role_of(people, name)
    for deed in ("", "edit/", "roles/"):
        assert client.get(f"/administration/users/{user.pk}/{deed}").status_code == 404
    for deed in ("deactivate", "password", "unlock"):
        assert client.post(f"/administration/users/{user.pk}/{deed}/").status_code == 404
    assert client.post(f"/administration/roles/{held.pk}/end/").status_code == 404
    assert f">{name}<" not in client.get("/administration/users/").content.decode()


def test_nobody_locks_himself_out_and_the_last_administrator_stays(people: Any, client_of: Browser) -> None:
    from bilan.portal.people.models import Membership, User

    client, me = client_of("administrator"), people.administrator
    client.post(f"/administration/users/{me.pk}/deactivate/")
    assert people.administrator.is_active
    assert client.post(f"/administration/users/{me.pk}/password/").status_code == 302
    assert people.administrator.check_password("qing-he-2026-lan")
    other = User.objects.create_user("second", "x", name="第二")
    held = Membership.objects.create(user=other, role="administrator", valid_to=None)
    first = role_of(people, "administrator")
    people.users["second"] = other
    client_of("second").post(f"/administration/users/{me.pk}/deactivate/")
    assert not people.administrator.is_active  # two were there, one is left
    User.objects.filter(pk=me.pk).update(is_active=True)
    Membership.objects.filter(pk=held.pk).update(valid_to="2999-01-01")
    client_of("second").post(f"/administration/users/{me.pk}/deactivate/")  # the other one ends some day
    client_of("second").post(f"/administration/roles/{first.pk}/end/")
    assert people.administrator.is_active
    assert Membership.objects.get(pk=first.pk).valid_to is None


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_the_list_is_taken_away_within_reach_and_without_passwords(
    people: Any, client_of: Browser, district: Any, format_: str
) -> None:
    from openpyxl import load_workbook

    from bilan.portal.people.models import User

    User.objects.filter(pk=district.pk).update(name="=1+1")
    answer = client_of("district").get(f"/administration/users/users.{format_}")
    if format_ == "csv":
        shown = b"".join(answer).decode()
        assert "'=1+1" in shown
    else:
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
        shown = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert "officer" in shown
    assert "other_officer" not in shown
    assert people.officer.password not in shown
    assert logged("user.export") == 1
    assert client_of("leader").get(f"/administration/users/users.{format_}").status_code == 403


def test_roles_beyond_reach_are_in_no_list_filter_or_file(people: Any, client_of: Browser, district: Any) -> None:
    from bilan.portal.people.models import Membership, User

    here, there = people.regions["990102"], people.regions["371300"]
    user = User.objects.create_user("wide", "x", name="两处的人", region=here)
    Membership.objects.create(user=user, role="analyst", region=there)
    Membership.objects.create(user=people.users["officer"], role="leader", region=there)
    client = client_of("district")

    def listed(query: str) -> set[str]:
        return {one.username for one, *_ in client.get(f"/administration/users/?{query}").context["shown"]}

    assert listed("role=analyst") == set()
    assert listed("role=leader") == set()
    assert listed("role=officer") == {"officer"}
    assert listed("role=none") == set()  # they have roles, if not here
    page = client.get("/administration/users/").content.decode()
    assert page.count("另有 1 个在管理范围以外") == 2
    assert "没有角色</span>" not in page
    text = b"".join(client.get("/administration/users/users.csv")).decode()
    assert there.name not in text
    assert "分析员" not in text
    assert text.count("另有 1 个在管理范围以外") == 2
    assert "wide" not in b"".join(client.get("/administration/users/users.csv?role=analyst")).decode()
    assert there.name in b"".join(client_of("administrator").get("/administration/users/users.csv")).decode()


def test_what_needs_attention_leads_to_just_that(people: Any, client_of: Browser) -> None:
    from bilan.portal.people.models import Membership, today

    Membership.objects.filter(user=people.users["officer"]).update(valid_to=today() + timedelta(10))
    Membership.objects.filter(user=people.users["analyst"]).update(valid_to=today() + timedelta(100))
    client = client_of("administrator")
    concerns = {one.words: one for one in client.get("/administration/").context["concerns"]}
    for words, names in (("30 天内有角色到期的用户", ["officer"]), ("没有角色的用户", ["newcomer"])):
        one = concerns[words]
        assert one.many == len(names)
        assert [user.username for user, *_ in client.get(one.url).context["shown"]] == names

    one = concerns["没有联系人的单位"]
    assert client.get(one.url).context["paginator"].count == one.many > 0


def test_the_parts_of_administration_lead_to_one_another(people: Any, client_of: Browser) -> None:
    client = client_of("administrator")
    for address in ("", "users/", "regions/", "settings/", "/audit/", "/jobs/"):
        page = client.get(address if address.startswith("/") else f"/administration/{address}")
        assert len(page.context["tabs"]) == 6, address
        assert 'href="/administration/settings/"' in page.content.decode(), address
    assert client_of("officer").get("/jobs/").context["tabs"] == []


def test_a_region_of_ones_own_is_added_and_renamed(people: Any, client_of: Browser, district: Any) -> None:
    from bilan.portal.people.models import Region

    client = client_of("district")
    told = {"name": "临江产业园", "short_name": "", "code": "park1", "kind": "functional_zone"}
    assert client.post("/administration/regions/990103/add/", told).status_code == 404
    assert client.post("/administration/regions/990102/add/", told).status_code == 302
    made = Region.objects.get(pk="own.park1")
    assert made.path == people.regions["990102"].path + "own.park1/"
    assert client.post("/administration/regions/990102/add/", told).context["form"].errors["code"]
    client.post("/administration/regions/own.park1/edit/", {"name": "临江高新区", "kind": "functional_zone"})
    page = client.get("/administration/regions/own.park1/").content.decode()
    assert "临江高新区" in page
    assert "临江产业园" in page  # its former name, in the log
    refused = client.post("/administration/regions/990102/edit/", {"name": "改名", "kind": "administrative"})
    assert refused.status_code == 200
    assert Region.objects.get(pk="990102").name == "临江区"
    listed = client.get("/administration/regions/").content.decode()
    assert "临江高新区" in listed
    assert "东湖区" not in listed
    assert "东湖区" not in client.get("/administration/regions/?q=东湖").content.decode().replace('value="东湖"', "")


def test_the_settings_page_names_every_setting_and_no_secret(
    people: Any, client_of: Browser, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilan.portal.people.site_state import settings_now

    guide = (Path(__file__).parents[2] / "docs/guide/portal.md").read_text(encoding="utf-8")
    table = guide.partition("{#settings}")[2].partition("\n## ")[0]
    told = {name for row in re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert {one.name for one in settings_now()} == told
    monkeypatch.setenv("BILAN_SECRET_KEY", "the-key-itself")
    settings.BILAN_REDIS = "redis://:its-password@host/0"
    page = client_of("leader").get("/administration/settings/").content.decode()
    assert settings.SECRET_KEY not in page
    assert "the-key-itself" not in page
    assert "its-password" not in page
    assert client_of("leader").post("/administration/settings/ping/").status_code == 403


def test_the_worker_is_asked_for_a_sign(
    people: Any, client_of: Browser, django_capture_on_commit_callbacks: Any
) -> None:
    from bilan.portal.jobs.models import Job

    with django_capture_on_commit_callbacks(execute=True):
        client_of("administrator").post("/administration/settings/ping/")
    assert Job.objects.get(kind="people.ping").state == "done"


def test_jobs_that_nobody_takes_are_noticed(people: Any) -> None:
    from django.utils import timezone

    from bilan.portal.jobs.models import Job
    from bilan.portal.people.site_state import worker

    assert worker().state == "idle"
    job = Job.objects.create(kind="any", owner=people.users["officer"], created=timezone.now() - timedelta(minutes=5))
    assert worker().state == "stuck"
    Job.objects.filter(pk=job.pk).update(state="running", heartbeat=timezone.now())
    assert worker().state == "working"


@pytest.mark.parametrize("page", ["", "users/", "users/new/", "regions/", "settings/"])
def test_pages_speak_english_and_refuse_others(people: Any, client_of: Browser, page: str) -> None:
    client = client_of("administrator")
    client.cookies["bilan-language"] = "en"
    body = re.sub(
        r"<(script|datalist|select|tbody).*?</\1>",
        "",
        client.get(f"/administration/{page}").content.decode(),
        flags=re.S,
    )
    main = body.partition("<main")[2].partition("</main>")[0]
    assert client.get(f"/administration/{page}").status_code == 200
    assert not re.findall(r"[\u4e00-\u9fff]{2,}", main.replace("清河市", ""))
    assert client_of("officer").get(f"/administration/{page}").status_code == 403
    assert Client().get(f"/administration/{page}").status_code == 302


def test_lists_are_headed_in_the_plural_and_labels_of_one_thing_are_not(people: Any, client_of: Browser) -> None:
    client = client_of("administrator")
    client.cookies["bilan-language"] = "en"
    for address, words in (
        ("/administration/users/", "Users"),
        ("/administration/regions/", "Regions"),
        ("/units/", "Units"),
    ):
        assert f"<h1>{words}</h1>" in client.get(address).content.decode()
    tabs = client.get("/administration/").content.decode().partition('class="tabs"')[2].partition("</nav>")[0]
    assert ">Users<" in tabs and ">Regions<" in tabs
    listed = client.get("/administration/users/").content.decode()
    assert '<th role="columnheader" scope="col">Unit</th>' in listed
    assert '<option value="ended">Ended</option>' in client.get("/units/").content.decode()


def test_an_empty_filter_says_what_to_do(people: Any, client_of: Browser) -> None:
    page = client_of("administrator").get("/administration/users/?q=nobody-is-called-so").content.decode()
    assert "没有符合条件的用户" in page
    assert client_of("administrator").get("/administration/users/?role=bogus&state=bogus").status_code == 200
