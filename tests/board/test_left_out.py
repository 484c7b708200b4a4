"""What a figure was not made of stands in its proof: days and sections, each with the reason."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from bilan.board.boards import Making
from bilan.board.entries import Entries
from bilan.board.explain import explain
from bilan.board.model import Said
from bilan.evaluate.engine import connect
from bilan.evaluate.kept import Kept
from bilan.observe import Lake

from ..evaluate.water.test_lake import CLEAN, make
from .small import plan_of, target

DISTRICT = "990102"
FIRST, LAST, YEAR_END = date(2026, 1, 1), date(2026, 3, 31), date(2026, 12, 31)
HOURS = {date(2026, 1, 5): 0, date(2026, 2, 10): 0, date(2026, 2, 11): 5}  # of a day; all others have 24


def data(lake: Lake, about: Any, day: date = LAST) -> list[Said]:
    """The lines of the data in the proof of a target."""
    made = Making(plan_of([about]), lake, connect(), day, None, None, Entries(), Kept(None))
    told = explain(made.plan, lake, made.backend, "t1", as_of=day, kept=made.kept)
    (lines,) = [link.lines for link in told.chain if link.step == "data"]
    return lines


def left_out(lines: list[Said]) -> list[tuple[str, str]]:
    return [(one.zh, one.en) for one in lines if one.zh.startswith("未用") or one.en.startswith("Left out")]


@pytest.fixture
def air(folder: Path) -> Lake:
    lake = Lake(folder / "air")
    days = [FIRST + timedelta(days=one) for one in range((LAST - FIRST).days + 1)]
    rows = [
        {
            "station": "s1", "parameter": "a34004", "statistic": "avg", "seconds": 3600, "value": 30.0,
            "time": datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour + 1 - 8),
            "source": "table", "source_ref": "f", "source_line": hour + 2, "unit": "ug/m3", "flag": None,
            "state": None,
        }
        for day in days
        for hour in range(HOURS.get(day, 24))
    ]  # fmt: skip
    lake.add([pa.Table.from_pylist(rows)], batch="b")
    lake.add_stations(pa.table({"id": ["s1"], "name": ["甲站"], "medium": ["air"], "region": [DISTRICT]}))
    return lake


def test_days_without_data_and_with_too_little_are_told_apart(air: Lake) -> None:
    about = target("air.pm25.annual", operator="<=", value=35.0, unit="微克/立方米", due="2026")
    lines = data(air, about)
    assert left_out(lines) == [
        ("未用：日 1（有效小时或有效站点不足）", "Left out: days 1 (too few valid hours or stations)"),
        ("未用：日 2（没有任何数据）", "Left out: days 2 (no data at all)"),
    ]
    assert [one.zh for one in lines if one.zh.startswith("采用")] == ["采用：有效日 87", "采用：站点（最多的一天） 1"]


def water(folder: Path) -> Lake:
    """Two sections, one with a sample in each month of the year, the other with two."""
    had = {"大桥": range(1, 13), "湖口": (1, 2)}
    samples = [(name, date(2026, month, 8), CLEAN) for name, months in had.items() for month in months]
    return make(folder / "water", ["大桥", "湖口"], samples)


ITEMS = {
    "pH": "pH", "溶解氧": "dissolved oxygen", "高锰酸盐指数": "permanganate index", "氨氮": "ammonia nitrogen",
    "总磷": "total phosphorus",
}  # fmt: skip
WHY = "、".join(f"{item}（2 个，至少 12 个）" for item in ITEMS)
WHY_EN = ", ".join(f"{item} (values: 2, at least 12 needed)" for item in ITEMS.values())


@pytest.mark.parametrize(
    ("words", "what", "what_en"),
    [
        ("国考断面优良比例达到90%", "断面", "sections"),
        ("大桥断面、湖口断面优良比例达到90%", "湖口断面", "湖口断面"),  # what a target names is left out by its name
    ],
)
def test_a_section_without_a_class_is_left_out(folder: Path, words: str, what: str, what_en: str) -> None:
    about = target("water.surface.good_ratio", value=90.0, unit="%", due="2026", quote=words)
    lines = data(water(folder / what_en), about, YEAR_END)
    assert left_out(lines) == [
        (f"未用：{what} 1（无有效值：{WHY}）", f"Left out: {what_en} 1 (no valid value: {WHY_EN})")
    ]
    assert [one.zh for one in lines if one.zh.startswith("采用")] == ["采用：断面 1"]
