"""The air of the demo city, hour by hour: season, day, weather, stagnation, dust and ozone. All of it is invented.

What happens to a value between the air and the file (noise, gaps, drift) stands in ``instruments``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from bilan.demo.places import air_stations
from bilan.demo.streams import Floats, pulses, stream, wandering

POLLUTANTS = ("so2", "no2", "pm10", "co", "o3", "pm25")
_BASE = 2025
_PROGRESS = 0.93  # yearly factor of what is emitted
_SUMMER = 200  # day of the year about which it is hottest


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of one year: ``day`` of the year from 0, ``hour`` of the day from 0, both of the hour's beginning."""

    year: int
    day: Floats
    hour: Floats

    @classmethod
    def of(cls, year: int) -> Hours:
        """Return every hour of ``year``.

        >>> len(Hours.of(2024).day)
        8784
        """
        days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
        return cls(year, np.repeat(np.arange(days, dtype=float), 24), np.tile(np.arange(24.0), days))

    @property
    def warmth(self) -> Floats:
        """-1 in the depth of winter, 1 at the height of summer."""
        return np.cos(2 * np.pi * (self.day - _SUMMER) / 365.25)

    def peak(self, hour: float, width: float) -> Floats:
        """A hump of the day about ``hour``, 1 at its top."""
        away = (self.hour + 0.5 - hour + 12) % 24 - 12
        return np.exp(-0.5 * (away / width) ** 2)


def true_air(seed: int, year: int) -> dict[str, Floats]:
    """Return what the air of ``year`` holds: for each pollutant an array of stations x hours, in µg/m3 (CO mg/m3).

    >>> air = true_air(1, 2025)
    >>> air["pm25"].shape, bool(air["pm25"][:, :1440].mean() > 1.5 * air["pm25"][:, 3624:5832].mean())
    ((12, 8760), True)
    """
    hours, random = Hours.of(year), stream(seed, year, "air")
    stations = air_stations()
    level, traffic, ozone = (
        np.array([[getattr(one, name)] for one in stations]) for name in ("level", "traffic", "ozone")
    )
    steps, warm = len(hours.day), hours.warmth
    progress = _PROGRESS ** (year - _BASE)
    still = _stagnation(random, hours)
    weather = wandering(random, 1, steps, 30.0)[0]
    local = wandering(random, len(stations), steps, 5.0)
    exhaust = hours.peak(8, 1.8) + 1.15 * hours.peak(19.5, 2.6)

    fine = np.exp(3.205 - 0.42 * warm + 0.28 * weather + 1.2 * still + 0.10 * hours.peak(22, 5) + 0.05 * exhaust)
    pm25 = progress * level * fine * np.exp(0.12 * local)
    dust = _dust(random, hours)
    pm10 = pm25 * (1.52 + 0.12 * warm) + level * 6 + dust * np.exp(0.15 * local)
    fumes = np.exp(2.55 - 0.33 * warm + 0.16 * weather + 0.38 * still + 0.55 * exhaust)
    no2 = progress * traffic * fumes * np.exp(0.15 * local)
    so2 = progress * level * np.exp(1.70 - 0.38 * warm + 0.18 * weather + 0.3 * still + 0.2 * local)
    co = progress * np.exp(-0.62 - 0.22 * warm + 0.14 * weather + 0.42 * still + 0.16 * exhaust + 0.08 * local)
    return {"so2": so2, "no2": no2, "pm10": pm10, "co": co, "o3": _ozone(random, hours, ozone, exhaust), "pm25": pm25}


def _stagnation(random: np.random.Generator, hours: Hours) -> Floats:
    """Days on which the air of the whole city stands still, most of them in winter."""
    return pulses(random, (0.0011 - 0.0009 * hours.warmth) * 1.35, (2.0, 6.0))


def _dust(random: np.random.Generator, hours: Hours) -> Floats:
    """Dust from afar, µg/m3 of PM10: March to the middle of May, a day or two."""
    spring = (hours.day >= 60) & (hours.day < 135)
    return 330.0 * pulses(random, np.where(spring, 4 / (75 * 24), 0.0), (0.8, 2.0))


def _ozone(random: np.random.Generator, hours: Hours, share: Floats, exhaust: Floats) -> Floats:
    """Made by the sun of the afternoon, eaten by exhaust: high on hot still days, low at night and in winter."""
    sun = hours.peak(15, 3.4)
    fine_weather = np.exp(0.27 * wandering(random, 1, len(hours.day), 40.0)[0])
    top = (87 + 55 * hours.warmth) * fine_weather
    night = 34 + 12 * hours.warmth
    found: Floats = share * (night + (top - 0.35 * night) * sun - 7 * exhaust * (1 - sun))
    return found
