"""Reading the store for the loader: frames of all writers in the order of their arrival, and one frame by its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import merge
from pathlib import Path

from bilan.observe.hj212.store.errors import Problem, StoreError
from bilan.observe.hj212.store.identity import store_id
from bilan.observe.hj212.store.parts import FRAMES, Part, open_part, part_at, parts_of
from bilan.observe.hj212.store.reading import Place, Position, Stored, places_of, read_writer
from bilan.observe.hj212.store.scan import Record, Scanner, Text

_ALONE = ("", "")  # a reader of one writer knows nothing of the others' positions


class Reading:
    """Frames behind ``after``, and how far they were read: ``position`` is that of the last frame that was given out.

    A device that changes to another writer may correct there what it said to the first one, so that frames are taken
    by their moment of arrival, and not one writer after the other.
    """

    def __init__(self, folder: Path, after: Position | None, on_problem: Callable[[Problem], None]) -> None:
        self._writers = parts_of(folder / FRAMES)
        self._places: dict[int, Place] = places_of(after or Position(""))
        self._tell = on_problem
        self._total = self._ahead()

    def __iter__(self) -> Iterator[Stored]:
        """The frames up to where the store ends now."""
        writers = [
            read_writer(parts, self._places.get(writer), self._tell, _ALONE)
            for writer, parts in sorted(self._writers.items())
        ]
        for stored in merge(*writers, key=lambda frame: frame.arrived):
            self._places[stored.writer] = stored.place
            yield stored

    @property
    def position(self) -> Position:
        """Where the next reading goes on."""
        return Position(",".join(str(self._places[writer]) for writer in sorted(self._places)))

    @property
    def fraction(self) -> float:
        """How much of what lay ahead is read, from 0 to 1; packed parts count by their size on the disk."""
        return 1.0 - self._ahead() / self._total if self._total else 1.0

    def _ahead(self) -> int:
        total = 0
        for writer, parts in self._writers.items():
            place = self._places.get(writer)
            for part in parts:
                if place and (part.day, part.number) < (place.day, place.part):
                    continue
                size = part.path.stat().st_size if part.path.exists() else 0
                here = place and (part.day, part.number) == (place.day, place.part)
                total += max(0, size - (place.end if place and here else 0))
        return total


def source_ref(frame: Stored) -> str:
    """The name of the part in which a frame stands; its line there is the frame's ``seq``."""
    return f"{frame.day}/{frame.writer:02}-{frame.part:06}"


def find(folder: Path, ref: str, line: int) -> Stored:
    """The frame that a row of the lake comes from: ``ref`` is its source_ref, ``line`` its source_line.

    ``ref`` names store and part, ``1f0c22aa:2026-11-21/01-000003``, or the part alone.
    Raises StoreError where it is of another store, the store in ``folder`` has no such part, or the part no such frame.

    >>> import tempfile
    >>> from bilan.observe.hj212.store.writer import Store
    >>> with tempfile.TemporaryDirectory() as folder, Store(Path(folder), clock=lambda: 0) as store:
    ...     store.append([(b"##0000", "10.0.0.7:5000"), (b"##0001", "10.0.0.8:5000")])
    ...     find(Path(folder), "1970-01-01/01-000001", 2).raw
    b'##0001'
    """
    store, _, name = ref.rpartition(":")
    if store and store != store_id(folder):
        raise StoreError(f"来源“{ref}”：属于另一个存储；{folder} 的编号是 {store_id(folder)}")
    part = _part(folder, name)
    with open_part(part) as stream:
        for item in Scanner().part(part, Text(stream)):
            if isinstance(item, Record) and item.seq == line and item.chained:
                peer = item.peer.decode("ascii", errors="replace")
                return Stored(part.writer, part.day, part.number, item.seq, item.arrived, peer, item.raw, item, _ALONE)
    raise StoreError(f"{part.path}：没有第 {line} 条记录")


def _part(folder: Path, ref: str) -> Part:
    try:
        day, _, name = ref.partition("/")
        writer, number = map(int, name.split("-"))
    except ValueError:
        raise StoreError(f"来源“{ref}”：应为“日期/编号-分卷”，如 2026-11-21/01-000003") from None
    for part in parts_of(folder / FRAMES).get(writer, ()):
        if (part.day, part.number) == (day, number):
            return part
    raise StoreError(f"{part_at(folder / FRAMES, writer, day, number).path}：没有这个文件")
