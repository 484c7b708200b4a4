"""A frame becomes a packet: length, CRC, cipher, header, content, in this order, each with what is wrong about it.

A lenient reader takes what real devices send (three digits of length, a CRC in small letters, a DataTime of 17 digits,
missing line ends) and says so in ``warnings``; a strict one refuses what the standard refuses. Damage is refused by
both: one in 256 damaged segments has a good CRC, so that a wrong length counts as damage, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from bilan.observe.hj212.content import Content, read_content
from bilan.observe.hj212.crc import crc16, modbus16
from bilan.observe.hj212.frames import STANDARD_SEGMENT, Frame, only_frame
from bilan.observe.hj212.header import CONTENT_CLOSES, CONTENT_OPENS, Header, content_at, read_header
from bilan.observe.hj212.notes import Notes
from bilan.observe.hj212.packet import CrcCheck, Hj212Error, LengthCheck, Packet
from bilan.observe.hj212.sm4 import BLOCK, decipher, from_list
from bilan.policy import hj212 as standard

_CRC_DIGITS = 4
_FLAG = re.compile(rb"(?:^|;)Flag=([0-9]{1,3})(?:;|$)")
# What a strict reader does not let pass though it can be read: codes outside of the closed lists of the standard, and
# values that are no numbers or out of their range. Codes of factors are no closed list.
_REFUSED_BY_LISTS = frozenset({"mark.unknown", "state.unknown", "return.unknown", "field.range", "value.number"})
_HEX = frozenset(b"0123456789ABCDEFabcdef")


def decode(frame: bytes | Frame, *, strict: bool = False, keys: Sequence[bytes] = ()) -> Packet:
    """The packet in a frame, as :func:`examine` reads it; Hj212Error where it has errors.

    >>> packet = decode(b"##0050ST=32;CN=2011;PW=123456;MN=X1;CP=&&011-Rtd=12.50&&9901\\r\\n")
    >>> packet.version, packet.data, [warning.code for warning in packet.warnings]
    (2005, {'011': {'Rtd': '12.50'}}, ['time.missing'])
    """
    packet = examine(frame, strict=strict, keys=keys)
    if packet.errors:
        raise Hj212Error(packet)
    return packet


def examine(frame: bytes | Frame, *, strict: bool = False, keys: Sequence[bytes] = ()) -> Packet:
    """The packet in a frame, whatever its state; no frame makes it raise, ``errors`` say why not to believe a packet.

    ``frame`` is what a :class:`~bilan.observe.hj212.frames.FrameReader` found, or bytes that begin with ``##``.
    ``strict`` makes an error of every deviation from the grammar, the header and the closed lists of the standard.
    ``keys`` are the SM4 keys, 16 bytes each, that an enciphered CP may have; the one that gives a text with a good CRC
    is taken. ValueError for a key of another length.
    """
    if any(len(key) != BLOCK for key in keys):
        raise ValueError(f"an SM4 key has {BLOCK} bytes")
    notes = Notes(strict=strict)
    whole = frame if isinstance(frame, Frame) else _sole(bytes(frame), notes)
    if whole.head and not whole.segment:
        return _empty(whole, notes)
    declared = _declared_crc(whole, notes)
    plain = _plain(whole, declared, keys)
    length = _check_length(whole, plain, notes)
    crc = _check_crc(whole, plain, declared, notes)
    packet = Packet(whole.raw, crc, length, enciphered=plain.enciphered, errors=notes.errors, warnings=notes.warnings)
    _check_line_end(whole, notes)
    _fill(packet, whole, plain, notes)
    if strict and packet.ok:
        _check_lists(packet, notes)
    return packet


def _empty(frame: Frame, notes: Notes) -> Packet:
    """The packet of a ``##`` with nothing behind it."""
    notes.error("frame.empty", frame.head, "“##”之后没有数据段")
    crc, length = CrcCheck(None, f"{crc16(b''):04X}", False), LengthCheck(frame.declared, 0, frame.declared == 0)
    return Packet(frame.raw, crc, length, errors=notes.errors, warnings=notes.warnings)


class _Plain(NamedTuple):
    """The segment as the CRC is made over it; ``listed``: its cipher was printed; ``problem``: why it stays one."""

    segment: bytes
    enciphered: bool = False
    listed: bool = False
    crc_over_cipher: bool = False
    problem: str | None = None


def _sole(raw: bytes, notes: Notes) -> Frame:
    frame = only_frame(raw)
    if not frame.head:
        notes.error("frame.start", 0, "不以“##”开头", "##", repr(raw[:8]))
    elif frame.offset:
        notes.liberty("frame.before", 0, f"“##”之前还有 {frame.offset} 个字节", "##", repr(raw[:8]))
    after = raw[frame.offset + len(frame.raw) :].strip(b"\r\n")
    if after:
        notes.liberty("frame.after", len(frame.raw), f"数据包之后还有 {len(after)} 个字节", found=repr(after[:8]))
    return frame


