"""The invented air has what real air has: season, day, stagnation, dust, ozone, and instruments with faults."""

from __future__ import annotations

import numpy as np
import pytest

from bilan.demo.air import Hours, true_air
from bilan.demo.instruments import DRIFT, WEEKS, hours_of, measured_air
from bilan.demo.places import air_stations
from bilan.demo.streams import Floats

SEED = 12
ROWS = {one.id: row for row, one in enumerate(air_stations())}


@pytest.fixture(scope="module")
def air() -> dict[str, Floats]:
    return true_air(SEED, 2025)


def by_month(values: Floats, *months: int) -> Floats:
    """All hours of the months of 2025, stations x hours."""
    starts = np.cumsum([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) * 24
    return np.concatenate([values[:, starts[m - 1] : starts[m]] for m in months], axis=1)


def by_hour(values: Floats) -> Floats:
    """The mean of every hour of the day."""
    means: Floats = values.mean(axis=0).reshape(-1, 24).mean(axis=0)
    return means


def test_particles_are_a_thing_of_winter(air: dict[str, Floats]) -> None:
    assert by_month(air["pm25"], 12, 1, 2).mean() > 2 * by_month(air["pm25"], 6, 7, 8).mean()


def test_ozone_is_a_thing_of_summer_afternoons(air: dict[str, Floats]) -> None:
    assert by_month(air["o3"], 6, 7, 8).mean() > 1.5 * by_month(air["o3"], 12, 1, 2).mean()
    day = by_hour(by_month(air["o3"], 6, 7, 8))
    assert 13 <= int(day.argmax()) <= 16
    assert day.max() > 2.5 * day.min()


def test_exhaust_has_two_rush_hours(air: dict[str, Floats]) -> None:
    day = by_hour(air["no2"])
    morning, noon, evening = day[6:10].max(), day[12:15].min(), day[17:22].max()
    assert min(morning, evening) > 1.4 * noon


def test_stagnation_is_shared_by_all_stations_for_days(air: dict[str, Floats]) -> None:
    days = air["pm25"].reshape(len(ROWS), -1, 24).mean(axis=2)
    assert np.corrcoef(days).min() > 0.9
    city = days.mean(axis=0)
    dirty = city > 2 * city.mean()
    runs = "".join("x" if one else " " for one in dirty).split()
    assert max(map(len, runs)) >= 2


def test_dust_storms_come_in_spring_and_lift_only_the_coarse(air: dict[str, Floats]) -> None:
    ratio = (air["pm10"] / air["pm25"]).mean(axis=0)
    stormy = Hours.of(2025).day[ratio > 5]
    assert len(stormy) > 12
    assert (stormy.min() >= 60, stormy.max() < 137) == (True, True)


def test_the_mean_of_a_year_is_that_of_the_plan(air: dict[str, Floats]) -> None:
    assert 32.5 < air["pm25"].mean() < 34.5  # the plan prints 33.6 for 2025


def test_every_year_and_seed_is_its_own() -> None:
    first = true_air(SEED, 2025)["pm25"]
    assert (first == true_air(SEED, 2025)["pm25"]).all()
    assert not np.isclose(first, true_air(SEED + 1, 2025)["pm25"]).any(axis=0).all()
    assert not np.isclose(first[:, :24], true_air(SEED, 2026)["pm25"][:, :24]).all()


def test_gaps_of_an_hour_a_day_and_a_week() -> None:
    values = measured_air(SEED, 2025)["pm25"]
    missing = np.isnan(values)
    assert 0.004 < missing.mean() < 0.03
    runs = [len(run) for row in missing for run in "".join("x" if one else " " for one in row).split()]
    assert {1, 24} <= set(runs)
    week = next(one for one in WEEKS if one.first.year == 2025)
    row = missing[ROWS[week.station]]
    assert row[hours_of(week.first, week.last, 2025)].all()
    assert max(runs) >= 7 * 24


def test_an_instrument_drifts_and_its_correction_does_not() -> None:
    wrong, right = (measured_air(SEED, 2026, drifting=drifting)["pm25"] for drifting in (True, False))
    place, row = hours_of(DRIFT.first, DRIFT.last, 2026), ROWS[DRIFT.station]
    last = slice(place.stop - 10 * 24, place.stop)
    assert 1.5 < np.nanmean(wrong[row, last]) / np.nanmean(right[row, last]) < 1.7
    others = np.delete(np.arange(len(ROWS)), row)
    assert np.array_equal(wrong[others], right[others], equal_nan=True)
    assert np.array_equal(wrong[row, : place.start], right[row, : place.start], equal_nan=True)
    assert np.array_equal(wrong[row, place.stop :], right[row, place.stop :], equal_nan=True)


def test_noise_falls_below_zero_where_there_is_next_to_nothing() -> None:
    values = measured_air(SEED, 2025)
    assert 0.001 < np.nanmean(values["so2"] < 0) < 0.1
    assert np.nanmin(values["pm10"]) > -15
