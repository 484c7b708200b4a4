"""The register of outlets: who may send under which MN, from which day to which, and what must be known of them.

A CSV file of UTF-8 (or, as some spreadsheets save it, GB18030), one line for an outlet and a time; what changes on a
day, the MN, the key, the password, takes a line of its own:

    station,name,medium,mn,st,password,key,valid_from,valid_to,min_interval,rtd_interval,o2_reference,note

Needed are station, mn and password. Days are those of arrival in Asia/Shanghai, half open; an empty one is open. A
station's id is ours and stays, an MN is what others call it: HJ 212-2025 has MNs assigned anew.
"""

from __future__ import annotations

import csv
import hmac
import io
import logging
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from bilan.errors import BilanError, os_reason
from bilan.observe.hj212.sm4 import key_bytes
from bilan.policy import hj212 as standard

FILE = "register.csv"  # its name in the folder of a store, where no other is given
MIN_INTERVAL = 10  # minutes; what devices use unless they are told otherwise

_NEEDED = ("station", "mn", "password")
_COLUMNS = (*_NEEDED, "name", "medium", "st", "key", "valid_from", "valid_to", "min_interval", "rtd_interval")
COLUMNS = (*_COLUMNS, "o2_reference", "note")
_AIR_OXYGEN = 21  # percent; a reference must be below it
_SECRETS = ("password", "key")
_OF_STATION = ("st", "min_interval", "rtd_interval", "o2_reference")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_STATION = re.compile(r"\S+")
_SENT = re.compile(r"[!-:<>-~]{1,40}")  # in the header of a packet: neither ; nor =
_SYSTEM = re.compile(r"[0-9A-Z]{2,3}")

log = logging.getLogger(__name__)


