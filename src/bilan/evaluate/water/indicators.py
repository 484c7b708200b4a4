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
from bilan.evaluate.water.items import rule
from bilan.evaluate.water.lake import WaterQuestion, kind_of, sections_over
from bilan.policy import Indicator, Region
from bilan.policy.standards import StandardTable, standard_on

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend

    from bilan.observe import Lake
    from bilan.periods import Period

# Which classes count, and how the share is said.
WATER = {
    "water.surface.good_ratio": (("Ⅰ", "Ⅱ", "Ⅲ"), "水质为 Ⅰ 至 Ⅲ 类的断面数除以参评断面数"),
    "water.surface.inferior_v_ratio": (("劣Ⅴ",), "水质为劣 Ⅴ 类的断面数除以参评断面数"),
}
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
    classes, said = WATER[indicator.code]
    tables = [standard_on(kind, period.last) for kind in _TABLES]
    about = subject(indicator, region, period, known_at=known_at, lake_version=lake.version) | resting_on(tables)
    about["method"] = f"{said}；断面类别由本期均值按单因子评价"
    if kind_of(period) is None:
        return Reading(**about, value=None, reason="地表水按整月评价")
    question = WaterQuestion(lake, backend, region.id, known_at=known_at)
    try:
        found = sections_over(question, period)
    except NoDataError as error:
        return Reading(**about, value=None, reason=str(error))
    return _reading(about, found, classes, tables, period.last)


@dataclass(frozen=True, slots=True)
class Share:
    """The ``value`` (%) that the sections give, published with ``decimals``, and what it lacks, empty if nothing."""

    value: Decimal | None
    decimals: int
    lacking: str


def share_of(counted: int, judged: int, asked: int, on: date) -> Share:
    """Return the share of ``counted`` among ``judged`` sections of ``asked``, by the rules valid ``on`` a day.

    >>> share_of(14, 15, 16, date(2025, 12, 31)).value
    Decimal('93.3')
    """
    digits = rule("share_digits", on)
    if not judged:
        return Share(None, digits, "没有一个断面有类别")
    least = rule("judged_share", on)
    value = (Decimal(100 * counted) / judged).quantize(Decimal(1).scaleb(-digits))
    return Share(value, digits, "" if judged * 100 >= asked * least else f"有类别的断面不足全部断面的 {least}%")


def _reading(
    about: dict[str, Any], found: pa.Table, classes: tuple[str, ...], tables: list[StandardTable], last: date
) -> Reading:
    judged = found.filter(pc.is_valid(found["class"]))
    counted = judged.filter(pc.is_in(judged["class"], pa.array(classes)))
    missing = found.filter(pc.is_null(found["class"]))
    reasons = pc.value_counts(pc.fill_null(missing["reason"], "没有类别")).to_pylist()
    proof: dict[str, Any] = {
        "regime": tables[0].standard,
        "used": (Inputs("断面", judged.num_rows),),
        "left_out": tuple(Inputs("断面", item["counts"], item["values"]) for item in reasons),
        "completeness": f"{judged.num_rows} / {found.num_rows} 个断面有类别",
    }
    share = share_of(counted.num_rows, judged.num_rows, found.num_rows, last)
    if share.value is None:
        return Reading(**about, **proof, value=None, reason=share.lacking)
    value = share.value
    shares = {item["values"]: item["counts"] for item in pc.value_counts(judged["class"]).to_pylist()}
    steps = (
        "、".join(f"{name} 类 {shares[name]} 个" for name in ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ") if name in shares),
        f"{counted.num_rows} ÷ {judged.num_rows} = {Decimal(100 * counted.num_rows) / judged.num_rows:.4f}%",
        f"按 GB/T 8170 修约为 {value}",
    )
    if share.lacking:
        return Reading(**about, **proof, value=None, provisional=value, steps=steps, reason=share.lacking)
    return Reading(**about, **proof, value=value, steps=steps)
