"""The parts of a row in words, expected from what a person would write."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bilan.board import phrases
from bilan.board.model import Chance, Level

from .boards import make_board, make_row, share, unjudged

HEAD = make_board([]).head
ABOVE, BELOW = Level(sign="≤", value=Decimal(31)), Level(sign="≥", value=Decimal(20))


def test_a_target_of_the_board_s_own_region_is_called_by_its_name_alone() -> None:
    assert phrases.subject(make_row(), HEAD) == "细颗粒物年均浓度"
    assert phrases.subject(make_row(scope="清河市"), HEAD) == "细颗粒物年均浓度"


def test_another_region_and_a_scope_stand_beside_the_name() -> None:
    assert phrases.subject(make_row(region="990102", region_name="北山区"), HEAD) == "细颗粒物年均浓度（北山区）"
    assert phrases.subject(make_row(scope="白鹭湖"), HEAD, "en") == "细颗粒物年均浓度 (白鹭湖)"
    assert phrases.subject(make_row(name="白鹭湖水质", scope="白鹭湖"), HEAD) == "白鹭湖水质"


def test_what_must_be_known_of_a_figure() -> None:
    assert phrases.marks(make_row(official=True)) == []
    assert phrases.marks(make_row(official=False, source="reported", simulated=True)) == ["暂", "统计报送", "模拟"]
    assert phrases.marks(make_row(source="entered", official=True), "en") == ["entered"]
    assert phrases.marks(unjudged(official=False, simulated=True)) == []  # there is no figure to mark


@pytest.mark.parametrize(
    ("gap", "limits", "unit", "shown"),
    [
        ("3", [ABOVE], "µg/m3", "超 3 µg/m³"),
        ("3", [BELOW], "µg/m3", "差 3 µg/m³"),
        ("3", [BELOW, ABOVE], "µg/m3", "差 3 µg/m³"),
        ("-1.20", [BELOW], "%", "有余 1.2 个百分点"),
        ("0.0", [ABOVE], "天", "恰好达到"),
    ],
)
def test_the_gap_says_which_way_the_goal_is_missed(gap: str, limits: list[Level], unit: str, shown: str) -> None:
    assert phrases.gap(make_row(gap=Decimal(gap), limits=limits, unit=unit)) == shown


THIRD = Level(sign="≤", value=Decimal("32.7333"))


@pytest.mark.parametrize(
    ("form", "figure", "level", "gap", "shown", "apart"),
    [
        ("percent", "36.6", "32.7333", "3.867", "≤32.73", "3.87"),
        ("percent", "36", "32.7333", "3.27", "≤32.7", "3.3"),
        ("percent", "36.6", "30.0012", "6.599", "≤30", "6.6"),
        ("level", "36.6", "32.7333", "3.8667", "≤32.7333", "3.8667"),  # as the plan writes it
        ("level", "36.6", "32.5", "4.100", "≤32.5", "4.1"),
        ("percent", "32.7", "32.7333", "-0.033", "≤32.73", "0.03"),
        ("percent", "33", "32.9967", "0.003", "≤32.997", "0.003"),  # not nothing, and not the figure itself
        ("percent", "94.30", "93.1", "-1.20", "≤93.1", "1.20"),
    ],
)
def test_levels_and_gaps_side_by_side_have_the_same_decimals(
    form: str, figure: str, level: str, gap: str, shown: str, apart: str
) -> None:
    limits = [Level(sign="≤", value=Decimal(level))]
    row = make_row(form=form, figure=Decimal(figure), limits=limits, gap=Decimal(gap))
    assert phrases.levels(row, row.limits) == [shown]
    assert str(phrases.how_far(Decimal(gap), row, row.limits)) == apart


def test_a_step_is_computed_whatever_the_goal_is() -> None:
    row = make_row(figure=Decimal("36.6"), limits=[ABOVE], step=[THIRD], step_gap=Decimal("3.867"))
    assert phrases.levels(row, row.step) == ["≤32.73"]
    assert phrases.step_gap(row) == "比本期进度超 3.87 µg/m³"
    assert phrases.levels(unjudged(limits=[THIRD]), [THIRD]) == ["≤32.7333"]  # no figure to go by


def test_a_course_is_mentioned_only_where_the_figure_lags_behind_a_step_of_its_own() -> None:
    step = [Level(sign="≤", value=Decimal(33))]
    assert phrases.step_gap(make_row(step=step, step_gap=Decimal(1))) == "比本期进度超 1 µg/m³"
    assert phrases.step_gap(make_row(step=step, step_gap=Decimal(-1))) == ""
    assert phrases.step_gap(make_row(step=[ABOVE], step_gap=Decimal(3))) == ""  # the step is the goal: said already


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0%"), (1.0, "100%"), (0.004, "＜1%"), (0.005, "＜1%"), (0.0051, "1%"), (0.5, "50%"), (0.994, "99%"),
     (0.9951, "＞99%"), (0.9999, "＞99%")],
)  # fmt: skip
def test_what_is_not_certain_is_not_said_to_be(value: float, shown: str) -> None:
    assert phrases.probability(Chance(probability=value, reason=None, level=0.9)) == shown


def test_an_interval_has_a_decimal_more_than_whole_figures() -> None:
    chance = Chance(probability=0.4, reason=None, level=0.9, low=31.94, high=37.26, held=9, tried=11)
    assert phrases.interval(make_row(figure=Decimal(34), chance=chance)) == "31.9～37.3"
    assert phrases.interval(make_row(figure=Decimal("34.12"), chance=chance)) == "31.94～37.26"
    assert phrases.coverage(chance, "en") == "held in 9 of 11 years"
    assert phrases.coverage(chance.model_copy(update={"tried": 0})) == ""


def test_no_probability_says_why() -> None:
    none = Chance(probability=None, reason="not_enough_history", level=0.9)
    assert (phrases.probability(none), phrases.no_chance(none)) == ("", "往年数据不足")
    assert phrases.interval(make_row(chance=none)) == ""


def test_the_worst_three_districts_are_named_and_how_many_there_are() -> None:
    figures = [("甲区", "38", "7"), ("乙区", "36", "5"), ("丙区", "33", "2"), ("丁县", "32", "1"), ("戊区", "29", "-2")]
    row = make_row(districts=[share(*one) for one in figures] + [share("己区", None, None)])
    assert phrases.dragging(row) == "拉低：甲区 38（超 7）、乙区 36（超 5）、丙区 33（超 2）等 4 个"


def test_districts_that_keep_the_goal_drag_nobody() -> None:
    assert phrases.dragging(make_row(districts=[share("戊区", "29", "-2"), share("己区", None, None)])) == ""
    assert phrases.dragging(make_row(districts=[share("甲区", "38", "7")]), "en") == "Dragging: 甲区 38 (7 over)"


def test_the_head_says_of_which_day_and_by_which_knowledge() -> None:
    known = HEAD.model_copy(update={"known_at": datetime(2026, 10, 7, 16, tzinfo=UTC)})
    assert phrases.facts(HEAD)[0] == "地区：清河市 · 截至 2026-09-30 · 按现在所知"
    assert phrases.facts(known)[0] == "地区：清河市 · 截至 2026-09-30 · 按 2026-10-08 00:00 所知"
    assert phrases.facts(HEAD, "en")[1] == "plan v3 · policy pol7 · lake 12 · statistics 4 · bilan 0.5.0"


def test_a_period_of_several_months_is_said_from_to() -> None:
    assert phrases.period(make_row()) == "2026-01 至 2026-09"
    assert phrases.period(make_row(period="2025")) == "2025"
    assert phrases.period(unjudged()) == ""


def test_statistics_that_were_never_reported_have_no_version() -> None:
    assert "统计第 — 版" in phrases.versions(HEAD.model_copy(update={"statistics_version": -1}))
    assert "统计第 0 版" in phrases.versions(HEAD.model_copy(update={"statistics_version": 0}))
