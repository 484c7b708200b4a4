"""Ids and versions: an item keeps its name when others are added, moved or corrected, and when a person corrects it.

An id is made of the item's own words, never of its place, so reordering a plan changes no id.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable

from bilan.plan.model import CompiledPlan

_CONTENT = ("sections", "tasks", "targets", "measures", "projects", "duties")


def squeeze(words: str) -> str:
    """Return the words in NFKC without any whitespace: the form in which two writings are the same words.

    >>> squeeze("ＰＭ2.5 年均\\n浓度")
    'PM2.5年均浓度'
    """
    return "".join(unicodedata.normalize("NFKC", words).split())


def plan_id(sha256_of_source: str) -> str:
    """Return the id of a plan: ``p`` and the first eight hexadecimal digits of its source's SHA-256.

    >>> plan_id("0f1e2d3c4b5a69788796a5b4c3d2e1f0")
    'p0f1e2d3c'
    """
    return f"p{sha256_of_source[:8]}"


def item_id(plan_id: str, kind: str, words: str, occurrence: int) -> str:
    """Return the id of an item: plan, kind and ten hexadecimal digits of its words and their occurrence (from 1).

    >>> item_id("p0f1e2d3c", "task", "推进清洁取暖", 1) == item_id("p0f1e2d3c", "task", "推进 清洁取暖", 1)
    True
    """
    words = squeeze(words)
    digest = hashlib.sha256(f"{kind}\n{words}\n{occurrence}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{plan_id}-{kind}-{digest[:10]}"


class IdMaker:
    """Makes the ids of one plan and counts how often the same words occur; ``taken`` ids are never made again.

    >>> ids = IdMaker("p0f1e2d3c")
    >>> ids.make("task", "推进清洁取暖") == ids.make("task", "推进清洁取暖")
    False
    """

    def __init__(self, plan_id: str, taken: Iterable[str] = ()) -> None:
        self.plan_id = plan_id
        self._taken = set(taken)
        self._seen: Counter[tuple[str, str]] = Counter()

    def make(self, kind: str, words: str) -> str:
        """Return the id of the next item of this kind with these words."""
        key = (kind, squeeze(words))
        while True:
            self._seen[key] += 1
            made = item_id(self.plan_id, kind, words, self._seen[key])
            if made not in self._taken:
                self._taken.add(made)
                return made


def content_version(plan: CompiledPlan) -> str:
    """Return twelve hexadecimal digits of the SHA-256 of the lists from sections to duties.

    Gaps, changes, source and compiler do not count: they follow from the lists or tell how these came about.
    """
    lists = plan.model_dump(mode="json", include=set(_CONTENT))
    canonical = json.dumps(lists, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()[:12]
