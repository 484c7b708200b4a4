"""What was computed for pages, in memory: given at once, renewed behind the reader's back, made once at a time.

A question (which board, of which day) stays the same while the data move on. Its last answer is given at once, with
the state of the data that it was made from; where that is not the present one, a new answer is made in a thread. Who
asks first waits a while and then gets nothing: the page says that it is being made and asks again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")
RENEWED_EVERY = 15.0  # seconds at least between two answers to one question: data that arrive all the time tire nobody
PATIENCE = 20.0  # seconds that a page waits for a first answer
_AT_ONCE = 2  # makers; the engine has threads of its own


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What was made from the data in ``state``; ``current`` where these are the data of now."""

    value: T
    state: Hashable
    at: float
    current: bool = True


class Store(Generic[T]):
    """Answers to at most ``most`` questions; those not asked for longest are forgotten first.

    At most ``waiting`` answers are being made or wait for it; more questions are not even begun.

    >>> store = Store[int](most=2)
    >>> store.ask("a", 1, lambda: 7).value
    7
    >>> store.ready("a", 1, lambda: 8).value
    7
    """

    def __init__(self, most: int, pool: ThreadPoolExecutor | None = None, waiting: int = 200) -> None:
        self._most, self._waiting = most, waiting  # answers held, questions that may wait for theirs
        self._pool = pool or POOL
        self._answers: OrderedDict[Hashable, Answer[T]] = OrderedDict()
        self._making: dict[Hashable, Future[Answer[T]]] = {}
        self._lock = threading.Lock()

    def ask(
        self, question: Hashable, state: Hashable, make: Callable[[], T], patience: float = PATIENCE
    ) -> Answer[T] | None:
        """Return the answer, None where it takes longer than ``patience`` seconds. Raises what ``make`` raises."""
        found, making = self._look(question, state, make)
        if found is not None:
            return found
        try:
            return None if making is None else making.result(patience)
        except NotYet:
            return None

    def ready(self, question: Hashable, state: Hashable, make: Callable[[], T]) -> Answer[T] | None:
        """Return the answer that is there, None where it is being made; what goes wrong is only logged."""
        return self._look(question, state, make)[0]

    def forget(self) -> None:
        """Forget every answer."""
        with self._lock:
            self._answers.clear()

    def _look(
        self, question: Hashable, state: Hashable, make: Callable[[], T]
    ) -> tuple[Answer[T] | None, Future[Answer[T]] | None]:
        with self._lock:
            found = self._answers.get(question)
            if found is not None:
                self._answers.move_to_end(question)
                if found.state == state:
                    return found, None
                if time.monotonic() - found.at < RENEWED_EVERY:
                    return Answer(found.value, found.state, found.at, current=False), None
            making = self._making.get(question)
            if making is None and len(self._making) < self._waiting:
                making = self._making[question] = self._pool.submit(self._made, question, state, make)
        if found is not None:
            return Answer(found.value, found.state, found.at, current=False), None
        return None, making

    def _made(self, question: Hashable, state: Hashable, make: Callable[[], T]) -> Answer[T]:
        try:
            answer = Answer(make(), state, time.monotonic())
            with self._lock:
                self._answers[question] = answer
                self._answers.move_to_end(question)
                while len(self._answers) > self._most:
                    self._answers.popitem(last=False)
            return answer
        except Exception:
            logger.warning("%s could not be made", question, exc_info=True)
            raise
        finally:
            with self._lock:
                self._making.pop(question, None)


POOL = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="board")
PUBLIC_POOL = ThreadPoolExecutor(1, thread_name_prefix="public")  # who is not logged in never waits in the office's way
