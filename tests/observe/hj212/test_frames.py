"""Frames in a stream: invented outlets, all sorts of damage, every way to cut the stream into pieces."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan.observe.hj212 import Frame, FrameReader, crc16, examine
from bilan.observe.hj212.frames import only_frame

HEAD = b"QN=20240520210700000;ST=31;CN=2051;PW=123456;MN=X0000000000001;Flag=9;CP=&&"


def made(segment: bytes, crc: int | None = None) -> bytes:
    return b"##%04d%b%04X\r\n" % (len(segment), segment, crc16(segment) if crc is None else crc)


def packet(content: str = "DataTime=20240520210600;a01011-Avg=1.35,a01011-Flag=N") -> bytes:
    return made(b"ST=31;CN=2051;PW=123456;MN=X0000000000001;CP=&&" + content.encode() + b"&&")


GOOD = packet()
OTHER = packet("DataTime=20240520210700;a01012-Avg=9.3,a01012-Flag=N")


def in_pieces(stream: bytes, cuts: Sequence[int] = ()) -> tuple[list[Frame], int]:
    reader = FrameReader()
    edges = [0, *sorted(cuts), len(stream)]
    frames = [frame for begin, end in pairwise(edges) for frame in reader.feed(stream[begin:end])]
    return frames + reader.finish(), reader.skipped


def byte_by_byte(stream: bytes) -> tuple[list[Frame], int]:
    return in_pieces(stream, range(1, len(stream)))


def whole(stream: bytes) -> list[bytes]:
    """The whole frames of ``stream``, however it is cut."""
    found = in_pieces(stream)
    assert byte_by_byte(stream) == found
    covered = sum(len(frame.raw) for frame in found[0])
    assert covered <= len(stream)
    for frame in found[0]:
        assert stream[frame.offset : frame.offset + len(frame.raw)] == frame.raw
    return [frame.raw for frame in found[0] if frame.whole]


def test_frames_by_length() -> None:
    assert whole(GOOD + OTHER + GOOD) == [GOOD, OTHER, GOOD]


@pytest.mark.parametrize("digits", [1, 2, 3, 4])
def test_a_length_of_fewer_digits(digits: int) -> None:
    segment = b"ST=31;CN=9015;MN=X1;CP=&&&&" + b"" if digits == 2 else b"CP=&&&&"
    if digits >= 3:
        segment = b"ST=31;CN=2011;MN=X1;CP=&&" + b"a" * 100 + b"&&"
    raw = b"##" + str(len(segment)).rjust(digits, "0").encode() + segment + b"%04X\r\n" % crc16(segment)
    assert whole(raw + GOOD) == [raw, GOOD]


@pytest.mark.parametrize("size", [1_025, 1_623, 5_000, 9_999])
def test_longer_segments_than_the_standard_allows(size: int) -> None:
    raw = made(HEAD + b"x" * (size - len(HEAD) - 2) + b"&&")
    assert whole(GOOD + raw + GOOD) == [GOOD, raw, GOOD]


def test_a_reader_with_a_bound_of_its_own() -> None:
    reader = FrameReader(max_segment=200)
    long = made(HEAD + b"x" * 300 + b"&&")
    assert [frame.whole for frame in reader.feed(long + GOOD)] == [False, True]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r", b"\r\n"])
def test_line_ends_as_devices_write_them(end: bytes) -> None:
    raw = GOOD[:-2] + end
    assert whole(raw + OTHER) == [raw, OTHER]
    assert whole(OTHER + raw) == [OTHER, raw]


def test_a_frame_that_only_lacks_its_line_end_can_be_released() -> None:
    reader = FrameReader()
    assert reader.feed(GOOD[:-2]) == []
    assert [frame.raw for frame in reader.release()] == [GOOD[:-2]]
    assert reader.waiting == 0
    assert [frame.raw for frame in reader.feed(b"\r\n" + OTHER)] == [OTHER]
    assert reader.skipped == 0
    reader.feed(GOOD[:-5])
    assert reader.release() == []
    assert [frame.raw for frame in reader.feed(GOOD[-5:])] == [GOOD]


def test_a_missing_crc() -> None:
    bare = GOOD[:-6]
    for end in (b"\r\n", b""):
        frames, skipped = in_pieces(bare + end + OTHER)
        assert [(frame.raw, frame.whole) for frame in frames] == [(bare + end, False), (OTHER, True)]
        assert skipped == 0
        assert byte_by_byte(bare + end + OTHER) == (frames, skipped)


@pytest.mark.parametrize("length", [b"0001", b"0109", b"0500", b"9999", b"", b"00x4"])
def test_a_damaged_length_costs_one_frame(length: bytes) -> None:
    stream = b"##" + length + GOOD[6:] + OTHER + GOOD
    assert whole(stream) == [OTHER, GOOD]


@pytest.mark.parametrize("lost", range(1, 5))
def test_bytes_lost_in_the_middle_cost_one_frame(lost: int) -> None:
    assert whole(GOOD[:40] + GOOD[40 + lost :] + OTHER + GOOD) == [OTHER, GOOD]


@pytest.mark.parametrize("kept", range(2, len(GOOD) - 6))
def test_a_truncated_frame_costs_itself(kept: int) -> None:
    assert whole(GOOD[:kept] + OTHER + GOOD) == [OTHER, GOOD]


def test_the_frame_behind_a_truncated_one_comes_at_once() -> None:
    """A device waits for the answer before it sends more; it must not wait for what the lost length promised."""
    reader = FrameReader()
    frames = reader.feed(b"##0900" + HEAD + GOOD)
    assert [frame.raw for frame in frames if frame.whole] == [GOOD]
    frames = reader.feed(b"##9109" + GOOD[6:])
    assert [frame.whole for frame in frames] == [False]


def test_noise_between_frames() -> None:
    stream = b"hello\r\n" + GOOD + b"\x00\xff#noise" + OTHER + b"#"
    assert whole(stream) == [GOOD, OTHER]
    assert in_pieces(stream)[1] == len(b"hello" + b"\x00\xff#noise" + b"#")


def test_a_stray_number_sign_before_a_frame() -> None:
    assert whole(b"#" + GOOD + b"##" + b"#" + OTHER) == [GOOD, OTHER]
    assert in_pieces(b"#" + GOOD)[1] == 1
    assert [frame.raw for frame in in_pieces(b"####" + GOOD)[0]] == [b"##", b"##", GOOD]


def enciphered(cipher: bytes) -> bytes:
    """A frame with raw cipher bytes; its CRC is that of a plain text that nobody here knows."""
    return made(HEAD + cipher + b"&&", crc=0x2200)


@pytest.mark.parametrize(
    "inside",
    [
        b"&&",
        b"&&\n",
        b"&&\r\n",
        b"&&2200\r\n",
        b"##",
        b"##0100QN=",
        b"\r\n",
        b"&&2200\r\n##0101QN=",
        b"##12ST=",
        b"###",
    ],
)
def test_cipher_bytes_that_look_like_marks(inside: bytes) -> None:
    raw = enciphered(b"\x91\xfe\x03\x80" + inside + b"\xee" * 20)
    assert whole(GOOD + raw + OTHER) == [GOOD, raw, OTHER]
    assert whole(raw[:-2] + OTHER) == [raw[:-2], OTHER]


def test_a_long_enciphered_frame_may_hold_marks_too() -> None:
    raw = enciphered(b"\x91##\xfe" * 500)
    assert whole(raw + GOOD) == [raw, GOOD]


def test_a_log_may_quote_a_frame() -> None:
    raw = packet("DataTime=20240520210600;i11001-Info=//got " + OTHER.decode() + " and answered//")
    assert whole(raw + GOOD) == [raw, GOOD]
    assert examine(raw).ok


def test_a_damaged_frame_of_any_length_is_let_go() -> None:
    """At most the longest frame is held, and a frame right behind the bound is found."""
    for length in range(10_000, 10_025):
        junk = (b"##9999" + b"x" * 20_000)[:length]
        assert whole(junk + GOOD)[-1:] == [GOOD], length


def test_what_is_held_is_bounded() -> None:
    chance = random.Random(3)
    reader = FrameReader()
    pieces = [b"##", b"##9999", b"&&", b"\r\n", b"x" * 100, b"CP=&&", GOOD[:50], b"\xff" * 50]
    for _ in range(5_000):
        piece = chance.choice(pieces)
        reader.feed(piece)
        assert reader.waiting <= 9_999 + 12 + len(piece)


def test_offsets_count_from_the_beginning_of_the_stream() -> None:
    frames, _ = in_pieces(b"x" + GOOD + OTHER, [3, 60])
    assert [frame.offset for frame in frames] == [1, 1 + len(GOOD)]


def test_the_first_frame_of_long_bytes() -> None:
    assert only_frame(b"x" * 50_000 + GOOD + OTHER).raw == GOOD
    assert only_frame(b"").head == 0
    assert only_frame(b"#" * 30_000).raw == b"##"


cipher = st.lists(st.sampled_from([b"&&", b"##", b"\r\n", b"\n", b"\x80", b"\xff", b"A", b"2200", b"CP=", b"//"])).map(
    lambda parts: enciphered(b"\x9c" + b"".join(parts))
)
damaged = st.tuples(st.sampled_from([GOOD, OTHER]), st.integers(0, 120), st.integers(0, 9)).map(
    lambda how: how[0][: how[1]] + how[0][how[1] + how[2] :]
)
noise = st.sampled_from(
    [b"", b"#", b"##", b"###", b"\r", b"\n", b"\r\n", b"&&", b"&&2200\r\n", b"##0012QN=", b"\xff", b"//"]
)
streams = st.lists(st.one_of(st.just(GOOD), cipher, damaged, noise), max_size=12).map(b"".join)


@given(streams, st.data())
@settings(max_examples=400, deadline=None)
def test_how_a_stream_is_cut_changes_nothing(stream: bytes, data: st.DataObject) -> None:
    found = in_pieces(stream)
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=20))
    assert in_pieces(stream, cuts) == found
    assert byte_by_byte(stream) == found


@given(st.lists(st.one_of(st.just(GOOD), st.just(OTHER), cipher), max_size=12))
@settings(max_examples=200, deadline=None)
def test_sound_frames_are_all_found(frames: list[bytes]) -> None:
    assert whole(b"".join(frames)) == frames
