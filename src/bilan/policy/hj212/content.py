"""What stands in CP: data flags, states of devices, suffixes of factors and the other fields, each by edition.

``unverified`` names the editions for which no second source stands behind a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from bilan.policy.hj212.headers import editions
from bilan.policy.hj212.rows import by_edition, in_edition, number, records, words, yes

Holds = Literal["value", "flag", "time", "text", "state"]
CpKind = Literal["time", "number", "code", "text"]


@dataclass(frozen=True, slots=True)
class DataFlag:
    """A mark on a value; ``valid`` says whether a value so marked counts."""

    flag: str
    editions: tuple[int, ...]
    valid: bool
    name: str
    name_en: str
    unverified: tuple[int, ...]
    source: str
    note: str


@cache
def _flags() -> Mapping[int, Mapping[str, DataFlag]]:
    return by_edition(records("data_flags", DataFlag, valid=yes), "flag", tuple(editions()))


def flags(edition: int) -> Mapping[str, DataFlag]:
    """Return the data flags of ``edition`` by letter or digit.

    >>> "".join(flags(2017)), "".join(flags(2005))
    ('NFMSDCTB', 'NFMSDCTP0123')
    """
    return in_edition(_flags(), edition)


def flag_valid(flag: str, edition: int) -> bool | None:
    """Return whether a value with ``flag`` counts, None for a flag that the edition does not define.

    >>> flag_valid("N", 2017), flag_valid("D", 2017), flag_valid("B", 2005), flag_valid("", 2005)
    (True, False, None, None)
    """
    found = in_edition(_flags(), edition).get(flag)
    return None if found is None else found.valid


@dataclass(frozen=True, slots=True)
class DeviceState:
    """A value of ``SBn-RS``, the state of a treatment device."""

    code: str
    editions: tuple[int, ...]
    name: str
    name_en: str
    unverified: tuple[int, ...]
    source: str


@cache
def _device_states() -> Mapping[int, Mapping[str, DeviceState]]:
    return by_edition(records("device_states", DeviceState), "code", tuple(editions()))


def device_states(edition: int) -> Mapping[str, DeviceState]:
    """Return the states of a treatment device by code.

    >>> [state.name_en for state in device_states(2005).values()], device_states(2017)["5"].name
    (['off', 'on'], '反吹')
    """
    return in_edition(_device_states(), edition)


@dataclass(frozen=True, slots=True)
class Suffix:
    """What stands behind the hyphen of a factor: its ``statistic``, and whether it is at the reference oxygen.

    A suffix without editions is a vendor's. ``of`` is what carries it: a factor, a device (``SBn``), site information.
    """

    suffix: str
    editions: tuple[int, ...]
    of: str
    holds: Holds
    statistic: str
    corrected: bool
    name: str
    name_en: str
    unverified: tuple[int, ...]
    source: str
    note: str


@cache
def suffixes(edition: int | None = None) -> Mapping[str, Suffix]:
    """Return the suffixes that ``edition`` defines, or all known ones with those of vendors.

    >>> suffixes(2017)["ZsAvg"].statistic, suffixes(2017)["ZsAvg"].corrected, "ZsCou" in suffixes(2017)
    ('avg', True, False)
    """
    if edition is not None:
        in_edition(editions(), edition)
    found = records("suffixes", Suffix, corrected=yes)
    return {row.suffix: row for row in found if edition is None or edition in row.editions}


@dataclass(frozen=True, slots=True)
class CpField:
    """A field of CP that belongs to no factor: its kind, and where it is a number its bounds, both included."""

    field: str
    editions: tuple[int, ...]
    kind: CpKind
    minimum: int | None
    maximum: int | None
    allowed: tuple[str, ...]
    unit: str
    name: str
    name_en: str
    unverified: tuple[int, ...]
    source: str
    note: str

    def allows(self, value: str) -> bool:
        """Whether the edition allows ``value``, as far as it says anything of it.

        >>> [cp_fields(2017)["MinInterval"].allows(value) for value in ("10", "7", "60", "x")]
        [True, False, False, False]
        """
        if self.allowed:
            return value in self.allowed
        if self.kind != "number":
            return True
        if not (value.isascii() and value.isdigit() and len(value) <= 9):
            return False
        return (self.minimum or 0) <= int(value) and (self.maximum is None or int(value) <= self.maximum)


@cache
def _cp_fields() -> Mapping[int, Mapping[str, CpField]]:
    return by_edition(
        records("cp_fields", CpField, minimum=number, maximum=number, allowed=words), "field", tuple(editions())
    )


def cp_fields(edition: int) -> Mapping[str, CpField]:
    """Return the fields of CP that ``edition`` defines, by name.

    >>> field = cp_fields(2017)["RtdInterval"]
    >>> field.minimum, field.maximum, field.unit
    (30, 3600, 's')
    """
    return in_edition(_cp_fields(), edition)
