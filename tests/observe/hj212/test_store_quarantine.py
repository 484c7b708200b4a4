"""Refused frames: kept with their reason, bounded, never in the way."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bilan.observe.hj212.store import Quarantine, Store, StoreError, Tally, read, read_refused, tallies
from bilan.observe.hj212.store import quarantine as store_quarantine

DAY = "2026-11-21"


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 10**9


def noon() -> int:
    return at(f"{DAY}T04:00:00")


def test_a_refused_frame_is_kept_with_its_reason(tmp_path: Path) -> None:
    with Quarantine(tmp_path, clock=noon) as quarantine:
        quarantine.add(b"##0007\nMN=X009\xff\r\n", "10.0.0.7:5000", "unknown-mn")
        quarantine.add(b"", "10.0.0.8:5000", "bad crc\n")
        assert list(read_refused(tmp_path)) == []
        quarantine.flush()
        first, second = read_refused(tmp_path)
    assert (first.raw, first.peer, first.reason) == (b"##0007\nMN=X009\xff\r\n", "10.0.0.7:5000", "unknown-mn")
    assert (second.raw, second.reason, second.day, second.arrived) == (b"", "bad_crc_", DAY, noon() // 1000)
    line = first.file.read_bytes()[first.offset :].split(b"\n")[0].decode()
    assert line.endswith(" 10.0.0.7:5000 unknown-mn 17")
    assert tallies(tmp_path, DAY) == {"unknown-mn": Tally(1), "bad_crc_": Tally(1)}
    assert list(read(tmp_path)) == []
    assert {stat.S_IMODE(path.stat().st_mode) & 0o007 for path in tmp_path.rglob("*")} == {0}


def test_beyond_its_bytes_of_a_day_frames_are_only_counted(tmp_path: Path) -> None:
    moment = noon()
    with Quarantine(tmp_path, day_bytes=50_000, clock=lambda: moment) as quarantine:
        for _ in range(1000):
            quarantine.add(b"x" * 500, "p:1", "unknown-mn")
        quarantine.flush()
        folder = tmp_path / "quarantine" / DAY
        assert 45_000 < sum(path.stat().st_size for path in folder.glob("*.frames")) <= 50_000
        tally = quarantine.tally["unknown-mn"]
        assert tally.kept + tally.counted == 1000
        assert tally.kept == sum(1 for _ in read_refused(tmp_path)) > 50
        moment += 86400 * 10**9
        quarantine.add(b"x" * 500, "p:1", "unknown-mn")
    assert Counter(frame.day for frame in read_refused(tmp_path)) == {DAY: tally.kept, "2026-11-22": 1}
    assert sum(1 for _ in read_refused(tmp_path, "2026-11-22")) == 1
    assert tallies(tmp_path, DAY) == {"unknown-mn": tally}


def test_the_next_process_goes_on_with_room_and_tally(tmp_path: Path) -> None:
    for _ in range(3):
        with Quarantine(tmp_path, day_bytes=5000, clock=noon) as quarantine:
            for _ in range(4):
                quarantine.add(b"x" * 500, "p:1", "damaged")
    tally = tallies(tmp_path, DAY)["damaged"]
    assert (tally.kept, tally.counted) == (7, 5)
    assert sum(1 for _ in read_refused(tmp_path)) == 7


def test_several_writers_share_the_room(tmp_path: Path) -> None:
    with (
        Quarantine(tmp_path, day_bytes=5000, clock=noon) as one,
        Quarantine(tmp_path, day_bytes=5000, clock=noon) as two,
        Store(tmp_path) as store,
    ):
        assert (one.writer, two.writer, store.writer) == (1, 2, 1)
        for quarantine in (one, two) * 10:
            quarantine.add(b"x" * 500, "p:1", "damaged")
            quarantine.flush()
    assert Counter(frame.writer for frame in read_refused(tmp_path)) == {1: 4, 2: 3}
    assert tallies(tmp_path, DAY)["damaged"] == Tally(7, 13)


@pytest.mark.parametrize("room", [0, 1, 200, 700])
def test_a_full_disk_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    real, left = os.pwrite, room

    def full(descriptor: int, data: bytes, place: int) -> int:
        nonlocal left
        if not left:
            raise OSError(errno.ENOSPC, "")
        written = real(descriptor, data[:left], place)
        left -= written
        return written

    with Quarantine(tmp_path, clock=noon) as quarantine:
        with monkeypatch.context() as patch:
            patch.setattr(os, "pwrite", full)
            for _ in range(3):
                quarantine.add(b"x" * 500, "p:1", "damaged")
            quarantine.flush()
        quarantine.add(b"y" * 500, "p:1", "damaged")
    assert [frame.raw for frame in read_refused(tmp_path)] == [b"y" * 500]
    assert quarantine.tally == {"damaged": Tally(1, 3)}


def test_what_waits_is_bounded(tmp_path: Path) -> None:
    with Quarantine(tmp_path, clock=noon) as quarantine:
        quarantine.add(b"x" * (2 << 20), "p:1", "damaged")
        for _ in range(10_000):
            quarantine.add(b"", "p:1", "damaged")
            assert len(quarantine._waiting) < 1000
    assert quarantine.tally == {"damaged": Tally(10_001)}


def test_reasons_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_quarantine, "_REASONS", 2)
    with Quarantine(tmp_path, clock=noon) as quarantine:
        for number in range(5):
            quarantine.add(b"##", "p:1", f"reason-{number}")
            quarantine.flush()
    assert quarantine.tally == {"reason-0": Tally(1), "reason-1": Tally(1), "other": Tally(3)}


KILLED = """
import os, sys
from pathlib import Path
from bilan.observe.hj212.store import Quarantine
quarantine = Quarantine(Path(sys.argv[1]))
for _ in range(5):
    quarantine.add(b'x' * 500, 'p:1', 'damaged')
quarantine.flush()
quarantine.add(b'y', 'p:1', 'damaged')
os.kill(os.getpid(), 9)
"""


def test_a_killed_writer_leaves_what_it_flushed(tmp_path: Path) -> None:
    for turn in range(2):
        done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False, timeout=60)
        assert done.returncode == -signal.SIGKILL
        assert sum(1 for _ in read_refused(tmp_path)) == 5 * (turn + 1)
    path = max(tmp_path.rglob("*.frames"))
    path.write_bytes(path.read_bytes()[:-7])
    assert sum(1 for _ in read_refused(tmp_path)) == 9


def test_a_tally_that_cannot_be_read_begins_anew(tmp_path: Path) -> None:
    folder = tmp_path / "quarantine" / DAY
    folder.mkdir(parents=True)
    for text in ("", "[]", '{"damaged": 3}', json.dumps({"damaged": {"kept": "x"}})):
        (folder / "01.json").write_text(text)
        with Quarantine(tmp_path, clock=noon) as quarantine:
            quarantine.add(b"##", "p:1", "damaged")
        assert tallies(tmp_path, DAY) == {"damaged": Tally(1)}


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError):
        Quarantine(tmp_path / "file")
