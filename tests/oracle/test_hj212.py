"""Real packets and a real hour, as public programs keep them; what is wrong with each stands beside it."""

from __future__ import annotations

import csv
import gzip
import random
import re
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from bilan.observe.hj212 import Frame, FrameReader, Hj212Error, Packet, decode, decode_flat, examine

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
