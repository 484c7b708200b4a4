"""How a frame stands in a part: one line that can be read by eye, the raw bytes, a line end; each chained to the last.

A part begins with its own line::

    bilan-hj212-frames/1 WRITER DAY PART BEFORE FROM MARK HASH

BEFORE counts the writer's records before this part and FROM is the hash that they ended with (64 zeros for none); MARK
is drawn by lot for each part and HASH = sha256(FROM + the line up to MARK). A record is ::

    MARK HASH SEQ LAST ARRIVED PEER NOTE LENGTH
    raw bytes

with HASH = sha256(hash before it + everything from SEQ to the end of the raw bytes), hashes as 64 hexadecimal digits.
SEQ counts the writer's records from 1, LAST is the SEQ of the last record appended together with this one, ARRIVED are
microseconds since 1970 UTC, NOTE is ``-`` or, in quarantine, the reason.

- The chain goes on over parts and days, so that a record that is changed, removed, inserted or moved shows.
- LAST tells a batch that was cut off from one that is whole without a second write.
- A sender may put anything into a frame, also lines that look like these. It does not know the mark, so a reader that
  lost its place finds it again at the next mark and at nothing else.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

MAGIC = b"bilan-hj212-frames/1"
GENESIS = b"0" * 64
MARK = 12  # hexadecimal digits
HASHED = MARK + 1 + 64 + 1  # where in a record's line SEQ begins
LINE_MAX = 400  # bytes of any line
RAW_MAX = 1 << 20  # bytes of a frame; what a reader must be able to hold, a hundred times what HJ 212 allows
_WORD_MAX = 100
_NOT_WORD = re.compile(r"[^!-~]")


class Chain(NamedTuple):
    """Where the chain of a writer stands: how many records there are, and the last hash."""

    seq: int = 0
    head: bytes = GENESIS


class NewPart(NamedTuple):
    """The first line of a part, its mark and where the chain stands after it."""

    line: bytes
    mark: bytes
    chain: Chain


def new_part(writer: str, day: str, part: str, chain: Chain) -> NewPart:
    """Return how a part begins that goes on from ``chain``.

    >>> new_part("01", "2026-11-21", "000001", Chain()).line[:40]
    b'bilan-hj212-frames/1 01 2026-11-21 00000'
    """
    mark = secrets.token_hex(MARK // 2).encode()
    told = b"%s %s %s %d %s %s" % (writer.encode(), day.encode(), part.encode(), chain.seq, chain.head, mark)
    text = MAGIC + b" " + told
    head = digest(chain.head, text)
    return NewPart(text + b" " + head + b"\n", mark, Chain(chain.seq, head))


def digest(before: bytes, content: bytes) -> bytes:
    """Return the hash of ``content`` that follows the hash ``before``, as 64 hexadecimal digits.

    >>> digest(GENESIS, b"1 1 0 - - 0\\n")[:16]
    b'2344e8088b11db5c'
    """
    return hashlib.sha256(before + content).hexdigest().encode()


def records(
    frames: Iterable[tuple[bytes, str]], chain: Chain, mark: bytes, arrived: int, note: str = "-"
) -> tuple[bytes, Chain]:
    """Return the text of ``frames``, pairs of raw bytes and peer, as one batch, and where the chain stands after it.

    ``arrived``: microseconds since 1970 UTC. Raises ValueError for a frame of more than :data:`RAW_MAX` bytes.

    >>> text, chain = records([(b"##0000", "10.0.0.7:5000")], Chain(), b"0123456789ab", 1_790_000_000_000_000)
    >>> text[:13], text[78:], chain.seq
    (b'0123456789ab ', b'1 1 1790000000000000 10.0.0.7:5000 - 6\\n##0000\\n', 1)
    """
    frames = list(frames)
    seq, head = chain
    # The middle of the line is the same for all of a batch; the loop below is the hot path of the gateway.
    middle, noted = b" %d %d " % (seq + len(frames), arrived), b" " + word(note) + b" "
    pieces: list[bytes] = []
    for raw, peer in frames:
        if len(raw) > RAW_MAX:
            raise ValueError(f"a frame of {len(raw)} bytes; the store takes {RAW_MAX}")
        seq += 1
        content = b"%d%b%b%b%d\n%b" % (seq, middle, word(peer), noted, len(raw), raw)
        head = hashlib.sha256(head + content).hexdigest().encode()
        pieces += (mark, b" ", head, b" ", content, b"\n")
    return b"".join(pieces), Chain(seq, head)


@lru_cache(maxsize=16384)
def word(text: str) -> bytes:
    """Return ``text`` as one word of printable ASCII, at most 100 bytes.

    >>> word("10.0.0.7:5000"), word("a b\\n"), word("")
    (b'10.0.0.7:5000', b'a_b_', b'-')
    """
    return _NOT_WORD.sub("_", text[:_WORD_MAX]).encode() or b"-"
