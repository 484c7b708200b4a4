"""Every limit of the gateway, set on purpose: what a flood, a slow sender or a dead line may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one gateway process. Times are in seconds, sizes in bytes.

    ``connections`` are open at most, further ones are closed at once. ``unknown``: a connection that has not sent a
    frame of a known outlet for so long is closed; ``idle``: one of a known outlet that has sent nothing for so long
    (RtdInterval may be 3600). ``frame``: so long may a frame take to arrive. ``segment`` is the longest data segment
    that is read. ``rate`` frames a second are taken of one outlet, ``burst`` at once: beyond, its line is read more
    slowly, nothing is dropped. ``waiting`` bytes may wait for the disk in all; then no line is read until half of it is
    written. ``answers`` bytes may wait for one device to read them. ``quiet``: after so long a frame that lacks only
    its line end is taken as it is. ``retry``: so often a full disk is tried again.
    """

    connections: int = 20_000
    unknown: float = 60.0
    idle: float = 7_200.0
    frame: float = 60.0
    segment: int = 4_096
    rate: float = 50.0
    burst: int = 500
    waiting: int = 32 << 20
    answers: int = 64 << 10
    quiet: float = 0.5
    retry: float = 1.0
