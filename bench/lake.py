"""What the lake costs: peak memory of large imports, and the price of a small merge by the size of the year.

    python bench/lake.py [--rows 10000000] [--rounds 5] [--keep FOLDER]

Every step is a process started from nothing. Hourly values of one parameter and year are imported into an empty lake,
then the same again; the bounds are those of the promise, 2 GB. Then 2,000 rows, half of them corrections and half
new, are merged into that year and into a lake that holds a quarter of it: all in one day, and spread over all of the
time. The figure is the ratio of CPU seconds of the merge alone, the promise four. Baseline of the import: the same
batches appended by ``write_deltalake``, which looks nothing up.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HOURS = 8760
QUARTER = HOURS // 4
FIRST = datetime(2022, 12, 31, 17, tzinfo=UTC)  # the label of the first hour of 2023 in Beijing
MERGED = 2_000


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of the work itself, peak memory of its process in MB, and what it said."""

    seconds: float
    megabytes: float
    said: str


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000, help="values in the year")
    parser.add_argument("--rounds", type=int, default=5, help="merges of each kind; the median counts")
    parser.add_argument("--keep", type=Path, help="folder in which the lakes stay; default: a temporary one")
    parser.add_argument("--step", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        STEPS[options.step[0]](*options.step[1:])
        return 0
    folder = options.keep or Path(tempfile.mkdtemp(prefix="bilan-bench-"))
    try:
        report(folder, max(options.rows // HOURS, 4), max(options.rounds, 1))
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


def report(folder: Path, stations: int, rounds: int) -> None:
    year, quarter, plain = (str(folder / name) for name in ("year", "quarter", "plain"))
    base = run("append", plain, stations, HOURS)
    print("| what | rows | CPU s | peak MB | peak ÷ 2 GB | CPU ÷ plain append |")
    print("|---|---:|---:|---:|---:|---:|")
    for label, cost in (
        ("plain append (write_deltalake)", base),
        ("import", run("import", year, stations, HOURS)),
        ("the same again", run("import", year, stations, HOURS)),
        ("compact", run("compact", year)),
    ):
        print(
            f"| {label} | {stations * HOURS:,} | {cost.seconds:.1f} | {cost.megabytes:.0f} "
            f"| {cost.megabytes / 2000:.2f} | {cost.seconds / base.seconds:.2f} |"
        )
    run("import", quarter, stations, QUARTER)
    run("compact", quarter)
    print(f"\n| {MERGED:,} rows merged | into the year, CPU s | into a quarter, CPU s | ratio, at most 4 | peak MB |")
    print("|---|---:|---:|---:|---:|")
    for label, kind in (("in one day", "day"), ("spread over all of it", "spread")):
        large, small = [], []
        for turn in range(rounds):  # in turns, so that a busy machine slows both
            large.append(run("merge", year, stations, HOURS, kind, turn))
            small.append(run("merge", quarter, stations, QUARTER, kind, turn))
        much, little = (statistics.median(found.seconds for found in side) for side in (large, small))
        peak = max(found.megabytes for found in (*large, *small))
        print(f"| {label} | {much:.2f} | {little:.2f} | {much / little:.2f} | {peak:.0f} |")
        print(f"  {large[-1].said}", file=sys.stderr)


def run(*step: object) -> Cost:
    """The cost of one step in a process of its own; one that fails ends the program."""
    ran = subprocess.run(
        [sys.executable, __file__, "--step", *map(str, step)], check=False, capture_output=True, encoding="utf-8"
    )
    if ran.returncode:
        sys.exit(f"exit code {ran.returncode}, nothing measured: {' '.join(map(str, step))}\n{ran.stderr.strip()}")
    seconds, memory, said = ran.stdout.strip().split(maxsplit=2)
    return Cost(float(seconds), int(memory) / (1e6 if sys.platform == "darwin" else 1024), said)


# --- the steps, each in its own process ---


def measured(work: Any) -> None:
    """Run ``work`` and print its CPU seconds, the peak memory so far, and what it returned."""
    import resource

    def cpu() -> float:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    begun = cpu()
    said = work()
    print(cpu() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, said)


def import_(path: str, stations: str, hours: str) -> None:
    from bilan.observe import Lake

    lake = Lake(path)
    measured(lambda: lake.add(days(int(stations), int(hours)), batch="bench"))


def append(path: str, stations: str, hours: str) -> None:
    import pyarrow as pa
    from deltalake import write_deltalake

    from bilan.observe.lake_schema import INCOMING

    batches = (day.cast(INCOMING).to_batches()[0] for day in days(int(stations), int(hours)))
    measured(lambda: write_deltalake(path, pa.RecordBatchReader.from_batches(INCOMING, batches)))


def compact(path: str) -> None:
    from bilan.observe import Lake

    lake = Lake(path)
    measured(lake.compact)


def merge(path: str, stations: str, hours: str, kind: str, turn: str) -> None:
    """Half of the rows correct values that are there, half come from stations that had no value then."""
    import numpy as np

    from bilan.observe import Lake

    draw = np.random.default_rng(int(turn))
    half = MERGED // 2
    lowest = int(hours) - 24 if kind == "day" else 0
    station = np.concatenate([draw.integers(0, int(stations), half), int(stations) + np.arange(half)])
    hour = draw.integers(lowest, int(hours), MERGED)
    rows = table(station, hour, np.arange(MERGED), f"correction-{kind}-{turn}", offset=1000.0 + int(turn))
    lake = Lake(path)
    measured(lambda: lake.add([rows], batch=f"merge-{turn}"))


def days(stations: int, hours: int) -> Iterator[Any]:
    """Hourly values day by day, as a network publishes them: one file a day, all stations of an hour together."""
    import numpy as np

    for first in range(0, hours, 24):
        hour = np.repeat(np.arange(first, min(first + 24, hours)), stations)
        station = np.tile(np.arange(stations), len(hour) // stations)
        yield table(station, hour, np.arange(len(hour)), f"day-{first // 24}")


def table(station: Any, hour: Any, line: Any, source_ref: str, offset: float = 0.0) -> Any:
    import numpy as np
    import pyarrow as pa

    def constant(text: str) -> Any:
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(hour), np.int32)), pa.array([text]))

    names = pa.array([f"{number:05d}" for number in range(int(station.max()) + 1)])
    micros = int(FIRST.timestamp() * 1e6) + hour * 3_600_000_000
    return pa.table(
        {
            "station": pa.DictionaryArray.from_arrays(pa.array(station.astype(np.int32)), names),
            "parameter": constant("a34004"),
            "statistic": constant("avg"),
            "seconds": pa.array(np.full(len(hour), 3600, np.int32)),
            "time": pa.array(micros, pa.timestamp("us", "UTC")),
            "value": ((station * 7919 + hour * 104729) % 5003) / 10 + offset,
            "unit": constant("µg/m3"),
            "flag": pa.nulls(len(hour), pa.string()),
            "state": constant("actual"),
            "source": constant("cnemc"),
            "source_ref": constant(source_ref.rjust(64, "0")),
            "source_line": pa.array(line + 2),
        }
    )


STEPS: dict[str, Callable[..., None]] = {"import": import_, "append": append, "compact": compact, "merge": merge}

if __name__ == "__main__":
    sys.exit(main())
