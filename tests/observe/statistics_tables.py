"""Tables of reported statistics for the tests; regions are fictional, figures invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bilan.observe.statistics_period import statistic_period
from bilan.observe.statistics_report import Report

HEAD = "指标,地区,期间,数值,单位,来源,状态,填报单位,填报日期,备注"
USUAL = {
    "指标": "森林覆盖率",
    "地区": "清河市",
    "期间": "2025年",
    "数值": "42.3",
    "单位": "%",
    "来源": "森林资源清查",
    "状态": "最终",
    "填报单位": "林业局",
    "填报日期": "",
    "备注": "",
}


def line(**changes: str) -> str:
    """One row of a CSV file, as usual but for what is said."""
    return ",".join({**USUAL, **changes}.values()) + "\n"


def table(path: Path, *lines: str, head: str = HEAD) -> Path:
    path.write_text(head + "\n" + "".join(lines), encoding="utf-8")
    return path


def workbook(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    """A workbook; a cell may be a pair of value and number format."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row, 1):
                value, shown = cell if isinstance(cell, tuple) else (cell, None)
                made = sheet.cell(number, column, value)
                if shown:
                    made.number_format = shown
    book.save(path)
    return path


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def report(**changes: Any) -> Report:
    """A report as usual but for what is said; ``value`` and ``on`` may be text."""
    period = statistic_period(changes.pop("period", "2025"))
    value = Decimal(str(changes.pop("value", "42.3")))
    on = changes.pop("on", None)
    usual: dict[str, Any] = {
        "indicator": "eco.forest.cover",
        "region": "990100",
        "period": str(period),
        "first": period.first,
        "last": period.last,
        "value": value,
        "step": Decimal(1).scaleb(int(value.as_tuple().exponent)),
        "unit": "%",
        "given": str(value),
        "given_unit": "%",
        "source": "森林资源清查",
        "status": "final",
        "reported_by": "林业局",
        "reported_on": date.fromisoformat(on) if on else None,
        "note": "",
        "file": "a.csv",
        "source_ref": "a",
        "sheet": "",
        "source_line": 2,
        "received_at": moment("2026-02-01"),
    }
    return Report(**{**usual, **changes})
