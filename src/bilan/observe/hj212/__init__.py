"""HJ 212, by which pollution sources and automatic stations in China report: 2005, 2017 and 2025.

>>> packet = decode(b"##0050ST=32;CN=2011;PW=123456;MN=X1;CP=&&011-Rtd=12.50&&9901\\r\\n")
>>> packet.mn, packet.data
('X1', {'011': {'Rtd': '12.50'}})
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bilan._lazy import lazy_exports

if TYPE_CHECKING:
    from bilan.observe.hj212.crc import crc16
    from bilan.observe.hj212.decoding import decode, examine
    from bilan.observe.hj212.encoding import EncodeError, answer_frame, encode, encode_parts, flag_of, qn_of
    from bilan.observe.hj212.flat import decode_flat
    from bilan.observe.hj212.frames import Frame, FrameReader
    from bilan.observe.hj212.joining import Joined, Joiner
    from bilan.observe.hj212.packet import CrcCheck, Hj212Error, LengthCheck, Packet, Problem, Record

_HOMES = {
    "CrcCheck": "packet",
    "EncodeError": "encoding",
    "Frame": "frames",
    "FrameReader": "frames",
    "Hj212Error": "packet",
    "Joined": "joining",
    "Joiner": "joining",
    "LengthCheck": "packet",
    "Packet": "packet",
    "Problem": "packet",
    "Record": "packet",
    "answer_frame": "encoding",
    "crc16": "crc",
    "decode": "decoding",
    "decode_flat": "flat",
    "encode": "encoding",
    "encode_parts": "encoding",
    "examine": "decoding",
    "flag_of": "encoding",
    "qn_of": "encoding",
}
__all__ = [
    "CrcCheck",
    "EncodeError",
    "Frame",
    "FrameReader",
    "Hj212Error",
    "Joined",
    "Joiner",
    "LengthCheck",
    "Packet",
    "Problem",
    "Record",
    "answer_frame",
    "crc16",
    "decode",
    "decode_flat",
    "encode",
    "encode_parts",
    "examine",
    "flag_of",
    "qn_of",
]

__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
