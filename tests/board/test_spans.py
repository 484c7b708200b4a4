"""When a target is due and what its figure is taken over, on days before, within and after."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bilan.board.spans import span_of
from bilan.plan.model import PlanInfo, Target

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
    # by a month: what has come about since the plan began
    ("2027-10", None, "2026/2028", "2026-09-30", "2026-01/2027-10", "2027-10-31", True, False),
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
    span = span_of(target(due, recurrence), PlanInfo(**PLAN, period=plan), as_of)
    assert (str(span.period), span.due) == (period, None if due_on is None else date.fromisoformat(due_on))
    assert (span.last, span.ended(as_of)) == (last, over)
    assert span.running == (due is not None and len(due) == 7)
