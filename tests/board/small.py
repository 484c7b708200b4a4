"""Small boards: a few targets, what was reported and what was decided about them, and no monitor."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from bilan.board.boards import Making
from bilan.board.entries import Entries, Entry
from bilan.board.model import Row
from bilan.board.rows import row_of
from bilan.evaluate.engine import connect
from bilan.evaluate.kept import Kept
from bilan.observe import Lake
from bilan.observe.statistics import Statistics
from bilan.observe.statistics_report import Report
from bilan.plan.model import CompiledPlan, Target

from .reference.written import compiled

CITY, DISTRICT, OTHER = "990100", "990103", "990104"
_FOLDERS = itertools.count()


def target(code: str | None, **more: Any) -> Target:
    told: dict[str, Any] = {"id": "t1", "start": 0, "end": 1, "kind": "target", "indicator": code, "name": "某指标"}
    told |= {"operator": ">=", "value": 1.0, "unit": None, "value_kind": "number", "quote": "…", "confidence": 1}
    return Target(**(told | {"due": "2028", "region": CITY} | more))


def entry(
    what: str, value: str | None, at: str = "", region: str | None = None, on: str = "2026-01-05", **more: Any
) -> Entry:
    """A decision; ``at`` is the year or the month that stands beside it, a value of None withdraws."""
    year, _, month = at.partition("-")
    is_judgement = what == "judgement"
    told: dict[str, Any] = {
        "target": "t1",
        "what": what,
        "year": int(year) if year else None,
        "value": None if is_judgement or value is None else Decimal(value),
        "status": value if is_judgement else None,
        "reason": "有文",
        "by": "规划科",
        "on": date.fromisoformat(on),
        "region": region,
        "month": int(month) if month else None,
    }
    return Entry(**(told | more))


def plan_of(targets: Iterable[Target], period: str = "2026/2028") -> CompiledPlan:
    plan = compiled("到2028年，森林覆盖率达到43%。")
    info = plan.plan.model_copy(update={"period": period})
    return plan.model_copy(update={"targets": list(targets), "tasks": [], "plan": info})


def making(
    folder: Path,
    targets: Iterable[Target],
    day: str,
    reports: Iterable[Report] = (),
    entries: Iterable[Entry] = (),
    *,
    region: str | None = None,
    period: str = "2026/2028",
) -> Making:
    lake = Lake(folder / f"lake{next(_FOLDERS)}")
    if told := list(reports):
        Statistics.of(lake).add(told, "reports")
    plan = plan_of(targets, period)
    as_of = date.fromisoformat(day)
    return Making(plan, lake, connect(), as_of, None, region, Entries(entries), Kept(None))


def rows(made: Making) -> list[Row]:
    return [row_of(case, made.judge, made.units) for case in made.cases]


def row(made: Making) -> Row:
    """The row of the first target in its own region."""
    return rows(made)[0]
