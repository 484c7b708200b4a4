"""Frames in a stream of bytes: found by their length, found again by the next ``##`` where the length is wrong.

HJ 212-2017 table 2: ``##``, four digits with the length of the data segment, the segment, four hexadecimal digits of
CRC, CR LF. Real devices write fewer digits, lose bytes in the middle and leave the line end out, and an enciphered
segment (HJ 212-2025) may hold ``##``, ``&&`` and line ends. So a frame is *whole* where its length leads to a closing
``&&`` with a CRC behind it. Any other ends at the first ``&&``, CRC and line end, or before the next ``##``. Such marks
count at once where they stand in mere text and in no log: to wait for what a damaged length promises would keep the
answers to good frames back.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bilan.observe.hj212.crc import crc16

STANDARD_SEGMENT = 1024
MAX_SEGMENT = 9999  # what four digits can say; 1623 is the longest seen

_HEAD = re.compile(rb"##([0-9]{5,6}(?=QN=|ST=)|[0-9]{0,4})")
_CRC = re.compile(rb"[0-9A-Fa-f]{4}")

# What ends a damaged frame: a CRC, or none, and a line end behind a ``&&`` that does not open an empty CP; and what
# begins another one beyond doubt.
_TRAILER = re.compile(rb"(?<!CP=)&&[^\r\n&;=]{0,8}\r?\n")
_CERTAIN_START = re.compile(rb"##[0-9]{1,4}(?:QN|ST)=")
_LONGEST_MARK = 12

_LINE_END = re.compile(rb"\r?\n?")
_START = b"##"
_LOG = b"//"  # opens and closes the text of a log
_AROUND = 12  # the bytes of a frame around its segment
_PIECE = 2 * MAX_SEGMENT  # so that of long data no more is read than its first frame


class Frame(NamedTuple):
    """Bytes from one ``##`` on, ``offset`` bytes into the stream.

    ``declared`` is the length field (None: no digit), ``head`` the bytes before the segment. ``whole`` says whether the
    length leads to an end of a segment; ``raw`` goes up to the line end, or as far as the frame was found to go.
    """

    offset: int
    raw: bytes
    head: int
    declared: int | None
    whole: bool

    @property
    def segment(self) -> bytes:
        """The data segment, without length and CRC; of a damaged frame up to its last ``&&``.

        >>> only_frame(b"##0007CP=&&&&2200\\r\\n").segment, only_frame(b"##0300ST=32;CP=&&DataTi").segment
        (b'CP=&&&&', b'ST=32;CP=&&DataTi')
        """
        return self.raw[self.head : self.head + self.length]

    @property
    def length(self) -> int:
        """How many bytes the segment has."""
        if self.whole and self.declared is not None:
            return self.declared
        closing = self.raw.rfind(b"&&", self.head)
        opening = self.raw.find(b"CP=&&", self.head)
        if closing < 0 or closing == opening + 3:
            return len(self.raw.rstrip(b"\r\n")) - self.head
        return closing + 2 - self.head

    @property
    def crc_field(self) -> bytes:
        """What stands behind the segment, without the line end: four hexadecimal digits, if all is well."""
        return self.raw[self.head + self.length :].rstrip(b"\r\n")[:8]


class FrameReader:
    """Frames out of a stream that comes in pieces of any size.

    Every ``##`` outside of a whole frame begins a frame, damaged or not. ``waiting`` are the bytes held for a frame
    that is not yet complete, never more than the longest frame and one piece; ``skipped`` those outside of frames,
    line ends not counted. Time is linear in the bytes.

    >>> reader = FrameReader()
    >>> [frame.raw for piece in (b"noise##00", b"07CP=&&&&22", b"00\\r\\n##") for frame in reader.feed(piece)]
    [b'##0007CP=&&&&2200\\r\\n']
    >>> [(frame.offset, frame.whole) for frame in reader.finish()], reader.skipped
    ([(24, False)], 5)
    """

    def __init__(self, max_segment: int = MAX_SEGMENT) -> None:
        self.max_segment = max_segment
        self.skipped = 0
        self._longest = max_segment + _AROUND
        self._held = b""
        self._offset = 0  # of the first byte held
        self._trailers, self._starts = _Marks(_TRAILER), _Marks(_CERTAIN_START)
        self._searched = 0  # bytes held in which nothing says that the frame is damaged

    @property
    def waiting(self) -> int:
        """Bytes held for a frame that is not yet complete."""
        return len(self._held)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that ``data`` completes, in order."""
        return self._take(self._held + data if self._held else data, final=False)

    def finish(self) -> list[Frame]:
        """The frames in what is held, as nothing more will come (or a device leaves out the last line end)."""
        return self._take(self._held, final=True)

    def release(self) -> list[Frame]:
        """The frame that is held, if only its line end is missing: some devices never send one."""
        frame = self._frame(self._held, 0, final=True) if self._held.startswith(_START) else None
        if frame is None or not frame.whole or len(frame.raw) != len(self._held):
            return []
        return self.finish()

    def _take(self, data: bytes, *, final: bool) -> list[Frame]:
        frames: list[Frame] = []
        at = 0
        while True:
            end = self._standard_end(data, at)
            if end:
                frames.append(Frame(self._offset + at, data[at:end], 6, end - at - _AROUND, True))
                at, self._searched = end, 0
                if at == len(data):
                    break
                continue
            start = self._start(data, at, final=final)
            if start < 0:
                at = -start - 1
                break
            frame = self._frame(data, start, final=final)
            if frame is None:
                at = start
                break
            frames.append(frame)
            at, self._searched = start + len(frame.raw), 0
        self._held = data[at:]
        self._offset += at
        return frames

    def _standard_end(self, data: bytes, start: int) -> int:
        """Where a frame ends that is as the standard has it, with nothing doubtful inside; 0 without such a frame."""
        digits = data[start + 2 : start + 6]
        if not digits.isdigit() or not data.startswith(_START, start) or len(digits) < 4:
            return 0
        size = int(digits)
        stop = start + 6 + size
        if (
            2 <= size <= self.max_segment
            and data.startswith(b"&&", stop - 2)
            and data.startswith(b"\r\n", stop + 4)
            and data.find(b"\n", start, stop) < 0
            and data.find(_START, start + 2, stop) < 0
            and _CRC.match(data, stop)
        ):
            return stop + 6
        return 0

    def _start(self, data: bytes, at: int, *, final: bool) -> int:
        """Where the next ``##`` stands; without one, -1 minus the position up to which the data is done with."""
        start = data.find(_START, at)
        if start >= 0:
            start += _odd_number_sign(data, start, final=final)
            self._skip(data, at, start)
            return start
        end = len(data) - (not final and data.endswith(b"#", at))
        self._skip(data, at, end)
        return -1 - end

    def _skip(self, data: bytes, at: int, end: int) -> None:
        gap = data[at:end]
        if gap not in (b"", b"\r\n", b"\n"):
            self.skipped += len(gap) - gap.count(b"\r") - gap.count(b"\n")

    def _frame(self, data: bytes, start: int, *, final: bool) -> Frame | None:
        """The frame at ``start``; None where more bytes must come first."""
        head = _HEAD.match(data, start)
        assert head is not None
        body = head.end()
        if body == len(data) and body - start < 6 and not final:
            return None
        declared = int(head[1]) if head[1] else None
        if declared is not None and declared <= self.max_segment:
            stop = body + declared
            sound = not self._broken(data, start, body, stop)
            missing = stop + (4 if data.startswith(b"&&", stop - 2) else 6) - len(data)
            if sound and missing > 0 and not final:
                self._searched = len(data) - start
                return None
            if sound and _is_end(data, body, stop):
                end = _line_end(data, stop + 4, final=final)
                if end is None:
                    return None
                return Frame(self._offset + start, data[start:end], body - start, declared, whole=True)
        return self._damaged(data, start, body, declared, final=final)

    def _broken(self, data: bytes, start: int, body: int, stop: int) -> bool:
        """Whether the frame ends, or another one certainly begins, before ``stop``: bytes were lost on the way."""
        since = max(body, start + self._searched - _LONGEST_MARK)
        return (data.find(b"\n", since, stop) >= 0 and self._certain(self._trailers, data, body, stop)) or (
            data.find(_START, since, stop) >= 0 and self._certain(self._starts, data, body, stop)
        )

    def _certain(self, marks: _Marks, data: bytes, body: int, stop: int) -> bool:
        """Whether a mark stands before ``stop`` in mere text, not in a cipher, nor in a log, which may quote frames."""
        end = marks.end(data, self._offset, body, stop)
        before = data[body:end]
        return end > 0 and before.isascii() and before.count(_LOG) % 2 == 0

    def _damaged(self, data: bytes, start: int, body: int, declared: int | None, *, final: bool) -> Frame | None:
        """The frame at ``start``, which does not end where its length says, up to where it seems to end."""
        limit = start + self._longest
        following = data.find(_START, start + 2, limit + 1)
        end = following if following >= 0 else min(len(data), limit)
        trailer = self._trailers.end(data, self._offset, body, end)
        if trailer:
            end = trailer
        elif following < 0 and len(data) <= limit and not final:
            return None
        return Frame(self._offset + start, data[start:end], body - start, declared, whole=False)


