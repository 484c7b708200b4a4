"""How far a person reaches: which rows of an object may be read, changed, exported. Everything else asks here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Manager, Model, Q, QuerySet

from bilan.portal.rights.subject import SELF, Subject
from bilan.portal.rights.table import scopes
from bilan.portal.rights.words import PUBLIC, SIGNED_IN

if TYPE_CHECKING:
    from bilan.portal.people.models import Membership, User

    Visitor = User | AnonymousUser

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Reach:
    """The rows that a person reaches: all of them, or those of some regions (by path), units, an owner, the public."""

    everything: bool = False
    regions: frozenset[str] = frozenset()
    units: frozenset[int] = frozenset()
    owner: int | None = None
    public: bool = False

    def __bool__(self) -> bool:
        return bool(self.everything or self.regions or self.units or self.owner or self.public)

    def rows(self, subject: Subject) -> Q:
        """The condition on rows of ``subject``; to be used only where not everything is reached."""
        found = Q(pk__in=[])
        if subject.region:
            lookup = _joined(subject.region, "path__startswith")
            for path in self.regions:
                found |= Q(**{lookup: path})
        if self.units:
            for lookup in subject.unit:
                found |= Q(**{_joined(lookup, "pk__in"): self.units})
        if subject.owner and self.owner is not None:
            found |= Q(**{_joined(subject.owner, "pk"): self.owner})
        if self.public and subject.public is not None:
            found |= subject.public
        return found

    def holds(self, region: str = "", units: Iterable[int] = (), owner: int | None = None) -> bool:
        """Whether something that is no row is reached, by the path of its region, its units and its owner."""
        return (
            self.everything
            or any(region.startswith(path) for path in self.regions)
            or not self.units.isdisjoint(units)
            or (self.owner is not None and owner == self.owner)
        )

    def covers(self, row: Model) -> bool:
        """Whether ``row`` is reached as it now stands, saved or not."""
        if self.everything:
            return True
        subject = subject_of(type(row))
        if any(self.holds(region.path) for region in _led_to(row, subject.region)):
            return True
        if self.holds(units=[unit.pk for lookup in subject.unit for unit in _led_to(row, lookup)]):
            return True
        if any(self.holds(owner=owner.pk) for owner in _led_to(row, subject.owner)):
            return True
        if self.public and subject.public is not None and row.pk is not None:
            return type(row)._default_manager.filter(subject.public, pk=row.pk).exists()
        return False


def _joined(lookup: str, rest: str) -> str:
    return rest if lookup == SELF else f"{lookup}__{rest}"


def _led_to(row: Any, lookup: str) -> Iterator[Any]:
    """The rows to which ``lookup`` leads from ``row``; none where there is no lookup or nothing at its end."""
    if not lookup or row is None:
        return
    if lookup == SELF:
        yield row
        return
    first, _, rest = lookup.partition("__")
    found = getattr(row, first)
    for one in found.all() if isinstance(found, Manager) else (found,):
        yield from _led_to(one, rest or SELF)


def reach(user: Visitor, object_: str, action: str) -> Reach:
    """How far ``user`` may do ``action`` with rows of ``object_``; false where nowhere. Raises RightsError."""
    everything = public = False
    regions: set[str] = set()
    units: set[int] = set()
    owner = None
    for role, held in _roles(user):
        for scope in scopes(role, object_, action):
            everything |= scope == "all" or (scope == "region" and held is not None and held.region is None)
            public |= scope == "public"
            if scope == "region" and held is not None and held.region is not None:
                regions.add(held.region.path)
            elif scope == "unit" and held is not None:
                units |= held.unit_ids
            elif scope == "own":
                owner = user.pk
    return Reach(everything, frozenset(regions), frozenset(units), owner, public)


def _roles(user: Visitor) -> Iterator[tuple[str, Membership | None]]:
    """Each role with the membership that gives it; the roles that everybody has come without."""
    yield PUBLIC, None
    if isinstance(user, AnonymousUser) or not user.is_authenticated or not user.is_active:
        return
    yield SIGNED_IN, None
    for held in user.memberships_now:
        yield held.role, held


def standing(user: Visitor) -> frozenset[tuple[str, str | None, frozenset[int]]]:
    """Return all that :func:`reach` is made from but what is a person's own: two of the same standing see the same."""
    return frozenset(
        (role, None, frozenset()) if held is None else (role, held.region.path if held.region else None, held.unit_ids)
        for role, held in _roles(user)
    )


def allowed(user: Visitor, object_: str, action: str, row: Model | None = None) -> bool:
    """Whether ``user`` may do ``action`` with ``row``; without one, with any row of ``object_`` at all."""
    found = reach(user, object_, action)
    return found.covers(row) if row is not None else bool(found)


def visible(queryset: QuerySet[M], user: Visitor, action: str = "read") -> QuerySet[M]:
    """Return the rows of ``queryset`` with which ``user`` may do ``action``: the one filter of pages, files, exports.

    Raises TypeError for a model that does not say how its rows are found.
    """
    subject = subject_of(queryset.model)
    found = reach(user, subject.object, action)
    if found.everything:
        return queryset
    if not found:
        return queryset.none()
    if subject.many:  # a join would give a row once for each of its units
        return queryset.filter(pk__in=queryset.model._default_manager.filter(found.rows(subject)).values("pk"))
    return queryset.filter(found.rows(subject))


def subject_of(model: type[Model]) -> Subject:
    """Return what ``model`` says about its rows. Raises TypeError when it says nothing."""
    subject = getattr(model, "rights", None)
    if not isinstance(subject, Subject):
        raise TypeError(f"{model.__name__} has no attribute `rights`")
    return subject
