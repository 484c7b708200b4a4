"""What a row rests on that nobody checked: said in both languages, in the row and in its proof."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bilan.board.explain import explain

from ..evaluate.statistics.reported import report
from ..policy.english import chinese
from .small import entry, making, row, target

FOREST, PM25, DITCHES = "eco.forest.cover", "air.pm25.annual", "water.black_odorous.rural_rate"
HEATING = {"operator": "<=", "value": 40.0, "season": "采暖季"}

CASES = [
    (DITCHES, {"value": 60.0}, "治理率＝", "treatment = black and odorous rural waters"),
    (FOREST, {"operator": "increase_by", "value": 2.0, "unit": "%"}, "指标的单位是 %", "the indicator is a percentage"),
    (PM25, HEATING, "采暖季的月份未经核实", "the months of the heating season are unverified"),
]


@pytest.mark.parametrize(("code", "change", "zh", "en"), CASES)
def test_a_doubt_is_told_in_both_languages(folder: Path, code: str, change: dict[str, Any], zh: str, en: str) -> None:
    reports = [report("part.black.rural_done", "2026", "3"), report("part.black.rural_listed", "2026", "4")]
    made = making(folder, [target(code, **change)], "2027-05-31", reports, [entry("baseline", "42")])
    found = row(made)
    assert [line for line in found.unverified if line.startswith(zh)]
    assert [line for line in found.unverified_en if line.startswith(en)]
    assert len(found.unverified) == len(found.unverified_en)
    assert [chinese(line) for line in found.unverified_en if chinese(line)] == []
    told = explain(made.plan, made.lake, made.backend, "t1", as_of=made.as_of, entries=made.taken)
    lines = {(line.zh, line.en) for link in told.chain if link.step == "method" for line in link.lines}
    both = zip(found.unverified, found.unverified_en, strict=True)
    assert {(f"未核实：{one}", f"Unverified: {other}") for one, other in both} <= lines
