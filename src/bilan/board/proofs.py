"""The proof of a figure: the official readings that it was made from, and how it was made from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from bilan.board.boards import Making
from bilan.board.facts import Figure, Matter
from bilan.board.facts_decline import DECLINES
from bilan.board.facts_water import CODES as SECTIONS
from bilan.board.facts_water import counts, words_of
from bilan.evaluate.indicators import reading
from bilan.evaluate.reading import Inputs, Reading
from bilan.evaluate.told import NOTHING, Quoted, Told, span_told, tell
from bilan.evaluate.water.indicators import WATER
from bilan.periods import Period

if TYPE_CHECKING:
    from bilan.board.cases import Case

_ANY_WATER = "water.surface.good_ratio"  # classes of sections follow one set of tables


@dataclass(frozen=True, slots=True)
class Proof:
    """``readings`` of which the figure is made, and the last ``step`` that makes it, empty where one reading is all."""

    readings: tuple[Reading, ...] = ()
    step: Told = NOTHING

    @property
    def steps(self) -> list[Told]:
        """How the figure comes about, line by line; of several readings each line names its period."""
        if len(self.readings) == 1:
            return [*self.readings[0].steps, *([self.step] if self.step else [])]
        told = [tell("step.of", name=span_told(one.period), value=step) for one in self.readings for step in one.steps]
        return [*told, self.step] if self.step else told


def proof_of(made: Making, case: Case) -> Proof:
    """Return the proof of the figure of ``case``, computed apart from it; an empty one of what people entered."""
    found = made.judge.found(case)
    figure, span = found.figure, found.span
    if figure is None or figure.period is None or figure.source == "entered" or span is None:
        return Proof()
    assert case.region is not None and case.indicator is not None  # else there were no figure of data
    matter = Matter(case.target, case.indicator, case.region, span, made.as_of)
    if matter.code in DECLINES and figure.source == "monitored":
        return _of_decline(made, matter, figure)
    if matter.code in SECTIONS:
        return _of_sections(made, matter, figure, figure.period)
    if span.running:
        return _of_sum(made, matter, figure)
    return Proof((_read(made, matter, figure.period),))


def _read(made: Making, matter: Matter, period: Period, code: str | None = None) -> Reading:
    asked = (code or matter.code, made.lake, made.backend, matter.region, period)
    return reading(*asked, known_at=made.known_at, kept=made.kept)


def _of_sum(made: Making, matter: Matter, figure: Figure) -> Proof:
    """Each of the reports that are added up."""
    parts = tuple(_read(made, matter, period) for period in made.evidence.reported.chain(matter))
    values = [part.value for part in parts if part.value is not None]
    if len(values) < 2:
        return Proof(parts)
    return Proof(parts, Quoted(f"{' + '.join(map(_shown, values))} = {_shown(figure.value)}"))


def _of_decline(made: Making, matter: Matter, figure: Figure) -> Proof:
    """The concentration of both years, and what the one is less than the other."""
    now, base = made.evidence.declines.sides(matter)
    asked = [side.period for side in (now, base) if side is not None and side.period is not None]
    readings = tuple(_read(made, matter, period, DECLINES[matter.code]) for period in asked)
    if figure.value is None or base is None:
        return Proof(readings)
    step = f"100 ×（1 − {_shown(now.value)} ÷ {_shown(base.value)}）= {_shown(figure.value)}"
    return Proof(readings, Quoted(step))


def _of_sections(made: Making, matter: Matter, figure: Figure, period: Period) -> Proof:
    """The share of all sections of the region, or what those give that the target names."""
    water = made.evidence.water
    if matter.code in WATER and water.names(matter.target).sections is None:
        return Proof((_read(made, matter, period),))
    asked = water.asked(matter)
    sections = [section for section in water.water.sections(period) if section.station in asked]
    words = [(section, words_of(matter, section)) for section in sections]
    told = replace(
        _read(made, matter, period, _ANY_WATER),
        method=tell("method.sections"),
        used=(Inputs(tell("input.sections"), sum(1 for _, word in words if word)),),
        left_out=tuple(Inputs(Quoted(section.name), 1, Quoted(section.reason)) for section, word in words if not word),
        steps=tuple(tell("step.of", name=section.name, value=Quoted(word)) for section, word in words if word),
    )
    judged = [section for section in sections if section.number is not None]
    if matter.code not in WATER or not judged or figure.value is None:
        return Proof((told,))
    good = sum(counts(matter.code, section) for section in judged)
    return Proof((told,), Quoted(f"100 × {good} ÷ {len(judged)} = {_shown(figure.value)}"))


def _shown(value: Decimal | None) -> str:
    return "—" if value is None else format(value, "f")
