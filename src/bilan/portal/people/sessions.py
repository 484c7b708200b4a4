"""Sessions end: some time after the last page, and at the latest some hours after the log-in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from bilan.portal.rights.views import to_login

BEGAN, SEEN = "began", "seen"
_EXACT_TO = 60  # seconds: the session is written once a minute, not at every page


class SessionAge:
    """Logs out who was away too long. Pages that ask by themselves (``polled`` views) do not count as presence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if not request.user.is_authenticated:
            return None
        now = timezone.now().timestamp()
        began = request.session.setdefault(BEGAN, now)
        seen = request.session.setdefault(SEEN, now)
        idle, longest = settings.BILAN_SESSION_IDLE.total_seconds(), settings.BILAN_SESSION_LONGEST.total_seconds()
        if now - seen > idle or now - began > longest:
            logout(request)
            messages.info(request, _("登录已过期，请重新登录。"))
            return to_login(request)
        if now - seen > min(_EXACT_TO, idle / 2) and not getattr(getattr(view, "view_class", view), "polled", False):
            request.session[SEEN] = now
        return None
