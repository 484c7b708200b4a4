"""The list of units, one unit with what it answers for, and the list as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import ListView

from bilan.portal.audit.record import record
from bilan.portal.board.changes import counted
from bilan.portal.core.navigation import way
from bilan.portal.people.forms_units import UNIT_KINDS, UnitFilter, department_name
from bilan.portal.people.models import Contact, Region, Unit, today
from bilan.portal.people.pages import told_of
from bilan.portal.people.standing import ANSWERED, many_of, standings
from bilan.portal.people.tables import table_response
from bilan.portal.rights.reach import allowed, visible
from bilan.portal.rights.views import Guarded, Reached

if TYPE_CHECKING:
    from bilan.portal.rights.reach import Visitor


def listed(query: Any, units: QuerySet[Unit], reader: Visitor) -> tuple[UnitFilter, QuerySet[Unit]]:
    """Return the filter as a form and the units that it leaves; a value that nothing has filters nothing."""
    regions = list(Region.objects.filter(units__in=units).distinct())
    form = UnitFilter(query, regions=regions, with_people=allowed(reader, "person", "read"))
    form.is_valid()
    asked = form.cleaned_data
    state = asked.get("state", "")
    if state != "all":
        in_force = Q(valid_to__isnull=True) | Q(valid_to__gt=today())
        units = units.exclude(in_force) if state == "ended" else units.filter(in_force)
    if state == "nobody":
        units = units.exclude(pk__in=Contact.objects.now().values("unit"))
    if region := next((one for one in regions if one.pk == asked.get("region")), None):
        units = units.filter(region__path__startswith=region.path)
    if q := asked.get("q"):
        units = units.filter(pk__in=Unit.objects.filter(Q(name__icontains=q) | Q(names__name__icontains=q)))
    return form, units


def with_people(request: HttpRequest, units: QuerySet[Unit]) -> QuerySet[Unit]:
    """Return ``units`` with the names and the people that the reader may see, the latter as ``people_now``."""
    people = visible(Contact.objects.now(), request.user)
    return units.select_related("region", "parent", "successor").prefetch_related(
        "names", Prefetch("contacts", people, to_attr="people_now")
    )


class Units(Guarded, ListView):
    """The units by region."""

    guards = ("unit", "read")
    template_name = "people/units.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Unit]:
        self.form, rows = listed(self.request.GET, self.rows(Unit.objects.all()), self.request.user)
        return with_people(self.request, rows)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = allowed(self.request.user, "person", "read")
        told: dict[str, Any] = {"form": self.form, "query": self.request.GET.urlencode(), "with_people": people}
        told["any"] = Unit.objects.exists()
        return super().get_context_data(**told, **kwargs)


class UnitsFile(Guarded, View):
    """The units of the page's filter as a workbook or CSV, with their people where the reader may take them away."""

    guards = ("unit", "export")

    def get(self, request: HttpRequest, format: str) -> HttpResponseBase:
        _form, units = listed(request.GET, self.rows(Unit.objects.all()), request.user)
        may_people = allowed(request.user, "person", "export")
        people = visible(Contact.objects.now(), request.user, "export")
        units = units.select_related("region", "parent", "successor")
        units = units.prefetch_related("names", Prefetch("contacts", people, to_attr="people_now"))
        header = [_("编号"), _("地区"), _("名称"), _("曾用名"), _("部门"), _("类别"), _("上级单位")]
        header += [_("设立日期"), _("撤销日期"), _("职责并入")]
        header += [_("分管领导"), _("联系人")] if may_people else []
        rows = [[*_cells(unit), *(_people(unit) if may_people else ())] for unit in units]
        answer = table_response("bilan-units", format, _("单位"), header, rows)
        record("unit.export", new={"filter": request.GET.dict(), "format": format, "rows": len(rows)})
        return answer


def _cells(unit: Unit) -> list[Any]:
    former = "、".join(one.name for one in unit.names.all() if one.name != unit.name and not one.written)
    kind = UNIT_KINDS.get(unit.kind, unit.kind)
    own = [unit.pk, unit.region, unit.name, former, department_name(unit.department), kind]
    return [*own, unit.parent, unit.valid_from, unit.valid_to, unit.successor]


def _people(unit: Any) -> list[str]:
    def told(role: str) -> str:
        found = [one for one in unit.people_now if one.role == role]
        return "；".join(" ".join(filter(None, (one.name, one.post, one.phone, one.email))) for one in found)

    return [told("leader"), told("contact")]


class OneUnit(Reached, View):
    """A unit: its targets and tasks in the published plans, its people, its names and what became of it."""

    guards = ("unit", "read")

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        unit = self.reached(Unit.objects.select_related("region", "parent", "successor"))
        found = standings(request, unit)
        rows = [row for one in found for row in one.answered]
        many = many_of(found)
        people = visible(unit.contacts.all(), request.user)
        context = {
            "unit": unit,
            "department": department_name(unit.department) if unit.department else "",
            "kind": UNIT_KINDS.get(unit.kind, unit.kind),
            "standings": found,
            "simulated": any(one.head.simulated for one in found if one.head),
            "sees_boards": allowed(request.user, "board", "read"),
            "counts": counted(rows, []) if rows else None,
            "counted": [(words, count) for part, words, count in many if part in ANSWERED],
            "not_counted": [(words, count) for part, words, count in many if part not in ANSWERED],
            "status": request.GET.get("status", "") if rows else "",
            "sees_people": allowed(request.user, "person", "read", unit),
            "people": [one for one in people if one.valid_to is None or one.valid_to > today()],
            "people_before": [one for one in people if one.valid_to is not None and one.valid_to <= today()],
            "names": unit.names.filter(written=False),
            "written": unit.names.filter(written=True),
            "parts": unit.parts.all(),
            "predecessors": unit.predecessors.all(),
            "entries": told_of(request, unit),
            "crumbs": way((_("单位"), reverse("people:units")), (unit.name, "")),
        }
        return render(request, "people/unit.html", context)
