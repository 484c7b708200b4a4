"""Whether the board of a past day is another one than what stood on the site that day: then the page says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from bilan.portal.core.speech import day_words
from bilan.portal.plans.models import Version

if TYPE_CHECKING:
    from bilan.portal.board.sources import Asked


def hindsight(asked: Asked) -> str:
    """Return by which version the board of ``asked`` is judged where another one, or none, was in force that day."""
    version, day = asked.version, asked.as_of
    issued = asked.plan.plan.issued_from
    if issued is not None and day < issued:
        words = _("%(day)s规划还没有印发；这里按现在的规划和数据推算。")
        return words % {"day": day_words(day)}
    if day >= timezone.localdate(version.published_at):
        return ""
    then = Version.objects.filter(plan=version.plan_id, published_at__date__lte=day).order_by("-number").first()
    if then is None:  # the site came later than the plan
        return ""
    words = _("按现在的第 %(now)s 版规划和现有数据推算；%(day)s有效的是第 %(then)s 版。")
    return words % {"now": version.number, "then": then.number, "day": day_words(day)}
