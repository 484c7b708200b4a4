"""The clause of a target in its whole sentence, under its headings; what tells targets of one name apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from bilan.board.model import Row
from bilan.plan.grammar.numerals import hanzi_number
from bilan.plan.model import CompiledPlan, Section, Target, Task
from bilan.policy.quotation import within_quotes
from bilan.portal.board.table_rows import Cell, TableRow, row_at
from bilan.portal.core.speech import language

_WORDS = 40  # characters of a clause that tells a target from its namesake
_LONGEST = 260  # characters of a sentence on either side of the clause
_END = re.compile(r"[。！？!?](?:[”’」』）)]+)?|\n\s*\n")  # of a sentence or a paragraph
_STOP = re.compile(r"[。！？!?；：”’」』）)]$")  # with one of these a line ends what it says
_PAUSE = re.compile(r"[；;，,]")
_WRAP = re.compile(r"(?<=[^\x00-\x7f])[ \t]*\n[ \t]*(?=[^\x00-\x7f])")  # a line of Chinese goes on in the next
_SPACE = re.compile(r"\s+")
_PART = re.compile(r"[一二三四五六七八九十百]+")


@dataclass(frozen=True)
class Clause:
    """The words of the plan: what stands before the clause in its sentence, the clause, what follows to its end.

    ``place`` names the headings above it, the outermost first. A row of a table has no words around it, and ``cells``
    where its columns have heads.
    """

    before: str
    words: str
    after: str
    place: tuple[str, ...] = ()
    cells: tuple[Cell, ...] = ()


def clause_of(plan: CompiledPlan, target: Target, text: str) -> Clause:
    """Return the clause in its whole sentence, or its row of a table; without the text of the plan the words alone.

    The spans of the plan count the characters of ``text`` where it holds none of its own.

    >>> from types import SimpleNamespace as Some
    >>> plan = Some(source=Some(text=None), sections=[], tasks=[])
    >>> clause_of(plan, Some(start=4, end=6, quote="乙丙"), "子丑。甲乙丙，丁。戊。")
    Clause(before='甲', words='乙丙', after='，丁。', place=(), cells=())
    """
    place, source = _headings(plan, target), plan.source.text or text
    if not 0 <= target.start < target.end <= len(source):
        return Clause("", " ".join(target.quote.split()), "", place)
    row = row_at(source, target.start, target.end)
    if row is not None:
        cells = row.cells if row.has_heads else ()
        return Clause("", row.words, "", (*place, row.title) if row.title else place, cells)
    words = _joined(source[target.start : target.end])
    return Clause(_before(plan, source, target), words, _after(plan, source, target), place)


def apart(plan: CompiledPlan, rows: Iterable[Row]) -> Mapping[str, str]:
    """Return, of the targets that are called the same, by id where in the plan each stands and in what words.

    A plan that states a goal in a paragraph and again in a table has two targets; their clauses tell them apart. A row
    of a table is told by its table and by what the table asks, in the words of its columns.
    """
    rows = list(rows)
    many = Counter((row.name, row.scope, row.region) for row in rows)
    same = {row.target for row in rows if many[row.name, row.scope, row.region] > 1}
    return {one.id: _place_of(plan, one) for one in plan.targets if one.id in same}


def _before(plan: CompiledPlan, source: str, target: Target) -> str:
    """What the sentence says before the clause; of a very long one the last stretch."""
    text = source[_body(plan, target, len(source))[0] : target.start]
    first = max((one.end() for one in _END.finditer(text)), default=0)
    words = text[_last_paragraph(text, first) :]
    if len(words) > _LONGEST:
        pauses = [one.end() for one in _PAUSE.finditer(words, len(words) - _LONGEST)]
        words = "……" + words[pauses[0] if pauses else len(words) - _LONGEST :]
    return _joined(words).lstrip()


def _after(plan: CompiledPlan, source: str, target: Target) -> str:
    """What the sentence says after the clause, with its full stop; of a very long one the first stretch."""
    text = source[target.end : _body(plan, target, len(source))[1]]
    if _END.search(source[target.start : target.end].rstrip()[-1:]):
        return ""
    end = next((one.end() for one in _END.finditer(text)), len(text))
    words = text[: _first_paragraph(text, end)]
    if len(words) > _LONGEST:
        pauses = [one.start() for one in _PAUSE.finditer(words, 0, _LONGEST)]
        words = words[: pauses[-1] if pauses else _LONGEST] + "……"
    return _joined(words).rstrip()


def _body(plan: CompiledPlan, target: Target, length: int) -> tuple[int, int]:
    """Where the text below the nearest heading begins and ends."""
    above = _above(plan, target)
    return (above.body_start, max(above.body_end, target.end)) if above is not None else (0, length)


def _last_paragraph(text: str, first: int) -> int:
    """Where the paragraph begins that reaches to the end of ``text``, not before ``first``."""
    ends = [at for at in _breaks(text) if at >= first]
    return ends[-1] if ends else first


def _first_paragraph(text: str, last: int) -> int:
    ends = [at for at in _breaks(text) if at <= last and text[:at].strip()]
    return ends[0] if ends else last


def _breaks(text: str) -> list[int]:
    """Where lines begin that do not go on with the line before: it ended its sentence, or it is a row of a table."""
    found, at = [], 0
    for line in text.splitlines(keepends=True):
        at += len(line)
        told = line.strip()
        if line.endswith("\n") and (not told or "\t" in line.strip(" \n") or _STOP.search(told)):
            found.append(at)
    return found


def _joined(words: str) -> str:
    """The words of several lines as one."""
    return _SPACE.sub(" ", _WRAP.sub("", words))


def _above(plan: CompiledPlan, target: Target) -> Section | Task | None:
    """The nearest heading above the clause."""
    every: list[Section | Task] = [*plan.sections, *plan.tasks]
    around = [one for one in every if one.body_start <= target.start < one.body_end]
    return min(around, key=lambda one: one.body_end - one.body_start, default=None)


def _headings(plan: CompiledPlan, target: Target) -> tuple[str, ...]:
    """The headings above the clause as the plan prints them, the outermost first."""
    sections = {one.id: one for one in plan.sections}
    found: list[str] = []
    one: Section | Task | None = _above(plan, target)
    while one is not None and len(found) <= len(sections):
        found.insert(0, _heading(one))
        one = sections.get(one.parent or "")
    return tuple(found)


def _heading(one: Section | Task) -> str:
    """A heading with its number, of the outermost level in words; in English Chinese numerals are figures."""
    number = _numbered(one.number or "")
    if one.parent is None and _PART.fullmatch(one.number or ""):
        return _("第%(number)s部分 · %(title)s") % {"number": number, "title": one.title}
    return f"{number}{'' if number.endswith('）') else ' '}{one.title}".strip()


def _numbered(number: str) -> str:
    """The number of a heading in the script of the page."""
    if language() == "en":
        return _PART.sub(lambda found: str(hanzi_number(found[0])), number)
    return number.replace("(", "（").replace(")", "）")


def _place_of(plan: CompiledPlan, target: Target) -> str:
    """The heading above the clause, and the clause."""
    above, row = _above(plan, target), row_at(plan.source.text or "", target.start, target.end)
    words = _table_words(row) if row is not None else _quoted(" ".join(target.quote.split()))
    return f"{above.title}：{words}" if above is not None else words


def _table_words(row: TableRow) -> str:
    """The table by its title, and of the row the cells that belong to the clause, but for the name of the goal."""
    told = [f"{one.head} {one.words}" for one in row.cells if one.of_clause and one.head and one.words][1:]
    return "，".join(filter(None, (row.title, "，".join(told)))) or _quoted(row.words)


def _quoted(words: str) -> str:
    shown = words if len(words) <= _WORDS else f"{words[:_WORDS]}……"
    return f"“{within_quotes(shown)}”"
