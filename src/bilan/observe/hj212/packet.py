"""What a packet says, and how far it can be believed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bilan.errors import BilanError

Value = str | dict[str, str]


class Problem(NamedTuple):
    """Something that is not as the standard has it.

    ``code`` is a word for programs (``crc.mismatch``), ``offset`` the byte of the frame at which it stands, ``message``
    what a person reads; ``expected`` and ``found`` are given where they can be put in a word.
    """

    code: str
    offset: int
    message: str
    expected: str | None = None
    found: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The problem as a JSON object."""
        return self._asdict()

    def __str__(self) -> str:
        return f"第 {self.offset} 字节：{self.message}"


class CrcCheck(NamedTuple):
    """The CRC as the frame has it (None: it has none) and as it must be, four hexadecimal digits each."""

    declared: str | None
    computed: str
    ok: bool


class LengthCheck(NamedTuple):
    """The bytes of the data segment by the length field (None: no digits) and in fact."""

    declared: int | None
    actual: int
    ok: bool


class Record(NamedTuple):
    """The fields of one factor, or device, in one ``;`` group: ``Record("a21026", {"Rtd": "1.5", "Flag": "N"})``."""

    factor: str
    fields: dict[str, str]


@dataclass(slots=True)
class Packet:
    """A frame as understood; every field is text as received, and None where the packet does not have it.

    ``version`` is the year of the standard that the Flag names (2005, 2017, 2025; 2005 without a Flag). ``header`` are
    all fields before the CP, ``cp`` is the text between the ``&&``, deciphered if need be, and ``data`` its fields,
    ``{"DataTime": …, "a21026": {"Rtd": …}}``, a factor's groups merged; ``records`` keeps the groups apart, each with
    its own data flag. ``raw`` are the bytes as received. Without ``errors`` the packet is ``ok``; ``warnings`` are the
    liberties taken to read it.
    """

    raw: bytes
    crc: CrcCheck
    length: LengthCheck
    version: int | None = None
    qn: str | None = None
    st: str | None = None
    cn: str | None = None
    pw: str | None = None
    mn: str | None = None
    flag: int | None = None
    pnum: int | None = None
    pno: int | None = None
    rf: bool = False
    enciphered: bool = False
    header: dict[str, str] = field(default_factory=dict)
    cp: str = ""
    data: dict[str, Value] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against believing the packet."""
        return not self.errors

    @property
    def wants_answer(self) -> bool:
        """Whether the sender waits for an answer (bit 0 of the Flag)."""
        return bool((self.flag or 0) & 1)

    def flat(self) -> dict[str, str]:
        """The fields of header and CP in one dict: ``{"QN": …, "CN": …, "DataTime": …, "a21026-Rtd": …}``.

        A field of the CP that is called like one of the header is called ``CP.QN`` and so on.
        """
        content = {f"CP.{name}" if name in HEADER_NAMES else name: text for name, text in self._content()}
        return self.header | content

    def _content(self) -> Iterator[tuple[str, str]]:
        for name, value in self.data.items():
            if isinstance(value, str):
                yield name, value
            else:
                yield from ((f"{name}-{suffix}" if suffix else name, text) for suffix, text in value.items())

    def to_json(self) -> dict[str, Any]:
        """The packet as a JSON object; bytes that are no text are in ``cp`` as ``\\xNN``."""
        return {
            "version": self.version,
            "qn": self.qn,
            "st": self.st,
            "cn": self.cn,
            "pw": self.pw,
            "mn": self.mn,
            "flag": self.flag,
            "pnum": self.pnum,
            "pno": self.pno,
            "rf": self.rf,
            "enciphered": self.enciphered,
            "header": self.header,
            "cp": self.cp,
            "data": self.data,
            "crc": self.crc._asdict(),
            "length": self.length._asdict(),
            "ok": self.ok,
            "errors": [problem.to_json() for problem in self.errors],
            "warnings": [problem.to_json() for problem in self.warnings],
        }


_TOLD = 5  # problems that the message of an error names
HEADER_NAMES = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "RF")


class Hj212Error(BilanError):
    """A packet is refused; ``packet`` is what could be read of it, its ``errors`` say why."""

    def __init__(self, packet: Packet) -> None:
        told = [str(problem) for problem in packet.errors[:_TOLD]]
        if len(packet.errors) > _TOLD:
            told.append(f"共 {len(packet.errors)} 处")
        super().__init__("HJ 212 数据包：" + "；".join(told))
        self.packet = packet
