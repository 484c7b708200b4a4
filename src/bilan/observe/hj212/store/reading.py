"""Reading a store from a position on, while it is written, over days and writers."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NewType

from bilan.observe.hj212.store.errors import PositionError, Problem, StoreError, refused
from bilan.observe.hj212.store.parts import FRAMES, Part, open_part, parts_of
from bilan.observe.hj212.store.record import GENESIS, MARK, Chain
from bilan.observe.hj212.store.scan import Begin, Item, Record, Scanner, Text, in_batches, plain
from bilan.observe.hj212.store.system import sync_data

Position = NewType("Position", str)
"""How far a reader has come: for each writer ``WRITER/DAY/PART/OFFSET/END/SEQ/HASH`` of its last record, by commas."""

_UNSYNCABLE = {errno.EROFS, errno.EINVAL, errno.ENOTSUP, errno.EBADF}  # nobody writes there


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A record's place in the chain of its writer; ``offset`` and ``end`` in the unpacked text of its part."""

    writer: int
    day: str
    part: int
    offset: int
    end: int
    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.writer:02}/{self.day}/{self.part:06}/{self.offset}/{self.end}/{self.seq}/{self.hash}"


@dataclass(slots=True)
class Stored:
    """A frame as it stands in the store; ``arrived``: microseconds since 1970 UTC."""

    writer: int
    day: str
    part: int
    seq: int
    arrived: int
    peer: str
    raw: bytes
    _record: Record
    _others: tuple[str, str]

    @property
    def place(self) -> Place:
        """Where it stands."""
        record = self._record
        return Place(self.writer, self.day, self.part, record.offset, record.end, self.seq, record.hash.decode())

    @property
    def position(self) -> Position:
        """Where :func:`read` goes on behind this record; a short text, to be kept and not to be read."""
        before, after = self._others
        return Position(",".join(filter(None, (before, str(self.place), after))))


def places_of(position: Position) -> dict[int, Place]:
    """Return the places of ``position`` by writer. Raises PositionError for a text that is no position.

    >>> places_of(Position("01/2026-11-21/000003/120/260/7/" + "0" * 64))[1].seq
    7
    """
    places: dict[int, Place] = {}
    for text in filter(None, position.split(",")):
        try:
            writer, day, part, offset, end, seq, head = text.split("/")
            place = Place(int(writer), day, int(part), int(offset), int(end), int(seq), head)
            if len(head) != len(GENESIS) or min(place.offset, place.end, place.seq) < 0:
                raise ValueError
        except ValueError:
            raise PositionError(f"读取位置“{text}”：应为“编号/日期/分卷/起/止/序号/散列”") from None
        places[place.writer] = place
    return places


def read(
    folder: Path, after: Position | None = None, *, on_problem: Callable[[Problem], None] | None = None
) -> Iterator[Stored]:
    """Yield the frames of the store in ``folder`` behind ``after``, by writer and in the order of its chain.

    Ends where the store ended when each part was opened; whoever follows a growing store calls again with the last
    position. Only records are yielded that are whole, follow from the record before them and are on the disk: the end
    of the last part is brought to the disk before it is read, and a batch that is not whole yet is left for the next
    call.

    What is damaged goes to ``on_problem`` and is passed over; without it StoreError is raised there. Raises
    PositionError when ``after`` is not a place in this store.

    >>> import tempfile
    >>> from bilan.observe.hj212.store.writer import Store
    >>> with tempfile.TemporaryDirectory() as folder, Store(Path(folder)) as store:
    ...     store.append([(b"##0000", "10.0.0.7:5000"), (b"##0001", "10.0.0.8:5000")])
    ...     first = next(read(Path(folder)))
    ...     [(frame.seq, frame.raw) for frame in read(Path(folder), first.position)]
    [(2, b'##0001')]
    """
    places = places_of(after or Position(""))
    tell = on_problem or _stop
    for writer, parts in sorted(parts_of(Path(folder) / FRAMES).items()):
        others = (_texts(places, range(writer)), _texts(places, range(writer + 1, 100)))
        stored = None
        for stored in read_writer(parts, places.get(writer), tell, others):
            yield stored
        if stored:
            places[writer] = stored.place


def read_writer(
    parts: list[Part], after: Place | None, tell: Callable[[Problem], None], others: tuple[str, str]
) -> Iterator[Stored]:
    scanner = Scanner(Chain(after.seq, after.hash.encode()) if after else None)
    for part in parts:
        if after and (part.day, part.number) < (after.day, after.part):
            continue
        here = after if after and (part.day, part.number) == (after.day, after.part) else None
        last = part is parts[-1] and not part.packed
        with open_part(part) as stream:
            limit = None
            if last:
                limit = os.fstat(stream.fileno()).st_size
                if here and limit == here.end:
                    return
                _bring_to_disk(stream, part)
            text = Text(stream, limit, here.offset if here else 0)
            items = _go_on(part, text, scanner, here) if here else scanner.part(part, text)
            rest: list[Item] = []
            looked_again = not last
            for batch in in_batches(items, rest):
                if not looked_again and any(item.problem for item in batch):
                    if not _still_there(part, batch):
                        return
                    looked_again = True
                yield from _good(part, batch, tell, others)
        if not last:
            yield from _good(part, rest, tell, others)


def _good(
    part: Part, items: Iterable[Item], tell: Callable[[Problem], None], others: tuple[str, str]
) -> Iterator[Stored]:
    writer, day, number, _ = part
    for item in items:
        if item.problem:
            tell(item.problem)
        elif isinstance(item, Record) and item.chained:
            peer = plain(item.peer)
            yield Stored(writer, day, number, item.seq, item.arrived, peer, item.raw, item, others)


def _still_there(part: Part, batch: list[Item]) -> bool:
    """Whether what is wrong in a batch of the last part is there on a second look.

    A batch that found no room is cut off, and another may have taken its place between two reads: then what was read is
    half of each, and the next call reads what is there now.
    """
    places = [item.problem.offset for item in batch if item.problem]
    with open_part(part) as stream:
        for item in Scanner().part(part, Text(stream)):
            if item.problem and item.problem.offset in places:
                return True
    return isinstance(batch[0], Begin)  # which does not fit the part before it; nothing is cut off there


def _go_on(part: Part, text: Text, scanner: Scanner, after: Place) -> Iterator[Item]:
    """Return the items behind ``after``, whose record must stand where it says."""
    text.more(0)
    mark = text.data[:MARK]
    scanner.seq, scanner.links = None, ()
    items = scanner.part(part, text, mark)
    first = next(items, None) if len(mark) == MARK else None
    if not isinstance(first, Record) or (first.seq, first.hash.decode()) != (after.seq, after.hash):
        raise PositionError(f"{part.path}：第 {after.offset} 字节处应为第 {after.seq} 条记录，读取位置与存储不符")
    return items


def _bring_to_disk(stream: IO[bytes], part: Part) -> None:
    """What is read is passed on for good, so that no power cut may take it back."""
    try:
        sync_data(stream.fileno())
    except (AttributeError, ImportError):
        return  # a system on which there is no writer
    except OSError as error:
        if error.errno not in _UNSYNCABLE:
            raise refused(part.path, error) from error


def _texts(places: dict[int, Place], writers: range) -> str:
    return ",".join(str(places[writer]) for writer in sorted(places) if writer in writers)


def _stop(problem: Problem) -> None:
    raise StoreError(str(problem))
