"""The fast reader says what the full one says, of every frame, or raises what it raises."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan.observe.hj212 import Hj212Error, crc16, decode, decode_flat, encode
from bilan.observe.hj212.flat import _quick

HEADER = "QN=20240520210700000;ST=31;CN=2051;PW=123456;MN=X1;Flag=5"
CONTENT = "DataTime=20240520210600;a01011-Avg=1.35,a01011-Flag=N;a01012-Avg=9.3,a01012-Flag=N"


def framed(segment: bytes, length: bytes = b"", crc: bytes = b"", end: bytes = b"\r\n") -> bytes:
    return b"##" + (length or b"%04d" % len(segment)) + segment + (crc or b"%04X" % crc16(segment)) + end


def packet(header: str = HEADER, content: str = CONTENT) -> bytes:
    return framed(f"{header};CP=&&{content}&&".encode())


def outcome(raw: bytes) -> dict[str, str] | str:
    """What the full reader says."""
    try:
        return decode(raw).flat()
    except Hj212Error as error:
        return str(error)


def fast(raw: bytes) -> dict[str, str] | str:
    try:
        return decode_flat(raw)
    except Hj212Error as error:
        return str(error)


USUAL = [
    packet(),
    packet("ST=31;CN=2011;PW=1;MN=X1"),
    packet(HEADER.replace("Flag=5", "Flag=11;PNUM=2;PNO=1;RF=1")),
    packet(content=""),
    packet(content="QnRtn=1"),
    encode("SystemTime=20240520210600", cn="1011", mn="X1", st="31", qn="20240520210700000", flag=4),
]
ODD = [
    packet(HEADER.replace("MN=X1", "MN=")),
    packet(HEADER.replace("CN=2051;", "")),
    packet(HEADER.replace("CN=2051;", ""), "CN=2051"),
    packet(HEADER + ";MN=X2"),
    packet(HEADER + ";XX=1"),
    packet(HEADER.replace("MN=X1", "MN=X1,MN=X2")),
    packet(HEADER.replace("MN=X1", "MN=CP=1")),
    packet(HEADER + ";"),
    packet("ST=31;CN=2011;PW=1;MN=X1;XX=1", "QN=1"),
    packet("ST=91;CN=9012;PW=1;MN=X1", "QN=20240520210700000;ExeRtn=1"),
    packet(content="QN=20240520210700000;ExeRtn=1"),
    packet(content=CONTENT + ";"),
    packet(content=CONTENT + ";;x-Rtd=1"),
    packet(content=CONTENT + ";oops"),
    packet(content=CONTENT + ";a01011-Avg=1.35"),
    packet(content=CONTENT + ";a01011-Avg=1.36"),
    packet(content="01-Rtd=1,01-Flag=N;01-ZsRtd=2,01-Flag=D"),
    packet(content="a-=1;-b=2;=3;c-d-e=4;f=5;f-Rtd=6"),
    packet(content="a=b=c;d"),
    packet(content="a,b=1=2"),
    packet(content="i-Info=//a;b=1,c//;x-Rtd=1"),
    packet(content="i-Info=泵"),
    packet(content="a=1;CP=&&b=2"),
    packet(content="a=&&;b=2"),
    packet(content="a=1\x00\x7f"),
    packet(content="a=&&\n"),
    packet(content="a=##0012QN="),
    packet(content="a=1##"),
    packet(content="x" * 1200 + "=1##"),
    framed(b"CP=&&&&"),
    framed(b"ST=31;CN=2011;MN=X1;CP=&&a=1"),
    framed(b"ST=31;CN=2011;MN=X1;CP=&&&"),
    framed(b"ST=31;CN=2011;MN=X1;a=1&&"),
    framed(packet()[6:-6], length=b" 131"[-4:]),
    framed(packet()[6:-6], length=b"+%03d" % (len(packet()) - 12)),
    framed(packet()[6:-6], length=b"%d" % (len(packet()) - 12)),
    framed(packet()[6:-6], crc=(b"%04x" % crc16(packet()[6:-6]))),
    framed(packet()[6:-6], end=b""),
    framed(packet()[6:-6], end=b"\n"),
    packet() + packet(),
    b"x" + packet(),
    packet()[:-3],
    b"",
]  # fmt: skip


@pytest.mark.parametrize("raw", USUAL)
def test_usual_packets_are_read_fast_and_right(raw: bytes) -> None:
    found = _quick(raw)
    assert found is not None
    assert found == outcome(raw)


@pytest.mark.parametrize("raw", ODD)
def test_odd_packets_are_read_alike(raw: bytes) -> None:
    assert fast(raw) == outcome(raw)


@pytest.mark.parametrize("digits", ["0x0F", "+00F", " 00F", "0_0F"])
def test_digits_that_only_python_reads(digits: str) -> None:
    content = next(text for number in range(5_000) if crc16(packet(content=(text := f"a={number}"))[6:-6]) == 0x0F00)
    assert fast(packet(content=content)) == outcome(packet(content=content))
    assert isinstance(fast(framed(packet(content=content)[6:-6], crc=digits.encode())), str)


signs = st.text(st.sampled_from("ab=,;-/&#\n QNMFlag泵1."), max_size=30)


@given(signs, signs)
@settings(max_examples=500, deadline=None)
def test_any_content_is_read_alike(header: str, content: str) -> None:
    for raw in (packet(content=content), packet(f"{HEADER};{header}", content), packet(header, content)):
        assert fast(raw) == outcome(raw)


names = st.sampled_from(["a", "b", "a-Rtd", "a-Flag", "b-Rtd", "QN", "Flag", "a-", "-a", "a-b-c", "DataTime", ""])
fields = st.tuples(names, st.sampled_from(["=", "=", "=", "", "=="]), st.sampled_from(["1", "N", "", "//x;//"]))
pieces = st.lists(st.tuples(fields.map("".join), st.sampled_from(",;")).map("".join), max_size=6).map("".join)


@given(st.sampled_from([HEADER, "ST=31;CN=2011;MN=X1", "CN=2011;MN=X1"]), pieces, pieces)
@settings(max_examples=500, deadline=None)
def test_fields_are_read_alike(header: str, more: str, content: str) -> None:
    for raw in (packet(header, content), packet(f"{header};{more}"[:-1], content[:-1])):
        assert fast(raw) == outcome(raw)
