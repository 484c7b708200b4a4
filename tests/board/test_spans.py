"""When a target is due and what its figure is taken over, on days before, within and after."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bilan.board.goal import Unjudged
from bilan.board.spans import span_of
from bilan.plan.model import PlanInfo, Target
from bilan.policy import indicators

BY_CODE = {indicator.code: indicator for indicator in indicators()}
PLAN: dict[str, Any] = {
    "id": "p1",
    "version": "v1",
    "title": None,
    "region": "990100",
    "region_name": "清河市",
    "issuer": None,
    "document_number": None,
    "issued": None,
    "superior": [],
}


def target(due: str | None, recurrence: str | None = None) -> Target:
    told: dict[str, Any] = {"id": "t1", "start": 0, "end": 1, "kind": "target", "indicator": None, "name": "某指标"}
    told |= {"operator": ">=", "value": 1.0, "unit": "%", "value_kind": "number", "quote": "…", "confidence": 1}
    return Target(**told, due=due, recurrence=recurrence)


# due, recurrence, the plan's period, day -> period of the figure, day due, whether it is the last, whether it is over
CASES = [
    ("2028", None, "2026/2028", "2026-09-30", "2026", "2028-12-31", False, False),
    ("2028", None, "2026/2028", "2028-02-29", "2028", "2028-12-31", True, False),
    ("2028", None, "2026/2028", "2028-12-30", "2028", "2028-12-31", True, False),
    ("2028", None, "2026/2028", "2028-12-31", "2028", "2028-12-31", True, True),
    ("2028", None, "2026/2028", "2030-01-01", "2028", "2028-12-31", True, True),
    ("2028", None, "2026/2028", "2025-12-31", "2026", "2028-12-31", False, False),  # before the plan begins
    ("2025", None, None, "2023-05-01", "2023", "2025-12-31", False, False),
    ("2021/2025", None, None, "2023-05-01", "2023", "2025-12-31", False, False),
    # a season over the year's end
    ("2026-10/2027-03", None, "2026/2028", "2026-12-31", "2026-10/2027-03", "2027-03-31", True, False),
    ("2026-10/2027-03", None, "2026/2028", "2027-03-31", "2026-10/2027-03", "2027-03-31", True, True),
    # 到2028年底 is compiled as its December: the year
    ("2028-12", None, "2026/2028", "2026-09-30", "2026", "2028-12-31", False, False),
    ("2028-12", None, "2026/2028", "2028-12-31", "2028", "2028-12-31", True, True),
    # by another month: that year up to then
    ("2027-10", None, "2026/2028", "2026-09-30", "2027-01/2027-10", "2027-10-31", True, False),
    ("2027-10", None, None, "2027-09-30", "2027-01/2027-10", "2027-10-31", True, False),
    ("2024-02", None, None, "2024-02-28", "2024-01/2024-02", "2024-02-29", True, False),
    ("2024-02", None, None, "2024-02-29", "2024-01/2024-02", "2024-02-29", True, True),
    # every year, within the plan
    (None, "每年", "2026/2028", "2026-09-30", "2026", "2026-12-31", True, False),
    (None, "每年", "2026/2028", "2027-12-31", "2027", "2027-12-31", True, True),
    (None, "每年", "2026/2028", "2029-06-01", "2028", "2028-12-31", True, True),
    # no date of its own
    (None, None, "2026/2028", "2026-09-30", "2026", "2028-12-31", False, False),
    (None, None, None, "2026-09-30", "2026", None, False, False),
]


@pytest.mark.parametrize(("due", "recurrence", "plan", "day", "period", "due_on", "last", "over"), CASES)
def test_the_span_of_a_target(
    due: str | None,
    recurrence: str | None,
    plan: str | None,
    day: str,
    period: str,
    due_on: str | None,
    last: bool,
    over: bool,
) -> None:
    as_of = date.fromisoformat(day)
    span = span_of(target(due, recurrence), None, PlanInfo(**PLAN, period=plan), as_of)
    assert (str(span.period), span.due) == (period, None if due_on is None else date.fromisoformat(due_on))
    assert (span.last, span.ended(as_of)) == (last, over)
    assert not span.running


@pytest.mark.parametrize(
    ("due", "plan", "period"),
    [
        ("2027-10", "2026/2028", "2026-01/2027-10"),
        ("2027", "2026/2028", "2026-01/2027-12"),  # 到2027年 and 到2027年底 count the same work
        ("2027-12", "2026/2028", "2026-01/2027-12"),
        ("2027-10", None, "2027-01/2027-10"),
    ],
)
def test_work_is_counted_since_the_plan_began(due: str, plan: str | None, period: str) -> None:
    counted = target(due).model_copy(update={"kind": "task_quantity"})
    span = span_of(counted, None, PlanInfo(**PLAN, period=plan), date(2026, 9, 30))
    assert (str(span.period), span.running, span.last) == (period, True, True)


@pytest.mark.parametrize(
    ("day", "base", "plan", "period", "last"),
    [
        ("2026-09-30", None, "2026/2028", "2026", False),
        ("2027-09-30", None, "2026/2028", "2026/2027", False),
        ("2028-12-31", None, "2026/2028", "2026/2028", True),
        ("2024-06-30", "2020", None, "2021/2024", False),
        ("2024-06-30", None, None, "2024", False),
    ],
)
def test_a_decline_accumulates_since_its_base(
    day: str, base: str | None, plan: str | None, period: str, last: bool
) -> None:
    decline = target("2028").model_copy(update={"baseline_year": base})
    span = span_of(decline, BY_CODE["energy.intensity.decline"], PlanInfo(**PLAN, period=plan), date.fromisoformat(day))
    assert (str(span.period), span.last) == (period, last)


def test_a_season_of_a_year_is_its_months_and_an_unknown_one_is_told() -> None:
    winter = target("2026").model_copy(update={"season": "秋冬季"})
    plan = PlanInfo(**PLAN, period="2026/2028")
    span = span_of(winter, None, plan, date(2026, 11, 30))
    assert (str(span.period), span.due, span.last) == ("2026-10/2027-03", date(2027, 3, 31), True)
    with pytest.raises(Unjudged, match="season"):
        span_of(target("2026").model_copy(update={"season": "汛期"}), None, plan, date(2026, 11, 30))
