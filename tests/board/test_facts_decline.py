"""Declines of what is monitored: computed where both years were measured, reported where no station is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest

from bilan.board.facts import Figure, Lack, Matter
from bilan.board.facts_air import AirFacts
from bilan.board.facts_decline import DeclineFacts
from bilan.board.facts_reported import ReportedFacts
from bilan.board.model import Said
from bilan.board.spans import Span
from bilan.observe.statistics import Reports
from bilan.periods import Period
from bilan.policy import indicators
from bilan.policy.statistics import regions_by_id

from ..evaluate.statistics.reported import report
from .small import CITY, making, row, target

CODE = "air.pm25.decline"
ONE = target(CODE, value=10.0, unit="%")
REPORTS = [report(CODE, "2026", "6"), report(CODE, "2027", "5")]


# --- without a station ---


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        ("2027-06-30", ("on_course", "ahead", "6", "2026")),
        ("2028-02-29", ("on_course", "ahead", "10.70", "2026/2027")),
        ("2028-12-31", ("cannot_be_judged", "not_reported", "10.70", "2026/2027")),
    ],
)
def test_what_was_reported_is_used_where_nothing_is_measured(
    folder: Path, day: str, answer: tuple[str, str, str, str]
) -> None:
    reports = [one for one in REPORTS if one.period < day[:4]]
    found = row(making(folder, [ONE], day, reports))
    assert (found.status, found.reason, str(found.figure), found.period) == answer
    assert (found.unit, found.source) == ("%", "reported")


def test_where_nothing_was_reported_either_a_station_is_missing(folder: Path) -> None:
    found = row(making(folder, [ONE], "2027-06-30", [report("eco.forest.cover", "2026", "43")]))
    assert (found.status, found.reason, found.figure, found.unit) == ("cannot_be_judged", "no_stations", None, "%")


# --- with stations, told by hand ---


class Told(AirFacts):
    """Concentrations by their year: what was measured, and what it lacks."""

    def __init__(self, years: dict[int, tuple[str | None, Lack | None]]) -> None:
        self.__dict__["years"] = years

    def figure(self, matter: Matter) -> Figure:
        value, lack = self.__dict__["years"][matter.span.period.first.year]
        number = None if value is None else Decimal(value)
        return Figure(
            number,
            "µg/m3",
            "monitored",
            matter.span.period,
            0,
            lack=lack,
            completeness=Said(zh="365 / 365 天有效", en="365 / 365 days valid"),
        )


def figure(years: dict[int, tuple[str | None, Lack | None]], *reports: Any) -> Figure:
    facts = DeclineFacts(Told(years), ReportedFacts(Reports(reports, 1)))
    indicator = next(one for one in indicators() if one.code == CODE)
    span = Span(Period.parse("2026/2027"), date(2028, 12, 31), last=False)
    return facts.figure(Matter(ONE, indicator, regions_by_id()[CITY], span, date(2027, 12, 31)))


def test_the_decline_of_both_years() -> None:
    found = figure({2025: ("40", None), 2027: ("36", None)})
    assert (found.value, found.unit, found.lack) == (Decimal("10.0"), "%", None)


@pytest.mark.parametrize("value", ["40", None])
def test_a_base_year_that_lacks_days_is_none(value: str | None) -> None:
    """A figure that is not to be judged is none to measure from."""
    found = figure({2025: (value, "incomplete"), 2027: ("36", None)})
    assert (found.value, found.unit, found.lack) == (None, "%", "incomplete")


def test_where_the_base_year_lacks_days_the_report_counts() -> None:
    told = report(CODE, "2026/2027", "9")
    found = figure({2025: ("40", "incomplete"), 2027: ("36", None)}, told)
    assert (found.value, found.unit, found.source) == (Decimal(9), "%", "reported")


def test_a_year_without_data_lacks_them_in_percent() -> None:
    found = figure({2025: ("40", None), 2027: (None, "no_data")})
    assert (found.value, found.unit, found.lack) == (None, "%", "no_data")


def test_from_nothing_nothing_falls() -> None:
    assert figure({2025: ("0", None), 2027: ("36", None)}).lack == "no_data"


def test_the_last_of_february_is_the_last_there_too() -> None:
    span = Span(Period.parse("2026/2028"), date(2028, 12, 31), last=True)
    asked: list[Matter] = []

    class Asked(Told):
        def figure(self, matter: Matter) -> Figure:
            asked.append(matter)
            return replace(super().figure(matter), period=matter.span.period.to_date(matter.as_of))

    facts = DeclineFacts(Asked({2025: ("40", None), 2028: ("36", None)}), ReportedFacts(Reports((), 1)))
    indicator = next(one for one in indicators() if one.code == CODE)
    facts.figure(Matter(ONE, indicator, cast(Any, regions_by_id()[CITY]), span, date(2028, 2, 29)))
    assert [one.as_of for one in asked] == [date(2028, 2, 29), date(2025, 2, 28)]
