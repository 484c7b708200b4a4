"""A job: what was asked for, by whom, how far it is, and what came of it."""

from __future__ import annotations

from contextvars import Context
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bilan.portal.audit.record import record
from bilan.portal.core.sentences import again
from bilan.portal.jobs.kinds import kind_named
from bilan.portal.rights.subject import Subject

SILENT = timedelta(seconds=30)  # a worker gives a sign every few seconds; silent for so long, it is gone


class State(models.TextChoices):
    """Where a job is. ``lost`` is a running one whose worker gives no sign any more."""

    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("失败")
    CANCELLED = "cancelled", _("已取消")
    LOST = "lost", _("中断")


OPEN = (State.QUEUED, State.RUNNING)
MAY_RUN_AGAIN = (State.FAILED, State.CANCELLED, State.LOST)


class JobQuerySet(models.QuerySet["Job"]):
    def mark_lost(self) -> int:
        """Say of jobs whose worker is gone that they are lost, and write it in the log; return how many."""
        silent = self.filter(state=State.RUNNING, heartbeat__lt=timezone.now() - SILENT)
        if not silent.exists():  # pages ask often, and an update would wait for whoever writes
            return 0
        with transaction.atomic():
            gone = list(silent.select_for_update(of=("self",)).select_related("region").order_by("pk"))
            for job in gone:
                job.state, job.ended = State.LOST, timezone.now()
                job.save(update_fields=["state", "ended"])
                Context().run(_note_lost, job)  # empty: whoever's page notices it did not do it
        return len(gone)


def _note_lost(job: Job) -> None:
    record("job.lost", row=job, new={"kind": job.kind})


class Job(models.Model):
    """Work in the background. ``attempt`` counts the tries: what an earlier one still writes is not heard.

    ``message`` and ``error`` are Chinese, as nobody knows who will read them.
    """

    kind = models.CharField(_("任务"), max_length=40)
    label = models.CharField(_("名称"), max_length=200, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs", verbose_name=_("发起人"), db_index=True
    )
    plan = models.CharField(_("计划"), max_length=64, blank=True, db_index=True)
    region = models.ForeignKey(
        "people.Region", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("地区")
    )
    parameters = models.JSONField(default=dict)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.QUEUED, db_index=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    progress = models.FloatField(default=0.0)
    message = models.CharField(max_length=200, blank=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    cancel_asked = models.BooleanField(default=False)
    created = models.DateTimeField(_("提交时间"), default=timezone.now, db_index=True)
    started = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    heartbeat = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()
    rights: ClassVar = Subject("job", region="region", owner="owner")

    class Meta:
        verbose_name = verbose_name_plural = _("后台任务")
        ordering = ("-created", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(progress__gte=0, progress__lte=1), name="job_progress_is_a_share")
        ]

    def __str__(self) -> str:
        return self.label or self.kind_label

    @property
    def kind_label(self) -> str:
        return str(kind_named(self.kind).label)

    @property
    def opens(self) -> str:
        """What leads to its result."""
        return str(kind_named(self.kind).opens)

    @property
    def said(self) -> str:
        """What it tells of itself, in the language of the page."""
        return again(self.message)

    @property
    def fault(self) -> str:
        """Why it failed, in the language of the page."""
        return again(self.error)

    @property
    def open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in OPEN

    @property
    def may_run_again(self) -> bool:
        return self.state in MAY_RUN_AGAIN

    @property
    def before(self) -> int:
        """How many jobs wait in front of a waiting one."""
        return Job.objects.filter(state=State.QUEUED, created__lt=self.created).count()

    def link(self) -> Any:
        """Where the result is shown; an address of this site or nothing."""
        url = (self.result or {}).get("url", "") if isinstance(self.result, dict) else ""
        return url if isinstance(url, str) and url.startswith("/") and not url.startswith("//") else ""
