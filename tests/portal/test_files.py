"""What may come in: real kinds, sizes, bombs, macros; where it is kept, and how tables leave without formulas."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bilan.portal.files import packages
from bilan.portal.files.checks import DOCUMENTS, UploadError, endings, examine
from bilan.portal.files.export import csv_response, neutral, set_plain
from bilan.portal.files.fields import CheckedFile

TYPES = "[Content_Types].xml"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def package(parts: Mapping[str, bytes] | None = None, main: str = WORD) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(TYPES, f'<?xml version="1.0"?><Types><Override ContentType="{main}"/></Types>')
        archive.writestr("word/document.xml", "<?xml version='1.0'?><w/>")
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return file


def docx() -> io.BytesIO:
    from docx import Document

    document, file = Document(), io.BytesIO()
    document.add_paragraph("到2025年，全市PM2.5浓度下降到35微克/立方米。")
    document.save(file)
    return file


def xlsx() -> io.BytesIO:
    from openpyxl import Workbook

    file = io.BytesIO()
    Workbook().save(file)
    return file


def pdf(pages: int, password: str = "") -> io.BytesIO:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    file = io.BytesIO()
    canvas = Canvas(file, encrypt=StandardEncryption(password) if password else None)
    for number in range(pages):
        canvas.drawString(72, 720, f"page {number}")
        canvas.showPage()
    canvas.save()
    return file


def text(content: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(content.encode(encoding))


@pytest.mark.parametrize(
    ("file", "name", "kind"),
    [
        pytest.param(docx, "方案.docx", "docx", id="docx"),
        pytest.param(lambda: pdf(3), "方案.PDF", "pdf", id="pdf"),
        pytest.param(lambda: text("到2025年"), "a.txt", "text", id="utf-8"),
        pytest.param(lambda: text("到2025年", "gb18030"), "a.txt", "text", id="gb18030"),
        pytest.param(lambda: text("到2025年", "utf-16"), "a.txt", "text", id="utf-16"),
        pytest.param(lambda: text("<html><p>到2025年"), "a.htm", "html", id="html"),
        pytest.param(lambda: text("<html><p>到2025年"), "a.txt", "html", id="html called text"),
    ],
)
def test_documents_come_in_by_what_they_are(file: Callable[[], io.BytesIO], name: str, kind: str) -> None:
    content = file()
    assert examine(content, name).code == kind
    assert content.tell() == 0


def test_a_workbook_comes_in_only_where_it_is_wanted() -> None:
    assert examine(xlsx(), "清单.xlsx", ["xlsx"]).code == "xlsx"
    with pytest.raises(UploadError, match="不收“Excel 工作簿”"):
        examine(xlsx(), "清单.xlsx")


def encrypted() -> io.BytesIO:
    file = package({"word/media/a.bin": b"x" * 10})
    content = bytearray(file.getvalue())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = content.rfind(mark)
        content[at + offset] |= 1
    return io.BytesIO(bytes(content))


def bomb_by_ratio() -> io.BytesIO:
    return package({"word/media/image.bin": bytes(16 << 20)})


def bomb_by_size() -> io.BytesIO:
    """Members that say they unpack to more than may be."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(TYPES, WORD)
        for number in range(5):
            archive.writestr(f"word/media/{number}.bin", b"x")
    content = file.getvalue()
    said = (100 << 20).to_bytes(4, "little")
    for number in range(5):
        at = content.find(f"word/media/{number}.bin".encode(), content.find(b"PK\x01\x02")) - 46
        content = content[: at + 20] + said + said + content[at + 28 :]
    return io.BytesIO(content)


def bomb_of_members() -> io.BytesIO:
    return package({f"word/{number}.xml": b"" for number in range(packages.MOST_MEMBERS + 1)})


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)

