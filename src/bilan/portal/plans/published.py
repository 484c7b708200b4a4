"""What the page of a version shows of each item: what was read otherwise before people changed it, and its board."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bilan.plan.model import CompiledPlan, Item
from bilan.portal.plans.naming import about, name_of
from bilan.portal.plans.rows import has_words

Earlier = Mapping[str, str | None]  # the fields of an item that were changed, as the plan records what they were


@dataclass(frozen=True)
class PublishedItem:
    """An item of a version; ``was`` is what was read of it where that says something else."""

    item: Item
    name: str
    about: list[str]
    was: list[str]


def published_items(
    plan: CompiledPlan, list_name: str, words: str = "", *, inside: bool = False
) -> Iterator[PublishedItem]:
    """Yield the items of a list that have ``words``; what was corrected is for those ``inside`` the office."""
    earlier = _earlier(plan) if inside else {}
    for item in getattr(plan, list_name):
        if has_words(item, words):
            yield PublishedItem(item, name_of(item), about(item), _otherwise(item, earlier.get(item.id, {})))


def _earlier(plan: CompiledPlan) -> Mapping[str, Earlier]:
    found: dict[str, dict[str, str | None]] = defaultdict(dict)
    for change in plan.changes:
        if change.field != "item":
            found[change.item].setdefault(change.field, change.old)
    return found


def _otherwise(item: Item, earlier: Earlier) -> list[str]:
    """What the page would say of an item with its fields as they were, and does not say now."""
    if not earlier:
        return []
    was = {name: _value(getattr(item, name), old) for name, old in earlier.items() if hasattr(item, name)}
    read = type(item).model_validate(item.model_dump() | was)
    said = (name_of(item), *about(item))
    return [words for words in (name_of(read), *about(read)) if words not in said]


def _value(now: object, old: str | None) -> object:
    """A list is recorded one entry a line."""
    if isinstance(now, list):
        return old.split("\n") if old else []
    return old
