"""The list of jobs, one job with its progress, and the buttons that end or repeat it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import DetailView, ListView

from bilan.portal.jobs.models import Job
from bilan.portal.jobs.start import JobError, cancel, retry
from bilan.portal.people.pages import tabs
from bilan.portal.rights.views import Guarded


class Jobs(Guarded, ListView):
    guards = ("job", "read")
    template_name = "jobs/list.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Job]:
        Job.objects.mark_lost()
        return self.rows(Job.objects.select_related("owner", "region"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        parts = tabs(self.request)
        return super().get_context_data(tabs=parts if len(parts) > 1 else [], **kwargs)


class OneJob(Guarded, DetailView):
    guards = ("job", "read")
    template_name = "jobs/job.html"
    context_object_name = "job"

    def get_queryset(self) -> QuerySet[Job]:
        Job.objects.mark_lost()
        return self.rows(Job.objects.select_related("owner", "region"))


class JobPart(OneJob):
    """The part of the page that changes; asked for every second while the job is open."""

    template_name = "jobs/part.html"
    polled = True


class Cancel(Guarded, View):
    guards = ("job", "cancel")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = get_object_or_404(self.rows(Job.objects.all()), pk=pk)
        if not cancel(job):
            messages.info(request, _("任务已经结束。"))
        return redirect("jobs:job", pk=pk)


class Retry(Guarded, View):
    guards = ("job", "retry")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = get_object_or_404(self.rows(Job.objects.select_related("owner")), pk=pk)
        try:
            if not retry(job, request.user):  # type: ignore[arg-type]
                messages.info(request, _("任务不需要重试。"))
        except JobError as refused:
            messages.error(request, str(refused))
        return redirect("jobs:job", pk=pk)
