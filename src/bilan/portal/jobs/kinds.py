"""The kinds of jobs there are. An app names its own in a module ``work``, which is found at start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _


class Progress(Protocol):
    """What a job tells of itself: what it does now, and the share that is done, from 0 to 1.

    Raises CancelledError when somebody asked for the end; a job lets it pass.
    """

    def __call__(self, words: str, share: float) -> None: ...

    def hold(self) -> None:
        """Make sure, in the transaction that keeps what was made, that nobody cancelled or began another attempt.

        Raises CancelledError.
        """


class Unheard:
    """The progress of work that is no job."""

    def __call__(self, words: str, share: float) -> None:
        pass

    def hold(self) -> None:
        pass


Work = Callable[..., Mapping[str, Any] | None]
_OPENS = _("查看结果")


@dataclass(frozen=True)
class JobKind:
    """A kind of job: its name, its words, what does it, the right it takes to start one, what leads to its result."""

    name: str
    label: Any
    work: Work
    guards: tuple[str, str]
    opens: Any


_KINDS: dict[str, JobKind] = {}


def kind(
    name: str, label: Any, guards: tuple[str, str] = ("job", "create"), opens: Any = _OPENS
) -> Callable[[Work], Work]:
    """Register ``work(progress, **parameters)``; it returns what is kept as the result, ``url`` of a page in it.

    ``opens`` is what stands on the button that leads there. Raises ValueError for a name that is taken.
    """

    def register(work: Work) -> Work:
        if name in _KINDS and _KINDS[name].work is not work:
            raise ValueError(f"there are two kinds of job called {name}")
        _KINDS[name] = JobKind(name, label, work, guards, opens)
        return work

    return register


def kind_named(name: str) -> JobKind:
    """Return the kind of that name; one that an older version knew only shows its name, and running it raises."""
    return _KINDS.get(name) or JobKind(name, name, _unknown, ("job", "create"), _OPENS)


def _unknown(*args: Any, **kwargs: Any) -> None:
    raise LookupError("this version knows no such kind of job")
