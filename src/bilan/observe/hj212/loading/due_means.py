"""When which means are due: intervals that are over, of the outlets and days of which instants came.

A day's minutes, hours and the day itself are made from its instants alone. So what is kept is, for each day and
outlet, the earliest instant that is not in a mean yet, or where the computing stopped; a day is forgotten when it is
over and computed, and comes back with an instant that is sent late.

The rules are those of the system (ST) that the register names. Where it names none, of all the systems an outlet was
heard as, one of a pollution source decides before one of the environment, then the lower code, in whatever order they
came; processes (51, 52), electricity (44), key processes (45) and conversation decide only where there is nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bilan.observe.hj212.loading.rows import SHANGHAI, Extract
from bilan.observe.hj212.register import MIN_INTERVAL, Outlet, Register
from bilan.policy.hj212 import editions, system_kind, system_types

if TYPE_CHECKING:
    import pyarrow as pa

    from bilan.observe.hj212.loading import means
    from bilan.observe.lake import Lake
    from bilan.observe.lake_classify import Added

LATE = 120  # seconds after its end for which an interval waits for data that are on their way
SOURCE_REF = "hj212-computed"

_DAY, _HOUR = 86400, 3600
_EPOCH = date(1970, 1, 1)
_RANKS = {"source": 0, "environment": 1}
_BESIDE = frozenset({"electricity", "process"})  # what is measured beside an outlet, though its code is a source's


class DueMeans:
    """What is to be computed; ``told`` is what :meth:`to_json` gave.

    >>> due = DueMeans({})
    >>> due.note("s1", "31", Extract(0, 1709222400, ()))
    >>> due.to_json()["pending"]
    {'2024-03-01': {'s1': 1709222400}}
    """

    def __init__(self, told: dict[str, Any]) -> None:
        self._pending: dict[str, dict[str, int]] = {day: dict(of) for day, of in told.get("pending", {}).items()}
        systems: dict[str, str | list[str]] = told.get("systems", {})  # text: an early checkpoint, of one alone
        self._systems = {name: {of} if isinstance(of, str) else set(of) for name, of in systems.items()}

    def to_json(self) -> dict[str, Any]:
        """All of it, for a checkpoint."""
        return {"pending": self._pending, "systems": {name: sorted(of) for name, of in self._systems.items()}}

    def note(self, station: str, st: str, found: Extract) -> None:
        """Take notice of real-time data of ``station``, a system of the kind ``st``."""
        day = str(_EPOCH + timedelta(days=(found.time + SHANGHAI) // _DAY))
        stations = self._pending.setdefault(day, {})
        stations[station] = min(found.time, stations.get(station, found.time))
        self._systems.setdefault(station, set()).add(st)

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

        outlets = [self._outlet(register, station, day) for station in stations]
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

    def _outlet(self, register: Register, station: str, day: str) -> means.Outlet:
        from bilan.observe.hj212.loading import means

        outlet = _registered(register, station, day)
        return means.Outlet(
            station,
            (outlet.st if outlet else "") or deciding(self._systems[station]),
            minute_seconds=(outlet.min_interval if outlet else MIN_INTERVAL) * 60,
            every=(outlet.rtd_interval if outlet else None) or None,
            reference_oxygen=outlet.o2_reference if outlet else None,
        )


def deciding(systems: Iterable[str]) -> str:
    """The system whose rules an outlet has that was heard as all of ``systems``.

    >>> deciding({"22", "32", "44", "52"}), deciding({"52", "22"}), deciding({"52"})
    ('32', '22', '52')
    """
    return min(systems, key=lambda st: (_RANKS.get(_kind(st), len(_RANKS)), st))


def _kind(st: str) -> str:
    known = system_types(max(editions())).get(st)
    return "" if known and known.medium in _BESIDE else system_kind(st) or ""


def _registered(register: Register, station: str, day: str) -> Outlet | None:
    return register.of_station(station, date.fromisoformat(day))


def _end(day: str) -> int:
    """The second at which ``day`` is over in Asia/Shanghai."""
    return ((date.fromisoformat(day) - _EPOCH).days + 1) * _DAY - SHANGHAI
