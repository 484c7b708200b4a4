"""Reading from any position on, packed parts, several writers."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from bilan.observe.hj212.store import Position, PositionError, Problem, Store, Stored, StoreError, read, verify
from bilan.observe.hj212.store.record import digest


def filled(folder: Path, *, parts: int = 3, per_part: int = 4, writers: int = 1) -> list[Stored]:
    """A store with batches of two."""
    for number in range(writers):
        stores = [Store(folder, part_bytes=1) for _ in range(number + 1)]
        for part in range(parts):
            stores[-1].append([(b"##%d.%d.%d" % (number, part, frame), "p:1") for frame in range(per_part)])
        for store in stores:
            store.close()
    return list(read(folder))


def pack(path: Path) -> None:
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()


@pytest.mark.parametrize("packed", ["", "old", "all"])
def test_goes_on_exactly_behind_every_position(tmp_path: Path, packed: str) -> None:
    every = filled(tmp_path, writers=3)
    assert [frame.writer for frame in every] == [1] * 12 + [2] * 12 + [3] * 12
    for path in sorted(tmp_path.rglob("*.frames")):
        if packed == "all" or (packed and not path.name.endswith("3.frames")):
            pack(path)
    told = [frame.raw for frame in every]
    for index, frame in enumerate(every):
        assert [later.raw for later in read(tmp_path, frame.position)] == told[index + 1 :]
    assert verify(tmp_path).ok


def test_new_frames_of_every_writer_come_after_the_position(tmp_path: Path) -> None:
    position = filled(tmp_path, writers=2)[-1].position
    assert list(read(tmp_path, position)) == []
    with Store(tmp_path) as one, Store(tmp_path) as two, Store(tmp_path) as three:
        for store in (three, one, two):
            store.append([(b"##new", "p:1")] * 2)
        found = list(read(tmp_path, position))
        assert [(frame.writer, frame.seq) for frame in found] == [(1, 13), (1, 14), (2, 13), (2, 14), (3, 1), (3, 2)]
        assert [later.writer for later in read(tmp_path, found[3].position)] == [3, 3]
        assert list(read(tmp_path, found[-1].position)) == []


def test_a_writer_goes_on_behind_packed_parts(tmp_path: Path) -> None:
    filled(tmp_path)
    for path in tmp_path.rglob("*.frames"):
        pack(path)
    with Store(tmp_path) as store:
        assert store.chain.seq == 12
        store.append([(b"##new", "p:1")])
    assert [frame.seq for frame in read(tmp_path)] == list(range(1, 14))
    assert verify(tmp_path).ok


def test_a_part_beside_its_packed_copy_counts_once(tmp_path: Path) -> None:
    filled(tmp_path)
    path = min(tmp_path.rglob("*.frames"))
    path.with_name(path.name + ".gz").write_bytes(b"half pa")
    assert [frame.seq for frame in read(tmp_path)] == list(range(1, 13))
    assert verify(tmp_path).ok


def test_a_part_packed_while_it_is_read_and_one_that_is_gone(tmp_path: Path) -> None:
    filled(tmp_path)
    first, second, third = sorted(tmp_path.rglob("*.frames"))
    reading = read(tmp_path)
    next(reading)
    pack(second)
    assert [frame.seq for frame in reading] == list(range(2, 13))
    reading = read(tmp_path)
    next(reading)
    third.unlink()
    with pytest.raises(StoreError, match=r"000003\.frames：没有这个文件"):
        list(reading)
    assert first.exists()


def test_a_damaged_pack_is_told(tmp_path: Path) -> None:
    filled(tmp_path)
    path = min(tmp_path.rglob("*.frames"))
    pack(path)
    packed = path.with_name(path.name + ".gz")
    packed.write_bytes(packed.read_bytes()[:-40])
    problems: list[object] = []
    assert [frame.seq for frame in read(tmp_path, on_problem=problems.append)][-8:] == list(range(5, 13))
    assert "000001.frames.gz" in str(problems[0])
    assert not verify(tmp_path).ok


@pytest.mark.parametrize("part", [0, 2], ids=["closed", "last"])
@pytest.mark.parametrize("spoil", [lambda packed: packed[:-1], lambda packed: packed[:-200]], ids=["tail", "more"])
def test_of_a_pack_that_lost_its_tail_the_rest_is_read(
    tmp_path: Path, part: int, spoil: Callable[[bytes], bytes]
) -> None:
    with Store(tmp_path, part_bytes=200_000) as store:
        for number in range(600):
            store.append([(b"##%d " % number + random.Random(number).randbytes(900), "p:1")])
    path = sorted(tmp_path.rglob("*.frames"))[part]
    pack(path)
    packed = path.with_name(path.name + ".gz")
    whole = {frame.seq for frame in read(tmp_path)}
    packed.write_bytes(spoil(packed.read_bytes()))
    problems: list[Problem] = []
    lost = whole - {frame.seq for frame in read(tmp_path, on_problem=problems.append)}
    assert len(lost) <= 2
    (problem,) = verify(tmp_path).problems
    assert (problem.file, problem.found) == (packed, "压缩文件在此中断")
    assert problem.offset > 150_000 or part == 2
    assert problem in problems


def test_of_a_pack_with_a_damage_what_stands_before_is_read(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        for number in range(200):
            store.append([(b"##%d " % number + random.Random(number).randbytes(900), "p:1")])
    path = next(tmp_path.rglob("*.frames"))
    pack(path)
    packed = path.with_name(path.name + ".gz")
    content = bytearray(packed.read_bytes())
    content[len(content) // 2 :] = b"\xff" * (len(content) - len(content) // 2)
    packed.write_bytes(content)
    assert len(list(read(tmp_path, on_problem=lambda _: None))) > 80
    assert verify(tmp_path).problems


def test_damage_stops_a_reader_that_does_not_ask_for_it(tmp_path: Path) -> None:
    filled(tmp_path)
    path = sorted(tmp_path.rglob("*.frames"))[1]
    path.write_bytes(path.read_bytes().replace(b"##0.1.1", b"##0.1.9"))
    reading = read(tmp_path)
    assert [next(reading).seq for _ in range(5)] == [1, 2, 3, 4, 5]
    with pytest.raises(StoreError, match=r"000002\.frames：第 .* 字节处应为第 6 条记录的散列"):
        next(reading)
    assert [frame.seq for frame in read(tmp_path, on_problem=lambda _: None)] == [1, 2, 3, 4, 5, *range(7, 13)]


@pytest.mark.parametrize("text", ["x", "01/2026-11-21/1/2/3/4", "01/d/1/2/3/4/abc", "01/d/1/-2/3/4/" + "0" * 64])
def test_a_text_that_is_no_position(tmp_path: Path, text: str) -> None:
    with pytest.raises(PositionError, match="读取位置"):
        list(read(tmp_path, Position(text)))


def test_a_position_of_another_store_is_refused(tmp_path: Path) -> None:
    """As after a power cut on a disk that had said that it wrote what it had not."""
    filled(tmp_path / "a")
    other = filled(tmp_path / "b")
    for frame in other[:-1]:
        with pytest.raises(StoreError, match=r"读取位置与存储不符|应为此前"):
            list(read(tmp_path / "a", frame.position))
    path = max((tmp_path / "b").rglob("*.frames"))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(StoreError, match=r"读取位置与存储不符"):
        list(read(tmp_path / "b", other[-1].position))


def test_parts_that_were_moved_away_behind_the_reader_are_not_missed(tmp_path: Path) -> None:
    every = filled(tmp_path)
    first, second, _ = sorted(tmp_path.rglob("*.frames"))
    first.unlink()
    assert [frame.seq for frame in read(tmp_path, every[3].position)] == list(range(5, 13))
    second.unlink()
    with pytest.raises(StoreError, match="应为此前 4 条记录"):
        list(read(tmp_path, every[3].position))
    assert [frame.seq for frame in read(tmp_path)] == list(range(9, 13))


def test_an_empty_folder_or_none_holds_nothing(tmp_path: Path) -> None:
    assert list(read(tmp_path)) == list(read(tmp_path / "none")) == []
    assert verify(tmp_path / "none").ok


def test_a_batch_cut_off_and_replaced_between_two_reads_is_left_for_the_next_call(tmp_path: Path) -> None:
    """What a reader meets when a batch found no room while it was reading: half of that one, half of the next."""
    from bilan.observe.hj212.store import reading as store_read
    from bilan.observe.hj212.store.scan import Text

    class Mixed(Text):
        def more(self, at: int) -> int:
            moved = super().more(at)
            self.data = self.data.replace(b"frame 3", b"FRAME 3")
            return moved

    with Store(tmp_path) as store:
        for number in range(5):
            store.append([(b"##frame %d" % number, "p:1")])
        texts = iter([Mixed])

        def text(stream: IO[bytes], *given: int) -> Text:
            return next(texts, Text)(stream, *given)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store_read, "Text", text)
            found = list(read(tmp_path))
        assert [frame.seq for frame in found] == [1, 2, 3]
        assert [frame.seq for frame in read(tmp_path, found[-1].position)] == [4, 5]


def test_records_that_were_forged_with_any_bytes_raise_nothing_else(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.append([(b"##0", "peer-one:1")])
    path = next(tmp_path.rglob("*.frames"))
    first, line, rest = path.read_bytes().split(b"\n", 2)
    mark, _, content = line.split(b" ", 2)
    content = content.replace(b"peer-one", b"peer\xff\xfe\x00")
    forged = digest(first.split()[-1], content + b"\n##0")
    path.write_bytes(b"\n".join([first, b" ".join([mark, forged, content]), rest]))
    assert [frame.peer for frame in read(tmp_path)] == ["peer\\xff\\xfe\x00:1"]
    assert verify(tmp_path).ok
