"""Every official figure has a command, a method page, a worked example and a missing-data case: the matrix is full.

The numbers on the pages are not trusted: each is computed here by the program and looked for in the page's example.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bilan import cli
from bilan.evaluate.air.aqi import Report

from .evaluate.air import test_aqi, test_days, test_periods
from .evaluate.air.reference import NEW, OLD

TESTS = Path(__file__).parent
METHODS = TESTS.parent / "docs" / "methods"
MATRIX = (METHODS / "index.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([\w.]+)` \|(.*)\|$", MATRIX, re.MULTILINE)
FIGURES = [code for code, _ in ROWS]
AIR = [code for code in FIGURES if code.startswith("air.")]
SECTIONS = ("依据", "算法", "修约", "有效性", "新旧标准", "例题", "缺测", "未核实", "In English")


@cache
def marked() -> dict[str, set[str]]:
    """What the tests say they show: the aspects of every figure, read from the files without running them."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.figure":
                code, aspect = (ast.literal_eval(argument) for argument in node.args)
                found[code].add(aspect)
    return found


def page(code: str) -> str:
    return (METHODS / f"{code.replace('.', '-').replace('_', '-')}.md").read_text(encoding="utf-8")


def section(code: str, name: str) -> str:
    return re.split(r"^## ", page(code), flags=re.MULTILINE)[1:][SECTIONS.index(name)]


def commands(path: list[str]) -> dict[str, Any]:
    """The commands below ``path``, by name."""
    found: Any = cli.command()
    for name in path:
        found = found.commands[name]
        if not hasattr(found, "commands"):
            found = found.make_context(name, [], resilient_parsing=True).command
    return dict(found.commands)


class TestMatrix:
    @pytest.mark.parametrize(("code", "cells"), ROWS, ids=FIGURES)
    def test_has_no_empty_cell(self, code: str, cells: str) -> None:
        name, command, link, worked, missing = (cell.strip() for cell in cells.split("|"))
        assert name
        words = command.strip("`").split()
        assert words[:2] == ["bilan", "evaluate"], code
        assert words[-1] in commands(words[1:-1]), f"{code}: no command {command}"
        target = re.fullmatch(r"\[.+\]\(([\w-]+\.md)\)", link)
        assert target is not None, code
        assert (METHODS / target[1]).is_file(), f"{code}: no page {target[1]}"
        assert worked == missing == "有", code
        assert {"worked", "missing"} <= marked()[code], f"{code}: tests show only {sorted(marked()[code])}"

    def test_every_marked_figure_is_in_the_matrix(self) -> None:
        assert set(marked()) <= set(FIGURES)

    def test_no_figure_stands_twice(self) -> None:
        assert len(FIGURES) == len(set(FIGURES))

    @pytest.mark.parametrize("medium", ["air", "water"])
    def test_every_command_gives_a_figure_of_the_matrix(self, medium: str) -> None:
        missing = [name for name in commands(["evaluate", medium]) if f"`bilan evaluate {medium} {name}`" not in MATRIX]
        assert missing == []

    def test_every_page_is_in_the_matrix(self) -> None:
        linked = set(re.findall(r"\(([\w-]+\.md)\)", MATRIX))
        assert {path.name for path in METHODS.glob("*.md")} - {"index.md"} == linked


@pytest.mark.parametrize("code", AIR)
class TestPage:
    def test_has_every_section_and_no_empty_one(self, code: str) -> None:
        found = re.findall(r"^## (.+)\n\n(.+)", page(code), re.MULTILINE)
        assert [name for name, _ in found] == list(SECTIONS)
        assert f"`{code}`" in page(code)

    def test_names_command_and_standard(self, code: str) -> None:
        cells = dict(ROWS)[code]
        assert cells.split("|")[1].strip() in page(code)
        assert re.search(r"(HJ|GB) \d{3,4}|环办", section(code, "依据"))

    def test_the_example_names_where_it_comes_from(self, code: str) -> None:
        assert re.search(r"来源|手算|总站", section(code, "例题"))

    def test_what_is_unverified_is_said(self, code: str) -> None:
        """Where a table that the page builds on is unverified, the page says so."""
        from bilan.policy.standards import standard_tables

        for kind in re.findall(r"`(air\.\w+)`", section(code, "依据")):
            for table in standard_tables(kind):
                if table.unverified:
                    assert re.search("unverified|未读到|没有文件依据", section(code, "未核实")), (code, table.name)


