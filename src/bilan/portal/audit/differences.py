"""What an entry of the log kept of before and after, field by field, as people read it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext

from bilan.plan.wording import number_text
from bilan.portal.audit.fields import COUNTED, UNSAID, field_word, place, value_word
from bilan.portal.audit.models import Entry
from bilan.portal.core.sentences import again
from bilan.portal.core.speech import day_words, listed

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_BYTES = frozenset({"size", "bytes"})


@dataclass(frozen=True)
class Difference:
    """A field in words, what it was and what it became; ``gone`` where it was and is no more."""

    field: str
    before: str
    after: str
    gone: bool


def differences(entry: Entry) -> list[Difference]:
    """Return the fields that say something, those that people ask for first; none for what cannot be read."""
    old, new = _fields(entry.old), _fields(entry.new)
    item, object_ = str(new.get("item") or ""), entry.action.partition(".")[0]
    found = []
    for field in sorted({*old, *new} - UNSAID, key=lambda field: place(field, item)):
        before, after = (_words(object_, field, values.get(field), item) for values in (old, new))
        if before or after:
            found.append(Difference(field_word(object_, field, item), before, after, gone=field in new and not after))
    return found


def _fields(text: str) -> dict[str, Any]:
    """Old or new values. What was entered stands under what it is: a judgement as ``judgement``, not as ``value``."""
    try:
        values = json.loads(text or "{}")
    except ValueError:
        return {}
    if not isinstance(values, dict):
        return {}
    if {"what", "value"} <= values.keys():
        values[str(values.pop("what"))] = values.pop("value")
    return values


def _words(object_: str, field: str, value: Any, item: str) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, dict):
        return listed(f"{field_word(object_, key)} {one}" for key, one in value.items() if one)
    if isinstance(value, list):
        return str(len(value)) if field in COUNTED else listed(map(str, value))
    if isinstance(value, str):
        return _text(object_, field, value, item)
    return _number(field, value)


def _number(field: str, value: float) -> str:
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    return str(filesizeformat(value)) if field in _BYTES else number_text(float(value))


def _text(object_: str, field: str, text: str, item: str) -> str:
    if field == "error":
        return again(text)
    return _day(text) if _DAY.fullmatch(text) else value_word(object_, field, text, item)


def _day(text: str) -> str:
    try:
        return day_words(date.fromisoformat(text))
    except ValueError:
        return text
