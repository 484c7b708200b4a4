"""What the host asks of devices: one command at a time for each outlet, with time-outs and re-sends.

HJ 212-2017 figures 5 to 7: the host sends a request, the device says 9011 (QnRtn) and, when it is done, 9012 (ExeRtn);
what it uploads in between comes like any other data. Without an answer within OverTime the request goes out again under
the same QN, ReCount times (table 1: 3 times; 5 s on fixed lines, 10 s on mobile ones).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bilan.observe.hj212.decoding import examine
from bilan.observe.hj212.encoding import EncodeError, encode, flag_of, qn_of
from bilan.observe.hj212.frames import Frame
from bilan.observe.hj212.gateway.counts import Counts
from bilan.observe.hj212.gateway.state import Command, GatewayState, State, StateError
from bilan.observe.hj212.register import Outlet
from bilan.observe.hj212.sm4 import key_bytes
from bilan.policy import hj212 as standard

log = logging.getLogger(__name__)

_ZONE = ZoneInfo("Asia/Shanghai")
_ANSWER, _RESULT, _NOTED = "9011", "9012", "9013"
_SET_TIME, _ASK_TIME, SET_KEY = "1012", "1013", "1014"
_DONE = "1"
_ANY_SYSTEM = "91"  # where the register does not say what the outlet is


@dataclass(frozen=True, slots=True)
class Patience:
    """How long devices are waited for, in seconds, and how often a request is sent again."""

    over_time: float = 10.0
    recount: int = 3
    execution: float = 300.0


@dataclass(frozen=True, slots=True)
class Target:
    """An outlet to which a command goes, the edition that it speaks, and its keys, the newest first."""

    outlet: Outlet
    version: int
    keys: tuple[bytes, ...] = ()


@dataclass(slots=True)
class _Open:
    """A command on its way."""

    command: Command
    target: Target
    qn: str
    frame: bytes
    tries: int = 0
    accepted: bool = False
    timer: asyncio.TimerHandle | None = field(default=None)

    def stop(self) -> None:
        if self.timer:
            self.timer.cancel()


class Dialogues:
    """The commands on their way to devices.

    ``send`` puts a frame on the line of an MN, False where it has none; ``want`` has a command (MN, CN, CP) sent later;
    ``keep_key`` takes an SM4 key that a device has taken over, ``keys`` gives all that an MN may have now. How far a
    command has come is written to ``state`` if it can be: a disk that is full must not stop the conversation.
    """

    def __init__(
        self,
        state: GatewayState,
        counts: Counts,
        send: Callable[[str, bytes], bool],
        want: Callable[[str, str, str], None],
        keep_key: Callable[[str, bytes], None],
        keys: Callable[[str], tuple[bytes, ...]],
        patience: Patience | None = None,
    ) -> None:
        self._state, self._counts = state, counts
        self._send, self._want, self._keep_key, self._keys = send, want, keep_key, keys
        self._patience = patience or Patience()
        self._open: dict[str, _Open] = {}
        self._last_qn = datetime.min

    def busy(self, mn: str) -> bool:
        """Whether a command to the outlet is on its way."""
        return mn in self._open

    def begin(self, commands: Iterable[Command], targets: Mapping[str, Target]) -> None:
        """Send ``commands`` to the ``targets`` that have their MNs."""
        for command in commands:
            qn = self._new_qn()
            try:
                frame = request(command, targets[command.mn], qn)
            except (EncodeError, ValueError) as error:
                self._end_command(command, "failed", note=str(error))
                continue
            opened = self._open[command.mn] = _Open(command, targets[command.mn], qn, frame)
            self._try(opened)

    def heard(self, mn: str, header: Mapping[str, str], frame: Frame) -> None:
        """Take what a believed frame says about the command that is open for its outlet, if any."""
        if header["CN"] == _ASK_TIME:
            self._want(mn, _SET_TIME, "")
        opened = self._open.get(mn)
        if opened is None or header["CN"] not in (_ANSWER, _RESULT, _NOTED, opened.command.cn):
            return
        packet = examine(frame, keys=self._keys(mn))
        qn = packet.qn or packet.data.get("QN")  # the dialect of 2005 puts it into the CP
        if qn != opened.qn:
            return
        if packet.cn == _ANSWER:
            self._accepted(opened, str(packet.data.get("QnRtn", "")), packet.version or 2017)
        elif packet.cn == _RESULT:
            self._executed(opened, str(packet.data.get("ExeRtn", "")), packet.version or 2017)
        elif packet.cn == _NOTED:
            self._end(opened, "done")
        else:
            self._accept(opened, note=packet.cp)

    def settle_key(self, mn: str, key: bytes) -> None:
        """The device uses ``key``, whatever it said: every command that set it is done. Raises StateError."""
        note = "没有回报；已用新密钥发来数据"
        opened = self._open.get(mn)
        if opened is not None and opened.command.cn == SET_KEY and new_key(opened.command.cp) == key:
            self._end(opened, "done", note=note)
        for command in self._state.unsettled(SET_KEY, mn):
            if new_key(command.cp) == key:
                self._state.note(command.id, "done", note=note)

    def lost(self, mn: str) -> None:
        """The line of the outlet is gone: what was not accepted waits for the next one."""
        opened = self._open.pop(mn, None)
        if opened is not None:
            opened.stop()
            self._note(opened.command, "silent" if opened.accepted else "waiting", note="连接中断")

    def close(self) -> None:
        """The gateway ends: nothing is on its way any more."""
        for mn in list(self._open):
            self.lost(mn)

    def _new_qn(self) -> str:
        """A QN that no other request has: the present, or a millisecond after the last one."""
        now = datetime.now(_ZONE).replace(tzinfo=None)
        step = now.replace(microsecond=now.microsecond // 1000 * 1000)
        self._last_qn = max(step, self._last_qn + timedelta(milliseconds=1))
        return qn_of(self._last_qn)

    def _try(self, opened: _Open) -> None:
        """Send the request, or give up after the last time."""
        mn = opened.command.mn
        if opened.tries > self._patience.recount:
            self._end(opened, "silent", note=f"发送 {opened.tries} 次，没有应答")
            return
        opened.tries += 1
        try:
            self._state.sending(opened.command.id, opened.qn, opened.tries)
        except StateError as error:
            log.error("state not written", extra={"mn": mn, "cn": opened.command.cn, "reason": str(error)})
        if not self._send(mn, opened.frame):
            self.lost(mn)
            return
        self._counts.commands["sent"] += 1
        self._wait(opened, self._patience.over_time, self._try)

    def _wait(self, opened: _Open, seconds: float, then: Callable[[_Open], None]) -> None:
        opened.stop()
        opened.timer = asyncio.get_running_loop().call_later(seconds, then, opened)

    def _accepted(self, opened: _Open, code: str, version: int) -> None:
        if code != _DONE:
            meaning = standard.qn_returns(version).get(code)
            self._end(opened, "refused", answer=f"QnRtn={code}", note=meaning.name if meaning else None)
            return
        self._accept(opened, answer=f"QnRtn={code}")

    def _accept(self, opened: _Open, *, answer: str | None = None, note: str | None = None) -> None:
        opened.accepted = True
        self._note(opened.command, "accepted", answer=answer, note=note)
        self._wait(opened, self._patience.execution, self._no_result)

    def _executed(self, opened: _Open, code: str, version: int) -> None:
        meaning = standard.execution_returns(version).get(code)
        if code == _DONE and opened.command.cn == SET_KEY:
            self._keep_key(opened.command.mn, new_key(opened.command.cp))
        state: State = "done" if code == _DONE else "failed"
        self._end(opened, state, answer=f"ExeRtn={code}", note=meaning.name if meaning and code != _DONE else None)

    def _no_result(self, opened: _Open) -> None:
        self._end(opened, "silent", note=f"{self._patience.execution:g} 秒内没有执行结果")

    def _end(self, opened: _Open, state: State, *, answer: str | None = None, note: str | None = None) -> None:
        opened.stop()
        self._open.pop(opened.command.mn, None)
        self._end_command(opened.command, state, answer=answer, note=note)

    def _end_command(
        self, command: Command, state: State, *, answer: str | None = None, note: str | None = None
    ) -> None:
        self._note(command, state, answer=answer, note=note)
        self._counts.commands[state] += 1
        log.info("command", extra={"mn": command.mn, "cn": command.cn, "state": state, "answer": answer, "note": note})

    def _note(self, command: Command, state: State, *, answer: str | None = None, note: str | None = None) -> None:
        try:
            self._state.note(command.id, state, answer=answer, note=note)
        except StateError as error:
            log.error("state not written", extra={"mn": command.mn, "cn": command.cn, "reason": str(error)})


def new_key(cp: str) -> bytes:
    """The SM4 key that a command 1014 sets; ValueError without a whole one.

    >>> new_key("SKCreateTime=20260301000000;NewSK=0123456789abcdef")
    b'0123456789abcdef'
    """
    fields = dict(piece.partition("=")[::2] for piece in cp.replace(";", ",").split(","))
    return key_bytes(fields.get("NewSK", ""))


def request(command: Command, target: Target, qn: str) -> bytes:
    """The frame of a command; a time to be set is that of sending.

    EncodeError where it does not fit into a packet; ValueError where the edition wants it enciphered and there is no
    key, or where it sets a key that is none.
    """
    if command.cn == SET_KEY:
        new_key(command.cp)
    known = standard.command(command.cn, target.version)
    cp = command.cp
    if command.cn == _SET_TIME and not cp:
        cp = f"SystemTime={datetime.now(_ZONE):%Y%m%d%H%M%S}"
    secret = standard.command(command.cn, 2025)
    if known is None and secret is not None and secret.encrypted == "both":
        raise ValueError(f"{command.cn} 只能发给说 2025 年版的现场机，{command.mn} 说的是 {target.version} 年版")
    enciphered = known is not None and known.encrypted == "both"
    if enciphered and not target.keys:
        raise ValueError(f"{command.cn} 要加密发送，没有 {command.mn} 的密钥")
    return encode(
        cp,
        qn=qn,
        st=target.outlet.st or _ANY_SYSTEM,
        cn=command.cn,
        pw=target.outlet.password,
        mn=command.mn,
        flag=flag_of(target.version, answer=True),
        key=target.keys[0] if enciphered else None,
    )
