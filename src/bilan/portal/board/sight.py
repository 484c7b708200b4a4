"""Which places and targets of a plan a person sees, and which units answer for a target."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Q

from bilan.board.model import Row
from bilan.portal.people.models import Region, Unit
from bilan.portal.rights.reach import Reach, reach

if TYPE_CHECKING:
    from bilan.portal.plans.models import Plan
    from bilan.portal.rights.reach import Visitor

_PARTS = ("administrative", "functional_zone")


@dataclass(frozen=True)
class Places:
    """The region of a plan and its districts."""

    plan: Plan

    @cached_property
    def regions(self) -> Sequence[Region]:
        """The plan's own region first."""
        own = self.plan.region
        return [own, *Region.objects.now().filter(parent=own, kind__in=_PARTS).order_by("path")]

    @cached_property
    def by_id(self) -> dict[str, Region]:
        return {one.pk: one for one in self.regions}


@dataclass(frozen=True)
class Sight:
    """What ``user`` may do ``action`` with, among the ``object_`` of a plan: its places and the rows of its boards."""

    user: Visitor
    plan: Plan
    object_: str = "board"
    action: str = "read"

    @cached_property
    def places(self) -> Places:
        return Places(self.plan)

    @cached_property
    def reach(self) -> Reach:
        return reach(self.user, self.object_, self.action)

    @cached_property
    def regions(self) -> Sequence[Region]:
        """The places whose boards he may ask for; of one that he does not reach he sees what his unit answers for."""
        reached = [one for one in self.places.regions if self.reach.holds(one.path)]
        own = self.plan.region
        return reached if own in reached or not self.reach.units else [*reached, own]

    @cached_property
    def seen_ids(self) -> frozenset[str]:
        """The ids of the places whose boards he may ask for."""
        return frozenset(one.pk for one in self.regions)

    @cached_property
    def answerable(self) -> Answerable:
        return Answerable(self.places)

    def sees(self, row: Row, asked: str | None) -> bool:
        """Whether a row is within reach on the board of the place ``asked`` (its id)."""
        place = self.places.by_id.get((row.region if row.district else asked) or "", self.plan.region)
        if self.reach.holds(place.path):
            return True
        return bool(self.reach.units) and self.reach.holds(units=self.answerable.units(row, place))

    def rows(self, rows: Iterable[Row], asked: str | None) -> list[Row]:
        """Return those of ``rows`` that are within reach."""
        place = self.places.by_id.get(asked or "", self.plan.region)
        if self.reach.holds(place.path):
            return list(rows)
        return [row for row in rows if self.sees(row, asked)]


@dataclass(frozen=True)
class Answerable:
    """The units of the site that answer for rows: those named by the plan, and in a district those of the district."""

    places: Places

    def units(self, row: Row, place: Region) -> set[int]:
        """Return the ids of the units."""
        found = {one.pk for name, department in _named(row) for one in self._called(name, department)}
        if place.pk != self.places.plan.region_id:
            found |= {one.pk for one in self._units if one.region_id == place.pk}
        return found

    def called(self, name: str, department: str | None = None) -> Unit | None:
        """Return the unit that the plan calls so."""
        return next(iter(self._called(name, department)), None)

    def _called(self, name: str, department: str | None) -> list[Unit]:
        return self._by_name.get(name) or self._by_name.get(self._full(name)) or self._by_department[department or ""]

    def _full(self, name: str) -> str:
        """The name with that of the city: 清河市水利局 for 市水利局."""
        own = self.places.plan.region.name
        return own + name[1:] if name[:1] == own[-1:] else own + name

    @cached_property
    def _units(self) -> list[Unit]:
        inside = Q(region__in=self.places.regions)
        return list(Unit.objects.filter(inside).prefetch_related("names").select_related("region"))

    @cached_property
    def _by_name(self) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = defaultdict(list)
        for unit in self._units:
            for name in _names(unit, own=unit.region_id == self.places.plan.region_id):
                found[name].append(unit)
        return dict(found)

    @cached_property
    def _by_department(self) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = defaultdict(list)
        for unit in self._units:
            if unit.department and unit.region_id == self.places.plan.region_id:
                found[unit.department].append(unit)
        return found


def _names(unit: Unit, *, own: bool) -> set[str]:
    """What a plan may call the unit. Of a district's only what was matched by hand: it could call itself anything."""
    given = {one.name for one in unit.names.all() if own or one.written}
    return {unit.name, *given} if own else given


def _named(row: Row) -> list[tuple[str, str | None]]:
    return [(unit.name, unit.department) for unit in (*row.leads, *row.supports)]
