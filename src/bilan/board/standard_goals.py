"""Goals that name a standard and no number (达到国家二级标准): the limit in the tables of standards.

Which table, row and column an indicator asks is data, ``policy/standard_goals.csv``; what stands in no table must be
entered as a superior's figure.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from bilan.policy.standards import StandardTable, standard_on

if TYPE_CHECKING:
    from bilan.plan.model import Target


@dataclass(frozen=True, slots=True)
class StandardLimit:
    """``value`` in the unit of the indicator, and the ``table`` it stands in."""

    value: Decimal
    table: StandardTable


def standard_limit(target: Target, day: date) -> StandardLimit | None:
    """Return the limit that the standard named by ``target`` sets for the data of ``day``, None where none is known.

    Classes of air quality are limits of GB 3095; the one in force on ``day`` counts, whenever the plan was written.
    """
    for row in _rows():
        if row["indicator"] == target.indicator and row["words"] in (target.reference or ""):
            table = standard_on(row["table"], day)
            for limits in table.rows:
                if (limits["pollutant"], limits["statistic"]) == (row["pollutant"], row["statistic"]):
                    return StandardLimit(table.number(limits, row["column"]), table)
    return None


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = (resources.files("bilan.policy") / "standard_goals.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines(), strict=True))
