"""Packets read: what a lenient reader lets pass and says, what a strict one refuses, what both refuse."""

from __future__ import annotations

import pytest

from bilan.errors import BilanError
from bilan.observe.hj212 import FrameReader, Hj212Error, Packet, crc16, decode, encode, examine
from bilan.observe.hj212.crc import modbus16

MN = "A1B2C3D4E5F6A1B2C3D4E5F6"
HEADER = f"QN=20240520210700000;ST=31;CN=2051;PW=123456;MN={MN};Flag=5;"
CONTENT = "DataTime=20240520210600;a01011-Avg=1.35,a01011-Flag=N"


def framed(segment: bytes, *, length: str = "", crc: str = "", end: bytes = b"\r\n") -> bytes:
    length = length or f"{len(segment):04d}"
    return b"##" + length.encode() + segment + (crc or f"{crc16(segment):04X}").encode() + end


def packet(content: str = CONTENT, header: str = HEADER) -> bytes:
    return framed(f"{header}CP=&&{content}&&".encode())


def codes(found: Packet) -> tuple[list[str], list[str]]:
    return [problem.code for problem in found.errors], [problem.code for problem in found.warnings]


def test_a_packet_as_the_standard_has_it() -> None:
    found = decode(packet(), strict=True)
    assert (found.version, found.qn, found.st, found.cn) == (2017, "20240520210700000", "31", "2051")
    assert (found.pw, found.mn, found.flag, found.pnum, found.pno) == ("123456", MN, 5, None, None)
    assert (found.rf, found.enciphered, found.wants_answer, found.ok) == (False, False, True, True)
    assert found.cp == CONTENT
    assert found.data == {"DataTime": "20240520210600", "a01011": {"Avg": "1.35", "Flag": "N"}}
    assert found.records == [("a01011", {"Avg": "1.35", "Flag": "N"})]
    assert found.crc.ok
    assert found.length == (len(packet()) - 12, len(packet()) - 12, True)
    assert codes(found) == ([], [])
    assert found.raw == packet()


