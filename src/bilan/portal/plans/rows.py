"""The lists beside the source: what a row shows, and which rows the filters leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from bilan.plan.model import Duty, Gap, Item, Measure, Target, Task
from bilan.plan.wording import GAP_KIND
from bilan.portal.core.sentences import again
from bilan.portal.plans.naming import ITEM_KINDS, LISTS, about, gap_word, list_name, name_of
from bilan.portal.plans.state import REVIEWED_LISTS, STATES, Review

SURE, FAIR = 0.9, 0.7  # of the confidence: from here on nothing to fear, below it to be looked at with care
CONFIDENCES = ("low", "fair", "high")
ANY_GAP = "any"
_TITLE = 160  # characters of a measure


@dataclass(frozen=True)
class Row:
    """One item as a list shows it."""

    id: str
    list_name: str
    kind: str
    title: str
    about: list[str]
    state: str
    confidence: float | None
    gaps: list[Gap]
    reviewed: bool  # whether people decide on it; duties follow from the others
    links: list[tuple[str, str, str]]  # what a duty answers for: list, id, name
    by: Any = None
    at: Any = None

    @property
    def gap_words(self) -> list[str]:
        return [again(gap.message) for gap in self.gaps]

    @property
    def percent(self) -> int | None:
        return None if self.confidence is None else round(100 * self.confidence)

    @property
    def confidence_class(self) -> str:
        return confidence_class(self.confidence)


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    list_name: str = "targets"
    state: str = ""
    confidence: str = ""
    gap: str = ""
    words: str = ""

    @property
    def filtered(self) -> bool:
        return bool(self.state or self.confidence or self.gap or self.words)


def asked(query: Any) -> Asked:
    """Return what a query asks for; what it says that is not known counts as not said."""

    def one(name: str, known: Iterable[str]) -> str:
        value = query.get(name, "")
        return value if value in known else ""

    return Asked(
        one("list", (*LISTS, "gaps")) or "targets",
        one("state", STATES),
        one("confidence", CONFIDENCES),
        one("gap", (*GAP_KIND, ANY_GAP)),
        query.get("q", "").strip()[:100],
    )


def rows(review: Review, asked_for: Asked) -> list[Row]:
    """Return the rows of a list that the filters leave."""
    gaps = gaps_by_item(review)
    name = asked_for.list_name
    return [
        row
        for item in review.items(name)
        if _fits(row := row_of(review, name, item, gaps.get(item.id, [])), item, asked_for)
    ]


def row_of(review: Review, name: str, item: Item, gaps: list[Gap]) -> Row:
    """Return an item as its list shows it."""
    title = name_of(item)
    last = review.standing.get(item.id)
    return Row(
        id=item.id,
        list_name=name,
        kind=ITEM_KINDS[name],
        title=title if len(title) <= _TITLE else f"{title[:_TITLE]}……",
        about=about(item),
        state=review.state(item.id),
        confidence=item.confidence if isinstance(item, Target) else None,
        gaps=gaps,
        reviewed=name in REVIEWED_LISTS,
        links=_links(review, item),
        by=last.by if last else None,
        at=last.at if last else None,
    )


def gaps_by_item(review: Review) -> dict[str, list[Gap]]:
    """Return the gaps of the plan by the ids of the items that have them."""
    found: dict[str, list[Gap]] = defaultdict(list)
    for gap in review.plan.gaps:
        for item in gap.items:
            found[item].append(gap)
    return found


def confidence_class(confidence: float | None) -> str:
    """Return low, fair or high; '' where the compiler says nothing.

    >>> [confidence_class(share) for share in (0.5, 0.8, 0.95, None)]
    ['low', 'fair', 'high', '']
    """
    if confidence is None:
        return ""
    return "high" if confidence >= SURE else "fair" if confidence >= FAIR else "low"


def _fits(row: Row, item: Item, asked_for: Asked) -> bool:
    return (
        (not asked_for.state or row.state == asked_for.state)
        and (not asked_for.confidence or row.confidence_class == asked_for.confidence)
        and (not asked_for.gap or any(asked_for.gap in (ANY_GAP, gap.kind) for gap in row.gaps))
        and has_words(item, asked_for.words)
    )


def has_words(item: Item, words: str) -> bool:
    """Whether ``words`` stand in the item's name, its quote or what its row says of it."""
    said = "\n".join((name_of(item), getattr(item, "quote", ""), *about(item)))
    return words.lower() in said.lower()


def _links(review: Review, item: Item) -> list[tuple[str, str, str]]:
    if not isinstance(item, Duty):
        return []
    both: list[Task | Measure] = [*review.plan.tasks, *review.plan.measures]
    held = {one.id: one for one in both}
    found = [(id_, held[id_]) for id_ in item.items if id_ in held]
    return [("tasks" if isinstance(one, Task) else "measures", id_, name_of(one)[:40]) for id_, one in found]


@dataclass(frozen=True)
class GapShown:
    """A gap with the items it is about."""

    id: str
    word: str
    kind: str
    message: str
    items: list[tuple[str, str, str, str]]  # list, id, name, state


def gap_rows(review: Review, asked_for: Asked) -> list[GapShown]:
    """Return the gaps that the filters leave."""
    places = {item.id: (name, item) for name in LISTS for item in review.items(name)}
    shown = []
    for gap in review.plan.gaps:
        message = again(gap.message)
        if asked_for.gap not in ("", ANY_GAP, gap.kind) or asked_for.words.lower() not in message.lower():
            continue
        items = [
            (places[id_][0], id_, name_of(places[id_][1])[:60], review.state(id_)) for id_ in gap.items if id_ in places
        ]
        shown.append(GapShown(gap.id, gap_word(gap.kind), gap.kind, message, items))
    return shown


def tabs(review: Review, asked_for: Asked, address: str) -> list[dict[str, Any]]:
    """Return the tabs of the five lists and the gaps with how many each has."""
    counts = {name: len(review.items(name)) for name in LISTS} | {"gaps": len(review.plan.gaps)}
    return [
        {
            "label": gap_list_name() if name == "gaps" else list_name(name),
            "url": f"{address}?list={name}",
            "count": count,
            "current": name == asked_for.list_name,
        }
        for name, count in counts.items()
    ]


def gap_list_name() -> str:
    """Return what the list of gaps is called."""
    return gettext("缺口")
