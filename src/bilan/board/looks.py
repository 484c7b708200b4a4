"""How each of the five answers looks, on paper and in a terminal: ``policy/status_looks.csv``."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bilan.board.status import Status
from bilan.policy.tables import FOLDER

# what needs somebody to act comes first
ATTENTION: tuple[Status, ...] = ("missed", "at_risk", "cannot_be_judged", "on_course", "met")


@dataclass(frozen=True, slots=True)
class Look:
    """``symbol`` tells the answers apart without colour, and is one column wide in every font.

    ``terminal`` is a colour by name, which a terminal shows on its own background; ``ink`` on ``fill`` are RRGGBB.
    """

    symbol: str
    terminal: str
    ink: str
    fill: str


@cache
def status_looks() -> Mapping[str, Look]:
    """Return the look of every answer.

    >>> status_looks()["met"].symbol
    '✓'
    """
    lines = (FOLDER / "status_looks.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(lines, strict=True)
    return {row["status"]: Look(row["symbol"], row["terminal"], row["ink"], row["fill"]) for row in rows}
