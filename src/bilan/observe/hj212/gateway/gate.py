"""Who is believed: frames of outlets on the register, with their password and a good CRC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from bilan.observe.hj212.crc import crc16
from bilan.observe.hj212.decoding import examine
from bilan.observe.hj212.frames import Frame
from bilan.observe.hj212.header import split_header
from bilan.observe.hj212.register import Outlet, Register

# Why a frame is refused: words of the metrics and of the quarantine.
DAMAGED, BAD_CRC, UNKNOWN, PASSWORD, NO_KEY = "damaged", "crc", "unknown-mn", "password", "cipher"


class Admitted(NamedTuple):
    """A frame that is believed, with its header as text and whose it is."""

    outlet: Outlet
    header: Mapping[str, str]


@dataclass(slots=True)
class Gate:
    """Judges frames by ``register`` as it stands on ``day`` (of arrival, in Asia/Shanghai).

    ``keys_set`` are SM4 keys that were set by command since, by MN, the newest first.
    """

    register: Register
    day: date
    keys_set: Mapping[str, tuple[bytes, ...]]

    def outlet(self, mn: str) -> Outlet | None:
        """Who has the MN today, None for a stranger."""
        return self.register.on(mn, self.day)

    def keys(self, outlet: Outlet) -> tuple[bytes, ...]:
        """The keys by which packets of the outlet may be enciphered, the newest first."""
        return (*self.keys_set.get(outlet.mn, ()), *outlet.keys)

    def judge(self, frame: Frame) -> Admitted | str:
        """The frame's header and outlet, or the word that says why it is refused."""
        if not frame.whole:
            return DAMAGED
        stop = frame.head + frame.length
        segment = frame.raw[frame.head : stop]
        try:
            header = split_header(segment)
        except ValueError:
            return DAMAGED
        outlet = self.outlet(header.get("MN", ""))
        if int(frame.raw[stop : stop + 4], 16) != crc16(segment) and (problem := self._unlike(frame, outlet)):
            return problem
        if outlet is None:
            return UNKNOWN
        if not header.get("CN"):
            return DAMAGED
        return Admitted(outlet, header) if outlet.admits(header.get("PW", "")) else PASSWORD

    def _unlike(self, frame: Frame, outlet: Outlet | None) -> str:
        """What is wrong with a CRC that is not that of the bytes: of an enciphered segment it is that of the text."""
        keys = () if outlet is None else self.keys(outlet)
        codes = {problem.code for problem in examine(frame, keys=keys).errors}
        if "cipher.key" in codes:
            return UNKNOWN if outlet is None else NO_KEY
        return BAD_CRC if codes else ""
