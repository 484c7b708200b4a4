"""The figures of a target's earlier periods: what the line of a sparkline and of a trajectory is drawn through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TypeAlias

from bilan.board.boards import Making
from bilan.board.cases import Case
from bilan.board.facts import Matter
from bilan.board.facts_decline import DECLINES
from bilan.board.goal import Unjudged
from bilan.board.spans import baseline_period
from bilan.periods import Period

History: TypeAlias = Sequence[tuple[str, Decimal | None]]
YEARS = 5  # before the period at hand


def history(made: Making) -> Iterator[tuple[Case, History]]:
    """Yield every case of a whole with the figures of its earlier periods, oldest first, None where one is missing.

    What counts work from the beginning of the plan, and declines, whose period begins with their base, have none, nor
    has what is asked in words alone: the indicator that it comes near to says nothing of it.
    """
    since = _first_year(made)
    asked = [(case, matter, list(_earlier(matter, since))) for case, matter in _matters(made)]
    air = {str(one): one for _case, matter, past in asked if _rests_on_air(made, matter) for one in past}
    made.prepare(list(air.values()))
    for case, matter, past in asked:
        facts = made.evidence.of(matter)
        if facts is None:
            continue
        figures = [facts.figure(matter.over(period)) for period in past]
        told = [(str(period), None if one.lack else one.value) for period, one in zip(past, figures, strict=True)]
        while told and told[0][1] is None:
            told.pop(0)
        if told:
            yield case, told


def _matters(made: Making) -> Iterator[tuple[Case, Matter]]:
    for case in made.cases:
        span = made.judge.span(case)
        if case.beside or case.region is None or case.indicator is None or isinstance(span, Unjudged):
            continue
        if case.target.value_kind == "qualitative":
            continue
        if not span.running and case.indicator.code not in DECLINES and not case.indicator.code.endswith("decline"):
            yield case, Matter(case.target, case.indicator, case.region, span, made.as_of)


def _earlier(matter: Matter, since: int) -> Iterator[Period]:
    year = matter.span.period.first.year
    for earlier in range(max(year - YEARS, since), year):
        yield baseline_period(matter.span, earlier)


def _first_year(made: Making) -> int:
    """The first year of which there can be a figure."""
    days = [file.first_day for file in made.lake.files()]
    days += [report.first for report in made.evidence.reported.reports.rows]
    return min(days, default=made.as_of).year


def _rests_on_air(made: Making, matter: Matter) -> bool:
    return matter.indicator is not None and made.evidence.rests_on_air(matter.indicator)
