"""The sentences in which a reading of statistics retells where it comes from, one function a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from bilan.evaluate.statistics.arithmetic import half_even
from bilan.evaluate.told import NOTHING, Measured, Quoted, Told, tell
from bilan.observe.statistics_report import Report
from bilan.periods import Period
from bilan.policy.statistics import reportables


def status(report: Report) -> Told:
    """Return whether a reported figure may still change."""
    return tell(f"word.{report.status}")


def figure(name: str, period: Period | str) -> Told:
    """Return a figure by name and period.

    >>> figure("森林面积", "2025")
    '森林面积（2025）'
    """
    return tell("word.figure", name=Quoted(name), period=str(period))


def amount(value: Decimal | Fraction, unit: str = "", digits: int = 6) -> Measured:
    """Return a number as a person writes it, to ``digits`` places at most, with its unit.

    >>> amount(Decimal("1.2E+4"), "t"), amount(Fraction(1, 3)), amount(Decimal("95.30"), "%")
    ('12000 t', '0.333333', '95.30 %')
    """
    if isinstance(value, Fraction):
        text = format(half_even(value, digits), "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = format(value, "f")
    return Measured(f"{text} {unit}".strip() if unit != "1" else text, text, unit)


def printed(report: Report) -> Told:
    """Return a reported figure as it was printed and, where that is another unit, as it is kept."""
    given = amount(Decimal(report.given), report.given_unit)
    kept = amount(report.value, report.unit)
    if report.given_unit == report.unit or Decimal(report.given) == report.value:
        return given
    return tell("report.converted", given=given, kept=kept)


def where(report: Report) -> Told:
    """Return the place in a file from which a report comes."""
    code = "report.line_of_sheet" if report.sheet else "report.line"
    return tell(code, file=str(report.file), sheet=str(report.sheet or ""), line=str(report.source_line))


def said(report: Report) -> Told:
    """Return who reported what, when and after which source."""
    return tell(
        "report.dated" if report.reported_on else "report.undated",
        by=str(report.reported_by),
        day=str(report.reported_on or report.day),
        figure=printed(report),
        status=status(report),
        source=Quoted(str(report.source)),
        place=where(report),
        note=tell("report.note", note=report.note) if report.note else NOTHING,
    )


def part(report: Report) -> Told:
    """Return a part of a formula with what was reported of it."""
    name = figure(reportables()[report.indicator].name, report.period)
    return tell("step.of", name=name, value=said(report))


def superseded(report: Report) -> Told:
    """Return that a report does not stand any more."""
    return tell("step.superseded", report=said(report))


def straggler(report: Report) -> Told:
    """Return that a preliminary figure came after the final one."""
    return tell("step.straggler", report=said(report))


def quotient(above: Sequence[Report], below: Sequence[Report], factor: Fraction) -> Told:
    """Return the quotient of two sums with its numbers."""
    top, bottom = (_sum_shown(reports) for reports in (above, below))
    value = sum((Fraction(r.value) for r in above), Fraction(0)) / sum((Fraction(r.value) for r in below), Fraction(0))
    times = f" × {amount(factor)}" if factor != 1 else ""
    return Quoted(f"{top} ÷ {bottom}{times} = {amount(value * factor)}")


def bod_load(load: Report, population: Report, grams: Fraction, days: int) -> Told:
    """Return the collection rate by load with its numbers."""
    value = Fraction(load.value) * 10**4 / (Fraction(population.value) * grams * days) * 100
    return tell(
        "step.bod_load",
        load=amount(load.value),
        people=amount(population.value),
        grams=amount(grams),
        days=days,
        value=amount(value),
    )


def growth(quantity: Report, output: Report) -> Told:
    """Return the decline from two growth rates with its numbers."""
    value = (1 - (1 + Fraction(quantity.value) / 100) / (1 + Fraction(output.value) / 100)) * 100
    return Quoted(f"（1 －（1 + {amount(quantity.value)}%）÷（1 + {amount(output.value)}%））× 100 = {amount(value)}")


def change(spans: Sequence[Period], levels: Sequence[Fraction], *, relative: bool) -> list[Told]:
    """Return a level of now against that of its base with the numbers."""
    before, now = levels
    base, period = map(str, spans)
    levels_told = tell("step.levels", base=base, before=amount(before), period=period, now=amount(now))
    if relative:
        decline = f"（1 － {amount(now)} ÷ {amount(before)}）× 100 = {amount((1 - now / before) * 100)}"
        return [levels_told, Quoted(decline)]
    return [levels_told, Quoted(f"{amount(now)} － {amount(before)} = {amount(now - before)}")]


def yearly(year: Period, rate: Fraction) -> Told:
    """Return the rate of a year that was computed from its parts."""
    return tell("step.yearly", year=str(year), rate=amount(rate))


def cumulative(rates: Sequence[Fraction], value: Fraction) -> Told:
    """Return the product of the yearly rates with its numbers."""
    factors = " × ".join(f"（1 － {amount(rate)}%）" for rate in rates)
    return Quoted(f"（1 － {factors}）× 100 = {amount(value)}")


def _sum_shown(reports: Sequence[Report]) -> str:
    text = " + ".join(amount(report.value) for report in reports)
    return f"（{text}）" if len(reports) > 1 else text
