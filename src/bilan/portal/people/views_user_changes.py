"""What is done to users: made, edited, stopped, given passwords and roles. Nobody does any of it beyond his reach."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bilan.portal.audit.record import changes, record
from bilan.portal.core.navigation import way
from bilan.portal.people.forms_users import NewUserForm, RoleDaysForm, RoleForm, UserForm
from bilan.portal.people.governing import may_edit, still_governed, within
from bilan.portal.people.locks import unlock
from bilan.portal.people.models import Membership, User, today
from bilan.portal.people.pages import FormPage, locked
from bilan.portal.people.passwords import one_time_password
from bilan.portal.rights.views import Reached

_ADMINISTRATION, _USERS = gettext_lazy("管理"), gettext_lazy("用户")


def address(user: User) -> str:
    """Return the address of a user."""
    return reverse("people:user", args=[user.pk])


def _above(user: User | None = None) -> list[tuple[Any, str]]:
    found: list[tuple[Any, str]] = [
        (_ADMINISTRATION, reverse("people:administration")),
        (_USERS, reverse("people:users")),
    ]
    return [*found, (user, address(user))] if user is not None else found


class OfUser(Reached):
    """Something done to a user whom the reader may edit, with all his roles."""

    def edited(self, rows: QuerySet[User]) -> User:
        """Return the user of the address. Raises Http404 beyond reach, PermissionDenied for one with wider roles."""
        user = self.reached(rows)
        if not may_edit(cast(User, self.request.user), user):
            raise PermissionDenied
        return user


class NewUser(FormPage):
    """A new user, with a password that is shown here once and must be changed at the first log-in."""

    guards = ("user", "create")
    heading = gettext_lazy("新建用户")
    submit = gettext_lazy("新建并显示一次性密码")
    form_class = NewUserForm

    def came_from(self) -> list[tuple[Any, str]]:
        return _above()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "reach": self.reach}

    def form_valid(self, form: Any) -> HttpResponse:
        password = one_time_password()
        with transaction.atomic():
            user = form.instance
            user.must_change_password = True
            user.set_password(password)
            user = form.save()
            record("user.create", row=user, new={name: value for name, value in form.cleaned_data.items() if value})
        return shown_once(self.request, user, password)


def shown_once(request: HttpRequest, user: User, password: str) -> HttpResponse:
    """Answer with the page that shows a one-time password; it is kept nowhere and no cache holds the page."""
    crumbs = way(*_above(user), (_("一次性密码"), ""))
    back = reverse("people:user_password", args=[user.pk])  # this page is the answer to a POST: it has no way back
    told = {"person": user, "password": password, "crumbs": crumbs, "back_here": back}
    response = render(request, "people/one_time.html", told)
    response.headers["Cache-Control"] = "private, no-store"
    return response


class EditUser(FormPage, OfUser):
    guards = ("user", "change")
    heading = gettext_lazy("修改用户")
    form_class = UserForm

    @cached_property
    def user(self) -> User:
        return self.edited(self.locked(User.objects.select_related("region", "unit")))

    def came_from(self) -> list[tuple[Any, str]]:
        return _above(self.user)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.user, "reach": self.reach}

    def act(self, form: Any) -> str:
        user = form.save()
        if form.changed_data:
            old, new = changes(form)
            record("user.change", row=user, old=old, new=new)
        return address(user)


class Deed(OfUser):
    """A button on the page of a user."""

    guards = ("user", "change")
    done: Any

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            with transaction.atomic():
                user = self.edited(locked(User.objects.all()))
                self.act(user)
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            messages.success(request, str(self.done))
        return redirect(address(user))

    def act(self, user: User) -> None:
        """Do it. Raises ValidationError where it cannot be done."""
        raise NotImplementedError

    def not_to_oneself(self, user: User, words: str) -> None:
        """Raise ValidationError where the reader would do it to himself."""
        if user.pk == self.request.user.pk:
            raise ValidationError(words)


class Deactivate(Deed):
    done = gettext_lazy("已停用，他不能再登录；他做过的事都保留。")

    def act(self, user: User) -> None:
        self.not_to_oneself(user, _("不能停用自己。"))
        if user.is_active:
            with still_governed():
                user.is_active = False
                user.save(update_fields=["is_active"])
            record("user.deactivate", row=user, old={"is_active": True}, new={"is_active": False})


class Activate(Deed):
    done = gettext_lazy("已启用。")

    def act(self, user: User) -> None:
        if not user.is_active:
            user.is_active = True
            user.save(update_fields=["is_active"])
            record("user.activate", row=user, old={"is_active": False}, new={"is_active": True})


class Unlock(Deed):
    done = gettext_lazy("已解除锁定，可以马上登录。")

    def act(self, user: User) -> None:
        if unlock(user.username):
            record("user.unlock", row=user)


class ResetPassword(OfUser):
    """A new one-time password; other sessions of the user end with the old one, and so does a lock."""

    guards = ("user", "change")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say to whoever comes back to the page of a password that it is gone."""
        user = self.reached(User.objects.all())
        messages.warning(request, _("一次性密码只显示一次，现在看不到了。没有记下来的话，请再重置一次密码。"))
        return redirect(address(user))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        with transaction.atomic():
            user = self.edited(locked(User.objects.all()))
            if user.pk == request.user.pk:
                messages.error(request, _("自己的密码在“我的账号”里改。"))
                return redirect(address(user))
            password = one_time_password()
            user.set_password(password)
            user.must_change_password = True
            user.save(update_fields=["password", "password_changed", "must_change_password"])
            unlock(user.username)
            record("user.password", row=user, new={"must_change_password": True})
        return shown_once(request, user, password)


