"""Shares of sections by class, and the grade of rivers: 环办〔2011〕22号."""

from __future__ import annotations

from typing import Any

import ibis
import pytest

from bilan.evaluate.water.grades import river_grades
from bilan.evaluate.water.shares import shares

from .sections import rows_of, wide

OXYGEN = {1: "8", 2: "6.5", 3: "5.5", 4: "4", 5: "2.5", 6: "1"}  # mg/L that make each class


def sections(counts: dict[int, int]) -> list[int]:
    return [number for number, times in counts.items() for _ in range(times)]


def ratios(numbers: list[int | None]) -> Any:
    found = shares(ibis.memtable({"class_number": numbers}, schema={"class_number": "int64"}))
    return rows_of(found, "judged", "good_ratio", "inferior_ratio", order=None)[0]


def grades(numbers: list[int], **extra: Any) -> dict[str, Any]:
    rows = [{"river": "清河", "section": f"{n:02d}", "do": OXYGEN[number], **extra} for n, number in enumerate(numbers)]
    (found,) = river_grades(wide(rows), "river", "section").to_pyarrow().to_pylist()
    return found


@pytest.mark.figure("water.good_ratio", "worked")
@pytest.mark.figure("water.inferior_ratio", "worked")
@pytest.mark.parametrize(
    ("counts", "good", "inferior"),
    [
        ({2: 16, 3: 12, 4: 6, 6: 8}, 66.7, 19.0),  # 江苏省 2015 年第 7 周, sthjt.jiangsu.gov.cn art_83577_10045469
        ({3: 49, 4: 9, 5: 6, 6: 19}, 59.0, 22.9),  # 全国主要水系 2007 年第 2 周, gov.cn 502095
    ],
)
def test_published_weeks(counts: dict[int, int], good: float, inferior: float) -> None:
    assert ratios(sections(counts))[1:] == (good, inferior)


@pytest.mark.figure("water.good_ratio", "missing")
@pytest.mark.figure("water.inferior_ratio", "missing")
def test_a_section_without_a_class_is_in_neither_part() -> None:
    assert ratios([1, 3, 4, 6, None]) == (4, 50.0, 25.0)
    assert ratios([None]) == (0, None, None)


@pytest.mark.figure("water.good_ratio", "corner")
@pytest.mark.figure("water.inferior_ratio", "corner")
def test_ratios_round_half_to_even() -> None:
    """GB/T 8170: 1 of 16 is 6.25 %, published 6.2; 3 of 16 is 18.75 %, published 18.8."""
    assert ratios(sections({1: 1, 4: 12, 6: 3}))[1:] == (6.2, 18.8)
    assert ratios(sections({1: 3}))[1:] == (100.0, 0.0)


@pytest.mark.figure("water.river_grade", "worked")
@pytest.mark.parametrize(
    ("counts", "good", "inferior", "grade"),
    [
        ({2: 76, 4: 13, 6: 5}, 80.9, 5.3, "良好"),  # the whole Yangtze system, 94 sections
        ({2: 31, 4: 1}, 96.9, 0.0, "优"),  # its main stream
        ({2: 45, 4: 12, 6: 5}, 72.6, 8.1, "轻度污染"),  # its tributaries
        ({2: 15, 4: 3, 6: 1}, 78.9, 5.3, "良好"),  # its province borders
    ],
)
def test_the_yangtze_as_a_bulletin_has_it(counts: dict[int, int], good: float, inferior: float, grade: str) -> None:
    """长江水系年度公报文本 (page yuxin186 2610206)."""
    found = grades(sections(counts))
    assert (found["good_ratio"], found["inferior_ratio"], found["grade"]) == (good, inferior, grade)
    assert found["method"] == "shares"


@pytest.mark.figure("water.river_grade", "corner")
@pytest.mark.parametrize(
    ("counts", "grade"),
    [
        ({1: 9, 4: 1}, "优"),  # exactly 90 %
        ({1: 89, 4: 11}, "良好"),
        ({1: 3, 4: 2}, "轻度污染"),  # exactly five sections, 60 %
        ({1: 15, 4: 5}, "良好"),  # exactly 75 %
        ({1: 74, 4: 26}, "轻度污染"),
        ({1: 3, 4: 1, 6: 1}, "中度污染"),  # exactly 20 % worse than Ⅴ, five sections
        ({1: 3, 6: 2}, "重度污染"),  # exactly 60 and 40 %
        ({4: 3, 6: 2}, "重度污染"),
        ({1: 15, 6: 5}, "良好"),  # at 75 % the share of the worst does not count
    ],
)
def test_at_the_bounds_of_the_share_rule(counts: dict[int, int], grade: str) -> None:
    assert grades(sections(counts))["grade"] == grade


@pytest.mark.figure("water.river_grade", "corner")
def test_four_sections_are_averaged_and_five_are_counted() -> None:
    four, five = grades([1, 1, 1, 6]), grades([1, 1, 1, 1, 6])
    assert (four["method"], four["class"], four["grade"]) == ("mean", "Ⅱ", "优")  # (8 + 8 + 8 + 1) / 4 = 6.25 mg/L
    assert (five["method"], five["class"], five["grade"]) == ("shares", None, "良好")


