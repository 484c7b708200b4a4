"""What a worker does unasked, when it begins and then at set times. An app names its chores in its module ``work``."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import close_old_connections

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chore:
    """Something to be done again and again; twice at once does no harm."""

    name: str
    when: Callable[[datetime], bool]
    do: Callable[[], Any]
    at_once: bool = True  # done before the worker takes its first job; else in its turn

    def __call__(self) -> None:
        """Do it; what goes wrong is written to the log, and the next time may be better."""
        close_old_connections()
        try:
            self.do()
        except Exception:
            logger.exception("chore %s failed", self.name)
        finally:
            close_old_connections()


CHORES: dict[str, Chore] = {}


def chore(
    name: str, when: Callable[[datetime], bool], *, at_once: bool = True
) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Register something to be done whenever ``when``, as ``huey.crontab`` makes it, says so of a minute."""

    def register(do: Callable[[], Any]) -> Callable[[], Any]:
        CHORES[name] = Chore(name, when, do, at_once)
        return do

    return register
