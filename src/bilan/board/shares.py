"""Which district drags a figure: what every district of a region has, computed from facts when it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from bilan.board.cases import Case, Cases, districts_of
from bilan.board.facts import Matter
from bilan.board.goal import Unjudged, counts_work
from bilan.board.model import Share
from bilan.board.verdict import verdict
from bilan.foresee.room_limits import Limit

if TYPE_CHECKING:
    from bilan.board.judge import Found, Judge
    from bilan.policy import Region

_RATES = ("%", "‰", "1", "类", "d")  # and whatever is so much a cubic metre, a hectare, a month


def shares(case: Case, cases: Cases, judge: Judge) -> list[Share]:
    """Return the districts of the case's region, the one that falls short most first, those without a figure last.

    A district is held against a goal of its own, one of ``cases``, where it has one. Any other is set against the goal
    of the whole, not the step that is asked at present, so that all gaps are of one kind, and only where that makes
    sense: a concentration or a rate, not an amount, of which a district has a part. Empty where no district has a
    figure that can be judged.
    """
    span, limits = judge.span(case), judge.limits(case)
    if case.region is None or isinstance(span, Unjudged) or case.indicator is None or not limits:
        return []
    comparable = _is_a_rate(case)
    found = []
    for district in districts_of(case.region):
        mine = cases.own_of(case, district)
        if mine is not None:
            found.append(_of_own(judge.found(mine), district))
            continue
        if not comparable:
            continue
        figure = judge.evidence.figure(Matter(case.target, case.indicator, district, span, judge.as_of))
        found.append(_of_whole(district, None if figure.lack else figure.value, limits))
    return sorted(found, key=_drags_most) if any(share.figure is not None for share in found) else []


def _is_a_rate(case: Case) -> bool:
    """Whether the figure of a part can be compared with that of the whole."""
    unit = case.indicator.unit if case.indicator else ""
    return not counts_work(case.target, case.indicator) and (unit in _RATES or "/" in unit)


def _of_own(mine: Found, district: Region) -> Share:
    return Share(
        region=district.id,
        region_name=district.name,
        figure=None if mine.figure is None else mine.figure.value,
        gap=None if mine.answer is None else mine.answer.against_goal.gap,
        own_goal=True,
        status=mine.status,
    )


def _of_whole(district: Region, figure: Decimal | None, limits: Sequence[Limit]) -> Share:
    gap = None if figure is None else verdict(limits, figure).gap
    return Share(region=district.id, region_name=district.name, figure=figure, gap=gap, own_goal=False, status=None)


def _drags_most(share: Share) -> tuple[bool, bool, Decimal]:
    return share.figure is None, share.gap is None, -(share.gap or Decimal(0))
