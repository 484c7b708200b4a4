"""The log: only ever added to, chained, verified, safe under many writers, and shown to those who may read it."""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

import bilan.portal
from bilan.portal.audit import anchors, guards
from bilan.portal.audit.append_only import AppendOnlyError
from bilan.portal.audit.chain import canonical, hash_of
from bilan.portal.audit.differences import differences
from bilan.portal.audit.models import Entry, Head
from bilan.portal.audit.record import record
from bilan.portal.audit.verify import verify
from bilan.portal.audit.words import ACTIONS
from bilan.portal.jobs.models import State
from bilan.portal.plans.models import CorrectionKind


@pytest.fixture
def five(people: Any) -> list[Entry]:
    for number in range(1, 6):
        record("test.made", label=f"第{number}条", new={"value": number}, region=people.regions["990102"])
    return list(Entry.objects.order_by("number"))


def tamper(statement: str, *values: Any) -> None:
    """Do to the table what somebody with the database in his hands can do."""
    guards.remove()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    guards.install()


def test_entries_tell_who_what_old_new_where(people: Any) -> None:
    user = people.officer
    entry = record("user.change", row=user, old={"name": "甲"}, new={"name": "乙"}, plan="p1", actor=user)
    assert (entry.number, entry.actor, entry.actor_name) == (1, user.pk, "officer（officer）")
    assert (entry.object, entry.object_id, entry.label) == ("user", str(user.pk), "officer")
    assert (entry.old, entry.new, entry.plan, entry.region_id) == ('{"name":"甲"}', '{"name":"乙"}', "p1", "990102")
    assert entry.previous == "0" * 64
    assert Entry.objects.get().hash == hash_of(Entry.objects.get())


def test_requests_are_recorded_with_their_address(people: Any) -> None:
    Client(REMOTE_ADDR="10.1.2.3").post("/account/login/", {"username": "nobody", "password": "x"})
    entry = Entry.objects.get()
    assert (entry.action, entry.label, entry.address, entry.actor) == ("session.failed", "nobody", "10.1.2.3", None)


def test_nothing_changes_or_deletes_an_entry(five: list[Entry]) -> None:
    for attempt in (
        five[0].save,
        five[0].delete,
        lambda: Entry.objects.filter(number=1).update(label="x"),
        Entry.objects.all().delete,
        lambda: Entry.objects.bulk_update(five, ["label"]),
    ):
        with pytest.raises(AppendOnlyError):
            attempt()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET label = 'x' WHERE number = 2", "DELETE FROM audit_entry WHERE number = 2"],
    ids=["update", "delete"],
)
def test_the_database_refuses_it_too(five: list[Entry], statement: str) -> None:
    with pytest.raises(DatabaseError, match="neither changed nor deleted"), transaction.atomic():
        connection.cursor().execute(statement)
    assert verify({}).ok


def test_an_untouched_log_is_whole(five: list[Entry]) -> None:
    found = verify({one.number: one.hash for one in five})
    assert (found.ok, found.entries, found.last) == (True, 5, five[-1].hash)


@pytest.mark.parametrize("column", ["label", "old", "new", "actor_name", "action", "address", "plan", "object_id"])
def test_a_changed_column_is_found(five: list[Entry], column: str) -> None:
    tamper(f"UPDATE audit_entry SET {column} = 'x' WHERE number = 3")
    found = verify({})
    assert (found.broken, found.problem) == (3, "内容与散列不符，被改过")


def test_a_changed_time_actor_or_region_is_found(five: list[Entry], people: Any) -> None:
    tamper("UPDATE audit_entry SET actor = 77 WHERE number = 4")
    assert verify({}).broken == 4
    tamper("UPDATE audit_entry SET region_id = '990103' WHERE number = 3")
    assert verify({}).broken == 3
    tamper("UPDATE audit_entry SET at = '2020-01-01 00:00:00+00:00' WHERE number = 2")
    assert verify({}).broken == 2


def test_a_removed_entry_is_found(five: list[Entry]) -> None:
    tamper("DELETE FROM audit_entry WHERE number = 3")
    found = verify({})
    assert (found.broken, "缺第 3 条" in found.problem) == (3, True)


def test_a_removed_entry_whose_gap_was_closed_is_found(five: list[Entry]) -> None:
    tamper("DELETE FROM audit_entry WHERE number = 3")
    tamper("UPDATE audit_entry SET number = 3 WHERE number = 4")
    tamper("UPDATE audit_entry SET number = 4 WHERE number = 5")
    assert verify({}).broken == 3


def test_entries_in_another_order_are_found(five: list[Entry]) -> None:
    for before, after in ((2, 99), (3, 2), (99, 3)):
        tamper("UPDATE audit_entry SET number = %s WHERE number = %s", after, before)
    assert verify({}).broken == 2


