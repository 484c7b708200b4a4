"""The class of a section: GB 3838-2002, table 1, and 环办〔2011〕22号."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bilan.evaluate.water.classes import Way, classified
from bilan.policy.standards import tables, using_folder

from .sections import rows_of, wide

NAMES = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ")

# Limits of classes Ⅰ to Ⅴ as the standard prints them, and the finest step in which each is reported.
UPPER = {
    "codmn": (("2", "4", "6", "10", "15"), "0.01"),
    "cod": (("15", "15", "20", "30", "40"), "0.1"),
    "bod5": (("3", "3", "4", "6", "10"), "0.1"),
    "nh3n": (("0.15", "0.5", "1.0", "1.5", "2.0"), "0.0001"),
    "cu": (("0.01", "1.0", "1.0", "1.0", "1.0"), "0.0001"),
    "zn": (("0.05", "1.0", "1.0", "2.0", "2.0"), "0.0001"),
    "f": (("1.0", "1.0", "1.0", "1.5", "1.5"), "0.001"),
    "se": (("0.01", "0.01", "0.01", "0.02", "0.02"), "0.0001"),
    "as": (("0.05", "0.05", "0.05", "0.1", "0.1"), "0.0001"),
    "hg": (("0.00005", "0.00005", "0.0001", "0.001", "0.001"), "0.00001"),
    "cd": (("0.001", "0.005", "0.005", "0.005", "0.01"), "0.0001"),
    "cr6": (("0.01", "0.05", "0.05", "0.05", "0.1"), "0.001"),
    "pb": (("0.01", "0.01", "0.05", "0.05", "0.1"), "0.001"),
    "cn": (("0.005", "0.05", "0.2", "0.2", "0.2"), "0.001"),
    "phenol": (("0.002", "0.002", "0.005", "0.01", "0.1"), "0.0001"),
    "oil": (("0.05", "0.05", "0.05", "0.5", "1.0"), "0.01"),
    "las": (("0.2", "0.2", "0.2", "0.3", "0.3"), "0.01"),
    "s": (("0.05", "0.1", "0.2", "0.5", "1.0"), "0.001"),
}
EXACT = Way("manual")  # compared as they are, so that one step beyond a limit is beyond


def classes(rows: list[dict[str, object]], way: Way | None = None) -> list[str | None]:
    return rows_of(classified(wide(rows), way), "class")


@pytest.mark.figure("water.class", "worked")
@pytest.mark.figure("water.section_status", "worked")
def test_a_district_s_monthly_report() -> None:
    """上海市静安区 2024 年 2 月考核断面 (page yrdcpcn 20250815 i303043): total nitrogen does not count."""
    names = ("ph", "do", "codmn", "cod", "bod5", "nh3n", "tp", "tn", "phenol", "oil")
    printed = [
        ("8 9.5 3.2 12 2.8 0.59 0.11 2.56 0.0004 0.005", "Ⅲ", "良好"),
        ("9 10.8 3.4 13 2.9 0.48 0.12 2.07 0.0002 0.005", "Ⅲ", "良好"),
        ("8 11.8 2.8 10 2.1 0.06 0.02 0.35 0.0002 0.005", "Ⅱ", "优"),
        ("8 11.5 3.8 16 3.0 0.07 0.04 0.35 0.0004 0.005", "Ⅲ", "良好"),
    ]
    rows = [dict(zip(names, values.split(), strict=True)) for values, *_ in printed]
    found = classified(wide(rows), Way.of("manual"))
    assert rows_of(found, "class", "status") == [(name, status) for _, name, status in printed]
    assert rows_of(found, "deciding_items") == ["氨氮,总磷", "总磷", "高锰酸盐指数", "化学需氧量"]


@pytest.mark.figure("water.class", "worked")
def test_a_reservoir_and_the_river_that_feeds_it() -> None:
    """淳安县 2015 年 7 月千岛湖 (page wdranch-az 8560273): the dam is a lake, its inlet a river."""
    dam = {"codmn": "1.42", "nh3n": "0.012", "tp": "0.005", "tn": "0.98", "body": "lake"}
    inlet = {"codmn": "1.91", "nh3n": "0.053", "tp": "0.034", "tn": "1.68", "body": "river"}
    assert classes([dam, inlet]) == ["Ⅰ", "Ⅱ"]


@pytest.mark.figure("water.class", "corner")
@pytest.mark.parametrize("item", UPPER)
def test_a_value_at_the_limit_meets_it_and_one_step_beyond_does_not(item: str) -> None:
    limits, step = UPPER[item]
    best = [next(n for n, limit in enumerate(limits) if Decimal(value) <= Decimal(limit)) for value in limits]
    beyond = [Decimal(value) + Decimal(step) for value in limits]
    next_best = [next((n for n, limit in enumerate(limits) if value <= Decimal(limit)), 5) for value in beyond]
    assert classes([{item: value} for value in limits], EXACT) == [NAMES[n] for n in best]
    assert classes([{item: value} for value in beyond], EXACT) == [NAMES[n] for n in next_best]


@pytest.mark.figure("water.class", "corner")
def test_oxygen_and_ph_at_their_limits() -> None:
    oxygen = ["7.5", "7.4999", "6", "5.9999", "5", "4.998", "3", "2.9999", "2", "1.9999"]
    assert classes([{"do": value} for value in oxygen]) == ["Ⅰ", "Ⅱ", "Ⅱ", "Ⅲ", "Ⅲ", "Ⅳ", "Ⅳ", "Ⅴ", "Ⅴ", "劣Ⅴ"]
    assert classes([{"ph": value} for value in ("6", "9", "5.99", "9.01")]) == ["Ⅰ", "Ⅰ", "劣Ⅴ", "劣Ⅴ"]


@pytest.mark.figure("water.class", "corner")
def test_phosphorus_of_rivers_and_of_lakes() -> None:
    limits = ("0.01", "0.02", "0.025", "0.05", "0.1", "0.2", "0.3", "0.4", "0.41")
    assert classes([{"tp": v} for v in limits]) == ["Ⅰ", "Ⅰ", "Ⅱ", "Ⅱ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"]
    lakes = [{"tp": v, "body": "lake"} for v in limits]
    assert classes(lakes) == ["Ⅰ", "Ⅱ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ", "劣Ⅴ", "劣Ⅴ"]


@pytest.mark.figure("water.class", "corner")
def test_nitrogen_temperature_and_coliforms_do_not_count() -> None:
    row = {"do": 8, "tn": 30, "water_temp": 35, "coliform": 90000, "body": "lake"}
    assert classes([row], EXACT) == ["Ⅰ"]


@pytest.mark.figure("water.class", "corner")
def test_automatic_values_are_compared_unrounded_and_manual_ones_rounded() -> None:
    """0.1004 is shown as 0.100 and yet class Ⅲ in the national feed; 4.998 is shown as 5.00 and Ⅳ."""
    rows = [{"tp": "0.1004"}, {"do": "4.998"}, {"nh3n": "0.155"}, {"nh3n": "0.145"}, {"ph": "9.4"}, {"ph": "9.5"}]
    assert classes(rows) == ["Ⅲ", "Ⅳ", "Ⅱ", "Ⅰ", "劣Ⅴ", "劣Ⅴ"]
    # half to even: 0.155 → 0.16, 0.145 → 0.14; pH in whole numbers: 9.4 → 9, 9.5 → 10
    assert classes(rows, Way.of("manual")) == ["Ⅱ", "Ⅲ", "Ⅱ", "Ⅰ", "Ⅰ", "劣Ⅴ"]


@pytest.mark.figure("water.class", "corner")
def test_oxygen_of_class_one_by_saturation() -> None:
    """At 30 °C 468/(31.6 + 30) = 7.597 mg/L saturate: 90 % are 6.838, which is less than 7.5."""
    rows = [
        {"do": "6.9", "water_temp": 30},
        {"do": "6.8", "water_temp": 30},
        {"do": "6.9"},
        {"do": "13", "water_temp": -1},
    ]
    found = classified(wide(rows), Way("manual", saturation=True))
    assert rows_of(found, "class") == ["Ⅰ", "Ⅱ", "Ⅱ", "Ⅰ"]
    assert "饱和率" in rows_of(found, "reason")[0]
    assert classes(rows) == ["Ⅱ", "Ⅱ", "Ⅱ", "Ⅰ"]  # the automatic system uses 7.5 mg/L only


@pytest.mark.figure("water.class", "corner")
def test_without_a_type_both_columns_must_agree() -> None:
    rows = [
        {"tp": "0.005", "do": 8, "body": None},  # Ⅰ by either
        {"tp": "0.1", "do": "2.5", "body": None},  # Ⅱ or Ⅳ, but oxygen makes it Ⅴ
        {"tp": "0.1", "do": 8, "body": None},  # Ⅱ or Ⅳ
    ]
    found = classified(wide(rows))
    assert rows_of(found, "class", "deciding_items") == [("Ⅰ", "溶解氧,总磷"), ("Ⅴ", "溶解氧"), (None, None)]
    assert rows_of(found, "reason")[2] == "未注明河流或湖库：按河流为Ⅱ，按湖库为Ⅳ"


@pytest.mark.figure("water.class", "missing")
@pytest.mark.figure("water.section_status", "missing")
def test_missing_values_and_days() -> None:
    rows = [
        {"do": 8, "tp": None},
        {"do": 8, "tp": "0.1", "withheld": "总磷（--）"},
        {"do": None, "tp": None},
        {"do": 8, "tp": "0.1", "day": None},
        {"do": 8, "tp": "0.1", "day": date(2002, 5, 31)},
        {"do": 8, "tp": "0.1", "day": date(2002, 6, 1)},
        {"do": 8, "remark": "这一行有 3 格，应为 4 格"},
    ]
    found = rows_of(classified(wide(rows)), "class", "status", "reason")
    assert found[0] == ("Ⅰ", "优", "未测总磷、pH、高锰酸盐指数、氨氮，按其余项目评价")
    assert found[1] == (None, None, "无有效值：总磷（--）")
    assert found[2] == (None, None, "没有参评项目的数据")
    assert found[3][0] is None and "日期" in found[3][2]
    assert found[4] == (None, None, "2002-05-31没有生效的地表水标准")
    assert found[5][0] == "Ⅱ"
    assert found[6] == (None, None, "这一行有 3 格，应为 4 格")


@pytest.mark.figure("water.section_status", "corner")
def test_the_words_for_every_class() -> None:
    oxygen = ("8", "6.5", "5.5", "4", "2.5", "1")
    words = ["优", "优", "良好", "轻度污染", "中度污染", "重度污染"]
    assert rows_of(classified(wide([{"do": value} for value in oxygen])), "status") == words


@pytest.mark.figure("water.class", "corner")
def test_a_new_version_of_the_standard_needs_only_a_file(tmp_path: Path) -> None:
    """A draft that halves the limits of ammonia from 2030 on: the day of the value chooses, nothing else changes."""
    folder = tmp_path / "standards"
    shutil.copytree(tables.FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    old = folder / "water-limits-gb3838-2002.csv"
    text = old.read_text(encoding="utf-8")
    old.write_text(text.replace("# valid_to:\n", "# valid_to: 2030-01-01\n"), encoding="utf-8")
    new = text.replace("# valid_from: 2002-06-01", "# valid_from: 2030-01-01").replace("GB 3838-2002", "GB 3838-2029")
    new = new.replace("nh3n,le,all,0.15,0.5,1,1.5,2", "nh3n,le,all,0.075,0.25,0.5,0.75,1")
    (folder / "water-limits-gb3838-2029.csv").write_text(new, encoding="utf-8")
    rows = [{"nh3n": "0.8", "day": date(2029, 12, 31)}, {"nh3n": "0.8", "day": date(2030, 1, 1)}]
    with using_folder(folder):
        assert classes(rows) == ["Ⅲ", "Ⅴ"]
    assert classes(rows) == ["Ⅲ", "Ⅲ"]


@pytest.mark.figure("water.class", "missing")
@pytest.mark.figure("water.section_status", "missing")
def test_groundwater_has_no_class_of_surface_water() -> None:
    rows = [{"nh3n": "0.3", "body": body} for body in ("groundwater", "sea", "river", None)]
    found = rows_of(classified(wide(rows)), "class", "status", "deciding_items", "reason")
    assert found[0] == (None, None, None, "地下水，不按地表水评价")
    assert found[1] == (None, None, None, "sea既不是河流也不是湖库，不按地表水评价")
    assert [row[0] for row in found[2:]] == ["Ⅱ", "Ⅱ"]
