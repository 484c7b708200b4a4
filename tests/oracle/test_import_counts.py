"""The public files through the importers, counted beside a plain reading of them with the csv module."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from bilan.observe.importers.base import Importer, Options
from bilan.observe.importers.cnemc import CnemcImporter
from bilan.observe.importers.prsa import PrsaImporter
from bilan.observe.importers.water_4h import Water4hImporter
from bilan.observe.importers.water_daily import WaterDailyImporter
from bilan.observe.importers.water_rows import ITEMS

DATA = Path(__file__).parents[3] / "shared" / "data"
BEIJING = timezone(timedelta(hours=8))
NOTHING = {"", "--", "*", "极值过滤", "NA", "/"}
WITHHELD = {"--", "极值过滤"}  # of a station in operation: an observation without a value

pytestmark = [
    pytest.mark.optional,
    pytest.mark.skipif(not DATA.is_dir(), reason="needs the public data in ../shared/data"),
]


def plain(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def taken(importer: type[Importer], path: Path, **options: Any) -> tuple[list[dict[str, Any]], int, Importer]:
    opened = importer(path, Options(**options))
    rows: list[dict[str, Any]] = []
    refused = 0
    for part in opened:
        for batch in part.observations:
            rows += batch.to_pylist()
        refused += len(part.rejects)
    return rows, refused, opened


CNEMC = {
    "pm2_5": ("a34004", 3600), "pm10": ("a34002", 3600), "so2": ("a21026", 3600), "no2": ("a21004", 3600),
    "co": ("a21005", 3600), "o3": ("a05024", 3600), "pm2_5_24h": ("a34004", 86400), "pm10_24h": ("a34002", 86400),
    "so2_24h": ("a21026", 86400), "no2_24h": ("a21004", 86400), "co_24h": ("a21005", 86400), "o3_8h": ("a05024", 28800),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "exchanged"),
    [
        ("cnemc_stations_20160114T00", True),
        ("cnemc_stations_20170707T16", True),
        ("cnemc_stations_20180220T07", True),
        ("cnemc_part_20260301T00", False),
        ("cnemc_part_20260301T01", False),
        ("cnemc_part_20260410T14", False),
    ],
)
def test_every_published_concentration_arrives_as_it_is(name: str, exchanged: bool) -> None:
    path = DATA / "air" / "cnemc" / f"{name}.csv.gz"
    columns = CNEMC
    if exchanged:
        columns = {{"o3": "o3_24h", "o3_8h": "o3_8h_24h"}.get(column, column): what for column, what in CNEMC.items()}
    expected = {
        (f"cnemc-{row['stationcode']}", *columns[column]): float(row[column])
        for row in plain(path)
        for column in columns
        if row.get(column, "") not in NOTHING
    }
    rows, refused, opened = taken(CnemcImporter, path)
    assert {(row["station"], row["parameter"], row["seconds"]): row["value"] for row in rows} == expected
    assert len(rows) == len(expected)
    assert refused == 0
    assert any("o3_24h" in text for text in opened.assumptions) == exchanged
    label = datetime.strptime(name[-11:], "%Y%m%dT%H").replace(tzinfo=BEIJING)
    assert {row["time"] for row in rows} == {label}


def test_every_hour_of_the_eight_beijing_stations_arrives() -> None:
    path = DATA / "air" / "prsa" / "prsa_beijing_8_stations.parquet"
    table = pq.read_table(path)
    columns = {"pm2_5": "a34004", "pm10": "a34002", "so2": "a21026", "no2": "a21004", "co": "a21005", "o3": "a05024"}
    opened = PrsaImporter(path)
    counts: Counter[str] = Counter()
    carbon_monoxide = 0.0
    for part in opened:
        for batch in part.observations:
            counts.update(batch["parameter"].to_pylist())
            kept = batch.filter(pc.equal(batch["parameter"], "a21005"))
            carbon_monoxide += sum(kept["value"].to_pylist())
    assert counts == {code: table.num_rows - table[column].null_count for column, code in columns.items()}
    exact = sum(value for value in table["co"].to_pylist() if value is not None) / 1000
    assert carbon_monoxide == pytest.approx(float(exact), rel=1e-12)


def test_the_labels_of_the_beijing_file_are_those_of_the_national_feed() -> None:
    """The reason for the default label: the same values stand at the same label, and not at the hours beside it."""
    pairs = {"东四": "Dongsi", "天坛": "Tiantan", "官园": "Guanyuan", "万寿西宫": "Wanshouxigong", "怀柔镇": "Huairou"}
    published = {
        pairs[row["positionname"]]: tuple(float(row[name]) for name in ("pm2_5", "so2", "no2", "o3_24h"))
        for row in plain(DATA / "air" / "cnemc" / "cnemc_stations_20160114T00.csv.gz")
        if row["area"] == "北京市" and row["positionname"] in pairs
    }
    table = pq.read_table(
        DATA / "air" / "prsa" / "prsa_beijing_8_stations.parquet",
        filters=[("ts", ">=", datetime(2016, 1, 13, 23)), ("ts", "<=", datetime(2016, 1, 14, 1))],
    )
    agreeing: Counter[datetime] = Counter()
    for row in table.to_pylist():
        values = tuple(float(row[name]) if row[name] is not None else None for name in ("pm2_5", "so2", "no2", "o3"))
        agreeing[row["ts"]] += values == published.get(row["station"])
    assert agreeing == {datetime(2016, 1, 13, 23): 0, datetime(2016, 1, 14): 5, datetime(2016, 1, 14, 1): 0}


def test_every_daily_water_value_arrives_unrounded() -> None:
    path = DATA / "water" / "auto_daily_2020-05_2021-04.csv.gz"
    expected: Counter[tuple[str, float]] = Counter()
    withheld: Counter[str] = Counter()
    for row in plain(path):
        for item, (code, _) in ITEMS.items():
            value = row[f"{item}_raw"] if row[f"{item}_raw"] not in NOTHING else row[item]
            if value not in NOTHING:
                expected[code, float(value)] += 1
            withheld[code] += value in WITHHELD and row["status"] == "正常" and row["obs_time"] not in NOTHING
    rows, refused, _ = taken(WaterDailyImporter, path, kinds=DATA / "water" / "section_type_inferred.csv.gz")
    assert Counter((row["parameter"], row["value"]) for row in rows if row["value"] is not None) == expected
    assert Counter(row["parameter"] for row in rows if row["value"] is None) == +withheld
    assert refused == 0
    last = datetime(2021, 4, 6, tzinfo=BEIJING).astimezone(UTC)
    assert max(row["time"] for row in rows) < last
    assert min(row["time"] for row in rows) >= last - timedelta(days=2 * 366)


def test_every_four_hourly_water_value_arrives_or_is_refused_for_want_of_a_time() -> None:
    path = DATA / "water" / "auto_4h_2021-04.csv.gz"
    expected: Counter[tuple[str, float]] = Counter()
    withheld: Counter[str] = Counter()
    without_time = 0
    for row in plain(path):
        values = [(code, float(row[item])) for item, (code, _) in ITEMS.items() if row[item] not in NOTHING]
        if row["obs_time"] in NOTHING:
            without_time += bool(values)
        else:
            expected.update(values)
            marked = [code for item, (code, _) in ITEMS.items() if row[item] in WITHHELD]
            withheld.update(marked if row["status"] == "正常" else ())
    rows, refused, _ = taken(Water4hImporter, path)
    assert Counter((row["parameter"], row["value"]) for row in rows if row["value"] is not None) == expected
    assert Counter(row["parameter"] for row in rows if row["value"] is None) == withheld
    assert refused == without_time
    assert {row["time"].astimezone(BEIJING).year for row in rows} == {2021}
    assert max(row["time"] for row in rows) < datetime(2021, 4, 6, tzinfo=BEIJING)
