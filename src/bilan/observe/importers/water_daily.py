"""One record a section and day from the national automatic stations, displayed and unrounded values side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from bilan.observe.importers.base import Taken
from bilan.observe.importers.cells import BEIJING, parse_time
from bilan.observe.importers.sources import Part, Reject
from bilan.observe.importers.water_rows import ITEMS, SECTION, SectionImporter


class WaterDailyImporter(SectionImporter):
    """The year of ``obs_time`` is that of the download, ``file_date``.

    A value is the unrounded one where there is one, else the displayed: the published class was computed from the
    former.
    """

    name: ClassVar[str] = "water-daily"
    title: ClassVar[str] = "国家地表水自动站每日一条（file_date、obs_time、ph、ph_raw …）"
    required: ClassVar[tuple[str, ...]] = ("file_date", *SECTION, "obs_time", "status", "ph", "do", "codmn", "nh3n")
    listed: ClassVar[str] = "file_date"

    def said(self) -> Iterable[str]:
        """Say where year and value come from."""
        raw = any(f"{item}_raw" in self.source.columns for item in ITEMS)
        yield "年份取自 file_date：观测不会晚于下载次日，月日更晚的属于上一年"
        yield "数值取未修约值，没有时取显示值" if raw else "文件没有未修约值，数值取显示值"

    @staticmethod
    def latest(listed: str) -> date:
        """The day after the download.

        >>> WaterDailyImporter.latest("2020-12-31").isoformat()
        '2021-01-01'
        """
        try:
            day = parse_time(listed, with_hour=False).astimezone(BEIJING).date()
        except ValueError as error:
            raise ValueError(f"file_date {listed!r}：{error}") from None
        return day + timedelta(days=1)

    def take(self, part: Part) -> Taken:
        """Return the part's samples."""
        taken = super().take(part)
        taken.rejects = self._named(part, taken.rejects)
        return taken

    def _named(self, part: Part, rejects: list[Reject]) -> list[Reject]:
        """The refused cells with the column in which they stand: the unrounded one wherever that has something."""
        place = {line: number for number, line in enumerate(part.lines.to_pylist())} if rejects else {}
        named = []
        for reject in rejects:
            raw = f"{reject.column}_raw"
            there = raw in part.cells.column_names and part[raw][place[reject.line]].as_py().strip() not in self.missing
            named.append(replace(reject, column=raw) if there else reject)
        return named

    def values(self, part: Part) -> Part:
        """The part with each item's column as the unrounded value, or what is displayed where that is missing."""
        cells = part.cells
        absences = pa.array(sorted(self.missing), pa.string())
        for item in ITEMS:
            if f"{item}_raw" in cells.column_names and item in cells.column_names:
                raw = part[f"{item}_raw"]
                absent = pc.is_in(pc.utf8_trim_whitespace(raw), value_set=absences)
                better = pc.and_(absent, pc.not_equal(pc.utf8_trim_whitespace(part[item]), ""))
                cells = cells.set_column(cells.column_names.index(item), item, pc.if_else(better, part[item], raw))
        return Part(cells, part.lines, part.sha256, part.done, called=part.called)
