"""Real daily values of Chinese cities for ``attainment.py``; the stations of a city are averaged."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from bilan.foresee import Series
from bilan.foresee.attainment_years import Floats

PRSA = "prsa/prsa_*.parquet"
CITIES = "city_daily/*.csv.gz"
COLUMNS = ("pm2_5", "pm10", "so2", "no2", "co")
GOOD = 100  # the highest AQI of a good day
HOURS = 20  # of a day, HJ 663-2013


@dataclass(frozen=True, slots=True)
class City:
    """Daily values of a city and the month with which its years begin."""

    name: str
    series: Series
    month: int


def cities(folder: Path, column: str) -> list[City]:
    """The cities of ``folder`` with daily values of ``column`` (``good``: 1 for a day of AQI up to 100, else 0)."""
    found = []
    if (files := sorted(folder.glob(PRSA))) and column != "good":
        hours = pd.concat([pd.read_parquet(file, columns=["station", "ts", column]) for file in files])
        found.append(City("Beijing (PRSA)", _series(_of_hours(hours, column)), 3))
    days = [_of_days(file, column) for file in sorted(folder.glob(CITIES))]
    if days:
        for name, values in pd.concat(days).groupby(level=0):
            found.append(City(NAMES.get(str(name), str(name)), _series(values.droplevel(0)), 1))
    if not found:
        sys.exit(f"no data with {column} below {folder}: expected {PRSA} and {CITIES}; name the folder that holds them")
    return found


NAMES = {"天津": "Tianjin", "南京": "Nanjing", "成都": "Chengdu", "北京": "Beijing"}


def _of_hours(hours: pd.DataFrame, column: str) -> pd.Series:
    """City days: the mean over stations of their daily means of at least 20 hours."""
    hours[column] = hours[column].astype(float)
    days = hours.groupby(["station", hours["ts"].dt.date])[column].agg(["count", "mean"])
    return days.loc[days["count"] >= HOURS, "mean"].groupby(level=1).mean()


def _of_days(file: Path, column: str) -> pd.Series:
    """City days as published; 0 stands for missing."""
    source = "aqi" if column == "good" else column
    table = pd.read_csv(file, usecols=["date", "city", source])
    values = table[source].astype(float).where(table[source] != 0)
    values.index = pd.MultiIndex.from_arrays([table["city"], pd.to_datetime(table["date"]).dt.date])
    return values if column != "good" else (values <= GOOD).astype(float).where(values.notna())


def _series(values: pd.Series) -> Series:
    """Consecutive days from the first to the last, nan where there is none."""
    days = sorted(values.index)
    first: date = days[0]
    filled: Floats = np.full((days[-1] - first).days + 1, np.nan)
    for day, value in values.items():
        filled[(day - first) // timedelta(days=1)] = value
    return Series(first, filled)
