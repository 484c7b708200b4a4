"""HTML pages: block elements become lines, tables become grids, bold and ``h1``-``h6`` become headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from bilan.plan.document import Document, DocumentError
from bilan.plan.readers.decoding import decode
from bilan.plan.readers.html_furniture import without_furniture
from bilan.plan.readers.layout import MAX_GRID_CELLS, Block, Box, Grid, Line, Run, compose, squeeze
from bilan.plan.readers.source import Progress, SourceFile, refusal
from bilan.plan.readers.typed_tables import typed_tables

_DROPPED: Final = frozenset(
    (  # noqa: SIM905
        "script style nav noscript template head iframe object svg math button select textarea input audio video canvas"
    ).split()
)
_BLOCKS: Final = frozenset(
    (  # noqa: SIM905
        "address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption "
        "figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu ol p pre section summary "
        "table tbody td tfoot th thead tr ul"
    ).split()
)
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_MAX_SPAN: Final = 1000  # as browsers do

_META_CHARSET: Final = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_META_BYTES: Final = 4096
# What pages declare, and the decoder that also knows the characters they then use.
_WIDER: Final = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030"}

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_CJK: Final = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’]"
_SOURCE_WRAP: Final = re.compile(rf"(?<={_CJK})[ \t\f]*\n[ \t\n\f]*(?={_CJK})")
_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")
_HIDDEN: Final = re.compile(r"display\s*:\s*none", re.I)
_WEIGHT: Final = re.compile(r"font-weight\s*:\s*(\w+)", re.I)
_FAMILY: Final = re.compile(r"font-family\s*:\s*([^;]+)", re.I)
_NO_MARKER: Final = re.compile(r"list-style(?:-type)?\s*:[^;]*none", re.I)


def read(source: SourceFile, progress: Progress | None = None) -> Document:
    """The visible text of the page, one line per block, with its tables and headings.

    Raises :class:`~bilan.plan.document.DocumentError` when the page is not text or is nested too deeply.
    """
    markup, encoding, unread = _markup(source)
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = document_fromstring(_CONTROL.sub(" ", markup).encode("utf-8", "replace"), parser=parser)
    except etree.LxmlError:
        raise refusal(source.name, "网页里没有内容") from None
    for entry in parser.error_log:
        if entry.type_name == "ERR_RESOURCE_LIMIT":  # the parser stops there and would lose the rest silently
            raise refusal(source.name, f"网页第 {entry.line} 行的标签嵌套过深，无法读取")
    blocks, left_out = without_furniture(_Walk().blocks_of(root))
    notes = [f"网页栏目 {len(left_out)} 行未读入：{'；'.join(left_out)}"] if left_out else []
    return _with_typed_tables(compose(source, "text/html", blocks, encoding=encoding, notes=notes, unread=unread))


def _with_typed_tables(document: Document) -> Document:
    """The document with the tables that stand in its lines as text."""
    edges = [0, *(edge for table in document.tables for edge in (table.start, table.end)), len(document.text)]
    found = [
        table
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        for table in typed_tables(document.text, start, end, ragged=False)  # a line has lost its outer blanks
    ]
    if not found:
        return document
    tables = tuple(sorted([*document.tables, *found], key=lambda table: table.start))
    headings = tuple(h for h in document.headings if not any(t.start <= h.start < t.end for t in found))
    return replace(document, tables=tables, headings=headings)


def _markup(source: SourceFile) -> tuple[str, str, list[str]]:
    """The decoded page: what it declares counts when its bytes agree, and a few bad bytes are let go and told of."""
    declared = _META_CHARSET.search(source.data[:_META_BYTES])
    name = declared[1].decode("ascii", "replace").lower() if declared else ""
    try:
        text, encoding = source.data.decode("utf-8-sig"), "utf-8"
        if "\0" not in text:
            return text, encoding, []
    except UnicodeDecodeError:
        pass
    try:
        return *decode(source), []
    except DocumentError as error:
        try:
            encoding = _WIDER.get(name, name or "utf-8")
            text = source.data.decode(encoding, "replace")
        except (LookupError, UnicodeError):  # a name that is no encoding, or none for text
            raise error from None
        if text.count("\ufffd") > max(10, len(text) // 100):
            raise
        return text, encoding, [f"网页中有 {text.count(chr(0xFFFD))} 处字符无法解码，已用“\ufffd”代替"]


@dataclass(frozen=True, slots=True)
class _Look:
    """What the surrounding elements say about the look of a text."""

    bold: bool = False
    font: str | None = None
    level: int | None = None
    pre: bool = False

    def inside(self, element: HtmlElement) -> _Look:
        tag, style = element.tag, element.get("style") or ""
        look = replace(self, level=_HEADINGS[tag]) if tag in _HEADINGS else self
        if tag in ("b", "strong"):
            look = replace(look, bold=True)
        elif tag == "pre":
            look = replace(look, pre=True)
        if weight := _WEIGHT.search(style):
            look = replace(look, bold=weight[1].lower() in ("bold", "bolder", "600", "700", "800", "900"))
        if family := _FAMILY.search(style):
            look = replace(look, font=family[1].split(",")[0].strip(" \"'"))
        elif tag == "font" and element.get("face"):
            look = replace(look, font=element.get("face"))
        return look


@dataclass(slots=True)
class _Walk:
    """Collects blocks in document order; the parser's depth limit (256) keeps the recursion short."""

    blocks: list[Block] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    level: int | None = None  # of the line being collected
    numbers: dict[HtmlElement, int] = field(default_factory=dict)  # the next number of each ordered list
    marker: str = ""  # of an item whose first words are still to come

    def blocks_of(self, root: HtmlElement) -> list[Block]:
        self._element(root, _Look())
        self._end_line()
        return self.blocks

    def _element(self, element: HtmlElement, outer: _Look) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in _DROPPED or _is_hidden(element):
            return
        look = outer.inside(element)
        if tag == "br":
            self._end_line()
        elif tag == "table" and (grid := _grid(element)):
            self._end_line()
            for caption in element.findall("caption"):
                self._element(caption, look)
            self.blocks.append(grid)
        else:
            self._content(element, look)

    def _content(self, element: HtmlElement, look: _Look) -> None:
        is_block = element.tag in _BLOCKS
        if is_block:
            self._end_line()
            if element.tag == "li":
                self.marker = self._marker(element)
        self._text(element.text, look)
        for child in element:
            self._element(child, look)
            self._text(child.tail, look)
        if is_block:
            self._end_line()
            if element.tag == "li":
                self.marker = ""

    def _text(self, text: str | None, look: _Look) -> None:
        if not text:
            return
        self.level = look.level or self.level
        if self.marker and text.strip():
            self.runs.append(Run(self.marker, look.bold, look.font))
            self.marker, text = "", text.lstrip()
        if look.pre:
            first, *rest = text.splitlines() or [""]
            self.runs.append(Run(first, look.bold, look.font))
            for line in rest:
                self._end_line()
                self.runs.append(Run(line, look.bold, look.font))
        else:
            self.runs.append(Run(_flow(text), look.bold, look.font))

    def _marker(self, item: HtmlElement) -> str:
        """The number that a browser prints before an item of an ordered list; it is not in the text."""
        parent = item.getparent()
        if parent is None or parent.tag != "ol" or parent.get("type", "1") != "1":
            return ""
        if _NO_MARKER.search(parent.get("style") or "") or _NO_MARKER.search(item.get("style") or ""):
            return ""
        number = self.numbers.get(parent, _whole(parent.get("start"), 1))
        self.numbers[parent] = number + 1
        return f"{number}."

    def _end_line(self) -> None:
        runs = list(_without_double_blanks(self.runs))
        if any(run.text.strip() for run in runs):
            self.blocks.append(Line(runs, is_heading=self.level is not None, level=self.level))
        self.runs, self.level = [], None


