"""Cells of reported statistics: periods, units, numbers, states, names, days; what each must be when it is not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.observe.statistics_cells import called, day, number, place, status, unit_of
from bilan.observe.statistics_period import StatisticPeriodError, canonical, statistic_period
from bilan.observe.statistics_units import StatisticUnitError, times, unit_factor
from bilan.periods import Period


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2025", "2025"),
        ("2025年", "2025"),
        ("2025年度", "2025"),
        ("２０２５年", "2025"),
        ("2025-03", "2025-03"),
        ("2025年3月", "2025-03"),
        ("2025 年 03 月", "2025-03"),
        ("2025/3", "2025-03"),
        ("202503", "2025-03"),
        ("2025-03-01 00:00:00", "2025-03"),  # a cell that a spreadsheet made a date of
        ("2024年2月", "2024-02"),
        ("2025年一季度", "2025Q1"),
        ("2025年第二季度", "2025Q2"),
        ("2025年3季度", "2025Q3"),
        ("2025q4", "2025Q4"),
        ("2025年上半年", "2025-01/2025-06"),
        ("2025年下半年", "2025-07/2025-12"),
        ("2025年1-3月", "2025Q1"),  # one span has one name
        ("2025年1—9月", "2025-01/2025-09"),
        ("2025-01/2025-12", "2025"),
        ("2024-10/2025-03", "2024-10/2025-03"),
        ("秋冬季 2024-10/2025-03", "2024-10/2025-03"),
        ("2024年10月至2025年3月", "2024-10/2025-03"),
        ("2024-2025年秋冬季", "2024-10/2025-03"),
        ("2024-25年秋冬季", "2024-10/2025-03"),
        ("2021/2025", "2021/2025"),
        ("2021-2025年", "2021/2025"),
        ("“十四五”期间", "2021/2025"),
    ],
)
def test_periods(written: str, meant: str) -> None:
    assert str(statistic_period(written)) == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        "去年",
        "2025-13",
        "2025年5季度",
        "2025年0月",
        "20253",
        "2025.1",  # January or October: a spreadsheet shows both so
        "2025-03-05 00:00:00",
        "2025-2024年",
        "2025-03/2025-01",
        "秋冬季2025",
        "2023-2025年秋冬季",
        "1025",
        "9999",
    ],
)
def test_what_is_no_period_says_what_one_is(written: str) -> None:
    with pytest.raises(StatisticPeriodError, match="应为 2025、2025年3月"):
        statistic_period(written)


def test_the_last_day_of_february_is_that_of_its_year() -> None:
    assert statistic_period("2024年2月").last == date(2024, 2, 29)
    assert statistic_period("2100年2月").last == date(2100, 2, 28)


@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)), st.integers(0, 70))
def test_a_canonical_period_is_in_the_grammar_and_keeps_its_days(day: date, more: int) -> None:
    first = date(day.year, day.month, 1)
    end = min(first.year * 12 + first.month - 1 + more, 2100 * 12 + 11)
    last = Period.parse(f"{end // 12}-{end % 12 + 1:02}").last
    found = canonical(first, last)
    assert Period.parse(found.text) == found
    assert (found.first, found.last) == (first, last)
    assert statistic_period(found.text) == found


@pytest.mark.parametrize(
    ("unit", "into", "factor"),
    [
        ("万吨", "t", 10_000),
        ("t", "万吨", Fraction(1, 10_000)),
        ("吨", "t", 1),
        ("亿立方米", "亿m3", 1),
        ("万立方米", "亿m3", Fraction(1, 10_000)),
        ("公顷", "万亩", Fraction(15, 10_000)),
        ("亩", "hm2", Fraction(1, 15)),
        ("平方公里", "hm2", 100),
        ("吨标准煤", "万吨标准煤", Fraction(1, 10_000)),
        ("吨标煤/万元", "kgce/元", Fraction(1, 10)),
        ("吨/平方公里·月", "t/(km2·month)", 1),
        ("吨/(月·平方千米)", "t/(km2·month)", 1),
        ("万吨/天", "万吨/日", 1),
        ("万吨二氧化碳", "万吨", 1),
        ("千瓦", "万kW", Fraction(1, 10_000)),
        ("MW", "万kW", Fraction(1, 10)),
        ("‰", "%", Fraction(1, 10)),
        ("克/千克", "%", Fraction(1, 10)),  # what cancels is a ratio
        ("小数", "%", 100),
        ("座", "个", 1),
        ("万户", "户", 10_000),
        ("μg/m³", "mg/m3", Fraction(1, 1000)),
        ("毫克/升", "µg/L", 1000),
    ],
)
def test_units_are_converted(unit: str, into: str, factor: int | Fraction) -> None:
    assert unit_factor(unit, into) == factor


@pytest.mark.parametrize(
    ("unit", "into"),
    [
        ("吨", "万吨标准煤"),  # tonnes of coal as it is are not those of standard coal
        ("百分点", "%"),
        ("吨", "%"),
        ("人", "户"),
        ("m3", "t"),
        ("吨/年", "t"),
        ("mW", "万kW"),  # milliwatts: case counts
        ("斤斤", "t"),
        ("万", "个"),
    ],
)
def test_units_of_another_kind_are_refused(unit: str, into: str) -> None:
    with pytest.raises(StatisticUnitError):
        unit_factor(unit, into)


@pytest.mark.parametrize(
    ("value", "factor", "product"),
    [
        ("1.2", 10_000, "12000"),
        ("9.50", 1, "9.50"),  # the digits as printed
        ("9.50", Fraction(1, 10), "0.950"),
        ("0.00", 10_000, "0"),
        ("3", Fraction(1, 8), "0.375"),
        ("100", Fraction(1, 15), "6.666666667"),
        ("-1.5", Fraction(2000, 3), "-1000"),
    ],
)
def test_products(value: str, factor: int | Fraction, product: str) -> None:
    assert str(times(Decimal(value), Fraction(factor))) == product


@given(st.decimals("-1e9", "1e9", places=4, allow_nan=False), st.sampled_from((10, 1000, Fraction(1, 8), Fraction(15))))
def test_products_that_a_decimal_can_write_are_exact(value: Decimal, factor: Fraction | int) -> None:
    assert Fraction(times(value, Fraction(factor))) == Fraction(value) * factor


@pytest.mark.parametrize(
    ("text", "value", "sign"),
    [
        ("42.30", "42.30", ""),
        ("1,234,567.5", "1234567.5", ""),
        ("９５．３％", "95.3", "%"),
        ("-0.1", "-0.1", ""),
        ("−0.1", "-0.1", ""),
        ("+5 ‰", "5", "‰"),
    ],
)
def test_numbers(text: str, value: str, sign: str) -> None:
    found = number(text)
    assert (str(found[0]), found[1]) == (value, sign)


@pytest.mark.parametrize("text", ["约95", "≥95", "1,23", "12,34.5", "1.2.3", "inf", "nan", "1e5", "9" * 31, "95.3%%"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="不是数"):
        number(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("95.30000000000001", "95.3"), ("0.1", "0.1"), ("1.5e-05", "0.000015"), ("299.99999999999994", "300")],
)
def test_numbers_of_a_spreadsheet_have_fifteen_digits(text: str, value: str) -> None:
    assert str(number(text, binary=True)[0]) == value


def test_a_unit_may_stand_behind_the_number() -> None:
    assert unit_of("", "%", "%") == "%"
    assert unit_of("%", "%", "%") == "%"
    with pytest.raises(ValueError, match="数值写的是 %，单位是 吨"):
        unit_of("吨", "%", "t")


@pytest.mark.parametrize(
    ("text", "wanted", "said"),
    [
        ("", "%", "没有单位，应为 % 或可换算的单位"),  # 95.3 without a unit is not 9530 %
        ("吨", "%", "单位 '吨' 不能换算为 %，应为 % 或可换算的单位"),
        ("斛", "万吨", "不认识单位 '斛'，应为 万吨"),
        ("%", "m", "应为 m"),
    ],
)
def test_a_wrong_unit_says_which_is_expected(text: str, wanted: str, said: str) -> None:
    with pytest.raises(ValueError, match="应为") as error:
        unit_of(text, "", wanted)
    assert said in str(error.value)


def test_an_index_needs_no_unit() -> None:
    assert unit_of("", "", "1") == ""
    assert unit_of("无量纲", "", "1") == "无量纲"
    assert unit_of("", "", "") == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("eco.forest.cover", "eco.forest.cover"),
        ("森林覆盖率", "eco.forest.cover"),
        ("秸秆综合利用率", "agri.straw.util_rate"),
        ("城市生活污水集中收集率", "water.sewage.urban_collect_rate"),
        ("受污染耕地 安全利用率", "soil.farmland.safe_use_rate"),
        ("地区生产总值(2020年价)", "part.gdp.constant_2020"),
        ("ＧＤＰ", "part.gdp.current"),
    ],
)
def test_figures_by_code_name_or_alias(text: str, code: str) -> None:
    assert called(text, "").code == code


@pytest.mark.parametrize(("text", "said"), [("幸福指数", "没有这个代码或名称"), ("", "没有指标")])
def test_unknown_figures(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        called(text, "%")


def test_places_by_id_or_name() -> None:
    today = date(2026, 1, 1)
    assert {place(text, today).id for text in ("990100", "清河市")} == {"990100"}
    assert place("basin.qinghe", today).name == "清河流域"
    assert place("长春市朝阳区", today).id == "220104"
    with pytest.raises(ValueError, match="不止一个同名"):
        place("朝阳区", today)  # there are several
    with pytest.raises(ValueError, match="没有地区"):
        place("", today)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("初步", "preliminary"),
        (" 快报数", "preliminary"),
        ("Preliminary", "preliminary"),
        ("最终", "final"),
        ("final", "final"),
    ],
)
def test_states(text: str, meant: str) -> None:
    assert status(text) == meant


@pytest.mark.parametrize("text", ["", "待定", "1"])
def test_unknown_states(text: str) -> None:
    with pytest.raises(ValueError, match="应为 初步"):
        status(text)


@pytest.mark.parametrize("text", ["2026-01-20", "2026年1月20日", "2026/1/20", "20260120", "2026-01-20 00:00:00"])
def test_days(text: str) -> None:
    assert day(text, date(2026, 1, 20)) == date(2026, 1, 20)


@pytest.mark.parametrize(
    ("text", "said"), [("2026-01-21", "晚于导入的日期"), ("2026-02-30", "没有"), ("上周", "应为 2026-01-20")]
)
def test_days_that_cannot_be(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        day(text, date(2026, 1, 20))
