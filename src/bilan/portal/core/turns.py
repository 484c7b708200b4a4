"""Few at a time: what is costly to make waits for its turn, and no more wait than there are threads to spare."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

PATIENCE = 10.0  # seconds that a reader waits for his turn, and a thread of the site with him


class BusyError(Exception):
    """As many are at it as may be and as many wait, or none of them was done in time."""


class Turns:
    """``at_once`` have their turn, ``waiting`` more wait for theirs.

    >>> turns = Turns(at_once=1, waiting=0)
    >>> with turns.taken():
    ...     turns.begin()
    Traceback (most recent call last):
        ...
    bilan.portal.core.turns.BusyError
    """

    def __init__(self, *, at_once: int, waiting: int) -> None:
        self._turns, self._places = BoundedSemaphore(at_once), BoundedSemaphore(at_once + waiting)

    def begin(self, patience: float = PATIENCE) -> None:
        """Take a turn, which :meth:`end` gives back. Raises BusyError."""
        if not self._places.acquire(blocking=False):
            raise BusyError
        if not self._turns.acquire(timeout=patience):
            self._places.release()
            raise BusyError

    def end(self) -> None:
        """Give a turn back."""
        self._turns.release()
        self._places.release()

    @contextmanager
    def taken(self, patience: float = PATIENCE) -> Iterator[None]:
        """A turn for as long as the block lasts. Raises BusyError."""
        self.begin(patience)
        try:
            yield
        finally:
            self.end()
