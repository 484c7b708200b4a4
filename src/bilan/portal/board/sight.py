"""Which places and targets of a plan a person sees, and which units answer for a target.

What somebody of one district sees of another one follows from the scopes of ``rights.csv`` and is decided here alone:

- Scope ``region`` (本地区及下级) reaches the places inside the region. An officer of district A reaches A, not its
  sister B: no board of B, no goal, share, place in a ranking, raw value or line of a proof that is B's.
- Scope ``unit`` (本单位) reaches the targets that the unit answers for. A unit of the plan's own region answers for its
  targets in every district, so it sees the part of each. A unit of district A, even one that the plan names, answers
  for a target in A: it sees the row of the whole, and of its districts A alone.
- Scope ``all`` and a role in the region of the plan or above reach everything.

:meth:`Sight.rows` gives rows that are cut accordingly; pages, charts, files and lists take rows from it and nowhere
else. :class:`Parts` says the same of stations, for raw values and proofs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bilan.board.model import Row
from bilan.evaluate.places import lies_in
from bilan.portal.people.models import Region, Unit
from bilan.portal.rights.reach import Reach, reach

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from bilan.portal.plans.models import Plan
    from bilan.portal.rights.reach import Visitor

_PARTS = ("administrative", "functional_zone")


def _parts_of(regions: Collection[str]) -> QuerySet[Region]:
    return Region.objects.now().filter(parent__in=regions, kind__in=_PARTS).order_by("path")


def _units_in(regions: Collection[str]) -> Sequence[Unit]:
    return list(Unit.objects.filter(region__in=regions).prefetch_related("names").select_related("region"))


@dataclass(frozen=True)
class Places:
    """The region of a plan and its districts; ``parts`` where these were read already, with those of other plans."""

    plan: Plan
    parts: Sequence[Region] | None = field(default=None, compare=False)

    @cached_property
    def regions(self) -> Sequence[Region]:
        """The plan's own region first."""
        own = self.plan.region
        return [own, *(_parts_of([own.pk]) if self.parts is None else self.parts)]

    @cached_property
    def by_id(self) -> dict[str, Region]:
        return {one.pk: one for one in self.regions}

    @property
    def districts(self) -> Sequence[Region]:
        """The districts alone."""
        return self.regions[1:]

    @cached_property
    def answerable(self) -> Answerable:
        """The units that answer for the targets of the plan."""
        return Answerable(self)

    def of(self, id_: str | None) -> Region:
        """Return the place with the id, the plan's own region where there is none."""
        return self.by_id.get(id_ or "", self.plan.region)


@dataclass(frozen=True)
class Sight:
    """What ``user`` may do ``action`` with, among the ``object_`` of a plan: its ``places`` and rows of its boards."""

    user: Visitor
    places: Places
    object_: str = "board"
    action: str = "read"

    def to(self, object_: str, action: str) -> Sight:
        """Return what the same person may do with something else of the plan, whose places are read once."""
        return replace(self, object_=object_, action=action)

    @cached_property
    def reach(self) -> Reach:
        return reach(self.user, self.object_, self.action)

    @cached_property
    def regions(self) -> Sequence[Region]:
        """The places whose boards he may ask for; of one that he does not reach he sees what his unit answers for."""
        reached = [one for one in self.places.regions if self.reach.holds(one.path)]
        own = self.places.plan.region
        return reached if own in reached or not self.reach.units else [*reached, own]

    @cached_property
    def seen_ids(self) -> frozenset[str]:
        """The ids of the places whose boards he may ask for."""
        return frozenset(one.pk for one in self.regions)

    @property
    def answerable(self) -> Answerable:
        """The units that answer for the targets of the plan."""
        return self.places.answerable

    def sees(self, row: Row, asked: str | None) -> bool:
        """Whether a row is within reach on the board of the place ``asked`` (its id)."""
        return self._reaches(row, self.places.of(row.region if row.district else asked))

    def rows(self, rows: Iterable[Row], asked: str | None) -> list[Row]:
        """Return those of ``rows`` that are within reach, without the districts that are not."""
        if self.reach.holds(self.places.of(asked).path):
            return list(rows)
        return [self.parts(row, asked).of(row) for row in rows if self.sees(row, asked)]

    def parts(self, row: Row, asked: str | None) -> Parts:
        """Return of which districts the person sees the part in the target of ``row``."""
        place = self.places.of(asked)
        if self.reach.holds(place.path):
            return Parts(place.pk)
        return Parts(place.pk, frozenset(one.pk for one in self.places.districts if self._reaches(row, one)))

    def _reaches(self, row: Row, place: Region) -> bool:
        if self.reach.holds(place.path):
            return True
        return bool(self.reach.units) and self.reach.holds(units=self.answerable.units(row, place))


