"""Tables of water data: which column is what, and what a cell says."""

from __future__ import annotations

import gzip
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from bilan.errors import FileError
from bilan.evaluate.water.cells import cell_reader, read_day
from bilan.evaluate.water.items import STEPS, Profile, WaterError, items
from bilan.evaluate.water.reading import opened
from bilan.evaluate.water.tables import layout, portion

ON = date(2024, 1, 1)


def cell(item: str, text: str, profile: Profile = "auto", body: str | None = None) -> tuple[float | None, str | None]:
    found = cell_reader(items()[item], profile)(text, body)
    return None if found.steps is None else found.steps / STEPS, found.mark


def only_row(header: list[str], row: list[str], **options: Any) -> dict[str, Any]:
    (found,) = portion(layout(header, on=ON, **options), [row]).to_pylist()
    return found


class TestHeadings:
    def test_codes_names_and_aliases(self) -> None:
        header = ["断面名称", "w21011", "氨 氮", "DO", "CODMn", "PH值", "w20142", "六价铬", "铬(六价)x", "水温"]
        found = layout(header, on=ON)
        assert list(found.sources) == ["water_temp", "ph", "do", "codmn", "nh3n", "tp", "hg", "cr6"]
        assert found.identity_names == ["断面名称", "铬(六价)x"]
        assert found.profile == "manual"

    def test_units_in_headings(self) -> None:
        row = only_row(
            ["汞（μg/L）", "铬(六价)(mg/L)", "叶绿素a(mg/L)", "氨氮(以N计)", "总磷 mg/L"],
            ["0.04", "0.1", "0.003", "1", "2"],
        )
        assert [row[key] for key in ("hg", "cr6", "chla", "nh3n", "tp")] == [
            STEPS * 4 // 10**5,
            STEPS // 10,
            3 * STEPS,
            STEPS,
            2 * STEPS,
        ]

    @pytest.mark.parametrize(
        ("name", "item", "factor"),
        [
            ("高锰酸盐指数(CODMn)(mg/L)", "codmn", 1),
            ("高锰酸盐指数(CODMn)", "codmn", 1),
            ("氨氮(以N计)(mg/L)", "nh3n", 1),
            ("氨氮(NH3-N)(μg/L)", "nh3n", Fraction(1, 1000)),
            ("氨氮（NH3-N）", "nh3n", 1),
            ("总磷(以P计)(mg/L)", "tp", 1),
            ("总磷（以P计，mg/L）", "tp", 1),
            ("总氮（湖、库，以N计）", "tn", 1),
            ("化学需氧量（COD）", "cod", 1),
            ("六价铬（Cr6+）", "cr6", 1),
            ("阴离子表面活性剂(LAS)", "las", 1),
            ("氟化物（以F-计）", "f", 1),
            ("溶解氧_mg_L", "do", 1),
            ("tp_mgL", "tp", 1),
            ("tp_ug_L", "tp", Fraction(1, 1000)),
            ("KMnO4", "codmn", 1),
            ("COD_Mn", "codmn", 1),
            ("Dissolved Oxygen", "do", 1),
            ("total phosphorus [mg/L]", "tp", 1),
            ("叶绿素α(mg/L)", "chla", 1000),
            ("藻密度(cells/L)", "algae", 1),
            ("藻密度(万个/L)", "algae", 10000),
        ],
    )
    def test_the_names_of_the_standard_and_of_real_tables(self, name: str, item: str, factor: Fraction) -> None:
        found = layout(["断面", name], on=ON)
        assert {key: source.factor for key, source in found.sources.items()} == {item: factor}
        assert found.identity_names == ["断面"]

    @pytest.mark.parametrize("name", ["do_raw(mg/L)", "do(mg/L)_raw", "溶解氧_raw", "DO_raw"])
    def test_an_unrounded_value_with_a_unit(self, name: str) -> None:
        source = layout(["do", name], on=ON).sources["do"]
        assert (source.shown, source.raw) == (0, 1)

    @pytest.mark.parametrize("name", ["氨氮x", "tp_flag", "某物(mg/L)", "总磷2"])
    def test_an_item_is_never_lost_in_silence(self, name: str) -> None:
        found = layout(["断面", "设站时间", "do", name], on=ON)
        (note,) = [note for note in found.notes if "看似水质项目" in note]
        assert f"：{name}；" in note

    def test_a_strange_unit_of_an_item_that_is_not_used(self) -> None:
        found = layout(["do", "藻密度(kg)"], on=ON)
        assert list(found.sources) == ["do"]
        assert "藻密度的单位不能换算，这里也用不到，没有读取" in found.notes
        with pytest.raises(WaterError, match="kg 不能换算为 个/L"):
            layout(["do", "藻密度(kg)"], on=ON, used=["algae"])

    def test_another_basis_is_another_quantity(self) -> None:
        with pytest.raises(WaterError, match="以po4计 不能换算"):
            layout(["总磷(以PO4计)"], on=ON)

    def test_a_unit_in_a_column_that_a_person_names(self) -> None:
        assert only_row(["磷含量（ug/L）"], ["100"], columns={"tp": "磷含量（ug/L）"})["tp"] == STEPS // 10

    @pytest.mark.parametrize(
        ("header", "steps", "unit"),
        [
            (["chla", "chla_raw"], 5 * STEPS, "mg/L"),
            (["year_month", "province", "basin", "section", "obs_time", "chla"], 5 * STEPS, "mg/L"),
            (["湖", "chla"], STEPS // 200, "mg/m3"),
        ],
    )
    def test_chlorophyll_without_a_unit(self, header: list[str], steps: int, unit: str) -> None:
        found = layout(header, on=ON, used=["chla"])
        row = ["0.005" if name.startswith("chla") else "" for name in header]
        assert portion(found, [row])["chla"].to_pylist() == [steps]
        assert any(f"叶绿素a一列没有注明单位，按 {unit} 读" in note for note in found.notes)
        assert not any("叶绿素a" in note for note in layout([*header, "do"], on=ON).notes)

    def test_a_unit_that_cannot_be_converted(self) -> None:
        with pytest.raises(WaterError, match=r"列 '氨氮\(kg\)'：单位 kg 不能换算为 mg/L"):
            layout(["氨氮(kg)"], on=ON)

    def test_two_columns_of_one_item(self) -> None:
        with pytest.raises(WaterError, match="列 '总磷' 与 'w21011' 都是总磷"):
            layout(["总磷", "w21011"], on=ON)
        row = only_row(["总磷", "w21011"], ["1", "2"], columns={"tp": "w21011"})
        assert row["tp"] == 2 * STEPS

    def test_columns_that_a_person_names(self) -> None:
        row = only_row(
            ["测点", "磷含量", "何时"], ["甲", "0.1", "2020-05-01"], columns={"tp": "磷含量", "date": "何时"}
        )
        assert (row["tp"], row["day"]) == (STEPS // 10, date(2020, 5, 1))
        with pytest.raises(WaterError, match="表中没有列 '没有'"):
            layout(["磷含量"], on=ON, columns={"tp": "没有"})
        with pytest.raises(WaterError, match="不认识 'xyz'"):
            layout(["磷含量"], on=ON, columns={"xyz": "磷含量"})

    def test_published_results_are_neither_read_nor_copied(self) -> None:
        found = layout(["section", "do", "water_class", "status", "水质类别", "class", "reason"], on=ON)
        assert found.identity_names == ["section", "status"]  # 正常, 维护: the state of the station
        assert set(found.roles.values()) == {0}

    @pytest.mark.parametrize(
        "name",
        [
            "现状水质类别",
            "水质评价",
            "wq_class",
            "quality",
            "water_class_raw",
            "评价结果",
            "上期类别",
            "cwqi",
            "overall_class",
            "类别代码",
            "水质",
            "水质类别(国控)",
            "主要污染指标",
            "超标项目",
            "城市水质指数排名",
            "是否达标",
            "level",
            "grade",
        ],
    )
    def test_published_results_under_any_name(self, name: str) -> None:
        assert layout(["断面", "do", name], on=ON).identity_names == ["断面"]

    @pytest.mark.parametrize(
        "name",
        [
            "水质目标",
            "目标类别",
            "水质目标类别",
            "target_class",
            "status",
            "功能区类别",
            "断面类别",
            "评价时段",
            "water_level",
            "水位",
            "经度",
        ],
    )
    def test_what_identifies_stays(self, name: str) -> None:
        assert layout(["断面", "do", name], on=ON).identity_names == ["断面", name]

    def test_a_column_that_a_person_names_is_no_result(self) -> None:
        found = layout(["断面", "do", "水体评价类别"], on=ON, columns={"kind": "水体评价类别"})
        assert found.identity_names == ["断面", "水体评价类别"]

    def test_a_table_without_an_item(self) -> None:
        with pytest.raises(WaterError, match="没有一列是水质项目"):
            layout(["a", "b"], on=ON)

    def test_raw_values_where_there_are_any(self) -> None:
        header = ["do", "do_raw", "tp"]
        assert only_row(header, ["5.00", "4.998", "0.1"])["do"] == 4998 * STEPS // 1000
        assert only_row(header, ["5.00", "", "0.1"])["do"] == 5 * STEPS
        assert only_row(header, ["5.00", "4.998", "0.1"], values="shown")["do"] == 5 * STEPS
        with pytest.raises(WaterError, match="没有未修约值"):
            layout(["do"], on=ON, values="raw")

    def test_an_unrounded_value_that_is_no_number_is_not_passed_over(self) -> None:
        row = only_row(["do", "do_raw"], ["5.00", "极值过滤"])
        assert (row["do"], row["withheld"]) == (None, "溶解氧（未修约值 极值过滤）")

    def test_a_withheld_value_stays_withheld_whatever_stands_beside_it(self) -> None:
        row = only_row(["do", "do_raw"], ["--", "极值过滤"])
        assert (row["do"], row["withheld"]) == (None, "溶解氧（--）")


class TestCells:
    def test_numbers(self) -> None:
        assert cell("tp", " 0.1004 ") == (0.1004, None)
        assert cell("nh3n", "1.2e-1") == (0.12, None)
        assert cell_reader(items()["hg"], "auto", Fraction(1, 1000))("0.04").steps == STEPS * 4 // 10**5

    @pytest.mark.parametrize("text", ["<0.02", "＜0.02", "0.02L", "0.02l", "< 0.02"])
    def test_below_the_detection_limit_half_of_it_counts(self, text: str) -> None:
        assert cell("tp", text) == (0.01, None)

    def test_a_detection_limit_above_class_three_decides_nothing(self) -> None:
        assert cell("tp", "0.2L", body="river") == (0.1, None)
        assert cell("tp", "0.3L", body="river") == (None, "总磷（检出限 0.3L 高于Ⅲ类限值）")
        assert cell("tp", "ND") == (None, "总磷（未检出而没有检出限）")

    @pytest.mark.parametrize("body", ["lake", None])
    def test_the_detection_limit_is_held_against_the_limit_of_the_water(self, body: str | None) -> None:
        assert cell("tp", "0.05L", body=body) == (0.025, None)
        assert cell("tp", "0.1L", body=body) == (None, "总磷（检出限 0.1L 高于Ⅲ类限值）")
        row = only_row(["section", "kind", "tp"], ["甲", "湖库", "0.1L"])
        assert (row["tp"], row["withheld"]) == (None, "总磷（检出限 0.1L 高于Ⅲ类限值）")
        assert only_row(["section", "kind", "tp"], ["甲", "河流", "0.1L"])["tp"] == STEPS // 20

    def test_unmeasured_and_withheld_depend_on_the_profile(self) -> None:
        assert cell("tp", "*") == (None, None)
        assert cell("tp", "--") == (None, "总磷（--）")
        assert cell("tp", "") == (None, "总磷（空）")
        assert cell("tp", "", "manual") == (None, None)
        assert cell("tp", "/", "manual") == (None, None)
        assert cell("tp", "--", "manual") == (None, "总磷（--）")

    @pytest.mark.parametrize(("item", "text"), [("do", "-1"), ("ph", "14.1"), ("ph", "-0.1")])
    def test_impossible_values_are_withheld(self, item: str, text: str) -> None:
        assert cell(item, text) == (None, f"{items()[item].name}（{text} 不可能）")

    @pytest.mark.parametrize("text", ["nan", "inf", "1e999999", "一点", "0.1.2", "1,2x"])
    def test_what_is_no_number_is_withheld(self, text: str) -> None:
        assert cell("tp", text) == (None, f"总磷（{text}）")


class TestDays:
    @pytest.mark.parametrize(
        ("text", "clock", "day"),
        [
            ("2021-04-01", "", date(2021, 4, 1)),
            ("2021/4/1 08:00", "", date(2021, 4, 1)),
            ("2021年4月1日", "", date(2021, 4, 1)),
            ("20210401", "", date(2021, 4, 1)),
            ("2021-04", "04-05 20:00", date(2021, 4, 5)),
            ("2021-01-01", "12-31 20:00", date(2020, 12, 31)),  # the file of New Year's Day
            ("2021-01-10", "11-20 20:00", date(2020, 11, 20)),  # a station stopped since November
            ("2020-03-01", "02-29 20:00", date(2020, 2, 29)),
            ("2022-01-01 00:00", "", date(2021, 12, 31)),  # the last value of the year
            ("2022/1/1 0:00:00", "", date(2021, 12, 31)),
            ("2022年1月1日0时", "", date(2021, 12, 31)),
            ("2022-01-01T00:00:00+08:00", "", date(2021, 12, 31)),
            ("2022-01-01", "", date(2022, 1, 1)),
            ("2022-01-01 10:00", "", date(2022, 1, 1)),
            ("2022-01", "01-01 00:00", date(2021, 12, 31)),
            ("2021-02-30", "", None),
            ("昨天", "", None),
            ("", "04-05 20:00", None),
        ],
    )
    def test_the_year_stands_in_the_file_s_date(self, text: str, clock: str, day: date | None) -> None:
        assert read_day(text, clock) == day


def test_a_row_with_too_few_or_too_many_cells_says_so() -> None:
    found = layout(["section", "do", "tp"], on=ON)
    remarks = portion(found, [["甲", "8"], ["乙", "8", "0.1", "9"], ["丙", "8", "0.1"]])["remark"].to_pylist()
    assert remarks == ["这一行有 2 格，应为 3 格", "这一行有 4 格，应为 3 格", None]


def test_words_for_the_kind_of_water() -> None:
    found = layout(["section", "kind", "do"], on=ON)
    words = ["河流", "水库", "湖（库）", "LAKE", "undetermined", "", "湖库型", "河流型水库"]
    bodies = portion(found, [["甲", word, "8"] for word in words])["body"].to_pylist()
    assert bodies == ["river", "lake", "lake", "lake", None, None, "lake", "river"]


@pytest.mark.parametrize("cut", [20, 60])
def test_a_damaged_archive_is_told_and_a_packed_file_needs_no_name(tmp_path: Path, cut: int) -> None:
    packed = gzip.compress(("section,ph\n" + "".join(f"s{n},{n % 7}.1\n" for n in range(400))).encode())
    path = tmp_path / "a.csv"
    path.write_bytes(packed)
    with opened(path) as (header, portions):
        assert (header, sum(len(part.rows) for part in portions)) == (["section", "ph"], 400)
    path.write_bytes(packed[:cut] + b"\xff" * 8 + packed[cut + 8 :])
    with pytest.raises(FileError, match=r"a\.csv：压缩文件损坏"), opened(path) as (_, portions):
        list(portions)
