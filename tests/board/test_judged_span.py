"""The period that a row judges has one name on every day, whatever part of it the figure covers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bilan.observe.statistics_report import Report

from ..evaluate.statistics.reported import report
from .small import making, row, target

FOREST = "eco.forest.cover"


@pytest.mark.parametrize(
    ("asked", "day", "span"),
    [
        ({}, "2026-03-31", "2026"),
        ({}, "2026-11-20", "2026"),
        ({"due": "2026-06"}, "2026-11-20", "2026-01/2026-06"),
        ({"due": "2026-06"}, "2027-02-01", "2026-01/2026-06"),
        ({"recurrence": "每月", "due": None}, "2026-03-31", "2026-03"),
    ],
)
def test_what_has_no_figure_is_judged_over_its_period(
    tmp_path: Path, asked: dict[str, Any], day: str, span: str
) -> None:
    assert row(making(tmp_path, [target(None, value=None, value_kind="qualitative", **asked)], day)).span == span


@pytest.mark.parametrize(
    ("reports", "day", "span", "status"),
    [
        ([report(FOREST, "2026", "42")], "2027-03-01", "2026", "at_risk"),  # stands until 2027 is reported
        ([report(FOREST, "2026Q1", "42")], "2026-11-20", "2026", "at_risk"),  # of a part of it
        ([report(FOREST, "2025", "42")], "2026-11-20", "2026", "cannot_be_judged"),  # of before: 2026 is awaited
    ],
)
def test_a_report_is_judged_over_its_year_and_what_is_awaited_over_the_next(
    tmp_path: Path, reports: list[Report], day: str, span: str, status: str
) -> None:
    found = row(making(tmp_path, [target(FOREST, value=43.0, unit="%")], day, reports))
    assert (found.span, found.status) == (span, status)


def test_a_season_that_nobody_knows_is_no_period(tmp_path: Path) -> None:
    assert row(making(tmp_path, [target(FOREST, season="雨季")], "2026-11-20")).span is None
