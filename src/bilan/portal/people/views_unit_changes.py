"""What is done to units: made, edited, renamed, merged; and the people to ask there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bilan.portal.audit.record import changes, record
from bilan.portal.people.forms_units import ContactForm, MergeForm, NewUnitForm, RenameForm, UnitForm
from bilan.portal.people.models import Contact, Membership, Region, Unit, hold_lines, today
from bilan.portal.people.pages import FormPage, Touched, locked, refused_if
from bilan.portal.people.standing import many_of, standings
from bilan.portal.rights.reach import visible
from bilan.portal.rights.views import Reached

_UNITS = gettext_lazy("单位")


def address(unit: Unit) -> str:
    """Return the address of a unit."""
    return reverse("people:unit", args=[unit.pk])


class NewUnit(FormPage):
    guards = ("unit", "create")
    heading = gettext_lazy("新建单位")
    form_class = NewUnitForm

    def came_from(self) -> list[tuple[Any, str]]:
        return [(_UNITS, reverse("people:units"))]

    def get_initial(self) -> dict[str, Any]:
        """What the page of unknown names already knows of the unit."""
        asked = {name: self.request.GET.get(name, "")[:80] for name in ("name", "department")}
        region = Region.objects.filter(pk=self.request.GET.get("region", "")[:40]).first()
        return {**asked, **({"region": region} if region is not None else {})}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "reach": self.reach}

    def act(self, form: Any) -> str:
        unit = form.save()
        new = {name: value for name, value in form.cleaned_data.items() if value}
        record("unit.create", row=unit, new=new)
        return address(unit)


class OfUnit(FormPage):
    """A form about one unit. ``of_lines`` where it can change what the unit belongs to or who follows it."""

    of_lines = False

    @cached_property
    def unit(self) -> Unit:
        if self.request.method == "POST" and self.of_lines:
            hold_lines()
        return self.reached(self.locked(Unit.objects.select_related("region", "successor")))

    def came_from(self) -> list[tuple[Any, str]]:
        return [(_UNITS, reverse("people:units")), (self.unit.name, address(self.unit))]


class EditUnit(OfUnit):
    guards = ("unit", "change")
    heading = gettext_lazy("修改单位")
    form_class = UnitForm
    of_lines = True

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.unit, "reach": self.reach}

    def act(self, form: Any) -> str:
        unit = form.save()
        if "valid_from" in form.changed_data:
            unit.begin(form.cleaned_data["valid_from"])
        if form.changed_data:
            old, new = changes(form)
            record("unit.change", row=unit, old=old, new=new)
        return address(unit)


class RenameUnit(OfUnit):
    guards = ("unit", "change")
    heading = gettext_lazy("改名")
    explained = gettext_lazy("单位还是同一个，它负责的目标和任务不变；改名以前的页面和记录仍显示当时的名称。")
    form_class = RenameForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "unit": self.unit}

    def act(self, form: Any) -> str:
        old, name = self.unit.name, form.cleaned_data["name"]
        refused_if(self.unit.ended, _("这个单位已经撤销。"))
        if form.cleaned_data["mistake"]:
            self.unit.correct_name(name)
            record("unit.correct_name", row=self.unit, old={"name": old}, new={"name": name})
            return address(self.unit)
        on = form.cleaned_data["on"]
        try:
            self.unit.rename(name, on)
        except ValueError as error:
            raise ValidationError(
                _("现在的名称从那一天或以后才开始用：请填更晚的日期，或者选“现在的名称写错了”。")
            ) from error
        record("unit.rename", row=self.unit, old={"name": old}, new={"name": name, "on": on})
        return address(self.unit)


class MergeUnit(OfUnit):
    guards = ("unit", "change")
    heading = gettext_lazy("合并或撤销")
    explained = gettext_lazy("单位从撤销日期起不再存在，以前的记录都保留。职责并入的单位看得到它的事项。")
    submit = gettext_lazy("合并或撤销")
    danger = True
    form_class = MergeForm
    of_lines = True

    def touched(self) -> Touched:
        """What the successor will answer for, and what stays where it is; not while all units are held to be changed.

        What a district's unit is shown because of its place is not the unit's, and goes nowhere.
        """
        if self.request.method == "POST":
            return []
        unit, user = self.unit, self.request.user
        found = standings(self.request, unit)
        goes = [(words, many) for part, words, many in many_of(found) if part != "district"]
        goes += [(_("任务和措施"), sum(len(one.tasks) for one in found))]
        goes += [(_("下属"), visible(unit.parts.now(), user).count())]
        stays = [(_("联系人和分管领导"), visible(unit.contacts.now(), user).count())]
        stays += [(_("用户的角色"), visible(Membership.objects.now().filter(unit=unit), user).count())]
        told = (
            (_("现在由它负责，并入以后由接替的单位负责，没有接替的单位就没有谁负责："), goes),
            (_("不会转过去，要在接替的单位另外登记："), stays),
        )
        some: Touched = [(happens, [(words, many) for words, many in what if many]) for happens, what in told]
        shown = [(happens, what) for happens, what in some if what]
        if any(one.missing or one.hidden for one in found):
            shown.append((_("还有它的目标没有算好，或者不归您的账号看，没有列在这里。"), []))
        return shown

    def get_form_kwargs(self) -> dict[str, Any]:
        mine = visible(Unit.objects.now(), self.request.user, "change")
        return {**super().get_form_kwargs(), "unit": self.unit, "units": mine}

    def act(self, form: Any) -> str:
        unit, successor, on = self.unit, form.cleaned_data["successor"], form.cleaned_data["on"]
        old = {"valid_to": unit.valid_to, "successor": unit.successor}
        refused_if(unit.ended, _("这个单位已经撤销。"))
        if successor is None:
            unit.valid_to, unit.successor = on, None
            unit.save(update_fields=["valid_to", "successor"])
        else:
            try:
                unit.merge_into(successor, on)
            except ValueError as error:
                raise ValidationError(_("那个单位的职责已经并入本单位，不能再并回去。")) from error
        new = {"valid_to": on, "successor": successor}
        record("unit.merge" if successor else "unit.end", row=unit, old=old, new=new)
        return address(unit)


class RestoreUnit(Reached):
    """The end of a unit is taken back: it was a mistake, or was put off."""

    guards = ("unit", "change")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        with transaction.atomic():
            unit = self.reached(locked(Unit.objects.select_related("region", "successor")))
            if Unit.objects.now().filter(region=unit.region, name=unit.name).exclude(pk=unit.pk).exists():
                messages.error(request, _("这个地区已有叫这个名字的单位，不能恢复；请先把那一个改名。"))
                return redirect(address(unit))
            if unit.valid_to is not None:
                old = {"valid_to": unit.valid_to, "successor": unit.successor}
                unit.restore()
                record("unit.restore", row=unit, old=old)
        messages.success(request, _("已恢复，它仍负责原来的目标和任务。"))
        return redirect(address(unit))


class NewContact(OfUnit):
    guards = ("person", "create")
    heading = gettext_lazy("添加联系人或分管领导")
    form_class = ContactForm

    def act(self, form: Any) -> str:
        form.instance.unit = self.unit
        person = form.save()
        record("person.create", row=person, new=form.cleaned_data)
        return address(self.unit)


class EditContact(FormPage):
    guards = ("person", "change")
    heading = gettext_lazy("修改联系人")
    form_class = ContactForm

    @cached_property
    def person(self) -> Contact:
        return self.reached(self.locked(_contacts()))

    def came_from(self) -> list[tuple[Any, str]]:
        unit = self.person.unit
        return [(_UNITS, reverse("people:units")), (unit.name, address(unit))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.person}

    def act(self, form: Any) -> str:
        person = form.save()
        if form.changed_data:
            old, new = changes(form)
            record("person.change", row=person, old=old, new=new)
        return address(person.unit)


class EndContact(Reached):
    """From today somebody is no longer the one to ask; that he was stays readable."""

    guards = ("person", "change")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        with transaction.atomic():
            person = self.reached(locked(_contacts()))
            if person.valid_to is None or person.valid_to > today():
                old = {"valid_to": person.valid_to}
                person.valid_to = max(today(), person.valid_from)
                person.save(update_fields=["valid_to"])
                record("person.end", row=person, old=old, new={"valid_to": person.valid_to})
        messages.success(request, _("%s 不再列为联系人。") % person.name)
        return redirect(address(person.unit))


def _contacts() -> QuerySet[Contact]:
    return Contact.objects.select_related("unit__region")