def _flow(text: str) -> str:
    """Text as a browser lays it out: blanks collapse, and a source line that breaks between Hanzi leaves no blank."""
    text = _SOURCE_WRAP.sub("", text.replace("\r", "").replace("\xa0", " "))
    return _BLANKS.sub(" ", text)


def _without_double_blanks(runs: list[Run]) -> Iterator[Run]:
    after_blank = True
    for run in runs:
        text = run.text[1:] if after_blank and run.text.startswith(" ") else run.text
        if text:
            after_blank = text.endswith(" ")
            yield replace(run, text=text)


def _is_hidden(element: HtmlElement) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _grid(table: HtmlElement) -> Grid | None:
    """The table as a grid; None when it only lays out the page: other tables inside, or a single column."""
    if table.find(".//table") is not None or table.get("role") == "presentation":
        return None
    rows = [row for row in table.iter("tr") if not _is_hidden(row)]
    taken: set[tuple[int, int]] = set()
    boxes: list[Box] = []
    for number, row in enumerate(rows):
        column = 0
        for cell in row.iterchildren("td", "th"):
            while (number, column) in taken:
                column += 1
            row_span = min(_whole(cell.get("rowspan"), 1) or len(rows), len(rows) - number)  # 0: to the end
            column_span = min(_whole(cell.get("colspan"), 1) or 1, _MAX_SPAN)
            if row_span * column_span + len(taken) > MAX_GRID_CELLS:
                return None
            boxes.append(Box(_cell_text(cell), number, column, row_span, column_span))
            if row_span > 1:
                below, across = range(number + 1, number + row_span), range(column, column + column_span)
                taken.update((r, c) for r in below for c in across)
            column += column_span
    grid = Grid(boxes)
    return grid if grid.columns > 1 else None


def _cell_text(cell: HtmlElement) -> str:
    lines = [block for block in _Walk().blocks_of(cell) if isinstance(block, Line)]
    return squeeze(" ".join("".join(run.text for run in line.runs) for line in lines))


def _whole(text: str | None, default: int) -> int:
    digits = re.match(r"\s*(\d{1,6})", text or "")
    return int(digits[1]) if digits else default
