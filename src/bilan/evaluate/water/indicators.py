"""Readings of the indicators of surface water."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from bilan.evaluate.observations import NoDataError
from bilan.evaluate.reading import Inputs, Reading, resting_on, subject
from bilan.evaluate.told import NOTHING, Quoted, Told, tell
from bilan.evaluate.water.items import rule
from bilan.evaluate.water.lake import WaterQuestion, kind_of, sections_over
from bilan.policy import Indicator, Region
from bilan.policy.standards import StandardTable, standard_on

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend

    from bilan.observe import Lake
    from bilan.periods import Period

# Which classes count, and the code by which the share is told.
WATER = {
    "water.surface.good_ratio": (("Ⅰ", "Ⅱ", "Ⅲ"), "method.good_sections"),
    "water.surface.inferior_v_ratio": (("劣Ⅴ",), "method.inferior_sections"),
}
_WORST = "劣Ⅴ"
_CLASSES = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", _WORST)
_TABLES = (
    "water.surface.limits",
    "water.surface.evaluated",
    "water.surface.periods",
    "water.surface.averaging",
    "water.surface.rules",
)


def water_reading(
    indicator: Indicator,
    lake: Lake,
    backend: SQLBackend,
    region: Region,
    period: Period,
    *,
    known_at: datetime | None = None,
) -> Reading:
    """Return the reading of one indicator of :data:`WATER` over the sections in ``region``.

    Every section is classed by its mean of the period; a section without a class counts in neither part,
    and where too many have none (rule ``judged_share``) the share cannot be judged.
    """
    classes, told = WATER[indicator.code]
    tables = [standard_on(kind, period.last) for kind in _TABLES]
    about = subject(indicator, region, period, known_at=known_at, lake_version=lake.version) | resting_on(tables)
    about["method"] = tell("method.by_worst_item", share=tell(told))
    if kind_of(period) is None:
        return Reading(**about, value=None, reason=tell("reason.whole_months"))
    question = WaterQuestion(lake, backend, region.id, known_at=known_at)
    try:
        found = sections_over(question, period)
    except NoDataError as error:
        return Reading(**about, value=None, reason=Quoted(str(error)))
    return _reading(about, found, classes, tables, period.last)


@dataclass(frozen=True, slots=True)
class Share:
    """The ``value`` (%) that the sections give, published with ``decimals``, and what it lacks, empty if nothing."""

    value: Decimal | None
    decimals: int
    lacking: Told


def share_of(counted: int, judged: int, asked: int, on: date) -> Share:
    """Return the share of ``counted`` among ``judged`` sections of ``asked``, by the rules valid ``on`` a day.

    >>> share_of(14, 15, 16, date(2025, 12, 31)).value
    Decimal('93.3')
    """
    digits = rule("share_digits", on)
    if not judged:
        return Share(None, digits, tell("reason.no_class"))
    least = rule("judged_share", on)
    value = (Decimal(100 * counted) / judged).quantize(Decimal(1).scaleb(-digits))
    enough = judged * 100 >= asked * least
    return Share(value, digits, NOTHING if enough else tell("reason.few_classes", least=least))


def _reading(
    about: dict[str, Any], found: pa.Table, classes: tuple[str, ...], tables: list[StandardTable], last: date
) -> Reading:
    judged = found.filter(pc.is_valid(found["class"]))
    counted = judged.filter(pc.is_in(judged["class"], pa.array(classes)))
    missing = found.filter(pc.is_null(found["class"]))
    reasons = pc.value_counts(pc.fill_null(missing["reason"], "没有类别")).to_pylist()
    proof: dict[str, Any] = {
        "regime": Quoted(tables[0].standard),
        "used": (Inputs(tell("input.sections"), judged.num_rows),),
        "left_out": tuple(Inputs(tell("input.sections"), item["counts"], Quoted(item["values"])) for item in reasons),
        "completeness": tell("complete.sections", judged=judged.num_rows, asked=found.num_rows),
    }
    share = share_of(counted.num_rows, judged.num_rows, found.num_rows, last)
    if share.value is None:
        return Reading(**about, **proof, value=None, reason=share.lacking)
    value = share.value
    shares = {item["values"]: item["counts"] for item in pc.value_counts(judged["class"]).to_pylist()}
    steps = (
        tell("step.list", items=[_counted(name, shares[name]) for name in _CLASSES if name in shares]),
        Quoted(f"{counted.num_rows} ÷ {judged.num_rows} = {Decimal(100 * counted.num_rows) / judged.num_rows:.4f}%"),
        tell("step.rounded", value=value),
    )
    if share.lacking:
        return Reading(**about, **proof, value=None, provisional=value, steps=steps, reason=share.lacking)
    return Reading(**about, **proof, value=value, steps=steps)


def _counted(name: str, count: int) -> Told:
    """How many sections are of a class."""
    return tell("step.worst_class", count=count) if name == _WORST else tell("step.classes", name=name, count=count)
