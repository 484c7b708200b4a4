"""What an importer gives, for the tests of importers; stations and values are invented."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bilan.observe.importers.base import Importer, Options, Station
from bilan.observe.importers.sources import Reject

from .lake_rows import BEIJING


@dataclass
class Imported:
    rows: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    stations: dict[str, Station] = field(default_factory=dict)
    read: int = 0
    empty: int = 0
    assumptions: tuple[str, ...] = ()

    def value(self, parameter: str, **said: Any) -> float:
        """The one value of the parameter, of those that have all that is said."""
        (found,) = self.of(parameter, **said)
        return float(found["value"])

    def of(self, parameter: str, **said: Any) -> list[dict[str, Any]]:
        wanted = {"parameter": parameter, **said}
        return [row for row in self.rows if all(row[name] == value for name, value in wanted.items())]

    def times(self) -> list[str]:
        """The different labels, Beijing time."""
        return sorted({f"{row['time'].astimezone(BEIJING):%Y-%m-%dT%H:%M}" for row in self.rows})

    def refused(self) -> list[tuple[int, str, str]]:
        return [(reject.line, reject.column, reject.value) for reject in self.rejects]


def imported(importer: type[Importer], path: Path, **options: Any) -> Imported:
    opened = importer(path, Options(**options))
    found = Imported(assumptions=opened.assumptions)
    for taken in opened:
        for batch in taken.observations:
            found.rows += batch.to_pylist()
        found.rejects += taken.rejects
        found.stations |= taken.stations
        found.read += taken.rows
        found.empty += taken.empty
    return found


def write_csv(path: Path, rows: Iterable[Sequence[str]], encoding: str = "utf-8") -> Path:
    """A file of plain cells, as they are: quoting is up to the test."""
    path.write_bytes("".join(",".join(row) + "\n" for row in rows).encode(encoding))
    return path
