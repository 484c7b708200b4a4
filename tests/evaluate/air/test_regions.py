"""Figures of many regions at once are the readings one by one; days are kept by the files they rest on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bilan.evaluate import places
from bilan.evaluate.air import regions as module
from bilan.evaluate.air.indicators import air_reading
from bilan.evaluate.air.lake import AirQuestion
from bilan.evaluate.air.regions import AirFigures, AirRegions
from bilan.evaluate.engine import connect
from bilan.evaluate.kept import Kept
from bilan.observe import Lake
from bilan.periods import Period
from bilan.policy import indicators

from .lakes import CITY, DISTRICT, OTHER_DISTRICT, add_stations, add_values, days_between, hours_of, make_lake

PROVINCE, EMPTY = "990000", "990104"
DAYS = days_between(date(2025, 11, 1), date(2026, 4, 20))  # two years, and the standards of 2012 and 2026
PERIODS = (
    Period.parse("2025"),
    Period.parse("2026-01"),
    Period.parse("2026-02/2026-03"),
    Period("2026-01-01/2026-04-10", date(2026, 1, 1), date(2026, 4, 10)),
)


def value(level: float) -> Any:
    """High on some days, low on others; a little different every hour."""
    return lambda day, hour: round(level * (1 + day.toordinal() % 7 / 4) + hour % 5, 1)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    path = tmp_path_factory.mktemp("regions") / "lake"
    items = {"pm2_5": 30, "pm10": 55, "so2": 8, "no2": 25, "co": 0.6, "o3": 80}
    values = []
    for number, station in enumerate(("s1", "s2", "s3")):
        days = [day for day in DAYS if not (station == "s3" and day.month == 2)]  # silent for a month
        values += hours_of(station, days, {name: value(level + number) for name, level in items.items()})
    make_lake(path, {"s1": DISTRICT, "s2": DISTRICT, "s3": OTHER_DISTRICT}, values)
    return Lake(path)


@pytest.fixture(scope="module")
def all_figures(lake: Lake) -> AirFigures:
    return regions(lake, CITY, DISTRICT, OTHER_DISTRICT, PROVINCE).figures(PERIODS)


def regions(lake: Lake, *ids: str, kept: Kept | None = None) -> AirRegions:
    question = AirQuestion(lake, connect())
    return AirRegions(question, [places.region_of(one) for one in ids], kept or Kept(None))


@pytest.mark.parametrize(
    ("code", "region", "period"),
    [
        ("air.pm25.annual", CITY, 3),
        ("air.o3.p90", CITY, 3),
        ("air.aqi.good_days_ratio", CITY, 2),
        ("air.composite_index", OTHER_DISTRICT, 2),
    ],
)
def test_a_figure_is_that_of_the_reading(
    lake: Lake, all_figures: AirFigures, code: str, region: str, period: int
) -> None:
    asked, place = PERIODS[period], places.region_of(region)
    indicator = next(one for one in indicators() if one.code == code)
    found = all_figures.of(code, place, asked)
    told = air_reading(indicator, lake, connect(), place, asked)
    assert found.value is not None
    assert (found.value, found.lacking) == (told.value or told.provisional, told.reason)


def test_a_district_is_a_city_of_its_own_stations(all_figures: AirFigures) -> None:
    ids = (DISTRICT, CITY, OTHER_DISTRICT)
    means = [all_figures.of("air.pm25.annual", places.region_of(one), PERIODS[1]).value for one in ids]
    assert means[0] < means[1] < means[2]  # type: ignore[operator]


def test_a_region_without_a_station_has_no_cities(lake: Lake) -> None:
    air = regions(lake, EMPTY)
    assert air.cities == {EMPTY: ()}
    assert air.days.num_rows == 0


def test_days_are_kept_by_year_and_a_new_hour_renews_one_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = hours_of("s1", days_between(date(2024, 12, 30), date(2025, 1, 2)), {"pm2_5": 30})
    make_lake(tmp_path / "lake", {"s1": DISTRICT}, values)
    lake, kept = Lake(tmp_path / "lake"), Kept(tmp_path / "kept")
    computed: list[list[date]] = []
    real = module.computed_days
    monkeypatch.setattr(
        module, "computed_days", lambda question, *span: computed.append(list(span)) or real(question, *span)
    )
    before = regions(lake, CITY, kept=kept).days
    assert computed == [[date(2024, 1, 1), date(2025, 12, 31)]]
    assert regions(lake, CITY, kept=kept).days == before
    assert len(computed) == 1
    add_values(lake, hours_of("s1", [date(2025, 1, 3)], {"pm2_5": 40}), ref="g")
    after = regions(lake, CITY, kept=kept).days
    assert computed[1:] == [[date(2025, 1, 1), date(2025, 12, 31)]]
    assert after.num_rows == before.num_rows + 1


def test_a_station_that_moves_makes_other_days(tmp_path: Path) -> None:
    values = hours_of("s1", [date(2025, 1, 1)], {"pm2_5": 30})
    make_lake(tmp_path / "lake", {"s1": DISTRICT}, values)
    kept = Kept(tmp_path / "kept")
    assert regions(Lake(tmp_path / "lake"), DISTRICT, kept=kept).days.num_rows == 1
    add_stations(Lake(tmp_path / "lake"), {"s1": OTHER_DISTRICT})
    assert regions(Lake(tmp_path / "lake"), DISTRICT, kept=kept).days.num_rows == 0


def test_what_arrives_elsewhere_changes_nothing_that_days_rest_on(tmp_path: Path) -> None:
    values = hours_of("s1", [date(2025, 1, 1)], {"pm2_5": 30})
    make_lake(tmp_path / "lake", {"s1": DISTRICT}, values)
    lake = Lake(tmp_path / "lake")
    before = list(regions(lake, CITY).identity())
    add_values(lake, hours_of("outlet-7", [date(2025, 1, 1)], {"so2": 300}), ref="outlets")
    assert list(regions(lake, CITY).identity()) == before
    add_values(lake, hours_of("s1", [date(2025, 1, 1)], {"so2": 3}), ref="more")
    assert list(regions(lake, CITY).identity()) != before


def test_cities_of_a_province_and_of_a_municipality_that_is_one_itself(tmp_path: Path) -> None:
    homes = {"a": DISTRICT, "b": "110101"}  # Beijing is a province and itself the city of its stations
    make_lake(tmp_path / "lake", homes, hours_of("a", DAYS[:2], {"pm2_5": value(30)}))
    found = regions(Lake(tmp_path / "lake"), PROVINCE, CITY, DISTRICT, EMPTY, "110000", "110101").cities
    assert found == {
        PROVINCE: (CITY,),
        CITY: (CITY,),
        DISTRICT: (DISTRICT,),
        EMPTY: (),
        "110000": ("110000",),
        "110101": ("110101",),
    }


def test_the_station_list_is_read_once_for_all_regions(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = regions(lake, CITY, DISTRICT, OTHER_DISTRICT, PROVINCE)
    read: list[None] = []
    stations = Lake.stations
    monkeypatch.setattr(Lake, "stations", lambda self, on=None: (read.append(None), stations(self, on))[1])
    assert len(asked.cities) == 4
    assert len(read) == 1
