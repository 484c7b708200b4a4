"""A compiled plan as tables in the terminal, readable at 100 columns."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bilan.plan.wording import GAP_KIND, ROLE, number_text

if TYPE_CHECKING:
    from bilan.plan.model import CompiledPlan, Target

WIDTH = 100  # columns, when stdout is no terminal
LONGEST = 80  # characters of a measure; the JSON and the workbook hold all of it

OPERATORS = {
    ">=": "≥ ",
    "<=": "≤ ",
    "=": "",
    "approx": "约 ",
    "increase_by": "提高 ",
    "decrease_by": "下降 ",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """One list of the plan: its heading, its field in the plan, and for each column a heading, share of width, text."""

    heading: str
    field: str
    columns: tuple[tuple[str, int, Callable[[Any], str]], ...]
    when_empty: str = "空，文中没有读出。"


def goal(target: Target) -> str:
    """The comparison of ``target`` as a reader of the plan would say it: ``≥ 85 %``, ``下降 10 % 以上``."""
    if target.value is None:
        return target.reference or shortened(target.quote)
    value = number_text(target.value)
    if target.value_max is not None:
        value += f"～{number_text(target.value_max)}"
    at_least = " 以上" if target.bound else ""
    baseline = f"（比 {target.baseline_year}）" if target.baseline_year else ""
    return f"{OPERATORS[target.operator]}{value} {target.unit or ''}".rstrip() + at_least + baseline


def joined(names: list[str]) -> str:
    return "、".join(names)


def shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


LISTINGS = (
    Listing(
        "目标清单",
        "targets",
        (
            ("指标", 6, lambda item: item.name),
            ("目标值", 5, goal),
            ("期限", 2, lambda item: item.due or "—"),
            ("范围", 3, lambda item: item.scope or ""),
            ("性质", 2, lambda item: item.nature or ""),
        ),
    ),
    Listing(
        "任务清单",
        "tasks",
        (
            ("编号", 1, lambda item: item.number or ""),
            ("任务", 6, lambda item: item.title),
            ("牵头", 4, lambda item: joined(item.leads) or "—"),
            ("配合", 5, lambda item: joined(item.supports) + (" 等" if item.open_ended else "")),
            ("期限", 2, lambda item: item.due or ""),
        ),
    ),
    Listing(
        "措施清单",
        "measures",
        (
            ("措施", 11, lambda item: shortened(item.text)),
            ("牵头", 4, lambda item: joined(item.leads) or "—"),
            ("期限", 2, lambda item: item.due or ""),
        ),
    ),
    Listing(
        "项目清单",
        "projects",
        (
            ("项目", 8, lambda item: item.name),
            ("数量", 3, lambda item: item.quantity or ""),
            ("地点", 4, lambda item: item.place or ""),
            ("期限", 2, lambda item: item.due or ""),
        ),
    ),
    Listing(
        "责任清单",
        "duties",
        (
            ("单位", 8, lambda item: item.unit),
            ("角色", 2, lambda item: ROLE[item.role]),
            ("事项", 2, lambda item: str(len(item.items))),
        ),
    ),
    Listing(
        "待补事项",
        "gaps",
        (
            ("种类", 3, lambda item: GAP_KIND[item.kind]),
            ("说明", 13, lambda item: item.message),
        ),
        when_empty="没有。",
    ),
)


def counts(plan: CompiledPlan) -> str:
    """One line with the length of every list."""
    return " · ".join(f"{listing.heading[:2]} {len(getattr(plan, listing.field))}" for listing in LISTINGS)


def render(plan: CompiledPlan, console: Console) -> None:
    """Print the head of ``plan``, its five lists and its gaps; an empty list says so."""
    info = plan.plan
    console.print(f"[bold]{escape(info.title or plan.source.file)}[/bold]")
    facts = (info.region_name, info.issuer, info.document_number, info.issued, info.period)
    console.print(escape(" · ".join(fact for fact in facts if fact)), style="dim")
    for listing in LISTINGS:
        console.print()
        items = getattr(plan, listing.field)
        if items:
            console.print(_table(listing, items))
        else:
            console.print(f"{listing.heading}：{listing.when_empty}")


def _table(listing: Listing, items: list[Any]) -> Table:
    table = Table(title=f"{listing.heading}（{len(items)}）", box=box.SIMPLE_HEAD, title_justify="left", expand=True)
    for heading, share, _ in listing.columns:
        table.add_column(heading, ratio=share, overflow="fold")
    for item in items:
        table.add_row(*(escape(text(item)) for _, _, text in listing.columns))
    return table


def print_plan(plan: CompiledPlan) -> None:
    """Render on stdout; a file or pipe gets lines of 100 columns, whatever machine writes it."""
    fixed = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDTH
    render(plan, Console(width=fixed))
