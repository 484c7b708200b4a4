"""A document comes in, is read in the background, and stands ready for review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bilan.portal.audit.models import Entry
from bilan.portal.jobs.models import Job
from bilan.portal.people.models import Region
from bilan.portal.plans.models import Document, Draft, Plan
from bilan.portal.plans.state import review_of

from .conftest import TEXT


def test_an_uploaded_document_becomes_a_draft(upload: Callable[..., Any], client_of: Callable[[str], Client]) -> None:
    answer = upload()
    job = Job.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/jobs/{job.pk}/")
    assert (job.state, job.kind, job.region_id) == ("done", "plans.compile", "990100")
    draft = Draft.objects.get()
    assert job.link() == draft.get_absolute_url()
    assert str(draft.plan) == "清河市碧水蓝天行动计划（2026—2028年）"
    assert draft.document.text == TEXT
    review = review_of(draft)
    assert len(review.plan.targets) >= 3 and len(review.plan.tasks) == 3
    assert {"file.create", "plan.create", "draft.compile", "job.start"} <= set(
        Entry.objects.values_list("action", flat=True)
    )
    page = client_of("plan_office").get(draft.plan.get_absolute_url())
    assert draft.get_absolute_url() in page.content.decode()


def test_the_job_leads_to_the_review_and_is_not_complete_before(upload: Callable[..., Any], office: Client) -> None:
    from bilan.portal.plans.parsing import compiled

    page = office.get(upload()["Location"]).content.decode()
    assert f'href="{Draft.objects.get().get_absolute_url()}">去核对</a>' in page
    file = Draft.objects.get().document.file
    told: list[tuple[str, float]] = []
    compiled(lambda words, share: told.append((words, share)), str(file.path), "行动计划.txt", "", "清河市")
    assert max(share for _words, share in told) < 1 and told[-1][0] == "生成审核稿"


def test_the_first_page_of_plans_says_what_to_do(client_of: Callable[[str], Client]) -> None:
    office, public = (client_of(who).get("/plans/").content.decode() for who in ("plan_office", "public"))
    assert "还没有规划" in office and "/plans/upload/" in office
    assert "还没有公布的规划" in public and "/plans/upload/" not in public


def test_a_plan_without_a_version_is_seen_by_the_house_alone(draft: Any, client_of: Callable[[str], Client]) -> None:
    for who, seen in (
        ("plan_office", True),
        ("analyst", True),
        ("leader", True),
        ("officer", False),
        ("public", False),
    ):
        client = client_of(who)
        assert (str(draft.plan) in client.get("/plans/").content.decode()) is seen, who
        assert client.get(draft.plan.get_absolute_url()).status_code == (200 if seen else 404), who


@pytest.mark.parametrize(("who", "status"), [("officer", 403), ("analyst", 403), ("leader", 403), ("public", 302)])
def test_only_the_plan_office_uploads(client_of: Callable[[str], Client], who: str, status: int) -> None:
    client = client_of(who)
    assert client.get("/plans/upload/").status_code == status
    assert client.post("/plans/upload/", {}).status_code == status
    assert not Plan.objects.exists()


def test_a_plan_is_of_a_place_that_issues_plans(office: Client, upload: Callable[..., Any], people: Any) -> None:
    city = people.regions["990100"]
    for kind in ("functional_zone", "section", "basin"):
        Region.objects.create(id=kind, name=kind, kind=kind, level=4, parent=city)
    offered = {one.pk for one in office.get("/plans/upload/").context["form"].fields["region"].queryset}
    assert {city.pk, "990102", "functional_zone"} <= offered and offered.isdisjoint({"section", "basin"})
    assert upload(region="section").status_code == 200 and not Plan.objects.exists()


def test_a_region_of_others_cannot_be_chosen(upload: Callable[..., Any]) -> None:
    answer = upload(region="371300")
    assert answer.status_code == 200 and not Plan.objects.exists()
    assert "error-summary" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"", "空"),
        ("a.png", b"\x89PNG\r\n\x1a\n0000", "不是可以处理的文件"),
        ("a.pdf", "文字".encode(), "内容却是"),
        ("a.docx", b"PK\x03\x04broken", "已损坏"),
    ],
)
def test_a_file_that_may_not_come_in_is_refused_with_a_reason(
    office: Client, name: str, content: bytes, said: str
) -> None:
    file = SimpleUploadedFile(name, content)
    answer = office.post("/plans/upload/", {"document": file, "region": "990100"})
    assert answer.status_code == 200 and said in answer.content.decode()
    assert not Plan.objects.exists() and not Job.objects.exists()


def test_nothing_uploaded_is_an_error_of_the_form(office: Client) -> None:
    answer = office.post("/plans/upload/", {"region": "990100"})
    assert 'href="#id_document"' in answer.content.decode()


def test_a_day_that_cannot_be_is_refused(upload: Callable[..., Any]) -> None:
    assert "不像印发日期" in upload(issued="1900-01-01").content.decode()


def test_the_day_that_was_named_is_the_plans(upload: Callable[..., Any]) -> None:
    upload(issued="2026-03-01")
    assert review_of(Draft.objects.get()).plan.plan.issued == "2026-03-01"


def test_the_same_file_twice_leads_to_the_first(draft: Any, upload: Callable[..., Any]) -> None:
    again = upload()
    assert "已经上传过" in again.content.decode() and draft.plan.get_absolute_url() in again.content.decode()
    assert Document.objects.count() == 1


def test_a_document_that_is_no_plan_is_told_and_can_be_dropped(
    upload: Callable[..., Any], office: Client, client_of: Callable[[str], Client]
) -> None:
    upload("\n  \n\u3000\n……\n")
    assert Job.objects.get().state == "failed"
    plan = Plan.objects.get()
    page = office.get(plan.get_absolute_url()).content.decode()
    assert "还没有读成" in page and f"/jobs/{Job.objects.get().pk}/" in page
    assert client_of("analyst").post(f"{plan.get_absolute_url()}drop/").status_code == 403
    assert office.post(f"{plan.get_absolute_url()}drop/", follow=True).status_code == 200
    assert (
        str(plan) not in office.get("/plans/", follow=True).content.decode().partition("<main")[2].partition("table")[2]
    )


def test_another_edition_becomes_another_draft_of_the_same_plan(draft: Any, upload: Callable[..., Any]) -> None:
    answer = upload(TEXT.replace("31微克", "30微克"), to=f"{draft.plan.get_absolute_url()}upload/")
    assert answer.status_code == 302
    assert Plan.objects.count() == 1 and draft.plan.drafts.count() == 2


def test_a_docx_is_read(office: Client, django_capture_on_commit_callbacks: Any, tmp_path: Any) -> None:
    import docx

    made = docx.Document()
    for line in TEXT.splitlines():
        made.add_paragraph(line)
    made.save(tmp_path / "plan.docx")
    file = SimpleUploadedFile("plan.docx", (tmp_path / "plan.docx").read_bytes())
    with django_capture_on_commit_callbacks(execute=True):
        office.post("/plans/upload/", {"document": file, "region": "990100"})
    draft = Draft.objects.get()
    review = review_of(draft)
    assert review.plan.source.file == "plan.docx" and len(review.plan.targets) >= 3
    assert all(review.text[t.start : t.end] for t in review.plan.targets)


def test_the_search_finds_by_title(draft: Any, office: Client) -> None:
    assert "碧水蓝天" in office.get("/plans/?q=碧水").content.decode()
    assert "没有找到" in office.get("/plans/?q=没有这个").content.decode()


def test_a_person_with_too_many_jobs_leaves_no_file(upload: Callable[..., Any], people: Any, settings: Any) -> None:
    from pathlib import Path

    for _ in range(settings.BILAN_JOBS_RUNNING):
        Job.objects.create(kind="plans.compile", owner=people.plan_office)
    assert "请等其中一项结束" in upload().content.decode()
    assert not Plan.objects.exists() and not list(Path(settings.BILAN_FILES).rglob("*"))


def test_an_attempt_that_was_given_up_keeps_nothing_when_it_ends_late(
    upload: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilan.portal.files.apart import apart

    def late(*given: Any, **more: Any) -> Any:
        found = apart(*given, **more)
        Job.objects.update(attempt=2, state="queued")  # somebody tried again meanwhile
        return found

    monkeypatch.setattr("bilan.portal.plans.work.apart", late)
    upload()
    assert not Draft.objects.exists() and Document.objects.get().text == ""


def test_a_second_attempt_after_the_draft_was_kept_leads_to_it(draft: Any, upload: Callable[..., Any]) -> None:
    from bilan.portal.jobs.run import run

    job = Job.objects.get()
    Job.objects.update(attempt=2, state="queued", result=None)
    run(job.pk, 2)
    job.refresh_from_db()
    assert (job.state, job.link()) == ("done", draft.get_absolute_url())
    assert Draft.objects.count() == 1


# --- the same file again, and what is given up ---


def test_a_file_whose_draft_was_discarded_may_come_again(
    draft: Any, upload: Callable[..., Any], office: Client
) -> None:
    office.post(f"{draft.get_absolute_url()}discard/")
    assert upload(to=f"{draft.plan.get_absolute_url()}upload/").status_code == 302
    assert draft.plan.drafts.filter(state="reviewing").count() == 1


def test_what_was_not_read_can_be_put_aside(
    upload: Callable[..., Any], office: Client, client_of: Callable[[str], Client]
) -> None:
    upload("……")
    plan, document = Plan.objects.get(), Document.objects.get()
    aside = f"/plans/documents/{document.pk}/aside/"
    assert aside in office.get(plan.get_absolute_url()).content.decode()
    assert client_of("analyst").post(aside).status_code == 403
    assert client_of("other_plan_office").post(aside).status_code == 404
    Job.objects.update(state="running")
    assert "不能放弃" in office.post(aside, follow=True).content.decode()
    Job.objects.update(state="failed")
    assert "还没有读成" not in office.post(aside, follow=True).content.decode()
    assert Entry.objects.filter(action="document.aside").count() == 1
    assert upload("……").status_code == 302  # and comes again, if somebody wants it


def test_a_form_sent_twice_makes_one_plan(upload: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.plans.views import shelf

    taken = shelf._taken

    def slow(*given: Any) -> Document:
        monkeypatch.setattr(shelf, "_taken", taken)
        upload()  # the other of the two is through first
        return taken(*given)

    monkeypatch.setattr(shelf, "_taken", slow)
    assert "已经上传过" in upload().content.decode()
    assert Plan.objects.count() == 1 and Document.objects.count() == 1


def test_a_plan_dropped_while_it_is_read_stays_dropped(
    upload: Callable[..., Any], office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilan.portal.files.apart import apart
    from bilan.portal.jobs.run import run

    def slow(*given: Any, **more: Any) -> Any:
        found = apart(*given, **more)
        office.post(f"{Plan.objects.get().get_absolute_url()}drop/")
        return found

    monkeypatch.setattr("bilan.portal.plans.work.apart", slow)
    upload()
    job, plan = Job.objects.get(), Plan.objects.get()
    assert plan.dropped and job.cancel_asked and not Draft.objects.exists()
    monkeypatch.setattr("bilan.portal.plans.work.apart", apart)
    Job.objects.update(attempt=2, state="queued", cancel_asked=False)  # somebody presses "again"
    run(job.pk, 2)
    job.refresh_from_db()
    assert job.state == "failed" and "已经丢弃" in job.error and not Draft.objects.exists()
    page = office.get(plan.get_absolute_url()).content.decode()
    assert "这份规划已经丢弃" in page and "drop-dialog" not in page


def test_putting_aside_and_its_entry_in_the_log_stand_together(
    upload: Callable[..., Any], office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload("……")
    monkeypatch.setattr("bilan.portal.plans.views.shelf.record", _full)
    with pytest.raises(OSError, match="full"):
        office.post(f"/plans/documents/{Document.objects.get().pk}/aside/")
    assert Document.objects.get().put_aside is None


def _full(*_: Any, **__: Any) -> None:
    raise OSError("the log is full")


def test_a_document_that_is_read_after_all_is_put_aside_no_more(
    upload: Callable[..., Any], office: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    from bilan.errors import BilanError
    from bilan.portal.files.apart import apart

    def refused(*_: Any, **__: Any) -> None:
        raise BilanError("内存不够")

    monkeypatch.setattr("bilan.portal.plans.work.apart", refused)
    upload()
    document, job = Document.objects.get(), Job.objects.get()
    office.post(f"/plans/documents/{document.pk}/aside/")
    monkeypatch.setattr("bilan.portal.plans.work.apart", apart)
    with django_capture_on_commit_callbacks(execute=True):
        office.post(f"/jobs/{job.pk}/retry/")
    document.refresh_from_db()
    assert Draft.objects.get().document == document and document.put_aside is None


def test_a_document_that_is_read_again_meanwhile_is_not_put_aside(
    upload: Callable[..., Any], office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload("……")
    document = Document.objects.get()
    held = Plan.held

    def after_a_retry(slug: str) -> Plan:
        Job.objects.update(state="queued", attempt=2)
        return held(slug)

    monkeypatch.setattr(Plan, "held", after_a_retry)
    page = office.post(f"/plans/documents/{document.pk}/aside/", follow=True).content.decode()
    document.refresh_from_db()
    assert "不能放弃" in page and document.put_aside is None
