"""What speaks against publishing a plan for a place as it is: its period is over, its issuer is another place's."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from bilan.periods import Period

if TYPE_CHECKING:
    from bilan.plan.model import CompiledPlan
    from bilan.portal.people.models import Region


def doubts(plan: CompiledPlan, region: Region) -> list[str]:
    """Return what somebody should look at again before everybody sees the plan."""
    found, issuer = [], plan.plan.issuer or ""
    if is_over(plan, timezone.localdate()):
        found.append(_("这份规划的时段（%s）已经结束。") % plan.plan.period)
    if issuer and not any(name in issuer for name in (region.name, _without_kind(region.name))):
        words = _("文件的发文单位是%(issuer)s，规划却放在%(region)s：请看地区选得对不对。")
        found.append(words % {"issuer": issuer, "region": region.name})
    return found


def is_over(plan: CompiledPlan, day: date) -> bool:
    """Return whether the period of the plan ended before ``day``; one that names none never ends."""
    return last_day(plan) < day


def last_day(plan: CompiledPlan) -> date:
    """Return the last day of the period of the plan, that of the calendar where it names none."""
    with suppress(ValueError):
        return Period.parse(plan.plan.period or "").last
    return date.max


def _without_kind(name: str) -> str:
    """The name without its last character, which says what kind of place it is: 北京 of 北京市."""
    return name[:-1] if len(name) > len("北京") else name
