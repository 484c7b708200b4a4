"""Tables of water data: which column is what, and what a cell says."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from bilan.evaluate.water.cells import cell_reader, read_day
from bilan.evaluate.water.items import STEPS, Profile, WaterError, items
from bilan.evaluate.water.tables import layout, portion

ON = date(2024, 1, 1)


def cell(item: str, text: str, profile: Profile = "auto") -> tuple[float | None, str | None]:
    found = cell_reader(items()[item], profile)(text)
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
        assert found.identity_names == ["section"]
        assert set(found.roles.values()) == {0}

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
        assert cell("tp", "0.2L") == (0.1, None)
        assert cell("tp", "0.3L") == (None, "总磷（检出限 0.3L 高于Ⅲ类限值）")
        assert cell("tp", "ND") == (None, "总磷（未检出而没有检出限）")

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
    words = ["河流", "水库", "湖（库）", "LAKE", "undetermined", ""]
    bodies = portion(found, [["甲", word, "8"] for word in words])["body"].to_pylist()
    assert bodies == ["river", "lake", "lake", "lake", None, None]
