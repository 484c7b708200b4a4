"""The real-time index of station hours: ours against aqi-hub and against plain pandas, as ratios of one run.

    python bench/evaluate_peers.py [--stations 1500] [--rounds 3]

A month of invented hours (see ``air_lake.py``) lies in a Parquet file of one row for each station and hour. Each way
reads it and makes index and primary pollutants of every row by HJ 633-2026, in a process of its own; what counts are
the CPU seconds of that, without start and imports. aqi-hub (PyPI) judges one record at a call and is left out with a
reason when it is not installed. It gives an index also where HJ 633-2026 5.3.1 withholds it, and its floats round some
carbon monoxide up by one too many: the results are compared on the rows that have an index, and where they differ CO
must be the reason. Plain pandas must agree on every row.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import air_lake

DAY = date(2027, 1, 1)
LEVEL = 50  # above it there is a primary pollutant
ENOUGH = 100  # above it a missing pollutant does not withhold the index
NAMES = {"so2": "SO2", "no2": "NO2", "pm10": "PM10", "pm25": "PM2.5", "co": "CO", "o3": "O3"}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stations", type=int, default=1500, help="each with the 744 hours of a month")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each; the median ratio counts")
    parser.add_argument("--step", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        name, source, output = options.step
        measured(name, Path(source), Path(output))
        return 0
    with tempfile.TemporaryDirectory(prefix="bilan-bench-") as made:
        report(Path(made), air_lake.Size(options.stations, 1), max(options.rounds, 1))
    return 0


def report(folder: Path, size: air_lake.Size, rounds: int) -> None:
    import pyarrow.parquet as pq

    values = {kind: air_lake.concentrations(kind, size, DAY) for kind in air_lake.KINDS}
    air_lake.outage(values, size, DAY)
    rows = air_lake.wide_rows(values, size, DAY)
    source = folder / "hours.parquet"
    pq.write_table(rows, source)
    names = ["ours", "pandas"]
    if importlib.util.find_spec("aqi_hub"):
        names.append("aqi_hub")
    else:
        print("no aqi-hub to compare with: pip install aqi-hub==0.3.3", file=sys.stderr)
    costs: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):  # in turns, so that a busy machine slows all
        for name in names:
            costs[name].append(run(name, source, folder / f"{name}.parquet"))
    print(f"{rows.num_rows:,} station hours\n")
    print("| what | CPU ÷ ours | the same result |")
    print("|---|---:|---|")
    for name in names:
        ratio = statistics.median(cost / ours for cost, ours in zip(costs[name], costs["ours"], strict=True))
        print(f"| {LABELS[name]} | {ratio:.1f} | {agreement(folder, name)} |")


def run(name: str, source: Path, output: Path) -> float:
    """CPU seconds of one way in a process of its own; one that fails ends the program."""
    command = [sys.executable, __file__, "--step", name, str(source), str(output)]
    ran = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    if ran.returncode:
        sys.exit(f"exit code {ran.returncode}, nothing measured: {LABELS[name]}\n{ran.stderr.strip()}")
    print(f"{LABELS[name]}: {float(ran.stdout):.2f} CPU s", file=sys.stderr)
    return float(ran.stdout)


def agreement(folder: Path, name: str) -> str:
    """On how many rows with an index ``name`` says the same as ours; ends the program where it must and does not."""
    import duckdb

    if name == "ours":
        return "itself"
    if name == "pandas":
        wanted = "(FROM ours EXCEPT ALL FROM theirs) UNION ALL (FROM theirs EXCEPT ALL FROM ours)"
    else:
        wanted = "FROM ours JOIN theirs USING (station, ts) WHERE ours.aqi <> theirs.aqi AND theirs.primary <> 'CO'"
    with duckdb.connect() as connection:
        for table, which in (("ours", "ours"), ("theirs", name)):
            connection.execute(
                f'CREATE VIEW {table} AS SELECT station, ts, CAST(aqi AS BIGINT) AS aqi, "primary" '
                f"FROM '{folder / which}.parquet'"
            )
        rows, judged, same = connection.execute(
            """
            SELECT count(*), count(ours.aqi), count(*) FILTER (ours.aqi = theirs.aqi
                AND ours.primary IS NOT DISTINCT FROM theirs.primary)
            FROM ours JOIN theirs USING (station, ts)
            """
        ).fetchall()[0]
        wrong = connection.execute(f"SELECT count(*) FROM ({wanted})").fetchall()[0][0]
    if wrong or not judged:
        sys.exit(f"{LABELS[name]} differs from ours in {wrong} of {rows} rows for no known reason")
    return f"{same:,} of {judged:,} with an index"


# --- the ways, each in its own process ---


def measured(name: str, source: Path, output: Path) -> None:
    """Print the CPU seconds of one way, imported and used once before on a few rows; the result is written later."""
    import time

    import pyarrow.parquet as pq

    work = STEPS[name]()
    first = output.with_suffix(".first")
    pq.write_table(pq.ParquetFile(source).read_row_group(0).slice(0, 1000), first)
    work(first)
    begun = time.process_time()
    found = work(source)
    print(time.process_time() - begun)
    pq.write_table(found, output)


def ours() -> Any:
    import ibis

    from bilan.evaluate.air.aqi import air_quality_index
    from bilan.evaluate.air.pollutants import DIGITS
    from bilan.evaluate.engine import connect
    from bilan.evaluate.exact import scaled, stage

    backend = connect()

    def work(source: Path) -> Any:
        rows = backend.read_parquet(source)
        items = {"pm2_5" if name == "pm25" else name: scaled(rows[name], DIGITS) for name in NAMES}
        day = (rows.ts - ibis.interval(seconds=1)).date()
        hours = stage(rows.select("station", "ts", day=day, **items))
        index = air_quality_index(hours, "hour", "strict", DAY, date(2027, 1, 31))
        return backend.to_pyarrow(index.select("station", "ts", "aqi", "primary"))

    return work


def plain_pandas() -> Any:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    tables = breakpoints()

    def work(source: Path) -> Any:
        rows = pd.read_parquet(source)
        index = {}
        for name, (levels, points, beyond) in tables.items():
            steps = np.rint(rows[name].astype(float).to_numpy() * 10)  # tenths: whole numbers, so no float is in doubt
            there = ~np.isnan(steps)
            c = np.where(there, steps, 0).astype(np.int64)
            at = np.clip(np.searchsorted(points, c), 1, len(points) - 1)
            rise, width = levels[at] - levels[at - 1], points[at] - points[at - 1]
            found = levels[at - 1] - (-rise * (c - points[at - 1]) // width)
            index[name] = np.where(there, np.where(c > points[-1], beyond, found), np.nan)
        every = pd.DataFrame(index)
        aqi = every.max(axis=1).clip(lower=1)
        aqi = aqi.where((aqi > ENOUGH) | every.notna().all(axis=1))
        leading = [np.where((every[name] == aqi) & (aqi > LEVEL), f"{shown},", "") for name, shown in NAMES.items()]
        primary = pd.Series(np.sum([part.astype(object) for part in leading], axis=0)).str.removesuffix(",")
        rows = rows[["station", "ts"]].assign(aqi=aqi.astype("Int64"), primary=primary.where(primary != ""))
        return pa.Table.from_pandas(rows, preserve_index=False)

    return work


def breakpoints() -> dict[str, tuple[Any, Any, int]]:
    """For each pollutant the levels, the concentrations in tenths, and the index beyond, by the table of the day."""
    import numpy as np

    from bilan.policy.standards import standard_on

    lines = {row["breakpoints"]: row for row in standard_on("air.iaqi", DAY).rows}
    found = {}
    for name, line in (
        ("pm10", "pm10_24h"),
        ("pm25", "pm2_5_24h"),
        *((n, f"{n}_1h") for n in ("so2", "no2", "co", "o3")),
    ):
        pairs = [
            (int(level), round(float(cell) * 10)) for level, cell in lines[line].items() if level.isdigit() and cell
        ]
        levels, points = zip(*pairs, strict=True)
        found[name] = (np.array(levels), np.array(points), int(lines[line]["beyond"]))
    return found


def aqi_hub() -> Any:
    import math

    import pandas as pd
    import pyarrow as pa
    from aqi_hub.aqi_cn.aqi import AQI

    order = ("pm25", "pm10", "so2", "no2", "co", "o3")

    def work(source: Path) -> Any:
        rows = pd.read_parquet(source)
        columns = [rows[name].astype(float).tolist() for name in order]
        indices, primaries = [], []
        for record in zip(*columns, strict=True):
            found = AQI(*(None if math.isnan(value) else value for value in record), "hourly")
            indices.append(found.AQI)
            primaries.append(",".join(shown for shown in NAMES.values() if shown in (found.primary_pollutant or ())))
        rows = rows[["station", "ts"]].assign(aqi=pd.array(indices, "Int64"), primary=primaries)
        rows["primary"] = rows["primary"].where(rows["primary"] != "")
        return pa.Table.from_pandas(rows, preserve_index=False)

    return work


STEPS = {"ours": ours, "pandas": plain_pandas, "aqi_hub": aqi_hub}
LABELS = {"ours": "bilan", "pandas": "plain pandas, vectorised", "aqi_hub": "aqi-hub, a call for each record"}

if __name__ == "__main__":
    sys.exit(main())