def hour(regime: str, label: str, **values: float) -> str:
    """A line of the table of station hours, with what we make of it."""
    report: Report = "hour"
    found = test_aqi.one(report, "published", regime, **values)
    given = " | ".join(str(values[name]) for name in ("pm2_5", "pm10", "so2", "no2", "co", "o3"))
    return f"| {label} | {given} | {found['aqi']} | {found['primary'] or '—'} | {found['category']} |"


@cache
def ramp() -> dict[str, Any]:
    hours = [int(part) for part in re.findall(r"\d+", section("air.o3_8h", "例题").split("浓度为")[1].split("：")[0])]
    assert len(hours) == 24
    pm2_5 = test_days.constant(35, range(1, 13)) | test_days.constant(60, range(13, 24))
    return test_days.of("s", {"o3": dict(enumerate(map(test_days.Fraction, hours), 1)), "pm2_5": pm2_5})


def iaqi() -> list[str]:
    lines = []
    for regime, label in ((OLD, "2026-03-01 00:00"), (NEW, "2026-03-01 01:00")):
        found = test_aqi.one("hour", "published", regime, **test_aqi.HOUR | {"pm2_5": 55})
        lines.append(f"| 55 | {label} | {found['iaqi_pm2_5']} |")
    return lines


def aqi() -> list[str]:
    return [
        hour(OLD, "2026-03-01 00:00", pm2_5=55, pm10=76, so2=2, no2=22, co=0.8, o3=37),
        hour(NEW, "2026-03-01 01:00", pm2_5=55, pm10=79, so2=5, no2=24, co=0.7, o3=33),
    ]


def primary() -> list[str]:
    return [
        hour(OLD, "2017-07-07 16:00", pm2_5=34, pm10=45, so2=1, no2=13, co=0.8, o3=164),
        hour(NEW, "2026-04-10 14:00", pm2_5=15, pm10=22, so2=3, no2=11, co=0.4, o3=107),
    ]


def category() -> list[str]:
    return ["|".join(["", *line.split("|")[-4:-3], *line.split("|")[-2:]]) for line in primary()]


def ozone() -> list[str]:
    return [f"日最大 8 小时平均 {ramp()['o3_8h'] // 10_000}，最大 1 小时 {ramp()['o3_1h'] // 10_000}"]


def station_day() -> list[str]:
    return [f"日均值 {ramp()['pm2_5'] // 10_000}，有效小时 {ramp()['n_pm2_5']}"]


def city_day() -> list[str]:
    values = re.findall(r"\d+\.\d", section("air.city_day", "例题"))[:3]
    rows = [
        row
        for k, value in enumerate(values)
        for row in test_days.rows_of(f"t{k}", test_days.DAY, {"so2": test_days.constant(value)})
    ]
    (found,) = test_days.cities(rows)
    return [f"城市日均值 {found['so2'] // 10_000}"]


@cache
def periods() -> dict[Any, dict[str, Any]]:
    """One evaluation for all pages of months and years."""
    days_between, days_of = test_periods.days_between, test_periods.days_of
    quarter = days_between(date(2025, 1, 1), date(2025, 3, 31))
    march = {31: 100}
    rows = days_of("mean", quarter, {"so2": lambda day: {1: 10, 2: 20}.get(day.month, march.get(day.day))})
    for place, values in test_periods.PUBLISHED_INDICES.items():
        november = days_between(date(2022, 11, 1), date(2022, 11, 30))
        rows += days_of(place, november, dict(zip(test_periods.ORDER, values[:6], strict=True)))
    for extra in (0, 1, 2):

        def kept(day: date, extra: int = extra) -> float | None:
            return 20 if day.day <= (25 if day.month == 2 else 27) + extra * (day.month == 3) else None

        rows += days_of(f"days{extra}", test_periods.year(2025), {"pm2_5": kept})
    limits = {"pm2_5": 35, "pm10": 70, "so2": 60, "no2": 40, "co": 4, "o3": 160}
    rows += days_of("at", test_periods.year(2025), limits)
    rows += days_of("above", test_periods.year(2025), {"pm2_5": 36})
    may = days_between(date(2025, 5, 1), date(2025, 5, 31))
    index = [50, 51, 100, 101, 200, 201, 500]
    rows += days_of("shares", may, aqi=lambda day: index[day.day - 1] if day.day <= 7 else 40)
    return test_periods.evaluate(rows, "2025Q1", "2022-11", "2025", "2025-05")


