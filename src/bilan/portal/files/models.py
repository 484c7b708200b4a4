"""Files that were handed in: what they are called, whose they are, and under which hash their bytes lie."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bilan.portal.rights.subject import Subject


class StoredFile(models.Model):
    """A file that somebody handed in. Two with the same bytes share them on the disk."""

    name = models.CharField(_("文件名"), max_length=200)
    kind = models.CharField(max_length=10)
    size = models.BigIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64, db_index=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="files", verbose_name=_("上传人"))
    plan = models.CharField(_("计划"), max_length=64, blank=True, db_index=True)
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name=_("地区"))
    unit = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位")
    )
    created = models.DateTimeField(_("上传时间"), default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)  # by then it is put to use, which empties this, or it goes

    rights: ClassVar = Subject("file", region="region", unit=("unit",), owner="owner")

    class Meta:
        verbose_name = verbose_name_plural = _("文件")
        ordering = ("-created", "-pk")

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where its bytes lie."""
        return path_of(self.sha256)


def path_of(sha256: str) -> Path:
    """Return where the bytes with that hash lie in the data folder."""
    return Path(settings.BILAN_FILES) / sha256[:2] / sha256
