"""Exceeding multiples and main pollutants: 环办〔2011〕22号."""

from __future__ import annotations

import pytest

from bilan.evaluate.water.classes import Way, classified
from bilan.evaluate.water.pollutants import exceedances, with_exceeding, with_pollutants

from .sections import rows_of, wide

MANUAL = Way.of("manual")


def polluted(rows: list[dict[str, object]]) -> list[str | None]:
    return rows_of(with_pollutants(classified(wide(rows), MANUAL), ["row"], "manual"), "main_pollutants")


@pytest.mark.figure("water.exceeding_multiple", "worked")
@pytest.mark.figure("water.main_pollutants", "worked")
def test_a_border_section_of_guangdong() -> None:
    """广东省 2016 年 4 月交接断面 (page swhqglq post_434417): 氨氮/1.3、总磷/0.6、化学需氧量/0.2, 劣Ⅴ."""
    row = {"nh3n": "2.3", "tp": "0.32", "cod": 24, "do": 6, "ph": 7}
    assert polluted([row]) == ["氨氮(1.3)、总磷(0.6)、化学需氧量(0.2)"]
    assert rows_of(classified(wide([row]), MANUAL), "class", "status") == [("劣Ⅴ", "重度污染")]


@pytest.mark.figure("water.main_pollutants", "worked")
def test_worse_classes_come_before_larger_multiples() -> None:
    """全国 2007 年第 2 周 (gov.cn 502095): CODMn 13.3 and NH3-N 1.77, both Ⅴ; ordered by multiple since 2011."""
    assert polluted([{"ph": "7.66", "do": "6.03", "codmn": "13.3", "nh3n": "1.77"}]) == ["高锰酸盐指数(1.2)、氨氮(0.8)"]


@pytest.mark.figure("water.exceeding_multiple", "corner")
def test_no_multiple_for_ph_and_oxygen_and_none_at_the_limit() -> None:
    rows = [{"do": 2, "ph": "4.5", "tp": "0.2"}, {"tp": "0.208"}, {"tp": "0.3"}]
    table = classified(wide(rows), Way("manual"))
    found = rows_of(
        exceedances(table, ["row"], "manual").order_by("row", "place"), "row", "item", "multiple", order=None
    )
    assert found == [(0, "ph", None), (0, "do", None), (1, "tp", 400), (2, "tp", 5000)]
    texts = rows_of(with_exceeding(table, ["row"], "manual"), "exceeding")
    assert texts == ["pH、溶解氧", "总磷(0.04)", "总磷(0.5)"]  # never printed as zero


@pytest.mark.figure("water.exceeding_multiple", "corner")
def test_lakes_are_measured_by_their_own_limit() -> None:
    assert polluted([{"tp": "0.1", "body": "lake"}, {"tp": "0.3"}]) == ["总磷(1.0)", "总磷(0.5)"]


@pytest.mark.figure("water.exceeding_multiple", "missing")
def test_without_a_body_there_is_no_multiple_of_phosphorus() -> None:
    """0.5 mg/L is class 劣Ⅴ either way, 1.5 times the limit of rivers and 9.0 times that of lakes."""
    rows = [{"tp": "0.5", "nh3n": 3, "body": None}, {"tp": "0.35", "nh3n": 3, "body": None}, {"tp": "0.5", "nh3n": 3}]
    table = with_pollutants(classified(wide(rows)), ["row"])
    found = rows_of(with_exceeding(table, ["row"]), "class", "main_pollutants", "exceeding", "reason")
    assert [row[:3] for row in found] == [
        ("劣Ⅴ", "氨氮(2.0)、总磷", "氨氮(2.0)、总磷"),
        ("劣Ⅴ", "氨氮(2.0)", "氨氮(2.0)"),
        ("劣Ⅴ", "氨氮(2.0)、总磷(1.5)", "氨氮(2.0)、总磷(1.5)"),
    ]
    assert found[0][3].endswith("，按其余项目评价；未注明河流或湖库，总磷不给超标倍数")
    assert found[1][3].endswith("；未注明河流或湖库，总磷的类别不能确定，不列入")
    assert "河流" not in found[2][3]


@pytest.mark.figure("water.main_pollutants", "corner")
def test_cyanide_and_heavy_metals_come_first() -> None:
    row = {"nh3n": 9, "codmn": 30, "pb": "0.06", "cn": "0.3", "cod": 90}
    assert polluted([row]) == ["氰化物(0.5)、铅(0.2)、氨氮(8.0)"]


@pytest.mark.figure("water.main_pollutants", "corner")
def test_ties_keep_the_order_of_the_standard_and_items_without_a_multiple_follow() -> None:
    tie = {"codmn": 9, "cod": 30, "bod5": 6, "nh3n": "1.5"}  # all Ⅳ, all half over
    oxygen = {"do": "2.5", "codmn": 12}  # both Ⅴ
    assert polluted([tie, oxygen]) == [
        "高锰酸盐指数(0.5)、化学需氧量(0.5)、五日生化需氧量(0.5)",
        "高锰酸盐指数(1.0)、溶解氧",
    ]


@pytest.mark.figure("water.main_pollutants", "missing")
@pytest.mark.figure("water.exceeding_multiple", "missing")
def test_without_a_class_there_is_none_and_good_water_has_none() -> None:
    rows = [{"tp": "0.5", "withheld": "氨氮（--）"}, {"tp": "0.2"}, {"tp": None}]
    assert polluted(rows) == [None, "", None]
    assert rows_of(with_exceeding(classified(wide(rows)), ["row"]), "exceeding") == [None, "", None]
