"""Word documents (docx): paragraphs and tables in body order, with the list numbers that Word would print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import dropwhile
from typing import Any, Final
from zipfile import ZipFile

from bilan.plan.document import Document
from bilan.plan.readers.docx_numbering import Numbering, W, joined, value, whole
from bilan.plan.readers.docx_styles import Style, Styles, looks, paragraph_looks
from bilan.plan.readers.layout import Block, Box, Grid, Line, Run, compose, squeeze
from bilan.plan.readers.source import Progress, SourceFile, refusal

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAX_UNPACKED_BYTES: Final = 512 * 2**20
MAX_XML_BYTES: Final = 96 * 2**20  # of one part that is no picture; a tree of it takes some ten times that
MAX_PARTS: Final = 20_000
_MAX_DEPTH: Final = 60  # of tables and text boxes within each other
_MAX_COLUMNS: Final = 1000

_MATH_TEXT: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_PICTURE: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_COMPATIBILITY: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Elements whose content is gone or is not text: deleted and moved-away text, properties, field codes, phonetic guides.
_SKIPPED: Final = frozenset(
    W + name
    for name in "del moveFrom pPr rPr sdtPr sdtEndPr instrText delText rt tblPr tblGrid trPr tcPr".split()  # noqa: SIM905
)
_SIGNS: Final = {W + "tab": " ", W + "cr": "\n", W + "noBreakHyphen": "-", W + "ptab": " "}


def read(source: SourceFile, progress: Progress | None = None, *, media_type: str = MEDIA_TYPE) -> Document:
    """The document as Word shows it with all changes accepted; headers, footers and the table of contents are left out.

    Footnotes are given in the notes, not in the text, where they would cut sentences in two. Raises
    :class:`~bilan.plan.document.DocumentError` when the file is damaged, encrypted or unpacks to too much.
    """
    _check_archive(source)
    import docx
    from docx.opc.constants import RELATIONSHIP_TYPE

    try:
        package = docx.Document(BytesIO(source.data))
        body = package.element.body
        related = {relation.reltype: relation for relation in package.part.rels.values() if not relation.is_external}
        trees = [
            _tree(related.get(kind))
            for kind in (RELATIONSHIP_TYPE.STYLES, RELATIONSHIP_TYPE.NUMBERING, RELATIONSHIP_TYPE.FOOTNOTES)
        ]
    except Exception as error:  # damage surfaces as KeyError, ValueError, XMLSyntaxError, BadZipFile …
        raise refusal(source.name, f"Word 文件已损坏，或不是普通的 .docx（{error}）") from None
    styles, numbering, footnotes = trees
    walk = _Walk(source, Styles.of(styles), Numbering.of(numbering))
    walk.container(body, 0)
    walk.flush()
    pictures = sum(1 for _ in body.iter(_PICTURE))
    notes = [*walk.notes(), *_footnotes(footnotes, walk)]
    if pictures:
        notes.append(f"{pictures} 幅图片中的文字未读入")
    return compose(source, media_type, walk.blocks, notes=notes, unread=walk.unread())


def _check_archive(source: SourceFile) -> None:
    try:
        with ZipFile(BytesIO(source.data)) as archive:
            members = archive.infolist()
    except Exception as error:  # zipfile answers damage with many exceptions
        raise refusal(source.name, f"压缩结构已损坏，打不开（{error}）") from None
    if any(member.flag_bits & 1 for member in members):
        raise refusal(source.name, "文件已加密，请先取消密码再试")
    unpacked = sum(member.file_size for member in members)
    largest = max((member.file_size for member in members if "/media/" not in member.filename), default=0)
    if len(members) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES or largest > MAX_XML_BYTES:
        size = max(unpacked, largest) // 2**20
        raise refusal(source.name, f"解压后过大（{len(members)} 个部件，{size} MiB），可能是压缩炸弹，未读取")


def _tree(relation: Any | None) -> Any | None:
    if relation is None:
        return None
    from docx.oxml.parser import parse_xml

    part = relation.target_part
    return part.element if hasattr(part, "element") else parse_xml(part.blob)


@dataclass(slots=True)
class _Walk:
    """Collects blocks in body order."""

    source: SourceFile
    styles: Styles
    numbering: Numbering
    blocks: list[Block] = field(default_factory=list)
    carried: list[Run] = field(default_factory=list)  # of paragraphs whose end mark was deleted
    contents_lines: int = 0
    foreign_parts: int = 0

    def container(self, element: Any, depth: int) -> None:
        """Paragraphs and tables below ``element``, through content controls and accepted changes."""
        if depth > _MAX_DEPTH:
            raise refusal(self.source.name, f"表格或文本框嵌套超过 {_MAX_DEPTH} 层，无法读取")
        for child in _shown(element):
            if child.tag == W + "p":
                self.paragraph(child, depth)
            elif child.tag == W + "tbl":
                self.table(child, depth)
            elif child.tag == W + "altChunk":
                self.foreign_parts += 1
            else:
                self.container(child, depth + 1)

    def flush(self) -> None:
        """Ends a paragraph that waits for text to follow."""
        if self.carried:
            self.blocks.append(Line(self.carried))
            self.carried = []

    def paragraph(self, element: Any, depth: int) -> None:
        style_id = value(element, "pPr/pStyle")
        style = paragraph_looks(element).over(self.styles.paragraph(style_id))
        runs = [*self.carried, *self._runs(element, style)]
        if element.find(f"{W}pPr/{W}rPr/{W}del") is not None:  # joined with the next paragraph
            self.carried = runs
            return
        self.carried = []
        number = self._number(style)
        text = "".join(run.text for run in runs).strip()
        if style.is_contents:
            self.contents_lines += 1
        elif text:
            if number:
                first, *rest = dropwhile(lambda run: not run.text.strip(), runs)
                first = replace(first, text=first.text.lstrip())
                runs = [replace(first, text=number + joined(number, text)), first, *rest]
            level = style.heading_level
            self.blocks.append(Line(runs, is_heading=level is not None or style.is_title, level=level))
        for box in _text_boxes(element):
            self.container(box, depth + 1)

    def _number(self, style: Style) -> str:
        if style.num_id in (None, "0"):
            return ""
        level = style.num_level
        if level is None:
            level = self.numbering.level_of_style(str(style.num_id), style.num_style or "")
        return self.numbering.next(str(style.num_id), level)

    def _runs(self, paragraph: Any, style: Style) -> Iterator[Run]:
        for run in _descend(paragraph, {W + "r", _MATH_TEXT}):
            if run.tag == _MATH_TEXT:
                yield Run(run.text or "", bool(style.bold), style.font)
                continue
            named = self.styles.named(value(run, "rPr/rStyle"))
            own = looks(run).over(named).over(style)
            text = "".join(_characters(run))
            if text and not own.hidden:
                yield Run(text, bool(own.bold), own.font)

    def table(self, element: Any, depth: int) -> None:
        self.flush()
        rows = [row for row in _descend(element, {W + "tr"}) if row.find(f"{W}trPr/{W}del") is None]
        cells = [list(_descend(row, {W + "tc"})) for row in rows]
        if all(len(row) <= 1 for row in cells):  # a frame around text, not a table
            for cell in (cell for row in cells for cell in row):
                self.container(cell, depth + 1)
            return
        boxes: list[Box] = []
        open_above: dict[int, int] = {}  # column → index of the box that a vertical merge continues
        for number, row in enumerate(rows):
            column = min(max(whole(value(row, "trPr/gridBefore"), 0), 0), _MAX_COLUMNS)
            for cell in cells[number]:
                span = min(max(whole(value(cell, "tcPr/gridSpan"), 1), 1), _MAX_COLUMNS)
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                if merge is not None and merge.get(W + "val") != "restart" and column in open_above:
                    above = boxes[open_above[column]]
                    boxes[open_above[column]] = replace(above, row_span=number - above.row + 1)
                else:
                    open_above.pop(column, None)
                    if merge is not None:
                        open_above[column] = len(boxes)
                    boxes.append(Box(self._cell_text(cell, depth), number, column, 1, span))
                column += span
        self.blocks.append(Grid(boxes))

    def _cell_text(self, cell: Any, depth: int) -> str:
        """All text of a cell on one line, nested tables included."""
        inner = _Walk(self.source, self.styles, self.numbering)
        inner.container(cell, depth + 1)
        inner.flush()
        self.contents_lines += inner.contents_lines
        self.foreign_parts += inner.foreign_parts
        texts: list[str] = []
        for block in inner.blocks:
            if isinstance(block, Line):
                texts.append("".join(run.text for run in block.runs))
            else:
                texts.extend(box.text for box in block.boxes)
        return squeeze(" ".join(texts))

    def notes(self) -> Iterator[str]:
        if self.contents_lines:
            yield f"目录 {self.contents_lines} 行未读入正文"

    def unread(self) -> Iterator[str]:
        if self.foreign_parts:
            yield f"嵌入的外部文档 {self.foreign_parts} 处未读入"


def _shown(element: Any) -> Iterator[Any]:
    """Child elements that are shown: of alternatives only one."""
    for child in element.iterchildren("*"):
        if child.tag in _SKIPPED:
            continue
        if child.tag == _COMPATIBILITY + "AlternateContent":
            yield from _shown(child[0]) if len(child) else ()
        else:
            yield child


def _descend(element: Any, wanted: set[str]) -> Iterator[Any]:
    """The outermost shown descendants with one of the ``wanted`` tags, not those in drawings."""
    stack = [_shown(element)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif child.tag in wanted:
            yield child
        elif child.tag not in (W + "drawing", W + "pict", W + "object", W + "r", W + "tbl"):
            stack.append(_shown(child))


def _characters(run: Any) -> Iterator[str]:
    for child in _shown(run):
        if child.tag == W + "t":
            yield child.text or ""
        elif child.tag == W + "br":
            yield "\n" if child.get(W + "type", "textWrapping") == "textWrapping" else ""
        elif child.tag == W + "ruby":
            yield from (text.text or "" for text in child.iterfind(f"{W}rubyBase/{W}r/{W}t"))
        else:
            yield _SIGNS.get(child.tag, "")


def _text_boxes(paragraph: Any) -> Iterable[Any]:
    """Text boxes anchored in a paragraph; Word stores each twice, for new and for old programs."""
    boxes = paragraph.iter(W + "txbxContent")
    return [
        box
        for box in boxes
        if next(box.iterancestors(_COMPATIBILITY + "Fallback"), None) is None and _owner(box) is paragraph
    ]


def _owner(box: Any) -> Any:
    return next(box.iterancestors(W + "p"), None)


def _footnotes(root: Any | None, walk: _Walk) -> Iterator[str]:
    """One note for each footnote; those with a type are Word's own separators."""
    if root is None:
        return
    for footnote in root.findall(W + "footnote"):
        if footnote.get(W + "type") not in (None, "normal"):
            continue
        text = walk._cell_text(footnote, 0)
        if text:
            yield f"脚注（未并入正文）：{text}"