REFUSED = [
    ("empty", io.BytesIO, "a.docx", "空"),
    ("program", lambda: io.BytesIO(b"MZ" + bytes(200)), "a.docx", "不是可以处理的文件"),
    ("picture", lambda: io.BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(50)), "a.pdf", "不是可以处理的文件"),
    ("bytes", lambda: io.BytesIO(os.urandom(64) + b"\0\1\2"), "a.txt", "不是"),
    ("pdf called docx", lambda: pdf(1), "a.docx", "以 .docx 结尾，内容却是“PDF 文件”"),
    ("docx called pdf", docx, "a.pdf", "以 .pdf 结尾，内容却是“Word 文档”"),
    ("text called docx", lambda: text("到2025年"), "a.docx", "内容却是“纯文本”"),
    ("no ending", docx, "方案", "内容却是“Word 文档”"),
    ("archive", lambda: package(main="text/plain"), "a.docx", "不是 docx 或 xlsx"),
    ("docm", lambda: package(main="application/vnd.ms-word.document.macroEnabled.main+xml"), "a.docm", "宏"),
    ("docm called docx", lambda: package({"word/vbaProject.bin": b"x"}), "a.docx", "宏"),
    ("macros in content types", lambda: package(main=f"{WORD} application/vnd.ms-office.vbaProject"), "a.docx", "宏"),
    ("doc with macros", lambda: io.BytesIO(OLE + "_VBA_PROJECT".encode("utf-16-le")), "a.doc", "宏"),
    ("bomb by ratio", bomb_by_ratio, "a.docx", "压缩炸弹"),
    ("bomb by size", bomb_by_size, "a.docx", "压缩炸弹"),
    ("bomb of members", bomb_of_members, "a.docx", "压缩炸弹"),
    ("entities", lambda: package({"word/styles.xml": ENTITIES}), "a.docx", "实体"),
    ("entities in utf-16", lambda: package({"word/s.xml": ENTITIES.decode().encode("utf-16")}), "a.docx", "实体"),
    ("path outside", lambda: package({"../../etc/passwd": b"x"}), "a.docx", "路径"),
    ("locked package", encrypted, "a.docx", "密码"),
    ("cut package", lambda: io.BytesIO(docx().getvalue()[:2000]), "a.docx", "损坏"),
    ("broken pdf", lambda: io.BytesIO(b"%PDF-1.7\nnothing"), "a.pdf", "损坏"),
    ("locked pdf", lambda: pdf(1, "secret"), "a.pdf", "密码"),
    ("long pdf", lambda: pdf(301), "a.pdf", "301 页，超过 300 页"),
]


@pytest.mark.parametrize(("file", "name", "said"), [pytest.param(*rest, id=id_) for id_, *rest in REFUSED])
def test_what_may_not_come_in_is_told_why(file: Callable[[], io.BytesIO], name: str, said: str) -> None:
    with pytest.raises(UploadError, match=said):
        examine(file(), name)


@pytest.mark.parametrize(("file", "name", "said"), [pytest.param(*rest, id=id_) for id_, *rest in REFUSED])
def test_the_page_of_uploads_says_why_and_keeps_nothing(
    people: Any, client_of: Callable[[str], Client], settings: Any, file: Callable[[], io.BytesIO], name: str, said: str
) -> None:
    from bilan.portal.jobs.models import Job
    from bilan.portal.plans.models import Plan

    given = {"document": SimpleUploadedFile(name, file().getvalue()), "region": "990100"}
    answer = client_of("plan_office").post("/plans/upload/", given)
    page = answer.content.decode()
    assert answer.status_code == 200 and "error-summary" in page and said in page
    assert not Plan.objects.exists() and not Job.objects.exists()
    assert not list(Path(settings.BILAN_FILES).rglob("*"))


def test_hint_error_and_file_picker_name_the_same_kinds(people: Any, client_of: Callable[[str], Client]) -> None:
    client = client_of("plan_office")
    file = SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n0000")
    page = client.post("/plans/upload/", {"document": file, "region": "990100"}).content.decode()
    wanted = endings(DOCUMENTS)
    assert f"可以上传 {wanted}。" in page and f"请上传 {wanted}。" in page
    assert f'accept="{",".join(f".{one}" for one in wanted.split("、"))}"' in page


