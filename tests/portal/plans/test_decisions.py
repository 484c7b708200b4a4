"""Confirm, correct, reject, restore, add, undo, redo: what each does, who may, and what happens when two people do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils.timezone import localtime

from bilan.portal.audit.append_only import AppendOnlyError
from bilan.portal.audit.models import Entry
from bilan.portal.plans.models import Correction, Draft
from bilan.portal.plans.state import review_of

from .conftest import TEXT

HTMX = {"HX-Request": "true"}
ACTIONS = ("confirm", "reject", "restore", "edit", "add", "undo", "redo", "confirm-shown")


def do(client: Client, draft: Any, action: str, item: str = "", seen: int = 0, **data: Any) -> Any:
    query = f"?item={item}&seen={seen}" if item else ""
    return client.post(f"{draft.get_absolute_url()}{action}/{query}", data)


def correct(client: Client, draft: Any, item: str, seen: int = 0, **changed: str) -> Any:
    """Send the form of an item with some fields changed, as a browser would."""
    page = client.get(f"{draft.get_absolute_url()}edit/?item={item}")
    form = page.context["form"]
    data = {name: form.initial.get(name) or "" for name in form.fields}
    return client.post(f"{draft.get_absolute_url()}edit/?item={item}", {**data, **changed, "seen": str(seen)})


@pytest.fixture
def second(people: Any, client_of: Callable[[str], Client]) -> Client:
    """Another person of the same plan office."""
    from bilan.portal.people.models import Membership, User

    user = User.objects.create_user("second", "qing-he-2026-lan", name="王审核", region=people.regions["990100"])
    Membership.objects.create(user=user, role="plan_office", region=people.regions["990100"])
    people.users["second"] = user
    return client_of("second")


def test_a_confirmed_item_counts_as_reviewed(draft: Any, plan: Any, office: Client) -> None:
    target = plan.targets[0].id
    done, whole = review_of(draft).progress()
    answer = do(office, draft, "confirm", target)
    assert answer["Location"] == f"{draft.get_absolute_url()}?list=targets&item={target}#{target}"
    review = review_of(draft)
    assert (review.progress(), review.state(target)) == ((done + 1, whole), "confirmed")
    assert review.plan is not None and review.plan.plan.version == plan.plan.version
    row = Correction.objects.get()
    assert (row.kind, row.item, row.number, row.by.username, row.region_id) == (
        *("confirm", target, 1, "plan_office"),
        "990100",
    )
    assert Entry.objects.filter(action="draft.confirm", plan=draft.plan_id).count() == 1


def test_confirming_again_changes_nothing(draft: Any, plan: Any, office: Client) -> None:
    do(office, draft, "confirm", plan.targets[0].id)
    do(office, draft, "confirm", plan.targets[0].id, seen=1)
    assert Correction.objects.count() == 1


def test_a_corrected_field_keeps_old_and_new(draft: Any, plan: Any, office: Client) -> None:
    target = next(t for t in plan.targets if t.value == 31)
    answer = correct(office, draft, target.id, value="30", due="2027年底")
    assert answer.status_code == 302, answer.context["form"].errors
    review = review_of(draft)
    now = next(t for t in review.plan.targets if t.id == target.id)
    assert (now.value, now.due, now.confidence, review.state(target.id)) == (30.0, "2027-12", 1.0, "corrected")
    row = Correction.objects.get()
    assert json.loads(row.old) == {"value": 31.0, "due": target.due}
    assert json.loads(row.new) == {"value": 30.0, "due": "2027-12"}
    entry = Entry.objects.get(action="draft.correct")
    assert '"value":31' in entry.old.replace(" ", "") and '"value":30' in entry.new.replace(" ", "")
    history = office.get(f"{draft.get_absolute_url()}history/").content.decode()
    assert "<del>31</del> → <ins>30</ins>" in history and "plan_office" in history


def test_a_form_sent_as_it_was_is_a_confirmation(draft: Any, plan: Any, office: Client) -> None:
    for item in (plan.targets[0], plan.tasks[0], plan.measures[0], *plan.projects[:1]):
        number = Correction.objects.count()
        correct(office, draft, item.id, seen=number)
        row = Correction.objects.latest("number")
        assert (row.item, row.kind) == (item.id, "confirm")


def test_what_cannot_be_read_is_said_at_its_field_and_nothing_is_taken(draft: Any, plan: Any, office: Client) -> None:
    target = plan.targets[0].id
    answer = correct(office, draft, target, value="三十一左右", due="早晚")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "应填数字，单位写在“单位”列" in page and "不是可识别的时期" in page
    assert 'href="#id_value"' in page and "三十一左右" in page  # what was entered stays
    assert not Correction.objects.exists()


def test_fields_that_contradict_each_other_are_refused(draft: Any, plan: Any, office: Client) -> None:
    answer = correct(office, draft, plan.targets[0].id, value_max="40")
    assert "数值上限只用于区间" in answer.content.decode() and not Correction.objects.exists()


def test_what_looks_wrong_is_taken_with_a_word(draft: Any, plan: Any, office: Client) -> None:
    answer = correct(office, draft, plan.targets[0].id, value="-31")
    page = office.get(answer["Location"].partition("#")[0]).content.decode()
    assert "是负数，请核对" in page and review_of(draft).plan.targets[0].value == -31


def test_a_changed_lead_changes_the_duties(draft: Any, plan: Any, office: Client) -> None:
    correct(office, draft, plan.tasks[2].id, leads="市城管局\r\n市交通局")
    review = review_of(draft)
    assert {"市城管局", "市交通局"} <= {written for duty in review.plan.duties for written in duty.written}
    assert len(review.plan.gaps) < len(plan.gaps)


def test_two_units_on_one_line_are_refused(draft: Any, plan: Any, office: Client) -> None:
    assert "每行只写一个单位" in correct(office, draft, plan.tasks[2].id, leads="甲局、乙局").content.decode()


def test_a_rejected_item_leaves_the_plan_and_can_be_restored(draft: Any, plan: Any, office: Client) -> None:
    target = plan.targets[0].id
    do(office, draft, "reject", target)
    review = review_of(draft)
    assert target not in {t.id for t in review.plan.targets} and review.state(target) == "rejected"
    assert f'id="{target}" data-state="rejected"' in office.get(draft.get_absolute_url()).content.decode()
    do(office, draft, "restore", target, seen=1)
    review = review_of(draft)
    assert [t.id for t in review.plan.targets] == [t.id for t in plan.targets]
    assert review.state(target) == "confirmed" and review.plan.plan.version == plan.plan.version


def test_a_task_with_measures_is_not_rejected(draft: Any, plan: Any, office: Client) -> None:
    answer = do(office, draft, "reject", plan.tasks[0].id)
    page = office.get(answer["Location"].partition("#")[0]).content.decode()
    assert "属于这项任务" in page and not Correction.objects.exists()


def test_selected_words_become_an_item(draft: Any, plan: Any, office: Client) -> None:
    start = TEXT.index("清河湿地工程")
    address = f"{draft.get_absolute_url()}add/?list=projects"
    page = office.get(f"{address}&start={start}&end={start + 6}")
    form = page.context["form"]
    assert form.initial["name"] == "清河湿地工程" and form.initial["task"] == plan.tasks[0].id
    data = {name: form.initial.get(name, "") for name in form.fields}
    answer = office.post(address, {**data, "start": str(start), "end": str(start + 6)})
    assert answer.status_code == 302, answer.context["form"].errors
    review = review_of(draft)
    new = [p for p in review.plan.projects if p.id not in {old.id for old in plan.projects}]
    assert [(p.name, p.start, p.end) for p in new] == [("清河湿地工程", start, start + 6)]
    assert review.state(new[0].id) == "added"


def test_words_that_are_not_in_the_source_are_refused(draft: Any, office: Client) -> None:
    data = {
        "name": "甲",
        "operator": ">=",
        "kind": "target",
        "value_kind": "number",
        "value": "3",
        "quote": "并没有这句",
    }
    answer = office.post(f"{draft.get_absolute_url()}add/?list=targets", data)
    assert "原文中找不到这段文字" in answer.content.decode() and not Correction.objects.exists()


def test_a_new_item_without_what_it_needs_is_refused(draft: Any, office: Client) -> None:
    for name in ("targets", "tasks", "measures", "projects"):
        answer = office.post(f"{draft.get_absolute_url()}add/?list={name}", {})
        assert answer.status_code == 200 and "error-summary" in answer.content.decode(), name
    assert not Correction.objects.exists()


def test_undo_and_redo_go_through_ones_own_steps(draft: Any, plan: Any, office: Client) -> None:
    first, second = plan.targets[0].id, plan.targets[1].id
    do(office, draft, "confirm", first)
    correct(office, draft, second, seen=1, value="87")
    do(office, draft, "undo")
    review = review_of(draft)
    assert (review.state(first), review.state(second)) == ("confirmed", "unreviewed")
    assert review.plan.plan.version == plan.plan.version
    do(office, draft, "undo")
    assert review_of(draft).state(first) == "unreviewed"
    do(office, draft, "redo")
    do(office, draft, "redo")
    review = review_of(draft)
    assert (review.state(first), review.state(second)) == ("confirmed", "corrected")
    assert next(t for t in review.plan.targets if t.id == second).value == 87.0
    assert [row.kind for row in Correction.objects.order_by("number")] == [
        *("confirm", "correct", "undo", "undo", "redo", "redo")
    ]


def test_an_added_item_is_taken_back_and_done_again(draft: Any, plan: Any, office: Client) -> None:
    data = {"name": "清河湿地工程", "source_words": "清河湿地工程"}
    office.post(f"{draft.get_absolute_url()}add/?list=projects", data)
    count = len(review_of(draft).plan.projects)
    do(office, draft, "undo")
    assert len(review_of(draft).plan.projects) == count - 1
    do(office, draft, "redo")
    assert len(review_of(draft).plan.projects) == count


def test_a_new_step_ends_what_could_be_done_again(draft: Any, plan: Any, office: Client) -> None:
    do(office, draft, "confirm", plan.targets[0].id)
    do(office, draft, "undo")
    do(office, draft, "confirm", plan.targets[1].id)
    answer = office.post(f"{draft.get_absolute_url()}redo/", follow=True)
    assert "没有可以重做的操作" in answer.content.decode()


def test_nothing_to_undo_is_said(draft: Any, office: Client) -> None:
    answer = office.post(f"{draft.get_absolute_url()}undo/", follow=True)
    assert "没有可以撤销的操作" in answer.content.decode() and not Correction.objects.exists()


def test_many_are_confirmed_and_undone_as_one_step(draft: Any, plan: Any, office: Client) -> None:
    ids = [t.id for t in plan.targets]
    office.post(f"{draft.get_absolute_url()}confirm-shown/", {"items": ",".join(ids), "list": "targets", "seen": "0"})
    assert review_of(draft).progress("targets") == (len(ids), len(ids))
    do(office, draft, "undo")
    assert review_of(draft).progress("targets") == (0, len(ids))


def test_what_was_decided_meanwhile_is_left_out_of_many(draft: Any, plan: Any, office: Client, second: Client) -> None:
    ids = [t.id for t in plan.targets]
    do(office, draft, "confirm", ids[0])
    do(second, draft, "reject", ids[1])
    data = {"items": ",".join(ids), "list": "targets", "seen": "0"}
    page = office.post(f"{draft.get_absolute_url()}confirm-shown/", data, follow=True).content.decode()
    assert f"确认了 {len(ids) - 2} 项" in page
    assert [review_of(draft).state(id_) for id_ in ids[:3]] == ["confirmed", "rejected", "confirmed"]


def test_confirming_many_leads_back_to_the_same_filters_and_page(draft: Any, plan: Any, office: Client) -> None:
    lists = office.get(f"{draft.get_absolute_url()}?list=targets&state=unreviewed&q=PM", headers=HTMX).content.decode()
    for form in (lists.partition('id="act"')[2], lists.partition('id="confirm-shown"')[2] or lists):
        assert 'name="state" value="unreviewed"' in form and 'name="q" value="PM"' in form
    data = {"items": plan.targets[0].id, "list": "targets", "seen": "0", "state": "unreviewed", "page": "2"}
    answer = office.post(f"{draft.get_absolute_url()}confirm-shown/", data)
    assert answer["Location"] == f"{draft.get_absolute_url()}?list=targets&state=unreviewed&page=2"


# --- two people ---


def test_two_people_do_not_overwrite_each_other(draft: Any, plan: Any, office: Client, second: Client) -> None:
    target = plan.targets[0].id
    correct(office, draft, target, seen=0, value="30")
    answer = correct(second, draft, target, seen=0, value="29")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "plan_office 刚刚修改了" in page and "没有保存" in page
    assert review_of(draft).plan.targets[0].value == 30.0
    now = page[page.index("现在的内容") : page.index("再按“保存”")]
    assert re.findall(r"<dd>([^<]*)</dd>", now) == ["30"]  # the number that stands, of the fields that differ
    assert 'name="seen" value="1"' in page and 'value="29"' in page  # saved once more, what he filled in stands
    assert correct(second, draft, target, seen=1, value="29").status_code == 302
    assert review_of(draft).plan.targets[0].value == 29.0


def test_one_person_in_two_windows_is_told_that_it_was_he(draft: Any, plan: Any, office: Client) -> None:
    target = plan.targets[0].id
    correct(office, draft, target, seen=0, value="30")
    page = correct(office, draft, target, seen=0, value="29").content.decode()
    assert "您在另一个窗口里刚刚修改了" in page and "plan_office 刚刚" not in page


def test_a_button_on_an_item_that_was_changed_shows_how_it_is_now(
    draft: Any, plan: Any, office: Client, second: Client
) -> None:
    target = plan.targets[0].id
    correct(office, draft, target, value="30")
    answer = second.post(f"{draft.get_absolute_url()}reject/?item={target}&seen=0", headers=HTMX)
    assert answer.status_code == 409
    assert "plan_office 刚刚修改了" in json.loads(answer["HX-Trigger"])["bilan:toast"]["words"]
    assert f'id="{target}"' in answer.content.decode() and 'data-state="corrected"' in answer.content.decode()
    assert Correction.objects.count() == 1


def test_work_on_different_items_goes_on(draft: Any, plan: Any, office: Client, second: Client) -> None:
    do(office, draft, "confirm", plan.targets[0].id, seen=0)
    do(second, draft, "confirm", plan.targets[1].id, seen=0)
    assert review_of(draft).progress("targets")[0] == 2


def test_undo_takes_back_ones_own_step_not_the_others(draft: Any, plan: Any, office: Client, second: Client) -> None:
    do(office, draft, "confirm", plan.targets[0].id)
    do(second, draft, "confirm", plan.targets[1].id)
    do(office, draft, "undo")
    review = review_of(draft)
    assert (review.state(plan.targets[0].id), review.state(plan.targets[1].id)) == ("unreviewed", "confirmed")


def test_a_step_on_which_another_built_is_not_undone(draft: Any, plan: Any, office: Client, second: Client) -> None:
    target = plan.targets[0].id
    correct(office, draft, target, value="30")
    correct(second, draft, target, seen=1, value="29")
    answer = office.post(f"{draft.get_absolute_url()}undo/", follow=True)
    assert "之后 王审核 又改了" in answer.content.decode()
    assert review_of(draft).plan.targets[0].value == 29.0


def test_what_was_taken_back_is_not_done_again_over_anothers_change(
    draft: Any, plan: Any, office: Client, second: Client
) -> None:
    target = plan.targets[0].id
    correct(office, draft, target, value="30")
    do(office, draft, "undo")
    correct(second, draft, target, seen=2, value="29")
    answer = office.post(f"{draft.get_absolute_url()}redo/", follow=True)
    assert "不能重做" in answer.content.decode() and review_of(draft).plan.targets[0].value == 29.0


def test_two_steps_on_one_item_are_taken_back_and_done_again(draft: Any, plan: Any, office: Client) -> None:
    target = plan.targets[0].id
    correct(office, draft, target, value="30")
    correct(office, draft, target, seen=1, value="29")
    found = []
    for action in ("undo", "undo", "redo", "redo"):
        do(office, draft, action)
        found.append(review_of(draft).plan.targets[0].value)
    assert found == [30.0, 31.0, 30.0, 29.0]


def test_what_another_took_back_is_in_nobodys_way(draft: Any, plan: Any, office: Client, second: Client) -> None:
    target = plan.targets[0].id
    correct(office, draft, target, value="30")
    correct(second, draft, target, seen=1, value="29")
    do(second, draft, "undo")
    page = office.get(f"{draft.get_absolute_url()}?list=targets").content.decode()
    assert "已修改 plan_office" in " ".join(page.split())  # whose value it is again
    do(office, draft, "undo")
    assert review_of(draft).plan.targets[0].value == 31.0
    answer = second.post(f"{draft.get_absolute_url()}redo/", follow=True)
    assert "之后 plan_office 又改了" in answer.content.decode()  # 29 stood upon 30
    do(office, draft, "redo")
    do(second, draft, "redo")
    assert review_of(draft).plan.targets[0].value == 29.0


def test_a_measure_comes_back_after_its_task(draft: Any, plan: Any, office: Client) -> None:
    task = plan.tasks[0]
    held = [
        item.id for name in ("targets", "measures", "projects") for item in getattr(plan, name) if item.task == task.id
    ]
    assert held
    for number, item in enumerate([*held, task.id]):
        do(office, draft, "reject", item, seen=number)
    answer = office.post(f"{draft.get_absolute_url()}restore/?item={held[0]}&seen=99", follow=True)
    assert "请先恢复那项任务" in answer.content.decode() and review_of(draft).state(held[0]) == "rejected"
    do(office, draft, "restore", task.id, seen=99)
    do(office, draft, "restore", held[0], seen=99)
    assert review_of(draft).state(held[0]) == "confirmed"


def test_a_task_others_moved_items_to_is_not_taken_back(draft: Any, plan: Any, office: Client, second: Client) -> None:
    words = "总体要求"
    assert words in TEXT
    office.post(f"{draft.get_absolute_url()}add/?list=tasks", {"title": words, "source_words": words})
    task = next(t for t in review_of(draft).plan.tasks if t.title == words)
    assert correct(second, draft, plan.targets[0].id, seen=1, task=task.id).status_code == 302
    answer = office.post(f"{draft.get_absolute_url()}undo/", follow=True)
    assert "仍属于要去掉的任务" in answer.content.decode()
    assert task.id in {t.id for t in review_of(draft).plan.tasks}


# --- rights, ends, history ---


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    ("who", "status"),
    [("officer", 403), ("analyst", 403), ("leader", 403), ("other_plan_office", 404), ("public", 302)],
)
def test_only_the_plan_office_of_the_place_decides(
    draft: Any, plan: Any, client_of: Callable[[str], Client], action: str, who: str, status: int
) -> None:
    answer = do(client_of(who), draft, action, plan.targets[0].id)
    assert answer.status_code == status
    assert status != 302 or answer["Location"].startswith("/account/login/")
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"),
    [("analyst", 200), ("leader", 200), ("administrator", 200), ("officer", 403), ("other_plan_office", 404)],
)
def test_who_reads_a_draft(draft: Any, client_of: Callable[[str], Client], who: str, status: int) -> None:
    answer = client_of(who).get(draft.get_absolute_url())
    assert answer.status_code == status
    if status == 200:
        assert "formaction" not in answer.content.decode()


def test_who_reads_but_may_not_change_sees_no_buttons(draft: Any, client_of: Callable[[str], Client]) -> None:
    page = client_of("analyst").get(draft.get_absolute_url()).content.decode()
    assert "data-may-change" not in page and "data-key=" not in page


@pytest.mark.parametrize("action", ["confirm", "reject", "restore", "edit"])
def test_an_item_that_is_not_there_is_said(draft: Any, office: Client, action: str) -> None:
    answer = office.post(f"{draft.get_absolute_url()}{action}/?item=nothing", follow=True)
    assert answer.status_code == 200 and "note bad" in answer.content.decode()
    assert not Correction.objects.exists()


@pytest.mark.parametrize("action", ["confirm", "reject", "restore"])
def test_duties_are_not_decided_on(draft: Any, plan: Any, office: Client, action: str) -> None:
    do(office, draft, action, plan.duties[0].id)
    assert not Correction.objects.exists()


def test_a_draft_that_was_discarded_is_not_changed(draft: Any, plan: Any, office: Client) -> None:
    office.post(f"{draft.get_absolute_url()}discard/")
    draft.refresh_from_db()
    assert draft.state == "discarded"
    answer = office.post(f"{draft.get_absolute_url()}confirm/?item={plan.targets[0].id}", follow=True)
    assert "不能再改" in answer.content.decode() and not Correction.objects.exists()
    assert "formaction" not in office.get(draft.get_absolute_url()).content.decode()


def test_corrections_are_never_changed(draft: Any, plan: Any, office: Client) -> None:
    do(office, draft, "confirm", plan.targets[0].id)
    row = Correction.objects.get()
    for wrong in (row.save, row.delete, Correction.objects.all().delete, lambda: Correction.objects.update(label="")):
        with pytest.raises(AppendOnlyError):
            wrong()


def test_the_history_tells_what_was_taken_back_and_of_one_item(draft: Any, plan: Any, office: Client) -> None:
    page = office.get(f"{draft.get_absolute_url()}history/").content.decode()
    assert "还没有修改" in page
    do(office, draft, "confirm", plan.targets[0].id)
    do(office, draft, "undo")
    do(office, draft, "confirm", plan.targets[1].id, seen=2)
    page = office.get(f"{draft.get_absolute_url()}history/").content.decode()
    assert page.count("taken-back") == 1 and "撤销" in page
    one = office.get(f"{draft.get_absolute_url()}history/?item={plan.targets[1].id}")
    assert len(one.context["shown"]) == 1


def test_the_history_as_a_file(draft: Any, plan: Any, office: Client, client_of: Callable[[str], Client]) -> None:
    correct(office, draft, plan.targets[0].id, reference="=HYPERLINK(1)")
    answer = office.get(f"{draft.get_absolute_url()}history.csv")
    text = b"".join(answer).decode("utf-8-sig")
    at = localtime(Correction.objects.get().at).isoformat(timespec="seconds")
    assert at.endswith("+08:00") and f",{at}," in text
    assert "'=HYPERLINK(1)" in text and Entry.objects.filter(action="draft.export").exists()
    assert client_of("analyst").get(f"{draft.get_absolute_url()}history.csv").status_code == 403


def test_a_decision_by_htmx_answers_with_the_row_and_the_progress(draft: Any, plan: Any, office: Client) -> None:
    answer = office.post(f"{draft.get_absolute_url()}confirm/?item={plan.targets[0].id}&seen=0", headers=HTMX)
    page = answer.content.decode()
    assert page.lstrip().startswith("<li") and 'data-state="confirmed"' in page
    assert 'id="review-head" hx-swap-oob="true"' in page and "<html" not in page


def test_a_form_on_a_page_of_its_own_is_a_plain_form(draft: Any, plan: Any, office: Client) -> None:
    address = f"{draft.get_absolute_url()}edit/?item={plan.targets[0].id}"
    assert "hx-post" not in office.get(address).content.decode()
    assert "hx-post" in office.get(address, headers=HTMX).content.decode()


@pytest.mark.parametrize("ended", ["nobody", "too long"])
def test_without_a_session_htmx_leaves_for_the_log_in(
    draft: Any, plan: Any, office: Client, client_of: Callable[[str], Client], ended: str
) -> None:
    there = f"{draft.get_absolute_url()}?list=tasks"
    client = client_of("public") if ended == "nobody" else office
    if ended == "too long":
        session = office.session
        session["began"] = session["seen"] = 0.0
        session.save()
    headers = {**HTMX, "HX-Current-URL": f"http://testserver{there}"}
    answer = client.post(f"{draft.get_absolute_url()}confirm/?item={plan.targets[0].id}&seen=0", headers=headers)
    assert (answer.status_code, answer.content) == (200, b"") and not Correction.objects.exists()
    assert answer["HX-Redirect"] == f"/account/login/?next={quote(there, safe='/')}"


def test_a_form_by_htmx_says_what_is_wrong_and_closes_when_it_is_right(draft: Any, plan: Any, office: Client) -> None:
    address = f"{draft.get_absolute_url()}edit/?item={plan.targets[0].id}"
    form = office.get(address, headers=HTMX)
    assert form.content.decode().lstrip().startswith("<form")
    data = {name: form.context["form"].initial.get(name) or "" for name in form.context["form"].fields}
    wrong = office.post(address, {**data, "value": "x", "seen": "0"}, headers=HTMX)
    assert wrong.status_code == 200 and "error-summary" in wrong.content.decode()
    right = office.post(address, {**data, "value": "30", "seen": "0"}, headers=HTMX)
    assert right["HX-Retarget"] == f"#{plan.targets[0].id}"
    assert json.loads(right["HX-Trigger"])["review:saved"] == {"item": plan.targets[0].id}


def test_numbers_of_corrections_have_no_gaps(draft: Any, plan: Any, office: Client, second: Client) -> None:
    for number, target in enumerate(plan.targets):
        do(office if number % 2 else second, draft, "confirm", target.id)
    numbers = list(Correction.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(plan.targets) + 1))
    assert Draft.objects.get().corrections.count() == len(plan.targets)
