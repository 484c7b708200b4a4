"""Numbers with their units."""

from __future__ import annotations

import pytest

from bilan.plan.grammar.quantities import quantities


@pytest.mark.parametrize(
    ("text", "value", "unit", "kind"),
    [
        ("达到88.6%", 88.6, "%", "measured"),
        ("31微克/立方米", 31.0, "微克/立方米", "measured"),
        ("29.5µg/m3", 29.5, "µg/m3", "measured"),
        ("提高3个百分点", 3.0, "百分点", "measured"),
        ("新增1.2万亩", 1.2, "万亩", "measured"),
        ("用水6.2亿立方米", 6.2, "亿立方米", "measured"),
        ("削减1280吨", 1280.0, "吨", "measured"),
        ("日处理5万吨/日", 5.0, "万吨/日", "measured"),
        ("0.5吨/(平方公里·月)", 0.5, "吨/平方公里·月", "measured"),
        ("改造1.6万户", 16_000.0, "户", "counted"),
        ("建设3千个", 3000.0, "个", "counted"),
        ("整治2,350处", 2350.0, "处", "counted"),
        ("建成三座", 3.0, "座", "counted"),
        ("创建十二家", 12.0, "家", "counted"),
        ("覆盖26个乡镇", 26.0, "个", "counted"),
        ("淘汰800余辆", 800.0, "辆", "counted"),
        ("达到百分之百", 100.0, "%", "measured"),
        ("百分之八十五", 85.0, "%", "measured"),
        ("百分之十五点二五", 15.25, "%", "measured"),
        ("百分之零点五", 0.5, "%", "measured"),
        ("每立方米31微克", 31.0, "微克/立方米", "measured"),
        ("每升0.2毫克以下", 0.2, "毫克/升", "measured"),
        ("三分之二", 66.67, "%", "measured"),
        ("翻两番", 300.0, "%", "measured"),
        ("指数达到0.72", 0.72, None, "bare"),
    ],
)
def test_quantity(text: str, value: float, unit: str | None, kind: str) -> None:
    (found,) = quantities(text)
    assert (found.value, found.unit, found.kind) == (value, unit, kind)
    assert text[found.start : found.end] in text


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("84%-87%", 84.0, 87.0, "%"),
        ("84-87%", 84.0, 87.0, "%"),
        ("0.1~0.2毫克/升", 0.1, 0.2, "毫克/升"),
        ("10至12个", 10.0, 12.0, "个"),
    ],
)
def test_range(text: str, low: float, high: float, unit: str) -> None:
    (found,) = quantities(text)
    assert (found.value, found.value_max, found.unit) == (low, high, unit)


@pytest.mark.parametrize("mark", ["以上", "以下", "以内", "左右", "及以上", "之内"])
def test_the_mark_on_the_number_belongs_to_it(mark: str) -> None:
    text = f"控制在12%{mark}。"
    (found,) = quantities(text)
    assert (found.suffix, text[found.end :]) == (mark, "。")


@pytest.mark.parametrize(
    "text", ["到2027年", "PM2.5", "一方面", "第3", "G227", "千方百计", "三区三线", "万众一心", "9" * 400 + "%"]
)
def test_no_quantity(text: str) -> None:
    assert [q for q in quantities(text) if q.unit] == []


def test_several_in_order() -> None:
    assert [(q.value, q.unit) for q in quantities("分别达到40.7%和51.2%,建成8座")] == [
        (40.7, "%"),
        (51.2, "%"),
        (8.0, "座"),
    ]
