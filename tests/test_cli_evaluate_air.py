"""``bilan evaluate air`` as a person uses it: on tables of any shape, and on a lake."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from bilan import cli
from bilan.evaluate.air import csv_file

from .evaluate.air.lakes import (
    CITY,
    DISTRICT,
    OTHER_DISTRICT,
    add_stations,
    add_values,
    days_between,
    hours_of,
    label,
    make_lake,
)

HOUR = "stationcode,timepoint,aqi,primarypollutant,quality,pm2_5,pm10,so2,no2,co,o3"
ITEMS = {"so2": 10, "no2": 20, "pm10": 60, "pm2_5": 30, "co": 0.5, "o3": 90}


def run(*arguments: object) -> int:
    return cli.main(["evaluate", "air", *map(str, arguments), "--quiet"])


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


class Table:
    """A CSV file and what ``bilan evaluate air aqi`` makes of it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.source, self.output, self.capsys = folder / "in.csv", folder / "out.csv", capsys
        self.code, self.said = -1, ""

    def __call__(self, lines: str | Sequence[str], kind: str = "hour", *options: str) -> list[dict[str, str]]:
        text = lines if isinstance(lines, str) else "\n".join(lines) + "\n"
        self.source.write_text(text, encoding="utf-8")
        return self.run(kind, *options)

    def run(self, kind: str, *options: str) -> list[dict[str, str]]:
        if not {"--mode"} & set(options):
            options = (*options, "--mode", "as-published")
        self.code = run("aqi", "--input", self.source, "--kind", kind, "-o", self.output, *options)
        self.said = self.capsys.readouterr().err
        return read(self.output) if self.output.exists() else []


@pytest.fixture
def table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Table:
    return Table(tmp_path, capsys)


