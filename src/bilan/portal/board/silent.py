"""Targets of a whole city of which nothing is known in a district: its board leaves them aside, and says how many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bilan.board.model import Row
from bilan.portal.board.changes import UNKNOWN

if TYPE_CHECKING:
    from django.http import HttpRequest

    from bilan.portal.board.choosing import Chosen

ALL = "silent"  # in an address: these targets, too


def without_silent(request: HttpRequest, chosen: Chosen, rows: Sequence[Row]) -> list[Row]:
    """Return ``rows`` without those that have no figure and no answer in the district, if that leaves any.

    On the board of the plan's own region, and where the address asks for all, none is left aside.
    """
    if chosen.region == chosen.plan.region or ALL in request.GET:
        return list(rows)
    return [row for row in rows if row.figure is not None or row.status != UNKNOWN] or list(rows)
