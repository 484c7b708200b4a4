"""The table of reports: whole commits, two writers at once, many small files, and tables of the policy it rests on."""

from __future__ import annotations

from pathlib import Path

import pytest
from deltalake import DeltaTable

from bilan.observe import LakeError, statistics
from bilan.observe.lake_classify import Added
from bilan.observe.statistics import STATISTICS, Reports, Statistics
from bilan.observe.statistics_units import unit_factor
from bilan.policy.statistics import BASE, formulas, printed_units, reportables, reportables_called

from .statistics_tables import moment, report


def test_what_was_stored_is_read_again(tmp_path: Path) -> None:
    dated, undated = report(on="2026-01-01", value="42.30"), report(period="2024Q1", sheet="一", source_line=9)
    assert Statistics(tmp_path).add([dated, undated], "a") == Added(new=2)
    assert Statistics(tmp_path).reports().rows == (dated, undated)
    assert str(Statistics(tmp_path).reports().rows[0].value) == "42.30"
    assert DeltaTable(tmp_path / "statistics").to_pyarrow_table().column_names == STATISTICS.names


def test_a_lake_without_reports_has_none(tmp_path: Path) -> None:
    found = Statistics(tmp_path)
    assert (found.version, found.reports().rows) == (-1, ())
    assert list(tmp_path.iterdir()) == []  # asking makes nothing


def test_the_periods_of_which_there_is_a_report() -> None:
    rows = [
        report(period="2025"),
        report(period="2025", value=41, source_line=3),
        report(period="2024"),
        report(period="2025Q4", received_at=moment("2026-05-01")),
        report(period="2026Q1", region="990102"),
        report(period="2021/2025", indicator="eco.wetland.protect_rate"),
    ]
    found = Reports(tuple(rows), 1)
    assert [str(p) for p in found.periods("eco.forest.cover", "990100")] == ["2024", "2025", "2025Q4"]
    assert [str(p) for p in found.periods("eco.forest.cover", "990100", moment("2026-04-01"))] == ["2024", "2025"]
    assert found.periods("eco.forest.cover", "990104") == []


def test_what_another_process_adds_is_seen(tmp_path: Path) -> None:
    mine = Statistics(tmp_path)
    assert mine.reports().rows == ()
    Statistics(tmp_path).add([report()], "a")
    assert len(mine.reports().rows) == 1


def test_two_writers_at_once_store_a_report_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other commits between this one's look and its commit, so it has to look again."""
    Statistics(tmp_path).add([report(period="2020")], "before")
    judged, others = statistics._judged, [report(source_ref="b"), report(period="2024", source_ref="b")]

    def slowly(*given: object, **said: object) -> object:
        found = judged(*given, **said)  # type: ignore[arg-type]
        if others:
            theirs = list(others)
            others.clear()
            Statistics(tmp_path).add(theirs, "b")
        return found

    monkeypatch.setattr(statistics, "_judged", slowly)
    assert Statistics(tmp_path).add([report(source_ref="c"), report(period="2023", source_ref="c")], "c") == Added(
        new=1, same=1
    )
    assert sorted(one.period for one in Statistics(tmp_path).reports().rows) == ["2020", "2023", "2024", "2025"]


def test_writers_without_end_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Statistics(tmp_path).add([report(period="2020")], "before")
    judged = statistics._judged
    busy = iter(range(2021, 2100))

    def interrupted(*given: object, **said: object) -> object:
        monkeypatch.setattr(statistics, "_judged", judged)
        year = next(busy)
        Statistics(tmp_path).add([report(period=str(year), source_ref=str(year))], str(year))
        monkeypatch.setattr(statistics, "_judged", interrupted)
        return judged(*given, **said)  # type: ignore[arg-type]

    monkeypatch.setattr(statistics, "TRIES", 3)
    monkeypatch.setattr(statistics, "_judged", interrupted)
    with pytest.raises(LakeError, match="其他进程一直在写入"):
        Statistics(tmp_path).add([report(period="2019")], "mine")
    assert {one.period for one in Statistics(tmp_path).reports().rows} == {"2020", "2021", "2022", "2023"}


def test_many_small_files_become_one_and_no_row_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "_MANY", 3)
    years = [str(year) for year in range(2015, 2024)]
    for year in years:
        Statistics(tmp_path).add([report(period=year, source_ref=year)], year)
    assert [one.period for one in Statistics(tmp_path).reports().rows] == years
    assert len(DeltaTable(tmp_path / "statistics").file_uris()) <= 3
    assert Statistics(tmp_path).add([report(period="2015", source_ref="2015")], "2015") == Added(same=1)


def test_an_old_file_imported_again_is_no_correction_back(tmp_path: Path) -> None:
    """B came after A and repeats its value, so nothing of B is stored; then C corrects it, and B comes once more."""
    ten = {"value": 10}
    Statistics(tmp_path).add([report(**ten, source_ref="a")], "a")
    assert Statistics(tmp_path).add([report(**ten, source_ref="b")], "b") == Added(same=1)
    corrected = report(value=12, source_ref="c", received_at=moment("2026-03-01"))
    assert Statistics(tmp_path).add([corrected], "c") == Added(corrected=1)
    late = report(**ten, source_ref="b", received_at=moment("2026-04-01"))
    assert Statistics(tmp_path).add([late], "b") == Added(same=1)
    assert Statistics(tmp_path).add([report(**ten, source_ref="d", received_at=moment("2026-04-01"))], "d") == Added(
        corrected=1
    )


def test_every_reportable_has_a_unit_that_is_known() -> None:
    for row in reportables().values():
        assert unit_factor(row.unit, row.unit) == 1, row.code


def test_no_part_shares_its_code_or_name_with_another_figure() -> None:
    for row in reportables().values():
        assert [found.code for found in reportables_called(row.name)] == [row.code]
        assert all(len(reportables_called(alias)) == 1 for alias in row.aliases), row.code


def test_every_formula_names_figures_that_may_be_reported_and_where_it_stands() -> None:
    for code, rows in formulas().items():
        assert not code.startswith("part.")
        for row in rows:
            parts = {
                part.replace(BASE, year)
                for part in (*row.numerator, *row.denominator)
                for year in ("2015", "2020", "2025")
            }
            assert {code, *parts} <= reportables().keys()
            assert row.statement
            assert row.source


def test_every_part_is_in_a_formula() -> None:
    used = {part for rows in formulas().values() for row in rows for part in (*row.numerator, *row.denominator)}
    used |= {part.replace(BASE, year) for part in used for year in ("2015", "2020", "2025")}
    spare = {code for code in reportables() if code.startswith("part.")} - used
    assert spare == {"part.population.resident"}


def test_no_unit_is_printed_in_two_ways_that_differ() -> None:
    printed = [form for unit in printed_units() for form in (unit.unit, *unit.aliases)]
    assert len(printed) == len(set(printed))
