"""Two importers at once, and importers killed at any moment: no row lost, none doubled."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bilan.observe import Added, Lake, lake_merge
from bilan.observe.lake_log import ConflictError, LakeLog
from bilan.observe.lake_schema import KEY

from .lake_rows import hours, present, row, stored, table

# Imports the Parquet file of rows given, in small chunks, so that there are many moments between two commits.
IMPORTER = """
import sys, pyarrow.parquet as pq
from bilan.observe import Lake, lake_compact, lake_merge
lake_merge.CHUNK_ROWS = int(sys.argv[3])
lake_compact.SMALL_FILES = 3
print('ready', flush=True)
sys.stdin.read(1)
lake = Lake(sys.argv[1])
for path in sys.argv[4:]:
    lake.add(pq.ParquetFile(path).iter_batches(100), batch=sys.argv[2])
print('done', flush=True)
"""


def importer(lake: Path, batch: str, chunk: int, *files: Path) -> subprocess.Popen[str]:
    """A process that is ready to import; a line on its stdin lets it begin."""
    command = [sys.executable, "-c", IMPORTER, str(lake), batch, str(chunk), *map(str, files)]
    started = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def begin(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def finish(process: subprocess.Popen[str]) -> None:
    said, _ = process.communicate(timeout=120)
    assert (said, process.returncode) == ("done\n", 0)


def keys(lake: Lake) -> Counter[tuple[object, ...]]:
    return Counter(tuple(row[name] for name in KEY) for row in present(lake))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A year's end of hourly values, and a later file that corrects a third of them."""
    first = hours(240, first="2023-12-27T01:00", stations=4)
    third = [index for index in range(first.num_rows) if index % 3 == 0]
    rows = first.take(third).to_pylist()
    second = table(*(item | {"value": item["value"] + 1000, "source_ref": "file-2"} for item in rows))
    paths = tmp_path / "1.parquet", tmp_path / "2.parquet"
    for path, content in zip(paths, (first, second), strict=True):
        pq.write_table(content, path)
    return paths


def check_whole(lake: Lake) -> None:
    """Every key stands once, every third corrected; the closed rows are those corrected, once each."""
    assert keys(lake) == Counter(dict.fromkeys(keys(lake), 1))
    assert len(keys(lake)) == 960
    assert sum(row["value"] >= 1000 for row in present(lake)) == 320
    closed = [row for row in stored(lake) if row["superseded_at"]]
    assert len(closed) == 320
    assert all(row["value"] < 1000 for row in closed)


def test_two_processes_with_the_same_rows_double_none(tmp_path: Path, files: tuple[Path, Path]) -> None:
    both = [importer(tmp_path / "lake", f"b{number}", 120, *files) for number in (1, 2)]
    for process in both:
        begin(process)
    for process in both:
        finish(process)
    lake = Lake(tmp_path / "lake", create=False)
    check_whole(lake)
    commits = [entry for entry in lake._observations.table.history() if entry["operation"] == "WRITE"]
    assert len(commits) >= 10


@pytest.mark.parametrize("turn", range(2))
def test_killed_at_any_moment_and_run_again(tmp_path: Path, files: tuple[Path, Path], turn: int) -> None:
    """Killed over and over, each time a little later, until it comes through."""
    draw = random.Random(turn)
    lake = tmp_path / "lake"
    killed = 0
    patience = 0.1
    while True:
        process = importer(lake, f"b{killed}", 120, *files)
        begin(process)
        try:
            process.wait(timeout=patience * draw.uniform(0.5, 1.5))
            break
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += 1
            patience *= 2
    assert process.returncode == 0
    assert killed >= 2
    check_whole(Lake(lake, create=False))
    finished = importer(lake, "again", 120, *files)
    before = Lake(lake).version
    begin(finished)
    finish(finished)
    assert Lake(lake).version == before


