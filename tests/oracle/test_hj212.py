"""Real packets and a real hour, as public programs keep them; what is wrong with each stands beside it."""

from __future__ import annotations

import csv
import gzip
import hashlib
import random
import re
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from bilan.observe.hj212 import Frame, FrameReader, Hj212Error, Packet, crc16, decode, decode_flat, encode, examine
from bilan.observe.hj212.crc import modbus16

DATA = Path(__file__).parents[3] / "shared" / "data" / "hj212"

pytestmark = [
    pytest.mark.optional,
    pytest.mark.skipif(not DATA.is_dir(), reason="needs the real packets in ../shared/data/hj212"),
]


@cache
def packets() -> list[tuple[bytes, dict[str, str]]]:
    """Each packet with its row; bytes that are no text are written ``\\xNN``."""
    with (DATA / "real-packets.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    escaped = re.compile(rb"\\x(..)")
    return [(escaped.sub(lambda at: bytes.fromhex(at[1].decode()), row["packet"].encode()), row) for row in rows]


@cache
def hour() -> bytes:
    return gzip.decompress((DATA / "stream-hour-a.h212.gz").read_bytes())


@cache
def frames() -> list[Frame]:
    reader = FrameReader()
    return reader.feed(hour()) + reader.finish()


def codes(found: Packet) -> set[str]:
    return {problem.code for problem in [*found.errors, *found.warnings]}


def test_every_good_packet_is_read() -> None:
    good = [raw for raw, row in packets() if row["crc_valid"] == "yes"]
    assert len(good) == 110
    for raw in good:
        found = decode(raw)
        assert found.crc.ok
        assert found.length.ok
        assert found.data or found.cp == ""


def test_every_other_packet_is_refused_or_told_for_its_reason() -> None:
    bad = [(raw, row["note"]) for raw, row in packets() if row["crc_valid"] != "yes"]
    assert len(bad) == 39
    for raw, note in bad:
        found = examine(raw)
        told = codes(found)
        assert told, note
        assert "no CRC" not in note or "crc.missing" in told, note
        assert "length field None" not in note or told & {"length.digits", "length.mismatch"}, note
        if "length field None" not in note:  # those of which the first digits are lost have their CRC elsewhere
            assert ("CRC mismatch" in note) == ("crc.mismatch" in told), note
            assert bool(re.search(r"length field \d", note)) == ("length.mismatch" in told), note
            assert not found.ok, note


def test_lengths_and_sums_that_the_notes_name() -> None:
    named = re.compile(r"length field (\d+) but segment (\d+)")
    found = [(examine(raw), match) for raw, row in packets() if (match := named.search(row["note"]))]
    assert len(found) > 20
    for packet, match in found:
        assert packet.length == (int(match[1]), int(match[2]), False)


@pytest.mark.parametrize(
    ("noted", "expected"),
    [
        (r"lower-case CRC", {"crc.case"}),
        (r"DataTime 1[567] digits", {"time.digits", "time.unreadable"}),  # where the damage is in the time itself
        (r"factor in two groups", {"factor.groups"}),
        (r"segment > 1024", {"length.long"}),
    ],
)
def test_other_notes_are_liberties(noted: str, expected: set[str]) -> None:
    found = [codes(examine(raw)) for raw, row in packets() if re.search(noted, row["note"])]
    assert found
    assert all(told & expected for told in found)


def test_the_hour() -> None:
    found = [examine(frame) for frame in frames()]
    assert (len(found), sum(packet.ok for packet in found)) == (9_133, 9_127)
    assert b"".join(frame.raw for frame in frames()) == hour()
    assert Counter(packet.errors[0].code for packet in found if packet.errors) == {
        "length.mismatch": 4,
        "crc.missing": 1,
        "length.missing": 1,
    }


@pytest.mark.parametrize("seed", range(3))
def test_the_hour_in_pieces_of_any_size(seed: int) -> None:
    chance = random.Random(seed)
    cuts = sorted(chance.randrange(len(hour())) for _ in range(20_000))
    reader = FrameReader()
    found = [frame for begin, end in pairwise([0, *cuts, len(hour())]) for frame in reader.feed(hour()[begin:end])]
    assert found + reader.finish() == frames()


def test_minutes_of_the_hour_byte_by_byte() -> None:
    some = hour()[: frames()[1_500].offset]
    reader = FrameReader()
    found = [frame for at in range(len(some)) for frame in reader.feed(some[at : at + 1])]
    assert found + reader.finish() == frames()[:1_500]


def test_the_fast_reader_agrees_on_the_hour_and_the_packets() -> None:
    for raw in [*(frame.raw for frame in frames()), *(raw for raw, _ in packets())]:
        packet = examine(raw)
        if packet.ok:
            assert decode_flat(raw) == packet.flat()
        else:
            with pytest.raises(Hj212Error):
                decode_flat(raw)


FACTS = DATA.parents[1] / "facts" / "hj212.md"


def test_published_frames_have_the_published_crc() -> None:
    """Whole frames in the notes on the standard: their own CRC, ours, and that of Modbus in the next column."""
    rows = re.findall(
        r"^\| `##(\d{4})(\S+?&&)([0-9A-F]{4})`.*\| ([0-9A-F]{4}) \| ([0-9A-F]{4}) \|$", FACTS.read_text(), re.M
    )
    assert len(rows) >= 3
    for length, segment, printed, ours, modbus in rows:
        assert len(segment) == int(length)
        assert f"{crc16(segment.encode()):04X}" == printed == ours
        assert f"{modbus16(segment.encode()):04X}" == modbus


def test_published_ciphers_are_ours() -> None:
    """HJ 212-2025 A.2: header, texts, length, CRC and the hash of the cipher, as the notes quote them."""
    facts = FACTS.read_text(encoding="utf-8")
    head = re.search(r"header `(QN=\S+CP=&&)`", facts)
    assert head is not None
    quoted = re.findall(
        r"^\* [AB] \(.*?\): `(.*?)`\n.*?length (\d{4}), CRC ([0-9A-F]{4})"
        r".*?SHA-256(?: of the \d+ bytes)? ([0-9a-f]{64})",
        facts,
        re.M | re.S,
    )
    assert len(quoted) == 2
    header = dict(field.split("=") for field in head[1].removesuffix("CP=&&").strip(";").split(";"))
    told = {name.lower(): text for name, text in header.items() if name != "Flag"}
    for text, length, crc, digest in quoted:
        frame = encode(text, flag=int(header["Flag"]), key=b"0" * 16, **told)
        assert (frame[2:6].decode(), frame[-6:-2].decode()) == (length, crc)
        content = frame[frame.index(b"CP=&&") + 5 : -8]
        assert hashlib.sha256(content[: len(content) // 16 * 16]).hexdigest() == digest
        assert decode(frame, keys=[b"0" * 16]).cp == text
