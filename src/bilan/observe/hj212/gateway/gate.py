"""Who is believed: frames of outlets on the register, with their password and a good CRC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from bilan.observe.hj212.crc import crc16
from bilan.observe.hj212.decoding import examine
from bilan.observe.hj212.frames import Frame
from bilan.observe.hj212.header import OPENED, split_header
from bilan.observe.hj212.register import Outlet, Register

# Why a frame is refused: words of the metrics and of the quarantine.
DAMAGED, BAD_CRC, UNKNOWN, PASSWORD, NO_KEY = "damaged", "crc", "unknown-mn", "password", "cipher"

_QN_AT, _QN_END = 3, 20  # of a QN that comes first and has 17 digits


class Admitted(NamedTuple):
    """A frame that is believed, with its header as text and whose it is.

    ``rest`` is the header behind the QN, as it was sent; empty where the QN is not as usual. ``register`` and ``day``
    are what it was judged by. ``new_key`` opened it and was only offered to the outlet until now.
    """

    outlet: Outlet
    header: Mapping[str, str]
    rest: bytes
    register: Register
    day: date
    new_key: bytes | None = None

    def holds_for(self, segment: bytes, register: Register, day: date) -> bool:
        """Whether the same register admits ``segment``, too: its header differs by nothing but a usual QN."""
        same = self.register is register and self.day == day and self.rest != b""
        return same and segment.startswith(self.rest, _QN_END) and _has_usual_qn(segment)


@dataclass(slots=True)
class Gate:
    """Judges frames by ``register`` as it stands on ``day`` (of arrival, in Asia/Shanghai).

    ``keys_set`` are SM4 keys that were set by command since, by MN, the newest first; ``keys_offered`` those of
    which nobody knows whether the device took them: the first packet under one of them says so.
    """

    register: Register
    day: date
    keys_set: Mapping[str, tuple[bytes, ...]]
    keys_offered: Mapping[str, tuple[bytes, ...]]

    def outlet(self, mn: str) -> Outlet | None:
        """Who has the MN today, None for a stranger."""
        return self.register.on(mn, self.day)

    def keys(self, outlet: Outlet) -> tuple[bytes, ...]:
        """The keys by which packets of the outlet may be enciphered, the newest first."""
        return (*self.keys_set.get(outlet.mn, ()), *outlet.keys)

    def judge(self, frame: Frame, before: Admitted | None = None) -> Admitted | str:
        """The frame's header and outlet, or the word that says why it is refused.

        ``before``: the last one admitted on the same line. Most devices send the same header again and again.
        """
        if not frame.whole:
            return DAMAGED
        stop = frame.head + frame.length
        segment = frame.raw[frame.head : stop]
        crc_holds = int(frame.raw[stop : stop + 4], 16) == crc16(segment)
        if crc_holds and before is not None and before.holds_for(segment, self.register, self.day):
            return before._replace(header={**before.header, "QN": segment[_QN_AT:_QN_END].decode()}, new_key=None)
        return self._judge_header(frame, segment, crc_holds)

    def _judge_header(self, frame: Frame, segment: bytes, crc_holds: bool) -> Admitted | str:
        try:
            header = split_header(segment)
        except ValueError:
            return DAMAGED
        outlet = self.outlet(header.get("MN", ""))
        problem = "" if crc_holds else self._unlike(frame, outlet)
        if outlet is None:
            return problem or UNKNOWN
        if not header.get("CN"):
            return problem or DAMAGED
        if not outlet.admits(header.get("PW", "")):
            return problem or PASSWORD
        new_key = self._offered_key(frame, outlet) if problem == NO_KEY else None
        if problem and new_key is None:
            return problem
        return Admitted(outlet, header, _behind_qn(segment), self.register, self.day, new_key)

    def _unlike(self, frame: Frame, outlet: Outlet | None) -> str:
        """What is wrong with a CRC that is not that of the bytes: of an enciphered segment it is that of the text."""
        keys = () if outlet is None else self.keys(outlet)
        codes = {problem.code for problem in examine(frame, keys=keys).errors}
        if "cipher.key" in codes:
            return UNKNOWN if outlet is None else NO_KEY
        return BAD_CRC if codes else ""

    def _offered_key(self, frame: Frame, outlet: Outlet) -> bytes | None:
        """The key on offer under which the frame is text beyond doubt: one in 256 wrong keys has the CRC right."""
        for key in self.keys_offered.get(outlet.mn, ()):
            packet = examine(frame, keys=(key,))
            if packet.ok and packet.cp.isascii() and packet.cp.isprintable():
                return key
        return None


def _has_usual_qn(segment: bytes) -> bool:
    return segment.startswith(b"QN=") and segment[_QN_AT:_QN_END].isdigit() and segment.startswith(b";", _QN_END)


def _behind_qn(segment: bytes) -> bytes:
    """The header behind a usual QN, up to where the content opens; empty for any other."""
    opened = segment.find(OPENED)
    return segment[_QN_END : opened + len(OPENED)] if opened >= 0 and _has_usual_qn(segment) else b""
