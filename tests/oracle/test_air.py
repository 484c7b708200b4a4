"""Indices that others published, recomputed by us to the last digit."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from ..evaluate.air.lakes import CODES
from ..evaluate.air.reference import daily_mean, half_even, largest_8h
from .published_air import AIR, DAYS, HOURS, city_days, station_hours

pytestmark = [
    pytest.mark.optional,
    pytest.mark.skipif(not AIR.is_dir(), reason="needs the reference data in ../shared"),
]


@pytest.mark.parametrize("name", HOURS)
@pytest.mark.figure("air.aqi", "worked")
@pytest.mark.figure("air.primary", "worked")
def test_station_hours_of_the_national_centre(name: str) -> None:
    found = station_hours(name)
    assert found.misses == ()
    assert found.compared == found.same_index == found.same_primary > 100
    assert found.withheld == found.same_withheld


@pytest.mark.parametrize("name", DAYS)
@pytest.mark.figure("air.aqi", "worked")
def test_city_days(name: str) -> None:
    found = city_days(name)
    assert found.misses == ()
    assert found.compared == found.same_index > 300


def test_station_days_of_beijing_in_2015() -> None:
    """A year of one station, hour by hour as published then, through the slow reference and through ours."""
    import ibis
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from bilan.evaluate.air.days import VALUES, station_days
    from bilan.evaluate.engine import connect

    table = pq.read_table(AIR / "prsa" / "prsa_beijing_8_stations.parquet")
    station = table["station"][0].as_py()
    rows = table.filter(pc.equal(table["station"], station)).to_pylist()
    hours: dict[tuple[date, str], dict[int, Fraction]] = defaultdict(dict)
    long = []
    for row in rows:
        label: datetime = row["ts"] + timedelta(hours=1)  # taken as the start of the hour
        start = label - timedelta(microseconds=1)
        if start.year != 2015:
            continue
        for name, code in CODES.items():
            if row[name] is None:
                continue
            value = Fraction(str(row[name])) / (1000 if name == "co" else 1)
            assert (value * 10**4).denominator == 1
            hours[start.date(), name][start.hour + 1] = value
            long.append((station, code, "avg", 3600, start.date(), start.hour + 1, float(value)))
    names = ("station", "parameter", "statistic", "seconds", "day", "hour", "value")
    columns = {name: list(column) for name, column in zip(names, zip(*long, strict=True), strict=True)}
    days = station_days(ibis.memtable(pa.table(columns)), date(2015, 1, 1), date(2015, 12, 31))
    found = {row["day"]: row for row in connect().to_pyarrow(days).to_pylist()}
    assert len(found) > 340
    valid = 0
    for day, row in found.items():
        ozone = hours[day, "o3"]
        wanted = {name: daily_mean(hours[day, name]) for name in CODES if name != "o3"}
        wanted |= {"o3_8h": largest_8h(ozone), "o3_1h": max(ozone.values(), default=None)}
        for name in VALUES:
            exact = wanted[name]
            rounded = None if exact is None else half_even(exact, 1 if name == "co" else 0) * 10_000
            assert row[name] == rounded, (day, name)
            valid += exact is not None
    assert valid > 2000
