"""The areas into which targets fall: the first level of the indicators."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from bilan.board.model import Row
from bilan.policy import Indicator, indicators

OTHER = "other"  # no indicator of the table
AREAS: Mapping[str, Any] = {
    "air": _("大气"),
    "water": _("水"),
    "sea": _("海洋"),
    "soil": _("土壤"),
    "agri": _("农业农村"),
    "solid": _("固体废物"),
    "ecology": _("自然生态"),
    "carbon": _("碳"),
    "energy": _("能源"),
    "noise": _("噪声"),
    "public": _("综合"),
    OTHER: _("其他"),
}


def area_of(row: Row) -> str:
    """Return the area of a row."""
    found = indicator_of(row)
    return found.area if found is not None and found.area in AREAS else OTHER


def indicator_of(row: Row) -> Indicator | None:
    """Return the indicator of a row, None where the table has none."""
    return _by_code().get(row.indicator or "")


@cache
def _by_code() -> dict[str, Indicator]:
    return {one.code: one for one in indicators()}
