"""The first page of administration, with what needs attention, and the page of settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from bilan.portal.audit.models import Entry
from bilan.portal.board.sight import places_of
from bilan.portal.jobs.models import Job, State
from bilan.portal.jobs.start import JobError, start
from bilan.portal.people import site_state
from bilan.portal.people.locks import locked_names
from bilan.portal.people.models import Contact, Membership, Unit, User
from bilan.portal.people.pages import tabs
from bilan.portal.people.standing import names_in
from bilan.portal.people.views_matching import plans_of
from bilan.portal.people.views_users import with_role
from bilan.portal.rights.reach import allowed, reach, visible
from bilan.portal.rights.views import Guarded, Reached

_DAYS_OF_JOBS = timedelta(days=7)


@dataclass(frozen=True)
class Concern:
    """Something that needs attention, how often, and where it is dealt with."""

    words: str
    many: int
    url: str


class Administration(Reached, View):
    """How many users and units there are, what needs attention, and what was done last."""

    guards = ("user", "read")

    def get(self, request: HttpRequest) -> HttpResponse:
        users = self.rows(User.objects.all())
        context = {
            "tabs": tabs(request),
            "tiles": [
                (_("启用的用户"), users.filter(is_active=True).count(), reverse("people:users") + "?state=active"),
                (_("现有单位"), Unit.objects.now().count(), reverse("people:units")),
                (_("有效的角色"), visible(Membership.objects.now(), request.user).count(), reverse("people:users")),
            ],
            "concerns": [one for one in self._concerns(request) if one.many],
            "entries": visible(Entry.objects.all(), request.user)[:8],
        }
        return render(request, "people/administration.html", context)

    def _concerns(self, request: HttpRequest) -> Iterator[Concern]:
        users, url = self.rows(User.objects.filter(is_active=True)), reverse("people:users")
        yield Concern(_("被锁定的用户"), users.filter(username__in=locked_names()).count(), f"{url}?state=locked")
        one_time = users.filter(must_change_password=True).count()
        yield Concern(_("还没有换掉一次性密码的用户"), one_time, f"{url}?state=one_time")
        for role, words in (
            ("none", _("没有角色的用户")),
            ("unit_ended", _("单位已经撤销、角色还没有换的用户")),
            ("ending", _("30 天内有角色到期的用户")),
        ):
            yield Concern(words, with_role(users, role, request.user).count(), f"{url}?role={role}&state=active")
        units = reverse("people:units")
        if allowed(request.user, "person", "read"):
            asked = visible(Unit.objects.now(), request.user, "change")
            nobody = asked.exclude(pk__in=Contact.objects.now().values("unit")).count()
            yield Concern(_("没有联系人的单位"), nobody, f"{units}?state=nobody")
        if allowed(request.user, "unit", "change"):
            yield Concern(_("规划里对应不到单位的名称"), self._unknown(request), reverse("people:matching"))
        since = timezone.now() - _DAYS_OF_JOBS
        failed = visible(Job.objects.filter(state__in=(State.FAILED, State.LOST), created__gte=since), request.user)
        yield Concern(_("7 天内失败或中断的后台任务"), failed.count(), reverse("jobs:list"))

    def _unknown(self, request: HttpRequest) -> int:
        found = reach(request.user, "unit", "change")
        every = names_in(places_of(plans_of(request.user, found)))
        return sum(one.unit is None and not one.together for names in every for one in names)


class Settings(Guarded, View):
    """What the site runs with. Nothing is changed here: settings come from the environment."""

    guards = ("setting", "read")

    def get(self, request: HttpRequest) -> HttpResponse:
        context: dict[str, Any] = {
            "tabs": tabs(request),
            "settings": site_state.settings_now(),
            "versions": site_state.versions(),
            "lake": site_state.lake(),
            "worker": site_state.worker(),
            "at_once": settings.BILAN_JOBS_AT_ONCE,
            "last_entry": Entry.objects.first(),
        }
        return render(request, "people/settings.html", context)


class Ping(Guarded, View):
    """Asks the worker for a sign of life: a job that does nothing."""

    guards = ("setting", "change")

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            job = start(cast(User, request.user), site_state.PING)
        except JobError as refused:
            messages.error(request, str(refused))
            return redirect("people:settings")
        return redirect("jobs:job", pk=job.pk)
