"""Who speaks of what: commands, systems, and the codes by which requests are answered, each by edition.

The same code may mean something else in another edition (1001, 3013, 3014), so none is looked up without one.
``unverified`` names the editions for which no second source stands behind a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from bilan.policy.hj212.headers import editions
from bilan.policy.hj212.rows import by_edition, in_edition, number, records, rows

Exchange = Literal["", "request", "notice", "upload", "answer"]
Encrypted = Literal["no", "device", "both"]
DataTime = Literal["", "instant", "start"]

# What the host answers to what a device sends of its own accord.
_ANSWERS: Mapping[Exchange, str] = {"upload": "9014", "notice": "9013"}


@dataclass(frozen=True, slots=True)
class Command:
    """A command (CN): what host and device send under it, when DataTime is, what 2025 wants encrypted.

    ``host`` and ``device`` are the kind of packet that side sends, empty where it sends none. ``seconds`` is the length
    of the interval that begins at DataTime, None where another field says it.
    """

    cn: str
    editions: tuple[int, ...]
    name: str
    name_en: str
    group: str
    host: Exchange
    device: Exchange
    data_time: DataTime
    seconds: int | None
    encrypted: Encrypted
    unverified: tuple[int, ...]
    source: str
    note: str

    @property
    def answer(self) -> str:
        """The command by which the host answers what the device sends, empty where there is none to answer.

        >>> command("2011", 2017).answer, command("9015", 2025).answer, command("9011", 2017).answer
        ('9014', '9013', '')
        """
        return _ANSWERS.get(self.device, "")

    @property
    def valid_from(self) -> date:
        """The first day of the first edition that knows the command."""
        return editions()[self.editions[0]].valid_from

    @property
    def valid_to(self) -> date | None:
        """The day on which the last edition that knows the command ended, None while it is in force."""
        return editions()[self.editions[-1]].valid_to


@cache
def _commands() -> Mapping[int, Mapping[str, Command]]:
    return by_edition(records("commands", Command, seconds=number), "cn", tuple(editions()))


def commands(edition: int) -> Mapping[str, Command]:
    """Return the commands of ``edition`` by CN.

    >>> sorted(set(commands(2005)) - set(commands(2017)))
    ['1001', '1021', '1022', '1031', '1032', '1041', '1042', '2071', '2072']
    """
    return in_edition(_commands(), edition)


def command(cn: str, edition: int) -> Command | None:
    """Return what ``cn`` means in ``edition``, None where the edition does not define it.

    >>> command("3014", 2005).name, command("3014", 2017).name, command("3111", 2017)
    ('设置设备采样时间周期', '比对采样', None)
    """
    return in_edition(_commands(), edition).get(cn)


@dataclass(frozen=True, slots=True)
class SystemType:
    """A system (ST) and the medium it watches: ``air``, ``gas`` and ``water`` are those of ``policy.parameters``."""

    st: str
    editions: tuple[int, ...]
    name: str
    name_en: str
    medium: str
    unverified: tuple[int, ...]
    source: str
    note: str


@cache
def _system_types() -> Mapping[int, Mapping[str, SystemType]]:
    return by_edition(records("system_types", SystemType), "st", tuple(editions()))


def system_types(edition: int) -> Mapping[str, SystemType]:
    """Return the systems that ``edition`` names, by ST.

    >>> system_types(2017)["31"].medium, "44" in system_types(2017), "44" in system_types(2025)
    ('gas', False, True)
    """
    return in_edition(_system_types(), edition)


def system_kind(st: str) -> str | None:
    """Return the range of systems in which ``st`` lies, None outside of all; an unnamed one may still be well formed.

    >>> [system_kind(st) for st in ("22", "39", "52", "91", "A7", "80", "101")]
    ['environment', 'source', 'process', 'interaction', 'free', None, None]
    """
    if len(st) == 2:  # so that the order of text is that of the codes
        for first, last, kind in _ranges():
            if first <= st <= last and st[1].isdigit():
                return kind
    return None


@cache
def _ranges() -> tuple[tuple[str, str, str], ...]:
    return tuple((row["first"], row["last"], row["kind"]) for row in rows("system_ranges"))


@dataclass(frozen=True, slots=True)
class Return:
    """A value of QnRtn or ExeRtn, which ``field`` names."""

    field: str
    code: str
    editions: tuple[int, ...]
    name: str
    name_en: str
    unverified: tuple[int, ...]
    source: str


@cache
def _returns(field: str) -> Mapping[int, Mapping[str, Return]]:
    found = (row for row in records("returns", Return) if row.field == field)
    return by_edition(found, "code", tuple(editions()))


def qn_returns(edition: int = 2017) -> Mapping[str, Return]:
    """Return the values of QnRtn, the answer to a request, by code.

    >>> list(qn_returns()), list(qn_returns(2005))
    (['1', '2', '3', '4', '5', '6', '7', '8', '9', '100'], ['1', '2', '3'])
    """
    return in_edition(_returns("QnRtn"), edition)


def execution_returns(edition: int = 2017) -> Mapping[str, Return]:
    """Return the values of ExeRtn, the result of a request, by code.

    >>> execution_returns()["100"].name, list(execution_returns(2005))
    ('没有数据', ['1', '2', '100'])
    """
    return in_edition(_returns("ExeRtn"), edition)
