"""What one sound packet says that its edition of the standard does not: header, factors, marks, values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bilan.observe.hj212.check.rules import POSSIBLE_BY_FACTOR, POSSIBLE_BY_UNIT, Severity, rule
from bilan.observe.hj212.packet import Packet, Record
from bilan.policy import hj212 as standard

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_FORMAT = re.compile(r"N([0-9]+)")
_DEVICE = re.compile(r"SB[0-9]+")
_MUST_CIPHER_FROM, _MUST_CIPHER_TO = "2000", "2999"
_LIMITS = ("QnRtn", "ExeRtn")


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
    if edition is not None and packet.version != edition:
        yield from _of_edition(packet, edition)
    if against == 2025 and packet.ok and not packet.enciphered and _data_of_device(packet):
        yield Finding("cipher.plain", "", 0, "数据没有加密", "SM4 密文", "明文")
    for record in packet.records:
        yield from _of_record(packet, record, against)
    yield from _of_fields(packet, against)


def _of_edition(packet: Packet, edition: int) -> Iterator[Finding]:
    """A packet of another edition against the tables of ``edition``."""
    flag = "没有 Flag" if packet.flag is None else f"Flag={packet.flag}"
    bits = standard.editions()[edition].flag_version
    expected = f"Flag={bits << 2}～{(bits << 2) + 3}"
    yield Finding("edition.other", "", _place(packet, "Flag="), f"{flag}，不是 {edition} 年版的包", expected, flag)
    for name, field in standard.header_fields(edition).items():
        text = packet.header.get(name)
        if text is None:
            if field.required and name != "CP":
                yield Finding("header.missing", name, 0, f"包头里没有 {name}", name)
        elif field.pattern and not field.pattern.fullmatch(text):
            at = _place(packet, f"{name}=")
            yield Finding(f"header.{name.lower()}", name, at, f"{name} 的写法不合标准", field.pattern.pattern, text)
    if packet.cn and standard.command(packet.cn, edition) is None:
        yield Finding("command.unknown", packet.cn, _place(packet, "CN="), f"{edition} 年版没有命令 {packet.cn}")
    if packet.st and packet.st not in standard.system_types(edition):
        yield Finding("system.unknown", packet.st, _place(packet, "ST="), f"{edition} 年版没有系统编码 {packet.st}")


def _data_of_device(packet: Packet) -> bool:
    if not packet.cn or not packet.cp:
        return False
    return bool(packet.records) and (_MUST_CIPHER_FROM <= packet.cn <= _MUST_CIPHER_TO or packet.cn in ("1014", "3020"))


def _of_record(packet: Packet, record: Record, edition: int) -> Iterator[Finding]:
    """One factor or device: its code, its fields, its mark, its values."""
    name, fields = record
    device = _DEVICE.fullmatch(name) is not None
    if not device:
        yield from _of_code(packet, name, edition)
    known = standard.suffixes(edition)
    values = False
    for suffix, text in fields.items():
        field = f"{name}-{suffix}"
        found = known.get(suffix)
        if found is None:
            message = f"{edition} 年版没有字段后缀 {suffix}"
            yield Finding("suffix.unknown", suffix, _place(packet, field), message, found=field)
        elif found.holds == "value":
            values = True
            yield from _of_value(packet, name, field, text, edition)
        elif suffix == "Flag" and standard.flag_valid(text, edition) is None:
            allowed = "、".join(standard.flags(edition))
            yield Finding("mark.unknown", text[:8], _place(packet, field), "数据标记不在表中", allowed, text)
    if values and not device and "Flag" not in fields and edition >= 2017:
        yield Finding("mark.missing", name, _place(packet, f"{name}-"), f"{name} 没有数据标记", f"{name}-Flag=N")


def _of_code(packet: Packet, name: str, edition: int) -> Iterator[Finding]:
    factor = standard.factor(name, edition)
    if factor is None:
        yield Finding("factor.unknown", name, _place(packet, f"{name}-"), f"因子 {name} 不在表中", found=name)
        return
    if edition >= 2017 and name == factor.code_2005 != factor.code:
        expected = factor.code or None
        message = f"{name} 是 2005 年版的编码（{factor.name}）"
        yield Finding("factor.edition", name, _place(packet, f"{name}-"), message, expected, name)
    elif edition == 2005 and 2005 not in factor.editions:
        message = f"{name}（{factor.name}）是 2017 年版起的编码"
        yield Finding("factor.edition", name, _place(packet, f"{name}-"), message, factor.code_2005 or None, name)
    if standard.packet_unit(name, packet.st or "", edition) is None:
        yield Finding("unit.unknown", name, _place(packet, f"{name}-"), f"{name}（{factor.name}）的单位无从得知")


def _of_value(packet: Packet, name: str, field: str, text: str, edition: int) -> Iterator[Finding]:
    if not _NUMBER.fullmatch(text):
        yield Finding("value.number", field, _place(packet, field), f"{field} 不是数", "十进制数", text)
        return
    if field.endswith("Cou"):  # an amount in a unit of its own
        return
    value = float(text)
    low, high = _possible(packet, name, edition)
    if (low is not None and value < low) or (high is not None and value > high):
        expected = f"≥{low}" if high is None else f"{low}～{high}"
        yield Finding("value.range", field, _place(packet, field), f"{field} 不可能是 {text}", expected, text)
        return
    factor = standard.factor(name, edition)
    form = _FORMAT.match(factor.format) if factor else None
    if form and len(str(int(abs(value)))) > int(form[1]):
        message = f"{field} 的整数位超过 {form[1]} 位"
        yield Finding("value.digits", field, _place(packet, field), message, factor.format if factor else None, text)


def _possible(packet: Packet, name: str, edition: int) -> tuple[float | None, float | None]:
    factor = standard.factor(name, edition)
    code = factor.code if factor else name
    if code in POSSIBLE_BY_FACTOR:
        return POSSIBLE_BY_FACTOR[code]
    unit = standard.packet_unit(name, packet.st or "", edition)
    return POSSIBLE_BY_UNIT.get(unit.unit, (None, None)) if unit else (None, None)


def _of_fields(packet: Packet, edition: int) -> Iterator[Finding]:
    """The fields that belong to no factor, where the standard bounds them."""
    known = standard.cp_fields(edition)
    for name, value in packet.data.items():
        rule = known.get(name)
        if rule is None or not isinstance(value, str) or rule.kind != "number" or rule.allows(value):
            continue
        allowed = "、".join(rule.allowed) or f"{rule.minimum}～{rule.maximum} {rule.unit}"
        yield Finding("field.range", name, _place(packet, f"{name}="), f"{name} 超出允许的值", allowed, value)


def _place(packet: Packet, text: str) -> int:
    """The byte of the frame at which ``text`` stands, 0 where it is enciphered."""
    return max(packet.raw.find(text.encode(errors="replace")), 0)
