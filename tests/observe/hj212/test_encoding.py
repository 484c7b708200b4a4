"""Packets written: as the standard prints them, back again as they were, and in as many parts as it takes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan.errors import BilanError
from bilan.observe.hj212 import (
    EncodeError,
    Joiner,
    answer_frame,
    decode,
    encode,
    encode_parts,
    flag_of,
    qn_of,
)

MN = "A1B2C3D4E5F6A1B2C3D4E5F6"
NOON = datetime(2024, 5, 20, 12)
KEY = b"0123456789abcdef"


def test_examples_of_the_standard() -> None:
    site = {"mn": "900016F0010000A800169DC0", "st": "32"}
    raw = encode("RtdInterval=30", qn="20160801085857223", cn="1062", pw="100000", flag=5, **site)
    assert raw == (
        b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=900016F0010000A800169DC0;Flag=5;"
        b"CP=&&RtdInterval=30&&1C80\r\n"
    )
    raw = encode("", qn="20240601085857223", cn="1011", flag=9, **site)
    assert raw[:6] + raw[-13:] == b"##0087CP=&&&&2200\r\n"


@pytest.mark.parametrize(("version", "flags"), [(2005, [0, 1, 2, 3]), (2017, [4, 5, 6, 7]), (2025, [8, 9, 10, 11])])
def test_the_flag_of_every_edition(version: int, flags: list[int]) -> None:
    ways = [(False, False), (False, True), (True, False), (True, True)]
    assert [flag_of(version, parts=parts, answer=answer) for parts, answer in ways] == flags


def test_the_answer_has_the_qn_of_what_it_answers() -> None:
    found = decode(answer_frame("20240520210700000", 2017, MN, "123456"), strict=True)
    assert (found.qn, found.st, found.cn, found.flag, found.cp) == ("20240520210700000", "91", "9014", 4, "")
    assert decode(answer_frame("20240520210700000", 2025, MN, "123456", "9013"), strict=True).flag == 8


def test_a_packet_of_2005_without_qn_and_flag() -> None:
    raw = encode("01-Rtd=1", cn="2011", mn="X1", st="31")
    assert raw[6:].startswith(b"ST=31;CN=2011;PW=123456;MN=X1;CP=&&")
    assert decode(raw).version == 2005


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="&#\r\n/"), max_size=60).map("a={}".format)


@given(
    version=st.sampled_from([2005, 2017, 2025]),
    cp=TEXT,
    key=st.sampled_from([None, KEY]),
    rf=st.booleans(),
    parts=st.none() | st.tuples(st.integers(1, 9), st.integers(1, 9)),
)
@settings(max_examples=300, deadline=None)
def test_what_was_written_is_read(
    version: int, cp: str, key: bytes | None, rf: bool, parts: tuple[int, int] | None
) -> None:
    pnum, pno = parts or (None, None)
    flag = flag_of(version, answer=True, parts=parts is not None)
    raw = encode(cp, cn="2051", mn=MN, st="31", qn=qn_of(NOON), flag=flag, pnum=pnum, pno=pno, rf=rf, key=key)
    found = decode(raw, keys=[key] if key else [])
    assert found.cp == cp
    assert (found.version, found.flag, found.pnum, found.pno, found.rf) == (version, flag, pnum, pno, rf)
    assert (found.qn, found.mn, found.cn, found.st, found.pw) == ("20240520120000000", MN, "2051", "31", "123456")


@pytest.mark.parametrize(
    "changes",
    [
        {"mn": "X;1"},
        {"mn": "X=1"},
        {"pw": "a&&b"},
        {"mn": "泵"},
        {"mn": "X\n1"},
        {"cp": "\ud800"},
        {"cp": "x" * 1000},
        {"key": b"short"},
    ],
)
def test_what_cannot_be_written(changes: dict[str, Any]) -> None:
    told: dict[str, Any] = {"cp": "a=1", "cn": "2011", "mn": "X1", "st": "31"} | changes
    with pytest.raises(EncodeError) as refused:
        encode(told.pop("cp"), **told)
    assert isinstance(refused.value, BilanError)
    assert str(refused.value).isprintable()


def factors(count: int, width: int = 20) -> list[str]:
    return [f"w{number:05d}-Avg={'1' * width},w{number:05d}-Flag=N" for number in range(count)]


@pytest.mark.parametrize("version", [2005, 2017, 2025])
@pytest.mark.parametrize("rf", [False, True])
@pytest.mark.parametrize("key", [None, KEY])
def test_contents_of_every_length_are_parted(version: int, rf: bool, key: bytes | None) -> None:
    """The longest header leaves less room than the table of fields says: no part may be longer than a segment."""
    for count in range(1, 60):
        cp = ";".join(["DataTime=20240520210600", *factors(count, 3 + count % 7)])
        raws = encode_parts(cp, version=version, qn=NOON, cn="2051", mn=MN, st="31", rf=rf, key=key)
        packets = [decode(raw, keys=[KEY]) for raw in raws]
        assert [packet.warnings for packet in packets if packet.version != 2005] == [[]] * len(packets) * (
            version > 2005
        )
        assert len({packet.qn for packet in packets}) == len(packets)
        assert {packet.data["DataTime"] for packet in packets} == {"20240520210600"}
        if len(packets) == 1:
            assert (packets[0].cp, packets[0].pnum) == (cp, None)
            continue
        assert [packet.pno for packet in packets] == list(range(1, len(packets) + 1))
        assert {packet.pnum for packet in packets} == {len(packets)}
        joiner = Joiner()
        joined = [joiner.add(packet) for packet in reversed(packets)][-1]
        assert joined is not None
        assert joined.cp == cp


def test_a_content_that_just_fits_is_not_parted() -> None:
    opens = "DataTime=20240520210600;i11001-Info=//"
    for size in range(900, 951):
        cp = opens + "x" * (size - len(opens) - 2) + "//"
        try:
            (raw,) = encode_parts(cp, version=2017, qn=NOON, cn="3020", mn=MN, st="31")
        except EncodeError:
            assert size > 1024 - 88 - 12, size
        else:
            assert len(raw) <= 1024 + 12
            assert decode(raw, strict=True).cp == cp


def test_a_log_is_not_cut_in_two() -> None:
    log = "i11001-Info=//" + ";".join(["a,b"] * 100) + "//"
    cp = ";".join(["DataTime=20240520210600", *factors(15), log, *factors(15)])
    raws = encode_parts(cp, version=2017, qn=NOON, cn="3020", mn=MN, st="31")
    assert sum(log in decode(raw).cp for raw in raws) == 1


def test_what_cannot_be_parted() -> None:
    told: dict[str, Any] = {"qn": NOON, "cn": "2051", "mn": MN, "st": "31"}
    with pytest.raises(EncodeError, match="放不下"):
        encode_parts("DataTime=20240520210600;a=" + "x" * 1000, version=2017, **told)
    with pytest.raises(EncodeError, match="最多 9 包"):
        encode_parts(";".join(factors(500)), version=2025, **told)
    assert len(encode_parts(";".join(factors(500)), version=2017, **told)) > 9


@pytest.mark.parametrize("told", [{"mn": ""}, {"pnum": 2}, {"pno": 1}])
def test_a_header_that_is_half_said_is_refused(told: dict[str, object]) -> None:
    with pytest.raises(EncodeError):
        encode("", **({"cn": "2011", "mn": "X1", "st": "32"} | told))  # type: ignore[arg-type]


def test_an_edition_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="2018"):
        flag_of(2018)
