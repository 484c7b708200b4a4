"""One at a time, of all threads and processes: of two that are asked for the same board one computes it, say."""

from __future__ import annotations

import fcntl
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_SLOTS = 64  # files, so that they stay few; two questions in one slot only wait for each other
_LOOKS_EVERY = 0.1  # seconds
_PATIENCE = 300.0  # seconds after which a lock is taken for stuck


@contextmanager
def alone(folder: Path, question: object, patience: float = _PATIENCE) -> Iterator[None]:
    """Hold what ``question`` names; wait while somebody else holds it, at most ``patience`` seconds.

    The lock goes with the process that holds it. Where files cannot be locked nobody waits.
    """
    slot = int.from_bytes(hashlib.sha256(repr(question).encode()).digest()[:4], "big") % _SLOTS
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (folder / f"{slot:02}.lock").open("ab")
    except OSError:
        yield
        return
    with file:  # closing it gives it free
        _take(file, patience)
        yield


def _take(file: IO[bytes], patience: float) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOOKS_EVERY)
        except OSError:
            return
        else:
            return
