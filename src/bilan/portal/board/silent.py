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
    """Return the rows of which something is known; all on the board of the plan's own region, or if all are asked."""
    return list(rows) if chosen.region == chosen.plan.region or ALL in request.GET else known(rows)


def known(rows: Sequence[Row]) -> list[Row]:
    """Return those of ``rows`` that have a figure or an answer in the district; all where none has."""
    return [row for row in rows if row.figure is not None or row.status != UNKNOWN] or list(rows)