# What the standard refuses and devices send: by the code of the liberty, a packet, and where it stands.
SEGMENT = f"{HEADER}CP=&&{CONTENT}&&".encode()
LIBERTIES: dict[str, tuple[bytes, int]] = {
    "crc.case": (framed(SEGMENT, crc=f"{crc16(SEGMENT):04x}"), 6 + len(SEGMENT)),
    "length.digits": (framed(SEGMENT, length=str(len(SEGMENT))), 2),
    "length.long": (packet(";".join(f"w{n:05d}-Avg=1.00" for n in range(80))), 6),
    "cp.long": (packet(";".join(f"w{n:05d}-Avg=1.00" for n in range(80))), 6 + len(HEADER) + 5),
    "end.missing": (framed(SEGMENT, end=b""), 10 + len(SEGMENT)),
    "header.unknown": (packet(header=HEADER + "XX=1;"), 6 + len(HEADER)),
    "header.repeated": (packet(header=HEADER + "ST=32;"), 6 + len(HEADER)),
    "header.qn": (packet(header=HEADER.replace("700000;", "7;")), 6 + 3),
    "header.mn": (packet(header=HEADER.replace(MN, "X1")), 6 + HEADER.index(MN)),
    "header.flag": (packet(header=HEADER.replace("Flag=5", "Flag=x")), 6 + HEADER.index("Flag=") + 5),
    "header.missing": (packet(header=HEADER.replace("PW=123456;", "")), 6),
    "header.parts": (packet(header=HEADER.replace("Flag=5", "Flag=7")), 6),
    "header.pno": (packet(header=HEADER.replace("Flag=5;", "Flag=7;PNUM=2;PNO=3;")), 6),
    "flag.version": (packet(header=HEADER.replace("Flag=5", "Flag=13")), 6 + HEADER.index("Flag=") + 5),
    "command.unknown": (packet(header=HEADER.replace("2051", "9015")), 6),
    "system.unknown": (packet(header=HEADER.replace("ST=31", "ST=44")), 6),
    "time.missing": (packet("a01011-Avg=1.35"), 6),
    "time.digits": (packet(CONTENT.replace("0600;", "0600000;")), 6 + SEGMENT.index(b"202405202106")),
    "time.unreadable": (packet("DataTime=20230229120000;a01011-Avg=1"), 6 + SEGMENT.index(b"202405202106")),
    "field.value": (packet(CONTENT + ";oops"), 6 + len(SEGMENT) - 2 + 1),
    "field.empty": (packet(CONTENT + ";;a01012-Avg=1"), 6 + len(SEGMENT) - 2 + 1),
    "field.repeated": (packet(CONTENT + ",a01011-Avg=1.36"), 6 + len(SEGMENT) - 2 + 1),
    "factor.groups": (packet(CONTENT + ";a01011-Max=1.36,a01011-Flag=N"), 6 + len(HEADER) + 5),
    "text.gb18030": (
        framed(f"{HEADER}CP=&&DataTime=20240520210600;i11001-Info=//清洗//&&".encode("gb18030")),
        6 + len(HEADER) + 5 + len("DataTime=20240520210600;i11001-Info=//"),
    ),
    "text.bytes": (
        framed(HEADER.encode() + b"CP=&&DataTime=20240520210600;i11001-Info=//\xff\xff//&&"),
        6 + len(HEADER) + 5 + len("DataTime=20240520210600;i11001-Info=//"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", LIBERTIES)
def test_liberties_are_told_and_only_taken_when_lenient(code: str) -> None:
    raw, offset = LIBERTIES[code]
    lenient = decode(raw)
    assert {problem.offset for problem in lenient.warnings if problem.code == code} == {offset}
    with pytest.raises(Hj212Error) as refused:
        decode(raw, strict=True)
    assert code in [problem.code for problem in refused.value.packet.errors]
    assert refused.value.packet.warnings == []


@pytest.mark.parametrize(
    ("code", "cp", "cn"),
    [
        ("mark.unknown", "DataTime=20240520210600;w01018-Rtd=1.5,w01018-Flag=Q", "2011"),
        ("state.unknown", "DataTime=20240520210600;SB1-RS=9", "2021"),
        ("return.unknown", "ExeRtn=77", "9012"),
        ("return.unknown", "QnRtn=0", "9011"),
        ("field.range", "RtdInterval=1", "1062"),
        ("value.number", "DataTime=20240520210600;w01018-Rtd=--,w01018-Flag=N", "2011"),
    ],
)
def test_what_is_outside_of_the_closed_lists_is_read_but_not_by_a_strict_reader(code: str, cp: str, cn: str) -> None:
    raw = packet(cp, HEADER.replace("CN=2051", f"CN={cn}"))
    assert decode(raw).warnings == []
    with pytest.raises(Hj212Error) as refused:
        decode(raw, strict=True)
    assert [problem.code for problem in refused.value.packet.errors] == [code]


# What both refuse: the code, the packet, the byte, what was expected and what was found.
DAMAGE: dict[str, tuple[bytes, int, str | None, str | None]] = {
    "crc.mismatch": (framed(SEGMENT, crc="0000"), 6 + len(SEGMENT), f"{crc16(SEGMENT):04X}", "0000"),
    "crc.missing": (framed(SEGMENT)[:-6] + b"\r\n", 6 + len(SEGMENT), "4 位十六进制数", None),
    "crc.digits": (framed(SEGMENT, crc="12x4"), 6 + len(SEGMENT), "4 位十六进制数", "12x4"),
    "length.mismatch": (framed(SEGMENT, length="0100"), 2, str(len(SEGMENT)), "100"),
    "length.missing": (b"##" + framed(SEGMENT)[6:], 2, "4 位数字", "QN=2"),
    "header.missing": (packet(header=HEADER.replace("ST=31;", "")), 6, "ST", None),
    "header.field": (packet(header=HEADER + "oops;"), 6 + len(HEADER), "字段=值", "oops"),
    "cp.missing": (framed(HEADER.encode() + b"&&"), 6 + len(HEADER) + 2, "CP=&&…&&", None),
    "cp.open": (framed(HEADER.encode() + b"CP=a=1&&"), 6 + len(HEADER) + 3, "&&", "a="),
    "frame.start": (SEGMENT, 0, "##", repr(SEGMENT[:8])),
}


@pytest.mark.parametrize("code", DAMAGE)
def test_damage_is_refused_with_its_place(code: str) -> None:
    raw, offset, expected, found = DAMAGE[code]
    packet = examine(raw)
    problems = [problem for problem in packet.errors if problem.code == code]
    assert [(problem.offset, problem.expected, problem.found) for problem in problems] == [(offset, expected, found)]
    with pytest.raises(Hj212Error, match=f"第 {offset} 字节"):
        decode(raw)


def test_both_sums_are_told() -> None:
    found = examine(framed(SEGMENT, crc="beef"))
    assert found.crc == ("BEEF", f"{crc16(SEGMENT):04X}", False)
    found = examine(framed(SEGMENT, length="0300"))
    assert found.length == (300, len(SEGMENT), False)
    assert examine(framed(SEGMENT)[:-6]).crc == (None, f"{crc16(SEGMENT):04X}", False)


def test_the_sum_of_modbus_is_told_as_a_hint() -> None:
    wrong = f"{modbus16(SEGMENT):04X}"
    assert "Modbus" in examine(framed(SEGMENT, crc=wrong)).errors[0].message
    assert "Modbus" not in examine(framed(SEGMENT, crc="0000")).errors[0].message


def test_a_good_sum_by_chance_does_not_hide_a_wrong_length() -> None:
    """One in 256 damaged segments has it."""
    damaged = next(
        cut
        for at in range(80, len(SEGMENT) - 10)
        for size in range(2, 8)
        if crc16(cut := SEGMENT[:at] + SEGMENT[at + size :]) == crc16(SEGMENT)
    )
    found = examine(framed(damaged, length=f"{len(SEGMENT):04d}"))
    assert found.crc.ok
    assert codes(found)[0] == ["length.mismatch"]


@pytest.mark.parametrize(
    "raw", [b"", b"#", b"##", b"##0", b"##0000", b"##9999", b"&&", b"##0002&&FFFF\r\n", b"\r\n", b"##&&"]
)
def test_next_to_nothing(raw: bytes) -> None:
    found = examine(raw)
    assert not found.ok
    assert not found.crc.ok or not found.length.ok or found.errors


def test_what_stands_around_a_packet() -> None:
    lenient = examine(b"xx" + packet() + b"yy")
    assert codes(lenient) == ([], ["frame.before", "frame.after"])
    assert lenient.raw == packet()
    assert codes(examine(b"xx" + packet() + b"yy", strict=True))[0] == ["frame.before", "frame.after"]
    assert codes(examine(packet() + b"\r\n\n"))[1] == []


def test_text_with_chinese_and_its_places() -> None:
    for encoding in ("utf-8", "gb18030"):
        content = "DataTime=20240520210600;i11001-Info=//泵；清洗//;oops"
        found = examine(framed(f"{HEADER}CP=&&{content}&&".encode(encoding)))
        assert found.cp == content
        assert found.data["i11001"] == {"Info": "//泵；清洗//"}
        place = [problem.offset for problem in found.warnings if problem.code == "field.value"]
        assert place == [6 + len(HEADER) + 5 + len(content.removesuffix("oops").encode(encoding))]


def test_bytes_that_are_no_text_are_kept() -> None:
    raw = framed(HEADER.encode() + b"CP=&&DataTime=20240520210600;a01011-Avg=1\xff&&")
    found = examine(raw)
    assert found.raw == raw
    assert found.data["a01011"] == {"Avg": "1\\xff"}


def test_the_dialect_of_2005_answers_inside_the_content() -> None:
    found = decode(packet("QN=20160824100000000;ExeRtn=1", "ST=91;CN=9012;PW=123456;MN=X0000000000001;"))
    assert (found.version, found.qn, found.flag) == (2005, None, None)
    assert found.data == {"QN": "20160824100000000", "ExeRtn": "1"}
    assert found.flat()["CP.QN"] == "20160824100000000"
    assert found.warnings == []


def test_a_heartbeat_and_a_packet_sent_again() -> None:
    header = HEADER.replace("2051", "9015").replace("Flag=5", "Flag=9").replace("ST=31", "ST=91")
    found = decode(packet("", header), strict=True)
    assert (found.version, found.cn, found.data, found.rf) == (2025, "9015", {}, False)
    again = HEADER.replace("Flag=5;", "Flag=11;PNUM=2;PNO=1;RF=1;")
    found = decode(packet(header=again), strict=True)
    assert (found.rf, found.pnum, found.pno, found.version) == (True, 2, 1, 2025)


def test_parameters_of_a_device_need_no_time() -> None:
    header = HEADER.replace("2051", "3019")
    assert decode(packet("PolId=w01018;w01018-SN=12345678", header), strict=True).ok


def test_a_message_is_one_line_however_hostile_the_packet() -> None:
    found = examine(packet(header=HEADER + "a\nb\x1b[2J;"))
    with pytest.raises(Hj212Error) as refused:
        decode(packet(header=HEADER + "a\nb\x1b[2J;"))
    assert isinstance(refused.value, BilanError)
    assert str(refused.value).isprintable()
    assert "a\\nb\\x1b[2J" in found.errors[0].message
    many = packet(";".join(["oops"] * 150))
    with pytest.raises(Hj212Error, match="共 150 处") as refused:
        decode(many, strict=True)
    assert len(str(refused.value)) < 1000
    assert len(refused.value.packet.errors) >= 150


def test_a_packet_as_json() -> None:
    found = examine(framed(SEGMENT, crc="0000")).to_json()
    assert found["crc"] == {"declared": "0000", "computed": f"{crc16(SEGMENT):04X}", "ok": False}
    assert found["length"] == {"declared": len(SEGMENT), "actual": len(SEGMENT), "ok": True}
    assert found["ok"] is False
    assert found["errors"][0]["code"] == "crc.mismatch"
    bare = examine(b"##").to_json()
    assert set(bare) == set(found)
    assert bare["crc"] == {"declared": None, "computed": "FFFF", "ok": False}
    assert bare["length"] == {"declared": None, "actual": 0, "ok": False}


def segment_of(head: str = "QN=20260301081001000;ST=31;CN=2011;PW=123456;MN=X1;Flag=4") -> bytes:
    return f"{head};CP=&&DataTime=20260301080000;a21026-Rtd=31.5,a21026-Flag=N&&".encode()


def sent(segment: bytes) -> bytes:
    return b"##%04d%b%04X\r\n" % (len(segment), segment, crc16(segment))


@pytest.mark.parametrize("flag", ["4", "9", None])
@pytest.mark.parametrize("keys", [(), (b"0" * 16,)])
def test_a_damaged_byte_is_no_cipher(flag: str | None, keys: tuple[bytes, ...]) -> None:
    head = "QN=20260301081001000;ST=31;CN=2011;PW=123456;MN=X1" + (f";Flag={flag}" if flag else "")
    found = examine(sent(segment_of(head)).replace(b"31.5", b"3\xff.5"), keys=keys)
    assert [problem.code for problem in found.errors] == ["crc.mismatch"]
    assert not found.enciphered
    assert found.data["DataTime"] == "20260301080000"


def test_a_cipher_that_lost_bytes_is_not_said_to_have_another_key() -> None:
    key = b"0123456789abcdef"
    content = "DataTime=20260301080000;w01018-Avg=12.5,w01018-Flag=N;w21003-Avg=1.5,w21003-Flag=N"
    frame = encode(content, qn="20260301081001000", st="32", cn="2051", mn="X1", flag=9, key=key)
    at = frame.index(b"CP=&&") + 30
    found = examine(frame[:at] + frame[at + 3 :], keys=[key])
    assert {problem.code for problem in found.errors} == {"length.mismatch", "crc.mismatch"}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_flags_stay_with_their_values_in_either_order(order: tuple[int, int]) -> None:
    groups = ("a21026-Rtd=2,a21026-Flag=N", "a21026-ZsRtd=1,a21026-Flag=D")
    cp = "DataTime=20260301080000;" + ";".join(groups[index] for index in order)
    frame = encode(cp, qn="20260301081001000", st="31", cn="2011", mn="X1", flag=4)
    assert decode(frame).data["a21026"] == {"Rtd": "2", "Flag": "N", "ZsRtd": "1", "ZsFlag": "D"}


def test_a_missing_end_of_the_cp_is_the_only_thing_that_is_wrong() -> None:
    found = examine(sent(segment_of()[:-2]))
    assert [problem.code for problem in found.errors] == ["cp.close"]
    assert (found.length.ok, found.crc.ok) == (True, True)
    assert found.data["a21026"] == {"Rtd": "31.5", "Flag": "N"}


def test_a_crc_that_is_no_number_does_not_swallow_what_follows() -> None:
    raw = sent(segment_of())
    reader = FrameReader()
    found = [examine(frame) for frame in reader.feed(raw[:-6] + b"99G1\r\nnoise && noise" + raw)]
    assert [[problem.code for problem in packet.errors] for packet in found] == [["crc.digits"], []]


def test_a_length_of_five_digits_is_told() -> None:
    segment = segment_of()
    found = examine(b"##%05d%b%04X\r\n" % (len(segment), segment, crc16(segment)))
    assert found.ok
    assert "length.digits" in {problem.code for problem in found.warnings}


def test_a_start_without_anything_is_one_error() -> None:
    found = [examine(frame) for frame in FrameReader().feed(b"####" + sent(segment_of()))]
    assert [[problem.code for problem in packet.errors] for packet in found] == [["frame.empty"], ["frame.empty"], []]
    assert found[0].to_json()["length"] == {"declared": None, "actual": 0, "ok": False}


def test_a_qn_must_be_a_moment() -> None:
    head = "QN=20261399080001000;ST=31;CN=2011;PW=123456;MN=X1;Flag=4"
    assert "header.qn" in {problem.code for problem in examine(sent(segment_of(head))).warnings}


def test_any_bytes_will_do() -> None:
    assert examine(memoryview(sent(segment_of()))).ok  # type: ignore[arg-type]
