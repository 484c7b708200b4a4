"""The board at a glance: every target counted once in the whole and once in its area."""

from __future__ import annotations

from typing import Any

from bilan.board.looks import status_looks
from bilan.board.status import STATUSES, Status
from bilan.policy import indicators
from bilan.publish import summary
from bilan.publish.charts_words import colour, contrast, has_word, ink

from .chart_boards import board, row
from .chart_specs import colours, layers, notes, says_no_data, spec_of


def rows(*asked: tuple[str | None, Status]) -> list[Any]:
    return [row(indicator=indicator, status=status) for indicator, status in asked]


AIR, SECTIONS = "air.pm25.annual", next(one.code for one in indicators() if one.area == "water")
FOUR = rows((AIR, "met"), (AIR, "missed"), (AIR, "missed"), (SECTIONS, "cannot_be_judged"))


def bars(chart: Any) -> list[tuple[str, str, int, float, float]]:
    return [
        (at["area"], f"{at['sign']} {at['beside']}{at['alone']}".strip(), at["count"], at["start"], at["end"])
        for at in layers(chart)[0]["records"]
    ]


def test_the_whole_first_then_the_areas_the_largest_first() -> None:
    assert bars(summary(board([*FOUR, *rows((None, "at_risk"), ("no.such", "met"), (None, "met"), (None, "met"))])))[
        -1
    ] == ("没有对应指标（4）", "! 1", 1, 0.75, 1.0)
    chart = summary(board(FOUR))
    assert layers(chart)[0]["encoding"]["y"]["sort"] == ["全部（4）", "大气（3）", "水（1）"]


def test_the_parts_of_a_bar_are_in_the_order_of_the_answers() -> None:
    whole = [bar[1:] for bar in bars(summary(board(FOUR))) if bar[0] == "全部（4）"]
    assert whole == [("✓ 1", 1, 0.0, 0.25), ("✗ 2", 2, 0.25, 0.75), ("? 1", 1, 0.75, 1.0)]


def test_sign_and_number_only_where_they_fit() -> None:
    asked: dict[Status, int] = {"met": 94, "at_risk": 4, "missed": 2}
    many = [one for status, count in asked.items() for one in rows((AIR, status)) * count]
    assert [bar[1] for bar in bars(summary(board(many)))][:3] == ["✓ 94", "4", ""]


def test_the_legend_has_sign_name_and_count_of_all_five() -> None:
    entries = colours(layers(summary(board(FOUR)))[0])
    assert list(entries) == ["✓ 已达到 1", "➔ 正常推进 0", "! 有风险 0", "✗ 未达到 2", "? 不能判定 1"]
    assert len(set(entries.values())) == 5


def test_what_cannot_be_judged_is_grey() -> None:
    red, green, blue = bytes.fromhex(colour("status.cannot_be_judged")[1:])
    assert max(red, green, blue) - min(red, green, blue) < 12


def test_every_answer_has_a_colour_and_text_on_it_can_be_read() -> None:
    """WCAG 2.1, 1.4.3: 4.5 to 1 for text, with large or bold text at 3 to 1."""
    for status in STATUSES:
        assert contrast(ink(colour(f"status.{status}")), colour(f"status.{status}")) >= 4
    assert len({look.symbol for look in status_looks().values()}) == 5


def test_every_area_has_a_name() -> None:
    areas = {indicator.area for indicator in indicators()}
    assert {area for area in areas if not has_word(f"area.{area}")} == set()


def test_the_plan_and_the_day_are_named() -> None:
    assert notes(summary(board(FOUR))) == ["清河市行动计划，截至2026年9月30日"]
    assert notes(summary(board(FOUR, simulated=True)))[0] == "模拟数据"


def test_without_targets_it_says_so() -> None:
    assert says_no_data(summary(board([])))


def test_in_english() -> None:
    chart = summary(board(FOUR), language="en")
    assert spec_of(chart)["title"]["text"] == ["How the targets stand"]
    assert [bar[0] for bar in bars(chart)][-1] == "Water (1)"
    assert list(colours(layers(chart)[0]))[4] == "? cannot be judged 1"
