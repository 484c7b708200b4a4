"""Compliance of drinking water sources, by count and by volume."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import pyarrow as pa
import pytest

from bilan.evaluate.water.drinking import compliance, sources_judged

from .sections import rows_of, wide


def rates(sources: list[tuple[bool | None, float | None]]) -> Any:
    """Sources with their volume in 万吨, kept in tenths."""
    tenths = [None if volume is None else round(volume * 10) for _, volume in sources]
    table = pa.table(
        {"complies": pa.array([ok for ok, _ in sources], pa.bool_()), "volume": pa.array(tenths, pa.int64())}
    )
    return rows_of(compliance(ibis.memtable(table)), "judged", "count_rate", "volume_rate", "reason", order=None)[0]


def judged(*rows: dict[str, Any]) -> list[Any]:
    table = wide([{"kind": "river", **row} for row in rows])
    return rows_of(sources_judged(table), "complies", "exceeded", "reason")


@pytest.mark.figure("water.drinking_compliance", "worked")
def test_a_province_by_volume() -> None:
    """安徽省 16 市 2019 年 6 月 (page ahscb 282074): 10781.2 of 11022.2 万吨 comply, 97.8 %."""
    assert rates([(True, 10781.2), (False, 11022.2 - 10781.2)])[2] == 97.8


@pytest.mark.figure("water.drinking_compliance", "worked")
def test_a_city_by_both() -> None:
    """衢州市 2016 年 6 月 (page 360docs 761761476): 7 sources, all 1057.3 万吨 comply."""
    assert rates([(True, 151.0)] * 6 + [(True, 151.3)])[:3] == (7, 100.0, 100.0)


@pytest.mark.figure("water.drinking_compliance", "worked")
def test_the_country_by_count() -> None:
    """2019 年简况 (page jiangsulong 050M5FA2020): 565 of 590 surface sources comply all year, 95.8 %."""
    assert rates([(True, None)] * 565 + [(False, None)] * 25)[1] == 95.8


@pytest.mark.figure("water.drinking_compliance", "corner")
def test_count_and_volume_are_two_figures() -> None:
    assert rates([(True, 10.0), (True, 10.0), (False, 80.0)])[1:3] == (66.7, 20.0)


@pytest.mark.figure("water.drinking_compliance", "missing")
def test_sources_that_cannot_be_judged_or_have_no_volume() -> None:
    assert rates([(True, 10.0), (None, 90.0)]) == (1, 100.0, 100.0, "1个水源不能评价，未计入")
    assert rates([(True, None), (False, 10.0)]) == (2, 50.0, None, "1个水源没有水量，不算按水量的达标率")
    assert rates([(None, 10.0)]) == (0, None, None, "没有一个水源可以评价")


@pytest.mark.figure("water.drinking_compliance", "corner")
def test_surface_sources_by_all_three_tables() -> None:
    rows = [
        {"nh3n": "1.0", "硫酸盐": 250, "锑": "0.005"},  # all at their limits
        {"nh3n": "1.2", "硫酸盐": 250},
        {"nh3n": "1.0", "硫酸盐": "300", "锑": "0.01"},
        {"tn": 9, "coliform": 99999, "do": 6},  # neither counts
        {"tp": "0.06", "kind": "lake"},
        {"tp": "0.06"},
        {"do": "4.9"},
    ]
    found = judged(*rows)
    texts = ["", "氨氮(0.2)", "硫酸盐(0.2)、锑(1.0)", "", "总磷(0.2)", "", "溶解氧"]
    assert [row[0] for row in found] == [not text for text in texts]
    assert [row[1] for row in found] == texts


@pytest.mark.figure("water.drinking_compliance", "corner")
def test_groundwater_by_its_own_standard() -> None:
    rows = [
        {"kind": "groundwater", "nh3n": "0.5", "ph": "6.5", "总硬度": 450},
        {"kind": "groundwater", "nh3n": "0.6", "ph": "8.6", "总硬度": 450},
        {"kind": "groundwater", "三氯甲烷": "0.06"},  # 60 μg/L
        {"kind": "groundwater", "三氯甲烷": "0.09"},
        {"kind": "groundwater", "nh3n": "0.5", "day": date(2017, 1, 1)},  # before the standard
    ]
    found = judged(*rows)
    assert [row[:2] for row in found[:4]] == [
        (True, ""),
        (False, "pH、氨氮(0.2)"),
        (True, ""),
        (False, "三氯甲烷(0.5)"),
    ]
    assert found[4][0] is None


@pytest.mark.figure("water.drinking_compliance", "missing")
def test_what_a_source_lacks() -> None:
    found = judged({"nh3n": "0.4", "withheld": "铁（--）"}, {"nh3n": "0.4", "kind": None}, {"nh3n": None})
    assert [row[0] for row in found] == [None, None, None]
    assert [row[2] for row in found] == [
        "无有效值：铁（--）",
        "未注明河流型、湖库型或地下水型",
        "没有参评项目的数据，或当日没有生效的标准",
    ]
