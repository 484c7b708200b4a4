"""Entries of the log, and the head at which the next one is chained."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from bilan.portal.audit.append_only import AppendOnly
from bilan.portal.audit.words import ACTIONS
from bilan.portal.rights.subject import Subject


class Entry(AppendOnly):
    """Something that happened. Made by ``record`` alone; triggers of the database refuse changes, too.

    Names stand beside ids, as a name may change later. ``old`` and ``new`` are JSON as text, so that the bytes that
    were hashed are those that are read back.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(_("时间"), db_index=True)
    actor = models.BigIntegerField(null=True, db_index=True)
    actor_name = models.CharField(_("操作人"), max_length=120, blank=True)
    action = models.CharField(_("操作"), max_length=60, db_index=True)
    object = models.CharField(_("对象"), max_length=40, blank=True)
    object_id = models.CharField(max_length=80, blank=True)
    label = models.CharField(_("名称"), max_length=200, blank=True)
    old = models.TextField(_("原值"), blank=True)
    new = models.TextField(_("新值"), blank=True)
    plan = models.CharField(_("计划"), max_length=64, blank=True, db_index=True)
    region = models.ForeignKey(
        "people.Region", models.PROTECT, null=True, related_name="+", verbose_name=_("地区"), db_index=True
    )
    address = models.CharField(_("地址"), max_length=45, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    rights: ClassVar = Subject("audit", region="region")

    class Meta:
        verbose_name = verbose_name_plural = _("操作日志")
        ordering = ("-number",)
        indexes: ClassVar = [models.Index(fields=["object", "object_id", "-number"], name="entries_of_a_row")]

    @property
    def done(self) -> str:
        """What was done, in words; the code where this version knows none."""
        return str(ACTIONS.get(self.action, self.action))

    def __str__(self) -> str:
        return f"{self.number} {self.action}"


class Head(models.Model):
    """The last entry's number and hash, one row: who adds the next entry holds it until his transaction ends.

    ``changed`` is the hash of the last entry of what pages show: of no log-in, download, upload or job.
    """

    number = models.BigIntegerField(default=0)
    changed = models.CharField(max_length=64, default="")
    hash = models.CharField(max_length=64)

    rights: ClassVar = None  # shown to nobody

    def __str__(self) -> str:
        return f"{self.number} {self.hash}"
