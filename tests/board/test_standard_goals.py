"""达到国家二级标准: the limit of the standard in force on the day, and none where no table has it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bilan.board.standard_goals import standard_limit
from bilan.plan.model import Target


def target(code: str | None, reference: str | None) -> Target:
    told: dict[str, Any] = {"id": "t1", "start": 0, "end": 1, "kind": "target", "name": "某指标", "operator": "<="}
    told |= {"value": None, "unit": None, "value_kind": "standard_reference", "quote": "…", "confidence": 1}
    return Target(**told, indicator=code, reference=reference)


@pytest.mark.parametrize(
    ("code", "reference", "day", "value", "standard"),
    [
        # GB 3095-2012 until the end of February 2026, then the transitional limits of GB 3095-2026, its own from 2031
        ("air.pm25.annual", "国家二级标准", "2025-12-31", "35", "GB 3095-2012"),
        ("air.pm25.annual", "国家二级标准", "2028-12-31", "30", "GB 3095-2026"),
        ("air.pm25.annual", "国家环境空气质量二级标准", "2035-12-31", "25", "GB 3095-2026"),
        ("air.pm25.annual", "国家一级标准", "2025-12-31", "15", "GB 3095-2012"),
        ("air.pm10.annual", "国家二级标准", "2025-12-31", "70", "GB 3095-2012"),
        ("air.pm10.annual", "国家二级标准", "2028-12-31", "60", "GB 3095-2026"),
        ("air.so2.annual", "二级标准", "2025-12-31", "60", "GB 3095-2012"),
        ("air.no2.annual", "二级标准", "2025-12-31", "40", "GB 3095-2012"),
        ("air.o3.p90", "二级标准", "2025-12-31", "160", "GB 3095-2012"),
        ("air.co.p95", "二级标准", "2025-12-31", "4", "GB 3095-2012"),
    ],
)
def test_the_limit_of_a_standard(code: str, reference: str, day: str, value: str, standard: str) -> None:
    found = standard_limit(target(code, reference), date.fromisoformat(day))
    assert found is not None
    assert (found.value, found.table.standard) == (Decimal(value), standard)


@pytest.mark.parametrize(
    ("code", "reference"),
    [
        ("air.pm25.annual", "国家新排放标准要求"),
        ("air.pm25.annual", None),
        ("water.section.tp", "国家二级标准"),
        (None, "国家二级标准"),
    ],
)
def test_what_stands_in_no_table(code: str | None, reference: str | None) -> None:
    assert standard_limit(target(code, reference), date(2025, 12, 31)) is None
