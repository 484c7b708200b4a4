"""What the pages of the workspace share: rows a person may see, whether he may change them, where a page stands."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from bilan.portal.core.navigation import way
from bilan.portal.plans.models import UNREAD, Draft, Plan, Version
from bilan.portal.rights.reach import reach
from bilan.portal.rights.views import Reached


def crumbs(plan: Plan | None = None, *rest: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way from the list of plans to a page; the last part is the page itself."""
    above = [(str(plan), plan.get_absolute_url())] if plan is not None else []
    return way((_("规划"), reverse("plans:list")), *above, *rest)


def works_on(request: HttpRequest, plan: Plan) -> bool:
    """Whether the reader belongs to the house: drafts, people and notes are not for the public."""
    return reach(request.user, "draft", "read").holds(region=plan.region.path)


def with_their_place(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Return ``plans`` with region and version in force, but not what stands in it: half a million letters each."""
    return plans.select_related("region", "current").defer("current__compiled", "current__reviewed")


class OfPlan(Reached):
    """A page about a plan, one of its drafts or one of its versions.

    The texts of plans and documents come when they are asked for, as most pages know what stands in them.
    """

    def draft(self, pk: int) -> Draft:
        """Return the draft. Raises Http404."""
        drafts = Draft.objects.select_related("plan", "plan__region", "region", "document", "document__file", "base")
        return self.reached(drafts.defer(*UNREAD), pk)

    def plan(self, slug: str) -> Plan:
        """Return the plan. Raises Http404."""
        return self.reached(with_their_place(Plan.objects.all()), slug)

    def version(self, pk: int) -> Version:
        """Return a version of a plan. Raises Http404."""
        found = Version.objects.select_related("plan", "plan__region", "plan__current", "document", "published_by")
        unread = ("plan__current__compiled", "plan__current__reviewed", "document__text")
        return self.reached(found.defer("compiled", "reviewed", *unread), pk)
