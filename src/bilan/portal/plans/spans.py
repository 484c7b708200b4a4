"""The source text cut where items begin and end, each piece a link to the item it belongs to.

Items lie inside one another and overlap; a piece belongs to the shortest item that covers it, and says which others do.
The text between the tags is the source character by character, so that a selection on the page can be counted back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from urllib.parse import quote

from bilan.plan.model import Duty, Spanned
from bilan.portal.plans.naming import ITEM_KINDS, LISTS, mark
from bilan.portal.plans.state import Review


@dataclass(frozen=True, slots=True)
class Span:
    """An item's characters; ``kind`` is the word of the stylesheet."""

    item: str
    kind: str
    start: int
    end: int
    state: str = ""
    list_name: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters covered by the same spans, the shortest first; ``first`` where the shortest begins."""

    start: int
    end: int
    spans: tuple[Span, ...]
    first: bool = False


def spans_of(review: Review) -> list[Span]:
    """Return the spans of all lists, rejected items included; duties where their units are written."""
    found = [
        Span(item.id, ITEM_KINDS[name], item.start, item.end, review.state(item.id), name)
        for name in LISTS
        for item in review.items(name)
        if isinstance(item, Spanned) and item.start < item.end
    ]
    found += [Span(one.id, "heading", one.start, one.end) for one in review.plan.sections if one.start < one.end]
    return [*found, *_written(review)]


def _written(review: Review) -> Iterator[Span]:
    """The place, within each task or measure that a unit answers for, where the plan writes the unit."""
    bodies = {task.id: (task.start, task.body_end) for task in review.plan.tasks}
    taken: set[tuple[int, int]] = set()
    for duty in review.plan.duties:
        for item in duty.items:
            if item in bodies and (place := _place(review.text, duty, *bodies[item])) and place not in taken:
                taken.add(place)
                yield Span(duty.id, ITEM_KINDS["duties"], *place, list_name="duties")


def _place(text: str, duty: Duty, start: int, end: int) -> tuple[int, int] | None:
    for words in duty.written:
        if words and (at := text.find(words, start, end)) >= 0:
            return at, at + len(words)
    return None


def pieces(length: int, spans: Iterable[Span]) -> Iterator[Piece]:
    """Yield the pieces of a text of that length in order, gaps included; together they are the whole text.

    >>> measure, target = Span("m", "measure", 1, 8), Span("t", "target", 3, 5)
    >>> [(p.start, p.end, [s.item for s in p.spans], p.first) for p in pieces(9, [measure, target])]
    [(0, 1, [], False), (1, 3, ['m'], True), (3, 5, ['t', 'm'], True), (5, 8, ['m'], False), (8, 9, [], False)]
    """
    whole = [span for span in spans if 0 <= span.start < span.end <= length]
    begins: dict[int, list[Span]] = {}
    ends: dict[int, list[Span]] = {}
    for span in whole:
        begins.setdefault(span.start, []).append(span)
        ends.setdefault(span.end, []).append(span)
    cuts = sorted({0, length, *begins, *ends})
    open_: dict[int, Span] = {}
    for start, end in pairwise(cuts):
        for span in ends.get(start, ()):
            del open_[id(span)]
        for span in begins.get(start, ()):
            open_[id(span)] = span
        covering = tuple(open_.values())
        if len(covering) > 1:
            covering = tuple(sorted(covering, key=lambda span: (span.end - span.start, span.start, span.item)))
        yield Piece(start, end, covering, bool(covering) and covering[0].start == start)


def marked(text: str, spans: Iterable[Span]) -> str:
    """Return the text as HTML: each piece leads to its item, and ``at-`` with the item's id is where an item begins.

    The tab key reaches the first of them, the script takes the arrow keys from there.
    """
    parts: list[str] = []
    placed: set[str] = set()
    reached = False
    signs = {name: f' data-mark="{mark(name)}"' for name in LISTS}
    for piece in pieces(len(text), spans):
        begun = [span for span in piece.spans if span.start == piece.start and span.item not in placed]
        placed.update(span.item for span in begun)
        shown = _safe(text[piece.start : piece.end])
        items = [span for span in piece.spans if span.kind != "heading"]
        if items:
            parts.append(_link(shown, piece, items, [span.item for span in begun], signs, reached))
            reached = True
        else:
            parts.append(f'<b class="heading">{shown}</b>' if piece.spans else shown)
    return "".join(parts)


def _safe(words: str) -> str:
    """Escaped, and with what a browser would leave out or change on its way put so that each character stays one."""
    return escape(words, quote=False).replace("\r", "&#13;").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _link(shown: str, piece: Piece, items: list[Span], begun: list[str], signs: Mapping[str, str], passed: bool) -> str:
    """The piece as a link to the shortest of its items; ``passed`` by the tab key."""
    inner, *outer = items
    kinds = "".join(f" in-{kind}" for kind in dict.fromkeys(span.kind for span in outer if span.kind != inner.kind))
    state = f" {inner.state}" if inner.state else ""
    heading = " heading" if len(items) < len(piece.spans) or inner.kind == "task" else ""
    sign = signs[inner.list_name] if piece.first else ""
    item = escape(inner.item)
    tab = ' tabindex="-1"' if passed else ""
    more = f' data-in="{escape(" ".join(span.item for span in outer))}"' if outer else ""
    own = f' id="at-{item}"' if inner.item in begun else ""
    others = "".join(
        f'<i id="at-{escape(id_)}"></i>' for id_ in begun if id_ != inner.item and id_ in {o.item for o in outer}
    )
    return (
        f'{others}<a class="span {inner.kind}{kinds}{state}{heading}"{own} data-item="{item}"{more}{sign}{tab}'
        f' href="?list={inner.list_name}&amp;item={quote(inner.item)}#{quote(inner.item)}">{shown}</a>'
    )
