"""What was made before and would be made the same again, in memory: the latest results, by all that they rest on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar
from weakref import WeakSet

T = TypeVar("T")
_all: WeakSet[Held[Any]] = WeakSet()


def forget() -> None:
    """Let go of everything that anybody holds: the database is another one."""
    for held in _all:
        held.forget()


class Held(Generic[T]):
    """At most ``most`` results; those not asked for longest are let go first. For any number of threads.

    >>> held = Held[int](most=2)
    >>> held.once("a", lambda: 7), held.once("a", lambda: 8)
    (7, 7)
    >>> held.once("b", lambda: 1, lasting=lambda made: False), held.once("b", lambda: 2)
    (1, 2)
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()
        _all.add(self)

    def once(self, key: Hashable, make: Callable[[], T], lasting: Callable[[T], bool] = lambda made: True) -> T:
        """Return what is held under ``key``, else what ``make`` gives, which is held where it is ``lasting``."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        made = make()  # outside of the lock: two may make it at once, nobody waits for what he did not ask for
        if lasting(made):
            with self._lock:
                self._held[key] = made
                while len(self._held) > self._most:
                    self._held.popitem(last=False)
        return made

    def forget(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._held.clear()
