"""What instruments make of the air: noise that falls below zero, drift, and gaps of an hour, a day or a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from bilan.demo.air import POLLUTANTS, true_air
from bilan.demo.places import air_stations
from bilan.demo.streams import Floats, stream

_NOISE = {"so2": 2.2, "no2": 1.5, "pm10": 4.0, "co": 0.04, "o3": 2.0, "pm25": 2.5}  # standard deviation of an hour
DECIMALS = {"co": 2}
_HOUR = np.timedelta64(1, "h")


@dataclass(frozen=True, slots=True)
class Drift:
    """An instrument that reads ever higher from ``first`` on, by ``most`` of the value at the end of ``last``."""

    station: str
    pollutant: str
    first: date
    last: date
    most: float


@dataclass(frozen=True, slots=True)
class Silence:
    """A station of which nothing came from ``first`` to ``last``."""

    station: str
    first: date
    last: date


DRIFT = Drift("qh-air-05", "pm25", date(2026, 4, 1), date(2026, 6, 30), 0.6)
WEEKS = (
    Silence("qh-air-07", date(2024, 7, 8), date(2024, 7, 14)),
    Silence("qh-air-09", date(2025, 8, 11), date(2025, 8, 17)),
)


def measured_air(seed: int, year: int, *, drifting: bool = True) -> dict[str, Floats]:
    """Return what the instruments report of ``year``, stations x hours, nan in gaps; without ``drifting`` corrected.

    >>> wrong, right = (measured_air(1, 2026, drifting=drifting)["pm25"] for drifting in (True, False))
    >>> int((wrong != right)[~np.isnan(right)].any(axis=None)), int(np.isnan(right).sum() == np.isnan(wrong).sum())
    (1, 1)
    """
    random = stream(seed, year, "instruments")
    found = {}
    air = true_air(seed, year)
    shape = air["pm25"].shape
    off = _outages(random, year, shape)
    for name in POLLUTANTS:
        values = air[name]
        noise = random.normal(0, _NOISE[name], shape)
        if drifting and name == DRIFT.pollutant:
            values = values * _drift(year, shape)
        shown = np.round(values + noise, DECIMALS.get(name, 0)) + 0.0
        shown[off | (random.random(shape) < 0.004)] = np.nan
        found[name] = shown
    return found


def hours_of(first: date, last: date, year: int) -> slice:
    """Return where the hours from ``first`` to ``last`` stand among those of ``year``.

    >>> hours_of(date(2025, 1, 2), date(2025, 1, 3), 2025)
    slice(24, 72, None)
    """
    begins = datetime(year, 1, 1)
    start, end = ((datetime(day.year, day.month, day.day) - begins).days * 24 for day in (first, last))
    return slice(max(start, 0), max(end + 24, 0))


def _drift(year: int, shape: tuple[int, ...]) -> Floats:
    """What the readings are multiplied by."""
    factor = np.ones(shape)
    if year == DRIFT.first.year:
        row = [one.id for one in air_stations()].index(DRIFT.station)
        place = hours_of(DRIFT.first, DRIFT.last, year)
        factor[row, place] = np.linspace(1, 1 + DRIFT.most, place.stop - place.start)
    return factor


def _outages(random: np.random.Generator, year: int, shape: tuple[int, ...]) -> np.typing.NDArray[np.bool_]:
    """Where a whole station is silent: a day here and there, and the weeks that are known."""
    off = np.repeat(random.random((shape[0], shape[1] // 24)) < 0.006, 24, axis=1)
    for week in WEEKS:
        if week.first.year == year:
            row = [one.id for one in air_stations()].index(week.station)
            off[row, hours_of(week.first, week.last, year)] = True
    return off
