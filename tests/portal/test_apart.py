"""Files are read in a process of their own: what it gives, what ends it, and that nothing of it stays."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bilan.portal.core.turns import Turns
from bilan.portal.files import pdf
from bilan.portal.files.apart import ApartError, UnreadableError, apart

READERS = """
import os, subprocess, sys, time
from bilan.errors import BilanError

def doubled(tell, number, words):
    print("a library prints something")
    tell("读取第 1 页", 0.5)
    return {"number": 2 * number, "words": words}

def around(tell):
    return {"env": sorted(os.environ), "modules": sorted(sys.modules)}

def refused(tell):
    raise BilanError("第 3 页读不出")

def defect(tell):
    {}["secret detail"]

def greedy(tell):
    return len(bytearray(1 << 30))

def nibbling(tell):
    kept = []
    try:
        while True:
            kept.append(bytearray(1 << 20))
    except MemoryError:
        pass
    try:
        raise KeyError("what a library makes of it")
    except KeyError:
        raise BilanError("文件已损坏") from None

def greedy_behind_damage(tell):
    try:
        bytearray(1 << 30)
    except Exception:
        raise BilanError("文件已损坏") from None

def busy(tell):
    while True:
        pass

def idle(tell):
    tell(str(os.getpid()), 0.1)
    time.sleep(60)

def office(tell):
    program = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        tell(str(program.pid), 0.1)
        program.wait()
    except BaseException:
        program.kill()
        raise

def leaving(tell, how):
    program = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    tell(str(program.pid), 0.1)
    if how == "refused":
        raise BilanError("第 3 页读不出")
    os.abort()

def converting(tell, folder):
    from pathlib import Path
    from bilan.plan.readers import doc
    tell(str(os.getpid()), 0.1)
    doc._run(["sh", "-c", "echo $$ > pid; sleep 60; :"], Path(folder))

def deaf(tell):
    import signal
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    tell(str(os.getpid()), 0.1)
    time.sleep(60)

def broken(tell):
    os.abort()

def killed(tell):
    os.kill(os.getpid(), 9)
