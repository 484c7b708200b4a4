"""One line to a device (or a splitter in front of several): bytes in, frames judged, answers out."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, cast

from bilan.observe.hj212.frames import Frame, FrameReader
from bilan.observe.hj212.gateway.answers import answer_to
from bilan.observe.hj212.gateway.commit import Pending
from bilan.observe.hj212.gateway.gate import Admitted

if TYPE_CHECKING:
    from bilan.observe.hj212.gateway.server import Gateway


# Seconds without a byte before the system asks whether the other side is still there, between two such questions, and
# how many stay unanswered before the line counts as dead: known in minutes, long before ``idle``.
_KEEP_ALIVE = {"TCP_KEEPIDLE": 120, "TCP_KEEPINTVL": 30, "TCP_KEEPCNT": 4}


def keep_alive(line: socket.socket) -> None:
    """Let the system find out about lines that died without a word, as mobile ones do."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEP_ALIVE.items():
        if hasattr(socket, name):
            line.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


class Connection(asyncio.BufferedProtocol):
    """The protocol of one connection; ``mns`` are the outlets that were heard on it and believed."""

    __slots__ = (
        "_admitted",
        "_frame_began",
        "_gateway",
        "_holds",
        "_last",
        "_reader",
        "_slow_until",
        "_transport",
        "heard_at",
        "known_at",
        "mns",
        "peer",
    )

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._reader = FrameReader(gateway.limits.segment)
        self._transport: asyncio.Transport | None = None
        self._holds: set[str] = set()
        self.heard_at = self.known_at = self._frame_began = self._slow_until = 0.0
        self._last: int | None = None  # of the frames on their way to the disk when the peer had said all it had to say
        self._admitted: Admitted | None = None
        self.mns: set[str] = set()
        self.peer = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        host, port = (transport.get_extra_info("peername") or ("?", 0))[:2]
        self.peer = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.heard_at = self.known_at = self._gateway.now()
        keep_alive(transport.get_extra_info("socket"))
        self._transport.set_write_buffer_limits(high=self._gateway.limits.answers)
        self._gateway.opened(self)

    @property
    def stands(self) -> bool:
        """Whether the line stands, to the best of our knowledge."""
        return self._transport is not None

    def eof_received(self) -> bool:
        """Whether the line stays open: over TCP a peer that sends nothing more may still wait for its answers."""
        self._take_rest()
        self._last = self._gateway.commit.taken
        if self._transport is None or self._transport.get_extra_info("sslcontext") is not None:
            return False
        return self._gateway.counts.stored < self._last

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._take_rest()
        self._gateway.counts.noise += self._reader.skipped
        self._gateway.closed(self)

    def end(self) -> None:
        """The gateway ends: nothing more is read; what came and lacks only its line end is taken."""
        self.hold("end")
        for frame in self._reader.release():
            self._take(frame)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the event loop reads to: one place for all lines, as each piece is taken before the next is read.

        A new buffer for each read would be asked of the system and given back to it, which a second thread makes slow.
        """
        return self._gateway.buffer

    def buffer_updated(self, nbytes: int) -> None:
        gateway = self._gateway
        self.heard_at = gateway.now()
        gateway.counts.bytes += nbytes
        if not self._reader.waiting:
            self._frame_began = self.heard_at
        frames = self._reader.feed(bytes(gateway.buffer[:nbytes]))
        if frames:
            self._frame_began = self.heard_at
            for frame in frames:
                self._take(frame)

    def pause_writing(self) -> None:
        self.hold("answers")

    def resume_writing(self) -> None:
        self.go_on("answers")

    def answer(self, frame: bytes) -> None:
        """Send the answer to a frame that is on the disk, if the line still stands."""
        if self.send(frame):
            self._gateway.counts.answered += 1

    def send(self, frame: bytes) -> bool:
        """Whether the frame could be handed to the line."""
        if self._transport is None or self._transport.is_closing():
            return False
        self._transport.write(frame)
        return True

    def hold(self, reason: str) -> None:
        """Read nothing from the line until every reason to hold is gone."""
        if not self._holds and self._transport is not None:
            self._transport.pause_reading()
        self._holds.add(reason)

    def go_on(self, reason: str) -> None:
        """Take back a reason to hold; the time in which the line was not read is not held against it."""
        if reason in self._holds:
            self._holds.discard(reason)
            if not self._holds and self._transport is not None and not self._transport.is_closing():
                self.heard_at = self.known_at = self._frame_began = self._gateway.now()
                self._transport.resume_reading()

    def close(self, why: str) -> None:
        """Close the line; ``why`` is counted."""
        self._gateway.counts.closed[why] += 1
        if self._transport is not None:
            self._transport.abort()

    def finish(self) -> None:
        """Close the line after what was written to it is out."""
        if self._transport is not None:
            self._transport.close()

    def sweep(self, now: float) -> None:
        """Close the line if it is dead or too slow; take a frame that only lacks its line end."""
        limits = self._gateway.limits
        if self._last is not None and self._gateway.counts.stored >= self._last:
            self.finish()
        if self._reader.waiting and now - self.heard_at > limits.quiet:
            for frame in self._reader.release():
                self._take(frame)
        if self._holds - {"answers"}:
            return
        if "answers" in self._holds and now - self.heard_at > limits.frame:
            self.close("deaf")
        elif self._reader.waiting and now - self._frame_began > limits.frame:
            self.close("slow")
        elif now - self.known_at > (limits.idle if self.mns else limits.unknown):
            self.close("idle" if self.mns else "unknown")

    def _take(self, frame: Frame) -> None:
        gateway = self._gateway
        gateway.counts.frames += 1
        admitted = gateway.gate.judge(frame, self._admitted)
        if isinstance(admitted, str):
            gateway.refuse(frame.raw, self.peer, admitted)
            return
        self._admitted = admitted
        self.known_at = self.heard_at
        header = admitted.header
        mn = header["MN"]
        self.mns.add(mn)
        if wait := gateway.rates.take(mn, self.heard_at):
            gateway.counts.slowed += 1
            self._slow_down(wait)
        if admitted.new_key:
            gateway.key_taken(mn, admitted.new_key)
        gateway.heard(mn, self, header)
        gateway.commit.add(Pending(frame.raw, self.peer, self, answer_to(header)))
        gateway.dialogues.heard(mn, header, frame)

    def _take_rest(self) -> None:
        """Take what the reader holds, as nothing more will come."""
        for frame in self._reader.finish():
            self._take(frame)

    def _slow_down(self, wait: float) -> None:
        """Read nothing for ``wait`` seconds from now on; frames of one read may each ask for longer."""
        self._slow_until = max(self._slow_until, self.heard_at + wait)
        if "rate" not in self._holds:
            self.hold("rate")
            asyncio.get_running_loop().call_later(wait, self._speed_up)

    def _speed_up(self) -> None:
        left = self._slow_until - self._gateway.now()
        if left > 0 and self._transport is not None:
            asyncio.get_running_loop().call_later(left, self._speed_up)
        else:
            self.go_on("rate")
