"""What was computed for pages, in memory: given at once, renewed behind the reader's back, made once at a time.

A question (which board, of which day) stays the same while the data move on. Its last answer is given at once, with
the state of the data that it was made from; where that is not the present one, a new answer is made in a thread. Who
asks first waits a while and then gets nothing: the page says that it is being made and asks again.

What could not be made is remembered for a while with its reason, so that pages that ask again do not start it again.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from typing import Generic, TypeVar

from bilan.errors import BilanError

logger = logging.getLogger(__name__)

T = TypeVar("T")
RENEWED_EVERY = 15.0  # seconds at least between two answers to one question: data that arrive all the time tire nobody
PATIENCE = 20.0  # seconds that a page waits for a first answer
FAILED_FOR = 60.0  # seconds that what could not be made is not tried again
_AT_ONCE = 2  # makers; the engine has threads of its own


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What was made from the data in ``state``; ``current`` where these are the data of now."""

    value: T
    state: Hashable
    at: float
    current: bool = True

    @property
    def age(self) -> float:
        """The seconds since it was made."""
        return time.monotonic() - self.at


class NotMadeError(Exception):
    """An answer could not be made. ``reason`` is for those who work on the site, empty where it is a fault in it."""

    def __init__(self, reason: str, until: float) -> None:
        super().__init__(reason)
        self.reason, self._until = reason, until

    def again(self) -> NotMadeError:
        """Return the same for another reader."""
        return NotMadeError(self.reason, self._until)

    @property
    def wait(self) -> int:
        """The seconds after which it is tried again when somebody asks."""
        return max(0, math.ceil(self._until - time.monotonic()))


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
        self._failed: OrderedDict[Hashable, NotMadeError] = OrderedDict()
        self._lock = threading.Lock()

    def ask(
        self,
        question: Hashable,
        state: Hashable,
        make: Callable[[], T],
        patience: float = PATIENCE,
        *,
        fresh: bool = False,
    ) -> Answer[T] | None:
        """Return the answer, None where it takes longer than ``patience`` seconds. Raises NotMadeError.

        ``fresh``: one of this very ``state``, for who has just changed what it is made from.
        """
        until = time.monotonic() + patience
        while True:
            found, making = self._look(question, state, make, fresh=fresh)
            if found is not None or making is None:
                return found
            try:
                answer = making.result(max(0.0, until - time.monotonic()))
            except NotYet:
                return None
            if answer.state == state or not fresh:
                return answer

    def ready(self, question: Hashable, state: Hashable, make: Callable[[], T]) -> Answer[T] | None:
        """Return the answer that is there, None where it is being made. Raises NotMadeError where that went wrong."""
        return self._look(question, state, make)[0]

    def last(self, question: Hashable) -> T | None:
        """Return the last answer, of whatever state of the data, None where there is none."""
        with self._lock:
            found = self._answers.get(question)
        return None if found is None else found.value

    def again(self, question: Hashable) -> None:
        """Forget that the answer could not be made."""
        with self._lock:
            self._failed.pop(question, None)

    def forget(self) -> None:
        """Forget every answer."""
        with self._lock:
            self._answers.clear()
            self._failed.clear()

    def _look(
        self, question: Hashable, state: Hashable, make: Callable[[], T], *, fresh: bool = False
    ) -> tuple[Answer[T] | None, Future[Answer[T]] | None]:
        with self._lock:
            found = self._answers.get(question)
            if found is not None:
                self._answers.move_to_end(question)
                if found.state == state:
                    return found, None
                if fresh:
                    found = None
                elif time.monotonic() - found.at < RENEWED_EVERY:
                    return Answer(found.value, found.state, found.at, current=False), None
            making, failed = self._making.get(question), self._failed.get(question)
            if making is None and failed is not None and failed.wait:
                if found is None:
                    raise failed.again()  # one that is raised twice would hold the frames of every reader
            elif making is None and len(self._making) < self._waiting:
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
                self._failed.pop(question, None)
                while len(self._answers) > self._most:
                    self._answers.popitem(last=False)
            return answer
        except Exception as error:
            logger.warning("%s could not be made", question, exc_info=True)
            failed = NotMadeError(str(error) if isinstance(error, BilanError) else "", time.monotonic() + FAILED_FOR)
            with self._lock:
                self._failed[question] = failed
                self._failed.move_to_end(question)
                while len(self._failed) > self._most:
                    self._failed.popitem(last=False)
            raise failed from error
        finally:
            with self._lock:
                self._making.pop(question, None)


POOL = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="board")
PUBLIC_POOL = ThreadPoolExecutor(1, thread_name_prefix="public")  # who is not logged in never waits in the office's way
