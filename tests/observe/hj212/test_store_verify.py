"""Whatever is changed in a store is named: file, byte offset, what was expected, what was found."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bilan.observe.hj212.store import Problem, Store, read, verify
from bilan.observe.hj212.store import verifying as store_verify
from bilan.observe.hj212.store.record import Chain, records

DAYS = ("2026-11-21", "2026-11-22", "2026-11-23")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three days, two parts each, in each part two batches of two records."""
    moment = 0
    with Store(tmp_path, part_bytes=600, clock=lambda: moment) as store:
        for day in DAYS:
            moment = int(datetime.fromisoformat(f"{day}T04:00:00").replace(tzinfo=UTC).timestamp()) * 10**9
            for batch in range(4):
                store.append([(b"##%s %d %d" % (day.encode(), batch, frame), "p:1") for frame in range(2)])
    assert [len(list((tmp_path / "frames" / day).iterdir())) for day in DAYS] == [2, 2, 2]
    assert verify(tmp_path).ok
    return tmp_path


def part(folder: Path, day: int = 1, number: int = 1) -> Path:
    return folder / "frames" / DAYS[day] / f"01-{number:06}.frames"


def lines(path: Path) -> list[bytes]:
    """First line, then header line and raw bytes of each record by turns."""
    return path.read_bytes().splitlines(keepends=True)


def offset(path: Path, record: int) -> int:
    """Where the record with that number within its part begins, counted from 0."""
    return sum(map(len, lines(path)[: 1 + 2 * record]))


def found(folder: Path) -> list[Problem]:
    checked = verify(folder)
    assert not checked.unfinished
    return checked.problems


def test_raw_bytes_changed(folder: Path) -> None:
    path = part(folder)
    path.write_bytes(path.read_bytes().replace(b" 0 1\n", b" 0 7\n"))
    (problem,) = found(folder)
    told = lines(path)[3].split()[1].decode()
    assert (problem.file, problem.offset, problem.found) == (path, offset(path, 1), f"'{told}'")
    assert problem.expected.startswith("第 10 条记录的散列 ")


@pytest.mark.parametrize("field", range(8), ids=["mark", "hash", "seq", "last", "arrived", "peer", "note", "length"])
def test_a_field_of_a_header_line_changed(folder: Path, field: int) -> None:
    path = part(folder)
    every = lines(path)
    fields = every[3].split()
    fields[field] = fields[field][:-1] + (b"1" if fields[field].endswith(b"0") else b"0")
    where = offset(path, 1)
    path.write_bytes(b"".join([*every[:3], b" ".join(fields) + b"\n", *every[4:]]))
    (problem,) = found(folder)
    assert problem.file == path
    assert where <= problem.offset < offset(path, 2)
    assert problem.expected != problem.found


def test_every_single_byte_of_a_part_is_watched(folder: Path) -> None:
    path = part(folder)
    content = path.read_bytes()
    before = {frame.raw for frame in read(folder)}
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        problems = found(folder)
        assert problems, at
        assert problems[0].file == path
        assert len(problems) <= 2, at
        good = [frame.raw for frame in read(folder, on_problem=lambda _: None)]
        assert len(good) >= 22, at
        assert before.issuperset(good), at


def test_a_record_removed(folder: Path) -> None:
    path = part(folder)
    every = lines(path)
    path.write_bytes(b"".join([*every[:3], *every[5:]]))
    (problem,) = found(folder)
    assert problem == Problem(path, offset(path, 1), "序号 10", "序号 11")


def test_the_last_record_of_a_part_removed(folder: Path) -> None:
    path = part(folder)
    path.write_bytes(b"".join(lines(path)[:-2]))
    (problem,) = found(folder)
    assert (problem.file, problem.offset) == (part(folder, 1, 2), 0)
    assert "11 条" in problem.expected
    assert "12 条" in problem.found


def test_two_records_swapped(folder: Path) -> None:
    path = part(folder)
    every = lines(path)
    path.write_bytes(b"".join([*every[:3], *every[5:7], *every[3:5], *every[7:]]))
    problems = found(folder)
    assert problems[0] == Problem(path, offset(path, 1), "序号 10", "序号 11")
    assert problems[1] == Problem(path, offset(path, 2), "序号 12", "序号 10")
    assert problems[2].offset == offset(path, 3)


