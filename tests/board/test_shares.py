"""What districts are held against: a goal decided for them, one that the plan writes for them, that of the whole."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from bilan.board.model import Share

from ..evaluate.statistics.reported import report
from .small import CITY, DISTRICT, OTHER, entry, making, row, target

STRAW = "agri.straw.util_rate"
CITY_GOAL = target(STRAW, value=92.0, unit="%")
DISTRICT_GOAL = target(STRAW, value=35.0, unit="%", id="t2", region=DISTRICT)
REPORTS = [
    report(STRAW, "2028", value, region=region) for region, value in ((CITY, "93"), (DISTRICT, "34"), (OTHER, "90"))
]


def districts(folder: Path, *entries: Any, **change: Any) -> dict[str, Share]:
    made = making(folder, [CITY_GOAL, DISTRICT_GOAL.model_copy(update=change)], "2029-06-30", REPORTS, entries)
    case = next(iter(made.cases))
    found = made.with_districts(case, row(made)).districts
    return {share.region: share for share in found}


def told(share: Share) -> tuple[Decimal | None, Decimal | None, bool, str | None]:
    return share.figure, share.gap, share.own_goal, share.status


def test_a_goal_that_the_plan_writes_for_a_district_is_its_own(folder: Path) -> None:
    found = districts(folder)
    assert told(found[DISTRICT]) == (Decimal(34), Decimal(1), True, "missed")
    assert told(found[OTHER]) == (Decimal(90), Decimal(2), False, None)


def test_another_goal_of_the_district_is_not_that_one(folder: Path) -> None:
    for other in ({"due": "2030"}, {"season": "秋冬季"}, {"recurrence": "每年"}, {"indicator": "eco.forest.cover"}):
        assert told(districts(folder, **other)[DISTRICT]) == (Decimal(34), Decimal(58), False, None)


def test_what_was_decided_for_the_district_goes_before_what_the_plan_writes(folder: Path) -> None:
    found = districts(folder, entry("goal", "33", region=DISTRICT))
    assert told(found[DISTRICT]) == (Decimal(34), Decimal(-1), True, "met")
    again = districts(
        folder, entry("goal", "33", region=DISTRICT), entry("goal", None, region=DISTRICT, on="2026-03-01")
    )
    assert told(again[DISTRICT])[1] == 1


def test_on_the_way_districts_are_held_against_the_goal_and_not_the_step(folder: Path) -> None:
    goal = CITY_GOAL.model_copy(update={"baseline_year": "2025", "baseline_value": 86.0})
    halfway = [report(STRAW, "2026", value, region=region) for region, value in ((CITY, "88"), (OTHER, "90"))]
    made = making(folder, [goal], "2027-06-30", halfway)
    found = made.with_districts(next(iter(made.cases)), row(made))
    assert [level.value for level in found.step] == [Decimal(88)]  # 86, 88, 90, 92
    assert [told(share) for share in found.districts if share.region == OTHER] == [
        (Decimal(90), Decimal(2), False, None)
    ]
