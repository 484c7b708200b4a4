"""Whether a store is as it was written."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from time import time_ns

from bilan.errors import os_reason
from bilan.observe.hj212.store.errors import Problem, StoreError
from bilan.observe.hj212.store.parts import FRAMES, TORN, Part, day_of, open_part, parts_of
from bilan.observe.hj212.store.record import Chain
from bilan.observe.hj212.store.recovery import doubts
from bilan.observe.hj212.store.scan import Gap, Item, Record, Scanner, Text, in_batches, plain

PROBLEMS_MAX = 1000  # named; of a store that is not ours at all the rest is counted


@dataclass(slots=True)
class Span:
    """What one writer stored on one day: records and bytes of their frames, first and last number, the last hash.

    ``closed``: the day is over, or the writer has stored on a later one, so that ``head`` will not change any more.
    """

    writer: int
    day: str
    records: int = 0
    bytes: int = 0
    first: int = 0
    last: int = 0
    head: str = ""
    closed: bool = False

    @property
    def key(self) -> str:
        """The name under which ``expect`` knows it, ``2026-11-21/01``."""
        return f"{self.day}/{self.writer:02}"


@dataclass(slots=True)
class Verified:
    """What was found: a span for each writer and day, what is not as written, what is no problem but should be seen.

    Of more problems than :data:`PROBLEMS_MAX` the rest is counted in ``unnamed``.

    ``unfinished``: the end of a last part that is not whole, because it is being written or its writer was killed and
    not started again. ``torn``: such ends that earlier starts moved out of the chain; one of which nobody can tell
    whether it was acknowledged is among the problems.
    """

    spans: list[Span] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unnamed: int = 0
    unfinished: list[Problem] = field(default_factory=list)
    torn: list[Path] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything is as it was written."""
        return not self.problems

    @property
    def records(self) -> int:
        """How many records stand in the store."""
        return sum(span.records for span in self.spans)

    @property
    def heads(self) -> dict[str, str]:
        """The last hash of each day and writer, as ``verify`` takes them as ``expect``; to be noted when closed."""
        return {span.key: span.head for span in self.spans}


def verify(
    folder: Path, expect: Mapping[str, str] | None = None, progress: Callable[[int, int], None] | None = None
) -> Verified:
    """Return what every byte of the store in ``folder`` says about the others; a writer may go on appending meanwhile.

    ``expect``: last hashes that were noted elsewhere, by ``DAY/WRITER`` or, for writer 01, by ``DAY`` alone; on the day
    on which the writer stored last, a hash that others follow by now fits, too. ``progress`` is called with bytes done
    and bytes in all after each day.

    A store can only vouch for itself up to its last record. Whoever can write to the folder can cut records off its
    very end, take away the last days or a writer as a whole, or change a record and compute everything behind it anew,
    and nothing inside shows it. Noted hashes do: one of a closed day proves that day and all before it. A store whose
    first days were moved elsewhere is told as a problem at its first part.

    >>> import tempfile
    >>> from bilan.observe.hj212.store.writer import Store
    >>> with tempfile.TemporaryDirectory() as folder, Store(Path(folder), clock=lambda: 0) as store:
    ...     store.append([(b"##0000", "10.0.0.7:5000")])
    ...     found = verify(Path(folder))
    ...     found.ok, found.records, verify(Path(folder), {"1970-01-01": "0" * 64}).ok
    (True, 1, False)
    """
    folder = Path(folder)
    writers = parts_of(folder / FRAMES)
    found = Verified(torn=sorted((folder / TORN).glob("*.torn")))
    wanted = {key if "/" in key else f"{key}/01": head.lower() for key, head in (expect or {}).items()}
    _name(found, [problem for path in found.torn if (problem := _doubted(path))])
    today = day_of(time_ns())
    total, done = sum(_size(part) for parts in writers.values() for part in parts), 0
    for writer, parts in writers.items():
        scanner = Scanner(Chain())
        for day, grouped in groupby(parts, key=lambda part: part.day):
            of_day = list(grouped)
            head = wanted.get(f"{day}/{writer:02}", "")
            open_end = of_day[-1] is parts[-1]
            closed = not open_end or day < today
            _day(of_day, scanner, head, found, closed=closed, open_end=open_end)
            done += sum(map(_size, of_day))
            if progress:
                progress(min(done, total), total)
    for key in sorted(wanted.keys() - found.heads.keys()):
        _name(found, [Problem(folder / FRAMES / key, 0, f"末条散列 {wanted[key]}", "没有记录")])
    return found


