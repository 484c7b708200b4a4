"""Simulated outlets on the line: each has a connection of its own, waits for answers and obeys its host.

HJ 212-2017 table 1: what is not answered in time is sent again, three times, then the link counts as dead and is opened
anew. A link that is lost is opened again until ``patience`` is over; what was not answered is then sent once more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from bilan.errors import os_reason
from bilan.observe.hj212.decoding import examine
from bilan.observe.hj212.frames import FrameReader
from bilan.observe.hj212.packet import Packet
from bilan.observe.hj212.simulate.answers import answers
from bilan.observe.hj212.simulate.device import Device, Message
from bilan.observe.hj212.simulate.outlets import SimulationError

RESENDS = 3
_ANSWERS = ("9013", "9014")
_BETWEEN_TRIES = 0.5  # seconds from one attempt to connect to the next
_PIECE = 1 << 16


@dataclass(slots=True)
class Tally:
    """What happened on all lines together, in frames."""

    sent: int = 0
    acknowledged: int = 0
    resent: int = 0
    silent: int = 0  # never acknowledged
    unasked: int = 0  # of 2005, or asked to be sent: nobody acknowledges them
    commands: int = 0  # from the host
    links: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """How to send.

    ``speed`` is simulated seconds per second, 0 as fast as answers come; ``timeout`` the seconds to wait for an answer
    (10 on mobile links), ``patience`` those to try to connect, ``window`` the messages under way at once.
    """

    speed: float = 1.0
    timeout: float = 10.0
    patience: float = 30.0
    window: int = 1


class Clock:
    """The time of the simulation, ``start`` when it begins."""

    def __init__(self, start: datetime, speed: float) -> None:
        self._start, self._speed, self._began = start, speed, time.monotonic()
        self.now = start

    async def until(self, moment: datetime) -> None:
        """Return at ``moment``; at once where time is not to be waited for."""
        if self._speed:
            seconds = (moment - self._start).total_seconds() / self._speed - (time.monotonic() - self._began)
            if seconds > 0:
                await asyncio.sleep(seconds)
        self.now = max(self.now, moment)


class Line:
    """The connection of one device."""

    def __init__(
        self,
        device: Device,
        address: tuple[str, int],
        terms: Terms,
        clock: Clock,
        tally: Tally,
        log: Callable[[str], None],
    ) -> None:
        self._device, self._address, self._terms, self._clock = device, address, terms, clock
        self._tally, self._log = tally, log
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._awaited: dict[tuple[str, str], asyncio.Future[bool | None]] = {}
        self._opening = asyncio.Lock()

    async def send_all(self, messages: Iterable[Message]) -> None:
        """Send ``messages`` at their moments, at most ``window`` at once; SimulationError where nobody listens."""
        room = asyncio.Semaphore(self._terms.window)
        try:
            await self._open()
            async with asyncio.TaskGroup() as group:
                for message in messages:
                    await self._clock.until(message.moment)
                    await room.acquire()
                    group.create_task(self._deliver(message)).add_done_callback(lambda _: room.release())
        except* SimulationError as several:
            raise several.exceptions[0] from None
        finally:
            await self._close()

    async def _deliver(self, message: Message) -> None:
        """Send a message until it is acknowledged, or as often as the standard wants."""
        tries = 0
        broken: float | None = None  # since when the link breaks under this message
        while tries <= RESENDS:
            raw = message.wire if tries == 0 else message.raw
            self._tally.sent += 1
            self._tally.resent += tries > 0
            answered = await self._exchange(raw, message)
            if answered is None:  # the link broke: no try of this message's
                tries = max(tries, 1)
                broken = broken or time.monotonic()
                if time.monotonic() - broken > self._terms.patience:
                    break
                await asyncio.sleep(min(_BETWEEN_TRIES, self._terms.patience))
                continue
            if answered:
                return
            tries += 1
        self._tally.silent += 1
        await self._close()

    async def _exchange(self, raw: bytes, message: Message) -> bool | None:
        """Whether ``raw`` was acknowledged in time, or needs not be; None where the link broke meanwhile."""
        writer = await self._open()
        key = (message.answer or "", message.qn or "")
        answer: asyncio.Future[bool | None] = asyncio.get_running_loop().create_future()  # None: the link broke
        if message.answer:
            self._awaited[key] = answer
        try:
            writer.write(raw)
            await writer.drain()
            if not message.answer:
                self._tally.unasked += 1
                return True
            async with asyncio.timeout(self._terms.timeout):
                return await answer
        except TimeoutError:
            return False
        except OSError:
            await self._close()
            return None
        finally:
            if self._awaited.get(key) is answer:
                del self._awaited[key]

    async def _open(self) -> asyncio.StreamWriter:
        async with self._opening:
            if self._writer is not None and not self._writer.is_closing():
                return self._writer
            until = time.monotonic() + self._terms.patience
            while True:
                try:
                    reader, writer = await asyncio.open_connection(*self._address)
                except OSError as error:
                    if time.monotonic() >= until:
                        host, port = self._address
                        raise SimulationError(f"{host}:{port}：连接不上：{os_reason(error)}") from None
                    await asyncio.sleep(min(_BETWEEN_TRIES, self._terms.patience))
                    continue
                self._tally.links += 1
                self._writer = writer
                self._reading = asyncio.create_task(self._read(reader, writer))
                return writer

    async def _close(self) -> None:
        writer, self._writer = self._writer, None
        reading, self._reading = self._reading, None
        if reading is not None and reading is not asyncio.current_task():
            reading.cancel()
        if writer is not None:
            writer.close()
        self._give_up_waiting()

    def _give_up_waiting(self) -> None:
        for answer in self._awaited.values():
            if not answer.done():
                answer.set_result(None)
        self._awaited.clear()

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take what the host says until the link is gone."""
        frames = FrameReader()
        try:
            while data := await reader.read(_PIECE):
                for frame in frames.feed(data):
                    keys = () if self._device.key is None else (self._device.key,)
                    packet = examine(frame, keys=keys)
                    if packet.ok:
                        self._hear(packet, writer)
        except OSError:
            pass
        finally:
            if self._writer is writer:
                self._writer = None
                self._give_up_waiting()
            writer.close()

    def _hear(self, packet: Packet, writer: asyncio.StreamWriter) -> None:
        if packet.cn in _ANSWERS:
            answer = self._awaited.get((packet.cn, packet.qn or ""))
            if answer is not None and not answer.done():
                answer.set_result(True)
                self._tally.acknowledged += 1
                self._log(f"{packet.qn} {self._device.outlet.mn} {packet.cn}\n")
            return
        self._tally.commands += 1
        for raw in answers(self._device, packet, self._clock.now):
            self._tally.unasked += 1
            writer.write(raw)


async def send(
    devices: Sequence[Device],
    start: datetime,
    end: datetime,
    address: tuple[str, int],
    *,
    terms: Terms | None = None,
    count: int | None = None,
    log: Callable[[str], None] = lambda line: None,
) -> Tally:
    """Send what ``devices`` have to say from ``start`` to ``end``, each on a link of its own.

    ``count`` bounds the messages of all together, shared out evenly. ``log`` is called with a line for each one that
    the host acknowledged, ``QN MN CN``, as soon as the answer is there. SimulationError where nobody listens.
    """
    terms = terms or Terms()
    clock, tally = Clock(start, terms.speed), Tally()
    share, more = divmod(count, len(devices)) if count is not None else (None, 0)
    lines = []
    for number, device in enumerate(devices):
        most = None if share is None else share + (number < more)
        messages = islice(device.messages(start, end), most)
        lines.append(Line(device, address, terms, clock, tally, log).send_all(messages))
    try:
        async with asyncio.TaskGroup() as group:
            for line in lines:
                group.create_task(line)
    except* SimulationError as several:
        raise several.exceptions[0] from None
    return tally
