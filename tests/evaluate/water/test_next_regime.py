"""The next standard of surface water needs data files and no code: a second file beside every table that judges."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pytest

from bilan.evaluate.water.averages import section_means
from bilan.evaluate.water.black_odorous import body_grades, point_grades, sample_levels
from bilan.evaluate.water.change import section_changes, trends
from bilan.evaluate.water.classes import classified
from bilan.evaluate.water.grades import river_grades
from bilan.evaluate.water.pollutants import with_pollutants
from bilan.evaluate.water.ranking import city_indices
from bilan.evaluate.water.shares import shares
from bilan.evaluate.water.trophic import trophic_levels
from bilan.policy.standards import standard_tables, using_folder
from bilan.policy.standards.tables import FOLDER

from ...policy.test_standards import successor
from .figures import NAMES, figures
from .sections import rows_of, wide

START = date(2027, 1, 1)
OLD, NEW = date(2024, 3, 15), date(2027, 3, 15)
VOCABULARIES = {"water-items", "water-units"}


@pytest.fixture(scope="module")
def tables() -> list[str]:
    """The files of the judging tables that are in force."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("water-*.csv")}
    ours = {name for name, text in texts.items() if "# standard: 本项目\n" in text}  # how tables are written, no law
    return sorted(name for name in texts.keys() - VOCABULARIES - ours if "# valid_to:\n" in texts[name])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the standards, to be changed."""
    return copied(tmp_path)


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory, tables: list[str]) -> Path:
    """The standards with a second file of the same contents, valid from 2027 on, beside every judging table."""
    place = copied(tmp_path_factory.mktemp("twice"))
    for name in tables:
        successor(place, name, f"{name}-2027", START)
    return place


def copied(place: Path) -> Path:
    shutil.copytree(FOLDER, place / "standards", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return place / "standards"


def changed(folder: Path, name: str, **rows: str) -> None:
    """From 2027 on the table ``name`` has the ``rows``, by their first cell."""
    successor(folder, name, f"{name}-2027", START, **rows)


def test_every_judging_table_has_its_successor(twice: Path, tables: list[str]) -> None:
    assert len(tables) > 15
    with using_folder(twice):
        kinds = {table.table for name in tables for table in standard_tables(_kind(name)) if table.name == name}
        assert all(standard_tables(kind)[-1].valid_from == START for kind in kinds)


def _kind(name: str) -> str:
    return (FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0].removeprefix("# table:").strip()


@pytest.fixture(scope="module")
def alone_and_beside(twice: Path) -> tuple[Any, Any]:
    """Every figure over two months across the change, by one file of each table and by two."""
    start = date(2026, 12, 1)
    alone = figures(start)
    with using_folder(twice):
        return alone, figures(start)


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_runs_beside_a_second_file_of_the_same_contents(
    alone_and_beside: tuple[Any, Any], name: str
) -> None:
    expected, found = (
        table.order_by(order).to_pyarrow().to_pylist()
        for table, order in (figures_by_name[name] for figures_by_name in alone_and_beside)
    )
    assert found == expected
    assert expected


def on_both(
    folder: Path, figure: Any, rows: list[dict[str, Any]], *columns: str, order: str | None = None
) -> list[Any]:
    """The first answer of ``figure`` for ``rows`` of 2024, then for the same of 2027."""
    answers = []
    with using_folder(folder):
        for day in (OLD, NEW):
            found = figure(wide([{**row, "day": row["day"].replace(year=day.year) if "day" in row else day}
                                 for row in rows]))  # fmt: skip
            answers.append(rows_of(found, *columns, order=order)[0])
    return answers


class TestOldAndNew:
    """Data of 2024 are judged by the old file, those of 2027 by the new one, without a line of code."""

    def test_limits(self, folder: Path) -> None:
        changed(folder, "water-limits-gb3838-2002", nh3n="nh3n,le,all,0.1,0.2,0.3,1.5,2")
        rows = [{"nh3n": "0.45"}]
        assert on_both(folder, classified, rows, "class") == ["Ⅱ", "Ⅳ"]
        polluted = lambda table: with_pollutants(classified(table), ["row"])  # noqa: E731
        assert on_both(folder, polluted, rows, "main_pollutants") == ["", "氨氮(0.5)"]

    def test_words_of_the_status(self, folder: Path) -> None:
        changed(folder, "water-status-2011", **{"3": "3,Ⅲ,合格,绿"})
        assert on_both(folder, classified, [{"nh3n": "0.9"}], "status") == ["良好", "合格"]

    def test_bounds_of_the_grades(self, folder: Path) -> None:
        changed(folder, "water-river-grades-2011", 优="优,95,,,", 良好="良好,75,95,,")
        rows = [{"river": "清河", "section": str(n), "nh3n": "3" if n == 0 else "0.3"} for n in range(10)]
        found = on_both(folder, lambda table: river_grades(table, "river", "section"), rows, "grade")
        assert found == ["优", "良好"]

    def test_number_of_sections_for_shares(self, folder: Path) -> None:
        row = "sections_for_shares,3,个,断面总数达到此数用类别比例法,虚构,unverified"
        changed(folder, "water-rules-2011", sections_for_shares=row)
        rows = [{"river": "清河", "section": str(n), "nh3n": "0.3"} for n in range(4)]
        found = on_both(folder, lambda table: river_grades(table, "river", "section"), rows, "method")
        assert found == ["mean", "shares"]

    def test_shares_of_dated_classes_and_of_undated_ones(self, folder: Path) -> None:
        changed(folder, "water-rules-2011", target_class="target_class,2,类,类别,虚构,unverified")
        rows = [{"nh3n": value} for value in ("0.3", "0.9")]
        dated = lambda table: shares(classified(table).select("class_number", "day"))  # noqa: E731
        assert on_both(folder, dated, rows, "good_ratio") == [100.0, 50.0]

    def test_states_of_lakes(self, folder: Path) -> None:
        changed(folder, "water-tli-states-2001", 中营养="中营养,le,40")
        assert on_both(folder, trophic_levels, [{"chla": "6"}], "trophic_state") == ["中营养", "轻度富营养"]

    def test_formula_of_the_trophic_index(self, folder: Path) -> None:
        changed(folder, "water-tli-2001", chla="chla,mg/m3,3.5,1.086,1")
        assert on_both(folder, trophic_levels, [{"chla": "1"}], "tli") == [25.0, 35.0]

    def test_least_number_of_months(self, folder: Path) -> None:
        changed(folder, "water-periods-2011", quarter="quarter,month,,3,虚构,unverified")
        rows = [{"station": "甲", "tp": "0.1", "day": date(2024, month, 8)} for month in (1, 2)]
        found = on_both(folder, lambda table: section_means(table, ["station"], "quarter", ["tp"]), rows, "withheld")
        assert found == [None, "总磷（2 个，至少 3 个）"]

    def test_a_quarter_of_values(self, folder: Path) -> None:
        """Means of values and means of months: another way of averaging is data, too."""
        changed(folder, "water-periods-2011", quarter="quarter,value,,2,虚构,unverified")
        rows = [
            {"station": "甲", "tp": tp, "day": date(2024, month, day)}
            for month, day, tp in ((1, 8, "0.1"), (1, 9, "0.1"), (2, 8, "0.4"))
        ]
        found = on_both(folder, lambda table: section_means(table, ["station"], "quarter", ["tp"]), rows, "tp")
        assert found == [2_500_000_000, 2_000_000_000]

    def test_change_of_sections(self, folder: Path) -> None:
        changed(folder, "water-status-2011", **{"2": "2,Ⅱ,良好,蓝"})

        def change(table: Any) -> Any:
            graded = classified(table).select("class_number", "day", section=ibis.literal("甲"))
            before = graded.mutate(class_number=ibis.literal(1, "int64"))
            return section_changes(before, graded, ["section"])

        assert on_both(folder, change, [{"nh3n": "0.3"}], "change") == ["无明显变化", "有所下降"]

    def test_critical_values(self, folder: Path) -> None:
        changed(folder, "water-trend-2011", **{"5": "5,1.000,verified"})
        values = ["1", "2", "3", "5", "4"]
        rows = [{"section": "甲", "year": n, "value": int(value)} for n, value in enumerate(values)]
        assert on_both(folder, lambda table: trends(table, ["section"]), rows, "trend") == ["上升", "无显著变化"]

    def test_items_of_the_city_index(self, folder: Path) -> None:
        changed(folder, "water-city-index-2017")
        path = folder / "water-city-index-2017-2027.csv"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("tp,ratio,verified\n", ""), encoding="utf-8")
        rows = [{"city": "甲市", "nh3n": "0.5", "tp": "0.1"}]
        assert on_both(folder, city_indices, rows, "items", "index") == [(2, 1.0), (1, 0.5)]

    def test_black_and_odorous_water(self, folder: Path) -> None:
        changed(folder, "water-black-odorous-2015", nh3n="nh3n,mg/L,high,5.0,15,,")
        changed(folder, "water-black-odorous-rules-2015", body_percent="body_percent,30,%,整个水体为重度")
        assert on_both(folder, sample_levels, [{"nh3n": "6"}], "level_nh3n") == [0, 1]
        rows = [{"water": "小河", "point": str(n), "nh3n": "20" if n == 0 else "1"} for n in range(3)]

        def graded(table: Any) -> Any:
            return body_grades(point_grades(table, ["water", "point"]), ["water"])

        assert on_both(folder, graded, rows, "grade") == ["轻度黑臭", "重度黑臭"]