class RegisterError(BilanError):
    """The register cannot be read, or a line of it cannot be."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """A line of the register: an outlet while it has one MN, one password and one key.

    ``st`` and ``medium`` are empty where the register does not say them. ``keys`` are the SM4 keys under which its
    packets may be: its own first, then those that other lines give the MN, the latest first. ``min_interval`` is the
    length of its minute data in minutes, of a noise station that of a single measurement; ``rtd_interval`` the seconds
    between its real-time data; ``o2_reference`` the percentage of oxygen to which its concentrations are converted.
    """

    station: str
    mn: str
    password: str = field(repr=False)
    name: str = ""
    medium: str = ""
    st: str = ""
    keys: tuple[bytes, ...] = field(default=(), repr=False)
    valid_from: date | None = None
    valid_to: date | None = None
    min_interval: int = MIN_INTERVAL
    rtd_interval: int | None = None
    o2_reference: float | None = None
    note: str = ""
    line: int = 0

    def admits(self, password: str) -> bool:
        """Whether ``password`` is the outlet's; takes as long for a nearly right one as for a wrong one.

        >>> Outlet("s1", "X1", "123456").admits("123457")
        False
        """
        return hmac.compare_digest(self.password.encode(), password.encode(errors="replace"))

    def holds_on(self, day: date) -> bool:
        """Whether the line is valid on ``day``."""
        return (self.valid_from or date.min) <= day and (self.valid_to is None or day < self.valid_to)


class _Seen(NamedTuple):
    """What of a file tells whether it changed, without reading it."""

    modified: int
    changed: int
    inode: int
    size: int


class Register:
    """The outlets by MN and day, as they stood in a file at one moment; to be shared between threads.

    >>> register = Register([Outlet("s1", "X1", "123456", valid_to=date(2026, 1, 1)),
    ...                      Outlet("s2", "X1", "654321", valid_from=date(2026, 1, 1))])
    >>> register.on("X1", date(2025, 12, 31)).station, register.on("X1", date(2026, 1, 1)).station
    ('s1', 's2')
    >>> register.on("X2", date(2026, 1, 1)) is None
    True
    """

    def __init__(self, outlets: Iterable[Outlet], *, path: Path | None = None) -> None:
        self.path = path
        self._by_mn: Mapping[str, tuple[Outlet, ...]] = _by_mn(outlets, path)
        self._by_station: dict[str, list[Outlet]] = {}
        for outlet in self:
            self._by_station.setdefault(outlet.station, []).append(outlet)
        for lines in self._by_station.values():
            _check_station(lines, path)
        self._hash = b""
        self._seen: _Seen | None = None

    @classmethod
    def load(cls, path: Path) -> Register:
        """The register in the file ``path``.

        Raises RegisterError, which names line and column, for a column that does not exist or is there twice, for what
        cannot be in a column, and where two lines give one MN to somebody on the same day.
        """
        seen, content, mode = _read(path)
        register = cls._of(path, seen, content)
        if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
            log.warning(f"{path}：里面有密码和密钥，其他用户也能读取（{stat.S_IMODE(mode):03o}）；请 chmod 600")
        return register

    def refreshed(self) -> Register:
        """This register, or a new one where its file has another content now. Raises as :meth:`load`.

        The file is read only if its time, size or place on the disk changed, so that this may be asked often.
        """
        if self.path is None:
            return self
        try:
            now = _seen(self.path.stat())
        except OSError as error:
            raise RegisterError(f"{self.path}：无法读取：{os_reason(error)}") from error
        if now == self._seen:
            return self
        seen, content, _ = _read(self.path)
        if sha256(content).digest() == self._hash:
            self._seen = seen
            return self
        return self._of(self.path, seen, content)

    @classmethod
    def _of(cls, path: Path, seen: _Seen, content: bytes) -> Register:
        register = cls(_outlets(path, content), path=path)
        register._seen, register._hash = seen, sha256(content).digest()
        return register

    def on(self, mn: str, day: date) -> Outlet | None:
        """Who has the MN on ``day``, None for a stranger."""
        for outlet in self._by_mn.get(mn, ()):
            if outlet.holds_on(day):
                return outlet
        return None

    def of_station(self, station: str, day: date) -> Outlet | None:
        """The line of a station on ``day``, its last one where none holds then, None for a stranger."""
        lines = self._by_station.get(station, [])
        return next((outlet for outlet in lines if outlet.holds_on(day)), lines[-1] if lines else None)

    def __iter__(self) -> Iterator[Outlet]:
        """Every line, by MN and day."""
        for outlets in self._by_mn.values():
            yield from outlets

    def __len__(self) -> int:
        """How many lines there are."""
        return sum(map(len, self._by_mn.values()))

    def stations(self) -> list[dict[str, Any]]:
        """The rows for the lake's table of stations: one a station, its MNs as external ids of the scheme ``mn``.

        Lines that differ in password or key only are one validity of the MN. The latest line says name and medium.

        >>> Register([Outlet("s1", "X1", "123456", valid_from=date(2026, 1, 1))]).stations()[0]["external_ids"]
        [{'scheme': 'mn', 'id': 'X1', 'valid_from': datetime.date(2026, 1, 1), 'valid_to': None}]
        """
        rows: dict[str, dict[str, Any]] = {}
        for outlet in sorted(self, key=lambda outlet: (outlet.station, outlet.valid_from or date.min)):
            row = rows.setdefault(outlet.station, {"id": outlet.station, "external_ids": []})
            row.update({name: text for name in ("name", "medium") if (text := getattr(outlet, name))})
            for known in row["external_ids"]:
                if known["id"] == outlet.mn and known["valid_to"] == outlet.valid_from:
                    known["valid_to"] = outlet.valid_to
                    break
            else:
                told = {"scheme": "mn", "id": outlet.mn, "valid_from": outlet.valid_from, "valid_to": outlet.valid_to}
                row["external_ids"].append(told)
        return list(rows.values())


def _read(path: Path) -> tuple[_Seen, bytes, int]:
    """The file's marks, content and mode, all of one moment: of the file that was opened, whatever takes its place."""
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            return _seen(found), file.read(), found.st_mode
    except OSError as error:
        raise RegisterError(f"{path}：无法读取：{os_reason(error)}") from error


def _seen(found: os.stat_result) -> _Seen:
    return _Seen(found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_size)


def _outlets(path: Path, content: bytes) -> Iterator[Outlet]:
    """The lines of the file; the first one names the columns."""
    lines = csv.reader(io.StringIO(_text(path, content), newline=""), strict=True)
    try:
        columns = _columns(path, next(lines, []))
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                raise RegisterError(f"{path} 第 {lines.line_num} 行：应有 {len(columns)} 列，是 {len(cells)} 列")
            yield _outlet(path, lines.line_num, dict(zip(columns, map(str.strip, cells), strict=True)))
    except csv.Error as error:
        raise RegisterError(f"{path} 第 {lines.line_num} 行：不是 CSV：{error}") from error


