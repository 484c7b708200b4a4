"""The inside of a page, drawn once for all readers of one standing: again only where what it rests on is another."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from bilan.portal.core.held import Held
from bilan.portal.core.speech import language
from bilan.portal.rights.reach import standing

_MOST, _MOST_PUBLIC = 600, 100  # insides of pages, about 60 kB each
_LONGEST = 300  # seconds after which one is drawn anew, whatever it rests on
_TOKEN = secrets.token_hex(16)  # stands in what is drawn for all in place of the token of each; nobody can write it


@dataclass(frozen=True)
class _Inside:
    html: str
    lasts: bool


_insides: Held[_Inside] = Held(_MOST)
_public: Held[_Inside] = Held(_MOST_PUBLIC)  # its own: whoever asks for anything pushes nothing of the office aside


def inside(
    request: HttpRequest, template: str, rests_on: Hashable, context: Callable[[], Mapping[str, Any]]
) -> SafeString:
    """Return the inside of the page at the address of ``request``.

    ``rests_on``: all that it shows but the address, the language, the day and the standing of the reader; it begins
    with the last change (:func:`bilan.portal.audit.record.last_change`), which was read before anything else.
    ``context`` is asked only where it is drawn; ``lasts`` in it says whether all that belongs to the page is there.
    """

    def draw() -> _Inside:
        told = {**context(), "csrf_token": _TOKEN}
        return _Inside(render_to_string(template, told, request), bool(told.get("lasts")))

    day, span = timezone.localdate(), int(time.monotonic() // _LONGEST)
    key = (template, request.get_full_path(), language(), standing(request.user), day, span, rests_on)
    held = _insides if request.user.is_authenticated else _public
    html = held.once(key, draw, lambda made: made.lasts).html
    return mark_safe(html.replace(_TOKEN, get_token(request)) if _TOKEN in html else html)  # escaped where it was drawn
