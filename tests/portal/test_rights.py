"""The table of rights and its one filter: every role x object x action, with rows of one's own and of others."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

import bilan.portal
from bilan.portal.rights.reach import subject_of
from bilan.portal.rights.table import RightsError, grants, read, scopes
from bilan.portal.rights.words import ACTIONS, ALL_ROLES, OBJECTS, ROLES

HEAD = "role,object,action,scope"
SOURCE = Path(bilan.portal.__file__).parent
MAY = re.compile(r'''may "(\w+)" "(\w+)"''')
PAIRS = [(object_, action) for object_, (_, actions) in OBJECTS.items() for action in actions]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("boss,plan,read,all", "第 3 行：没有角色 'boss'"),
        ("leader,plam,read,all", "第 3 行：没有对象 'plam'"),
        ("leader,plan,look,all", "第 3 行：对象 plan 没有操作 'look'"),
        ("leader,setting,delete,all", "第 3 行：对象 setting 没有操作 'delete'"),
        ("leader,plan,read,mine", "第 3 行：没有范围 'mine'"),
        ("leader,plan,read", "第 3 行：应有 4 列，是 3 列"),
        ("public,site,read,all", "第 3 行：与第 2 行重复"),
    ],
)
def test_a_wrong_word_is_named_with_its_line(line: str, said: str) -> None:
    with pytest.raises(RightsError, match=said):
        read([HEAD, "public,site,read,all", line])


def test_a_wrong_head_is_named() -> None:
    with pytest.raises(RightsError, match="第 1 行"):
        read(["role,object,action", "public,site,read"])


def test_every_action_of_every_object_is_granted_to_somebody_or_known_to_be_nobodys() -> None:
    given = {(one.object, one.action) for one in grants()}
    # What rests on roles that no demo of ours fills; a new word without a row shows up here.
    assert [pair for pair in PAIRS if pair not in given] == []
    assert {action for _, action in PAIRS} == set(ACTIONS)


def test_a_question_that_the_words_do_not_know_is_a_defect() -> None:
    with pytest.raises(RightsError):
        scopes("leader", "plan", "fly")


def test_nothing_but_the_account_and_jobs_is_a_persons_own() -> None:
    """Insides of pages are held for all of one standing: nothing that they show may be somebody's own."""
    own = {one.object for one in grants() if one.scope == "own"}
    assert own == {"account", "job"}


def test_the_public_changes_nothing() -> None:
    found = {(one.object, one.action) for one in grants() if one.role == "public"}
    assert {action for _, action in found} <= {"read", "export", "create"}
    assert {object_ for object_, action in found if action == "create"} == {"session"}


def test_a_leader_reads_everything_of_his_region_and_changes_nothing() -> None:
    for object_, action in PAIRS:
        if action not in ("read", "export") and object_ not in ("job", "session", "account"):
            assert scopes("leader", object_, action) == frozenset()
    everybodys = {one.object for one in grants() if one.role in ("public", "signed_in") and one.action == "read"}
    for object_, action in PAIRS:
        if action == "read":
            # settings are those of the site, which lies in no region
            wanted = {"all"} if object_ == "setting" else {"region"}
            assert scopes("leader", object_, "read") == wanted or object_ in everybodys


def test_no_role_reaches_beyond_its_region_but_to_the_settings() -> None:
    assert {one.object for one in grants() if one.role in ROLES and one.scope == "all"} == {"setting"}


def test_a_leader_reads_his_region_and_below(people: Any) -> None:
    from bilan.portal.people.models import Membership
    from bilan.portal.rights.reach import reach

    def read(user: str) -> dict[str, bool]:
        found = reach(getattr(people, user), "board", "read")
        return {one: found.holds(people.regions[one].path) for one in ("990000", "990100", "990102", "371300")}

    held = Membership.objects.filter(user=people.leader)
    held.update(region=people.regions["990100"])
    assert read("leader") == {"990000": False, "990100": True, "990102": True, "371300": False}
    held.update(region=people.regions["990000"])  # of the province: all of its cities
    assert read("leader") == {"990000": True, "990100": True, "990102": True, "371300": False}
    held.update(region=None)
    assert all(read("leader").values())


# --- the filter, row by row ---

# Rows by where they lie, and which scopes of which people reach them: (role, scope) of those in CAST.
PLACES = ("own unit", "own region", "below", "other district", "other city", "own row")


