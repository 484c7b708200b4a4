"""Forms of users and of the roles they have."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bilan.portal.people.fields import DayField, RegionField, UnitField, with_present
from bilan.portal.people.governing import within
from bilan.portal.people.meanwhile import EditForm
from bilan.portal.people.models import Membership, Unit, User, today
from bilan.portal.rights.words import ROLES

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from bilan.portal.rights.reach import Reach

_BY_REGION_ALONE = ("administrator", "leader")  # may be without one: then they reach everywhere


def units_within(reach: Reach) -> QuerySet[Unit]:
    """Return the units in force that are reached."""
    rows = Unit.objects.now()
    return rows if reach.everything else rows.filter(reach.rows(Unit.rights))


class UserForm(EditForm):
    """Somebody's name and place. The place tells who administers him; what he may do is told by his roles."""

    unit = UnitField(required=False)

    class Meta:
        model = User
        fields: ClassVar = ["name", "email", "phone", "unit"]

    def __init__(self, *args: Any, reach: Reach, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reach = reach
        present = self.instance.region
        self.fields["region"] = RegionField(
            reach=reach, present=present, required=not reach.everything, initial=present
        )
        units = with_present(units_within(reach), self.instance.unit_id)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.order_fields(["username", "name", "region", "unit", "email", "phone"])

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        region, unit = told.get("region"), told.get("unit")
        if unit is not None and region is not None and not unit.region.path.startswith(region.path):
            self.add_error("unit", _("这个单位不在所填的地区。"))
        if "region" in told:
            self.instance.region = region
        return told


class NewUserForm(UserForm):
    class Meta(UserForm.Meta):
        fields: ClassVar = ["username", "name", "email", "phone", "unit"]


class RoleForm(forms.ModelForm):
    """A role for somebody: for a unit or a region and all below it, from a day to a day."""

    unit = UnitField(required=False, help_text=gettext_lazy("经办人必填：他填报这个单位的事项。"))
    valid_from = DayField(label=gettext_lazy("开始日期"), initial=today)
    valid_to = DayField(
        label=gettext_lazy("结束日期"),
        required=False,
        help_text=gettext_lazy("从这一天起不再有这个角色；不填就一直有。"),
    )

    class Meta:
        model = Membership
        fields: ClassVar = ["role", "unit", "valid_from", "valid_to"]

    def __init__(self, *args: Any, reach: Reach, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reach, self.user = reach, user
        hint = _("角色管到这个地区和它下面的全部地区。")
        if reach.everything:
            hint += _("系统管理员和领导不填就是全部地区。")
        self.fields["region"] = RegionField(reach=reach, required=not reach.everything, help_text=hint)
        self.fields["unit"].queryset = units_within(reach).select_related("region")  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", _("请选择")), *ROLES.items()]  # type: ignore[attr-defined]
        self.order_fields(["role", "region", "unit", "valid_from", "valid_to"])

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        role, region, unit = told.get("role"), told.get("region"), told.get("unit")
        if role and region is None and role not in _BY_REGION_ALONE and "region" not in self.errors:
            self.add_error("region", _("这个角色要写明地区。"))
        if role == "officer" and unit is None and "unit" not in self.errors:
            self.add_error("unit", _("经办人要写明单位。"))
        if unit is not None and region is not None and not unit.region.path.startswith(region.path):
            self.add_error("unit", _("这个单位不在所填的地区。"))
        _in_order(self, told)
        if role and not self.errors:
            self._may_be_given(Membership(user=self.user, role=role, region=region, unit=unit))
        return told

    def _may_be_given(self, held: Membership) -> None:
        if not within(self.reach, held):
            raise forms.ValidationError(_("这个角色超出您管理的范围，您不能授予。"), code="beyond")
        same = Membership.objects.now().filter(user=held.user, role=held.role, region=held.region, unit=held.unit)
        if same.filter(valid_to__isnull=True).exists():
            raise forms.ValidationError(_("他已有这个角色。"), code="same")
        self.instance.user, self.instance.region = held.user, held.region


class RoleDaysForm(EditForm):
    """From when to when somebody has a role; everything else is a new role."""

    valid_from = DayField(label=gettext_lazy("开始日期"))
    valid_to = DayField(label=gettext_lazy("结束日期"), required=False)

    class Meta:
        model = Membership
        fields: ClassVar = ["valid_from", "valid_to"]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        _in_order(self, told)
        return told


def _in_order(form: forms.BaseForm, told: dict[str, Any]) -> None:
    begin: date | None = told.get("valid_from")
    end: date | None = told.get("valid_to")
    if begin and end and end <= begin:
        form.add_error("valid_to", _("结束日期要晚于开始日期。"))


class UserFilter(forms.Form):
    """What the list of users is asked for; all of it stands in the address."""

    q = forms.CharField(label=gettext_lazy("查找"), required=False, max_length=60)
    role = forms.ChoiceField(label=gettext_lazy("角色"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("全部")), *ROLES.items(), *ROLE_STATES.items()]  # type: ignore[attr-defined]
        self.fields["state"].choices = [("", _("全部")), *STATES.items()]  # type: ignore[attr-defined]


ROLE_STATES = {
    "none": gettext_lazy("没有角色"),
    "ending": gettext_lazy("30 天内结束"),
    "unit_ended": gettext_lazy("单位已撤销"),
}
STATES = {
    "active": gettext_lazy("启用"),
    "locked": gettext_lazy("已锁定"),
    "one_time": gettext_lazy("一次性密码未改"),
    "inactive": gettext_lazy("已停用"),
}
