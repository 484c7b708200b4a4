"""Where the words a person quotes stand in the source, for items the compiler did not find."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from bilan.plan.ids import squeeze
from bilan.plan.model import CompiledPlan, Spanned
from bilan.plan.workbook.sheets import source_words

Span = tuple[int, int]


def locate(plan: CompiledPlan, quote: str, text: str | None = None, within: Span | None = None) -> Span | None:
    """Return start and end of the quote in the source, or None where it does not stand there.

    Whitespace is ignored on both sides, because copying from a page adds and loses it. Of several places the first
    inside ``within`` wins, else the first. Without any source text (``text``, else the plan's own) the quote is looked
    for in the headings, quotes and measures that the plan carries with their spans.
    """
    text = text if text is not None else plan.source.text
    pieces = [(0, text)] if text is not None else list(_pieces(plan))
    found = sorted({span for start, words in pieces for span in _spans(words, quote, start)})
    inside = [span for span in found if within and within[0] <= span[0] and span[1] <= within[1]]
    return next(chain(inside, found), None)


def _pieces(plan: CompiledPlan) -> Iterator[tuple[int, str]]:
    items: chain[Spanned] = chain(plan.targets, plan.measures, plan.tasks, plan.projects)
    for item in items:
        words = getattr(item, "quote", None) or getattr(item, "text", None) or source_words(plan, item)
        if len(words) == item.end - item.start:  # else its characters are not those of the source
            yield item.start, words


def _spans(text: str, quote: str, offset: int) -> Iterator[Span]:
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for letter in squeeze(character):
            letters.append(letter)
            places.append(place)
    wanted, squeezed = squeeze(quote), "".join(letters)
    at = squeezed.find(wanted) if wanted else -1
    while at >= 0:
        yield offset + places[at], offset + places[at + len(wanted) - 1] + 1
        at = squeezed.find(wanted, at + 1)