class World:
    """A stored file in each place as seen by one role, so that all scopes can be tried on one model."""

    def __init__(self, people: Any, role: str) -> None:
        from bilan.portal.files.models import StoredFile

        home = "990102" if role == "officer" else "990100"
        unit = "临江分局" if role == "officer" else "市局"
        other = people.users["other_plan_office"]
        where = {
            "own unit": ("371300", unit, other),
            "own region": (home, None, other),
            "below": ("990102", None, other),
            "other district": ("990103", "东湖分局", other),
            "other city": ("371300", "外市局", other),
            "own row": ("371300", None, people.users.get(role)),
        }
        self.rows = {
            place: StoredFile.objects.create(
                name=place,
                kind="text",
                size=1,
                sha256="0" * 64,
                owner=owner or other,
                region=people.regions[region],
                unit=people.units[unit] if unit else None,
            )
            for place, (region, unit, owner) in where.items()
        }


def expected(role: str, scopes_: set[str]) -> set[str]:
    """The places that the scopes reach, written down independently of the code under test."""
    found: set[str] = set()
    if "all" in scopes_:
        return set(PLACES)
    if "region" in scopes_:
        found |= {"own region", "below"} if role == "officer" else {"own region", "below", "other district"}
        if role in ("administrator", "leader"):  # no region: everywhere
            found |= set(PLACES)
    if "unit" in scopes_ and role in ("officer", "plan_office", "analyst"):
        found |= {"own unit"}
    if "own" in scopes_ and role not in ("public", "signed_in"):
        found |= {"own row"}
    return found


@pytest.mark.parametrize("role", [*ROLES, "public"])
def test_the_filter_gives_what_the_table_says_and_nothing_else(people: Any, role: str) -> None:
    """Every object and action, with the rows of a model that is found by region, unit and owner."""
    from django.contrib.auth.models import AnonymousUser

    from bilan.portal.files.models import StoredFile
    from bilan.portal.rights import reach as reaching

    world = World(people, role)
    tried = 0
    for object_, action in PAIRS:
        user = getattr(people, role) if role != "public" else AnonymousUser()
        roles = {"public"} if role == "public" else {role, "public", "signed_in"}
        given = {one.scope for one in grants() if one.role in roles and (one.object, one.action) == (object_, action)}
        found = reaching.reach(user, object_, action)
        assert bool(found) == bool(given), (object_, action)
        seen = set(StoredFile.objects.values_list("name", flat=True)) if found.everything else set()
        if not found.everything:
            seen = set(StoredFile.objects.filter(found.rows(StoredFile.rights)).values_list("name", flat=True))
        wanted = expected(role, given)
        assert seen == wanted, (object_, action)
        # The same answer for a row at hand, and for something that is no row.
        assert {place for place, row in world.rows.items() if found.covers(row)} == wanted, (object_, action)
        held = {
            place
            for place, row in world.rows.items()
            if found.holds(row.region.path, [row.unit_id] if row.unit_id else [], row.owner_id)
        }
        assert held == wanted, (object_, action)
        tried += 1
    assert tried == len(PAIRS)


@pytest.mark.parametrize("role", ALL_ROLES)
def test_visible_filters_files(people: Any, role: str) -> None:
    from django.contrib.auth.models import AnonymousUser

    from bilan.portal.files.models import StoredFile
    from bilan.portal.rights.reach import visible

    World(people, role)
    user = {"public": AnonymousUser(), "signed_in": people.newcomer}.get(role) or getattr(people, role)
    given = {one.scope for one in grants() if one.role == role and (one.object, one.action) == ("file", "read")}
    seen = set(visible(StoredFile.objects.all(), user).values_list("name", flat=True))
    assert seen == expected(role, given)


def test_the_officer_of_a_district_sees_nothing_of_the_other(people: Any) -> None:
    from bilan.portal.files.models import StoredFile
    from bilan.portal.rights.reach import allowed, visible

    row = StoredFile.objects.create(
        name="临江",
        kind="text",
        size=1,
        sha256="0" * 64,
        owner=people.officer,
        region=people.regions["990102"],
        unit=people.units["临江分局"],
    )
    assert list(visible(StoredFile.objects.all(), people.officer)) == [row]
    assert not visible(StoredFile.objects.all(), people.other_officer).exists()
    assert allowed(people.officer, "file", "read", row)
    assert not allowed(people.other_officer, "file", "read", row)


def test_a_role_that_has_ended_or_not_begun_gives_nothing(people: Any) -> None:
    from datetime import timedelta

    from bilan.portal.people.models import Membership, today
    from bilan.portal.rights.reach import allowed

    mine = Membership.objects.filter(user=people.officer)
    assert allowed(people.officer, "entry", "create")
    mine.update(valid_to=today())
    assert not allowed(people.officer, "entry", "create")
    mine.update(valid_from=today() + timedelta(1), valid_to=None)
    assert not allowed(people.officer, "entry", "create")


