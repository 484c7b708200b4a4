"""Packets to send: frame, CRC, cipher, and long contents in several packets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from bilan.errors import BilanError
from bilan.observe.hj212.content import as_time, factor_groups
from bilan.observe.hj212.crc import crc16
from bilan.observe.hj212.packet import HEADER_NAMES
from bilan.observe.hj212.sm4 import BLOCK, encipher
from bilan.policy import hj212 as standard
from bilan.policy.hj212.rows import in_edition

_QN = "%Y%m%d%H%M%S"
_AROUND = 12  # the bytes of a frame around its segment
_SIGNS = frozenset(";=&")
_NEEDED = ("MN",)  # without it a packet is nobody's
_MOST_PARTS = {2005: 9999, 2017: 9999, 2025: 9}  # PNUM: digits of the field


class EncodeError(BilanError):
    """A packet cannot be written as the standard has it."""


def flag_of(version: int, *, answer: bool = False, parts: bool = False) -> int:
    """The Flag: version bits, bit 1 for PNUM and PNO, bit 0 where an answer is wanted; ValueError for no edition.

    >>> flag_of(2017, answer=True), flag_of(2025, answer=True, parts=True)
    (5, 11)
    """
    return in_edition(standard.editions(), version).flag_version << 2 | parts << 1 | answer


def qn_of(moment: datetime) -> str:
    """The QN of a moment in the time of the device: YYYYMMDDhhmmsszzz.

    >>> qn_of(datetime(2024, 5, 20, 21, 7, 0, 123999))
    '20240520210700123'
    """
    return f"{moment:{_QN}}{moment.microsecond // 1000:03d}"


def frame(segment: bytes, *, plain: bytes | None = None) -> bytes:
    """A data segment with everything around it; the CRC is that of ``plain`` where the segment is enciphered.

    >>> frame(b"QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=900016F0010000A800169DC0;Flag=9;CP=&&&&")[-6:]
    b'2200\\r\\n'
    """
    if len(segment) > standard.editions()[2017].segment_max:
        raise EncodeError(
            f"数据段有 {len(segment)} 字节，超过 {standard.editions()[2017].segment_max}：用 encode_parts 分包"
        )
    return b"##%04d%b%04X\r\n" % (len(segment), segment, crc16(segment if plain is None else plain))


def encode(
    cp: str,
    *,
    cn: str,
    mn: str,
    st: str,
    pw: str = "123456",
    qn: str | None = None,
    flag: int | None = None,
    pnum: int | None = None,
    pno: int | None = None,
    rf: bool = False,
    key: bytes | None = None,
) -> bytes:
    """One frame, ready to send. ``qn`` and ``flag`` are left out where they are None, as some devices of 2005 do.

    ``key``, 16 bytes, enciphers the CP after length and CRC were made (HJ 212-2025 A.2).
    Raises EncodeError where the segment is longer than the standard allows, MN is empty, a field holds
    ``;``, ``=`` or ``&``, PNUM comes without PNO, the CP is no text, or the key has another length. Whether the fields
    are those of an edition is told by :func:`check_header`.

    >>> encode("", cn="1011", mn="900016F0010000A800169DC0", st="32", qn="20240601085857223", flag=9)[-13:]
    b'CP=&&&&2200\\r\\n'
    """
    if (pnum is None) != (pno is None):
        raise EncodeError("PNUM 和 PNO 应都写或都不写")
    fields = {"QN": qn, "ST": st, "CN": cn, "PW": pw, "MN": mn, "Flag": flag, "PNUM": pnum, "PNO": pno}
    written = {name: str(value) for name, value in fields.items() if value is not None} | ({"RF": "1"} if rf else {})
    return encode_fields(written, cp, key=key)


def encode_fields(header: Mapping[str, str], cp: str, *, key: bytes | None = None) -> bytes:
    """One frame with the fields of ``header`` as they are, in their order; EncodeError as from :func:`encode`.

    >>> encode_fields({"ST": "32", "CN": "2011", "PW": "123456", "MN": "X1"}, "011-Rtd=12.50")[-6:]
    b'9901\\r\\n'
    """
    for name, text in header.items():
        if not name or (name in _NEEDED and not text):
            raise EncodeError(f"{name or '包头的字段'}：是空的")
        for part in (name, text):
            if not part.isascii() or not part.isprintable() or not _SIGNS.isdisjoint(part):
                raise EncodeError(f"{name}：应为不含“;”“=”“&”的 ASCII 字符，是 {part!r}")
    head = ";".join(f"{name}={text}" for name, text in header.items()).encode() + b";CP=&&"
    content = _bytes(cp)
    if key is not None and len(key) != BLOCK:
        raise EncodeError(f"SM4 密钥应为 {BLOCK} 字节，是 {len(key)} 字节")
    plain = head + content + b"&&"
    return frame(plain if key is None else head + encipher(content, key) + b"&&", plain=plain)


def check_header(header: Mapping[str, str], version: int) -> None:
    """Raise EncodeError where ``header`` is not as the edition has it, ValueError for no edition.

    Required fields, how they are written, those of another edition, and the bits of the Flag: the version, and bit 1
    for PNUM and PNO. Fields that no edition knows are let pass.

    >>> check_header({"ST": "32", "CN": "2011", "PW": "123456", "MN": "X1", "RF": "1"}, 2005)
    Traceback (most recent call last):
    bilan.observe.hj212.encoding.EncodeError: RF：2005 年版没有这个字段
    """
    known = standard.header_fields(version)
    for name, text in header.items():
        if name not in known and name in HEADER_NAMES:
            raise EncodeError(f"{name}：{version} 年版没有这个字段")
        if name in known and not known[name].allows(text):
            pattern = known[name].pattern
            raise EncodeError(f"{name}：{version} 年版应为 {pattern.pattern if pattern else '空'}，是 {text!r}")
    missing = [name for name, field in known.items() if field.required and name != "CP" and name not in header]
    if missing:
        raise EncodeError(f"{version} 年版应有 {'、'.join(missing)}")
    if "QN" in header and as_time(header["QN"]) is None:
        raise EncodeError(f"QN：应为 YYYYMMDDhhmmsszzz，是 {header['QN']!r}")
    _check_flag(header, version)


def _check_flag(header: Mapping[str, str], version: int) -> None:
    parts = "PNUM" in header
    if parts != ("PNO" in header):
        raise EncodeError("PNUM 和 PNO 应都写或都不写")
    if parts and not 1 <= int(header["PNO"]) <= int(header["PNUM"]):
        raise EncodeError(f"PNO：应为 1～{header['PNUM']}，是 {header['PNO']}")
    if "Flag" not in header:
        return
    flag, least = int(header["Flag"]), flag_of(version)
    if not least <= flag <= least + 3:
        raise EncodeError(f"Flag：{version} 年版应为 {least}～{least + 3}，是 {flag}")
    if bool(flag & 2) != parts:
        raise EncodeError(f"Flag：{flag} 表示{'有' if flag & 2 else '没有'} PNUM 和 PNO，与所写的不符")


def encode_parts(
    cp: str,
    *,
    version: int,
    qn: datetime,
    cn: str,
    mn: str,
    st: str,
    pw: str = "123456",
    answer: bool = True,
    rf: bool = False,
    key: bytes | None = None,
) -> list[bytes]:
    """The frames of a content, as many as it takes: cut between factors, each part with its own QN and the DataTime.

    HJ 212-2017 tables C.49 and C.50: every part has a QN of its own (here ``qn`` and the milliseconds after it)
    and repeats DataTime. EncodeError as from :func:`encode`, where one factor does not fit into a packet, or where the
    edition has no number for so many parts; ValueError for no edition.

    >>> cp = "DataTime=20240520210600;" + ";".join(f"w{n:05d}-Avg=1.000,w{n:05d}-Flag=N" for n in range(40))
    >>> len(encode_parts(cp, version=2017, qn=datetime(2024, 5, 20, 21, 7), cn="2051", mn="X1", st="32"))
    2
    """
    most = in_edition(_MOST_PARTS, version)

    def part(text: str, number: int = 0, of: int = 1) -> bytes:
        return encode(
            text,
            qn=_later(qn, number),
            cn=cn,
            mn=mn,
            st=st,
            pw=pw,
            flag=flag_of(version, answer=answer, parts=of > 1),
            pnum=of if of > 1 else None,
            pno=number + 1 if of > 1 else None,
            rf=rf,
            key=key,
        )

    if len(_bytes(cp)) <= _room(part(""), version):
        return [part(cp)]
    time, groups = _opening(cp)
    parts = list(_packed(time, groups, _room(part("", most - 1, most), version)))
    if len(parts) > most:
        raise EncodeError(f"内容要分 {len(parts)} 包，{version} 年版最多 {most} 包")
    return [part(text, number, len(parts)) for number, text in enumerate(parts)]


def _later(qn: datetime, milliseconds: int) -> str:
    try:
        return qn_of(qn + timedelta(milliseconds=milliseconds))
    except OverflowError:
        raise EncodeError(f"QN：{qn_of(qn)} 之后没有 {milliseconds} 毫秒可给各分包") from None


def _bytes(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise EncodeError(f"CP 第 {error.start + 1} 个字符不能写成 UTF-8") from None


def _room(empty: bytes, version: int) -> int:
    """How many bytes of content fit into a packet like ``empty``."""
    most = standard.editions()[version].segment_max + _AROUND - len(empty)
    return min(standard.header_fields(version)["CP"].width, most)


def _opening(cp: str) -> tuple[str, list[str]]:
    """The DataTime in front, with its ``;``, and the groups behind it."""
    groups = factor_groups(cp)
    if groups[0].startswith("DataTime="):
        return groups[0] + ";", groups[1:]
    return "", groups


def _packed(time: str, groups: Iterable[str], room: int) -> Iterator[str]:
    """The groups in contents of at most ``room`` bytes."""
    part: list[str] = []
    size = len(time)
    for group in groups:
        length = len(group.encode()) + 1
        if len(time) + length - 1 > room:
            raise EncodeError(f"“{group[:40]}…”有 {length - 1} 字节，一个数据包放不下")
        if part and size + length - 1 > room:
            yield time + ";".join(part)
            part, size = [], len(time)
        part.append(group)
        size += length
    yield (time + ";".join(part)) if part else time.removesuffix(";")


def answer_frame(qn: str, version: int, mn: str, pw: str, cn: str = "9014") -> bytes:
    """The host's answer to data (9014) or a notice (9013): same QN, ST 91, a Flag that wants no answer.

    >>> answer_frame("20240520210700000", 2017, "X1", "123456")[33:-6]
    b'CN=9014;PW=123456;MN=X1;Flag=4;CP=&&&&'
    """
    return encode("", qn=qn, st="91", cn=cn, pw=pw, mn=mn, flag=flag_of(version))
