"""Targets, figures and entries together, worked out by hand: a goal, its course, and what is missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from bilan.board.answer import answer
from bilan.board.entries import Entries, Entry
from bilan.board.goal import Unjudged
from bilan.board.question import baseline_of, question_of
from bilan.board.spans import Span, span_of
from bilan.foresee.room import Room
from bilan.plan.model import PlanInfo, Target
from bilan.policy import indicators

BY_CODE = {indicator.code: indicator for indicator in indicators()}
PLAN = PlanInfo(
    id="p1", version="v1", title=None, region="990100", region_name="清河市", issuer=None, document_number=None,
    issued=None, period="2026/2028", superior=[],
)  # fmt: skip


def target(operator: str, value: float | None, code: str | None = "air.pm25.annual", **more: Any) -> Target:
    told: dict[str, Any] = {"id": "t1", "start": 0, "end": 1, "kind": "target", "indicator": code, "name": "某指标"}
    told |= {"operator": operator, "value": value, "unit": None, "value_kind": "number", "quote": "…", "confidence": 1}
    return Target(**(told | {"due": "2028"} | more))


def entry(what: str, value: str, day: str, year: int | None = None) -> Entry:
    return Entry("t1", what, year, Decimal(value), None, "有文", "规划科", date.fromisoformat(day))  # type: ignore[arg-type]


def asked(
    one: Target, day: str, baseline: tuple[int, str] | None = None, entries: Entries | None = None
) -> tuple[Any, Span, date]:
    as_of = date.fromisoformat(day)
    span = span_of(one, BY_CODE.get(one.indicator or ""), PLAN, as_of)
    base = None if baseline is None else (baseline[0], Decimal(baseline[1]))
    known = entries or Entries()
    return question_of(one, BY_CODE.get(one.indicator or ""), span, as_of, known, base), span, as_of


NEVER = Room("sections", "x", "exhausted", 0, never_any=True)
USED_UP = Room("sections", "x", "exhausted", 0)


@pytest.mark.parametrize(
    ("room", "answered"), [(NEVER, ("on_course", "meets_now")), (USED_UP, ("at_risk", "no_slack"))]
)
def test_room_that_never_was_is_not_used_up(room: Room, answered: tuple[str, str]) -> None:
    """Nine tenths of five sections are all five."""
    question, span, as_of = asked(target(">=", 90, "water.surface.good_ratio", due="2026"), "2026-01-31")
    found = answer(question, span, as_of, Decimal(100), room=room)
    assert (found.status, found.rule) == answered


DUE = date(2028, 12, 31)
LESS = target("<=", 31)  # from 34 in 2025: 33 in 2026, 32 in 2027, 31 in 2028
SAFE = Room("mean", "x", "safe")
LOST = Room("mean", "x", "impossible")
OPEN = Room("mean", "x", "open", Decimal(29))


@pytest.mark.parametrize(
    ("day", "figure", "more", "status", "rule"),
    [
        ("2026-09-30", "33", {}, "on_course", "ahead"),
        ("2026-09-30", "34", {}, "at_risk", "behind"),
        ("2027-09-30", "33", {}, "at_risk", "behind"),
        ("2026-09-30", "30", {}, "on_course", "ahead"),  # below the goal two years early: it can be lost again
        ("2026-09-30", "34", {"chance": 0.7}, "on_course", "likely"),
        ("2026-09-30", "33", {"chance": 0.2, "room": OPEN}, "at_risk", "unlikely"),
        # a year on the way that is safe or lost decides nothing for the year of the goal
        ("2026-09-30", "33", {"room": SAFE, "chance": 1.0}, "on_course", "ahead"),
        ("2026-09-30", "33", {"room": LOST, "chance": 0.0}, "at_risk", "behind"),
        # the year of the goal
        ("2028-09-30", "31", {}, "on_course", "meets_now"),
        ("2028-09-30", "32", {}, "at_risk", "short_now"),
        ("2028-09-30", "32", {"chance": 0.61}, "on_course", "likely"),
        ("2028-12-20", "32", {"room": LOST, "chance": 0.0}, "missed", "lost"),
        ("2028-12-20", "30", {"room": SAFE, "chance": 1.0}, "met", "safe"),
        ("2028-12-31", "31", {}, "met", "kept"),
        ("2028-12-31", "32", {"chance": 0.9}, "missed", "broken"),
        ("2029-06-30", "31", {}, "met", "kept"),
    ],
)
def test_a_level_with_a_course(day: str, figure: str, more: dict[str, Any], status: str, rule: str) -> None:
    question, span, as_of = asked(LESS, day, (2025, "34"))
    found = answer(question, span, as_of, Decimal(figure), **more)
    assert (found.status, found.rule) == (status, rule)


def test_gaps_to_the_goal_and_to_the_course() -> None:
    question, span, as_of = asked(LESS, "2026-09-30", (2025, "34"))
    found = answer(question, span, as_of, Decimal(34))
    assert (found.against_goal.gap, found.against_step and found.against_step.gap) == (Decimal(3), Decimal("1.00"))
    assert question.step[0].value == Fraction(33)


def test_without_a_baseline_there_is_no_course_and_the_figure_stands_alone() -> None:
    question, span, as_of = asked(LESS, "2026-09-30")
    assert (question.step, question.course) == (None, None)
    assert answer(question, span, as_of, Decimal(31)).rule == "meets_now"
    assert answer(question, span, as_of, Decimal(32)).rule == "short_now"


def test_milestones_that_were_decided_make_the_course() -> None:
    decided = Entries([entry("milestone", "32.5", "2026-04-01", 2026)])
    question, span, as_of = asked(LESS, "2026-09-30", (2025, "34"), decided)
    assert answer(question, span, as_of, Decimal(33)).rule == "behind"
    question, span, as_of = asked(LESS, "2026-03-31", (2025, "34"), decided)  # not decided yet
    assert answer(question, span, as_of, Decimal(33)).rule == "ahead"
    question, span, as_of = asked(LESS, "2027-09-30", None, decided)  # no baseline: from 32.5 to 31 in two years
    assert question.step[0].value == Fraction("31.75")


def test_a_decrease_becomes_a_level_by_its_baseline() -> None:
    less = target("decrease_by", 8, "air.nox.emission", unit="%", baseline_year="2025")
    question, span, as_of = asked(less, "2027-12-31", (2025, "12000"))
    assert question.limits[0].value == Decimal(11040)
    assert question.step[0].value == 11360  # two thirds of the way
    assert answer(question, span, as_of, Decimal(11361)).rule == "behind"
    with pytest.raises(Unjudged) as missing:
        asked(less, "2027-12-31")
    assert missing.value.why == "no_baseline"


def test_a_goal_by_reference_waits_for_the_superior_s_figure() -> None:
    less = target("decrease_by", None, "carbon.intensity.decline", unit="%", value_kind="by_reference")
    sent = Entries([entry("reference", "13.5", "2026-05-08")])
    with pytest.raises(Unjudged) as missing:
        asked(less, "2026-05-07", entries=sent)
    assert missing.value.why == "by_reference"
    question, span, as_of = asked(less, "2026-05-08", entries=sent)
    assert answer(question, span, as_of, Decimal("13.4")).against_goal.gap == Decimal("0.1")
    assert question.reference == next(iter(sent))


def test_a_qualitative_goal_takes_no_number() -> None:
    words = target("=", None, "soil.land.safe_use", value_kind="qualitative")
    with pytest.raises(Unjudged) as missing:
        asked(words, "2026-09-30", entries=Entries([entry("reference", "1", "2026-01-01")]))
    assert missing.value.why == "qualitative"


def test_a_season_over_the_year_s_end_is_due_with_itself() -> None:
    season = target("<=", 45, due="2026-10/2027-03")
    question, span, as_of = asked(season, "2027-01-31", (2025, "50"))
    assert answer(question, span, as_of, Decimal(46)).rule == "short_now"
    question, span, as_of = asked(season, "2027-03-31", (2025, "50"))
    assert answer(question, span, as_of, Decimal(46)).status == "missed"


def test_roughly_is_for_a_person_to_say_when_it_is_due() -> None:
    about = target("approx", 43.5, "eco.forest.cover")
    question, span, as_of = asked(about, "2028-12-31")
    assert answer(question, span, as_of, Decimal("43.1")).status == "cannot_be_judged"
    assert answer(question, span, as_of, Decimal("43.5")).status == "met"
    assert answer(question, span, as_of, Decimal("40")).status == "missed"


def test_a_standing_duty_is_never_over() -> None:
    plan = PLAN.model_copy(update={"period": None})
    duty = target("=", 100, "solid.medwaste.safe_rate", due=None)
    for day in (date(2026, 9, 30), date(2031, 12, 31)):
        indicator = BY_CODE["solid.medwaste.safe_rate"]
        span = span_of(duty, indicator, plan, day)
        question = question_of(duty, indicator, span, day, Entries())
        assert answer(question, span, day, Decimal(100)).rule == "meets_now"
        assert answer(question, span, day, Decimal(99)).rule == "short_now"


@pytest.mark.parametrize(
    ("more", "entries", "found"),
    [
        ({"baseline_year": "2020", "baseline_value": 33.6}, [], (2020, Decimal("33.6"))),
        ({"baseline_value": 33.6}, [entry("baseline", "33.7", "2026-03-01")], (2025, Decimal("33.7"))),
        ({"baseline_value": 33.6}, [entry("baseline", "33.7", "2027-03-01")], (2025, Decimal("33.6"))),
        ({}, [], (2025, None)),
    ],
)
def test_the_baseline_as_far_as_it_is_told(more: dict[str, Any], entries: list[Entry], found: object) -> None:
    one, day = target("<=", 31, **more), date(2026, 9, 30)
    indicator = BY_CODE[one.indicator or ""]
    assert baseline_of(one, indicator, PLAN, span_of(one, indicator, PLAN, day), day, Entries(entries)) == found


def test_the_baseline_of_a_decline_is_zero_and_of_a_yearly_change_the_year_before() -> None:
    day = date(2027, 9, 30)
    decline = target("decrease_by", 13.5, "energy.intensity.decline", unit="%")
    yearly = target("decrease_by", 3, "air.nox.emission", unit="%", recurrence="每年", due=None)
    for one, found in ((decline, (2025, Decimal(0))), (yearly, (2026, None))):
        indicator = BY_CODE[one.indicator or ""]
        assert baseline_of(one, indicator, PLAN, span_of(one, indicator, PLAN, day), day, Entries()) == found


def test_a_cumulative_decline_goes_from_zero_to_its_goal() -> None:
    decline = target("decrease_by", 13.5, "energy.intensity.decline", unit="%")
    question, span, as_of = asked(decline, "2027-09-30", (2025, "0"))
    assert (str(span.period), question.step[0].value) == ("2026/2027", 9)
    assert answer(question, span, as_of, Decimal("9.0")).rule == "ahead"
    assert answer(question, span, as_of, Decimal("8.9")).rule == "behind"


def test_what_may_come_is_compared_as_it_is_published() -> None:
    question = question_of(LESS, BY_CODE["air.pm25.annual"], span_of(LESS, None, PLAN, DUE), DUE, Entries(), None, 0)
    assert question.limits[0].met_by(Decimal("31.4"))
    assert not question.limits[0].met_by(Decimal("31.5"))  # 32, the even one


def test_no_room_left_is_a_risk_but_where_there_never_was_any() -> None:
    used_up = Room("days", "x", "exhausted", 0)
    few = target("<=", 3, "air.heavy_days")
    question, span, as_of = asked(few, "2028-04-01")
    assert answer(question, span, as_of, Decimal(3), room=used_up).rule == "no_slack"
    none = target("=", 0, "air.heavy_days", value_kind="implied")
    question, span, as_of = asked(none, "2028-04-01")
    assert answer(question, span, as_of, Decimal(0), room=used_up).rule == "meets_now"


def test_work_that_is_done_stays_done() -> None:
    work = target("=", 42, None, kind="task_quantity", due="2027-10")
    question, span, as_of = asked(work, "2026-09-30")
    assert answer(question, span, as_of, Decimal(42), room=Room("count", "x", "reached")).status == "met"
    rate = target("decrease_by", 13.5, "energy.intensity.decline", unit="%")
    question, span, as_of = asked(rate, "2028-06-30", (2025, "0"))
    assert answer(question, span, as_of, Decimal(14), room=Room("rate", "x", "reached")).status == "on_course"


def test_roughly_none_is_not_near_while_some_are_left() -> None:
    nearly = target("=", 0, "water.black_odorous.urban", value_kind="implied", approx=True)
    question, span, as_of = asked(nearly, "2028-06-30")
    assert answer(question, span, as_of, Decimal(120)).rule == "short_now"
    question, span, as_of = asked(nearly, "2028-12-31")
    assert answer(question, span, as_of, Decimal(1)).status == "cannot_be_judged"
