"""Plans, their documents, drafts under review with every correction, and published versions.

The state of a draft is what the compiler read plus its corrections in their order; nothing is written twice.
Corrections and versions are added and never changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bilan.portal.audit.append_only import AppendOnly
from bilan.portal.rights.subject import Subject

if TYPE_CHECKING:
    from bilan.plan.model import CompiledPlan


class Plan(models.Model):
    """A plan that is kept on the site. ``current`` is the version in force; without one the public does not see it."""

    slug = models.SlugField(primary_key=True, max_length=40)
    title = models.CharField(_("标题"), max_length=200)
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="plans", verbose_name=_("地区"))
    current = models.ForeignKey("Version", models.PROTECT, null=True, blank=True, related_name="+")
    created = models.DateTimeField(_("创建时间"), default=timezone.now)
    dropped = models.DateTimeField(null=True, blank=True)  # it never had a version and nobody wants it any more
    withdrawn = models.DateTimeField(null=True, blank=True)  # it was published, and is on no board any more

    rights: ClassVar = Subject("plan", region="region", public=Q(current__isnull=False, withdrawn__isnull=True))

    @classmethod
    def held(cls, slug: str) -> Plan:
        """Return the plan, locked until the transaction ends: before its drafts and jobs, always in that order."""
        rows = cls.objects.select_for_update(of=("self",), no_key=True)
        return rows.select_related("region", "current").defer("current__compiled", "current__reviewed").get(pk=slug)

    class Meta:
        verbose_name = verbose_name_plural = _("规划")
        ordering = ("-created", "slug")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("plans:plan", args=[self.slug])


class Document(models.Model):
    """A file that was read as a plan. ``text`` is what the reader read: the spans of items count its characters."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="documents")
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+")
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, related_name="+")
    issued = models.CharField(max_length=10, blank=True)  # the day that the person who uploaded it named
    text = models.TextField(blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"), default=timezone.now)
    put_aside = models.DateTimeField(null=True, blank=True)  # it was not read, and nobody waits for it any more

    rights: ClassVar = Subject("draft", region="region")

    class Meta:
        verbose_name = verbose_name_plural = _("文件")
        ordering = ("-uploaded_at", "-pk")

    def __str__(self) -> str:
        return self.file.name


class DraftState(models.TextChoices):
    REVIEWING = "reviewing", _("审核中")
    PUBLISHED = "published", _("已发布")
    DISCARDED = "discarded", _("已丢弃")


UNREAD = ("compiled", "document__text", "base__compiled", "base__reviewed")  # of a draft whose review is held


class Draft(models.Model):
    """A plan under review. ``compiled`` is the JSON with which the review began; it never changes."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="drafts")
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, related_name="drafts")
    base = models.ForeignKey("Version", models.PROTECT, null=True, blank=True, related_name="revisions")
    continues = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")  # whose decisions
    compiled = models.TextField()
    state = models.CharField(_("状态"), max_length=10, choices=DraftState.choices, default=DraftState.REVIEWING)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("开始时间"), default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    rights: ClassVar = Subject("draft", region="region")

    class Meta:
        verbose_name = verbose_name_plural = _("审核稿")
        ordering = ("-started_at", "-pk")

    def __str__(self) -> str:
        return f"{self.plan} {_('审核稿')} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("plans:review", args=[self.pk])

    @property
    def open(self) -> bool:
        return self.state == DraftState.REVIEWING

    @property
    def revises(self) -> Version | None:
        """The version that the review goes on from; one read from another document it would only replace."""
        return self.base if self.base and self.base.document_id == self.document_id else None

    def end(self, state: DraftState) -> None:
        """End the review; the draft must be held."""
        self.state, self.ended_at = state, timezone.now()
        self.save(update_fields=["state", "ended_at"])


class CorrectionKind(models.TextChoices):
    """What a person did. ``undo`` and ``redo`` take a whole step back or do it again."""

    CONFIRM = "confirm", _("确认")
    CORRECT = "correct", _("修改")
    REJECT = "reject", _("剔除")
    RESTORE = "restore", _("恢复")
    ADD = "add", _("补充")
    UNDO = "undo", pgettext_lazy("step", "撤销")
    REDO = "redo", pgettext_lazy("step", "重做")


class Correction(AppendOnly):
    """One change of one item in a draft. What was done at once, such as an import, is one ``step``.

    ``number`` counts the corrections of a draft from 1. ``old`` and ``new`` are the fields that changed as JSON, all of
    them for an item that came or went. ``of_step`` is the step that an undo or redo is about, ``version`` that of the
    plan after the step, by which a workbook that went out is known again.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+")
    draft = models.ForeignKey(Draft, models.PROTECT, related_name="corrections")
    number = models.PositiveIntegerField()
    step = models.PositiveIntegerField()
    kind = models.CharField(_("操作"), max_length=10, choices=CorrectionKind.choices)
    list_name = models.CharField(max_length=20, blank=True)
    item = models.CharField(max_length=60, blank=True)
    label = models.CharField(_("条目"), max_length=200, blank=True)
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    of_step = models.PositiveIntegerField(null=True)
    source = models.CharField(max_length=200, blank=True)  # the workbook it came from; empty: a page
    version = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("操作人"))
    at = models.DateTimeField(_("时间"), default=timezone.now)

    rights: ClassVar = Subject("draft", region="region")

    class Meta:
        verbose_name = verbose_name_plural = _("修改记录")
        ordering = ("draft", "number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["draft", "number"], name="correction_numbered_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.kind} {self.label}"


class Version(AppendOnly):
    """A published version: frozen, with the ids of the items that somebody had looked at one by one."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions")
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("版本"))
    draft = models.OneToOneField(Draft, models.PROTECT, related_name="version")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    compiled = models.TextField()
    digest = models.CharField(_("内容版本号"), max_length=20)  # version in the JSON
    reviewed = models.JSONField(default=list)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("发布人")
    )
    published_at = models.DateTimeField(_("发布时间"), default=timezone.now)

    rights: ClassVar = Subject("plan", region="region", public=Q(plan__withdrawn__isnull=True))

    class Meta:
        verbose_name = verbose_name_plural = _("版本")
        ordering = ("plan", "-number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "number"], name="version_numbered_once")]

    def __str__(self) -> str:
        return f"{self.plan} {_('第 %d 版') % self.number}"

    def get_absolute_url(self) -> str:
        return reverse("plans:version", args=[self.pk])

    @property
    def identity(self) -> tuple[int, str, str]:
        """What tells it from all others: the digest is of the lists alone, and numbers come again in a new database.

        Whatever is held in memory of a version is held by it.
        """
        return self.pk, self.digest, str(self.published_at)

    def compiled_plan(self) -> CompiledPlan:
        """Return the plan as it was published."""
        from bilan.portal.plans.reading import parsed

        return parsed(("version", *self.identity), lambda: self.compiled)
