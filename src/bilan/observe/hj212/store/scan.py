"""What stands in the parts of one writer, one item after the other, each held against the chain.

A place that is not as written costs itself and nothing behind it: the scan goes on at the next record, from the hash
that is written where one can be read, so that one change is one problem.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, NamedTuple

from bilan.observe.hj212.store.errors import Problem
from bilan.observe.hj212.store.parts import Part
from bilan.observe.hj212.store.record import HASHED, LINE_MAX, MAGIC, MARK, RAW_MAX, Chain, digest

_CHUNK = 1 << 16  # small enough to stay in the cache of a core: twice as fast as a megabyte
_HASH = re.compile(rb"[0-9a-f]{64}")
_BEGIN = re.compile(MAGIC + rb" \d\d \S+ \d{6} (\d{1,18}) ([0-9a-f]{64}) ([0-9a-f]{%d}) ([0-9a-f]{64})" % MARK)
RECORD_LINE = re.compile(rb"(?m)^([0-9a-f]{%d}) [0-9a-f]{64} \d+ \d+ -?\d+ [!-~]+ [!-~]+ \d+$" % MARK)
ENDS_HERE = "文件在此结束"  # within a record, as a killed writer leaves it
_SHOWN = 40  # bytes of what was found that a problem quotes


class Begin(NamedTuple):
    """The first line of a part."""

    end: int
    problem: Problem | None


class Record(NamedTuple):
    """A record that is whole in extent; ``chained``: its hash follows from its content and the record before it.

    Without ``chained`` and without ``problem`` it stands behind a gap and cannot be judged.
    """

    offset: int
    end: int
    hash: bytes
    seq: int
    last: int
    arrived: int
    peer: bytes
    note: bytes
    raw: bytes
    chained: bool
    problem: Problem | None


class Gap(NamedTuple):
    """Bytes that are no whole record; ``at_end``: up to the end of the part, as a killed writer leaves them."""

    offset: int
    problem: Problem
    at_end: bool


Item = Begin | Record | Gap


class Text:
    """The bytes of a part as far as they are needed: ``data[at:]`` stands at ``base + at`` of the part."""

    def __init__(self, stream: IO[bytes], limit: int | None = None, start: int = 0) -> None:
        """Read ``stream`` from ``start`` up to ``limit``; what is appended later is left to the next reading."""
        self._stream = stream
        self._left = None if limit is None else max(0, limit - start)
        self.data = b""
        self.base = start
        self.failed = ""
        if start:
            try:
                stream.seek(start)
            except (EOFError, OSError, zlib.error) as error:
                self._left, self.failed = 0, str(error)

    def more(self, at: int) -> int:
        """Read on, forgetting what stands before ``at``; return the place of what stood there, -1 at the end."""
        size = _CHUNK if self._left is None else min(_CHUNK, self._left)
        try:
            chunk = self._stream.read(size)
        except (EOFError, OSError, zlib.error) as error:
            chunk, self.failed = b"", str(error)
        if not chunk:
            return -1
        if self._left is not None:
            self._left -= len(chunk)
        self.data = self.data[at:] + chunk
        self.base += at
        return 0


class Scanner:
    """Reads the parts of one writer in the order of its chain.

    ``seq`` is that of the last record, None when unknown; ``links`` are the hashes from which the next record may go
    on: none when unknown, two behind a record whose hash does not fit its content (the one written and the one
    computed, as either may be what was changed).
    """

    def __init__(self, chain: Chain | None = None) -> None:
        self.seq = None if chain is None else chain.seq
        self.links: tuple[bytes, ...] = () if chain is None else (chain.head,)
        self._instead: int | None = None  # what the number of the last record should have been, if it was another

    def part(self, part: Part, text: Text, mark: bytes = b"") -> Iterator[Item]:
        """Yield what stands in ``part``; with ``mark`` known, ``text`` begins at a record and not at the first line."""
        at = 0
        if not mark:
            begin, mark, at = self._begin(part, text)
            yield begin
            if isinstance(begin, Gap):
                return
        while True:
            newline = text.data.find(b"\n", at, at + LINE_MAX)
            if newline < 0 and len(text.data) - at < LINE_MAX:
                if (moved := text.more(at)) >= 0:
                    at = moved
                    continue
                if at == len(text.data) and not text.failed:
                    return
            found = self._record(part, text, at, newline, mark)
            if isinstance(found, Record):
                at = found.end - text.base
                yield found
            elif found is None:  # its raw bytes go on behind what had been read
                at = 0
            else:
                offset, at = text.base + at, self._next(text, at, mark)
                yield Gap(offset, found, at < 0)
                if at < 0:
                    return

    def _begin(self, part: Part, text: Text) -> tuple[Begin | Gap, bytes, int]:
        """Return the first line, the mark and where records begin; a gap where the first line ends too early.

        A mark that the line does not tell, or not for sure, is taken from the first record.
        """
        while b"\n" not in text.data[:LINE_MAX] and len(text.data) < LINE_MAX and text.more(0) >= 0:
            pass
        line, ended, _ = text.data[:LINE_MAX].partition(b"\n")
        end = len(line) + 1 if ended else 0
        name = MAGIC + f" {part.writer:02} {part.day} {part.number:06} ".encode()
        fields = _BEGIN.fullmatch(line)
        known = RECORD_LINE.search(text.data, end)
        mark = known[1] if known else b"?" * MARK  # which stands nowhere
        if not ended or not fields or not line.startswith(name):
            problem = Problem(part.path, 0, quoted(name), text.failed or quoted(line[:80]))
            if not ended and len(line) < LINE_MAX:
                return Gap(0, problem, True), mark, 0
            self.links = ()
            at = known.start() if known else end
            return Begin(at, problem), mark, at
        before, start, told = int(fields[1]), fields[2], fields[4]
        computed = digest(start, line[: -len(told) - 1])
        said: tuple[str, str] | None = None
        if computed != told:
            said = f"散列 {computed.decode()}", f"散列 {told.decode()}"
        elif self.seq not in (None, before) or (self.links and start not in self.links):
            said = _standing(self.seq, self.links[-1:]), _standing(before, (start,))
        self.seq, self.links = before, (told, computed)
        return Begin(end, Problem(part.path, 0, *said) if said else None), mark if said else fields[3], end

    def _record(self, part: Part, text: Text, at: int, newline: int, mark: bytes) -> Record | Problem | None:
        """Return the record at ``at``, what is wrong where there is none, None when its end has yet to be read."""
        data = text.data
        try:
            found, told, number, last_number, moment, peer, note, length = data[at:newline].split(b" ")
            seq, last, arrived, end = int(number), int(last_number), int(moment), newline + 1 + int(length)
            if newline < 0 or found != mark or len(told) != 64 or not newline < end <= newline + 1 + RAW_MAX:
                raise ValueError
        except ValueError:
            return self._unreadable(part, text, at, mark)
        if data[end : end + 1] != b"\n":
            if end >= len(data) and text.more(at) >= 0:
                return None
            self.seq, self.links = seq, (told,)
            there = quoted(data[end : end + 1]) if end < len(data) else text.failed or ENDS_HERE
            return Problem(part.path, text.base + min(end, len(data)), f"第 {seq} 条记录的换行", there)
        offset, links = text.base + at, self.links
        content = data[at + HASHED : end]
        computed = digest(links[0], content) if links else b""
        if computed != told and len(links) > 1:
            computed = digest(links[1], content)
        chained = computed == told and self._follows(seq)
        problem = None if chained else self._unlike(part, offset, seq, told, computed)
        self._instead = None if self.seq is None else self.seq + 1
        self.seq, self.links = seq, (told,) if chained or not computed else (told, computed)
        raw = data[newline + 1 : end]
        return Record(offset, text.base + end + 1, told, seq, last, arrived, peer, note, raw, chained, problem)

    def _follows(self, seq: int) -> bool:
        """Whether ``seq`` is the next number, or would be if that of the record before is what was changed."""
        return self.seq in (None, seq - 1) or self._instead == seq - 1

    def _unlike(self, part: Part, offset: int, seq: int, told: bytes, computed: bytes) -> Problem | None:
        """Return what is wrong with a record that does not follow; None where nothing is known of what it follows."""
        if not self._follows(seq):
            return Problem(part.path, offset, f"序号 {(self.seq or 0) + 1}", f"序号 {seq}")
        if computed:
            return Problem(part.path, offset, f"第 {seq} 条记录的散列 {computed.decode()}", quoted(told))
        return None

    def _unreadable(self, part: Part, text: Text, at: int, mark: bytes) -> Problem:
        """Where a line cannot be read its hash, which has its place, often can: the next record is held against it."""
        told = text.data[at + MARK + 1 : at + MARK + 1 + 64]
        self.links = (told,) if _HASH.fullmatch(told) else ()
        next_seq = None if self.seq is None else self.seq + 1
        self.seq = next_seq if self.links else None
        expected = "一条记录" if next_seq is None else f"第 {next_seq} 条记录"
        there = text.failed or quoted(text.data[at : at + _SHOWN])
        return Problem(part.path, text.base + at, f"{expected}（以 {mark.decode()} 开头的行）", there)

    @staticmethod
    def _next(text: Text, at: int, mark: bytes) -> int:
        """Return where behind ``at`` the next record begins, -1 for none."""
        wanted, at = mark + b" ", at + 1
        while (found := text.data.find(wanted, at)) < 0:
            if text.more(max(at, len(text.data) - MARK)) < 0:
                return -1
            at = 0
        return found


def in_batches(items: Iterable[Item], rest: list[Item]) -> Iterator[list[Item]]:
    """Yield ``items`` in lists that end where a batch does; what is left at the end goes to ``rest``.

    Whoever reads while another writes, and whoever goes on after a kill, counts only batches that are whole: a batch
    is written at once, so that its last record tells that those before it are there.
    """
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if isinstance(item, Begin) or (isinstance(item, Record) and item.seq >= item.last):
            yield batch
            batch = []
    rest.extend(batch)


def plain(text: bytes) -> str:
    """Return a word of a record as text; one that we did not write may hold any byte.

    >>> plain(b"10.0.0.7:5000")
    '10.0.0.7:5000'
    """
    return text.decode("ascii", "backslashreplace")


def quoted(text: bytes) -> str:
    """Return ``text`` as it can be shown in a line.

    >>> quoted(b"a\\n"), quoted(b"")
    ("'a\\\\n'", '空')
    """
    return repr(text.decode("ascii", "backslashreplace")) if text else "空"


def _standing(seq: int | None, links: tuple[bytes, ...]) -> str:
    head = plain(links[0]) if links else "未知"
    return f"此前 {'未知' if seq is None else seq} 条记录、散列 {head}"
