"""The calendar: each day in its place, the official colours, and no colour that must be told from another."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest

from bilan.publish import ChartError, calendar

from .chart_specs import colours, layers, notes, says_no_data, spec_of

# HJ 633-2012, table 2: red, green, blue
OFFICIAL = {
    "优": (0, 228, 0),
    "良": (255, 255, 0),
    "轻度污染": (255, 126, 0),
    "中度污染": (255, 0, 0),
    "重度污染": (153, 0, 76),
    "严重污染": (126, 0, 35),
}


def cells(chart: Any) -> dict[str, dict[str, Any]]:
    return {cell["date"]: cell for cell in layers(chart)[0]["records"]}


def test_the_colours_are_those_of_the_standard() -> None:
    entries = colours(layers(calendar([(date(2025, 1, 1), 45, None)]))[0])
    found = {name.split()[0]: colour for name, colour in entries.items()}
    assert {name: found[name] for name in OFFICIAL} == {
        name: "#" + bytes(parts).hex() for name, parts in OFFICIAL.items()
    }
    assert list(entries) == [
        "优 0～50",
        "良 51～100",
        "轻度污染 101～150",
        "中度污染 151～200",
        "重度污染 201～300",
        "严重污染 301 以上",
        "/ 没有数据",
    ]


@pytest.mark.parametrize(
    ("aqi", "category"),
    [
        *((aqi, "优") for aqi in (0, 50)),
        *((aqi, "良") for aqi in (51, 100)),
        *((aqi, "轻度污染") for aqi in (101, 150)),
        *((aqi, "中度污染") for aqi in (151, 200)),
        *((aqi, "重度污染") for aqi in (201, 300)),
        *((aqi, "严重污染") for aqi in (301, 500)),
    ],
)
def test_the_category_is_read_from_the_standard(aqi: int, category: str) -> None:
    assert cells(calendar([(date(2025, 1, 1), aqi, None)]))["2025-01-01"]["category"] == category


def test_days_of_two_standards_have_one_legend() -> None:
    chart = calendar([(date(2026, 2, 28), 45, None), (date(2026, 3, 1), 45, None), (date(2026, 3, 2), 120, None)])
    entries = colours(layers(chart)[0])
    assert {cell["series"] for cell in cells(chart).values()} == {"优 1～50", "轻度污染 101～150"} <= set(entries)


def test_each_day_stands_under_its_weekday_in_its_week() -> None:
    # 1 January 2025 was a Wednesday, 6 January the first Monday, 31 January a Friday in the fifth week
    days = [(date(2025, 1, day), 60, "良") for day in range(1, 32)]
    found = cells(calendar(days))
    places = {day: (found[day]["weekday"], found[day]["week"]) for day in ("2025-01-01", "2025-01-06", "2025-01-31")}
    assert places == {"2025-01-01": ("三", 0), "2025-01-06": ("一", 1), "2025-01-31": ("五", 4)}
    weekdays = layers(calendar(days))[0]["encoding"]["x"]["scale"]["domain"]
    assert weekdays == ["一", "二", "三", "四", "五", "六", "日"]


def test_months_are_small_multiples_in_their_order() -> None:
    chart = calendar([(date(2025, 2, 1), 60, None), (date(2024, 12, 31), 60, None)])
    assert spec_of(chart)["facet"]["sort"] == ["2024年12月", "2025年1月", "2025年2月"]


def test_a_day_between_without_a_row_has_no_data() -> None:
    chart = calendar([(date(2025, 1, 1), 45, None), (date(2025, 1, 2), None, None), (date(2025, 1, 4), 120, None)])
    found = cells(chart)
    assert [found[f"2025-01-0{day}"]["sign"] for day in (1, 2, 3, 4)] == ["45", "/", "/", "120"]
    assert {found[f"2025-01-0{day}"]["series"] for day in (2, 3)} == {"/ 没有数据"}
    assert notes(chart)[0] == "有数据 2 天，其中优良 1 天；没有数据 2 天"


def test_colour_is_never_the_only_sign() -> None:
    found = cells(calendar([(date(2025, 1, 1), 45, None), (date(2025, 1, 2), None, "重度污染")]))
    assert found["2025-01-01"]["sign"] == "45"
    assert found["2025-01-02"]["sign"] == "重"  # a category without an AQI: its first character
    texts = [layer for layer in layers(calendar([(date(2025, 1, 1), 45, None)])) if layer["mark"]["type"] == "text"]
    assert {layer["encoding"]["text"]["field"] for layer in texts} == {"day", "sign"}


def test_a_category_that_is_given_is_kept() -> None:
    # an official category may rest on an AQI before it was rounded
    assert cells(calendar([(date(2025, 1, 1), 100, "轻度污染")]))["2025-01-01"]["category"] == "轻度污染"


@pytest.mark.parametrize(
    "days",
    [
        pa.table({"region": ["a"], "aqi": [45], "day": [date(2025, 1, 1)], "category": ["优"]}),
        [{"day": date(2025, 1, 1), "aqi": 45}],
        [{"day": datetime(2025, 1, 1, 0, 0), "aqi": 45.0, "category": None}],
        iter([(date(2025, 1, 1), 45)]),
    ],
    ids=["arrow", "mappings", "moments", "pairs"],
)
def test_what_days_may_come_as(days: Any) -> None:
    assert cells(calendar(days))["2025-01-01"]["category"] == "优"


@pytest.mark.parametrize("days", [[], [(date(2025, 1, 1), None, None)]])
def test_without_any_value_it_says_so(days: Any) -> None:
    chart = calendar(days, title="清河市", simulated=True)
    assert says_no_data(chart)
    assert spec_of(chart)["title"]["text"] == ["清河市"]
    assert notes(chart) == ["模拟数据"]


def test_in_english() -> None:
    chart = calendar([(date(2025, 1, 1), 45, None)], simulated=True, language="en")
    assert spec_of(chart)["facet"]["sort"] == ["2025-01"]
    assert list(colours(layers(chart)[0]))[:2] == ["Excellent 0–50", "Good 51–100"]
    assert notes(chart)[:2] == ["Simulated data", "Days with data: 1, of these excellent or good: 1; without data: 0"]
    assert cells(chart)["2025-01-01"]["weekday"] == "We"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([(date(2025, 1, 1), 45, "很好")], "第 1 行：没有 '很好' 这一级别（应为优、良、"),
        ([("2025-01-01", 45, None)], "第 1 行：day 是 '2025-01-01'（应为日期）"),
        ([(date(2025, 1, 1), 45), (date(2025, 1, 1), 46)], "第 2 行：2025-01-01 已有一行"),
        ([(date(2025, 1, 1), 45, "优", 3)], "第 1 行：有 4 个值（应有 day、aqi、category）"),
        ([{"aqi": 45}], "第 1 行：没有 day 一列"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(days: Any, said: str) -> None:
    with pytest.raises(ChartError) as raised:
        calendar(days)
    assert said in str(raised.value)
