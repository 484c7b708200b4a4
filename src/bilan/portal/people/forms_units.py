"""Forms of units, their names and mergers, their contact persons and leaders in charge."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bilan import policy
from bilan.portal.core.speech import language
from bilan.portal.people.fields import DayField, RegionField, UnitField, with_present
from bilan.portal.people.meanwhile import EditForm
from bilan.portal.people.models import Contact, Region, Unit, line_of, today

if TYPE_CHECKING:
    from bilan.portal.rights.reach import Reach

UNIT_KINDS = {
    "government": gettext_lazy("政府部门"),
    "vertical": gettext_lazy("垂直管理机构"),
    "body": gettext_lazy("议事协调机构"),
    "party": gettext_lazy("党委部门"),
    "judiciary": gettext_lazy("司法机关"),
    "mass": gettext_lazy("群团组织"),
    "territory": gettext_lazy("地方政府和园区"),
    "enterprise": gettext_lazy("企业"),
}


def departments(present: str = "") -> list[tuple[str, str]]:
    """Return the departments of the table that are in force, as choices of a form, and the ``present`` one anyhow."""
    known = [one for one in policy.departments() if one.valid_to is None and one.kind != "collective"]
    offered = {one.id: one.name_en if language() == "en" else one.name for one in known}
    if present and present not in offered:
        offered[present] = _("%s（已撤销）") % department_name(present)
    return [("", _("不在部门表里")), *offered.items()]


def parents_for(region: Region) -> QuerySet[Unit]:
    """Return the units to which one of ``region`` may belong: in force, of the region itself or of one above it."""
    line = [one for one in region.path.split("/") if one]
    return Unit.objects.now().filter(region__in=line)


class UnitForm(EditForm):
    """A unit without its name, which has a form and a day of its own once it exists."""

    department = forms.ChoiceField(label=gettext_lazy("部门"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=list(UNIT_KINDS.items()))
    parent = UnitField(label=gettext_lazy("上级单位"), required=False)
    valid_from = DayField(label=gettext_lazy("设立日期"), required=False)

    class Meta:
        model = Unit
        fields: ClassVar = ["department", "kind", "parent", "valid_from"]

    def __init__(self, *args: Any, reach: Reach, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reach = reach
        self.fields["department"].choices = departments(self.instance.department)  # type: ignore[attr-defined]
        self.fields["department"].help_text = _("规划里写的部门靠它对应到单位。")
        if self.instance.pk:
            parents = parents_for(self.instance.region).exclude(pk=self.instance.pk)
            self.fields["parent"].queryset = with_present(parents, self.instance.parent_id)  # type: ignore[attr-defined]

    def clean_parent(self) -> Unit | None:
        parent: Unit | None = self.cleaned_data["parent"]
        if any(one.pk == self.instance.pk for one in line_of(parent, "parent")):
            raise forms.ValidationError(_("上级单位不能是它自己的下级。"))
        return parent

    def clean_valid_from(self) -> date | None:
        day: date | None = self.cleaned_data["valid_from"]
        if day and self.instance.valid_to and day >= self.instance.valid_to:
            raise forms.ValidationError(_("设立日期要早于撤销日期。"))
        names = self.instance.names.filter(written=False, valid_to__isnull=False) if self.instance.pk else ()
        if day and any(one.valid_to <= day for one in names):
            raise forms.ValidationError(_("设立日期要早于第一次改名的日期。"))
        return day


class NewUnitForm(UnitForm):
    """A unit that is not there yet. Its region is typed first: the units above it depend on it."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)

    class Meta(UnitForm.Meta):
        fields: ClassVar = ["name", "department", "kind", "parent", "valid_from"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"] = RegionField(reach=self.reach)
        reached = self.reach.everything or self.reach.rows(Unit.rights)
        rows = Unit.objects.now() if reached is True else Unit.objects.now().filter(reached)
        self.fields["parent"].queryset = rows.select_related("region")  # type: ignore[attr-defined]
        self.order_fields(["region", "name", "department", "kind", "parent", "valid_from"])

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        region, name, parent = told.get("region"), told.get("name"), told.get("parent")
        if region is None:
            return told
        if Unit.objects.now().filter(region=region, name=name).exists():
            self.add_error("name", _("这个地区已有叫这个名字的单位。"))
        if parent is not None and not region.path.startswith(parent.region.path):
            self.add_error("parent", _("上级单位要在同一地区，或在它的上级地区。"))
        self.instance.region = region
        return told


class RenameForm(forms.Form):
    """Another name from a day on; or the present one as it should have been written."""

    name = forms.CharField(label=gettext_lazy("新名称"), max_length=80)
    on = DayField(label=gettext_lazy("从哪一天起"), initial=today)
    mistake = forms.BooleanField(
        label=gettext_lazy("现在的名称写错了"),
        required=False,
        help_text=gettext_lazy("直接改正，不算改名，不看日期；写错的名称只留在操作日志里。"),
    )

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name == self.unit.name:
            raise forms.ValidationError(_("和现在的名称一样。"))
        if Unit.objects.now().filter(region=self.unit.region, name=name).exclude(pk=self.unit.pk).exists():
            raise forms.ValidationError(_("这个地区已有叫这个名字的单位；如果是并入它，请用“合并或撤销”。"))
        return name

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("mistake"):  # which is mended from its first day on
            self.errors.pop("on", None)
        return told

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > today():
            raise forms.ValidationError(_("改名要到那一天才能登记。"))
        if self.unit.valid_to and on >= self.unit.valid_to:
            raise forms.ValidationError(_("那一天单位已经撤销。"))
        return on


class MergeForm(forms.Form):
    """The end of a unit; with a successor, that one answers for what it answered for."""

    successor = UnitField(label=gettext_lazy("职责并入"), required=False)
    on = DayField(label=gettext_lazy("撤销日期"), initial=today)

    def __init__(self, *args: Any, unit: Unit, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        self.fields["successor"].queryset = units.exclude(pk=unit.pk).select_related("region")  # type: ignore[attr-defined]
        self.fields["successor"].help_text = _("不填就是撤销，没有单位接替。")

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if self.unit.valid_from and on <= self.unit.valid_from:
            raise forms.ValidationError(_("撤销日期要晚于设立日期。"))
        return on

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        successor, on = told.get("successor"), told.get("on")
        if successor is not None and on is not None and successor.valid_from and successor.valid_from > on:
            self.add_error("successor", _("那个单位在撤销日期还没有设立。"))
        return told


class ContactForm(EditForm):
    """Somebody to ask in a unit, or its leader in charge."""

    valid_from = DayField(label=gettext_lazy("开始日期"), initial=today)

    class Meta:
        model = Contact
        fields: ClassVar = ["role", "name", "post", "phone", "email", "valid_from"]

    def clean_valid_from(self) -> date:
        day: date = self.cleaned_data["valid_from"]
        if self.instance.valid_to and day > self.instance.valid_to:
            raise forms.ValidationError(_("开始日期要早于结束日期。"))
        return day


class UnitFilter(forms.Form):
    """What the list of units is asked for; all of it stands in the address."""

    q = forms.CharField(label=gettext_lazy("查找"), required=False, max_length=60)
    region = forms.ChoiceField(label=gettext_lazy("地区"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)

    def __init__(self, *args: Any, regions: list[Region], with_people: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        anything = ("", _("全部"))
        self.fields["region"].choices = [anything, *((one.pk, one.name) for one in regions)]  # type: ignore[attr-defined]
        states = [("", _("现有")), ("ended", _("已经撤销")), ("all", _("全部"))]
        states += [("nobody", _("没有联系人的单位"))] if with_people else []
        self.fields["state"].choices = states  # type: ignore[attr-defined]


def department_name(code: str) -> str:
    """Return a department in words; the code itself where the table does not know it."""
    found = {one.id: one.name_en if language() == "en" else one.name for one in policy.departments()}
    return found.get(code, code)
