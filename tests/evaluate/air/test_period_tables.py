"""All readings of one period are made from days that are computed once, and kept by all that they rest on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bilan.evaluate import places
from bilan.evaluate.air import period_tables as module
from bilan.evaluate.air.indicators import AIR
from bilan.evaluate.air.lake import AirQuestion
from bilan.evaluate.air.period_tables import PeriodTables
from bilan.evaluate.engine import connect
from bilan.evaluate.indicators import reading
from bilan.evaluate.kept import Kept
from bilan.evaluate.observations import NoDataError
from bilan.evaluate.reading import Reading
from bilan.observe import Lake
from bilan.periods import Period

from .lakes import CITY, DISTRICT, OTHER_DISTRICT, add_stations, add_values, days_between, hours_of, make_lake

PROVINCE = "990000"
YEAR, RUNNING = Period.parse("2025"), Period("2026-01-01/2026-02-20", date(2026, 1, 1), date(2026, 2, 20))
ITEMS = {"pm2_5": 30, "pm10": 55, "so2": 8, "no2": 25, "co": 0.6, "o3": 80}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    days = days_between(date(2025, 12, 1), date(2026, 2, 20))
    make_lake(tmp_path / "lake", {"s1": DISTRICT, "s2": OTHER_DISTRICT}, hours_of("s1", days, ITEMS))
    lake = Lake(tmp_path / "lake")
    add_values(
        lake, hours_of("s2", days, {name: 2 * level for name, level in ITEMS.items()}), ref="second", state="298K"
    )
    return lake


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[date, date]]:
    told: list[tuple[date, date]] = []
    real = module.computed_days
    monkeypatch.setattr(module, "computed_days", lambda asked, *span: told.append(span) or real(asked, *span))
    return told


def told(lake: Lake, code: str, region: str, period: Period, kept: Kept | None = None, **more: Any) -> Reading:
    return reading(code, lake, connect(), places.region_of(region), period, kept=kept, **more)


@pytest.mark.parametrize(
    ("code", "region", "period"),
    [
        ("air.o3.p90", CITY, RUNNING),
        ("air.composite_index", PROVINCE, YEAR),
        ("air.heavy_days_ratio", DISTRICT, RUNNING),
    ],
)
def test_what_is_kept_changes_no_reading(lake: Lake, code: str, region: str, period: Period, tmp_path: Path) -> None:
    kept, bare = Kept(tmp_path / "kept"), told(lake, code, region, period)
    assert bare == told(lake, code, region, period, kept) == told(lake, code, region, period, kept)
    assert bare.steps and bare.used


def test_days_are_computed_once_for_all_indicators(
    lake: Lake, computed: list[tuple[date, date]], tmp_path: Path
) -> None:
    kept = Kept(tmp_path / "kept")
    for code in AIR:
        told(lake, code, CITY, RUNNING, kept)
    assert computed == [(RUNNING.first, RUNNING.last)]
    told(lake, "air.pm25.annual", DISTRICT, RUNNING, kept)
    told(lake, "air.pm25.annual", CITY, YEAR, kept)
    assert len(computed) == 3


def test_without_a_folder_nothing_is_kept(lake: Lake, computed: list[tuple[date, date]]) -> None:
    told(lake, "air.pm25.annual", CITY, RUNNING), told(lake, "air.pm25.annual", CITY, RUNNING)
    assert len(computed) == 2


def test_an_hour_of_its_stations_renews_them_and_one_elsewhere_does_not(
    lake: Lake, computed: list[tuple[date, date]], tmp_path: Path
) -> None:
    kept = Kept(tmp_path / "kept")
    before = told(lake, "air.pm25.annual", DISTRICT, RUNNING, kept)
    add_values(lake, hours_of("s2", [date(2026, 2, 1)], {"pm2_5": 500}), ref="elsewhere", received="2027-02-01T00:00")
    assert told(lake, "air.pm25.annual", DISTRICT, RUNNING, kept).value == before.value and len(computed) == 1
    days = days_between(date(2026, 2, 1), date(2026, 2, 10))
    add_values(lake, hours_of("s1", days, {"pm2_5": 500}), ref="more", received="2027-02-01T00:00")
    after = told(lake, "air.pm25.annual", DISTRICT, RUNNING, kept)
    assert after.provisional != before.provisional and len(computed) == 2


def test_a_station_that_moves_renews_them(lake: Lake, tmp_path: Path) -> None:
    kept = Kept(tmp_path / "kept")
    assert told(lake, "air.pm25.annual", DISTRICT, RUNNING, kept).provisional is not None
    add_stations(lake, {"s1": OTHER_DISTRICT})
    found = told(lake, "air.pm25.annual", DISTRICT, RUNNING, kept)
    assert found.value is None and found.provisional is None


def test_as_known_before_is_not_as_known_now(lake: Lake, tmp_path: Path) -> None:
    kept = Kept(tmp_path / "kept")
    known_at = datetime(2027, 1, 15, tzinfo=UTC)
    before = told(lake, "air.pm25.annual", CITY, RUNNING, kept)
    add_values(lake, hours_of("s1", [date(2026, 2, 1)], {"pm2_5": 500}), ref="later", received="2027-02-01T00:00")
    then = told(lake, "air.pm25.annual", CITY, RUNNING, kept, known_at=known_at)
    now = told(lake, "air.pm25.annual", CITY, RUNNING, kept)
    assert then.provisional == before.provisional != now.provisional


def test_a_period_without_data_is_none_that_is_kept(lake: Lake, tmp_path: Path) -> None:
    kept = Kept(tmp_path / "kept")
    tables = PeriodTables(AirQuestion(lake, connect(), region=CITY, cities=(CITY,)), Period.parse("2019"), kept)
    with pytest.raises(NoDataError):
        _ = tables.figures
    assert tables.states == [] and told(lake, "air.pm25.annual", CITY, Period.parse("2019"), kept).reason