def test_a_cut_end_is_found_by_the_head_and_by_the_anchors(five: list[Entry]) -> None:
    tamper("DELETE FROM audit_entry WHERE number > 3")
    assert verify({}).broken == 4
    Head.objects.update(number=3, hash=five[2].hash)  # whoever cuts the end may mend the head
    assert verify({}).ok
    found = verify({one.number: one.hash for one in five})
    assert (found.broken, "截去" in found.problem) == (4, True)


def test_a_chain_computed_anew_is_found_by_the_anchors(five: list[Entry]) -> None:
    previous = five[1].previous
    for entry in Entry.objects.filter(number__gte=2).order_by("number"):
        entry.label, entry.previous = f"改后的{entry.label}", previous
        previous = hash_of(entry)
        tamper(
            "UPDATE audit_entry SET label = %s, previous = %s, hash = %s WHERE number = %s",
            *(entry.label, entry.previous, previous, entry.number),
        )
    Head.objects.update(hash=previous)
    assert verify({}).ok
    found = verify({one.number: one.hash for one in five})
    assert (found.broken, "抄存" in found.problem) == (2, True)


def test_entries_that_others_add_meanwhile_belong_to_it(five: list[Entry], monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.audit import verify as module

    looked_at = module._problem

    def somebody_logs_in(entry: Entry, *rest: Any) -> str:
        if entry.number == 5:
            record("test.meanwhile")
        return looked_at(entry, *rest)

    monkeypatch.setattr(module, "_problem", somebody_logs_in)
    found = verify({})
    assert (found.ok, found.entries) == (True, 6)


def test_an_entry_before_the_first_is_found(five: list[Entry]) -> None:
    tamper("UPDATE audit_entry SET number = 0 WHERE number = 3")
    assert verify({}).broken == 0


def test_an_entry_of_a_change_that_was_taken_back_leaves_no_gap(five: list[Entry]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        record("test.undone")
        raise RuntimeError
    record("test.after")
    assert list(Entry.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert verify({}).ok


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_make_one_chain() -> None:
    failed: list[Exception] = []

    def write(name: int) -> None:
        try:
            for number in range(5):
                record("test.race", label=f"{name}-{number}")
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    found = verify(anchors.read(anchors.default_file()))
    assert (found.ok, found.entries, len(anchors.read(anchors.default_file()))) == (True, 30, 30)


def test_a_line_of_the_anchors_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    from bilan.errors import FileError

    file = tmp_path / "noted"
    file.write_text(f"1 {'a' * 64}\nsomething\n")
    with pytest.raises(FileError, match="第 2 行"):
        anchors.read(file)
    assert anchors.read(tmp_path / "none") == {}


# --- the page ---


def test_the_page_filters(people: Any, client_of: Callable[[str], Client], five: list[Entry]) -> None:
    record("plan.publish", label="清河市方案", plan="qinghe", region=people.regions["990100"], actor=people.plan_office)
    client = client_of("administrator")

    def shown(query: str) -> set[int]:
        return {entry.number for entry in client.get(f"/audit/?{query}").context["page_obj"]}

    assert shown("action=plan.publish") == {6}
    assert shown("who=plan_off") == {6}
    assert shown("plan=qinghe&text=方案") == {6}
    assert shown("region=临江区") == {1, 2, 3, 4, 5}
    assert shown("text=第3条") == {3}
    assert shown("since=2999-01-01") == set()
    assert len(shown("since=nonsense")) >= 6  # what cannot be read filters nothing and is told
    assert client.get("/audit/?since=nonsense").context["form"].errors


def test_the_log_of_elsewhere_is_not_shown(people: Any, client_of: Callable[[str], Client], five: list[Entry]) -> None:
    record("test.far", region=people.regions["371300"])
    record("test.nowhere")
    seen = client_of("city_administrator").get("/audit/").context["page_obj"]
    assert {entry.number for entry in seen if entry.action.startswith("test")} == {1, 2, 3, 4, 5}


def test_the_export_is_the_same_rows_without_formulas(people: Any, client_of: Callable[[str], Client]) -> None:
    record("test.formula", label='=HYPERLINK("http://x")', new={"a": 1}, region=people.regions["990102"])
    record("test.far", label="far", region=people.regions["371300"])
    answer = client_of("city_administrator").get("/audit/export/?action=test")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["action"], row["label"]) for row in rows] == [("test.formula", '\'=HYPERLINK("http://x")')]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert Entry.objects.filter(action="audit.export").exists()
    assert client_of("officer").get("/audit/export/").status_code == 403
    assert client_of("leader").get("/audit/export/").status_code == 403  # reads, but takes nothing away


def test_the_export_tells_the_time_of_the_site_and_the_one_that_was_hashed(
    people: Any, client_of: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 23, 16, 5, 9, 70, tzinfo=UTC))
    made = record("test.made", new={"a": 1}, region=people.regions["990102"], actor=people.officer)
    monkeypatch.undo()
    answer = client_of("administrator").get("/audit/export/?action=test")
    (row,) = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert (row["at"], row["at_utc"]) == ("2026-11-24T00:05:09+08:00", "2026-11-23T16:05:09.000070+00:00")
    told = {name: cell for name, cell in row.items() if name not in ("at", "at_utc", "hash")}
    numbers = {"number": int(row["number"]), "actor": int(row["actor"])}
    hashed = canonical({**told, **numbers, "at": row["at_utc"]})
    assert hashlib.sha256(hashed.encode()).hexdigest() == row["hash"] == made.hash