def test_a_record_inserted_with_a_hash_that_fits(folder: Path) -> None:
    path = part(folder)
    every = lines(path)
    mark, head = every[1].split()[:2]
    forged, _ = records([(b"##forged", "p:1")], Chain(9, head), mark, 0)
    path.write_bytes(b"".join([*every[:3], forged, *every[3:]]))
    (problem,) = found(folder)
    assert problem == Problem(path, offset(path, 2), "序号 11", "序号 10")


@pytest.mark.parametrize("day", range(3))
def test_a_part_removed(folder: Path, day: int) -> None:
    part(folder, day).unlink()
    (problem,) = found(folder)
    assert (problem.file, problem.offset) == (part(folder, day, 2), 0)
    assert f"此前 {8 * day} 条记录" in problem.expected
    assert f"此前 {8 * day + 4} 条记录" in problem.found


@pytest.mark.parametrize("day", range(2))
def test_a_day_removed(folder: Path, day: int) -> None:
    shutil.rmtree(part(folder, day).parent)
    (problem,) = found(folder)
    assert (problem.file, problem.offset) == (part(folder, day + 1), 0)
    assert f"此前 {8 * day} 条记录" in problem.expected
    assert f"此前 {8 * day + 8} 条记录" in problem.found


def test_parts_exchanged_or_renamed(folder: Path) -> None:
    one, two = part(folder, 1, 1), part(folder, 1, 2)
    content = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(content)
    problems = found(folder)
    assert {(problem.file, problem.offset) for problem in problems} >= {(one, 0), (two, 0)}
    assert "000001" in problems[0].expected
    assert "000002" in problems[0].found


@pytest.mark.parametrize("lost", [1, 30, 300])
def test_a_part_cut_short(folder: Path, lost: int) -> None:
    path = part(folder)
    path.write_bytes(path.read_bytes()[:-lost])
    problems = found(folder)
    assert problems[0].file == path
    assert problems[0].found == "文件在此结束" or "行" in problems[0].expected
    assert offset(path, 1) <= problems[0].offset <= path.stat().st_size


def test_the_very_end_cut_within_a_record_is_told_as_unfinished(folder: Path) -> None:
    """Which is what a killed writer leaves, too."""
    path = part(folder, 2, 2)
    path.write_bytes(path.read_bytes()[:-3])
    checked = verify(folder)
    (told,) = checked.unfinished
    assert checked.ok
    assert (told.file, told.found) == (path, "文件在此结束")


@pytest.mark.parametrize("cut", ["batch", "part", "day"])
def test_the_end_cut_off_is_seen_by_a_noted_hash_only(folder: Path, cut: str) -> None:
    noted = verify(folder).heads
    assert list(noted) == [f"{day}/01" for day in DAYS]
    path = part(folder, 2, 2)
    if cut == "batch":
        path.write_bytes(b"".join(lines(path)[:-4]))
    elif cut == "part":
        path.unlink()
    else:
        shutil.rmtree(path.parent)
    assert verify(folder).ok
    (problem,) = verify(folder, noted).problems
    assert noted[f"{DAYS[2]}/01"] in problem.expected
    assert DAYS[2] in str(problem.file)


def test_all_computed_anew_is_seen_by_a_noted_hash_only(folder: Path, tmp_path: Path) -> None:
    noted = verify(folder).heads
    other = tmp_path / "other"
    clock = datetime(2026, 11, 21, 4, tzinfo=UTC).timestamp()
    with Store(other, clock=lambda: int(clock) * 10**9) as store:
        store.append([(frame.raw, frame.peer) for frame in read(folder) if frame.day == DAYS[0]])
    assert verify(other).ok
    first = {DAYS[0]: noted[f"{DAYS[0]}/01"]}
    (problem,) = verify(other, first).problems
    assert problem.found.startswith("末条（第 8 条）散列")


def test_a_noted_hash_that_others_follow(folder: Path) -> None:
    """On the last day it is one of an earlier hour; on a closed day something came behind it."""
    middle = {day: lines(part(folder, index, 1))[-2].split()[1].decode() for index, day in enumerate(DAYS)}
    assert verify(folder, {DAYS[2]: middle[DAYS[2]]}).ok
    (problem,) = verify(folder, {DAYS[0]: middle[DAYS[0]]}).problems
    assert problem.found == "该散列在第 4 条，其后当日还有记录，至第 8 条"
    assert verify(folder, {key.upper(): head.upper() for key, head in verify(folder).heads.items()}).ok


