"""Outlets that do not exist: their numbers, names, what they measure.

A simulated MN begins with ``53494D55``, the ASCII codes of "SIMU", so that it is known wherever it turns up; two
digits of the system (ST) and a running number follow. Names begin with 模拟.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from bilan.errors import BilanError

PREFIX = "53494D55"
KINDS = {"31": "废气排口", "32": "废水排口", "22": "空气站"}
VERSIONS = (2005, 2017, 2025)
_DIGITS = {2005: 14}  # of an MN; 24 since


class SimulationError(BilanError):
    """What is to be simulated cannot be."""


class Quantity(NamedTuple):
    """A factor: its level, how far the day moves it, its noise (all in its unit), decimals, and its bounds.

    ``role`` is "flow" (of it amounts follow), "oxygen", "pollutant" (has an amount, and in flue gas a converted value)
    or "state".
    """

    code: str
    level: float
    day: float
    noise: float
    decimals: int
    low: float = 0.0
    high: float = 1e9
    role: str = "pollutant"


QUANTITIES: dict[str, tuple[Quantity, ...]] = {
    "31": (
        Quantity("a00000", 85.0, 12.0, 2.0, 1, role="flow"),
        Quantity("a21026", 12.0, 3.0, 1.5, 2),
        Quantity("a21002", 32.0, 6.0, 2.5, 2),
        Quantity("a34013", 3.2, 0.8, 0.3, 1),
        Quantity("a19001", 6.4, 0.5, 0.2, 2, high=20.9, role="oxygen"),
        Quantity("a01011", 12.5, 1.2, 0.3, 2, role="state"),
        Quantity("a01012", 52.0, 2.0, 0.5, 1, role="state"),
        Quantity("a01013", -0.12, 0.02, 0.01, 3, low=-5.0, role="state"),
        Quantity("a01014", 9.8, 0.6, 0.2, 2, high=40.0, role="state"),
    ),
    "32": (
        Quantity("w00000", 38.0, 14.0, 2.0, 2, role="flow"),
        Quantity("w01001", 7.4, 0.2, 0.05, 2, low=6.0, high=9.0, role="state"),
        Quantity("w01018", 38.5, 7.0, 1.5, 1),
        Quantity("w21003", 1.8, 0.5, 0.1, 2),
        Quantity("w21011", 0.21, 0.04, 0.01, 3),
        Quantity("w21001", 9.6, 1.5, 0.4, 2),
    ),
    "22": (
        Quantity("a34004", 35.0, 12.0, 4.0, 0, low=1.0, role="state"),
        Quantity("a34002", 62.0, 18.0, 6.0, 0, low=2.0, role="state"),
        Quantity("a21026", 8.0, 2.0, 1.0, 0, low=1.0, role="state"),
        Quantity("a21004", 28.0, 10.0, 3.0, 0, low=1.0, role="state"),
        Quantity("a21005", 0.7, 0.2, 0.05, 1, low=0.1, role="state"),
        Quantity("a05024", 75.0, 45.0, 5.0, 0, low=1.0, role="state"),
        Quantity("a01001", 18.0, 6.0, 0.3, 1, low=-40.0, role="state"),
        Quantity("a01002", 62.0, 15.0, 2.0, 0, low=5.0, high=100.0, role="state"),
        Quantity("a01006", 101.3, 0.2, 0.05, 2, role="state"),
        Quantity("a01007", 1.8, 0.8, 0.4, 1, role="state"),
    ),
}


@dataclass(frozen=True, slots=True)
class SimulatedOutlet:
    """An outlet that does not exist. ``rtd`` and ``minutes`` are the lengths between its real-time and minute data.

    ``key``, 16 bytes, enciphers what HJ 212-2025 wants enciphered. SimulationError where the intervals are none that
    the standard allows.
    """

    mn: str
    name: str
    st: str
    version: int = 2017
    pw: str = "123456"
    key: bytes | None = None
    rtd: int = 60  # seconds
    minutes: int = 10

    def __post_init__(self) -> None:
        if not 30 <= self.rtd <= 3600:
            raise SimulationError(f"实时数据间隔应为 30～3600 秒，是 {self.rtd}")
        if not 1 <= self.minutes <= 30 or 60 % self.minutes:
            raise SimulationError(f"分钟数据间隔应为 1、2、3、4、5、6、10、12、15、20、30 分钟，是 {self.minutes}")

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What the outlet measures, of that what its edition has a code for."""
        every = QUANTITIES[self.st]
        return every if self.version != 2005 else tuple(quantity for quantity in every if _coded_in_2005(quantity.code))


def _coded_in_2005(code: str) -> bool:
    from bilan.policy.hj212 import factor

    known = factor(code, 2005)
    return known is not None and bool(known.code_2005)


def simulated_outlets(
    count: int,
    *,
    version: int = 2017,
    kinds: Sequence[str] = ("31", "32", "22"),
    rtd: int = 60,
    minutes: int = 10,
    encrypted: bool = False,
    seed: int = 0,
) -> list[SimulatedOutlet]:
    """``count`` outlets, taking turns in ``kinds`` (ST); with ``encrypted`` each has a key that follows from ``seed``.

    >>> [(outlet.mn, outlet.name) for outlet in simulated_outlets(2)]
    [('53494D553100000000000001', '模拟废气排口0001'), ('53494D553200000000000002', '模拟废水排口0002')]
    """
    found = []
    for number in range(1, count + 1):
        st = kinds[(number - 1) % len(kinds)]
        opening = PREFIX + st
        mn = f"{opening}{number:0{_DIGITS.get(version, 24) - len(opening)}X}"
        key = sha256(f"{seed}/{mn}".encode()).hexdigest()[:16].encode() if encrypted else None
        name = f"模拟{KINDS[st]}{number:04d}"
        found.append(SimulatedOutlet(mn, name, st, version, key=key, rtd=rtd, minutes=minutes))
    return found