"""


class EnoughError(Exception):
    """Somebody wants the end."""


@pytest.fixture(autouse=True)
def _readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    (tmp_path / "readers.py").write_text(READERS, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    settings.BILAN_JOBS_AT_ONCE = False
    settings.BILAN_PARSE_MEMORY = 512 << 20


def gone(pid: int) -> bool:
    """Whether a process is over; one that nobody has asked about yet is, too."""
    for _ in range(50):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.1)
    return False


def test_it_gives_a_result_and_tells_on_the_way() -> None:
    told: list[tuple[str, float]] = []
    found = apart("readers:doubled", 21, "清河市", tell=lambda *said: told.append(said))
    assert found == {"number": 42, "words": "清河市"}
    assert ("读取第 1 页", 0.5) in told


def test_it_holds_no_key_and_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILAN_SECRET_KEY", "secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    around = apart("readers:around")
    assert not [name for name in around["env"] if name.startswith(("BILAN", "DATABASE", "DJANGO"))]
    assert "django" not in around["modules"]


def test_what_a_library_refuses_is_told_in_its_words_and_a_defect_is_one() -> None:
    with pytest.raises(UnreadableError, match=r"^第 3 页读不出$"):
        apart("readers:refused")
    with pytest.raises(RuntimeError, match=r"^readers:defect: KeyError$"):
        apart("readers:defect")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits addresses")
@pytest.mark.parametrize("function", ["greedy", "greedy_behind_damage", "nibbling"])
def test_too_much_memory_ends_it(function: str) -> None:
    with pytest.raises(ApartError, match="超过 512 MB"):
        apart(f"readers:{function}")


@pytest.mark.parametrize("function", ["busy", "idle"])
def test_too_much_time_ends_it(function: str) -> None:
    begun = time.monotonic()
    with pytest.raises(ApartError, match="超过 1 秒"):
        apart(f"readers:{function}", seconds=1)
    assert time.monotonic() - begun < 6


@pytest.mark.parametrize(("function", "said"), [("broken", "异常退出"), ("killed", "超过 512 MB")])
def test_one_that_breaks_harms_nobody(function: str, said: str) -> None:
    with pytest.raises(ApartError, match=said):
        apart(f"readers:{function}")


@pytest.mark.parametrize("function", ["idle", "office", "deaf"])
def test_who_wants_the_end_gets_it_with_all_that_was_started(function: str) -> None:
    pids: list[int] = []

    def tell(words: str, share: float) -> None:
        if words:
            pids.append(int(words))
            raise EnoughError

    with pytest.raises(EnoughError):
        apart(f"readers:{function}", tell=tell)
    assert gone(pids[0])


@pytest.mark.parametrize("how", ["refused", "broken"])
def test_what_one_that_ended_by_itself_left_behind_ends_too(how: str) -> None:
    pids: list[int] = []
    with pytest.raises((UnreadableError, ApartError)):
        apart("readers:leaving", how, tell=lambda words, share: pids.append(int(words)) if words else None)
    assert pids and gone(pids[0])


def test_the_office_ends_with_a_reader_that_is_killed(tmp_path: Path) -> None:
    office = tmp_path / "pid"
    pids: list[int] = []

    def tell(words: str, share: float) -> None:
        if words and office.exists() and office.read_text().strip():
            pids.append(int(office.read_text()))
            os.kill(int(words), signal.SIGKILL)

    with pytest.raises(ApartError):
        apart("readers:converting", str(tmp_path), tell=tell)
    assert pids and gone(pids[0])


def test_few_are_read_at_a_time_for_pages_and_jobs_are_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns(at_once=1, waiting=0)
    monkeypatch.setattr("bilan.portal.files.apart._turns", turns)
    with turns.taken():
        with pytest.raises(ApartError, match="请过一会儿再试"):
            apart("readers:doubled", 1, "")
        assert apart("readers:doubled", 1, "", tell=lambda *said: None)["number"] == 2
    with pytest.raises(UnreadableError):
        apart("readers:refused")
    assert apart("readers:doubled", 2, "")["number"] == 4  # every turn was given back


def test_a_page_says_that_too_many_are_read(monkeypatch: pytest.MonkeyPatch, client_of: Callable[[str], Any]) -> None:
    from .test_files import pdf as pdf_of

    turns = Turns(at_once=1, waiting=0)
    monkeypatch.setattr("bilan.portal.files.apart._turns", turns)
    file = SimpleUploadedFile("方案.pdf", pdf_of(1).getvalue())
    with turns.taken():
        answer = client_of("plan_office").post("/plans/upload/", {"document": file, "region": "990100"})
    assert "现在正在读的文件太多" in answer.content.decode()


def test_one_whose_parent_is_killed_ends_too(tmp_path: Path) -> None:
    code = (
        "import django, os\nfrom django.conf import settings\n"
        "settings.configure(BILAN_JOBS_AT_ONCE=False, BILAN_PARSE_MEMORY=1 << 29, BILAN_PARSE_SECONDS=60)\n"
        "from bilan.portal.files.apart import apart\n"
        "apart('readers:idle', tell=lambda words, share: words and print(words, flush=True))\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, encoding="utf-8") as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    assert gone(pid)


def test_pages_are_counted_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    from .test_files import pdf as pdf_of

    monkeypatch.setitem(sys.modules, "pypdfium2", None)  # this process could not
    assert pdf.count(pdf_of(3)) == 3
    for file, said in ((pdf_of(1, "secret"), "密码"), (io.BytesIO(b"%PDF-1.7\nnothing"), "损坏")):
        with pytest.raises(pdf.PdfError, match=said):
            pdf.count(file)


@pytest.fixture
def job(people: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes, str], Any]:
    """Give a file to the job that compiles, with its process apart; returns the job as it ended."""
    from bilan.portal.files.store import keep
    from bilan.portal.jobs.run import run
    from bilan.portal.jobs.start import start
    from bilan.portal.plans.models import Document, Plan
    from bilan.portal.plans.work import COMPILE

    monkeypatch.setattr("bilan.portal.jobs.start.enqueue", lambda *one: None)

    def made(content: bytes, name: str) -> Any:
        office, region = people.plan_office, people.regions["990100"]
        row = keep(io.BytesIO(content), name, name.rpartition(".")[2], owner=office, region=region)
        plan = Plan.objects.create(slug="p1", title="p1", region=region)
        document = Document.objects.create(plan=plan, region=region, file=row, uploaded_by=office)
        job = start(office, COMPILE, document=document.pk, region=region)
        run(job.pk, 1)
        job.refresh_from_db()
        return job

    return made


def test_a_document_is_compiled_apart(job: Callable[[bytes, str], Any]) -> None:
    from bilan.portal.plans.models import Draft

    from .plans.conftest import TEXT

    made = job(TEXT.encode(), "行动计划.txt")
    assert (made.state, made.link()) == ("done", Draft.objects.get().get_absolute_url())
    assert Draft.objects.get().document.text == TEXT


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits addresses")
def test_a_document_that_takes_too_much_is_told_of_and_may_be_tried_again(
    job: Callable[[bytes, str], Any], settings: Any
) -> None:
    settings.BILAN_PARSE_MEMORY = 150 << 20  # not enough for the program itself
    made = job("到2028年，优良天数比率达到86%以上。".encode(), "a.txt")
    assert made.state == "failed" and "超过 150 MB" in made.error and made.may_run_again


def pdf_of_200_pages() -> bytes:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = io.BytesIO()
    canvas = Canvas(file)
    for number in range(200):
        canvas.setFont("STSong-Light", 12)
        canvas.drawString(96, 700, f"{number + 1}．治理第{number + 1}条河道。到2028年，完成{number + 1}个排污口整治。")
        canvas.drawString(72, 680, "（市生态环境局牵头，市水务局配合）")
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def test_two_hundred_pages_are_read_apart_with_their_progress(
    job: Callable[[bytes, str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilan.portal.jobs import run
    from bilan.portal.plans.models import Draft

    told: list[tuple[str, float]] = []
    written = run._Teller.__call__
    monkeypatch.setattr(run._Teller, "__call__", lambda self, *said: (told.append(said), written(self, *said)))
    made = job(pdf_of_200_pages(), "方案.pdf")
    assert (made.state, made.error) == ("done", "")
    pages = [words for words, _share in told if words.startswith("读取第")]
    assert pages[-1] == "读取第 200 页，共 200 页" and len(set(pages)) == 200
    shares = [share for _words, share in told]
    assert shares == sorted(shares) and shares[-1] == 0.95  # the draft is still to be made
    assert "治理第200条河道" in Draft.objects.get().document.text


def test_reading_200_pages_is_cancelled_on_the_way(job: Callable[[bytes, str], Any], monkeypatch: Any) -> None:
    from bilan.portal.jobs import run
    from bilan.portal.jobs.models import Job
    from bilan.portal.jobs.start import cancel
    from bilan.portal.plans.models import Draft

    written = run._Teller.__call__

    def ending(self: Any, words: str, share: float) -> None:
        if words.startswith("读取第 2 页"):
            cancel(Job.objects.get())
        written(self, words, share)

    monkeypatch.setattr(run._Teller, "__call__", ending)
    made = job(pdf_of_200_pages(), "方案.pdf")
    assert (made.state, made.error) == ("cancelled", "") and not Draft.objects.exists()
