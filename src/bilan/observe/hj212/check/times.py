"""The times of one outlet's data of one command: intervals, gaps, repeats, clocks. Memory does not grow with them."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bilan.observe.hj212.check.content import Finding
from bilan.observe.hj212.content import as_time
from bilan.observe.hj212.packet import Packet
from bilan.policy import hj212 as standard

_FEWEST = 3  # times that make an interval
_REMEMBERED = 64  # moments of which a repeat is known
_STEPS = 200  # lengths of a step that are counted
_LONGEST = 5  # gaps that are named
_MINUTES = "2051"
_PERIODIC = ("2011", "2021", "2031", "2051", "2061")  # the other commands come as things happen
_FIXED_SECONDS = {"2031": 86400, "2041": 86400, "2061": 3600}
_CLOCK = 60  # seconds that QN may lag behind DataTime
_LATE = 600  # seconds after which real-time data are late


@dataclass(slots=True)
class Gap:
    """Data that did not come between two that did; ``missing`` is how many there should be."""

    after: datetime
    before: datetime
    offset: int
    missing: int = 0
    file: str = ""


@dataclass(slots=True)
class Course:
    """What is known of the times of one outlet and command; packets are added in the order of the stream."""

    cn: str
    first: datetime | None = None
    last: datetime | None = None
    timed: int = 0
    late: int = 0  # that came after younger ones
    steps: Counter[int] = field(default_factory=Counter)
    stepped: int = 0
    _longest: list[Gap] = field(default_factory=list)
    _lags: Counter[int] = field(default_factory=Counter)  # minutes from DataTime to QN, at most a day
    _lag_example: dict[int, tuple[int, str, str, str]] = field(default_factory=dict)
    _known: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    _order: deque[tuple[str, int]] = field(default_factory=deque)

    def add(self, packet: Packet, offset: int, file: str = "") -> Iterator[Finding]:
        """What the time of ``packet`` tells by itself; the rest is told by :meth:`findings` at the end."""
        text = packet.data.get("DataTime")
        moment = as_time(text) if isinstance(text, str) else None
        if moment is None or not isinstance(text, str):
            return
        again = yield from self._repeat(packet, text)
        yield from self._against_qn(packet, moment, text, offset, file)
        yield from self._start(packet, moment, text)
        if not again:
            self._step(moment, offset, file)

    def _repeat(self, packet: Packet, text: str) -> Generator[Finding, None, bool]:
        """Yield what is to be said of data that came before; returned is whether they did."""
        key = (text, packet.pno or 0)
        names = hash(frozenset((record.factor, *record.fields) for record in packet.records))
        seen = self._known.get(key)
        self._known[key] = names, hash(packet.cp)
        if seen is None:
            self._order.append(key)
            if len(self._order) > _REMEMBERED:
                del self._known[self._order.popleft()]
            return False
        if seen == self._known[key]:
            yield Finding("repeat.same", "", _at(packet), f"DataTime={text} 的数据重复", found=text)
            return True
        if seen[0] == names:
            yield Finding("repeat.differs", "", _at(packet), f"DataTime={text} 的数据再次发送，值不同", found=text)
            return True
        return False

    def _against_qn(self, packet: Packet, moment: datetime, text: str, offset: int, file: str) -> Iterator[Finding]:
        sent = as_time(packet.qn or "")
        if sent is None:
            return
        lag = int((sent - moment).total_seconds())
        if lag < -_CLOCK:
            yield Finding("time.ahead", "", _at(packet), f"DataTime 比 QN 晚 {-lag} 秒", f"≤{packet.qn}", text)
        elif self.cn == "2011" and lag > _LATE and not packet.rf:
            yield Finding("time.late", "", _at(packet), f"实时数据在采样后 {lag} 秒才发送", f"≤{_LATE} s", text)
        if self.cn == _MINUTES and lag >= 0:
            minutes = min(lag // 60, 1440)
            self._lags[minutes] += 1
            self._lag_example.setdefault(minutes, (offset + _at(packet), text, packet.qn or "", file))
        elif self.cn in _FIXED_SECONDS and -_CLOCK <= lag < _FIXED_SECONDS[self.cn]:
            yield _unfinished(_FIXED_SECONDS[self.cn], _at(packet), text, packet.qn or "")

    def _start(self, packet: Packet, moment: datetime, text: str) -> Iterator[Finding]:
        """Whether an interval begins where intervals begin."""
        seconds = 60 if self.cn == _MINUTES else _FIXED_SECONDS.get(self.cn)
        if seconds and (moment - datetime.combine(moment.date(), datetime.min.time())).seconds % seconds:
            whole, digits = {60: ("整分", 12), 3600: ("整点", 10), 86400: ("零点", 8)}[seconds]
            yield Finding("time.start", "", _at(packet), f"DataTime 不在{whole}", text[:digits].ljust(14, "0"), text)

    def _step(self, moment: datetime, offset: int, file: str) -> None:
        self.timed += 1
        if self.last is None:
            self.first = self.last = moment
            return
        seconds = int((moment - self.last).total_seconds())
        if seconds <= 0:
            self.late += seconds < 0
            return
        self.stepped += 1
        if seconds in self.steps or len(self.steps) < _STEPS:
            self.steps[seconds] += 1
        self._longest.append(Gap(self.last, moment, offset, file=file))
        self._longest.sort(key=lambda gap: gap.after - gap.before)
        del self._longest[_LONGEST:]
        self.last = moment

    @property
    def interval(self) -> int | None:
        """The usual seconds from one to the next; None before there are three, or where no step is most of them."""
        if self.cn not in _PERIODIC or self.timed < _FEWEST:
            return None
        seconds, count = max(self.steps.items(), key=lambda step: (step[1], -step[0]), default=(0, 0))
        return seconds if 2 * count > self.stepped else None

    def gaps(self) -> list[Gap]:
        """The longest gaps, longest first."""
        interval = self.interval
        if interval is None:
            return []
        found = [gap for gap in self._longest if (gap.before - gap.after).total_seconds() > 1.5 * interval]
        for gap in found:
            gap.missing = round((gap.before - gap.after).total_seconds() / interval) - 1
        return found

    def findings(self) -> Iterator[tuple[int, Finding, str]]:
        """What all times together tell, with the number of cases and the file; offsets are those of the file."""
        interval = self.interval
        gaps = self.gaps()
        if interval and gaps:
            wide = {seconds: count for seconds, count in self.steps.items() if seconds > 1.5 * interval}
            missing = sum((round(seconds / interval) - 1) * count for seconds, count in wide.items())
            filled = f"，其中 {self.late} 个后来补到" if self.late else ""
            longest = f"{gaps[0].after:%Y-%m-%d %H:%M:%S} 至 {gaps[0].before:%Y-%m-%d %H:%M:%S}"
            message = f"缺 {missing} 个数据{filled}；最长的一次 {longest}"
            found = Finding("cadence.gap", "", gaps[0].offset, message, f"每 {interval} s", longest)
            yield sum(wide.values()), found, gaps[0].file
        if self.cn == _MINUTES and interval:
            yield from self._minutes(interval)

    def _minutes(self, interval: int) -> Iterator[tuple[int, Finding, str]]:
        allowed = standard.cp_fields(2017)["MinInterval"].allowed
        if interval % 60 or str(interval // 60) not in allowed:
            at, file = (self._longest[0].offset, self._longest[0].file) if self._longest else (0, "")
            message = f"分钟数据每 {interval} 秒一个"
            yield 1, Finding("time.minutes", "", at, message, "、".join(allowed) + " 分钟", f"{interval} s"), file
        early = sorted(minutes for minutes in self._lags if minutes * 60 < interval)
        if early:
            at, text, qn, file = self._lag_example[early[0]]
            yield sum(self._lags[minutes] for minutes in early), _unfinished(interval, at, text, qn), file


def _unfinished(seconds: int, at: int, text: str, qn: str) -> Finding:
    begins = as_time(text)
    try:
        ends = "" if begins is None else f"{begins + timedelta(seconds=seconds):%Y%m%d%H%M%S}"
    except OverflowError:  # the last day of the year 9999
        ends = ""
    message = f"DataTime 是时段（{seconds} s）的开始，应到 {ends} 才结束，QN={qn} 时就已发送"
    return Finding("time.end", "", at, message, f"QN≥{ends}", f"DataTime={text}")


def _at(packet: Packet) -> int:
    return max(packet.raw.find(b"DataTime="), 0)
