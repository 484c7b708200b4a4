"""A lake of hourly air values as large as a national network's, and the same values as a wide table.

    python bench/air_lake.py FOLDER [--stations 1500] [--years 3] [--seed 1]

Writes FOLDER/lake (what ``bilan ingest`` and ``bilan lake compact`` leave: one file for a parameter and month, sorted)
and FOLDER/wide (one file a month: station, ts, so2, no2, pm10, pm25, co, o3). The years begin with 2027, so that one
standard holds throughout. Values are invented: seasons, hours of the day, weather common to neighbours, noise; about
two in a hundred are missing, single ones and outages. Whole µg/m3, CO in tenths of mg/m3.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from calendar import monthrange
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake.transaction import AddAction

from bilan.observe import Lake
from bilan.observe.lake_log import LakeLog
from bilan.observe.lake_parquet import STORED, FileWriter
from bilan.observe.lake_schema import OBSERVATIONS, PARTITION

FIRST_YEAR = 2027
MISSING = -1
NEIGHBOURS = 50  # stations that share their weather
HOUR = 3_600_000_000  # µs
BEIJING = 8 * HOUR


@dataclass(frozen=True, slots=True)
class Kind:
    """A pollutant: its column of the wide table, code, level, how much more in winter, at what hour it peaks."""

    name: str
    code: str
    level: float
    winter: float
    peak: int
    state: str
    digits: int = 0


KINDS = (
    Kind("so2", "a21026", 9, 0.3, 10, "298K"),
    Kind("no2", "a21004", 24, 0.3, 20, "298K"),
    Kind("pm10", "a34002", 55, 0.4, 9, "actual"),
    Kind("pm25", "a34004", 30, 0.5, 8, "actual"),
    Kind("co", "a21005", 0.7, 0.2, 9, "298K", digits=1),
    Kind("o3", "a05024", 62, -0.5, 15, "298K"),
)


@dataclass(frozen=True, slots=True)
class Size:
    """What is asked for; the same size gives the same values."""

    stations: int = 1500
    years: int = 3
    seed: int = 1

    @property
    def values(self) -> int:
        """How many there would be with none missing."""
        days = date(FIRST_YEAR + self.years, 1, 1) - date(FIRST_YEAR, 1, 1)
        return self.stations * days.days * 24 * len(KINDS)

    def months(self) -> Iterator[date]:
        for year in range(FIRST_YEAR, FIRST_YEAR + self.years):
            for month in range(1, 13):
                yield date(year, month, 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    add_size(parser)
    options = parser.parse_args()
    make(options.folder, Size(options.stations, options.years, options.seed))
    return 0


def add_size(parser: argparse.ArgumentParser) -> None:
    for name, value in asdict(Size()).items():
        parser.add_argument(f"--{name}", type=int, default=value)


def make(folder: Path, size: Size) -> None:
    """Write ``folder``/lake and ``folder``/wide, unless both are there already in this size."""
    note = folder / "size.json"
    wanted = asdict(size)
    if note.exists():
        if json.loads(note.read_text()) != wanted:
            sys.exit(f"{folder} holds {note.read_text().strip()}, asked for {json.dumps(wanted)}; name another folder")
        return
    if folder.exists() and any(folder.iterdir()):
        sys.exit(f"{folder} is not empty and was not finished by this program")
    (folder / "wide").mkdir(parents=True)
    lake = Lake(folder / "lake")
    log = LakeLog.open(f"{folder}/lake/observations", OBSERVATIONS, PARTITION, None)
    adds: list[AddAction] = []
    months = list(size.months())
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:  # deltalake cannot be forked
        for number, written in enumerate(pool.map(partial(write_month, folder, size), months), start=1):
            adds += written
            print(f"\r{number} of {len(months)} months", end="", file=sys.stderr)
    print(file=sys.stderr)
    log.commit(adds)
    names = station_names(size)
    lake.add_stations(pa.table({"id": names, "name": names, "medium": ["air"] * size.stations}))
    note.write_text(json.dumps(wanted) + "\n")


def write_month(folder: Path, size: Size, month: date) -> list[AddAction]:
    """Entries for the log of the month's files; its wide file is written beside them."""
    values = {kind: concentrations(kind, size, month) for kind in KINDS}
    outage(values, size, month)
    log = LakeLog(f"{folder}/lake/observations")
    adds = []
    for kind, grid in values.items():
        rows = long_rows(kind, grid, size, month)
        with FileWriter(log, kind.code, month.year, rows.schema) as writer:
            writer.write(rows)
            adds.append(writer.close())
    pq.write_table(
        wide_rows(values, size, month),
        folder / "wide" / f"{month:%Y-%m}.parquet",
        compression="zstd",
        store_decimal_as_integer=True,
    )
    return adds


# --- values: a row for each station, a column for each hour of the month, whole steps, MISSING where there is none ---


