"""Small lakes of invented stations for the tests of ambient air."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa

from bilan.observe import Lake
from bilan.observe.lake_schema import INCOMING, STATIONS

BEIJING = timezone(timedelta(hours=8))
CODES = {"so2": "a21026", "no2": "a21004", "pm10": "a34002", "pm2_5": "a34004", "co": "a21005", "o3": "a05024"}
CITY = "990100"  # the fictional city of the region table, with two of its districts
DISTRICT, OTHER_DISTRICT = "990102", "990103"

Value = tuple[str, str, datetime, float]  # station, pollutant, label (Beijing), value


def label(text: str) -> datetime:
    """The instant of a Beijing label such as ``2026-03-01T00:00``; 24:00 is the end of its day."""
    day, clock = text.split("T")
    hour, minute = (int(part) for part in clock.split(":"))
    return datetime.fromisoformat(day).replace(tzinfo=BEIJING) + timedelta(hours=hour, minutes=minute)


def hours_of(
    station: str, days: Iterable[date], values: Mapping[str, float | Callable[[date, int], float | None]]
) -> list[Value]:
    """An hour of each pollutant for every label 1 to 24 of ``days``: a constant, or what a function of both gives."""
    made: list[Value] = []
    for day in days:
        midnight = datetime(day.year, day.month, day.day, tzinfo=BEIJING)
        for hour in range(1, 25):
            for pollutant, value in values.items():
                found = value(day, hour) if callable(value) else value
                if found is not None:
                    made.append((station, pollutant, midnight + timedelta(hours=hour), found))
    return made


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def add_values(
    lake: Lake,
    values: Iterable[Value],
    *,
    received: str = "2027-01-01T00:00",
    ref: str = "f",
    state: str | None = None,
) -> None:
    rows = [
        {
            "station": station,
            "parameter": CODES[pollutant],
            "statistic": "avg",
            "seconds": 3600,
            "time": time.astimezone(UTC),
            "value": float(value),
            "unit": "mg/m3" if pollutant == "co" else "µg/m3",
            "flag": None,
            "state": state,
            "source": "table",
            "source_ref": ref,
            "source_line": line,
        }
        for line, (station, pollutant, time, value) in enumerate(values, 2)
    ]
    table = pa.Table.from_pylist(rows, schema=INCOMING)
    lake.add([table], batch=ref, received_at=label(received).astimezone(UTC))


def add_stations(lake: Lake, regions: Mapping[str, str | None], **more: object) -> None:
    """Stations of ambient air with their region (id), named as their id with 站."""
    rows = [
        {"id": id_, "name": f"{id_}站", "medium": "air", "kind": "station", "region": region} | more
        for id_, region in regions.items()
    ]
    lake.add_stations(pa.Table.from_pylist(rows, schema=STATIONS))


def make_lake(path: Path, regions: Mapping[str, str | None], values: Iterable[Value], **more: object) -> Lake:
    lake = Lake(path)
    add_stations(lake, regions, **more)
    add_values(lake, values)
    return lake