class TestTable:
    def test_published_results_are_neither_read_nor_copied(self, table: Table) -> None:
        rows = table([HOUR, "9001A,2018-05-01T10:00:00,999,臭氧,爆表,40,60,10,20,0.5,90"])
        assert (table.code, table.said) == (0, "")
        assert list(rows[0]) == [
            "stationcode", "timepoint", "aqi", "primary", "category",
            "iaqi_so2", "iaqi_no2", "iaqi_pm10", "iaqi_pm2_5", "iaqi_co", "iaqi_o3", "reason",
        ]  # fmt: skip
        assert rows[0] | {"reason": ""} == {
            "stationcode": "9001A", "timepoint": "2018-05-01T10:00:00", "aqi": "57", "primary": "PM2.5",
            "category": "良", "iaqi_so2": "4", "iaqi_no2": "10", "iaqi_pm10": "55", "iaqi_pm2_5": "57", "iaqi_co": "5",
            "iaqi_o3": "29", "reason": "",
        }  # fmt: skip

    @pytest.mark.figure("air.iaqi", "corner")
    def test_the_regime_is_that_of_the_hour_that_ends_at_the_label(self, table: Table) -> None:
        """pm2_5 60 is 82 until the label 2026-03-01 00:00 (also written 24:00) and 100 from 01:00 on."""
        times = {
            "2026-02-28T23:00:00": 82, "2026-03-01T00:00:00": 82, "2026-02-28 24:00": 82, "2026-03-01T01:00:00": 100,
            "2026-03-01T0100": 100, "2026/3/1 0:00": 82, "2026-03-01 1:00:00": 100, "2026030100": 82,
            "2026-03-01T00:00:00+08:00": 82, "2024-02-29T24:00:00": 82, "2028-02-29T24:00:00": 100,
            "2026-03-01T00:00:00.000": 82,
        }  # fmt: skip
        rows = table([HOUR, *(f"a,{time},,,,60,60,10,20,0.5,90" for time in times)])
        assert table.code == 0
        assert {row["timepoint"]: int(row["aqi"]) for row in rows} == times

    def test_times_that_are_none(self, table: Table) -> None:
        bad = [
            "2025-02-29T10:00",
            "",
            "yesterday",
            "2025-13-01T00:00",
            "2025-05-01T25:00",
            "2025-05-01",
            "2025-05-01T24:30",
        ]
        rows = table([HOUR, "a,2025-05-01T10:00,,,,60,60,10,20,0.5,90", *(f"b,{t},,,,60,60,1,2,0.5,90" for t in bad)])
        assert table.code == 3
        assert [row["aqi"] for row in rows] == ["82"] + [""] * len(bad)  # the rest of the table is judged
        assert [row["timepoint"] for row in rows][1:] == bad
        assert all("时间" in row["reason"] for row in rows[1:])
        assert "第 3 行 timepoint" in table.said
        assert "2025-02-29T10:00" in table.said
        assert f"{len(bad)} 处" in table.said

    def test_missing_marks_and_bad_cells(self, table: Table) -> None:
        marks = ["", "NA", "-;", "—", "&mdash;", "-", "NaN", " ", "/"]
        lines = [f"a,2018-05-01T10:00,,,,{mark},60,10,20,0.5,90" for mark in marks]
        bad = ["12..5", "约30", "1e30", "99999999999999999999", "0x1F", "12,5".replace(",", "，")]
        lines += [f"b,2018-05-01T10:00,,,,{cell},60,10,20,0.5,90" for cell in bad]
        rows = table([HOUR, *lines, "c,2018-05-01T10:00,,,, 40 ,60,10,20,.5,9e1"])
        assert table.code == 3
        assert [row["iaqi_pm2_5"] for row in rows] == [""] * (len(marks) + len(bad)) + ["57"]
        assert {row["aqi"] for row in rows[:-1]} == {"55"}
        assert [row["reason"] for row in rows[:8]] == ["缺 PM2.5"] * 8
        assert rows[8]["reason"] == ""  # "/" is not monitored, not missing
        assert "第 11 行 pm2_5：'12..5'" in table.said
        row = table([HOUR, "a,2026-03-02T10:00,,,,/,60,10,20,0.5,90"])[0]
        assert (row["aqi"], row["reason"]) == ("58", "PM2.5 未监测（5.3.2，未核实三年历史）")

    @pytest.mark.parametrize("mark", ["-999", "-9999", "-99"])
    def test_a_negative_mark_of_missing_data_is_no_clean_air(self, table: Table, mark: str) -> None:
        rows = table([HOUR, f"a,2018-05-01T10:00,,,,{mark},60,10,20,0.5,90"])
        assert rows[0]["iaqi_pm2_5"] == ""

    def test_lines_are_named_as_an_editor_counts_them(self, table: Table) -> None:
        table([HOUR, "a,2018-05-01T10:00,,,,30,60,10,20,0.5,90", "", "a,2018-05-01T11:00,,,,x,60,10,20,0.5,90"])
        assert table.code == 3
        assert "第 4 行 pm2_5" in table.said

    def test_lines_are_named_beyond_the_first_block(self, table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(csv_file, "BLOCK", 2000)
        lines = [f"a,2026-0{2 + k // 40}-11T10:00,,,,60,60,10,20,0.5,90" for k in range(80)]
        lines[70] = lines[70].replace(",60,60,", ",x,60,")
        rows = table([HOUR, *lines])
        assert "第 72 行 pm2_5" in table.said
        assert [row["aqi"] for row in rows[:40]] == ["82"] * 40
        assert {row["aqi"] for row in rows[40:]} == {"100", ""}
        assert len(rows) == 80

    def test_gz_and_a_byte_order_mark(self, table: Table, tmp_path: Path) -> None:
        text = "\ufeff" + HOUR + "\na,2018-05-01T10:00,,,,40,60,10,20,0.5,90\n"
        table.source = tmp_path / "in.csv.gz"
        table.source.write_bytes(gzip.compress(text.encode()))
        rows = table.run("hour")
        assert (table.code, rows[0]["stationcode"], rows[0]["aqi"]) == (0, "a", "57")
        whole = table.source.read_bytes()
        for broken in (whole[: len(whole) // 2], b"no gzip at all", whole[:-20] + b"\0" * 20):
            table.source.write_bytes(broken)
            table.output.unlink(missing_ok=True)
            assert (table.run("hour"), table.code) == ([], 1)
            assert "in.csv.gz" in table.said

    def test_ozone_under_exchanged_names(self, table: Table) -> None:
        """In the older national files the current hour is `o3_24h`, `o3` is the day's largest so far."""
        header = HOUR + ",o3_24h,o3_8h,o3_8h_24h"
        lines = [f"a,2018-05-01T1{k}:00,,,,30,60,10,20,0.5,{220 + k},{100 + k},130,80" for k in range(3)]
        rows = table([header, *lines])
        assert [row["iaqi_o3"] for row in rows] == ["32", "32", "32"]
        assert table.code == 0
        assert "o3_24h" in table.said
        right = [f"a,2018-05-01T1{k}:00,,,,30,60,10,20,0.5,{100 + k},{220 + k},80,130" for k in range(3)]
        assert [row["iaqi_o3"] for row in table([header, *right])] == ["32", "32", "32"]
        assert table.said == ""
        rows = table([header, *lines], "hour", "--columns", "o3=o3")  # a person's word stands
        assert [row["iaqi_o3"] for row in rows] == ["110", "111", "111"]

    def test_zeros_of_days_are_missing_and_of_hours_are_not(self, table: Table) -> None:
        day = ["date,city,aqi,pm2_5,pm10,so2,no2,co,o3_8h", "2020-01-02,甲,9,0,60,10,20,0,0.0"]
        rows = table(day, "day")
        assert (rows[0]["iaqi_pm2_5"], rows[0]["iaqi_co"], rows[0]["aqi"]) == ("", "", "55")
        assert rows[0]["reason"] == "缺 PM2.5、CO、O3 8h"
        rows = table(day, "day", "--zero", "value")
        assert (rows[0]["iaqi_pm2_5"], rows[0]["reason"]) == ("0", "")
        hour = [HOUR, "a,2018-05-01T10:00,,,,0,60,10,20,0,90"]
        assert table(hour)[0]["iaqi_pm2_5"] == "0"
        assert table(hour, "hour", "--zero", "missing")[0]["iaqi_pm2_5"] == ""

    def test_names_of_columns(self, table: Table) -> None:
        lines = ["站点,日期,细颗粒物,PM10,SO2,NO2,CO,O3_8h", "甲,2020-01-02,40,60,10,20,0.5,90"]
        mapping = "station=站点,date=日期,pm2_5=细颗粒物"
        rows = table(lines, "day", "--columns", mapping)
        assert (table.code, rows[0]["站点"], rows[0]["日期"], rows[0]["aqi"]) == (0, "甲", "2020-01-02", "57")
        assert (
            table([line.replace("细颗粒物", "PM2.5") for line in lines], "day", "--columns", mapping[:-12])[0]["aqi"]
            == "57"
        )

    @pytest.mark.parametrize("mapping", ["date=日子,pm2_5=细", "date", "date=", "=日期"])
    def test_a_mapping_that_does_not_fit(self, table: Table, mapping: str) -> None:
        assert table(["日期,细颗粒物", "2020-01-02,40"], "day", "--columns", mapping) == []
        assert table.code in (1, 2)
        assert mapping.partition(",")[0] in table.said or "日子" in table.said

    def test_a_mapping_of_a_name_that_is_none_of_ours_says_so(self, table: Table) -> None:
        """Not silently without PM2.5."""
        table(["日期,细颗粒物,pm10", "2020-01-02,40,60"], "day", "--columns", "date=日期,pm25x=细颗粒物")
        assert table.code in (1, 2)
        assert "pm25x" in table.said

    @pytest.mark.parametrize(
        "text",
        [
            "", "\n", "only\n", "a,b\n1,2\n", "date,city\n2020-01-01,甲\n", "pm2_5,pm10\n1,2\n",
            "date,pm2_5\n2020-01-01,1,2,3\n", "date,pm2_5,pm2_5\n2020-01-01,1,2\n", "PK\x03\x04\x00\x00,\x00\n",
        ],
    )  # fmt: skip
    def test_files_that_are_no_such_table(self, table: Table, text: str) -> None:
        table.output.write_text("before", encoding="utf-8")
        assert table(text, "day") is not None
        assert table.code == 1
        assert "in.csv" in table.said
        assert table.output.read_text(encoding="utf-8") == "before"  # nothing half written, nothing lost
        assert sorted(path.name for path in table.output.parent.iterdir()) == ["in.csv", "out.csv"]

    @pytest.mark.parametrize("before", [0, 90_000])
    def test_gb_18030(self, table: Table, before: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """Wherever the first Chinese word stands."""
        monkeypatch.setattr(csv_file, "BLOCK", 1 << 20)
        header = "date,city,站,pm2_5\n" if not before else "date,city,site,pm2_5\n"
        text = header + "2020-01-01,a,1,40\n" * (before // 18) + "2020-01-01,甲市,一,40\n"
        table.source.write_bytes(text.encode("gb18030"))
        row = table.run("day", "--quiet")[-1]
        assert (table.code, row["city"], row["iaqi_pm2_5"]) == (0, "甲市", "57")

    def test_a_file_in_no_known_encoding_says_so(self, table: Table) -> None:
        table.source.write_bytes(b"date,city,pm2_5\n2020-01-01,\xff\xff,40\n")
        assert table.run("day") == []
        assert table.code == 1
        assert "UTF-8" in table.said

    def test_packed_or_not_is_known_by_the_first_bytes(self, table: Table, tmp_path: Path) -> None:
        text = (HOUR + "\na,2018-05-01T10:00,,,,40,60,10,20,0.5,90\n").encode()
        for name, content in (("packed.csv", gzip.compress(text)), ("plain.csv.gz", text)):
            table.source = tmp_path / name
            table.source.write_bytes(content)
            rows = table.run("hour")
            assert (table.code, table.said, [row["aqi"] for row in rows]) == (0, "", ["57"])

    @pytest.mark.parametrize("blank", [",,,,,,,,,,", " , ,,,,,,,,,", "", "  ", ",,", '"",,,,,,,,,,'])
    def test_blank_lines_are_no_rows(self, table: Table, blank: str) -> None:
        good = "a,2018-05-01T1{}:00,,,,40,60,10,20,0.5,90"
        rows = table([HOUR, good.format(0), blank, good.format(1), blank, blank])
        assert (table.code, table.said, [row["aqi"] for row in rows]) == (0, "", ["57", "57"])
        rows = table([HOUR, good.format(0), blank, good.format(1).replace(",40,", ",x,"), blank])
        assert (table.code, len(rows)) == (3, 2)
        assert "第 4 行 pm2_5：'x'" in table.said

    def test_a_table_of_blank_lines_only(self, table: Table) -> None:
        assert table([HOUR, ",,,,,,,,,,", ""]) == []
        assert (table.code, "没有数据" in table.said) == (1, True)

    def test_strict_says_which_columns_it_lacks(self, table: Table) -> None:
        """Not silently an index without particles."""
        old = "a,2018-05-01T10:00,,,,40,60,10,20,0.5,90"
        table([HOUR, old], "hour", "--mode", "strict")
        assert table.code == 0
        assert table.said.startswith("注意：表里没有列 pm10_24h、pm2_5_24h、o3_8h：HJ 633-2012 ")
        assert table.said.count("--mode as-published") == 1
        table([HOUR + ",pm10_24h,o3_8h", old + ",60,90"], "hour", "--mode", "strict")
        assert "没有列 pm2_5_24h：" in table.said
        table([HOUR, old.replace("2018-05-01T10", "2026-03-01T01")], "hour", "--mode", "strict")
        assert table.said == ""  # the hour itself by the new text
        table([HOUR, old])
        assert table.said == ""

    def test_hours_judged_as_days_are_refused(self, table: Table) -> None:
        hours = [f"a,2018-05-01T{k:02}:00,,,,40,60,10,20,0.5,90" for k in range(24)]
        assert table([HOUR, *hours], "day") == []
        assert table.code == 1
        assert "timepoint" in table.said
        assert "2018-05-01T01:00" in table.said
        assert "--kind hour" in table.said
        midnights = [f"a,2018-05-0{k} 00:00:00,,,,40,60,10,20,0.5,90" for k in range(1, 4)]
        assert len(table([HOUR, *midnights, hours[3]], "day")) == 4
        assert table.code == 0

    def test_days_judged_as_hours_are_refused(self, table: Table) -> None:
        days = [f"甲,2018-05-0{k},40,60" for k in range(1, 4)]
        assert table(["city,date,pm2_5,pm10", *days]) == []
        assert (table.code, "--kind day" in table.said) == (1, True)

    def test_columns_that_nobody_reads_may_be_named_alike(self, table: Table) -> None:
        rows = table(["date,city,pm2_5,pm10,,,备注,备注", "2020-01-02,甲,40,60,x,y,z,"], "day")
        assert (table.code, rows[0]["aqi"]) == (0, "57")

    @pytest.mark.parametrize(
        ("header", "named"),
        [
            ("date,city,PM2_5,pm2_5", "PM2_5（第 3 列）、pm2_5（第 4 列）"),
            ("date,city,pm2.5,PM25", "pm2.5（第 3 列）、PM25（第 4 列）"),
            ("date,city,pm2_5,Date", "date（第 1 列）、Date（第 4 列）"),
        ],
    )
    def test_two_columns_of_one_item_are_named(self, table: Table, header: str, named: str) -> None:
        assert table([header, "2020-01-02,甲,40,90"], "day") == []
        assert table.code == 1
        assert named in table.said

    def test_a_mapping_decides_between_two_columns_of_one_item(self, table: Table) -> None:
        rows = table(["date,city,PM2_5,pm2_5", "2020-01-02,甲,40,90"], "day", "--columns", "pm2_5=PM2_5")
        assert (table.code, rows[0]["iaqi_pm2_5"]) == (0, "57")

    def test_ozone_is_exchanged_label_by_label(self, table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file of several hours, not all of them exchanged, their rows mixed and over several blocks."""
        monkeypatch.setattr(csv_file, "BLOCK", 1000)
        header = HOUR + ",o3_24h,o3_8h,o3_8h_24h"
        ozone = {  # label: o3, o3_24h
            "2018-05-01T10:00": (220, 100),
            "2018-05-01T11:00": (100, 220),
            "2018-05-01T12:00": (220, 100),
            "2018-05-01T13:00": ("", 100),  # does not tell: as most rows of the file
        }
        lines = [
            f"{k},{time},,,,30,60,10,20,0.5,{o3},{day},90,80" for k in range(30) for time, (o3, day) in ozone.items()
        ]
        rows = table([header, *lines])
        assert (table.code, {row["iaqi_o3"] for row in rows}) == (0, {"32"})
        assert "2 个时标的 o3 大于 o3_24h" in table.said
        assert "另有 1 个时标没有互换" in table.said
        few = [line for line in lines if "T12:" not in line and not line.startswith("1,2018-05-01T10")]
        rows = table([header, *few])
        assert {row["iaqi_o3"] for row in rows if "T13:" not in row["timepoint"]} == {"32"}
        assert {row["iaqi_o3"] for row in rows if "T13:" in row["timepoint"]} == {""}  # now most are not exchanged

    def test_spaces_around_names_and_identifying_cells(self, table: Table) -> None:
        rows = table([" date , city ,pm2_5 , 备注", " 2020-01-02 , 甲 , 40 ,x"], "day")
        assert (rows[0]["date"], rows[0]["city"], rows[0]["iaqi_pm2_5"]) == ("2020-01-02", "甲", "57")
        rows = table([" 日期 , 细 ", "2020-01-02,40"], "day", "--columns", "date=日期,pm2_5=细")
        assert (table.code, rows[0]["日期"], rows[0]["iaqi_pm2_5"]) == (0, "2020-01-02", "57")

    def test_marks_of_missing_in_any_case(self, table: Table) -> None:
        marks = ["None", "NULL", "na", "\\N", "NAN", "n/a"]
        rows = table([HOUR, *(f"a,2018-05-01T10:00,,,,{mark},60,10,20,0.5,90" for mark in marks)])
        assert (table.code, table.said) == (0, "")
        assert [row["reason"] for row in rows] == ["缺 PM2.5"] * len(marks)

    def test_codes_of_missing_are_counted(self, table: Table) -> None:
        lines = [f"a,2018-05-01T1{k}:00,,,,{mark},60,-99,20,0.5,90" for k, mark in enumerate(("-999", "-9999.0", "40"))]
        rows = table([HOUR, *lines])
        assert [row["iaqi_pm2_5"] for row in rows] == ["", "", "57"]
        assert (table.code, table.said.count("注意")) == (0, 1)
        assert "按缺测处理：so2 3 处、pm2_5 2 处" in table.said

    def test_dates_in_chinese(self, table: Table) -> None:
        """Also on which side of the change of standard they lie."""
        times = {
            "2026年2月28日23时": 82, "2026年3月1日0时": 82, "2026年3月1日1时": 100, "2026年03月01日 01:00": 100,
            "2026年2月28日24时": 82, "2026年3月1日1点00分": 100,
        }  # fmt: skip
        rows = table([HOUR, *(f"a,{time},,,,60,60,10,20,0.5,90" for time in times)])
        assert (table.code, {row["timepoint"]: int(row["aqi"]) for row in rows}) == (0, times)
        rows = table(["date,pm2_5", "2016年1月3日,40", "2016年2月30日,40"], "day")
        assert (table.code, [row["aqi"] for row in rows]) == (3, ["57", ""])

    def test_a_broken_line_is_named_and_the_rest_goes_on(self, table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(csv_file, "BLOCK", 2000)
        lines = ["a,2018-05-01T10:00,,,,60,60,10,20,0.5,90"] * 80 + ["a,2018-05-01T10:00,too,few"]
        assert len(table([HOUR, *lines])) == 80
        assert table.code == 3
        assert "第 82 行" in table.said

    def test_a_table_without_rows(self, table: Table) -> None:
        assert table(HOUR + "\n") == []
        assert table.code in (0, 1)
        assert "内部错误" not in table.said

    @pytest.mark.parametrize("output", ["out.xlsx", "in.csv", "nowhere/out.csv"])
    def test_outputs_that_cannot_be(self, table: Table, output: str) -> None:
        table.output = table.output.with_name(output) if "/" not in output else table.output.parent / output
        table([HOUR, "a,2018-05-01T10:00,,,,40,60,10,20,0.5,90"])
        assert table.code in (1, 2)
        assert table.source.read_text(encoding="utf-8").startswith(HOUR)

    def test_a_missing_file_and_an_unknown_engine(self, table: Table) -> None:
        assert table.run("hour") == []
        assert table.code == 1
        assert "in.csv" in table.said
        table([HOUR, "a,2018-05-01T10:00,,,,40,60,10,20,0.5,90"], "hour", "--engine", "abacus")
        assert table.code == 1
        assert "abacus" in table.said

    def test_strict_and_as_published(self, table: Table) -> None:
        """A 2018 hour by the text takes the sliding means, the feed the hour itself."""
        lines = [HOUR + ",pm10_24h,pm2_5_24h,o3_8h", "a,2018-05-01T10:00,,,,40,60,10,20,0.5,90,150,35,90"]
        assert table(lines, "hour", "--mode", "strict")[0]["aqi"] == "100"
        assert table(lines)[0]["aqi"] == "57"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two stations of the fictional city and one elsewhere: the ten days around the change of March 2026."""
    path = tmp_path_factory.mktemp("lake") / "lake"
    days = days_between(date(2026, 2, 24), date(2026, 3, 5))
    values = hours_of("s1", days, ITEMS | {"pm2_5": 60})
    values += hours_of("s2", days, ITEMS | {"pm2_5": lambda day, hour: 61 if hour % 2 else 60})
    values += hours_of("s3", days[:2], ITEMS | {"pm2_5": lambda day, hour: 200 if hour > 5 else None})
    made = make_lake(path, {"s1": DISTRICT, "s2": OTHER_DISTRICT, "s3": "110101"}, values)
    corrected = hours_of("s1", [date(2026, 2, 25)], {"pm2_5": 160})
    add_values(made, corrected, received="2027-02-01T00:00", ref="g")
    return path


def from_lake(lake: Path, what: str, *options: object, form: str = ".csv") -> list[dict[str, str]]:
    output = lake.parent / f"{what}{form}"
    output.unlink(missing_ok=True)
    assert run(what, "--lake", lake, "-o", output, *options) == 0
    return read(output)


class TestLake:
    def test_city_days(self, lake: Path) -> None:
        rows = {(row["region"], row["day"]): row for row in from_lake(lake, "day", "--region", "清河市")}
        assert {place for place, _ in rows} == {CITY}
        assert len(rows) == 10
        old, new = rows[CITY, "2026-02-28"], rows[CITY, "2026-03-01"]
        # 60 and 60.5 make 60.25: 60; by the old table 82, by the new one 100
        assert (old["pm2_5"], old["aqi"], old["primary"], old["name"]) == ("60", "82", "PM2.5", "清河市")
        assert (new["pm2_5"], new["aqi"]) == ("60", "100")
        assert (new["stations"], new["s_pm2_5"]) == ("2", "2")

    def test_station_days_as_known_then_and_now(self, lake: Path) -> None:
        options = ("--scope", "station", "--from", "2026-02-25", "--to", "2026-02-26")
        now = {(row["station"], row["day"]): row for row in from_lake(lake, "day", *options)}
        assert now["s1", "2026-02-25"]["pm2_5"] == "160"
        assert now["s3", "2026-02-25"]["n_pm2_5"] == "19"
        assert now["s3", "2026-02-25"]["pm2_5"] == ""
        assert now["s3", "2026-02-25"]["aqi"] == "55"  # strict of 2012: from what is there
        assert "PM2.5" in now["s3", "2026-02-25"]["reason"]
        then = from_lake(lake, "day", *options, "--known-at", "2027-01-31")
        assert {row["pm2_5"] for row in then if row["station"] == "s1"} == {"60"}

    def test_station_hours_keep_label_and_regime(self, lake: Path) -> None:
        options = ("--scope", "station", "--from", "2026-02-28", "--to", "2026-03-01", "--mode", "as-published")
        rows = [row for row in from_lake(lake, "hour", *options) if row["station"] == "s1"]
        assert len(rows) == 48
        midnight = next(row for row in rows if row["time"].startswith("2026-03-01 00:00"))
        assert (midnight["day"], midnight["hour"], midnight["aqi"]) == ("2026-02-28", "24", "82")
        following = next(row for row in rows if row["time"].startswith("2026-03-01 01:00"))
        assert (following["day"], following["hour"], following["aqi"]) == ("2026-03-01", "1", "100")

    def test_sliding_means_do_not_depend_on_where_the_question_begins(self, lake: Path) -> None:
        """HJ 633-2012: the 24 hours before the first hour asked for are in the lake."""
        asked = from_lake(lake, "hour", "--scope", "station", "--from", "2026-02-26", "--to", "2026-02-26")
        longer = from_lake(lake, "hour", "--scope", "station", "--from", "2026-02-25", "--to", "2026-02-26")
        assert asked == [row for row in longer if row["day"] == "2026-02-26"]

    def test_city_hours(self, lake: Path) -> None:
        options = ("--region", CITY, "--from", "2026-03-01", "--to", "2026-03-01")
        rows = from_lake(lake, "hour", *options)
        assert [row["hour"] for row in rows] == [str(hour) for hour in range(1, 25)]
        assert [row["pm2_5"] for row in rows[:2]] == ["60", "60"]  # 60.5 to the even neighbour

    def test_months(self, lake: Path) -> None:
        (row,) = from_lake(lake, "month", "--region", "清河市", "--to", "2026-02-28")
        assert (row["period"], row["aqi_days"], row["complete"], row["mixed"]) == ("2026-02", "5", "false", "false")
        assert "GB 3095-2012" in row["regime"]
        assert "PM2.5" in row["lacking"]

    def test_the_mixed_year(self, lake: Path) -> None:
        years = from_lake(lake, "year", "--region", "清河市")
        assert sorted((row["period"], row["mixed"], row["applies"]) for row in years) == [
            ("2026", "true", "false"),
            ("2026", "true", "true"),
        ]
        assert {row["attained"] for row in years} == {""}  # ten days cannot be judged
        assert {row["good_days"] for row in years} == {"9"}  # the corrected day: (160 + 60.5) / 2 = 110

    def test_a_city_day_does_not_depend_on_the_days_asked_for(self, tmp_path: Path) -> None:
        """Four stations, two of which stop on the first day: the second has half of its stations, however asked."""
        days = days_between(date(2025, 1, 1), date(2025, 1, 2))
        values = [v for s in "ab" for v in hours_of(s, days, ITEMS)]
        values += [v for s in "cd" for v in hours_of(s, days[:1], ITEMS)]
        make_lake(tmp_path / "lake", dict.fromkeys("abcd", DISTRICT), values)
        both = from_lake(tmp_path / "lake", "day")
        alone = from_lake(tmp_path / "lake", "day", "--from", "2025-01-02")
        assert alone == both[1:]

    def test_an_instrument_below_zero_for_a_day(self, tmp_path: Path) -> None:
        make_lake(tmp_path / "lake", {"a": DISTRICT}, hours_of("a", [date(2025, 1, 1)], ITEMS | {"o3": -3, "so2": -3}))
        (row,) = from_lake(tmp_path / "lake", "day", "--scope", "station")
        assert (row["so2"], row["o3_8h"], row["o3_1h"]) == ("0", "0", "0")

    def test_a_lake_without_what_is_asked(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = tmp_path / "lake"
        output = tmp_path / "out.csv"
        assert run("day", "--lake", path, "-o", output) == 1
        assert str(path) in capsys.readouterr().err
        made = make_lake(path, {"a": DISTRICT}, [])
        for options in ((), ("--from", "2025-01-01", "--to", "2025-01-31")):
            for what in ("day", "quarter"):
                assert run(what, "--lake", path, "-o", output, *options) == 1
                assert "没有" in capsys.readouterr().err
        add_values(made, [("a", "so2", label("2025-01-01T10:00"), 5)])
        assert run("day", "--lake", path, "-o", output, "--region", "石家庄市") == 1
        assert "没有" in capsys.readouterr().err
        assert run("day", "--lake", path, "-o", output, "--region", "无此市") == 1
        assert run("day", "--lake", path, "-o", output, "--from", "2025-02-30") == 2
        assert run("day", "--lake", path, "-o", output, "--from", "2025-02-02", "--to", "2025-02-01") == 2
        assert run("day", "--lake", path, "-o", output, "--known-at", "soon") == 2
        assert not output.exists()

    def test_a_city_question_to_stations_without_a_region(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Not an empty table that looks like an answer."""
        make_lake(tmp_path / "lake", {"a": None}, hours_of("a", [date(2025, 1, 1)], ITEMS))
        assert run("day", "--lake", tmp_path / "lake", "-o", tmp_path / "out.csv") == 1
        assert "没有" in capsys.readouterr().err


@pytest.fixture(scope="module")
def stormy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dust") / "lake"
    days = days_between(date(2025, 4, 1), date(2025, 4, 3))
    storm = ITEMS | {"pm10": lambda day, hour: 900 if day.day == 2 else 60}
    make_lake(path, {"s1": DISTRICT}, hours_of("s1", days, storm))
    return path


class TestDustFile:
    def dusted(self, lake: Path, text: str, *options: str) -> dict[str, str]:
        dust = lake.parent / "dust.csv"
        dust.write_text(text, encoding="utf-8")
        (row,) = from_lake(lake, "month", "--dust", dust, *options)
        return row

    def test_city(self, stormy: Path) -> None:
        row = self.dusted(stormy, "region,from,to\n清河市,2025-04-02,2025-04-02\n")
        assert (row["pm10_mean"], row["n_pm10"], row["heavy_days"]) == ("60", "2", "1")

    def test_a_station_lies_in_the_city(self, stormy: Path) -> None:
        row = self.dusted(stormy, "region,from,to\n清河市,2025-04-02,2025-04-02\n", "--scope", "station")
        assert row["pm10_mean"] == "60"

    def test_a_city_lies_in_the_province(self, stormy: Path) -> None:
        row = self.dusted(stormy, "region,from,to\n990000,2025-04-02,2025-04-02\n")
        assert row["pm10_mean"] == "60"

    @pytest.mark.parametrize(
        "line",
        ["清河市,2025-04-02", "清河市,2025-04-02,2025-04-01", "清河市,2025-04-31,2025-05-01", ",2025-04-02,2025-04-02",
         "无此市,2025-04-02,2025-04-02", "清河市,2025-01-02,2025-12-01"],
    )  # fmt: skip
    def test_a_bad_line_is_named(self, stormy: Path, line: str, capsys: pytest.CaptureFixture[str]) -> None:
        dust = stormy.parent / "bad.csv"
        dust.write_text(f"region,from,to\n清河市,2025-04-02,2025-04-02\n{line}\n", encoding="utf-8")
        output = stormy.parent / "none.csv"
        assert run("month", "--lake", stormy, "--dust", dust, "-o", output) == 1
        said = capsys.readouterr().err
        assert "bad.csv" in said
        assert "第 3 行" in said
        assert not output.exists()


def test_a_station_that_moves_to_another_city(tmp_path: Path) -> None:
    """Until the end of 2024 it counts for one district's city, then for another's."""
    days = days_between(date(2024, 12, 31), date(2025, 1, 1))
    made = make_lake(tmp_path / "lake", {}, hours_of("a", days, ITEMS))
    add_stations(made, {"a": DISTRICT}, valid_from=date(2020, 1, 1))
    add_stations(made, {"a": "130102"}, valid_from=date(2025, 1, 1))
    rows = from_lake(tmp_path / "lake", "day")
    assert [(row["region"], row["day"]) for row in rows] == [("130100", "2025-01-01"), (CITY, "2024-12-31")]


def test_every_command_is_there() -> None:
    verbs = cli.command().commands["evaluate"].make_context("evaluate", [], resilient_parsing=True).command
    air = verbs.commands["air"]  # type: ignore[attr-defined]
    assert set(air.commands) >= {"aqi", "hour", "day", "month", "quarter", "year"}
