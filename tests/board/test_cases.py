"""Which questions a board asks: a target in its own region, or the board's, and in districts with their own goal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bilan.board.cases import Cases
from bilan.board.entries import Entries, Entry
from bilan.evaluate.places import RegionError
from bilan.plan.model import CompiledPlan

from ..plan.samples import sample_plan

PROVINCE, CITY, LINJIANG, DONGHU, BEISHAN = "990000", "990100", "990102", "990103", "990104"
DAY = date(2026, 9, 30)


def plan_of(region: str | None, *targets: str | None) -> CompiledPlan:
    """A plan of ``region`` with targets ``t0``, ``t1`` … about ``targets``."""
    plan = sample_plan()
    made = [plan.targets[0].model_copy(update={"id": f"t{n}", "region": one}) for n, one in enumerate(targets)]
    return plan.model_copy(update={"plan": plan.plan.model_copy(update={"region": region}), "targets": made})


def goals(*regions: str, target: str = "t0") -> Entries:
    return Entries(
        Entry(target, "goal", None, Decimal(30), None, "市下达", "规划科", date(2026, 4, 1), region=one)
        for one in regions
    )


def asked(cases: Cases) -> list[tuple[str, str | None, bool, bool]]:
    return [(case.target.id, case.region and case.region.id, case.whole, case.beside) for case in cases]


def test_a_target_is_asked_of_its_region_and_of_districts_with_a_goal_of_their_own() -> None:
    cases = Cases(plan_of(CITY, CITY, None, BEISHAN), goals(DONGHU, CITY, LINJIANG), DAY)
    assert asked(cases) == [
        ("t0", CITY, True, False),
        ("t0", LINJIANG, False, True),
        ("t0", DONGHU, False, True),
        ("t1", CITY, True, False),
        ("t2", BEISHAN, True, False),
    ]


def test_a_district_is_asked_as_a_part_and_a_basin_as_a_whole() -> None:
    # as on the board of the city: its own goal, baseline and judgement, and those of the basin for what is the basin's
    cases = Cases(plan_of(CITY, CITY, DONGHU, "basin.qinghe"), goals(DONGHU, LINJIANG), DAY, DONGHU)
    assert asked(cases) == [
        ("t0", DONGHU, False, False),
        ("t1", DONGHU, True, False),
        ("t2", "basin.qinghe", True, False),
    ]
    assert [case.district for case in cases] == [DONGHU, None, None]


def test_the_board_of_a_district_is_not_about_another_one() -> None:
    plan = plan_of(CITY, CITY, BEISHAN, DONGHU)
    assert [id_ for id_, *_ in asked(Cases(plan, Entries(), DAY, DONGHU))] == ["t0", "t2"]
    assert [id_ for id_, *_ in asked(Cases(plan, Entries(), DAY))] == ["t0", "t1", "t2"]
    of_province = plan_of(PROVINCE, CITY)
    assert [id_ for id_, *_ in asked(Cases(of_province, Entries(), DAY, DONGHU))] == ["t0"]


def test_a_district_has_the_goal_that_was_decided_for_it_or_else_the_one_in_the_plan() -> None:
    plan = plan_of(CITY, CITY, BEISHAN, LINJIANG, DONGHU)
    later = plan.targets[3].model_copy(update={"due": "2035"})
    plan = plan.model_copy(update={"targets": [*plan.targets[:3], later]})
    cases = Cases(plan, goals(LINJIANG), DAY)
    whole = next(iter(cases))
    own = {one.id: cases.own_of(whole, one) for one in cases.regions if one.id != CITY}
    found = {id_: (case.target.id, case.beside) for id_, case in own.items() if case is not None}
    assert found == {LINJIANG: ("t0", True), BEISHAN: ("t1", False)}  # that of 2035 is another goal


def test_a_goal_that_the_district_has_in_what_is_about_another_place_is_beside_it() -> None:
    cases = Cases(plan_of(CITY, "basin.qinghe"), goals(DONGHU, LINJIANG), DAY, DONGHU)
    assert asked(cases) == [("t0", "basin.qinghe", True, False), ("t0", DONGHU, False, True)]


@pytest.mark.parametrize("called", ["东湖区", "清河市东湖区", "990103"])
def test_a_name_is_that_of_a_district_of_the_plan(called: str) -> None:
    # there is a 东湖区 in 南昌市, and no other with its name is in force
    own = Cases(plan_of(CITY, CITY), Entries(), DAY, called).own
    assert own is not None
    assert own.id == DONGHU


def test_a_region_outside_the_plan_takes_its_place_as_a_whole() -> None:
    assert asked(Cases(plan_of(CITY, CITY), goals(DONGHU), DAY, "长春市")) == [("t0", "220100", True, False)]
    assert asked(Cases(plan_of(CITY, CITY), goals(DONGHU), DAY, PROVINCE)) == [("t0", PROVINCE, True, False)]
    with pytest.raises(RegionError, match="乌有市"):
        list(Cases(plan_of(CITY, CITY), Entries(), DAY, "乌有市"))


def test_an_id_that_no_region_has_is_lost_and_the_others_are_asked() -> None:
    lost, found = Cases(plan_of(CITY, "999999", CITY), Entries(), DAY)
    assert (lost.region, lost.lost) == (None, "999999")
    assert (found.region and found.region.id, found.lost) == (CITY, None)


def test_a_district_is_seen_among_the_regions_of_the_plans_board() -> None:
    # what is learned from neighbours must not depend on who asks
    entries = goals(DONGHU)
    of_city = Cases(plan_of(CITY, CITY), entries, DAY).regions
    assert [region.id for region in of_city] == [CITY, LINJIANG, DONGHU, BEISHAN, "990121", "990171"]
    assert Cases(plan_of(CITY, CITY), entries, DAY, DONGHU).regions == of_city
    assert [one.id for one in Cases(plan_of(DONGHU, DONGHU), Entries(), DAY).regions] == [DONGHU]
