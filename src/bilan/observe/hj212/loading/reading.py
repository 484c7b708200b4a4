"""Reading the store for the loader: frames of all writers in the order of their arrival, and one frame by its place."""

from __future__ import annotations

import re
import sys
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import suppress
from heapq import merge
from pathlib import Path

from bilan.observe.hj212.store.errors import Problem, StoreError
from bilan.observe.hj212.store.identity import store_id
from bilan.observe.hj212.store.parts import FRAMES, Part, open_part, part_at, parts_of
from bilan.observe.hj212.store.reading import Place, Position, Stored, places_of, read_writer
from bilan.observe.hj212.store.scan import Begin, Record, Scanner, Text

LATE = "/late"
_REF = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)/(?P<writer>\d{1,2})(?:-(?P<part>\d{1,6}))?(?:/late)?", re.ASCII)
_ALONE = ("", "")  # a reader of one writer knows nothing of the others' positions


class Reading:
    """Frames behind ``after``, and how far they were read: ``position`` is that of the last frame that was given out.

    A device that changes to another writer may correct there what it said to the first one, so that frames are taken
    by their moment of arrival, and not one writer after the other. So that this holds from one reading to the next as
    well, all writers are read up to one moment, that at which the reading was made: what comes to one of them while
    another is read is left for the next reading. ``clock``: nanoseconds since 1970 UTC, that of the writers.
    """

    def __init__(
        self,
        folder: Path,
        after: Position | None,
        on_problem: Callable[[Problem], None],
        *,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._clock = clock
        self._began = clock() // 1000
        self._writers = parts_of(folder / FRAMES)
        self._places: dict[int, Place] = places_of(after or Position(""))
        self._tell = on_problem
        self._total = self._ahead()

    def __iter__(self) -> Iterator[Stored]:
        """The frames that came before the reading was made.

        Those of a clock that was ahead are given out, too: they did not come meanwhile.
        """
        writers = [
            read_writer(parts, self._places.get(writer), self._tell, _ALONE)
            for writer, parts in sorted(self._writers.items())
        ]
        for stored in merge(*writers, key=lambda frame: frame.arrived):
            if self._began < stored.arrived <= self._clock() // 1000:
                return
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
                size = 0
                with suppress(FileNotFoundError):  # it is being packed
                    size = part.path.stat().st_size
                here = place and (part.day, part.number) == (place.day, place.part)
                total += max(0, size - (place.end if place and here else 0))
        return total


def source_ref(frame: Stored, *, late: bool = False) -> str:
    """The name of the day and writer of a frame; its line there is the frame's ``seq``, which grows from part to part.

    One name for a day and writer keeps the lake's log small, which notes how far each of them was judged. What is
    ``late`` has a name of its own, as it goes into the lake by itself (:mod:`batch`).
    """
    return f"{frame.day}/{frame.writer:02}{LATE if late else ''}"


def find(folder: Path, ref: str, line: int) -> Stored:
    """The frame that a row of the lake comes from: ``ref`` is its source_ref, ``line`` its source_line.

    ``ref`` names store, day and writer, ``1f0c22aa:2026-11-21/01``, the store may be left out; a part may be named
    behind the writer, ``2026-11-21/01-000003``.
    Raises StoreError where it is of another store, the store in ``folder`` has no such part, or the part no such frame.

    >>> import tempfile
    >>> from bilan.observe.hj212.store.writer import Store
    >>> with tempfile.TemporaryDirectory() as folder, Store(Path(folder), clock=lambda: 0) as store:
    ...     store.append([(b"##0000", "10.0.0.7:5000"), (b"##0001", "10.0.0.8:5000")])
    ...     find(Path(folder), "1970-01-01/01", 2).raw
    b'##0001'
    """
    store, _, name = ref.rpartition(":")
    if store and store != store_id(folder):
        raise StoreError(f"来源“{ref}”：属于另一个存储；{folder} 的编号是 {store_id(folder)}")
    parts = _parts(folder, name)
    part = parts[max(0, bisect_right(parts, line, key=_first) - 1)]
    with open_part(part) as stream:
        for item in Scanner().part(part, Text(stream)):
            if isinstance(item, Record) and item.seq == line and item.chained:
                peer = item.peer.decode("ascii", errors="replace")
                return Stored(part.writer, part.day, part.number, item.seq, item.arrived, peer, item.raw, item, _ALONE)
    raise StoreError(f"{part.path}：没有第 {line} 条记录")


def _parts(folder: Path, ref: str) -> list[Part]:
    """The parts that ``ref`` means, in the order of their records: those of a day and writer, or one."""
    named = _REF.fullmatch(ref)
    if not named:
        raise StoreError(f"来源“{ref}”：应为“日期/编号”，如 2026-11-21/01")
    day, writer, number = named["day"], int(named["writer"]), named["part"]
    of_day = [part for part in parts_of(folder / FRAMES).get(writer, ()) if part.day == day]
    found = [part for part in of_day if not number or part.number == int(number)]
    if not found:
        raise StoreError(f"{part_at(folder / FRAMES, writer, day, int(number or 1)).path}：没有这个文件")
    return found


def _first(part: Part) -> int:
    """The number of the first record in ``part``, also of one that is empty: as its first line says, if it is whole."""
    scanner = Scanner()
    with open_part(part) as stream:
        for item in scanner.part(part, Text(stream)):
            if isinstance(item, Begin) and scanner.seq is not None:
                return scanner.seq + 1
            if isinstance(item, Record):
                return item.seq
    return sys.maxsize  # torn off within its first line, as only the last one can be
