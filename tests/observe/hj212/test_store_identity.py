"""The name of a store: drawn once, whole on the disk, and never by one who only reads."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from bilan.observe.hj212.store import Store, StoreError, StoreFull, verify
from bilan.observe.hj212.store.identity import make_store_id, store_id


def test_the_first_writer_draws_it_for_good(tmp_path: Path) -> None:
    with Store(tmp_path):
        first = store_id(tmp_path)
    with Store(tmp_path), Store(tmp_path):
        assert store_id(tmp_path) == first == make_store_id(tmp_path)
    assert stat.S_IMODE((tmp_path / "id").stat().st_mode) & 0o137 == 0
    assert [path.name for path in tmp_path.glob(".id*")] == []


def test_reading_and_verifying_write_none(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.append([(b"##0000", "p:1")])
    (tmp_path / "id").unlink()
    assert verify(tmp_path).ok
    with pytest.raises(StoreError, match=r"id：没有存储的编号"):
        store_id(tmp_path)
    assert not (tmp_path / "id").exists()


@pytest.mark.parametrize("content", [b"", b"\n", b"0000000", b"000000000", b"0000000g\n", b"1F0C22AA\n", b"\xff" * 8])
def test_anything_but_eight_digits_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "id").write_bytes(content)
    for asked in (store_id, make_store_id):
        with pytest.raises(StoreError, match="8 位小写十六进制数"):
            asked(tmp_path)
    with Store(tmp_path) as store:  # what arrives is kept all the same
        store.append([(b"##0000", "p:1")])
    assert (tmp_path / "id").read_bytes() == content


def test_its_content_is_on_the_disk_before_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    fdatasync, link = os.fdatasync, os.link

    def synced(descriptor: int) -> None:
        assert os.fstat(descriptor).st_size == 9
        done.append("sync")
        fdatasync(descriptor)

    def linked(source: Path, target: Path) -> None:
        done.append("link")
        link(source, target)

    monkeypatch.setattr(os, "fdatasync", synced)
    monkeypatch.setattr(os, "link", linked)
    make_store_id(tmp_path)
    assert done == ["sync", "link"]


def test_a_full_disk_says_so_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "")

    with monkeypatch.context() as patch, pytest.raises(StoreFull):
        patch.setattr(os, "fdatasync", full)
        Store(tmp_path)
    assert [path.name for path in tmp_path.iterdir() if "id" in path.name] == []
    Store(tmp_path).close()
    assert len(store_id(tmp_path)) == 8
