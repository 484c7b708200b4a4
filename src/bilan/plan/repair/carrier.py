"""What the carrier added to the document: page marks, running headers, tables of contents, download-site lines."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from bilan.plan.mapped import Edit

# Lines that file-sharing sites put around a document; none of their numbers is content.
_SITE = re.compile(
    r"由会员分享|可在线阅读|珍藏版|上搜索。?$|资源ID|资源大小|资源格式|全文页数|下载积分|友情提示|浏览器|本站(?:不|资源)"
    r"|下载后(?:原文|可能)|没有明确说明有答案|文档和图纸|关于我们|版权(?:声明|所有)|网站客服"
)
_SITE_LINE = re.compile(r"^\s*(?:[-|]|.{0,60}\.(?:docx?|pdf|wps|txt))\s*$", re.I)
_PAGE_LINE = re.compile(r"^\s*-+\s*\d{1,3}\s*-+\s*$|^\s*第\s*\d{1,3}\s*页(?:\s*,?\s*共\s*\d{1,3}\s*页)?\s*$")
_BARE_NUMBER = re.compile(r"^\s*(\d{1,3}|[IVX]{1,5})\s*$")
_CONTENTS = re.compile(r"(?:\.{6,}|…{3,})[\s.…]*(?:\d{1,3}|[IVX]{1,4})?\s*$")
_CONTENTS_TITLE = re.compile(r"^\s*目\s*录\s*$")
_INLINE_PAGE = re.compile(r"(?<=[\u4e00-\u9fff、,)])\s*-\s?\d{1,3}\s?-\s*(?=[\u4e00-\u9fff(])")
_CHUNK = re.compile(r"^\s*(\d{1,3})、")
_NUMBERED = re.compile(r"^\s*(?:第?[一二三四五六七八九十]+[、章节]|\([一二三四五六七八九十\d]+\)|\d+[.、])")


def carrier_edits(text: str) -> list[Edit]:
    """Edits that take the carrier out of ``text`` (rule names: site line, page mark, contents, running header)."""
    lines = _lines(text)
    drop: dict[int, str] = {}
    for i, (_, line) in enumerate(lines):
        if _PAGE_LINE.match(line):
            drop[i] = "page mark"
        elif _CONTENTS.search(line) or _CONTENTS_TITLE.match(line):
            drop[i] = "contents"
    for i in _site_lines(lines):
        drop[i] = "site line"
    for i in _running_headers(lines, drop):
        drop.setdefault(i, "running header")
    for i in _bare_page_numbers(lines):
        drop.setdefault(i, "page mark")
    edits = [Edit(at, at + len(line), "", drop[i]) for i, (at, line) in enumerate(lines) if i in drop and line]
    edits += [Edit(m.start(), m.end(), "", "page mark") for m in _INLINE_PAGE.finditer(text)]
    return edits + list(_chunk_marks(lines))


def _lines(text: str) -> list[tuple[int, str]]:
    found, at = [], 0
    for line in text.split("\n"):
        found.append((at, line))
        at += len(line) + 1
    return found


def _site_lines(lines: list[tuple[int, str]]) -> list[int]:
    hits = [i for i, (_, line) in enumerate(lines) if len(line) < 200 and _SITE.search(line)]
    if not hits:
        return []
    # Between two site lines short lines (a file name, a lone dash) are the site's as well.
    last = hits[-1]
    return [i for i in range(last + 1) if i in hits or _SITE_LINE.match(lines[i][1])] + [
        i for i in range(last + 1, min(last + 4, len(lines))) if _SITE_LINE.match(lines[i][1])
    ]


def _running_headers(lines: list[tuple[int, str]], drop: dict[int, str]) -> Iterator[int]:
    places: dict[str, list[int]] = defaultdict(list)
    for i, (_, line) in enumerate(lines):
        if 4 <= len(line.strip()) <= 45:
            places[line.strip()].append(i)
    headers = {
        line
        for line, at in places.items()
        if len(at) >= 4
        and at[-1] - at[0] >= 0.4 * len(lines)  # a repeated table cell stays within its table
        and not _NUMBERED.match(line)
        and not re.search(r"[。;:,、%)]$|^\d+$", line)
    }
    seen: set[str] = set()
    for i, (_, line) in enumerate(lines):
        key = line.strip()
        if key in headers and i not in drop:
            if key in seen:
                yield i
            seen.add(key)


def _bare_page_numbers(lines: list[tuple[int, str]]) -> Iterator[int]:
    """Lone numbers that count the pages: each is one more than the last and a page apart from it."""
    lone = [(i, int(m[1])) for i, (_, line) in enumerate(lines) if (m := _BARE_NUMBER.match(line)) and m[1].isdigit()]
    best: list[int] = []
    for k, (start, number) in enumerate(lone):
        if number > 5 or start in best:
            continue
        chain, last, want = [start], start, number + 1
        for i, n in lone[k + 1 :]:
            if n == want and i - last >= 8:
                chain.append(i)
                last, want = i, n + 1
        if len(chain) > len(best):
            best = chain
    if len(best) >= 4:
        yield from best
        roman = (i for i, (_, line) in enumerate(lines[: best[0]]) if re.fullmatch(r"\s*[IVX]{1,4}\s*", line))
        yield from roman


def _chunk_marks(lines: list[tuple[int, str]]) -> Iterator[Edit]:
    """``N、`` at the head of every page of a shared preview, in the middle of words."""
    marks = [(i, m) for i, (_, line) in enumerate(lines) if (m := _CHUNK.match(line))]
    filled = sum(1 for _, line in lines if line.strip())
    numbers = [int(m[1]) for _, m in marks]
    if len(marks) < 3 or numbers != list(range(1, len(marks) + 1)) or len(marks) < 0.6 * filled:
        return
    if not any(not re.search(r"[。!?;:]\s*$", lines[i - 1][1]) for i, _ in marks[1:]):
        return
    for i, m in marks:
        at = lines[i][0]
        start = at if m[1] == "1" else at - 1
        yield Edit(start, at + m.end(), "", "page mark")