def test_what_verify_tells_of_a_whole_store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_verify, "time_ns", lambda: 0)
    steps: list[tuple[int, int]] = []
    checked = verify(folder, progress=lambda done, total: steps.append((done, total)))
    size = sum(path.stat().st_size for path in folder.rglob("*.frames"))
    assert [step[0] for step in steps][-1] == size
    assert {step[1] for step in steps} == {size}
    assert [(span.day, span.records, span.bytes, span.first, span.last, span.closed) for span in checked.spans] == [
        (DAYS[0], 8, 128, 1, 8, True),
        (DAYS[1], 8, 128, 9, 16, True),
        (DAYS[2], 8, 128, 17, 24, False),
    ]
    assert checked.records == 24


def test_a_store_that_is_not_ours_is_not_told_without_end(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_verify, "PROBLEMS_MAX", 3)
    for path in folder.rglob("*.frames"):
        path.write_bytes(path.read_bytes().replace(b"##2026", b"##1926"))
    checked = verify(folder)
    assert (len(checked.problems), checked.unnamed) == (3, 21)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda _: bytes(10_000),
        lambda text: text[50:],
        lambda text: b"\n" * 1000 + text,
        lambda text: text * 2,
    ],
)
def test_a_part_spoiled_as_a_whole(folder: Path, spoil: Callable[[bytes], bytes]) -> None:
    path = part(folder)
    path.write_bytes(spoil(path.read_bytes()))
    problems = verify(folder).problems
    assert problems[0].file == path
    assert len(problems) <= 20
    kept = [frame.raw for frame in read(folder, on_problem=lambda _: None)]
    assert len(kept) >= 16


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("number", [1, 2])
def test_a_part_that_cannot_be_opened_is_one_problem(folder: Path, number: int, packed: bool) -> None:
    path = part(folder, 1, number)
    path.unlink()
    path = path.with_name(path.name + ".gz") if packed else path
    path.mkdir()
    checked = verify(folder)
    assert [(problem.file, problem.offset, problem.expected) for problem in checked.problems] == [(path, 0, "一卷记录")]
    assert checked.records == 20


def test_a_day_that_is_over_is_closed_though_its_writer_stopped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for later, closed in ((0, False), (1, True)):
        moment = int(datetime.fromisoformat("2026-11-23T10:00:00").replace(tzinfo=UTC).timestamp()) + later * 86400
        monkeypatch.setattr(store_verify, "time_ns", lambda moment=moment: moment * 10**9)
        assert [span.closed for span in verify(folder).spans] == [True, True, closed]


def test_no_damage_raises_anything_or_makes_a_frame(folder: Path) -> None:
    draw = random.Random(212)
    before = {frame.raw for frame in read(folder)}
    content = {path: path.read_bytes() for path in folder.rglob("*.frames")}
    for turn in range(400):
        path = draw.choice(sorted(content))
        text = content[path]
        for _ in range(draw.randint(1, 4)):
            one, two, to = (draw.randrange(len(text) + 1) for _ in range(3))
            piece = draw.choice([b"", bytes(draw.randbytes(9)), text[min(one, two) : max(one, two)], b"9" * 40])
            text = text[: min(one, to)] + piece + text[max(one, to) :]
        path.write_bytes(text)
        checked = verify(folder)
        assert checked.problems or checked.unfinished or path == part(folder, 2, 2) or text == content[path], turn
        assert before.issuperset(frame.raw for frame in read(folder, on_problem=lambda _: None)), turn
        path.write_bytes(content[path])


FLAT = """
import sys
from pathlib import Path
from bilan.observe.hj212.store import read, verify
verify(Path(sys.argv[1])), sum(1 for _ in read(Path(sys.argv[1])))
print(next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process from /proc")
def test_memory_does_not_grow_with_the_store(tmp_path: Path) -> None:
    def peak() -> int:
        done = subprocess.run([sys.executable, "-c", FLAT, str(tmp_path)], capture_output=True, text=True, check=True)
        return int(done.stdout)

    with Store(tmp_path, part_bytes=8 << 20) as store:
        batch = [(b"x" * 800, "p:1")] * 500
        store.append(batch)
        small = peak()
        for _ in range(100):
            store.append(batch)
    assert peak() < small + 4096
