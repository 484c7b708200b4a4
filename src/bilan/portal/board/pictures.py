"""Charts of a target: the specification that a page draws, or a picture to keep."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from django.http import Http404
from django.utils.translation import gettext as _

from bilan.board.model import Row
from bilan.portal.board.history import History
from bilan.portal.board.made import Made
from bilan.portal.core.charts_answer import chart_answer
from bilan.portal.core.speech import language

if TYPE_CHECKING:
    from bilan.publish.charts import Chart

CHART_KINDS = ("trajectory", "ranking")
FORMATS = {"json": "application/json", "svg": "image/svg+xml", "png": "image/png"}


def picture(row: Row, past: History, kind: str, format_: str, *, public: bool) -> Made:
    """Return the chart ``kind`` (trajectory or ranking) of ``row``. Raises Http404 for a ranking of nothing."""
    if kind == "ranking" and not row.districts:
        raise Http404
    make: Callable[[], bytes] = partial(_specification if format_ == "json" else _file, row, past, kind, format_)
    shows = json.dumps([row.model_dump(mode="json"), [(period, str(value)) for period, value in past]]).encode()
    name = "" if format_ == "json" else f"{row.target}-{kind}.{format_}"
    return Made(f"{kind}.{format_}", shows, make, FORMATS[format_], name, public)


def _chart(row: Row, past: History, kind: str) -> Chart:
    from bilan.publish.charts_ranking import ranking
    from bilan.publish.charts_trajectory import trajectory

    return ranking(row, language=language()) if kind == "ranking" else trajectory(row, past, language=language())


def _specification(row: Row, past: History, kind: str, _format: str) -> bytes:
    alt = _("各区县：%s") if kind == "ranking" else _("历年数值、目标和今后的范围：%s")
    return chart_answer(_chart(row, past, kind), alt=alt % row.name).content


def _file(row: Row, past: History, kind: str, format_: str) -> bytes:
    from bilan.publish.charts_file import save

    with tempfile.TemporaryDirectory(prefix="bilan-chart-") as folder:
        return save(_chart(row, past, kind), Path(folder) / f"chart.{format_}").read_bytes()
