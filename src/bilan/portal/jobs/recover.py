"""After a crash: jobs that wait but that no queue holds are queued again, running ones without a worker are lost."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from bilan.portal.jobs.models import Job, State
from bilan.portal.jobs.queue import enqueue, waiting

_ON_ITS_WAY = timedelta(seconds=30)  # a job is queued when its row is there, a moment later


def recover() -> int:
    """Put right what a crash of pages or worker left; return how many jobs were queued again.

    One that a worker has just taken may be queued a second time: it is run once.
    """
    Job.objects.mark_lost()
    before = timezone.now() - _ON_ITS_WAY
    rows = Job.objects.filter(state=State.QUEUED, created__lt=before).order_by("created", "pk")
    found = list(rows.values_list("pk", "attempt"))
    if not found:
        return 0
    there = waiting()
    missing = [one for one in found if one not in there]
    for number, attempt in missing:
        enqueue(number, attempt)
    return len(missing)