def period_mean() -> list[str]:
    found = periods()["mean", "2025Q1"]
    assert found["lacking"] == "SO2"
    return [f"= 16.17，修约为 {found['so2_mean']:.0f}；"]


def percentile() -> list[str]:
    return [f"= {float(test_periods.TestPercentile().of([3, 4, 8, 2, 5, 4]))}。"]


def completeness() -> list[str]:
    found = [periods()[f"days{extra}", "2025"] for extra in (0, 1, 2)]
    return [f"| {27 + k} | {row['n_pm2_5']} | {'是' if row['complete'] else '否'} |" for k, row in enumerate(found)]


def attainment() -> list[str]:
    lines = []
    for name, mean, rest in (("at", 35, "都等于限值"), ("above", 36, "都低于限值")):
        row = periods()[name, "2025"]
        assert row["pm2_5_mean"] == mean
        lines.append(f"| {mean} | {rest} | {'是' if row['attained'] else '否'} | {row['exceeding']}".rstrip())
    return lines


def composite_index() -> list[str]:
    lines = []
    for place, values in test_periods.PUBLISHED_INDICES.items():
        given = " | ".join(map(str, values[:6]))
        lines.append(f"| {place} | {given} | {periods()[place, '2022-11']['index']:.2f} |")
    return lines


def ranking() -> list[str]:
    import ibis

    index = [200 + k for k in range(9)] + [288, 288, 293]
    table = ibis.memtable({"k": range(12), "period": ["2017-08"] * 12, "regime": [""] * 12, "index": index})
    found = test_periods.connect().to_pyarrow(test_periods.rank(table, "index").order_by("k"))["rank"].to_pylist()
    return [
        f"| {city} | {value / 100} | {place} |"
        for city, value, place in zip(("河源", "江门", "深圳"), index[9:], found[9:], strict=True)
    ]


def good_days() -> list[str]:
    row = periods()["shares", "2025-05"]
    return [f"{row['good_days']} / {row['aqi_days']} = ", f"优良天数比例 {row['good_ratio']}。"]


def heavy_days() -> list[str]:
    row = periods()["shares", "2025-05"]
    return [
        f"重污染天数 {row['heavy_days']}，{row['heavy_days']} / {row['aqi_days']} = 6.45 %，比例 {row['heavy_ratio']}。"
    ]


def dust() -> list[str]:
    days = test_periods.days_between(date(2025, 4, 1), date(2025, 4, 30))
    spell = days[9:12]
    rows = [
        row
        for city in ("clean", "dusty")
        for row in test_periods.days_of(
            city,
            days,
            {"pm10": lambda day: 600 if day in spell else 50},
            lambda day: 500 if day in spell else 60,
        )
    ]
    found = test_periods.evaluate(rows, "2025-04", dust=[("dusty", day) for day in spell])
    whole, without = found["clean", "2025-04"], found["dusty", "2025-04"]
    return [
        f"= {whole['pm10_mean']:.0f}；",
        f"扣除：{without['pm10_mean']:.0f}，有效天数 {without['n_pm10']}；"
        f"重污染天数仍为 {without['heavy_days']}，优良天数比例仍为 {without['good_ratio']}。",
    ]


EXAMPLES: dict[str, Callable[[], list[str]]] = {
    "air.iaqi": iaqi,
    "air.aqi": aqi,
    "air.primary": primary,
    "air.category": category,
    "air.o3_8h": ozone,
    "air.station_day": station_day,
    "air.city_day": city_day,
    "air.period_mean": period_mean,
    "air.percentile": percentile,
    "air.completeness": completeness,
    "air.attainment": attainment,
    "air.composite_index": composite_index,
    "air.ranking": ranking,
    "air.good_days_ratio": good_days,
    "air.heavy_days": heavy_days,
    "air.dust": dust,
}


@pytest.mark.parametrize("code", AIR)
def test_the_numbers_of_the_example_are_ours(code: str) -> None:
    """Each line that our code computes stands on the page, word for word."""
    text = section(code, "例题")
    for line in EXAMPLES[code]():
        assert line in text
