"""One row of the board: the question of a target, the figure at hand, what may become of it, and the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bilan.board.answer import Answer, answer
from bilan.board.cases import Case
from bilan.board.facts import Facts, Figure, Matter
from bilan.board.facts_decline import DECLINES
from bilan.board.goal import Unjudged
from bilan.board.goal_words import form_of, goal_words
from bilan.board.model import Baseline, Chance, CoursePoint, Level, RoomLeft, Row, Said
from bilan.board.pace import course_points
from bilan.board.question import Question, baseline_of, question_of
from bilan.board.seasons import season
from bilan.board.spans import Span, base_year, baseline_period, next_due, span_of
from bilan.board.status import Status, status_rules
from bilan.board.texts import Value, said, spoken
from bilan.foresee.attainment import Outlook
from bilan.foresee.room_limits import Limit, as_decimal
from bilan.periods import Period

if TYPE_CHECKING:
    from bilan.board.entries import Entries, Entry
    from bilan.board.evidence import Evidence
    from bilan.board.units import Units
    from bilan.foresee.room import Room
    from bilan.plan.model import PlanInfo

_DIGITS = 4  # of a level that no decimal writes


@dataclass(frozen=True)
class Found:
    """What a row says beyond the words of the plan; ``reason`` is a rule of the status table or what is missing."""

    status: Status
    reason: str
    words: Said
    span: Span | None = None
    figure: Figure | None = None
    baseline: tuple[int | None, Decimal | None] = (None, None)
    question: Question | None = None
    answer: Answer | None = None
    room: Room | None = None
    chance: Outlook | None = None


@dataclass(frozen=True)
class Judge:
    """Judges cases of ``plan`` on the evening of ``as_of`` by ``evidence`` and what people decided."""

    plan: PlanInfo
    evidence: Evidence
    entries: Entries
    units: Units
    as_of: date
    _spans: dict[tuple[str, str], Span | Unjudged] = field(default_factory=dict)
    _made: dict[tuple[str, tuple[Period, ...] | None], Span | Unjudged] = field(default_factory=dict)
    _judged_cases: dict[tuple[str, str], Found] = field(default_factory=dict)

    def row(self, case: Case) -> Row:
        """Return the row of ``case``."""
        return _row(case, self.found(case), self)

    def found(self, case: Case) -> Found:
        """Return what there is to say about ``case``."""
        key = _key(case)
        if key not in self._judged_cases:
            self._judged_cases[key] = self._by_person(case, self._found(case))
        return self._judged_cases[key]

    def limits(self, case: Case) -> tuple[Limit, ...]:
        """Return the goal of ``case`` as levels; empty where it has none."""
        question = self.found(case).question
        return () if question is None else question.limits

    def span(self, case: Case) -> Span | Unjudged:
        """Return over which period the target is measured, or why nobody can say."""
        key = _key(case)
        if key not in self._spans:
            self._spans[key] = self._span(case)
        return self._spans[key]

    def periods(self, case: Case) -> list[Period]:
        """Return the periods whose figures the row of ``case`` needs, as far as its plan says them."""
        span = self.span(case)
        if isinstance(span, Unjudged) or case.region is None:
            return []
        matter = Matter(case.target, case.indicator, case.region, span, self.as_of)
        if matter.code in DECLINES:
            needed = self.evidence.declines.periods(matter)
        else:
            year = span.period.first.year - 1 if span.every else base_year(case.target, self.plan)
            needed = [span.period.to_date(self.as_of), span.period.months_to(self.as_of)]
            needed += [None if year is None else baseline_period(span, year)]
        return [period for period in needed if period is not None and period.first <= self.as_of]

    def _span(self, case: Case) -> Span | Unjudged:
        """One for all regions of which the same periods have been reported."""
        reported = self._reported(case)
        key = case.target.id, None if reported is None else tuple(reported)
        if key not in self._made:
            try:
                self._made[key] = span_of(case.target, case.indicator, self.plan, self.as_of, reported)
            except Unjudged as missing:
                self._made[key] = missing
        return self._made[key]

    def _reported(self, case: Case) -> list[Period] | None:
        """The periods with a report, None for what monitors measure and what people enter."""
        if case.region is None or case.indicator is None or self.evidence.is_monitored(case.indicator):
            return None
        if self.evidence.entered.has(case.target.id):
            return None
        year = base_year(case.target, self.plan)
        first = date(self.as_of.year - 1 if year is None else year, 1, 1)
        return self.evidence.reported.periods(case.indicator, case.region, first, self.as_of)

    def _found(self, case: Case) -> Found:
        span = self.span(case)
        if isinstance(span, Unjudged):
            return self._lacking(case, span.why)
        if case.region is None:
            return self._lacking(case, "no_region_named", span)
        matter = Matter(case.target, case.indicator, case.region, span, self.as_of)
        facts = self.evidence.of(matter)
        figure = self.evidence.figure(matter)
        baseline = self._baseline(case, matter, facts)
        try:
            question = self._question(case, span, figure, baseline)
        except Unjudged as missing:
            return self._lacking(case, missing.why, span, figure, baseline)
        if figure.lack is not None or figure.value is None or span.unreported:
            lack = "not_reported" if span.unreported else figure.lack or "no_data"
            return self._lacking(case, lack, span, figure, baseline, question)
        return self._judged(matter, facts, figure, baseline, question)

    def _judged(
        self,
        matter: Matter,
        facts: Facts | None,
        figure: Figure,
        baseline: tuple[int | None, Decimal | None],
        question: Question,
    ) -> Found:
        assert figure.value is not None
        limit = _one_limit(question, matter.span, to_the_end=facts is self.evidence.reported)
        open_yet = facts is not None and limit is not None and not matter.span.ended(self.as_of)
        room = facts.room(matter, limit) if facts and limit and open_yet else None
        chance = facts.chance(matter, limit) if facts and limit and open_yet else None
        probability = None if chance is None else chance.probability
        found = answer(question, matter.span, self.as_of, figure.value, room=room, chance=probability)
        rule = next(rule for rule in status_rules() if rule.rule == found.rule)
        words = Said(zh=rule.zh, en=rule.en)
        return Found(found.status, rule.rule, words, matter.span, figure, baseline, question, found, room, chance)

    def _question(
        self, case: Case, span: Span, figure: Figure, baseline: tuple[int | None, Decimal | None]
    ) -> Question:
        year, value = baseline
        start = None if year is None or value is None else (year, value)
        region = case.region.id if case.region else None
        district = region if case.district else case.target.region
        return question_of(
            case.target,
            case.indicator,
            span,
            self.as_of,
            self.entries,
            start,
            figure.decimals,
            district,
            until=figure.period.last if figure.period is not None and figure.source == "reported" else None,
        )

    def _baseline(self, case: Case, matter: Matter, facts: Facts | None) -> tuple[int | None, Decimal | None]:
        """The baseline as the plan or a person says it, else its figure in the data."""
        region = case.region.id if case.district and case.region else case.target.region
        year, value = baseline_of(case.target, case.indicator, self.plan, matter.span, self.as_of, self.entries, region)
        if value is not None or year is None or facts is None or facts is self.evidence.entered:
            return year, value
        found = facts.figure(matter.over(baseline_period(matter.span, year)))
        return year, None if found.lack else found.value

    def _by_person(self, case: Case, found: Found) -> Found:
        """What nothing else can judge is as a person judged it last."""
        if found.status != "cannot_be_judged":
            return found
        entry = self._judgement(case, found.span)
        if entry is None or entry.status is None:
            return found
        code = "missing.judged_so" if entry.status == "cannot_be_judged" else "judged.by_person"
        words = said(code, by=entry.by, on=entry.on, reason=entry.reason)
        return Found(
            entry.status, "by_person", words, found.span, found.figure, found.baseline, found.question, found.answer
        )

    def _judgement(self, case: Case, span: Span | None) -> Entry | None:
        years = (None,) if span is None else (span.year, None)
        regions = (case.district,) if case.district else (None, case.target.region)
        told = [
            entry
            for year in years
            for region in regions
            if (entry := self.entries.latest(case.target.id, "judgement", self.as_of, year, region)) is not None
        ]
        return max(told, key=lambda entry: (entry.on, entry.line), default=None)

    def _lacking(
        self,
        case: Case,
        why: str,
        span: Span | None = None,
        figure: Figure | None = None,
        baseline: tuple[int | None, Decimal | None] = (None, None),
        question: Question | None = None,
    ) -> Found:
        indicator = case.indicator
        values: dict[str, Value] = {
            "year": baseline[0] if baseline[0] is not None else base_year(case.target, self.plan),
            "goal_unit": case.target.unit or "",
            "indicator_unit": indicator.unit if indicator else "",
            "season": case.target.season or "",
            "name": case.target.name,
            "region": case.region.name if case.region else "",
            "indicator": Said(zh=indicator.name, en=indicator.name_en) if indicator else case.target.name,
            "period": str(_awaited(span)) if span else "",
            "detail": figure.detail if figure else "",
            "scope": case.target.scope or "",
        }
        words = said(f"missing.{why}", **values)
        figure = None if why == "qualitative" else figure  # what the words ask has no figure
        return Found("cannot_be_judged", why, words, span, figure, baseline, question)


def _key(case: Case) -> tuple[str, str]:
    return case.target.id, case.region.id if case.region else ""


def _awaited(span: Span) -> Period:
    """The period of which a figure is missing."""
    return span.stands_for or span.period


def _one_limit(question: Question, span: Span, *, to_the_end: bool) -> Limit | None:
    """What rooms and probabilities are of: the goal of the last period, before it the step of its course.

    ``to_the_end``: the room is that of all periods until the target is due, as of declines that are reported.
    """
    limits = question.limits if span.last or to_the_end else question.step
    return limits[0] if limits is not None and len(limits) == 1 else None


def _row(case: Case, found: Found, judge: Judge) -> Row:
    target, figure, question = case.target, found.figure, found.question
    against, span = found.answer, found.span
    told: dict[str, Any] = {} if figure is None else _of_figure(figure)
    doubts = [*(figure.unverified if figure else ()), *_doubts(case, question)]
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
        form=form_of(target, case.indicator),
        goal=goal_words(target, case.indicator, year, question),
        limits=[] if question is None else _levels(question.limits),
        step=[] if question is None or question.step is None else _levels(question.step),
        soft=target.soft,
        nature=target.nature,
        status=found.status,
        reason=found.reason,
        reason_text=found.words,
        due=None if span is None else span.due,
        next_due=None if span is None else next_due(span, judge.as_of),
        recurring=span is not None and span.every is not None,
        baseline=None if year is None else Baseline(year=year, value=value),
        room=None if found.room is None else _room(found.room),
        chance=None if found.chance is None else _chance(found.chance),
        course=_course(question, span),
        leads=judge.units.leads(target),
        supports=judge.units.supports(target),
        task=target.task,
        unverified=list(dict.fromkeys(doubts)),
        **told,
    )


def _doubts(case: Case, question: Question | None) -> Iterator[str]:
    """What is not sure about the goal itself: its words, the months of its season, the table of its standard."""
    if question is not None and question.goal.doubt is not None:
        yield spoken(said(f"doubt.{question.goal.doubt}"), "zh")
    months = season(case.target.season) if case.target.season else None
    if months is not None and months.unverified:
        yield spoken(said("doubt.season", season=case.target.season), "zh")
    if question is not None and question.standard is not None:
        yield from question.standard.doubts


def _of_figure(figure: Figure) -> dict[str, Any]:
    return {
        "figure": figure.value,
        "unit": figure.unit,
        "source": figure.source,
        "period": None if figure.period is None else str(figure.period),
        "completeness": figure.completeness,
        "official": figure.final,
        "simulated": figure.simulated,
    }


def _levels(limits: Sequence[Limit]) -> list[Level]:
    return [Level(sign=limit.sign, value=_shown(limit.value)) for limit in limits]


def _shown(value: Decimal | Fraction | int) -> Decimal:
    told = Decimal(as_decimal(value, _DIGITS))
    return told.quantize(Decimal(1)) if told == told.to_integral() else told.normalize()


def _room(room: Room) -> RoomLeft:
    return RoomLeft(
        state=room.state,
        code=room.code,
        amount=None if room.amount is None else Decimal(room.amount),
        unit=room.unit,
        per=None if room.per is None else Decimal(room.per),
        per_unit=room.per_unit,
        text=Said(zh=room.sentence("zh"), en=room.sentence("en")),
    )


def _chance(found: Outlook) -> Chance:
    return Chance(
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


def _course(question: Question | None, span: Span | None) -> list[CoursePoint]:
    if question is None or span is None:
        return []
    return [CoursePoint(period=period, value=value) for period, value in course_points(question, span)]