def test_somebody_without_a_role_has_an_account_and_nothing_else(people: Any) -> None:
    from bilan.portal.rights.reach import reach

    found = {(one, action) for one, action in PAIRS if reach(people.newcomer, one, action)}
    assert found == {(one.object, one.action) for one in grants() if one.role in ("public", "signed_in")}


def test_who_is_not_active_is_the_public(people: Any) -> None:
    from bilan.portal.rights.reach import allowed

    user = people.administrator
    user.is_active = False
    assert not allowed(user, "user", "read")
    assert allowed(user, "site", "read")


def test_units_merged_into_mine_and_its_parts_are_mine(people: Any) -> None:
    from datetime import date

    from bilan.portal.people.models import Unit
    from bilan.portal.rights.reach import reach

    mine, region = people.units["临江分局"], people.regions["990102"]
    part = Unit.objects.create(name="监测科", region=region, parent=mine)
    before = Unit.objects.create(name="临江环保局", region=region)
    before.merge_into(mine, date(2019, 1, 1))
    earlier = Unit.objects.create(name="临江环保办", region=region)
    earlier.merge_into(before, date(2009, 1, 1))
    other = Unit.objects.create(name="临江住建局", region=region)
    found = reach(people.officer, "entry", "create").units
    assert found == {mine.pk, part.pk, before.pk, earlier.pk}
    assert other.pk not in found


def test_a_path_does_not_reach_a_region_whose_id_begins_alike(people: Any) -> None:
    from bilan.portal.people.models import Region
    from bilan.portal.rights.reach import Reach, visible

    alike = Region.objects.create(
        id="9901001", name="清河一区", kind="administrative", level=2, parent=people.regions["990000"]
    )
    assert not Reach(regions=frozenset({people.regions["990100"].path})).holds(alike.path)
    seen = visible(Region.objects.all(), people.city_administrator, "change")
    assert alike not in seen
    assert people.regions["990102"] in seen


def test_the_administrator_of_a_city_grants_no_role_elsewhere(people: Any) -> None:
    from bilan.portal.people.models import Membership
    from bilan.portal.rights.reach import allowed

    def may_grant(region: str | None) -> bool:
        held = Membership(user=people.newcomer, role="analyst", region=people.regions.get(region or ""))
        return allowed(people.city_administrator, "role", "create", held)

    assert may_grant("990102")
    assert not may_grant("371300")
    assert not may_grant(None)


@pytest.mark.parametrize(
    "fields",
    [{"role": "plan_office"}, {"role": "officer", "region_id": "990102"}, {"role": "boss", "region_id": "990102"}],
    ids=["no region", "no unit", "unknown"],
)
def test_the_database_refuses_a_role_that_would_reach_too_far(people: Any, fields: dict[str, str]) -> None:
    from django.db import IntegrityError, transaction

    from bilan.portal.people.models import Membership

    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=people.newcomer, **fields)


def test_a_model_must_say_how_its_rows_are_found() -> None:
    from django.contrib.sessions.models import Session

    from bilan.portal.rights.reach import visible

    with pytest.raises(TypeError, match="Session"):
        visible(Session.objects.all(), None)  # type: ignore[arg-type]


def test_the_check_at_the_start_finds_models_and_table_that_do_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.files.models import StoredFile
    from bilan.portal.rights.checks import rights_fit
    from bilan.portal.rights.subject import Subject

    assert rights_fit() == []
    monkeypatch.setattr(StoredFile, "rights", Subject("file", region="region"))
    assert {error.id for error in rights_fit()} == {"rights.E003"}
    monkeypatch.delattr(StoredFile, "rights")
    assert {error.id for error in rights_fit()} == {"rights.E002"}


def test_a_template_offers_what_may_be_done(people: Any) -> None:
    from django.template import engines
    from django.test import RequestFactory

    template = engines["django"].from_string('{% may "read" "audit" as yes %}{% if yes %}log{% endif %}')
    request = RequestFactory().get("/")
    for name, shown in (("administrator", "log"), ("officer", "")):
        request.user = getattr(people, name)
        assert template.render({}, request) == shown


# --- the table and the site ---


def asked_for() -> set[tuple[str, str]]:
    """What the code of the portal asks the table: objects with actions, and rows that are found by their models."""
    found = {(subject_of(model).object, "read") for model in apps.get_models() if getattr(model, "rights", None)}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            told = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.Tuple) else []
            words = [one.value if isinstance(one, ast.Constant) else None for one in told]
            found |= {pair for pair in pairwise(words) if pair in PAIRS}
    for path in SOURCE.rglob("*.html"):
        found |= {(object_, action) for action, object_ in MAY.findall(path.read_text(encoding="utf-8"))}
    return found


def test_the_table_grants_nothing_that_nobody_asks_for() -> None:
    assert set(PAIRS) - asked_for() == set()
