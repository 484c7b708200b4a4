"""Who is acting: the request being answered, or the person for whom a job runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse

from bilan.portal.core.addresses import client_address

if TYPE_CHECKING:
    from bilan.portal.people.models import User

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)
_acting: ContextVar[User | None] = ContextVar("acting", default=None)


@dataclass(frozen=True)
class Actor:
    """A person, if there is one, and the address he came from."""

    user: User | None
    address: str = ""


class Remember:
    """Keeps the request at hand for ``record`` while it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _request.set(request)
        try:
            return self.get_response(request)
        finally:
            _request.reset(token)


@contextmanager
def acting(user: User | None) -> Iterator[None]:
    """What is recorded inside is recorded as done by ``user``."""
    token = _acting.set(user)
    try:
        yield
    finally:
        _acting.reset(token)


def actor() -> Actor:
    """Return who acts now; nobody where the program itself does."""
    request = _request.get()
    user = _acting.get()
    if user is None and request is not None and request.user.is_authenticated:
        user = request.user
    return Actor(user, (client_address(request) or "") if request is not None else "")