def _declared_crc(frame: Frame, notes: Notes) -> int | None:
    field = frame.crc_field
    at = frame.head + frame.length
    digits = field[:_CRC_DIGITS]
    if len(digits) == _CRC_DIGITS and _HEX.issuperset(digits):
        if digits != digits.upper():
            notes.liberty("crc.case", at, "CRC 应为大写", digits.decode().upper(), digits.decode())
        return int(digits, 16)
    if not digits:
        notes.error("crc.missing", at, "数据段后没有 CRC", "4 位十六进制数")
    else:
        notes.error("crc.digits", at, "CRC 不是 4 位十六进制数", "4 位十六进制数", repr(field)[2:-1])
    return None


def _plain(frame: Frame, declared: int | None, keys: Sequence[bytes]) -> _Plain:
    """The segment deciphered, where its content is no text and a key fits."""
    segment = frame.segment
    opens = content_at(segment)
    start = opens + len(CONTENT_OPENS)
    if not segment.startswith(CONTENT_OPENS, opens) or not segment.endswith(CONTENT_CLOSES, start):
        return _Plain(segment)
    content = segment[start : -len(CONTENT_CLOSES)]
    listed = from_list(content)
    sound = crc16(segment) == declared
    readable = listed is None and _is_text(content)  # a few short ciphers are: those have no good CRC
    # One cipher in 256 has the CRC of its text by chance; only packets of 2025 are enciphered.
    plain = listed is None and (readable or (sound and not _of_2025(segment[:opens])))
    if plain and (not keys or (readable and sound)):
        return _Plain(segment)
    for key in keys:
        text = decipher(content if listed is None else listed, key)
        tried = segment[:start] + text + CONTENT_CLOSES
        fits = crc16(tried) == declared
        if _is_text(text) and (sound or fits):
            return _Plain(tried, True, listed is not None, sound and not fits)
        if _was_text(text):
            return _Plain(tried, True, listed is not None)  # damaged on the way: the CRC will say so
    secret = listed is not None or (_of_2025(segment[:opens]) and not _was_text(content))
    if plain or not secret:
        return _Plain(segment)
    return _Plain(segment, True, listed is not None, problem="没有密钥" if not keys else "没有一把密钥能解开")


def _was_text(content: bytes) -> bool:
    """Whether ``content`` is text that was damaged on its way, and no cipher, nor the work of a wrong key.

    Damage spoils a block of a cipher, a lost byte all behind it; of a wrong key's text 37 % are printable.
    """
    printable = sum(32 <= byte < 127 for byte in content)
    return _is_printable(content[:BLOCK]) or (len(content) >= 3 * BLOCK and printable >= len(content) * 0.7)


def _is_printable(content: bytes) -> bool:
    return len(content) == BLOCK and content.isascii() and content.decode().isprintable()


def _of_2025(head: bytes) -> bool:
    flag = _FLAG.search(head)
    return flag is not None and standard.edition_of_flag(int(flag[1])) == 2025


def _is_text(content: bytes) -> bool:
    """Whether ``content`` is text, in either encoding, and so hardly a cipher: of 48 random bytes one in 1000 are."""
    for encoding in ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not text or "=" in text or (text.isascii() and text.isprintable())
    return False


def _check_length(frame: Frame, plain: _Plain, notes: Notes) -> LengthCheck:
    actual = frame.length
    if plain.listed and frame.declared == len(plain.segment):
        actual = len(plain.segment)  # the printed form of the cipher under the length of the plain text
    digits = frame.head - 2
    if frame.declared is None:
        found = repr(frame.raw[frame.head : frame.head + 4])[2:-1]
        notes.error("length.missing", frame.head, "“##”后没有长度", "4 位数字", found)
    elif frame.declared != actual:
        message = f"长度字段为 {frame.declared}，数据段实为 {actual} 字节"
        notes.error("length.mismatch", 2, message, str(actual), str(frame.declared))
    if frame.declared is not None and digits != _CRC_DIGITS:
        notes.liberty("length.digits", 2, f"长度应为 4 位数字，是 {digits} 位", "4 位数字", str(frame.declared))
    if actual > STANDARD_SEGMENT:
        message = f"数据段有 {actual} 字节，超过 {STANDARD_SEGMENT}"
        notes.liberty("length.long", frame.head, message, f"≤{STANDARD_SEGMENT}", str(actual))
    return LengthCheck(frame.declared, actual, frame.declared == actual)


def _check_crc(frame: Frame, plain: _Plain, declared: int | None, notes: Notes) -> CrcCheck:
    at = frame.head + frame.length
    computed = crc16(plain.segment)
    if plain.problem:
        found = None if declared is None else f"{declared:04X}"
        notes.error("cipher.key", frame.head, f"CP 是密文，{plain.problem}，CRC 无法核对", found=found)
    elif plain.crc_over_cipher:
        notes.liberty("cipher.crc", at, "CRC 是按密文算的，应按明文算", f"{computed:04X}", f"{declared:04X}")
        computed = crc16(frame.segment)
    elif declared is not None and computed != declared:
        hint = "（与 Modbus 的 CRC 相符，但本标准的算法不同）" if modbus16(plain.segment) == declared else ""
        message = f"CRC 应为 {computed:04X}，是 {declared:04X}{hint}"
        notes.error("crc.mismatch", at, message, f"{computed:04X}", f"{declared:04X}")
    if plain.listed:
        notes.liberty("cipher.list", frame.head, "密文写成了十六进制的列表，应为原始字节", "原始字节", "{0x…}")
    written = None if declared is None else f"{declared:04X}"
    return CrcCheck(written, f"{computed:04X}", not plain.problem and computed == declared)


