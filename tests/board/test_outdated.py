"""When a figure that people told is too old for an answer; counts of 36 from 2026 to 2028."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bilan.board.facts import Figure
from bilan.board.goal import Ask, Goal
from bilan.board.model import Source
from bilan.board.outdated import is_outdated
from bilan.board.question import Question
from bilan.board.spans import Span
from bilan.foresee.room_limits import Limit, Side
from bilan.periods import Period

PLAN = Period.parse("2026-01/2028-12")
WORK = Span(PLAN, date(2028, 12, 31), True, running=True)


def question(side: Side, value: str) -> Question:
    goal = Goal((Ask(side, Decimal(value)),))
    return Question(goal, (Limit(side, Decimal(value)),), None)


def told(value: str, until: str, period: Period = PLAN, source: Source = "entered") -> Figure:
    return Figure(Decimal(value), "个", source, period.to_date(date.fromisoformat(until)))


@pytest.mark.parametrize(
    ("value", "until", "day", "outdated"),
    [
        # short of the goal when it is due: only what covers the last day counts
        ("30", "2026-09-15", "2028-12-31", True),
        ("30", "2028-12-30", "2028-12-31", True),
        ("30", "2028-12-31", "2028-12-31", False),
        ("30", "2029-02-01", "2029-03-01", False),
        # done is done
        ("36", "2026-09-15", "2028-12-31", False),
        ("40", "2026-09-15", "2030-01-01", False),
        # on the way it stands until the next year is over
        ("9", "2026-09-15", "2027-12-31", False),
        ("9", "2026-09-15", "2028-01-01", True),
        ("12", "2026-12-31", "2028-12-30", False),
    ],
)
def test_a_count(value: str, until: str, day: str, outdated: bool) -> None:
    asked = question("at_least", "36")
    assert is_outdated(asked, WORK, told(value, until), date.fromisoformat(day)) is outdated


@pytest.mark.parametrize(("value", "outdated"), [("6", True), ("7", False)])
def test_a_count_that_is_to_stay_below_a_number(value: str, outdated: bool) -> None:
    """Six of six in 2026: nobody knows how many there are by 2028. Seven are too many for good."""
    assert is_outdated(question("at_most", "6"), WORK, told(value, "2026-09-15"), date(2028, 12, 31)) is outdated


@pytest.mark.parametrize(
    ("until", "day", "outdated"),
    [
        ("2028-01-01", "2028-12-31", False),  # said of the year it is due in
        ("2027-12-31", "2028-12-31", True),
        ("2027-03-01", "2028-12-30", False),
        ("2026-03-01", "2028-01-01", True),
    ],
)
def test_a_level_that_was_entered(until: str, day: str, outdated: bool) -> None:
    day_, on = date.fromisoformat(day), date.fromisoformat(until)
    span = Span(Period.parse("2028"), date(2028, 12, 31), True)
    figure = told("99", until, Period.parse(f"{on.year}"))
    assert is_outdated(question("at_least", "90"), span, figure, day_) is outdated


@pytest.mark.parametrize(("value", "outdated"), [("30", True), ("36", False)])
def test_a_count_without_its_beginning(value: str, outdated: bool) -> None:
    """30 in the last two years are no answer to 36 in three, but 36 are."""
    figure = Figure(Decimal(value), "个", "reported", Period.parse("2027/2028"))
    assert is_outdated(question("at_least", "36"), WORK, figure, date(2028, 12, 31)) is outdated


def test_monitors_are_not_asked_again() -> None:
    span = Span(Period.parse("2028"), date(2028, 12, 31), True)
    old = told("99", "2020-06-30", Period.parse("2020"), "monitored")
    assert not is_outdated(question("at_least", "90"), span, old, date(2030, 1, 1))
