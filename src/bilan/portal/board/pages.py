"""The inside of a page, drawn once for all readers of one standing: again only where what it rests on is another."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeAlias

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from bilan.portal.core.held import Held
from bilan.portal.core.speech import language
from bilan.portal.rights.reach import standing
from bilan.portal.rights.words import PUBLIC, SIGNED_IN

Drawn: TypeAlias = tuple[bytes, bool]  # UTF-8, as it is mostly marks; whether all that belongs to the page is there
Shown: TypeAlias = tuple[Mapping[str, Any], bool]

_MOST, _MOST_PUBLIC = 600, 100  # insides of pages, 20 to 60 kB each
_LONGEST = 300  # seconds after which one is drawn anew, whatever it rests on
_TOKEN = secrets.token_hex(16)  # stands in what is drawn for all in place of the token of each; nobody can write it
_CHOICES = frozenset({"plan", "region", "as_of", "page", "area", "unit", "status", "due", "silent"})  # few of each
_LONGEST_QUERY = 300  # characters

_office: Held[Drawn] = Held(_MOST)
_public: Held[Drawn] = Held(_MOST_PUBLIC)  # its own: who has no role pushes nothing of the office aside


def drawn_once(request: HttpRequest, template: str, rests_on: Hashable, show: Callable[[], Shown]) -> SafeString:
    """Return the inside of the page at the address of ``request``.

    ``rests_on``: all that it shows but the address, the language, the day and the standing of the reader; it begins
    with the last change (:func:`bilan.portal.audit.record.last_change`), which was read before anything else. The
    version of the lake is none of it: data that arrive elsewhere change it all the time, and a page names the one that
    it was drawn from. ``show`` is asked only where it is drawn: for the context, and whether all of it is there.
    """

    def draw() -> Drawn:
        context, whole = show()
        return render_to_string(template, {**context, "csrf_token": _TOKEN}, request).encode(), whole

    query = request.META.get("QUERY_STRING", "")
    stands, span = standing(request.user), int(time.monotonic() // _LONGEST)
    key = (template, request.path, query, language(), stands, timezone.localdate(), span, rests_on)
    held = _public if {role for role, *_ in stands} <= {PUBLIC, SIGNED_IN} else _office
    is_choice = len(query) <= _LONGEST_QUERY and _CHOICES.issuperset(request.GET)
    html = held.once(key, draw, lambda made: made[1] and is_choice)[0].decode()
    return mark_safe(html.replace(_TOKEN, get_token(request)) if _TOKEN in html else html)  # escaped where it was drawn
