"""The trajectory: every figure at the end of its period, what is asked and what may come beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bilan.board.model import Baseline, Chance, Level, Said
from bilan.policy.tables import FOLDER
from bilan.publish import ChartError, trajectory
from bilan.publish.charts_times import end_of

from .chart_boards import row
from .chart_specs import colours, layers, notes, says_no_data, spec_of, with_mark

HISTORY = [("2023", Decimal("36.0")), ("2024", None), ("2025", Decimal("33.6"))]


def ms(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp()) * 1000


def test_figures_stand_at_the_end_of_their_periods() -> None:
    figures = with_mark(trajectory(row(), HISTORY), "line")[-1]["records"]
    assert [(at["end"], at["value"]) for at in figures] == [
        (ms(2023, 12, 31), 36.0),
        (ms(2024, 12, 31), None),  # a gap in the line, never a zero
        (ms(2025, 12, 31), 33.6),
        (ms(2026, 9, 30), 32.2),
    ]


def test_history_may_come_in_any_order_and_hold_the_row_itself() -> None:
    again = [("2026-01/2026-09", Decimal("99")), *reversed(HISTORY)]
    figures = with_mark(trajectory(row(), again), "line")[-1]["records"]
    assert [at["value"] for at in figures] == [36.0, None, 33.6, 32.2]


def test_a_figure_to_date_is_hollow_and_said_to_be_one() -> None:
    chart = trajectory(row(baseline=None), HISTORY)
    official, to_date = with_mark(chart, "point")
    assert (official["mark"]["fill"], to_date["mark"]["fill"]) == ("#1f4e79", "white")
    assert [at["value"] for at in to_date["records"]] == [32.2]
    assert notes(chart) == ["目标：2028年降至31 µg/m³以下", "○ 至今的数值或数据不足"]
    assert len(with_mark(trajectory(row(baseline=None, official=True), HISTORY), "point")) == 1


def test_the_baseline_is_a_diamond_with_its_year() -> None:
    chart = trajectory(row(official=True), HISTORY)
    diamond = with_mark(chart, "point")[-1]
    assert diamond["mark"]["shape"] == "diamond"
    assert [(at["end"], at["value"]) for at in diamond["records"]] == [(ms(2025, 12, 31), 33.6)]
    assert notes(chart)[1] == "◇ 2025 年基准 33.6 µg/m³"


def test_the_course_is_dashed_and_the_limits_are_level() -> None:
    chart = trajectory(row(limits=[Level(sign="≥", value=Decimal(6)), Level(sign="≤", value=Decimal(9))]))
    course = with_mark(chart, "line")[1]
    dashes = colours(course, "strokeDash")
    assert dashes["计划进程"] != [1, 0] == dashes["数值"]
    assert [at["value"] for at in course["records"]] == [33.6, 32.7, 31.9, 31.0]
    rules = [layer for layer in with_mark(chart, "rule") if "x" not in layer["encoding"]]
    assert [at["value"] for at in rules[0]["records"]] == [6.0, 9.0]
    assert "目标 ≥6、≤9 µg/m³" in dashes


def test_the_fan_opens_from_the_last_figure_to_the_end_of_the_period() -> None:
    fan = with_mark(trajectory(row(), HISTORY), "area")[0]["records"]
    assert [(at["end"], at["low"], at["middle"], at["high"]) for at in fan] == [
        (ms(2026, 9, 30), 32.2, 32.2, 32.2),
        (ms(2026, 12, 31), 30.4, 32.4, 34.1),
    ]


def test_the_interval_and_its_level_are_in_the_legend() -> None:
    entries = colours(with_mark(trajectory(row()), "line")[0])
    assert list(entries) == ["数值", "计划进程", "目标 ≤31 µg/m³", "期末可能范围（90% 区间 30.4～34.1）"]
    assert len(set(entries.values())) == 4


def test_the_interval_is_rounded_as_the_figure_is() -> None:
    chance = Chance(probability=0.5, reason=None, level=0.9, low=88.1264, middle=90.0, high=91.987)
    chart = trajectory(row(figure=Decimal("89.04"), unit="%", limits=[], chance=chance))
    assert "期末可能范围（90% 区间 88.13～91.99）" in colours(with_mark(chart, "line")[0])


@pytest.mark.parametrize(
    ("changes", "end"),
    [
        ({"next_due": None}, ms(2028, 12, 31)),  # judged when it is due
        ({"next_due": None, "due": None}, ms(2026, 12, 31)),  # undated: the year of the figure
    ],
)
def test_where_the_fan_ends(changes: dict[str, object], end: int) -> None:
    assert with_mark(trajectory(row(**changes)), "area")[0]["records"][-1]["end"] == end


def test_without_an_interval_there_is_no_fan() -> None:
    chart = trajectory(row(chance=Chance(probability=None, reason="not_enough_history", level=0.9)), HISTORY)
    assert with_mark(chart, "area") == []
    assert spec_of(chart)["title"]["text"] == ["细颗粒物年均浓度（清河市）　➔ 正常推进"]


def test_no_day_is_moved_by_a_time_zone() -> None:
    x = with_mark(trajectory(row(), HISTORY), "line")[-1]["encoding"]["x"]
    assert x["scale"]["type"] == "utc"
    assert x["axis"]["values"] == [ms(year, 12, 31) for year in range(2023, 2029)]
    assert x["axis"]["format"] == "%Y"
    assert x["scale"]["domain"][0] < ms(2023, 12, 31)
    assert x["scale"]["domain"][1] > ms(2028, 12, 31)


def test_of_many_years_some_are_named_the_last_among_them() -> None:
    many = [(str(year), Decimal(40)) for year in range(2009, 2026)]  # with the course up to 2028: 20 years
    x = with_mark(trajectory(row(), many), "line")[-1]["encoding"]["x"]
    assert x["axis"]["values"] == [ms(year, 12, 31) for year in range(2010, 2029, 2)]


def test_months_are_named_where_they_are_few() -> None:
    course = {f"2026-{month:02}": Decimal(40 - month) for month in range(1, 13)}
    x = with_mark(trajectory(row(course=course, baseline=None)), "line")[-1]["encoding"]["x"]
    assert x["axis"]["format"] == "%Y-%m"
    assert x["axis"]["values"][:2] == [ms(2026, 1, 31), ms(2026, 2, 28)]


def test_of_many_figures_only_the_first_and_the_last_are_labelled() -> None:
    many = [(str(year), Decimal(year - 1980)) for year in range(2010, 2026)]
    labels = with_mark(trajectory(row(baseline=None), many), "text")[-1]["records"]
    assert [at["label"] for at in labels] == ["30", "32.2"]


SHARE = {"unit": "%", "indicator": "air.aqi.good_days_ratio"}


def test_the_table_says_of_which_series_each_number_is_and_follows_time() -> None:
    chart = trajectory(row(limits=[Level(sign="≤", value=Decimal(31))]), HISTORY)
    table = spec_of(chart)["usermeta"]["table"]
    assert table["columns"] == ["系列", "时段", "数值"]
    assert [rows[:2] for rows in table["rows"]] == [
        ["数值", "2023"],
        ["数值", "2024"],
        ["数值", "2025"],
        ["基准", "2025"],
        ["计划进程", "2025"],
        ["数值（至今或数据不足）", "2026-01 至 2026-09"],
        ["计划进程", "2026"],
        ["期末可能的范围（90% 区间）", "2026-12-31"],
        ["计划进程", "2027"],
        ["计划进程", "2028"],
        ["目标", "2028-12-31"],
    ]
    assert table["rows"][7][2] == "30.4～34.1 µg/m³"
    assert table["rows"][-1][2] == "≤31 µg/m³"


def test_the_table_in_english() -> None:
    table = spec_of(trajectory(row(), HISTORY, language="en"))["usermeta"]["table"]
    assert table["columns"] == ["Series", "Period", "Value"]
    assert ["At the end of the period (90% interval)", "2026-12-31", "30.4 to 34.1 µg/m³"] in table["rows"]
    assert ["Figure (to date, or with too little data)", "2026-01 to 2026-09", "32.2 µg/m³"] in table["rows"]


def test_a_baseline_that_is_not_of_the_data_is_told_from_the_figure_of_its_year() -> None:
    told = row(**SHARE, figure=Decimal("80.6"), baseline=Baseline(year=2025, value=Decimal("84.2")))
    chart = trajectory(told, [("2024", Decimal("89.3")), ("2025", Decimal("83.8"))])
    assert "2025 年按数据算出的是 83.8%，基准 84.2% 是规划写的或填报的" in " ".join(notes(chart))
    rows = spec_of(chart)["usermeta"]["table"]["rows"]
    assert ["数值", "2025", "83.8%"] in rows
    assert ["基准（规划写的或填报的）", "2025", "84.2%"] in rows
    labels = {(at["label"], layer["mark"]["dy"]) for layer in with_mark(chart, "text") for at in layer["records"]}
    assert labels == {("89.3", -14), ("84.2", -14), ("83.8", 16), ("80.6", -14)}


def test_a_baseline_of_the_data_is_told_once() -> None:
    chart = trajectory(row(), HISTORY)
    assert "按数据算出的" not in " ".join(notes(chart))
    assert [at["label"] for at in with_mark(chart, "text")[-1]["records"]] == ["33.6", "36.0", "32.2"]


def test_counts_are_drawn_from_nothing_and_in_whole_steps() -> None:
    y = layers(trajectory(row(unit="户", indicator=None)))[-1]["encoding"]["y"]
    assert y["scale"] == {"zero": True, "nice": True}  # a padding would have it begin below nothing
    assert y["axis"]["tickMinStep"] == 1
    y = layers(trajectory(row()))[-1]["encoding"]["y"]
    assert y["scale"]["zero"] is False
    assert "tickMinStep" not in y["axis"]


@pytest.mark.parametrize(
    ("about", "low"),
    [
        ({"unit": "d", "indicator": "air.heavy_days"}, 0.0),
        (SHARE, 0.0),
        ({"unit": "%", "indicator": "carbon.intensity.decline"}, -1.4),  # what rises declines by less than nothing
    ],
)
def test_nothing_is_drawn_below_what_can_be(about: dict[str, Any], low: float) -> None:
    chance = Chance(probability=0.5, reason=None, level=0.9, low=-1.4, middle=1.2, high=2.3)
    chart = trajectory(row(**about, figure=Decimal(1), limits=[], chance=chance))
    assert with_mark(chart, "area")[0]["records"][-1]["low"] == low
    assert "期末可能范围（90% 区间 −1～2）" in colours(with_mark(chart, "line")[0])  # as the method gives it


def test_in_english() -> None:
    chart = trajectory(row(simulated=True), HISTORY, language="en")
    assert spec_of(chart)["title"]["text"] == [
        "PM2.5 annual mean concentration (清河市) – ➔ on course, 72% likely to be met"
    ]
    assert notes(chart)[:2] == ["Simulated data", "Goal: ≤31 µg/m³ by 2028"]
    assert list(colours(with_mark(chart, "line")[0]))[:3] == ["Figure", "Planned course", "Goal ≤31 µg/m³"]


def test_simulated_data_are_called_so() -> None:
    assert notes(trajectory(row(simulated=True)))[0] == "模拟数据"
    assert "模拟数据" not in notes(trajectory(row()))


def test_with_nothing_to_draw_it_says_so_and_why() -> None:
    nothing: dict[str, Any] = {
        "figure": None,
        "course": {},
        "chance": None,
        "status": "cannot_be_judged",
        "simulated": True,
    }
    chart = trajectory(row(**nothing, reason_text=Said(zh="没有报送", en="not reported")), [("2025", None)])
    assert says_no_data(chart)
    assert notes(chart) == ["模拟数据", "目标：2028年降至31 µg/m³以下", "没有报送"]


def test_a_course_alone_is_drawn() -> None:
    assert len(with_mark(trajectory(row(figure=None, chance=None, baseline=None)), "line")) == 1


def test_the_unit_stands_over_the_axis() -> None:
    assert layers(trajectory(row()))[0]["encoding"]["y"]["axis"]["title"] == "单位：µg/m³"
    assert layers(trajectory(row(unit="1")))[0]["encoding"]["y"]["axis"]["title"] == ""


@pytest.mark.parametrize("text", ["2025-13", "去年", ""])
def test_a_period_that_is_none_is_named(text: str) -> None:
    with pytest.raises(ChartError, match=f"时段 '{text}' 认不出"):
        end_of(text)


def test_every_colour_of_a_role_is_in_the_table() -> None:
    table = (FOLDER / "chart_colours.csv").read_text(encoding="utf-8")
    used = {colour for layer in with_mark(trajectory(row()), "line") for colour in colours(layer).values()}
    assert {colour for colour in used if colour not in table} == set()
