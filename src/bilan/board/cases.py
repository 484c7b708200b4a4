"""The questions of a board: every target in its region, and in each district that has a goal of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING

from bilan.evaluate.places import RegionError, lies_in, region_of
from bilan.evaluate.places import region as region_called
from bilan.plan.model import CompiledPlan, Target
from bilan.policy import Indicator, Region, indicators, regions

if TYPE_CHECKING:
    from bilan.board.entries import Entries

_DISTRICT_KINDS = ("administrative", "functional_zone")


@dataclass(frozen=True)
class Case:
    """A target in a region; ``region`` is None where neither plan nor target names one, or where no region has the id
    that the target names, ``lost``.

    ``whole`` is false for a part of the region that the target is about, ``beside`` true for one that the board lists
    beside the whole because it has a goal of its own.
    """

    target: Target
    indicator: Indicator | None
    region: Region | None
    whole: bool
    beside: bool = False
    lost: str | None = None

    @property
    def district(self) -> str | None:
        """The id of the region where it is a district with a goal of its own."""
        return None if self.whole or self.region is None else self.region.id


@dataclass(frozen=True)
class Cases:
    """The cases of ``plan`` on a day; ``region`` takes the place of the plan's own.

    Of every target the first case is that of the region that it is about.
    """

    plan: CompiledPlan
    entries: Entries
    as_of: date
    region: str | None = None

    def __iter__(self) -> Iterator[Case]:
        for target in self.plan.targets:
            case = self._of(target)
            if self._is_of_another_part(case):
                continue
            yield case
            for id_ in self._with_own_goal(target):
                if case.region is None or id_ != case.region.id:
                    yield Case(target, case.indicator, region_of(id_), whole=False, beside=True)

    def own_of(self, case: Case, district: Region) -> Case | None:
        """Return the case in which a district has a goal of its own: decided for it, or written in the plan."""
        if self.entries.latest(case.target.id, "goal", self.as_of, region=district.id) is not None:
            return Case(case.target, case.indicator, district, whole=False, beside=True)
        target = self._written.get((*_subject(case.target), district.id))
        return None if target is None else Case(target, case.indicator, district, whole=True)

    @cached_property
    def _written(self) -> dict[tuple[str | None, ...], Target]:
        """The targets that the plan writes for parts of its region, by what they ask and the part."""
        found: dict[tuple[str | None, ...], Target] = {}
        for target in self.plan.targets:
            if target.region and target.indicator:
                found.setdefault((*_subject(target), target.region), target)
        return found

    def _is_of_another_part(self, case: Case) -> bool:
        """Whether a board of a part is not about the case: it is about another part, such as another district."""
        if not self._is_part or self.own is None or case.region is None or case.region.kind not in _DISTRICT_KINDS:
            return False
        return not (lies_in(case.region.id, self.own.id) or lies_in(self.own.id, case.region.id))

    @cached_property
    def own(self) -> Region | None:
        """The region that the board is of: the one asked for, else the plan's, None where nobody names one."""
        if self.region is None:
            return self.of_plan
        return region_called(self.region, within=self.plan.plan.region)

    @cached_property
    def of_plan(self) -> Region | None:
        """The region that the plan names."""
        return region_of(self.plan.plan.region) if self.plan.plan.region else None

    @cached_property
    def regions(self) -> list[Region]:
        """Every region that is asked about, and the districts of those that have any, by id.

        Where a part is asked about, those of the plan's board, too: what is learned from the neighbours of a district
        is then the same on its own board and on that of its city.
        """
        found = {case.region.id: case.region for case in self if case.region is not None}
        for place in [one for one in found.values() if one.kind in _DISTRICT_KINDS]:
            found |= {district.id: district for district in districts_of(place)}
        if self._is_part:
            found |= {one.id: one for one in replace(self, region=None).regions}
        return [found[id_] for id_ in sorted(found)]

    def _of(self, target: Target) -> Case:
        """The target in the region whose figure it is about."""
        indicator = by_code().get(target.indicator or "")
        if not target.region or target.region == self.plan.plan.region:
            return Case(target, indicator, self.own, whole=not self._is_part)
        try:
            return Case(target, indicator, region_of(target.region), whole=True)
        except RegionError:
            return Case(target, indicator, None, whole=True, lost=target.region)

    def _with_own_goal(self, target: Target) -> list[str]:
        """The ids of the regions with a goal of their own, of those that the board is about."""
        found = self.entries.regions(target.id, "goal", self.as_of)
        return [id_ for id_ in found if self.region is None or (self.own is not None and id_ == self.own.id)]

    @cached_property
    def _is_part(self) -> bool:
        """Whether the board is asked of a part of the plan's region, which has goals of its own."""
        if self.region is None or self.own is None or self.of_plan is None:
            return False
        return self.own.id != self.of_plan.id and lies_in(self.own.id, self.of_plan.id)


def _subject(target: Target) -> tuple[str | None, ...]:
    """What a target asks the figure of, and when."""
    return target.indicator, target.due, target.season, target.recurrence


def districts_of(region: Region) -> list[Region]:
    """Return the districts of a city, or the cities of a province, that there are at present.

    >>> [district.name for district in districts_of(region_of("990100"))][:2]
    ['临江区', '东湖区']
    """
    if region.kind not in _DISTRICT_KINDS or region.level == 0:
        return []
    return [one for one in regions() if one.parent == region.id and one.kind in _DISTRICT_KINDS and not one.valid_to]


@cache
def by_code() -> dict[str, Indicator]:
    """Return the indicators by their codes."""
    return {indicator.code: indicator for indicator in indicators()}
