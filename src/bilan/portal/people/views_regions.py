"""Regions as a tree, and those that are added here: parks, zones, basins that no table has."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.db.models import Count, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from bilan.portal.audit.record import changes, record
from bilan.portal.core.navigation import way
from bilan.portal.people.fields import DayField, in_use, inside
from bilan.portal.people.meanwhile import EditForm
from bilan.portal.people.models import Region, Unit, User, today
from bilan.portal.people.pages import FormPage, refused_if, tabs, told_of
from bilan.portal.people.tables import table_response
from bilan.portal.rights.views import Reached

REGION_KINDS = {
    "administrative": gettext_lazy("行政区"),
    "functional_zone": gettext_lazy("功能区"),
    "sea": gettext_lazy("海域"),
    "basin": gettext_lazy("流域"),
    "section": gettext_lazy("断面"),
}
_MOST = 200  # rows of a page: a search that finds more asks for a better word
_DEEPEST = 6


class Regions(Reached, View):
    """The regions in use with what lies above them; what is searched for; or the parts of one."""

    guards = ("region", "change")

    def get(self, request: HttpRequest) -> HttpResponseBase:
        q, under = request.GET.get("q", "").strip()[:60], request.GET.get("under", "")[:40]
        rows, above = self._asked(q, under)
        shown = list(_counted(rows)[: _MOST + 1])
        least = min((one.path.count("/") for one in shown), default=0)
        context = {
            "shown": [
                (one, min(one.path.count("/") - least, _DEEPEST), REGION_KINDS.get(one.kind, one.kind))
                for one in shown[:_MOST]
            ],
            "more": len(shown) > _MOST,
            "q": q,
            "above": above,
            "line": _line(above) if above else [],
            "tabs": tabs(request),
            "today": today(),
        }
        return render(request, "people/regions.html", context)

    def _asked(self, q: str, under: str) -> tuple[QuerySet[Region], Region | None]:
        mine = inside(self.reach, Region.objects.all())
        if q:
            return mine.filter(Q(name__icontains=q) | Q(code__startswith=q) | Q(pk=q)), None
        above = mine.filter(pk=under).first() if under else None
        if above is not None:
            return mine.filter(parent=above), above
        used = {
            part for path in inside(self.reach, in_use()).values_list("path", flat=True) for part in path.split("/")
        }
        own = mine.filter(pk__in=used) if used else mine.filter(level__lte=1)
        return own, None


def _counted(rows: QuerySet[Region]) -> QuerySet[Region]:
    return rows.annotate(
        many_units=_many(Unit, "region"), many_users=_many(User, "region"), many_parts=_many(Region, "parent")
    ).order_by("path")


def _many(model: type[Model], lookup: str) -> Coalesce:
    """How many rows lie in a region. Counted apart: joins would set every unit beside every user and part."""
    rows = model._default_manager.filter(**{lookup: OuterRef("pk")}).order_by().values(lookup)
    return Coalesce(Subquery(rows.annotate(many=Count("pk")).values("many")), 0)


def _line(region: Region) -> list[Region]:
    ids = [one for one in region.path.split("/") if one]
    return list(Region.objects.filter(pk__in=ids).order_by("level", "path"))


class RegionsFile(Reached, View):
    """The regions in use as a workbook or CSV."""

    guards = ("region", "change")

    def get(self, request: HttpRequest, format: str) -> HttpResponseBase:
        header = [_("编号"), _("代码"), _("名称"), _("类别"), _("上级"), _("生效日期"), _("失效日期"), _("本站增设")]
        rows = [_cells(one) for one in inside(self.reach, in_use()).select_related("parent").order_by("path")]
        answer = table_response("bilan-regions", format, _("各地区"), header, rows)
        record("region.export", new={"format": format, "rows": len(rows)})
        return answer


def _cells(one: Region) -> list[Any]:
    told: list[Any] = [one.pk, one.code, one.name, REGION_KINDS.get(one.kind, one.kind), one.parent]
    return [*told, one.valid_from, one.valid_to, _("是") if one.own else ""]


class OneRegion(Reached, View):
    """A region: where it lies, what is in it, what was done to it."""

    guards = ("region", "change")

    def get(self, request: HttpRequest, pk: str) -> HttpResponseBase:
        region = self.reached(Region.objects.select_related("parent"))
        context = {
            "region": region,
            "kind": REGION_KINDS.get(region.kind, region.kind),
            "line": _line(region)[:-1],
            "parts": _counted(Region.objects.filter(parent=region))[:_MOST],
            "units": region.units.all(),
            "entries": told_of(request, region),
            "crumbs": way(*_above(), (region, "")),
        }
        return render(request, "people/region.html", context)


def _above(*more: tuple[Any, str]) -> list[tuple[Any, str]]:
    first = (gettext_lazy("管理"), reverse("people:administration"))
    return [first, (gettext_lazy("各地区"), reverse("people:regions")), *more]


class RegionForm(EditForm):
    """A region of this site. Its id comes from the code and never changes."""

    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=list(REGION_KINDS.items()), initial="functional_zone")
    valid_from = DayField(label=gettext_lazy("生效日期"), required=False)
    valid_to = DayField(label=gettext_lazy("失效日期"), required=False)

    class Meta:
        model = Region
        fields: ClassVar = ["name", "short_name", "kind", "valid_from", "valid_to"]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        begin, end = told.get("valid_from"), told.get("valid_to")
        if begin and end and end <= begin:
            self.add_error("valid_to", _("失效日期要晚于生效日期。"))
        return told


class NewRegionForm(RegionForm):
    code = forms.CharField(
        label=gettext_lazy("代码"),
        max_length=12,
        help_text=gettext_lazy("字母和数字，如 linjiang1；以后不能改。"),
        validators=[RegexValidator(r"^[a-zA-Z0-9_-]+$", gettext_lazy("只能用字母、数字、- 和 _。"))],
    )

    class Meta(RegionForm.Meta):
        fields: ClassVar = ["name", "short_name", "code", "kind", "valid_from", "valid_to"]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if Region.objects.filter(Q(pk=own_id(code)) | Q(code=code)).exists():
            raise forms.ValidationError(_("已有这个代码。"))
        return code


def own_id(code: str) -> str:
    """Return the id of a region made here; none of the table begins so."""
    return f"own.{code}"


class NewRegion(FormPage):
    """A region below the one of the address."""

    guards = ("region", "create")
    heading = gettext_lazy("增设下级地区")
    form_class = NewRegionForm

    @cached_property
    def parent(self) -> Region:
        return self.reached(Region.objects.all())

    def came_from(self) -> list[tuple[Any, str]]:
        return _above((self.parent, reverse("people:region", args=[self.parent.pk])))

    def get_form_kwargs(self) -> dict[str, Any]:
        parent = self.parent
        return {**super().get_form_kwargs(), "instance": Region(parent=parent, level=parent.level + 1, own=True)}

    def act(self, form: Any) -> str:
        region = form.instance
        region.pk = own_id(form.cleaned_data["code"])
        refused_if(region.too_deep, _("这里层级太深，不能再往下增设；请设在更上一级的地区下面。"))
        region.save(force_insert=True)
        new = {name: value for name, value in form.cleaned_data.items() if value}
        record("region.create", row=region, new={**new, "parent": self.parent.pk})
        return reverse("people:region", args=[region.pk])


class EditRegion(FormPage):
    """A region made here is renamed or ended; those of the table come with the software and are not edited."""

    guards = ("region", "change")
    heading = gettext_lazy("修改地区")
    explained = gettext_lazy("改名以后，原来的名称留在下面的记录里。地区表里的地区随软件更新，不在这里改。")
    form_class = RegionForm

    @cached_property
    def region(self) -> Region:
        return self.reached(self.locked(Region.objects.select_related("parent")))

    def came_from(self) -> list[tuple[Any, str]]:
        return _above((self.region, reverse("people:region", args=[self.region.pk])))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.region}

    def act(self, form: Any) -> str:
        refused_if(not self.region.own, _("这个地区来自地区表，不能在这里改。"))
        region = form.save()
        if form.changed_data:
            old, new = changes(form)
            record("region.change", row=region, old=old, new=new)
        return reverse("people:region", args=[region.pk])
