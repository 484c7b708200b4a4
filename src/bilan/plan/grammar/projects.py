"""Projects: named pieces of engineering, in project tables and in the running text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bilan.plan.document import Cell, Table
from bilan.plan.grammar.clauses import clauses, hide
from bilan.plan.grammar.dates import dates
from bilan.plan.grammar.structure import Part
from bilan.plan.grammar.tables import _plain

_COLUMNS = {
    "name": re.compile(r"(?:项目|工程)(?:名称)?$|^名称$"),
    "quantity": re.compile(r"内容|规模|任务量|工程量"),
    "place": re.compile(r"地点|位置|区域|所在"),
    "due": re.compile(r"时限|时间|期限|年限|工期"),
}
_WORK = re.compile(
    r"(?:工程|项目|污水处理厂|净水厂|水厂|发电厂|电厂|处置中心|填埋场|焚烧厂|电站|风电场|泵站|管网"
    r"|水库|湿地公园|产业园|静脉产业园)"
    r"(?:[一二三四五六]期)?(?:扩建|新建|改建|改造|改扩建|提标改造|封场)?(?:工程|项目)?$"
)
_PROPER = re.compile(r"[^\W\dA-Za-z_]{1,6}(?:市|县|区|镇|乡|村|河|湖|江|湾|岛|港|山|溪|渠|水库|路|大道|流域|园区)")
_COMMON = re.compile(
    r"(?:农村|乡镇|城镇|城市|城区|区域|流域|园区|社区|小区|辖区|全市|全县|市区|县区"
    r"|河湖|江河|水库|乡村|库区|矿区|景区|港区)$"
)
_GENERIC = re.compile(
    r"^(?:重点|重大|一批|示范|建设|相关|有关|各类|此类|等|工程|项目|治理|节能|环保|新建|扩建|改建|农村"
    r"|城镇|城市|区域|流域)+(?:工程|项目)+$|推进|审核|加强|开展|鼓励|支持|符合|申报|储备|严格|遏制"
    r"|高耗能|“两高”|涉|审批|准入|环评"
)
# Order words before a project's name: 加快推进…, 重点实施…, 主要修复工程有…
_LEAD = re.compile(
    r"^(?:[^\W\dA-Za-z_]{0,12}?(?:实施|推进|推动|开展|建设好|启动|开工|建成|完成|谋划|争取|依托|通过"
    r"|包括|分别为|工程有|发展)|(?:加快|抓好|继续|有序|做好|重点|主要|积极|大力|如|以|即|及|和|与"
    r"|一批)|\d+[条个处座][\d.]*(?:公里|米)?)"
    r"(?=[\u4e00-\u9fffA-Za-z“\d]{4,})"
)
_AMOUNT = re.compile(
    r"\d[\d.,]*\s?(?:万|亿)?(?:吨/日|立方米/日|公里|千米|平方米|万亩|亩|公顷|千瓦|MW|兆瓦|座|个|处|米|亿元|万元)"
)


@dataclass(slots=True)
class Named:
    """A project at ``start:end``; ``plain`` says that the offsets count the repaired text, not the source."""

    start: int
    end: int
    name: str
    quantity: str | None
    place: str | None
    due: str | None
    part: Part | None = None


def _proper(name: str) -> bool:
    """Whether a place stands in the name: 临江区, not 农村."""
    return any(not _COMMON.search(m[0]) for m in _PROPER.finditer(name))


def table_projects(table: Table) -> Iterator[Named]:
    """The rows of a project table; nothing for a table of another kind. Offsets count the document's text."""
    if len(table.rows) < 2:
        return
    head = [_plain(c) for c in table.rows[0]]
    columns = {k: next((i for i, h in enumerate(head) if p.search(h)), None) for k, p in _COLUMNS.items()}
    at = columns["name"]
    if at is None or (columns["quantity"] is None and columns["due"] is None) or any("指标" in h for h in head):
        return
    for row in table.rows[1:]:
        if at >= len(row) or len(_plain(row[at])) < 4 or all(c.text == row[at].text for c in row):
            continue
        when = dates(_plain(cell)) if (cell := _cell(row, columns["due"])) else []
        yield Named(
            row[at].start,
            row[at].end,
            re.sub(r"\s+", "", row[at].text),
            _text(row, columns["quantity"]),
            _text(row, columns["place"]),
            when[-1].period if when else None,
        )


def _cell(row: tuple[Cell, ...], i: int | None) -> Cell | None:
    return row[i] if i is not None and i < len(row) and row[i].text.strip() else None


def _text(row: tuple[Cell, ...], i: int | None) -> str | None:
    return re.sub(r"\s+", "", cell.text) if (cell := _cell(row, i)) else None


def text_projects(text: str, part: Part) -> Iterator[Named]:
    """The projects that the text of a part names. Offsets count the repaired text."""
    body = text[part.body_start : part.body_end]
    at = 0
    for paragraph in hide(body).split("\n"):
        for clause in clauses(paragraph):
            if clause.inner or not re.search(r"工程|项目|厂|站|场", clause.text):
                continue
            for m in re.finditer(r"[^、,;和及]+", clause.text):
                yield from _named(m[0], part.body_start + at + clause.start + m.start(), text, part)
        at += len(paragraph) + 1


def _named(piece: str, start: int, text: str, part: Part) -> Iterator[Named]:
    core = re.sub(
        r"(?:等(?:\d+个)?(?:[^\W\dA-Za-z_]{0,8}(?:项目|工程))?)?(?:建设|实施|建成投产|加快建设|竣工|投运)*$", "", piece
    )
    while (lead := _LEAD.match(core)) is not None:
        start += lead.end()
        core = core[lead.end() :]
    core = core.rstrip("\x00")
    if not 6 <= len(core) <= 40 or not _WORK.search(core) or not _proper(core) or _GENERIC.search(core):
        return
    amount = _AMOUNT.search(piece)
    place = re.match(r"[^\W\dA-Za-z_]{2,6}?(?:市|县|区|镇|乡)", core)
    name = text[start : start + len(core)]
    yield Named(start, start + len(core), name, amount[0] if amount else None, place[0] if place else None, None, part)
