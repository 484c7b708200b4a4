"""Indicators whose figures add up: over the plan (新增、完成、治理 of work) or over a year (排放量、用水总量).

Which do is data, ``policy/accumulating.csv``. All other figures are states (a share, a stock, a concentration): the
last one is the one that counts, and a part of the year can be compared with the year.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from bilan.policy import Indicator

Over = Literal["plan", "year"]


def adds_up_over(indicator: Indicator | None) -> Over | None:
    """Return over what time figures of ``indicator`` add up, None where each stands for itself.

    >>> from bilan.policy import indicators
    >>> one = {indicator.code: indicator for indicator in indicators()}
    >>> [adds_up_over(one[code]) for code in ("eco.erosion.treated_area", "water.use_total", "eco.forest.cover")]
    ['plan', 'year', None]
    """
    return None if indicator is None else _rows().get(indicator.code)


@cache
def _rows() -> dict[str, Over]:
    text = (resources.files("bilan.policy") / "accumulating.csv").read_text(encoding="utf-8")
    return {row["code"]: cast(Over, row["over"]) for row in csv.DictReader(text.splitlines(), strict=True)}
