"""Publishing, what the public sees of it, revising, comparing, discarding."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from bilan.portal.audit.models import Entry
from bilan.portal.plans.models import AppendOnlyError, Draft, Plan, Version
from bilan.portal.plans.state import review_of

from .conftest import TEXT
from .test_decisions import correct


def publish(client: Client, draft: Any, note: str = "印发稿", **data: str) -> Any:
    seen = review_of(Draft.objects.get(pk=draft.pk)).number
    given = {"note": note, "seen": str(seen), "unreviewed_known": "on", **data}
    return client.post(f"{draft.get_absolute_url()}publish/", given)


@pytest.fixture
def version(draft: Any, office: Client) -> Any:
    publish(office, draft)
    return Version.objects.select_related("plan").get()


def test_what_is_unreviewed_and_open_stands_before_publishing(draft: Any, plan: Any, office: Client) -> None:
    page = office.get(f"{draft.get_absolute_url()}publish/")
    told = page.context["told"]
    assert told.unreviewed == sum(len(getattr(plan, name)) for name in ("targets", "tasks", "measures", "projects"))
    assert sum(many for _kind, _word, many in told.gaps) == len(plan.gaps)
    assert f"还有 {told.unreviewed} 项没有核对" in page.content.decode()


def test_unreviewed_items_must_be_owned_up_to(draft: Any, office: Client) -> None:
    answer = publish(office, draft, unreviewed_known="")
    assert answer.status_code == 200 and "error-summary" in answer.content.decode()
    assert not Version.objects.exists()


def test_a_published_version_is_frozen_and_current(draft: Any, plan: Any, office: Client) -> None:
    correct(office, draft, plan.targets[0].id, value="30")
    answer = publish(office, draft)
    version = Version.objects.get()
    assert answer["Location"] == version.get_absolute_url()
    row = Plan.objects.get()
    draft.refresh_from_db()
    assert (row.current, draft.state, version.number, version.note) == (version, "published", 1, "印发稿")
    kept = version.compiled_plan()
    assert kept.targets[0].value == 30 and kept.plan.version == version.digest
    assert kept.plan.base_version == plan.plan.version
    assert [(c.field, c.old, c.new) for c in kept.changes] == [("value", "31", "30")]
    assert version.reviewed == [plan.targets[0].id]
    entry = Entry.objects.get(action="plan.publish")
    assert json.loads(entry.new)["version"] == version.digest and entry.plan == row.pk
    for wrong in (version.save, version.delete, Version.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            wrong()


def test_publishing_a_draft_that_moved_on_is_refused(draft: Any, plan: Any, office: Client) -> None:
    correct(office, draft, plan.targets[0].id, value="30")
    answer = publish(office, draft, seen="0")
    assert answer.status_code == 409 and "请再看一遍再发布" in answer.content.decode()
    assert not Version.objects.exists()


def test_a_draft_is_published_once(version: Any, draft: Any, office: Client) -> None:
    assert "不能再改" in publish(office, draft).content.decode()
    assert Version.objects.count() == 1


def test_a_plan_of_nothing_is_not_published(upload: Callable[..., Any], office: Client) -> None:
    upload("今天天气很好。")
    draft = Draft.objects.get()
    assert "不能发布" in publish(office, draft).content.decode() and not Version.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"),
    [("officer", 403), ("analyst", 403), ("leader", 403), ("other_plan_office", 404), ("public", 302)],
)
def test_who_may_not_publish(draft: Any, client_of: Callable[[str], Client], who: str, status: int) -> None:
    client = client_of(who)
    for action in ("publish", "discard"):
        assert client.post(f"{draft.get_absolute_url()}{action}/", {"seen": "0"}).status_code == status
    assert not Version.objects.exists() and Draft.objects.get().open


def test_the_public_sees_the_version_and_nothing_of_the_house(
    version: Any, draft: Any, plan: Any, client_of: Callable[[str], Client]
) -> None:
    public = client_of("public")
    pages = [
        public.get(address).content.decode()
        for address in ("/plans/", version.plan.get_absolute_url(), version.get_absolute_url())
    ]
    assert all(str(version.plan) in page for page in pages)
    assert plan.targets[0].name in pages[2]
    for page in pages:
        for inside in ("印发稿", "plan_office", "/drafts/", "缺口", "plan.xlsx", "/files/"):
            assert inside not in page
    assert public.get(f"{version.get_absolute_url()}?list=gaps").context["list_name"] == "targets"
    for name in ("tasks", "measures", "projects", "duties"):
        assert public.get(f"{version.get_absolute_url()}?list={name}").status_code == 200
    for closed in (f"{version.get_absolute_url()}plan.json", draft.get_absolute_url()):
        assert public.get(closed)["Location"].startswith("/account/login/")


def test_the_house_sees_note_publisher_and_gaps(version: Any, client_of: Callable[[str], Client]) -> None:
    page = client_of("analyst").get(f"{version.get_absolute_url()}?list=gaps").content.decode()
    assert "印发稿" in page and "plan_office" in page and "没有写明由谁负责" in page


def test_a_revision_starts_where_the_version_ended(version: Any, office: Client) -> None:
    answer = office.post(f"{version.get_absolute_url()}revise/")
    draft = Draft.objects.get(base=version)
    assert answer["Location"] == draft.get_absolute_url()
    assert review_of(draft).plan.plan.version == version.digest
    again = office.post(f"{version.get_absolute_url()}revise/", follow=True)
    assert "已经有一份审核稿" in again.content.decode() and Draft.objects.count() == 2


def test_what_was_reviewed_for_a_version_counts_in_its_revision(draft: Any, plan: Any, office: Client) -> None:
    office.post(f"{draft.get_absolute_url()}confirm/?item={plan.targets[0].id}")
    publish(office, draft)
    version = Version.objects.get()
    office.post(f"{version.get_absolute_url()}revise/")
    review = review_of(Draft.objects.get(base=version))
    assert review.state(plan.targets[0].id) == "confirmed" and review.progress()[0] == 1


def test_two_versions_are_compared(version: Any, office: Client, client_of: Callable[[str], Client]) -> None:
    office.post(f"{version.get_absolute_url()}revise/")
    draft = Draft.objects.get(base=version)
    target = review_of(draft).plan.targets[0]
    correct(office, draft, target.id, value="28")
    office.post(f"{draft.get_absolute_url()}reject/?item={review_of(draft).plan.targets[1].id}&seen=1")
    address = f"{version.plan.get_absolute_url()}compare/"
    page = office.get(f"{address}?old=v1&new=draft-{draft.pk}").content.decode()
    assert "28" in page and "收紧" in page and "删去" in page
    assert client_of("public").get(f"{address}?old=v1&new=draft-{draft.pk}").status_code == 404
    publish(office, draft)
    public = client_of("public").get(address)
    assert (public.context["old"], public.context["new"]) == ("v1", "v2")
    assert public.context["counts"]["dropped"] == 1
    told = client_of("public").get(f"{address}?old=v1&new=v2&format=json").json()
    assert told["counts"]["stricter"] == 1
    assert Plan.objects.get().current.number == 2
    assert "这不是现行版本" in office.get(version.get_absolute_url()).content.decode()


def test_nothing_to_compare_is_said(version: Any, office: Client) -> None:
    page = office.get(f"{version.plan.get_absolute_url()}compare/").content.decode()
    assert "还没有可以比较的两个版本" in page


@pytest.mark.parametrize("query", ["old=v1&new=v9", "old=v1&new=draft-999", "old=x&new=v1"])
def test_what_is_not_there_is_not_compared(version: Any, office: Client, query: str) -> None:
    assert office.get(f"{version.plan.get_absolute_url()}compare/?{query}").status_code == 404


def test_the_same_twice_has_no_difference(version: Any, office: Client) -> None:
    assert "没有差别" in office.get(f"{version.plan.get_absolute_url()}compare/?old=v1&new=v1").content.decode()


def test_a_new_document_of_the_plan_is_compared_with_the_version(
    version: Any, office: Client, upload: Callable[..., Any]
) -> None:
    upload(TEXT.replace("86%", "88%"), to=f"{version.plan.get_absolute_url()}upload/")
    draft = Draft.objects.get(state="reviewing")
    page = office.get(f"{draft.get_absolute_url()}publish/")
    assert page.context["counts"]["stricter"] == 1


def test_a_plan_with_versions_is_not_dropped(version: Any, office: Client) -> None:
    answer = office.post(f"{version.plan.get_absolute_url()}drop/", follow=True)
    assert "不能丢弃" in answer.content.decode() and Plan.objects.get().dropped is None


def test_a_discarded_draft_keeps_its_history(draft: Any, plan: Any, office: Client) -> None:
    office.post(f"{draft.get_absolute_url()}confirm/?item={plan.targets[0].id}")
    office.post(f"{draft.get_absolute_url()}discard/")
    assert "已确认" in office.get(draft.get_absolute_url()).content.decode()
    assert office.get(f"{draft.get_absolute_url()}history/").context["page"].paginator.count == 1
    assert Entry.objects.filter(action="draft.discard").count() == 1
