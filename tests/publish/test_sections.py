"""Sections by class: shares of all sections, those without a class in the whole and in grey."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from bilan.publish import ChartError, sections_by_class

from .chart_specs import colours, layers, notes, says_no_data, spec_of


def bars(chart: Any) -> list[tuple[str, str, int, float, float, float]]:
    return [
        (at["month"], at["class"], at["count"], at["start"], at["middle"], at["end"])
        for at in layers(chart)[0]["records"]
    ]


def test_the_parts_of_a_month_fill_it() -> None:
    rows = [("2025-01", "劣Ⅴ", 1), ("2025-01", "Ⅱ", 5), ("2025-01", None, 2)]  # of 8 sections
    assert bars(sections_by_class(rows)) == [
        ("2025-01", "Ⅱ类", 5, 0.0, 0.3125, 0.625),
        ("2025-01", "劣Ⅴ类", 1, 0.625, 0.6875, 0.75),
        ("2025-01", "无法评价", 2, 0.75, 0.875, 1.0),
    ]


def test_a_class_is_its_name_or_its_number_and_rows_add_up() -> None:
    rows = [("2025-01", 2, 1), ("2025-01", "Ⅱ", 2), ("2025-01", "", 1)]
    assert [(name, count) for _, name, count, *_ in bars(sections_by_class(rows))] == [("Ⅱ类", 3), ("无法评价", 1)]


def test_months_are_in_order_and_a_month_without_rows_keeps_its_place() -> None:
    chart = sections_by_class([("2025-03", "Ⅰ", 1), ("2024-12", "Ⅰ", 1)])
    assert layers(chart)[0]["encoding"]["x"]["scale"]["domain"] == ["2024-12", "2025-01", "2025-02", "2025-03"]
    assert [bar[0] for bar in bars(chart)] == ["2024-12", "2025-03"]


def test_every_class_has_a_colour_of_its_own_and_none_is_grey() -> None:
    entries = colours(layers(sections_by_class([("2025-01", "Ⅰ", 1)]))[0])
    assert list(entries) == ["Ⅰ类", "Ⅱ类", "Ⅲ类", "Ⅳ类", "Ⅴ类", "劣Ⅴ类", "无法评价"]
    assert len(set(entries.values())) == 7
    red, green, blue = bytes.fromhex(entries["无法评价"][1:])
    assert max(red, green, blue) - min(red, green, blue) < 12


def test_class_and_number_stand_where_they_fit() -> None:
    rows = [("2025-01", "Ⅱ", 96), ("2025-01", "Ⅴ", 4)]
    assert [at["label"] for at in layers(sections_by_class(rows))[0]["records"]] == ["Ⅱ 96", ""]
    assert "色块中是类别和断面个数" in notes(sections_by_class(rows))[0]
    long = sections_by_class([(f"{year}-{month:02}", "Ⅱ", 9) for year in (2024, 2025) for month in range(1, 13)])
    assert [layer["mark"]["type"] for layer in layers(long)] == ["bar"]
    assert "色块" not in notes(long)[0]


def test_an_arrow_table_will_do() -> None:
    table = pa.table({"count": [1], "class": ["Ⅲ"], "month": ["2025-01"]})
    assert [bar[1] for bar in bars(sections_by_class(table))] == ["Ⅲ类"]


@pytest.mark.parametrize("rows", [[], [("2025-01", "Ⅱ", 0)]])
def test_without_sections_it_says_so(rows: Any) -> None:
    assert says_no_data(sections_by_class(rows))
    assert says_no_data(sections_by_class(rows, language="en"), "en")


def test_in_english() -> None:
    chart = sections_by_class([("2025-01", "劣Ⅴ", 1), ("2025-01", None, 1)], simulated=True, language="en")
    assert spec_of(chart)["title"]["text"] == ["Sections by water quality class"]
    assert [bar[1] for bar in bars(chart)] == ["Worse than V", "Cannot be judged"]
    assert notes(chart)[0] == "Simulated data"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("2025-01", "Ⅶ", 1), "第 1 行：没有 'Ⅶ' 这一类别（应为Ⅰ、Ⅱ、Ⅲ、Ⅳ、Ⅴ、劣Ⅴ，没有类别的留空）"),
        (("2025", "Ⅰ", 1), "第 1 行：month 是 '2025'（应为月份，如 2025-03）"),
        (("一月", "Ⅰ", 1), "第 1 行：month 是 '一月'（应为月份，如 2025-03）"),
        ({"month": "2025-01", "class": "Ⅰ"}, "第 1 行：没有 count 一列（应有 month、class、count）"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(row: Any, said: str) -> None:
    with pytest.raises(ChartError) as raised:
        sections_by_class([row])
    assert str(raised.value) == said
