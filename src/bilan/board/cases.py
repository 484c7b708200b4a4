"""The questions of a board: every target in its region, and in each district that has a goal of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING

from bilan.evaluate.places import lies_in, region_of
from bilan.evaluate.places import region as region_called
from bilan.plan.model import CompiledPlan, Target
from bilan.policy import Indicator, Region, indicators, region_by_name, regions

if TYPE_CHECKING:
    from bilan.board.entries import Entries

_DISTRICT_KINDS = ("administrative", "functional_zone")


@dataclass(frozen=True)
class Case:
    """A target in a region; ``region`` is None where neither plan nor target names one."""

    target: Target
    indicator: Indicator | None
    region: Region | None
    whole: bool

    @property
    def district(self) -> str | None:
        """The id of the region where it is a district with a goal of its own."""
        return None if self.whole or self.region is None else self.region.id


@dataclass(frozen=True)
class Cases:
    """The cases of ``plan`` on a day; ``region`` takes the place of the plan's own."""

    plan: CompiledPlan
    entries: Entries
    as_of: date
    region: str | None = None

    def __iter__(self) -> Iterator[Case]:
        for target in self.plan.targets:
            indicator = _by_code().get(target.indicator or "")
            place = self.place(target)
            yield Case(target, indicator, place, whole=not self._is_part(place))
            own = self.entries.regions(target.id, "goal", self.as_of) if self.region is None else ()
            for id_ in own:
                if place is None or id_ != place.id:
                    yield Case(target, indicator, region_of(id_), whole=False)

    @cached_property
    def own(self) -> Region | None:
        """The region that the board is of: the one asked for, else the plan's, None where nobody names one."""
        home = self.of_plan
        if self.region is None:
            return home
        inside = region_by_name(self.region, within=home.id) if home else None  # many cities have a 东湖区
        return inside or region_called(self.region)

    @property
    def of_plan(self) -> Region | None:
        """The region that the plan names."""
        return region_of(self.plan.plan.region) if self.plan.plan.region else None

    def _is_part(self, place: Region | None) -> bool:
        """Whether the board is asked of a part of the plan's region, which has goals of its own."""
        if self.region is None or place is None or self.of_plan is None:
            return False
        return place.id != self.of_plan.id and lies_in(place.id, self.of_plan.id)

    def place(self, target: Target) -> Region | None:
        """Return the region whose figure the target is about."""
        if target.region and target.region != self.plan.plan.region:
            return region_of(target.region)
        return self.own

    @property
    def regions(self) -> list[Region]:
        """Every region that is asked about, and the districts of those that have any."""
        found = {case.region.id: case.region for case in self if case.region is not None}
        for place in [one for one in found.values() if one.kind in _DISTRICT_KINDS]:
            found |= {district.id: district for district in districts_of(place)}
        return list(found.values())


def districts_of(region: Region) -> list[Region]:
    """Return the districts of a city, or the cities of a province, that there are at present.

    >>> [district.name for district in districts_of(region_of("990100"))][:2]
    ['临江区', '东湖区']
    """
    if region.kind not in _DISTRICT_KINDS or region.level == 0:
        return []
    return [one for one in regions() if one.parent == region.id and one.kind in _DISTRICT_KINDS and not one.valid_to]


@cache
def _by_code() -> dict[str, Indicator]:
    return {indicator.code: indicator for indicator in indicators()}
