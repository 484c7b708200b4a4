"""Figures that people entered, and the time that they are of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bilan.board.entries import Entries, Entry
from bilan.board.facts import Matter
from bilan.board.facts_entered import EnteredFacts
from bilan.board.spans import span_of
from bilan.plan.model import PlanInfo, Target
from bilan.policy.statistics import regions_by_id

PLAN = PlanInfo(
    id="p1", version="v1", title=None, region="990100", region_name="清河市", issuer=None, document_number=None,
    issued=None, period="2026/2028", superior=[],
)  # fmt: skip


def target(**more: Any) -> Target:
    told: dict[str, Any] = {"id": "t1", "start": 0, "end": 1, "kind": "target", "indicator": None, "name": "某指标"}
    told |= {"operator": ">=", "value": 90.0, "unit": "%", "value_kind": "number", "quote": "…", "confidence": 1}
    return Target(**(told | {"due": "2028", "region": "990100"} | more))


@pytest.mark.parametrize(
    ("kind", "on", "day", "period"),
    [
        ("target", "2028-11-20", "2028-12-31", "2028-01-01/2028-11-20"),
        ("target", "2029-01-20", "2029-02-01", "2029-01-01/2029-01-20"),  # of its own day, and not of 2028
        ("target", "2026-06-30", "2028-12-31", "2026-01/2026-06"),  # of its own year, not of the first day of 2028
        ("task_quantity", "2027-03-31", "2028-12-31", "2026-01/2027-03"),
        ("task_quantity", "2029-01-20", "2029-02-01", "2029-01-01/2029-01-20"),
    ],
)
def test_a_figure_is_of_the_time_up_to_its_day(kind: str, on: str, day: str, period: str) -> None:
    one, as_of = target(kind=kind), date.fromisoformat(day)
    entry = Entry("t1", "figure", None, Decimal(91), None, "清单", "规划科", date.fromisoformat(on))
    matter = Matter(one, None, regions_by_id()["990100"], span_of(one, None, PLAN, as_of), as_of)
    found = EnteredFacts(Entries([entry])).figure(matter)
    assert (found.value, str(found.period)) == (Decimal(91), period)
