"""Figures that people enter beside reports: for which region and day they count, and of which time they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bilan.board.entries import Entry
from bilan.board.model import Row

from ..evaluate.statistics.reported import report
from .small import CITY, DISTRICT, entry, making, row, rows, target

FOREST, VILLAGES = "eco.forest.cover", "rural.env.village_count"
COVER = target(FOREST, value=43.0, unit="%")
WORK = target(VILLAGES, value=120.0, unit="个", kind="task_quantity", due="2026")


def cover(folder: Path, day: str, *entries: Entry) -> tuple[Any, ...]:
    """The row of a city that reported 42 % of 2025 and 42.5 % of 2026."""
    reports = [report(FOREST, "2025", "42"), report(FOREST, "2026", "42.5")]
    return shown(row(making(folder, [COVER], day, reports, entries)))


def shown(found: Row) -> tuple[Any, ...]:
    return found.status, found.reason, None if found.figure is None else str(found.figure), found.period


REPORTED = ("on_course", "ahead", "42.5", "2026")


# --- for which region and day ---


@pytest.mark.parametrize(
    "entries",
    [
        [entry("figure", "10", region=DISTRICT)],
        [entry("figure", "10", on="2027-07-01")],
        [entry("figure", "10"), entry("figure", None, on="2026-02-01")],
        [entry("figure", "10", "2026", on="2027-01-05"), entry("figure", None, "2026", on="2027-01-06")],
    ],
    ids=["of a district", "of a later day", "withdrawn", "withdrawn for its year"],
)
def test_an_entry_that_does_not_count_leaves_the_reports_as_they_are(folder: Path, entries: list[Entry]) -> None:
    assert cover(folder, "2027-06-30", *entries) == REPORTED


def test_an_entry_of_a_district_is_that_of_the_district(folder: Path) -> None:
    told = [entry("figure", "40", "2026", DISTRICT, "2027-01-05"), entry("goal", "41", region=DISTRICT)]
    found = {one.region: shown(one) for one in rows(making(folder, [COVER], "2027-06-30", (), told))}
    assert found[DISTRICT][2:] == ("40", "2026")
    assert found[CITY][1] == "not_reported"


# --- one history of the target's own region ---


@pytest.mark.parametrize("withdrawn_under", [None, CITY])
@pytest.mark.parametrize("entered_under", [None, CITY])
def test_a_withdrawal_takes_back_what_was_entered_under_either_name(
    folder: Path, entered_under: str | None, withdrawn_under: str | None
) -> None:
    told = entry("figure", "10", region=entered_under)
    back = entry("figure", None, region=withdrawn_under, on="2026-02-01")
    assert cover(folder, "2027-06-30", told, back) == REPORTED
    assert cover(folder, "2026-01-31", told, back)[2] == "10"


@pytest.mark.parametrize(("first", "second"), [(None, CITY), (CITY, None)])
def test_of_one_day_the_later_line_counts_under_either_name(
    folder: Path, first: str | None, second: str | None
) -> None:
    words = target(None, value=None, value_kind="qualitative")
    told = [entry("judgement", "at_risk", region=first, line=2), entry("judgement", "on_course", region=second, line=3)]
    assert row(making(folder, [words], "2027-06-30", (), told)).status == "on_course"
    back = entry("judgement", "on_course", region=second, line=3, status=None)
    assert row(making(folder, [words], "2027-06-30", (), [told[0], back])).status == "cannot_be_judged"


def test_a_target_without_a_region_is_about_that_of_the_plan(folder: Path) -> None:
    nowhere = COVER.model_copy(update={"region": None})
    for region in (None, CITY):
        made = making(folder, [nowhere], "2027-06-30", (), [entry("figure", "42.9", "2026", region, "2027-01-05")])
        assert str(row(made).figure) == "42.9"


def test_what_is_asked_in_words_alone_has_no_baseline_of_the_indicator_it_comes_near_to(folder: Path) -> None:
    words = COVER.model_copy(update={"value": None, "value_kind": "qualitative"})
    told = [entry("baseline", "41", "2025", on="2026-01-05"), entry("judgement", "on_course")]
    found = row(making(folder, [words], "2026-06-30", (), told))
    assert (found.status, found.figure, found.baseline) == ("on_course", None, None)


# --- of which time ---


def work(folder: Path, day: str, *entries: Entry, **change: Any) -> tuple[Any, ...]:
    return shown(row(making(folder, [WORK.model_copy(update=change)], day, (), entries)))


def test_what_is_counted_after_the_due_date_is_no_proof_for_it(folder: Path) -> None:
    by_then, later = entry("figure", "119", on="2026-12-31"), entry("figure", "150", on="2027-09-30")
    assert work(folder, "2027-12-31", by_then, later) == ("missed", "broken", "119", "2026-01/2026-12")
    assert work(folder, "2027-12-31", later)[:3] == ("cannot_be_judged", "not_reported", "150")
    in_time = entry("figure", "120", on="2026-12-31")
    assert work(folder, "2027-12-31", in_time, later)[:3] == ("met", "kept", "120")


def test_a_year_beside_the_figure_says_what_it_is_of(folder: Path) -> None:
    late = entry("figure", "120", "2026", on="2027-02-03")
    assert work(folder, "2027-12-31", late) == ("met", "kept", "120", "2026-01/2026-12")


def test_a_month_beside_the_figure_says_what_it_is_of(folder: Path) -> None:
    told = [entry("figure", "120", "2026-09", on="2026-11-03"), entry("figure", "130", on="2026-11-03")]
    assert work(folder, "2026-12-31", *told, due="2026-09") == ("met", "kept", "120", "2026-01/2026-09")
    assert work(folder, "2026-12-31", told[1], due="2026-09")[1] == "not_reported"


@pytest.mark.parametrize("first", [0, 1])
def test_the_figure_that_reaches_furthest_stands_whichever_was_entered_last(folder: Path, first: int) -> None:
    told = [entry("figure", "150", "2026", on="2027-01-05"), entry("figure", "100", "2025", on="2027-01-05")]
    assert work(folder, "2027-06-30", told[first], told[1 - first])[:3] == ("met", "kept", "150")


def test_of_a_year_the_figure_that_was_entered_last_stands(folder: Path) -> None:
    told = [entry("figure", "150", "2026", on="2027-01-05"), entry("figure", "110", "2026", on="2027-03-05")]
    assert work(folder, "2027-06-30", *told)[:3] == ("missed", "broken", "110")


def test_nobody_knows_the_figure_of_a_year_to_come(folder: Path) -> None:
    assert work(folder, "2026-06-30", entry("figure", "150", "2027"))[:3] == ("cannot_be_judged", "not_reported", None)


def test_the_figure_of_a_year_is_held_against_the_course_of_that_year(folder: Path) -> None:
    """42 to 43 in three years asks 42.33 of 2026, and 42.67 of 2027, of which nobody knows anything yet."""
    told = [entry("baseline", "42"), entry("figure", "42.4", "2026", on="2027-01-05")]
    made = making(folder, [COVER], "2027-06-30", (), told)
    found = row(made)
    assert shown(found) == ("on_course", "ahead", "42.4", "2026")
    assert [str(level.value) for level in found.step] == ["42.3333"]


@pytest.mark.parametrize(
    ("at", "on", "answer"),
    [
        ("", "2025-11-20", "not_reported"),
        ("2025", "2026-02-01", "not_reported"),
        ("", "2026-02-01", "short_now"),
    ],
)
def test_a_figure_of_the_baseline_year_says_nothing_of_what_was_promised(
    folder: Path, at: str, on: str, answer: str
) -> None:
    found = row(making(folder, [COVER], "2026-06-30", (), [entry("figure", "42.4", at, on=on)]))
    assert (found.reason, str(found.figure)) == (answer, "42.4")


def test_work_of_the_year_before_is_not_that_of_the_year_that_runs(folder: Path) -> None:
    told = entry("figure", "30", on="2026-12-20")
    yearly = {"recurrence": "每年", "due": None, "value": 28.0}
    assert work(folder, "2026-12-31", entry("figure", "30", on="2026-12-31"), **yearly)[:2] == ("met", "kept")
    assert work(folder, "2027-03-31", told, **yearly)[:3] == ("cannot_be_judged", "not_reported", "30")