def test_a_directory_of_very_many_members_is_not_even_read(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO(b"PK\x03\x04" + b"PK\x01\x02" * 1_000_000)
    monkeypatch.setattr(packages.zipfile, "ZipFile", None)
    with pytest.raises(UploadError, match="压缩炸弹"):
        examine(file, "a.docx")


def test_a_macro_workbook_is_refused() -> None:
    macro = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    for file, name in ((package(main=macro), "a.xlsm"), (package({"xl/vbaProject.bin": b"x"}, SHEET), "a.xlsx")):
        with pytest.raises(UploadError, match="宏"):
            examine(file, name, ["xlsx"])


def test_two_hundred_pages_may_come_in_and_the_limit_is_a_setting(settings: Any) -> None:
    assert examine(pdf(200), "a.pdf").code == "pdf"
    settings.BILAN_MOST_PAGES = 199
    with pytest.raises(UploadError, match="200 页"):
        examine(pdf(200), "a.pdf")


def test_a_damaged_member_is_no_defect() -> None:
    content = bytearray(package({"word/styles.xml": b"<a>" + os.urandom(3000) + b"</a>"}).getvalue())
    at = content.find(b"word/styles.xml") + 40
    content[at : at + 200] = os.urandom(200)
    with pytest.raises(UploadError, match="损坏"):
        examine(io.BytesIO(bytes(content)), "a.docx")


def test_the_field_refuses_what_is_too_large_by_name(settings: Any) -> None:
    from django import forms

    settings.BILAN_MOST_UPLOAD = 1 << 20
    with pytest.raises(forms.ValidationError, match="1 MB"):
        CheckedFile().clean(SimpleUploadedFile("a.txt", b"a" * ((1 << 20) + 1)))
    assert CheckedFile().clean(SimpleUploadedFile("a.txt", "到2025年".encode())).kind.code == "text"


def posted(size: int) -> Any:
    """What the upload handlers make of a file of ``size`` bytes."""
    from django.test import RequestFactory

    file = SimpleUploadedFile("a.txt", b"a" * size)
    return RequestFactory().post("/", {"document": file}).FILES["document"]


def test_what_is_too_large_is_kept_nowhere(settings: Any) -> None:
    from bilan.portal.files.handlers import TooBig

    settings.BILAN_MOST_UPLOAD = 100_000
    assert posted(90_000).size == 90_000
    file = posted(300_000)
    assert isinstance(file, TooBig)
    assert file.size == 1


def test_what_is_hopeless_is_answered_with_its_own_page(settings: Any, db: None) -> None:
    settings.BILAN_MOST_UPLOAD = 1 << 20
    answer = Client().post("/language/", {"file": SimpleUploadedFile("a.txt", bytes(5 << 20))})
    assert answer.status_code == 413
    assert "1 MB" in answer.content.decode()


# --- keeping and giving ---


def test_bytes_are_kept_once_under_their_hash(people: Any, settings: Any) -> None:
    from bilan.portal.audit.models import Entry
    from bilan.portal.files.store import keep

    rows = [
        keep(io.BytesIO(b"content"), name, "text", owner=people.officer, region=people.regions["990102"])
        for name in ("一.txt", "..\\..\\二\n.txt")
    ]
    assert rows[0].path == rows[1].path == Path(settings.BILAN_FILES, rows[0].sha256[:2], rows[0].sha256)
    assert rows[0].path.read_bytes() == b"content"
    assert [row.name for row in rows] == ["一.txt", "二_.txt"]
    assert [path.name for path in rows[0].path.parent.iterdir()] == [rows[0].sha256]  # nothing half written
    assert Entry.objects.filter(action="file.create").count() == 2


def test_the_door_gives_a_download_to_those_who_may_see_it(people: Any, client_of: Callable[[str], Client]) -> None:
    from bilan.portal.files.store import keep

    region, unit = people.regions["990102"], people.units["临江分局"]
    content = b"<script>alert(1)</script>"
    row = keep(io.BytesIO(content), "方案.html", "html", owner=people.officer, region=region, unit=unit)
    url = f"/files/{row.pk}/"
    answer = client_of("officer").get(url)
    assert b"".join(answer.streaming_content) == content
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client_of("other_officer").get(url).status_code == 404
    assert client_of("other_plan_office").get(url).status_code == 404
    assert client_of("public").get(url).status_code == 302
    row.path.unlink()
    assert client_of("officer").get(url).status_code == 404


def test_every_download_is_in_the_log(people: Any, client_of: Callable[[str], Client]) -> None:
    from bilan.portal.audit.models import Entry
    from bilan.portal.files.store import keep

    region, unit = people.regions["990102"], people.units["临江分局"]
    row = keep(io.BytesIO(b"x"), "方案.html", "html", owner=people.officer, region=region, unit=unit, plan="p1")
    for who in ("officer", "other_officer", "public"):  # only the first of them gets it
        client_of(who).get(f"/files/{row.pk}/")
    told = Entry.objects.filter(action="file.export")
    found = list(told.values_list("object_id", "label", "actor", "plan", "region_id"))
    assert found == [(str(row.pk), "方案.html", people.officer.pk, "p1", "990102")]
    row.path.unlink()
    assert client_of("officer").get(f"/files/{row.pk}/").status_code == 404
    assert told.count() == 1


def test_bytes_that_no_row_points_to_are_swept_when_they_are_old(people: Any, settings: Any) -> None:
    import time

    from bilan.portal.audit.models import Entry
    from bilan.portal.files.models import StoredFile
    from bilan.portal.files.store import keep
    from bilan.portal.files.sweep import sweep

    rows = [
        keep(io.BytesIO(content), "a.txt", "text", owner=people.officer, region=people.regions["990102"])
        for content in (b"kept", b"left behind", b"young", b"used again")
    ]
    StoredFile.objects.exclude(pk=rows[0].pk).delete()
    for row in (rows[0], rows[1], rows[3]):
        os.utime(row.path, (time.time() - 90_000,) * 2)
    keep(io.BytesIO(b"used again"), "a.txt", "text", owner=people.officer, region=people.regions["990102"])
    StoredFile.objects.exclude(pk=rows[0].pk).delete()  # as an upload whose row is not there yet
    assert sweep() == 1
    assert [row.path.exists() for row in rows] == [True, False, True, True]
    entry = Entry.objects.get(action="file.sweep")
    assert rows[1].sha256 in entry.new and entry.actor is None
    assert sweep() == 0 and Entry.objects.filter(action="file.sweep").count() == 1


def test_what_nobody_put_to_use_in_time_is_swept(people: Any) -> None:
    import time
    from datetime import timedelta

    from django.utils import timezone

    from bilan.portal.audit.models import Entry
    from bilan.portal.files.models import StoredFile
    from bilan.portal.files.store import enter, keep, lay
    from bilan.portal.files.sweep import sweep

    given: Any = {"owner": people.officer, "region": people.regions["990102"]}
    now = timezone.now()
    rows = {}
    for days in (-2, 0, 2):
        rows[days] = lay(io.BytesIO(b"%d" % days), "a.xlsx", "xlsx", **given)
        enter(rows[days], until=now + timedelta(days=days))
    shared = lay(io.BytesIO(b"shared"), "a.xlsx", "xlsx", **given)
    enter(shared, until=now - timedelta(days=2))
    stays = keep(io.BytesIO(b"shared"), "b.xlsx", "xlsx", **given)
    for row in (*rows.values(), shared):
        os.utime(row.path, (time.time() - 90_000,) * 2)
    assert sweep() == 1
    assert set(StoredFile.objects.all()) == {rows[0], rows[2], stays}
    assert not rows[-2].path.exists() and stays.path.exists() and rows[0].path.exists()
    told = [entry.new for entry in Entry.objects.filter(action="file.sweep").order_by("number")]
    assert len(told) == 2 and '"uploads":2' in told[0].replace(" ", "") and rows[-2].sha256 in told[1]


def test_a_sweep_and_an_upload_of_the_same_bytes_wait_for_each_other(
    people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading
    import time

    from bilan.portal.files import store
    from bilan.portal.files.models import StoredFile
    from bilan.portal.files.sweep import sweep

    given: Any = {"owner": people.officer, "region": people.regions["990102"]}
    path = store.lay(io.BytesIO(b"same"), "a.txt", "text", **given).path
    os.utime(path, (time.time() - 90_000,) * 2)
    upload = threading.Thread(target=store.lay, args=(io.BytesIO(b"same"), "a.txt", "text"), kwargs=given)
    asked = StoredFile.objects.filter

    def begins(*args: Any, **kwargs: Any) -> Any:
        """The upload begins while the sweep, which found old bytes, looks whether a row points to them."""
        if "sha256" in kwargs:
            upload.start()
            upload.join(0.3)
        return asked(*args, **kwargs)

    monkeypatch.setattr(StoredFile.objects, "filter", begins)
    assert sweep() == 1
    upload.join(10)
    assert path.read_bytes() == b"same"


# --- tables that leave ---

FORMULAS = ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1+1", "|x", "%0A=1", " %3D1"]
FORMULAS += [f"{unseen}=1+1" for unseen in ("\ufeff", "\u200b", "\u2060 ", "\u00ad", "\u3000", "\x00", " \u200e")]


@pytest.mark.parametrize("value", FORMULAS)
def test_text_that_a_spreadsheet_would_compute_is_made_plain(value: str) -> None:
    assert neutral(value) == f"'{value}"


@pytest.mark.parametrize("value", [-3, 2.5, "-3.5", "+4", "清河市", "", None, "%", "‰", "%·d", "% of days"])
def test_numbers_and_words_stay(value: Any) -> None:
    assert neutral(value) == value


def test_a_csv_file_holds_no_formula() -> None:
    answer = csv_response("a.csv", ["a", "b"], [[value, 1] for value in FORMULAS])
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"), newline="")))
    assert [row[0] for row in rows[1:]] == [f"'{value}" for value in FORMULAS]


def test_a_csv_file_speaks_the_language_of_its_page() -> None:
    from django.utils import translation
    from django.utils.translation import gettext, gettext_lazy

    with translation.override("en"):
        answer = csv_response(
            "a.csv", [gettext_lazy("文件名")], ([gettext("文件名"), gettext_lazy("大小")] for _ in "ab")
        )
    with translation.override("zh-hans"):
        lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
        assert translation.get_language() == "zh-hans"
    assert lines == ["File name", "File name,Size", "File name,Size"]


def test_a_workbook_holds_no_formula() -> None:
    from openpyxl import Workbook, load_workbook

    book, file = Workbook(), io.BytesIO()
    for row, value in enumerate(["=1+1", "清河市", 5], 1):
        set_plain(book.active.cell(row, 1), value)
    book.save(file)
    cells = [cell for (cell,) in load_workbook(file).active.iter_rows()]
    assert [(cell.value, cell.data_type) for cell in cells] == [("=1+1", "s"), ("清河市", "s"), (5, "n")]
