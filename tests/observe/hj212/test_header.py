"""Headers: fields in any order, the Flag bit by bit, fields that come twice."""

from __future__ import annotations

from itertools import permutations

import pytest

from bilan.observe.hj212 import crc16, examine
from bilan.observe.hj212.header import split_header

FIELDS = ("QN=20240520210700000", "ST=32", "CN=2051", "PW=123456", "MN=X1")


def packet(header: str) -> bytes:
    segment = f"{header};CP=&&DataTime=20240520210600;w01018-Avg=1&&".encode()
    return b"##%04d%b%04X\r\n" % (len(segment), segment, crc16(segment))


def test_the_order_of_the_fields_does_not_matter() -> None:
    for order in permutations(FIELDS):
        found = examine(packet(";".join(order)))
        assert found.ok
        assert (found.qn, found.st, found.cn, found.mn) == ("20240520210700000", "32", "2051", "X1")


@pytest.mark.parametrize("flag", range(256))
def test_the_flag_is_read_by_position(flag: int) -> None:
    parts = ";PNUM=3;PNO=2" if flag & 2 else ""
    found = examine(packet(";".join(FIELDS) + f";Flag={flag}{parts}"))
    assert found.ok
    assert found.flag == flag
    assert found.wants_answer == bool(flag & 1)
    assert found.version == {0: 2005, 1: 2017, 2: 2025}.get(flag >> 2)
    told = {problem.code for problem in found.warnings}
    assert "header.parts" not in told
    assert ("flag.version" in told) == (flag > 11)


@pytest.mark.parametrize("flag", ["256", "-1", "", "0x5", "5.0", "１", "9" * 30])
def test_a_flag_that_is_no_number(flag: str) -> None:
    found = examine(packet(";".join(FIELDS) + f";Flag={flag}"))
    assert found.flag is None
    assert found.wants_answer is False
    assert found.header["Flag"] == flag or not flag.isascii()


def test_parts_without_their_bit_are_read_and_told() -> None:
    found = examine(packet(";".join(FIELDS) + ";Flag=4;PNUM=3;PNO=2"))
    assert (found.pnum, found.pno) == (3, 2)
    assert "header.parts" in [problem.code for problem in found.warnings]


def test_of_fields_that_come_twice_the_first_counts_for_all() -> None:
    """Whoever is admitted by one reader must be the same for the other."""
    raw = packet(";".join(FIELDS) + ";MN=X2")
    assert examine(raw).mn == "X1"
    assert split_header(raw[6:-6])["MN"] == "X1"


def test_a_field_that_looks_like_the_content() -> None:
    raw = packet(";".join(FIELDS).replace("MN=X1", "MN=CP=1"))
    assert examine(raw).mn == split_header(raw[6:-6])["MN"] == "CP=1"
    assert examine(raw).ok


def test_the_quick_header_is_that_of_the_reader() -> None:
    raw = packet(";".join(FIELDS) + ";Flag=5")
    assert split_header(raw[6:-6]) == examine(raw).header
    with pytest.raises(ValueError, match="ascii"):
        split_header(b"ST=\xff;CP=&&&&")


def test_places_count_in_bytes_of_the_frame() -> None:
    header = b"\xff\xfeQN=1;ST=32;oops"
    raw = b"##%04d%b;CP=&&&&0000\r\n" % (len(header) + 8, header)
    assert [problem.offset for problem in examine(raw).errors if problem.code == "header.field"] == [6 + 13]
