"""The door at which NUL is refused. PostgreSQL keeps it in no text, so what carries one cannot be looked up or kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict

NUL = "\0"
_SAID = "the letter NUL in the request"
_IN_JSON = re.compile(rb"\0|(?<!\\)(?:\\\\)*\\u0000")


class NulError(BadRequest):
    """A request carries the letter NUL, which nobody types."""


class RefuseNul:
    """Answers 400 where path, query, cookies, form fields or JSON carry NUL; names of files are cleaned by Django."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _refuse([request.path, *_words(request.GET), *request.COOKIES.values()])
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """The body is read here, where a forged form has been refused already."""
        if request.content_type == "application/json":
            if _IN_JSON.search(request.body):
                raise NulError(_SAID)
        else:
            _refuse(_words(request.POST))


def _words(told: QueryDict) -> Iterable[str]:
    for name, values in told.lists():
        yield name
        yield from values


def _refuse(words: Iterable[str]) -> None:
    if any(NUL in word for word in words):
        raise NulError(_SAID)
