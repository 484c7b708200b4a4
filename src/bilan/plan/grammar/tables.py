"""Indicator tables, read by their cells: name, nature, baseline and one target per dated column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bilan.plan.document import Cell, Table
from bilan.plan.grammar import lexicon
from bilan.plan.grammar.comparators import compare, direction
from bilan.plan.grammar.found import Found
from bilan.plan.grammar.implied import implied_goals
from bilan.plan.grammar.names import clean
from bilan.plan.grammar.predicates import peel
from bilan.plan.grammar.quantities import quantities
from bilan.plan.model import Nature
from bilan.plan.repair.scan import scan_edits
from bilan.plan.repair.spelling import spell

_NAME = re.compile(r"^(?:具体|主要|二级|三级)?(?:指标|目标|指标名称|名称|指标内容|考核指标|目标指标|项目)(?:名称)?$")
_NATURE = re.compile(r"属性|性质|类型")
_UNIT = re.compile(r"^(?:计量)?单位$")
_BASE = re.compile(r"现状|基准|基期|基数|完成值|实际|基础值|现值")
_GOAL = re.compile(r"目标|规划值|指标值|20\d\d年")
_YEAR = re.compile(r"(20\d\d)")
_PART = re.compile(r"^(?:序号|类别|指标类别|一级指标|领域|分类|备注|责任单位|牵头单位)$")
_NOTHING = re.compile(r"^[-—–/\s]*$")


@dataclass(slots=True)
class Row:
    """One goal of an indicator table; ``start:end`` in the document's text."""

    found: Found
    start: int
    end: int
    due: str | None
    baseline_year: str | None
    baseline: float | None
    nature: Nature | None


@dataclass(slots=True)
class _Columns:
    name: int
    nature: int | None
    unit: int | None
    base: list[int]
    goals: list[int]
    head: list[str]


def table_goals(table: Table, due: str | None) -> Iterator[Row]:
    """The goals in an indicator table; nothing for a table of another kind.

    ``due`` is the plan's own last year, for a target column that names none. Raises nothing: a cell that holds no
    goal is passed over.
    """
    rows = [[_plain(c) for c in row] for row in table.rows]
    columns, first = _columns(rows)
    if columns is None:
        return
    for cells, words in zip(table.rows[first:], rows[first:], strict=True):
        if len(words) <= max([columns.name, *columns.goals]) or not words[columns.name]:
            continue
        yield from _row(cells, words, columns, due)


def _plain(cell: Cell) -> str:
    from bilan.plan.mapped import Mapped

    mapped = spell(Mapped(cell.text))
    return re.sub(r"\s+", "", mapped.apply(scan_edits(mapped.text)).text)


def _columns(rows: list[list[str]]) -> tuple[_Columns | None, int]:
    """The columns of an indicator table and the number of its header rows; None for a table of another kind."""
    for first in (1, 2, 3):
        name = _name_column(_head(rows, first)) if len(rows) > first else None
        if name is None:
            continue
        depth = first
        while depth + 1 < len(rows) and name < len(rows[depth]) and rows[depth][name] == rows[0][name]:
            depth += 1  # the name's cell is merged downwards over more rows of the header
        columns = _read_head(_head(rows, depth), name)
        if columns is not None:
            return columns, depth
    return None, 0


def _head(rows: list[list[str]], depth: int) -> list[str]:
    return ["".join(dict.fromkeys(r[i] for r in rows[:depth] if i < len(r))) for i in range(len(rows[0]))]


def _name_column(head: list[str]) -> int | None:
    names = [i for i, h in enumerate(head) if _NAME.match(h) and not _PART.match(h)]
    return names[-1] if names else None


def _read_head(head: list[str], name: int) -> _Columns | None:
    base = [i for i, h in enumerate(head) if _BASE.search(h)]
    goals = [i for i, h in enumerate(head) if _GOAL.search(h) and i not in base and not _NAME.match(h)]
    years = [int(y[1]) for i in goals if (y := _YEAR.search(head[i]))]
    if not base and len(years) == len(goals) > 1:
        base = [goals[years.index(min(years))]]
        goals = [g for g in goals if g not in base]
    if not goals:
        return None
    nature = next((i for i, h in enumerate(head) if _NATURE.search(h)), None)
    unit = next((i for i, h in enumerate(head) if _UNIT.match(h)), None)
    return _Columns(name, nature, unit, base, goals, head)


def _row(cells: tuple[Cell, ...], words: list[str], columns: _Columns, due: str | None) -> Iterator[Row]:
    name = words[columns.name]
    unit = words[columns.unit] if columns.unit is not None else None
    inner = re.search(r"\(([^()]*(?:%|吨|微克|/|个|天|亩|公里|平方|米|万|家|户|µg|分贝)[^()]*)\)$", name)
    if unit is None and inner:
        unit = inner[1]
    title = name[: inner.start()] if inner else name
    nature: Nature | None = None
    if columns.nature is not None:
        nature = "约束性" if "约束" in words[columns.nature] else "预期性" if "预期" in words[columns.nature] else None
    baseline = year = None
    for i in columns.base:
        if i < len(words) and (q := quantities(words[i].strip("[]"))):
            baseline = q[0].value
            year = y[1] if (y := _YEAR.search(columns.head[i])) else None
    for i in columns.goals:
        cell = words[i]
        if _NOTHING.match(cell) or cell == name:
            continue
        found = _value(title, cell, unit)
        if found is None:
            continue
        when = y[1] if (y := _YEAR.search(columns.head[i])) else due
        base_year = found.base and _YEAR.search(found.base)
        first, last = cells[columns.name], cells[i]
        yield Row(
            found,
            min(first.start, last.start),
            max(first.end, last.end),
            when,
            base_year[1] if base_year else (year if found.operator in ("decrease_by", "increase_by") else None),
            baseline,
            nature,
        )


def cell_goal(name: str, cell: str, base: str, unit: str | None) -> tuple[Found, float | None, str | None] | None:
    """The goal in a target cell, with the baseline's value and the year that the cell compares with."""
    found = _value(name, cell, unit)
    if found is None:
        return None
    numbers = quantities(base.strip("[]"))
    year = _YEAR.search(found.base) if found.base else None
    return found, numbers[0].value if numbers else None, year[1] if year else None


def _value(name: str, cell: str, unit: str | None) -> Found | None:
    total = cell.startswith("[") and cell.endswith("]")
    text = cell.strip("[]")
    items = quantities(text)
    if not items:
        for goal in implied_goals(name + text, name) or implied_goals(name + "得到" + text, name):
            goal.name = name
            return goal
        return None
    q = items[-1] if len(items) == 1 else items[0]
    predicate = peel(text[: q.start])
    goal = Found(0, len(text), name, "target", "=", q.value, q.unit or _unit(unit), "number", q.value_max)
    if re.search(r"达到?$", clean(predicate.rest)) or predicate.kinds or q.suffix:
        compare(goal, predicate, q)
    if goal.operator == "=" and not predicate.kinds & {"keep"}:
        goal.operator = "<=" if direction(name) == "lower" else ">="
    if q.value_max is not None:
        goal.value_kind = "range"
    goal.unit = goal.unit or lexicon.printed_unit(name)
    declines = re.search(r"下降|降低|减少" if total else r"(?:下降|降低|减少|削减)(?:率|比例|幅度)?$", name)
    if declines and goal.unit == "%":
        goal.operator = "decrease_by"
    goal.confidence = 0.95
    return goal


def _unit(text: str | None) -> str | None:
    if not text or _NOTHING.match(text):
        return None
    return text.replace("(", "").replace(")", "")
