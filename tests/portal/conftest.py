"""Two cities with their districts and bureaus, and somebody in every role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

# No tests, and not to be imported a second time under another name, as a search for examples would.
collect_ignore_glob = ["crawled*.py", "portal_settings.py"]

PASSWORD = "qing-he-2026-lan"


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    """Files, anchors and queue of each test lie in a folder of its own."""
    settings.BILAN_HOME = tmp_path
    settings.BILAN_FILES = tmp_path / "files"
    settings.BILAN_LAKE, settings.BILAN_KEPT = tmp_path / "lake", tmp_path / "kept"


@pytest.fixture(autouse=True)
def _nothing_held() -> None:
    """Each test has a database of its own, whose log begins anew."""
    from bilan.portal.core.held import forget

    forget()


@pytest.fixture(autouse=True)
def _lengths_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that is longer than its column is refused on SQLite, too, as PostgreSQL does."""
    from django.db import DataError, models

    prepared = models.CharField.get_db_prep_save

    def checked(field: Any, value: Any, connection: Any) -> Any:
        if isinstance(value, str) and field.max_length and len(value) > field.max_length:
            raise DataError(f"{field}: {len(value)} characters, room for {field.max_length}")
        return prepared(field, value, connection)

    monkeypatch.setattr(models.CharField, "get_db_prep_save", checked)


@pytest.fixture(autouse=True)
def _log_can_be_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test with real transactions ends by emptying the tables, which the log's triggers refuse."""
    yield
    names = request.fixturenames
    marker = request.node.get_closest_marker("django_db")
    if "transactional_db" in names or "live_server" in names or (marker and marker.kwargs.get("transaction")):
        from bilan.portal.audit import guards

        request.getfixturevalue("django_db_blocker")
        guards.remove()


@dataclass
class People:
    """The world of a test: users by name, regions by id, units by name."""

    users: dict[str, Any] = field(default_factory=dict)
    regions: dict[str, Any] = field(default_factory=dict)
    units: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """The user of that name, fresh from the database, as at the beginning of a request."""
        if name.startswith("_") or name not in self.users:
            raise AttributeError(name)
        user = self.users[name]
        return type(user).objects.get(pk=user.pk)


# user -> role, region, unit: one of each role in one city, and those of elsewhere
CAST = {
    "administrator": ("administrator", None, None),
    "city_administrator": ("administrator", "990100", None),
    "plan_office": ("plan_office", "990100", "市局"),
    "officer": ("officer", "990102", "临江分局"),
    "other_officer": ("officer", "990103", "东湖分局"),
    "analyst": ("analyst", "990100", "市局"),
    "leader": ("leader", None, None),
    "other_plan_office": ("plan_office", "371300", "外市局"),
}
UNITS = {"市局": "990100", "临江分局": "990102", "东湖分局": "990103", "外市局": "371300"}


def populate() -> People:
    """Users in every role, of 清河市, two of its districts and another city; ``newcomer`` has no role yet."""
    from bilan.portal.people.models import Membership, Region, Unit, User
    from bilan.portal.people.regions import sync_regions

    sync_regions([*UNITS.values(), "990121"])
    made = People(regions={one.pk: one for one in Region.objects.all()})
    for name, region in UNITS.items():
        made.units[name] = Unit.objects.create(name=name, region=made.regions[region])
    for name, (role, region_id, unit_name) in CAST.items():
        region, unit = made.regions.get(region_id or ""), made.units.get(unit_name or "")
        user = User.objects.create_user(name, PASSWORD, name=name, region=region, unit=unit)
        Membership.objects.create(user=user, role=role, region=region, unit=unit)
        made.users[name] = user
    made.users["newcomer"] = User.objects.create_user("newcomer", PASSWORD, name="newcomer")
    return made


@pytest.fixture
def people(db: None) -> People:
    """Somebody in every role."""
    return populate()


@pytest.fixture
def client_of(people: People) -> Callable[[str], Client]:
    """A browser in which the named user is logged in; ``public`` is nobody."""

    def made(name: str) -> Client:
        client = Client()
        if name != "public":
            client.force_login(people.users[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return made
