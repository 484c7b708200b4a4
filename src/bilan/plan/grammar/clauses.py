"""Sentences and clauses of a paragraph, with titles, quoted names and brackets taken out of the grammar's way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

HIDDEN = "\x00"  # stands for a character the grammar must not read
TITLE = "\x01"  # stands for a character of a title
_TITLE = re.compile(r"《[^《》]{1,80}》")
_QUOTED = re.compile(r"[“\"][^“”\"\n]{1,24}[”\"]")
_THOUSANDS = re.compile(r",\d{3}(?!\d)")
_NOTES = re.compile(
    r"(?<=\))?GB/T ?\d+(?:-\d+)?|〔20\d\d〕\d+号|\[20\d\d\]\d+号|第\d+(?=[号条章次届轮批期])"
    r"|[A-Z]{1,3}\d{1,4}(?=高速|国道|省道|线)"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """``start:end`` in the paragraph's text; ``text`` has the same length, brackets hidden."""

    start: int
    end: int
    text: str
    sentence: int
    inner: bool = False  # the content of a bracket in the clause before


def hide(text: str) -> str:
    """``text`` with titles, the digits of quoted names, document numbers hidden; the length stays.

    >>> hide("按照《方案(2018-2030年)》,“135”出行").count(HIDDEN)
    3
    """
    text = _TITLE.sub(lambda m: TITLE * len(m[0]), text)
    text = _QUOTED.sub(lambda m: re.sub(r"\d|百分之百", lambda d: HIDDEN * len(d[0]), m[0]), text)
    return _NOTES.sub(lambda m: HIDDEN * len(m[0]), text)


def clauses(text: str) -> Iterator[Clause]:
    """The clauses of one paragraph in order; a bracket that holds numbers follows its clause as an inner one."""
    sentence = 0
    start = 0
    depth = 0
    brackets: list[tuple[int, int]] = []
    opened = 0
    for i, c in enumerate(text + "。"):
        if c == "(":
            if depth == 0:
                opened = i
            depth += 1
        elif c == ")" and depth:
            depth -= 1
            if depth == 0:
                brackets.append((opened, i + 1))
        if c == "," and text[i - 1 : i].isdigit() and _THOUSANDS.match(text, i):
            continue
        if c not in ",;:。!?" or (depth and c != "。") or (c == ":" and text[i - 1 : i].isdigit()):
            continue
        if i > start:
            yield from _clause(text, start, i, brackets, sentence)
        start, brackets = i + 1, []
        if c in "。!?":
            sentence += 1
            depth = 0


def _clause(text: str, start: int, end: int, brackets: list[tuple[int, int]], sentence: int) -> Iterator[Clause]:
    shown = text[start:end]
    for a, b in brackets:
        shown = shown[: a - start] + HIDDEN * (b - a) + shown[b - start :]
    yield Clause(start, end, shown, sentence)
    for a, b in brackets:
        if re.search(r"\d", text[a:b]):
            at = a + 1
            for piece in re.split(r"([,;:])", text[a + 1 : b - 1]):
                if piece and piece not in ",;:":
                    yield Clause(at, at + len(piece), piece, sentence, inner=True)
                at += len(piece)
