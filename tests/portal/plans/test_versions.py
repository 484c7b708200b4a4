"""Publishing, what the public sees of it, revising, comparing, discarding."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bilan.portal.audit.append_only import AppendOnlyError
from bilan.portal.audit.models import Entry
from bilan.portal.people.models import Membership, User
from bilan.portal.plans.models import Draft, Plan, Version
from bilan.portal.plans.naming import name_of
from bilan.portal.plans.state import review_of

from .conftest import TEXT
from .test_decisions import correct


def publish(client: Client, draft: Any, note: str = "印发稿", **data: str) -> Any:
    now = Draft.objects.select_related("plan__current").get(pk=draft.pk)
    over = now.plan.current.number if now.plan.current else 0
    given = {"note": note, "seen": str(review_of(now).number), "over": str(over), "unreviewed_known": "on", **data}
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


def test_after_a_conflict_the_page_is_of_what_there_is_now(draft: Any, plan: Any, office: Client) -> None:
    correct(office, draft, plan.targets[0].id, value="30")
    form = publish(office, draft, seen="0").context["form"]
    shown = {name: str(form[name].value()) for name in ("note", "seen", "over")}
    assert shown == {"note": "印发稿", "seen": "1", "over": "0"}
    office.post(f"{draft.get_absolute_url()}publish/", {**shown, "unreviewed_known": "on"})
    assert Version.objects.count() == 1


# --- two who work from the same version ---


@pytest.fixture
def two(version: Any, office: Client) -> tuple[Any, Any]:
    """Two drafts that began with the first version: of the first a second version was published, of 28."""
    first, second = (
        Draft.objects.create(
            plan=version.plan,
            region=version.region,
            document=version.document,
            base=version,
            compiled=version.compiled,
            started_by=version.published_by,
        )
        for _ in range(2)
    )
    targets = review_of(first).plan.targets
    correct(office, first, targets[0].id, value="28")
    correct(office, first, targets[1].id, value="88")
    publish(office, first)
    return targets, Draft.objects.select_related("plan__current", "base", "document").get(pk=second.pk)


def test_a_version_published_meanwhile_is_not_replaced_unseen(two: Any, office: Client) -> None:
    answer = publish(office, two[1], over="1", dropping_known="on")
    page = answer.content.decode()
    assert answer.status_code == 409 and "又发布了第 2 版" in page
    assert "<del>31</del> → <ins>28</ins>" in page and "在第 2 版上继续" in page and "修改 · 目标" in page
    assert Version.objects.count() == 2


def test_what_a_newer_version_corrected_is_dropped_only_knowingly(two: Any, office: Client) -> None:
    targets, draft = two
    correct(office, draft, targets[1].id, value="88")  # the same in both is not lost
    answer = publish(office, draft)
    assert [one["name"] for one in answer.context["lost"]] == [name_of(targets[0])]
    assert '<caption class="unseen">会去掉的修改</caption>' in answer.content.decode()
    assert "error-summary" in answer.content.decode() and Version.objects.count() == 2
    publish(office, draft, dropping_known="on")
    assert Plan.objects.get().current.number == 3
    assert json.loads(Entry.objects.filter(action="plan.publish").latest("number").new)["drops"] == [targets[0].id]


def test_publishing_by_itself_asks_for_it_too(two: Any, people: Any) -> None:
    from bilan.portal.plans import publish as publishing
    from bilan.portal.plans.decide import DecisionError

    with pytest.raises(DecisionError, match="第 2 版"):
        publishing.publish(two[1], people.plan_office, "", 0, 2)


def test_a_draft_goes_on_from_the_newer_version_with_its_own_decisions(two: Any, office: Client) -> None:
    targets, draft = two
    correct(office, draft, targets[0].id, value="29")  # both changed it
    correct(office, draft, targets[1].id, value="88")  # both the same
    correct(office, draft, targets[2].id, value="91")
    office.post(f"{draft.get_absolute_url()}reject/?item={review_of(draft).plan.projects[0].id}&seen=9")
    task = review_of(draft).plan.tasks[0].id
    office.post(f"{draft.get_absolute_url()}confirm/?item={task}&seen=9")
    page = office.post(f"{draft.get_absolute_url()}continue/", follow=True)
    new = Draft.objects.get(state="reviewing")
    assert page.redirect_chain[-1][0] == new.get_absolute_url() and name_of(targets[0]) in page.content.decode()
    review = review_of(new)
    assert [one.value for one in review.plan.targets[:3]] == [28, 88, 91]
    assert review.plan.projects == [] and review.state(task) == "confirmed"
    unseen = [one.id for one in review.plan.tasks[1:]]  # nobody looked at them for either version, nor in this draft
    assert unseen and {review.state(one) for one in unseen} == {"unreviewed"} and review.carried == 0
    draft.refresh_from_db()
    assert (draft.state, new.base.number) == ("discarded", 2)
    assert json.loads(Entry.objects.get(action="draft.continue").new)["unfit"] == [targets[0].id]
    publish(office, new)
    assert [one.value for one in Plan.objects.get().current.compiled_plan().targets[:3]] == [28, 88, 91]


def test_a_draft_of_the_version_in_force_has_nothing_to_go_on_from(draft: Any, office: Client) -> None:
    page = office.post(f"{draft.get_absolute_url()}continue/", follow=True).content.decode()
    assert "不能在现行版本上继续" in page and Draft.objects.get().open


def test_a_draft_of_another_document_is_published_knowingly(
    draft: Any, upload: Callable[..., Any], office: Client
) -> None:
    upload(TEXT.replace("86%", "88%"), to=f"{draft.plan.get_absolute_url()}upload/")
    other = Draft.objects.exclude(pk=draft.pk).get()
    publish(office, draft)
    page = publish(office, other)
    assert "读自另一份文件" in page.content.decode() and Version.objects.count() == 1
    publish(office, other, dropping_known="on")
    assert Version.objects.count() == 2


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
    for action in ("publish", "continue", "discard"):
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


def test_a_version_is_searched(version: Any, plan: Any, client_of: Callable[[str], Client]) -> None:
    address = version.get_absolute_url()
    found = client_of("public").get(f"{address}?q=pm2.5")
    assert [row.item.id for row in found.context["rows"]] == [plan.targets[0].id]
    assert f"1 / {len(plan.targets)}" in found.content.decode()
    assert "这张清单里没有这些字" in client_of("public").get(f"{address}?q=没有这个").content.decode()
    gap = plan.gaps[0].message
    assert client_of("plan_office").get(f"{address}?list=gaps&q={gap}").context["fitting"] >= 1


def test_targets_in_force_lead_to_the_board_of_those_who_see_it(
    version: Any, plan: Any, office: Client, client_of: Callable[[str], Client]
) -> None:
    address, link = version.get_absolute_url(), f'href="/targets/{version.plan.slug}/{plan.targets[0].id}/"'
    pages = {who: client_of(who).get(address).content.decode() for who in ("plan_office", "leader", "public")}
    assert [link in pages[who] for who in ("plan_office", "leader", "public")] == [True, True, False]
    assert "/targets/" not in client_of("leader").get(f"{address}?list=tasks").content.decode().partition("<main")[2]
    office.post(f"{address}revise/")
    publish(office, Draft.objects.get(base=version))
    assert link not in office.get(address).content.decode()  # no longer in force


def test_the_page_of_a_plan_begins_with_what_is_published(
    version: Any, office: Client, client_of: Callable[[str], Client]
) -> None:
    address = version.plan.get_absolute_url()
    seen = office.get(address).content.decode()
    assert 0 < seen.index("发布的版本</h2>") < seen.index("正在核对的审核稿</h2>") and "从上面的版本开始修订" in seen
    for who in ("leader", "public"):
        page = client_of(who).get(address).content.decode()
        assert "发布的版本</h2>" in page and "审核稿</h2>" not in page and "开始修订" not in page, who
    office.post(f"{version.get_absolute_url()}revise/")
    page = client_of("leader").get(address).content.decode()
    assert page.index("发布的版本</h2>") < page.index("正在核对的审核稿</h2>")


def test_a_plan_without_a_version_begins_with_its_draft(draft: Any, office: Client) -> None:
    page = office.get(draft.plan.get_absolute_url()).content.decode()
    assert 0 < page.index("正在核对的审核稿</h2>") < page.index("发布的版本</h2>")


def test_a_corrected_item_says_what_was_read(
    draft: Any, plan: Any, office: Client, client_of: Callable[[str], Client]
) -> None:
    first, second = plan.targets[:2]
    correct(office, draft, first.id, value="30", unit="毫克/立方米")
    correct(office, draft, second.id, value="88")
    correct(office, draft, second.id, value="86", seen=9)  # and back
    publish(office, draft)
    address = Version.objects.get().get_absolute_url()
    rows = {row.item.id: row for row in office.get(address).context["rows"]}
    assert [words for words in rows[first.id].was if "31微克" in words] and rows[second.id].was == []
    assert "改过" in office.get(address).content.decode()
    assert "改过" not in client_of("public").get(address).content.decode()


@pytest.fixture
def revision(draft: Any, plan: Any, office: Client) -> Any:
    """A draft of the next version; of the first, one target had been confirmed."""
    office.post(f"{draft.get_absolute_url()}confirm/?item={plan.targets[0].id}")
    publish(office, draft)
    version = Version.objects.get()
    office.post(f"{version.get_absolute_url()}revise/")
    return Draft.objects.select_related("plan", "base").get(base=version)


def test_a_revision_takes_over_what_its_version_stands_for(revision: Any, plan: Any, office: Client) -> None:
    review = review_of(revision)
    done, whole = review.progress()
    assert done == whole and not revision.corrections.exists()
    assert [review.state(one.id) for one in plan.targets[:2]] == ["confirmed", "carried"]
    page = office.get(revision.get_absolute_url()).content.decode()
    assert "沿用上一版的核对" in page and "没有单独核对" in page
    carried = office.get(f"{revision.get_absolute_url()}?list=targets&state=carried")
    assert carried.context["fitting"] == len(plan.targets) - 1


def test_a_revision_is_published_by_what_it_changed(revision: Any, plan: Any, office: Client) -> None:
    address = f"{revision.get_absolute_url()}publish/"
    assert "内容和第 1 版一样" in office.get(address).content.decode()
    correct(office, revision, plan.targets[1].id, value="88")
    office.post(f"{revision.get_absolute_url()}reject/?item={plan.projects[0].id}&seen=1")
    page = office.get(address)
    words = page.content.decode()
    assert [one["name"] for one in page.context["changes"]] == [name_of(plan.targets[1]), name_of(plan.projects[0])]
    assert "与第 1 版相比改了 2 项" in words and "<del>86</del> → <ins>88</ins>" in words
    assert "id_unreviewed_known" not in words
    assert publish(office, revision, unreviewed_known="").status_code == 302
    told = json.loads(Entry.objects.filter(action="plan.publish").latest("number").new)
    assert told["unreviewed"] == 0 and told["carried"] == review_of(revision).carried > 0  # nobody looked at these


def test_what_was_only_taken_over_is_not_kept_as_looked_at(revision: Any, plan: Any, office: Client) -> None:
    office.post(f"{revision.get_absolute_url()}confirm/?item={plan.targets[1].id}")
    assert review_of(revision).state(plan.targets[1].id) == "confirmed"
    publish(office, revision)
    assert Version.objects.get(number=2).reviewed == [one.id for one in plan.targets[:2]]


def test_another_document_takes_nothing_over(version: Any, office: Client, upload: Callable[..., Any]) -> None:
    upload(TEXT.replace("31微克", "29微克"), to=f"{version.plan.get_absolute_url()}upload/", name="修订稿.txt")
    draft = Draft.objects.get(base=version)
    assert review_of(draft).progress()[0] == 0
    page = office.get(f"{draft.get_absolute_url()}publish/")
    assert page.context["changes"] == [] and "相比改了" not in page.content.decode()


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


def test_what_changed_in_a_draft_is_taken_along_by_those_who_may_and_it_is_logged(
    version: Any, office: Client, people: Any, client_of: Callable[[str], Client]
) -> None:
    office.post(f"{version.get_absolute_url()}revise/")
    draft = Draft.objects.get(base=version)
    address = f"{version.plan.get_absolute_url()}compare/?old=v1&new=draft-{draft.pk}"
    assert "format=json" in office.get(address).content.decode()
    assert not Entry.objects.filter(action="draft.export").exists()
    assert office.get(f"{address}&format=json").json()["counts"]["dropped"] == 0
    told = json.loads(Entry.objects.get(action="draft.export").new)
    assert told == {"form": "diff", "old": "v1", "new": f"draft-{draft.pk}"}
    reads = client_of("analyst").get(address)
    assert reads.status_code == 200 and "format=json" not in reads.content.decode()
    assert client_of("analyst").get(f"{address}&format=json").status_code == 403
    assert Entry.objects.filter(action="draft.export").count() == 1


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


def test_a_draft_of_a_dropped_plan_is_not_published(draft: Any, office: Client) -> None:
    Plan.objects.update(dropped=draft.started_at)
    assert "已经丢弃" in publish(office, draft).content.decode() and not Version.objects.exists()


@pytest.mark.skipif(not connection.features.has_select_for_update, reason="SQLite locks no rows")
@pytest.mark.optional
def test_the_plan_is_locked_before_its_drafts(draft: Any, office: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        publish(office, draft)
    locks = [one["sql"] for one in asked if "FOR NO KEY UPDATE" in one["sql"] or "FOR UPDATE" in one["sql"]]
    tables = [sql.partition(' FROM "')[2].partition('"')[0] for sql in locks]
    assert Version.objects.exists() and tables.index("plans_plan") < tables.index("plans_draft")


def test_going_on_keeps_who_decided_and_when(
    two: tuple[Any, Any], office: Client, people: Any, client_of: Callable[[str], Client]
) -> None:
    _first, second = two
    other = User.objects.create_user("wang", "qing-he-2026-lan", name="王审核", region=people.regions["990100"])
    Membership.objects.create(user=other, role="plan_office", region=people.regions["990100"])
    people.users["wang"] = other
    targets = review_of(second).plan.targets
    before = review_of(second).number
    correct(client_of("wang"), second, targets[2].id, seen=before, reference="较2025年")
    office.post(f"{second.get_absolute_url()}confirm/?item={review_of(second).plan.tasks[0].id}&seen=99")
    old = {row.item: (row.by_id, row.at) for row in review_of(second).standing.values()}
    office.post(f"{second.get_absolute_url()}continue/")
    new = Draft.objects.get(continues=second)
    found = {row.item: (row.by_id, row.at) for row in new.corrections.all()}
    assert targets[2].id in found and len(found) >= 2
    assert found == {item: old[item] for item in found}
    assert found[targets[2].id][0] == other.pk
    history = office.get(f"{new.get_absolute_url()}history/").content.decode()
    assert f"{second.get_absolute_url()}history/" in history and "王审核" in history
    steps = [step.number for step in review_of(new).in_force]
    office.post(f"{new.get_absolute_url()}undo/")
    assert len(review_of(new).in_force) == len(steps) - 1  # one thing, not all
    assert review_of(new).state(targets[2].id) == "corrected"


def test_who_may_not_give_a_draft_up_does_not_go_on_from_it(
    two: tuple[Any, Any], office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilan.portal.plans.views import versions

    monkeypatch.setattr(versions, "allowed", lambda user, subject, action, row: action != "delete")
    assert office.post(f"{two[1].get_absolute_url()}continue/").status_code == 403
    assert Draft.objects.get(pk=two[1].pk).state == "reviewing"


def test_drafts_that_were_discarded_are_listed_without_being_replayed(
    draft: Any, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilan.portal.plans.views import shelf

    office.post(f"{draft.get_absolute_url()}discard/")
    monkeypatch.setattr(shelf, "review_of", None)
    page = office.get(draft.plan.get_absolute_url()).content.decode()
    assert "没有正在核对的审核稿" in page and draft.get_absolute_url() in page


# --- what is long is read where it is shown ---

_LONG = re.compile(r'SELECT(?:(?! FROM ).)*"(?:compiled|text|reviewed)"', re.DOTALL)


def read_long(client: Client, address: str) -> list[str]:
    """The queries of a page that read a whole plan or document."""
    from bilan.portal.core.held import forget

    forget()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return [one["sql"] for one in asked if _LONG.match(one["sql"])]


@pytest.mark.parametrize("who", ["public", "plan_office"])
def test_lists_read_no_whole_plan(
    revision: Any, client_of: Callable[[str], Client], upload: Callable[..., Any], who: str
) -> None:
    upload("……", to=f"{revision.plan.get_absolute_url()}upload/")
    assert _LONG.match('SELECT "a"."compiled" FROM "a"')
    assert read_long(client_of(who), "/plans/") == []


def test_the_page_of_a_plan_reads_no_whole_version(version: Any, client_of: Callable[[str], Client]) -> None:
    assert read_long(client_of("public"), version.plan.get_absolute_url()) == []


def test_the_page_of_a_version_reads_that_version_once(version: Any, client_of: Callable[[str], Client]) -> None:
    client, address = client_of("public"), version.get_absolute_url()
    assert len(read_long(client, address)) == 1
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    assert not [one["sql"] for one in asked if _LONG.match(one["sql"])]


def test_an_older_version_reads_nothing_of_the_one_in_force(
    revision: Any, plan: Any, office: Client, client_of: Callable[[str], Client]
) -> None:
    publish(office, revision, unreviewed_known="on")
    first = revision.plan.versions.get(number=1)
    assert sum(sql.count('"compiled"') for sql in read_long(client_of("public"), first.get_absolute_url())) == 1


def test_reviews_and_plans_are_let_go_with_everything_held(draft: Any) -> None:
    from bilan.portal.core.held import forget
    from bilan.portal.plans.state import begun, review_of

    review, plan = review_of(draft), begun(draft)
    assert review_of(draft) is review and begun(draft) is plan
    forget()
    assert review_of(draft) is not review and begun(draft) is not plan


def test_a_plan_that_is_held_is_found_without_its_text(version: Any) -> None:
    from bilan.portal.plans.models import Version

    held = version.compiled_plan()
    again = Version.objects.defer("compiled").get(pk=version.pk)
    assert again.compiled_plan() is held and "compiled" in again.get_deferred_fields()
