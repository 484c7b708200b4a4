"""What was refused is kept once, whole, and never changed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bilan.errors import FileError
from bilan.observe import quarantine
from bilan.observe.importers.sources import Reject
from bilan.observe.quarantine import read_quarantine, refusals

SHA = "ab" * 32
MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
REJECTS = [Reject(3, "co", 'fi"fty\n', "不是数"), Reject(9, "", "a,b", "应有 3 列，实有 2 列")]


def keep(lake: Path, rejects: list[Reject], name: str = "a.csv", sha256: str = SHA) -> Path | None:
    with refusals(name, sha256, "cnemc") as refused:
        refused.add(rejects)
        return refused.save(lake / "quarantine", MOMENT)


def test_a_refusal_tells_file_line_column_text_and_reason(tmp_path: Path) -> None:
    path = keep(tmp_path, REJECTS)
    assert path is not None
    assert path.parent == tmp_path / "quarantine"
    first, second = read_quarantine(tmp_path)
    assert first == {
        "file": "a.csv",
        "sha256": SHA,
        "format": "cnemc",
        "line": 3,
        "column": "co",
        "value": 'fi"fty\n',
        "reason": "不是数",
        "received_at": "2026-03-01T12:00:00+00:00",
    }
    assert (second["line"], second["column"]) == (9, "")
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2


def test_the_same_again_adds_nothing_and_changes_nothing(tmp_path: Path) -> None:
    path = keep(tmp_path, REJECTS)
    assert path is not None
    before = path.read_bytes()
    assert keep(tmp_path, REJECTS) == path
    assert keep(tmp_path, REJECTS, name="copy of a.csv") == path
    assert path.read_bytes() == before
    assert len(list(read_quarantine(tmp_path))) == 2


def test_another_reading_of_the_file_is_kept_beside(tmp_path: Path) -> None:
    assert keep(tmp_path, REJECTS) != keep(tmp_path, REJECTS[:1])
    assert len(list(read_quarantine(tmp_path))) == 3


def test_nothing_refused_leaves_no_trace(tmp_path: Path) -> None:
    assert keep(tmp_path, []) is None
    assert list(tmp_path.iterdir()) == []
    assert list(read_quarantine(tmp_path)) == []


def test_more_refusals_than_memory_should_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "_IN_MEMORY", 1000)
    keep(tmp_path, [Reject(n, "co", "x", "不是数") for n in range(5000)])
    assert [row["line"] for row in read_quarantine(tmp_path)] == list(range(5000))


def test_every_line_is_json_whatever_the_cell_held(tmp_path: Path) -> None:
    path = keep(tmp_path, [Reject(1, "列,", "\x00\u2028\ud83d}\\", "不是数")])
    assert path is not None
    (line,) = path.read_bytes().split(b"\n")[:-1]
    assert json.loads(line)["column"] == "列,"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "quarantine").write_text("a file", encoding="utf-8")
    with pytest.raises(FileError, match="quarantine"):
        keep(tmp_path, REJECTS)
