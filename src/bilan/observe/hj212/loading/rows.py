"""What a packet says becomes rows of the lake: each value with its parameter, statistic, interval, unit and flag.

- **Time.** A label is the END of its interval, as everywhere in the lake. DataTime is the START for interval data, so
  that the length is added; real-time data and states are instants (``seconds`` 0).
- **Code and unit.** Codes of 2005 become those of 2017. A value is read in the unit that goes with its code, system and
  edition, and kept exactly converted in that of the parameter; amounts (``-Cou``) in kg or m3.
- **Statistics** are ``rtd``, ``min``, ``avg``, ``max``, ``cou``, with ``zs`` in front for values at the reference
  oxygen; of noise ``day`` and ``night``; of devices (``SB1``) ``rs``, the code of their state, and ``rt``, hours.
- **The flag** is that of the value's own ``;`` group, or where that has none, of its factor.
- **Refused**, with a reason and never guessed at: what no table knows, what is no number, what stands under a command
  that cannot mean it, and values in an unknown unit of which the lake has a known one. A factor of which nobody knows a
  unit is kept without.

One value of a packet never costs another one.
"""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import cache, lru_cache
from typing import NamedTuple

from bilan.observe.hj212.content import as_time
from bilan.observe.hj212.packet import Packet
from bilan.observe.hj212.register import Outlet
from bilan.observe.importers.units import UnitError
from bilan.observe.importers.units import factor as unit_factor
from bilan.policy import hj212 as standard
from bilan.policy.parameters import parameters

SHANGHAI = 8 * 3600  # seconds; one time since 1991
FUTURE = 3600  # seconds by which a device's clock may be ahead; beyond it is wrong, not fast
OLDEST_INSTANT = 30 * 86400  # seconds before its arrival; history comes as 2031, 2051, 2061, or is marked by RF
REAL_TIME = "2011"
_EARLY = 120  # seconds by which a good clock may be ahead, and an interval seem not to be over

REASONS: Mapping[str, str] = {
    "damaged": "包损坏，不可信",
    "unknown-mn": "登记表里当天没有这个 MN",
    "time.missing": "没有 DataTime",
    "time.unreadable": "DataTime 不是时间",
    "time.past": "DataTime 早于标准的施行，时钟不对",
    "time.future": "DataTime 晚于收到的时间，时钟不对",
    "time.old": "实时数据的 DataTime 早于收到的时间 30 天以上，时钟不对",
    "factor.unknown": "编码表里没有这个因子",
    "suffix.unknown": "不认识的字段后缀",
    "suffix.command": "这个命令里不应有这种值",
    "flag.unreadable": "数据标记读不懂，值不可信",
    "unit.unknown": "单位未知，湖里的单位是已知的",
    "unit.other": "单位不能换算为湖里的单位",
    "amount.unknown": "累计值的单位未知",
    "value.number": "不是数",
    "value.range": "超出可能的范围",
    "value.repeated": "同一包里两次，值不同，取前一个",
}

_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,2})?", re.ASCII)
_DEVICE = re.compile(r"SB[1-9]\d{0,2}", re.ASCII)
_OF_INSTANTS, _OF_INTERVALS = frozenset({"rtd", "rs"}), frozenset({"min", "avg", "max", "cou", "day", "night", "rt"})
_STATISTICS = {"DayData": "day", "NightData": "night", "RS": "rs", "RT": "rt"}  # others as the table of suffixes says
_AMOUNTS: Mapping[str, tuple[str | None, Fraction]] = {
    "m3": ("m3", Fraction(1)),
    "kg": ("kg", Fraction(1)),
    "g": ("kg", Fraction(1, 1000)),
    "mg": ("kg", Fraction(1, 1_000_000)),
}
_HOURS_OF_DAY = 24
_FLAG_MAX = 8  # characters; the standard's have one, unknown ones are kept as sent


class Row(NamedTuple):
    """A row of the lake without what is the same for all of a packet; ``value`` is None where the device sent none."""

    parameter: str
    statistic: str
    value: float | None
    unit: str | None
    flag: str | None


class Refusal(NamedTuple):
    """What of a packet is not believed: a field (empty: all of it), its text, and a word of :data:`REASONS`."""

    field: str
    value: str
    reason: str


