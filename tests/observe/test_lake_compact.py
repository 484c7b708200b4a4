"""Compaction and vacuum: fewer files, the same rows, the whole past."""

from __future__ import annotations

import os
import time
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from bilan.observe import Compacted, Lake, lake_compact
from bilan.observe.lake_compact import cuts, fragmented
from bilan.observe.lake_files import LakeFile
from bilan.observe.statistics import Statistics

from .lake_rows import at, day_of, hours, row, stored, table
from .statistics_tables import report

MAY, JUNE = day_of("2024-05-02"), day_of("2024-06-01")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A target that test data can reach: 100 rows a file."""
    monkeypatch.setattr(lake_compact, "TARGET_ROWS", 100)
    monkeypatch.setattr(lake_compact, "_FULL", 150)
    monkeypatch.setattr(lake_compact, "SMALL_ROWS", 25)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def file_of(first: int, last: int, rows: int) -> LakeFile:
    """A file with rows from a day of 2024 to another, counted from 1 January."""
    days = [date(2023, 12, 31) + timedelta(days=number) for number in (first, last)]
    moment = at("2024-01-01T01:00")
    return LakeFile(
        f"{first}-{last}", "", "a34004", 2024, rows, 0, 1, moment, moment, *days, "s1", "s9"
    )  # fmt: skip


def age(folder: str, days: int) -> None:
    past = time.time() - days * 86400
    for path in Path(folder).rglob("*.parquet"):
        os.utime(path, (past, past))


# --- what is worth rewriting ---


def names(groups: list[list[LakeFile]]) -> list[list[str]]:
    return [[file.name for file in group] for group in groups]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([], []),
        ([(1, 31, 90)], []),
        ([(1, 31, 90), (32, 60, 90)], []),  # apart in time, and too large to be one
        ([(1, 31, 50), (32, 60, 50)], [["1-31", "32-60"]]),  # exactly one file
        ([(1, 31, 50), (32, 60, 51)], []),
        ([(1, 31, 90), (31, 60, 90)], [["1-31", "31-60"]]),  # one day in common
        ([(1, 366, 90), (5, 6, 1), (100, 110, 90)], [["1-366", "5-6", "100-110"]]),
        ([(1, 31, 90), (40, 50, 80), (45, 60, 90), (70, 80, 90)], [["40-50", "45-60"]]),
        ([(1, 31, 201)], [["1-31"]]),
        ([(7, 7, 900)], []),  # a single day is not cut
    ],
)
def test_what_is_fragmented(files: list[tuple[int, int, int]], expected: list[list[str]]) -> None:
    assert names(fragmented([file_of(*file) for file in reversed(files)])) == expected


@pytest.mark.usefixtures("small")
def test_files_are_cut_at_months_and_inside_a_month_only_if_it_is_large() -> None:
    def days(month: int, rows: int) -> list[tuple[date, int]]:
        return [(date(2024, month, day), rows) for day in range(1, 29)]

    first_of, last_of = (lambda m: date(2024, m, 1)), (lambda m: date(2024, m, 28))
    assert cuts(days(1, 2) + days(2, 2) + days(3, 2)) == [(first_of(1), last_of(2)), (first_of(3), last_of(3))]
    assert cuts(days(1, 10)) == [(date(2024, 1, 1), date(2024, 1, 15)), (date(2024, 1, 16), date(2024, 1, 28))]
    assert cuts([(date(2024, 1, 1), 1000)]) == [(date(2024, 1, 1), date(2024, 1, 1))]
    assert cuts([]) == []


# --- what it does to a lake ---


@pytest.mark.usefixtures("small")
def test_compaction_changes_files_and_no_row(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lake_compact, "SMALL_FILES", 1000)
    for number in range(6):  # each brings all days of one station
        rows = hours(24 * 60, first="2024-01-01T01:00", source_ref=f"file-{number}")
        lake.add([rows.set_column(0, "station", [[f"s{number}"] * rows.num_rows])], batch="b", received_at=MAY)
    lake.add([hours(48, flag="H", source_ref="corrected")], batch="b2", received_at=JUNE)
    before = stored(lake)
    assert sum(found["superseded_at"] is not None for found in before) == 48
    version = lake.version
    done = lake.compact()
    assert (done.before, done.rows) == (7, len(before))
    assert stored(lake) == before
    files = sorted(lake.files(), key=lambda file: file.first_day)
    assert len(files) == done.after
    assert all(one.last_day < other.first_day for one, other in pairwise(files))
    assert all(file.rows <= 150 or file.first_day == file.last_day for file in files)
    assert lake.version == version + 1
    assert lake.compact() == Compacted()
    assert lake.version == version + 1


def test_a_compacted_file_is_sorted_for_reading(lake: Lake) -> None:
    lake.add([hours(24 * 40, stations=3)], batch="b")
    lake.add([hours(24 * 40, stations=3, statistic="max", source_ref="file-2")], batch="b")
    lake.add([hours(40, stations=3, seconds=86400, source_ref="file-3")], batch="b")
    lake.compact()
    (file,) = lake.files()
    rows = pq.read_table(file.path, partitioning=None).to_pylist()
    order = [(row["day"].month, row["seconds"], row["statistic"], row["station"], row["time"]) for row in rows]
    assert order == sorted(order)


def test_history_survives_compaction_and_vacuum(lake: Lake) -> None:
    key = ("s1", "a34004", at("2024-05-01T08:00"))
    lake.add([table(row())], batch="b", received_at=MAY)
    lake.add([table(row(value=36.0, source_ref="file-2"))], batch="b", received_at=JUNE)
    lake.add([table(row(time=at("2024-05-01T09:00"), source_line=3))], batch="b", received_at=MAY)
    before = lake.history(*key).to_pylist()
    lake.compact()
    age(lake.path, days=400)
    lake.vacuum()
    again = Lake(lake.path)
    assert [found["value"] for found in again.history(*key).to_pylist()] == [35.0, 36.0]
    assert again.history(*key).to_pylist() == before
    assert [found["value"] for found in again.history(*key, known_at=MAY).to_pylist()] == [35.0]


def test_vacuum_spares_what_is_young_and_what_is_named(lake: Lake) -> None:
    lake.add([hours(24)], batch="b")
    lake.add([hours(24, source_ref="file-2", flag="H")], batch="b")
    folder = Path(lake.files()[0].path).parent
    orphan = folder / "part-of-a-killed-import.parquet"
    orphan.write_bytes(b"PAR1")
    assert lake.vacuum() == []  # an import may be writing it now
    age(lake.path, days=8)
    rows = stored(lake)
    assert lake.vacuum(dry_run=True) == [str(orphan)]
    assert orphan.exists()
    assert lake.vacuum() == [str(orphan)]
    assert not orphan.exists()
    assert stored(lake) == rows
    assert all(Path(file.path).exists() for file in lake.files())


def test_an_import_merges_small_files_when_they_are_many(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file an hour must not become thousands."""
    monkeypatch.setattr(lake_compact, "SMALL_FILES", 4)
    most = 0
    for hour in range(30):
        first = (at("2024-01-01T01:00") + timedelta(hours=8 + hour)).strftime("%Y-%m-%dT%H:00")
        lake.add([hours(1, first=first, stations=3, source_ref=f"hour-{hour}")], batch="b")
        most = max(most, len(lake.files()))
    assert most <= 5
    assert len(stored(lake)) == 90
    assert len({found["time"] for found in stored(lake)}) == 30


