"""The ranking: who drags comes first, with the gap to the goal that counts for it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bilan.board.model import Level
from bilan.publish import ranking

from .chart_boards import row, share
from .chart_specs import colours, layers, notes, says_no_data, spec_of, with_mark

DISTRICTS = [
    share("东湖区", "35.1", "4.1"),
    share("高新区", "32.9", "1.4", own_goal=True),
    share("白云县", "30.2", "-0.8"),
    share("北川县", "27.5", "-1.5", own_goal=True),
    share("西山区", None, None),
]


def order(chart: Any) -> list[str]:
    places: list[str] = with_mark(chart, "circle")[0]["encoding"]["y"]["scale"]["domain"]
    return places


def labels(chart: Any) -> dict[str, str]:
    column = next(layer for layer in with_mark(chart, "text") if layer["encoding"]["text"]["field"] == "label")
    return {at["region"]: at["label"] for at in column["records"]}


def test_the_districts_stay_in_the_order_of_the_row() -> None:
    chart = ranking(row(districts=DISTRICTS))
    assert order(chart) == ["东湖区", "高新区", "白云县", "北川县", "西山区"]


def test_rows_are_put_by_their_gap_and_those_without_a_figure_last() -> None:
    rows = [
        row(region_name="甲", figure=None, gap=None),
        row(region_name="乙", figure=Decimal(30), gap=Decimal(-1)),
        row(region_name="丙", figure=Decimal(34), gap=Decimal(3)),
        row(region_name="丁", figure=Decimal(31), gap=Decimal(0)),
    ]
    chart = ranking(rows)
    assert order(chart) == ["丙", "丁", "乙", "甲"]
    assert labels(chart) == {"丙": "34（差 3）", "丁": "31（已到目标）", "乙": "30（已到目标）", "甲": "没有数据"}
    assert spec_of(chart)["title"]["text"] == ["细颗粒物年均浓度：各地排名"]


def test_the_gap_is_drawn_from_the_goal_that_counts() -> None:
    leads = with_mark(ranking(row(districts=DISTRICTS)), "rule")[-1]
    found = {at["region"]: (at["goal"], at["value"]) for at in leads["records"]}
    # 32.9 is 1.4 short of an own goal of 31.5; 27.5 has 1.5 to spare below 29.0
    assert found == {"东湖区": (31.0, 35.1), "高新区": (31.5, 32.9), "白云县": (31.0, 30.2), "北川县": (29.0, 27.5)}


def test_an_own_goal_lies_above_where_more_is_better() -> None:
    rising = row(
        limits=[Level(sign="≥", value=Decimal(90))], unit="%", districts=[share("甲", "85.0", "2", own_goal=True)]
    )
    ticks = with_mark(ranking(rising), "tick")[0]["records"]
    assert [at["goal"] for at in ticks] == [87.0]


def test_own_goals_are_ticks_and_are_explained() -> None:
    chart = ranking(row(districts=DISTRICTS))
    assert [at["region"] for at in with_mark(chart, "tick")[0]["records"]] == ["高新区", "北川县"]
    assert "短竖线" in notes(chart)[0]
    plain = ranking(row(districts=DISTRICTS[:1]))
    assert with_mark(plain, "tick") == []
    assert "短竖线" not in notes(plain)[0]


def test_the_goal_is_one_line_with_its_name() -> None:
    chart = ranking(row(districts=DISTRICTS))
    line, said = layers(chart)[:2]
    assert (line["mark"]["type"], [at["value"] for at in line["records"]]) == ("rule", [31.0])
    assert [at["name"] for at in said["records"]] == ["目标 ≤31 µg/m³"]


@pytest.mark.parametrize(("limit", "align"), [("36", "right"), ("27", "left")])
def test_the_name_of_the_goal_is_written_into_the_chart(limit: str, align: str) -> None:
    """Where nothing stands beside the rows, as on a phone, a name across the edge would be cut."""
    chart = ranking(row(limits=[Level(sign="≤", value=Decimal(limit))], districts=DISTRICTS))
    assert layers(chart)[1]["mark"]["align"] == align


def test_rows_with_different_goals_have_no_common_line() -> None:
    rows = [
        row(region_name="甲", figure=Decimal(34), gap=Decimal(3)),
        row(region_name="乙", figure=Decimal(34), gap=Decimal(4), limits=[Level(sign="≤", value=Decimal(30))]),
    ]
    chart = ranking(rows)
    assert {at["region"]: at["goal"] for at in with_mark(chart, "tick")[0]["records"]} == {"乙": 30.0, "甲": 31.0}
    assert len(with_mark(chart, "rule")) == 1  # the gaps, and no line for all


def test_colours_say_short_and_spare_as_the_words_do() -> None:
    dots = with_mark(ranking(row(districts=DISTRICTS)), "circle")[0]
    assert list(colours(dots)) == ["未到目标", "已到目标"]
    assert {at["region"]: at["series"] for at in dots["records"]} == {
        "东湖区": "未到目标",
        "高新区": "未到目标",
        "白云县": "已到目标",
        "北川县": "已到目标",
    }


def test_a_figure_at_a_strict_limit_falls_short() -> None:
    at = row(limits=[Level(sign="<", value=Decimal(31))], districts=[share("甲", "31", "0")])
    assert labels(ranking(at)) == {"甲": "31（差 0）"}


def test_a_figure_without_a_goal_is_only_shown() -> None:
    chart = ranking(row(limits=[], districts=[share("甲", "31.0", None)]))
    assert labels(chart) == {"甲": "31.0"}
    assert list(colours(with_mark(chart, "circle")[0])) == ["没有可比的数值"]
    assert with_mark(chart, "rule") == []


def test_two_districts_of_one_name_are_two() -> None:
    rows = [row(region=region, region_name="城关区", figure=Decimal(34), gap=Decimal(3)) for region in ("1", "2")]
    assert order(ranking(rows)) == ["城关区 1", "城关区 2"]


@pytest.mark.parametrize("of", [[], row(), row(districts=[share("甲", None, None)]), [row(figure=None)]])
def test_without_figures_it_says_so(of: Any) -> None:
    assert says_no_data(ranking(of))
    assert says_no_data(ranking(of, language="en"), "en")


def test_in_english_and_simulated() -> None:
    chart = ranking(row(districts=DISTRICTS, simulated=True), language="en")
    assert spec_of(chart)["title"]["text"] == ["PM2.5 annual mean concentration (清河市), by district"]
    assert notes(chart)[0] == "Simulated data"
    assert labels(chart)["东湖区"] == "35.1 (short by 4.1)"


def test_a_page_gets_title_and_notes_each_by_itself() -> None:
    told = spec_of(ranking(row(districts=DISTRICTS, simulated=True)))["usermeta"]
    assert told["title"] == "细颗粒物年均浓度（清河市）：各地排名"
    assert told["simulated"] == "模拟数据"
    assert [note[:7] for note in told["notes"]] == ["差距最大的在前"]
    assert spec_of(ranking(row(districts=DISTRICTS)))["usermeta"]["simulated"] == ""


def test_counts_are_ranked_from_nothing_and_in_whole_steps() -> None:
    counted = ranking(row(districts=DISTRICTS, unit="d", indicator="air.heavy_days"))
    x = with_mark(counted, "circle")[0]["encoding"]["x"]
    assert x["scale"]["zero"] is True
    assert x["axis"]["tickMinStep"] == 1
