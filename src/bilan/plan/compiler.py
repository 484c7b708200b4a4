"""From a document to the five linked lists: the order of the steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from bilan.plan.assembly import Assembly
from bilan.plan.document import Document
from bilan.plan.duties import build_duties
from bilan.plan.gaps import build_gaps
from bilan.plan.grammar.head import read_head
from bilan.plan.grammar.scraps import row_lines
from bilan.plan.grammar.structure import parts
from bilan.plan.ids import content_version
from bilan.plan.model import CompiledPlan
from bilan.plan.readers import read_document
from bilan.plan.repair import repair
from bilan.plan.repair.spelling import is_traditional, simplify

Progress = Callable[[str, float], None]


def compile_file(
    path: Path,
    *,
    issued: str | None = None,
    region: str | None = None,
    title: str | None = None,
    progress: Progress | None = None,
) -> CompiledPlan:
    """The five lists of the plan in the file at ``path``.

    ``issued`` (YYYY-MM-DD), ``region`` (a name) and ``title`` override what the document says or does not say.
    ``progress`` is called with a step and the share done, 0 to 1. Raises :class:`~bilan.plan.document.DocumentError`
    when the file cannot be read as a plan.
    """
    say = progress or (lambda step, share: None)
    document = read_document(path, progress=lambda page, pages: say(f"读取第 {page} 页", 0.6 * page / max(pages, 1)))
    return compile_document(document, issued=issued, region=region, title=title, progress=progress)


def compile_document(
    document: Document,
    *,
    issued: str | None = None,
    region: str | None = None,
    title: str | None = None,
    progress: Progress | None = None,
) -> CompiledPlan:
    """The five lists of a document that has been read.

    Raises ValueError when ``issued`` is not a day.

    >>> text = "清河市2026年工作要点\\n一、治水\\n(一)治理河道。国考断面优良比例达到90%以上(市生态环境局牵头)。"
    >>> plan = compile_document(Document("a.txt", "text/plain", "0" * 64, text, "utf-8", is_plain=True))
    >>> [(t.name, t.operator, t.value, t.due, t.indicator) for t in plan.targets]
    [('国考断面优良比例', '>=', 90.0, '2026', 'water.surface.good_ratio')]
    >>> plan.tasks[0].leads, text[plan.tasks[0].start : plan.tasks[0].end]
    (['市生态环境局'], '(一)治理河道')
    """
    if issued is not None:
        _check_day(issued)
    say = progress or (lambda step, share: None)
    say("整理文本", 0.6)
    document = _with_simplified_cells(document)
    mapped = repair(document)
    marked = [(mapped.locate(h.start), mapped.locate(h.end), h.level) for h in document.headings]
    say("识别章节", 0.7)
    found = parts(mapped.text, marked, row_lines(mapped.text))
    head = read_head(mapped.text, found[0].start if found else 0, title=title, issued=issued)
    say("提取目标", 0.75)
    plan = relink(Assembly(document, mapped, found, head, region).build())
    say("完成", 1.0)
    return plan


def _check_day(issued: str) -> None:
    try:
        date.fromisoformat(issued)
    except ValueError:
        raise ValueError(f"issued must be a day, YYYY-MM-DD; got {issued!r}") from None


def _with_simplified_cells(document: Document) -> Document:
    """Cells are read one by one; whether they are traditional only the whole document can tell."""
    if not document.tables or not is_traditional(document.text):
        return document
    tables = tuple(
        replace(t, rows=tuple(tuple(replace(c, text=simplify(c.text, surely=True)) for c in row) for row in t.rows))
        for t in document.tables
    )
    return replace(document, tables=tables)


def relink(plan: CompiledPlan) -> CompiledPlan:
    """``plan`` with duties, gaps and version recomputed from its lists, as after a person's correction."""
    kept = [g for g in plan.gaps if g.kind == "unreadable_table"]
    plan = plan.model_copy(update={"duties": build_duties(plan)})
    plan = plan.model_copy(update={"gaps": [*build_gaps(plan), *kept]})
    info = plan.plan.model_copy(update={"version": content_version(plan)})
    return plan.model_copy(update={"plan": info})
