"""Writers killed at any moment: everything acknowledged is there, what is torn is kept, the chain goes on."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bilan.observe.hj212.store import Problem, Store, StoreFull, read, verify

# Appends numbered frames and says after each batch how far it is; rarely a new part.
WRITER = """
import sys
from pathlib import Path
from bilan.observe.hj212.store import Store
number = int(sys.argv[2])
store = Store(Path(sys.argv[1]), part_bytes=300_000)
print('ready', store.writer, flush=True)
while True:
    batch = [(b'##%d ' % (number + index) + b'x' * (number % 3000), 'p') for index in range(number % 97 + 1)]
    store.append(batch)
    number += len(batch)
    print(number, flush=True)
"""


def writer(folder: Path, number: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(folder), str(number)], stdout=subprocess.PIPE, text=True)


def numbers(folder: Path) -> list[int]:
    return [int(frame.raw.split()[0][2:]) for frame in read(folder)]


def damaged(folder: Path) -> list[Problem]:
    """Problems but those of ends that a kill within a write leaves: whole records of a batch that is not whole."""
    return [problem for problem in verify(folder).problems if problem.file.suffix != ".torn"]


def test_killed_at_any_moment(tmp_path: Path) -> None:
    draw = random.Random(212)
    acknowledged: list[range] = []
    begin = 0
    for turn in range(8):
        process = writer(tmp_path, begin)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready 1\n"  # the number of a killed writer is free again
        timer = threading.Timer(draw.uniform(0.02, 0.25), process.send_signal, [signal.SIGKILL])
        timer.start()
        said = [line for line in process.communicate(timeout=60)[0].splitlines(keepends=True) if line.endswith("\n")]
        timer.join()
        assert process.returncode == -signal.SIGKILL
        acknowledged.append(range(begin, int(said[-1]) if said else begin))
        assert not damaged(tmp_path), turn
        begin += 10**6
    assert sum(map(len, acknowledged)) > 500
    with Store(tmp_path) as store:
        store.append([(b"##-1 ", "p")])
    found = numbers(tmp_path)
    assert len(found) == len(set(found))
    assert set(found).issuperset(set().union(*acknowledged))
    assert [frame.seq for frame in read(tmp_path)] == list(range(1, len(found) + 1))
    assert (damaged(tmp_path), verify(tmp_path).unfinished) == ([], [])


def test_read_and_verified_while_two_write(tmp_path: Path) -> None:
    """A reader that follows sees every record once, in order, and never half of one; verify finds nothing."""
    processes = [writer(tmp_path, 0), writer(tmp_path, 10**6)]
    seen: dict[int, list[int]] = {1: [], 2: []}
    position = None
    until = time.monotonic() + 2
    while time.monotonic() < until:
        for frame in read(tmp_path, position):
            seen[frame.writer].append(frame.seq)
            position = frame.position
        assert verify(tmp_path).ok
    for process in processes:
        process.kill()
        process.communicate()
    for frame in read(tmp_path, position):
        seen[frame.writer].append(frame.seq)
    for found in seen.values():
        assert len(found) > 100
        assert found == list(range(1, len(found) + 1))


def whole(folder: Path) -> tuple[Path, bytes, int]:
    """A store of two batches of three, its part, and where the second batch begins."""
    with Store(folder) as store:
        store.append([(b"##%d " % number, "p") for number in range(3)])
        path = next(folder.rglob("*.frames"))
        middle = path.stat().st_size
        store.append([(b"##%d " % number, "p") for number in range(3, 6)])
    return path, path.read_bytes(), middle


def test_cut_anywhere_in_the_last_batch_the_rest_is_kept_beside(tmp_path: Path) -> None:
    path, content, middle = whole(tmp_path)
    sizes = range(middle, len(content))
    for size in sizes:
        path.write_bytes(content[:size])
        assert numbers(tmp_path) == [0, 1, 2]
        checked = verify(tmp_path)
        assert not damaged(tmp_path)
        assert bool(checked.unfinished) == (size > middle)
        with Store(tmp_path) as store:
            assert store.chain.seq == 3
            assert [torn.read_bytes() for torn in store.torn] == ([content[middle:size]] if size > middle else [])
        assert path.stat().st_size == middle
    assert len(verify(tmp_path).torn) == len(content) - middle - 1
    with Store(tmp_path) as store:
        store.append([(b"##3 ", "p")])
    assert numbers(tmp_path) == [0, 1, 2, 3]
    whole_ones = sum(b"##3 \n" in content[middle:size] for size in sizes)
    assert len(verify(tmp_path).problems) == whole_ones > 0


def test_cut_anywhere_in_the_first_line_the_part_is_moved(tmp_path: Path) -> None:
    path, _, _ = whole(tmp_path)
    with Store(tmp_path) as store:
        store.append([(b"##6 ", "p")])
    second = next(other for other in tmp_path.rglob("*.frames") if other != path)
    line = second.read_bytes().split(b"\n")[0]
    for size in (0, 1, 40, len(line)):
        second.write_bytes(line[:size])
        assert verify(tmp_path).ok
        assert numbers(tmp_path) == list(range(6))
        with Store(tmp_path) as store:
            assert (store.chain.seq, [torn.read_bytes() for torn in store.torn]) == (6, [line[:size]])
        assert not second.exists()
    with Store(tmp_path) as store:
        store.append([(b"##6 ", "p")])
    assert numbers(tmp_path) == list(range(7))


def test_zeros_behind_the_last_batch_as_after_a_power_cut(tmp_path: Path) -> None:
    path, content, _ = whole(tmp_path)
    path.write_bytes(content + bytes(5000))
    assert numbers(tmp_path) == list(range(6))
    with Store(tmp_path) as store:
        assert store.torn[0].read_bytes() == bytes(5000)
        store.append([(b"##6 ", "p")])
    assert numbers(tmp_path) == list(range(7))
    assert verify(tmp_path).ok


def test_a_record_damaged_after_it_was_acknowledged_is_not_taken_for_a_torn_end(tmp_path: Path) -> None:
    """It stays where it is, also as the last one, and verify goes on showing it."""
    for wanted in (b"##4", b"##5"):
        folder = tmp_path / wanted.decode()
        path, content, _ = whole(folder)
        path.write_bytes(content.replace(wanted, b"##9"))
        with Store(folder) as store:
            assert (store.chain.seq, store.torn) == (6, [])
            store.append([(b"##6 ", "p")])
        assert len(verify(folder).problems) == 1
        kept = [frame.seq for frame in read(folder, on_problem=lambda _: None)]
        assert kept == [seq for seq in range(1, 8) if seq != int(wanted[2:]) + 1]


@pytest.mark.parametrize("at", [0, 13, 79, -1, -3], ids=["mark", "hash", "number", "end", "raw"])
@pytest.mark.parametrize("size", [1, 4])
def test_an_acknowledged_batch_whose_last_record_was_changed_is_not_called_unacknowledged(
    tmp_path: Path, at: int, size: int
) -> None:
    """It stays in the chain, or is kept beside it and told as a problem: nobody can tell it from a torn end."""
    with Store(tmp_path) as store:
        store.append([(b"##0 ", "p")])
        store.append([(b"##%d " % number, "p") for number in range(1, 1 + size)])
    path = next(tmp_path.rglob("*.frames"))
    content = bytearray(path.read_bytes())
    last = content.rfind(b"\n", 0, content.rfind(b"\n", 0, -1)) + 1
    content[last + at if at >= 0 else at] ^= 1
    path.write_bytes(content)
    with Store(tmp_path) as store:
        moved = [torn.read_bytes() for torn in store.torn]
    problems = verify(tmp_path).problems
    assert problems
    assert path.read_bytes() + b"".join(moved) == content
    if moved:
        assert "无法判断是否已应答" in str(problems[0])
        assert problems[0].file.parent == tmp_path / "torn"


def test_an_emptied_last_part_is_moved_and_told(tmp_path: Path) -> None:
    path, _, _ = whole(tmp_path)
    path.write_bytes(b"")
    with Store(tmp_path) as store:
        (torn,) = store.torn
    assert (torn.name, torn.read_bytes()) == (f"{path.parent.name}-{path.name}-0.torn", b"")
    assert not path.exists()
    assert verify(tmp_path).torn == [torn]


def test_a_torn_end_that_cannot_be_moved_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, content, _ = whole(tmp_path)
    path.write_bytes(content[:-1])

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "")

    with monkeypatch.context() as patch, pytest.raises(StoreFull):
        patch.setattr(os, "fdatasync", full)
        Store(tmp_path)
    assert path.read_bytes() == content[:-1]
    assert list((tmp_path / "torn").iterdir()) == []
    with Store(tmp_path) as store:
        assert (store.writer, store.chain.seq, len(store.torn)) == (1, 3, 1)


@pytest.mark.parametrize("content", [bytes(5000), b"\n" * 5000, b"\xff \n" * 2000], ids=["zeros", "lines", "words"])
def test_a_last_part_destroyed_as_a_whole_stays_and_another_number_is_taken(tmp_path: Path, content: bytes) -> None:
    path, _, _ = whole(tmp_path)
    path.write_bytes(content)
    for _ in range(2):
        with Store(tmp_path) as store:
            assert (store.writer, store.torn) == (2, [])
            store.append([(b"##6 ", "p")])
    assert path.read_bytes() == content
    assert {problem.file for problem in verify(tmp_path).problems} == {path}
    assert [frame.seq for frame in read(tmp_path, on_problem=lambda _: None)] == [1, 2]
