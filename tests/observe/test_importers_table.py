"""Any table by a mapping: wide and long, units, labels, merged cells, and errors that name the key."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bilan.errors import FileError
from bilan.observe import Lake
from bilan.observe.importers.base import FormatError, OptionError, Options
from bilan.observe.importers.mapping import MappingError, read_mapping
from bilan.observe.importers.table import TableImporter
from bilan.observe.ingest import ingest

from .imported import Imported, imported, write_csv
from .lake_rows import BEIJING

WIDE = """
[time]
column = "时间"
seconds = 3600
label = "end"
[station]
column = "站点"
medium = "air"
[values]
"PM2.5" = { parameter = "pm25", unit = "ug/m3" }
"CO" = { parameter = "co", unit = "ug/m3" }
"""
LONG = """
statistic = "value"
[time]
column = "采样时间"
seconds = 0
[station]
column = "断面"
medium = "surface_water"
kind = "river"
[long]
parameter = "项目"
value = "结果"
unit_column = "单位"
"""


def by(tmp_path: Path, mapping: str, rows: list[tuple[str, ...]] | Path, **file: Any) -> Imported:
    (tmp_path / "映射.toml").write_text(mapping, encoding="utf-8")
    path = rows if isinstance(rows, Path) else write_csv(tmp_path / "表.csv", rows, **file)
    return imported(TableImporter, path, mapping=tmp_path / "映射.toml")


def wrong(tmp_path: Path, mapping: str) -> str:
    with pytest.raises(MappingError) as raised:
        by(tmp_path, mapping, [("时间", "站点", "PM2.5", "CO")])
    return str(raised.value)


WIDE_ROWS = [
    ("时间", "站点", "PM2.5", "CO"),
    ("2024-02-29 24:00", "甲", "35.5", "1100"),
    ("2024-03-01 01:00", "乙", "NA", "0"),
]


# --- wide ---


def test_a_wide_table_is_converted_to_the_units_of_the_lake(tmp_path: Path) -> None:
    found = by(tmp_path, WIDE, WIDE_ROWS)
    assert [(row["station"], row["value"], row["unit"]) for row in found.of("a21005")] == [
        ("甲", 1.1, "mg/m3"),
        ("乙", 0.0, "mg/m3"),
    ]
    assert found.value("a34004") == 35.5
    assert found.times() == ["2024-03-01T00:00", "2024-03-01T01:00"]
    assert (found.read, found.empty, found.rejects) == (2, 1, [])
    assert found.rows[0]["statistic"] == "avg"


def test_a_batch_is_named_by_the_moment_in_utc_wherever_it_was_told(tmp_path: Path) -> None:
    (tmp_path / "映射.toml").write_text(WIDE, encoding="utf-8")
    options = Options(mapping=tmp_path / "映射.toml")
    file = write_csv(tmp_path / "表.csv", WIDE_ROWS)
    six = datetime(2026, 4, 1, 6, tzinfo=BEIJING)
    ingest(tmp_path / "lake", TableImporter, [file], options, received_at=six)
    (row,) = Lake(tmp_path / "lake").history("甲", "a34004", datetime(2024, 2, 29, 16, tzinfo=UTC)).to_pylist()
    assert row["received_at"] == six
    assert row["batch"].endswith(" 20260331T220000Z")


def test_a_start_label_is_moved_to_the_end_of_the_interval(tmp_path: Path) -> None:
    found = by(tmp_path, WIDE.replace('"end"', '"start"'), WIDE_ROWS)
    assert found.times() == ["2024-03-01T01:00", "2024-03-01T02:00"]


def test_a_day_labelled_by_its_date_ends_at_midnight(tmp_path: Path) -> None:
    mapping = WIDE.replace("3600", "86400").replace('"end"', '"start"')
    found = by(tmp_path, mapping, [WIDE_ROWS[0], ("2023-12-31", "甲", "35", "900")])
    assert found.times() == ["2024-01-01T00:00"]


def test_an_interval_of_its_own_moves_only_its_column(tmp_path: Path) -> None:
    mapping = WIDE.replace('"end"', '"start"').replace('parameter = "co"', 'parameter = "co", seconds = 86400')
    found = by(tmp_path, mapping, [WIDE_ROWS[0], ("2024-03-01 00:00", "甲", "35", "900")])
    assert {(row["parameter"], row["seconds"], row["time"].isoformat()) for row in found.rows} == {
        ("a34004", 3600, "2024-02-29T17:00:00+00:00"),
        ("a21005", 86400, "2024-03-01T16:00:00+00:00"),
    }


def test_missing_marks_of_the_mapping_take_the_place_of_the_usual(tmp_path: Path) -> None:
    mapping = WIDE + '[file]\nmissing = ["", "0", "停机"]\n'
    rows = [WIDE_ROWS[0], ("2024-03-01 01:00", "甲", "停机", "0.0"), ("2024-03-01 02:00", "甲", "NA", "5")]
    found = by(tmp_path, mapping, rows)
    assert found.empty == 2
    assert found.refused() == [(3, "PM2.5", "NA")]


def test_gb18030_semicolons_and_a_title_above(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("清河市空气小时值\n时间;站点;PM2.5;CO\n2024-03-01 01:00;甲;35;900\n".encode("gb18030"))
    found = by(tmp_path, WIDE + '[file]\nencoding = "gb18030"\ndelimiter = ";"\nheader = 2\n', path)
    assert found.value("a34004") == 35
    assert found.rows[0]["source_line"] == 3


def test_another_zone_and_a_format_of_its_own(tmp_path: Path) -> None:
    mapping = WIDE.replace('column = "时间"', 'column = "时间"\nformat = "%d.%m.%Y %Hh"\nzone = "UTC"')
    found = by(tmp_path, mapping, [WIDE_ROWS[0], ("01.03.2024 01h", "甲", "35", "900"), ("2024", "甲", "1", "1")])
    assert found.times() == ["2024-03-01T09:00"]
    assert found.rejects[0].reason == "不合 %d.%m.%Y %Hh"


def test_date_and_hour_in_two_columns(tmp_path: Path) -> None:
    mapping = WIDE.replace('column = "时间"', 'columns = ["日期", "时"]')
    rows = [
        ("日期", "时", "站点", "PM2.5", "CO"),
        ("2023-12-31", "24", "甲", "35", "900"),
        ("2024-01-01", "1", "甲", "36", "900"),
    ]
    assert by(tmp_path, mapping, rows).times() == ["2024-01-01T00:00", "2024-01-01T01:00"]


def test_one_station_for_the_whole_file_and_its_place(tmp_path: Path) -> None:
    mapping = WIDE.replace('column = "站点"', 'id = "qinghe-1"\nregion = "杭州市"\nkind = "station"')
    found = by(tmp_path, mapping, [("时间", "PM2.5", "CO"), ("2024-03-01 01:00", "35", "900")])
    station = found.stations["qinghe-1"]
    assert (station.medium, station.kind, station.region) == ("air", "station", "330100")


def test_columns_of_the_station_and_a_prefix(tmp_path: Path) -> None:
    mapping = WIDE.replace(
        'column = "站点"', 'column = "站点"\nprefix = "qh-"\nname = "名称"\nlon = "经度"\nlat = "纬度"'
    )
    rows = [
        ("时间", "站点", "名称", "经度", "纬度", "PM2.5", "CO"),
        ("2024-03-01 01:00", "7", "甲站", "120.5", "—", "3", "9"),
    ]
    station = by(tmp_path, mapping, rows).stations["qh-7"]
    assert (station.name, station.lon, station.lat) == ("甲站", 120.5, None)


PLACES = """
[time]
column = "时间"
seconds = 0
[station]
column = "断面"
region_column = "行政区"
kind_column = "类型"
medium = "surface_water"
[station.attributes]
simulated = "true"
[station.attribute_columns]
river = "河流"
[values]
"总磷" = { parameter = "tp", unit = "mg/L" }
"""
PLACE_HEADS = ("时间", "断面", "行政区", "类型", "河流", "总磷")


def test_region_kind_and_attributes_stand_in_columns(tmp_path: Path) -> None:
    rows = [
        PLACE_HEADS,
        ("2026-01-05", "甲", "临江区", "河流", "清河", "0.1"),
        ("2026-01-05", "乙", "", "湖库", "", ""),
    ]
    found = by(tmp_path, PLACES, rows)
    first, second = found.stations["甲"], found.stations["乙"]
    assert (first.region, first.kind, first.attributes) == ("990102", "river", {"simulated": "true", "river": "清河"})
    assert (second.region, second.kind, second.attributes) == (None, "lake", {"simulated": "true"})
    assert found.rejects == []


def test_the_last_row_says_where_a_station_lies(tmp_path: Path) -> None:
    rows = [PLACE_HEADS, ("2026-01-05", "甲", "990104", "河流", "清河", "0.1")]
    rows += [
        ("2026-02-05", "甲", "清河市东湖区", "河流", "清河", "0.1"),
        ("2026-01-06", "甲", "990104", "河流", "清河", "0.1"),
    ]
    assert by(tmp_path, PLACES, rows).stations["甲"].region == "990104"


def test_a_region_that_nobody_knows_is_refused_once_and_the_values_are_taken(tmp_path: Path) -> None:
    rows = [PLACE_HEADS, *[(f"2026-0{month}-05", "甲", "某区", "河流", "清河", "0.1") for month in (1, 2)]]
    found = by(tmp_path, PLACES, rows)
    assert found.refused() == [(2, "行政区", "某区")]
    assert (found.stations["甲"].region, len(found.rows)) == (None, 2)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('region = "清河市"\n', "region 与 region_column 只能写其中一个"),
        ('kind = "river"\n', "kind 与 kind_column 只能写其中一个"),
    ],
)
def test_what_stands_in_a_column_is_not_said_for_the_file_too(tmp_path: Path, line: str, said: str) -> None:
    assert said in wrong(tmp_path, PLACES.replace("[station.attributes]", f"{line}[station.attributes]"))


def test_an_attribute_is_said_once(tmp_path: Path) -> None:
    assert "attributes 与 attribute_columns 都写了 river" in wrong(
        tmp_path, PLACES.replace("simulated", 'river = "清河"\nsimulated')
    )


def test_a_column_of_an_attribute_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"没有列“河流”（映射 station\.attribute_columns\.river）"):
        by(tmp_path, PLACES, [tuple(head for head in PLACE_HEADS if head != "河流")])


def test_flags_by_the_mapping_and_states(tmp_path: Path) -> None:
    mapping = 'state = "published"\n' + WIDE + '[flag]\ncolumn = "状态"\nmarks = { "维护" = "M" }\n'
    rows = [
        ("时间", "站点", "PM2.5", "CO", "状态"),
        ("2024-03-01 01:00", "甲", "35", "900", "维护"),
        ("2018-09-01 00:00", "甲", "35", "900", "?"),
    ]
    found = by(tmp_path, mapping, rows)
    assert {(row["parameter"], row["flag"], row["state"]) for row in found.rows} == {
        ("a34004", "M", "actual"),
        ("a21005", "M", "298K"),
        ("a34004", "?", "273K"),
        ("a21005", "?", "273K"),
    }


# --- long ---


LONG_ROWS = [
    ("采样时间", "断面", "项目", "结果", "单位"),
    ("2024-03-05 10:20", "甲桥", "氨氮", "0.31", "mg/L"),
    ("2024-03-05 10:20", "甲桥", "总汞", "0.04", "μg/L"),
    ("2024-03-05 10:20", "甲桥", "pH值", "7.9", "无量纲"),
]


def test_a_long_table_finds_parameters_by_their_names(tmp_path: Path) -> None:
    found = by(tmp_path, LONG, LONG_ROWS)
    assert {row["parameter"]: (row["value"], row["unit"]) for row in found.rows} == {
        "w21003": (0.31, "mg/L"),
        "w20111": (0.00004, "mg/L"),
        "w01001": (7.9, None),
    }
    assert found.times() == ["2024-03-05T10:20"]
    assert {(row["statistic"], row["seconds"]) for row in found.rows} == {("value", 0)}


def test_what_a_long_table_cannot_place_is_refused_by_row(tmp_path: Path) -> None:
    rows = [
        *LONG_ROWS,
        ("2024-03-05 10:20", "甲桥", "以太", "1", "mg/L"),
        ("2024-03-05 10:20", "甲桥", "氨氮", "1", "ppb"),
        ("2024-03-05 10:20", "甲桥", "以太", "—", "mg/L"),
    ]
    found = by(tmp_path, LONG, rows)
    assert [(line, column) for line, column, _ in found.refused()] == [(5, "项目"), (6, "项目")]
    assert "不认识的参数 '以太'" in found.rejects[0].reason
    assert "单位 'ppb' 不能换算" in found.rejects[1].reason
    assert len(found.rows) == 3
    assert found.read == 6


def test_names_of_the_file_are_explained_in_the_mapping(tmp_path: Path) -> None:
    mapping = LONG.replace(
        'unit_column = "单位"', '[long.items]\n"以太" = { parameter = "w21011", unit = "µg/L", statistic = "max" }'
    )
    found = by(tmp_path, mapping, [LONG_ROWS[0], ("2024-03-05 10:20", "甲桥", "以太", "50", "")])
    assert found.value("w21011", statistic="max") == 0.05


def test_without_a_unit_anywhere_nothing_is_guessed(tmp_path: Path) -> None:
    mapping = LONG.replace('unit_column = "单位"\n', "")
    found = by(tmp_path, mapping, LONG_ROWS)
    assert found.rows == []
    assert {reject.reason for reject in found.rejects} == {"没有说明单位"}


@pytest.mark.parametrize(("share", "value"), [("half", 0.0125), ("limit", 0.025), ("zero", 0.0)])
def test_below_the_detection_limit_by_the_mapping(tmp_path: Path, share: str, value: float) -> None:
    rows = [*LONG_ROWS, ("2024-03-05 10:20", "乙桥", "总磷", "0.025L", "mg/L")]
    found = by(tmp_path, LONG + f'[file]\nbelow_limit = "{share}"\n', rows)
    assert found.value("w21011", flag="L") == value
    assert found.of("w21003")[0]["flag"] is None


def test_below_the_detection_limit_is_refused_where_the_mapping_says_nothing(tmp_path: Path) -> None:
    found = by(tmp_path, LONG, [*LONG_ROWS, ("2024-03-05 10:20", "乙桥", "总磷", "<0.025", "mg/L")])
    assert found.refused() == [(5, "结果", "<0.025")]
    assert "低于检出限" in found.rejects[0].reason


# --- workbooks ---


def test_a_workbook_with_merged_cells_and_excel_dates(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["清河市地表水监测结果", None, None, None, None],
        ["采样时间", "断面", "项目", "结果", "单位"],
        [datetime(2024, 2, 29, 9, 30), "甲桥", "氨氮", 0.31, "mg/L"],
        [None, None, "总磷", 0.07, "mg/L"],
        [None, None, None, None, None],
        [datetime(2024, 3, 1), "乙桥", "氨氮", None, "mg/L"],
        [None, None, "总磷", "n.d.", "mg/L"],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:E1")
    sheet.merge_cells("A3:A4")
    sheet.merge_cells("B3:B4")
    book.save(tmp_path / "水.xlsx")
    mapping = LONG + '[file]\nheader = 2\nfill_down = ["采样时间", "断面"]\n'
    found = by(tmp_path, mapping, tmp_path / "水.xlsx")
    assert {(row["station"], row["parameter"], row["value"]) for row in found.rows} == {
        ("甲桥", "w21003", 0.31),
        ("甲桥", "w21011", 0.07),
    }
    assert found.times() == ["2024-02-29T09:30"]
    assert found.refused() == [(7, "结果", "n.d.")]


def test_a_date_cell_beside_a_column_of_hours(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["日期", "时", "站点", "PM2.5", "CO"])
    sheet.append([datetime(2024, 2, 29), 24, "甲", 35, 900])
    book.save(tmp_path / "a.xlsx")
    found = by(tmp_path, WIDE.replace('column = "时间"', 'columns = ["日期", "时"]'), tmp_path / "a.xlsx")
    assert found.times() == ["2024-03-01T00:00"]


@pytest.mark.parametrize("when", ["2024-03-05", "2024年3月5日", "2024-03-05 00:00:00", "20240305"])
def test_a_sample_of_which_only_the_day_is_known_belongs_to_that_day(tmp_path: Path, when: str) -> None:
    found = by(tmp_path, LONG, [LONG_ROWS[0], (when, "甲桥", "总磷", "0.05", "mg/L")])
    assert found.times() == ["2024-03-05T12:00"]
    assert any("当日 12:00" in assumption for assumption in found.assumptions)


def test_a_column_of_date_cells_has_no_hour(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (list(LONG_ROWS[0]), [datetime(2024, 3, 5), "甲桥", "总磷", 0.05, "mg/L"]):
        sheet.append(row)
    book.save(tmp_path / "水.xlsx")
    found = by(tmp_path, LONG, tmp_path / "水.xlsx")
    assert found.times() == ["2024-03-05T12:00"]
    assert any("都记在当日 12:00" in assumption for assumption in found.assumptions)


def test_midnight_among_other_hours_is_midnight(tmp_path: Path) -> None:
    hours = ["2024-03-05 00:00", "2024-03-05 04:00"]
    found = by(tmp_path, LONG, [LONG_ROWS[0], *((hour, "甲桥", "总磷", "0.05", "mg/L") for hour in hours)])
    assert found.times() == ["2024-03-05T00:00", "2024-03-05T04:00"]


def test_a_date_alone_will_not_do_where_an_interval_is_shorter_than_a_day(tmp_path: Path) -> None:
    mapping = WIDE.replace('parameter = "co"', 'parameter = "co", seconds = 0')
    found = by(
        tmp_path, mapping, [WIDE_ROWS[0], ("2024-03-05", "甲", "35", "900"), ("2024-03-05 01:00", "甲", "1", "1")]
    )
    assert found.refused() == [(2, "时间", "2024-03-05")]


# --- errors of the mapping ---


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("seconds = 3600", "", "time.seconds：必填"),
        ("seconds = 3600", 'seconds = "1h"', "time.seconds = '1h'：应为整数"),
        ("seconds = 3600", "seconds = -1", "time.seconds = -1：不能小于 0"),
        ('label = "end"', 'label = "middle"', "time.label = 'middle'：应为 'start' 或 'end'"),
        ('label = "end"', "", "time：seconds 大于 0 时必须写 label"),
        ('column = "时间"', 'colum = "时间"', "time.colum = '时间'：不认识的键"),
        ('column = "时间"', "", "time：column 与 columns 应写其中一个"),
        ('column = "时间"', 'column = "时间"\nzone = "Mars/Olympus"', "time.zone = 'Mars/Olympus'：没有这个时区"),
        ('medium = "air"', 'medium = "fire"', "station.medium = 'fire'：应为"),
        ('medium = "air"', 'medium = "air"\nregion = "无此市"', "station.region = '无此市'：行政区表里没有"),
        ('parameter = "pm25"', 'parameter = "phlogiston"', "values.PM2.5.parameter = 'phlogiston'：参数表里没有"),
        ('parameter = "pm25", unit = "ug/m3"', 'parameter = "pm25"', "values.PM2.5.unit：必填"),
        ('"pm25", unit = "ug/m3"', '"pm25", unit = "ppb"', "values.PM2.5：单位 'ppb' 不能换算为 'µg/m3'"),
        ("[values]", "[valves]", "valves：不认识的键"),
        ("[time]", "[time", "不是 TOML"),
        ("seconds = 3600", "seconds = true", "time.seconds = True：应为整数"),
        ('parameter = "co"', 'parameter = "co", statistic = "Avg "', "values.CO.statistic = 'Avg '：应为小写英文"),
        ('parameter = "co"', 'parameter = "co", seconds = true', "values.CO.seconds = True：应为整数"),
    ],
)
def test_an_error_of_the_mapping_names_its_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    message = wrong(tmp_path, WIDE.replace(old, new))
    assert said in message
    assert "映射.toml" in message


def test_a_label_is_asked_for_where_any_item_is_of_an_interval(tmp_path: Path) -> None:
    instants = WIDE.replace('seconds = 3600\nlabel = "end"\n', "seconds = 0\n")
    assert by(tmp_path, instants, WIDE_ROWS).value("a34004") == 35.5
    mixed = instants.replace('parameter = "co"', 'parameter = "co", seconds = 3600')
    assert "time.label：seconds 大于 0 时必须写 label" in wrong(tmp_path, mixed)


def test_a_mapping_is_wide_or_long(tmp_path: Path) -> None:
    assert "应有 [values]（宽表）或 [long]（长表）其中一个" in wrong(
        tmp_path, WIDE + '[long]\nparameter="a"\nvalue="b"\n'
    )


def test_a_column_that_the_file_has_not_is_named_with_its_key(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"没有列“站点”（映射 station.column）；文件里是 时间、站名、PM2.5、CO"):
        by(tmp_path, WIDE, [("时间", "站名", "PM2.5", "CO")])


def test_a_mapping_is_asked_for_and_read(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", WIDE_ROWS)
    with pytest.raises(OptionError, match="--mapping"):
        imported(TableImporter, path)
    with pytest.raises(FileError, match="没有这个文件"):
        imported(TableImporter, path, mapping=tmp_path / "x.toml")


@pytest.mark.parametrize("number", [0, 1])
def test_the_mappings_of_the_guide_are_mappings(tmp_path: Path, number: int) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guide" / "ingest.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```toml\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    assert len(examples) == 2
    path = tmp_path / "m.toml"
    path.write_text(examples[number], encoding="utf-8")
    assert dict(read_mapping(path).columns())
