"""The units that answer for a target, after some of them were renamed, merged or ended."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bilan.portal.people.models import Unit, answering_for, today


def test_who_answers_now_is_named_beside_the_unit_of_the_plan(site: Any) -> None:
    def beside() -> str:
        site.logged()
        page = site.text("leader", site.target(1))
        return str(page.partition("责任单位")[2])

    bureau = Unit.objects.get(name="市局", region="990100")
    bureau.rename("市生态环境局", on=today())
    assert "现为市生态环境局" in beside()
    heir = Unit.objects.create(name="市环境资源局", region=bureau.region)
    bureau.merge_into(heir, date(2026, 1, 1))
    assert "现由市环境资源局负责" in beside()
    last = Unit.objects.create(name="市资源局", region=bureau.region)
    heir.merge_into(last, date(2026, 2, 1))
    assert "现由市资源局负责" in beside()
    last.valid_to = date(2026, 3, 1)
    last.save()
    assert "已撤销" in beside()
    assert "现由" not in beside()


def named(site: Any, name: str) -> set[Any]:
    """The units that answer where the plan names a unit so."""
    from bilan.board.model import Row
    from bilan.board.model import Unit as Named
    from bilan.portal.board.sight import Answerable, Places

    row = Row.model_construct(leads=[Named(name=name, department=None)], supports=[])
    return Answerable(Places(site.plan)).units(row, site.plan.region)


def test_who_has_the_name_now_answers_before_who_had_it(site: Any) -> None:
    old = Unit.objects.create(name="市水利局", region=site.plan.region)
    old.rename("市水务局", on=today())
    assert named(site, "市水利局") == {old.pk}
    new = Unit.objects.create(name="市水利局", region=site.plan.region)
    assert named(site, "市水利局") == {new.pk}
    new.rename("清河市水利局", on=today())
    new.names.filter(name="市水利局").delete()  # never called so by itself
    assert named(site, "市水利局") == {new.pk}  # with the name of the city it is


def test_who_is_in_force_answers_before_who_ended(site: Any) -> None:
    from bilan.portal.board.sight import Answerable, Places

    old = Unit.objects.create(name="市林业局", region=site.plan.region, valid_to=date(2026, 1, 1))
    assert named(site, "市林业局") == {old.pk}
    new = Unit.objects.create(name="市林业局", region=site.plan.region, valid_from=date(2026, 1, 1))
    assert named(site, "市林业局") == {new.pk}
    assert Answerable(Places(site.plan)).called("市林业局") == new


def test_a_merger_to_come_gives_no_reach_yet(site: Any) -> None:
    bureau = Unit.objects.get(name="市局", region="990100")
    heir = Unit.objects.create(name="市环境资源局", region=bureau.region)
    bureau.merge_into(heir, today() + timedelta(days=1))
    assert answering_for([heir.pk]) == {heir.pk}
    bureau.merge_into(heir, today())
    assert answering_for([heir.pk]) == {heir.pk, bureau.pk}


@pytest.fixture
def names_units() -> bool:
    """Whether the plan says who answers for its targets."""
    return True


@pytest.fixture
def plan(plan: Any, names_units: bool) -> Any:
    tasks = [one.model_copy(update={"leads": []}) for one in plan.tasks]
    return plan if names_units else plan.model_copy(update={"tasks": tasks, "duties": []})


@pytest.mark.parametrize("address", ["/public/qinghe/t3/", "/targets/qinghe/t3/"])
@pytest.mark.parametrize("names_units", [True, False])
def test_it_is_said_where_the_plan_names_nobody(site: Any, names_units: bool, address: str) -> None:
    beside = site.text("leader", address).partition("<aside")[2]
    assert ("规划没有写明由谁负责" in beside, "市局" in beside) == (not names_units, names_units)
