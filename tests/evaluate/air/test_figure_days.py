"""The days of a figure: together they give what its reading gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bilan.evaluate.air.figure_days import FigureDay, figure_days
from bilan.evaluate.air.indicators import tables_of
from bilan.evaluate.engine import connect
from bilan.evaluate.indicators import reading
from bilan.evaluate.places import region_of
from bilan.observe import Lake
from bilan.periods import Period

from .lakes import CITY, DISTRICT, days_between, hours_of, make_lake

MARCH = Period.parse("2026-03")
SILENT, SHORT, DIRTY = date(2026, 3, 3), date(2026, 3, 4), (date(2026, 3, 5), date(2026, 3, 6))
ITEMS = {"pm2_5": 30, "pm10": 55, "so2": 8, "no2": 25, "co": 0.6, "o3": 80}


def measured(item: str) -> Callable[[date, int], float | None]:
    def at(day: date, hour: int) -> float | None:
        if day == SHORT and item == "pm2_5" and hour > 10:
            return None
        return 300 if day in DIRTY and item == "pm2_5" else ITEMS[item]

    return at


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    folder: Path = tmp_path_factory.mktemp("days") / "lake"
    days = [day for day in days_between(date(2026, 3, 1), date(2026, 3, 31)) if day != SILENT]
    make_lake(folder, {"s1": DISTRICT}, hours_of("s1", days, {item: measured(item) for item in ITEMS}))
    return Lake(folder)


def found(lake: Lake, code: str) -> Mapping[date, FigureDay]:
    daily = tables_of(lake, connect(), region_of(CITY), MARCH).daily
    return {row.day: row for row in figure_days(code, daily, [CITY], MARCH)}


@pytest.mark.parametrize(
    "code", ["air.aqi.good_days_ratio", "air.heavy_days", "air.pm25.annual", "air.composite_index"]
)
def test_as_many_days_are_valid_as_the_reading_used(lake: Lake, code: str) -> None:
    days = found(lake, code)
    read: Any = reading(code, lake, connect(), region_of(CITY), MARCH)
    assert len(days) == 31
    missing = 1 if code == "air.composite_index" else 2  # it takes what a day has, even where one pollutant is short
    assert sum(day.valid for day in days.values()) == read.used[0].count == 31 - missing
    assert days[SHORT].valid is (missing == 1)


def test_the_days_that_count_give_the_share(lake: Lake) -> None:
    days = found(lake, "air.aqi.good_days_ratio").values()
    valid, counted = (sum(bool(getattr(day, name)) for day in days) for name in ("valid", "counted"))
    read = reading("air.aqi.good_days_ratio", lake, connect(), region_of(CITY), MARCH)
    assert (valid, counted) == (29, 27)
    assert f"{counted} ÷ {valid} = " in " ".join(read.steps)


def test_a_day_says_what_it_had_and_what_is_missing(lake: Lake) -> None:
    days = found(lake, "air.aqi.good_days_ratio")
    dirty = days[DIRTY[0]]
    assert (dirty.primary, dirty.category, dirty.category.en) == (("PM2.5",), "严重污染", "severely polluted")
    assert (dirty.valid, dirty.counted, dirty.reason) == (True, False, "")
    assert days[SHORT].reason.startswith("缺 PM2.5，其余项目的 AQI 不大于 100")
    assert (days[SILENT].valid, days[SILENT].reason) == (False, "没有任何数据")


def test_a_concentration_has_its_daily_value_and_counts_no_days(lake: Lake) -> None:
    days = found(lake, "air.pm25.annual")
    assert days[DIRTY[0]].values == {"pm2_5": Decimal(300)}
    assert days[DIRTY[0]].counted is None
    assert (days[SHORT].values["pm2_5"], days[SHORT].valid) == (None, False)
