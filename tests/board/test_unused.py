"""Decisions that change nothing on any day, and why; the plan is from 2026 to 2028 and measures from 2025."""

from __future__ import annotations

from typing import Any

import pytest

from bilan.board.entries import Entries
from bilan.board.texts import board_texts, said
from bilan.board.unused import unused
from bilan.plan.model import Target

from .small import CITY, DISTRICT, entry, plan_of, target

PM25, COD, FOREST = "air.pm25.annual", "water.cod.emission", "eco.forest.cover"
LEVEL = target(FOREST, value=43.0, unit="%")
EACH = LEVEL.model_copy(update={"recurrence": "每年", "due": None})
WORK = target(None, kind="task_quantity", value=42.0, unit="个", due="2027-06")
WINTER = target(PM25, operator="<=", value=50.0, due="2028-03", season="秋冬季")
BY_SUPERIOR = target(FOREST, value=None, value_kind="by_reference")


def why(one: Target, what: str, value: str | None, at: str = "", **more: Any) -> str | None:
    told = entry(what, value, at, **more)
    found = [words for _, words in unused(Entries([told]), plan_of([one]))]
    codes = [code for code in board_texts() if code.startswith("unused.")]
    return next((code for code in codes if [said(code, id=told.target, year=told.year)] == found), None)


@pytest.mark.parametrize(
    ("one", "what", "at", "reason"),
    [
        (target(PM25), "figure", "", "monitored"),
        (target("water.surface.good_ratio"), "figure", "", "monitored"),
        (target("air.pm25.decline"), "figure", "", None),
        (LEVEL, "figure", "", None),
        (LEVEL, "figure", "2025", None),
        (LEVEL, "figure", "2026", None),
        (LEVEL, "figure", "2027", "of_later"),
        (LEVEL, "figure", "2026-02", "of_later"),
        (LEVEL, "baseline", "", None),
        (LEVEL, "baseline", "2027", None),
        (LEVEL, "baseline", "2028", "baseline_late"),
        (EACH, "baseline", "2027", None),
        (WORK.model_copy(update={"recurrence": "每年"}), "baseline", "2025", "work_of_every_year"),
        (LEVEL, "milestone", "2025", "milestone_early"),
        (LEVEL, "milestone", "2026", None),
        (LEVEL, "milestone", "2027", None),
        (LEVEL, "milestone", "2028-11", None),
        (LEVEL, "milestone", "2028-12", "milestone_late"),
        (LEVEL, "milestone", "2028", "milestone_late"),
        (WORK, "milestone", "2025-12", "milestone_early"),
        (WORK, "milestone", "2026-01", None),
        (WORK, "milestone", "2027-05", None),
        (WORK, "milestone", "2027-06", "milestone_late"),
        (WORK, "milestone", "2027", "milestone_late"),
        (WINTER, "milestone", "2026", None),
        (WINTER, "milestone", "2027", "milestone_late"),  # the winter that begins in 2027 is the goal's
        (EACH, "milestone", "2027", "milestone_of_every_year"),
        (EACH, "milestone", "2027-06", None),
        (LEVEL.model_copy(update={"due": None}), "milestone", "2027", "milestone_endless"),
        (LEVEL, "reference", "", "reference_unasked"),
        (BY_SUPERIOR, "reference", "", None),
    ],
)
def test_why_an_entry_is_of_no_use(one: Target, what: str, at: str, reason: str | None) -> None:
    assert why(one, what, "41", at) == (reason and f"unused.{reason}")
    assert why(one, what, None, at) is None  # taken back


def test_a_goal_of_its_own_is_one_of_a_district() -> None:
    assert why(LEVEL, "goal", "41", region=DISTRICT) is None
    assert why(LEVEL, "goal", "41", region=CITY) == "unused.goal_of_own"
    there = LEVEL.model_copy(update={"region": DISTRICT})
    assert why(there, "goal", "41", region=DISTRICT) == "unused.goal_of_own"


def test_judgements_are_always_of_use_and_strangers_never() -> None:
    assert why(LEVEL, "judgement", "met") is None
    for value in ("41", None):
        assert why(LEVEL, "figure", value, target="t9") == "unused.no_target"


def test_a_target_that_cannot_be_asked_says_so_itself() -> None:
    assert why(LEVEL.model_copy(update={"season": "枯水期"}), "milestone", "41", "2030") is None


def test_entries_are_told_in_the_order_of_their_lines() -> None:
    told = [entry("figure", "1", line=3), entry("figure", "2", on="2026-03-01", line=2)]
    found = unused(Entries(told), plan_of([target(PM25)]))
    assert [one.line for one, _ in found] == [2, 3]
