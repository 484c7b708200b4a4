"""Means over weeks, ten days, months, quarters and years, and over the points of a lake: 环办〔2011〕22号, part one."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import pytest

from bilan.evaluate.exact import shared
from bilan.evaluate.water.averages import averaged, lake_means, section_means
from bilan.evaluate.water.classes import classified
from bilan.evaluate.water.items import STEPS

from .sections import rows_of, wide


def values(days_and_values: list[tuple[date, str | None]], item: str = "tp", **extra: Any) -> list[dict[str, Any]]:
    return [{"station": "甲", "day": day, item: value, **extra} for day, value in days_and_values]


def months(number: int, value: str = "0.1", year: int = 2021) -> list[tuple[date, str | None]]:
    return [(date(year, month, 8), value) for month in range(1, number + 1)]


def means(rows: list[dict[str, Any]], kind: Any, item: str = "tp", scope: Any = "national") -> list[tuple[Any, ...]]:
    found = section_means(wide(rows), ["station"], kind, [item], scope)
    return rows_of(found, "period", item, "withheld", order="first")


@pytest.mark.figure("water.period_mean", "worked")
def test_ph_is_averaged_as_hydrogen_ions_since_2020() -> None:
    """环办监测函〔2020〕82号, as the package SurfaceWater has it: pH 6 and 8 make 6.297; before 2020 they make 7."""
    new = means(values([(date(2021, 4, 1), "6"), (date(2021, 4, 2), "8")], "ph"), "month", "ph")
    old = means(values([(date(2019, 4, 1), "6"), (date(2019, 4, 2), "8")], "ph"), "month", "ph")
    assert new[0][1] / STEPS == pytest.approx(-math.log10((1e-6 + 1e-8) / 2), abs=1e-6)
    assert old[0][1] == 7 * STEPS


@pytest.mark.figure("water.period_mean", "worked")
def test_a_quarter_is_the_mean_of_its_months() -> None:
    """广东省 2016 年第二季度 (page swhqglq post_434417): the months have 78.3, 80 and 75.0 %, the quarter 77.8 %."""
    rows = values([(date(2016, 4, 8), "78.3"), (date(2016, 5, 8), "80"), (date(2016, 6, 8), "75")], "cod")
    ((period, mean, withheld),) = means(rows, "quarter", "cod")
    assert (period, withheld) == ("2016Q2", None)
    assert round(mean / STEPS, 1) == 77.8


@pytest.mark.figure("water.period_mean", "corner")
def test_quarters_weigh_months_and_not_values() -> None:
    """January has two values, February one: 0.1 and 0.3 make 0.2, then 0.2 and 0.5 make 0.35."""
    rows = values([(date(2021, 1, 1), "0.1"), (date(2021, 1, 2), "0.3"), (date(2021, 2, 1), "0.5")])
    assert means(rows, "quarter") == [("2021Q1", 35 * STEPS // 100, None)]


@pytest.mark.figure("water.period_mean", "corner")
@pytest.mark.parametrize(
    ("kind", "day", "period"),
    [
        ("week", date(2021, 1, 3), "2020-12-28/2021-01-03"),  # Sunday: a week that began last year
        ("week", date(2021, 1, 4), "2021-01-04/2021-01-10"),
        ("ten_days", date(2024, 2, 29), "2024-02-21/2024-02-29"),  # leap day
        ("ten_days", date(2021, 3, 10), "2021-03-01/2021-03-10"),
        ("ten_days", date(2021, 3, 11), "2021-03-11/2021-03-20"),
        ("month", date(2021, 12, 31), "2021-12"),
        ("day", date(2021, 12, 31), "2021-12-31"),
    ],
)
def test_periods_begin_and_end_where_the_calendar_says(kind: str, day: date, period: str) -> None:
    assert [found[0] for found in means(values([(day, "0.1")]), kind)] == [period]


@pytest.mark.figure("water.period_mean", "missing")
def test_too_few_months_make_no_mean() -> None:
    assert means(values(months(12)), "year") == [("2021", STEPS // 10, None)]
    assert means(values(months(11)), "year") == [("2021", None, "总磷（11 个，至少 12 个）")]
    assert means(values(months(6)), "year", scope="other") == [("2021", STEPS // 10, None)]
    assert means(values(months(5)), "year", scope="other") == [("2021", None, "总磷（5 个，至少 6 个）")]
    assert means(values(months(1)), "quarter") == [("2021Q1", None, "总磷（1 个，至少 2 个）")]
    assert means(values(months(2)), "quarter") == [("2021Q1", STEPS // 10, None)]


@pytest.mark.figure("water.period_mean", "missing")
def test_a_mean_that_lacks_values_leaves_the_section_without_a_class() -> None:
    rows = [{"station": "甲", "day": day, "tp": tp, "do": "8"} for day, tp in months(12)]
    rows[3]["tp"] = None
    found = classified(section_means(wide(rows), ["station"], "year", ["do", "tp"]))
    assert rows_of(found, "class", "reason", order=None) == [(None, "无有效值：总磷（11 个，至少 12 个）")]


@pytest.mark.figure("water.period_mean", "missing")
def test_an_item_withheld_in_every_month_is_withheld_in_the_quarter() -> None:
    """It was to be measured: the other items alone make no class, neither of the month nor of the quarter."""
    rows = [
        {
            "station": "甲",
            "day": date(2021, month, 8),
            "do": "8",
            "tp": None,
            "withheld": "氨氮（--）、总磷（缺）",
            "nh3n": None,
        }
        for month in (1, 2, 3)
    ]
    keys = ["do", "nh3n", "tp"]
    for kind, periods in (("month", 3), ("quarter", 1)):
        means = section_means(wide(rows), ["station"], kind, keys)  # type: ignore[arg-type]
        found = rows_of(classified(shared(means)), "class", "reason", order=None)
        assert found == [(None, "无有效值：氨氮、总磷")] * periods
    rows[1] |= {"tp": "0.1"}
    found = rows_of(section_means(wide(rows), ["station"], "quarter", keys), "tp", "withheld", order=None)
    assert found == [(None, "氨氮、总磷（1 个，至少 2 个）")]


@pytest.mark.figure("water.period_mean", "missing")
def test_an_item_withheld_at_every_point_is_withheld_in_the_lake() -> None:
    rows = [
        {"lake": "东湖", "point": point, "day": date(2021, 4, 1), "do": "8", "tp": None, "withheld": "总磷（--）"}
        for point in ("1", "2")
    ]
    points = section_means(wide(rows), ["point", "lake"], "month", ["do", "tp"])
    found = classified(lake_means(shared(points), ["lake"], ["do", "tp"]))
    assert rows_of(found, "class", "reason", order=None) == [(None, "无有效值：总磷")]


@pytest.mark.figure("water.period_mean", "corner")
def test_the_mean_itself_is_compared_with_the_limit() -> None:
    """2,190 values a year of which one is a hair above the limit: the mean is above it, too."""
    first = date(2021, 1, 1)
    rows = values([(first + timedelta(days=n % 365), "0.2" if n else "0.20001") for n in range(2190)])
    day_means = classified(averaged(wide(rows), ["station"], ["tp"]))
    assert rows_of(day_means, "class", order=None) == ["Ⅳ"]


@pytest.mark.figure("water.period_mean", "corner")
def test_points_of_a_lake_are_averaged_over_time_first() -> None:
    """One point has two values, the other one: (0.02 + 0.04)/2 = 0.03, then (0.03 + 0.07)/2 = 0.05, class Ⅲ."""
    day = date(2021, 4, 1)
    rows = [
        {"lake": "东湖", "point": point, "day": day + timedelta(days=n), "tp": value, "body": "lake"}
        for point, n, value in (("1", 0, "0.02"), ("1", 1, "0.04"), ("2", 0, "0.07"))
    ]
    points = section_means(wide(rows), ["point", "lake"], "month", ["tp"])
    found = classified(lake_means(shared(points), ["lake"], ["tp"]))
    assert rows_of(found, "period", "tp", "points", "class", order=None) == [("2021-04", STEPS // 20, 2, "Ⅲ")]
