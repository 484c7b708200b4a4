"""Appending: durable, all or nothing, in order, whatever the clock and the disk do."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bilan.observe.hj212.store import Position, Store, StoreError, StoreFull, read, verify
from bilan.observe.hj212.store import file as store_file
from bilan.observe.hj212.store import record as store_record
from bilan.observe.hj212.store import system as store_system

FRAMES = [(b"##0007MN=X001\xff\r\n", "10.0.0.7:5000"), (b"", "10.0.0.8:5000"), (b"\n\n \x00##", "[fe80::1%eth0]:9")]


class Clock:
    """A clock that stands where it is put, in UTC."""

    def __init__(self, text: str) -> None:
        self.put(text)

    def put(self, text: str) -> None:
        self.now = int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 10**9

    def __call__(self) -> int:
        return self.now


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder / "frames").as_posix() for path in folder.rglob("*.frames*"))


def raws(folder: Path) -> list[bytes]:
    return [frame.raw for frame in read(folder)]


def test_what_is_appended_is_read_as_it_was(tmp_path: Path) -> None:
    with Store(tmp_path, clock=Clock("2026-11-21T03:00:00")) as store:
        store.append(FRAMES)
        store.append([])
        store.append(FRAMES[:1])
    found = list(read(tmp_path))
    assert [(frame.raw, frame.peer) for frame in found] == [*FRAMES, FRAMES[0]]
    assert [frame.seq for frame in found] == [1, 2, 3, 4]
    assert {(frame.writer, frame.day, frame.part) for frame in found} == {(1, "2026-11-21", 1)}
    assert found[0].arrived == int(datetime(2026, 11, 21, 3, tzinfo=UTC).timestamp()) * 10**6
    assert verify(tmp_path).ok


def test_a_record_can_be_checked_by_hand(tmp_path: Path) -> None:
    """The form is public: sha256 of the hash before, then the line from the number on, then the raw bytes."""
    with Store(tmp_path, clock=Clock("2026-11-21T03:00:00")) as store:
        store.append([(b"##0000", "10.0.0.7:5000")])
    first, line, raw = (tmp_path / "frames/2026-11-21/01-000001.frames").read_bytes().splitlines()
    magic, writer, day, part, before, start, mark, head = first.split()
    assert (magic, writer, day, part, before) == (b"bilan-hj212-frames/1", b"01", b"2026-11-21", b"000001", b"0")
    assert (start, raw) == (b"0" * 64, b"##0000")
    known, told, content = line.split(b" ", 2)
    assert (known, content) == (mark, b"1 1 1795230000000000 10.0.0.7:5000 - 6")
    assert told == store_record.digest(head, content + b"\n" + raw)


def test_a_peer_is_one_word_and_a_frame_may_pose_as_records(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.append([(b"##a", "10.0.0.7 x\r\n2 2 3"), (b"##b", ""), (b"##c", "主机" * 80)])
        posing = b"\n".join(path.read_bytes() for path in tmp_path.rglob("*.frames"))
        store.append([(posing, "p:1"), (b"##d", "p:1")])
    assert [frame.peer for frame in read(tmp_path)] == ["10.0.0.7_x__2_2_3", "-", "_" * 100, "p:1", "p:1"]
    assert raws(tmp_path)[3:] == [posing, b"##d"]
    assert verify(tmp_path).ok


def test_a_frame_beyond_any_measure_refuses_its_batch(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        with pytest.raises(ValueError, match="1048577"):
            store.append([(b"##a", "p"), (b"x" * (store_record.RAW_MAX + 1), "p")])
        store.append([(b"x" * store_record.RAW_MAX, "p"), (b"##b", "p")])
    assert list(map(len, raws(tmp_path))) == [store_record.RAW_MAX, 3]


def test_the_day_turns_at_midnight_in_shanghai(tmp_path: Path) -> None:
    clock = Clock("2028-02-28T15:59:59")
    with Store(tmp_path, clock=clock) as store:
        for moment in ("2028-02-28T15:59:59", "2028-02-28T16:00:00", "2028-02-29T15:59:59", "2028-02-29T16:00:00"):
            clock.put(moment)
            store.append(FRAMES[:1])
    assert [frame.day for frame in read(tmp_path)] == ["2028-02-28", "2028-02-29", "2028-02-29", "2028-03-01"]
    assert [frame.seq for frame in read(tmp_path)] == [1, 2, 3, 4]
    assert verify(tmp_path).ok


def test_a_clock_that_goes_back_turns_no_day_back(tmp_path: Path) -> None:
    clock = Clock("2026-11-21T16:00:00")
    for moment in ("2026-11-21T16:00:00", "2026-11-21T15:00:00", "1970-01-01T00:00:00"):
        clock.put(moment)
        with Store(tmp_path, clock=clock) as store:
            store.append(FRAMES[:1])
            store.append(FRAMES[:1])
    assert names(tmp_path) == [f"2026-11-22/01-00000{number}.frames" for number in (1, 2, 3)]
    found = list(read(tmp_path))
    assert [frame.seq for frame in found] == [1, 2, 3, 4, 5, 6]
    assert found[-1].arrived == 0
    assert verify(tmp_path).ok


def test_parts_close_when_full_and_the_chain_goes_on(tmp_path: Path) -> None:
    with Store(tmp_path, part_bytes=1000) as store:
        for _ in range(10):
            store.append(FRAMES)
    assert len(names(tmp_path)) == 4
    assert raws(tmp_path) == [raw for raw, _ in FRAMES] * 10
    assert verify(tmp_path).ok


def test_nothing_is_made_before_there_is_a_frame_and_each_start_begins_a_part(tmp_path: Path) -> None:
    for _ in range(3):
        Store(tmp_path).close()
    assert names(tmp_path) == []
    for _ in range(2):
        with Store(tmp_path) as store:
            store.append(FRAMES)
    assert len(names(tmp_path)) == 2
    with pytest.raises(StoreError, match="已关闭"):
        store.append(FRAMES)


def test_files_are_for_owner_and_group_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Store(tmp_path / "a" / "b") as store:
            store.append(FRAMES)
    finally:
        os.umask(before)
    found = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in (tmp_path / "a").rglob("*")}
    assert found == {(True, 0o750), (False, 0o640)}


def test_each_writer_has_its_number_and_chain(tmp_path: Path) -> None:
    with Store(tmp_path) as one, Store(tmp_path) as two:
        assert (one.writer, two.writer) == (1, 2)
        for store in (one, two, one):
            store.append(FRAMES)
        one.close()
        with Store(tmp_path) as again:
            assert again.writer == 1
            again.append(FRAMES)
    assert [(frame.writer, frame.seq) for frame in read(tmp_path)] == [
        *((1, seq) for seq in range(1, 10)),
        *((2, seq) for seq in range(1, 4)),
    ]
    assert verify(tmp_path).ok


def test_no_more_writers_than_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_system, "_WRITERS", range(1, 2))
    with Store(tmp_path), pytest.raises(StoreError, match="都已占用"):
        Store(tmp_path)


def test_without_file_locks_one_may_read_but_not_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store(tmp_path) as store:
        store.append(FRAMES)
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with pytest.raises(StoreError, match="只能读取和核验"):
        Store(tmp_path)
    monkeypatch.delattr(os, "fdatasync")
    assert len(raws(tmp_path)) == 3
    assert verify(tmp_path).ok


def test_a_batch_is_one_write_and_one_sync_and_a_new_part_syncs_its_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def told(name: str) -> None:
        real = getattr(os, name)

        def telling(descriptor: int, *args: object) -> object:
            done.append(f"{name} {Path(f'/proc/self/fd/{descriptor}').readlink().name}")
            return real(descriptor, *args)

        monkeypatch.setattr(os, name, telling)

    with Store(tmp_path, clock=Clock("2026-11-21T03:00:00")) as store:
        for name in ("pwrite", "fdatasync", "fsync"):
            told(name)
        store.append(FRAMES)
        part = ["pwrite 01-000001.frames", "fdatasync 01-000001.frames"]
        assert done == ["fsync frames", *part, "fsync 2026-11-21", "fsync frames", *part]
        done.clear()
        store.append(FRAMES * 100)
        assert done == part


def test_a_start_brings_to_the_disk_what_it_goes_on_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process before may have been killed between its write and its sync."""
    with Store(tmp_path, clock=Clock("2026-11-21T03:00:00")) as store:
        store.append(FRAMES)
    synced: list[str] = []
    real = os.fdatasync

    def telling(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real(descriptor)

    monkeypatch.setattr(os, "fdatasync", telling)
    Store(tmp_path).close()
    assert synced == ["01-000001.frames"]


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
@pytest.mark.parametrize("new", [True, False], ids=["new-part", "old-part"])
@pytest.mark.parametrize("room", [0, 1, 90, 300])
def test_a_full_disk_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int, new: bool, room: int
) -> None:
    """Whatever part of the batch still went in."""
    real = os.pwrite
    left = room

    def full(descriptor: int, data: bytes, at: int) -> int:
        nonlocal left
        if not left:
            raise OSError(reason, os.strerror(reason))
        written = real(descriptor, data[:left], at)
        left -= written
        return written

    with Store(tmp_path, clock=Clock("2026-11-21T03:00:00"), part_bytes=1 if new else 10**9) as store:
        store.append(FRAMES)
        before = {path: path.read_bytes() for path in tmp_path.rglob("*.frames")}
        for _ in range(2):
            left = room
            with monkeypatch.context() as patch, pytest.raises(StoreFull, match="腾出空间"):
                patch.setattr(os, "pwrite", full)
                store.append(FRAMES)
            after = {path: path.read_bytes() for path in tmp_path.rglob("*.frames")}
            assert {path: after[path] for path in before} == before
            assert len(raws(tmp_path)) == 3
            assert verify(tmp_path).ok
        store.append(FRAMES)
    assert raws(tmp_path) == [raw for raw, _ in FRAMES] * 2
    assert verify(tmp_path).ok
    assert not verify(tmp_path).unfinished


