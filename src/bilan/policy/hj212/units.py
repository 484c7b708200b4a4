"""Factors and their units: what a code of a packet measures, and in which unit its values are to be read.

The unit goes with the table from which the code is taken, whatever the packet says of its edition: ``020`` is mercury
in mg/L, ``w20111`` the same in µg/L. Where stations are known to send another unit than the standard prints,
``units_in_use.csv`` says so per system (ST).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bilan.policy.hj212.headers import editions
from bilan.policy.hj212.rows import in_edition, records, words, yes

_DIMENSIONLESS = "1"


@dataclass(frozen=True, slots=True)
class Factor:
    """A row of ``factors.csv`` as an edition reads it.

    ``code`` is that of 2017 and 2025 (``e101xx`` stands for e10101 to e10199), empty where 2017 gave up a code of 2005;
    ``code_2005`` is empty where 2005 had none. ``unit`` is None where no edition says it, empty without dimension;
    ``format`` is that of the edition (``N5.2``: five digits, then two), ``amount_unit`` the unit of ``-Cou``.
    ``editions`` are those whose tables list the factor, ``verified`` says whether two sources agree on the unit,
    ``source`` is where the unit stands, and ``unverified`` names the columns of the row for which there is one source.
    """

    code: str
    code_2005: str
    name: str
    unit: str | None
    format: str
    amount_unit: str
    editions: tuple[int, ...]
    verified: bool
    unverified: tuple[str, ...]
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class PacketUnit:
    """The unit in which values of a packet are read, and what that rests on.

    ``in_use`` says that the unit is the practice of the packet's system and not what the standard prints.
    """

    unit: str
    in_use: bool
    verified: bool
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class _Row:
    code: str
    code_2005: str
    name: str
    editions: tuple[int, ...]
    unit_2005: str
    unit_2017: str
    format_2017: str
    amount_unit: str
    unit_2025: str
    format_2025: str
    unverified: tuple[str, ...]
    source: str
    source_2025: str
    note: str

    def of_2005(self) -> Factor:
        """The factor under its code of 2005; 2017's unit, unverified, where 2005's is not known."""
        if not self.unit_2005:
            return self._factor(self.unit_2017, "", False, self.source)
        return self._factor(self.unit_2005, "", "unit_2005" not in self.unverified, editions()[2005].standard)

    def of_2017(self) -> Factor:
        """The factor under its code of 2017."""
        verified = "unit_2017" not in self.unverified and "code" not in self.unverified
        return self._factor(self.unit_2017, self.format_2017, verified, self.source)

    def of_2025(self) -> Factor:
        """The factor under its code of 2025; 2017's unit, unverified, where 2025's is not known."""
        if not self.unit_2025:
            return self._factor(self.unit_2017, self.format_2017, False, self.source)
        format = self.format_2025 or self.format_2017
        return self._factor(self.unit_2025, format, "unit_2025" not in self.unverified, self.source_2025)

    def _factor(self, unit: str, format: str, verified: bool, source: str) -> Factor:
        return Factor(
            code=self.code,
            code_2005=self.code_2005,
            name=self.name,
            unit=None if not unit else "" if unit == _DIMENSIONLESS else unit,
            format=format,
            amount_unit=self.amount_unit,
            editions=self.editions,
            verified=verified and bool(unit),
            unverified=self.unverified,
            source=source,
            note=self.note,
        )


@cache
def _spelled() -> Mapping[int, Mapping[str, Factor]]:
    """By edition and code; where both tables have a code (``Leq``), the edition says whose it is."""
    table = tuple(records("factors", _Row, unverified=words))
    old = {row.code_2005: row.of_2005() for row in table if row.code_2005}
    of_2017 = {row.code: row.of_2017() for row in table if row.code}
    of_2025 = {row.code: row.of_2025() for row in table if row.code}
    return {2005: {**of_2017, **old}, 2017: {**old, **of_2017}, 2025: {**old, **of_2025}}


def factors(edition: int) -> Mapping[str, Factor]:
    """Return the factors as a packet of ``edition`` is read, by every code that is known, of 2005, 2017 and 2025.

    >>> factors(2017)["w00000"].unit, factors(2017)["B01"].code
    ('L/s', 'w00000')
    """
    in_edition(editions(), edition)
    return _spelled()[edition]


def factor(code: str, edition: int) -> Factor | None:
    """Return what ``code`` measures in a packet of ``edition``, None for an unknown one; upper and lower case differ.

    >>> [(f.code, f.unit) for f in (factor("011", 2005), factor("w20111", 2017), factor("020", 2005))]
    [('w01018', 'mg/L'), ('w20111', 'µg/L'), ('w20111', 'mg/L')]
    >>> factor("e10107", 2017).name, factor("i33312", 2017).name, factor("zz", 2017)
    ('进水口流量', '炉膛内上部焚烧温度', None)
    """
    known = factors(edition)
    found = known.get(code)
    if found is None and len(code) == 6 and code.isascii() and code[4:].isdigit():  # numbered devices
        found = known.get(code[:4] + "xx") or known.get(code[:5] + "x")
    return found


@dataclass(frozen=True, slots=True)
class _UnitInUse:
    st: str
    code: str
    unit: str
    unverified: bool
    source: str
    note: str


@cache
def _in_use() -> Mapping[tuple[str, str], PacketUnit]:
    return {
        (row.st, row.code): PacketUnit(row.unit, True, not row.unverified, row.source, row.note)
        for row in records("units_in_use", _UnitInUse, unverified=yes)
    }


def packet_unit(code: str, st: str, edition: int) -> PacketUnit | None:
    """Return the unit of the values of ``code`` from the system ``st``, None where nothing is known of it.

    >>> packet_unit("a34004", "22", 2017).unit, packet_unit("a34004", "31", 2017).unit
    ('µg/m3', 'ng/m3')
    """
    if found := _in_use().get((st, code)):
        return found
    known = factor(code, edition)
    if known is None or known.unit is None:
        return None
    return PacketUnit(known.unit, False, known.verified, known.source, known.note)
