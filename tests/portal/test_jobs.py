"""Jobs: their states, progress, limits, loss of the worker, cancelling, repeating, and the pages that show them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bilan.errors import BilanError
from bilan.portal.jobs import kinds
from bilan.portal.jobs.kinds import Progress, kind
from bilan.portal.jobs.models import Job, State
from bilan.portal.jobs.run import run
from bilan.portal.jobs.start import JobError, cancel, retry, start

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few kinds of work for these tests alone."""
    monkeypatch.setattr(kinds, "_KINDS", {})

    @kind("add", "求和")
    def add(progress: Progress, first: int, second: int) -> Mapping[str, Any]:
        progress("相加", 0.5)
        return {"sum": first + second, "url": "/audit/"}

    @kind("refuse", "拒绝")
    def refuse(progress: Progress) -> None:
        raise BilanError("第 3 页读不出")

    @kind("break", "出错")
    def broken(progress: Progress) -> None:
        raise ZeroDivisionError("secret detail")

    @kind("publish", "发布", guards=("plan", "publish"))
    def publish(progress: Progress) -> None:
        pass


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """No worker runs: what was put into the queue stays there."""
    queued: list[tuple[int, int]] = []
    monkeypatch.setattr("bilan.portal.jobs.start.enqueue", lambda *one: queued.append(one))
    return queued


