"""A gateway in the test's own loop and devices on lines to it; MNs, passwords and keys are invented."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

from bilan.observe.hj212 import FrameReader, Packet, encode, examine, flag_of
from bilan.observe.hj212.gateway import Gateway
from bilan.observe.hj212.store import read, read_refused

MN, OTHER, STRANGER = "X0000000000001", "X0000000000002", "X0000000000099"
KEY, NEW_KEY = b"0123456789abcdef", b"fedcba9876543210"
REGISTER = f"station,mn,password,st\ns1,{MN},123456,31\ns2,{OTHER},654321,32\n"
PASSWORDS = {OTHER: "654321"}
PATIENCE = 5.0  # seconds in which anything that comes at all has come
loop_factory: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
_QNS = count(20260301080000000)


def run(trial: Coroutine[Any, Any, None]) -> None:
    """Run a test of coroutines; one that hangs fails."""

    async def bounded() -> None:
        await asyncio.wait_for(trial, 60)

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(bounded())


def data(cp: str = "DataTime=20260301080000;a21026-Rtd=1.5,a21026-Flag=N", **changes: Any) -> bytes:
    """A frame with real-time data that wants an answer, under a QN of its own."""
    told: dict[str, Any] = {
        "cn": "2011",
        "mn": MN,
        "st": "31",
        "qn": str(next(_QNS)),
        "flag": flag_of(2017, answer=True),
    }
    told |= changes
    return encode(cp, pw=told.pop("pw", PASSWORDS.get(told["mn"], "123456")), **told)


def qns(frames: Iterable[bytes | Packet]) -> list[str | None]:
    return [(frame if isinstance(frame, Packet) else examine(frame)).qn for frame in frames]


class Line:
    """A device's end of a line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._frames = FrameReader()
        self._came: list[Packet] = []

    async def send(self, *frames: bytes) -> None:
        self.writer.write(b"".join(frames))
        await self.writer.drain()

    async def hear(self, seconds: float = PATIENCE) -> Packet:
        """The next packet from the host."""
        async with asyncio.timeout(seconds):
            while not self._came:
                got = await self.reader.read(1 << 16)
                if not got:
                    raise ConnectionError("the host has closed the line")
                self._came += map(examine, self._frames.feed(got))
        packet = self._came.pop(0)
        assert packet.ok, packet.errors
        return packet

    async def hear_all(self, number: int) -> list[Packet]:
        return [await self.hear(6 * PATIENCE) for _ in range(number)]

    async def answered(self) -> None:
        """Wait for an answer to data; a command that comes before it is still to be heard."""
        before = []
        while (packet := await self.hear()).cn != "9014":
            before.append(packet)
        self._came[:0] = before

    async def silent(self, seconds: float = 0.15) -> bool:
        """Whether nothing comes for so long."""
        try:
            packet = await self.hear(seconds)
        except TimeoutError:
            return True
        raise AssertionError(packet)

    async def ended(self, seconds: float = PATIENCE) -> bool:
        """Whether the host closes the line in time; what it says before is passed over."""
        try:
            async with asyncio.timeout(seconds):
                while await self.reader.read(1 << 16):
                    pass
        except ConnectionError:
            return True
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        self.writer.close()

    def reset(self) -> None:
        """Break the line off, as a router does that loses its memory."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


async def connect(gateway: Gateway, tls: ssl.SSLContext | None = None) -> Line:
    return Line(*await asyncio.open_connection(*gateway.addresses[0], ssl=tls))


@asynccontextmanager
async def serving(folder: Path, register: str = REGISTER, **options: Any) -> AsyncIterator[Gateway]:
    """A gateway over the store in ``folder``, with its register beside."""
    async with Gateway(folder / "store", write_register(folder, register), **options) as gateway:
        yield gateway


def write_register(folder: Path, text: str) -> Path:
    path = folder / "register.csv"
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return path


async def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until the condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def stored(folder: Path) -> list[bytes]:
    return [frame.raw for frame in read(folder / "store")]


def quarantined(folder: Path) -> list[tuple[str, bytes]]:
    return [(frame.reason, frame.raw) for frame in read_refused(folder / "store")]