LIMITED = """
import resource, signal, sys
from pathlib import Path
from bilan.observe.hj212.store import Store, StoreFull, read, verify
folder = Path(sys.argv[1])
batch = [(b'x' * 700, 'p')] * 10
store = Store(folder)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
kept = refused = 0
while refused < 5:
    try:
        store.append(batch)
        kept += 10
    except StoreFull:
        refused += 1
assert sum(1 for _ in read(folder)) == kept
resource.prlimit(0, resource.RLIMIT_FSIZE, (soft, hard))
store.append(batch)
assert sum(1 for _ in read(folder)) == kept + 10
found = verify(folder)
assert found.ok and not found.unfinished
print(kept)
"""


def test_a_limit_of_the_system_is_met_and_raised(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) in (110, 120)


def test_after_a_failed_sync_the_batch_is_gone_and_a_new_part_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, fails = os.fdatasync, 1

    def failing(descriptor: int) -> None:
        nonlocal fails
        if fails:
            fails -= 1
            raise OSError(errno.EIO, "Input/output error")
        real(descriptor)

    with Store(tmp_path) as store:
        store.append(FRAMES)
        monkeypatch.setattr(os, "fdatasync", failing)
        with pytest.raises(StoreError, match="Input/output error"):
            store.append(FRAMES[:1])
        assert len(raws(tmp_path)) == 3
        store.append(FRAMES[:2])
    assert len(names(tmp_path)) == 2
    assert [frame.part for frame in read(tmp_path)] == [1, 1, 1, 2, 2]
    assert verify(tmp_path).ok


