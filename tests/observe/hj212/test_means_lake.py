"""Means in the lake: the same again changes nothing, late instants correct, what the device sends prevails."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from bilan.observe import Added, Lake
from bilan.observe.hj212.loading import means
from bilan.observe.hj212.loading.means import Outlet, compute
from bilan.observe.lake_schema import INCOMING
from bilan.policy.precedence import precedence

from ..lake_rows import present, stored

MIDNIGHT = datetime(2024, 12, 30, 16, tzinfo=UTC)  # of the last day of the year in Beijing
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OUTLET = Outlet("s1", "31", every=600)

Row = dict[str, Any]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def instants(start: datetime, count: int, value: float = 10.0, line: int = 1, **changes: Any) -> list[Row]:
    usual: Row = {"station": "s1", "parameter": "a19001", "statistic": "rtd", "seconds": 0, "value": value, "unit": "%"}
    usual |= {"flag": "N", "state": None, "source": "hj212", "source_ref": "frames", "source_line": line}
    return [usual | {"time": start + timedelta(minutes=10 * step)} | changes for step in range(count)]


def take(lake: Lake, rows: Sequence[Row]) -> Added:
    return lake.add([pa.Table.from_pylist(list(rows), INCOMING)], batch="frames")


def run(lake: Lake, first: datetime, last: datetime, line: int, *outlets: Outlet) -> Added:
    rows = compute(lake, outlets or [OUTLET], first, last, source_ref="means", source_line=line)
    return lake.add(rows, batch="means")


def now(lake: Lake, seconds: int, statistic: str = "avg") -> list[tuple[Any, Any, Any]]:
    rows = [row for row in present(lake) if row["seconds"] == seconds and row["statistic"] == statistic]
    return [(row["value"], row["flag"], row["source"]) for row in rows]


MADE = "hj212-computed"


def test_the_same_run_twice_changes_nothing(lake: Lake) -> None:
    take(lake, instants(MIDNIGHT, 144))
    added = run(lake, MIDNIGHT, MIDNIGHT + DAY, 5)
    assert added == Added(new=3 * (144 + 24 + 1))
    version = lake.version
    assert run(lake, MIDNIGHT, MIDNIGHT + DAY, 5) == Added(same=added.new)
    assert lake.version == version
    assert run(lake, MIDNIGHT, MIDNIGHT + DAY, 6) == Added(same=added.new)
    assert len(present(lake)) == len(stored(lake)) == 144 + added.new


def test_run_after_run_gives_what_one_run_gives(lake: Lake, tmp_path: Path) -> None:
    rows = instants(MIDNIGHT, 2 * 144)
    last = MIDNIGHT + 2 * DAY
    whole = Lake(tmp_path / "whole")
    take(whole, rows)
    run(whole, MIDNIGHT, last, 1)
    done = MIDNIGHT
    for number, step in enumerate(range(0, 2 * 144, 32)):
        take(lake, rows[step : step + 32])
        until = min(MIDNIGHT + timedelta(minutes=10 * (step + 32)), last)
        run(lake, done, until, number)
        done = until
    key = ("station", "parameter", "statistic", "seconds", "time", "value", "flag")
    assert [[row[name] for name in key] for row in present(lake) if row["seconds"]] == [
        [row[name] for name in key] for row in present(whole) if row["seconds"]
    ]


def test_the_last_hour_of_a_year_has_its_first_instant_at_midnight(lake: Lake) -> None:
    new_year = MIDNIGHT + DAY
    take(lake, instants(new_year, 6))
    run(lake, new_year, new_year + HOUR, 1)
    assert now(lake, 3600) == [(10.0, "N", MADE)]
    assert [row["year"] for row in present(lake) if row["seconds"] == 3600] == [2025] * 3


def test_late_instants_correct_what_was_made(lake: Lake) -> None:
    take(lake, instants(MIDNIGHT, 4))
    run(lake, MIDNIGHT, MIDNIGHT + HOUR, 1)
    assert now(lake, 3600) == [(None, "B", MADE)]
    take(lake, instants(MIDNIGHT + timedelta(minutes=40), 2, 40.0, line=2))
    assert run(lake, MIDNIGHT + timedelta(minutes=40), MIDNIGHT + HOUR, 2).corrected == 3
    assert now(lake, 3600) == [(20.0, "N", MADE)]


def test_instants_that_turn_out_wrong_close_the_value_and_may_open_it_again(lake: Lake) -> None:
    take(lake, instants(MIDNIGHT, 6))
    run(lake, MIDNIGHT, MIDNIGHT + HOUR, 1)
    take(lake, instants(MIDNIGHT, 6, line=2, flag="M"))
    run(lake, MIDNIGHT, MIDNIGHT + HOUR, 2)
    assert now(lake, 3600) == [(None, "D", MADE)]
    take(lake, instants(MIDNIGHT, 6, line=3))
    run(lake, MIDNIGHT, MIDNIGHT + HOUR, 3)
    assert now(lake, 3600) == [(10.0, "N", MADE)]


def test_what_the_device_sends_later_prevails_and_stays(lake: Lake) -> None:
    assert precedence(MADE) < precedence("hj212")
    take(lake, instants(MIDNIGHT, 6))
    run(lake, MIDNIGHT, MIDNIGHT + HOUR, 1)
    take(lake, [*instants(MIDNIGHT + HOUR, 1, 11.0, line=2, statistic="avg", seconds=3600)])
    assert now(lake, 3600) == [(11.0, "N", "hj212")]
    assert run(lake, MIDNIGHT, MIDNIGHT + HOUR, 2).stored == 0
    assert now(lake, 3600) == [(11.0, "N", "hj212")]


def test_outlets_are_taken_some_at_a_time(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(means, "OUTLETS_AT_ONCE", 2)
    names = ["s'1", "s2", "s3", "s4", "s5"]
    take(lake, [row for name in names for row in instants(MIDNIGHT, 6, station=name)])
    run(lake, MIDNIGHT, MIDNIGHT + HOUR, 1, *(Outlet(name, "31", every=600) for name in names if name != "s3"))
    hours = [row["station"] for row in present(lake) if row["seconds"] == 3600 and row["statistic"] == "avg"]
    assert hours == ["s'1", "s2", "s4", "s5"]


def test_an_empty_lake_has_no_means(lake: Lake) -> None:
    assert run(lake, MIDNIGHT, MIDNIGHT + DAY, 1) == Added()


UNTOLD = Outlet("s1", "31", every=None)


def paced(start: datetime, stop: datetime, every: int) -> list[Row]:
    """Instants from ``start`` to ``stop``, ``every`` so many seconds."""
    times = [start + timedelta(seconds=at) for at in range(0, int((stop - start).total_seconds()), every)]
    return [row | {"time": time} for time, row in zip(times, instants(start, len(times)), strict=True)]


def test_the_time_between_instants_is_seen_in_each_hour(lake: Lake) -> None:
    ten = timedelta(minutes=10)
    take(lake, [*paced(MIDNIGHT, MIDNIGHT + ten, 10), *paced(MIDNIGHT + ten, MIDNIGHT + 3 * HOUR, 60)])
    run(lake, MIDNIGHT, MIDNIGHT + ten, 1, UNTOLD)
    run(lake, MIDNIGHT + ten, MIDNIGHT + 3 * HOUR, 2, UNTOLD)
    assert now(lake, 3600)[1:] == [(10.0, "N", MADE)] * 2


def test_an_hour_with_few_instants_is_judged_by_the_day_up_to_its_end(lake: Lake) -> None:
    take(lake, instants(MIDNIGHT, 9))  # every ten minutes, three of the second hour
    run(lake, MIDNIGHT + HOUR, MIDNIGHT + 2 * HOUR, 1, UNTOLD)
    assert now(lake, 3600) == [(None, "B", MADE)]
    take(lake, instants(MIDNIGHT + HOUR + HOUR / 2, 2))
    run(lake, MIDNIGHT + HOUR, MIDNIGHT + 2 * HOUR, 2, UNTOLD)
    assert now(lake, 3600) == [(10.0, "N", MADE)]


MILLION = """
from datetime import UTC, datetime, timedelta
import numpy as np
import pyarrow as pa
from bilan.observe.hj212.loading.means import Outlet, means
from bilan.observe.lake_schema import INCOMING

