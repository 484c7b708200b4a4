"""Indicators computed from their parts, by the statement of each formula and with numbers by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bilan.evaluate.reading import Reading
from bilan.policy import indicators
from bilan.policy.statistics import BASE, formulas

from ...policy.english import chinese
from .reported import moment, read, report

ENERGY, GDP = "energy.total", "part.gdp.constant_2020"
INTENSITY = "energy.intensity.decline"
LEVELS = (
    report(ENERGY, "2020", "900"),
    report(GDP, "2020", "1500"),  # 0.6 t of coal a 10 000 yuan
    report(ENERGY, "2024", "1000"),
    report(GDP, "2024", "2000"),  # 0.5
    report(ENERGY, "2025", "1020"),
    report(GDP, "2025", "2140"),  # 0.476636
)


def yearly(**rates: str) -> list:  # type: ignore[type-arg]
    return [report(INTENSITY, year.removeprefix("y"), rate) for year, rate in rates.items()]


FIVE = yearly(y2021="4", y2022="4.1", y2023="4.2", y2024="4.5", y2025="5")


def test_a_decline_from_the_year_before() -> None:
    found = read(INTENSITY, "2025", *LEVELS)
    assert found.value == Decimal("4.67")  # 1 - 0.476636 / 0.5 = 0.046729
    assert "基期 2024：0.5；本期 2025：0.476636" in found.steps
    assert "（1 － 0.476636 ÷ 0.5）× 100 = 4.672897" in found.steps
    assert found.completeness == "由 4 项统计数计算，均为最终数"


def test_a_decline_over_a_plan_is_from_its_base_year() -> None:
    assert read(INTENSITY, "2021/2025", *LEVELS).value == Decimal("20.56")  # 1 - 0.476636 / 0.6 = 0.205607


def test_a_decline_of_half_a_year_is_from_the_same_half() -> None:
    halves = [
        report(code, period, value)
        for code, period, value in (
            (ENERGY, "2024-01/2024-06", "500"),
            (GDP, "2024-01/2024-06", "1000"),
            (ENERGY, "2025-01/2025-06", "485"),
            (GDP, "2025-01/2025-06", "1000"),
        )
    ]
    assert read(INTENSITY, "2025-01/2025-06", *halves).value == Decimal("3.00")


def test_prices_of_another_plan_are_not_taken() -> None:
    found = read(INTENSITY, "2026", *LEVELS, report(ENERGY, "2026", "1000"), report(GDP, "2026", "2300"))
    assert found.value is None
    assert "缺 地区生产总值（2025年价）（2025）、地区生产总值（2025年价）（2026）" in found.reason


def test_growth_rates_will_do() -> None:
    found = read(
        INTENSITY, "2020", report("part.energy.growth", "2020", "2.2"), report("part.gdp.growth", "2020", "2.3")
    )
    assert found.value == Decimal("0.10")  # 1 - 1.022 / 1.023 = 0.000978
    assert any("另扣除原料用能和非化石能源" in line for line in found.unverified)


def test_a_formula_that_has_all_its_parts_goes_before_one_that_has_some() -> None:
    growth = report("part.energy.growth", "2025", "2.2"), report("part.gdp.growth", "2025", "2.3")
    assert read(INTENSITY, "2025", *LEVELS[4:], *growth).value == Decimal("0.10")
    assert read(INTENSITY, "2025", growth[0]).reason.endswith("缺 地区生产总值增速（2025）")


def test_growth_rates_of_a_plan_are_no_rates_of_a_year() -> None:
    parts = report("part.energy.growth", "2021/2025", "10"), report("part.gdp.growth", "2021/2025", "30")
    assert read(INTENSITY, "2021/2025", *parts).value is None


def test_a_cumulative_rate_is_the_product_of_the_years() -> None:
    found = read(INTENSITY, "2021/2025", *FIVE)
    assert found.value == Decimal("19.98")  # not 21.8
    assert "累计下降率" in found.method
    assert any("（1 － 4%） × （1 － 4.1%）" in step for step in found.steps)


def test_a_cumulative_rate_reaches_over_two_plans() -> None:
    found = read(INTENSITY, "2020/2021", *yearly(y2020="3", y2021="4"))
    assert found.value == Decimal("6.88")  # 1 - 0.97 x 0.96


def test_a_missing_year_is_named_and_nothing_is_put_in_its_place() -> None:
    found = read(INTENSITY, "2021/2025", *FIVE[:2], *FIVE[3:])
    assert found.value is None
    assert found.reason.endswith("缺 单位地区生产总值能源消耗下降率（2023）")


def test_a_year_is_computed_where_only_its_parts_are_there() -> None:
    """2025 from its levels, the others reported: 1 - 0.96 x 0.959 x 0.958 x 0.955 x 0.953271 = 0.197074."""
    found = read(INTENSITY, "2021/2025", *FIVE[:4], *LEVELS[2:])
    assert found.value == Decimal("19.71")
    assert "2025：按分项计算 4.672897 %" in found.steps


def test_a_later_report_of_a_year_moves_the_cumulative_rate() -> None:
    late = report(INTENSITY, "2021", "3", on="2026-05-01", received_at=moment("2026-05-02"))
    # 1 - 0.97 x 0.959 x 0.958 x 0.955 x 0.95 = 0.191495
    assert read(INTENSITY, "2021/2025", *FIVE, late).value == Decimal("19.15")
    assert read(INTENSITY, "2021/2025", *FIVE, late, known_at=moment("2026-04-01")).value == Decimal("19.98")


def test_two_ways_that_differ_are_told() -> None:
    """The levels say 20.56, the yearly rates 19.98; printed as 4 and 5 they could be more."""
    exact = yearly(y2021="4.0", y2022="4.1", y2023="4.2", y2024="4.5", y2025="5.0")
    found = read(INTENSITY, "2021/2025", *LEVELS, *exact)
    assert not any("不符" in line for line in read(INTENSITY, "2021/2025", *LEVELS, *FIVE).unverified)
    assert found.value == Decimal("20.56")
    (line,) = [line for line in found.unverified if "不符" in line]
    assert line.startswith("计算值 20.56 % 与按分项计算的 19.98 % 不符")


def test_carbon_is_as_energy() -> None:
    parts = [
        report("part.carbon.co2", "2020", "2000"),
        report(GDP, "2020", "1000"),
        report("part.carbon.co2", "2025", "2050"),
        report(GDP, "2025", "1250"),
    ]
    found = read("carbon.intensity.decline", "2021/2025", *parts)
    assert found.value == Decimal("18.00")  # 2 to 1.64
    assert any("核算指南原文未核对" in line for line in found.unverified)


def test_an_increment_is_a_difference() -> None:
    assert read("energy.total_increment", "2021/2025", *LEVELS).value == Decimal("120.00")
    assert read("energy.total_increment", "2025", *LEVELS).value == Decimal("20.00")


def test_a_decline_of_an_amount_has_no_output() -> None:
    coal = report("energy.coal.total", "2020", "800"), report("energy.coal.total", "2025", "760")
    assert read("energy.coal.decline", "2021/2025", *coal).value == Decimal("5.00")


FARMLAND = "soil.farmland.safe_use_rate"
LAND = {
    "part.farmland.priority_safe": "12",
    "part.farmland.safe_use": "30.5",
    "part.farmland.strict_control": "3.1",
    "part.farmland.polluted": "48",
}


def test_safe_use_of_farmland_adds_three_parts() -> None:
    found = read(FARMLAND, "2025", *(report(code, "2025", value) for code, value in LAND.items()))
    assert found.value == Decimal("95.00")  # 45.6 / 48
    assert "（12 + 30.5 + 3.1） ÷ 48 × 100 = 95" in found.steps


@pytest.mark.parametrize("code", LAND)
def test_without_a_part_there_is_no_rate(code: str) -> None:
    """Least of all one in which the missing part counts as zero."""
    found = read(FARMLAND, "2025", *(report(part, "2025", value) for part, value in LAND.items() if part != code))
    assert found.value is None
    assert found.reason.startswith("未报送统计数；不能按分项计算，缺 ")


def test_a_zero_denominator_is_named() -> None:
    parts = [report(code, "2025", "0") for code in LAND]
    found = read(FARMLAND, "2025", *parts)
    assert found.value is None
    assert found.reason == "未报送统计数；不能按分项计算，分母为零：受污染耕地总面积（2025）"


def test_a_zero_base_is_named() -> None:
    coal = report("energy.coal.total", "2020", "0"), report("energy.coal.total", "2025", "0")
    assert read("energy.coal.decline", "2021/2025", *coal).reason.endswith("分母为零：煤炭消费总量（2020）")


def test_output_that_falls_by_all_of_itself_is_no_denominator() -> None:
    parts = report("part.energy.growth", "2020", "2"), report("part.gdp.growth", "2020", "-100")
    assert "分母为零" in read(INTENSITY, "2020", *parts).reason


def test_zero_parts_are_figures() -> None:
    parts = report("part.straw.used", "2025", "0"), report("part.straw.collectable", "2025", "50")
    assert read("agri.straw.util_rate", "2025", *parts).value == Decimal("0.00")


SEWAGE = "water.sewage.urban_collect_rate"


@pytest.mark.parametrize(("year", "rate"), [("2025", "66.67"), ("2024", "66.48")])
def test_sewage_collection_by_load_counts_the_days(year: str, rate: str) -> None:
    found = read(
        SEWAGE, year, report("part.sewage.bod_load", year, "16425"), report("part.population.water_served", year, "150")
    )
    assert found.value == Decimal(rate)
    assert any("45 克" in line for line in found.unverified)


def test_sewage_collection_by_people_comes_before_that_by_load() -> None:
    parts = [
        report("part.population.sewage_connected", "2025", "105"),
        report("part.population.water_served", "2025", "150"),
        report("part.sewage.bod_load", "2025", "16425"),
    ]
    found = read(SEWAGE, "2025", *parts)
    assert found.value == Decimal("70.00")
    assert any(line.startswith("计算值 70.00 % 与按分项计算的 66.67 % 不符") for line in found.unverified)


@pytest.mark.parametrize(
    ("code", "parts", "value"),
    [
        ("eco.forest.cover", {"part.forest.area": "98.5", "part.land.area": "232.4"}, "42.38"),
        (
            "solid.industrial.util_rate",
            {"part.solid.used": "66", "part.solid.generated": "80", "part.solid.stored_used": "8"},
            "75.00",
        ),
        ("solid.intensity", {"part.solid.all": "321", "part.gdp.current": "2000"}, "0.1605"),
        ("eco.urban.park_area_per_capita", {"part.urban.park_area": "2170", "part.population.urban": "140"}, "15.50"),
        ("rural.sewage.treat_rate", {"part.village.sewage_treated": "214", "part.village.all": "535"}, "40.00"),
        ("water.ground.class5_ratio", {"part.ground.class5": "3", "part.ground.points": "16"}, "18.8"),
        ("noise.zone.night_rate", {"part.noise.night_good": "57", "part.noise.night_all": "64"}, "89.1"),
    ],
)
def test_plain_rates(code: str, parts: dict[str, str], value: str) -> None:
    found = read(code, "2025", *(report(part, "2025", given) for part, given in parts.items()))
    assert found.value == Decimal(value)


def test_a_preliminary_part_makes_the_figure_preliminary() -> None:
    parts = (
        report("part.straw.used", "2025", "45", status="preliminary"),
        report("part.straw.collectable", "2025", "50"),
    )
    assert read("agri.straw.util_rate", "2025", *parts).completeness == "由 2 项统计数计算，其中 1 项为初步数"


def _everything(code: str) -> Reading:
    """All parts of all formulas of an indicator are 7, now and in the base year."""
    parts = {
        part.replace(BASE, "2020")
        for formula in formulas()[code]
        for part in (*formula.numerator, *formula.denominator)
    }
    reports = [report(part, year, "7") for part in sorted(parts - {code}) for year in ("2024", "2025")]
    return read(code, "2025", *reports)


@pytest.mark.parametrize("code", sorted(code for code in formulas() if not code.startswith("air.")))
def test_every_formula_computes_and_explains_itself(code: str) -> None:
    found = _everything(code)
    assert found.judged
    assert found.steps
    assert found.standards[0]
    assert found.explained()
    assert set(chinese(found.explained("en"))) <= {"清河市", "统计局", "统计年鉴"}
    first = formulas()[code][0]
    assert (found.unverified == ()) == first.verified or len(formulas()[code]) > 1


def test_formulas_belong_to_indicators() -> None:
    assert formulas().keys() <= {indicator.code for indicator in indicators()}