def test_a_killed_writer_leaves_only_files_that_no_one_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between writing its files and the commit: the lake is as before, and the files go when they are old."""
    lake = Lake(tmp_path / "lake")
    lake.add([hours(24)], batch="b")
    before = lake.version, stored(lake)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(LakeLog, "commit", killed)
        lake.add([hours(24, source_ref="file-2", flag="H")], batch="b2")
    assert (lake.version, stored(lake)) == before
    assert len(list(Path(lake.path).rglob("part-*.parquet"))) > 1
    assert lake.add([hours(24, source_ref="file-2", flag="H")], batch="b2") == Added(corrected=24)


def test_a_chunk_is_judged_again_when_another_commits_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other brings the very same row between judging and committing: it is then the same, not doubled."""
    lake, other = Lake(tmp_path / "lake"), Lake(tmp_path / "lake")
    write = lake_merge._write
    turns = iter(range(3))

    def interrupted(*args: object) -> None:
        write(*args)  # type: ignore[arg-type]
        if next(turns) == 0:
            monkeypatch.setattr(lake_merge, "_write", write)
            other.add([table(row())], batch="other")

    monkeypatch.setattr(lake_merge, "_write", interrupted)
    assert lake.add([table(row(), row(station="s2", source_line=3))], batch="b") == Added(new=1, same=1)
    assert [(found["station"], found["batch"]) for found in stored(lake)] == [("s1", "other"), ("s2", "b")]
    assert len(list(Path(lake.path).rglob("part-*.parquet"))) == 2


def test_an_importer_that_never_gets_its_turn_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake(tmp_path / "lake")

    def refused(*_: object, **__: object) -> None:
        raise ConflictError

    monkeypatch.setattr(lake_merge, "TRIES", 2)
    monkeypatch.setattr(LakeLog, "commit", refused)
    with pytest.raises(Exception, match="试了 2 次"):
        lake.add([table(row())], batch="b")
    assert list(Path(lake.path).rglob("part-*.parquet")) == []


def test_a_commit_that_is_not_next_is_refused_by_the_log_itself(tmp_path: Path) -> None:
    """What all of this rests on: two handles of one version, the second commit fails."""
    lake, other = Lake(tmp_path / "lake"), Lake(tmp_path / "lake")
    lake._observations.commit([], marks={"a": 1})
    with pytest.raises(ConflictError):
        other._observations.commit([], marks={"b": 1})
    other._observations.refresh()
    assert (other._observations.mark("a"), other._observations.mark("b")) == (1, -1)


def test_two_processes_make_one_lake(tmp_path: Path) -> None:
    pq.write_table(hours(3), tmp_path / "1.parquet")
    both = [importer(tmp_path / "new" / "lake", "b", 100, tmp_path / "1.parquet") for _ in range(2)]
    for process in both:
        begin(process)
    for process in both:
        finish(process)
    assert len(stored(Lake(tmp_path / "new" / "lake"))) == 3


def test_a_refused_row_leaves_the_chunks_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lake_merge, "CHUNK_ROWS", 2)
    lake = Lake(tmp_path / "lake")
    rows = [row(station=f"s{number}", source_line=number) for number in range(4)]
    with pytest.raises(Exception, match="第 3 行"):
        lake.add([table(*rows[:3], rows[3] | {"statistic": None})], batch="b")
    assert [found["station"] for found in stored(lake)] == ["s0", "s1"]


def test_what_a_killed_import_spilled_is_removed_a_day_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old, young, other = (tmp_path / name for name in ("bilan-lake-old", "bilan-lake-young", "another"))
    for folder in (old, young, other):
        folder.mkdir()
        (folder / "spilled.tmp").write_bytes(b"x")
    for folder in (old, other):
        os.utime(folder, (time.time() - 2 * 86400,) * 2)
    Lake(tmp_path / "lake").add([hours(3)], batch="b")
    assert {path.name for path in tmp_path.iterdir()} == {"bilan-lake-young", "another", "lake"}
