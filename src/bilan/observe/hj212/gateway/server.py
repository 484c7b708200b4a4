"""The gateway: listens to devices, keeps what it believes before it says so, and asks them what the host wants to know.

One process has one event loop, one writer of the store and one thread for the disk. Several processes may listen on one
port (``reuse_port``) and write into one store, each with a writer of its own.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bilan.errors import BilanError
from bilan.observe.hj212.gateway.commit import GroupCommit
from bilan.observe.hj212.gateway.connection import Connection
from bilan.observe.hj212.gateway.counts import Counts
from bilan.observe.hj212.gateway.dialogue import SET_KEY, Dialogues, Patience, Target, new_key
from bilan.observe.hj212.gateway.gate import Gate
from bilan.observe.hj212.gateway.limits import Limits
from bilan.observe.hj212.gateway.presence import Presences
from bilan.observe.hj212.gateway.rates import Rates
from bilan.observe.hj212.gateway.state import GatewayState, StateError
from bilan.observe.hj212.register import Register, RegisterError
from bilan.observe.hj212.store import Quarantine, Store

log = logging.getLogger(__name__)

_ZONE = ZoneInfo("Asia/Shanghai")
_SWEEP = 0.25  # seconds between two looks at lines that are quiet
_UPKEEP = 1.0  # seconds between two looks at commands, register, presence
_BACKLOG = 1024
_HANDSHAKE = 10.0
_READ = 256 << 10  # bytes at once
_FAREWELL = 2.0  # seconds in which last answers may leave
_MOMENT = 0.01


class ListenError(BilanError):
    """Nobody can listen at an address: it is in use, not ours, or none."""


@contextmanager
def listening(host: str, port: int) -> Iterator[None]:
    """Name the address where the system refuses to listen. Raises ListenError."""
    try:
        yield
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None) or 0
        reason = "已被占用" if number == errno.EADDRINUSE else os.strerror(number) if number > 0 else error
        raise ListenError(f"{_written(host, port)}：不能监听：{reason}") from error


class Gateway:
    """One gateway process over the store in ``folder``.

    ``on_connect`` are commands (CN, CP) that an outlet is sent whenever it comes online.

    ``async with gateway:`` serves; ``addresses`` says where. :meth:`stopped` waits for the end of what must not end.
    """

    def __init__(
        self,
        folder: Path,
        register: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        limits: Limits | None = None,
        patience: Patience | None = None,
        on_connect: Sequence[tuple[str, str]] = (),
        reuse_port: bool = False,
    ) -> None:
        self.limits = limits or Limits()
        self.counts = Counts()
        self._folder, self._register_path = folder, register
        self._host, self._port, self._tls, self._reuse_port = host, port, tls, reuse_port
        self._patience, self._on_connect = patience, tuple(on_connect)
        self.buffer = memoryview(bytearray(_READ))
        self._connections: set[Connection] = set()
        self._holding = self._ending = False
        self._wanted: dict[tuple[str, str, str], None] = {}  # commands to be queued, in order
        self._new_keys: list[tuple[str, bytes]] = []
        self._keys_seen = 0
        self._troubles: dict[str, str] = {}  # told once, not every second
        self.presences = Presences()
        self.rates = Rates(self.limits.rate, self.limits.burst)
        self._stack = AsyncExitStack()

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where the gateway listens."""
        return [socket.getsockname()[:2] for socket in self._server.sockets]

    async def __aenter__(self) -> Gateway:
        loop = asyncio.get_running_loop()
        self.now = loop.time
        async with AsyncExitStack() as stack:
            self.state = stack.enter_context(GatewayState(self._folder))
            register = Register.load(self._register_path)
            self.gate = Gate(register, _today(), {}, {})
            self._refresh_keys()
            store = stack.enter_context(Store(self._folder))
            if store.torn:
                log.warning("torn end of the store was cut off", extra={"torn": [str(path) for path in store.torn]})
            self._writer = store.writer
            self.state.all_offline(self._writer)
            self.state.recover(self._writer)
            self._quarantine = stack.enter_context(Quarantine(self._folder))
            self.commit = GroupCommit(store, self.limits, self.counts, self._hold_all)
            self.dialogues = Dialogues(
                self.state, self.counts, self._send, self._want, self._keep_key, self._keys_of, self._patience
            )
            self._refresh_offers()
            self._tasks = [
                loop.create_task(self.commit.run(), name="commit"),
                loop.create_task(self._sweep(), name="sweep"),
                loop.create_task(self._keep_up(), name="upkeep"),
            ]
            stack.push_async_callback(self._stop_tasks)
            with listening(self._host, self._port):
                self._server = await loop.create_server(
                    lambda: Connection(self),
                    self._host,
                    self._port,
                    ssl=self._tls,
                    ssl_handshake_timeout=_HANDSHAKE if self._tls else None,
                    backlog=_BACKLOG,
                    reuse_port=self._reuse_port or None,
                )
            stack.push_async_callback(self._stop_listening)
            log.info("listening", extra={"addresses": [_written(*address) for address in self.addresses]})
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    async def stopped(self) -> None:
        """Wait for the end of a task that must not end, and raise what ended it."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    # --- what connections tell ---

    def opened(self, connection: Connection) -> None:
        """A line was opened; one too many is closed at once."""
        self.counts.connections += 1
        self._connections.add(connection)
        self.counts.connected = len(self._connections)
        if len(self._connections) > self.limits.connections:
            self.counts.turned_away += 1
            connection.close("limit")
        elif self._ending:
            connection.hold("end")
        elif self._holding:
            connection.hold("disk")

    def closed(self, connection: Connection) -> None:
        """A line is gone."""
        self._connections.discard(connection)
        self.counts.connected = len(self._connections)
        for mn in self.presences.lost(connection):
            self.dialogues.lost(mn)
            log.info("offline", extra={"mn": mn, "peer": connection.peer})

    def heard(self, mn: str, connection: Connection, header: Mapping[str, str]) -> None:
        """A believed frame of the outlet came."""
        if self.presences.heard(mn, connection, header):
            log.info("online", extra={"mn": mn, "peer": connection.peer})
            for cn, cp in self._on_connect:
                self._want(mn, cn, cp)

    def key_taken(self, mn: str, key: bytes) -> None:
        """A believed frame came under a key that was only offered: the device has it, though nobody said so."""
        self._keep_key(mn, key)
        self._attempt("keys offered", lambda: self.dialogues.settle_key(mn, key))

    def refuse(self, raw: bytes, peer: str, reason: str) -> None:
        """A frame is not believed: it is counted and kept for a person to look at."""
        if not self.counts.refused[reason]:
            log.warning("refused", extra={"reason": reason, "peer": peer})
        self.counts.refused[reason] += 1
        self._quarantine.add(raw, peer, reason)

    # --- inside ---

    def _want(self, mn: str, cn: str, cp: str) -> None:
        """Have a command queued with the next upkeep: the disk is not waited for where frames come in."""
        self._wanted[mn, cn, cp] = None

    def _keys_of(self, mn: str) -> tuple[bytes, ...]:
        outlet = self.gate.outlet(mn)
        return () if outlet is None else self.gate.keys(outlet)

    def _keep_key(self, mn: str, key: bytes) -> None:
        """Take a key that a device has taken over: it counts from the next frame on."""
        held = tuple(known for known in self.gate.keys_set.get(mn, ()) if known != key)
        self.gate.keys_set = {**self.gate.keys_set, mn: (key, *held)}
        self._new_keys.append((mn, key))
        self._attempt("keys", self._write_keys)

    def _send(self, mn: str, frame: bytes) -> bool:
        line = self.presences.line(mn)
        return line is not None and line.send(frame)

    def _hold_all(self, hold: bool) -> None:
        self._holding = hold
        for connection in self._connections:
            if hold:
                connection.hold("disk")
            else:
                connection.go_on("disk")

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP)
            now = self.now()
            for connection in list(self._connections):
                connection.sweep(now)

    async def _keep_up(self) -> None:
        while True:
            await asyncio.sleep(_UPKEEP)
            self._refresh_register()
            self.gate.day = _today()
            self._quarantine.flush()
            self._attempt("keys", self._write_keys)
            self._attempt("keys of others", self._refresh_keys)
            self._attempt("presence", self._tell_presence)
            self._attempt("commands wanted", self._queue_wanted)
            self._attempt("commands", self._begin_commands)
            self._attempt("keys offered", self._refresh_offers)

    def _attempt(self, name: str, step: Callable[[], None]) -> None:
        """Do what needs the state; where the disk refuses, that is told once and done with the next upkeep."""
        try:
            step()
        except StateError as error:
            self._trouble(name, f"state not written: {name}", error)
        else:
            self._troubles.pop(name, None)

    def _trouble(self, name: str, event: str, error: Exception) -> None:
        if self._troubles.get(name) != str(error):
            self._troubles[name] = str(error)
            log.error(event, extra={"reason": str(error)})

    def _refresh_register(self) -> None:
        """Take a changed register; a bad one is told and the old one stays."""
        try:
            changed = self.gate.register.refreshed()
        except RegisterError as error:
            self._trouble("register", "register not taken", error)
            return
        self._troubles.pop("register", None)
        if changed is not self.gate.register:
            self.gate.register = changed
            log.info("register taken", extra={"outlets": len(changed)})

    def _write_keys(self) -> None:
        while self._new_keys:
            self.state.add_key(*self._new_keys[0])
            del self._new_keys[0]

    def _refresh_keys(self) -> None:
        """Learn of keys that other gateways have set."""
        seen = self.state.keys_seen()
        if seen != self._keys_seen and not self._new_keys:
            self.gate.keys_set = self.state.keys()
            self._keys_seen = seen

    def _refresh_offers(self) -> None:
        offered: dict[str, tuple[bytes, ...]] = {}
        for command in self.state.unsettled(SET_KEY):
            offered[command.mn] = (*offered.get(command.mn, ()), new_key(command.cp))
        self.gate.keys_offered = offered

    def _tell_presence(self) -> None:
        self.state.present(self._writer, self.presences.changes(self.now()))
        self.presences.told()

    def _queue_wanted(self) -> None:
        if self._wanted:
            self.state.want(self._wanted)
            self._wanted.clear()

    def _begin_commands(self) -> None:
        """Send what waits for outlets that are online; one that is not on the register any more keeps waiting."""
        targets = {
            mn: Target(outlet, self.presences.version(mn), self.gate.keys(outlet))
            for mn in self.presences.online()
            if not self.dialogues.busy(mn) and (outlet := self.gate.outlet(mn)) is not None
        }
        if targets:
            self.dialogues.begin(self.state.take(targets, self._writer), targets)

    async def _stop_listening(self) -> None:
        self._ending = True
        self._server.close()
        for connection in list(self._connections):
            connection.end()
        self.dialogues.close()

    async def _stop_tasks(self) -> None:
        """Commit and answer what waits, close the lines, tell who went offline."""
        for task in self._tasks[1:]:
            task.cancel()
        self.commit.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in list(self._connections):
            connection.finish()
        until = self.now() + _FAREWELL
        while self._connections and self.now() < until:
            await asyncio.sleep(_MOMENT)
        for connection in list(self._connections):
            connection.close("end")
        await asyncio.sleep(0)
        self._attempt("keys", self._write_keys)
        self._attempt("commands wanted", self._queue_wanted)
        self._attempt("presence", self._tell_presence)
        self._attempt("presence", lambda: self.state.all_offline(self._writer))


def _written(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _today() -> date:
    return datetime.now(_ZONE).date()
