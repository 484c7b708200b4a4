"""The files of the lake as its log describes them: which could hold what is asked, without opening one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

# Kept for every file in the log; what is asked for by time, day or station is found by them.
STATISTICS = ("station", "statistic", "seconds", "time", "day")


@dataclass(frozen=True, slots=True)
class LakeFile:
    """One Parquet file of the observations; every bound is included.

    ``name`` is its path below the table, ``path`` the whole path or URL. ``closed`` counts the rows that a correction
    has superseded. The columns ``parameter`` and ``year`` are not in the file but in its path, ``parameter=…/year=…``.
    """

    name: str
    path: str
    parameter: str
    year: int
    rows: int
    closed: int
    size: int
    first_time: datetime
    last_time: datetime
    first_day: date
    last_day: date
    first_station: str
    last_station: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is looked for in one partition; every bound is included."""

    parameter: str
    year: int
    first_time: datetime
    last_time: datetime
    first_station: str
    last_station: str


def described(adds: pa.Table, root: str) -> Iterator[LakeFile]:
    """The files of the log's flattened ``adds``; ``root`` is the path or URL of the table."""
    for row in adds.to_pylist():
        yield LakeFile(
            name=row["path"],
            path=f"{root}/{row['path']}",
            parameter=row["partition.parameter"],
            year=row["partition.year"],
            rows=row["num_records"],
            closed=row["num_records"] - row["null_count.superseded_at"],
            size=row["size_bytes"],
            first_time=row["min.time"],
            last_time=row["max.time"],
            first_day=row["min.day"],
            last_day=row["max.day"],
            first_station=row["min.station"],
            last_station=row["max.station"],
        )


def select(
    files: Iterable[LakeFile],
    parameters: Collection[str] | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    stations: Collection[str] | None = None,
) -> list[LakeFile]:
    """Those of ``files`` that can hold a row of the parameters, days (both included) and stations; None asks for all.

    >>> select([], parameters=["a34004"])
    []
    """
    return [
        file
        for file in files
        if (parameters is None or file.parameter in parameters)
        and (first_day is None or first_day <= file.last_day)
        and (last_day is None or file.first_day <= last_day)
        and (stations is None or any(file.first_station <= name <= file.last_station for name in stations))
    ]


def touching(files: Iterable[LakeFile], bounds: Iterable[Bounds]) -> list[LakeFile]:
    """Those of ``files`` that can hold a row within one of the ``bounds``."""
    sought = {(bound.parameter, bound.year): bound for bound in bounds}
    return [
        file
        for file in files
        if (bound := sought.get((file.parameter, file.year)))
        and file.first_time <= bound.last_time
        and bound.first_time <= file.last_time
        and file.first_station <= bound.last_station
        and bound.first_station <= file.last_station
    ]
