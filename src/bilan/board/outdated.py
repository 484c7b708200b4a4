"""Whether what was reported or entered is too old for an answer, which must then be asked for again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from bilan.board.standing import Standing
from bilan.board.verdict import verdict
from bilan.periods import Period

if TYPE_CHECKING:
    from bilan.board.facts import Figure
    from bilan.board.question import Question
    from bilan.board.spans import Span


def is_outdated(question: Question, span: Span, figure: Figure, as_of: date, since: int | None = None) -> bool:
    """Return whether ``figure`` was reported or entered too long before ``as_of`` to be judged, or for too little.

    Once the target is due, only what covers the end of its period counts: of a count the day it is due, of what was
    entered for a level some day of the period; what is of a later day proves nothing of the day it was due. Before, a
    figure stands as long as a report does (:meth:`bilan.board.standing.Standing.stands`), if it is of the year
    ``since`` or later, and of a count not of a time before it began. A count that has come to its goal, or beyond one
    that it was to stay below, cannot be undone and is never too old.
    """
    if figure.source == "monitored" or figure.value is None or figure.period is None:
        return False
    covered = figure.period.last
    if _is_before(span, covered, since) or (span.ended(as_of) and covered > span.period.last):
        return True
    if span.running and _is_settled(question, figure.value):
        return False
    if span.running and figure.source == "reported" and figure.period.first > span.period.first:
        return True  # nothing was reported of its beginning
    if span.ended(as_of):
        return covered < (span.period.last if span.running else span.period.first)
    return not Standing(Period.parse(f"{covered.year}"), covered).stands(as_of)


def _is_before(span: Span, covered: date, since: int | None) -> bool:
    """Whether the figure is of a time before that of the target: of its baseline, or of the last year's work."""
    return covered < span.period.first if span.running else since is not None and covered.year < since


def _is_settled(question: Question, count: Decimal) -> bool:
    found = verdict(question.limits, count, question.tolerances)
    return found.meets is (found.limit.side == "at_least")
