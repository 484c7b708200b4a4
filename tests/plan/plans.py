"""Small invented plans as text, compiled: what the tests of the compiler's parts share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bilan.plan.compiler import compile_document
from bilan.plan.document import Cell, Document, Table
from bilan.plan.model import CompiledPlan, Target, Task

TITLE = "青屿市碧水蓝天行动计划(2026—2028年)"
YEARLY = "青屿市2027年生态环境保护工作要点"
NUMBERED = ("number", "range", "implied")

Expected = Mapping[str, Any]


def compiled(text: str, **options: Any) -> CompiledPlan:
    """The plan in a plain text file with these characters."""
    return compile_document(Document("a.txt", "text/plain", "00c0ffee" * 8, text, "utf-8", is_plain=True), **options)


def plan_with(goals: str = "", body: str = "", title: str = TITLE) -> CompiledPlan:
    """A plan with one paragraph of goals and one task with this text."""
    parts = [title, "一、总体要求", "(一)主要目标", goals or "改善环境。", "二、重点任务", f"1.治理入河排口。{body}"]
    return compiled("\n".join(parts))


def goals(sentence: str, title: str = TITLE) -> list[Target]:
    """The promises in a paragraph of the section of goals."""
    return promised(plan_with(goals=sentence, title=title))


def goals_in_task(sentence: str, title: str = TITLE) -> list[Target]:
    """The promises in the text of a task."""
    return promised(plan_with(body=sentence, title=title))


def promised(plan: CompiledPlan) -> list[Target]:
    return [t for t in plan.targets if t.kind != "milestone"]


def figures(targets: Sequence[Target]) -> list[float | None]:
    return [t.value for t in targets if t.value_kind in NUMBERED]


def task(body: str) -> Task:
    """The one task of a plan, with this text."""
    (found,) = plan_with(body=body).tasks
    return found


def pick(items: Sequence[Any], expected: Sequence[Expected]) -> list[Expected]:
    """Of each item the fields that ``expected`` speaks about, ready to be compared with it; surplus items in full."""
    told = [{key: getattr(item, key) for key in fields} for item, fields in zip(items, expected, strict=False)]
    return told + [item.model_dump() for item in items[len(expected) :]]


def make_table(rows: Sequence[Sequence[str]], offset: int = 0) -> tuple[str, Table]:
    """Text and table of rows of cells; a cell ``^`` is merged with the one above, ``<`` with the one to its left."""
    text = ""
    made: list[tuple[Cell, ...]] = []
    for row in rows:
        cells: list[Cell] = []
        for i, words in enumerate(row):
            if words == "^" and made:
                cells.append(made[-1][i])
            elif words == "<" and cells:
                cells.append(cells[-1])
            else:
                start = offset + len(text)
                cells.append(Cell(words, start, start + len(words)))
                text += words + "\t"
        made.append(tuple(cells))
        text = text[:-1] + "\n"
    return text, Table(tuple(made), offset, offset + len(text))


def with_table(rows: Sequence[Sequence[str]], before: str = "", after: str = "") -> CompiledPlan:
    """The plan in a document, such as a docx, that has one table."""
    head = f"{TITLE}\n一、主要目标\n{before}\n"
    text, table = make_table(rows, len(head))
    whole = f"{head}{text}{after}"
    return compile_document(Document("a.docx", "application/docx", "0" * 64, whole, tables=(table,)))
