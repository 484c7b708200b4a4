"""A text that remembers where each of its characters came from.

Repairs change what is parsed, never what is quoted: :meth:`Mapped.span` leads from the repaired text back to the
characters of the source as issued.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from bilan.plan.model import Repair


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace ``start:end`` of the current text by ``new``; ``rule`` None leaves no trace in the repair list."""

    start: int
    end: int
    new: str
    rule: str | None


class Mapped:
    """``text`` with, per character, the source range it stands for.

    >>> m = Mapped("到202\\n2、5年").apply([Edit(4, 7, "", "page mark")])
    >>> m.text, m.span(1, 5)
    ('到2025年', (1, 8))
    >>> [(r.rule, r.before, r.after) for r in m.repairs]
    [('page mark', '\\n2、', '')]
    """

    __slots__ = ("_first", "_last", "repairs", "source", "text")

    def __init__(self, source: str) -> None:
        self.source = source
        self.text = source
        self._first = array("I", range(len(source)))
        self._last = array("I", range(1, len(source) + 1))
        self.repairs: list[Repair] = []

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The source range behind ``start:end`` of the text (which must not be empty)."""
        return self._first[start], self._last[end - 1]

    def printed(self, start: int, end: int) -> str:
        """``start:end`` as the source prints it (full-width marks and all) without what the repairs took out."""
        return "".join(
            self.source[a] if b - a == 1 else c
            for c, a, b in zip(self.text[start:end], self._first[start:end], self._last[start:end], strict=True)
        )

    def locate(self, position: int) -> int:
        """The first character of the text that stands for ``position`` of the source or for what follows it."""
        return bisect_left(self._first, position)

    def translate(self, table: dict[int, str]) -> Mapped:
        """Replace single characters by single characters, without a trace: a spelling, not a repair."""
        text = self.text.translate(table)
        if len(text) != len(self.text):
            raise ValueError("translate keeps the length")
        self.text = text
        return self

    def respell(self, pattern: re.Pattern[str], new: str) -> Mapped:
        """Like :meth:`translate`, for a pattern whose replacement has the same length."""
        text = pattern.sub(new, self.text)
        if len(text) != len(self.text):
            raise ValueError("respell keeps the length")
        self.text = text
        return self

    def apply(self, edits: Iterable[Edit]) -> Mapped:
        """Carry out the edits; of two that overlap the first one wins."""
        pieces: list[str] = []
        first, last = array("I"), array("I")
        at = 0
        for e in sorted(edits, key=lambda e: (e.start, e.end)):
            if e.start < at or self.text[e.start : e.end] == e.new:
                continue
            pieces.append(self.text[at : e.start])
            first.extend(self._first[at : e.start])
            last.extend(self._last[at : e.start])
            if e.end > e.start:
                a, b = self.span(e.start, e.end)
            else:
                a = b = self._first[e.start] if e.start < len(self.text) else len(self.source)
            if e.rule is not None:
                self.repairs.append(Repair(rule=e.rule, start=a, end=b, before=self.source[a:b], after=e.new))
            pieces.append(e.new)
            if len(e.new) == e.end - e.start:
                first.extend(self._first[e.start : e.end])
                last.extend(self._last[e.start : e.end])
            else:
                first.extend([a] * len(e.new))
                last.extend([b] * len(e.new))
            at = e.end
        pieces.append(self.text[at:])
        first.extend(self._first[at:])
        last.extend(self._last[at:])
        self.text, self._first, self._last = "".join(pieces), first, last
        return self
