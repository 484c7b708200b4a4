"""What the departments of the demo city report: a packaged table, cut into the files in which it came.

Some figures are missing on purpose, some came twice, and two contradict the parts from which they can be computed.
"""

from __future__ import annotations

from datetime import date
from itertools import groupby
from pathlib import Path

from bilan.demo.delivery import Delivery, morning_after
from bilan.demo.files import write_rows
from bilan.demo.places import table

HEADS = ("指标", "地区", "期间", "数值", "单位", "来源", "状态", "填报单位", "填报日期", "备注")
_REPORTED_ON = HEADS.index("填报日期")


def write_statistics(folder: Path, last: date) -> list[Delivery]:
    """Write what was reported up to ``last`` below ``folder``, a file for each round of reports, and return them."""
    made = []
    rows = sorted(table("statistics.csv"), key=lambda row: row[0])
    for name, cut in groupby(rows, key=lambda row: row[0]):
        told = [row[1:] for row in cut if date.fromisoformat(row[1 + _REPORTED_ON]) <= last]
        if told:
            path = folder / f"statistics-{name}.csv"
            write_rows(path, HEADS, told)
            newest = max(date.fromisoformat(row[_REPORTED_ON]) for row in told)
            made.append(Delivery(path, "statistics", morning_after(newest)))
    return made