class _Marks:
    """Where a pattern stands next in a stream; what was searched once is not searched again, whoever asks."""

    def __init__(self, pattern: re.Pattern[bytes]) -> None:
        self._pattern = pattern
        self._start = self._end = self._clear = 0  # of the match last found; none begins from there to ``clear``

    def end(self, data: bytes, offset: int, since: int, stop: int) -> int:
        """Where the first match in ``data[since:stop]`` ends, 0 without one; ``data`` is ``offset`` into the stream."""
        if self._start < offset + since:
            found = self._pattern.search(data, max(since, self._clear - offset))
            if found is None:
                self._clear = max(self._clear, offset + len(data) - _LONGEST_MARK)
                return 0
            self._start, self._end = offset + found.start(), offset + found.end()
            self._clear = self._end
        return self._end - offset if self._end <= offset + stop else 0


def _is_end(data: bytes, body: int, stop: int) -> bool:
    """Whether a segment from ``body`` ends at ``stop``, with ``&&`` and a CRC.

    Without ``&&``, which some device forgets, it must be the right CRC and a line end.
    ``##`` inside of it is told from another, damaged frame by the CRC or, where that cannot tell, by bytes that are no
    text, as enciphered segments have them.
    """
    if stop - 2 < body or not _CRC.match(data, stop):
        return False
    closed = data.startswith(b"&&", stop - 2)
    if not closed and not data.startswith(b"\r\n", stop + 4):
        return False
    if closed and data.find(_START, body, stop) < 0:
        return True
    segment = data[body:stop]
    return (closed and not segment.isascii()) or int(data[stop : stop + 4], 16) == crc16(segment)


def _odd_number_sign(data: bytes, start: int, *, final: bool) -> bool:
    """Whether the ``#`` at ``start`` is noise before a frame, as in ``###0087``."""
    after = start + 3
    return data.startswith(b"###", start) and not data.startswith(b"#", after) and (final or len(data) > after)


def _line_end(data: bytes, at: int, *, final: bool) -> int | None:
    """Where the line end at ``at`` is over; None where it has not come as a whole."""
    if data.startswith(b"\r\n", at):
        return at + 2
    if not final and data[at:] in (b"", b"\r"):
        return None
    end = _LINE_END.match(data, at)
    assert end is not None
    return end.end()


def only_frame(raw: bytes) -> Frame:
    """The first frame in ``raw``; bytes without any ``##`` are a damaged frame without a head.

    >>> only_frame(b"##0007CP=&&&&2200\\r\\n").whole, only_frame(b"hello").head
    (True, 0)
    """
    reader = FrameReader()
    for at in range(0, len(raw), _PIECE):
        if frames := reader.feed(raw[at : at + _PIECE]):
            return frames[0]
    frames = reader.finish()
    return frames[0] if frames else Frame(0, raw, 0, None, whole=False)
