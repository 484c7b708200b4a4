"""Views behind the rights table: each names its object and action, or it answers nobody."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View
from django_htmx.http import HttpResponseClientRedirect

from bilan.portal.rights.reach import Reach, allowed, reach, visible

M = TypeVar("M", bound=Model)


def to_login(request: HttpRequest) -> HttpResponseBase:
    """Lead to the log-in page, and from there back to the page. A part of a page asked for by htmx leaves it whole.

    What a form brought is lost, which is said: the way leads back to the page of the form.
    """
    if request.method == "POST" and request.path != reverse("people:logout"):
        messages.warning(request, _("刚才提交的内容没有保存。登录以后会回到原来的页面，请再做一次。"))
    htmx = getattr(request, "htmx", None)
    if htmx:
        return HttpResponseClientRedirect(redirect_to_login(htmx.current_url_abs_path or "/").url)
    return redirect_to_login(request.get_full_path() if request.method == "GET" else _form_of(request))


def _form_of(request: HttpRequest) -> str:
    """The page that sent the form, as the browser says; the first page where it is none of this site's."""
    url = urlsplit(request.headers.get("Referer", ""))
    path = url._replace(scheme="", netloc="").geturl()
    ours = url.netloc == request.get_host() and url_has_allowed_host_and_scheme(path, None)
    return path if ours and url.path != reverse(settings.LOGIN_URL) else "/"


class Guarded(View):
    """A view for those who may do ``guards``: an object and an action of the rights table.

    Who is not logged in is sent to the log-in page, everybody else is refused. Rows are taken through ``self.rows``:
    what a person may not see does not exist for him.
    """

    guards: ClassVar[tuple[str, str]]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not hasattr(self, "guards"):
            raise ImproperlyConfigured(f"{type(self).__name__} names no object and action")
        if not allowed(request.user, *self.guards):
            if request.user.is_authenticated:
                raise PermissionDenied
            return to_login(request)
        return super().dispatch(request, *args, **kwargs)

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say it with a page: whoever reloads what a button led to must see how to go on."""
        refused = super().http_method_not_allowed(request, *args, **kwargs)
        refused.content = render_to_string("core/405.html", request=request)
        return refused

    def rows(self, queryset: QuerySet[M]) -> QuerySet[M]:
        """Return those rows with which the person may do what this view does."""
        return visible(queryset, self.request.user, self.guards[1])


class Reached(Guarded):
    """A page about one row; for whom ``guards`` does not reach the row, it does not exist."""

    @property
    def reach(self) -> Reach:
        """How far the reader may do what the page does."""
        return reach(self.request.user, *self.guards)

    def reached(self, rows: QuerySet[M], pk: Any = None) -> M:
        """Return the row with that key, else with that of the address. Raises Http404."""
        row = get_object_or_404(rows, pk=self.kwargs["pk"] if pk is None else pk)
        if not self.reach.covers(row):
            raise Http404
        return row
