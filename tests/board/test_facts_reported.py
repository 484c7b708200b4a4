"""Which reported figure a target has on a day, in small sets of reports worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bilan.board.facts import Figure, Matter
from bilan.board.facts_reported import ReportedFacts
from bilan.board.spans import base_year, span_of
from bilan.foresee.room_limits import Limit
from bilan.observe.statistics import Reports
from bilan.observe.statistics_report import Report
from bilan.periods import Period
from bilan.plan.model import PlanInfo, Target
from bilan.policy import indicators
from bilan.policy.statistics import regions_by_id

from ..evaluate.statistics.reported import CITY, report

BY_CODE = {indicator.code: indicator for indicator in indicators()}
PLAN = PlanInfo(
    id="p1", version="v1", title=None, region=CITY, region_name="清河市", issuer=None, document_number=None,
    issued=None, period="2026/2028", superior=[],
)  # fmt: skip
FOREST, NOX, EROSION = "eco.forest.cover", "air.nox.project_reduction", "eco.erosion.treated_area"


def target(code: str, **more: Any) -> Target:
    told: dict[str, Any] = {"id": "t1", "start": 0, "end": 1, "kind": "target", "indicator": code, "name": "某指标"}
    told |= {"operator": ">=", "value": 1.0, "unit": None, "value_kind": "number", "quote": "…", "confidence": 1}
    return Target(**(told | {"due": "2028", "region": CITY} | more))


def matter(one: Target, day: str, reports: tuple[Report, ...]) -> tuple[ReportedFacts, Matter]:
    as_of, indicator, region = date.fromisoformat(day), BY_CODE[one.indicator or ""], regions_by_id()[CITY]
    facts = ReportedFacts(Reports(reports, 1))
    told = facts.periods(indicator, region, date(base_year(one, PLAN) or 2025, 1, 1), as_of)
    return facts, Matter(one, indicator, region, span_of(one, indicator, PLAN, as_of, told), as_of)


def figure(one: Target, day: str, *reports: Report) -> Figure:
    facts, asked = matter(one, day, reports)
    return facts.figure(asked)


NINE_MONTHS = (report(FOREST, "2025", "43.4"), report(FOREST, "2026年1-9月", "43.1"))


@pytest.mark.parametrize("day", ["2026-09-30", "2026-10-01", "2026-12-31", "2027-06-30"])
def test_a_part_of_the_year_stands_on_every_day_after_it(day: str) -> None:
    found = figure(target(FOREST), day, *NINE_MONTHS)
    assert (found.value, str(found.period)) == (Decimal("43.1"), "2026-01/2026-09")


def test_the_baseline_year_is_shown_and_asked_for_no_answer() -> None:
    facts, asked = matter(target(FOREST), "2026-01-05", NINE_MONTHS)
    found = facts.figure(asked)
    assert (found.value, str(found.period)) == (Decimal("43.4"), "2025")
    assert (asked.span.unreported, str(asked.span.stands_for)) == (True, "2026")


AREAS = [
    report("part.forest.area", period, value)
    for period, value in (("2025", "430"), ("2026年上半年", "432"), ("2026年1-9月", "433"), ("2026-05", "432"))
] + [report("part.land.area", period, "1000") for period in ("2025", "2026年上半年", "2026-05")]


@pytest.mark.parametrize(
    ("day", "periods"),
    [
        ("2026-06-29", ["2025"]),
        ("2026-06-30", ["2025", "2026-01/2026-06"]),
        (
            "2026-11-15",
            ["2025", "2026-01/2026-06"],
        ),  # of nine months one part is missing, and May is no part of its own
    ],
)
def test_parts_of_a_year_are_computed_where_all_that_they_need_is_there(day: str, periods: list[str]) -> None:
    facts = ReportedFacts(Reports(tuple(AREAS), 1))
    found = facts.periods(BY_CODE[FOREST], regions_by_id()[CITY], date(2025, 1, 1), date.fromisoformat(day))
    assert [str(period) for period in found] == periods


def test_a_computed_part_of_the_year_stands() -> None:
    found = figure(target(FOREST), "2026-11-15", *AREAS)
    assert (found.value, str(found.period)) == (Decimal("43.20"), "2026-01/2026-06")


def test_work_reported_year_by_year_adds_up() -> None:
    """310, 250 and 200 tonnes are 760, and 700 before the plan and in the year after it are not of it."""
    years = [report(NOX, year, value) for year, value in (("2026", "310"), ("2027", "250"), ("2028", "200"))]
    others = [report(NOX, "2025", "700"), report(NOX, "2029", "700")]
    found = figure(target(NOX, value=650.0, unit="吨"), "2030-04-01", *years, *others)
    assert (found.value, str(found.period)) == (Decimal(760), "2026-01/2028-12")
    on_the_way = figure(target(NOX, value=650.0, unit="吨"), "2028-04-01", *years, *others)
    assert (on_the_way.value, str(on_the_way.period)) == (Decimal(560), "2026-01/2027-12")


def test_work_of_every_year_is_that_of_its_year() -> None:
    quarters = [report(EROSION, f"2026年{quarter}季度", "5") for quarter in "一二三四"]
    one = target(EROSION, due=None, recurrence="每年", value=20.0)
    found = figure(one, "2027-03-31", *quarters)
    assert (found.value, str(found.period)) == (Decimal(20), "2026")
    found = figure(one, "2027-04-30", *quarters, report(EROSION, "2027年一季度", "6"))
    assert (found.value, str(found.period)) == (Decimal(6), "2027-01/2027-03")


def test_work_of_which_the_beginning_was_not_reported_is_the_least_that_was_done() -> None:
    found = figure(target(NOX), "2028-12-31", report(NOX, "2027", "250"), report(NOX, "2028", "200"))
    assert (found.value, str(found.period)) == (Decimal(450), "2027/2028")
    gap = figure(target(NOX), "2028-12-31", report(NOX, "2026", "310"), report(NOX, "2028", "200"))
    assert (gap.value, str(gap.period)) == (Decimal(310), "2026-01/2026-12")


def test_the_room_of_work_is_in_the_unit_of_its_figure() -> None:
    """1.2 万亩 are 800 hm2, of which 300 are done."""
    mines = "eco.mine.restored_area"
    facts, asked = matter(target(mines, value=1.2, unit="万亩"), "2026-12-31", (report(mines, "2026", "300"),))
    room = facts.room(asked, Limit("at_least", Decimal(800)))
    assert room is not None
    assert (room.amount, room.unit) == (500, "hm2")


def test_what_is_made_up_marks_the_figures_that_it_is_part_of() -> None:
    made_up = {"source": "模拟数据"}
    forest = report(FOREST, "2026", "43")
    assert not figure(target(FOREST), "2027-06-30", forest, report(NOX, "2026", "5", **made_up)).simulated
    assert figure(target(FOREST), "2027-06-30", report(FOREST, "2026", "43", **made_up)).simulated
    before = report(FOREST, "2025", "42", **made_up)
    superseded = report(FOREST, "2026", "41", status="preliminary", **made_up)
    assert not figure(target(FOREST), "2027-06-30", forest, before, superseded).simulated
    work = [report(NOX, "2026", "5"), report(NOX, "2027", "6", **made_up)]
    assert not figure(target(NOX), "2027-06-30", *work).simulated
    assert figure(target(NOX), "2028-06-30", *work).simulated


def test_what_is_computed_from_made_up_parts_is_made_up() -> None:
    parts = [report("part.forest.area", "2026", "430"), report("part.land.area", "2026", "1000")]
    marked = [report("part.land.area", "2026", "1000", source="模拟数据")]
    assert not figure(target(FOREST), "2027-06-30", *parts).simulated
    assert figure(target(FOREST), "2027-06-30", parts[0], *marked).simulated


def test_nothing_is_figured_out_of_nothing() -> None:
    found = figure(target(FOREST), "2026-09-30")
    assert (found.value, found.lack) == (None, "not_reported")
    assert str(Period.parse("2026").to_date(date(2026, 9, 30))) == str(found.period)
