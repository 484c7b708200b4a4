"""The chain of proof as steps of a page."""

from __future__ import annotations

from dataclasses import dataclass

from bilan.board.model import Explanation
from bilan.board.texts import phrase, spoken
from bilan.portal.board.public import is_internal
from bilan.portal.core.speech import language


@dataclass(frozen=True)
class Step:
    """One link: its code, its heading and its lines."""

    code: str
    heading: str
    lines: list[str]


def steps(explanation: Explanation, *, public: bool) -> list[Step]:
    """Return the chain in the language of the page; a public one without what is internal."""
    spoken_here = language()
    return [
        Step(
            link.step,
            phrase(f"step.{link.step}", spoken_here),
            [spoken(line, spoken_here) for line in link.lines if not (public and is_internal(line, spoken_here))],
        )
        for link in explanation.chain
    ]
