"""When which means are due: intervals that are over, of the outlets and days of which instants came.

A day's minutes, hours and the day itself are made from its instants alone. So what is kept is, for each day and
outlet, the earliest instant that is not in a mean yet, or where the computing stopped; a day is forgotten when it is
over and computed, and comes back with an instant that is sent late.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bilan.observe.hj212.loading.rows import SHANGHAI, Extract
from bilan.observe.hj212.register import MIN_INTERVAL, Outlet, Register

if TYPE_CHECKING:
    import pyarrow as pa

    from bilan.observe.hj212.loading import means
    from bilan.observe.lake import Lake
    from bilan.observe.lake_classify import Added

LATE = 120  # seconds after its end for which an interval waits for data that are on their way
SOURCE_REF = "hj212-computed"

_DAY, _HOUR = 86400, 3600
_EPOCH = date(1970, 1, 1)
_USUAL = 60  # seconds between instants where neither the register nor the data say it


class DueMeans:
    """What is to be computed; ``told`` is what :meth:`to_json` gave.

    >>> due = DueMeans({})
    >>> due.note("s1", "31", Extract(0, 1709222400, ()))
    >>> due.to_json()["pending"]
    {'2024-03-01': {'s1': 1709222400}}
    """

    def __init__(self, told: dict[str, Any]) -> None:
        self._pending: dict[str, dict[str, int]] = {day: dict(of) for day, of in told.get("pending", {}).items()}
        self._systems: dict[str, str] = dict(told.get("systems", {}))
        self._every: dict[tuple[str, str], int] = {}

    def to_json(self) -> dict[str, Any]:
        """All of it, for a checkpoint."""
        return {"pending": self._pending, "systems": self._systems}

    def note(self, station: str, st: str, found: Extract) -> None:
        """Take notice of real-time data of ``station``, a system of the kind ``st``."""
        day = str(_EPOCH + timedelta(days=(found.time + SHANGHAI) // _DAY))
        stations = self._pending.setdefault(day, {})
        stations[station] = min(found.time, stations.get(station, found.time))
        self._systems[station] = st

    def compute(self, lake: Lake, register: Register, now: float) -> tuple[Added, int]:
        """Bring the means of all intervals that ended :data:`LATE` seconds before ``now`` into the lake.

        What the lake made of them, and about how many files that took.
        """
        from bilan.observe import lake_classify

        total, files = lake_classify.Added(), 0
        for day, stations, first, last in list(self._due(register, int(now) - LATE)):
            parameters: set[str] = set()
            tables = self._tables(lake, register, day, stations, first, last, parameters)
            total += lake.add(tables, batch=f"{SOURCE_REF}-{day}")
            files += max(1, len(parameters))
            self._computed(day, stations, last)
        return total, files

    def _tables(
        self,
        lake: Lake,
        register: Register,
        day: str,
        stations: list[str],
        first: int,
        last: int,
        parameters: set[str],
    ) -> Iterator[pa.Table]:
        """The computed rows; their parameters are noted in ``parameters``."""
        from bilan.observe.hj212.loading import means

        outlets = [self._outlet(lake, register, station, day) for station in stations]
        span = datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC)
        line = time.time_ns() // 1000  # grows, so that a value that returns is told from a repetition
        for table in means.compute(lake, outlets, *span, source_ref=SOURCE_REF, source_line=line):
            parameters.update(table["parameter"].unique().to_pylist())
            yield table

    def _due(self, register: Register, until: int) -> Iterator[tuple[str, list[str], int, int]]:
        """Day, stations, first and last moment of each computation; stations that stand alike go together."""
        for day in sorted(self._pending):
            end = _end(day)
            groups: dict[tuple[int, int], list[str]] = {}
            for station, first in self._pending[day].items():
                outlet = _registered(register, station, day)
                step = (outlet.min_interval if outlet else MIN_INTERVAL) * 60
                last = min(end, until // step * step)
                if first // step < last // step:
                    groups.setdefault((first // _HOUR, last), []).append(station)
            for (_, last), stations in groups.items():
                yield day, stations, min(self._pending[day][station] for station in stations), last

    def _computed(self, day: str, stations: list[str], last: int) -> None:
        if last < _end(day):
            self._pending[day].update(dict.fromkeys(stations, last))
            return
        for station in stations:
            del self._pending[day][station]
        if not self._pending[day]:
            del self._pending[day]

    def _outlet(self, lake: Lake, register: Register, station: str, day: str) -> means.Outlet:
        from bilan.observe.hj212.loading import means

        outlet = _registered(register, station, day)
        return means.Outlet(
            station,
            self._systems[station],
            minute_seconds=(outlet.min_interval if outlet else MIN_INTERVAL) * 60,
            every=(outlet.rtd_interval if outlet else None) or self._usual(lake, station, day),
            reference_oxygen=outlet.o2_reference if outlet else None,
        )

    def _usual(self, lake: Lake, station: str, day: str) -> int:
        """The seconds between the instants of a day, as the lake has them for those stations that wait now."""
        from bilan.observe.hj212.loading import means

        if (station, day) not in self._every:
            span = datetime.fromtimestamp(_end(day) - _DAY, UTC), datetime.fromtimestamp(_end(day), UTC)
            found = means.usual_interval(lake, list(self._pending[day]), *span)
            self._every = {known: every for known, every in self._every.items() if known[1] == day}
            self._every |= {(name, day): found.get(name, _USUAL) for name in self._pending[day]}
        return self._every[station, day]


def _registered(register: Register, station: str, day: str) -> Outlet | None:
    return register.of_station(station, date.fromisoformat(day))


def _end(day: str) -> int:
    """The second at which ``day`` is over in Asia/Shanghai."""
    return ((date.fromisoformat(day) - _EPOCH).days + 1) * _DAY - SHANGHAI
