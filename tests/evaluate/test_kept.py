"""Results kept by what they were computed from: found again, never mixed up, dropped when there is no room."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bilan.evaluate import kept as module
from bilan.evaluate.kept import Kept, default_folder
from bilan.policy import resource_version


def test_every_part_of_the_key_counts_and_so_does_where_it_ends(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.put(["ab", "c"], b"first")
    assert kept.get(["ab", "c"]) == b"first"
    assert [kept.get(parts) for parts in (["a", "bc"], ["abc"], ["ab"], ["c", "ab"], [])] == [None] * 5


def test_another_policy_or_software_is_another_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept(tmp_path)
    kept.put(["a"], b"old")
    with monkeypatch.context() as patch:
        patch.setattr(module, "resource_version", lambda: resource_version() + "x")
        assert kept.get(["a"]) is None
    with monkeypatch.context() as patch:
        patch.setattr(module, "software", lambda: "another")
        assert kept.get(["a"]) is None
    assert kept.get(["a"]) == b"old"


def test_what_was_used_longest_ago_makes_room(tmp_path: Path) -> None:
    kept = Kept(tmp_path, most_bytes=100)  # two files of ten bytes, each with its checksum of 32
    for number, name in enumerate(("a", "b")):
        kept.put([name], b"0123456789")
        path = next(path for path in tmp_path.iterdir() if path.stat().st_mtime > 10**6)
        os.utime(path, (1000 + number, 1000 + number))
    assert kept.get(["a"]) is not None  # used again, so b is the one that goes
    kept.put(["c"], b"0123456789")
    assert [kept.get([name]) is not None for name in "abc"] == [True, False, True]


@pytest.mark.parametrize(
    "damage", [lambda old: b"{", lambda old: b"", lambda old: old[:-1], lambda old: b"x" + old[1:]]
)
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    kept = Kept(tmp_path)
    kept.put(["a"], b"0123456789")
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert kept.get(["a"]) is None
    assert list(tmp_path.iterdir()) == []
    kept.put(["a"], b"0123456789")
    assert kept.get(["a"]) == b"0123456789"


def test_without_a_folder_nothing_is_kept() -> None:
    kept = Kept(None)
    kept.put(["a"], b"1")
    assert kept.get(["a"]) is None


def test_a_folder_that_refuses_costs_only_time(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("in the way")
    kept = Kept(place)
    kept.put(["a"], b"1")
    assert kept.get(["a"]) is None


def test_a_half_written_result_is_not_there(tmp_path: Path) -> None:
    Kept(tmp_path).put(["a"], b"1")
    assert [path.suffix for path in tmp_path.iterdir()] == [".kept"]


def test_the_folder_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BILAN_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert default_folder() == Path("/somewhere/bilan")
    monkeypatch.setenv("BILAN_CACHE", "/elsewhere")
    assert default_folder() == Path("/elsewhere")
