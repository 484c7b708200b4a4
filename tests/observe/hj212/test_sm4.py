"""Enciphered packets: the examples of HJ 212-2025 A.2, both forms on the wire, keys that fit and keys that do not."""

from __future__ import annotations

import hashlib

import pytest

from bilan.observe.hj212 import FrameReader, Packet, crc16, encode, examine
from bilan.observe.hj212.sm4 import decipher, encipher, from_list, key_bytes

KEY = b"0" * 16
OTHER = b"1" * 16
HEAD = b"QN=20240520210700000;ST=31;CN=2051;PW=123456;MN=900016F0010000A800169DC0;Flag=9;CP=&&"


def values(factor: str, low: str, mean: str, high: str) -> str:
    return f"{factor}-Min={low},{factor}-Avg={mean},{factor}-Max={high},{factor}-Flag=N"


# Text, length, CRC, last block, SHA-256 of the blocks.
A = (
    ";".join(
        [
            "DataTime=20240520210600",
            values("a01011", "1.35", "1.35", "1.35"),
            values("a01012", "9.3", "9.3", "9.3"),
            values("a01014", "3.20", "3.211", "3.212"),
        ]
    ).encode(),
    295,
    "2200",
    "D7467C70B94F1D4A7B0350A48DBF8B41",
    "33b584567f989709d7f229643578ef82893e528848b3d2834cf33b3edb8b4b74",
)
B = (
    ";".join(
        [
            "DataTime=20240520210600",
            values("a01011", "1.35", "1.35", "1.35"),
            values("a01014", "3.20", "3.20", "3.20"),
        ]
    ).encode(),
    234,
    "B541",
    "EF70128554B82438E91ADCE98A0D03A4",
    "6f22c6abfc7ec724e115559aa1dd8ddb23cec5b7563c270e8d58db3777e82ddf",
)


def framed(content: bytes, plain: bytes, length: int | None = None) -> bytes:
    segment = HEAD + content + b"&&"
    declared = len(segment) if length is None else length
    return b"##%04d%b%04X\r\n" % (declared, segment, crc16(HEAD + plain + b"&&"))


def codes(found: Packet) -> list[str]:
    return [problem.code for problem in found.errors]


@pytest.mark.parametrize(("plain", "length", "crc", "last", "digest"), [A, B])
def test_examples_of_the_standard(plain: bytes, length: int, crc: str, last: str, digest: str) -> None:
    cipher = encipher(plain, KEY)
    blocks = cipher[: len(plain) - len(plain) % 16]
    assert cipher[len(blocks) :] == plain[len(blocks) :]
    assert cipher.hex().upper().startswith("E43E159ACFAB242CB53155FB8B9281A1")
    assert blocks[-16:].hex().upper() == last
    assert hashlib.sha256(blocks).hexdigest() == digest
    assert decipher(cipher, KEY) == plain
    raw = encode(
        plain.decode(),
        qn="20240520210700000",
        st="31",
        cn="2051",
        mn="900016F0010000A800169DC0",
        flag=9,
        key=KEY,
    )
    assert raw == framed(cipher, plain)
    assert raw[:6] == b"##%04d" % length
    assert raw[-6:-2].decode() == crc
    found = examine(raw, strict=True, keys=[KEY])
    assert (codes(found), found.cp, found.enciphered, found.crc) == ([], plain.decode(), True, (crc, crc, True))
    assert found.raw == raw


@pytest.mark.parametrize(("plain", "length"), [A[:2], B[:2]])
@pytest.mark.parametrize("own_length", [True, False])
@pytest.mark.parametrize("braces", [True, False])
def test_the_printed_form_is_read(plain: bytes, length: int, own_length: bool, braces: bool) -> None:
    cipher = encipher(plain, KEY)
    whole = len(plain) - len(plain) % 16
    listed = ",".join(f"0x{byte:02X}" for byte in cipher[:whole]).encode()
    listed = (b"{" + listed + b"}" if braces else listed) + cipher[whole:]
    raw = framed(listed, plain, None if own_length else length)
    assert from_list(listed) == cipher
    frames = (reader := FrameReader()).feed(raw) + reader.finish()
    assert len(frames) == 1
    for given in (raw, frames[0]):
        found = examine(given, keys=[OTHER, KEY])
        assert (codes(found), found.cp, found.enciphered) == ([], plain.decode(), True)
        assert "cipher.list" in [problem.code for problem in found.warnings]
        assert found.length.ok
        assert codes(examine(given, strict=True, keys=[KEY]))[-1:] == ["cipher.list"]
        assert "cipher.key" in codes(examine(given))


def test_a_hostile_list_costs_no_time() -> None:
    """Between too few numbers there are more ways to share out the gaps than anyone lives to try."""
    assert from_list((b"0x41" + b" " * 2_000) * 15 + b"z") is None


