"""Log-in, log-out, the lock after too many failures, and a person's own account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.generic import UpdateView

from bilan.portal.audit.record import changes, record
from bilan.portal.people.meanwhile import EditForm
from bilan.portal.people.models import User
from bilan.portal.rights.views import Guarded


class Login(Guarded, auth_views.LoginView):
    guards = ("session", "create")
    template_name = "people/login.html"
    redirect_authenticated_user = True


class Logout(Guarded, auth_views.LogoutView):  # type: ignore[misc]
    guards = ("session", "delete")
    http_method_names = ["post", "options"]


class ChangePassword(Guarded, auth_views.PasswordChangeView):
    """Changes one's own password; other sessions of the same person end with it."""

    guards = ("account", "change")
    template_name = "people/password.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            user = form.user
            user.must_change_password = False
            response = super().form_valid(form)
            record("user.password", row=user)
        messages.success(self.request, _("密码已修改。"))
        return response


class AccountForm(EditForm):
    class Meta:
        model = User
        fields = ("name", "email", "phone")


class Profile(Guarded, UpdateView):
    """One's own name and how to be reached, the roles one has, and when they end."""

    guards = ("account", "change")
    form_class = AccountForm
    template_name = "people/profile.html"
    success_url = reverse_lazy("people:profile")

    def get_object(self, queryset: Any = None) -> User:
        return get_object_or_404(User, pk=self.request.user.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = self.object.memberships.now().select_related("region", "unit")
        return super().get_context_data(memberships=held, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            if form.changed_data:
                old, new = changes(form)
                record("user.change", row=self.object, old=old, new=new)
        messages.success(self.request, _("已保存。"))
        return response


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """What is shown after too many failed log-ins, whatever password is tried next."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "core/locked.html", {"minutes": minutes}, status=429)
