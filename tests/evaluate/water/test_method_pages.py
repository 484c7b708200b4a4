"""The pages of the water methods: every section is there, and the numbers of the examples are computed here."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bilan import cli
from bilan.evaluate.water.classes import Way, classified
from bilan.evaluate.water.items import STEPS
from bilan.evaluate.water.pollutants import exceedances, with_pollutants
from bilan.policy.standards import standard_tables

from . import test_black_odorous, test_change, test_drinking, test_ranking, test_shares_and_grades, test_trophic
from .sections import rows_of, wide
from .test_averages import means, values

METHODS = Path(__file__).parents[3] / "docs" / "methods"
SECTIONS = ("依据", "算法", "修约", "有效性", "新旧标准", "例题", "缺测", "未核实", "In English")
PAGES = sorted(METHODS.glob("water-*.md"))
MANUAL = Way.of("manual")
YEARS = {"2007", "2015", "2016", "2017", "2018", "2019", "2020", "2024"}


def parts(path: Path) -> dict[str, str]:
    pieces = re.split(r"^## (.+)\n\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
class TestPage:
    def test_has_every_section_and_no_empty_one(self, path: Path) -> None:
        found = parts(path)
        assert tuple(found) == SECTIONS
        assert all(text.strip() for text in found.values())

    def test_names_a_command_that_there_is(self, path: Path) -> None:
        code, command = re.findall(r"`(.+?)`", path.read_text(encoding="utf-8").splitlines()[2])
        assert code.replace(".", "-").replace("_", "-") == path.stem
        app: Any = cli.command().commands["evaluate"].make_context("evaluate", [], resilient_parsing=True).command  # type: ignore[attr-defined]
        assert command.split()[-1] in app.commands["water"].commands

    def test_the_tables_it_builds_on_exist_and_their_doubts_are_told(self, path: Path) -> None:
        found = parts(path)
        tables = [table for kind in re.findall(r"`(water\.[\w.]+)`", found["依据"]) for table in standard_tables(kind)]
        assert tables
        if any(table.unverified for table in tables):
            assert re.search("unverified|未读到|凭记忆|自定", found["未核实"])

    def test_is_in_english_too(self, path: Path) -> None:
        english = parts(path)["In English"]
        said = re.findall(r"^- \*\*(\w+):\*\* \S", english, re.MULTILINE)
        assert said == ["Basis", "Formula", "Example", "Missing", "Unverified"]
        assert re.search(r"GB|环办|总站|指南", english.split("Formula")[0])

    def test_the_english_example_has_the_numbers_of_the_chinese_one(self, path: Path) -> None:
        example = re.split(r"\*\*(?:Example|Missing):", parts(path)["In English"])[1]
        numbers = set(re.findall(r"\d+(?:\.\d+)?", example))
        assert numbers
        assert numbers <= set(re.findall(r"\d+(?:\.\d+)?", parts(path)["例题"])) | YEARS

    def test_the_example_names_where_it_comes_from(self, path: Path) -> None:
        assert re.search("来源|手算", parts(path)["例题"])


def classes() -> list[str]:
    names = ("ph", "do", "codmn", "cod", "bod5", "nh3n", "tp", "tn")
    lines = []
    for line in re.findall(r"^\| (\d.+?) \|$", parts(METHODS / "water-class.md")["例题"], re.MULTILINE):
        cells = line.split(" | ")
        table = classified(wide([dict(zip(names, cells, strict=False))]), MANUAL)
        ((name, deciding),) = rows_of(table, "class", "deciding_items")
        lines.append(f"| {' | '.join(cells[:8])} | {name} | {deciding} |")
    assert len(lines) == 3
    return lines


def statuses() -> list[str]:
    found = rows_of(classified(wide([{"do": value} for value in ("6.5", "5.5", "1")])), "class", "status")
    return [f"| {name} | {status} |" for name, status in found]


def border_section() -> Any:
    return classified(wide([{"nh3n": "2.3", "tp": "0.32", "cod": 24}]), MANUAL)


def multiples() -> list[str]:
    found = rows_of(exceedances(border_section(), ["row"], "manual").order_by("place"), "item", "multiple", order=None)
    names = {"nh3n": "氨氮 | 2.3 | 1.0", "tp": "总磷 | 0.32 | 0.2", "cod": "化学需氧量 | 24 | 20"}
    return [f"| {names[item]} | {steps / 10_000:.1f} |" for item, steps in found]


def pollutants() -> list[str]:
    return rows_of(with_pollutants(border_section(), ["row"], "manual"), "main_pollutants")


def period_means() -> list[str]:
    quarter = [(date(2016, month, 8), value) for month, value in ((4, "78.3"), (5, "80"), (6, "75"))]
    ((_, mean, _),) = means(values(quarter, "cod"), "quarter", "cod")
    acid = [(date(2021, 4, 1), "6"), (date(2021, 4, 2), "8")]
    ((_, ph, _),) = means(values(acid, "ph"), "month", "ph")
    return [f"= {mean / STEPS:.2f}，修约为 {mean / STEPS:.1f}。", f"= {ph / STEPS:.3f}，"]


def river_grades() -> list[str]:
    lines = []
    for name, counts in (
        ("水系", {2: 76, 4: 13, 6: 5}),
        ("干流", {2: 31, 4: 1}),
        ("支流", {2: 45, 4: 12, 6: 5}),
        ("省界", {2: 15, 4: 3, 6: 1}),
    ):
        found = test_shares_and_grades.grades(test_shares_and_grades.sections(counts))
        ratios = f"{found['good_ratio']} | {found['inferior_ratio']}"
        lines.append(f"| {name} | {found['sections']} | {ratios} | {found['grade']} |")
    return lines


def weeks() -> list[tuple[float, float]]:
    counts = ({2: 16, 3: 12, 4: 6, 6: 8}, {3: 49, 4: 9, 5: 6, 6: 19})
    return [test_shares_and_grades.ratios(test_shares_and_grades.sections(week))[1:] for week in counts]


def good_ratios() -> list[str]:
    (jiangsu, country) = (week[0] for week in weeks())
    return [f"28/42 = {jiangsu} %", f"49/83 = {country} %"]


def inferior_ratios() -> list[str]:
    (jiangsu, country) = (week[1] for week in weeks())
    return [f"8/42 = {jiangsu} %", f"19/83 = {country} %"]


def changes() -> list[str]:
    up, down, net, word = test_change.river((679, 83, 1000), (710, 67, 1000))
    return [f"ΔG − ΔD = {up} − (−{-down}) = {net}，{word}"]


def trends() -> list[str]:
    measured = {86: 2, 97: 20, 99: 28, 100: 27, 101: 50, 103: 29, 106: 7, 110: 17, 112: 6, 113: 12}
    rs, word, *_ = test_change.trend(list(measured.values()), list(measured))
    return [f"= {rs}，N = 10 的临界值 0.564，{word}"]


def trophic_levels() -> list[str]:
    ((level, state, _),) = test_trophic.levels({"chla": "7.77", "tp": "0.27", "tn": "1.81", "sd": "0.43"})
    return [f"TLI = {level}，{state}"]


def city_indices() -> list[str]:
    from bilan.evaluate.water.ranking import ranked

    now = test_ranking.published({city: index for city, (index, _) in test_ranking.JILIN.items()})
    before = test_ranking.published({"辽源": "14.6303"})
    found = rows_of(ranked(now, before), "city", "index", "rank", "change", order="city")
    lines = [f"| {city} | {index:.4f} | {rank} |" for city, index, rank, _ in found if city in ("白山", "通化", "辽源")]
    (change,) = (change for city, *_, change in found if city == "辽源")
    ((index, *_),) = test_ranking.indices({"city": "甲", "ph": 8, "do": 10, **test_ranking.HALF_LIMITS})
    return [*lines, f"变化 {change} %", f"指数 21 × 0.5 = {index}"]


def rates() -> list[str]:
    by_volume = test_drinking.rates([(True, 10781.2), (False, 241.0)])[2]
    by_count = test_drinking.rates([(True, None)] * 565 + [(False, None)] * 25)[1]
    return [f"10781.2/11022.2 = {by_volume} %", f"565/590 = {by_count} %"]


def black_odorous() -> list[str]:
    lines = []
    for text in ("0.1 0.1 0.1 1 1", "0.1 0.1 1 1 1"):
        lines.append(f"| {text} | {test_black_odorous.grade(*({'do': value} for value in text.split()))[0]} |")
    return lines


EXAMPLES: dict[str, Callable[[], list[str]]] = {
    "water-class": classes,
    "water-section-status": statuses,
    "water-exceeding-multiple": multiples,
    "water-main-pollutants": pollutants,
    "water-period-mean": period_means,
    "water-river-grade": river_grades,
    "water-good-ratio": good_ratios,
    "water-inferior-ratio": inferior_ratios,
    "water-change": changes,
    "water-trend": trends,
    "water-tli": trophic_levels,
    "water-city-index": city_indices,
    "water-drinking-compliance": rates,
    "water-black-odorous": black_odorous,
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_numbers_of_the_example_are_ours(name: str) -> None:
    """Each line that our code computes stands on the page, word for word."""
    text = parts(METHODS / f"{name}.md")["例题"]
    for line in EXAMPLES[name]():
        assert line in text


def test_every_page_has_its_example() -> None:
    assert set(EXAMPLES) == {path.stem for path in PAGES}