SOURCE = Path(bilan.portal.__file__).parent
ENDED = (State.DONE, State.FAILED, State.CANCELLED, State.LOST)


def recorded() -> set[str]:
    """The codes that the portal writes into its log."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record" and node.args:
                found |= {str(one.value) for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant)}
    made = {f"draft.{kind}" for kind in CorrectionKind.values} | {f"job.{state}" for state in ENDED}
    return {code for code in found if re.fullmatch(r"[a-z]+\.[a-z_]+", code)} | made


def test_everything_that_is_recorded_has_words_to_ask_for_it() -> None:
    assert len(recorded()) > 40
    assert recorded() - ACTIONS.keys() == set()


def test_the_log_speaks_in_words_and_shows_all_of_a_long_value(people: Any, client_of: Callable[[str], Client]) -> None:
    record("closing.approve", label="A", new={"why": "很长" * 200 + "末尾"}, region=people.regions["990102"])
    page = client_of("administrator").get("/audit/?action=closing.approve").content.decode()
    assert "结账<code" in page
    assert '<option value="closing.approve" selected>结账</option>' in page
    assert "末尾" in page


def in_words(action: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[tuple[str, str, str]]:
    entry = record(action, old=old, new=new)
    return [(one.field, one.before, one.after) for one in differences(entry)]


def test_values_are_told_in_words(people: Any) -> None:
    judged = {"reason": "内部纪要", "value": "on_course", "what": "judgement", "year": None, "target": "p1-target-2"}
    assert in_words("entry.create", None, judged) == [("判定", "", "正常推进"), ("理由", "", "内部纪要")]
    with override("en"):
        assert in_words("entry.create", None, judged)[0] == ("Judgement", "", "on course")
        assert in_words("job.done", None, {"error": "", "kind": "plans.compile"}) == [
            ("Kind", "", "Reading a plan document")
        ]
    given = {"role": "leader", "user": "wang", "valid_from": "2026-09-30"}
    assert in_words("role.create", None, given) == [
        ("角色", "", "领导"), ("用户名", "", "wang"), ("开始日期", "", "2026年9月30日")
    ]  # fmt: skip
    assert in_words("user.change", {"phone": "1", "is_active": True}, {"phone": "", "is_active": False}) == [
        ("启用", "是", "否"), ("电话", "1", "")
    ]  # fmt: skip
    corrected = {"item": "p1-target-2", "value": 30.0, "operator": "<="}
    assert in_words("draft.correct", {"value": 31.0, "operator": ">="}, corrected) == [
        ("比较方式", "不低于", "不高于"), ("数值", "31", "30")
    ]  # fmt: skip
    rejected = {"due": "2027", "name": "用水量", "start": 7, "id": "p1-target-2", "unit": "%", "soft": False}
    assert [field for field, _, _ in in_words("draft.reject", rejected, {"item": "p1-target-2"})] == [
        "指标名称", "单位", "完成时限", "力争"
    ]  # fmt: skip
    assert in_words("file.create", None, {"name": "a.txt", "size": 2048, "sha256": "ab"})[0] == ("名称", "", "a.txt")
    assert in_words("unit.change", None, {"of_tomorrow": "x", "nothing": []}) == [("of_tomorrow", "", "x")]


def test_pages_show_words_and_the_log_the_json_folded_up(people: Any, client_of: Callable[[str], Client]) -> None:
    record("closing.reopen", label="A", new={"reason": "数据更正"}, region=people.regions["990102"])
    client = client_of("administrator")
    log = client.get("/audit/?action=closing.reopen").content.decode()
    assert "理由：<ins>数据更正</ins>" in log
    assert "{&quot;reason&quot;" in log.partition("<details")[2]
    overview = client.get("/administration/").content.decode()
    assert "理由：<ins>数据更正</ins>" in overview
    assert "{&quot;" not in overview


def test_values_that_cannot_be_read_are_not_told() -> None:
    assert differences(Entry(action="unit.change", old="[1]", new="{")) == []
