"""The checksum by the text of annex A, bit by bit, beside the one that folds."""

from __future__ import annotations

import random

import pytest

from bilan.observe.hj212 import crc16
from bilan.observe.hj212.crc import modbus16

# Examples that the standard prints (2017 annex A, 2025 A.1), of which the MN is told otherwise: its groups of eight
# characters change places, which this CRC cannot see and that of Modbus can.
SITE = b"PW=100000;MN=900016F0010000A800169DC0;Flag=5"
VECTORS = [
    (b"", 0xFFFF, 0xFFFF),
    (b"A", 0x7080, 0x707F),
    (b"123456789", 0x2F80, 0x4B37),
    (b"QN=20160801085857223;ST=32;CN=1062;" + SITE + b";CP=&&RtdInterval=30&&", 0x1C80, 0x93CB),
    (
        b"QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=900016F0010000A800169DC0;Flag=9;CP=&&&&",
        0x2200,
        0x94B8,
    ),
]


def by_the_text(segment: bytes) -> int:
    register = 0xFFFF
    for byte in segment:
        register = (register >> 8) ^ byte
        for _ in range(8):
            out = register & 1
            register >>= 1
            if out:
                register ^= 0xA001
    return register


@pytest.mark.parametrize(("segment", "ours", "modbus"), VECTORS)
def test_published_values(segment: bytes, ours: int, modbus: int) -> None:
    assert crc16(segment) == by_the_text(segment) == ours
    assert modbus16(segment) == modbus


@pytest.mark.parametrize("sizes", [range(301), (1023, 1024, 1025, 9_999), (16_383, 16_384, 16_385), (32_767, 32_768)])
def test_segments_of_every_length(sizes: range | tuple[int, ...]) -> None:
    chance = random.Random(len(sizes))
    for size in sizes:
        segment = chance.randbytes(size)
        assert crc16(segment) == by_the_text(segment), size
        assert crc16(b"\0" * size) == by_the_text(b"\0" * size), size


def test_segments_longer_than_one_fold_reaches() -> None:
    chance = random.Random(7)
    for size in (32_769, 65_536, 65_543, 100_001):
        segment = chance.randbytes(size)
        assert crc16(segment) == by_the_text(segment), size


def test_only_256_values_exist() -> None:
    chance = random.Random(1)
    found = {crc16(chance.randbytes(1 + number % 40)) for number in range(20_000)}
    assert len(found) == 256
    assert {value & 0xFF for value in found} == {0x00, 0x01, 0x40, 0x41, 0x80, 0x81, 0xC0, 0xC1}


def test_bytes_eight_apart_may_change_places() -> None:
    """Why a good CRC alone is no proof: the standard's own algorithm does not see it."""
    assert crc16(b"a2345678b") == crc16(b"b2345678a") == by_the_text(b"b2345678a")
    assert crc16(b"a234567b") != crc16(b"b234567a")
