"""The guide says what the tables say: every formula with its statement, every part with its unit, every heading."""

from __future__ import annotations

from pathlib import Path

import pytest

from bilan.observe.statistics_file import HEADINGS
from bilan.policy.statistics import formulas, reportables

GUIDE = (Path(__file__).parents[3] / "docs" / "guide" / "statistics.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", sorted(formulas()))
def test_every_formula_is_in_the_guide(code: str) -> None:
    assert f"`{code}`" in GUIDE
    for formula in formulas()[code]:
        if formula.kind != "cumulative":
            doubt = "" if formula.verified else "；**未核实**"
            assert f"| {formula.statement} | {formula.source}{doubt} |" in GUIDE


def test_every_part_is_in_the_guide() -> None:
    parts = [row for row in reportables().values() if row.code.startswith("part.")]
    assert [row.code for row in parts if f"| `{row.code}` | {row.name} | {row.unit} |" not in GUIDE] == []


@pytest.mark.parametrize("name", HEADINGS)
def test_every_column_is_in_the_guide(name: str) -> None:
    assert f"`{name}`" in GUIDE
    assert f"`{HEADINGS[name][0]}`" in GUIDE