class Extract(NamedTuple):
    """The rows of a packet, which all have one length and one label.

    ``time`` is the label in seconds since 1970 UTC; ``early`` says that the interval was not over when the packet came,
    as of devices that send DataTime as its END. Without rows and refusals the packet is none of observations.
    """

    seconds: int = 0
    time: int = 0
    rows: tuple[Row, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    early: bool = False


def extract(
    packet: Packet,
    outlet: Outlet,
    arrived: int,
    *,
    data_time: str | None = None,
    future: int = FUTURE,
    any_age: bool = False,
) -> Extract:
    """The rows of a sound packet of ``outlet``, which came ``arrived`` seconds after 1970 UTC.

    ``data_time`` stands in where the packet has no DataTime; ``future``: seconds that DataTime may lie ahead;
    ``any_age``: real-time data may be older than :data:`OLDEST_INSTANT`, as those of a store that was replayed.

    >>> from bilan.observe.hj212.decoding import decode
    >>> packet = decode(b"##0073ST=32;CN=2051;PW=123456;MN=X1;CP=&&DataTime=20240229235000;011-Avg=12.5&&D4C1\\r\\n")
    >>> found = extract(packet, Outlet("s1", "X1", "123456", st="32"), 1709222500)
    >>> found.seconds, found.time, found.rows
    (600, 1709222400, (Row(parameter='w01018', statistic='avg', value=12.5, unit='mg/L', flag=None),))
    """
    edition = packet.version or 2017
    command = _command(packet.cn or "", edition)
    if command is None or not packet.records:
        return Extract()
    moment = _moment(packet.data.get("DataTime") or data_time)
    if isinstance(moment, Refusal):
        return Extract(refusals=(moment,))
    earliest = arrived - OLDEST_INSTANT if packet.cn == REAL_TIME and not packet.rf and not any_age else None
    if problem := _absurd(moment, arrived + future, earliest):
        return Extract(refusals=(Refusal("DataTime", str(packet.data.get("DataTime", data_time)), problem),))
    instant = command.data_time == "instant"
    seconds = 0 if instant else command.seconds or outlet.min_interval * 60
    rows, refusals = _values(packet, outlet.st or packet.st or "", edition, instant=instant)
    label = moment + seconds
    early = bool(rows) and not instant and label > arrived + _EARLY
    return Extract(seconds, label, tuple(rows), tuple(refusals), early)


@lru_cache(maxsize=1024)
def _command(cn: str, edition: int) -> standard.Command | None:
    """The command if it carries observations; by another edition's table where its own does not know it."""
    for year in (edition, *standard.editions()):
        found = standard.command(cn, year)
        if found is not None:
            return found if found.group == "data" and found.data_time else None
    return None


def _moment(text: object) -> int | Refusal:
    """The seconds since 1970 UTC that a DataTime names."""
    if not isinstance(text, str) or not text:
        return Refusal("DataTime", "", "time.missing")
    moment = as_time(text)
    if moment is None:
        return Refusal("DataTime", text, "time.unreadable")
    return timegm(moment.timetuple()) - SHANGHAI


def _absurd(moment: int, latest: int, earliest: int | None) -> str:
    """Why a DataTime cannot be, empty for one that can."""
    if moment > latest:
        return "time.future"
    if moment < _first_edition():
        return "time.past"
    return "time.old" if earliest is not None and moment < earliest else ""


@cache
def _first_edition() -> int:
    """When the first edition came into force; nobody sent anything before, but clocks that were reset say so."""
    first: date = standard.editions()[2005].valid_from
    return timegm(first.timetuple()) - SHANGHAI


class _Meaning(NamedTuple):
    """What the values of a field are: multiplied by ``factor`` (None: 1) they are in ``unit``."""

    parameter: str
    statistic: str
    corrected: bool
    unit: str | None
    factor: Fraction | None


def _values(packet: Packet, st: str, edition: int, *, instant: bool) -> tuple[list[Row], list[Refusal]]:
    found: dict[tuple[str, str], Row] = {}
    refusals: list[Refusal] = []
    for factor, fields in packet.records:
        flags = _flags(fields, packet.data.get(factor))
        for suffix, text in fields.items():
            meaning = _meaning(factor, suffix, st, edition, instant)
            if meaning is None:
                continue
            row = meaning if isinstance(meaning, str) else _row(meaning, text, flags)
            if not isinstance(row, str):
                row = row if found.setdefault(row[:2], row) == row else "value.repeated"
            if isinstance(row, str):
                refusals.append(Refusal(f"{factor}-{suffix}", text, row))
    return list(found.values()), refusals


def _row(meaning: _Meaning, text: str, flags: tuple[str | None, str | None]) -> Row | str:
    """The row of a value, or why there is none."""
    value, flag = _value(text, meaning), flags[meaning.corrected]
    if isinstance(value, str):
        return value
    if flag and not (flag.isprintable() and len(flag) <= _FLAG_MAX):
        return "flag.unreadable"
    return Row(meaning.parameter, meaning.statistic, value, meaning.unit, flag)


def _flags(fields: Mapping[str, str], of_factor: object) -> tuple[str | None, str | None]:
    """The flags of a group's values, and of those at the reference oxygen."""
    other = of_factor if isinstance(of_factor, dict) else {}
    own = fields.get("Flag")
    plain = own or other.get("Flag")
    corrected = fields.get("ZsFlag") or own or other.get("ZsFlag") or plain
    return plain or None, corrected or None


def _value(text: str, meaning: _Meaning) -> float | str | None:
    """The value in the unit of the lake, None for an empty one, or why there is none."""
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        return "value.number"
    if meaning.statistic == "rt" and not 0 <= float(text) <= _HOURS_OF_DAY:
        return "value.range"
    return float(text) if meaning.factor is None else float(Fraction(text) * meaning.factor)


@lru_cache(maxsize=8192)
def _meaning(factor: str, suffix: str, st: str, edition: int, instant: bool) -> _Meaning | str | None:
    """What a field means, None for one that holds no value, or why it is refused."""
    known = standard.suffixes().get(suffix)
    if known is None:
        return "suffix.unknown"
    if known.holds not in ("value", "state"):
        return None
    statistic = _STATISTICS.get(suffix, known.statistic)
    if not statistic:
        return "suffix.unknown"
    if statistic not in (_OF_INSTANTS if instant else _OF_INTERVALS):
        return "suffix.command"
    if known.of == "device":
        unit = "h" if statistic == "rt" else ""
        return _Meaning(factor, statistic, False, unit, None) if _DEVICE.fullmatch(factor) else "factor.unknown"
    return _measured(factor, statistic, known.corrected, st, edition)


def _measured(code: str, statistic: str, corrected: bool, st: str, edition: int) -> _Meaning | str:
    factor = standard.factor(code, edition)
    if factor is None:
        return "factor.unknown"
    parameter = code if factor.code.endswith("x") else factor.code or factor.code_2005
    if statistic == "cou":
        found = _AMOUNTS.get(factor.amount_unit, "amount.unknown")
    else:
        found = _unit(code, parameter, st, edition)
    if isinstance(found, str):
        return found
    unit, times = found
    name = f"zs{statistic}" if corrected else statistic
    return _Meaning(parameter, name, corrected, unit, None if times == 1 else times)


def _unit(code: str, parameter: str, st: str, edition: int) -> tuple[str | None, Fraction] | str:
    """The unit in which values of ``code`` are kept and their factor, or why they cannot be."""
    sent, kept = standard.packet_unit(code, st, edition), _kept_unit(parameter)
    if sent is None:
        return (None, Fraction(1)) if kept is None else "unit.unknown"
    if kept is None:
        return sent.unit, Fraction(1)
    try:
        return kept, _times(sent.unit, kept)
    except UnitError:
        return "unit.other"


def _times(unit: str, into: str) -> Fraction:
    """By what a value in ``unit`` is multiplied. mPa and MPa differ in the size of a letter, which is lost there."""
    return 1000 * unit_factor("kPa", into) if unit == "MPa" else unit_factor(unit, into)


@cache
def _units() -> Mapping[str, str]:
    return {parameter.code: parameter.unit for parameter in parameters()}


def _kept_unit(parameter: str) -> str | None:
    """The unit of the lake: that of the parameter, or, where it has none there, of the code in 2017's table."""
    if parameter in _units():
        return _units()[parameter]
    factor = standard.factor(parameter, 2017)
    return None if factor is None else factor.unit
