"""Measures: the stretches of a task's text, each with the units that answer for it.

A bracket covers the text back to the bracket before it; what follows the last bracket of a sentence belongs to that
sentence's brackets, not to the next one; a bracket after a full stop covers everything since the bracket before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bilan.plan.grammar.responsibility import Answer

_EDGE = "。,;、:  \n()"
_STOP = re.compile(r"[。!?](?![”\"])|\n")


@dataclass(slots=True)
class Stretch:
    """``start:end`` of the text and the statements that answer for it."""

    start: int
    end: int
    answers: list[Answer]


def stretches(text: str, start: int, end: int, found: list[Answer]) -> Iterator[Stretch]:
    """The measures in ``text[start:end]``, one per sentence or per bracket, whichever is shorter.

    >>> from bilan.plan.grammar.responsibility import answers
    >>> t = "推广热泵(牵头单位:市住建局)和余热供暖(牵头单位:市工信局),压减散煤。改造管网(牵头单位:市城管局)。"
    >>> [(t[s.start:s.end], len(s.answers)) for s in stretches(t, 0, len(t), answers(t, 0, len(t)))]
    [('推广热泵', 1), ('和余热供暖', 1), ('压减散煤', 2), ('改造管网', 1)]
    """
    at = start
    sentence: list[Answer] = []
    stops = _stops(text, start, end, found)
    events = sorted([(a.start, 0, a) for a in found] + [(p, 1, None) for p in stops], key=lambda e: (e[0], e[1]))
    for where, _, answer in events:
        if answer is not None:
            yield from _sentences(text, at, where, [answer])
            at = answer.end
            sentence.append(answer)
        elif sentence:
            yield from _sentences(text, at, where, sentence)
            at, sentence = where + 1, []
    yield from _sentences(text, at, end, sentence)


def _stops(text: str, start: int, end: int, found: list[Answer]) -> Iterator[int]:
    """The ends of sentences that stand outside the statements of responsibility."""
    inside = iter(found)
    answer = next(inside, None)
    for m in _STOP.finditer(text, start, end):
        while answer is not None and answer.end <= m.start():
            answer = next(inside, None)
        if answer is None or m.start() < answer.start:
            yield m.start()


def _sentences(text: str, start: int, end: int, answered: list[Answer]) -> Iterator[Stretch]:
    at = start
    for stop in [*(m.start() for m in _STOP.finditer(text, start, end)), end]:
        a, b = at, stop
        while a < b and text[a] in _EDGE.replace("(", ""):
            a += 1
        while b > a and text[b - 1] in _EDGE.replace(")", ""):
            b -= 1
        if b - a >= 2 and re.search(r"[^\W\dA-Za-z_]", text[a:b]):
            yield Stretch(a, b, answered)
        at = stop + 1
