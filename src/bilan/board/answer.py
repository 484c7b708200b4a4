"""The answer of a target on a day, from its question, the figure at hand, and what may become of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bilan.board.question import Question
from bilan.board.spans import Span
from bilan.board.status import Path, Situation, Status, decide
from bilan.board.verdict import Verdict, verdict
from bilan.foresee.room import Room, State


@dataclass(frozen=True, slots=True)
class Answer:
    """``status``, the ``rule`` that gave it, and how the figure stands to the goal and to the step of its period."""

    status: Status
    rule: str
    against_goal: Verdict
    against_step: Verdict | None = None


def answer(
    question: Question,
    span: Span,
    as_of: date,
    figure: Decimal,
    *,
    room: Room | None = None,
    chance: float | None = None,
) -> Answer:
    """Return the answer for the published ``figure`` of the part of ``span`` up to ``as_of``.

    ``room`` and ``chance`` are those of the question's step. Before the last period they say nothing final: a year that
    is lost puts the goal at risk, and one that is safe keeps it on course.
    """
    goal = verdict(question.limits, figure, vague=question.goal.vague)
    step = None if question.step is None else verdict(question.step, figure)
    ended = span.ended(as_of)
    found = decide(
        Situation(
            ended=ended,
            meets=False if goal.meets is None and not ended and goal.limit.value == 0 else goal.meets,
            room=_state(room, span, goal) if room is not None and span.last else None,
            chance=chance if room is None or span.last or not (room.safe or room.impossible) else None,
            path=None if span.last else _path(step, room),
        )
    )
    return Answer(found.status, found.rule, goal, step)


def _state(room: Room, span: Span, goal: Verdict) -> State | None:
    """The room as the rules see it: work that is done stays done, and a goal of all or nothing never had any room."""
    if room.state == "reached" and span.running:
        return "safe"
    return None if room.exhausted and goal.limit.value in (0, 100) else room.state


def _path(step: Verdict | None, room: Room | None) -> Path | None:
    """How the period goes: as its room says where that is certain, else as its figure stands to the course."""
    if room is not None and (room.safe or room.impossible):
        return "ahead" if room.safe else "behind"
    if step is None:
        return None
    return "ahead" if step.meets else "behind"
