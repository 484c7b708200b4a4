"""Questions of districts, of counts and of goals with two readings, worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from bilan.board.answer import answer
from bilan.board.entries import Entries, Entry
from bilan.board.goal import Unjudged
from bilan.board.pace import course_points
from bilan.board.question import Question, baseline_of, question_of
from bilan.board.spans import Span, span_of
from bilan.foresee.room import Room
from bilan.periods import Period
from bilan.plan.model import PlanInfo, Target
from bilan.policy import indicators

BY_CODE = {indicator.code: indicator for indicator in indicators()}
PLAN = PlanInfo(
    id="p1", version="v1", title=None, region="990100", region_name="清河市", issuer=None, document_number=None,
    issued=None, period="2026/2028", superior=[],
)  # fmt: skip
CITY, DISTRICT, OTHER = "990100", "990102", "990103"


def target(operator: str, value: float | None, code: str | None = "air.pm25.annual", **more: Any) -> Target:
    told: dict[str, Any] = {"id": "t1", "start": 0, "end": 1, "kind": "target", "indicator": code, "name": "某指标"}
    told |= {"operator": operator, "value": value, "unit": None, "value_kind": "number", "quote": "…", "confidence": 1}
    return Target(**(told | {"due": "2028", "region": CITY} | more))


def entry(what: str, value: str, at: str | None = None, region: str | None = None, on: str = "2026-01-05") -> Entry:
    year, _, month = (at or "").partition("-")
    return Entry(
        "t1", what, int(year) if year else None, Decimal(value), None, "有文", "规划科", date.fromisoformat(on),  # type: ignore[arg-type]
        region=region, month=int(month) if month else None,
    )  # fmt: skip


def asked(
    one: Target,
    day: str,
    entries: list[Entry] | None = None,
    baseline: tuple[int, str] | None = None,
    region: str | None = None,
    reported: list[str] | None = None,
) -> tuple[Question, Span, date]:
    as_of, indicator = date.fromisoformat(day), BY_CODE.get(one.indicator or "")
    known = Entries(entries or [], {one.id: one.region or CITY})
    reports = None if reported is None else [Period.parse(text) for text in reported]
    span = span_of(one, indicator, PLAN, as_of, reports)
    if baseline is None:
        year, value = baseline_of(one, indicator, PLAN, span, as_of, known, region)
    else:
        year, value = baseline[0], Decimal(baseline[1])
    base = None if year is None or value is None else (year, value)
    return question_of(one, indicator, span, as_of, known, base, region=region), span, as_of


def level(question: Question) -> Fraction:
    return Fraction(question.limits[0].value)


def step(question: Question) -> Fraction:
    assert question.step is not None
    return Fraction(question.step[0].value)


# --- districts --------------------------------------------------------------------------------------------------------

BROKEN_DOWN = [entry("goal", "33", region=DISTRICT), entry("milestone", "34", "2027", region=DISTRICT)]


def test_a_district_with_a_goal_of_its_own_is_compared_with_that() -> None:
    one = target("<=", 31, strict=True)
    own, _, _ = asked(one, "2028-06-30", BROKEN_DOWN, region=DISTRICT)
    assert (level(own), own.limits[0].sign, own.own) == (33, "<", True)
    assert own.reference == BROKEN_DOWN[0]
    for region in (None, CITY, OTHER):
        whole, _, _ = asked(one, "2028-06-30", BROKEN_DOWN, region=region)
        assert (level(whole), whole.own, whole.reference) == (31, False, None)
    before, _, _ = asked(one, "2026-01-04", BROKEN_DOWN, region=DISTRICT)  # not decided yet
    assert level(before) == 31


def test_of_a_change_the_number_takes_the_place_of_the_change() -> None:
    less = target("decrease_by", 10, unit="%")
    own, _, _ = asked(less, "2028-06-30", [entry("goal", "5", region=DISTRICT)], (2025, "40"), DISTRICT)
    assert level(own) == 38  # 5 % of 40
    assert own.limits[0].sign == "≤"


def test_a_district_has_its_own_milestones_with_its_own_goal() -> None:
    one = target("<=", 31)
    city = [*BROKEN_DOWN, entry("milestone", "32", "2027")]
    own, _, _ = asked(one, "2027-06-30", city, (2025, "40"), DISTRICT)
    assert step(own) == 34
    whole, _, _ = asked(one, "2027-06-30", city, (2025, "40"))
    assert step(whole) == 32
    no_goal, _, _ = asked(one, "2027-06-30", city, (2025, "40"), OTHER)  # the whole's goal with the whole's table
    assert step(no_goal) == 32
    only_goal = [entry("goal", "34", region=OTHER), entry("milestone", "32", "2027")]
    alone, _, _ = asked(one, "2027-06-30", only_goal, (2025, "40"), OTHER)
    assert step(alone) == 36  # two thirds from 40 to 34: the city's 32 is none of its


def test_the_printed_baseline_is_that_of_the_whole() -> None:
    one, day = target("<=", 31, baseline_value=33.6), date(2026, 9, 30)
    span = span_of(one, BY_CODE["air.pm25.annual"], PLAN, day)
    known = Entries([entry("baseline", "36", region=DISTRICT), entry("baseline", "33.7")])

    def base(region: str | None) -> object:
        return baseline_of(one, BY_CODE["air.pm25.annual"], PLAN, span, day, known, region)

    assert [base(region) for region in (None, CITY)] == [(2025, Decimal("33.7"))] * 2
    assert base(DISTRICT) == (2025, Decimal(36))
    assert base(OTHER) == (2025, None)  # to be looked for in its own data


def test_a_goal_by_reference_takes_the_district_s_figure_else_the_whole_s() -> None:
    one = target("decrease_by", None, "carbon.intensity.decline", unit="%", value_kind="by_reference")
    sent = [entry("reference", "13.5"), entry("reference", "12", region=DISTRICT), entry("goal", "11", region=OTHER)]
    found = [level(asked(one, "2028-06-30", sent, region=region)[0]) for region in (None, DISTRICT, OTHER, "990104")]
    assert found == [Fraction("13.5"), 12, 11, Fraction("13.5")]


def test_a_number_of_the_plan_is_no_ones_to_replace_by_a_reference() -> None:
    question, _, _ = asked(target("<=", 31), "2028-06-30", [entry("reference", "35")])
    assert (level(question), question.reference) == (31, None)


def test_a_district_s_number_is_in_the_unit_of_the_indicator() -> None:
    villages = target(">=", 100, "rural.sewage.treat_rate", unit="个")  # villages, of a share
    question, _, _ = asked(villages, "2028-06-30", [entry("goal", "60", region=DISTRICT)], region=DISTRICT)
    assert level(question) == 60
    with pytest.raises(Unjudged, match="unit"):
        asked(villages, "2028-06-30", [entry("goal", "60", region=DISTRICT)], region=OTHER)


def test_an_entry_under_the_target_s_own_region_is_one_for_the_whole() -> None:
    one = target("<=", 31)
    early, late = entry("milestone", "33", "2027"), entry("milestone", "32", "2027", CITY, "2026-02-01")
    question, _, _ = asked(one, "2027-06-30", [late], (2025, "40"))
    assert step(question) == 32
    sent = [entry("reference", "9", region=CITY, on="2026-03-01"), entry("reference", "8", on="2026-02-01")]
    by_reference = target("<=", None, value_kind="by_reference")
    assert level(asked(by_reference, "2027-06-30", sent)[0]) == 9  # the later of the two
    assert early.region is None


def test_words_stay_words_in_a_district() -> None:
    words = target("=", None, "soil.land.safe_use", value_kind="qualitative")
    with pytest.raises(Unjudged, match="qualitative"):
        asked(words, "2026-09-30", [entry("goal", "1", region=DISTRICT)], region=DISTRICT)


# --- counts that run --------------------------------------------------------------------------------------------------

WORK = target("=", 36, None, kind="task_quantity", unit="个")  # 36 projects in 36 months


@pytest.mark.parametrize(
    ("day", "due_now"),
    [
        ("2025-06-30", 0),
        ("2026-01-30", 0),  # no month is over
        ("2026-01-31", 1),
        ("2026-10-30", 9),
        ("2026-10-31", 10),
        ("2028-12-30", 35),
        ("2028-12-31", 36),
        ("2030-01-01", 36),
    ],
)
def test_a_running_count_grows_by_months(day: str, due_now: int) -> None:
    question, _, _ = asked(WORK, day)
    assert step(question) == due_now


@pytest.mark.parametrize(
    ("day", "figure", "status", "rule"),
    [
        ("2026-10-15", "9", "on_course", "ahead"),
        ("2026-10-15", "8", "at_risk", "behind"),
        ("2028-12-30", "34", "at_risk", "behind"),
        ("2028-12-30", "36", "met", "safe"),  # what is done stays done
        ("2028-12-31", "36", "met", "kept"),
        ("2028-12-31", "35", "missed", "broken"),
    ],
)
def test_a_running_count_is_judged_by_its_course(day: str, figure: str, status: str, rule: str) -> None:
    question, span, as_of = asked(WORK, day)
    found = answer(question, span, as_of, Decimal(figure), room=Room("count", "x", "open", 1))
    assert (found.status, found.rule) == (status, rule)


def test_of_whole_things_none_is_missing_before_a_whole_one_is() -> None:
    few = target("=", 2, None, kind="task_quantity", unit="座")
    assert [step(asked(few, day)[0]) for day in ("2027-05-31", "2027-06-30", "2028-11-30", "2028-12-31")] == [
        0,
        1,
        1,
        2,
    ]
    length = target("=", 2, None, kind="task_quantity", unit="km")
    assert step(asked(length, "2027-05-31")[0]) == Fraction(17, 18)  # 17 of 36 months of 2 km


def test_a_count_that_is_reported_late_is_compared_with_the_course_of_its_own_day() -> None:
    found = []
    for day, until in (("2026-11-15", "2026-09-30"), ("2026-11-15", "2027-03-31"), ("2028-12-31", "2028-09-30")):
        as_of = date.fromisoformat(day)
        span = span_of(WORK, None, PLAN, as_of)
        question = question_of(WORK, None, span, as_of, Entries(), until=date.fromisoformat(until))
        found.append(step(question))
    assert found == [9, 10, 36]  # once it is due, the goal itself


def test_milestones_bend_the_course_of_a_count() -> None:
    decided = [entry("milestone", "6", "2026"), entry("milestone", "12", "2027-06")]
    days = ("2026-06-30", "2026-12-31", "2027-03-31", "2027-06-30", "2028-03-31")
    # 6 by the end of 2026, 12 by June 2027, and 24 more in 18 months
    assert [step(asked(WORK, day, decided)[0]) for day in days] == [3, 6, 9, 12, 24]


def test_milestones_outside_of_the_course_of_a_count_bend_nothing() -> None:
    outside = [entry("milestone", "30", "2025"), entry("milestone", "50", "2028"), entry("milestone", "50", "2029")]
    assert [step(asked(WORK, day, outside)[0]) for day in ("2026-01-15", "2027-06-30", "2028-12-30")] == [0, 18, 35]


def test_a_count_begins_at_nothing_where_no_baseline_is_told() -> None:
    as_of = date(2026, 9, 30)
    span = span_of(WORK, None, PLAN, as_of)
    assert step(question_of(WORK, None, span, as_of, Entries())) == 9
    late = question_of(WORK, None, span, as_of, Entries(), (2028, Decimal(0)))  # begun when it is due: no way to go
    assert late.course is None


def test_a_count_goes_on_from_what_was_there() -> None:
    question, _, _ = asked(WORK, "2027-06-30", [entry("baseline", "12", "2025")])
    assert step(question) == 24  # 12 and half of the 24 that are left


def test_a_count_that_is_to_stay_small_has_no_course() -> None:
    few = target("<=", 6, None, kind="task_quantity", unit="起")
    question, span, as_of = asked(few, "2026-03-15")
    assert question.course is None
    assert answer(question, span, as_of, Decimal(6)).rule == "meets_now"


def test_work_of_every_year_begins_anew() -> None:
    yearly = target(">=", 120, None, kind="task_quantity", unit="个", due=None, recurrence="每年")
    assert [step(asked(yearly, day)[0]) for day in ("2026-09-30", "2027-01-15", "2027-02-28")] == [90, 0, 20]


def test_a_hundred_projects_are_no_whole_of_anything() -> None:
    used_up = Room("sections", "x", "exhausted", 0)
    share, things = target("=", 100, "gov.permit.coverage", unit="%"), target(">=", 100, None, unit="个")
    rules = []
    for one in (share, things):
        question, span, as_of = asked(one, "2028-06-30")
        rules.append(answer(question, span, as_of, Decimal(100), room=used_up).rule)
    assert rules == ["meets_now", "no_slack"]


# --- courses by months and standing reports ---------------------------------------------------------------------------


def test_a_table_of_months_holds_within_its_year() -> None:
    months = [entry("milestone", "40", "2028-03"), entry("milestone", "34", "2028-06")]
    one = target("<=", 31)
    days = ("2028-02-29", "2028-03-31", "2028-05-31", "2028-06-30", "2028-09-30", "2028-12-31")
    # before the first month the goal itself; 40, 36, 34; half of the way from 34 to 31; the goal
    assert [step(asked(one, day, months, (2025, "37"))[0]) for day in days] == [31, 40, 36, 34, Fraction("32.5"), 31]
    question, span, as_of = asked(one, "2028-05-20", months, (2025, "37"))  # April's: 38
    assert [answer(question, span, as_of, Decimal(x)).rule for x in ("38", "39")] == ["ahead", "behind"]


def test_milestones_outside_of_the_course_bend_nothing() -> None:
    outside = [("99", at) for at in ("2024", "2025", "2025-06", "2028", "2029", "2028-12", "2029-03")]
    entries = [entry("milestone", value, at) for value, at in outside]
    one = target("<=", 31)
    found = [step(asked(one, day, entries, (2025, "34"))[0]) for day in ("2026-09-30", "2027-09-30", "2028-09-30")]
    assert found == [33, 32, 31]
    no_way, _, _ = asked(one, "2028-09-30", entries, (2028, "34"))  # a baseline that is the year of the goal
    assert step(no_way) == 31


def test_months_are_counted_from_the_first_of_the_year() -> None:
    january = [entry("milestone", "40", "2028-01")]
    assert step(asked(target("<=", 29), "2028-02-10", january, (2025, "37"))[0]) == 40
    assert step(asked(target("<=", 29), "2028-02-29", january)[0]) == 39  # eleven months from 40 to 29


def test_months_of_what_is_asked_every_year_hold_within_it() -> None:
    months = [
        entry("milestone", "80", "2026-12"),
        entry("milestone", "50", "2027-01"),
        entry("milestone", "60", "2027-06"),
    ]
    yearly = target(">=", 84, "air.aqi.good_days_ratio", unit="%", due=None, recurrence="每年")
    days = ("2027-01-15", "2027-01-31", "2027-06-30", "2027-09-30", "2027-12-31", "2028-02-29")
    assert [step(asked(yearly, day, months)[0]) for day in days] == [84, 50, 60, 72, 84, 84]


def test_a_standing_report_is_compared_with_the_course_of_its_own_year() -> None:
    forest = target(">=", 44, "eco.forest.cover", unit="%")
    question, span, as_of = asked(forest, "2028-03-31", baseline=(2025, "41"), reported=["2025", "2026"])
    assert (str(span.period), step(question)) == ("2026", 42)
    assert [answer(question, span, as_of, Decimal(x)).status for x in ("42", "41.9")] == ["on_course", "at_risk"]


@pytest.mark.parametrize("day", ["2026-09-30", "2026-10-01", "2026-12-31", "2027-03-31"])
def test_a_part_of_a_year_is_compared_with_its_year_and_no_older_year_takes_its_place(day: str) -> None:
    """From 71.5 to 78 in three years: a third of the way is 73.67."""
    rate = target(">=", 78, "water.sewage.urban_collect_rate", unit="%")
    question, span, as_of = asked(rate, day, baseline=(2025, "71.5"), reported=["2025", "2026-01/2026-09"])
    assert step(question) == Fraction("71.5") + Fraction("6.5") / 3
    assert answer(question, span, as_of, Decimal("72.8")).rule == "behind"


@pytest.mark.parametrize(
    ("day", "figure", "rule"),
    [
        ("2027-12-31", "560", "ahead"),
        ("2027-12-31", "433", "behind"),  # two thirds of 650 are 433.33
        ("2028-12-31", "760", "kept"),
        ("2028-12-31", "649", "broken"),
    ],
)
def test_an_amount_of_work_in_a_table_of_goals_adds_up(day: str, figure: str, rule: str) -> None:
    """氮氧化物重点工程减排量不少于650吨, of which some is done every year."""
    question, span, as_of = asked(target(">=", 650, "air.nox.project_reduction", unit="吨"), day)
    assert answer(question, span, as_of, Decimal(figure)).rule == rule


def test_a_year_that_is_none_is_not_taken_for_the_baseline() -> None:
    one, day = target("<=", 31), date(2026, 9, 30)
    span = span_of(one, BY_CODE["air.pm25.annual"], PLAN, day)
    slip = Entries([entry("baseline", "36", "0001")])
    assert baseline_of(one, BY_CODE["air.pm25.annual"], PLAN, span, day, slip) == (2025, Decimal(36))


def test_a_season_is_counted_by_the_year_it_begins_in() -> None:
    winter = target("<=", 42, season="秋冬季")
    question, span, _ = asked(winter, "2027-02-01", baseline=(2025, "48"))  # the winter of 2026: 46, 44, 42
    assert (str(span.period), step(question)) == ("2026-10/2027-03", 46)
    question, span, _ = asked(winter, "2027-11-01", baseline=(2025, "48"))
    assert (str(span.period), step(question)) == ("2027-10/2028-03", 44)


def test_the_points_of_a_course() -> None:
    question, span, _ = asked(target("<=", 31), "2026-09-30", baseline=(2025, "32"))
    points = [("2025", "32"), ("2026", "31.6667"), ("2027", "31.3333"), ("2028", "31")]
    assert course_points(question, span) == {at: Decimal(value) for at, value in points}
    work, span, _ = asked(target("=", 36, None, kind="task_quantity", unit="个", due="2026-06"), "2026-03-31")
    assert course_points(work, span) == {f"2026-{m:02}": Decimal(6 * m) for m in range(1, 7)}
    none, span, _ = asked(target("<=", 31), "2026-09-30")
    assert course_points(none, span) == {}


# --- two readings, changes of every year, standards -------------------------------------------------------------------

TWO = target("increase_by", 2, "air.aqi.good_days_ratio", unit="%")  # of 85: 86.7 or 87


@pytest.mark.parametrize(
    ("day", "figure", "status", "rule"),
    [
        ("2028-12-31", "87.0", "met", "kept"),
        ("2028-12-31", "86.9", "cannot_be_judged", "two_readings"),
        ("2028-12-31", "86.7", "cannot_be_judged", "two_readings"),
        ("2028-12-31", "86.6", "missed", "broken"),
        # on the way: 85.57 or 85.67 in 2026
        ("2026-09-30", "85.7", "on_course", "ahead"),
        ("2026-09-30", "85.6", "cannot_be_judged", "two_readings"),
        ("2026-09-30", "85.5", "at_risk", "behind"),
    ],
)
def test_two_readings_are_judged_where_they_agree(day: str, figure: str, status: str, rule: str) -> None:
    question, span, as_of = asked(TWO, day, baseline=(2025, "85"))
    found = answer(question, span, as_of, Decimal(figure))
    assert (found.status, found.rule, question.goal.doubt) == (status, rule, "percent_or_points")
    assert found.against_goal.limit.value == Decimal("86.7")  # as it is written


def test_what_holds_for_one_reading_decides_nothing() -> None:
    question, span, as_of = asked(TWO, "2028-12-20", baseline=(2025, "85"))
    found = answer(question, span, as_of, Decimal("87.5"), room=Room("share", "x", "safe"), chance=0.1)
    assert (found.status, found.rule) == ("on_course", "meets_now")


def test_a_change_of_every_year_counts_the_years_to_the_goal() -> None:
    rising = target("increase_by", 1, "energy.nonfossil_share", unit="百分点", recurrence="年均")
    question, _, _ = asked(rising, "2027-06-30", baseline=(2025, "18"))
    assert (level(question), step(question)) == (21, 20)
    with pytest.raises(Unjudged, match="no_baseline"):
        asked(rising, "2027-06-30")
    decline = target("decrease_by", 3, "energy.intensity.decline", unit="%", recurrence="年均")
    question, _, _ = asked(decline, "2028-06-30")
    assert level(question) == Fraction("8.7327")  # 1 - 0.97 * 0.97 * 0.97


def test_a_standard_in_force_on_the_day_it_is_due() -> None:
    told = {"value_kind": "standard_reference", "reference": "国家二级标准"}
    found = [asked(target("<=", None, due=due, **told), "2026-06-30")[0] for due in ("2026-02", "2028", "2031")]
    assert [level(question) for question in found] == [35, 30, 25]
    assert found[1].standard is not None
    assert (found[1].standard.standard, found[1].reference) == ("GB 3095-2026", None)
    entered, _, _ = asked(target("<=", None, **told), "2026-06-30", [entry("reference", "33")])
    assert (level(entered), entered.standard) == (33, None)
    with pytest.raises(Unjudged, match="standard_reference"):
        asked(target("<=", None, "water.section.tp", **told), "2026-06-30")


def test_the_course_of_a_season_is_by_its_months() -> None:
    """That of 2028 is over in March 2029, and is not to be drawn at the end of 2028."""
    winter = target("<=", 31, season="秋冬季")
    question, span, _ = asked(winter, "2027-06-30", None, (2025, "40"))
    points = course_points(question, span)
    assert list(points.items()) == [
        ("2025-10/2026-03", Decimal(40)),
        ("2026-10/2027-03", Decimal(37)),
        ("2027-10/2028-03", Decimal(34)),
        ("2028-10/2029-03", Decimal(31)),
    ]
