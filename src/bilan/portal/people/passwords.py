"""What a password must be beyond Django's rules, and when it has to be changed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

# Without characters that look alike on paper.
_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_OPEN_TO_ALL = ("people:password", "people:logout", "set_language")


def one_time_password() -> str:
    """Return four groups of five letters and digits: 116 bits, to be typed once.

    >>> len(one_time_password())
    23
    """
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))


class NotTheSame:
    """A new password is not the one it replaces."""

    def validate(self, password: str, user: Any = None) -> None:
        if user is not None and user.pk and user.check_password(password):
            raise ValidationError(_("新密码不能与现在的密码相同。"), code="password_same")

    def get_help_text(self) -> str:
        return _("不能与现在的密码相同。")


class MustChange:
    """Until a one-time password is changed, every page leads to the page that changes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.must_change_password and request.path not in map(reverse, _OPEN_TO_ALL):
            return HttpResponseRedirect(reverse("people:password"))
        return self.get_response(request)
