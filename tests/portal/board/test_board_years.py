"""Boards over a lake of six years: a point for each in the line, a probability, and days that are left out."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.portal.board.conftest import CITY, DAY, DONGHU, cells, course, section, words

pytestmark = pytest.mark.django_db

FIRST = date(2020, 1, 1)
SILENT, SHORT = date(2026, 2, 10), date(2026, 2, 11)  # a day without hours, and one with five
COLD = (11, 12, 1, 2, 3)


def value_on(day: date) -> int:
    """Every hour of a day has this: much in the cold months, and a little less each year."""
    return (45 if day.month in COLD else 27) - (day.year - 2020) + day.day % 5 * 2


def mean(first: date, last: date) -> float:
    days = [first + timedelta(days=one) for one in range((last - first).days + 1)]
    values = [value_on(one) for one in days if one not in (SILENT, SHORT)]
    return sum(values) / len(values)


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One station, with the hours of six years and three months."""
    import pyarrow as pa

    from bilan.observe import Lake

    folder = tmp_path_factory.mktemp("years") / "lake"
    days = [FIRST + timedelta(days=one) for one in range((DAY - FIRST).days + 1)]
    hours = {SILENT: 0, SHORT: 5}
    rows = [
        {
            "station": "s2", "parameter": "a34004", "statistic": "avg", "seconds": 3600, "value": float(value_on(day)),
            "time": datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour + 1 - 8),
            "source": "table", "source_ref": "years", "source_line": hour + 2, "unit": "ug/m3", "flag": None,
            "state": None,
        }
        for day in days
        for hour in range(hours.get(day, 24))
    ]  # fmt: skip
    found = Lake(folder)
    found.add([pa.Table.from_pylist(rows)], batch="years")
    found.add_stations(pa.table({"id": ["s2"], "name": ["乙站"], "medium": ["air"], "region": [DONGHU]}))
    return folder


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("years-kept")


@pytest.fixture(autouse=True)
def _past_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages wait for the figures of earlier years, too."""
    from bilan.portal.board import boards, views

    monkeypatch.setattr(views, "past_at_hand", lambda asked: boards.past_of(asked, 120.0))


def line_of_years() -> list[tuple[float, float]]:
    """The whole figures of five years and of three months, in a drawing of 120 by 32 with a margin of 4."""
    years = [mean(date(year, 1, 1), date(year, 12, 31)) for year in range(2021, 2026)]
    figures = [round(one) for one in (*years, mean(date(2026, 1, 1), DAY))]
    low, high = min(figures), max(figures)
    heights = [round(4 + 24 * (high - one) / (high - low), 1) for one in figures]
    return [(round(4 + 112 * at / 5, 1), height) for at, height in enumerate(heights)]


CHANCE = "99% 90% 区间 31.1～34.1 µg/m³ 往年同样的区间：6 年里守住 6 年"


@pytest.mark.parametrize("address", ["/board/", "/public/"])
def test_a_line_has_a_point_for_every_year_and_a_probability_its_bar(site: Any, address: str) -> None:
    row = cells(site.text("plan_office", address), "PM2.5年均浓度")
    assert row["现状"] == f"{round(mean(date(2026, 1, 1), DAY))}.0 µg/m³ 暂"
    assert course(row.labelled["走势"]) == line_of_years()
    assert 'aria-label="PM2.5年均浓度 2021–2026-03"' in row.labelled["走势"]
    assert row["可能性"] == CHANCE
    (width,) = re.findall(r'<rect class="part" width="([^"]*)"', row.labelled["可能性"])
    assert round(float(width) / 160, 2) == 0.99
    assert '<line class="threshold" x1="96.0" x2="96.0" y1="-2" y2="10"/>' in row.labelled["可能性"]


@pytest.mark.parametrize("public", [False, True])
def test_the_page_of_a_target_has_them_too(site: Any, public: bool) -> None:
    told = section(site.text("plan_office", site.target(1, public=public), region=CITY), "standing")
    assert course(told.partition('class="chance"')[0]) == line_of_years()
    assert CHANCE in words(told)
    assert "88 / 90 天有效" in words(told)


@pytest.mark.parametrize("public", [False, True])
def test_days_that_are_left_out_are_told_with_their_reasons(site: Any, public: bool) -> None:
    page = site.text("plan_office", site.target(1, public=public))
    data = page[page.index('class="link-data"') : page.index('class="link-figure"')]
    assert data.count("未用：") == 2
    assert "<p>采用：有效日 88</p>" in data
    assert "<p>未用：日 1（有效小时或有效站点不足）</p>" in data
    assert "<p>未用：日 1（没有任何数据）</p>" in data
