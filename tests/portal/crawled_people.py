"""Rows of units, their people, users and roles for the crawl."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crawled import PLACES  # type: ignore[import-not-found]

from bilan.portal.people.tables import FORMATS


def regions(people: Any) -> Iterable[Any]:
    from bilan.portal.people.models import Region

    for number, (parent, _, _) in enumerate(PLACES):
        yield Region.objects.create(
            id=f"own.crawl{number}",
            name=f"marker-region-{number}",
            kind="functional_zone",
            level=4,
            parent=people.regions[parent],
        )


def units(people: Any) -> Iterable[Any]:
    from bilan.portal.people.models import Unit

    for number, (region, _, _) in enumerate(PLACES):
        yield Unit.objects.create(name=f"marker-unit-{number}", region=people.regions[region])


def names(people: Any) -> Iterable[Any]:
    from bilan.portal.people.models import UnitName

    for number, (_, unit, _) in enumerate(PLACES):
        if unit:
            yield UnitName.objects.create(name=f"marker-name-{number}", unit=people.units[unit], written=True)


def contacts(people: Any) -> Iterable[Any]:
    from bilan.portal.people.models import Contact

    for number, (_, unit, _) in enumerate(PLACES):
        if unit:
            yield Contact.objects.create(name=f"marker-person-{number}", unit=people.units[unit], phone="13800000000")


def users(people: Any) -> Iterable[Any]:
    from bilan.portal.people.models import User

    for number, (region, unit, _) in enumerate(PLACES):
        yield User.objects.create_user(
            f"crawl{number}",
            "no-password-of-anybody",
            name=f"marker-user-{number}",
            region=people.regions[region],
            unit=people.units[unit] if unit else None,
        )


def roles(people: Any) -> Iterable[Any]:
    from bilan.portal.people.models import Membership, User

    for number, (region, unit, _) in enumerate(PLACES):
        owner = User.objects.create_user(
            f"role{number}", "no-password-of-anybody", name=f"marker-role-{number}", region=people.regions[region]
        )
        yield Membership.objects.create(
            user=owner, role="analyst", region=people.regions[region], unit=people.units[unit] if unit else None
        )


ROWS = [regions, units, names, contacts, users, roles]

_PK = {"pk": "pk"}
PARAMETERS = {
    **{f"people:unit{what}": ("unit", _PK) for what in ("", "_edit", "_rename", "_merge", "_restore")},
    "people:contact_new": ("unit", _PK),
    "people:name_forget": ("unitname", _PK),
    **{f"people:contact_{what}": ("contact", _PK) for what in ("edit", "end")},
    **{
        f"people:{name}": ("user", _PK)
        for name in (
            "user",
            "user_edit",
            "user_deactivate",
            "user_activate",
            "user_unlock",
            "user_password",
            "role_new",
        )
    },
    **{f"people:role_{what}": ("membership", _PK) for what in ("edit", "end")},
    **{f"people:{name}": ("region", _PK) for name in ("region", "region_edit", "region_new")},
}

VALUES = {f"people:{name}_file": {"format": "csv"} for name in ("units", "users", "regions")}
CHOICES = {name: {"format": FORMATS} for name in VALUES}
