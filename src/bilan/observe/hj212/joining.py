"""Split packets put together again: by MN, CN, DataTime and PNUM, as every part has a QN of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from bilan.observe.hj212.content import read_content
from bilan.observe.hj212.notes import Notes
from bilan.observe.hj212.packet import Packet, Record, Value


class PartKey(NamedTuple):
    """What the parts of one message have in common."""

    mn: str | None
    cn: str | None
    data_time: str
    pnum: int


@dataclass(slots=True)
class Joined:
    """The parts of one message by PNO, and together: ``cp`` without the repeated DataTime, ``data``, ``records``.

    ``missing`` are the numbers of the parts that did not come, several in a row as ``"2-9999"``.
    """

    key: PartKey
    parts: dict[int, Packet] = field(default_factory=dict)
    cp: str = ""
    data: dict[str, Value] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        around = [0, *sorted(self.parts), self.key.pnum + 1]
        between = ((before + 1, after - 1) for before, after in pairwise(around) if after - before > 1)
        return [f"{first}-{last}" if first < last else str(first) for first, last in between]


class Joiner:
    """Collects the parts of messages. ``limit`` and ``limit_bytes`` are how many parts are held; the oldest message is
    given up for more.

    >>> from bilan.observe.hj212.decoding import examine
    >>> from bilan.observe.hj212.encoding import encode
    >>> joiner, told = Joiner(), dict(cn="2051", mn="X1", st="32", flag=7, pnum=2)
    >>> first = encode("DataTime=20240520210600;w01011-Avg=1", qn="20240520210700001", pno=1, **told)
    >>> second = encode("DataTime=20240520210600;w01012-Avg=1", qn="20240520210700002", pno=2, **told)
    >>> joiner.add(examine(first)), joiner.add(examine(second)).cp
    (None, 'DataTime=20240520210600;w01011-Avg=1;w01012-Avg=1')
    """

    def __init__(self, limit: int = 10_000, limit_bytes: int = 16 << 20) -> None:
        self._limit, self._limit_bytes = limit, limit_bytes
        self._held = self._bytes = 0
        self._open: dict[PartKey, Joined] = {}
        self._done: dict[PartKey, None] = {}  # the messages that were complete last, of which parts may come again
        self.given_up = 0

    def add(self, packet: Packet) -> Joined | None:
        """The message that ``packet`` makes complete, or None; a packet that is no part is complete by itself.

        A part that comes again takes the place of the first one. Packets with errors belong to nothing: ValueError.
        """
        if packet.errors:
            raise ValueError("a packet with errors is no part of a message")
        pnum, pno = (1, 1) if packet.pnum is None or packet.pno is None else (packet.pnum, packet.pno)
        time = packet.data.get("DataTime", "")
        key = PartKey(packet.mn, packet.cn, time if isinstance(time, str) else "", pnum)
        if pnum == 1 or not 1 <= pno <= pnum:
            return _together(Joined(key, {pno: packet}))
        message = self._open.setdefault(key, Joined(key))
        before = message.parts.get(pno)
        self._held += before is None
        self._bytes += len(packet.raw) - (0 if before is None else len(before.raw))
        message.parts[pno] = packet
        if len(message.parts) == pnum:
            self._remember(key)
            return _together(self._closed(key))
        while self._held > self._limit or self._bytes > self._limit_bytes:
            oldest = self._closed(next(iter(self._open)))
            self.given_up += oldest.key not in self._done
        return None

    def finish(self) -> Iterator[Joined]:
        """Yield the messages of which parts are missing, as far as they came; the joiner is empty at the end.

        Parts that were sent again after their message was complete are none.
        """
        while self._open:
            message = self._closed(next(iter(self._open)))
            if message.key not in self._done:
                yield _together(message)

    def _remember(self, key: PartKey) -> None:
        self._done.pop(key, None)
        self._done[key] = None
        if len(self._done) > self._limit:
            del self._done[next(iter(self._done))]

    def _closed(self, key: PartKey) -> Joined:
        message = self._open.pop(key)
        self._held -= len(message.parts)
        self._bytes -= sum(len(part.raw) for part in message.parts.values())
        return message


def _together(message: Joined) -> Joined:
    texts = [message.parts[number].cp for number in sorted(message.parts)]
    time = f"DataTime={message.key.data_time};"
    message.cp = ";".join([*texts[:1], *(text.removeprefix(time) for text in texts[1:])])
    message.data, message.records = read_content(message.cp, 0, Notes(strict=False))
    return message
