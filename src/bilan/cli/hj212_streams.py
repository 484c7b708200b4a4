"""Streams of packets as people hand them in: files and stdin, packed by gzip or not, of any size."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING

from bilan.cli import DONE, FAILED, PARTLY_REFUSED
from bilan.cli.hj212_options import STDIN, shown
from bilan.errors import FileError, os_reason

if TYPE_CHECKING:
    from bilan.observe.hj212 import Frame

_PIECE = 1 << 16
_GZIP = b"\x1f\x8b"
_WITH_HEADER = 31  # zlib's number for "gzip around it"


class Stream:
    """The frames of one file, a piece of the file at a time; offsets are those of the unpacked bytes."""

    def __init__(self, path: Path) -> None:
        from bilan.observe.hj212 import FrameReader

        self.path = path
        self.size = self.frames = 0
        self._reader = FrameReader()

    @property
    def skipped(self) -> int:
        """Bytes outside of frames so far."""
        return self._reader.skipped

    def __iter__(self) -> Iterator[list[Frame]]:
        """The frames of each piece; FileError, after all frames before it, where the rest cannot be read."""
        broken = None
        try:
            for piece in pieces(self.path):
                self.size += len(piece)
                yield self._counted(self._reader.feed(piece))
        except FileError as error:
            broken = error
        yield self._counted(self._reader.finish())
        if broken is not None:
            raise broken

    def _counted(self, frames: list[Frame]) -> list[Frame]:
        self.frames += len(frames)
        return frames


class Enough(Exception):  # noqa: N818  # no error: whoever takes the frames needs no more
    """Raised by whoever takes frames and needs no more."""


def read_streams(files: Sequence[Path], take: Callable[[Stream, list[Frame]], None]) -> int:
    """Hand the frames of all ``files`` to ``take``; the exit code.

    What cannot be read, and a file without a frame, is one line on stderr; the rest goes on. The code is FAILED where
    no frame was found at all, PARTLY_REFUSED where only some files failed.
    """
    found = failed = 0
    for path in files:
        stream = Stream(path)
        try:
            for frames in stream:
                take(stream, frames)
        except Enough:
            return DONE
        except FileError as error:
            _say(str(error))
            failed += 1
        else:
            if not stream.frames:
                _say(f"{shown(path)}：没有数据包（{stream.size} 字节里找不到“##”）")
                failed += 1
        found += stream.frames
    if not found:
        return FAILED
    return PARTLY_REFUSED if failed else DONE


def pieces(path: Path) -> Iterator[bytes]:
    """The bytes of a file, or of stdin, unpacked where they are gzip by their first bytes; FileError."""
    with _opened(path) as raw:
        packed = _raw_pieces(raw, path)
        first = b""
        for piece in packed:
            first += piece
            if len(first) >= len(_GZIP):
                break
        if first.startswith(_GZIP):
            yield from _unpacked(first, packed, path)
        else:
            yield first
            yield from packed


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    if path == STDIN:
        if sys.stdin is None:
            raise FileError("标准输入：已关闭")
        yield sys.stdin.buffer
        return
    try:
        raw = path.open("rb")
    except OSError as error:
        raise FileError(f"{path}：无法读取：{os_reason(error)}") from error
    with raw:
        yield raw


def _raw_pieces(raw: IO[bytes], path: Path) -> Iterator[bytes]:
    """What can be had without waiting for more, so that a live stream is shown as it comes."""
    read: Callable[[int], bytes] = getattr(raw, "read1", raw.read)
    while True:
        try:
            piece = read(_PIECE)
        except OSError as error:
            raise FileError(f"{shown(path)}：无法读取：{os_reason(error)}") from error
        if not piece:
            return
        yield piece


def _unpacked(first: bytes, rest: Iterator[bytes], path: Path) -> Iterator[bytes]:
    """The content of gzip members, one behind the other; FileError names the byte at which they are damaged."""
    done = began = 0
    member: zlib._Decompress | None = None
    for piece in chain([first], rest):
        packed, full = piece, False
        while packed or (full and member):
            if member is None:
                sound = packed.lstrip(b"\0")  # with which tapes are filled up
                done, packed = done + len(packed) - len(sound), sound
                if not packed:
                    break
                member, began = zlib.decompressobj(_WITH_HEADER), done
            before = member.copy()
            try:
                text = member.decompress(packed, _PIECE)
            except zlib.error:
                good, text = _up_to_damage(before, packed)
                yield text
                at = began if done + good - began < len(_GZIP) else done + good
                raise FileError(f"{shown(path)}：gzip 压缩数据在第 {at} 字节处损坏，此后无法读取") from None
            left = member.unused_data if member.eof else member.unconsumed_tail
            done, packed, full = done + len(packed) - len(left), left, len(text) == _PIECE
            if member.eof:
                member = None
            yield text
    if member is not None:
        raise FileError(f"{shown(path)}：gzip 压缩数据在第 {done} 字节处中断，不完整")


def _up_to_damage(member: zlib._Decompress, packed: bytes) -> tuple[int, bytes]:
    """How many bytes of ``packed`` are sound, and what they unpack to."""
    sound = bytearray()
    for at in range(len(packed)):
        try:
            sound += member.decompress(packed[at : at + 1])
        except zlib.error:
            return at, bytes(sound)
    return len(packed), bytes(sound)


def _say(message: str) -> None:
    print("bilan:", " ".join(message.split()), file=sys.stderr)
