"""The chain of proof as steps of a page."""

from __future__ import annotations

from dataclasses import dataclass

from bilan.board.model import Explanation
from bilan.board.texts import phrase, said, spoken
from bilan.portal.core.speech import language

_INTERNAL = ("line.unverified",)  # what the office is not sure of is its own business


@dataclass(frozen=True)
class Step:
    """One link: its code, its heading and its lines."""

    code: str
    heading: str
    lines: list[str]


def steps(explanation: Explanation, *, public: bool) -> list[Step]:
    """Return the chain in the language of the page; a public one without doubts of the office."""
    found = []
    for link in explanation.chain:
        told = [spoken(line, language()) for line in link.lines]
        if public:
            told = [line for line in told if not _internal(line)]
        found.append(Step(link.step, phrase(f"step.{link.step}", language()), told))
    return found


def _internal(line: str) -> bool:
    return any(line.startswith(_beginning(code)) for code in _INTERNAL)


def _beginning(code: str) -> str:
    """The words of a sentence before what is put into it."""
    mark = "\N{REPLACEMENT CHARACTER}"
    return spoken(said(code, what=mark), language()).partition(mark)[0]
