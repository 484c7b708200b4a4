"""Files and charts made of a board: kept by what they show, few made at a time, never sent twice to one browser."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag

from bilan.evaluate.kept import Kept, software
from bilan.policy import resource_version
from bilan.portal.core.speech import language
from bilan.portal.core.turns import BusyError, Turns
from bilan.publish import ChartError

_MOST_BYTES = 64 << 20  # of files kept; a folder of their own, so that they push no board aside
_AGAIN = 5  # seconds after which he may ask again
_PUBLIC_AGE = 60  # seconds that anybody's browser need not ask again
_turns: Mapping[bool, Turns] = {False: Turns(at_once=2, waiting=3), True: Turns(at_once=1, waiting=3)}  # True: public


@dataclass(frozen=True)
class Made:
    """A file: ``shows`` is all that stands in it, so that what a reader may not see makes another file of it."""

    kind: str
    shows: bytes
    make: Callable[[], bytes]
    media_type: str
    name: str = ""  # of the file where it is to be kept, not drawn
    public: bool = False

    @cached_property
    def digest(self) -> str:
        """What tells the file from every other one, also from the same in another language."""
        about = "\0".join((software(), resource_version(), self.kind, language(), ""))
        return hashlib.sha256(about.encode() + self.shows).hexdigest()

    def content(self) -> bytes:
        """Return what is kept, else make it. Raises BusyError, and what ``make`` raises."""
        kept, turn = Kept(Path(settings.BILAN_KEPT) / "files", _MOST_BYTES), _turns[self.public]
        found = kept.get([self.digest])
        if found is not None:
            return found
        with turn.taken():
            found = kept.get([self.digest])  # somebody else may have wanted the same
            if found is None:
                found = self.make()
                kept.put([self.digest], found)
        return found


def answered(request: HttpRequest, made: Made) -> HttpResponseBase:
    """Return the file, that it has not changed, or a page that says why there is none now and what to do."""
    etag = quote_etag(made.digest)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            response = HttpResponse(made.content(), content_type=made.media_type)
        except (BusyError, ChartError) as error:
            return not_made(request, "busy" if isinstance(error, BusyError) else "no_font", public=made.public)
        if made.name:
            response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = f"public, max-age={_PUBLIC_AGE}" if made.public else "private, no-cache"
    patch_vary_headers(response, ["Cookie"])  # it says the language
    return response


def not_made(request: HttpRequest, why: Literal["busy", "early", "no_font"], *, public: bool) -> HttpResponse:
    """Return the page that says why there is no file: others are served, its figures are computed, or no font."""
    context = {"why": why, "public": public, "seconds": _AGAIN}
    answer = render(request, "board/not_made.html", context, status=503)
    if why != "no_font":
        answer.headers["Retry-After"] = str(_AGAIN)
    return answer
