"""The two files of automatic water stations: the year of a record, raw before shown, states of the station."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bilan.observe.importers.base import FormatError
from bilan.observe.importers.water_4h import Water4hImporter
from bilan.observe.importers.water_daily import WaterDailyImporter
from bilan.observe.importers.water_rows import ITEMS, KindsError

from .imported import Imported, imported, write_csv

DAILY = (
    "file_date", "province", "basin", "city", "river", "section", "obs_time", "water_class", "status",
    *(name for item in ITEMS for name in (item, f"{item}_raw")),
)  # fmt: skip
FOUR_HOURLY = ("year_month", "province", "basin", "section", "obs_time", "water_class", *ITEMS, "status")
SECTION = {"province": "浙江省", "basin": "太湖流域", "section": "甲桥"}


def daily(tmp_path: Path, *rows: dict[str, str], **options: Any) -> Imported:
    usual = {"file_date": "2021-03-01", **SECTION, "obs_time": "03-01 08:00", "status": "正常", "water_class": "Ⅱ"}
    lines = [[(usual | row).get(name, "") for name in DAILY] for row in rows]
    return imported(WaterDailyImporter, write_csv(tmp_path / "daily.csv", [DAILY, *lines]), **options)


def four_hourly(tmp_path: Path, *rows: dict[str, str]) -> Imported:
    usual = {"year_month": "2021-03", **SECTION, "obs_time": "03-01 08:00", "status": "正常", "ph": "7.5"}
    lines = [[(usual | row).get(name, "--") for name in FOUR_HOURLY] for row in rows]
    return imported(Water4hImporter, write_csv(tmp_path / "4h.csv", [FOUR_HOURLY, *lines]))


@pytest.mark.parametrize(
    ("file_date", "obs_time", "when"),
    [
        ("2021-03-01", "03-01 08:00", "2021-03-01T08:00"),
        ("2021-01-01", "12-31 20:00", "2020-12-31T20:00"),  # across New Year
        ("2021-01-01", "01-01 00:00", "2021-01-01T00:00"),
        ("2020-12-31", "12-31 24:00", "2021-01-01T00:00"),
        ("2020-12-31", "01-01 00:00", "2021-01-01T00:00"),  # the midnight that ends the day of the download
        ("2020-12-31", "01-02 00:00", "2020-01-02T00:00"),  # but nothing later
        ("2020-05-08", "09-09 08:00", "2019-09-09T08:00"),  # a station stopped since last autumn
        ("2020-02-29", "02-29 08:00", "2020-02-29T08:00"),
        ("2021-02-15", "02-29 08:00", "2020-02-29T08:00"),
        ("2023-03-01", "02-29 08:00", "2020-02-29T08:00"),  # the last year that has the day
    ],
)
def test_the_year_is_that_of_the_last_such_day_before_the_download(
    tmp_path: Path, file_date: str, obs_time: str, when: str
) -> None:
    found = daily(tmp_path, {"file_date": file_date, "obs_time": obs_time, "ph": "7.5"})
    assert found.times() == [when]


def test_a_day_that_no_year_has_is_refused(tmp_path: Path) -> None:
    found = daily(tmp_path, {"file_date": "2021-03-01", "obs_time": "02-30 08:00", "ph": "7.5"}, {"ph": "7.5"})
    assert found.refused() == [(2, "obs_time", "02-30 08:00")]
    assert "没有 2021-02-30 这一天" in found.rejects[0].reason


def test_the_unrounded_value_goes_before_the_displayed(tmp_path: Path) -> None:
    found = daily(
        tmp_path, {"tp": "0.100", "tp_raw": "0.1004", "do": "5.00", "do_raw": "", "tn": "--", "tn_raw": "1.2"}
    )
    assert found.value("w21011") == 0.1004
    assert found.value("w01009") == 5.0
    assert found.value("w21001") == 1.2


def test_withheld_is_a_row_without_a_value_unmeasured_is_none_and_zeros_stay(tmp_path: Path) -> None:
    found = daily(
        tmp_path, {"ph": "--", "ph_raw": "极值过滤", "tp": "*", "codmn": "0", "codmn_raw": "0.0", "nh3n_raw": "4E-05"}
    )
    assert {row["parameter"]: row["value"] for row in found.rows} == {"w01001": None, "w01019": 0.0, "w21003": 0.00004}
    assert found.rejects == []
    assert found.empty == len(ITEMS) - 2


@pytest.mark.parametrize("mark", ["--", "-", "—", " -- ", "极值过滤"])
@pytest.mark.parametrize(("status", "rows"), [("正常", 1), ("", 1), ("维护", 0), ("停站", 0)])
def test_only_a_running_station_withholds_a_value(tmp_path: Path, mark: str, status: str, rows: int) -> None:
    found = four_hourly(tmp_path, dict.fromkeys(ITEMS, "*") | {"tp": mark, "status": status})
    assert [(row["parameter"], row["value"]) for row in found.rows] == [("w21011", None)] * rows


@pytest.mark.parametrize(("shown", "raw"), [("--", ""), ("", "极值过滤"), ("--", "极值过滤"), ("--", "*")])
def test_a_daily_value_is_withheld_in_either_column(tmp_path: Path, shown: str, raw: str) -> None:
    (row,) = daily(tmp_path, {"ph": "7", "tp": shown, "tp_raw": raw}).of("w21011")
    assert row["value"] is None


@pytest.mark.parametrize("mark", ["", "*", "/", "NA"])
def test_an_item_that_is_not_measured_leaves_no_row(tmp_path: Path, mark: str) -> None:
    assert daily(tmp_path, {"ph": "7", "tp": mark, "tp_raw": ""}).of("w21011") == []


def test_what_a_record_is_stored_as(tmp_path: Path) -> None:
    (row,) = daily(tmp_path, {"chla": "0.012"}).rows
    expected = {"statistic": "value", "seconds": 0, "unit": "mg/L", "state": None, "flag": "N", "source": "water-daily"}
    assert {name: row[name] for name in expected} == expected
    assert row["station"] == "water-浙江省-太湖流域-甲桥"


@pytest.mark.parametrize(
    ("status", "flag"), [("正常", "N"), ("维护", "M"), ("停站", "F"), ("", None), ("调试", "调试")]
)
def test_the_state_of_the_station_is_the_flag(tmp_path: Path, status: str, flag: str | None) -> None:
    assert daily(tmp_path, {"ph": "7", "status": status}).rows[0]["flag"] == flag


def test_a_stopped_station_without_time_and_values_is_no_error(tmp_path: Path) -> None:
    found = daily(tmp_path, {"status": "停站", "obs_time": ""}, {"ph": "7"})
    assert found.rejects == []
    assert found.read == 2
    assert len(found.rows) == 1


def test_values_without_a_time_are_refused_as_one_row(tmp_path: Path) -> None:
    found = daily(tmp_path, {"obs_time": "--", "ph": "7", "do": "8"}, {"ph": "7"})
    assert found.refused() == [(2, "obs_time", "--")]
    assert found.rejects[0].reason == "没有观测时间"


@pytest.mark.parametrize("bad", ["8点", "13-01 08:00", "03/01 08:00"])
def test_a_time_of_another_form_is_refused(tmp_path: Path, bad: str) -> None:
    assert daily(tmp_path, {"obs_time": bad, "ph": "7"}, {"ph": "7"}).refused() == [(2, "obs_time", bad)]


def test_a_bad_unrounded_value_is_refused_in_its_column_and_not_replaced(tmp_path: Path) -> None:
    found = daily(tmp_path, {"tp": "0.1", "tp_raw": "0..1", "ph": "7"}, {"tp": "0..2", "tp_raw": "--"})
    assert found.of("w21011") == []
    assert found.refused() == [(2, "tp_raw", "0..1"), (3, "tp", "0..2")]


def test_sections_are_told_apart_by_province_and_basin(tmp_path: Path) -> None:
    found = daily(
        tmp_path,
        {"ph": "7", "city": "杭州市", "river": "乙河"},
        {"ph": "7", "basin": "浙闽片河流"},
        {"ph": "7", "province": "江苏省"},
    )
    assert len(found.stations) == 3
    station = found.stations["water-浙江省-太湖流域-甲桥"]
    assert (station.medium, station.kind, station.region) == ("surface_water", None, "330100")
    assert station.external == ("cnemc-water", "浙江省|太湖流域|甲桥")
    assert station.attributes == {"province": "浙江省", "basin": "太湖流域", "city": "杭州市", "river": "乙河"}
    assert found.stations["water-江苏省-太湖流域-甲桥"].region == "320000"


@pytest.mark.parametrize("column", ["kind", "inferred_type", "类型"])
def test_a_table_of_kinds_says_river_or_lake(tmp_path: Path, column: str) -> None:
    rows = [
        ("province", "basin", "section", column),
        ("浙江省", "太湖流域", "甲桥", "lake"),
        ("浙江省", "太湖流域", "乙桥", "undetermined"),
    ]
    kinds = write_csv(tmp_path / "kinds.csv", rows)
    found = daily(tmp_path, {"ph": "7"}, {"ph": "7", "section": "乙桥"}, kinds=kinds)
    assert [station.kind for station in found.stations.values()] == ["lake", None]
    assert "断面类型取自 kinds.csv" in found.assumptions


def test_a_table_of_kinds_without_its_columns_is_refused(tmp_path: Path) -> None:
    kinds = write_csv(tmp_path / "kinds.csv", [("section", "kind"), ("甲桥", "lake")])
    with pytest.raises(KindsError, match="应有列 province、basin、section"):
        daily(tmp_path, {"ph": "7"}, kinds=kinds)


@pytest.mark.parametrize(
    ("year_month", "obs_time", "when"),
    [
        ("2021-03", "03-01 00:00", "2021-03-01T00:00"),
        ("2021-01", "12-31 20:00", "2020-12-31T20:00"),
        ("2020-12", "12-31 24:00", "2021-01-01T00:00"),
        ("2020-12", "01-01 00:00", "2021-01-01T00:00"),
        ("2024-02", "02-29 20:00", "2024-02-29T20:00"),
        ("2021-03", "04-01 00:00", "2021-04-01T00:00"),  # the midnight that ends the month
        ("2021-04", "09-09 08:00", "2020-09-09T08:00"),  # a record of last autumn
    ],
)
def test_the_year_of_a_four_hourly_record(tmp_path: Path, year_month: str, obs_time: str, when: str) -> None:
    assert four_hourly(tmp_path, {"year_month": year_month, "obs_time": obs_time}).times() == [when]


def test_four_hourly_records_are_as_displayed(tmp_path: Path) -> None:
    found = four_hourly(tmp_path, {"nh3n": "0.025", "status": "不具备运行条件"}, {"obs_time": "*", "ph": "*"})
    assert found.value("w21003", flag="F") == 0.025
    assert found.rejects == []
    assert {row["source"] for row in found.rows} == {"water-4h"}


def test_one_water_file_is_not_the_other(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [FOUR_HOURLY])
    with pytest.raises(FormatError, match="不是 water-daily 格式：缺少列 file_date"):
        WaterDailyImporter(path)
