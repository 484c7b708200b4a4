"""Readings of reported statistics: what stands, since when, who said so, and where it contradicts its parts."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from bilan.evaluate import places
from bilan.evaluate.air.indicators import AIR
from bilan.evaluate.engine import connect
from bilan.evaluate.indicators import READERS, reading
from bilan.evaluate.reading import Reading
from bilan.evaluate.statistics.reading import reports_of, statistics_reading
from bilan.evaluate.water.indicators import WATER
from bilan.observe import Lake
from bilan.observe.statistics import Statistics
from bilan.observe.statistics_ingest import ingest_statistics
from bilan.periods import Period
from bilan.policy import indicators

from .reported import CITY, moment, read, report

FOREST, STRAW = "eco.forest.cover", "agri.straw.util_rate"
PARTS = report("part.straw.used", "2025", "45.00"), report("part.straw.collectable", "2025", "50.00")


def lines(found: Reading, word: str) -> list[str]:
    return [line for line in found.unverified if word in line]


def test_the_value_is_as_reported() -> None:
    found = read(FOREST, "2025", report(FOREST, "2025", "42.30", note="含四旁树"))
    assert str(found.value) == "42.30"
    assert (found.unit, found.completeness) == ("%", "最终数")
    assert found.steps == ("统计局 2026-03-01 报送 42.30 %（最终数；来源：统计年鉴；a.csv 第 2 行；备注：含四旁树）",)
    assert found.standards == ("森林资源清查",)
    assert found.steps[0].en == (
        "统计局 reported 42.30% on 2026-03-01 (final; source: 统计年鉴; a.csv, line 2; note: 含四旁树)"
    )
    assert found.standards[0].en == "inventory of forest resources"
    assert json.loads(json.dumps(found.as_dict()))["value"] == "42.30"


def test_what_was_printed_in_another_unit_is_shown_in_both() -> None:
    found = read(
        "air.nox.emission", "2025", report("air.nox.emission", "2025", "12500", given="1.25", given_unit="万吨")
    )
    assert "报送 1.25 万吨＝12500 t（" in found.steps[0]


def test_nothing_reported_is_no_zero() -> None:
    found = read(FOREST, "2025", report(FOREST, "2024", "42"), report(FOREST, "2025", "43", region="990102"))
    assert (found.value, found.reason) == (None, "未报送统计数")
    assert "无法判定：未报送统计数" in found.explained()


def test_a_reported_zero_is_a_figure() -> None:
    assert read("risk.events", "2025", report("risk.events", "2025", "0")).value == 0


def test_a_later_report_supersedes_and_the_earlier_can_be_read() -> None:
    early = report(FOREST, "2025", "42.1", status="preliminary", on="2026-01-10", received_at=moment("2026-01-11"))
    late = report(FOREST, "2025", "42.3", on="2026-05-10", received_at=moment("2026-05-11"))
    found = read(FOREST, "2025", late, early)
    assert (found.value, found.completeness) == (Decimal("42.3"), "最终数")
    assert found.steps[1].startswith("已被取代：统计局 2026-01-10 报送 42.1 %（初步数")
    assert [(item.count, item.reason) for item in found.left_out] == [(1, "已被取代")]
    then = read(FOREST, "2025", late, early, known_at=moment("2026-03-01"))
    assert (then.value, then.completeness, then.left_out) == (Decimal("42.1"), "初步数", ())
    assert read(FOREST, "2025", late, early, known_at=moment("2025-12-31")).value is None


def test_a_straggling_preliminary_figure_is_shown_and_does_not_count() -> None:
    final = report(FOREST, "2025", "42.3", on="2026-05-10")
    straggler = report(FOREST, "2025", "42.2", status="preliminary", on="2026-06-10")
    found = read(FOREST, "2025", final, straggler)
    assert found.value == Decimal("42.3")
    assert found.steps[1].startswith("最终数之后报送的初步数，不取代最终数：")
    assert [item.reason for item in found.left_out] == ["最终数之后的初步数"]


def test_a_report_without_a_day_says_when_it_came() -> None:
    found = read(FOREST, "2025", report(FOREST, "2025", "42", on=None))
    assert "2026-03-02 导入（未写填报日期）报送 42 %" in found.steps[0]


@pytest.mark.parametrize(
    ("reported", "parts", "contradicts"),
    [
        ("90.0", PARTS, False),  # 89.95 to 90.05, parts 89.98 to 90.02
        ("90", PARTS, False),
        ("90.1", PARTS, True),  # 90.05 to 90.15
        ("89.9", PARTS, True),
        ("93.1", PARTS, True),
        # whole 万吨: 44.5 / 50.5 = 88.12 to 45.5 / 49.5 = 91.92
        ("91.9", (report("part.straw.used", "2025", "45"), report("part.straw.collectable", "2025", "50")), False),
        ("92.0", (report("part.straw.used", "2025", "45"), report("part.straw.collectable", "2025", "50")), True),
    ],
)
def test_the_parts_contradict_only_beyond_rounding(reported: str, parts: tuple, contradicts: bool) -> None:  # type: ignore[type-arg]
    found = read(STRAW, "2025", report(STRAW, "2025", reported), *parts)
    assert str(found.value) == reported  # the reported figure stands
    told = lines(found, "不符")
    assert len(told) == contradicts
    if contradicts:
        assert told[0].startswith(f"报送值 {reported} % 与按分项计算的 90.00 % 不符，相差超出修约所能解释；采用报送值")
    assert any("÷" in step for step in found.steps)


def test_the_parts_known_then_are_those_compared() -> None:
    late = report("part.straw.used", "2025", "46.55", on="2026-06-01", received_at=moment("2026-06-02"))
    stands = report(STRAW, "2025", "93.1")
    assert lines(read(STRAW, "2025", stands, *PARTS, late), "不符") == []  # 46.55 / 50
    assert len(lines(read(STRAW, "2025", stands, *PARTS, late, known_at=moment("2026-05-01")), "不符")) == 1


def test_a_reported_sum_of_yearly_rates_is_caught() -> None:
    """The classic mistake: 4 + 4.1 + 4.2 + 4.5 + 5 = 21.8 for what is 19.98."""
    code = "energy.intensity.decline"
    rates = [report(code, str(2021 + n), rate) for n, rate in enumerate(("4", "4.1", "4.2", "4.5", "5.0"))]
    found = read(code, "2021/2025", report(code, "2021/2025", "21.8"), *rates)
    assert found.value == Decimal("21.8")
    assert lines(found, "不符")[0].startswith("报送值 21.8 % 与按分项计算的 19.98 % 不符")
    assert lines(read(code, "2021/2025", report(code, "2021/2025", "20.0"), *rates), "不符") == []


def test_every_indicator_has_a_reader_and_monitors_keep_theirs() -> None:
    assert READERS.keys() == {indicator.code for indicator in indicators()}
    reported = {code for code, reader in READERS.items() if reader is statistics_reading}
    assert reported == READERS.keys() - AIR.keys() - WATER.keys()


def test_from_a_file_to_a_reading(tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text(
        "indicator,region,period,value,unit,source,status,reported_by\n"
        "part.straw.used,清河市,2025年,450000,吨,年报,final,农业局\n"
        "秸秆可收集量,990100,2025,50,万吨,年报,final,农业局\n",
        encoding="utf-8",
    )
    ingest_statistics(tmp_path / "lake", [table], received_at=moment("2026-02-01"))
    lake, backend = Lake(tmp_path / "lake", create=False), connect()
    city, year = places.region(CITY), Period.parse("2025")
    found = reading(STRAW, lake, backend, city, year)
    assert (found.value, found.region_name, found.lake_version) == (Decimal("90.00"), "清河市", lake.version)
    assert "450000 吨＝45.0000 万吨" in found.explained()
    assert reading(STRAW, lake, backend, city, year, known_at=moment("2026-01-31")).value is None
    assert reading("noise.zone.day_rate", lake, backend, city, year).reason == "未报送统计数"


def test_what_is_added_is_seen_and_reports_are_read_once(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    assert reports_of(lake).rows == ()
    Statistics.of(lake).add([report(FOREST, "2025", "42")], "a")
    first = reports_of(lake)
    assert len(first.rows) == 1
    assert reports_of(lake) is first