@dataclass(frozen=True)
class Parts:
    """Of which districts of a place a person sees what is theirs: of those in ``seen``, of all without it."""

    place: str
    seen: frozenset[str] | None = None

    def of(self, row: Row) -> Row:
        """Return ``row`` without the districts that are not seen."""
        if self.seen is None:
            return row
        return row.model_copy(update={"districts": [one for one in row.districts if one.region in self.seen]})

    def holds(self, station: Mapping[str, Any]) -> bool:
        """Whether values of ``station``, a row of the lake, are seen: it stands in no district that is not."""
        if self.seen is None or station["region"] == self.place:
            return True
        return any(lies_in(station["region"], one) for one in self.seen)


@dataclass(frozen=True)
class Answerable:
    """The units of the site that answer for rows: those named by the plan, and in a district those of the district."""

    places: Places
    read: Sequence[Unit] | None = field(default=None, compare=False)  # with those of other plans

    def units(self, row: Row, place: Region) -> set[int]:
        """Return the ids of the units. A district's answers for nothing in another one, whatever the plan calls it."""
        named = [one for name, department in _named(row) for one in self._called(name, department)]
        own = self.places.plan.region_id
        if place.pk == own:
            return {one.pk for one in named}
        here = {one.pk for one in self.every if one.region_id == place.pk}
        return here | {one.pk for one in named if one.region_id == own}

    def called(self, name: str, department: str | None = None) -> Unit | None:
        """Return the unit that the plan calls so."""
        return next(iter(self._called(name, department)), None)

    def lead(self, row: Row) -> Unit | None:
        """Return the unit that leads, the first of several; the one that answers now for one that ended."""
        found = (self.called(unit.name, unit.department) for unit in row.leads)
        return next((unit.heir for unit in found if unit is not None), None)

    def _called(self, name: str, department: str | None) -> list[Unit]:
        """Those that are called so: those in force before those that ended, present names before former ones."""
        full = self._full(name)
        exact, longer = self._by_name.get(name, []), self._by_name.get(full, [])
        found = [*exact, *longer] or self._by_department[department or ""]
        found = [unit for unit in found if not unit.ended] or found
        now = [unit for unit in found if _is_called_now(unit, {name, full})]
        return [unit for unit in now if unit in exact] or now or [unit for unit in found if unit in exact] or found

    def _full(self, name: str) -> str:
        """The name with that of the city: 清河市水利局 for 市水利局."""
        own = self.places.plan.region.name
        return own + name[1:] if name[:1] == own[-1:] else own + name

    @cached_property
    def every(self) -> Sequence[Unit]:
        """The units of the plan's region and districts, those that ended, too."""
        return _units_in(self.places.by_id) if self.read is None else self.read

    @cached_property
    def _by_name(self) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.every:
            for name in _names(unit, own=unit.region_id == self.places.plan.region_id):
                found[name].append(unit)
        return dict(found)

    @cached_property
    def _by_department(self) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.every:
            if unit.department and unit.region_id == self.places.plan.region_id:
                found[unit.department].append(unit)
        return found


def places_of(plans: Iterable[Plan]) -> list[Places]:
    """Return region and districts of each plan, with one query for all of them."""
    plans, parts = list(plans), defaultdict(list)
    for one in _parts_of({plan.region_id for plan in plans}):
        parts[one.parent_id].append(one)
    return [Places(plan, parts[plan.region_id]) for plan in plans]


def answerable_of(every: Sequence[Places]) -> list[Answerable]:
    """Return the units of each plan; however many plans there are, units and names are read with one query each."""
    units = defaultdict(list)
    for unit in _units_in({pk for places in every for pk in places.by_id}):
        units[unit.region_id].append(unit)
    return [Answerable(places, [one for pk in places.by_id for one in units[pk]]) for places in every]


def _names(unit: Unit, *, own: bool) -> set[str]:
    """What a plan may call the unit. Of a district's only what was matched by hand: it could call itself anything."""
    given = {one.name for one in unit.names.all() if own or one.written}
    return {unit.name, *given} if own else given


def _is_called_now(unit: Unit, names: set[str]) -> bool:
    """Whether one of ``names`` is its present name, or was matched to it by hand."""
    return unit.name in names or any(one.written and one.name in names for one in unit.names.all())


def _named(row: Row) -> list[tuple[str, str | None]]:
    return [(unit.name, unit.department) for unit in (*row.leads, *row.supports)]
