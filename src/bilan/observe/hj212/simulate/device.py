"""A simulated data logger: what it has to send, as its clock goes."""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from bilan.observe.hj212.decoding import examine
from bilan.observe.hj212.encoding import encode, flag_of, frame, qn_of
from bilan.observe.hj212.simulate.faults import Faults, on_the_wire
from bilan.observe.hj212.simulate.outlets import SimulatedOutlet
from bilan.observe.hj212.simulate.series import Series, Spell, instants, statistics

_LOG = "i11001"
_LOGS = ("仪器开始校准", "校准完成，量程正常", "门打开", "数采仪重新启动")
_HEARTBEAT = 300  # seconds
_KEPT = ("2051", "2061", "2031")  # what an outlet sends after its link was down; real-time data are lost
_DAY = 86400
_ROOM = 900  # characters of a CP, so that with the header it fits into any edition's packet
_REMEMBERED = 5000  # intervals, for a host that asks for them


@dataclass(frozen=True, slots=True)
class Message:
    """A packet of an outlet: sent at ``moment``; ``raw`` as it should be, ``wire`` as it arrives the first time.

    ``answer`` is the command that the host answers with (9013, 9014), None where the packet asks for none.
    """

    moment: datetime
    mn: str
    cn: str
    qn: str | None
    data_time: str
    answer: str | None
    raw: bytes
    wire: bytes
    again: bool = False


@dataclass(slots=True)
class _Period:
    """An interval in the making: the values of [start, end)."""

    cn: str
    seconds: int
    start: datetime
    end: datetime
    spells: dict[str, Spell]
    whole: bool