def test_compaction_gives_way_to_a_correction_made_meanwhile(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """The correction removed a file that compaction had read: it starts again and loses neither."""
    other = Lake(lake.path)
    lake.add([hours(48)], batch="b", received_at=MAY)
    lake.add([hours(48, statistic="max", source_ref="file-2")], batch="b", received_at=MAY)
    commit = lake._observations.commit

    def late(*args: Any, **options: Any) -> None:
        monkeypatch.undo()
        other.add([hours(1, source_ref="file-3", flag="H")], batch="b", received_at=JUNE)
        commit(*args, **options)

    monkeypatch.setattr(lake._observations, "commit", late)
    lake.compact()
    rows = stored(lake)
    assert sum(found["flag"] == "H" for found in rows) == 1
    assert sum(found["superseded_at"] is not None for found in rows) == 1
    assert len(lake.files()) == 1


def test_compaction_and_an_import_of_other_rows_do_not_disturb_each_other(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Lake(lake.path)
    lake.add([hours(24)], batch="b")
    lake.add([hours(24, source_ref="file-2", statistic="max")], batch="b")
    commit = lake._observations.commit

    def late(*args: Any, **options: Any) -> None:
        other.add([hours(24, source_ref="file-3", parameter="a05024")], batch="b")
        commit(*args, **options)

    monkeypatch.setattr(lake._observations, "commit", late)
    lake.compact()
    monkeypatch.undo()
    assert sorted((file.parameter, file.rows) for file in lake.files()) == [("a05024", 24), ("a34004", 48)]
    assert len(stored(lake)) == 72


def test_vacuum_looks_after_the_tables_beside_the_observations(lake: Lake) -> None:
    figure = report()
    Statistics.of(lake).add([figure], "f")
    lake.add([hours(24)], batch="b")
    orphan = Path(lake.path) / "statistics" / "part-of-a-killed-import.parquet"
    orphan.write_bytes(b"PAR1")
    age(lake.path, days=8)
    assert lake.vacuum() == [str(orphan)]
    assert Statistics.of(lake).reports().rows == (figure,)
