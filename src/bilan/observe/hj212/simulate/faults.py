"""What goes wrong between an analyser and the host, by chance."""

from __future__ import annotations

import random
from dataclasses import dataclass, fields

from bilan.observe.hj212.simulate.outlets import SimulationError


@dataclass(frozen=True, slots=True)
class Faults:
    """Chances from 0 to 1, per frame if nothing else is said.

    ``flip``: one byte is another; ``crc``: a wrong CRC; ``lose``: one to four bytes are missing; ``twice``: the frame
    comes twice; ``line_end``: CR LF is missing; ``gbk``: a log is in GBK (per log); ``gap``: the link is down for half
    an hour to three hours (per hour of an outlet), ``resend``: the frame is sent again half a minute later; ``drift``:
    the clock is off by up to two minutes a day (per outlet). SimulationError where one is no chance.

    >>> Faults(crc=2)
    Traceback (most recent call last):
    bilan.observe.hj212.simulate.outlets.SimulationError: crc 应为 0～1 的概率，是 2
    """

    flip: float = 0.0
    crc: float = 0.0
    lose: float = 0.0
    twice: float = 0.0
    line_end: float = 0.0
    gbk: float = 0.0
    gap: float = 0.0
    resend: float = 0.0
    drift: float = 0.0

    def __post_init__(self) -> None:
        for chance in fields(self):
            value = getattr(self, chance.name)
            if not 0 <= value <= 1:
                raise SimulationError(f"{chance.name} 应为 0～1 的概率，是 {value:g}")


def on_the_wire(raw: bytes, faults: Faults, chance: random.Random) -> bytes:
    """What arrives of ``raw``: most often ``raw``."""
    sent = raw
    if chance.random() < faults.crc:
        crc = int(raw[-6:-2], 16) ^ 0x0100
        sent = b"%b%04X\r\n" % (raw[:-6], crc)
    if chance.random() < faults.flip:
        at = chance.randrange(6, len(sent) - 6)
        sent = sent[:at] + bytes([sent[at] ^ chance.randrange(1, 256)]) + sent[at + 1 :]
    if chance.random() < faults.lose:
        at = chance.randrange(2, len(sent) - 6)
        sent = sent[:at] + sent[at + chance.randint(1, 4) :]
    if chance.random() < faults.line_end:
        sent = sent.removesuffix(b"\r\n")
    if chance.random() < faults.twice:
        sent += sent
    return sent
