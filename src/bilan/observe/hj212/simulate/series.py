"""What simulated analysers show: a day's course, noise that remembers, and marks for calibration and faults."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from datetime import datetime

from bilan.observe.hj212.simulate.outlets import Quantity, SimulatedOutlet

REFERENCE_OXYGEN = 6.0
_AIR_OXYGEN = 21.0
_PERSISTENCE = 0.9  # of the noise from one value to the next
_CALIBRATION_MINUTES = 20
_FAULT_CHANCE, _FAULT_VALUES = 1 / 2000, (3, 40)


class Series:
    """The values of one quantity of one outlet, one after the other; the same seed gives the same values."""

    def __init__(self, quantity: Quantity, seed: str) -> None:
        self.quantity = quantity
        self._random = random.Random(seed)
        self._noise = 0.0
        self._scale = self._random.uniform(0.7, 1.3)
        self._phase = self._random.uniform(-2.0, 2.0)
        self._calibrates = self._random.randrange(0, 24 * 60, 10)  # minute of the day
        self._faulty = 0
        self._fault = "D"

    def next(self, moment: datetime) -> tuple[float, str]:
        """Value and data flag at ``moment``."""
        kind = self.quantity
        self._noise = _PERSISTENCE * self._noise + self._random.gauss(0.0, kind.noise * 0.44)
        hour = moment.hour + moment.minute / 60
        wave = math.sin((hour - 9 + self._phase) / 24 * 2 * math.pi)
        value = kind.level * (self._scale if kind.role == "pollutant" else 1.0) + kind.day * wave + self._noise
        mark = self._mark(moment)
        if mark == "C":
            value = kind.level * 0.02
        return min(max(value, kind.low), kind.high), mark

    def _mark(self, moment: datetime) -> str:
        if self._faulty:
            self._faulty -= 1
            return self._fault
        if self._random.random() < _FAULT_CHANCE:
            self._faulty = self._random.randint(*_FAULT_VALUES)
            self._fault = self._random.choice("DDMTB")
        since = (moment.hour * 60 + moment.minute - self._calibrates) % (24 * 60)
        calibrated = self.quantity.role in ("pollutant", "oxygen")
        return "C" if calibrated and since < _CALIBRATION_MINUTES else "N"


@dataclass(slots=True)
class Spell:
    """The values of a quantity over an interval; statistics are those of the valid ones, of all where none is."""

    good: list[float] = field(default_factory=list)
    all: list[float] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)

    def add(self, value: float, mark: str) -> None:
        """Take a value."""
        self.all.append(value)
        self.marks.append(mark)
        if mark == "N":
            self.good.append(value)

    @property
    def values(self) -> list[float]:
        return self.good or self.all

    @property
    def mean(self) -> float:
        return sum(self.values) / len(self.values)

    def mark(self, st: str) -> str:
        """HJ 212-2017 C.16 to C.18: waste water is abnormal by one value, flue gas N by three quarters, else D."""
        if st == "32":
            return next((mark for mark in self.marks if mark != "N"), "N")
        return "N" if 4 * len(self.good) >= 3 * len(self.all) else "D"


def converted(value: float, oxygen: float) -> float:
    """A concentration at the reference oxygen.

    >>> converted(10.0, 6.0)
    10.0
    """
    return value * (_AIR_OXYGEN - REFERENCE_OXYGEN) / max(_AIR_OXYGEN - oxygen, 1.0)


def instants(outlet: SimulatedOutlet, shown: dict[str, tuple[float, str]]) -> str:
    """The CP groups of real-time data; ``shown`` are value and mark by the code of 2017."""
    oxygen = shown.get("a19001", (REFERENCE_OXYGEN, "N"))[0]
    groups = []
    for quantity in outlet.quantities:
        value, mark = shown[quantity.code]
        name, digits = code_of(quantity.code, outlet.version), quantity.decimals
        fields = [f"{name}-Rtd={value:.{digits}f}"]
        if outlet.st == "31" and quantity.role == "pollutant":
            fields.append(f"{name}-ZsRtd={converted(value, oxygen):.{digits}f}")
        groups.append(",".join([*fields, f"{name}-Flag={known_mark(mark, outlet.version)}"]))
    return ";".join(groups)


def statistics(outlet: SimulatedOutlet, spells: dict[str, Spell], seconds: int) -> str:
    """The CP groups of an interval of ``seconds``: minimum, mean, maximum, amount."""
    oxygen = spells["a19001"].mean if "a19001" in spells else REFERENCE_OXYGEN
    flow = next((spells[quantity.code].mean for quantity in outlet.quantities if quantity.role == "flow"), None)
    cubic = None if flow is None else flow * seconds / (1000 if outlet.st == "32" else 1)  # L/s, m3/s
    groups = []
    for quantity in outlet.quantities:
        spell, digits = spells[quantity.code], quantity.decimals
        name = code_of(quantity.code, outlet.version)
        numbers = {"Min": min(spell.values), "Avg": spell.mean, "Max": max(spell.values)}
        fields = [f"{name}-{suffix}={value:.{digits}f}" for suffix, value in numbers.items()]
        if outlet.st == "31" and quantity.role == "pollutant":
            fields += [f"{name}-Zs{suffix}={converted(value, oxygen):.{digits}f}" for suffix, value in numbers.items()]
        if cubic is not None and quantity.role in ("flow", "pollutant"):
            per_kilogram = 1000 if outlet.st == "32" else 1_000_000  # g/m3, mg/m3
            amount = cubic if quantity.role == "flow" else spell.mean * cubic / per_kilogram
            fields.append(f"{name}-Cou={amount:.3f}")
        fields.append(f"{name}-Flag={known_mark(spell.mark(outlet.st), outlet.version)}")
        groups.append(",".join(fields))
    return ";".join(groups)


def code_of(code: str, version: int) -> str:
    """How an edition spells a factor of 2017; the same where 2005 had no code.

    >>> code_of("w01018", 2005), code_of("w01018", 2025)
    ('011', 'w01018')
    """
    from bilan.policy.hj212 import factor

    known = factor(code, version) if version == 2005 else None
    return known.code_2005 if known and known.code_2005 else code


def known_mark(mark: str, version: int) -> str:
    """A data flag as the edition knows it; 2005 has none for a broken link.

    >>> known_mark("B", 2005), known_mark("C", 2005)
    ('D', 'C')
    """
    return "D" if version == 2005 and mark == "B" else mark
