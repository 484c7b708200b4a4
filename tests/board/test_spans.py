"""When a target is due and what its figure is taken over, on days before, within and after."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bilan.board.goal import Unjudged
from bilan.board.spans import base_year, baseline_period, first_year, next_due, span_of
from bilan.periods import Period
from bilan.plan.model import PlanInfo, Target
from bilan.policy import indicators

BY_CODE = {indicator.code: indicator for indicator in indicators()}
PLAN: dict[str, Any] = {
    "id": "p1",
    "version": "v1",
    "title": None,
    "region": "990100",
    "region_name": "清河市",
    "issuer": None,
    "document_number": None,
    "issued": None,
    "superior": [],
}


def target(due: str | None, recurrence: str | None = None) -> Target:
    told: dict[str, Any] = {"id": "t1", "start": 0, "end": 1, "kind": "target", "indicator": None, "name": "某指标"}
    told |= {"operator": ">=", "value": 1.0, "unit": "%", "value_kind": "number", "quote": "…", "confidence": 1}
    return Target(**told, due=due, recurrence=recurrence)


# due, recurrence, the plan's period, day -> period of the figure, day due, whether it is the last, whether it is over
CASES = [
    ("2028", None, "2026/2028", "2026-09-30", "2026", "2028-12-31", False, False),
    ("2028", None, "2026/2028", "2028-02-29", "2028", "2028-12-31", True, False),
    ("2028", None, "2026/2028", "2028-12-30", "2028", "2028-12-31", True, False),
    ("2028", None, "2026/2028", "2028-12-31", "2028", "2028-12-31", True, True),
    ("2028", None, "2026/2028", "2030-01-01", "2028", "2028-12-31", True, True),
    ("2028", None, "2026/2028", "2025-12-31", "2026", "2028-12-31", False, False),  # before the plan begins
    ("2025", None, None, "2023-05-01", "2023", "2025-12-31", False, False),
    ("2021/2025", None, None, "2023-05-01", "2023", "2025-12-31", False, False),
    # a season over the year's end
    ("2026-10/2027-03", None, "2026/2028", "2026-12-31", "2026-10/2027-03", "2027-03-31", True, False),
    ("2026-10/2027-03", None, "2026/2028", "2027-03-31", "2026-10/2027-03", "2027-03-31", True, True),
    # 到2028年底 is compiled as its December: the year
    ("2028-12", None, "2026/2028", "2026-09-30", "2026", "2028-12-31", False, False),
    ("2028-12", None, "2026/2028", "2028-12-31", "2028", "2028-12-31", True, True),
    # by another month: that year up to then
    ("2027-10", None, "2026/2028", "2026-09-30", "2027-01/2027-10", "2027-10-31", True, False),
    ("2027-10", None, None, "2027-09-30", "2027-01/2027-10", "2027-10-31", True, False),
    # quarters and other runs, whether or not they begin or end with the year
    ("2026-01/2026-03", None, "2026/2028", "2026-02-01", "2026-01/2026-03", "2026-03-31", True, False),
    ("2026Q4", None, "2026/2028", "2026-02-01", "2026Q4", "2026-12-31", True, False),
    ("2024-02", None, None, "2024-02-28", "2024-01/2024-02", "2024-02-29", True, False),
    ("2024-02", None, None, "2024-02-29", "2024-01/2024-02", "2024-02-29", True, True),
    # every year, within the plan
    (None, "每年", "2026/2028", "2026-09-30", "2026", "2026-12-31", True, False),
    (None, "每年", "2026/2028", "2027-12-31", "2027", "2027-12-31", True, True),
    (None, "每年", "2026/2028", "2029-06-01", "2028", "2028-12-31", True, True),
    # no date of its own
    (None, None, "2026/2028", "2026-09-30", "2026", None, False, False),  # the plan lends it no date
    (None, None, None, "2026-09-30", "2026", None, False, False),
]


@pytest.mark.parametrize(("due", "recurrence", "plan", "day", "period", "due_on", "last", "over"), CASES)
def test_the_span_of_a_target(
    due: str | None,
    recurrence: str | None,
    plan: str | None,
    day: str,
    period: str,
    due_on: str | None,
    last: bool,
    over: bool,
) -> None:
    as_of = date.fromisoformat(day)
    span = span_of(target(due, recurrence), None, PlanInfo(**PLAN, period=plan), as_of)
    assert (str(span.period), span.due) == (period, None if due_on is None else date.fromisoformat(due_on))
    assert (span.last, span.ended(as_of)) == (last, over)
    assert not span.running


@pytest.mark.parametrize(
    ("due", "plan", "period"),
    [
        ("2027-10", "2026/2028", "2026-01/2027-10"),
        ("2027", "2026/2028", "2026-01/2027-12"),  # 到2027年 and 到2027年底 count the same work
        ("2027-12", "2026/2028", "2026-01/2027-12"),
        ("2027-10", None, "2027-01/2027-10"),
    ],
)
def test_work_is_counted_since_the_plan_began(due: str, plan: str | None, period: str) -> None:
    counted = target(due).model_copy(update={"kind": "task_quantity"})
    span = span_of(counted, None, PlanInfo(**PLAN, period=plan), date(2026, 9, 30))
    assert (str(span.period), span.running, span.last) == (period, True, True)


@pytest.mark.parametrize(
    ("day", "base", "plan", "period", "last"),
    [
        ("2026-09-30", None, "2026/2028", "2026", False),
        ("2027-09-30", None, "2026/2028", "2026/2027", False),
        ("2028-12-31", None, "2026/2028", "2026/2028", True),
        ("2024-06-30", "2020", None, "2021/2024", False),
        ("2024-06-30", None, None, "2024", False),
    ],
)
def test_a_decline_accumulates_since_its_base(
    day: str, base: str | None, plan: str | None, period: str, last: bool
) -> None:
    decline = target("2028").model_copy(update={"baseline_year": base})
    span = span_of(decline, BY_CODE["energy.intensity.decline"], PlanInfo(**PLAN, period=plan), date.fromisoformat(day))
    assert (str(span.period), span.last) == (period, last)


def test_a_season_of_a_year_is_its_months_and_an_unknown_one_is_told() -> None:
    winter = target("2026").model_copy(update={"season": "秋冬季"})
    plan = PlanInfo(**PLAN, period="2026/2028")
    span = span_of(winter, None, plan, date(2026, 11, 30))
    assert (str(span.period), span.due, span.last) == ("2026-10/2027-03", date(2027, 3, 31), True)
    with pytest.raises(Unjudged, match="season"):
        span_of(target("2026").model_copy(update={"season": "枯水期"}), None, plan, date(2026, 11, 30))


# season, due, recurrence, the plan's period, day -> months, day due, whether it is the last
SEASONS = [
    # a season of the years until 2028: the one that began last, and none before the plan
    ("秋冬季", "2028", None, "2026/2028", "2026-02-01", "2026-10/2027-03", "2029-03-31", False),
    ("秋冬季", "2028", None, "2026/2028", "2027-02-01", "2026-10/2027-03", "2029-03-31", False),
    ("秋冬季", "2028", None, "2026/2028", "2028-09-30", "2027-10/2028-03", "2029-03-31", False),
    ("秋冬季", "2028", None, "2026/2028", "2028-10-01", "2028-10/2029-03", "2029-03-31", True),
    ("秋冬季", "2028", None, "2026/2028", "2029-06-30", "2028-10/2029-03", "2029-03-31", True),
    ("汛期", "2028", None, "2026/2028", "2028-10-15", "2028-05/2028-09", "2028-09-30", True),
    ("汛期", None, "每年", "2026/2028", "2026-10-15", "2026-05/2026-09", "2026-09-30", True),
    ("汛期", None, "每年", "2026/2028", "2027-05-01", "2027-05/2027-09", "2027-09-30", True),
    ("冬季", None, "每年", "2026/2028", "2029-01-31", "2028-12/2029-02", "2029-02-28", True),
    ("汛期", None, None, None, "2026-10-15", "2026-05/2026-09", None, False),
    ("年均", "2028", None, "2026/2028", "2027-02-01", "2027", "2028-12-31", False),
    # by a month: the one that began last by then, up to the month
    ("秋冬季", "2028-03", None, "2026/2028", "2026-06-30", "2026-10/2027-03", "2028-03-31", False),
    ("秋冬季", "2028-03", None, "2026/2028", "2027-09-30", "2026-10/2027-03", "2028-03-31", False),
    ("秋冬季", "2028-03", None, "2026/2028", "2027-10-01", "2027-10/2028-03", "2028-03-31", True),
    ("秋冬季", "2028-03", None, "2026/2028", "2029-02-01", "2027-10/2028-03", "2028-03-31", True),
    ("秋冬季", "2028-01", None, "2026/2028", "2027-12-31", "2027-10/2028-01", "2028-01-31", True),
    ("秋冬季", "2028-06", None, "2026/2028", "2028-04-30", "2027-10/2028-03", "2028-03-31", True),
    ("秋冬季", "2026-03", None, "2026/2028", "2026-02-01", "2025-10/2026-03", "2026-03-31", True),
    ("秋冬季", "2028-12", None, "2026/2028", "2028-12-31", "2028-10/2029-03", "2029-03-31", True),
    ("汛期", "2027-09", None, "2026/2028", "2026-12-31", "2026-05/2026-09", "2027-09-30", False),
    ("汛期", "2027-09", None, "2026/2028", "2027-08-31", "2027-05/2027-09", "2027-09-30", True),
    ("汛期", "2028-02", None, "2026/2028", "2028-01-31", "2027-05/2027-09", "2027-09-30", True),
]


@pytest.mark.parametrize(("name", "due", "recurrence", "plan", "day", "period", "due_on", "last"), SEASONS)
def test_the_months_of_a_season_on_a_day(
    name: str,
    due: str | None,
    recurrence: str | None,
    plan: str | None,
    day: str,
    period: str,
    due_on: str | None,
    last: bool,
) -> None:
    one = target(due, recurrence).model_copy(update={"season": name})
    span = span_of(one, None, PlanInfo(**PLAN, period=plan), date.fromisoformat(day))
    assert (str(span.period), span.due) == (period, None if due_on is None else date.fromisoformat(due_on))
    assert span.last is last


# recurrence, due, the plan's period, day -> period, whether it is over, the next day on which it is judged
AGAIN = [
    ("每年", None, "2026/2028", "2025-06-01", "2026", False, "2026-12-31"),
    ("每年", None, "2026/2028", "2026-12-30", "2026", False, "2026-12-31"),
    ("每年", None, "2026/2028", "2026-12-31", "2026", True, "2027-12-31"),
    ("每年", None, "2026/2028", "2028-12-31", "2028", True, None),
    ("每年度", None, "2026/2028", "2030-01-01", "2028", True, None),
    ("每年", "2027", "2026/2028", "2028-06-30", "2027", True, None),  # 到2027年，每年…
    ("每年", "2027", "2026/2028", "2027-06-30", "2027", False, "2027-12-31"),
    ("每年", None, None, "2031-06-30", "2031", False, "2031-12-31"),
    ("每季度", None, "2026/2028", "2026-08-15", "2026Q3", False, "2026-09-30"),
    ("每季度", None, "2026/2028", "2026-09-30", "2026Q3", True, "2026-12-31"),
    ("每季", None, "2026/2028", "2029-02-01", "2028Q4", True, None),
    ("每月", None, "2026/2028", "2026-02-27", "2026-02", False, "2026-02-28"),
    ("每月", None, "2026/2028", "2026-02-28", "2026-02", True, "2026-03-31"),
    ("每月", "2026-06", "2026/2028", "2026-06-30", "2026-06", True, None),
    ("每月", "2026-06", "2026/2028", "2026-09-30", "2026-06", True, None),
]


@pytest.mark.parametrize(("recurrence", "due", "plan", "day", "period", "over", "again"), AGAIN)
def test_what_is_asked_again_and_again(
    recurrence: str, due: str | None, plan: str | None, day: str, period: str, over: bool, again: str | None
) -> None:
    as_of = date.fromisoformat(day)
    span = span_of(target(due, recurrence), None, PlanInfo(**PLAN, period=plan), as_of)
    assert (str(span.period), span.ended(as_of), span.last) == (period, over, True)
    assert next_due(span, as_of) == (None if again is None else date.fromisoformat(again))


def test_other_recurrences_are_due_once_or_never() -> None:
    plan = PlanInfo(**PLAN, period="2026/2028")
    for recurrence in ("每个地区", "每3年", "年均"):
        span = span_of(target("2028", recurrence), None, plan, date(2028, 6, 30))
        assert (str(span.period), span.due, span.every) == ("2028", date(2028, 12, 31), None)


def test_work_of_every_year_is_counted_within_it() -> None:
    counted = target(None, "每年").model_copy(update={"kind": "task_quantity"})
    span = span_of(counted, None, PlanInfo(**PLAN, period="2026/2028"), date(2027, 6, 30))
    assert (str(span.period), span.running, span.due) == ("2027", True, date(2027, 12, 31))


def test_the_next_day_of_what_is_due_once() -> None:
    plan = PlanInfo(**PLAN, period="2026/2028")
    found = [
        next_due(span_of(target(due), None, plan, day), day)
        for due, day in (
            ("2028", date(2026, 1, 1)),
            ("2028", date(2028, 12, 31)),
            ("2027-10", date(2026, 1, 1)),
            ("2027-10", date(2027, 11, 1)),
        )
    ]
    assert found == [date(2028, 12, 31), None, date(2027, 10, 31), None]
    standing = span_of(target(None), None, PlanInfo(**PLAN, period=None), date(2026, 1, 1))
    assert next_due(standing, date(2026, 1, 1)) is None


# due, recurrence, periods with a report, day -> part of the period that is covered, which one stands for or is awaited,
# whether none stands, last, over; the plan is that of 2026 to 2028, its baseline year 2025
REPORTED = [
    # the baseline year and years before it prove nothing; they are shown
    ("2028", None, ["2024", "2025"], "2026-01-05", "2025", "2026", True, False, False),
    ("2028", None, ["2024", "2025"], "2026-09-30", "2025", "2026", True, False, False),
    ("2028", None, ["2024", "2025"], "2027-03-01", "2025", "2026", True, False, False),
    ("2028", None, ["2024"], "2026-09-30", "2024", "2026", True, False, False),
    ("2028", None, [], "2026-09-30", "2026-01/2026-09", "2026", True, False, False),
    ("2028", None, [], "2027-09-30", "2026", "2026", True, False, False),
    ("2028", None, [], "2028-09-30", "2027", "2027", True, False, False),
    # the last year with a report stands until the next has one, and until that is late by a year
    ("2028", None, ["2025", "2026"], "2027-05-01", "2026", "2027", False, False, False),
    ("2028", None, ["2025", "2026", "2027"], "2028-11-30", "2027", "2028", False, False, False),
    ("2028", None, ["2026"], "2028-12-30", "2026", "2027", False, False, False),
    ("2030", None, ["2026"], "2028-12-31", "2026", "2027", False, False, False),
    ("2030", None, ["2026"], "2029-01-01", "2026", "2028", True, False, False),
    # once it is due, the report of that year or none; the last figure is shown
    ("2028", None, ["2025", "2026", "2027"], "2028-12-31", "2027", "2028", True, True, True),
    ("2028", None, ["2025", "2026", "2027"], "2029-04-01", "2027", "2028", True, True, True),
    ("2028", None, ["2027", "2028-01/2028-09"], "2029-04-01", "2028-01/2028-09", "2028", True, True, True),
    ("2028", None, ["2027", "2028"], "2029-05-01", "2028", None, False, True, True),
    ("2028", None, ["2028", "2029"], "2030-05-01", "2028", None, False, True, True),
    # the latest part of the year that runs stands, on its last day and on every day after
    ("2028", None, ["2025", "2026-01/2026-09"], "2026-09-30", "2026-01/2026-09", None, False, False, False),
    ("2028", None, ["2025", "2026-01/2026-09"], "2026-10-01", "2026-01/2026-09", None, False, False, False),
    ("2028", None, ["2025", "2026-01/2026-09"], "2026-12-30", "2026-01/2026-09", None, False, False, False),
    ("2028", None, ["2025", "2026-01/2026-06", "2026Q1"], "2026-09-30", "2026-01/2026-06", None, False, False, False),
    (
        "2028",
        None,
        ["2025", "2026Q2", "2026-05"],
        "2026-09-30",
        "2025",
        "2026",
        True,
        False,
        False,
    ),  # from its first day
    ("2028", None, ["2025", "2026-01/2026-09"], "2026-09-29", "2025", "2026", True, False, False),  # not over yet
    # over New Year, too: no older year takes its place, and its own is awaited
    ("2028", None, ["2026", "2027-01/2027-09"], "2028-01-05", "2027-01/2027-09", "2027", False, False, False),
    ("2030", None, ["2026", "2027-01/2027-09"], "2028-12-31", "2027-01/2027-09", "2027", False, False, False),
    ("2030", None, ["2026", "2027-01/2027-09"], "2029-01-01", "2027-01/2027-09", "2028", True, False, False),
    ("2028", None, ["2025-01/2025-09"], "2026-03-05", "2025-01/2025-09", "2026", True, False, False),
    # a preliminary report before the year is over is not one of the year
    ("2028", None, ["2025", "2026"], "2026-12-15", "2025", "2026", True, False, False),
    # due by another month: years stand before it, and none after
    ("2027-10", None, ["2025", "2026"], "2027-09-30", "2026", "2027", False, False, False),
    ("2027-10", None, ["2025", "2026"], "2027-10-31", "2026", "2027-01/2027-10", True, True, True),
    ("2027-10", None, ["2026", "2027Q1"], "2027-09-30", "2027-01/2027-03", None, False, True, False),
    ("2027-10", None, ["2027-01/2027-10"], "2027-12-31", "2027-01/2027-10", None, False, True, True),
    # every year: the one before stands as judged, but none before the plan, and no part of a year that is over
    (None, "每年", ["2025"], "2026-09-30", "2025", "2026", True, True, False),
    (None, "每年", ["2025", "2026"], "2027-03-01", "2026", "2027", False, True, True),
    (None, "每年", ["2025", "2026"], "2028-03-01", "2026", "2027", False, True, True),
    (None, "每年", ["2026", "2027"], "2028-03-01", "2027", "2028", False, True, True),
    (None, "每年", ["2027", "2029"], "2029-12-31", "2027", "2028", False, True, True),  # 2029 is asked by no one
    (None, "每年", ["2027", "2029"], "2030-01-01", "2027", "2028", True, True, True),
    (None, "每年", ["2026", "2027Q1"], "2027-05-01", "2027-01/2027-03", None, False, True, False),
    (None, "每年", ["2026", "2027Q1"], "2027-12-31", "2027-01/2027-03", "2027", True, True, True),
    (None, "每年", ["2026", "2027Q1"], "2028-02-01", "2027-01/2027-03", "2027", True, True, False),
    # quarters and months stand for the next one and until it is late by one
    (None, "每季度", ["2026Q1", "2026"], "2026-09-30", "2026Q1", "2026Q2", False, True, True),
    (None, "每季度", ["2026Q1", "2026"], "2026-10-01", "2026Q1", "2026Q3", True, True, False),
    (None, "每月", ["2026-07"], "2026-08-15", "2026-07", "2026-08", False, True, True),
    (None, "每月", ["2026-07"], "2026-09-30", "2026-07", "2026-08", False, True, True),
    (None, "每月", ["2026-07"], "2026-10-01", "2026-07", "2026-09", True, True, False),
]


@pytest.mark.parametrize(
    ("due", "recurrence", "reports", "day", "period", "stands_for", "unreported", "last", "over"), REPORTED
)
def test_a_report_stands_until_the_next(
    due: str | None,
    recurrence: str | None,
    reports: list[str],
    day: str,
    period: str,
    stands_for: str | None,
    unreported: bool,
    last: bool,
    over: bool,
) -> None:
    as_of = date.fromisoformat(day)
    reported = [Period.parse(text) for text in reports]
    span = span_of(target(due, recurrence), None, PlanInfo(**PLAN, period="2026/2028"), as_of, reported)
    covered, shown = span.covered(as_of), Period.parse(period)
    assert covered is not None
    assert (covered.first, covered.last) == (shown.first, shown.last)
    assert (span.stands_for and str(span.stands_for)) == stands_for
    assert (span.unreported, span.last, span.ended(as_of)) == (unreported, last, over)


def test_a_standing_report_leaves_the_next_day_as_it_is() -> None:
    plan, as_of = PlanInfo(**PLAN, period="2026/2028"), date(2027, 3, 1)
    for due, recurrence, day in (("2028", None, date(2028, 12, 31)), (None, "每年", date(2027, 12, 31))):
        span = span_of(target(due, recurrence), None, plan, as_of, [Period.parse("2026")])
        assert (str(span.period), next_due(span, as_of)) == ("2026", day)


def test_the_season_of_a_report_is_no_one_elses() -> None:
    winter = target("2028").model_copy(update={"season": "秋冬季"})
    plan, as_of = PlanInfo(**PLAN, period="2026/2028"), date(2027, 2, 1)
    span = span_of(winter, None, plan, as_of, [Period.parse("2026")])
    assert (str(span.period), span.unreported) == ("2026-10/2027-03", True)


@pytest.mark.parametrize(
    ("reports", "day", "period", "stands_for", "unreported"),
    [
        (["2026"], "2027-06-30", "2026", "2027", False),
        (["2026", "2027"], "2028-06-30", "2026/2027", "2028", False),
        (["2026", "2026/2027"], "2028-06-30", "2026/2027", "2028", False),
        (["2025"], "2026-06-30", "2026", "2026", True),  # the baseline year is no part of the decline
        (["2025", "2026"], "2028-06-30", "2026", "2027", False),
        (["2025", "2026"], "2029-06-30", "2026", "2026/2028", True),
        (["2026-01/2026-09"], "2026-11-15", "2026", None, False),
        (["2026", "2026-01/2027-09"], "2027-11-15", "2026/2027", None, False),
        (["2026", "2027-01/2027-09"], "2027-11-15", "2026", "2027", False),  # against 2026, which is not its base
        (["2026/2028"], "2029-06-30", "2026/2028", None, False),
        (["2026", "2027", "2028"], "2029-06-30", "2026/2028", None, False),
    ],
)
def test_a_reported_decline_stands_with_all_its_years(
    reports: list[str], day: str, period: str, stands_for: str | None, unreported: bool
) -> None:
    reported = [Period.parse(text) for text in reports]
    indicator, plan = BY_CODE["energy.intensity.decline"], PlanInfo(**PLAN, period="2026/2028")
    span = span_of(target("2028"), indicator, plan, date.fromisoformat(day), reported)
    assert (str(span.period), span.stands_for and str(span.stands_for)) == (period, stands_for)
    assert span.unreported is unreported


def test_a_decline_of_part_of_a_year_or_of_every_year_does_not_accumulate() -> None:
    indicator, plan, day = BY_CODE["energy.intensity.decline"], PlanInfo(**PLAN, period="2026/2028"), date(2027, 9, 30)
    assert str(span_of(target("2027-10"), indicator, plan, day).period) == "2027-01/2027-10"
    assert str(span_of(target(None, "每年"), indicator, plan, day).period) == "2027"


def test_the_next_season_of_every_year() -> None:
    flood = target(None, "每年").model_copy(update={"season": "汛期"})
    plan = PlanInfo(**PLAN, period="2026/2028")
    days = (date(2026, 9, 29), date(2026, 9, 30), date(2028, 9, 30))
    found = [next_due(span_of(flood, None, plan, day), day) for day in days]
    assert found == [date(2026, 9, 30), date(2027, 9, 30), None]


def test_a_season_that_begins_within_the_plan_is_due_though_it_ends_after_it() -> None:
    winter = target(None, "每年").model_copy(update={"season": "秋冬季"})
    plan = PlanInfo(**PLAN, period="2026/2028")
    days = (date(2028, 6, 30), date(2029, 3, 30), date(2029, 3, 31))
    found = [next_due(span_of(winter, None, plan, day), day) for day in days]
    assert found == [date(2029, 3, 31), date(2029, 3, 31), None]


def test_work_is_compared_with_years_and_no_months() -> None:
    counted = target("2027-10").model_copy(update={"kind": "task_quantity"})
    span = span_of(counted, None, PlanInfo(**PLAN, period="2026/2028"), date(2026, 9, 30))
    assert baseline_period(span, 2025) == Period.parse("2025")


def test_a_plan_without_a_period_began_in_the_year_of_its_issue() -> None:
    plan = PlanInfo(**(PLAN | {"issued": "2022-05-10"}), period=None)
    span = span_of(target("2025"), None, plan, date(2021, 6, 30))
    assert (str(span.period), span.due, base_year(target("2025"), plan)) == ("2022", date(2025, 12, 31), 2021)
    counted = target("2025").model_copy(update={"kind": "task_quantity"})
    assert str(span_of(counted, None, plan, date(2024, 6, 30)).period) == "2022-01/2025-12"
    every = span_of(target(None, "每年"), None, plan, date(2021, 6, 30))
    assert (str(every.period), next_due(every, date(2021, 6, 30))) == ("2022", date(2022, 12, 31))
    assert span_of(target(None), None, plan, date(2024, 6, 30)).due is None  # no date is lent to undated targets
    assert base_year(target("2025"), PlanInfo(**PLAN, period=None)) is None
    assert first_year(PlanInfo(**PLAN, period="2026/2028")) == 2026


@pytest.mark.parametrize(
    ("due", "season", "recurrence", "baseline"),
    [
        ("2028", None, None, "2025"),
        ("2028", "汛期", None, "2025-05/2025-09"),
        ("2028", "秋冬季", None, "2025-10/2026-03"),
        ("2028-01", "秋冬季", None, "2025-10/2026-03"),
        ("2027-10", None, None, "2025-01/2025-10"),
        (None, None, "每月", "2025-09"),
        ("2026Q4", None, None, "2025Q4"),
        ("2026-01/2026-03", None, None, "2025Q1"),
    ],
)
def test_a_change_is_measured_from_the_same_months(
    due: str | None, season: str | None, recurrence: str | None, baseline: str
) -> None:
    one = target(due, recurrence).model_copy(update={"season": season})
    span = span_of(one, None, PlanInfo(**PLAN, period="2026/2028"), date(2026, 9, 30))
    assert baseline_period(span, 2025) == Period.parse(baseline)


def test_what_adds_up_over_a_year_is_compared_with_whole_years() -> None:
    """Half of the emissions of a year are below the level of the year and prove nothing."""
    reported = [Period.parse(text) for text in ("2026", "2027-01/2027-06")]
    plan, day = PlanInfo(**PLAN, period="2026/2028"), date(2027, 8, 1)
    found = {}
    for code in ("air.nox.emission", "eco.forest.cover"):
        span = span_of(target("2028"), BY_CODE[code], plan, day, reported)
        found[code] = str(span.covered(day))
    assert found == {"air.nox.emission": "2026", "eco.forest.cover": "2027-01/2027-06"}


@pytest.mark.parametrize("code", ["eco.erosion.treated_area", "air.nox.project_reduction", "rural.env.village_count"])
def test_work_is_counted_over_the_plan_wherever_it_is_written(code: str) -> None:
    plan, day = PlanInfo(**PLAN, period="2026/2028"), date(2027, 6, 30)
    span = span_of(target("2028"), BY_CODE[code], plan, day, [Period.parse("2026")])
    assert (str(span.period), span.running, span.due) == ("2026-01/2028-12", True, date(2028, 12, 31))
    yearly = span_of(target(None, "每年"), BY_CODE[code], plan, day, [Period.parse("2026"), Period.parse("2027Q1")])
    assert (str(yearly.period), yearly.running, yearly.due) == ("2027", True, date(2027, 12, 31))


def test_work_of_a_year_stands_as_judged_until_there_is_some_of_the_next() -> None:
    counted = target(None, "每年").model_copy(update={"kind": "task_quantity"})
    plan, day = PlanInfo(**PLAN, period="2026/2028"), date(2027, 3, 31)
    quarters = [Period.parse(f"2026Q{quarter}") for quarter in (1, 2, 3, 4)]
    span = span_of(counted, BY_CODE["eco.afforestation.area"], plan, day, quarters)
    assert (str(span.period), span.due, span.unreported) == ("2026", date(2026, 12, 31), False)
    span = span_of(counted, BY_CODE["eco.afforestation.area"], plan, day, quarters[:3])
    assert (span.unreported, str(span.stands_for)) == (True, "2026")


def test_the_question_is_about_the_period_awaited() -> None:
    """2025 is shown; a judgement for 2026, and the level of 2026, are asked for."""
    span = span_of(
        target("2028"), None, PlanInfo(**PLAN, period="2026/2028"), date(2026, 9, 30), [Period.parse("2025")]
    )
    assert (str(span.period), str(span.asked), span.year, span.goal_year) == ("2025", "2026", 2026, 2028)
    stands = span_of(
        target("2028"), None, PlanInfo(**PLAN, period="2026/2028"), date(2027, 3, 1), [Period.parse("2026")]
    )
    assert (str(stands.asked), stands.year) == ("2026", 2026)


@pytest.mark.parametrize(
    ("due", "due_on"),
    [
        ("2026-06-15", date(2026, 6, 30)),
        ("2027-12-15", date(2027, 12, 31)),
        ("2026-10-15/2027-03-15", date(2027, 3, 31)),
    ],
)
def test_days_are_those_of_their_months(due: str, due_on: date) -> None:
    assert span_of(target(due), None, PlanInfo(**PLAN, period="2026/2028"), date(2026, 3, 1)).due == due_on


@pytest.mark.parametrize(
    ("due", "recurrence", "period", "day"),
    [
        ("0000", None, None, date(2026, 9, 30)),
        ("0001", None, "2026/2028", date(2026, 9, 30)),
        ("9999", None, "2026/2028", date(2026, 9, 30)),
        ("长期", None, "2026/2028", date(2026, 9, 30)),
        (None, "每年", "9999", date(2026, 9, 30)),
        ("2028", None, "2026/2028", date(1, 1, 1)),
        (None, "每月", "2026/2028", date(9999, 12, 31)),
    ],
)
def test_dates_that_are_none_are_told(due: str | None, recurrence: str | None, period: str | None, day: date) -> None:
    with pytest.raises(Unjudged, match="period"):
        span_of(target(due, recurrence), None, PlanInfo(**PLAN, period=period), day, [Period.parse("2026")])


def test_a_year_that_is_none_is_no_baseline() -> None:
    plan = PlanInfo(**PLAN, period="2026/2028")
    for year in ("0000", "0001", "9999", "上年"):
        assert base_year(target("2028").model_copy(update={"baseline_year": year}), plan) == 2025
    assert first_year(PlanInfo(**PLAN, period="0001")) is None
