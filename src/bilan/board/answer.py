"""The answer of a target on a day, from its question, the figure at hand, and what may become of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
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

    ``room`` and ``chance`` are those of the goal where the target is due with the period, else of the question's step.
    Before the last period they say nothing final: a year that is lost puts the goal at risk, and one that is safe keeps
    it on course. A goal in doubt, which has two readings, is judged where both give the same answer by the figure
    alone; room and chance are those of one of them and do not count.
    """
    if question.other is None:
        return _answer(question, span, as_of, figure, room, chance)
    found = _answer(question, span, as_of, figure, None, None)
    if found.status == _answer(question.other, span, as_of, figure, None, None).status:
        return found
    rule = decide(Situation(ended=span.ended(as_of), meets=None, agree=False))
    return replace(found, status=rule.status, rule=rule.rule)


def _answer(
    question: Question, span: Span, as_of: date, figure: Decimal, room: Room | None, chance: float | None
) -> Answer:
    goal = verdict(question.limits, figure, question.tolerances)
    step = None if question.step is None else verdict(question.step, figure)
    ended = span.ended(as_of)
    of_step = None if span.last else room
    found = decide(
        Situation(
            ended=ended,
            meets=False if goal.meets is None and not ended and question.goal.names_nothing else goal.meets,
            room=_state(room, question, span, goal) if span.last else None,
            chance=chance if of_step is None or not (of_step.safe or of_step.impossible) else None,
            path=_path(step, of_step) if question.on_course or not span.last else None,
        )
    )
    return Answer(found.status, found.rule, goal, step)


def _state(room: Room | None, question: Question, span: Span, goal: Verdict) -> State | None:
    """The room as the rules see it: work that is done stays done, and a goal of all or nothing never had any room."""
    if span.running and goal.meets and goal.limit.side == "at_least":
        return "safe"
    if room is None or room.never_any or (room.exhausted and question.goal.all_or_nothing):
        return None
    if room.impossible and question.tolerances is not None:  # the room is that of the number, a vague goal reaches on
        return None
    return room.state


def _path(step: Verdict | None, room: Room | None) -> Path | None:
    """How the period goes: as its room says where that is certain, else as its figure stands to the course."""
    if room is not None and (room.safe or room.impossible):
        return "ahead" if room.safe else "behind"
    if step is None:
        return None
    return "ahead" if step.meets else "behind"
