"""Rows for the tests of the lake; stations and values are invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable

from bilan.observe import Lake
from bilan.observe.lake_schema import INCOMING

BEIJING = timezone(timedelta(hours=8))


def at(text: str) -> datetime:
    """The instant of a Beijing time such as ``2024-05-01T08:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING).astimezone(UTC)


def day_of(text: str) -> datetime:
    """A moment at which something was received."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def row(**changes: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "station": "s1",
        "parameter": "a34004",
        "statistic": "avg",
        "seconds": 3600,
        "time": at("2024-05-01T08:00"),
        "value": 35.0,
        "unit": "µg/m3",
        "flag": None,
        "state": "actual",
        "source": "cnemc",
        "source_ref": "file-1",
        "source_line": 2,
    }
    assert changes.keys() <= usual.keys()
    return usual | changes


def table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=INCOMING)


def hours(count: int, *, first: str = "2024-01-01T01:00", stations: int = 1, **changes: Any) -> pa.Table:
    """``count`` hourly values of each station, all different, one line each."""
    start = at(first)
    return table(
        *(
            row(
                station=f"s{station}",
                time=start + timedelta(hours=hour),
                value=float(hour % 400 + station),
                source_line=hour * stations + station + 2,
                **changes,
            )
            for hour in range(count)
            for station in range(stations)
        )
    )


def stored(lake: Lake) -> list[dict[str, Any]]:
    """Every row of the lake, closed ones too, as any reader of Delta tables sees them."""
    found = DeltaTable(f"{lake.path}/observations").to_pyarrow_table().to_pylist()
    return sorted(found, key=lambda row: (row["station"], row["parameter"], row["time"], row["received_at"]))


def present(lake: Lake) -> list[dict[str, Any]]:
    return [row for row in stored(lake) if row["superseded_at"] is None]
