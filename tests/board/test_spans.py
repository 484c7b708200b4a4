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
    (None, None, "2026/2028", "2026-09-30", "2026", "2028-12-31", False, False),
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


# due, recurrence, periods with a report, day -> period, what it stands for, unreported, last, over; baseline 2025
REPORTED = [
    # the last year with a report stands until the next has one, the baseline year at the earliest
    ("2028", None, ["2024", "2025"], "2026-09-30", "2025", "2026", False, False, False),
    ("2028", None, ["2024", "2025"], "2027-03-01", "2025", "2026", False, False, False),
    ("2028", None, ["2025", "2026"], "2027-05-01", "2026", "2027", False, False, False),
    ("2028", None, ["2025", "2026", "2027"], "2028-11-30", "2027", "2028", False, False, False),
    ("2028", None, ["2024"], "2026-09-30", "2026", None, True, False, False),
    ("2028", None, [], "2026-09-30", "2026", None, True, False, False),
    # once it is due, the report of that year or none
    ("2028", None, ["2025", "2026", "2027"], "2028-12-31", "2028", None, True, True, True),
    ("2028", None, ["2025", "2026", "2027"], "2029-04-01", "2028", None, True, True, True),
    ("2028", None, ["2027", "2028"], "2029-05-01", "2028", None, False, True, True),
    ("2028", None, ["2028", "2029"], "2030-05-01", "2028", None, False, True, True),
    # reports of parts of a year: what ends with the day is the figure at hand, other parts are not
    ("2028", None, ["2025", "2026-01/2026-09"], "2026-09-30", "2026", None, False, False, False),
    ("2028", None, ["2025", "2026-01/2026-06", "2026Q1"], "2026-09-30", "2025", "2026", False, False, False),
    # a preliminary report before the year is over is not one of the year
    ("2028", None, ["2025", "2026"], "2026-12-15", "2025", "2026", False, False, False),
    # due by another month: years stand before it, and none after
    ("2027-10", None, ["2025", "2026"], "2027-09-30", "2026", "2027", False, False, False),
    ("2027-10", None, ["2025", "2026"], "2027-10-31", "2027-01/2027-10", None, True, True, True),
    ("2027-10", None, ["2027-01/2027-10"], "2027-12-31", "2027-01/2027-10", None, False, True, True),
    # every year: the one before stands as judged, but none before the plan
    (None, "每年", ["2025"], "2026-09-30", "2026", None, True, True, False),
    (None, "每年", ["2025", "2026"], "2027-03-01", "2026", "2027", False, True, True),
    (None, "每年", ["2025", "2026"], "2028-03-01", "2026", "2027", False, True, True),
    (None, "每年", ["2026", "2027"], "2028-03-01", "2027", "2028", False, True, True),
    (None, "每年", ["2027", "2029"], "2030-05-01", "2027", "2028", False, True, True),  # 2029 is asked by no one
    (None, "每季度", ["2026Q1", "2026"], "2026-08-15", "2026Q1", "2026Q2", False, True, True),
    (None, "每月", ["2026-07"], "2026-08-15", "2026-07", "2026-08", False, True, True),
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
    assert (str(span.period), span.stands_for and str(span.stands_for)) == (period, stands_for)
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
        (["2025"], "2026-06-30", "2026", None, True),  # the baseline year is no part of the decline
        (["2025", "2026"], "2029-06-30", "2026/2028", None, True),
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