@pytest.mark.figure("water.river_grade", "corner")
def test_main_pollutants_of_rivers() -> None:
    few = [
        {"river": "清河", "section": "上", "tp": "0.3", "do": 8},
        {"river": "清河", "section": "下", "tp": "0.5", "do": 8},
        {"river": "清河", "section": "中", "tp": "0.2", "do": 8},
    ]
    (found,) = rows_of(river_grades(wide(few), "river", "section"), "grade", "main_pollutants", order=None)
    assert found == ("中度污染", "上：总磷(0.5)；下：总磷(1.5)")  # the mean is 0.333 mg/L, class Ⅴ
    phosphorus, ammonia = ("0.3", "0.3", "0.3", "0.1", "0.1"), ("1.2", "1.2", "0.1", "0.1", "0.1")
    many = [
        {"river": "清河", "section": str(n), "tp": tp, "nh3n": nh3n}
        for n, (tp, nh3n) in enumerate(zip(phosphorus, ammonia, strict=True))
    ]
    (found,) = rows_of(river_grades(wide(many), "river", "section"), "grade", "main_pollutants", order=None)
    assert found == ("轻度污染", "总磷(60.0%)、氨氮(40.0%)")


@pytest.mark.figure("water.river_grade", "missing")
def test_sections_without_a_class() -> None:
    rows: list[dict[str, Any]] = [
        {"river": "清河", "section": str(n), "do": "8", "withheld": "总磷（--）" if n == 5 else None} for n in range(6)
    ]
    (found,) = river_grades(wide(rows), "river", "section").to_pyarrow().to_pylist()
    assert (found["sections"], found["judged"], found["grade"]) == (6, 5, "优")
    assert found["reason"] == "1个断面没有类别，未计入"
    for n in (3, 4):
        rows[n]["withheld"] = "总磷（--）"
    (found,) = river_grades(wide(rows), "river", "section").to_pyarrow().to_pylist()
    assert (found["judged"], found["good_ratio"], found["grade"]) == (3, 100.0, "优")
    assert found["reason"] == "3个断面没有类别，未计入；有类别的断面不足 75%，比例仅供参考"
    nothing = [{"river": "清河", "section": "上", "do": None, "withheld": "溶解氧（--）"}]
    (found,) = river_grades(wide(nothing), "river", "section").to_pyarrow().to_pylist()
    assert (found["judged"], found["grade"]) == (0, None)
    assert found["reason"] == "无有效值：溶解氧"


@pytest.mark.figure("water.river_grade", "missing")
def test_a_mean_says_on_how_many_sections_an_item_rests() -> None:
    """A section without a class is in the means of the items that it has: its class is missing, not its values."""
    rows: list[dict[str, Any]] = [
        {"river": "清河", "section": "上", "do": "8", "tp": "0.1"},
        {"river": "清河", "section": "中", "do": "5.5", "tp": None, "withheld": "总磷（--）"},
        {"river": "清河", "section": "下", "do": "8", "tp": "0.1"},
    ]
    (found,) = river_grades(wide(rows), "river", "section").to_pyarrow().to_pylist()
    assert (found["sections"], found["judged"], found["method"], found["class"]) == (3, 2, "mean", "Ⅱ")
    assert "未计入" not in found["reason"]
    assert found["reason"].endswith("共3个断面，均值只含有值的断面：总磷2个")
    rows[1] = {**rows[0], "section": "中"}
    (found,) = river_grades(wide(rows), "river", "section").to_pyarrow().to_pylist()
    assert "均值" not in found["reason"]


@pytest.mark.figure("water.river_grade", "corner")
@pytest.mark.parametrize("names", [("section", "name"), ("name", "section"), ("item", "text"), ("place", "rank")])
def test_the_columns_of_groups_and_sections_may_have_any_name(names: tuple[str, str]) -> None:
    by, section = names
    rows = [{by: "清河", section: str(n), "nh3n": nh3n} for n, nh3n in enumerate(("1.2", "1.2", "0.1", "0.1", "0.1"))]
    for count, polluted in ((5, "氨氮(40.0%)"), (2, "0：氨氮(0.2)；1：氨氮(0.2)")):
        (found,) = river_grades(wide(rows[:count]), by, section).to_pyarrow().to_pylist()
        assert (found[by], found["main_pollutants"]) == ("清河", polluted)


@pytest.mark.figure("water.good_ratio", "missing")
@pytest.mark.figure("water.inferior_ratio", "missing")
def test_shares_of_few_judged_sections_are_published_with_a_warning() -> None:
    """Exactly three quarters are enough: 3 of 4, but not 2 of 3."""
    reasons = []
    for numbers in ([1, 1, 1, None], [1, 1, None]):
        table = ibis.memtable({"class_number": numbers}, schema={"class_number": "int64"})
        reasons.append(rows_of(shares(table), "good_ratio", "reason", order=None)[0])
    assert reasons == [
        (100.0, "1个断面没有类别，未计入"),
        (100.0, "1个断面没有类别，未计入；有类别的断面不足 75%，比例仅供参考"),
    ]


@pytest.mark.figure("water.river_grade", "corner")
def test_rivers_and_lakes_together_have_no_common_mean() -> None:
    rows = [
        {"river": "清河", "section": "上", "tp": "0.1", "do": 8, "body": "river"},
        {"river": "清河", "section": "湖", "tp": "0.1", "do": 8, "body": "lake"},
    ]
    (found,) = river_grades(wide(rows), "river", "section").to_pyarrow().to_pylist()
    assert found["grade"] is None
    assert "未注明河流或湖库" in found["reason"]
