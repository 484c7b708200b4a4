"""Readings of indicators without a monitor: what was reported, what the parts say, and where the two differ.

See Also: ``bilan.observe.statistics_report``, which says which of several reports stands; ``formulas.csv`` of the
policy, which holds the formulas.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from bilan.evaluate.reading import Inputs, Reading, subject
from bilan.evaluate.statistics import words
from bilan.evaluate.statistics.arithmetic import Rounded
from bilan.evaluate.statistics.computed import Computed, Known, computed
from bilan.evaluate.told import Quoted, Told, tell
from bilan.observe.statistics import Reports, Statistics
from bilan.observe.statistics_report import Report
from bilan.policy import Indicator, Region

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend

    from bilan.observe import Lake
    from bilan.periods import Period

REPORTS, PARTS = Quoted("统计报送"), Quoted("分项")  # what a reading used
_MANY = 6  # parts of a formula that are named when they are missing

_STATISTICS: WeakKeyDictionary[Lake, Statistics] = WeakKeyDictionary()


def statistics_reading(
    indicator: Indicator,
    lake: Lake,
    backend: SQLBackend,
    region: Region,
    period: Period,
    *,
    known_at: datetime | None = None,
) -> Reading:
    """Return the reading of ``indicator`` from the reports in ``lake``, in the unit of the indicator.

    The report that stands is the value, as reported. Without one the value is computed by the official formula, rounded
    by GB/T 8170, if its parts were reported. Where both are there and differ by more than the rounding of all that was
    printed, the reported one holds and ``unverified`` names both. ``completeness`` says preliminary or final. Only
    reports about ``region`` itself count: rates of its parts have no sum.
    """
    del backend  # nothing to compute in an engine
    reports = reports_of(lake)
    return reading_from(reports, indicator, region, period, known_at=known_at, lake_version=lake.version)


def reports_of(lake: Lake) -> Reports:
    """Return every report in ``lake``, read again only when something was added; for many readings take it once."""
    return _statistics(lake).reports()


def reports_version(lake: Lake) -> int:
    """Return the number of the last commit to the reports in ``lake``, -1 where there are none; reads none of them."""
    return _statistics(lake).version


def reports_identity(lake: Lake) -> str:
    """Return what tells the reports in ``lake`` from any others: when they were deleted and taken in anew, too."""
    return f"{_statistics(lake).id} {reports_version(lake)}"


def _statistics(lake: Lake) -> Statistics:
    if lake not in _STATISTICS:
        _STATISTICS[lake] = Statistics.of(lake)
    return _STATISTICS[lake]


def reading_from(
    reports: Reports,
    indicator: Indicator,
    region: Region,
    period: Period,
    *,
    known_at: datetime | None = None,
    lake_version: int | None = None,
    explained: bool = True,
) -> Reading:
    """Return the reading of ``indicator`` as :func:`statistics_reading` does, from ``reports`` that are at hand.

    Not ``explained`` it has no ``steps``: sentences cost more than the figure.
    """
    about = subject(indicator, region, period, known_at=known_at, lake_version=lake_version)
    found = reports.of(indicator.code, region.id, period, known_at)
    made = computed(indicator.code, period, Known(reports, region.id, known_at))
    done = [outcome for outcome in made if outcome.figure is not None]
    if found:
        steps = tuple(_steps(found, done)) if explained else ()
        return _reported(about, indicator, found, done, steps)
    if done:
        return _computed(about, indicator, done)
    return Reading(**about, value=None, reason=_why_not(made))


def _told_apart(found: list[Report]) -> tuple[Report, list[Report], list[Report]]:
    """The report that stands, those that it superseded, and stragglers that came after it."""
    stands, *others = found
    late = [report for report in others if report.came > stands.came]
    return stands, [report for report in others if report not in late], late


def _steps(found: list[Report], done: list[Computed]) -> Iterator[Told]:
    stands, earlier, late = _told_apart(found)
    yield words.said(stands)
    yield from (words.superseded(report) for report in earlier)
    yield from (words.straggler(report) for report in late)
    for outcome in done:
        yield tell("step.by_parts", statement=Quoted(outcome.formula.statement))
        yield from outcome.steps


def _reported(
    about: dict[str, Any], indicator: Indicator, found: list[Report], done: list[Computed], steps: tuple[Told, ...]
) -> Reading:
    stands, earlier, late = _told_apart(found)
    doubts: list[Told] = []
    for outcome in done:
        figure = Rounded.printed(stands.value, stands.step)
        doubts += _contradiction("doubt.reported", stands.value, figure, outcome, indicator)
        doubts += _unverified(outcome)
    return Reading(
        **about,
        value=stands.value,
        completeness=words.status(stands),
        preliminary=int(stands.status == "preliminary"),
        method=tell("method.as_reported"),
        standards=(Quoted(indicator.standard),) if indicator.standard else (),
        used=(Inputs(REPORTS, 1), *_parts_used(done)),
        left_out=(
            *((Inputs(REPORTS, len(earlier), tell("reason.superseded")),) if earlier else ()),
            *((Inputs(REPORTS, len(late), tell("reason.straggler")),) if late else ()),
        ),
        steps=steps,
        unverified=tuple(dict.fromkeys(doubts)),
    )


def _computed(about: dict[str, Any], indicator: Indicator, done: list[Computed]) -> Reading:
    first, *others = done
    assert first.figure is not None
    doubts = _unverified(first)
    for other in others:
        doubts += _contradiction("doubt.computed", first.value, first.figure, other, indicator) + _unverified(other)
    preliminary = sum(part.status == "preliminary" for part in first.parts)
    complete = "complete.computed_preliminary" if preliminary else "complete.computed_final"
    return Reading(
        **about,
        value=first.value,
        completeness=tell(complete, parts=len(first.parts), preliminary=preliminary),
        preliminary=preliminary,
        method=tell("method.computed", statement=Quoted(first.formula.statement)),
        standards=(Quoted(first.formula.source),),
        used=_parts_used([first]),
        steps=(*first.steps, tell("step.rounded", value=str(first.value))),
        unverified=tuple(dict.fromkeys(doubts)),
    )


def _contradiction(
    code: str, value: Decimal | None, figure: Rounded, outcome: Computed, indicator: Indicator
) -> list[Told]:
    """One line where ``figure`` and what was computed cannot be one number, however all of it was rounded."""
    if value is None or outcome.figure is None or outcome.value is None or figure.agrees(outcome.figure):
        return []
    shown, other = (words.amount(one, indicator.unit) for one in (value, outcome.value))
    return [tell(code, shown=shown, other=other, statement=Quoted(outcome.formula.statement))]


def _unverified(outcome: Computed) -> list[Told]:
    formula = outcome.formula
    if formula.verified:
        return []
    return [tell("doubt.formula", statement=Quoted(formula.statement), source=Quoted(formula.source))]


def _parts_used(done: list[Computed]) -> tuple[Inputs, ...]:
    parts = {id(part) for outcome in done for part in outcome.parts}
    return (Inputs(PARTS, len(parts)),) if parts else ()


def _why_not(made: list[Computed]) -> Told:
    """Why there is no value: nothing reported and, where a formula has some of its parts, what it lacks."""
    nothing = tell("reason.not_reported")
    begun = next((outcome for outcome in made if outcome.parts), None)
    if begun is None:
        return nothing
    if begun.zero:
        return tell("reason.divisor_zero", not_reported=nothing, parts=begun.zero)
    code = "reason.more_parts_missing" if len(begun.missing) > _MANY else "reason.parts_missing"
    return tell(code, not_reported=nothing, parts=begun.missing[:_MANY], count=len(begun.missing))
