"""The workbook goes out, comes back corrected, is looked at and then taken in; JSON goes out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from bilan.plan.model import CompiledPlan
from bilan.portal.audit.models import Entry
from bilan.portal.plans.models import Correction
from bilan.portal.plans.naming import name_of
from bilan.portal.plans.state import review_of

from .test_decisions import correct
from .test_versions import publish

Cells = dict[tuple[str, int, str], Any]


def download(client: Client, draft: Any) -> Any:
    return load_workbook(io.BytesIO(client.get(f"{draft.get_absolute_url()}plan.xlsx").content))


def changed(book: Any, cells: Cells) -> bytes:
    """The workbook with other values in cells: sheet, row, heading."""
    for (sheet, row, heading), value in cells.items():
        page = book[sheet]
        page.cell(row, [cell.value for cell in page[1]].index(heading) + 1).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def send(client: Client, draft: Any, content: bytes, name: str = "改好.xlsx") -> Any:
    return client.post(f"{draft.get_absolute_url()}import/", {"workbook": SimpleUploadedFile(name, content)})


def take(client: Client, draft: Any, preview: Any) -> Any:
    data = {"file": preview.context["stored"].pk, "seen": preview.context["seen"]}
    return client.post(f"{draft.get_absolute_url()}import/", data)


def test_a_corrected_workbook_is_shown_first_and_then_taken_in(draft: Any, plan: Any, office: Client) -> None:
    cells: Cells = {
        ("目标清单", 2, "数值"): 29,
        ("目标清单", 3, "状态"): "删除",
        ("任务清单", 4, "牵头单位"): "市城管局",
        ("目标清单", 4, "完成时限"): "猴年马月",
        ("目标清单", 4, "数值"): -90,
    }
    preview = send(office, draft, changed(download(office, draft), cells))
    page = preview.content.decode()
    assert preview.status_code == 200 and not Correction.objects.exists()
    assert len(preview.context["changes"]) == 4
    assert "<del>31</del> → <ins>29</ins>" in page and "市城管局" in page
    assert "猴年马月" in page and "目标清单 G4" in page and "不是可识别的时期" in page
    assert "是负数，请核对" in page
    assert take(office, draft, preview)["Location"] == draft.get_absolute_url()
    review = review_of(draft)
    first, second = plan.targets[0], plan.targets[1]
    assert review.plan.targets[0].value == 29 and review.state(second.id) == "rejected"
    assert (review.state(first.id), review.plan.tasks[2].leads) == ("corrected", ["市城管局"])
    assert {row.step for row in Correction.objects.all()} == {1}
    assert {row.source for row in Correction.objects.all()} == {"改好.xlsx"}
    assert Entry.objects.filter(action="draft.import").count() == 1
    assert "来自工作簿 改好.xlsx" in office.get(f"{draft.get_absolute_url()}history/").content.decode()
    office.post(f"{draft.get_absolute_url()}undo/")
    assert review_of(draft).plan.plan.version == plan.plan.version


def test_a_workbook_that_went_out_before_later_changes_is_still_known(draft: Any, plan: Any, office: Client) -> None:
    book = download(office, draft)
    correct(office, draft, plan.targets[0].id, value="30")
    preview = send(office, draft, changed(book, {("目标清单", 2, "数值"): 29, ("目标清单", 3, "数值"): 87}))
    assert [one["name"] for one in preview.context["changes"]] == [name_of(plan.targets[1])]
    assert [one["name"] for one in preview.context["passed_over"]] == [name_of(plan.targets[0])]
    assert "同一条目以网页上的为准" in preview.content.decode()
    take(office, draft, preview)
    assert [t.value for t in review_of(draft).plan.targets[:2]] == [30.0, 87.0]


def test_a_workbook_of_the_draft_after_corrections_comes_back(draft: Any, plan: Any, office: Client) -> None:
    correct(office, draft, plan.targets[0].id, value="30")
    preview = send(office, draft, changed(download(office, draft), {("目标清单", 2, "数值"): 28}))
    take(office, draft, preview)
    assert review_of(draft).plan.targets[0].value == 28


def test_what_was_shown_is_not_taken_in_when_the_draft_moved_on(draft: Any, plan: Any, office: Client) -> None:
    preview = send(office, draft, changed(download(office, draft), {("目标清单", 2, "数值"): 29}))
    correct(office, draft, plan.targets[0].id, value="30")
    answer = take(office, draft, preview)
    assert "请重新核对导入的内容" in answer.content.decode()
    assert review_of(draft).plan.targets[0].value == 30


def test_a_new_row_is_a_new_item(draft: Any, plan: Any, office: Client) -> None:
    row = len(plan.projects) + 2
    preview = send(office, draft, changed(download(office, draft), {("项目清单", row, "项目名称"): "清河湿地工程"}))
    take(office, draft, preview)
    review = review_of(draft)
    assert len(review.plan.projects) == len(plan.projects) + 1
    assert "added" in review.states.values()


def test_a_workbook_as_it_was_changes_nothing(draft: Any, office: Client) -> None:
    preview = send(office, draft, changed(download(office, draft), {}))
    assert "没有可以导入的修改" in preview.content.decode()
    taken = office.get(take(office, draft, preview)["Location"]).content.decode()
    assert "没有可以导入的修改" in taken and "0 项" not in taken.partition("<h1")[0]


def test_a_task_that_is_still_needed_is_not_deleted(draft: Any, office: Client) -> None:
    preview = send(office, draft, changed(download(office, draft), {("任务清单", 2, "状态"): "删除"}))
    assert "仍有" in preview.content.decode() and preview.context["changes"] == []


def test_a_formula_is_refused_and_the_rest_is_taken(draft: Any, plan: Any, office: Client) -> None:
    cells: Cells = {
        ("目标清单", 2, "数值"): "=1+1",
        ("任务清单", 3, "牵头单位"): '=HYPERLINK("http://evil.example/","市水务局")',
        ("目标清单", 3, "数值"): 87,
    }
    preview = send(office, draft, changed(download(office, draft), cells))
    page = preview.content.decode()
    assert page.count("公式") >= 2 and "目标清单" in page
    assert [one["name"] for one in preview.context["changes"]] == [name_of(plan.targets[1])]
    take(office, draft, preview)
    review = review_of(draft)
    assert [one.value for one in review.plan.targets[:2]] == [plan.targets[0].value, 87]
    assert review.plan.tasks[1].leads == plan.tasks[1].leads


def test_what_is_taken_for_a_formula_leaves_as_text(draft: Any, plan: Any, office: Client) -> None:
    correct(office, draft, plan.targets[0].id, name="=HYPERLINK(1)")
    cells = [cell for row in download(office, draft)["目标清单"].iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if "HYPERLINK" in str(cell.value)] == ["s"]
    line = next(
        line
        for line in b"".join(office.get(f"{draft.get_absolute_url()}history.csv").streaming_content)
        .decode()
        .splitlines()
        if "HYPERLINK" in line
    )
    assert "'=HYPERLINK(1)" in line and ",=HYPERLINK" not in line


def bomb() -> bytes:
    buffer = io.BytesIO(other_book())
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image.bin", bytes(16 << 20))
    return buffer.getvalue()


def macros() -> bytes:
    buffer = io.BytesIO(other_book())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    return buffer.getvalue()


def other_book() -> bytes:
    buffer = io.BytesIO()
    Workbook().save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", other_book(), "不是由 bilan 生成的计划工作簿"),
        ("a.xlsx", b"not a workbook", "请上传 xlsx"),
        ("a.txt", "文字".encode(), "请上传 xlsx"),
        ("a.xlsm", other_book(), "内容却是"),
        ("a.xlsx", macros(), "宏"),
        ("a.xlsx", bomb(), "压缩炸弹"),
    ],
)
def test_what_is_no_workbook_of_the_draft_is_refused(
    draft: Any, office: Client, name: str, content: bytes, said: str
) -> None:
    page = send(office, draft, content, name).content.decode()
    assert said in page and "/tmp/" not in page


def test_a_workbook_is_kept_once_it_was_read_and_stays_once_it_was_taken_in(draft: Any, office: Client) -> None:
    from django.utils import timezone

    from bilan.portal.files.models import StoredFile

    books = StoredFile.objects.filter(kind="xlsx")
    assert "不是由 bilan 生成" in send(office, draft, other_book()).content.decode()
    assert not books.exists()
    preview = send(office, draft, changed(download(office, draft), {("目标清单", 2, "数值"): 29}))
    assert books.get().until > timezone.now()
    take(office, draft, preview)
    assert books.get().until is None


def test_a_workbook_that_waited_too_long_is_not_taken_in(draft: Any, office: Client) -> None:
    from django.utils import timezone

    from bilan.portal.files.models import StoredFile

    preview = send(office, draft, changed(download(office, draft), {("目标清单", 2, "数值"): 29}))
    StoredFile.objects.filter(kind="xlsx").update(until=timezone.now())
    assert take(office, draft, preview).status_code == 404
    assert not Correction.objects.exists()


def test_a_workbook_of_another_plan_is_refused(draft: Any, upload: Callable[..., Any], office: Client) -> None:
    from bilan.portal.plans.models import Draft

    from .conftest import TEXT

    upload(TEXT.replace("31微克", "33微克"))
    other = Draft.objects.exclude(pk=draft.pk).get()
    page = send(office, draft, changed(download(office, other), {})).content.decode()
    assert "不是从这份审核稿下载的" in page


def test_somebody_elses_upload_cannot_be_taken_in(
    draft: Any, people: Any, office: Client, client_of: Callable[[str], Client]
) -> None:
    from bilan.portal.people.models import Membership, User

    preview = send(office, draft, changed(download(office, draft), {("目标清单", 2, "数值"): 29}))
    user = User.objects.create_user("third", "qing-he-2026-lan", name="third")
    Membership.objects.create(user=user, role="plan_office", region=people.regions["990100"])
    people.users["third"] = user
    assert take(client_of("third"), draft, preview).status_code == 404
    assert take(client_of("analyst"), draft, preview).status_code == 403
    assert not Correction.objects.exists()


def test_old_workbooks_that_were_only_looked_at_are_swept(
    draft: Any, plan: Any, office: Client, people: Any, client_of: Callable[[str], Client]
) -> None:
    """Before uploads had an end, each stayed: what was taken in or read as a plan must."""
    from datetime import timedelta
    from importlib import import_module

    from django.apps import apps
    from django.utils import timezone

    from bilan.portal.files.models import StoredFile
    from bilan.portal.files.store import keep
    from bilan.portal.files.sweep import sweep
    from bilan.portal.plans.models import Document

    book = changed(download(office, draft), {("目标清单", 2, "数值"): 29})
    taken = send(office, draft, book)
    take(office, draft, taken)
    looked_at = send(office, draft, book, "看过.xlsx").context["stored"]
    given: Any = {"region": draft.region, "plan": draft.plan_id}
    of_another = keep(io.BytesIO(book), "改好.xlsx", "xlsx", owner=people.administrator, **given)
    read = keep(io.BytesIO(book), "读过.xlsx", "xlsx", owner=people.plan_office, **given)
    Document.objects.create(plan=draft.plan, region=draft.region, file=read, uploaded_by=people.plan_office)
    StoredFile.objects.update(until=None, created=timezone.now() - timedelta(days=9))
    before = set(StoredFile.objects.all())
    sweep()
    assert set(StoredFile.objects.all()) == before
    import_module("bilan.portal.plans.migrations.0003_workbooks_only_looked_at").end_the_wait(apps, None)
    sweep()
    assert before - set(StoredFile.objects.all()) == {looked_at, of_another}
    assert not StoredFile.objects.exclude(until=None).exists()


def test_the_json_of_a_draft_is_the_compiled_plan(draft: Any, plan: Any, office: Client) -> None:
    answer = office.get(f"{draft.get_absolute_url()}plan.json")
    assert CompiledPlan.model_validate_json(answer.content) == plan
    assert answer["Content-Disposition"].startswith("attachment")
    assert Entry.objects.get(action="draft.export").plan == draft.plan_id


def cells_of(book: Any) -> set[str]:
    return {str(cell.value) for page in book for row in page.iter_rows() for cell in row if cell.value is not None}


def test_files_of_a_version(draft: Any, plan: Any, office: Client, client_of: Callable[[str], Client]) -> None:
    from bilan.portal.plans.models import Version

    correct(office, draft, plan.targets[0].id, value="30")
    publish(office, draft)
    version = Version.objects.get()
    kept = version.compiled_plan()
    assert kept.gaps and kept.changes
    for who in ("plan_office", "analyst", "leader"):
        client = client_of(who)
        assert CompiledPlan.model_validate_json(client.get(f"{version.get_absolute_url()}plan.json").content) == kept
        book = load_workbook(io.BytesIO(client.get(f"{version.get_absolute_url()}plan.xlsx").content))
        assert kept.gaps[0].message in cells_of(book)
    assert Entry.objects.filter(action="plan.export").count() == 6


def test_files_hide_from_an_officer_what_the_page_hides(
    draft: Any, plan: Any, office: Client, client_of: Callable[[str], Client]
) -> None:
    from bilan.portal.plans.models import Version

    correct(office, draft, plan.targets[0].id, value="30")
    publish(office, draft)
    version, officer = Version.objects.get(), client_of("officer")
    kept = version.compiled_plan()
    told = CompiledPlan.model_validate_json(officer.get(f"{version.get_absolute_url()}plan.json").content)
    assert (told.targets, told.duties, told.plan.version) == (kept.targets, kept.duties, version.digest)
    assert (told.gaps, told.changes, told.source.repairs, told.plan.base_version) == ([], [], [], None)
    book = load_workbook(io.BytesIO(officer.get(f"{version.get_absolute_url()}plan.xlsx").content))
    shown = cells_of(book)
    assert "目标清单" in book.sheetnames and plan.targets[0].name in shown
    assert not shown & {gap.message for gap in kept.gaps}
    assert not [text for text in shown if "待补事项" in text or "怎样校正" in text]


@pytest.mark.parametrize(
    ("who", "status"), [("analyst", 403), ("officer", 403), ("other_plan_office", 404), ("public", 302)]
)
def test_who_may_not_take_a_draft_away(draft: Any, client_of: Callable[[str], Client], who: str, status: int) -> None:
    for form in ("plan.xlsx", "plan.json", "history.csv"):
        assert client_of(who).get(f"{draft.get_absolute_url()}{form}").status_code == status
