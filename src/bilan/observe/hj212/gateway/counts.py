"""What a gateway process counts, as plain numbers: a scrape reads them, nothing waits for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counts:
    """Counters since the start of the process, and what stands now.

    ``refused`` is by reason. ``commit_seconds`` is the time spent waiting for the disk in ``commits`` group commits.
    ``waiting_frames`` and ``waiting_bytes`` wait for the disk, ``full`` says that it has no room.
    """

    connections: int = 0
    connected: int = 0
    turned_away: int = 0
    bytes: int = 0
    frames: int = 0
    noise: int = 0
    stored: int = 0
    answered: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    closed: Counter[str] = field(default_factory=Counter)
    commits: int = 0
    commit_seconds: float = 0.0
    commit_failures: int = 0
    waiting_frames: int = 0
    waiting_bytes: int = 0
    slowed: int = 0
    full: bool = False
    commands: Counter[str] = field(default_factory=Counter)
