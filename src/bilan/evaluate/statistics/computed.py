"""An indicator computed by its official formulas from reported parts, as far as the parts are there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial

from bilan.evaluate.statistics import arithmetic, words
from bilan.evaluate.statistics.arithmetic import Numbers, Rounded, half_even, within
from bilan.evaluate.statistics.spans import base_and_now, days_in, price_base, years_of
from bilan.evaluate.told import Told, tell
from bilan.observe.statistics import Reports
from bilan.observe.statistics_report import Report
from bilan.periods import Period
from bilan.policy.statistics import BASE, Formula, formulas, reportables


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one region at one moment; figures are looked up in it."""

    reports: Reports
    region: str
    known_at: datetime | None

    def standing(self, code: str, period: Period) -> Report | None:
        """Return the report of a figure that stands."""
        return next(iter(self.reports.of(code, self.region, period, self.known_at)), None)


@dataclass(frozen=True, slots=True)
class Computed:
    """The outcome of one formula: ``figure`` to full precision, or None and what is in the way.

    ``missing`` are the figures that it lacks and ``zero`` those it would have to divide by, each as told to a person.
    """

    formula: Formula
    figure: Rounded | None = None
    parts: tuple[Report, ...] = ()
    steps: tuple[Told, ...] = ()
    missing: tuple[Told, ...] = ()
    zero: tuple[Told, ...] = ()

    @property
    def value(self) -> Decimal | None:
        """The figure as it would be published, rounded to the digits of the formula."""
        return None if self.figure is None else half_even(self.figure.value, self.formula.digits)


def computed(indicator: str, period: Period, known: Known) -> list[Computed]:
    """Return what each formula of ``indicator`` that can be asked about ``period`` makes of what is known.

    Formulas with a figure come first, then those of which some part is there, in the order of ``formulas.csv``.
    """
    made = [
        outcome
        for formula in formulas().get(indicator, ())
        if (outcome := _KINDS[formula.kind](formula, period, known))
    ]
    return sorted(made, key=lambda outcome: (outcome.figure is None, not outcome.parts))


@dataclass(slots=True)
class _Parts:
    """The parts of a formula while they are looked up."""

    known: Known
    found: list[Report] = field(default_factory=list)
    missing: list[Told] = field(default_factory=list)

    def take(self, codes: Sequence[str], period: Period) -> int:
        """Look up ``codes``; return how many there should be."""
        for code in codes:
            report = self.known.standing(code, period)
            if report:
                self.found.append(report)
            else:
                self.missing.append(words.figure(reportables()[code].name, period))
        return len(codes)


def _ratio(formula: Formula, period: Period, known: Known) -> Computed:
    parts = _Parts(known)
    above = parts.take(formula.numerator, period)
    parts.take(formula.denominator, period)

    def made(given: Numbers) -> Fraction:
        return arithmetic.ratio(_sum(given[:above]), _sum(given[above:]), formula.factor)

    def shown() -> list[Told]:
        return [words.quotient(parts.found[:above], parts.found[above:], formula.factor)]

    return _outcome(formula, parts, made, shown, [(code, period) for code in formula.denominator])


def _bod_load(formula: Formula, period: Period, known: Known) -> Computed:
    parts = _Parts(known)
    parts.take((*formula.numerator, *formula.denominator), period)
    days = days_in(period)

    def made(given: Numbers) -> Fraction:
        return arithmetic.bod_load_rate(given[0], given[1], formula.factor, days)

    def shown() -> list[Told]:
        return [words.bod_load(parts.found[0], parts.found[1], formula.factor, days)]

    return _outcome(formula, parts, made, shown, [(code, period) for code in formula.denominator])


def _growth(formula: Formula, period: Period, known: Known) -> Computed | None:
    if len(years_of(period)) > 1:
        return None
    parts = _Parts(known)
    parts.take((*formula.numerator, *formula.denominator), period)

    def made(given: Numbers) -> Fraction:
        return arithmetic.growth_decline(given[0], given[1])

    divisors = [(code, period) for code in formula.denominator]
    return _outcome(formula, parts, made, lambda: [words.growth(*parts.found)], divisors)


