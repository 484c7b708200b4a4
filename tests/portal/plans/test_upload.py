"""A document comes in, is read in the background, and stands ready for review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bilan.portal.audit.models import Entry
from bilan.portal.jobs.models import Job
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
