"""A reading: the official value of an indicator for a region and a period, or why there is none, with its proof.

See Also: ``bilan.evaluate.indicators``, which makes readings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bilan.evaluate.told import NOTHING, Joined, Measured, Quoted, Told, in_language, tell
from bilan.policy import resource_version
from bilan.policy.texts import Language

if TYPE_CHECKING:
    from bilan.periods import Period
    from bilan.policy import Indicator, Region
    from bilan.policy.standards import StandardTable


@dataclass(frozen=True, slots=True)
class Inputs:
    """``count`` of ``what`` went in, or was left out for ``reason``."""

    what: Told
    count: int
    reason: Told = NOTHING


@dataclass(frozen=True, slots=True)
class Reading:
    """An indicator's value for a region and a period.

    ``value`` is as published, None where it cannot be judged, which ``reason`` explains; ``provisional`` is what the
    data at hand would give all the same. ``under`` gives the value under every regime that the period touches, the one
    that applies last. ``preliminary`` counts the reports that may still change. ``steps`` retell the computation line
    by line. Words are Chinese text that knows its English.

    >>> reason = tell("reason.no_data")
    >>> Reading("air.pm25.annual", "PM2.5 年均", "990100", "清河市", "2025", None, "µg/m3", reason=reason).judged
    False
    """

    indicator: str
    name: str
    region: str
    region_name: str
    period: str
    value: Decimal | None
    unit: str
    reason: Told = NOTHING
    provisional: Decimal | None = None
    completeness: Told = NOTHING
    preliminary: int = 0
    method: Told = NOTHING
    standards: tuple[Told, ...] = ()
    regime: Told = NOTHING
    mixed: bool = False
    under: tuple[tuple[str, Decimal | None], ...] = ()
    used: tuple[Inputs, ...] = ()
    left_out: tuple[Inputs, ...] = ()
    steps: tuple[Told, ...] = ()
    unverified: tuple[Told, ...] = ()
    known_at: datetime | None = None
    lake_version: int | None = None
    policy_version: str = field(default="", repr=False)

    @property
    def judged(self) -> bool:
        """Whether there is a value."""
        return self.value is not None

    def as_dict(self, language: Language = "zh") -> dict[str, Any]:
        """Return plain values, ready for JSON: words in one language, decimals and moments as text.

        >>> Reading("a", "b", "c", "d", "2025", Decimal("35"), "µg/m3").as_dict()["value"]
        '35'
        """
        under = tuple((Quoted(regime), value) for regime, value in self.under)
        told = asdict(self) | {"name": Quoted(self.name), "under": under}
        return {key: _plain(value, language) for key, value in told.items()}

    def explained(self, language: Language = "zh") -> str:
        """Return the reading as a person would check it, one thought a line."""
        head = tell(
            "show.value", region=self.region_name, period=self.period, name=Quoted(self.name), value=self._shown()
        )
        lines = [("", head), *(("  ", line) for line in self._about()), *(("    ", line) for line in self._under())]
        lines += [("  ", tell("show.used", what=item.what, count=item.count)) for item in self.used]
        lines += [
            ("  ", tell("show.left_out", what=item.what, count=item.count, reason=item.reason))
            for item in self.left_out
        ]
        lines += [("  ", tell("show.completeness", completeness=self.completeness))] if self.completeness else []
        lines += [(f"  {number}. ", step) for number, step in enumerate(self.steps, 1)]
        lines += [("  ", tell("show.unverified", what=what)) for what in self.unverified]
        if self.known_at:
            lines.append(("  ", tell("show.known_at", moment=self.known_at.isoformat())))
        return "\n".join(before + in_language(line, language) for before, line in lines)

    def _about(self) -> list[Told]:
        """Method, standards, and which of them applies."""
        lines = [tell("show.method", method=self.method)] if self.method else []
        lines += [tell("show.standard", standard=standard) for standard in self.standards]
        return (
            [*lines, tell("show.mixed" if self.mixed else "show.regime", regime=self.regime)] if self.regime else lines
        )

    def _under(self) -> list[Told]:
        """The value under each of several regimes."""
        told = self.under if self.mixed else ()
        return [tell("show.under", regime=Quoted(regime), value=self._amount(value)) for regime, value in told]

    def _shown(self) -> Told:
        if self.judged:
            return self._amount(self.value)
        if self.provisional is None:
            return tell("show.unjudged", reason=self.reason)
        return tell("show.unjudged_but", reason=self.reason, value=self._amount(self.provisional))

    def _amount(self, value: Decimal | None) -> Told:
        if value is None:
            return tell("word.none")
        return Measured(f"{value} {self.unit if self.unit != '1' else ''}".strip(), str(value), self.unit)


def _plain(value: Any, language: Language) -> Any:
    if isinstance(value, str):
        return in_language(value, language)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(item, language) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item, language) for key, item in value.items()}
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


def citation(table: StandardTable) -> Told:
    """Return standard and clause as ``table.citation`` does, in both languages.

    >>> from datetime import date
    >>> from bilan.policy.standards import standard_on
    >>> citation(standard_on("air.iaqi", date(2026, 3, 1))).en
    'HJ 633-2026 table 1'
    """
    parts = [Quoted(table.standard), *([" ", Quoted(table.clause)] if table.clause else [])]
    return Joined(*parts, *([Quoted("（未核实）")] if table.unverified else []))


def resting_on(tables: Sequence[StandardTable]) -> dict[str, Any]:
    """Return what a reading by ``tables`` says of its standards, as fields of :class:`Reading`."""
    titled = (tell("standard.titled", citation=citation(table), title=Quoted(table.title)) for table in tables)
    return {
        "standards": tuple(dict.fromkeys(titled)),
        "unverified": tuple(dict.fromkeys(doubt for table in tables for doubt in doubts_of(table))),
    }


def doubts_of(table: StandardTable) -> list[Told]:
    """Return what ``table.doubts`` says, in both languages."""
    if table.unverified:
        note = Quoted(table.note or table.source)
        return [tell("doubt.table", standard=Quoted(table.standard), title=Quoted(table.title), note=note)]
    rows = (doubt.removeprefix(f"{table.citation}：") for doubt in table.doubts)
    return [tell("doubt.row", citation=citation(table), row=Quoted(row)) for row in rows]