def _change(formula: Formula, period: Period, known: Known, *, relative: bool) -> Computed | None:
    """A level now against the level of the base: the decline in per cent, or the difference."""
    spans = base_and_now(period)
    base = price_base(period)
    if spans is None or (base is None and any(BASE in code for code in formula.denominator)):
        return None
    below = tuple(code.replace(BASE, str(base)) for code in formula.denominator)
    if any(code not in reportables() for code in below):
        return None  # prices of a plan for which there is no part
    parts = _Parts(known)
    for span in spans:
        parts.take((*formula.numerator, *below), span)
    half = len(formula.numerator) + len(below)

    def level(given: Numbers) -> Fraction:
        number = len(formula.numerator)
        return _sum(given[:number]) / (_sum(given[number:]) if below else 1)

    def made(given: Numbers) -> Fraction:
        before, now = level(given[:half]), level(given[half:])
        return arithmetic.decline(before, now) if relative else now - before

    def shown() -> list[Told]:
        sides = parts.found[:half], parts.found[half:]
        levels = [level([Fraction(report.value) for report in side]) for side in sides]
        return words.change(spans, levels, relative=relative)

    divisors = [(code, span) for span in spans for code in below]
    if relative:
        divisors += [(code, spans[0]) for code in formula.numerator]
    return _outcome(formula, parts, made, shown, divisors)


def _cumulative(formula: Formula, period: Period, known: Known) -> Computed | None:
    """The decline over several years from that of each, reported or computed from its own parts."""
    years = years_of(period)
    if len(years) < 2:
        return None
    rates: list[Rounded] = []
    missing: list[Told] = []
    parts: list[Report] = []
    steps: list[Told] = []
    for year in years:
        report = known.standing(formula.indicator, year)
        if report:
            rates.append(Rounded.printed(report.value, report.step))
            parts.append(report)
            steps.append(words.part(report))
            continue
        own = next((one for one in computed(formula.indicator, year, known) if one.figure), None)
        if own is None or own.figure is None:
            missing.append(words.figure(reportables()[formula.indicator].name, year))
            continue
        rates.append(own.figure)
        parts += own.parts
        steps.append(words.yearly(year, own.figure.value))
    if missing:
        return Computed(formula, parts=tuple(parts), missing=tuple(missing))
    figure = Rounded(*(arithmetic.cumulative(getattr(rate, end) for rate in rates) for end in ("value", "low", "high")))
    steps.append(words.cumulative([rate.value for rate in rates], figure.value))
    return Computed(formula, figure, tuple(parts), tuple(steps))


def _outcome(
    formula: Formula,
    parts: _Parts,
    made: Callable[[Numbers], Fraction],
    shown: Callable[[], list[Told]],
    divisors: Sequence[tuple[str, Period]],
) -> Computed:
    """What ``made`` gives of the parts, or which are missing, or which of the ``divisors`` are zero."""
    if parts.missing:
        return Computed(formula, parts=tuple(parts.found), missing=tuple(parts.missing))
    try:
        figure = within(made, [Rounded.printed(report.value, report.step) for report in parts.found])
    except ZeroDivisionError:
        zero = [
            words.figure(reportables()[code].name, span)
            for code, span in divisors
            if (report := parts.known.standing(code, span)) and report.value == 0
        ]
        return Computed(formula, parts=tuple(parts.found), zero=tuple(zero) or (tell("word.divisor"),))
    steps = (*(words.part(report) for report in parts.found), *shown())
    return Computed(formula, figure, tuple(parts.found), steps)


def _sum(given: Numbers) -> Fraction:
    return sum(given, Fraction(0))


_KINDS: dict[str, Callable[[Formula, Period, Known], Computed | None]] = {
    "ratio": _ratio,
    "bod_load": _bod_load,
    "growth": _growth,
    "decline": partial(_change, relative=True),
    "difference": partial(_change, relative=False),
    "cumulative": _cumulative,
}
