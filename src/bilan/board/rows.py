"""The row of a board: what was found out about a target, in the published form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bilan.board.cases import Case
from bilan.board.decimals import level_of
from bilan.board.facts import Figure
from bilan.board.goal_words import form_of, goal_words
from bilan.board.model import Asked, Baseline, Chance, Level, RoomLeft, Row, Said
from bilan.board.pace import course_points
from bilan.board.question import Question
from bilan.board.spans import next_due
from bilan.evaluate.reading import doubts_of
from bilan.evaluate.told import tell
from bilan.foresee.attainment import Outlook
from bilan.foresee.room_limits import Limit
from bilan.policy.seasons import season
from bilan.policy.told import Quoted, Told, in_language

if TYPE_CHECKING:
    from bilan.board.judge import Found, Judge
    from bilan.board.units import Units
    from bilan.foresee.room import Room


def row_of(case: Case, judge: Judge, units: Units) -> Row:
    """Return the row of ``case`` as ``judge`` found it."""
    found = judge.found(case)
    target, figure, question, goal = case.target, found.figure, found.question, judge.goal(case)
    against, span = found.answer, found.span
    told: dict[str, Any] = {} if figure is None else _of_figure(figure)
    doubts = list(dict.fromkeys([*(figure.unverified if figure else ()), *_doubts(case, question)]))
    if against is not None:
        told |= {"gap": against.against_goal.gap}
        told |= {} if against.against_step is None else {"step_gap": against.against_step.gap}
    year, value = found.baseline
    return Row(
        target=target.id,
        region=case.region.id if case.region else None,
        region_name=case.region.name if case.region else None,
        scope=target.scope,
        name=target.name,
        quote=target.quote,
        indicator=target.indicator,
        form=form_of(target, case.indicator, goal),
        goal=goal_words(target, case.indicator, goal, year, question, figure.value if figure else None),
        limits=[] if question is None else _levels(question.limits),
        step=[] if question is None or question.step is None else _levels(question.step),
        soft=target.soft,
        nature=target.nature,
        status=found.status,
        reason=found.reason,
        reason_text=found.words,
        span=_judged(found),
        due=None if span is None else span.due,
        next_due=None if span is None else next_due(span, judge.as_of),
        every=None if span is None else span.every,
        baseline=None if year is None else Baseline(year=year, value=value),
        room=None if found.room is None else _room(found.room, found.asked),
        chance=None if found.chance is None else _chance(found.chance, found.asked),
        course={} if question is None or span is None else course_points(question, span),
        leads=units.leads(target),
        supports=units.supports(target),
        task=target.task,
        district=case.beside,
        unverified=[in_language(doubt, "zh") for doubt in doubts],
        unverified_en=[in_language(doubt, "en") for doubt in doubts],
        **told,
    )


def _judged(found: Found) -> str | None:
    """The period that the answer is about: that of the figure, else the one of which a figure is awaited."""
    if found.span is None:
        return None
    return str(found.span.period if found.answer is not None else found.span.stands_for or found.span.period)


def _doubts(case: Case, question: Question | None) -> Iterator[Told]:
    """What is not sure about the goal itself: its words, the months of its season, the table of its standard."""
    if question is not None and question.goal.doubt is not None:
        yield tell(f"doubt.{question.goal.doubt}")
    months = season(case.target.season) if case.target.season else None
    if months is not None and months.unverified:
        yield tell("doubt.season", season=Quoted(months.name))
    if question is not None and question.standard is not None:
        yield from doubts_of(question.standard)


def _of_figure(figure: Figure) -> dict[str, Any]:
    return {
        "figure": figure.value,
        "unit": figure.unit,
        "source": figure.source,
        "period": None if figure.period is None else str(figure.period),
        "completeness": figure.completeness,
        "preliminary": figure.preliminary,
        "official": figure.final,
        "simulated": figure.simulated,
    }


def _levels(limits: Sequence[Limit]) -> list[Level]:
    return [Level(sign=limit.sign, value=level_of(limit.value)) for limit in limits]


def _room(room: Room, asked: Asked) -> RoomLeft:
    return RoomLeft(
        asked=asked,
        state=room.state,
        code=room.code,
        amount=None if room.amount is None else Decimal(room.amount),
        unit=room.unit,
        per=None if room.per is None else Decimal(room.per),
        per_unit=room.per_unit,
        text=Said(zh=room.sentence("zh"), en=room.sentence("en")),
    )


def _chance(found: Outlook, asked: Asked) -> Chance:
    return Chance(
        asked=asked,
        probability=found.probability,
        reason=found.reason,
        level=found.level,
        low=found.low,
        middle=found.middle,
        high=found.high,
        held=found.held,
        tried=found.tried,
        years=found.years,
    )
