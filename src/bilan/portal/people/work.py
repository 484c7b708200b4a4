"""The job that shows that a worker takes jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bilan.portal.jobs.kinds import Progress, kind
from bilan.portal.people.site_state import PING


@kind(PING, _("检查后台任务进程"), guards=("setting", "change"))
def ping(progress: Progress) -> Mapping[str, Any]:
    """Do nothing: that it was done is the answer."""
    progress("后台任务进程在运行", 1.0)
    return {"url": reverse("people:settings")}
