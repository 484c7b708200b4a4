"""The water quality index of cities and their ranking: 环办监测〔2017〕51号."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import pyarrow as pa
import pytest

from bilan.evaluate.water.items import evaluated
from bilan.evaluate.water.ranking import city_indices, ranked

from .sections import rows_of, wide

# 吉林省 2020 年 1 至 6 月 (page sthjt.jl.gov.cn t20200728_2172924): index and rank as published.
JILIN = {
    "白山": ("3.0229", 1),
    "通化": ("3.4643", 2),
    "长白山": ("3.8408", 3),
    "吉林": ("4.2664", 4),
    "延边": ("4.4195", 5),
    "松原": ("4.6321", 6),
    "公主岭": ("4.8718", 7),
    "长春": ("5.4231", 8),
    "白城": ("5.8976", 9),
    "梅河口": ("6.5198", 10),
    "四平": ("6.8367", 11),
    "辽源": ("7.1454", 12),
}
HALF_LIMITS = {  # half of each class Ⅲ limit, as the standard prints the limits
    "codmn": "3",
    "cod": "10",
    "bod5": "2",
    "nh3n": "0.5",
    "tp": "0.1",
    "cu": "0.5",
    "zn": "0.5",
    "f": "0.5",
    "se": "0.005",
    "as": "0.025",
    "hg": "0.00005",
    "cd": "0.0025",
    "cr6": "0.025",
    "pb": "0.025",
    "cn": "0.1",
    "phenol": "0.0025",
    "oil": "0.025",
    "las": "0.1",
    "s": "0.1",
}


def published(indices: dict[str, str]) -> Any:
    steps = [round(float(value) * 10**8) for value in indices.values()]
    columns = {"city": list(indices), "index_steps": steps, "index": [n / 10**8 for n in steps]}
    return ibis.memtable(pa.table(columns))


def indices(*rows: dict[str, Any]) -> list[Any]:
    return rows_of(city_indices(wide(list(rows))), "index", "rivers", "lakes", "reason", order="city")


@pytest.mark.figure("water.city_index", "worked")
def test_the_cities_of_a_province() -> None:
    """Twelve cities in the published order; 辽源 improved by 51.16 % against 14.6303."""
    now = published({city: index for city, (index, _) in JILIN.items()})
    before = published({"辽源": "14.6303", "白山": "3.0229", "长春": "5.4231"})
    found = {
        row[0]: row[1:] for row in rows_of(ranked(now, before), "city", "rank", "change", "change_rank", order="city")
    }
    assert {city: row[0] for city, row in found.items()} == {city: rank for city, (_, rank) in JILIN.items()}
    assert found["辽源"][1:] == (-51.16, 1)
    assert (found["白山"][1:], found["长春"][1:]) == ((0.0, 2), (0.0, 2))
    assert found["通化"][1:] == (None, None)


@pytest.mark.figure("water.city_index", "worked")
def test_the_index_of_each_item() -> None:
    """The formulas of another program (CWQICalculatorV2017): pH 8 → 0.5, pH 6.4 → 0.6, oxygen 8 → 0.625."""
    alkaline = {"city": "甲", "ph": 8, "do": 10, **HALF_LIMITS}
    assert set(alkaline) - {"city"} == set(evaluated("manual"))
    assert indices(alkaline) == [(10.5, 1, 0, None)]  # 21 items at one half
    acid = {"city": "甲", "ph": "6.4", "do": 8, "codmn": "4.2"}
    assert indices(acid) == [(0.6 + 0.625 + 0.7, 1, 0, None)]


@pytest.mark.figure("water.city_index", "corner")
def test_rivers_and_lakes_are_weighted_by_their_numbers() -> None:
    """Rivers 0.1/0.2 = 0.5 from two sections, the lake 0.1/0.05 = 2: (2 × 0.5 + 2)/3 = 1."""
    rows = [{"city": "甲", "tp": tp} for tp in ("0.05", "0.15")] + [{"city": "甲", "tp": "0.1", "body": "lake"}]
    assert indices(*rows) == [(1.0, 2, 1, None)]


@pytest.mark.figure("water.city_index", "corner")
def test_ties_share_a_rank_and_the_next_is_left_out() -> None:
    """Equal as published, with four decimals, is equal."""
    found = ranked(published({"甲": "3.00001", "乙": "3.00004", "丙": "2.5", "丁": "4"}))
    assert dict(rows_of(found, "city", "rank", order="city")) == {"丙": 1, "甲": 2, "乙": 2, "丁": 4}


@pytest.mark.figure("water.city_index", "corner")
def test_the_limits_of_the_period_s_last_day_judge() -> None:
    assert indices({"city": "甲", "tp": "0.1", "day": date(2002, 1, 1)})[0][0] is None


@pytest.mark.figure("water.city_index", "missing")
def test_a_city_that_lacks_an_item_or_a_body_has_no_rank() -> None:
    rows = [
        {"city": "甲", "tp": "0.1", "nh3n": "0.5"},
        {"city": "乙", "tp": "0.1", "nh3n": None},
        {"city": "丙", "tp": "0.1", "nh3n": "0.5", "body": None},
        {"city": "丁", "tp": "0.1", "nh3n": "0.4"},
    ]
    found = {
        row[0]: row[1:] for row in rows_of(ranked(city_indices(wide(rows[:4]))), "city", "rank", "reason", order="city")
    }
    assert found == {"丁": (1, None), "甲": (2, None), "乙": (None, "缺氨氮"), "丙": (None, "1个断面未注明河流或湖库")}
