"""Fields of forms that name regions and units, within what the person filling them in reaches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bilan.portal.people.models import Region, Unit

if TYPE_CHECKING:
    from bilan.portal.rights.reach import Reach

REGIONS_IN_USE = "regions-in-use"  # the id of the list of suggestions that a form page brings along
_IN_BRACKETS = re.compile(r"[（(]([^（）()]+)[）)]$")


def inside(found: Reach, regions: QuerySet[Region]) -> QuerySet[Region]:
    """Return those of ``regions`` that are reached."""
    return regions if found.everything else regions.filter(found.rows(Region.rights))


def written(region: Region) -> str:
    """Return how a region is written in a form, so that it is found again."""
    return f"{region.name}（{region.pk}）"


def in_use() -> QuerySet[Region]:
    """Return the regions in force in which there is something: units, users or plans."""
    something = Q(units__isnull=False) | Q(user__isnull=False) | Q(plans__isnull=False) | Q(own=True)
    return Region.objects.now().filter(something).distinct()


class RegionField(forms.CharField):
    """A region by its name, code or id. There are thousands: those in use are suggested, every other can be typed."""

    def __init__(self, *, reach: Reach, present: Region | None = None, **options: Any) -> None:
        self.reach, self.present = reach, present  # the present value may stay, whatever became of it
        hint: Any = gettext_lazy("名称或代码，如“清河市”或 990100")
        if present is not None and present.ended:
            hint = _("原来的地区已失效，可以保留，也可以换成现有的地区。")
        super().__init__(**{"label": gettext_lazy("地区"), "help_text": hint, "max_length": 130, **options})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "list": REGIONS_IN_USE, "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Region):
            return written(value)
        return value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        bracketed = _IN_BRACKETS.search(text)
        word = bracketed.group(1) if bracketed else text
        if self.present is not None and text == written(self.present):
            return self.present
        known = inside(self.reach, Region.objects.now())
        found = list(known.filter(Q(pk=word) | Q(code=word))[:2]) or list(known.filter(name=text)[:9])
        if not found:
            raise forms.ValidationError(_("没有这个地区，或者它不归您管理。"), code="unknown")
        if len(found) > 1:
            alike = "、".join(map(written, found))
            raise forms.ValidationError(_("有几个地区叫这个名字，请写明：%s") % alike, code="ambiguous")
        return found[0]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))


def with_present(units: QuerySet[Unit], present: int | None) -> QuerySet[Unit]:
    """Return ``units`` and the one that a row has, which may have ended: who edits something else must not lose it."""
    rows = units if present is None else units | Unit.objects.filter(pk=present)
    return rows.select_related("region")


class UnitField(forms.ModelChoiceField):
    """One of some units, each shown with its region."""

    def __init__(self, queryset: QuerySet[Unit] | None = None, **options: Any) -> None:
        rows = Unit.objects.none() if queryset is None else queryset.select_related("region")
        super().__init__(rows, **{"label": gettext_lazy("所属单位"), **options})

    def label_from_instance(self, obj: Any) -> str:
        if obj.ended:
            return _("%(name)s（%(region)s，已撤销）") % {"name": obj.name, "region": obj.region.name}
        return f"{obj.name}（{obj.region.name}）"


class DayField(forms.DateField):
    """A day, chosen with the browser's calendar."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(**{"widget": widget, "input_formats": ["%Y-%m-%d"], **options})
