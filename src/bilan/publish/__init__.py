"""What leaves the house: charts that serve notebook, page and report alike.

Needs the extra ``charts``; without it the first use of a name here says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bilan._lazy import lazy_exports
from bilan.errors import BilanError

if TYPE_CHECKING:
    from bilan.publish.charts_calendar import calendar
    from bilan.publish.charts_file import save
    from bilan.publish.charts_ranking import ranking
    from bilan.publish.charts_sections import sections_by_class
    from bilan.publish.charts_summary import summary
    from bilan.publish.charts_trajectory import trajectory

_HOMES = {
    "calendar": "charts_calendar",
    "ranking": "charts_ranking",
    "save": "charts_file",
    "sections_by_class": "charts_sections",
    "summary": "charts_summary",
    "trajectory": "charts_trajectory",
}
__all__ = ["ChartError", "calendar", "ranking", "save", "sections_by_class", "summary", "trajectory"]

_EXTRA = {"altair", "vl_convert"}
_get, __dir__ = lazy_exports(__name__, _HOMES)


class ChartError(BilanError):
    """A chart cannot be made or written: what it needs is not installed, or its input is not what it was said to be."""


def __getattr__(name: str) -> Any:
    try:
        return _get(name)
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        raise ChartError(f"画图需要附加件 charts：pip install 'bilan[charts]'（缺 {error.name}）") from error