class Device:
    """An outlet's data logger: what it has to send, as its clock goes. ``split`` is the chance that data are split.

    ``rtd``, ``minutes``, ``key``, ``pw`` and ``offset`` (of its clock) may be changed while it runs, as a host does;
    ``real_time`` says whether real-time data are sent. ``history`` is what it keeps of intervals.
    """

    def __init__(
        self, outlet: SimulatedOutlet, *, seed: int = 0, faults: Faults | None = None, split: float = 0.0
    ) -> None:
        self.outlet = outlet
        self.faults = faults or Faults()
        self.rtd, self.minutes, self.key, self.pw = outlet.rtd, outlet.minutes, outlet.key, outlet.pw
        self.real_time = True
        self.offset = timedelta()
        self._chance = random.Random(f"{seed}/{outlet.mn}")
        self._delay = self._chance.uniform(0.0, min(outlet.rtd / 2, 20.0))
        self._drift = self._chance.uniform(-120, 120) if self._chance.random() < self.faults.drift else 0.0
        self._split = split
        self._series = {
            quantity.code: Series(quantity, f"{seed}/{outlet.mn}/{quantity.code}") for quantity in outlet.quantities
        }
        self._last_qn = datetime.min
        self._began: datetime | None = None
        self._periods: list[_Period] = []
        self.history: deque[tuple[str, str, str]] = deque(maxlen=_REMEMBERED)  # CN, DataTime, CP

    def messages(self, start: datetime, end: datetime) -> Iterator[Message]:
        """What is sent from ``start`` to ``end``, in the order of sending."""
        self._began = start
        waiting: list[tuple[datetime, int, Message]] = []
        number = count()
        down = start
        for tick in self._ticks(start, end):
            if self._chance.random() < self.faults.gap * self.rtd / 3600:
                down = max(down, tick + timedelta(minutes=self._chance.uniform(30, 180)))
            for message in self._at(tick, start):
                later = self._delayed(message, down)
                if later is not None:
                    heapq.heappush(waiting, (later.moment, next(number), later))
                if later is message and self._chance.random() < self.faults.resend:
                    again = self._again(message, message.moment + timedelta(seconds=30))
                    heapq.heappush(waiting, (again.moment, next(number), again))
            while waiting and waiting[0][0] < tick + timedelta(seconds=self.rtd):
                yield heapq.heappop(waiting)[2]
        while waiting:
            yield heapq.heappop(waiting)[2]

    def _ticks(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """The moments of real-time data; the interval may change on the way."""
        midnight = datetime.combine(start.date(), datetime.min.time())
        tick = midnight + timedelta(seconds=-(-(start - midnight).total_seconds() // self.rtd) * self.rtd)
        while tick < end:
            yield tick
            tick += timedelta(seconds=self.rtd)

    def _delayed(self, message: Message, down: datetime) -> Message | None:
        """What becomes of ``message`` while the link is down until ``down``."""
        if message.moment >= down:
            return message
        return self._again(message, down + timedelta(seconds=self._delay)) if message.cn in _KEPT else None

    def _again(self, message: Message, moment: datetime) -> Message:
        """The message once more: the same QN, in 2025 marked by RF=1."""
        raw = message.raw
        if self.outlet.version == 2025 and message.cn.startswith("2"):
            raw = self._marked(raw)
        return replace(message, moment=moment, raw=raw, wire=on_the_wire(raw, self.faults, self._chance), again=True)

    def _marked(self, raw: bytes) -> bytes:
        """The frame with RF=1; its CRC is made over the plain text, so an enciphered one is made anew."""
        packet = examine(raw, keys=() if self.key is None else (self.key,))
        return self._frame(
            packet.cp,
            packet.cn or "",
            qn=packet.qn,
            flag=packet.flag,
            part=None if packet.pnum is None or packet.pno is None else (packet.pno, packet.pnum),
            key=self.key if packet.enciphered else None,
            rf=True,
        )

    def _at(self, tick: datetime, start: datetime) -> Iterator[Message]:
        """What is sent at ``tick``: intervals that ended, then the values of the moment."""
        if not self._periods:
            self._periods = [self._period(cn, tick, start) for cn in _KEPT]
        for at, period in enumerate(self._periods):
            if tick >= period.end:
                if period.whole and all(spell.all for spell in period.spells.values()):
                    text = statistics(self.outlet, period.spells, period.seconds)
                    yield from self._data(tick, period.cn, period.start, text)
                self._periods[at] = self._period(period.cn, tick, start)
        shown = {code: series.next(tick) for code, series in self._series.items()}
        for period in self._periods:
            for code, (value, mark) in shown.items():
                period.spells[code].add(value, mark)
        if self.real_time:
            yield from self._data(tick, "2011", tick, instants(self.outlet, shown))
        yield from self._rest(tick)

    def _period(self, cn: str, tick: datetime, start: datetime) -> _Period:
        seconds = {"2051": self.minutes * 60, "2061": 3600, "2031": _DAY}[cn]
        midnight = datetime.combine(tick.date(), datetime.min.time())
        begins = midnight + timedelta(seconds=(tick - midnight).total_seconds() // seconds * seconds)
        spells = {code: Spell() for code in self._series}
        return _Period(cn, seconds, begins, begins + timedelta(seconds=seconds), spells, whole=begins >= start)

    def _rest(self, tick: datetime) -> Iterator[Message]:
        """Device states each hour, a log now and then, heartbeats."""
        seconds = (tick - datetime.combine(tick.date(), datetime.min.time())).seconds
        if self.outlet.st in ("31", "32") and seconds % 3600 < self.rtd:
            yield from self._data(tick, "2021", tick, "SB1-RS=1;SB2-RS=1")
        if self.outlet.version >= 2017 and self._chance.random() < self.rtd / _DAY:
            yield self._log(tick)
        if self.outlet.version == 2025 and seconds % _HEARTBEAT < self.rtd:
            raw = self._wanting_answer("9015", "", self.qn(tick), st="91")
            yield self._wrapped(tick, "9015", raw, "", "9013")

    def _data(self, tick: datetime, cn: str, time: datetime, text: str) -> Iterator[Message]:
        stamp = f"{self.shown(time):%Y%m%d%H%M%S}" if cn in ("2011", "2021") else f"{time:%Y%m%d%H%M%S}"
        content = f"DataTime={stamp};{text}"
        if cn in _KEPT:
            self.history.append((cn, stamp, content))
        answer = None if self.outlet.version == 2005 else "9014"
        for part in self.parts(cn, content, self.qn(tick), answer=answer is not None):
            yield self._wrapped(tick, cn, part, stamp, answer)

    def parts(self, cn: str, content: str, qn: datetime, *, answer: bool) -> list[bytes]:
        """The frames of data: one, or as many as it takes, each with a QN of its own from ``qn`` on."""
        version = self.outlet.version
        split = self._chance.random() < self._split
        halves = _halves(content, min(_ROOM, len(content) // 2 + 40 if split else _ROOM))
        if version == 2005:  # as in the field: no QN, no Flag, no answer
            return [self._frame(half, cn) for half in halves]
        self._last_qn = max(self._last_qn, qn + timedelta(milliseconds=len(halves) - 1))
        qns = [qn_of(qn + timedelta(milliseconds=at)) for at in range(len(halves))]
        return self._numbered(cn, halves, qns, answer=answer)

    def asked_for(self, cn: str, content: str, qn: str | None) -> list[bytes]:
        """The frames of data that the host asked for with ``qn``: they bear its QN, and want no answer."""
        halves = _halves(content, _ROOM)
        if self.outlet.version == 2005:
            return [self._frame(half, cn, qn=qn) for half in halves]
        return self._numbered(cn, halves, [qn] * len(halves), answer=False)

    def _numbered(self, cn: str, halves: Sequence[str], qns: Sequence[str | None], *, answer: bool) -> list[bytes]:
        """One frame per part, with PNUM and PNO where there are several."""
        split = len(halves) > 1
        flag = flag_of(self.outlet.version, answer=answer, parts=split)
        key = self.key if self.outlet.version == 2025 else None
        return [
            self._frame(half, cn, qn=qn, flag=flag, part=(number, len(halves)) if split else None, key=key)
            for number, (half, qn) in enumerate(zip(halves, qns, strict=True), 1)
        ]

    def _frame(
        self,
        content: str,
        cn: str,
        *,
        qn: str | None = None,
        flag: int | None = None,
        part: tuple[int, int] | None = None,
        key: bytes | None = None,
        rf: bool = False,
        st: str | None = None,
    ) -> bytes:
        """A frame of this device; ``part`` are PNO and PNUM."""
        pno, pnum = part or (None, None)
        mn, system = self.outlet.mn, st or self.outlet.st
        return encode(
            content, cn=cn, mn=mn, st=system, pw=self.pw, qn=qn, flag=flag, pnum=pnum, pno=pno, rf=rf, key=key
        )

    def _log(self, tick: datetime) -> Message:
        """A line of the logger's log; in GBK where that goes wrong."""
        outlet = self.outlet
        qn = self.qn(tick)
        stamp = f"{self.shown(tick):%Y%m%d%H%M%S}"
        text = f"DataTime={stamp};PolId={outlet.quantities[0].code},{_LOG}-Info=//{self._chance.choice(_LOGS)}//"
        raw = self._wanting_answer("3020", text, qn)
        if self._chance.random() < self.faults.gbk and self.key is None:
            raw = frame(raw[6:-6].decode().encode("gb18030"))
        return self._wrapped(tick, "3020", raw, stamp, "9014")

    def _wanting_answer(self, cn: str, content: str, qn: datetime, *, st: str | None = None) -> bytes:
        """A single frame of 2017 or 2025; enciphered where the standard wants it."""
        version = self.outlet.version
        key = self.key if version == 2025 and cn == "3020" else None
        return self._frame(content, cn, qn=qn_of(qn), flag=flag_of(version, answer=True), key=key, st=st)

    def _wrapped(self, tick: datetime, cn: str, raw: bytes, stamp: str, answer: str | None) -> Message:
        moment = tick + timedelta(seconds=self._delay)
        qn = raw[9:26].decode() if raw.startswith(b"QN=", 6) else None
        wire = on_the_wire(raw, self.faults, self._chance)
        return Message(moment, self.outlet.mn, cn, qn, stamp, answer, raw, wire)

    def shown(self, moment: datetime) -> datetime:
        """What the clock of the device shows."""
        since = (moment - self._began).total_seconds() if self._began else 0.0
        return (moment + self.offset + timedelta(seconds=self._drift * since / _DAY)).replace(microsecond=0)

    def qn(self, tick: datetime) -> datetime:
        """A QN that this device has not used."""
        wanted = self.shown(tick + timedelta(seconds=self._delay)) + timedelta(milliseconds=self._chance.randrange(900))
        self._last_qn = max(wanted, self._last_qn + timedelta(milliseconds=1))
        return self._last_qn


def _halves(content: str, room: int) -> list[str]:
    """A content in parts of at most ``room`` characters, each with the DataTime."""
    time, *groups = content.split(";")
    parts: list[list[str]] = [[]]
    for group in groups:
        if parts[-1] and len(";".join([time, *parts[-1], group])) > room:
            parts.append([])
        parts[-1].append(group)
    return [";".join([time, *part]) for part in parts]
