"""What people decide and say about targets: entries, notes, and judgements that a person has closed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bilan.board.entries import Entry as Decision
from bilan.board.status import STATUSES
from bilan.portal.audit.append_only import AppendOnly, AppendOnlyQuerySet
from bilan.portal.rights.subject import Subject

# What may be entered, in the library's terms.
ENTRY_KINDS = {
    "judgement": _("判定"),
    "figure": _("现状值"),
    "reference": _("上级下达数"),
    "baseline": _("基准值"),
    "milestone": _("分年度目标"),
    "goal": _("分解目标"),
}
_DIGITS, _PLACES = 30, 15  # the library reads fifteen digits before the point and behind it


class About(models.Model):
    """A row about a target of a plan. ``region`` is the place that it is about, ``unit`` whose row it is."""

    plan = models.ForeignKey("plans.Plan", models.PROTECT, related_name="+")
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+")
    unit = models.ForeignKey("people.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    target = models.CharField(max_length=80)

    class Meta:
        abstract = True


class Entry(About, AppendOnly):
    """A decision, as ``bilan.board.entries`` reads it. ``district``: of a part of the target's region, not of it.

    Without ``value`` and ``status`` the decision before is withdrawn.
    """

    district = models.BooleanField(default=False)
    what = models.CharField(_("事项"), max_length=10, choices=list(ENTRY_KINDS.items()))
    year = models.PositiveSmallIntegerField(_("年份"), null=True, blank=True)
    month = models.PositiveSmallIntegerField(_("月份"), null=True, blank=True)
    value = models.DecimalField(_("数值"), max_digits=_DIGITS, decimal_places=_PLACES, null=True, blank=True)
    shown = models.CharField(max_length=40, blank=True)  # the value as it was written, with the digits it had
    status = models.CharField(_("判定"), max_length=20, blank=True, choices=[(one, one) for one in STATUSES])
    reason = models.CharField(_("理由"), max_length=500)
    by = models.CharField(_("填写人"), max_length=130)  # the names of a unit and of a person
    on = models.DateField(_("日期"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"), default=timezone.now)

    rights: ClassVar = Subject("entry", region="region", unit=("unit",))

    class Meta:
        verbose_name = verbose_name_plural = _("填报")
        ordering = ("plan", "target", "on", "pk")
        indexes: ClassVar = [models.Index(fields=["plan", "target"], name="entry_of_target")]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.target}"

    @property
    def withdrawn(self) -> bool:
        """Whether it takes the decision before it back."""
        return self.value is None and not self.status

    def decision(self) -> Decision:
        """Return it as the board reads it."""
        value = None if self.value is None else Decimal(self.shown) if self.shown else self.value
        return Decision(
            target=self.target,
            what=self.what,  # type: ignore[arg-type]
            year=self.year,
            value=value,
            status=self.status or None,  # type: ignore[arg-type]
            reason=self.reason,
            by=self.by,
            on=self.on,
            line=self.pk,
            region=self.region_id if self.district else None,
            month=self.month,
        )


class Note(About, AppendOnly):
    """A remark about a target. It is answered by another one, never changed."""

    text = models.TextField(_("内容"), max_length=2000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"), default=timezone.now)

    rights: ClassVar = Subject("note", region="region", unit=("unit",), owner="author")

    class Meta:
        verbose_name = verbose_name_plural = _("备注")
        ordering = ("-at", "-pk")
        indexes: ClassVar = [models.Index(fields=["plan", "target"], name="note_of_target")]

    def __str__(self) -> str:
        return self.text[:40]


class ClosingQuerySet(AppendOnlyQuerySet):
    def in_force(self) -> ClosingQuerySet:
        """Those that nobody has reopened."""
        return self.filter(reopened_at__isnull=True)


class Closing(About, AppendOnly):
    """A judgement of a period that a person approved: what was shown then, and everything that it was made from.

    It never changes, except that it may be reopened, once.
    """

    district = models.BooleanField(default=False)
    period = models.CharField(_("时段"), max_length=24)
    as_of = models.DateField(_("截至"))
    version = models.ForeignKey("plans.Version", models.PROTECT, related_name="+")
    plan_version = models.CharField(max_length=20)
    policy_version = models.CharField(max_length=64)
    software_version = models.CharField(max_length=40)
    lake_version = models.BigIntegerField()
    statistics_version = models.BigIntegerField()
    known_at = models.DateTimeField(_("数据截至"))
    status = models.CharField(_("状态"), max_length=20)
    figure = models.TextField(_("数值"), blank=True)
    figure_unit = models.TextField(blank=True)  # in the words of the plan, however many
    gap = models.TextField(_("差距"), blank=True)
    remark = models.CharField(_("说明"), max_length=500, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("批准人")
    )
    approved_at = models.DateTimeField(_("批准时间"), default=timezone.now)
    reopened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reopened_at = models.DateTimeField(_("重新打开时间"), null=True, blank=True)
    reopened_reason = models.CharField(_("重新打开的理由"), max_length=500, blank=True)

    objects: ClassVar = ClosingQuerySet.as_manager()
    set_once: ClassVar[tuple[str, ...]] = ("reopened_at", "reopened_by", "reopened_reason")
    rights: ClassVar = Subject("closing", region="region", unit=("unit",))

    class Meta:
        verbose_name = verbose_name_plural = _("结账")
        ordering = ("-approved_at", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "target", "region", "period"],
                condition=Q(reopened_at__isnull=True),
                name="period_closed_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.period}"

    def reopen(self, user: Any, reason: str) -> bool:
        """Open the period again; return whether it was closed until now."""
        now = timezone.now()
        rows: models.QuerySet[Closing] = models.QuerySet(Closing).filter(pk=self.pk, reopened_at__isnull=True)
        done = bool(rows.update(reopened_by=user, reopened_at=now, reopened_reason=reason))
        self.refresh_from_db()
        return done