def concentrations(kind: Kind, size: Size, month: date) -> np.ndarray[Any, Any]:
    hours = monthrange(month.year, month.month)[1] * 24
    draw = np.random.default_rng([size.seed, KINDS.index(kind), month.toordinal()])
    site = np.random.default_rng([size.seed, KINDS.index(kind)]).normal(0, 0.25, size.stations)
    season = kind.winter * np.cos(2 * np.pi * (month.month - 1) / 12)
    clock = 0.3 * np.cos(2 * np.pi * (np.arange(1, hours + 1) - kind.peak) / 24)
    weather = np.repeat(persistent(draw, -(-size.stations // NEIGHBOURS), hours), NEIGHBOURS, axis=0)[: size.stations]
    noise = draw.normal(0, 0.15, (size.stations, hours))
    level = kind.level * np.exp(site[:, None] + season + clock + 0.35 * weather + noise)
    grid = np.maximum(np.rint(level * 10**kind.digits), 1).astype(np.int32)
    grid[draw.random(grid.shape) < 0.01] = MISSING
    return grid


def persistent(draw: np.random.Generator, places: int, hours: int) -> np.ndarray[Any, Any]:
    """Weather: each hour much like the one before, spread 1."""
    found = np.empty((places, hours))
    now = draw.normal(0, 1, places)
    for hour in range(hours):
        now = 0.98 * now + draw.normal(0, np.sqrt(1 - 0.98**2), places)
        found[:, hour] = now
    return found


def outage(values: dict[Kind, np.ndarray[Any, Any]], size: Size, month: date) -> None:
    """Take out up to three days of all pollutants at one station in five, and of one pollutant at as many."""
    hours = next(iter(values.values())).shape[1]
    draw = np.random.default_rng([size.seed, month.toordinal()])
    for which in (KINDS, None):
        for station in draw.choice(size.stations, size.stations // 5, replace=False):
            first, length = int(draw.integers(hours)), int(draw.integers(2, 73))
            for kind in which or (KINDS[int(draw.integers(len(KINDS)))],):
                values[kind][station, first : first + length] = MISSING


# --- the two forms ---


def long_rows(kind: Kind, grid: np.ndarray[Any, Any], size: Size, month: date) -> pa.Table:
    """The rows of the lake, in its order: as if each day had come in one file, the hours one below the other."""
    station, hour = np.nonzero(grid != MISSING)
    days = [month + timedelta(n) for n in range(grid.shape[1] // 24)]
    day = hour // 24
    came = start(month) + (day + 1) * 24 * HOUR + HOUR // 2 - BEIJING
    columns = {
        "station": words(station_names(size), station),
        "statistic": words(["avg"], np.zeros(len(day))),
        "seconds": pa.array(np.full(len(day), 3600, np.int32)),
        "time": pa.array(start(month) + (hour + 1) * HOUR - BEIJING, pa.timestamp("us", "UTC")),
        "day": pa.array(days, pa.date32()).take(pa.array(day)),
        "hour": pa.array((hour % 24 + 1).astype(np.int16)),
        "value": pa.array(grid[station, hour] / 10**kind.digits),
        "unit": words(["mg/m3" if kind.digits else "µg/m3"], np.zeros(len(day))),
        "flag": words([], None, len(day)),
        "state": words([kind.state], np.zeros(len(day))),
        "source": words(["cnemc"], np.zeros(len(day))),
        "batch": words([f"cnemc-{day}" for day in days], day),
        "source_ref": words([hashlib.sha256(day.isoformat().encode()).hexdigest() for day in days], day),
        "source_line": pa.array(hour % 24 * size.stations + station + 2),
        "received_at": pa.array(came, pa.timestamp("us", "UTC")),
        "superseded_at": pa.nulls(len(day), pa.timestamp("us", "UTC")),
    }
    return pa.table({name: columns[name] for name in STORED.names})


def wide_rows(values: dict[Kind, np.ndarray[Any, Any]], size: Size, month: date) -> pa.Table:
    """A row for each station and hour, ``ts`` the label in Beijing time; rows without any value left out."""
    there = np.any([grid != MISSING for grid in values.values()], axis=0)
    station, hour = np.nonzero(there)
    columns = {
        "station": words(station_names(size), station).cast(pa.string()),
        "ts": pa.array(start(month) + (hour + 1) * HOUR, pa.timestamp("us")),
    }
    for kind, grid in values.items():
        taken = grid[station, hour]
        steps = pa.array(taken, mask=taken == MISSING)
        columns[kind.name] = tenths(steps) if kind.digits else steps.cast(pa.int16())
    return pa.table(columns)


def tenths(steps: pa.Array) -> pa.Array:
    """The whole numbers as decimals ten times smaller."""
    whole = steps.cast(pa.decimal128(10, 0))
    return pa.Array.from_buffers(pa.decimal128(10, 1), len(whole), whole.buffers(), whole.null_count)


def words(dictionary: list[str], indices: Any, count: int = 0) -> pa.DictionaryArray:
    codes = pa.nulls(count, pa.int32()) if indices is None else pa.array(indices.astype(np.int32))
    return pa.DictionaryArray.from_arrays(codes, pa.array(dictionary, pa.string()))


def station_names(size: Size) -> list[str]:
    return [f"cnemc-{1001 + number}A" for number in range(size.stations)]


def start(month: date) -> int:
    """The month's beginning in µs since 1970, read as if Beijing's clock were UTC."""
    return int(datetime(month.year, month.month, 1, tzinfo=UTC).timestamp()) * 1_000_000


if __name__ == "__main__":
    sys.exit(main())
