"""Station hours of the national feed: both time stamps, exchanged ozone, states, and what is not taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bilan.observe.importers.base import FormatError, OptionError, Options
from bilan.observe.importers.cnemc import CnemcImporter

from .imported import Imported, imported, write_csv

PART = ("timepoint", "stationcode", "primarypollutant", "aqi", "pm2_5", "pm10", "so2", "no2", "co", "o3")
FULL = (
    "timepoint", "stationcode", "area", "positionname", "longitude", "latitude", "primarypollutant", "aqi", "quality",
    "pm2_5", "pm2_5_24h", "pm10", "pm10_24h", "so2", "so2_24h", "no2", "no2_24h", "co", "co_24h",
    "o3", "o3_24h", "o3_8h", "o3_8h_24h",
)  # fmt: skip
USUAL = {
    "timepoint": "2017-03-01T10:00:00", "stationcode": "9001X", "area": "清河市", "positionname": "甲站",
    "longitude": "120.5", "latitude": "31.25", "aqi": "77", "quality": "良", "pm2_5": "35", "pm2_5_24h": "40",
    "pm10": "60", "pm10_24h": "66", "so2": "7", "so2_24h": "8", "no2": "30", "no2_24h": "33", "co": "0.8",
    "co_24h": "0.9", "o3": "80", "o3_24h": "80", "o3_8h": "70", "o3_8h_24h": "70",
}  # fmt: skip


def full(tmp_path: Path, *rows: dict[str, str]) -> Imported:
    lines = [[(USUAL | row).get(name, "") for name in FULL] for row in rows]
    return imported(CnemcImporter, write_csv(tmp_path / "cnemc.csv", [FULL, *lines]))


def part(tmp_path: Path, *rows: str) -> Imported:
    return imported(CnemcImporter, write_csv(tmp_path / "part.csv", [PART, *(row.split(",") for row in rows)]))


def test_a_part_gives_six_hours_and_nothing_published_about_them(tmp_path: Path) -> None:
    found = part(tmp_path, "2026-03-01T01:00:00,9001X,细颗粒物(PM2.5),80,50,72,2,20,0.8,41")
    assert {row["parameter"]: row["value"] for row in found.rows} == {
        "a34004": 50, "a34002": 72, "a21026": 2, "a21004": 20, "a21005": 0.8, "a05024": 41
    }  # fmt: skip
    assert {(row["statistic"], row["seconds"], row["source"], row["flag"]) for row in found.rows} == {
        ("avg", 3600, "cnemc", None)
    }
    assert {row["unit"] for row in found.of("a21005")} == {"mg/m3"}
    assert {row["unit"] for row in found.of("a34004")} == {"µg/m3"}
    assert found.rows[0]["source_line"] == 2
    assert len(found.rows[0]["source_ref"]) == 64


def test_a_whole_file_gives_sliding_means_and_eight_hours(tmp_path: Path) -> None:
    found = full(tmp_path, {})
    assert {(row["parameter"], row["seconds"]): row["value"] for row in found.rows} == {
        ("a34004", 3600): 35, ("a34004", 86400): 40, ("a34002", 3600): 60, ("a34002", 86400): 66,
        ("a21026", 3600): 7, ("a21026", 86400): 8, ("a21004", 3600): 30, ("a21004", 86400): 33,
        ("a21005", 3600): 0.8, ("a21005", 86400): 0.9, ("a05024", 3600): 80, ("a05024", 28800): 70,
    }  # fmt: skip


def test_both_forms_of_the_time_stamp_and_the_label_is_the_end(tmp_path: Path) -> None:
    found = part(tmp_path, "2026-04-10T1400,9001X,,34,15,22,3,11,0.4,107", "2026-04-10T15:00:00,9001X,,,1,1,1,1,1,1")
    assert found.times() == ["2026-04-10T14:00", "2026-04-10T15:00"]


def test_missing_marks_are_counted_and_zeros_kept(tmp_path: Path) -> None:
    found = part(tmp_path, "2026-03-01T01:00:00,9001X,,NA,0,/,NA,—,-;,&mdash;")
    assert [row["value"] for row in found.rows] == [0.0]
    assert found.empty == 5
    assert found.rejects == []


# --- exchanged ozone ---


def test_exchanged_ozone_is_found_by_the_largest_being_below_the_current(tmp_path: Path) -> None:
    found = full(tmp_path, {"o3": "62", "o3_24h": "4", "o3_8h": "33", "o3_8h_24h": "6"})
    assert found.value("a05024", seconds=3600) == 4
    assert found.value("a05024", seconds=28800) == 6
    assert any("o3_24h" in text for text in found.assumptions)


def test_ozone_as_named_stays_as_named(tmp_path: Path) -> None:
    found = full(tmp_path, {"o3": "4", "o3_24h": "62", "o3_8h": "6", "o3_8h_24h": "33"})
    assert found.value("a05024", seconds=3600) == 4
    assert found.value("a05024", seconds=28800) == 6
    assert not any("o3_24h" in text for text in found.assumptions)


def test_the_majority_decides_and_equal_values_say_nothing(tmp_path: Path) -> None:
    rows = [{"stationcode": f"900{n}X"} for n in range(5)]
    rows[0] |= {"o3": "50", "o3_24h": "60"}  # as named: one odd station
    rows[1] |= {"o3": "60", "o3_24h": "50"}
    rows[2] |= {"o3": "61", "o3_24h": "51"}
    found = full(tmp_path, *rows)
    hours = {row["station"]: row["value"] for row in found.of("a05024", seconds=3600)}
    assert hours == {"cnemc-9000X": 60, "cnemc-9001X": 50, "cnemc-9002X": 51, "cnemc-9003X": 80, "cnemc-9004X": 80}


def test_a_file_over_the_day_of_the_repair_is_decided_day_by_day(tmp_path: Path) -> None:
    found = full(
        tmp_path,
        {"timepoint": "2023-05-01T10:00:00", "o3": "62", "o3_24h": "4"},
        {"timepoint": "2023-05-02T10:00:00", "o3": "5", "o3_24h": "63"},
        {"timepoint": "2023-05-02T11:00:00", "o3": "6", "o3_24h": "63"},
    )
    assert [row["value"] for row in found.of("a05024", seconds=3600)] == [4, 5, 6]


def test_midnight_is_decided_with_the_day_that_it_ends(tmp_path: Path) -> None:
    found = full(
        tmp_path,
        {"timepoint": "2023-05-01T10:00:00", "o3": "62", "o3_24h": "4"},
        {"timepoint": "2023-05-02T00:00:00", "stationcode": "9002X", "o3": "70", "o3_24h": "9"},
        {"timepoint": "2023-05-02T11:00:00", "o3": "6", "o3_24h": "63"},
    )
    assert [row["value"] for row in found.of("a05024", seconds=3600)] == [4, 9, 6]


def test_a_part_without_the_second_column_takes_o3(tmp_path: Path) -> None:
    found = part(tmp_path, "2016-03-01T01:00:00,9001X,,80,50,72,2,20,0.8,41")
    assert found.value("a05024") == 41


# --- states ---


@pytest.mark.parametrize(
    ("timepoint", "gas", "particles"),
    [
        ("2018-08-31T23:00:00", "273K", "273K"),
        ("2018-09-01T00:00:00", "273K", "273K"),  # the last hour of 31 August
        ("2018-09-01T01:00:00", "298K", "actual"),
        ("2026-03-01T01:00:00", "298K", "actual"),
    ],
)
def test_the_state_changes_with_the_first_hour_of_september_2018(
    tmp_path: Path, timepoint: str, gas: str, particles: str
) -> None:
    found = full(tmp_path, {"timepoint": timepoint})
    states: dict[str, set[Any]] = {}
    for row in found.rows:
        states.setdefault(row["parameter"], set()).add(row["state"])
    assert states.pop("a34004") == states.pop("a34002") == {particles}
    assert set(map(tuple, states.values())) == {(gas,)}


# --- stations ---


def test_a_station_has_an_id_of_ours_and_a_region_where_the_city_is_known(tmp_path: Path) -> None:
    found = full(
        tmp_path, {"area": "杭州市"}, {"stationcode": "9002X", "area": "无此市", "longitude": "", "latitude": "0"}
    )
    one, two = found.stations["cnemc-9001X"], found.stations["cnemc-9002X"]
    assert (one.name, one.medium, one.kind, one.region) == ("甲站", "air", "station", "330100")
    assert (one.lon, one.lat, one.external) == (120.5, 31.25, ("cnemc", "9001X"))
    assert one.attributes == {"city": "杭州市"}
    assert (two.region, two.lon, two.lat) == (None, None, None)


def test_a_city_that_has_ended_is_found_on_its_day(tmp_path: Path) -> None:
    found = full(tmp_path, {"area": "莱芜市", "timepoint": "2017-03-01T10:00:00"})
    assert found.stations["cnemc-9001X"].region == "371200"


def test_a_part_leaves_open_what_it_does_not_say(tmp_path: Path) -> None:
    station = part(tmp_path, "2026-03-01T01:00:00,9001X,,80,50,72,2,20,0.8,41").stations["cnemc-9001X"]
    assert (station.name, station.region, station.lon, dict(station.attributes)) == (None, None, None, {})


# --- what is refused ---


def test_a_bad_cell_is_refused_alone(tmp_path: Path) -> None:
    found = part(
        tmp_path,
        "2026-03-01T01:00:00,9001X,,80,50,72,2,20,0.8,41",
        "2026-03-01T01:00:00,9002X,,80,fifty,72,2,20,0.8,41",
    )
    assert found.refused() == [(3, "pm2_5", "fifty")]
    assert len(found.of("a34002")) == 2
    assert len(found.of("a34004")) == 1


def test_a_row_without_its_keys_is_refused_once(tmp_path: Path) -> None:
    found = part(
        tmp_path,
        "2026-03-01T01:00:00,9001X,,80,50,72,2,20,0.8,41",
        "2026-02-29T01:00:00,9001X,,80,50,72,2,20,0.8,41",
        "2026-03-01T02:00:00,,,80,50,72,2,20,0.8,41",
        "soon,9001X,,80,NA,NA,NA,NA,NA,NA",
    )
    assert found.refused() == [(3, "timepoint", "2026-02-29T01:00:00"), (4, "stationcode", "")]
    assert "没有 2026-02-29 这一天" in found.rejects[0].reason
    assert len(found.rows) == 6
    assert found.read == 4


def test_a_row_with_bytes_that_are_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "part.csv"
    good = "2026-03-01T01:00:00,9001X,细颗粒物,80,50,72,2,20,0.8,41\n"
    path.write_bytes(
        (",".join(PART) + "\n" + good).encode() + good.replace("9001X", "90@1X").encode().replace(b"@", b"\xff")
    )
    found = imported(CnemcImporter, path)
    assert [(line, column) for line, column, _ in found.refused()] == [(3, "stationcode")]
    assert set(found.stations) >= {"cnemc-9001X"}


def test_names_as_the_feed_writes_them(tmp_path: Path) -> None:
    head = ["TimePoint", "StationCode", "PM2_5", "PM10", "SO2", "NO2", "CO", "O3", "AQI"]
    rows = [head, ["2022-01-02T00:00:00", "9001X", "50", "x", "2", "20", "0.8", "41", "77"]]
    found = imported(CnemcImporter, write_csv(tmp_path / "a.csv", rows))
    assert found.value("a34004") == 50
    assert found.refused() == [(2, "PM10", "x")]  # by the name that the file gives it


def test_another_table_is_refused_with_the_columns_expected(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [("date", "city", "aqi", "pm2_5")])
    with pytest.raises(FormatError, match="缺少列 timepoint、stationcode、pm10") as raised:
        CnemcImporter(path)
    assert "文件里是 date、city、aqi、pm2_5" in str(raised.value)


def test_rows_that_cannot_be_taken_do_not_keep_the_good_ones_from_being_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole part of the file is refused, the next one is good."""
    from bilan.observe.importers import delimited

    monkeypatch.setattr(delimited, "BLOCK", 40)
    bad, good = "1/2,9001X,,80,50,72,2,20,0.8,41", "2026-03-01T01:00:00,9001X,,80,50,72,2,20,0.8,41"
    found = part(tmp_path, bad, bad, bad, bad, good)
    assert [(line, column) for line, column, _ in found.refused()] == [(line, "timepoint") for line in range(2, 6)]
    assert found.value("a34004") == 50


def test_options_of_other_formats_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="--label：格式 cnemc 没有这个选项"):
        CnemcImporter(tmp_path / "a.csv", Options(label="end"))


def test_a_line_twice_is_given_twice_for_the_lake_to_judge(tmp_path: Path) -> None:
    line = "2026-03-01T01:00:00,9001X,,80,50,72,2,20,0.8,41"
    assert [row["source_line"] for row in part(tmp_path, line, line).of("a34004")] == [2, 3]


def test_rows_come_in_the_order_of_their_lines(tmp_path: Path) -> None:
    lines = [row["source_line"] for row in full(tmp_path, {"o3": "9"}, {}, {"o3": "99"}, {}).rows]
    assert lines == sorted(lines)
