"""Raw values behind a figure: the pages at the end of the chain of proof."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import chain, islice
from typing import Any, cast

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from bilan.board.model import Row
from bilan.errors import BilanError
from bilan.portal.audit.record import record
from bilan.portal.board.boards import Sheet
from bilan.portal.board.choosing import Chosen
from bilan.portal.board.lake import the_lake
from bilan.portal.board.made import not_made
from bilan.portal.board.raw import COLUMNS, Behind, Wanted
from bilan.portal.board.raw_days import Days, days_of
from bilan.portal.board.store import Answer, NotMadeError
from bilan.portal.board.views_target import OfTarget
from bilan.portal.core.turns import BusyError, Turns
from bilan.portal.files.export import csv_response

logger = logging.getLogger(__name__)

SHOWN = 50  # on a page: a phone shows each as a card
DAYS, HOURS = "days", "hours"
_turns = Turns(at_once=2, waiting=1)  # files that are read
_turns_of_days = Turns(at_once=2, waiting=10)  # a moment where they are kept, seconds where hours came since


class OfData(OfTarget):
    """Something about the raw values of a row."""

    guards = ("figure", "read")

    def of_row(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], row: Row) -> HttpResponseBase:
        lake = the_lake()
        assert lake is not None  # there is a board
        behind = Behind(chosen.asked, row, lake, chosen.sight.parts(row, chosen.region.pk))
        try:
            return self.of_data(request, chosen, answer, behind)
        except BilanError as error:  # the board is kept, but something that it was made from cannot be read any more
            logger.exception("%s: what is behind it is not shown", row.target)
            return self.failed(request, chosen, NotMadeError(str(error), 0.0))

    def of_data(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], behind: Behind) -> HttpResponseBase:
        """Return the page about what stands behind."""
        raise NotImplementedError


class Data(OfData):
    """The days of a figure of air, or observations by time, or the reports."""

    def of_data(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], behind: Behind) -> HttpResponseBase:
        wanted, number, days = read_wanted(request), _whole(request.GET.get("page", "")), days_of(behind)
        by_day = _shows_days(request, wanted, days)
        pages: Paginator[Any]
        if by_day and days is not None:
            try:
                with _turns_of_days.taken():
                    pages = Paginator(days.rows, SHOWN)
            except BusyError:
                return not_made(request, "busy", public=False)
            rows = list(pages.get_page(number))
        else:
            count, rows = behind.page(wanted, number, SHOWN)
            pages = Paginator(range(count), SHOWN)
        context = {
            **self.about(chosen, answer, behind.row),
            "behind": behind,
            "wanted": wanted,
            "days": days if by_day else None,
            "has_days": days is not None,
            "tabs": _tabs(chosen, by_day=by_day) if days is not None and days.may_be_seen else [],
            "observations": rows,
            "page": pages.get_page(number),
            "reports": behind.reports(),
            "query": _with_view(request, by_day=by_day),
        }
        return render(request, "board/data.html", context)


class Value(OfData):
    """Everything that the lake ever held of one value: what came first, what corrected it."""

    def of_data(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], behind: Behind) -> HttpResponseBase:
        station, parameter = request.GET.get("station", ""), request.GET.get("parameter", "")
        time = _time(request.GET.get("time", ""))
        rows = behind.history(station, parameter, time)
        if not rows:
            raise Http404
        context = {
            **self.about(chosen, answer, behind.row),
            "rows": rows,
            "station": behind.stations[station],
            "parameter": behind.parameters[parameter],
            "time": time,
        }
        return render(request, "board/value.html", context)


class DataFile(OfData):
    """The same days or observations as a file. A long one takes a while: few are read at a time."""

    guards = ("figure", "export")

    def of_data(self, request: HttpRequest, chosen: Chosen, answer: Answer[Sheet], behind: Behind) -> HttpResponseBase:
        try:
            _turns.begin()
        except BusyError:
            return not_made(request, "busy", public=False)
        try:
            response = self._file(request, chosen, behind)
        except BaseException:
            _turns.end()
            raise
        response.streaming_content = _InTurn(cast("Iterable[bytes]", response.streaming_content))
        return response

    def _file(self, request: HttpRequest, chosen: Chosen, behind: Behind) -> StreamingHttpResponse:
        wanted, row, days = read_wanted(request), behind.row, days_of(behind)
        by_day = days is not None and days.may_be_seen and request.GET.get("view") == DAYS
        asked = {"target": row.target, "period": row.period or "", "station": "" if by_day else wanted.station}
        asked["view"] = DAYS if by_day else HOURS
        cells = iter(()) if by_day or not behind.monitored else _cells(behind.every(wanted))
        begun = list(islice(cells, 1))  # where not even the first month can be read, this is told in place of a file
        record("figure.export", label=row.name, new=asked, plan=chosen.plan.slug, region=chosen.region)
        if by_day and days is not None:
            return csv_response(f"{row.target}-days.csv", *days.cells())
        if behind.monitored:
            return csv_response(f"{row.target}-data.csv", COLUMNS, chain(begun, cells))
        told = ((r.indicator, r.region, r.period, r.given, r.given_unit, r.value, r.unit, r.status, r.source,
                 r.reported_by, r.reported_on or "", r.file, r.source_ref, r.source_line, stands)
                for r, stands in behind.reports())  # fmt: skip
        head = ("indicator", "region", "period", "given", "given_unit", "value", "unit", "status", "source",
                "reported_by", "reported_on", "file", "source_ref", "source_line", "stands")  # fmt: skip
        return csv_response(f"{row.target}-data.csv", head, told)


class _InTurn:
    """Lines of a file whose turn is over when the answer is closed, read to its end or not."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines, self._closed = lines, False

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._lines)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            _turns.end()


def read_wanted(request: HttpRequest) -> Wanted:
    """Return which observations the address asks for."""
    day = request.GET.get("day", "")
    try:
        day = date.fromisoformat(day).isoformat() if day else ""
    except ValueError:
        day = ""
    return Wanted(request.GET.get("station", ""), request.GET.get("parameter", ""), day)


def _shows_days(request: HttpRequest, wanted: Wanted, days: Days | None) -> bool:
    """Whether the page is that of days, as it is at first: not where hours were chosen, or the reader sees no days."""
    asked = request.GET.get("view", DAYS if wanted == Wanted() else HOURS)
    return days is not None and days.may_be_seen and asked == DAYS


def _tabs(chosen: Chosen, *, by_day: bool) -> list[dict[str, Any]]:
    views = ((DAYS, _("逐日"), by_day), (HOURS, _("逐时"), not by_day))
    return [
        {"label": label, "url": f"?{chosen.query}&view={view}", "current": current} for view, label, current in views
    ]


def _with_view(request: HttpRequest, *, by_day: bool) -> str:
    """The address of the file of what the page shows."""
    query = request.GET.copy()
    query["view"] = DAYS if by_day else HOURS
    return query.urlencode()


def _cells(rows: Iterator[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield tuple(_cell(row.get(name)) for name in COLUMNS)


def _cell(value: Any) -> Any:
    """A moment in the time of the site, as pages show it."""
    return timezone.localtime(value).isoformat() if isinstance(value, datetime) else value


def _whole(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _time(text: str) -> datetime:
    """A moment of the address, in the time of the site where it names no zone. Raises Http404 for what is none."""
    try:
        time = datetime.fromisoformat(text)
        aware = timezone.make_aware(time) if timezone.is_naive(time) else time
        aware.astimezone(UTC)  # the first and the last years of the calendar have no other zone
    except (ValueError, OverflowError):
        raise Http404 from None
    return aware