class GiveRole(FormPage, OfUser):
    """A role for a user. Nobody gives himself one."""

    guards = ("role", "create")
    heading = gettext_lazy("授予角色")
    submit = gettext_lazy("授予角色")
    form_class = RoleForm

    @cached_property
    def user(self) -> User:
        return self.edited(self.locked(User.objects.all()))

    def came_from(self) -> list[tuple[Any, str]]:
        return _above(self.user)

    def get_initial(self) -> dict[str, Any]:
        return {"region": self.user.region, "unit": self.user.unit}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "reach": self.reach, "user": self.user}

    def act(self, form: Any) -> str:
        if self.user.pk == self.request.user.pk:
            raise ValidationError(_("自己的角色由别的管理员授予和修改。"))
        form.instance.granted_by = self.request.user
        held = form.save()
        new = {"user": self.user.username, **{name: value for name, value in form.cleaned_data.items() if value}}
        record("role.create", row=held, new=new)
        return address(self.user)


class OfRole(Reached):
    """Something done to a role that somebody has."""

    guards = ("role", "change")

    def held_role(self) -> Membership:
        """Return the role of the address. Raises Http404 beyond reach, PermissionDenied for a user with wider ones."""
        rows = Membership.objects.select_related("user", "region", "unit__region")
        held = get_object_or_404(locked(rows) if self.request.method == "POST" else rows, pk=self.kwargs["pk"])
        if not self.reach.covers(held):
            raise Http404
        if not within(self.reach, held) or not may_edit(cast(User, self.request.user), held.user):
            raise PermissionDenied
        return held

    def change(self, held: Membership, old: dict[str, Any], action: str) -> None:
        """Save the days of a role. Raises ValidationError for one's own and for the last administrator's."""
        if held.user_id == self.request.user.pk:
            raise ValidationError(_("自己的角色由别的管理员授予和修改。"))
        with still_governed():
            held.save(update_fields=["valid_from", "valid_to"])
        new = {"valid_from": held.valid_from, "valid_to": held.valid_to}
        record(action, row=held, old={"user": held.user.username, **old}, new=new)


class EditRole(FormPage, OfRole):
    heading = gettext_lazy("修改角色的起止日期")
    form_class = RoleDaysForm

    @cached_property
    def held(self) -> Membership:
        return self.held_role()

    def came_from(self) -> list[tuple[Any, str]]:
        return _above(self.held.user)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.held}

    def act(self, form: Any) -> str:
        if form.changed_data:
            old, _new = changes(form)
            self.change(form.instance, old, "role.change")
        return address(self.held.user)


class EndRole(OfRole):
    """From today a user no longer has a role."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            with transaction.atomic():
                held = self.held_role()
                old = {"valid_from": held.valid_from, "valid_to": held.valid_to}
                if held.valid_to is None or held.valid_to > today():
                    held.valid_to = today()
                    self.change(held, old, "role.end")
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            messages.success(request, _("角色已结束。"))
        return redirect(address(held.user))
