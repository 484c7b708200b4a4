"""DuckDB and a Spark cluster give the same figures to the last digit."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from bilan.errors import BilanError
from bilan.evaluate.air.lake import CODES, AirQuestion, days, hours, periods
from bilan.evaluate.contents import contents
from bilan.evaluate.engine import connect, fetched
from bilan.evaluate.kept import Kept
from bilan.observe import Lake
from bilan.observe.lake_duckdb import session
from bilan.periods import Period

from .air.lakes import CITY, DISTRICT, OTHER_DISTRICT, days_between, hours_of, make_lake
from .water.figures import NAMES, figures

REGIONS = {"s1": DISTRICT, "s2": OTHER_DISTRICT, "s3": CITY}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Two months around the change of the regime, with gaps and with values that do not end in .0."""

    def wave(low: float, high: float, step: float, seed: int) -> Any:
        def value(day: date, hour: int) -> float | None:
            turn = day.toordinal() * 24 + hour + seed
            if turn % 29 == 0:
                return None
            return round(low + (high - low) * (1 + math.sin(turn / 7)) / 2 / step) * step

        return value

    values = []
    for seed, station in enumerate(REGIONS):
        values += hours_of(
            station,
            days_between(date(2026, 2, 20), date(2026, 3, 10)),
            {
                "so2": wave(2, 40, 1, seed),
                "no2": wave(5, 90, 1, seed * 3),
                "pm10": wave(20, 260, 1, seed * 5),
                "pm2_5": wave(8, 170, 0.1, seed * 7),
                "co": wave(0.2, 3, 0.1, seed),
                "o3": wave(1, 260, 1, seed * 11),
            },
        )
    return make_lake(tmp_path_factory.mktemp("engines") / "lake", REGIONS, values)


@pytest.fixture(scope="module")
def water() -> Mapping[str, tuple[ir.Table, list[str]]]:
    return figures()


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    pytest.importorskip("pyspark", reason="needs Spark: make test installs it where there is a Java")
    if shutil.which("java") is None:
        pytest.skip("needs Java 17 or newer to run Spark")
    backend = connect("local-cluster[2,1,1024]")
    yield backend
    backend._session.stop()


def test_rows_are_counted_alike(lake: Lake, spark: Any, tmp_path: Path) -> None:
    counted = [
        contents(lake, engine, lake.files(), {"s1", "s2"}, Kept(tmp_path / engine.name))
        for engine in (connect(), spark)
    ]
    assert counted[0] == counted[1]
    assert len(counted[0]) == 1 + len(CODES)


def same(ours: pa.Table, theirs: pa.Table) -> None:
    assert ours.num_rows > 0
    assert ours.schema == theirs.schema
    assert ours.to_pylist() == theirs.to_pylist()


def test_days_of_cities(lake: Lake, spark: Any) -> None:
    first, last = date(2026, 2, 20), date(2026, 3, 10)
    same(*(pa.concat_tables(days(AirQuestion(lake, engine), first, last)) for engine in (connect(), spark)))


def test_hours_of_stations(lake: Lake, spark: Any) -> None:
    first, last = date(2026, 2, 28), date(2026, 3, 1)
    question = [AirQuestion(lake, engine, "station") for engine in (connect(), spark)]
    same(*(pa.concat_tables(hours(one, first, last)) for one in question))


def test_periods_of_a_mixed_year(lake: Lake, spark: Any) -> None:
    asked = [Period.parse("2026-03"), Period.parse("2026")]
    same(*(periods(AirQuestion(lake, engine), asked) for engine in (connect(), spark)))


@pytest.mark.parametrize("name", NAMES)
def test_surface_water(name: str, water: Mapping[str, tuple[ir.Table, list[str]]], spark: Any) -> None:
    figure, order = water[name]
    same(*(fetched(engine, figure.order_by(order)) for engine in (connect(), spark)))


def test_every_figure_of_water_is_compared(water: Mapping[str, tuple[ir.Table, list[str]]]) -> None:
    assert list(water) == list(NAMES)


@pytest.mark.parametrize("damage", ["garbage", "short", "gone", "inside"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, damage: str) -> None:
    values = hours_of("s1", days_between(date(2026, 1, 1), date(2026, 1, 3)), {"pm2_5": lambda _day, _hour: 35.0})
    lake = make_lake(tmp_path / "lake", {"s1": DISTRICT}, values)
    (file,) = [Path(one.path) for one in lake.files()]
    whole = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        inside = whole[:4] + b"x" * 400 + whole[404:]
        file.write_bytes({"garbage": b"x" * 4000, "short": whole[:-30], "inside": inside}[damage])
    for reads in (_daily, _history):
        with pytest.raises(BilanError) as told:
            reads(lake)
        assert "\n" not in str(told.value)
        assert damage == "inside" or file.name in str(told.value)  # of what is within a file DuckDB does not say which


def _daily(lake: Lake) -> list[pa.Table]:
    return list(days(AirQuestion(lake, connect()), date(2026, 1, 1), date(2026, 1, 3)))


def _history(lake: Lake) -> pa.Table:
    return lake.history("s1", "a34004", datetime(2026, 1, 1, 16, tzinfo=UTC))


def test_a_fault_of_the_program_is_not_told_as_one_of_the_data() -> None:
    with pytest.raises(duckdb.InvalidInputException), session() as connection:
        connection.execute("SELECT $1", [])
