"""What people of the demo city entered about its targets, as the file that ``bilan board --entries`` reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bilan.demo.files import write_rows
from bilan.demo.places import SIMULATED, table

if TYPE_CHECKING:
    from bilan.plan.model import CompiledPlan

ENTRIES = "entries.csv"
HEADS = ("target", "what", "region", "year", "value", "reason", "by", "on")


def write_entries(folder: Path, plan: CompiledPlan) -> Path:
    """Write the entries below ``folder`` and return the file.

    The packaged table names targets by words of their clauses; whatever target of ``plan`` has the words is meant.
    """
    rows = [
        (id_, what, region, year, value, f"{SIMULATED}：{reason}", by, on)
        for words, what, region, year, value, reason, by, on in table("people.csv")
        for id_ in targets_with(plan, words)
    ]
    path = folder / ENTRIES
    write_rows(path, HEADS, rows)
    return path


def targets_with(plan: CompiledPlan, words: str) -> list[str]:
    """Return the ids of the targets whose clause has ``words``, blanks aside."""
    wanted = "".join(words.split())
    return [target.id for target in plan.targets if wanted in "".join(target.quote.split())]
