"""Which district drags a figure: what every district of a region has, computed from facts when it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from bilan.board.cases import Case, districts_of
from bilan.board.facts import Matter
from bilan.board.goal import Unjudged
from bilan.board.model import Row, Share
from bilan.board.verdict import verdict
from bilan.foresee.room_limits import Limit

if TYPE_CHECKING:
    from bilan.board.rows import Judge
    from bilan.policy import Region


def shares(case: Case, row: Row, own: Mapping[tuple[str, str], Row], judge: Judge) -> list[Share]:
    """Return the districts of the case's region, the one that falls short most first, those without a figure last.

    ``row`` is that of the whole, ``own`` are rows of districts with a goal of their own by target and region. Empty
    where no district has a figure.
    """
    span = judge.span(case)
    if case.region is None or isinstance(span, Unjudged) or case.indicator is None:
        return []
    found = []
    for district in districts_of(case.region):
        mine = own.get((case.target.id, district.id))
        if mine is not None:
            found.append(_of_own(mine, district))
            continue
        figure = judge.evidence.figure(Matter(case.target, case.indicator, district, span, judge.as_of))
        found.append(_of_whole(district, figure.value, row, judge.limits(case)))
    return sorted(found, key=_drags_most) if any(share.figure is not None for share in found) else []


def _of_own(mine: Row, district: Region) -> Share:
    return Share(
        region=district.id,
        region_name=district.name,
        figure=mine.figure,
        gap=mine.gap,
        own_goal=True,
        status=mine.status,
    )


def _of_whole(district: Region, figure: Decimal | None, row: Row, limits: Sequence[Limit]) -> Share:
    gap = None if figure is None or not limits else verdict(limits, figure).gap
    return Share(region=district.id, region_name=district.name, figure=figure, gap=gap, own_goal=False, status=None)


def _drags_most(share: Share) -> tuple[bool, bool, Decimal]:
    return share.figure is None, share.gap is None, -(share.gap or Decimal(0))
