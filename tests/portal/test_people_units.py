"""Regions from the policy tables, units that are renamed and merged, rows with validity."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

pytestmark = pytest.mark.django_db


def test_all_regions_come_in_with_the_line_above_them() -> None:
    from bilan import policy
    from bilan.portal.people.models import Region
    from bilan.portal.people.regions import sync_regions

    assert sync_regions() == len(policy.regions()) == Region.objects.count()
    assert Region.objects.get(pk="220104").path == "/100000/220000/220100/220104/"
    below = Region.objects.filter(path__startswith=Region.objects.get(pk="990100").path)
    assert {"990100", "990102", "990171"} <= set(below.values_list("pk", flat=True))
    assert sync_regions() == Region.objects.count()


def test_a_region_made_here_outlives_the_update_and_others_are_mended(people: Any) -> None:
    from bilan.portal.people.models import Region
    from bilan.portal.people.regions import sync_regions

    mine = Region.objects.create(
        id="own.park", name="临江产业园", kind="functional_zone", level=4, parent=people.regions["990102"]
    )
    Region.objects.filter(pk="990102").update(name="改坏了")
    sync_regions(["990102"])
    assert Region.objects.get(pk="990102").name == "临江区"
    mine.refresh_from_db()
    assert (mine.own, mine.path) == (True, "/100000/990000/990100/990102/own.park/")


def test_a_region_has_ended_by_its_day() -> None:
    from bilan.portal.people.models import Region
    from bilan.portal.people.regions import sync_regions

    sync_regions(["371200"])
    assert Region.objects.on(date(2018, 12, 25)).filter(pk="371200").exists()
    assert not Region.objects.on(date(2018, 12, 26)).filter(pk="371200").exists()


def test_a_renamed_unit_keeps_its_names(people: Any) -> None:
    unit = people.units["临江分局"]
    first = unit.names.get()
    first.valid_from = date(2015, 1, 1)
    first.save()
    unit.rename("临江区生态环境局", date(2019, 3, 1))
    unit.refresh_from_db()
    assert unit.name == "临江区生态环境局"
    assert unit.name_on(date(2019, 2, 28)) == "临江分局"
    assert unit.name_on(date(2019, 3, 1)) == "临江区生态环境局"
    assert unit.name_on(date(2000, 1, 1)) == "临江分局"
    assert [(one.name, one.valid_to) for one in unit.names.all()] == [
        ("临江分局", date(2019, 3, 1)),
        ("临江区生态环境局", None),
    ]


def test_a_unit_has_one_present_name(people: Any) -> None:
    from bilan.portal.people.models import UnitName

    with pytest.raises(IntegrityError), transaction.atomic():
        UnitName.objects.create(unit=people.units["临江分局"], name="又一个")


def test_a_merged_unit_ends_and_points_on_but_never_in_a_ring(people: Any) -> None:
    from bilan.portal.people.models import Unit

    one, other = people.units["临江分局"], people.units["东湖分局"]
    one.merge_into(other, date(2024, 1, 1))
    assert not Unit.objects.on(date(2024, 1, 1)).filter(pk=one.pk).exists()
    assert Unit.objects.on(date(2023, 12, 31)).filter(pk=one.pk).exists()
    with pytest.raises(ValueError, match="followed"):
        other.merge_into(one, date(2025, 1, 1))
    with pytest.raises(ValueError, match="followed"):
        other.merge_into(other, date(2025, 1, 1))


def test_a_unit_does_not_end_before_it_begins(people: Any) -> None:
    from bilan.portal.people.models import Unit

    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.create(
            name="倒着的", region=people.regions["990102"], valid_from=date(2024, 1, 2), valid_to=date(2024, 1, 1)
        )
