"""The checksum of HJ 212, which is not that of Modbus.

HJ 212-2017 annex A: the register is ``FFFF``; for each byte the HIGH byte of the register, moved down, is combined
with the byte (Modbus combines the whole register), then eight times shifted right, with ``A001`` wherever a 1 falls
out. Each step throws the low byte of the register away, so that only 256 values exist, and after eight steps without
input the register is where it was: bytes eight apart may be combined first. That folds a segment as one large number
down to eight bytes, which is ten times as fast as a table for every byte.
"""

from __future__ import annotations


def _shifted_out(byte: int) -> int:
    """The register after ``byte``, combined with the high byte of the former one, was shifted out."""
    register = byte
    for _ in range(8):
        register = (register >> 1) ^ 0xA001 if register & 1 else register >> 1
    return register


_TABLE = tuple(_shifted_out(byte) for byte in range(256))


def _left_after(byte: int, steps: int) -> int:
    """The register when ``steps`` empty bytes have followed ``byte``."""
    for _ in range(steps):
        byte = _TABLE[byte] >> 8
    return _TABLE[byte]


# What a byte leaves in the register, by the number of bytes behind it (0 to 7), and what the first register leaves, by
# the length of the segment (1 to 8).
_LEFT = tuple(tuple(_left_after(byte, behind) for byte in range(256)) for behind in range(8))
_FIRST = tuple(_left_after(0xFF, length - 1) for length in range(1, 9))

# How a number is halved down to eight bytes: bits and mask of each fold, by the bit length of ((bytes - 1) >> 3).
_HALVES = tuple((64 << power, (1 << (64 << power)) - 1) for power in range(12))
_FOLDS = tuple(_HALVES[:count][::-1] for count in range(len(_HALVES) + 1))
_LONGEST = 8 << len(_HALVES)  # bytes that these folds bring down to eight


def crc16(segment: bytes) -> int:
    """The CRC of a data segment, from ``QN=`` to the closing ``&&``; printed as four hexadecimal digits.

    >>> f"{crc16(b'123456789'):04X}", f"{crc16(b''):04X}"
    ('2F80', 'FFFF')
    """
    size = len(segment)
    if not size:
        return 0xFFFF
    number = int.from_bytes(segment, "big") if size <= _LONGEST else _combined(segment)
    for bits, mask in _FOLDS[((size - 1) >> 3).bit_length() if size <= _LONGEST else -1]:
        number = (number >> bits) ^ (number & mask)
    b7, b6, b5, b4, b3, b2, b1, b0 = number.to_bytes(8, "big")
    left0, left1, left2, left3, left4, left5, left6, left7 = _LEFT
    return (
        _FIRST[(size - 1) & 7]
        ^ left0[b0]
        ^ left1[b1]
        ^ left2[b2]
        ^ left3[b3]
        ^ left4[b4]
        ^ left5[b5]
        ^ left6[b6]
        ^ left7[b7]
    )


def _combined(segment: bytes) -> int:
    """The pieces of a long segment, counted from its end, combined with each other."""
    number = 0
    for end in range(len(segment), 0, -_LONGEST):
        number ^= int.from_bytes(segment[max(0, end - _LONGEST) : end], "big")
    return number


def modbus16(segment: bytes) -> int:
    """The CRC of Modbus, which some devices send by mistake; only to tell them so.

    >>> f"{modbus16(b'123456789'):04X}"
    '4B37'
    """
    register = 0xFFFF
    for byte in segment:
        register = (register >> 8) ^ _TABLE[(register ^ byte) & 0xFF]
    return register
