"""A reading: the official value of an indicator for a region and a period, or why there is none, with its proof.

See Also: ``bilan.evaluate.indicators``, which makes readings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bilan.policy import resource_version

if TYPE_CHECKING:
    from bilan.periods import Period
    from bilan.policy import Indicator, Region
    from bilan.policy.standards import StandardTable


@dataclass(frozen=True, slots=True)
class Inputs:
    """``count`` of ``what`` went in, or was left out for ``reason``."""

    what: str
    count: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """An indicator's value for a region and a period.

    ``value`` is as published, None where it cannot be judged, which ``reason`` explains; ``provisional`` is what the
    data at hand would give all the same. ``under`` gives the value under every regime that the period touches, the one
    that applies last. ``preliminary`` counts the reports that may still change. ``steps`` retell the computation line
    by line.

    >>> Reading("air.pm25.annual", "PM2.5 年均", "990100", "清河市", "2025", None, "µg/m3", reason="没有数据").judged
    False
    """

    indicator: str
    name: str
    region: str
    region_name: str
    period: str
    value: Decimal | None
    unit: str
    reason: str = ""
    provisional: Decimal | None = None
    completeness: str = ""
    preliminary: int = 0
    method: str = ""
    standards: tuple[str, ...] = ()
    regime: str = ""
    mixed: bool = False
    under: tuple[tuple[str, Decimal | None], ...] = ()
    used: tuple[Inputs, ...] = ()
    left_out: tuple[Inputs, ...] = ()
    steps: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    known_at: datetime | None = None
    lake_version: int | None = None
    policy_version: str = field(default="", repr=False)

    @property
    def judged(self) -> bool:
        """Whether there is a value."""
        return self.value is not None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON: decimals and moments as text.

        >>> Reading("a", "b", "c", "d", "2025", Decimal("35"), "µg/m3").as_dict()["value"]
        '35'
        """
        return {key: _plain(value) for key, value in asdict(self).items()}

    def explained(self) -> str:
        """Return the reading as a person would check it, in Chinese, one thought a line."""
        lines = [f"{self.region_name} {self.period} {self.name}：{self._shown()}"]
        lines += [f"  方法：{self.method}"] if self.method else []
        lines += [f"  依据：{standard}" for standard in self.standards]
        if self.regime:
            said = "（mixed regime：本期跨两套标准，按期末日有效的一套评价）" if self.mixed else ""
            lines.append(f"  适用：{self.regime}{said}")
        if self.mixed:
            lines += [f"    按 {regime}：{self._amount(value)}" for regime, value in self.under]
        lines += [f"  采用：{item.what} {item.count}" for item in self.used]
        lines += [f"  未用：{item.what} {item.count}（{item.reason}）" for item in self.left_out]
        lines += [f"  完整性：{self.completeness}"] if self.completeness else []
        lines += [f"  {number}. {step}" for number, step in enumerate(self.steps, 1)]
        lines += [f"  未核实：{what}" for what in self.unverified]
        if self.known_at:
            lines.append(f"  按 {self.known_at.isoformat()} 所知的数据")
        return "\n".join(lines)

    def _shown(self) -> str:
        if self.judged:
            return self._amount(self.value)
        rest = "" if self.provisional is None else f"；现有数据得 {self._amount(self.provisional)}，不作评价"
        return f"无法判定：{self.reason}{rest}"

    def _amount(self, value: Decimal | None) -> str:
        return "无" if value is None else f"{value} {self.unit if self.unit != '1' else ''}".strip()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def subject(
    indicator: Indicator, region: Region, period: Period, *, known_at: datetime | None, lake_version: int | None
) -> dict[str, Any]:
    """Return what every reading says of itself, as fields of :class:`Reading`: what it is of, and of which versions."""
    return {
        "indicator": indicator.code,
        "name": indicator.name,
        "region": region.id,
        "region_name": region.name,
        "period": str(period),
        "unit": indicator.unit,
        "known_at": known_at,
        "lake_version": lake_version,
        "policy_version": resource_version(),
    }


def resting_on(tables: Sequence[StandardTable]) -> dict[str, Any]:
    """Return what a reading by ``tables`` says of its standards, as fields of :class:`Reading`."""
    return {
        "standards": tuple(dict.fromkeys(f"{table.citation}：{table.title}" for table in tables)),
        "unverified": tuple(dict.fromkeys(doubt for table in tables for doubt in table.doubts)),
    }
