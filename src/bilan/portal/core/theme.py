"""The choice between light and dark, for a browser without script; with it ``page.js`` does the same."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from bilan.portal.core.shell import THEME_COOKIE, THEMES
from bilan.portal.rights.views import Guarded

_YEAR = 365 * 24 * 3600


class SetTheme(Guarded):
    """Keeps the chosen theme in a cookie and goes back to the page."""

    guards = ("site", "read")

    def post(self, request: HttpRequest) -> HttpResponseBase:
        back = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
            back = "/"
        response = HttpResponseRedirect(back)
        if (theme := request.POST.get("theme")) in THEMES:
            secure = settings.SESSION_COOKIE_SECURE
            response.set_cookie(THEME_COOKIE, theme, max_age=_YEAR, secure=secure, samesite="Lax")
        return response