def _text(path: Path, content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            wrong = error
    raise RegisterError(f"{path}：第 {wrong.start} 字节既不是 UTF-8 也不是 GB18030") from wrong


def _columns(path: Path, cells: Sequence[str]) -> list[str]:
    columns = [cell.strip() for cell in cells]
    for name in columns:
        if name not in COLUMNS:
            raise RegisterError(f"{path} 第 1 行：没有列“{name}”；可用的列：{'、'.join(COLUMNS)}")
        if columns.count(name) > 1:
            raise RegisterError(f"{path} 第 1 行：列 {name} 出现两次")
    for name in _NEEDED:
        if name not in columns:
            raise RegisterError(f"{path} 第 1 行：缺少列 {name}")
    return columns


def _outlet(path: Path, line: int, cells: Mapping[str, str]) -> Outlet:
    """The outlet of a line; a secret that is wrong is not repeated."""
    read: dict[str, Any] = {}
    for column, text in cells.items():
        if not text and column not in _NEEDED:
            continue
        try:
            read[_FIELDS.get(column, column)] = _READERS.get(column, str)(text)
        except ValueError as error:
            shown = "" if column in _SECRETS else f"{text!r}："
            raise RegisterError(f"{path} 第 {line} 行，列 {column}：{shown}{error}") from None
    outlet = Outlet(**read, line=line)
    if outlet.valid_from and outlet.valid_to and outlet.valid_from >= outlet.valid_to:
        raise RegisterError(f"{path} 第 {line} 行，列 valid_to：应晚于 valid_from，那一天已不算在内")
    system = standard.system_types(2025).get(outlet.st)
    return outlet if outlet.medium or system is None else replace(outlet, medium=system.medium)


def _matching(pattern: re.Pattern[str], expected: str) -> Any:
    def read(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError(expected)
        return text

    return read


def _key(text: str) -> tuple[bytes, ...]:
    return (key_bytes(text),)


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError("应为日期，如 2026-01-01")


def _minutes(text: str) -> int:
    minutes = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0
    if not minutes or 60 % minutes:
        raise ValueError("应为能整除一小时的分钟数")
    return minutes


def _seconds(text: str) -> int:
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 0 < seconds <= 86400:
        raise ValueError("应为 1 到 86400 的秒数")
    return seconds


def _oxygen(text: str) -> float:
    try:
        percent = float(text)
    except ValueError:
        percent = -1.0
    if not 0 <= percent < _AIR_OXYGEN:
        raise ValueError(f"应为基准氧含量，0 到 {_AIR_OXYGEN} 的百分数")
    return percent


_FIELDS = {"key": "keys"}
_READERS: Mapping[str, Any] = {
    "station": _matching(_STATION, "应为站点编号，不含空格"),
    "mn": _matching(_SENT, "应为 1 到 40 个字符，不含空格、“;”“=”"),
    "password": _matching(_SENT, "应为 1 到 40 个字符，不含空格、“;”“=”"),
    "st": _matching(_SYSTEM, "应为系统编码，如 31"),
    "key": _key,
    "valid_from": _day,
    "valid_to": _day,
    "min_interval": _minutes,
    "rtd_interval": _seconds,
    "o2_reference": _oxygen,
}


def _check_station(lines: Sequence[Outlet], path: Path | None) -> None:
    """Raise RegisterError where two MNs that a station has at once do not agree on what holds for the station."""
    by_day = sorted(lines, key=lambda outlet: outlet.valid_from or date.min)
    for number, one in enumerate(by_day):
        for other in by_day[number + 1 :]:
            if one.valid_to is not None and one.valid_to <= (other.valid_from or date.min):
                break
            for column in _OF_STATION:
                if getattr(one, column) != getattr(other, column):
                    first, second = sorted((one.line, other.line))
                    raise RegisterError(
                        f"{path or '登记表'} 第 {second} 行，列 {column}：与第 {first} 行不同；"
                        f"站点 {one.station} 同时用几个 MN，各行应一致"
                    )


def _by_mn(outlets: Iterable[Outlet], path: Path | None) -> dict[str, tuple[Outlet, ...]]:
    """The lines of each MN by day, each with the keys of all. Raises RegisterError where two hold on one day."""
    found: dict[str, list[Outlet]] = {}
    for outlet in outlets:
        found.setdefault(outlet.mn, []).append(outlet)
    for mn, lines in found.items():
        lines.sort(key=lambda outlet: outlet.valid_from or date.min)
        for one, other in pairwise(lines):
            if one.valid_to is None or one.valid_to > (other.valid_from or date.min):
                first, second = sorted((one.line, other.line))
                both = f"，与第 {first} 行重叠：MN {mn} 同一天只能属于一行"
                raise RegisterError(f"{path or '登记表'} 第 {second} 行，列 valid_from{both}")
        keys = [key for outlet in reversed(lines) for key in outlet.keys]
        found[mn] = [replace(outlet, keys=tuple(dict.fromkeys((*outlet.keys, *keys)))) for outlet in lines]
    return {mn: tuple(lines) for mn, lines in sorted(found.items())}