def _check_line_end(frame: Frame, notes: Notes) -> None:
    at = frame.head + frame.length + _CRC_DIGITS
    tail = frame.raw[at:]
    if tail == b"\r\n":
        return
    stripped = tail.strip(b"\r\n")
    if stripped and frame.crc_field:
        notes.liberty("end.trailing", at, f"CRC 之后还有 {len(stripped)} 个字节", "CR LF", repr(stripped[:8])[2:-1])
    elif not stripped:
        notes.liberty("end.missing", min(at, len(frame.raw)), "没有以 CR LF 结尾", "CR LF", repr(tail)[2:-1])


def _fill(packet: Packet, frame: Frame, plain: _Plain, notes: Notes) -> None:
    """Header and content, as far as they can be read."""
    opens = content_at(plain.segment)
    head = plain.segment if opens < 0 else plain.segment[:opens]
    header = read_header(head, frame.head, notes)
    fields, numbers = header.fields, header.numbers
    packet.header = dict(fields)
    packet.version = header.version
    packet.qn, packet.st, packet.cn = fields.get("QN"), fields.get("ST"), fields.get("CN")
    packet.pw, packet.mn = fields.get("PW"), fields.get("MN")
    packet.flag, packet.pnum, packet.pno = numbers.get("Flag"), numbers.get("PNUM"), numbers.get("PNO")
    packet.rf = fields.get("RF") == "1"
    content, at = _content(plain.segment, opens, frame.head, notes)
    if plain.problem:
        packet.cp = repr(content)[2:-1]
        return
    packet.cp, encoding = _text(content, at, notes)
    found = read_content(packet.cp, at, notes, encoding)
    packet.data, packet.records = found.data, found.records
    _check_known(header, found, frame.head, notes)
    width = standard.header_fields(header.version or 2017)["CP"].width
    if len(content) > width:
        notes.liberty("cp.long", at, f"CP 有 {len(content)} 字节，超过 {width}", f"≤{width}", str(len(content)))


def _check_lists(packet: Packet, notes: Notes) -> None:
    from bilan.observe.hj212.check.content import content_findings  # only strict readers pay for it

    for found in content_findings(packet):
        if found.code in _REFUSED_BY_LISTS:
            notes.error(found.code, found.offset, found.message, found.expected, found.found)


def _content(segment: bytes, opens: int, head: int, notes: Notes) -> tuple[bytes, int]:
    """The bytes between the ``&&``, and where in the frame they begin."""
    if opens < 0:
        notes.error("cp.missing", head + len(segment), "数据段里没有 CP", "CP=&&…&&")
        return b"", head + len(segment)
    at = opens + len(b"CP=")
    inner = segment[at:]
    if not inner.startswith(CONTENT_CLOSES):
        notes.error("cp.open", head + at, "CP 不以“&&”开头", "&&", repr(inner[:2])[2:-1])
    else:
        inner, at = inner[2:], at + 2
    if not inner.endswith(CONTENT_CLOSES):
        notes.error("cp.close", head + len(segment), "CP 没有以“&&”结尾", "&&", repr(inner[-2:])[2:-1])
    else:
        inner = inner[:-2]
    return inner, head + at


def _text(inner: bytes, at: int, notes: Notes) -> tuple[str, str]:
    """The text of a content and its encoding; bytes that are none become ``\\xNN``."""
    try:
        return inner.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        wrong = error
    try:
        text = inner.decode("gb18030")
    except UnicodeDecodeError:
        notes.liberty("text.bytes", at + wrong.start, "有既非 UTF-8 也非 GB18030 的字节", "UTF-8")
        return inner.decode("utf-8", errors="backslashreplace"), "utf-8"
    notes.liberty("text.gb18030", at + wrong.start, "文字是 GB18030 编码", "UTF-8", "GB18030")
    return text, "gb18030"


def _check_known(header: Header, content: Content, at: int, notes: Notes) -> None:
    """Whether the edition knows the command and the system type, and whether data say of when they are."""
    edition = header.version or 2017
    cn, st = header.fields.get("CN", ""), header.fields.get("ST", "")
    known = standard.command(cn, edition)
    if cn and known is None:
        notes.liberty("command.unknown", at, f"{edition} 年版没有命令 {cn}", found=cn)
    if st and st not in standard.system_types(edition):
        notes.liberty("system.unknown", at, f"{edition} 年版没有系统编码 {st}", found=st)
    timed = known is None or known.data_time  # parameters of a device have no time
    if timed and content.records and "DataTime" not in content.data:
        notes.liberty("time.missing", at, "数据没有 DataTime", "DataTime=YYYYMMDDhhmmss")
