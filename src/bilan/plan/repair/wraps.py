"""Lines and spaces that the page made, not the author."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from bilan.plan.mapped import Edit

_CJK = r"\u4e00-\u9fff\u3007\u2160-\u216b"
_MARKS = r"，。、；：！？,;:!?()《》“”‘’\"'〔〕%·"
_INNER_SPACE = re.compile(
    rf"(?<=[{_CJK}{_MARKS}]) +(?=[{_CJK}{_MARKS}\w<>≥≤=~/+-])|(?<=[\w<>≥≤=~/+.-]) +(?=[{_CJK}{_MARKS}])"
    rf"|(?<=\d) +(?=\.[^\d])"
    r"|^ +| +$",
    re.M,
)
_COLUMN_GAP = re.compile(rf"(?<=[{_CJK}]{{5}}) {{3,}}(?=[{_CJK}]{{5}})")  # two names set side by side
_SPACED_DIGITS = re.compile(r"(?<![\d.])\d(?: \d){2,}(?![\d.])")
_HEAD = re.compile(
    r"第[一二三四五六七八九十百]+[章节篇编部条]"
    r"|[一二三四五六七八九十]{1,3}、(?![一二三四五六七八九十]+[类级星期次批])"
    r"|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[.、](?!\d)|\(\d{1,2}\)"
    r"|\d{1,2}\)|[①-⑳]|[一二三四五六七八九十]是|20\d\d年\d{1,2}月\d{1,2}日$|专栏|附[件表图:]|表\d|图\d|注:|[-•●◆■]"
)
_ANSWERED = re.compile(r"(?:负责|职责分工|分工|参与|牵头|配合|落实|不再列出|局|委|厅|等)\)。?$")
_CLOSED = re.compile(r"[。!?！？;；:]['”\")》]*$|\)$")
_MAX_DEPTH = 4  # a bracket that never closes must not swallow the rest of the document
_MAX_BRACKET = 3000
_NARROW = re.compile(r"[\x00-\u2e7f]+")
_LONG_LINE = 120  # columns; a longer line is a paragraph, not a line of a page
_OVERSHOOT = 1.3  # of the width: no line of a page is longer
_OVERLONG_SHARE = 0.1  # of the lines: more than a few that slipped in


def space_edits(text: str) -> list[Edit]:
    """Edits that close the gaps inside Chinese words and between words and numbers."""
    edits = [Edit(m.start(), m.end(), "\n", "column gap") for m in _COLUMN_GAP.finditer(text)]
    edits += [Edit(m.start(), m.end(), "", "inner space") for m in _INNER_SPACE.finditer(text)]
    return edits + [
        Edit(m.start(), m.end(), m[0].replace(" ", ""), "inner space") for m in _SPACED_DIGITS.finditer(text)
    ]


def wrap_edits(text: str, *, plain: bool) -> list[Edit]:
    """Edits that join the lines of one paragraph; ``plain`` says that lines may be lines of a page."""
    lines = [(m.start(), m.end(), m[0]) for m in re.finditer(r"[^\n]+", text)]
    width = _page_width([line for _, _, line in lines]) if plain else None
    edits = []
    depth = 0
    for (_, end, line), (after, _, following) in pairwise(lines):
        blank = after - end > 1
        depth = _open_brackets(line, depth)
        if _continues(line, following, width, blank=blank, depth=depth):
            new = " " if re.search(r"[A-Za-z]$", line) and re.match(r"[A-Za-z]", following) else ""
            edits.append(Edit(end, after, new, "line wrap"))
        else:
            depth = 0
            if blank:
                edits.append(Edit(end, after, "\n", None))
    return edits


def _columns(line: str) -> int:
    return len(line) + len(_NARROW.sub("", line))


def _page_width(lines: list[str]) -> int | None:
    """Columns of a full line when the lines are those of a page, else None."""
    widths = [w for w in map(_columns, lines) if w > 20]
    if len(widths) < 6:
        return max(widths, default=None) if widths and max(widths) <= _LONG_LINE else None
    counts = Counter(w // 2 for w in widths)
    common = max(counts, key=lambda w: (counts[w] + counts[w - 1] + counts[w + 1], w))
    near = sum(counts[w] for w in range(common - 3, common + 3))
    width = 2 * common
    if near < 0.3 * len(widths) or width > _LONG_LINE:
        return None
    # Short cells and headings also cluster at one width; beside them stand whole paragraphs, which no page line is.
    overlong = sum(w > _OVERSHOOT * width for w in widths)
    return width if overlong <= _OVERLONG_SHARE * len(widths) else None


def _open_brackets(line: str, depth: int) -> int:
    for c in line:
        if c in "(《〔":
            depth += 1
        elif c in ")》〕":
            depth = max(0, depth - 1)
    return depth


def _continues(line: str, following: str, width: int | None, *, blank: bool, depth: int) -> bool:
    if 0 < depth < _MAX_DEPTH and not re.match(r"(?:第.{1,3}章|[一二三四五六七八九十]{1,3}、)", following):
        return len(line) < _MAX_BRACKET
    if re.search(r"[、,(《“]$", line):
        return re.search(r"[、,]$", line) is not None or not _HEAD.match(following)
    if _HEAD.match(following):
        return False
    if width is None or _ANSWERED.search(line):
        return False  # the units that answer close a paragraph
    columns = _columns(line)
    if _CLOSED.search(line):
        return not blank and columns >= width - 1
    return columns >= 0.8 * width  # a line with Latin words is set looser and counts fewer columns
