"""Log-in, its lock, one-time passwords, the rules of passwords and the end of sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

PASSWORD = "qing-he-2026-lan"
NEW = "lin-jiang-qiao-7"
LOGIN, CHANGE, PROFILE = "/account/login/", "/account/password/", "/account/"


def log_in(client: Client, name: str, password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"username": name, "password": password})


def actions() -> list[str]:
    from bilan.portal.audit.models import Entry

    return list(Entry.objects.order_by("number").values_list("action", flat=True))


def test_a_person_logs_in_and_out_and_both_are_in_the_log(people: Any) -> None:
    client = Client()
    assert log_in(client, "officer").status_code == 302
    assert client.get(PROFILE).status_code == 200
    assert client.get(reverse("people:logout")).status_code == 405  # a link or picture logs nobody out
    assert client.post(reverse("people:logout")).status_code == 302
    assert client.get(PROFILE).status_code == 302
    assert actions() == ["session.login", "session.logout"]


def test_who_is_not_logged_in_is_led_to_the_page_and_back(people: Any) -> None:
    client = Client()
    assert client.get("/jobs/?page=1").headers["Location"] == f"{LOGIN}?next=/jobs/%3Fpage%3D1"
    answer = client.post(LOGIN, {"username": "officer", "password": PASSWORD, "next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/"  # never to another host


def test_a_name_is_locked_after_five_failures_whatever_comes_next(people: Any) -> None:
    client = Client()
    for _ in range(4):
        assert log_in(client, "officer", "wrong").status_code == 200
    assert log_in(client, "officer", "wrong").status_code == 429
    assert log_in(Client(REMOTE_ADDR="10.1.2.3"), "officer").status_code == 429  # from elsewhere, with the right one
    assert log_in(Client(), "analyst").status_code == 302  # others are not locked
    assert actions().count("session.failed") == 6  # the try while locked among them
    assert "session.locked" in actions()


def test_the_lock_opens_after_its_time(people: Any) -> None:
    from axes.models import AccessAttempt

    client = Client()
    for _ in range(5):
        log_in(client, "officer", "wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert log_in(client, "officer").status_code == 302


def test_somebody_who_is_not_active_cannot_log_in(people: Any) -> None:
    user = people.officer
    user.is_active = False
    user.save()
    assert log_in(Client(), "officer").status_code == 200


def test_the_first_administrator_must_change_the_password_before_anything_else(people: Any) -> None:
    from bilan.portal.people.administrator import first_administrator
    from bilan.portal.people.models import Membership

    Membership.objects.filter(role="administrator").delete()
    made = first_administrator()
    assert made is not None
    name, password = made
    assert first_administrator() is None
    client = Client()
    log_in(client, name, password)
    for url in ("/", PROFILE, "/audit/", "/jobs/"):
        assert client.get(url).headers["Location"] == CHANGE
    assert client.get(CHANGE).status_code == 200
    fields = {"old_password": password, "new_password1": NEW, "new_password2": NEW}
    assert client.post(CHANGE, fields).status_code == 302
    assert client.get("/audit/").status_code == 200
    assert "user.password" in actions()


def test_the_log_holds_no_password(people: Any) -> None:
    from bilan.portal.audit.models import Entry
    from bilan.portal.people.administrator import first_administrator
    from bilan.portal.people.models import Membership

    Membership.objects.filter(role="administrator").delete()
    made = first_administrator()
    assert made is not None
    client = Client()
    log_in(client, made[0], "wrong-password-1")
    log_in(client, made[0], made[1])
    client.post(CHANGE, {"old_password": made[1], "new_password1": NEW, "new_password2": NEW})
    written = str(list(Entry.objects.values()))
    assert [word for word in (made[1], NEW, "wrong-password-1") if word in written] == []


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("lin-jiang7", id="short"),
        pytest.param("123456789012", id="numbers"),
        pytest.param("q1w2e3r4t5y6", id="common"),
        pytest.param("the-officer-1", id="like the name"),
        pytest.param(PASSWORD, id="the same"),
    ],
)
def test_a_weak_password_is_refused(people: Any, client_of: Callable[[str], Client], password: str) -> None:
    client = client_of("officer")
    answer = client.post(CHANGE, {"old_password": PASSWORD, "new_password1": password, "new_password2": password})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert people.officer.check_password(PASSWORD)


def test_a_changed_password_ends_the_other_sessions(people: Any, client_of: Callable[[str], Client]) -> None:
    here, there = client_of("officer"), client_of("officer")
    here.post(CHANGE, {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW})
    assert here.get(PROFILE).status_code == 200
    assert there.get(PROFILE).status_code == 302


def aged(client: Client, **ages: timedelta) -> None:
    session = client.session
    for name, age in ages.items():
        session[name] = (timezone.now() - age).timestamp()
    session.save()


@pytest.mark.parametrize(
    ("ages", "status"),
    [
        ({"began": timedelta(hours=11), "seen": timedelta(minutes=29)}, 200),
        ({"began": timedelta(hours=1), "seen": timedelta(minutes=31)}, 302),
        ({"began": timedelta(hours=12, minutes=1), "seen": timedelta(minutes=1)}, 302),
    ],
    ids=["in time", "idle", "too long"],
)
def test_a_session_ends(client_of: Callable[[str], Client], ages: dict[str, timedelta], status: int) -> None:
    client = client_of("officer")
    client.get(PROFILE)
    aged(client, **ages)
    assert client.get(PROFILE).status_code == status
    assert client.get(PROFILE).status_code == status


def test_pages_that_ask_by_themselves_are_no_presence(people: Any, client_of: Callable[[str], Client]) -> None:
    from bilan.portal.jobs.models import Job

    job = Job.objects.create(kind="any", owner=people.officer)
    client = client_of("officer")
    client.get(PROFILE)
    aged(client, seen=timedelta(minutes=10))
    before = client.session["seen"]
    assert client.get(f"/jobs/{job.pk}/part/").status_code == 200
    assert client.session["seen"] == before
    client.get(PROFILE)
    assert client.session["seen"] > before


def test_a_person_changes_the_own_account_only(people: Any, client_of: Callable[[str], Client]) -> None:
    from bilan.portal.audit.models import Entry

    fields = {"name": "林静", "email": "lin@example.com", "phone": "", "username": "boss", "is_active": ""}
    assert client_of("officer").post(PROFILE, fields).status_code == 302
    user = people.officer
    assert (user.name, user.username, user.is_active) == ("林静", "officer", True)
    entry = Entry.objects.get(action="user.change")
    assert (entry.actor, '"name":"officer"' in entry.old, '"name":"林静"' in entry.new) == (user.pk, True, True)


def test_the_pages_speak_both_languages_and_only_them(people: Any) -> None:
    client = Client(headers={"accept-language": "en-US"})
    assert 'lang="zh-Hans"' in client.get(LOGIN).content.decode()  # Chinese until somebody chooses
    client.post("/language/", {"language": "en", "next": LOGIN})
    assert 'lang="en"' in client.get(LOGIN).content.decode()
    assert client.post("/language/", {"language": "zh-hans", "next": "//evil.example/"}).headers["Location"] == "/"


def test_forms_without_the_token_are_refused(people: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    assert log_in(client, "officer").status_code == 403


def test_ids_of_proxies_are_believed_only_from_the_right(settings: Any) -> None:
    from django.test import RequestFactory

    from bilan.portal.core.addresses import client_address

    request = RequestFactory().get("/", headers={"x-forwarded-for": "6.6.6.6, 10.0.0.9"}, REMOTE_ADDR="10.0.0.1")
    assert client_address(request) == "10.0.0.1"
    settings.BILAN_PROXIES = 1
    assert client_address(request) == "10.0.0.9"
    settings.BILAN_PROXIES = 3
    assert client_address(request) == "10.0.0.1"
