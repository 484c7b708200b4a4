"""Views behind the rights table: each names its object and action, or it answers nobody."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.views import View

from bilan.portal.rights.reach import allowed, visible

M = TypeVar("M", bound=Model)


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
            return redirect_to_login(request.get_full_path())
        return super().dispatch(request, *args, **kwargs)

    def rows(self, queryset: QuerySet[M]) -> QuerySet[M]:
        """Return those rows with which the person may do what this view does."""
        return visible(queryset, self.request.user, self.guards[1])
