"""Starting, cancelling and repeating jobs, within the limits of one person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bilan.errors import BilanError
from bilan.portal.audit.models import Entry
from bilan.portal.audit.record import record
from bilan.portal.jobs.kinds import kind_named
from bilan.portal.jobs.models import MAY_RUN_AGAIN, OPEN, Job, State
from bilan.portal.jobs.queue import enqueue
from bilan.portal.people.models import User
from bilan.portal.rights.reach import allowed

if TYPE_CHECKING:
    from bilan.portal.people.models import Region

_START, _RETRY = _BEGINNINGS = ("job.start", "job.retry")


class JobError(BilanError):
    """A job was not started; the message says why and what to do."""


def admit(user: User, kind: str) -> None:
    """Raise JobError where ``user`` may not start a job of ``kind`` now, by his rights or for having too many.

    To be called in the transaction that starts it, before anything is kept for it.
    """
    User.objects.select_for_update().get(pk=user.pk)  # two pages at once count one after the other
    if not allowed(user, *kind_named(kind).guards):
        raise JobError(_("您没有权限做这项任务。"))
    mine = Job.objects.filter(owner=user)
    mine.mark_lost()
    if mine.filter(state__in=OPEN).count() >= settings.BILAN_JOBS_RUNNING:
        raise JobError(_("您已有 %d 项任务在进行或排队，请等其中一项结束。") % settings.BILAN_JOBS_RUNNING)
    since = timezone.now() - timedelta(hours=1)
    begun = Entry.objects.filter(
        actor=user.pk, action__in=_BEGINNINGS, at__gte=since
    )  # a row counts its last time only
    if begun.count() >= settings.BILAN_JOBS_HOURLY:
        raise JobError(_("一小时内最多提交 %d 项任务，请稍后再试。") % settings.BILAN_JOBS_HOURLY)


@transaction.atomic
def start(
    owner: User,
    kind: str,
    *,
    label: str = "",
    plan: str = "",
    region: Region | None = None,
    **parameters: Any,
) -> Job:
    """Queue a job and return it. Raises JobError where ``owner`` may not, or has too many already."""
    admit(owner, kind)
    job = Job.objects.create(owner=owner, kind=kind, label=label[:200], plan=plan, region=region, parameters=parameters)
    record(_START, row=job, new={"kind": kind}, plan=plan, region=region, actor=owner)
    _queue(job.pk, job.attempt)
    return job


def _queue(number: int, attempt: int) -> None:
    """Queue the job when its row is there; where that fails, the worker finds it waiting."""
    transaction.on_commit(lambda: enqueue(number, attempt), robust=True)


@transaction.atomic
def cancel(job: Job) -> bool:
    """End a waiting job, ask a running one to end; false where it has ended."""
    mine = Job.objects.filter(pk=job.pk)
    if mine.filter(state=State.QUEUED).update(state=State.CANCELLED, ended=timezone.now()):
        record("job.cancelled", row=job)
        return True
    return bool(mine.filter(state=State.RUNNING).update(cancel_asked=True))


@transaction.atomic
def retry(job: Job, user: User) -> bool:
    """Queue a job again that failed, was cancelled or lost its worker; false for any other.

    It goes on in the name of its owner, who must still be allowed to start it, as must ``user``. Raises JobError.
    """
    if not job.owner.is_active or not allowed(job.owner, *kind_named(job.kind).guards):
        raise JobError(_("提交任务的人已没有权限做这项任务，不能重试。"))
    admit(user, job.kind)
    again = Job.objects.filter(pk=job.pk, attempt=job.attempt, state__in=MAY_RUN_AGAIN).update(
        state=State.QUEUED,
        attempt=job.attempt + 1,
        progress=0.0,
        message="",
        error="",
        result=None,
        cancel_asked=False,
        created=timezone.now(),
        started=None,
        ended=None,
        heartbeat=None,
    )
    if again:
        record(_RETRY, row=job, new={"attempt": job.attempt + 1}, actor=user)
        _queue(job.pk, job.attempt + 1)
    return bool(again)
