"""The lake: what a row carries, what is refused, how files are found, what is known of stations."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from bilan.observe import Added, Lake, LakeError
from bilan.observe.lake_schema import OBSERVATIONS

from .lake_rows import at, day_of, hours, row, stored, table


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "湖 1")


# --- rows ---


def test_a_row_comes_back_with_its_source_and_its_moment(lake: Lake) -> None:
    added = lake.add([table(row(flag="H", state="298K"))], batch="b1", received_at=day_of("2024-05-02"))
    assert added == Added(new=1)
    (found,) = stored(lake)
    assert found == row(flag="H", state="298K") | {
        "day": date(2024, 5, 1),
        "hour": 8,
        "year": 2024,
        "batch": "b1",
        "received_at": day_of("2024-05-02"),
        "superseded_at": None,
    }
    assert set(found) == set(OBSERVATIONS.names)


@pytest.mark.parametrize(
    ("label", "day", "hour", "year"),
    [
        ("2022-01-01T00:00", date(2021, 12, 31), 24, 2021),  # the label is the end: still last year's
        ("2022-01-01T01:00", date(2022, 1, 1), 1, 2022),
        ("2022-01-01T00:00:01", date(2022, 1, 1), 1, 2022),
        ("2024-03-01T00:00", date(2024, 2, 29), 24, 2024),
        ("2024-06-01T12:00", date(2024, 6, 1), 12, 2024),
        ("2024-06-01T12:10", date(2024, 6, 1), 13, 2024),
    ],
)
def test_day_hour_and_year_belong_to_the_start_side(lake: Lake, label: str, day: date, hour: int, year: int) -> None:
    lake.add([table(row(time=at(label)))], batch="b")
    (found,) = stored(lake)
    assert (found["day"], found["hour"], found["year"]) == (day, hour, year)
    (file,) = lake.files()
    assert (file.year, file.first_day, file.last_day) == (year, day, day)


def test_summer_time_is_minded_where_it_was(lake: Lake) -> None:
    """In July 1988 Beijing was nine hours ahead: 15:00 UTC was midnight."""
    lake.add([table(row(time=datetime(1988, 7, 1, 15, tzinfo=UTC)))], batch="b")
    assert (stored(lake)[0]["day"], stored(lake)[0]["hour"]) == (date(1988, 7, 1), 24)


def test_a_missing_value_is_a_row(lake: Lake) -> None:
    assert lake.add([table(row(value=None, unit=None, state=None, flag="B"))], batch="b").new == 1
    assert stored(lake)[0]["value"] is None


def test_batches_of_other_arrow_types_are_taken(lake: Lake) -> None:
    given = table(row(), row(time=at("2024-05-01T09:00")))
    for name in ("station", "unit", "source_ref"):
        index = given.schema.get_field_index(name)
        given = given.set_column(index, name, given[name].dictionary_encode())
    index = given.schema.get_field_index("time")
    given = given.set_column(index, "time", given["time"].cast(pa.timestamp("ms", "Asia/Shanghai")))
    assert lake.add(given.to_batches(max_chunksize=1), batch="b").new == 2
    assert lake.add([table(row())], batch="b").same == 1


def test_nothing_is_nothing(lake: Lake) -> None:
    assert lake.add([], batch="b") == Added()
    assert lake.add([table()], batch="b") == Added()
    assert lake.version == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"station": None}, "station"),
        ({"station": ""}, "station"),
        ({"parameter": "a/b"}, "parameter"),
        ({"parameter": ""}, "parameter"),
        ({"statistic": None}, "statistic"),
        ({"seconds": -1}, "seconds"),
        ({"time": at("2024-05-01T08:00") + timedelta(milliseconds=1)}, "time"),
        ({"value": float("nan")}, "value"),
        ({"value": float("inf")}, "value"),
        ({"source": None}, "source"),
    ],
)
def test_a_row_that_breaks_the_contract_is_refused_by_name(lake: Lake, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(LakeError, match=f"file-1 第 7 行，列 {said}："):
        lake.add([table(row(), row(source_line=7, **changes))], batch="b")
    assert stored(lake) == []


def test_a_missing_column_and_a_time_without_zone_are_refused(lake: Lake) -> None:
    with pytest.raises(LakeError, match="缺少列 unit"):
        lake.add([table(row()).drop_columns(["unit"])], batch="b")
    naive = table(row())
    naive = naive.set_column(4, "time", naive["time"].cast(pa.timestamp("us")))
    with pytest.raises(LakeError, match="time：应为带时区的时间"):
        lake.add([naive], batch="b")


# --- files ---


def test_files_are_found_by_the_log_alone(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    for parameter in ("a34004", "a05024"):
        for first in ("2023-12-31T01:00", "2024-07-01T01:00"):
            lake.add([hours(48, first=first, stations=3, parameter=parameter, source_ref=parameter + first)], batch="b")
    monkeypatch.setattr(pq, "ParquetFile", None)
    assert {(file.parameter, file.year, file.rows) for file in lake.files()} == {
        (parameter, *part) for parameter in ("a34004", "a05024") for part in ((2023, 72), (2024, 72), (2024, 144))
    }

    def days(**asked: Any) -> set[tuple[date, date]]:
        return {(file.first_day, file.last_day) for file in lake.files(["a34004"], **asked)}

    new_year, july = (date(2024, 1, 1), date(2024, 1, 1)), (date(2024, 7, 1), date(2024, 7, 2))
    assert days(first_day=date(2024, 1, 1)) == {new_year, july}
    assert days(first_day=date(2024, 1, 2), last_day=date(2024, 7, 1)) == {july}
    assert days(first_day=date(2024, 1, 2), last_day=date(2024, 6, 30)) == set()
    assert days(stations=["s1"], first_day=date(2024, 2, 1)) == {july}
    assert days(stations=["s4", "a"]) == set()
    assert lake.files([]) == []


def test_a_file_lies_where_its_partition_says_and_is_plain_parquet(lake: Lake) -> None:
    lake.add([hours(3)], batch="b")
    (file,) = lake.files()
    path = Path(file.path)
    assert path.parent == Path(lake.path, "observations", "parameter=a34004", "year=2024")
    assert file.size == path.stat().st_size
    assert pq.read_schema(path).names == [name for name in OBSERVATIONS.names if name not in ("parameter", "year")]
    assert (file.first_time, file.last_time) == (at("2024-01-01T01:00"), at("2024-01-01T03:00"))


def test_the_tables_ask_for_no_reader_features(lake: Lake) -> None:
    """Any engine that reads Parquet can read what the log names: no deletion vectors, no column mapping."""
    lake.add([hours(3)], batch="b")
    lake.add([hours(3, source_ref="file-2", flag="H")], batch="b")
    for name in ("observations", "stations"):
        protocol = DeltaTable(f"{lake.path}/{name}").protocol()
        assert (protocol.min_reader_version, protocol.reader_features or []) == (1, [])


def test_the_statistics_that_finding_rests_on_are_in_the_log(lake: Lake) -> None:
    lake.add([hours(3)], batch="b")
    entry = Path(lake.path, "observations", "_delta_log", "00000000000000000001.json").read_text(encoding="utf-8")
    (add,) = [json.loads(line)["add"] for line in entry.splitlines() if '"add"' in line]
    statistics = json.loads(add["stats"])
    assert statistics["minValues"] == {
        "station": "s0", "statistic": "avg", "seconds": 3600, "time": "2023-12-31T17:00:00Z", "day": "2024-01-01",
    }  # fmt: skip
    assert statistics["nullCount"]["superseded_at"] == statistics["numRecords"] == 3


def test_a_lake_is_opened_and_not_made_when_asked_so(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="没有数据湖"):
        Lake(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()
    Lake(tmp_path / "lake").add([hours(2)], batch="b")
    assert len(Lake(tmp_path / "lake", create=False).files()) == 1


def test_a_lake_that_is_only_read_gets_no_table_of_stations(tmp_path: Path) -> None:
    """An import can be broken off between the two tables."""
    Lake(tmp_path / "lake").add([table(row())], batch="b")
    shutil.rmtree(tmp_path / "lake" / "stations")
    opened = Lake(tmp_path / "lake", create=False)
    assert opened.stations().num_rows == 0
    assert opened.vacuum(dry_run=True) == []
    assert not (tmp_path / "lake" / "stations").exists()
    assert opened.add_stations(pa.table({"id": ["s1"]})) == 1
    assert opened.stations()["id"].to_pylist() == ["s1"]


def test_a_folder_of_something_else_is_named(tmp_path: Path) -> None:
    log = tmp_path / "lake" / "observations" / "_delta_log"
    log.mkdir(parents=True)
    (log / "00000000000000000000.json").write_text("nonsense")
    with pytest.raises(LakeError, match="observations"):
        Lake(tmp_path / "lake")


# --- stations ---


def station(**changes: Any) -> dict[str, Any]:
    return {"id": "s1", "name": "青石公园", "medium": "air", "kind": "station", "lon": 117.1, "lat": 39.1} | changes


def stations_of(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows))


def test_stations_twice_are_stations_once(lake: Lake) -> None:
    rows = stations_of(station(), station(id="s2", name="净水厂"))
    assert lake.add_stations(rows) == 2
    assert lake.add_stations(rows) == 0
    assert [found["id"] for found in lake.stations().to_pylist()] == ["s1", "s2"]


def test_what_a_table_leaves_out_stays(lake: Lake) -> None:
    lake.add_stations(stations_of(station(attributes={"height": "15"})))
    assert lake.add_stations(stations_of({"id": "s1", "region": "120000", "attributes": {"owner": "国控"}})) == 1
    (found,) = lake.stations().to_pylist()
    assert (found["name"], found["region"]) == ("青石公园", "120000")
    assert dict(found["attributes"]) == {"height": "15", "owner": "国控"}


def test_a_later_validity_closes_the_former(lake: Lake) -> None:
    lake.add_stations(stations_of(station()))
    moved = stations_of(station(lon=117.2, valid_from=date(2021, 1, 1)))
    assert lake.add_stations(moved) == 1
    assert lake.add_stations(moved) == 0
    assert [found["lon"] for found in lake.stations(on=date(2020, 12, 31)).to_pylist()] == [117.1]
    assert [found["lon"] for found in lake.stations(on=date(2021, 1, 1)).to_pylist()] == [117.2]


def test_a_later_validity_that_says_nothing_new_is_nothing(lake: Lake) -> None:
    lake.add_stations(stations_of(station()))
    assert lake.add_stations(stations_of(station(valid_from=date(2021, 1, 1)))) == 0


def test_external_ids_have_their_own_validity(lake: Lake) -> None:
    """In 2021 the national network renumbered its stations: one number may name two stations in turn."""
    year = date(2021, 1, 1)

    def number(text: str, *, until: date | None = None, since: date | None = None) -> list[dict[str, Any]]:
        return [{"scheme": "cnemc", "id": text, "valid_from": since, "valid_to": until}]

    lake.add_stations(
        stations_of(
            station(external_ids=number("9001A", until=year)),
            station(id="s2", external_ids=number("9001A", since=year)),
        )
    )
    lake.add_stations(stations_of(station(external_ids=number("9007A", since=year))))
    assert lake.station_by_external("cnemc", "9001A", date(2020, 12, 31)) == "s1"
    assert lake.station_by_external("cnemc", "9001A", year) == "s2"
    assert lake.station_by_external("cnemc", "9007A", year) == "s1"
    assert lake.station_by_external("cnemc", "9007A", date(2020, 12, 31)) is None
    assert lake.station_by_external("other", "9001A", year) is None
    with pytest.raises(LakeError, match="不止一个站点：s1、s2"):
        lake.station_by_external("cnemc", "9001A")


def test_a_station_without_id_and_an_unknown_column_are_refused(lake: Lake) -> None:
    with pytest.raises(LakeError, match="缺少编号"):
        lake.add_stations(stations_of({"name": "无名"}))
    with pytest.raises(LakeError, match="没有列 colour"):
        lake.add_stations(stations_of(station(colour="red")))


def test_a_file_that_another_program_wrote_is_named_as_such(lake: Lake) -> None:
    lake.add([hours(3)], batch="b")
    rows = DeltaTable(f"{lake.path}/observations").to_pyarrow_table()
    config = {"delta.dataSkippingNumIndexedCols": "0", "delta.dataSkippingStatsColumns": None}
    write_deltalake(f"{lake.path}/bare", rows, partition_by=["parameter", "year"], configuration=config)
    Path(lake.path, "observations").rename(Path(lake.path, "old"))
    Path(lake.path, "bare").rename(Path(lake.path, "observations"))
    with pytest.raises(LakeError, match="没有统计"):
        Lake(lake.path).files()
