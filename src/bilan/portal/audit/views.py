"""The log as a page with filters, and the same rows as a file."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import ListView

from bilan.portal.audit.chain import hashed_time
from bilan.portal.audit.models import Entry
from bilan.portal.audit.record import record
from bilan.portal.audit.words import CHOICES
from bilan.portal.files.export import csv_response
from bilan.portal.people.pages import tabs
from bilan.portal.rights.views import Guarded

_FIRST, _LAST = date(1900, 1, 1), date(9000, 1, 1)


class Filter(forms.Form):
    """What the log is asked for; all of it stands in the address, so that a view can be sent."""

    who = forms.CharField(label=_("操作人"), required=False, max_length=64)
    action = forms.CharField(label=_("操作"), required=False, max_length=60, widget=forms.Select(choices=CHOICES))
    plan = forms.CharField(label=_("计划"), required=False, max_length=64)
    region = forms.CharField(label=_("地区"), required=False, max_length=40)
    text = forms.CharField(label=_("内容"), required=False, max_length=100)
    since = forms.DateField(label=_("从"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=_("到"), required=False, widget=forms.DateInput({"type": "date"}))

    def rows(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        """Return the entries asked for; a field that cannot be read filters nothing."""
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        for name, value in asked.items():
            entries = entries.filter(self._conditions[name](value))
        return entries

    _conditions: ClassVar[dict[str, Any]] = {
        "who": lambda value: Q(actor_name__icontains=value),
        "action": lambda value: Q(action__startswith=value),
        "plan": lambda value: Q(plan=value),
        "region": lambda value: Q(region__name__icontains=value) | Q(region=value),
        "text": lambda value: Q(label__icontains=value) | Q(old__icontains=value) | Q(new__icontains=value),
        "since": lambda value: Q(at__gte=_midnight(value)),
        "until": lambda value: Q(at__lt=_midnight(value, days=1)),
    }


def _midnight(day: date, days: int = 0) -> datetime:
    """When ``day`` or one some ``days`` after it begins here: a bound that an index knows, unlike the day of a time."""
    within = min(max(day, _FIRST), _LAST)  # at the ends of the calendar there is no other zone to go to
    return timezone.make_aware(datetime.combine(within + timedelta(days), time.min))


class Log(Guarded, ListView):
    """The log, latest first."""

    guards = ("audit", "read")
    template_name = "audit/log.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Entry]:
        self.form = Filter(self.request.GET)
        return self.form.rows(self.rows(Entry.objects.select_related("region")))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET.urlencode()
        return super().get_context_data(form=self.form, query=query, tabs=tabs(self.request), **kwargs)


EXPORTED = (
    *("number", "at", "actor", "actor_name", "action", "object", "object_id", "label", "old", "new"),
    *("plan", "region_id", "address", "at_utc", "previous", "hash"),
)


class Export(Guarded, View):
    """The rows of the same filter as CSV; taking them away is itself in the log."""

    guards = ("audit", "export")

    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        entries = Filter(request.GET).rows(self.rows(Entry.objects.order_by("number")))
        record("audit.export", new={"filter": request.GET.dict()})
        rows = (_cells(one) for one in entries.iterator(chunk_size=2000))
        return csv_response("bilan-audit.csv", EXPORTED, rows)


def _cells(entry: Entry) -> list[Any]:
    times = {"at": timezone.localtime(entry.at).isoformat(timespec="seconds"), "at_utc": hashed_time(entry)}
    return [times[name] if name in times else getattr(entry, name) for name in EXPORTED]