@dataclass(slots=True)
class _Seen:
    """What stands in one part."""

    records: int = 0
    size: int = 0
    first: int = 0
    last: int = 0
    head: str = ""
    noted: int = 0  # the number of the record that has the hash looked for
    end: int = 0
    problems: list[Problem] = field(default_factory=list)
    unfinished: list[Problem] = field(default_factory=list)

    def take(self, item: Item, wanted: bytes) -> None:
        """Take in what is whole, whether it is as written or not."""
        if item.problem:
            self.problems.append(item.problem)
        if isinstance(item, Record):
            self.records += 1
            self.size += len(item.raw)
            self.first = self.first or item.seq
            self.last, self.head, self.end = item.seq, plain(item.hash), item.end
            if item.hash == wanted:
                self.noted = item.seq


def _day(parts: list[Part], scanner: Scanner, wanted: str, found: Verified, *, closed: bool, open_end: bool) -> None:
    """Take the parts of one writer and day into ``found``; ``open_end``: the last of them is the writer's last."""
    span = Span(parts[0].writer, parts[0].day, closed=closed)
    noted, end = 0, Problem(parts[-1].path, 0, "", "")
    for part in parts:
        last = open_end and part is parts[-1] and not part.packed  # nobody packs what is being written
        seen = _part(part, scanner, wanted.encode(), last=last)
        _name(found, seen.problems)
        found.unfinished += seen.unfinished
        if seen.records:
            span.records += seen.records
            span.bytes += seen.size
            span.first = span.first or seen.first
            span.last, span.head = seen.last, seen.head
            end = Problem(part.path, seen.end, f"末条散列 {wanted}", f"末条（第 {seen.last} 条）散列 {seen.head}")
        noted = seen.noted or noted
    if not span.records:
        return
    found.spans.append(span)
    if not wanted or wanted == span.head or (noted and open_end):
        return
    if noted:
        after = f"该散列在第 {noted} 条，其后当日还有记录，至第 {span.last} 条"
        end = Problem(end.file, end.offset, end.expected, after)
    _name(found, [end])


def _part(part: Part, scanner: Scanner, wanted: bytes, *, last: bool) -> _Seen:
    before = scanner.seq, scanner.links
    try:
        seen = _examine(part, scanner, wanted, last=last)
        if last and seen.problems:
            # Its end may have been cut back and written again between two reads, as where a disk is full.
            scanner.seq, scanner.links = before
            seen = _examine(part, scanner, wanted, last=last)
    except (StoreError, OSError) as error:
        scanner.seq, scanner.links = None, ()  # so that the part behind it is no second problem
        said = os_reason(error) if isinstance(error, OSError) else str(error).removeprefix(f"{part.path}：")
        return _Seen(problems=[Problem(part.path, 0, "一卷记录", said)])
    return seen


def _doubted(torn: Path) -> Problem | None:
    """What must be seen of an end that an earlier start moved out of the chain."""
    try:
        doubt = doubts(torn)
    except OSError as error:
        return Problem(torn, 0, "没有写完的末尾", os_reason(error))
    return Problem(torn, 0, "没有写完、从未应答的末尾", f"{doubt}，无法判断是否已应答") if doubt else None


def _examine(part: Part, scanner: Scanner, wanted: bytes, *, last: bool) -> _Seen:
    seen, rest = _Seen(), list[Item]()
    with open_part(part) as stream:
        limit = os.fstat(stream.fileno()).st_size if last else None
        for batch in in_batches(scanner.part(part, Text(stream, limit)), rest):
            for item in batch:
                seen.take(item, wanted)
    if not last:
        for item in rest:
            seen.take(item, wanted)
        return seen
    for item in rest:
        if isinstance(item, Gap) and item.at_end:
            seen.unfinished.append(item.problem)
        elif item.problem:
            seen.problems.append(item.problem)
    whole = [item for item in rest if isinstance(item, Record)]
    if whole and not isinstance(rest[-1], Gap):
        told = Problem(part.path, whole[-1].end, f"同批记录至第 {whole[-1].last} 条", "文件在此结束")
        seen.unfinished.append(told)
    return seen


def _name(found: Verified, problems: list[Problem]) -> None:
    room = max(0, PROBLEMS_MAX - len(found.problems))
    found.problems += problems[:room]
    found.unnamed += len(problems) - len(problems[:room])


def _size(part: Part) -> int:
    try:
        return part.path.stat().st_size
    except OSError:  # packed or moved meanwhile: only the bar jumps
        return 0
