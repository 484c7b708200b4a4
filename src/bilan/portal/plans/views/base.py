"""What the pages of the workspace share: rows a person may see, whether he may change them, where a page stands."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from bilan.portal.plans.models import Draft, Plan, Version
from bilan.portal.rights.reach import reach
from bilan.portal.rights.views import Guarded

M = TypeVar("M", bound=Model)


def crumbs(plan: Plan | None = None, *rest: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way from the list of plans to a page; the last part is the page itself."""
    way = [(_("规划"), reverse("plans:list"))]
    if plan is not None:
        way.append((str(plan), plan.get_absolute_url()))
    way += rest
    return [{"label": label, "url": url} for label, url in way[:-1]] + [{"label": way[-1][0], "url": ""}]


def works_on(request: HttpRequest, plan: Plan) -> bool:
    """Whether the reader belongs to the house: drafts, people and notes are not for the public."""
    return reach(request.user, "draft", "read").holds(region=plan.region.path)


class Reached(Guarded):
    """A page about one row; for whom ``guards`` does not reach the row, it does not exist."""

    def draft(self, pk: int) -> Draft:
        """Return the draft. Raises Http404."""
        drafts = Draft.objects.select_related("plan", "plan__region", "region", "document", "document__file", "base")
        return self._reached(get_object_or_404(drafts, pk=pk))

    def plan(self, slug: str) -> Plan:
        """Return the plan. Raises Http404."""
        return self._reached(get_object_or_404(Plan.objects.select_related("region", "current"), pk=slug))

    def version(self, pk: int) -> Version:
        """Return a version of a plan. Raises Http404."""
        found = Version.objects.select_related("plan", "plan__region", "plan__current", "document", "published_by")
        return self._reached(get_object_or_404(found, pk=pk))

    def _reached(self, row: M) -> M:
        if not reach(self.request.user, *self.guards).covers(row):
            raise Http404
        return row
