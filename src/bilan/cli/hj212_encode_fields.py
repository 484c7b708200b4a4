"""The fields of a packet that ``bilan hj212 encode`` is to write: from a line of JSON, under those of the options."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from bilan.errors import BilanError


class LineError(BilanError):
    """A line of JSON cannot be made into a packet."""


@dataclass(slots=True)
class Fields:
    """The fields of a packet to write; None is "not said".

    ``header`` are all fields of a header as they were received, in their order. ``absent`` are the names of those that
    a line of JSON says were not there (null), so that none is made up for them.
    """

    version: int | None = None
    qn: str | None = None
    st: str | None = None
    cn: str | None = None
    pw: str | None = None
    mn: str | None = None
    flag: int | None = None
    pnum: int | None = None
    pno: int | None = None
    rf: bool | None = None
    enciphered: bool | None = None
    cp: str | None = None
    header: dict[str, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()

    def over(self, under: Fields) -> Fields:
        """These fields, and those of ``under`` where these say nothing; the Flag is that of these fields' edition."""
        values = {name: getattr(self, name) for name in KINDS}
        for name, value in values.items():
            if value is None:
                values[name] = getattr(under, name)
        asked = self.version or (None if self.flag is None else _edition_of(self.flag))
        if asked is not None:
            values["version"] = asked
        if self.flag is None and self.version is not None and (under.flag is not None or "flag" in under.absent):
            values["flag"] = _flag_in(self.version, under)
        return Fields(**values, header=under.header, absent=under.absent)

    def written(self, version: int) -> dict[str, str]:
        """The header as it is to be written: as received where it was, else in the order of the standard."""
        from bilan.observe.hj212.packet import HEADER_NAMES

        header = dict(self.header)
        for at, name in enumerate(HEADER_NAMES):
            value = getattr(self, name.lower())
            text = ("1" if value else None) if name == "RF" else None if value is None else str(value)
            if text is None or _says(header.get(name), value):
                continue
            if name in header:
                header[name] = text
                continue
            before = next((other for other in header if other in HEADER_NAMES[at + 1 :]), None)
            items = list(header.items())
            items.insert(len(items) if before is None else list(header).index(before), (name, text))
            header = dict(items)
        return header


def _says(text: str | None, value: object) -> bool:
    """Whether a field as received says ``value`` already, as ``05`` says 5."""
    return text is not None and type(value) is int and text.isascii() and text.isdigit() and int(text) == value


def _edition_of(flag: int) -> int | None:
    from bilan.policy.hj212 import edition_of_flag

    return edition_of_flag(flag)


def _flag_in(version: int, found: Fields) -> int | None:
    """The Flag of a packet in another edition: the bits for parts and answer stay as they are."""
    from bilan.observe.hj212 import flag_of

    if found.flag is not None:
        return flag_of(version, parts=bool(found.flag & 2), answer=bool(found.flag & 1))
    return None if version == 2005 else flag_of(version, parts=found.pnum is not None)


KINDS: dict[str, type] = {
    **dict.fromkeys(("qn", "st", "cn", "pw", "mn", "cp"), str),
    **dict.fromkeys(("version", "flag", "pnum", "pno"), int),
    **dict.fromkeys(("rf", "enciphered"), bool),
}
_NAMES = {str: "文字", int: "整数", bool: "true 或 false"}


def parsed(line: bytes) -> Fields | None:
    """The fields in a line of JSON; None for the line of a joined message, whose parts have lines of their own."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LineError(f"不是 JSON：{error}") from None
    if not isinstance(found, dict):
        raise LineError("应为 JSON 对象 {…}")
    if found.get("joined") is True:
        return None
    _refuse(found)
    for name, kind in KINDS.items():
        value = found.get(name)
        if value is not None and type(value) is not kind:
            raise LineError(f"{name} 应为{_NAMES[kind]}，是 {json.dumps(value, ensure_ascii=False)[:40]}")
    if found.get("cp") is None and isinstance(found.get("data"), dict):
        found["cp"] = content_of(found["data"])
    absent = frozenset(name for name in KINDS if name in found and found[name] is None)
    return Fields(**{name: found.get(name) for name in KINDS}, header=_header(found.get("header")), absent=absent)


def _refuse(found: dict[str, Any]) -> None:
    """LineError where the packet of a line is damaged, or its bytes are not in the line."""
    from bilan.policy.hj212 import editions

    if found.get("ok") is False:
        raise LineError("解码时有错误（ok 为 false）的包不能再编码")
    warnings = found.get("warnings")
    if isinstance(warnings, list) and any(
        isinstance(one, dict) and one.get("code") == "text.bytes" for one in warnings
    ):
        raise LineError("解码时有不成文字的字节（text.bytes），JSON 里没有原来的字节，不能再编码")
    version = found.get("version")
    if version is not None and (type(version) is not int or version not in editions()):
        raise LineError(f"version 应为 {'、'.join(map(str, editions()))} 之一，是 {json.dumps(version)[:40]}")


def _header(found: Any) -> dict[str, str]:
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise LineError("header 应为 JSON 对象，值是文字")
    return dict(found)


def content_of(data: dict[str, Any]) -> str:
    """The CP that says ``data``, one group per factor.

    >>> content_of({"DataTime": "20240520210600", "a21026": {"Rtd": "1.5", "Flag": "N"}})
    'DataTime=20240520210600;a21026-Rtd=1.5,a21026-Flag=N'
    """
    groups = []
    for name, value in data.items():
        inner = value if isinstance(value, dict) else {"": value}
        if not all(isinstance(text, str) for text in inner.values()):
            raise LineError(f"data 里 {name} 的值应为文字")
        groups.append(
            ",".join(f"{name}-{suffix}={text}" if suffix else f"{name}={text}" for suffix, text in inner.items())
        )
    return ";".join(groups)
