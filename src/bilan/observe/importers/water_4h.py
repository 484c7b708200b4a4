"""Records every four hours from the national automatic stations, displayed values only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import ClassVar

import pyarrow.compute as pc

from bilan.observe.importers.base import Importer, Keys, Options, Taken, first_problem, melt
from bilan.observe.importers.cells import INSTANT, by_unique
from bilan.observe.importers.sources import Part
from bilan.observe.importers.water_rows import (
    ABSENT,
    JOINT,
    SAMPLES,
    SECTION,
    WITHHELD,
    marks,
    observed,
    read_kinds,
    section_ids,
    sections,
)


class Water4hImporter(Importer):
    """Instants (statistic ``value``, 0 seconds) at ``obs_time``, the year from ``year_month``; no class is read."""

    name: ClassVar[str] = "water-4h"
    title: ClassVar[str] = "国家地表水自动站四小时一条（year_month、obs_time、ph …）"
    required: ClassVar[tuple[str, ...]] = ("year_month", *SECTION, "obs_time", "status", "ph", "do", "codmn", "nh3n")
    options: ClassVar[tuple[str, ...]] = ("kinds",)
    missing = ABSENT

    @classmethod
    def check_options(cls, given: Options) -> None:
        """Raise KindsError also where the table of kinds is none."""
        super().check_options(given)
        if given.kinds:
            read_kinds(given.kinds)

    def survey(self) -> Iterable[str]:
        """Say where year and kind come from."""
        self.kinds = read_kinds(self.given.kinds) if self.given.kinds else {}
        yield "年份取自 year_month：观测不会晚于次月 1 日，月日更晚的属于上一年"
        yield "只有显示值；氨氮 0.025、总磷 0.005、高锰酸盐指数 0.25 多为检出限的一半"
        yield f"断面类型取自 {self.given.kinds.name}" if self.given.kinds else "文件不含断面类型（河流/湖库），留空"

    def take(self, part: Part) -> Taken:
        """Return the part's samples."""
        when = pc.binary_join_element_wise(part["year_month"], part["obs_time"], JOINT)
        labels, why = by_unique(when, _observed, INSTANT)
        station, unnamed = section_ids(part)
        problem, column, raw = first_problem(("obs_time", part["obs_time"], why), ("section", part["section"], unnamed))
        keys = Keys(station, labels, problem, column, raw, flag=marks(part["status"]))
        columns = [sample for sample in SAMPLES if sample.column in part.cells.column_names]
        taken = melt(part, keys, columns, self.name, self.missing, withheld=WITHHELD)
        taken.stations = sections(part, self.kinds)
        return taken


def _observed(text: str) -> datetime:
    """The instant of "year_month @ obs_time".

    >>> _observed("2021-01 @ 12-31 20:00").isoformat(), _observed("2020-12 @ 01-01 00:00").isoformat()
    ('2020-12-31T12:00:00+00:00', '2020-12-31T16:00:00+00:00')
    """
    listed, _, written = text.partition(JOINT)
    try:
        first = date.fromisoformat(f"{listed.strip()}-01")
    except ValueError:
        raise ValueError(f"year_month {listed!r}：应为 年-月") from None
    return observed(written, (first + timedelta(days=31)).replace(day=1))
