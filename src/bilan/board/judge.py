"""Judging one target: its question, the figure at hand, what may become of it, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from bilan.board.answer import Answer, answer
from bilan.board.cases import Case, by_code
from bilan.board.facts import Facts, Figure, Matter
from bilan.board.facts_decline import DECLINES
from bilan.board.facts_water import CODES as WATER
from bilan.board.goal import Goal, Unjudged, goal_or_why, printed_baseline
from bilan.board.model import Asked, Said
from bilan.board.outdated import is_outdated
from bilan.board.question import Question, baseline_entry, baseline_of, question_of
from bilan.board.span_reports import with_year_of
from bilan.board.spans import Span, base_year, baseline_period, first_year, span_of
from bilan.board.status import Status, status_rule
from bilan.board.texts import Value, said
from bilan.foresee.attainment import Outlook
from bilan.foresee.room_limits import Limit
from bilan.periods import Period
from bilan.policy.quotation import within_quotes
from bilan.policy.statistics import regions_by_id

if TYPE_CHECKING:
    from bilan.board.entries import Entries, Entry
    from bilan.board.evidence import Evidence
    from bilan.foresee.room import Room
    from bilan.plan.model import CompiledPlan, Target
    from bilan.policy import Indicator

Baseline: TypeAlias = tuple[int | None, Decimal | None]  # year and figure
# Of a figure: indicator, region, sections or scope, season, year.
Subject: TypeAlias = tuple[str, str | None, frozenset[str] | str | None, str | None, int | None]
_WHOLE = ("全省", "全市", "全区", "全县", "全域")
_OPEN = ("on_course", "at_risk")  # judgements that a due date ends


@dataclass(frozen=True)
class Found:
    """What a row says beyond the words of the plan; ``reason`` is a rule of the status table or what is missing."""

    status: Status
    reason: str
    words: Said
    span: Span | None = None
    figure: Figure | None = None
    baseline: Baseline = (None, None)
    question: Question | None = None
    answer: Answer | None = None
    room: Room | None = None
    chance: Outlook | None = None
    asked: Asked = "goal"  # of what room and chance are


@dataclass(frozen=True)
class Judge:
    """Judges cases of ``plan`` on the evening of ``as_of`` by ``evidence`` and what people decided."""

    plan: CompiledPlan
    evidence: Evidence
    entries: Entries
    as_of: date
    _spans: dict[tuple[str, str], Span | Unjudged] = field(default_factory=dict)
    _made: dict[tuple[str, tuple[Period, ...] | None], Span | Unjudged] = field(default_factory=dict)
    _goals: dict[str, Goal | Unjudged] = field(default_factory=dict)
    _judged_cases: dict[tuple[str, str], Found] = field(default_factory=dict)

    def found(self, case: Case) -> Found:
        """Return what there is to say about ``case``."""
        key = _key(case)
        if key not in self._judged_cases:
            self._judged_cases[key] = self._by_person(case, self._found(case))
        return self._judged_cases[key]

    def goal(self, case: Case) -> Goal | Unjudged:
        """Return what the target asks as the plan says it, or why no figure can answer it; one for all its regions."""
        if case.target.id not in self._goals:
            self._goals[case.target.id] = goal_or_why(case.target, case.indicator)
        return self._goals[case.target.id]

    def limits(self, case: Case) -> tuple[Limit, ...]:
        """Return the goal of ``case`` as levels of its figure; none where nobody can say."""
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
            year = span.period.first.year - 1 if span.every else base_year(case.target, self.plan.plan)
            day = self.evidence.air.arrived(matter).as_of
            needed = [span.period.to_date(day), span.period.months_to(day)]
            needed += [None if year is None else baseline_period(span, year)]
        return [period for period in needed if period is not None and period.first <= self.as_of]

    def _span(self, case: Case) -> Span | Unjudged:
        """One for all regions of which the same periods have been reported."""
        reported = self._reported(case)
        key = case.target.id, None if reported is None else tuple(reported)
        if key not in self._made:
            try:
                self._made[key] = span_of(case.target, case.indicator, self.plan.plan, self.as_of, reported)
            except Unjudged as missing:
                self._made[key] = missing
        return self._made[key]

    def _reported(self, case: Case) -> list[Period] | None:
        """The periods with a report, None for what monitors measure and what people enter."""
        if case.region is None or case.indicator is None:
            return None
        if not self.evidence.is_reported(case.indicator, case.region):
            return None
        if self.evidence.entered.has(case.target, case.region, self.as_of):
            return None
        year = base_year(case.target, self.plan.plan)
        first = date(self.as_of.year - 1 if year is None else year, 1, 1)
        return self.evidence.reported.periods(case.indicator, case.region, first, self.as_of)

    def _found(self, case: Case) -> Found:
        span = self.span(case)
        if isinstance(span, Unjudged):
            return self._lacking(case, span.why)
        if case.region is None:
            return self._lacking(case, "no_region" if case.lost else "no_region_named", span)
        matter = Matter(case.target, case.indicator, case.region, span, self.as_of)
        facts = self.evidence.of(matter)
        figure, since = self.evidence.figure(matter), self._since(case, span)
        if figure.source == "entered" and figure.period is not None:
            span = with_year_of(span, figure.period, since, self.as_of)
            matter = replace(matter, span=span)
        baseline = self._baseline(case, matter, facts)
        try:
            question = self._question(case, span, figure, baseline)
        except Unjudged as missing:
            return self._lacking(case, missing.why, span, figure, baseline)
        if figure.lack is not None or figure.value is None or span.unreported:
            lack = "not_reported" if span.unreported else figure.lack or "no_data"
            return self._lacking(case, lack, span, figure, baseline, question)
        if is_outdated(question, span, figure, self.as_of, since):
            return self._lacking(case, "not_reported", span, figure, baseline, question)
        return self._judged(matter, facts, figure, baseline, question)

    def _judged(
        self,
        matter: Matter,
        facts: Facts | None,
        figure: Figure,
        baseline: Baseline,
        question: Question,
    ) -> Found:
        assert figure.value is not None
        # What is reported has rooms until the target is due, of a decline over all years to come; a monitor one of the
        # period at hand.
        asked: Asked = "goal" if matter.span.last or facts is self.evidence.reported else "step"
        limit = _one_limit(question, asked)
        open_yet = facts is not None and limit is not None and not matter.span.ended(self.as_of)
        room = facts.room(matter, limit) if facts and limit and open_yet else None
        chance = facts.chance(matter, limit) if facts and limit and open_yet else None
        probability = None if chance is None else chance.probability
        found = answer(question, matter.span, self.as_of, figure.value, room=room, chance=probability)
        rule = status_rule(found.rule)
        words = Said(zh=rule.zh, en=rule.en)
        return Found(
            found.status, rule.rule, words, matter.span, figure, baseline, question, found, room, chance, asked
        )

    def _question(self, case: Case, span: Span, figure: Figure, baseline: Baseline) -> Question:
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
            asked=self.goal(case),
        )

    def _baseline(self, case: Case, matter: Matter, facts: Facts | None) -> Baseline:
        """The baseline as the plan or a person says it, else its figure in the data: of a time that is all over."""
        year, value = baseline_of(
            case.target, case.indicator, self.plan.plan, matter.span, self.as_of, self.entries, _home(case)
        )
        if value is None:
            value = self._lent(case, year)
        if value is not None or year is None or facts is None or facts is self.evidence.entered:
            return year, value
        asked = baseline_period(matter.span, year)
        if asked.last > self.as_of:
            return year, None
        found = facts.figure(matter.over(asked))
        whole = found.period is not None and (found.period.first, found.period.last) == (asked.first, asked.last)
        return year, found.value if whole and not found.lack else None

    def baseline_entry(self, case: Case) -> Entry | None:
        """Return the baseline that somebody entered for ``case``."""
        span = self.found(case).span
        return None if span is None else baseline_entry(case.target, span, self.as_of, self.entries, _home(case))

    def prints_baseline(self, case: Case) -> bool:
        """Return whether the baseline of ``case`` is one that the plan prints, for its target or one about the same."""
        year, value = self.found(case).baseline
        return value is not None and case.whole and self._lent(case, year) == value

    def _lent(self, case: Case, year: int | None) -> Decimal | None:
        """What the plan prints of the year for this or any other target about the same; nothing for a part of it."""
        if not case.whole or case.indicator is None:
            return None
        return self._printed.get(self._subject(case.target, case.indicator, year))

    def _since(self, case: Case, span: Span) -> int | None:
        """The first year whose figures say something of the target: what comes after its baseline, or its plan's."""
        if span.every is not None:
            return first_year(self.plan.plan)
        base = base_year(case.target, self.plan.plan)
        return None if base is None else base + 1

    def _by_person(self, case: Case, found: Found) -> Found:
        """What nothing else can judge is as a person judged it last."""
        if found.status != "cannot_be_judged":
            return found
        entry = self._judgement(case, found.span)
        if entry is None or entry.status is None or self._is_outdated(entry, found.span):
            return found
        code = "missing.judged_so" if entry.status == "cannot_be_judged" else "judged.by_person"
        words = said(code, by=entry.by, on=entry.on, reason=entry.reason)
        return replace(found, status=entry.status, reason="by_person", words=words)

    def _is_outdated(self, entry: Entry, span: Span | None) -> bool:
        """Whether somebody said how it goes before it was due, and now it is over."""
        return span is not None and span.ended(self.as_of) and entry.status in _OPEN

    @cached_property
    def _printed(self) -> Mapping[Subject, Decimal]:
        """The baselines that the plan prints: one holds for every target about the same."""
        found: dict[Subject, Decimal] = {}
        for target in self.plan.targets:
            indicator = by_code().get(target.indicator or "")
            value = None if indicator is None else printed_baseline(target, indicator)
            if indicator is not None and value is not None:
                found.setdefault(self._subject(target, indicator, base_year(target, self.plan.plan)), value)
        return found

    def _subject(self, target: Target, indicator: Indicator, year: int | None) -> Subject:
        """What the figure of a year is about: the indicator, where, and in which season."""
        named = self.evidence.water.names(target).sections if indicator.code in WATER else None
        scope = None if _is_region(target) else target.scope
        return indicator.code, target.region, named if named is not None else scope, target.season, year

    def _judgement(self, case: Case, span: Span | None) -> Entry | None:
        years = (None,) if span is None else (span.year, None)
        told = [
            entry
            for year in years
            if (entry := self.entries.latest(case.target.id, "judgement", self.as_of, year, case.district)) is not None
        ]
        return max(told, key=lambda entry: (entry.on, entry.line), default=None)

    def _lacking(
        self,
        case: Case,
        why: str,
        span: Span | None = None,
        figure: Figure | None = None,
        baseline: Baseline = (None, None),
        question: Question | None = None,
    ) -> Found:
        indicator = case.indicator
        values: dict[str, Value] = {
            "year": baseline[0] if baseline[0] is not None else base_year(case.target, self.plan.plan),
            "goal_unit": case.target.unit or "",
            "indicator_unit": indicator.unit if indicator else "",
            "season": case.target.season or "",
            "name": Said(zh=within_quotes(case.target.name), en=case.target.name),
            "region": case.region.name if case.region else case.lost or "",
            "indicator": Said(zh=indicator.name, en=indicator.name_en) if indicator else case.target.name,
            "period": str(_awaited(span)) if span else "",
            "detail": figure.detail if figure else "",
            "scope": case.target.scope or "",
        }
        words = said(f"missing.{why}", **values)
        if why == "qualitative":  # what the words ask has no figure, now or in the base year
            figure, baseline = None, (None, None)
        return Found("cannot_be_judged", why, words, span, figure, baseline, question)


def _is_region(target: Target) -> bool:
    """Whether the scope of the target is its region and nothing else: 全市, 清河市."""
    region = regions_by_id().get(target.region or "")
    return target.scope in _WHOLE or (region is not None and target.scope == region.name)


def _home(case: Case) -> str | None:
    """The id of the region whose decisions count: the district's, else the target's own."""
    return case.district or case.target.region


def _key(case: Case) -> tuple[str, str]:
    return case.target.id, case.region.id if case.region else ""


def _awaited(span: Span) -> Period:
    """The period of which a figure is missing."""
    return span.stands_for or span.period


def _one_limit(question: Question, asked: Asked) -> Limit | None:
    """The level that rooms and probabilities are of, None where there is none, or there are two."""
    limits = question.limits if asked == "goal" else question.step
    return limits[0] if limits is not None and len(limits) == 1 else None
