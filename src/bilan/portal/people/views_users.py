"""The list of users, one user with his roles, and the list as a file."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import ListView

from bilan.portal.audit.record import record
from bilan.portal.core.navigation import way
from bilan.portal.people.forms_users import STATES, UserFilter
from bilan.portal.people.governing import may_edit
from bilan.portal.people.locks import locked_names
from bilan.portal.people.models import Membership, User, today
from bilan.portal.people.pages import tabs, told_of
from bilan.portal.people.tables import table_response
from bilan.portal.rights.reach import allowed, visible
from bilan.portal.rights.views import Guarded, Reached

if TYPE_CHECKING:
    from bilan.portal.rights.reach import Visitor


SOON = timedelta(days=30)


def listed(query: Any, users: QuerySet[User], reader: Visitor) -> tuple[UserFilter, QuerySet[User]]:
    """Return the filter as a form and the users that it leaves, with their roles, as far as the reader sees these.

    A value that nothing has filters nothing. ``held`` are the roles of today that he sees, ``roles_now`` all of them.
    """
    form = UserFilter(query)
    form.is_valid()
    asked = form.cleaned_data
    if q := asked.get("q"):
        users = users.filter(Q(username__icontains=q) | Q(name__icontains=q) | Q(unit__name__icontains=q))
    if role := asked.get("role"):
        users = with_role(users, role, reader)
    conditions = {
        "active": Q(is_active=True),
        "inactive": Q(is_active=False),
        "one_time": Q(is_active=True, must_change_password=True),
        "locked": Q(username__in=locked_names()),
    }
    if state := asked.get("state"):
        users = users.filter(conditions[state])
    now = Membership.objects.now()
    roles = Prefetch("memberships", visible(now, reader).select_related("region", "unit"), to_attr="held")
    every = Prefetch("memberships", now, to_attr="roles_now")
    return form, users.select_related("region", "unit").prefetch_related(roles, every)


def with_role(users: QuerySet[User], role: str, reader: Visitor) -> QuerySet[User]:
    """Return those with a role that the reader sees: of that name, ``ending`` soon or of a unit that has ended.

    ``none`` are those without any.
    """
    now = Membership.objects.now()
    if role == "none":
        return users.exclude(pk__in=now.values("user"))
    conditions = {"ending": Q(valid_to__lte=today() + SOON), "unit_ended": Q(unit__valid_to__lte=today())}
    held = visible(now, reader).filter(conditions.get(role, Q(role=role)))
    return users.filter(pk__in=held.values("user"))


def beyond(user: Any) -> int:
    """Return how many roles a listed user has that the reader does not see."""
    return len(user.roles_now) - len(user.held)


def state_of(user: User, locked: frozenset[str]) -> str:
    """Return the code of how a user stands."""
    if not user.is_active:
        return "inactive"
    if user.username in locked:
        return "locked"
    return "one_time" if user.must_change_password else "active"


class Users(Guarded, ListView):
    """The users within reach."""

    guards = ("user", "read")
    template_name = "people/users.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[User]:
        self.form, rows = listed(self.request.GET, self.rows(User.objects.all()), self.request.user)
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = super().get_context_data(form=self.form, query=self.request.GET.urlencode(), **kwargs)
        locked = locked_names()
        shown = [(one, code := state_of(one, locked), STATES[code], beyond(one)) for one in told["page_obj"]]
        return {**told, "shown": shown, "tabs": tabs(self.request)}


class UsersFile(Guarded, View):
    """The users of the page's filter as a workbook or CSV."""

    guards = ("user", "export")

    def get(self, request: HttpRequest, format: str) -> HttpResponseBase:
        _form, users = listed(request.GET, self.rows(User.objects.all()), request.user)
        locked = locked_names()
        header = [_("用户名"), _("姓名"), _("地区"), _("所属单位"), _("角色"), _("状态"), _("电子邮箱"), _("电话")]
        header += [_("上次登录"), _("创建时间")]
        rows = [_cells(one, locked) for one in users]
        answer = table_response("bilan-users", format, _("用户"), header, rows)
        record("user.export", new={"filter": request.GET.dict(), "format": format, "rows": len(rows)})
        return answer


def _cells(one: User, locked: frozenset[str]) -> list[Any]:
    told: list[Any] = [one.username, one.name, one.region, one.unit, _roles(one), STATES[state_of(one, locked)]]
    return [*told, one.email, one.phone, one.last_login, one.created]


def _roles(user: Any) -> str:
    told = [f"{one.get_role_display()}（{one.unit or one.region or _('全部')}）" for one in user.held]
    if many := beyond(user):
        told.append(_("另有 %d 个在管理范围以外") % many)
    return "；".join(told)


class OneUser(Reached, View):
    """A user: how to reach him, whether he can log in, his roles, and what was done to him lately."""

    guards = ("user", "read")

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        user = self.reached(User.objects.select_related("region", "unit"))
        actor = cast(User, request.user)
        every = Membership.objects.filter(user=user)
        seen = visible(every.select_related("region", "unit", "granted_by"), actor)
        roles = sorted(seen, key=lambda one: (one.valid_to is not None and one.valid_to <= today(), one.valid_from))
        itself = user.pk == actor.pk
        state = state_of(user, locked_names())
        context = {
            "person": user,
            "state": state,
            "state_word": STATES[state],
            "itself": itself,
            "may_edit": allowed(actor, "user", "change", user) and may_edit(actor, user),
            "wider": allowed(actor, "user", "change", user) and not may_edit(actor, user),
            "may_give": not itself and allowed(actor, "role", "create", user) and may_edit(actor, user),
            "roles": [(one, one.valid_to is not None and one.valid_to <= today()) for one in roles],
            "unseen": every.count() - len(roles),
            "entries": told_of(request, user),
            "crumbs": way(
                (_("管理"), reverse("people:administration")), (_("用户"), reverse("people:users")), (user, "")
            ),
        }
        return render(request, "people/user.html", context)