def test_a_job_runs_and_keeps_its_result(people: Any, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = start(people.officer, "add", label="二加三", first=2, second=3, region=people.regions["990102"])
    job.refresh_from_db()
    assert (job.state, job.progress, job.result) == (State.DONE, 1.0, {"sum": 5, "url": "/audit/"})
    assert job.started and job.ended and job.started <= job.ended
    assert job.link() == "/audit/"


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", 5, None])
def test_a_result_leads_to_this_site_only(people: Any, url: Any) -> None:
    assert Job(result={"url": url}).link() == ""


def test_what_a_person_can_mend_is_told_and_a_defect_is_not_spread_out(people: Any, waiting: list[Any]) -> None:
    refused, broken = start(people.officer, "refuse"), start(people.officer, "break")
    for job in (refused, broken):
        run(job.pk, 1)
        job.refresh_from_db()
        assert job.state == State.FAILED
    assert refused.error == "第 3 页读不出"
    assert "ZeroDivisionError" in broken.error
    assert "secret" not in broken.error


def test_a_kind_that_this_version_does_not_know_fails_and_is_shown(people: Any, client_of: Any) -> None:
    job = Job.objects.create(kind="of-old", owner=people.officer)
    run(job.pk, 1)
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "of-old" in client_of("officer").get(f"/jobs/{job.pk}/").content.decode()


def test_a_job_is_run_once_however_often_it_is_queued(people: Any, waiting: list[Any]) -> None:
    job = start(people.officer, "add", first=1, second=1)
    run(job.pk, 1)
    Job.objects.filter(pk=job.pk).update(result={"sum": 99})
    run(job.pk, 1)
    job.refresh_from_db()
    assert job.result == {"sum": 99}


def test_a_person_without_the_right_starts_nothing(people: Any, waiting: list[Any]) -> None:
    with pytest.raises(JobError, match="没有权限"):
        start(people.officer, "publish")
    with pytest.raises(JobError):
        start(people.newcomer, "add", first=1, second=1)
    assert start(people.plan_office, "publish").state == State.QUEUED


def test_a_person_has_three_jobs_at_once(people: Any, waiting: list[Any]) -> None:
    for _ in range(3):
        job = start(people.officer, "add", first=1, second=1)
    with pytest.raises(JobError, match="3 项"):
        start(people.officer, "add", first=1, second=1)
    start(people.analyst, "add", first=1, second=1)  # another person is not held up
    run(job.pk, 1)
    start(people.officer, "add", first=1, second=1)


def test_a_person_starts_so_many_an_hour(
    people: Any, waiting: list[Any], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BILAN_JOBS_HOURLY = 2
    for _ in range(2):
        run(start(people.officer, "add", first=1, second=1).pk, 1)
    with pytest.raises(JobError, match="一小时"):
        start(people.officer, "add", first=1, second=1)
    an_hour_passes(monkeypatch)
    start(people.officer, "add", first=1, second=1)


def test_repeating_counts_as_starting(
    people: Any, waiting: list[Any], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BILAN_JOBS_HOURLY = 3
    job = start(people.officer, "refuse")
    for attempt in (1, 2):
        run(job.pk, attempt)
        job.refresh_from_db()
        assert retry(job, people.officer)
    run(job.pk, 3)
    job.refresh_from_db()
    with pytest.raises(JobError, match="一小时"):
        retry(job, people.officer)
    an_hour_passes(monkeypatch)
    assert retry(job, people.officer)


def an_hour_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    later = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr("bilan.portal.jobs.start.timezone.now", lambda: later)


def test_only_who_may_start_a_job_repeats_it(people: Any, waiting: list[Any], client_of: Any) -> None:
    from bilan.portal.people.models import Membership

    job = start(people.plan_office, "publish", region=people.regions["990100"])
    Job.objects.update(state=State.FAILED)
    job.refresh_from_db()
    page = client_of("city_administrator").post(f"/jobs/{job.pk}/retry/", follow=True).content.decode()
    assert "没有权限做这项任务" in page
    Membership.objects.filter(user=people.plan_office).update(role="analyst")
    with pytest.raises(JobError, match="没有权限"):
        retry(job, people.plan_office)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (State.FAILED, 1)


# --- what a crash leaves ---


def test_a_waiting_job_that_no_queue_holds_is_queued_again(people: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.jobs import recover

    queued: list[tuple[int, int]] = []
    made = [Job.objects.create(kind="add", owner=people.officer, attempt=number) for number in (1, 2, 3, 4)]
    old = timezone.now() - timedelta(minutes=1)
    Job.objects.filter(pk__in=[job.pk for job in made[:3]]).update(created=old)  # the last is on its way
    Job.objects.filter(pk=made[2].pk).update(state=State.RUNNING, heartbeat=old)
    monkeypatch.setattr(recover, "waiting", lambda: {(made[0].pk, 1), (made[1].pk, 1)})  # of the second an old attempt
    monkeypatch.setattr(recover, "enqueue", lambda *one: queued.append(one))
    assert recover.recover() == 1
    assert queued == [(made[1].pk, 2)]
    made[2].refresh_from_db()
    assert made[2].state == State.LOST


def test_a_queue_that_fails_loses_no_job(
    people: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def away(*_: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("bilan.portal.jobs.start.enqueue", away)
    with django_capture_on_commit_callbacks(execute=True):
        job = start(people.officer, "add", first=1, second=1)
    job.refresh_from_db()
    assert job.state == State.QUEUED


def test_a_waiting_job_is_cancelled_at_once(people: Any, waiting: list[Any]) -> None:
    job = start(people.officer, "add", first=1, second=1)
    assert cancel(job)
    run(job.pk, 1)
    job.refresh_from_db()
    assert (job.state, job.result) == (State.CANCELLED, None)
    assert not cancel(job)


def test_a_running_job_is_cancelled_when_it_next_tells_its_progress(people: Any, waiting: list[Any]) -> None:
    reached = []

    @kind("long", "久")
    def long(progress: Progress, number: int) -> None:
        cancel(Job.objects.get(pk=number))
        progress("继续", 0.5)
        reached.append("the end")

    job = start(people.officer, "long", label="久")
    Job.objects.filter(pk=job.pk).update(parameters={"number": job.pk})
    run(job.pk, 1)
    job.refresh_from_db()
    assert (job.state, reached) == (State.CANCELLED, [])


def test_a_job_whose_worker_is_silent_is_lost_and_may_run_again(
    people: Any, waiting: list[Any], client_of: Any
) -> None:
    job = start(people.officer, "add", first=2, second=2)
    alive, silent = timezone.now() - timedelta(seconds=20), timezone.now() - timedelta(seconds=40)
    Job.objects.update(state=State.RUNNING, heartbeat=alive)
    client = client_of("officer")
    client.get(f"/jobs/{job.pk}/")
    job.refresh_from_db()
    assert job.state == State.RUNNING
    Job.objects.update(heartbeat=silent)
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    job.refresh_from_db()
    assert job.state == State.LOST
    assert "中断" in page
    assert f"/jobs/{job.pk}/retry/" in page
    client.post(f"/jobs/{job.pk}/retry/")
    run(job.pk, 2)
    job.refresh_from_db()
    assert (job.state, job.result["sum"]) == (State.DONE, 4)


def test_what_an_earlier_attempt_still_writes_is_not_heard(people: Any, waiting: list[Any]) -> None:
    @kind("overtaken", "被赶上")
    def overtaken(progress: Progress, number: int) -> Mapping[str, Any]:
        Job.objects.filter(pk=number).update(state=State.LOST)
        retry(Job.objects.get(pk=number), people.officer)
        return {"from": "the earlier attempt"}

    job = start(people.officer, "overtaken")
    Job.objects.filter(pk=job.pk).update(parameters={"number": job.pk})
    run(job.pk, 1)
    job.refresh_from_db()
    assert (job.state, job.attempt, job.result) == (State.QUEUED, 2, None)


def test_a_job_that_is_done_is_not_repeated(people: Any, waiting: list[Any]) -> None:
    job = start(people.officer, "add", first=1, second=1)
    assert not retry(job, people.officer)
    run(job.pk, 1)
    job.refresh_from_db()
    assert not retry(job, people.officer)


def test_the_part_is_asked_for_only_while_the_job_is_open(people: Any, waiting: list[Any], client_of: Any) -> None:
    job = start(people.officer, "add", first=1, second=1)
    client: Client = client_of("officer")
    part = f"/jobs/{job.pk}/part/"
    assert f'hx-get="{part}"' in client.get(part).content.decode()
    run(job.pk, 1)
    shown = client.get(part).content.decode()
    assert "hx-get" not in shown
    assert 'href="/audit/"' in shown
    assert "<html" not in shown


def test_a_job_that_is_done_leads_to_its_result_and_offers_nothing_else(
    people: Any, waiting: list[Any], client_of: Any
) -> None:
    job = start(people.officer, "add", first=1, second=1)
    client: Client = client_of("officer")
    goes_on, cancels = "任务会继续进行", 'id="job-cancel"'
    shown = client.get(f"/jobs/{job.pk}/").content.decode()
    assert goes_on in shown and cancels in shown
    run(job.pk, 1)
    for address in (f"/jobs/{job.pk}/", f"/jobs/{job.pk}/part/?words=相加"):
        shown = client.get(address).content.decode()
        assert goes_on not in shown and cancels not in shown and "<progress" not in shown
        assert '<a class="button main" href="/audit/">查看结果</a>' in shown and '<dl class="pairs' in shown


def test_what_still_runs_is_not_shown_as_done(people: Any, waiting: list[Any]) -> None:
    seen = []

    @kind("late", "收尾", opens="看收尾")
    def late(progress: Progress) -> Mapping[str, Any]:
        progress("收尾", 1.0)
        seen.append(Job.objects.get().progress)
        return {"url": "/audit/"}

    job = start(people.officer, "late")
    run(job.pk, 1)
    job.refresh_from_db()
    assert seen == [0.99] and (job.progress, job.opens) == (1.0, "看收尾")


def test_start_and_end_are_in_the_log_of_their_owner(people: Any, waiting: list[Any]) -> None:
    from bilan.portal.audit.models import Entry

    job = start(people.officer, "add", first=1, second=1, region=people.regions["990102"], plan="p1")
    run(job.pk, 1)
    told = list(Entry.objects.order_by("number").values_list("action", "actor", "plan", "region_id"))
    assert told == [(f"job.{what}", people.officer.pk, "p1", "990102") for what in ("start", "done")]


def test_an_end_that_the_log_does_not_take_is_no_end(
    people: Any, waiting: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError("the log is full")

    job = start(people.officer, "add", first=1, second=1)
    monkeypatch.setattr("bilan.portal.jobs.run.record", full)
    with pytest.raises(OSError, match="full"):
        run(job.pk, 1)
    job.refresh_from_db()
    assert (job.state, job.result) == (State.RUNNING, None)  # silent from now on, so that it is lost and may run again


def test_a_lost_job_is_in_the_log_once_and_as_nobodys_doing(people: Any, waiting: list[Any], client_of: Any) -> None:
    from bilan.portal.audit.models import Entry

    job = start(people.officer, "add", first=1, second=1, region=people.regions["990102"], plan="p1")
    start(people.analyst, "add", first=1, second=1)
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING, heartbeat=timezone.now() - timedelta(minutes=1))
    for _ in range(2):
        assert client_of("officer").get(f"/jobs/{job.pk}/").status_code == 200
    told = Entry.objects.filter(action="job.lost")
    wanted = [(str(job.pk), None, "", "", "p1", "990102")]
    assert list(told.values_list("object_id", "actor", "actor_name", "address", "plan", "region_id")) == wanted


def test_a_job_is_not_lost_unless_the_log_takes_it(
    people: Any, waiting: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError("the log is full")

    job = start(people.officer, "add", first=1, second=1)
    Job.objects.update(state=State.RUNNING, heartbeat=timezone.now() - timedelta(minutes=1))
    monkeypatch.setattr("bilan.portal.jobs.models.record", full)
    with pytest.raises(OSError, match="full"):
        Job.objects.mark_lost()
    job.refresh_from_db()
    assert job.state == State.RUNNING


# --- a real worker ---


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """A data folder with a database and an administrator; gives what Python code prints there."""
    env = {**os.environ, "BILAN_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "bilan.portal.settings"}
    env.pop("DATABASE_URL", None)

    def python(code: str) -> str:
        whole = f"from bilan.portal import serve\nserve.setup(None)\n{code}"
        done = subprocess.run(
            [sys.executable, "-c", whole], env=env, capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    python.env = env  # type: ignore[attr-defined]
    yield python


SLOW = """
from bilan.portal.jobs.kinds import kind
import time

@kind("slow", "慢", guards=("job", "read"))
def slow(progress, seconds):
    for number in range(int(seconds * 10)):
        progress("等", number / (seconds * 10))
        time.sleep(0.1)
"""
MADE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from bilan.portal.people.administrator import first_administrator
from bilan.portal.people.models import User
first_administrator()
"""
STATE = "from bilan.portal.jobs.models import Job\nprint(Job.objects.get().state, Job.objects.get().attempt)"


def wait_for(site: Any, wanted: str, seconds: float = 30) -> str:
    end = time.monotonic() + seconds
    while (found := site(STATE)) != wanted and time.monotonic() < end:
        time.sleep(0.3)
    return found


def test_a_job_outlives_its_page_and_tells_when_its_worker_is_killed(site: Any, tmp_path: Path) -> None:
    site(MADE)
    queue = SLOW + "from bilan.portal.people.models import User\nfrom bilan.portal.jobs.start import start\n"
    site(f"{queue}start(User.objects.get(), 'slow', seconds=60)")  # the process that asked for it has ended
    code = f"from bilan.portal import serve\nserve.setup(None)\n{SLOW}\nserve.work(None, 1)"

    def worker() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", code], env=site.env, stderr=subprocess.DEVNULL)

    first = worker()
    assert wait_for(site, "running 1") == "running 1"
    first.send_signal(signal.SIGKILL)
    first.wait()
    old = (
        "from bilan.portal.jobs.models import Job\nfrom django.utils import timezone\nfrom datetime import timedelta\n"
    )
    site(f"{old}Job.objects.update(heartbeat=timezone.now() - timedelta(seconds=31))\nJob.objects.mark_lost()")
    assert site(STATE) == "lost 1"
    again = "from bilan.portal.jobs.start import retry\nfrom bilan.portal.jobs.models import Job\n"
    again += "job = Job.objects.get()\nJob.objects.update(parameters={'seconds': 0.3})\nassert retry(job, job.owner)"
    site(SLOW + again)
    second = worker()
    try:
        assert wait_for(site, "done 2") == "done 2"
    finally:
        second.send_signal(signal.SIGINT)
        assert second.wait(20) == 0


def test_a_worker_that_begins_finds_jobs_that_the_queue_lost(site: Any, tmp_path: Path) -> None:
    site(MADE)
    queue = SLOW + "from bilan.portal.people.models import User\nfrom bilan.portal.jobs.start import start\n"
    site(f"{queue}start(User.objects.get(), 'slow', seconds=0.1)")
    for part in tmp_path.glob("huey.sqlite3*"):
        part.unlink()
    old = (
        "from bilan.portal.jobs.models import Job\nfrom django.utils import timezone\nfrom datetime import timedelta\n"
    )
    site(f"{old}Job.objects.update(created=timezone.now() - timedelta(hours=1))")
    code = f"from bilan.portal import serve\nserve.setup(None)\n{SLOW}\nserve.work(None, 1)"
    worker = subprocess.Popen([sys.executable, "-c", code], env=site.env, stderr=subprocess.PIPE)
    try:
        assert wait_for(site, "done 1") == "done 1"
    finally:
        worker.send_signal(signal.SIGINT)
        _out, said = worker.communicate(timeout=20)
    assert worker.returncode == 0 and b"Traceback" not in said
