"""From a national lake to the daily index of every station: ours against hand-written SQL, as ratios of one run.

    python bench/evaluate_air.py [--stations 1500] [--years 3] [--rounds 3] [--lake FOLDER] [--shared FOLDER]

Makes a lake of 1500 stations x 3 years x 6 parameters hourly (see ``air_lake.py``; ``--lake`` keeps it for the next
run) and takes it to index and primary pollutant of every station and day, written as Parquet, three ways in turns: by
``bilan evaluate air day``, by the SQL of ``bench/air/impl.py`` in the shared folder over the same files of the lake,
and by the same SQL over the same values in a wide table. Each is a process of its own on all cores; CPU is its user
and system time with start and imports. The promise: at most 1.5 times the CPU of the SQL on the lake, under 1.5 GB, and
it still finishes within 1 GB in all. The results of all three must be the same.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import air_lake

ROOT = Path(__file__).parents[1]
LIMITS = ("800MB", "500MB")  # what the engine may hold: the default, and with what all else fits into 1 GB


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of a whole process and its peak memory in MB."""

    seconds: float
    megabytes: float


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    air_lake.add_size(parser)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each; the median ratio counts")
    parser.add_argument("--lake", type=Path, help="folder in which lake and wide table stay; default: a temporary one")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder of the hand-written SQL")
    parser.add_argument("--step", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        name, *paths = options.step
        STEPS[name](*map(Path, paths), options.shared)
        return 0
    folder = options.lake or Path(tempfile.mkdtemp(prefix="bilan-bench-"))
    try:
        size = air_lake.Size(options.stations, options.years, options.seed)
        air_lake.make(folder, size)
        report(folder, size, max(options.rounds, 1), options.shared)
    finally:
        if not options.lake:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


def report(folder: Path, size: air_lake.Size, rounds: int, shared: Path) -> None:
    names = ["ours"]
    if impl_file(shared).exists():
        names += ["lake", "wide"]
    else:
        print(f"no hand-written SQL to compare with: {impl_file(shared)} is not there", file=sys.stderr)
    print(f"{size.values:,} station hours x parameters, {size.stations} stations, {size.years} years\n")
    with tempfile.TemporaryDirectory(prefix="bilan-bench-") as made:
        results = {name: Path(made, f"{name}.parquet") for name in names}
        costs: dict[str, list[Cost]] = {name: [] for name in names}
        for _ in range(rounds):  # in turns, so that a busy machine slows all
            for name in names:
                costs[name].append(run(name, folder, results[name], shared, LIMITS[0]))
        print(f"| what | CPU ÷ {LABELS['lake']} | CPU ÷ {LABELS['wide']} | peak MB |")
        print("|---|---:|---:|---:|")
        for name in names:
            peak = max(cost.megabytes for cost in costs[name])
            shares = (ratio(costs[name], costs.get(other)) for other in ("lake", "wide"))
            print(f"| {LABELS[name]} | {' | '.join(shares)} | {peak:.0f} |")
        for limit in LIMITS[1:]:
            costs[limit] = [cost := run("ours", folder, Path(made, "limited.parquet"), shared, limit)]
            shares = (ratio([cost], costs.get(other)) for other in ("lake", "wide"))
            print(f"| {LABELS['ours']}, BILAN_MEMORY={limit} | {' | '.join(shares)} | {cost.megabytes:.0f} |")
        print(f"\n{agreement(results)}")
        for promise, kept in promises(costs):
            print(f"{promise}: {'kept' if kept else 'BROKEN'}")


def promises(costs: dict[str, list[Cost]]) -> list[tuple[str, bool]]:
    """What the project promises of these figures, and whether this run kept it."""
    peak = max(cost.megabytes for cost in costs["ours"])
    small = max(cost.megabytes for limit in LIMITS[1:] for cost in costs[limit])
    found = [("peak under 1.5 GB", peak * 1.048576 < 1500), ("finishes within 1 GB in all", small * 1.048576 < 1000)]
    if "lake" in costs:
        found.insert(0, ("at most 1.5 times the CPU of the SQL", float(ratio(costs["ours"], costs["lake"])) <= 1.5))
    return found


def ratio(costs: list[Cost], base: list[Cost] | None) -> str:
    """The median over the rounds, paired."""
    if base is None:
        return "not run"
    pairs = zip(costs, base, strict=False)
    return f"{statistics.median(cost.seconds / other.seconds for cost, other in pairs):.2f}"


def run(name: str, folder: Path, output: Path, shared: Path, limit: str) -> Cost:
    """The cost of one way in a process of its own; one that fails ends the program."""
    command = [sys.executable, __file__, "--shared", str(shared), "--step", name, str(folder), str(output)]
    child = subprocess.Popen(command, env={**os.environ, "BILAN_MEMORY": limit})
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"exit code {child.returncode}, nothing measured: {LABELS[name]}")
    cost = Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1024))
    print(f"{LABELS[name]}: {cost.seconds:.1f} CPU s, {cost.megabytes:.0f} MB", file=sys.stderr)
    return cost


