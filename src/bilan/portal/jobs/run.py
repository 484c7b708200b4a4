"""Running a job: its states, its progress, a sign of life every few seconds, and what is said when it fails."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.utils import timezone, translation

from bilan.errors import BilanError
from bilan.portal.audit.context import acting
from bilan.portal.audit.record import record
from bilan.portal.jobs.kinds import kind_named
from bilan.portal.jobs.models import Job, JobQuerySet, State

logger = logging.getLogger(__name__)

BEAT = 5.0  # seconds between two signs of life
_TOLD = 0.5  # seconds between two writes of the progress
_NEARLY = 0.99  # what still runs is not done, whatever it says


class CancelledError(Exception):
    """Somebody asked for the end of the job; not an error."""


def run(number: int, attempt: int) -> None:
    """Run job ``number`` if this is still its attempt and nobody else has begun; never raises for what the job does."""
    at_once = connection.in_atomic_block  # in the process of a page or a test: its connection is not ours to close
    if not at_once:
        close_old_connections()
    try:
        _run(number, attempt, at_once)
    finally:
        if not at_once:
            close_old_connections()


def _run(number: int, attempt: int, at_once: bool) -> None:
    mine = Job.objects.filter(pk=number, attempt=attempt)
    now = timezone.now()
    if not mine.filter(state=State.QUEUED).update(state=State.RUNNING, started=now, heartbeat=now, message=""):
        return
    job = mine.select_related("owner", "region").get()
    with _alive(job, at_once), acting(job.owner), translation.override(settings.LANGUAGE_CODE):
        ended = _outcome(job)
    with acting(job.owner), transaction.atomic():
        if mine.filter(state=State.RUNNING).update(ended=timezone.now(), **ended):
            record(f"job.{ended['state']}", row=job, new={"kind": job.kind, "error": ended.get("error", "")})


def _outcome(job: Job) -> dict[str, Any]:
    """Do the work and return how the job ends."""
    try:
        result = kind_named(job.kind).work(_Teller(job), **job.parameters)
    except CancelledError:
        return {"state": State.CANCELLED.value}
    except BilanError as error:
        return {"state": State.FAILED.value, "error": str(error)}
    except Exception as error:
        logger.exception("job %s (%s) failed", job.pk, job.kind)
        return {"state": State.FAILED.value, "error": f"内部错误 {type(error).__name__}，任务编号 {job.pk}"}
    return {"state": State.DONE.value, "progress": 1.0, "result": dict(result or {})}


class _Teller:
    """Writes the progress of a job down, not more often than pages ask, and notices that it was cancelled."""

    def __init__(self, job: Job) -> None:
        self._job, self._told = Job.objects.filter(pk=job.pk, attempt=job.attempt), 0.0

    def __call__(self, words: str, share: float) -> None:
        if time.monotonic() - self._told < _TOLD:
            return
        self._told = time.monotonic()
        share = min(max(float(share), 0.0), _NEARLY)
        if not self._wanted().update(progress=share, message=words[:200], heartbeat=timezone.now()):
            raise CancelledError

    def hold(self) -> None:
        if not self._wanted().select_for_update().exists():
            raise CancelledError

    def _wanted(self) -> JobQuerySet:
        return self._job.filter(state=State.RUNNING, cancel_asked=False)


@contextmanager
def _alive(job: Job, at_once: bool) -> Iterator[None]:
    """Give a sign of life from a thread of its own, however long the work is silent."""
    if at_once:
        yield
        return
    over = threading.Event()
    thread = threading.Thread(target=_beat, args=(job.pk, job.attempt, over), name=f"job-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(number: int, attempt: int, over: threading.Event) -> None:
    try:
        while not over.wait(BEAT):
            try:
                mine = Job.objects.filter(pk=number, attempt=attempt, state=State.RUNNING)
                mine.update(heartbeat=timezone.now())
            except Exception:  # the database is away for a moment; the next sign may reach it
                logger.exception("job %s could not give a sign of life", number)
                connection.close()
    finally:
        connection.close()
