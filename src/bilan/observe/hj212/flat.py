"""Packets as flat fields, fast: sound frames by a few operations on the whole, all others through the full reader."""

from __future__ import annotations

from bilan.observe.hj212.crc import crc16
from bilan.observe.hj212.decoding import decode
from bilan.observe.hj212.header import CONTENT_CLOSES, CONTENT_OPENS
from bilan.observe.hj212.packet import HEADER_NAMES

_HEADER_NAMES = frozenset(HEADER_NAMES)
_OPENS = b";" + CONTENT_OPENS

# Marks are what parts fields, and what makes more of a content than fields: logs, possible marks of other frames, bytes
# that are no ASCII.
_NO_MARKS = bytes(set(range(0x20, 0x7F)) - set(b"=,;/#"))
_PARTED = bytes.maketrans(b";", b",")
_ALIKE = bytes.maketrans(b"=;", b",,")


def decode_flat(raw: bytes) -> dict[str, str]:
    """The fields of header and CP in one dict, as :meth:`~bilan.observe.hj212.packet.Packet.flat` gives them.

    Only length and CRC are looked at, so that liberties are taken without a word. Hj212Error where :func:`decode` would
    raise it.

    >>> decode_flat(b"##0050ST=32;CN=2011;PW=123456;MN=X1;CP=&&011-Rtd=12.50&&9901\\r\\n")["011-Rtd"]
    '12.50'
    """
    return _quick(raw) or decode(raw).flat()


def _quick(raw: bytes) -> dict[str, str] | None:
    """The fields of a frame that is as the standard has it and simple; None for any other."""
    segment = raw[6:-6]
    if raw[:6] != b"##%04d" % len(segment) or raw[-6:] != b"%04X\r\n" % crc16(segment):
        return None
    head, _, content = segment.partition(_OPENS)
    fields = head + b";" + content[:-2] if len(content) > 2 else head
    marks = fields.translate(_PARTED, _NO_MARKS)
    if marks != b"=," * (len(marks) >> 1) + b"=" or content[-2:] != CONTENT_CLOSES or b"," in head:
        return None
    texts = fields.translate(_ALIKE).decode().split(",")  # names and values take turns
    found = dict(zip(texts[::2], texts[1::2]))  # noqa: B905  # as long as each other; to ask again costs time
    if 2 * len(found) != len(texts) or not _HEADER_NAMES.isdisjoint(texts[2 * head.count(b"=") :: 2]):
        return None
    return found if found.get("CN") and found.get("MN") and found.get("ST") else None