def agreement(results: dict[str, Path]) -> str:
    """What the results have in common; ends the program where they differ."""
    found = {name: fingerprint(path) for name, path in results.items()}
    if len(set(found.values())) != 1:
        sys.exit(f"the results differ (rows, with index, above 100, hash): {found}")
    rows, judged, bad, code = found["ours"]
    return f"{rows:,} station days ({judged:,} with an index, {bad:,} above 100), hash {code}, the same in all"


def fingerprint(path: Path) -> tuple[int, ...]:
    """Rows, rows with an index, those above 100, and a hash of station, day, index and primary pollutants."""
    import duckdb

    primary = "primary" if "primary" in duckdb.read_parquet(str(path)).columns else "prim"
    rows = duckdb.sql(
        f"""
        SELECT count(*), count(aqi), count(*) FILTER (aqi > 100), bit_xor(hash(
            station, CAST(day AS DATE), CAST(aqi AS BIGINT), replace(upper("{primary}"), '.', '')
        )) FROM '{path}'
        """
    )
    return rows.fetchall()[0]


# --- the three ways, each in its own process ---


def ours(folder: Path, output: Path, shared: Path) -> None:
    from bilan.cli.evaluate_air import app

    app(["day", "--scope", "station", "--quiet", "--lake", str(folder / "lake"), "--output", str(output)])


def sql_on_lake(folder: Path, output: Path, shared: Path) -> None:
    """The long rows pivoted by conditional aggregates; day and hour stand in the lake."""
    impl = implementation(shared)
    columns = ", ".join(
        f"CASE WHEN parameter = '{kind.code}' THEN CAST(value AS {'DECIMAL(9, 1)' if kind.digits else 'INTEGER'}) END"
        f" AS {kind.name}"
        for kind in air_lake.KINDS
    )
    source = f"""
        SELECT station, CAST(day - DATE '1970-01-01' AS INTEGER) AS day, CAST(hour AS INTEGER) - 1 AS h, {columns}
        FROM read_parquet('{folder}/lake/observations/*/*/*.parquet', hive_partitioning = true)
        WHERE statistic = 'avg' AND seconds = 3600 AND superseded_at IS NULL
    """
    clock = f"*, {impl.DAYI} AS day, {impl.HRI} AS h FROM src"
    compute(impl, replaced(impl.O3_WORDS, clock, f"* FROM ({source})"), output)


def sql_on_wide(folder: Path, output: Path, shared: Path) -> None:
    impl = implementation(shared)
    compute(impl, replaced(impl.O3_WORDS, "FROM src", f"FROM '{folder}/wide/*.parquet'"), output)


def compute(impl: ModuleType, body: str, output: Path) -> None:
    import duckdb

    # HJ 663: with fewer windows the largest of them still holds when it is above the limit
    body = replaced(body, ">= 14 THEN", f">= 14 OR greatest({impl.MS}) > 160 THEN")
    with duckdb.connect(config={"preserve_insertion_order": False}) as connection:
        connection.execute(f"COPY ({impl.duck_sql(body)}) TO '{output}' (FORMAT parquet, COMPRESSION zstd)")


def replaced(text: str, part: str, by: str) -> str:
    if text.count(part) != 1:
        sys.exit(f"the hand-written SQL is not what this program adapts: {part!r}")
    return text.replace(part, by)


def implementation(shared: Path) -> ModuleType:
    sys.path.insert(0, str(impl_file(shared).parent))
    import impl

    return impl


def impl_file(shared: Path) -> Path:
    return shared / "bench" / "air" / "impl.py"


STEPS = {"ours": ours, "lake": sql_on_lake, "wide": sql_on_wide}
LABELS = {"ours": "bilan evaluate air day", "lake": "SQL on the lake", "wide": "SQL on a wide table"}

if __name__ == "__main__":
    sys.exit(main())