def test_while_the_batch_cannot_be_cut_off_nothing_is_appended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with Store(tmp_path) as store:
        store.append(FRAMES)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", broken)
            patch.setattr(os, "ftruncate", broken)
            for _ in range(3):
                with pytest.raises(StoreError, match="Input/output error"):
                    store.append(FRAMES[:1])
            patch.undo()
            patch.setattr(os, "fdatasync", broken)  # it can be cut now, but not brought to the disk
            with pytest.raises(StoreError, match="Input/output error"):
                store.append(FRAMES[:1])
        store.append(FRAMES[:2])
    assert len(raws(tmp_path)) == 5
    assert verify(tmp_path).ok


def test_what_the_disk_lost_is_told_and_the_chain_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed sync after which acknowledged bytes are found changed: said once, shown by verify for ever."""

    def broken(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with Store(tmp_path) as store:
        store.append(FRAMES)
        with monkeypatch.context() as patch, pytest.raises(StoreError):
            patch.setattr(os, "fdatasync", broken)
            store.append(FRAMES[:1])
        path = next(tmp_path.rglob("*.frames"))
        path.write_bytes(path.read_bytes().replace(b"MN=X001", b"MN=X002"))
        with pytest.raises(StoreError, match=r"已确认的数据有缺损.*01-000001"):
            store.append(FRAMES[:1])
        store.append(FRAMES[:1])
    found = verify(tmp_path)
    assert (len(found.problems), found.records) == (1, 4)
    passed: list[object] = []
    assert [frame.seq for frame in read(tmp_path, on_problem=passed.append)] == [2, 3, 4]
    assert len(passed) == 1


def test_a_folder_that_cannot_be_made_or_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="已有同名的文件"):
        Store(tmp_path / "file" / "store")
    with Store(tmp_path / "store") as store:
        real = os.fsync

        def full(_: int) -> None:
            raise OSError(errno.ENOSPC, "")

        monkeypatch.setattr(os, "fsync", full)
        for _ in range(2):
            with pytest.raises(StoreFull):
                store.append(FRAMES)
        assert names(tmp_path / "store") == []
        monkeypatch.setattr(os, "fsync", real)
        store.append(FRAMES)
    assert len(raws(tmp_path / "store")) == 3


def test_an_interrupted_append_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    with Store(tmp_path) as store:
        store.append(FRAMES)
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(store_file, "sync_data", interrupted)
            store.append(FRAMES * 9)
        store.append(FRAMES[:1])
    assert len(raws(tmp_path)) == 4
    assert verify(tmp_path).ok


def test_a_position_is_a_text_that_json_keeps(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.append(FRAMES)
    position = list(read(tmp_path))[1].position
    again = Position(json.loads(json.dumps(position)))
    assert [frame.seq for frame in read(tmp_path, again)] == [3]
