"""The choice of language, and what is shown when something is wrong."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from bilan.portal.core.nul import NulError
from bilan.portal.rights.views import Guarded


class SetLanguage(Guarded, View):
    """Keeps the chosen language in a cookie and goes back to the page."""

    guards = ("site", "read")

    def post(self, request: HttpRequest) -> HttpResponseBase:
        back = (
            request.POST.get("next")
            or urlsplit(request.META.get("HTTP_REFERER", ""))._replace(scheme="", netloc="").geturl()
        )
        if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
            back = "/"
        response = HttpResponseRedirect(back)
        language = request.POST.get("language", "")
        if language in dict(settings.LANGUAGES):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite="Lax",
            )
        return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return render(request, "files/too_big.html", {"most": settings.BILAN_MOST_UPLOAD >> 20}, status=413)
    return render(request, "core/400.html", {"nul": isinstance(exception, NulError)}, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "core/403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "", **_: Any) -> HttpResponse:
    return render(request, "core/403.html", {"stale_form": True}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "core/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "core/500.html", status=500)
