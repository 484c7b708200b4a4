"""The water of the demo city as files: samples of the laboratory, and values of automatic stations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from bilan.demo.delivery import Delivery, morning_after
from bilan.demo.files import labels, repeated, write_packed, write_rows, write_text
from bilan.demo.places import SIMULATED, Section, sections
from bilan.demo.streams import Floats, stream
from bilan.demo.water import ITEMS, MORE, SLOTS, TRACES, more_of, of_automatic, sampling_days, true_water

SAMPLES, VALUES = "water-samples.toml", "water-values.toml"
BASIN = "清河流域"
_ABOUT = ("断面编号", "断面名称", "行政区", "经度", "纬度", "类型", "河流", "流域")
_DRY = ("qh-water-09", (2024, 2))  # a stream without water is not sampled
_REPAIR = ("qh-water-03", date(2026, 7, 6), date(2026, 7, 12))
_KINDS = {"river": "河流", "lake": "湖库"}
_HOURS = 24 // SLOTS


def write_water(folder: Path, seed: int, first: date, last: date) -> list[Delivery]:
    """Write what was sampled from ``first`` to ``last`` below ``folder``; return the files."""
    manual, automatic = folder / SAMPLES, folder / VALUES
    write_text(manual, _mapping(_LONG))
    write_text(automatic, _mapping(_WIDE))
    made = []
    for year in range(first.year, last.year + 1):
        water = true_water(seed, year)
        start, end = max(date(year, 1, 1), first), min(date(year, 12, 31), last)
        path = folder / f"water-samples-{year}.csv"
        rows = list(_sampled(water, seed, start, end))
        if rows:
            write_rows(path, ("采样时间", *_ABOUT, "项目", "结果", "单位", "说明"), rows)
            made.append(Delivery(path, "table", morning_after(end), manual))
        path = folder / f"water-values-{year}.csv.gz"
        write_packed(path, _automatic(water, seed, start, end))
        made.append(Delivery(path, "table", morning_after(end), automatic))
    return made


def _about(one: Section) -> tuple[str, ...]:
    return one.id, one.name, one.region, str(one.lon), str(one.lat), _KINDS[one.kind], one.river, BASIN


def _sampled(water: dict[str, Floats], seed: int, first: date, last: date) -> Iterator[tuple[str, ...]]:
    """One row for each result of each section and month: 22 items of the surface water standard and the temperature."""
    random = stream(seed, first.year, "laboratory")
    for day in sampling_days(seed, first.year):
        slot = (day - date(day.year, 1, 1)).days * SLOTS + 2
        for place, one in enumerate(sections()):
            found = {item.key: float(water[item.key][place, slot]) for item in ITEMS}
            found |= more_of(found["codmn"], random)
            if not first <= day <= last or (one.id, (day.year, day.month)) == _DRY:
                continue
            results = [(item.name, f"{found[item.key]:.{item.decimals}f}", item.unit) for item in (*ITEMS, *MORE)]
            results += [(name, value, unit) for name, (value, unit) in TRACES.items()]
            for name, value, unit in results:
                yield (f"{day} 09:{place * 5:02}", *_about(one), name, value, unit, SIMULATED)


def _automatic(water: dict[str, Floats], seed: int, first: date, last: date) -> pa.Table:
    """One row for every four hours and automatic station; a dash where there is no valid value."""
    random = stream(seed, first.year, "automatic")
    places = of_automatic()
    start, end = ((day - date(first.year, 1, 1)).days * SLOTS for day in (first, last))
    lost = random.random((len(places), water["tp"].shape[1])) < 0.012
    for row, place in enumerate(places):
        station, repair, repaired = _REPAIR
        if sections()[place].id == station and first.year == repair.year:
            begins, ends = ((day - date(first.year, 1, 1)).days * SLOTS for day in (repair, repaired))
            lost[row, begins : ends + SLOTS] = True
    times = labels(first, last, _HOURS)
    columns = {"监测时间": repeated(times, len(places), each=True)}
    for head, texts in zip(_ABOUT, zip(*(_about(sections()[place]) for place in places), strict=True), strict=True):
        columns[head] = repeated(texts, len(times))
    for item in ITEMS:
        values = np.where(lost, np.nan, np.round(water[item.key][places], item.decimals))[:, start : end + SLOTS]
        columns[_head(item.name, item.unit)] = pa.array(values.T.ravel(), from_pandas=True)
    columns["说明"] = repeated([SIMULATED], len(columns["监测时间"]))
    return pa.table(columns)


def _head(name: str, unit: str) -> str:
    return name if unit == "无量纲" else f"{name}({unit})"


def _plain(unit: str) -> str:
    return "" if unit == "无量纲" else unit


_WIDE = "[values]\n" + "".join(
    f'"{_head(item.name, item.unit)}" = {{ parameter = "{item.key}", unit = "{_plain(item.unit)}" }}\n'
    for item in ITEMS
)
_LONG = """[file]
below_limit = "half"

[long]
parameter = "项目"
value = "结果"
unit_column = "单位"
"""


def _mapping(values: str) -> str:
    time = "采样时间" if "[long]" in values else "监测时间"
    return f"""# {SIMULATED}：清河市地表水
statistic = "value"

[time]
column = "{time}"
seconds = 0

[station]
column = "断面编号"
name = "断面名称"
lon = "经度"
lat = "纬度"
region_column = "行政区"
kind_column = "类型"
medium = "surface_water"

[station.attributes]
simulated = "true"

[station.attribute_columns]
river = "河流"
basin = "流域"

{values}"""
