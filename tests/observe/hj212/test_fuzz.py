"""Whatever comes, nothing but the documented error is raised and no more is held than promised.

Seeds are real packets where ../shared is there, and invented ones always; they are cut, spliced and flipped.
"""

from __future__ import annotations

import csv
import json
import re
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bilan.observe.hj212 import (
    FrameReader,
    Hj212Error,
    Joiner,
    Packet,
    decode,
    decode_flat,
    encode,
    examine,
)

REAL = Path(__file__).parents[4] / "shared" / "data" / "hj212" / "real-packets.tsv"
KEY = b"0123456789abcdef"
TIME = "DataTime=20240520210600"


def invented() -> list[bytes]:
    site = {"mn": "X0000000000001", "st": "31", "qn": "20240520210700000"}
    cipher = encode(f"{TIME};a01011-Avg=1.35,a01011-Flag=N", cn="2051", flag=9, key=KEY, **site)
    listed = ",".join(f"0x{byte:02X}" for byte in range(48)).encode()
    return [
        encode(f"{TIME};01-Rtd=1.5,01-Flag=N;01-ZsRtd=1.8,01-Flag=D", cn="2011", mn="X1", st="31"),
        encode(f"{TIME};SB1-RS=1;SB2-RT=23.5", cn="2021", flag=5, **site),
        encode(f"{TIME};i11001-Info=//泵；清洗,a=b;c//", cn="3020", flag=5, **site),
        encode(f"{TIME};w01018-Avg=1", cn="2061", flag=7, pnum=2, pno=1, **site),
        encode("", cn="9015", flag=9, rf=True, **site),
        cipher,
        cipher.replace(cipher[cipher.index(b"CP=&&") + 5 : -12], b"{" + listed + b"}"),
        "##0060ST=31;CN=2011;MN=X1;CP=&&a=排口&&0000\r\n".encode("gb18030"),
        b"##9999##0001&&2200\r\n##CP=&&&&\n###0##",
    ]


def real() -> list[bytes]:
    if not REAL.exists():
        return []
    with REAL.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [re.sub(rb"\\x(..)", lambda at: bytes.fromhex(at[1].decode()), row["packet"].encode()) for row in rows]


SEEDS = invented() + real()
MARKS = [b"##", b"&&", b"CP=&&", b"\r\n", b"//", b";", b",", b"=", b"-", b"\x00", b"\xff", b"0x41,", b"PNUM=", b"2200"]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A seed after some accidents: bytes changed, lost, put in, doubled, another packet spliced in."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(data)))
        to = at + draw(st.integers(0, 20))
        what = draw(st.integers(0, 4))
        if what == 0:
            data[at:to] = bytes(byte ^ draw(st.integers(1, 255)) for byte in data[at : at + 1])
        elif what == 1:
            del data[at:to]
        elif what == 2:
            data[at:at] = draw(st.sampled_from(MARKS) | st.binary(max_size=8))
        elif what == 3:
            data[at:at] = data[at:to] * draw(st.integers(1, 20))
        else:
            other = draw(st.sampled_from(SEEDS))
            data[at:] = other[draw(st.integers(0, len(other))) :]
    return bytes(data)


def checked(found: Packet, strict: bool) -> None:
    """What holds for every packet, good or bad."""
    assert found.ok == (not found.errors)
    assert not (strict and found.warnings)
    if found.ok:
        assert found.crc.ok
        assert found.length.ok
        assert found.mn
    broken = "text.bytes" in [problem.code for problem in found.errors + found.warnings]
    reach = 4 * len(found.raw) if broken else len(found.raw)  # bytes that are no text count as the four signs of \xNN
    for problem in found.errors + found.warnings:
        assert problem.message.isprintable()
        assert 0 <= problem.offset <= reach, problem
    json.dumps(found.to_json(), ensure_ascii=True)
    found.flat()


@given(mutated() | st.binary(max_size=200), st.booleans(), st.sampled_from([(), (KEY,), (b"1" * 16, KEY)]))
@settings(max_examples=600, deadline=None)
def test_reading_raises_nothing_but_the_documented_error(raw: bytes, strict: bool, keys: tuple[bytes, ...]) -> None:
    found = examine(raw, strict=strict, keys=keys)
    checked(found, strict)
    try:
        assert decode(raw, strict=strict, keys=keys).ok
    except Hj212Error as error:
        assert error.packet.errors == found.errors
        assert str(error).isprintable()
    assert not (strict and found.ok) or examine(raw, keys=keys).ok


@given(mutated() | st.binary(max_size=200))
@settings(max_examples=600, deadline=None)
def test_the_fast_reader_agrees(raw: bytes) -> None:
    try:
        expected = decode(raw).flat()
    except Hj212Error:
        expected = {}
    try:
        assert decode_flat(raw) == expected
    except Hj212Error:
        assert expected == {}


@given(st.lists(mutated(), max_size=6).map(b"".join), st.data())
@settings(max_examples=300, deadline=None)
def test_streams_are_read_alike_however_they_come(stream: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    reader, joiner, frames = FrameReader(), Joiner(limit=3), []
    for begin, end in pairwise([0, *cuts, len(stream)]):
        frames += reader.feed(stream[begin:end])
        assert reader.waiting <= 9_999 + 12 + end - begin
    frames += reader.finish()
    assert reader.waiting == 0
    whole = FrameReader()
    assert whole.feed(stream) + whole.finish() == frames
    assert whole.skipped == reader.skipped
    for frame in frames:
        assert stream[frame.offset : frame.offset + len(frame.raw)] == frame.raw
        found = examine(frame, keys=[KEY])
        checked(found, strict=False)
        assert found.raw == frame.raw
        if found.ok:
            joiner.add(found)
    assert len(list(joiner.finish())) <= 3
