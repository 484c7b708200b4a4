"""From the address to a board: which plan, which place, which day; and only what the reader may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from bilan.portal.audit.record import last_change
from bilan.portal.board.lake import latest_day
from bilan.portal.board.sight import Places, Sight
from bilan.portal.board.sources import Asked
from bilan.portal.core.held import Held
from bilan.portal.core.speech import day_words
from bilan.portal.people.models import Region
from bilan.portal.plans.doubts import last_day
from bilan.portal.plans.models import Plan
from bilan.portal.rights.reach import reach, visible

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from bilan.portal.rights.reach import Visitor

FIRST_DAY = date(2000, 1, 1)  # before it there is neither data nor a plan that is watched
_published: Held[list[tuple[Plan, Places]]] = Held(32)
_last_days: Held[date] = Held(4096)  # of versions: a whole plan is read for one day, and of many not all are held


class NotYoursError(Http404):
    """It is there, but not for this reader."""


class NoPlanError(Exception):
    """There is no published plan that the reader may see."""


@dataclass(frozen=True)
class Chosen:
    """The board that an address asks for. ``problems`` say what of the address could not be used."""

    plan: Plan
    plans: Sequence[Plan]
    region: Region
    regions: Sequence[Region]
    asked: Asked
    sight: Sight
    problems: Sequence[str] = field(default=())

    @property
    def query(self) -> str:
        """What an address must carry to ask for the same place and day."""
        return f"region={self.region.pk}&as_of={self.asked.as_of.isoformat()}"


def plans_for(request: HttpRequest, object_: str, action: str, changed: str | None = None) -> list[tuple[Plan, Sight]]:
    """Return the published plans whose boards the reader may see, those in force first; read anew after each change."""
    key = (last_change() if changed is None else changed, timezone.localdate(), reach(request.user, "plan", "read"))
    plans = _published.once(key, lambda: _in_order(visible_plans(request.user)))
    found = [(plan, Sight(request.user, places, object_, action)) for plan, places in plans]
    return [(plan, sight) for plan, sight in found if sight.regions]


def _in_order(plans: Iterable[Plan]) -> list[tuple[Plan, Places]]:
    """The plans with their places; those whose period is over come last, else the latest first."""
    today = timezone.localdate()
    return sorted(((plan, Places(plan)) for plan in plans), key=lambda one: _last_day(one[0]) < today)


def _last_day(plan: Plan) -> date:
    version = plan.current
    assert version is not None
    version.plan = plan  # known already
    return _last_days.once(version.identity, lambda: last_day(version.compiled_plan()))


def visible_plans(user: Visitor) -> QuerySet[Plan]:
    """Return the plans of :func:`published_plans` that ``user`` may see."""
    return visible(published_plans(), user)


def published_plans() -> QuerySet[Plan]:
    """Return the published plans, with their regions and versions but not the text of these."""
    rows = Plan.objects.filter(current__isnull=False, dropped__isnull=True, withdrawn__isnull=True)
    return rows.select_related("current", "region").defer("current__compiled")


def choose(
    request: HttpRequest, object_: str = "board", action: str = "read", plan: str | None = None, *, public: bool = False
) -> Chosen:
    """Return what the address asks for. ``plan`` is its slug where the path names it.

    Raises :class:`NoPlanError` where there is none at all, Http404 for a plan or a place that the reader may not see.
    """
    changed = last_change()  # before all that may change
    found = plans_for(request, object_, action, changed)
    slug = plan or request.GET.get("plan", "")
    chosen = next((one for one in found if not slug or one[0].slug == slug), None)
    if chosen is None:
        if slug:
            raise Http404
        raise NoPlanError
    row, sight = chosen
    assert row.current is not None
    row.current.plan = row  # known already
    regions = [row.region] if public else sight.regions
    asked_for, elsewhere = request.GET.get("region", ""), []
    if slug and not plan and asked_for and asked_for not in sight.places.by_id:  # the place of the plan chosen before
        asked_for, elsewhere = "", [_("上次看的地区不在这个规划里；现在显示%s。") % regions[0]]
    region = _region(asked_for, regions, sight.places)
    as_of, problems = _day(request.GET.get("as_of", ""))
    if public and not _is_public(as_of):
        as_of, problems = latest_day(), [_("公众版有最近 31 天和近三年各月末的看板；现在显示最近一天。")]
    asked = Asked(row.current, as_of, region.pk, public=public, changed=changed)
    return Chosen(row, [one for one, _sight in found], region, regions, asked, sight, [*elsewhere, *problems])


def _region(id_: str, regions: Sequence[Region], places: Places) -> Region:
    if not id_:
        return regions[0]
    found = next((one for one in regions if one.pk == id_), None)
    if found is None:
        raise NotYoursError if id_ in places.by_id else Http404
    return found


def _is_public(day: date) -> bool:
    """Whether the board of the day is everybody's: few enough that asking for all of them tires nobody."""
    latest = latest_day()
    is_months_end = (day + timedelta(days=1)).day == 1
    return latest - timedelta(days=31) <= day or (is_months_end and day.year >= latest.year - 3)


def _day(text: str) -> tuple[date, list[str]]:
    """The day that is asked for, else the latest with data; and what is wrong with the one in the address."""
    if not text:
        return latest_day(), []
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return latest_day(), [_("日期“%s”认不出，应如 2026-09-30；现在显示最近一天。") % text[:20]]
    if day < FIRST_DAY:
        return latest_day(), [_("%s以前没有看板；现在显示最近一天。") % day_words(FIRST_DAY)]
    if day > timezone.localdate():
        return latest_day(), [_("只能看今天和过去的日子；现在显示最近一天。")]
    return day, []
