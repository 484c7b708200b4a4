"""The water of the demo city: what ten sections hold day by day, as samples of the month and automatic values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bilan.demo.places import sections
from bilan.demo.streams import Floats, stream, wandering

_BASE = 2025
_SUMMER = 205
SLOTS = 6  # an automatic station draws a sample every four hours

# The items that laboratories find in traces or not at all: what they write, by their unit.
TRACES = {
    "铜": ("0.001L", "mg/L"),
    "锌": ("0.05L", "mg/L"),
    "硒": ("0.0004L", "mg/L"),
    "砷": ("0.0003L", "mg/L"),
    "汞": ("0.00004L", "mg/L"),
    "镉": ("0.0001L", "mg/L"),
    "六价铬": ("0.004L", "mg/L"),
    "铅": ("0.001L", "mg/L"),
    "氰化物": ("0.004L", "mg/L"),
    "挥发酚": ("0.0003L", "mg/L"),
    "石油类": ("0.01L", "mg/L"),
    "阴离子表面活性剂": ("0.05L", "mg/L"),
    "硫化物": ("0.01L", "mg/L"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """What is measured: its name in the files, unit, and the decimals with which it is written."""

    key: str
    name: str
    unit: str
    decimals: int


ITEMS = (
    Item("water_temp", "水温", "℃", 1),
    Item("ph", "pH", "无量纲", 2),
    Item("do", "溶解氧", "mg/L", 2),
    Item("codmn", "高锰酸盐指数", "mg/L", 1),
    Item("nh3n", "氨氮", "mg/L", 3),
    Item("tp", "总磷", "mg/L", 3),
)
MORE = (
    Item("cod", "化学需氧量", "mg/L", 0),
    Item("bod5", "五日生化需氧量", "mg/L", 1),
    Item("f", "氟化物", "mg/L", 2),
)


def true_water(seed: int, year: int) -> dict[str, Floats]:
    """Return what the water of ``year`` holds: for each item an array of sections x four-hourly values.

    >>> water = true_water(1, 2025)
    >>> water["tp"].shape, bool(water["do"][0, :100].mean() > water["do"][0, 1200:1300].mean())
    ((10, 2190), True)
    """
    random = stream(seed, year, "water")
    days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    day = np.repeat(np.arange(days, dtype=float), SLOTS)
    slot = np.tile(np.arange(SLOTS, dtype=float), days)
    warm = np.cos(2 * np.pi * (day - _SUMMER) / 365.25)
    codmn, nh3n, tp, oxygen, gain = (_column(name) for name in ("codmn", "nh3n", "tp", "oxygen", "gain"))
    progress = gain ** (year - _BASE + (day / days - 0.5))
    flow, local = (wandering(random, rows, len(day), 8.0 * SLOTS) for rows in (1, len(sections())))
    season = {"codmn": 0.10 * warm, "nh3n": -0.22 * warm, "tp": -0.06 * warm}
    usual = {"codmn": codmn, "nh3n": nh3n, "tp": tp}
    found = {
        name: progress * usual[name] * np.exp(season[name] + 0.09 * flow + 0.10 * local + _fine(random, local.shape))
        for name in usual
    }
    temperature = 16.5 + 11.5 * warm + 0.8 * local
    full = 14.6 - 0.39 * temperature + 0.0055 * temperature**2  # mg/L of oxygen in saturated water
    share = (oxygen ** (1 / np.maximum(progress, 0.6))).clip(0.1, 1.2) + 0.05 * np.sin(2 * np.pi * (slot - 1.5) / SLOTS)
    found["do"] = full * share * np.exp(0.4 * _fine(random, local.shape))
    found["water_temp"] = temperature
    found["ph"] = 7.7 + 0.15 * warm + 0.12 * local
    return found


def more_of(codmn: float, random: np.random.Generator) -> dict[str, float]:
    """Return what a laboratory finds beside: oxygen demands that follow the permanganate index, and fluoride.

    >>> sorted(more_of(3.0, np.random.default_rng(1)))
    ['bod5', 'cod', 'f']
    """
    spread = random.normal(0, 0.06, 3)
    return {
        "cod": codmn * 3.5 * float(np.exp(spread[0])),
        "bod5": codmn * 0.62 * float(np.exp(spread[1])),
        "f": 0.42 * float(np.exp(spread[2])),
    }


def sampling_days(seed: int, year: int) -> list[date]:
    """Return the day of every month on which all sections are sampled: a working day between the 3rd and the 10th.

    >>> [day.month for day in sampling_days(1, 2025)] == list(range(1, 13))
    True
    """
    random = stream(seed, year, "sampling")
    days = [date(year, month, int(random.integers(3, 9))) for month in range(1, 13)]
    return [day + timedelta(days=max(0, 7 - day.weekday()) % 7 if day.weekday() > 4 else 0) for day in days]


def of_automatic() -> list[int]:
    """Return the places among the sections of those with an automatic station."""
    return [place for place, one in enumerate(sections()) if one.automatic]


def _column(name: str) -> Floats:
    values: list[float] = [getattr(one, name) for one in sections()]
    return np.array(values)[:, None]


def _fine(random: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    return random.normal(0, 0.05, shape)
