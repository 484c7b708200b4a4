"""The sentences in which a reading of statistics retells where it comes from, one function a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from bilan.evaluate.statistics.arithmetic import half_even
from bilan.observe.statistics_report import Report
from bilan.periods import Period
from bilan.policy.statistics import reportables

STATUS = {"preliminary": "初步数", "final": "最终数"}


def figure(name: str, period: Period | str) -> str:
    """Return a figure by name and period.

    >>> figure("森林面积", "2025")
    '森林面积（2025）'
    """
    return f"{name}（{period}）"


def amount(value: Decimal | Fraction, unit: str = "", digits: int = 6) -> str:
    """Return a number as a person writes it, to ``digits`` places at most, with its unit.

    >>> amount(Decimal("1.2E+4"), "t"), amount(Fraction(1, 3)), amount(Decimal("95.30"), "%")
    ('12000 t', '0.333333', '95.30 %')
    """
    if isinstance(value, Fraction):
        text = format(half_even(value, digits), "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = format(value, "f")
    return f"{text} {unit}".strip() if unit != "1" else text


def printed(report: Report) -> str:
    """Return a reported figure as it was printed and, where that is another unit, as it is kept."""
    given = amount(Decimal(report.given), report.given_unit)
    kept = amount(report.value, report.unit)
    return given if report.given_unit == report.unit or Decimal(report.given) == report.value else f"{given}＝{kept}"


def where(report: Report) -> str:
    """Return the place in a file from which a report comes."""
    sheet = f"工作表“{report.sheet}”" if report.sheet else ""
    return f"{report.file} {sheet}第 {report.source_line} 行"


def said(report: Report) -> str:
    """Return who reported what, when and after which source."""
    day = f"{report.reported_on} " if report.reported_on else f"{report.day} 导入（未写填报日期）"
    note = f"；备注：{report.note}" if report.note else ""
    return (
        f"{report.reported_by} {day}报送 {printed(report)}（{STATUS[report.status]}；来源：{report.source}；"
        f"{where(report)}{note}）"
    )


def part(report: Report) -> str:
    """Return a part of a formula with what was reported of it."""
    return f"{figure(reportables()[report.indicator].name, report.period)}：{said(report)}"


def superseded(report: Report) -> str:
    """Return that a report does not stand any more."""
    return f"已被取代：{said(report)}"


def straggler(report: Report) -> str:
    """Return that a preliminary figure came after the final one."""
    return f"最终数之后报送的初步数，不取代最终数：{said(report)}"


def quotient(above: Sequence[Report], below: Sequence[Report], factor: Fraction) -> str:
    """Return the quotient of two sums with its numbers."""
    top, bottom = (_sum_shown(reports) for reports in (above, below))
    value = sum((Fraction(r.value) for r in above), Fraction(0)) / sum((Fraction(r.value) for r in below), Fraction(0))
    times = f" × {amount(factor)}" if factor != 1 else ""
    return f"{top} ÷ {bottom}{times} = {amount(value * factor)}"


def bod_load(load: Report, population: Report, grams: Fraction, days: int) -> str:
    """Return the collection rate by load with its numbers."""
    value = Fraction(load.value) * 10**4 / (Fraction(population.value) * grams * days) * 100
    return (
        f"{amount(load.value)} t ÷（{amount(population.value)} 万人 × {amount(grams)} 克/(人·日) × {days} 日）× 100"
        f" = {amount(value)}"
    )


def growth(quantity: Report, output: Report) -> str:
    """Return the decline from two growth rates with its numbers."""
    value = (1 - (1 + Fraction(quantity.value) / 100) / (1 + Fraction(output.value) / 100)) * 100
    return f"（1 －（1 + {amount(quantity.value)}%）÷（1 + {amount(output.value)}%））× 100 = {amount(value)}"


def change(spans: Sequence[Period], levels: Sequence[Fraction], *, relative: bool) -> list[str]:
    """Return a level of now against that of its base with the numbers."""
    before, now = levels
    lines = [f"基期 {spans[0]}：{amount(before)}；本期 {spans[1]}：{amount(now)}"]
    if relative:
        return [*lines, f"（1 － {amount(now)} ÷ {amount(before)}）× 100 = {amount((1 - now / before) * 100)}"]
    return [*lines, f"{amount(now)} － {amount(before)} = {amount(now - before)}"]


def yearly(year: Period, rate: Fraction) -> str:
    """Return the rate of a year that was computed from its parts."""
    return f"{year}：按分项计算 {amount(rate)} %"


def cumulative(rates: Sequence[Fraction], value: Fraction) -> str:
    """Return the product of the yearly rates with its numbers."""
    factors = " × ".join(f"（1 － {amount(rate)}%）" for rate in rates)
    return f"（1 － {factors}）× 100 = {amount(value)}"


def _sum_shown(reports: Sequence[Report]) -> str:
    text = " + ".join(amount(report.value) for report in reports)
    return f"（{text}）" if len(reports) > 1 else text
