"""Reports for the tests of readings: figures are invented, their results computed by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bilan.evaluate.reading import Reading
from bilan.evaluate.statistics.reading import reading_from
from bilan.observe.statistics import Reports
from bilan.observe.statistics_period import statistic_period
from bilan.observe.statistics_report import Report
from bilan.periods import Period
from bilan.policy import indicators
from bilan.policy.statistics import regions_by_id, reportables

CITY = "990100"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def report(indicator: str, period: str, value: str, **changes: Any) -> Report:
    """A final report in the unit of the indicator; ``on`` is the day of the report."""
    span, figure = statistic_period(period), Decimal(value)
    on = changes.pop("on", "2026-03-01")
    usual: dict[str, Any] = {
        "indicator": indicator,
        "region": CITY,
        "period": str(span),
        "first": span.first,
        "last": span.last,
        "value": figure,
        "step": Decimal(1).scaleb(int(figure.as_tuple().exponent)),
        "unit": reportables()[indicator].unit,
        "given": value,
        "given_unit": reportables()[indicator].unit,
        "source": "统计年鉴",
        "status": "final",
        "reported_by": "统计局",
        "reported_on": date.fromisoformat(on) if on else None,
        "note": "",
        "file": "a.csv",
        "source_ref": "a",
        "sheet": "",
        "source_line": 2,
        "received_at": moment("2026-03-02"),
    }
    return Report(**{**usual, **changes})


def read(code: str, period: str, *reports: Report, **said: Any) -> Reading:
    """The reading of the city from these reports."""
    (indicator,) = (one for one in indicators() if one.code == code)
    return reading_from(Reports(reports, 1), indicator, regions_by_id()[CITY], Period.parse(period), **said)