START = datetime(2024, 12, 30, 16, tzinfo=UTC)
STATIONS = 125  # by eight factors and a thousand minutes

def batches():
    for number in range(STATIONS):
        rows = 8000
        minutes = np.repeat(np.arange(1000), 8)
        times = np.datetime64(START.replace(tzinfo=None), "us") + minutes * np.timedelta64(60, "s")
        factors = [f"a2{code:04d}" for code in range(7)] + ["a00000"]
        said = {"statistic": "rtd", "unit": "mg/m3", "flag": "N", "source": "hj212", "source_ref": "f"}
        columns = {name: pa.repeat(pa.scalar(text), rows) for name, text in said.items()}
        columns |= {
            "station": pa.repeat(pa.scalar(f"s{number}"), rows), "parameter": pa.array(factors * 1000),
            "seconds": pa.repeat(pa.scalar(0, pa.int32()), rows), "time": pa.array(times, pa.timestamp("us", "UTC")),
            "value": pa.array(np.random.default_rng(number).random(rows)), "state": pa.nulls(rows, pa.string()),
            "source_line": pa.repeat(pa.scalar(1, pa.int64()), rows),
        }
        yield pa.RecordBatch.from_arrays([columns[name] for name in INCOMING.names], schema=INCOMING)

reader = pa.RecordBatchReader.from_batches(INCOMING, batches())
def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))


before = peak()
outlets = [Outlet(f"s{number}", "31") for number in range(STATIONS)]
rows = means(reader, outlets, START, START + timedelta(minutes=960), source_ref="r", source_line=1)
print(rows.num_rows, (peak() - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process from /proc")
def test_a_million_instants_take_bounded_memory_and_print_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", MILLION], capture_output=True, text=True, check=True)
    rows, megabytes = map(int, done.stdout.split())
    assert rows == 125 * 8 * (96 + 16) * 3
    assert megabytes < 900
