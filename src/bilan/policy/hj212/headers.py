"""The editions of the standard, known by their year, and what each lets stand in the header of a packet.

Functions of this package that take an edition raise ValueError for one that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from bilan.policy.hj212.rows import day, in_edition, pattern, records, words, yes


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the standard; ``flag_version`` are the bits of Flag above bit 1, ``segment_max`` is in bytes.

    Validity is half open. ``unverified`` names columns, not editions.
    """

    edition: int
    standard: str
    title: str
    valid_from: date
    valid_to: date | None
    flag_version: int
    segment_max: int
    unverified: tuple[str, ...]
    source: str
    note: str

    def holds_on(self, day: date) -> bool:
        """Whether the edition is in force on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@cache
def editions() -> Mapping[int, Edition]:
    """Return the editions by their year, the oldest first.

    >>> [(e.edition, e.flag_version, str(e.valid_to)) for e in editions().values()]
    [(2005, 0, '2017-05-01'), (2017, 1, '2026-01-01'), (2025, 2, 'None')]
    """
    found = records(
        "editions",
        Edition,
        edition=int,
        valid_from=date.fromisoformat,
        valid_to=day,
        flag_version=int,
        segment_max=int,
        unverified=words,
    )
    return {row.edition: row for row in found}


def edition_on(day: date) -> Edition | None:
    """Return the edition in force on ``day``, None before the first.

    >>> edition_on(date(2025, 12, 31)).edition, edition_on(date(2026, 1, 1)).edition
    (2017, 2025)
    """
    return next((edition for edition in editions().values() if edition.holds_on(day)), None)


def edition_of_flag(flag: int) -> int | None:
    """Return the edition that the version bits of a packet's Flag name, None for bits that stand for none.

    >>> [edition_of_flag(flag) for flag in (0, 3, 4, 7, 8, 11, 12)]
    [2005, 2005, 2017, 2017, 2025, 2025, None]
    """
    return _versions().get(flag >> 2)


@cache
def _versions() -> Mapping[int, int]:
    return {edition.flag_version: year for year, edition in editions().items()}


@dataclass(frozen=True, slots=True)
class HeaderField:
    """A field of the header: where it stands, ``width`` as the standard prints it, ``pattern`` of the value.

    CP has no pattern; its width counts the characters between ``CP=&&`` and ``&&``.
    """

    field: str
    edition: int
    position: int
    width: int
    pattern: re.Pattern[str] | None
    required: bool
    unverified: bool
    source: str
    note: str

    def allows(self, value: str) -> bool:
        """Whether the edition's table allows ``value``.

        >>> header_fields(2017)["MN"].allows("X0000000000001"), header_fields(2025)["RF"].allows("1")
        (False, True)
        """
        return len(value) <= self.width if self.pattern is None else self.pattern.fullmatch(value) is not None


@cache
def header_fields(edition: int) -> Mapping[str, HeaderField]:
    """Return the fields of the header of ``edition`` by name, in their order.

    >>> list(header_fields(2025))
    ['QN', 'ST', 'CN', 'PW', 'MN', 'Flag', 'PNUM', 'PNO', 'RF', 'CP']
    """
    in_edition(editions(), edition)
    found = records(
        "header_fields",
        HeaderField,
        edition=int,
        position=int,
        width=int,
        pattern=pattern,
        required=yes,
        unverified=yes,
    )
    return {row.field: row for row in found if row.edition == edition}