@pytest.mark.parametrize("keys", [(), (OTHER,), (OTHER, b"2" * 16)])
def test_without_the_key_it_is_refused_and_the_header_read(keys: tuple[bytes, ...]) -> None:
    found = examine(framed(encipher(A[0], KEY), A[0]), keys=keys)
    assert codes(found) == ["cipher.key"]
    assert (found.mn, found.cn, found.data, found.records) == ("900016F0010000A800169DC0", "2051", {}, [])
    assert not found.crc.ok
    assert found.length.ok
    assert "\\x" in found.cp


@pytest.mark.parametrize("keys", [(KEY,), (OTHER, KEY), (KEY, OTHER)])
def test_of_several_keys_the_one_that_fits(keys: tuple[bytes, ...]) -> None:
    assert examine(framed(encipher(B[0], KEY), B[0]), keys=keys).cp.encode() == B[0]


def test_a_plain_packet_stays_plain_whatever_keys_there_are() -> None:
    found = examine(framed(A[0], A[0]), keys=[KEY, OTHER])
    assert (codes(found), found.enciphered, found.cp) == ([], False, A[0].decode())
    damaged = bytearray(framed(A[0], A[0]))
    damaged[150] ^= 1
    assert codes(examine(bytes(damaged), keys=[KEY])) == ["crc.mismatch"]


@pytest.mark.parametrize("size", range(16))
def test_a_content_of_less_than_a_block_stays_as_it_is(size: int) -> None:
    plain = ("a=" + "1" * 20)[:size].encode() if size > 2 else b"" if size < 2 else b"a="
    assert encipher(plain, KEY) == plain
    assert examine(framed(plain, plain), keys=[KEY]).cp.encode() == plain


@pytest.mark.parametrize("tail", range(16))
def test_tails_of_every_length(tail: int) -> None:
    plain = (f"DataTime=20240520210600;a01011-Avg={'1' * 29}")[: 48 + tail].encode()
    cipher = encipher(plain, KEY)
    assert len(cipher) == len(plain)
    assert cipher[48:] == plain[48:]
    assert examine(framed(cipher, plain), keys=[KEY]).cp.encode() == plain


def test_a_cipher_that_happens_to_be_text() -> None:
    """Of short ciphers a few can be read as text; without the key such a packet would be lost for ever."""
    for number in range(200_000):
        plain = f"a=1;b={number:06d};c=2".encode()[:16]
        cipher = encipher(plain, KEY)
        try:
            looks = "=" in cipher.decode("gb18030")
        except UnicodeDecodeError:
            continue
        if looks and crc16(HEAD + cipher + b"&&") != crc16(HEAD + plain + b"&&"):
            break
    found = examine(framed(cipher, plain), keys=[KEY])
    assert (codes(found), found.cp.encode()) == ([], plain)
    assert codes(examine(framed(cipher, plain))) == ["crc.mismatch"]


def test_a_sum_over_the_cipher_is_told() -> None:
    cipher = encipher(A[0], KEY)
    found = examine(framed(cipher, cipher), keys=[KEY])
    assert (codes(found), found.cp, found.crc.ok) == ([], A[0].decode(), True)
    assert "cipher.crc" in [problem.code for problem in found.warnings]
    assert codes(examine(framed(cipher, cipher), keys=[KEY], strict=True))[0] == "cipher.crc"


def test_every_cipher_comes_through_a_stream() -> None:
    """Ciphers hold ``##``, ``&&`` and line ends now and then; whichever, the frame goes by its length."""
    raws, plains = [], []
    for number in range(300):
        plain = f"DataTime=20240520210600;a01011-Avg={number}".encode() + b",a01011-Max=1" * 30
        raws.append(framed(encipher(plain, KEY), plain))
        plains.append(plain.decode())
    frames = (reader := FrameReader()).feed(b"".join(raws)) + reader.finish()
    assert [frame.raw for frame in frames] == raws
    assert [examine(frame, keys=[KEY]).cp for frame in frames] == plains


def test_keys_as_people_write_them() -> None:
    assert key_bytes("0123456789abcdef") == b"0123456789abcdef"
    assert key_bytes("30" * 16) == KEY
    for written in ("", "0" * 15, "0" * 17, "x" * 32, "密钥"):
        with pytest.raises(ValueError, match="SM4"):
            key_bytes(written)


def test_a_key_of_another_length_is_told_at_once() -> None:
    with pytest.raises(ValueError, match="16"):
        examine(framed(A[0], A[0]), keys=[b"short"])


def test_damage_inside_a_cipher_is_not_mistaken_for_a_wrong_key() -> None:
    content = "DataTime=20240520210600;w01018-Avg=12.5,w01018-Flag=N;w21003-Avg=1.5,w21003-Flag=N"
    frame = bytearray(encode(content, qn="20240520210700000", st="32", cn="2051", mn="X1", flag=9, key=KEY))
    frame[frame.index(b"CP=&&") + 30] ^= 0x10
    assert [problem.code for problem in examine(bytes(frame), keys=[KEY]).errors] == ["crc.mismatch"]
    assert [problem.code for problem in examine(bytes(frame), keys=[b"another key 1234"]).errors] == ["cipher.key"]
