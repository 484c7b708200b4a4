"""How long a board takes: 300 targets for a city and its 20 districts, over 60 stations and five years of hours.

    python bench/board.py [FOLDER] [--stations 60] [--years 5] [--targets 300] [--growth]

Makes the lake of ``air_lake.py`` in FOLDER (default: one that is thrown away), invented statistics and a plan of as
many targets, each with a goal of its own for every district. Prints the time of a board that nothing is kept of (cold),
of the same board again (warm), and again after packets of other stations have arrived; and their ratio to the baseline:
the official reading of every row, one at a time (``bilan.evaluate.indicators.reading``), measured on some rows and
taken that many times. ``--growth`` does so for a third and two thirds of the stations and of the targets, too.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from statistics import median

import pyarrow as pa
from air_lake import FIRST_YEAR, Size, make, station_names

from bilan.board.boards import make_board
from bilan.board.cases import districts_of
from bilan.board.entries import Entries, Entry
from bilan.board.model import Board
from bilan.evaluate.air.indicators import AIR
from bilan.evaluate.engine import connect
from bilan.evaluate.indicators import reading
from bilan.evaluate.kept import Kept
from bilan.evaluate.places import region_of
from bilan.observe import Lake
from bilan.observe.statistics import Statistics
from bilan.observe.statistics_report import Report
from bilan.periods import Period
from bilan.plan.model import CompiledPlan, PlanInfo, Source, Target
from bilan.policy import Indicator, Region, indicators

CITY = "510100"  # has 20 districts; nothing of it but its list of districts is used
BASELINE_ROWS = 4


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of one board."""

    cold: float
    warm: float
    elsewhere: float
    rows: int


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--stations", type=int, default=60)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--targets", type=int, default=300)
    parser.add_argument("--growth", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bilan-bench-") as passing:
        folder = asked.folder or Path(passing)
        full = measured(folder, asked.stations, asked.years, asked.targets)
        one = one_reading(lake_of(folder, asked.stations, asked.years), asked.years)
        show(f"{asked.targets} targets, {asked.stations} stations, {asked.years} years", full, one)
        if asked.growth:
            for part in (1 / 3, 2 / 3):
                fewer = round(asked.stations * part), round(asked.targets * part)
                show(f"{fewer[0]} stations", measured(folder, fewer[0], asked.years, asked.targets))
                show(f"{fewer[1]} targets", measured(folder, asked.stations, asked.years, fewer[1]))
    return 0


def show(what: str, times: Times, one: float | None = None) -> None:
    print(f"{what}: {times.rows} rows; cold {times.cold:.2f} s, warm {times.warm:.3f} s, ", end="")
    print(f"after packets elsewhere {times.elsewhere:.3f} s")
    if one is not None:
        whole = one * times.rows
        print(f"  baseline, a reading at a time: {one:.2f} s a row, {whole:.0f} s in all")
        print(f"  cold {times.cold / whole:.5f} of it, warm {times.warm / whole:.6f}")


def measured(folder: Path, stations: int, years: int, targets: int) -> Times:
    """Return the times of a board over the lake of so many stations."""
    where = lake_of(folder, stations, years)
    plan, entries, day = plan_of(targets, years), entries_of(targets), date(FIRST_YEAR + years - 1, 9, 30)
    with tempfile.TemporaryDirectory(prefix="bilan-kept-") as kept:

        def board() -> Board:
            return make_board(plan, Lake(where), connect(), as_of=day, entries=entries, kept=Kept(Path(kept)))

        made, cold = timed(board)
        warm = median(timed(board)[1] for _ in range(5))
        arrive_elsewhere(where, day)
        again, elsewhere = timed(board)
    assert again.rows == made.rows
    return Times(cold, warm, elsewhere, len(made.rows))


def timed(work: Callable[[], Board]) -> tuple[Board, float]:
    begun = time.perf_counter()
    made = work()
    return made, time.perf_counter() - begun


def one_reading(where: Path, years: int) -> float:
    """Return the seconds of one official reading of the city, one after the other."""
    year = Period.parse(str(FIRST_YEAR + years - 1)).to_date(date(FIRST_YEAR + years - 1, 9, 30))
    assert year is not None
    asked = [one for one in indicators() if one.code in AIR][:BASELINE_ROWS]
    begun = time.perf_counter()
    for one in asked:
        reading(one.code, Lake(where), connect(), region_of(CITY), year)
    return (time.perf_counter() - begun) / len(asked)


# --- what the board is of ---


def lake_of(folder: Path, stations: int, years: int) -> Path:
    """Return a lake of so many stations, spread over the districts, with statistics; made where it is not there."""
    whole = folder / f"stations-{stations}"
    size = Size(stations, years)
    fresh = not (whole / "size.json").exists()
    make(whole, size)
    if fresh:
        lake = Lake(whole / "lake")
        places = districts_of(region_of(CITY))
        regions = [places[number % len(places)].id for number in range(stations)]
        lake.add_stations(pa.table({"id": station_names(size), "medium": ["air"] * stations, "region": regions}))
        Statistics.of(lake).add(list(reports(years)), "invented")
    return whole / "lake"


def reports(years: int) -> Iterator[Report]:
    """Yield figures of every indicator without a monitor, for the city and its districts, for three years."""
    now = datetime(FIRST_YEAR + years - 1, 4, 1, tzinfo=UTC)
    regions = [region_of(CITY), *districts_of(region_of(CITY))]
    last = FIRST_YEAR + years - 2
    line = 1
    for one in reported():
        for region in regions:
            for year in range(last - 2, last + 1):
                line += 1
                yield report(one, region, Period.parse(str(year)), Decimal(60 + line % 300) / 10, line, now)


def report(one: Indicator, region: Region, period: Period, value: Decimal, line: int, now: datetime) -> Report:
    return Report(
        indicator=one.code,
        region=region.id,
        period=str(period),
        first=period.first,
        last=period.last,
        value=value,
        step=Decimal("0.1"),
        unit=one.unit,
        given=str(value),
        given_unit=one.unit,
        source="invented",
        status="final",
        reported_by="bench",
        reported_on=now.date(),
        note="",
        file="invented.csv",
        source_ref="invented",
        sheet="",
        source_line=line,
        received_at=now,
    )


def reported() -> list[Indicator]:
    return [one for one in indicators() if not one.code.startswith(("air.", "water.s")) and one.unit]


def plan_of(targets: int, years: int) -> CompiledPlan:
    """Return a plan of so many targets: the indicators of ambient air, then reported ones, then again."""
    air = [one for one in indicators() if one.code in AIR]
    asked = [*air, *reported()]
    last = FIRST_YEAR + years
    period = f"{last - 2}/{last}"
    return CompiledPlan(
        compiler="bench",
        plan=PlanInfo(
            id="bench",
            version=f"{targets}-{years}",
            title="bench",
            region=CITY,
            region_name=None,
            issuer=None,
            document_number=None,
            issued=None,
            period=period,
            superior=[],
        ),
        sections=[],
        tasks=[],
        targets=[target(number, asked[number % len(asked)], last) for number in range(targets)],
        measures=[],
        projects=[],
        duties=[],
        gaps=[],
        source=Source(file="bench", media_type="text/plain", sha256="", encoding=None, characters=0, repairs=[]),
    )


def target(number: int, one: Indicator, year: int) -> Target:
    return Target(
        id=f"t{number:04}",
        start=0,
        end=1,
        kind="target",
        indicator=one.code,
        name=one.name,
        operator="<=" if one.direction == "lower" else ">=",
        value=20 + number % 60,
        unit=one.unit,
        value_kind="number",
        due=str(year),
        due_source="explicit",
        region=CITY,
        baseline_year=str(year - 3),
        baseline_value=30 + number % 40,
        quote=one.name,
        confidence=1,
    )


def entries_of(targets: int) -> Entries:
    """Return a goal of its own for every target in every district."""
    day = date(FIRST_YEAR, 1, 1)
    places: Sequence[Region] = districts_of(region_of(CITY))
    return Entries(
        Entry(f"t{number:04}", "goal", None, Decimal(20 + number % 60), None, "invented", "bench", day, region=place.id)
        for number in range(targets)
        for place in places
    )


def arrive_elsewhere(where: Path, day: date) -> None:
    """A packet of an outlet, of a pollutant that stations of the air have, too, and one of another."""
    rows = [
        {
            "station": "outlet-1",
            "parameter": code,
            "statistic": "avg",
            "seconds": 3600,
            "value": 12.0,
            "time": datetime(day.year, day.month, day.day, tzinfo=UTC),
            "source": "table",
            "source_ref": "elsewhere",
            "source_line": number,
            "unit": "mg/m3",
            "flag": None,
            "state": None,
        }
        for number, code in enumerate(("a21026", "w01018"))
    ]
    Lake(where).add([pa.Table.from_pylist(rows)], batch=f"elsewhere-{time.time_ns()}")


if __name__ == "__main__":
    sys.exit(main())
