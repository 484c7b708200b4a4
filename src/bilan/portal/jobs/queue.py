"""The queue between pages and worker: a file in the data folder, or Redis."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from huey import Huey, MemoryHuey, SqliteHuey

_NAME = "bilan"
_JOB = "bilan.job"


@cache
def queue() -> Huey:
    """Return the queue. With ``BILAN_JOBS_AT_ONCE`` a job runs where it is started, before the page answers."""
    if settings.BILAN_JOBS_AT_ONCE:
        return MemoryHuey(_NAME, immediate=True, results=False)
    if settings.BILAN_REDIS:
        from huey import RedisHuey

        return RedisHuey(_NAME, url=settings.BILAN_REDIS, results=False)
    path = Path(settings.BILAN_HOME) / "huey.sqlite3"
    return SqliteHuey(_NAME, filename=str(path), results=False, fsync=True, timeout=20)


@cache
def _task() -> Any:
    from bilan.portal.jobs.run import run

    return queue().task(name=_JOB)(run)


def enqueue(job: int, attempt: int) -> None:
    """Put a job at the end of the queue."""
    _task()(job, attempt)


def waiting() -> set[tuple[int, int]]:
    """Return number and attempt of the jobs that the queue holds."""
    _task()
    return {task.args for task in queue().pending() if task.name == _JOB}


def worker(threads: int) -> Any:
    """Return the consumer that takes jobs from the queue; ``run()`` of it ends at SIGTERM or SIGINT.

    What worker and pages left undone at a crash is put right first, by the chores that are to be done at once.
    """
    from bilan.portal.jobs.chores import CHORES

    _task()
    for chore in CHORES.values():
        queue().periodic_task(chore.when, name=f"bilan.{chore.name}")(chore)
        if chore.at_once:
            chore()
    return queue().create_consumer(workers=threads, max_delay=1.0)
