"""What one sound packet says that its edition of the standard does not: header, factors, marks, values."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from bilan.observe.hj212.check.rules import HOURS_OF_A_DAY, POSSIBLE_BY_FACTOR, POSSIBLE_BY_UNIT, Severity, rule
from bilan.observe.hj212.content import as_time
from bilan.observe.hj212.packet import Packet, Record
from bilan.policy import hj212 as standard

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_FORMAT = re.compile(r"N([0-9]+)")
_DEVICE = re.compile(r"SB[0-9]+")
_QN_DIGITS = 17
_MUST_CIPHER_FROM, _MUST_CIPHER_TO = "2000", "2999"
_RETURNS = {"QnRtn": standard.qn_returns, "ExeRtn": standard.execution_returns}
_FIELD = re.compile(rb"(?:^##[0-9]{0,4}|[;,&])([^;,&=]*)=")
_PROCESS_MARK = re.compile(r"p[0-9]{5}")


class Finding(NamedTuple):
    """Something to mend: ``what`` is the field or factor that it is about, ``offset`` the byte of the frame.

    ``fatal`` says that the packet is refused for it.
    """

    code: str
    what: str
    offset: int
    message: str
    expected: str | None = None
    found: str | None = None
    fatal: bool = False

    @property
    def severity(self) -> Severity:
        return "error" if self.fatal else rule(self.code).severity


def content_findings(packet: Packet, edition: int | None = None) -> Iterator[Finding]:
    """What ``packet`` says against ``edition``, by default that of its Flag, beyond what its warnings tell.

    >>> from bilan.observe.hj212 import examine
    >>> frame = b"##0067ST=32;CN=2011;MN=X1;Flag=4;CP=&&w01001-Rtd=15.2,w01001-Flag=N&&0000"
    >>> [(finding.code, finding.what) for finding in content_findings(examine(frame))]
    [('value.range', 'w01001-Rtd')]
    """
    against = edition or packet.version or 2017
    places = _Places(packet)
    if edition is not None and packet.version != edition:
        yield from _of_edition(packet, edition, places)
    yield from _of_qn(packet, places)
    if against == 2025 and packet.ok and not packet.enciphered and _data_of_device(packet):
        yield Finding("cipher.plain", "", 0, "数据没有加密", "SM4 密文", "明文")
    for record in packet.records:
        yield from _of_record(packet, record, against, places)
    yield from _of_fields(packet, against, places)


class _Places:
    """The byte of the frame at which a field stands, 0 where it is enciphered; the frame is read once, when asked."""

    def __init__(self, packet: Packet) -> None:
        self._packet = packet
        self._found: dict[bytes, int] = {}

    def field(self, name: str) -> int:
        """The place of the field ``name``."""
        return self._place(name)

    def factor(self, name: str) -> int:
        """The place of the first field of the factor ``name``."""
        return self._place(f"{name}-")

    def _place(self, name: str) -> int:
        if not self._found:
            self._read()
        codings = (name.encode(coding, errors="replace") for coding in ("utf-8", "gb18030"))
        return next((self._found[code] for code in codings if code in self._found), 0)

    def _read(self) -> None:
        for found in _FIELD.finditer(self._packet.raw):
            name, at = found[1], found.start(1)
            self._found.setdefault(name, at)
            factor, dash, _ = name.rpartition(b"-")
            self._found.setdefault(factor + dash, at)


def _of_qn(packet: Packet, places: _Places) -> Iterator[Finding]:
    """A QN of 17 digits that is no time."""
    told = any(warning.code == "header.qn" for warning in packet.warnings)
    if packet.qn and len(packet.qn) == _QN_DIGITS and not told and as_time(packet.qn) is None:
        expected = "YYYYMMDDhhmmsszzz"
        yield Finding("header.qn", "QN", places.field("QN"), "QN 不是时间", expected, packet.qn)


def _of_edition(packet: Packet, edition: int, places: _Places) -> Iterator[Finding]:
    """A packet of another edition against the tables of ``edition``."""
    flag = "没有 Flag" if packet.flag is None else f"Flag={packet.flag}"
    bits = standard.editions()[edition].flag_version
    expected = f"Flag={bits << 2}～{(bits << 2) + 3}"
    yield Finding("edition.other", "", places.field("Flag"), f"{flag}，不是 {edition} 年版的包", expected, flag)
    for name, field in standard.header_fields(edition).items():
        text = packet.header.get(name)
        if text is None:
            if field.required and name != "CP":
                yield Finding("header.missing", name, 0, f"包头里没有 {name}", name)
        elif field.pattern and not field.pattern.fullmatch(text):
            at = places.field(name)
            yield Finding(f"header.{name.lower()}", name, at, f"{name} 的写法不合标准", field.pattern.pattern, text)
    if packet.cn and standard.command(packet.cn, edition) is None:
        yield Finding("command.unknown", packet.cn, places.field("CN"), f"{edition} 年版没有命令 {packet.cn}")
    if packet.st and packet.st not in standard.system_types(edition):
        yield Finding("system.unknown", packet.st, places.field("ST"), f"{edition} 年版没有系统编码 {packet.st}")


def _data_of_device(packet: Packet) -> bool:
    if not packet.cn or not packet.cp:
        return False
    return bool(packet.records) and (_MUST_CIPHER_FROM <= packet.cn <= _MUST_CIPHER_TO or packet.cn in ("1014", "3020"))


def _of_record(packet: Packet, record: Record, edition: int, places: _Places) -> Iterator[Finding]:
    """One factor or device: its code, its fields, its mark, its values."""
    name, fields = record
    device = _DEVICE.fullmatch(name) is not None
    coded = _holds_codes(name)
    if not device:
        yield from _of_code(packet, name, edition, places)
    known = standard.suffixes(edition)
    values = False
    for suffix, text in fields.items():
        field = f"{name}-{suffix}"
        found = known.get(suffix)
        if found is None:
            message = f"{edition} 年版没有字段后缀 {suffix}"
            yield Finding("suffix.unknown", suffix, places.field(field), message, found=field)
        elif found.holds == "value" and not coded:
            values = True
            yield from _of_value(packet, name, field, text, edition, places)
        elif found.holds == "state" and text not in standard.device_states(edition):
            allowed = "、".join(standard.device_states(edition))
            yield Finding("state.unknown", field, places.field(field), f"{field} 不在设备状态表中", allowed, text)
        elif found.holds == "time" and as_time(text) is None:
            yield Finding("time.unreadable", field, places.field(field), f"{field} 不是时间", "YYYYMMDDhhmmss", text)
        elif suffix == "Flag" and standard.flag_valid(text, edition) is None:
            allowed = "、".join(standard.flags(edition))
            yield Finding("mark.unknown", text[:8], places.field(field), "数据标记不在表中", allowed, text)
    if values and not device and "Flag" not in fields and edition >= 2017:
        yield Finding("mark.missing", name, places.factor(name), f"{name} 没有数据标记", f"{name}-Flag=N")


def _holds_codes(name: str) -> bool:
    """Whether the values of a factor are codes, which have no unit and need be no numbers: marks of the process."""
    return _PROCESS_MARK.fullmatch(name) is not None


def _of_code(packet: Packet, name: str, edition: int, places: _Places) -> Iterator[Finding]:
    factor = standard.factor(name, edition)
    if factor is None:
        yield Finding("factor.unknown", name, places.factor(name), f"因子 {name} 不在表中", found=name)
        return
    if edition >= 2017 and name == factor.code_2005 != factor.code:
        expected = factor.code or None
        message = f"{name} 是 2005 年版的编码（{factor.name}）"
        yield Finding("factor.edition", name, places.factor(name), message, expected, name)
    elif edition == 2005 and 2005 not in factor.editions:
        message = f"{name}（{factor.name}）是 2017 年版起的编码"
        yield Finding("factor.edition", name, places.factor(name), message, factor.code_2005 or None, name)
    if standard.packet_unit(name, packet.st or "", edition) is None and not _holds_codes(name):
        yield Finding("unit.unknown", name, places.factor(name), f"{name}（{factor.name}）的单位无从得知")


def _of_value(packet: Packet, name: str, field: str, text: str, edition: int, places: _Places) -> Iterator[Finding]:
    if not _NUMBER.fullmatch(text):
        yield Finding("value.number", field, places.field(field), f"{field} 不是数", "十进制数", text)
        return
    value = float(text)
    if not math.isfinite(value):
        yield Finding("value.range", field, places.field(field), f"{field} 大得不可能", found=text[:40])
        return
    if field.endswith("Cou"):  # an amount in a unit of its own
        return
    if field.endswith("-RT"):
        if not 0 <= value <= HOURS_OF_A_DAY:
            allowed = f"0～{HOURS_OF_A_DAY} h"
            yield Finding("field.range", field, places.field(field), f"{field} 超出允许的值", allowed, text)
        return
    low, high = _possible(packet, name, edition)
    if (low is not None and value < low) or (high is not None and value > high):
        expected = f"≥{low}" if high is None else f"{low}～{high}"
        yield Finding("value.range", field, places.field(field), f"{field} 不可能是 {text}", expected, text)
        return
    factor = standard.factor(name, edition)
    form = _FORMAT.match(factor.format) if factor else None
    if form and len(str(int(abs(value)))) > int(form[1]):
        message = f"{field} 的整数位超过 {form[1]} 位"
        yield Finding("value.digits", field, places.field(field), message, factor.format if factor else None, text)


def _possible(packet: Packet, name: str, edition: int) -> tuple[float | None, float | None]:
    factor = standard.factor(name, edition)
    code = factor.code if factor else name
    if code in POSSIBLE_BY_FACTOR:
        return POSSIBLE_BY_FACTOR[code]
    unit = standard.packet_unit(name, packet.st or "", edition)
    return POSSIBLE_BY_UNIT.get(unit.unit, (None, None)) if unit else (None, None)


def _of_fields(packet: Packet, edition: int, places: _Places) -> Iterator[Finding]:
    """The fields that belong to no factor, where the standard bounds them."""
    known = standard.cp_fields(edition)
    for name, value in packet.data.items():
        if name in _RETURNS and isinstance(value, str) and value not in _RETURNS[name](edition):
            allowed = "、".join(_RETURNS[name](edition))
            yield Finding("return.unknown", name, places.field(name), f"{name} 不在应答编码表中", allowed, value)
        rule = known.get(name)
        if rule is None or not isinstance(value, str) or rule.kind != "number" or rule.allows(value):
            continue
        allowed = "、".join(rule.allowed) or f"{rule.minimum}～{rule.maximum} {rule.unit}"
        yield Finding("field.range", name, places.field(name), f"{name} 超出允许的值", allowed, value)
