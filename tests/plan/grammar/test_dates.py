"""Deadlines, baselines, start years and the past, as plans write them."""

from __future__ import annotations

import pytest

from bilan.plan.grammar.dates import dates

DUE: dict[str, str] = {
    "到2027年,": "2027",
    "2027年底前,": "2027-12",
    "2027年年底前": "2027-12",
    "2027年末": "2027-12",
    "2027年12月底前": "2027-12",
    "2026年5月底前,": "2026-05",
    "2026年9月30日前": "2026-09",
    "2026年上半年": "2026-06",
    "2026年下半年": "2026-12",
    "2026年第三季度": "2026Q3",
    "2026年一季度": "2026Q1",
    "“十五五”期间,": "2030",
    "到“十五五”末": "2030",
    "“十四五”时期": "2025",
    "2026—2028年": "2028",
    "2026年至2028年": "2028",
    "2026年11月至2027年3月": "2026-11/2027-03",
    "2026—2027年秋冬季": "2026-10/2027-03",
    "2026年—2027年秋冬季": "2026-10/2027-03",
    "2026—2027年度采暖季": "2026-11/2027-03",
    "2026—2028年秋冬季": "2028",  # every winter until then
    "2026—2027年汛期": "2027",
    "力争到2035年": "2035",
    "2028年前": "2028",
}


@pytest.mark.parametrize(("text", "period"), DUE.items())
def test_deadline(text: str, period: str) -> None:
    found = dates(text.replace("—", "-"))
    assert [(d.period, d.kind) for d in found] == [(period, "due")]


@pytest.mark.parametrize(
    ("text", "period", "kind"),
    [
        ("比2025年", "2025", "baseline"),
        ("较2024年", "2024", "baseline"),
        ("与2025年相比", "2025", "baseline"),
        ("在2025年基础上", "2025", "baseline"),
        ("2025年的水平", "2025", "baseline"),
        ("以2025年为基准", "2025", "baseline"),
        ("较“十四五”末", "2025", "baseline"),
        ("2026年起", "2026", "start"),
        ("自2026年", "2026", "start"),
        ("从2026年开始", "2026", "start"),
        ("2027年以后", "2027", "start"),
        ("截至2025年底", "2025-12", "past"),
        ("截止到2024年", "2024", "past"),
        ("2021年以来", "2021", "past"),
        ("“十四五”以来", "2025", "past"),
        ("截至“十四五”末", "2025", "past"),
    ],
)
def test_other_kinds(text: str, period: str, kind: str) -> None:
    assert [(d.period, d.kind) for d in dates(text)] == [(period, kind)]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("8月底前", "2027-08"),
        ("11月15日前", "2027-11"),
        ("年底前", "2027-12"),
        ("今年底前", "2027-12"),
        ("年内", "2027"),
        ("上半年", "2027-06"),
        ("三季度末", "2027Q3"),
    ],
)
def test_a_yearly_plan_completes_the_year(text: str, period: str) -> None:
    assert [d.period for d in dates(text, 2027)] == [period]
    assert dates(text) == []


def test_what_lies_before_the_issue_is_past() -> None:
    assert [d.kind for d in dates("2024年完成整治12处", issued=2026)] == ["past"]
    assert [d.kind for d in dates("2026年完成整治12处", issued=2026)] == ["due"]


@pytest.mark.parametrize("text", ["2027个", "12月的河面", "〇年", "20年以上", "3年行动", "第2027号", ""])
def test_no_date(text: str) -> None:
    assert dates(text) == []


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2026年10月至2027年3月", "2026-10/2027-03"),
        ("2026年10月至2026年3月", "2026-03"),
        ("2026年13月至2027年3月", "2027-03"),
        ("2026年0月至2027年3月", "2027-03"),
        ("2026年10月至2027年99月", "2027"),
        ("2027年13月", "2027"),
    ],
)
def test_a_season_with_months_that_no_year_has(text: str, period: str) -> None:
    assert [d.period for d in dates(text)] == [period]


def test_dates_in_order_with_their_places() -> None:
    text = "2026年底前启动,到2028年化肥使用量比2025年下降"
    found = dates(text)
    assert [text[d.start : d.end] for d in found] == ["2026年底前", "到2028年", "比2025年"]
    assert [d.kind for d in found] == ["due", "due", "baseline"]


def test_only_a_deadline_with_a_year_carries_to_the_next_clause() -> None:
    assert [d.carries for d in dates("到2028年")] == [True]
    assert [d.carries for d in dates("8月底前", 2027)] == [False]
