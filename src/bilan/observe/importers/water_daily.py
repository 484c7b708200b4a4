"""One record a section and day from the national automatic stations, displayed and unrounded values side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from bilan.observe.importers.base import Importer, Keys, Measured, Options, Taken, first_problem, melt
from bilan.observe.importers.cells import BEIJING, INSTANT, by_unique, parse_time
from bilan.observe.importers.sources import Part, Reject
from bilan.observe.importers.water_rows import (
    ABSENT,
    ITEMS,
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


class WaterDailyImporter(Importer):
    """Instants (statistic ``value``, 0 seconds) at ``obs_time``, whose year is that of the download, ``file_date``.

    A value is the unrounded one where there is one, else the displayed: the published class was computed from the
    former. The class itself is not read.
    """

    name: ClassVar[str] = "water-daily"
    title: ClassVar[str] = "国家地表水自动站每日一条（file_date、obs_time、ph、ph_raw …）"
    required: ClassVar[tuple[str, ...]] = ("file_date", *SECTION, "obs_time", "status", "ph", "do", "codmn", "nh3n")
    options: ClassVar[tuple[str, ...]] = ("kinds",)
    missing = ABSENT

    @classmethod
    def check_options(cls, given: Options) -> None:
        """Raise KindsError also where the table of kinds is none."""
        super().check_options(given)
        if given.kinds:
            read_kinds(given.kinds)

    def survey(self) -> Iterable[str]:
        """Say where year, value and kind come from."""
        self.kinds = read_kinds(self.given.kinds) if self.given.kinds else {}
        raw = any(f"{item}_raw" in self.source.columns for item in ITEMS)
        yield "年份取自 file_date：观测不会晚于下载次日，月日更晚的属于上一年"
        yield "数值取未修约值，没有时取显示值" if raw else "文件没有未修约值，数值取显示值"
        yield f"断面类型取自 {self.given.kinds.name}" if self.given.kinds else "文件不含断面类型（河流/湖库），留空"

    def take(self, part: Part) -> Taken:
        """Return the part's samples."""
        when = pc.binary_join_element_wise(part["file_date"], part["obs_time"], JOINT)
        labels, why = by_unique(when, _observed, INSTANT)
        station, unnamed = section_ids(part)
        problem, column, raw = first_problem(("obs_time", part["obs_time"], why), ("section", part["section"], unnamed))
        keys = Keys(station, labels, problem, column, raw, flag=marks(part["status"]))
        taken = melt(self._with_values(part), keys, self._columns(part), self.name, self.missing, withheld=WITHHELD)
        taken.rejects = self._named(part, taken.rejects)
        taken.stations = sections(part, self.kinds)
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

    def _columns(self, part: Part) -> list[Measured]:
        return [sample for sample in SAMPLES if sample.column in part.cells.column_names]

    def _with_values(self, part: Part) -> Part:
        """The part with each item's column as the unrounded value, or the displayed one where that is missing."""
        cells = part.cells
        withheld = pa.array(sorted(self.missing), pa.string())
        for item in ITEMS:
            if f"{item}_raw" in cells.column_names and item in cells.column_names:
                raw = part[f"{item}_raw"]
                absent = pc.is_in(pc.utf8_trim_whitespace(raw), value_set=withheld)
                cells = cells.set_column(cells.column_names.index(item), item, pc.if_else(absent, part[item], raw))
        return Part(cells, part.lines, part.sha256, part.done, called=part.called)


def _observed(text: str) -> datetime:
    """The instant of "file_date @ obs_time".

    >>> _observed("2021-01-01 @ 12-31 20:00").isoformat(), _observed("2020-12-31 @ 12-31 24:00").isoformat()
    ('2020-12-31T12:00:00+00:00', '2020-12-31T16:00:00+00:00')
    """
    downloaded, _, written = text.partition(JOINT)
    try:
        day = parse_time(downloaded, with_hour=False).astimezone(BEIJING).date()
    except ValueError as error:
        raise ValueError(f"file_date {downloaded!r}：{error}") from None
    return observed(written, day + timedelta(days=1))
