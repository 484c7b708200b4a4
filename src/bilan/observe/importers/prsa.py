"""The Beijing Multi-Site Air Quality data (UCI 501; Zhang et al. 2017, Proc. R. Soc. A 473:20170457), station hours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from bilan.observe.importers.base import (
    PUBLISHED,
    Importer,
    Keys,
    Label,
    Measured,
    Options,
    Station,
    Taken,
    first_problem,
    melt,
    name_problem,
    region_id,
)
from bilan.observe.importers.cells import INSTANT, by_unique, parse_time
from bilan.observe.importers.sources import Part, Source, open_source

_UG, _MG = "µg/m3", "mg/m3"
# CO is in µg/m3 here, in steps of 100; the lake keeps mg/m3 as the networks do.
_VALUES = (
    Measured("pm2_5", "a34004", _UG, state=PUBLISHED),
    Measured("pm10", "a34002", _UG, state=PUBLISHED),
    Measured("so2", "a21026", _UG, state=PUBLISHED),
    Measured("no2", "a21004", _UG, state=PUBLISHED),
    Measured("co", "a21005", _MG, factor=Fraction(1, 1000), state=PUBLISHED),
    Measured("o3", "a05024", _UG, state=PUBLISHED),
)
_PARTS = ("year", "month", "day", "hour")  # of the time, in the files as first published

# The paper does not say what an hour's label means. At five stations all six values labelled 2016-01-14 00:00 here are
# those that the national centre published with that label, which is the end of the hour, and not those of the hours
# beside it.
DEFAULT_LABEL: Label = "end"


class PrsaImporter(Importer):
    """Beijing time; an hour's label is its end, unless ``--label start``; standard state as then published, 273 K.

    The columns of the weather are not taken: the file does not say whether they are means or readings of the moment.
    """

    name: ClassVar[str] = "prsa"
    title: ClassVar[str] = "北京多站点小时数据（UCI 501；station、ts 或 year month day hour、pm2_5 …）"
    required: ClassVar[tuple[str, ...]] = ("station", "ts", "pm2_5", "pm10", "so2", "no2", "co", "o3")
    options: ClassVar[tuple[str, ...]] = ("label",)

    @classmethod
    def manner(cls, given: Options) -> str:
        """What the labels were taken for, said or assumed."""
        return f"label={given.label or DEFAULT_LABEL}"

    def open(self, path: Path) -> Source:
        """The columns in small letters; year to hour of the first publication as one column ``ts``."""
        source = open_source(path)
        plain = {name: {"pm2.5": "pm2_5"}.get(name.lower(), name.lower()) for name in source.columns}
        source = source.renaming(plain)
        return source if "ts" in source.columns or not set(_PARTS) <= set(source.columns) else _OneTime(source)

    def survey(self) -> Iterable[str]:
        """Say how the labels are understood."""
        self.label: Label = self.given.label or DEFAULT_LABEL
        meaning = {"end": "小时的结束", "start": "小时的开始"}[self.label]
        reason = "由 --label 指定" if self.given.label else "默认；2016-01-14 00:00 的值与总站同一标签的发布值逐站相同"
        yield f"时间标签是{meaning}（label={self.label}，{reason}）"
        yield "CO 由 µg/m3 换算为 mg/m3；气象列不导入（原数据未说明是均值还是瞬时值）"

    def take(self, part: Part) -> Taken:
        """Return the part's six pollutants."""
        labels, why = by_unique(part["ts"], parse_time, INSTANT)
        name = part["station"]
        problem, column, raw = first_problem(("ts", part["ts"], why), ("station", name, name_problem(name, "站名")))
        station = pc.binary_join_element_wise(self.name, pc.utf8_trim_whitespace(name), "-")
        keys = Keys(station, labels, problem, column, raw, label=self.label)
        taken = melt(part, keys, _VALUES, self.name, self.missing)
        taken.stations = {
            f"{self.name}-{name}": Station(
                id=f"{self.name}-{name}",
                name=name,
                medium="air",
                kind="station",
                region=region_id("北京市"),
                external=(self.name, name),
                attributes={"city": "北京市"},
            )
            for name in pc.unique(pc.utf8_trim_whitespace(name)).to_pylist()
            if name
        }
        return taken


class _OneTime(Source):
    """A file with the parts of the time in columns of their own, joined to ``ts``."""

    def __init__(self, inner: Source) -> None:
        super().__init__(inner.path)
        self.inner, self.sha256 = inner, inner.sha256
        self.columns = (*inner.columns, "ts")

    def parts(self) -> Iterator[Part]:
        """Yield the rows with their ``ts``."""
        for part in self.inner.parts():
            year, month, day, hour = (pc.utf8_trim_whitespace(part[name]) for name in _PARTS)
            date = pc.binary_join_element_wise(year, month, day, "-")
            part.cells = part.cells.append_column("ts", pc.binary_join_element_wise(date, hour, pa.scalar(" ")))
            yield part
