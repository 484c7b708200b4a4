"""The hash of an entry: SHA-256 over its columns as canonical JSON, the hash before it among them."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import Any

from bilan.portal.audit.models import Entry

FIRST = "0" * 64  # what stands before the first entry
_FIELDS = ("number", "actor", "actor_name", "action", "object", "object_id", "label", "old", "new", "plan")
_MORE = ("region_id", "address", "previous")


def canonical(value: Any) -> str:
    """Return ``value`` as JSON that is the same wherever it is written; what JSON does not know as its text.

    >>> canonical({"b": 1, "a": "碧蓝"})
    '{"a":"碧蓝","b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def hash_of(entry: Entry) -> str:
    """Return the hash that ``entry`` must have."""
    columns = {name: getattr(entry, name) for name in (*_FIELDS, *_MORE)}
    columns["at"] = hashed_time(entry)
    return hashlib.sha256(canonical(columns).encode()).hexdigest()


def hashed_time(entry: Entry) -> str:
    """Return the time of ``entry`` as its hash knows it: in UTC, whatever the time of the site."""
    return entry.at.astimezone(UTC).isoformat(timespec="microseconds")
