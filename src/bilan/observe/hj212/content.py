"""The CP of a packet: its fields by factor, and what of them is not as the standard has it.

HJ 212-2017 6.3: ``=`` joins a field and its value, ``,`` parts the fields of one factor, ``;`` the factors; texts of
logs stand between ``//`` and may hold any of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from bilan.observe.hj212.notes import Notes
from bilan.observe.hj212.packet import Record, Value

_PIECE = re.compile(r"(?://.*?//|[^;,])*", re.DOTALL)
_TIMES = ("DataTime", "BeginTime", "EndTime", "SystemTime", "RestartTime", "AlarmTime")
_TIME_DIGITS = 14
_CORRECTED = "Zs"


class Content(NamedTuple):
    """The fields of a CP: ``data`` merged by factor, ``records`` as the groups have them."""

    data: dict[str, Value]
    records: list[Record]


def read_content(cp: str, offset: int, notes: Notes, encoding: str = "utf-8") -> Content:
    """The fields of ``cp``, the text that begins ``offset`` bytes into the frame, where it is in ``encoding``.

    >>> notes = Notes(strict=False)
    >>> read_content("DataTime=20240520210600;02-Rtd=1.5,02-Flag=N;02-ZsRtd=1.8,02-Flag=D", 0, notes).data
    {'DataTime': '20240520210600', '02': {'Rtd': '1.5', 'Flag': 'N', 'ZsRtd': '1.8', 'ZsFlag': 'D'}}
    >>> [note.code for note in notes.warnings]
    ['factor.groups']
    """
    place = _Place(cp, offset, encoding)
    data: dict[str, Value] = {}
    records: list[Record] = []
    for group in _groups(cp, place, notes):
        factors: dict[str, dict[str, str]] = {}
        for at, piece in group:
            name, joined, value = piece.partition("=")
            if not joined:
                notes.liberty("field.value", place(at), f"“{_short(piece)}”没有等号", "字段=值", piece)
                continue
            factor, dash, suffix = name.rpartition("-")
            if not (dash and factor and suffix):
                _put_plain(data, name, value, place(at), notes)
            elif factors.setdefault(factor, {}).setdefault(suffix, value) != value:
                notes.liberty("field.repeated", place(at), f"{name} 在一组里出现两次，取前一个", found=value)
        records += [Record(factor, fields) for factor, fields in factors.items()]
    _merge(data, records, offset, notes)
    _check_times(data, cp, place, notes)
    return Content(data, records)


class _Place:
    """Turns a position in a text into the byte of the frame, counting on from the position last asked for."""

    def __init__(self, text: str, offset: int, encoding: str) -> None:
        self._text, self._offset, self._encoding, self._plain = text, offset, encoding, text.isascii()
        self._at = self._bytes = 0

    def __call__(self, at: int) -> int:
        if self._plain:
            return self._offset + at
        if at < self._at:
            self._at = self._bytes = 0
        self._bytes += len(self._text[self._at : at].encode(self._encoding, errors="replace"))
        self._at = at
        return self._offset + self._bytes


def _groups(cp: str, place: _Place, notes: Notes) -> Iterator[list[tuple[int, str]]]:
    """The pieces of each ``;`` group with their positions."""
    if not cp:
        return
    group: list[tuple[int, str]] = []
    empty = None
    for at, piece, separator in _pieces(cp):
        if piece:
            group.append((at, piece))
        else:
            empty = at if empty is None else empty
        if separator != ",":
            yield group
            group = []
    if empty is not None:
        notes.liberty("field.empty", place(empty), "有空的字段（多余的“;”或“,”）")


def _pieces(cp: str) -> Iterator[tuple[int, str, str]]:
    """Each field with its position and the separator behind it, "" behind the last one."""
    if "//" in cp:
        at = 0
        while True:
            found = _PIECE.match(cp, at)
            assert found is not None
            yield at, found[0], cp[found.end() : found.end() + 1]
            if found.end() >= len(cp):
                return
            at = found.end() + 1
    at = 0
    for group in cp.split(";"):
        pieces = group.split(",")
        for piece in pieces[:-1]:
            yield at, piece, ","
            at += len(piece) + 1
        yield at, pieces[-1], ";"
        at += len(pieces[-1]) + 1


def factor_groups(cp: str) -> list[str]:
    """The ``;`` groups of a CP as they stand; a ``;`` in the text of a log parts none.

    >>> factor_groups("PolId=w01018;i11001-Info=//on;off//")
    ['PolId=w01018', 'i11001-Info=//on;off//']
    """
    begins, groups = 0, []
    for at, piece, separator in _pieces(cp):
        if separator != ",":
            groups.append(cp[begins : at + len(piece)])
            begins = at + len(piece) + 1
    return groups


def _put_plain(data: dict[str, Value], name: str, value: str, at: int, notes: Notes) -> None:
    """Fields without a factor; of several that differ the first one counts."""
    if data.setdefault(name, value) != value:
        notes.liberty("field.repeated", at, f"{name} 出现多次，取第一个", found=value)


def _merge(data: dict[str, Value], records: list[Record], offset: int, notes: Notes) -> None:
    """Put the groups of each factor together. A flag of corrected values that differs becomes their own, ``ZsFlag``."""
    several: dict[str, None] = {}
    for factor, fields in sorted(records, key=_is_corrected):  # in whatever order they came, a flag keeps its values
        there = data.setdefault(factor, {})
        if isinstance(there, str):
            there = data[factor] = {"": there}
        elif there:
            several[factor] = None
        corrected = _is_corrected((factor, fields))
        for name, value in fields.items():
            if there.setdefault(name, value) == value:
                continue
            own = _CORRECTED + name
            if not (corrected and name.endswith("Flag") and there.setdefault(own, value) == value):
                notes.liberty("field.repeated", offset, f"{factor}-{name} 在几组里不同，取第一个", found=value)
    if several:
        notes.liberty("factor.groups", offset, f"同一因子分在几组，已合并：{'、'.join(several)}")


def _is_corrected(record: tuple[str, dict[str, str]]) -> bool:
    """Whether the group holds values at the reference oxygen only."""
    return all(name.startswith(_CORRECTED) or name.endswith("Flag") for name in record[1])


def _check_times(data: dict[str, Value], cp: str, place: _Place, notes: Notes) -> None:
    for name in _TIMES:
        value = data.get(name)
        if not isinstance(value, str) or (len(value) == _TIME_DIGITS and as_time(value)):
            continue
        at = place(cp.find(f"{name}={value}") + len(name) + 1)
        if as_time(value) is None:
            notes.liberty("time.unreadable", at, f"{name} 不是时间", "YYYYMMDDhhmmss", value)
        else:
            notes.liberty("time.digits", at, f"{name} 应为 14 位，是 {len(value)} 位", "YYYYMMDDhhmmss", value)


def as_time(text: str) -> datetime | None:
    """The moment that ``text`` names, in the time of the device (no zone); None where it names none.

    14 digits; devices also send 15 to 17, with parts of a second, which are dropped.

    >>> as_time("20240229085900000"), as_time("20230229085900"), as_time("2024022908590")
    (datetime.datetime(2024, 2, 29, 8, 59), None, None)
    """
    if not (_TIME_DIGITS <= len(text) <= _TIME_DIGITS + 3 and text.isascii() and text.isdigit()):
        return None
    year, parts = int(text[:4]), (int(text[at : at + 2]) for at in range(4, _TIME_DIGITS, 2))
    try:
        month, day, hour, minute, second = parts
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
