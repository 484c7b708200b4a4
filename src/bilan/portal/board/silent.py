"""Targets of a whole city of which nothing is known in a district: its board leaves them aside, and says how many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bilan.board.model import Row
from bilan.portal.board.changes import UNKNOWN
from bilan.portal.board.models import Closing

if TYPE_CHECKING:
    from django.http import HttpRequest

    from bilan.portal.board.choosing import Chosen
    from bilan.portal.people.models import Region
    from bilan.portal.plans.models import Plan

ALL = "silent"  # in an address: these targets, too
_SILENT = frozenset(
    {"no_stations", "not_reported", "no_indicator", "qualitative", "by_reference", "standard_reference"}
)


def without_silent(request: HttpRequest, chosen: Chosen, rows: Sequence[Row]) -> list[Row]:
    """Return the rows of which something is known, all where that is nothing.

    On the board of the plan's own region, and where the address asks for all, none is left aside.
    """
    if chosen.region == chosen.plan.region or ALL in request.GET:
        return list(rows)
    return known(rows, chosen.plan, chosen.region) or list(rows)


def known(rows: Iterable[Row], plan: Plan, region: Region) -> list[Row]:
    """Return ``rows`` without those of which nothing is measured, reported, said or closed in the district ``region``.

    What was measured and gives no figure, and what a person could not judge, is known.
    """
    closed = set(Closing.objects.in_force().filter(plan=plan, region=region).values_list("target", flat=True))
    return [row for row in rows if row.target in closed or not _is_silent(row)]


def _is_silent(row: Row) -> bool:
    return row.figure is None and row.status == UNKNOWN and row.reason in _SILENT
