"""The style page: every part with the line that calls it. It is there only while ``DEBUG`` is on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from bilan.portal.core.charts_answer import chart_answer
from bilan.portal.core.speech import language
from bilan.portal.core.styleguide_sample import sample_board
from bilan.portal.rights.views import Guarded

if TYPE_CHECKING:
    from bilan.publish.charts import Chart

CHARTS = {"trajectory": 0, "ranking": 0, "summary": 600, "calendar": 0}  # the least width at which each is read


class _SampleForm(forms.Form):
    name = forms.CharField(label="目标名称", help_text="照文件里的写法，不加书名号。")
    value = forms.DecimalField(label="目标值", required=False, decimal_places=2)
    due = forms.DateField(label="期限", widget=forms.DateInput(attrs={"type": "date"}))
    sure = forms.BooleanField(label="与原文核对过", required=False)


class _SampleUpload(forms.Form):
    document = forms.FileField(label="规划文件")


class _OnlyWhileDebugging(Guarded):
    guards = ("site", "read")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEBUG:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class StyleGuide(_OnlyWhileDebugging):
    """The page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        board = sample_board()
        return render(
            request,
            "core/styleguide.html",
            {
                "simulated": True,
                "as_of": board.head.as_of,
                "crumbs": [{"label": "首页", "url": "/"}, {"label": "样式"}],
                "board": board,
                "row": board.rows[1],
                "since": {"missed": 1, "at_risk": 0, "on_course": -2, "met": 1, "cannot_be_judged": 0},
                "courses": [
                    [35.1, 34.6, None, 34.0, 33.4],
                    [3, 3.5, 4.8, 8, 12, 24.5],
                    [80, 85, 90, 100],
                    [],
                    [100, 100],
                ],
                "tabs": [
                    {"label": "目标", "url": "?tab=targets", "count": 85, "current": True},
                    {"label": "任务", "url": "?tab=tasks", "count": 29},
                    {"label": "措施", "url": "?tab=measures", "count": 45},
                    {"label": "项目", "url": "?tab=projects", "count": 8},
                    {"label": "责任", "url": "?tab=duties", "count": 50},
                ],
                "page": Paginator(range(212), 20).page(4),
                "filters": {"area": "领域：大气", "unit": "单位：市生态环境局", "status": "状态"},
                "form": _SampleForm({"name": "", "value": "31.4159", "due": ""}),
                "plain_form": _SampleForm(),
                "upload_form": _SampleUpload(),
                "charts": [(name, reverse("style_chart", args=[name]), least) for name, least in CHARTS.items()],
            },
        )


class StyleChart(_OnlyWhileDebugging):
    """The specification of a sample chart."""

    def get(self, request: HttpRequest, name: str) -> HttpResponseBase:
        from bilan.publish.charts_calendar import calendar
        from bilan.publish.charts_ranking import ranking
        from bilan.publish.charts_summary import summary
        from bilan.publish.charts_trajectory import trajectory

        board, spoken = sample_board(), language()
        row = board.rows[1]
        past = [(str(2021 + at), Decimal(value)) for at, value in enumerate(("39.8", "38.1", "36.9", "35.6", "35.1"))]
        charts: dict[str, Callable[[], Chart]] = {
            "trajectory": lambda: trajectory(row, past, language=spoken),
            "ranking": lambda: ranking(row, language=spoken),
            "summary": lambda: summary(board, language=spoken),
            "calendar": lambda: calendar(_days(), simulated=True, language=spoken),
        }
        if name not in charts:
            raise Http404
        return chart_answer(charts[name](), alt=f"样例图 {name}")


def _days() -> list[tuple[date, int | None, None]]:
    first = date(2026, 1, 1)
    return [(first + timedelta(day), 25 + day * 37 % 131 if day % 40 else None, None) for day in range(273)]
