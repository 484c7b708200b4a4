"""Sections of water told by hand: no lake and no computation has a part in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa

from bilan.board.facts import Matter
from bilan.board.spans import Span
from bilan.evaluate.places import region_of
from bilan.evaluate.water.lake import WaterQuestion
from bilan.evaluate.water.regions import Section, WaterRegions
from bilan.observe.lake_schema import STATIONS
from bilan.periods import Period
from bilan.plan.model import Target
from bilan.policy import indicators

CITY, SOURCE, EAST, PROVINCE = "990100", "990104", "990103", "990000"
WATERS = {  # name, region, river
    "a": ("清河源头断面", SOURCE, "清河"),
    "b": ("清河入湖口断面", EAST, "清河"),
    "c": ("东湖湖心断面", EAST, "东湖"),
    "d": ("北山河口断面", SOURCE, "北山河"),
    "e": ("安平河口断面", "990121", "安平河"),
    "x": ("清河断面", "130100", "大河"),  # of another province
}


@dataclass(frozen=True)
class Told(WaterRegions):
    """Sections with a class in the months of 2026 that ``months`` says, and none over a run that has others."""

    months: Mapping[str, Iterable[int]] = field(default_factory=dict)

    def sections(self, period: Period) -> list[Section]:
        found = []
        for id_, (name, *_) in WATERS.items():
            had = [m for m in self.months.get(id_, ()) if period.first <= date(2026, m, 1) <= period.last]
            whole = len(had) == period.months
            reason = "" if whole else f"总磷（{len(had)} 个，至少 {period.months} 个）"
            means = {"tp": (Decimal("0.10"), len(had))} if whole else {}
            found.append(Section(id_, name, "river", 3 if whole else None, reason, means, bool(had)))
        return [section for section in found if self.months.get(section.station)]


def waters(months: Mapping[str, Iterable[int]] | None = None) -> Told:
    rows = [
        {"id": id_, "name": name, "medium": "surface_water", "kind": "river", "region": region,
         "attributes": [("river", river), ("basin", "清河流域")]}
        for id_, (name, region, river) in WATERS.items()
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows, schema=STATIONS)
    lake: Any = SimpleNamespace(stations=lambda: table)
    return Told(WaterQuestion(lake, cast(Any, None)), months=months or {})


def target(name: str, **more: Any) -> Target:
    fields = {
        "id": name, "start": 0, "end": 1, "kind": "target", "indicator": "water.surface.good_ratio", "name": name,
        "operator": ">=", "value": 90.0, "unit": "%", "value_kind": "number", "region": CITY, "quote": name,
        "confidence": 1.0,
    }  # fmt: skip
    return Target.model_validate(fields | more)


def matter(
    about: Target, day: str, period: str = "2026", *, region: str = CITY, due: date | None = date(2028, 12, 31)
) -> Matter:
    (indicator,) = (one for one in indicators() if one.code == about.indicator)
    span = Span(Period.parse(period), due, last=False)
    return Matter(about, indicator, region_of(region), span, date.fromisoformat(day))
