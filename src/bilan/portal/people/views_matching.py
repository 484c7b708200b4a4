"""The units that published plans name, beside those of the site: what fits none can be given one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from bilan.policy.quotation import within_quotes
from bilan.portal.audit.record import record
from bilan.portal.board.choosing import visible_plans
from bilan.portal.board.sight import Places, places_of
from bilan.portal.core.navigation import way
from bilan.portal.people.models import Unit, UnitName
from bilan.portal.people.pages import not_found
from bilan.portal.people.standing import names_in
from bilan.portal.plans.models import Plan
from bilan.portal.rights.reach import visible
from bilan.portal.rights.views import Reached

if TYPE_CHECKING:
    from bilan.portal.rights.reach import Reach, Visitor


def plans_of(user: Visitor, reach: Reach) -> list[Plan]:
    """Return the published plans whose region lies within ``reach``."""
    return [plan for plan in visible_plans(user) if reach.holds(plan.region.path)]


class Matching(Reached, View):
    """Each name in each plan with the unit that it is; a POST says that a name is a way to write some unit."""

    guards = ("unit", "change")

    def get(self, request: HttpRequest) -> HttpResponse:
        every = places_of(plans_of(request.user, self.reach))
        units = list(self._units(*every))
        shown = [
            {
                "plan": places.plan,
                "unknown": [one for one in names if one.unit is None and not one.together],
                "together": [one for one in names if one.unit is None and one.together],
                "known": [one for one in names if one.unit is not None],
                "units": [
                    (one.pk, f"{one.name}（{one.region.name}）") for one in units if one.region_id in places.by_id
                ],
            }
            for places, names in zip(every, names_in(every), strict=True)
        ]
        crumbs = way((_("单位"), reverse("people:units")), (_("规划里的单位名称"), ""))
        return render(request, "people/matching.html", {"shown": shown, "crumbs": crumbs})

    def post(self, request: HttpRequest) -> HttpResponse:
        plan = next((one for one in plans_of(request.user, self.reach) if one.pk == request.POST.get("plan")), None)
        named = request.POST.get("name", "")
        wanted = request.POST.get("unit", "")
        unit = self._units(Places(plan)).filter(pk=wanted).first() if plan is not None and wanted.isdecimal() else None
        known = {one.name for one in names_in([Places(plan)])[0]} if plan is not None else set()
        if plan is None or unit is None or named not in known:
            messages.error(request, not_found())
            return redirect("people:matching")
        with transaction.atomic():
            self._write(plan, unit, named)
        messages.success(request, _("已对应：%(name)s 就是 %(unit)s。") % {"name": named, "unit": unit.name})
        return redirect("people:matching")

    def _write(self, plan: Plan, unit: Unit, named: str) -> None:
        before = UnitName.objects.filter(written=True, name=named, unit__in=self._units(Places(plan)))
        old = {"units": [one.unit.name for one in before.select_related("unit")]} if before else None
        before.delete()
        UnitName.objects.create(unit=unit, name=named, written=True)
        record("unit.written", row=unit, old=old, new={"name": named}, plan=plan.pk)

    def _units(self, *every: Places) -> QuerySet[Unit]:
        """The units in force to which a name in plans may be given: of their regions and districts, within reach."""
        rows = visible(Unit.objects.now(), self.request.user, "change")
        return rows.filter(region__in={pk for places in every for pk in places.by_id}).select_related("region")


class ForgetName(Reached, View):
    """A form of a name is no longer taken for the unit."""

    guards = ("unit", "change")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        with transaction.atomic():
            form = get_object_or_404(UnitName.objects.select_related("unit__region"), pk=pk)
            if not self.reach.covers(form):
                raise Http404
            if form.written:
                record("unit.written_no_more", row=form.unit, old={"name": form.name})
                form.delete()
        messages.success(request, _("不再把“%s”当作这个单位。") % within_quotes(form.name))
        return redirect("people:unit", pk=form.unit_id)
