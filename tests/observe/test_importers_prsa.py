"""The Beijing multi-site hours: labels, µg to mg, both layouts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bilan.observe.importers.prsa import PrsaImporter

from .imported import imported, write_csv

HEAD = ("station", "ts", "pm2_5", "pm10", "so2", "no2", "co", "o3", "TEMP", "wd")
ROW = ("Jiazhan", "2013-12-31 23:00:00", "4", "5", "6.5", "7", "300", "77", "-0.7", "NNW")


@pytest.mark.parametrize(
    ("label", "end"), [(None, "2013-12-31T23:00"), ("end", "2013-12-31T23:00"), ("start", "2014-01-01T00:00")]
)
def test_the_label_is_the_end_unless_said_otherwise_and_is_reported(
    tmp_path: Path, label: str | None, end: str
) -> None:
    found = imported(PrsaImporter, write_csv(tmp_path / "a.csv", [HEAD, ROW]), label=label)
    assert found.times() == [end]
    assert f"label={label or 'end'}" in found.assumptions[0]
    assert ("默认" in found.assumptions[0]) == (label is None)


def test_carbon_monoxide_is_converted_exactly_and_the_weather_left_out(tmp_path: Path) -> None:
    found = imported(PrsaImporter, write_csv(tmp_path / "a.csv", [HEAD, ROW]))
    assert found.value("a21005") == 0.3
    assert found.of("a21005")[0]["unit"] == "mg/m3"
    assert {row["parameter"] for row in found.rows} == {"a34004", "a34002", "a21026", "a21004", "a21005", "a05024"}
    assert {(row["statistic"], row["seconds"], row["state"]) for row in found.rows} == {("avg", 3600, "273K")}


def test_the_station_lies_in_beijing(tmp_path: Path) -> None:
    station = imported(PrsaImporter, write_csv(tmp_path / "a.csv", [HEAD, ROW])).stations["prsa-Jiazhan"]
    assert (station.name, station.region, station.external) == ("Jiazhan", "110000", ("prsa", "Jiazhan"))


def test_a_parquet_file_of_decimals_says_the_same_as_a_table_of_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            "station": ["Jiazhan", "Jiazhan"],
            "ts": pa.array([datetime(2016, 2, 29, 0), datetime(2016, 2, 29, 1)], pa.timestamp("us")),
            "pm2_5": pa.array([Decimal("4.0"), None], pa.decimal128(7, 1)),
            "pm10": pa.array([Decimal("5.0"), None], pa.decimal128(7, 1)),
            "so2": pa.array([Decimal("6.5125"), None], pa.decimal128(9, 4)),
            "no2": pa.array([Decimal("7.0000"), None], pa.decimal128(9, 4)),
            "co": pa.array([Decimal("300.0"), Decimal("10000.0")], pa.decimal128(8, 1)),
            "o3": pa.array([Decimal("77.0000"), None], pa.decimal128(9, 4)),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    found = imported(PrsaImporter, tmp_path / "a.parquet")
    assert found.value("a21026") == 6.5125
    assert [row["value"] for row in found.of("a21005")] == [0.3, 10.0]
    assert found.empty == 5
    assert found.times() == ["2016-02-29T00:00", "2016-02-29T01:00"]


def test_the_layout_of_the_first_publication(tmp_path: Path) -> None:
    head = ["No", "year", "month", "day", "hour", "PM2.5", "PM10", "SO2", "NO2", "CO", "O3", "TEMP", "station"]
    rows = [
        head,
        ["1", "2013", "3", "1", "0", "4", "4", "4", "7", "300", "77", "-0.7", "Jiazhan"],
        ["2", "2013", "3", "32", "1", "4", "4", "4", "7", "300", "77", "0", "Jiazhan"],
    ]
    found = imported(PrsaImporter, write_csv(tmp_path / "a.csv", rows))
    assert found.times() == ["2013-03-01T00:00"]
    assert found.refused() == [(3, "ts", "2013-3-32 1")]
