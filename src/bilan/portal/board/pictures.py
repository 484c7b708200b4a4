"""Charts of a target as an answer: the specification that a page draws, or a picture to keep."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from bilan.board.model import Row
from bilan.portal.board.history import History
from bilan.portal.core.charts_answer import chart_answer
from bilan.portal.core.speech import language
from bilan.publish import ChartError

KINDS = ("trajectory", "ranking")
FORMATS = ("json", "svg", "png")
_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


def picture(row: Row, past: History, kind: str, format_: str) -> HttpResponse:
    """Return the chart ``kind`` (trajectory or ranking) of ``row``. Raises Http404 for a ranking of nothing."""
    from bilan.publish.charts_ranking import ranking
    from bilan.publish.charts_trajectory import trajectory

    if kind == "ranking" and not row.districts:
        raise Http404
    made = ranking(row, language=language()) if kind == "ranking" else trajectory(row, past, language=language())
    if format_ == "json":
        alt = _("各区县：%s") if kind == "ranking" else _("历年数值、目标和今后的范围：%s")
        return chart_answer(made, alt=alt % row.name)
    return _file(made, f"{row.target}-{kind}.{format_}", format_)


def _file(chart: object, name: str, format_: str) -> HttpResponse:
    from bilan.publish.charts_file import save

    with tempfile.TemporaryDirectory(prefix="bilan-chart-") as folder:
        try:
            content = save(chart, Path(folder) / f"chart.{format_}").read_bytes()  # type: ignore[arg-type]
        except ChartError as error:
            return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
    response = HttpResponse(content, content_type=_TYPES[format_])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
