"""A compiled plan as tables in the terminal; where a table would be too narrow, item by item."""

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
NARROWEST_TABLE = 60  # columns; below, each item is a block of lines
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
class Column:
    """One column; ``share`` of what width is left, or 0 for one that is as wide as its content and never wrapped."""

    heading: str
    share: int
    text: Callable[[Any], str]
    least: int | None = None  # columns


@dataclass(frozen=True, slots=True)
class Listing:
    """One list of the plan: its heading, its field in the plan, its columns."""

    heading: str
    field: str
    columns: tuple[Column, ...]
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


DUE = Column("期限", 0, lambda item: item.due or "", least=7)

LISTINGS = (
    Listing(
        "目标清单",
        "targets",
        (
            Column("指标", 6, lambda item: item.name),
            Column("目标值", 5, goal),
            Column("期限", 0, lambda item: item.due or "—", least=7),
            Column("范围", 3, lambda item: item.scope or ""),
            Column("性质", 0, lambda item: item.nature or ""),
        ),
    ),
    Listing(
        "任务清单",
        "tasks",
        (
            Column("编号", 0, lambda item: item.number or ""),
            Column("任务", 6, lambda item: item.title),
            Column("牵头", 4, lambda item: joined(item.leads) or "—"),
            Column("配合", 5, lambda item: joined(item.supports) + (" 等" if item.open_ended else "")),
            DUE,
        ),
    ),
    Listing(
        "措施清单",
        "measures",
        (
            Column("措施", 11, lambda item: shortened(item.text)),
            Column("牵头", 4, lambda item: joined(item.leads) or "—"),
            DUE,
        ),
    ),
    Listing(
        "项目清单",
        "projects",
        (
            Column("项目", 8, lambda item: item.name),
            Column("数量", 3, lambda item: item.quantity or ""),
            Column("地点", 4, lambda item: item.place or ""),
            DUE,
        ),
    ),
    Listing(
        "责任清单",
        "duties",
        (
            Column("单位", 1, lambda item: item.unit),
            Column("角色", 0, lambda item: ROLE[item.role]),
            Column("事项", 0, lambda item: str(len(item.items))),
        ),
    ),
    Listing(
        "待补事项",
        "gaps",
        (
            Column("种类", 3, lambda item: GAP_KIND[item.kind]),
            Column("说明", 13, lambda item: item.message),
        ),
        when_empty="没有。",
    ),
)


def counts(plan: CompiledPlan) -> str:
    """One line with the length of every list."""
    return " · ".join(f"{listing.heading[:2]} {len(getattr(plan, listing.field))}" for listing in LISTINGS)


def render(plan: CompiledPlan, console: Console) -> None:
    """Print the head of ``plan``, its five lists and its gaps; an empty list says so.

    What of the file is not in the lists stands above them.
    """
    info = plan.plan
    console.print(f"[bold]{escape(info.title or plan.source.file)}[/bold]")
    facts = (info.region_name, info.issuer, info.document_number, info.issued, info.period)
    console.print(escape(" · ".join(fact for fact in facts if fact)), style="dim")
    for label, told in (("未能读入", plan.source.unread), ("读入说明", plan.source.notes)):
        for line in told:
            console.print(f"{label}：{escape(line)}", highlight=False)
    for listing in LISTINGS:
        console.print()
        items = getattr(plan, listing.field)
        if not items:
            console.print(f"{listing.heading}：{listing.when_empty}")
        elif console.width < NARROWEST_TABLE:
            _print_blocks(listing, items, console)
        else:
            console.print(_table(listing, items))


def _table(listing: Listing, items: list[Any]) -> Table:
    table = Table(title=f"{listing.heading}（{len(items)}）", box=box.SIMPLE_HEAD, title_justify="left", expand=True)
    columns = [column for column in listing.columns if any(column.text(item) for item in items)]
    for column in columns:
        table.add_column(
            column.heading,
            ratio=column.share or None,
            overflow="fold",
            no_wrap=not column.share,
            min_width=column.least,
        )
    for item in items:
        table.add_row(*(escape(column.text(item)) for column in columns))
    return table


def _print_blocks(listing: Listing, items: list[Any], console: Console) -> None:
    """Print each item as its first text and, indented, one line for each other that it has."""
    console.print(f"[bold]{listing.heading}（{len(items)}）[/bold]")
    for item in items:
        told = [(column.heading, escape(column.text(item))) for column in listing.columns if column.text(item)]
        (_, first), *others = told
        console.print(f"· {first}", highlight=False)
        for heading, text in others:
            console.print(f"  {heading}：{text}", highlight=False)


def print_plan(plan: CompiledPlan) -> None:
    """Render on stdout; a file or pipe gets lines of 100 columns, whatever machine writes it."""
    fixed = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDTH
    render(plan, Console(width=fixed))
