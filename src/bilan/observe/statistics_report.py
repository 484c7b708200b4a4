"""A report: what somebody said a figure was, for a region and a period, and which of several reports stands.

Order of reports of one figure (indicator, region, period):

- A final figure stands before a preliminary one, whenever either came: statistical offices publish a preliminary figure
  until the final one is out, and then revise the final one; a preliminary figure after it is a straggler.
- Among figures of one status the later one stands. Later is by the day on which it was reported, if that is said, else
  by the day on which it was received; on one day by when it was received, then by its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

Status = Literal["preliminary", "final"]
_BEIJING = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Report:
    """One reported figure.

    ``value`` is in ``unit``, that of the indicator, and ``step`` is what one in its last printed digit is worth there;
    ``given`` and ``given_unit`` are as printed. ``source_ref`` is the SHA-256 of the file, ``sheet`` empty in a CSV.
    """

    indicator: str
    region: str
    period: str
    first: date
    last: date
    value: Decimal
    step: Decimal
    unit: str
    given: str
    given_unit: str
    source: str
    status: Status
    reported_by: str
    reported_on: date | None
    note: str
    file: str
    source_ref: str
    sheet: str
    source_line: int
    received_at: datetime

    @property
    def key(self) -> tuple[str, str, date, date]:
        """The figure that the report is about."""
        return self.indicator, self.region, self.first, self.last

    @property
    def day(self) -> date:
        """The day of the report: as said, else on which it was received (Beijing)."""
        return self.reported_on or self.received_at.astimezone(_BEIJING).date()

    @property
    def content(self) -> tuple[Any, ...]:
        """What was said, by which a report is known again, wherever it stands and however its number is printed."""
        said = (self.source, self.status, self.reported_by, self.reported_on, self.note)
        return (*self.key, self.value, *said)

    @property
    def came(self) -> tuple[date, datetime, int]:
        """By which a report is earlier or later than another."""
        return self.day, self.received_at, self.source_line

    @property
    def rank(self) -> tuple[bool, tuple[date, datetime, int]]:
        """The one with the highest rank stands."""
        return self.status == "final", self.came


def standing(reports: Iterable[Report], known_at: datetime | None = None) -> list[Report]:
    """Return the reports known at ``known_at`` (default: all), the one that stands first, the others as they rank."""
    known = (report for report in reports if known_at is None or report.received_at <= known_at)
    return sorted(known, key=lambda report: report.rank, reverse=True)


def unseen(before: Sequence[Report], arriving: Sequence[Report], *, read_before: bool) -> list[Report]:
    """Return those of ``arriving`` that say something new, given the reports ``before``, all about one figure.

    A report is one however often it comes. A dated one is known by its content. Of undated ones a value may come back
    (10, then 12, then 10 again as a correction), so a list of them is taken for the continuation of the list known:
    what of it overlaps with the end of the known list is not new. Of a file that was read before nothing is new but
    what was then refused.
    """
    known = {report.content for report in before}
    once = list({report.content: report for report in reversed(arriving)}.values())[::-1]
    if read_before:
        return [report for report in once if report.content not in known]
    dated = [report for report in once if report.reported_on and report.content not in known]
    undated = [report for report in once if not report.reported_on]
    chain = [report.content for report in before if not report.reported_on]
    contents = [report.content for report in undated]
    overlap = next(n for n in range(min(len(chain), len(contents)), -1, -1) if chain[len(chain) - n :] == contents[:n])
    fresh = {id(report) for report in (*dated, *undated[overlap:])}
    return [report for report in once if id(report) in fresh]
