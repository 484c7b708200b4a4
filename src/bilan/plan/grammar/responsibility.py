"""Who answers: the responsibility grammar in all its bracket forms, and sentences that hold for what follows.

Roles: 牵头 and a single unit with 负责 lead; lists under 责任单位 or 按职责分工, 配合 and 参与 support; the bodies of a
scope sentence (以下均需…落实，不再列出; 下同) carry out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bilan.plan.model import Role

_LABEL = re.compile(
    r"(?P<lead>(?:总?牵头|主责|主办|主管)(?:责任)?(?:单位|部门|科室)?)\s?:|(?P<support>(?:责任|配合"
    r"|参与|参加|协助|协办|协同|承办|落实|实施|完成|分工)(?:主体|单位|部门|科室)?)\s?:"
)
_INLINE = re.compile(r"(?:总?牵头|主责|责任|配合|参与|协助)(?:责任)?(?:单位|部门|主体)\s?:")
_ROLE_WORDS = re.compile(r"牵头|负责|责任单位|责任部门|配合|参与|协助|协同|职责分工|会同|落实")
_UNIT_END = re.compile(
    r"(?:局|委|委员会|厅|部|办|办公室|政府|管委会|中心|公司|集团|银行|支行|支队|大队|总队|法院|检察院"
    r"|院|协会|联社|供销社|社|站|所|处|街道|街道办|乡镇|乡|镇|单位|部门|党委|党工委"
    r"|工会|妇联|团委|团市委|科协|残联|侨联|海关|学校|高校|专班|指挥部|企业|台|报社|媒体|城投|管理机构"
    r"|机构|领导小组|区县|县区|各县|各区|各市|园区|开发区|高新区|新区|行|会|队|党组|纪委|学会|州|市|县"
    r"|区)(?:\([^()]*\))?(?:等)?$"
)
_SUFFIX = re.compile(
    r"(?:(?P<open>等)(?:有关|相关|多个)?(?:部门|单位)?)?(?:按照?(?:各自)?(?:的)?职责(?:分工)?(?:分别)?"
    r"|分工|按分工|分别|共同|具体|等)*"
    r"(?P<role>总牵头|牵头负责|牵头落实|牵头督导|牵头组织|牵头|负责组织落实|负责落实|组织落实|分工负责|负责|共同参与|参与|积极配合"
    r"|配合|协助|协同配合|协同|落实|指导|监督指导|组织实施)?(?:等)?$"
)
_SCOPE = re.compile(
    r"(?P<head>以下(?:各项)?(?:任务|工作|措施|内容)?(?:均|都)?(?:需|须|由"
    r"|应)?(?:要)?)(?P<body>[^,。;]+?)(?:负责落实|组织实施|贯彻落实|落实|负责|按职责分工负责"
    r"|参与)[,，]?(?:不再(?:逐一|一一|重复|单独|另行)?列出|不再赘述|下同|以下不再列出)"
)
_SAME = re.compile(r"[,，](?:以)?下同(?:[,，]?不再(?:逐一|一一|单独|另行)?列出)?")
_UNIT_START = re.compile(r"(?:由)?(?:省|市|县|区|州|盟|旗|各|国家|[^\W\dA-Za-z_]{2,8}(?:局|委|厅|办))")
_FIRST_LEADS = re.compile(
    r"[,;。]?(?:位列|排在|列在|名列|排名|列)?(?P<where>第一|首位|最前|前)(?:位|面|列)?的?(?:单位|部门)?的?为(?:总)?牵头(?:责任)?(?:单位|部门)?(?:[,，](?:以)?下同)?"
)
_LEVEL_ONLY = re.compile(r"(?:各|相关|有关|属地|所在)?(?:区|县|市|州|盟|旗|镇|乡)(?:\([^()]*\))?")
_LEVEL_NEXT = re.compile(r"(?:区|县|市|旗|镇|乡|街道|开发区|管委会)")
_BOTH_LABELS = re.compile(r"责任(?:单位|部门)\s?:.*(?:配合|协助|协办|参与)(?:单位|部门)\s?:", re.S)
_HELPERS = re.compile(r"配合|协助|协办|参与")
_CARRIES_OUT = re.compile(r"(?:负责|落实|实施)$")
_LOCAL = re.compile(r"^(?:各|地方各级|县\(|市\(|各级|属地|所在地)")


@dataclass(slots=True)
class Unit:
    """A body as written, at ``start:end`` of the text."""

    start: int
    end: int
    role: Role
    group: int = 0  # which comma-separated group of its statement


@dataclass(slots=True)
class Answer:
    """One statement of responsibility at ``start:end``."""

    start: int
    end: int
    units: list[Unit] = field(default_factory=list)
    first_leads: bool = False  # 排在第一位的为牵头单位,下同
    group_leads: bool = False  # 排在前位的为牵头部门,下同
    open_ended: bool = False
    holds_on: list[Unit] = field(default_factory=list)  # implementers for this and all that follows

    def of(self, role: Role) -> list[Unit]:
        """Its units in one role, in order."""
        return [u for u in self.units if u.role == role]


def answers(text: str, start: int, end: int) -> list[Answer]:
    """The statements of responsibility in ``text[start:end]``, in order.

    >>> t = "建设管网(市住建局牵头,市水务局、财政局配合)。"
    >>> [(t[u.start:u.end], u.role) for u in answers(t, 0, len(t))[0].units]
    [('市住建局', 'lead'), ('市水务局', 'support'), ('财政局', 'support')]
    """
    found = []
    for a, b in _brackets(text, start, end):
        answer = _read(text, a + 1, b - 1)
        if answer is not None and (answer.units or answer.holds_on):
            answer.start, answer.end = a, b
            found.append(answer)
    for a, b in _bare_sentences(text, start, end):
        answer = _read(text, a, b)
        if answer is not None and answer.units and not any(f.start < b and a < f.end for f in found):
            answer.start, answer.end = a, b
            found.append(answer)
    read_to = start
    for m in _INLINE.finditer(text, start, end):
        if m.start() < read_to or any(f.start <= m.start() < f.end for f in found):
            continue
        read_to = stop = min(_inline_end(text, m.start(), end), m.start() + _MAX_STATEMENT)
        answer = _read(text, m.start(), stop)
        if answer is not None and (answer.units or answer.holds_on):
            answer.start, answer.end = m.start(), stop
            found.append(answer)
    return sorted(found, key=lambda f: f.start)


_MAX_STATEMENT = 1500  # characters; a longer one is not a list of units
_SENTENCE = re.compile(r"(?<=[。\n])[^。\n]{4,160}(?=。|\n|$)")
_CLOSING_ROLE = re.compile(r"(?:牵头|负责|配合|参与|落实)$")


def _bare_sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Sentences that are nothing but units and their roles: 市住建局牵头,市水务局配合。"""
    for m in _SENTENCE.finditer(text, start, end):
        if not _CLOSING_ROLE.search(m[0]) or "(" in m[0][:1]:
            continue
        pieces = [re.sub(_SUFFIX, "", p) for _, _, p in _pieces(m[0], 0, ",;、")]
        if all(_UNIT_END.search(p) and len(p) <= 24 for p in pieces if p) and re.match(_UNIT_START, pieces[0]):
            yield m.start(), m.end()


def _brackets(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    depth, opened = 0, start
    for i in range(start, end):
        if text[i] == "(":
            if depth == 0:
                opened = i
            depth += 1
        elif text[i] == ")" and depth:
            depth -= 1
            if depth == 0 and _is_answer(text, opened, i + 1, end):
                yield opened, i + 1
        elif text[i] == "\n":
            depth = 0


def _is_answer(text: str, a: int, b: int, end: int) -> bool:
    inner = text[a + 1 : b - 1]
    if not 3 <= len(inner) <= _MAX_STATEMENT or "《" in inner:
        return False
    if _LABEL.match(inner):
        return True
    pieces = [p for _, _, p in _pieces(inner, 0, ",;、。")]
    unit_like = sum(_UNIT_END.search(re.sub(_SUFFIX, "", p)) is not None for p in pieces)
    if _ROLE_WORDS.search(inner):
        return unit_like >= 0.5 * len(pieces) and _SUFFIX.search(inner.rstrip("。")) is not None
    last = text[b:end].lstrip("。")
    closes = not last or last[0] == "\n" or text[a - 1 : a] in "。" or text[b : b + 1] == "。"
    return unit_like == len(pieces) and closes and re.search(r"[局委厅办部]", inner) is not None


def _inline_end(text: str, start: int, end: int) -> int:
    """Where an inline 责任单位: list ends: at the line's end, or the first full stop that no scope sentence follows."""
    line = text.find("\n", start, end)
    stop = end if line < 0 else line
    at = start
    while (full := text.find("。", at, stop)) >= 0:
        if not re.match(r"(?:以下|(?:总?牵头|责任|配合|参与|协助)(?:责任)?(?:单位|部门)\s?:)", text[full + 1 : stop]):
            return full
        at = full + 1
    return stop


def _pieces(text: str, offset: int, marks: str) -> list[tuple[int, int, str]]:
    """``text`` cut at ``marks`` outside brackets and quotes, with offsets."""
    found, depth, start = [], 0, 0
    for i, c in enumerate(text + marks[0]):
        if c in "(“":
            depth += 1
        elif c in ")”":
            depth = max(0, depth - 1)
        elif c in marks and (depth == 0 or i == len(text)):
            if text[start:i].strip():
                lead = len(text[start:i]) - len(text[start:i].lstrip())
                found.append(
                    (offset + start + lead, offset + start + len(text[start:i].rstrip()), text[start:i].strip())
                )
            start = i + 1
    return found


def _read(text: str, start: int, end: int) -> Answer | None:
    answer = Answer(start, end)
    inner = text[start:end]
    if m := _FIRST_LEADS.search(inner):
        answer.first_leads = True
        answer.group_leads = m["where"] in ("前", "最前")
        inner = inner[: m.start()] + " " * len(m[0]) + inner[m.end() :]
    if m := _SCOPE.search(inner):
        answer.holds_on = _units(text, start + m.start("body"), start + m.end("body"), "implementer")
        inner = inner[: m.start()] + " " * (len(inner) - m.start())
    elif m := _SAME.search(inner):
        at, stop, piece = (
            _pieces(inner[: m.start()], start, ",;。:")[-1] if inner[: m.start()].strip() else (start, start, "")
        )
        if _LOCAL.match(piece):
            answer.holds_on = _units(text, at, stop, "implementer")
            inner = inner[: at - start] + " " * (len(inner) - (at - start))
        else:
            inner = inner[: m.start()] + " " * len(m[0]) + inner[m.end() :]
    named = {text[u.start : u.end] for u in answer.holds_on}
    role_of_label: Role | None = None
    waiting: list[tuple[int, int]] = []
    for start_, end_, whole in _pieces(inner, start, ",;。"):
        at, piece = start_, whole
        while label := _LABEL.search(piece):  # 牵头单位:甲 配合单位:乙
            if label.start():
                waiting.append((at, at + label.start()))
            _assign(answer, text, waiting, role_of_label or "support", named)
            waiting, role_of_label = [], "lead" if label["lead"] else "support"
            at, piece = at + label.end(), piece[label.end() :]
        waiting.append((at, end_))
        if role_of_label and len(waiting) > 1 and _LOCAL.match(piece) and _CARRIES_OUT.search(piece):
            _assign(answer, text, waiting[:-1], role_of_label, named)
            waiting = waiting[-1:]
        local = any(_LOCAL.match(text[a:b]) for a, b in waiting)
        several = len(waiting) > 1
        role = _role(piece, answer, several=several, first=not answer.units, local=local, label=role_of_label)
        if role is not None:
            _assign(answer, text, waiting, role, named)
            waiting = []
    _assign(answer, text, waiting, role_of_label or "support", named)
    if _BOTH_LABELS.search(inner):  # 责任单位 beside 配合单位 are the leads
        lead_end = next(m.start() for m in _LABEL.finditer(text, start, end) if _HELPERS.match(m[0]))
        for unit in answer.units:
            unit.role = "lead" if unit.start < lead_end else unit.role
    return answer


def _role(piece: str, answer: Answer, *, several: bool, first: bool, local: bool, label: Role | None) -> Role | None:
    """The role that the end of ``piece`` gives to the units before it; None when it gives none."""
    m = _SUFFIX.search(piece)
    words = m[0] if m else ""
    if m and m["open"]:
        answer.open_ended = True
    if "等" in words:
        answer.open_ended = True
    if "牵头" in words:
        return "lead"
    if "配合" in words or "参与" in words or "协助" in words or "协同" in words:
        return "support"
    if "职责" in words or "分别" in words or "共同" in words or "分工" in words:
        return "support"
    if "负责" in words or "落实" in words or "组织实施" in words:
        if local and not first:
            return "implementer"
        single = not several and "、" not in re.sub(r"\([^()]*\)", "", piece) and "等" not in words
        return label or ("lead" if single else "support")
    return None


def _assign(answer: Answer, text: str, ranges: list[tuple[int, int]], role: Role, holds_on: set[str]) -> None:
    for group, (a, b) in enumerate(ranges):
        for unit in _units(text, a, b, role):
            unit.group = group
            written = text[unit.start : unit.end]
            if written in holds_on:
                continue  # a scope sentence names it as an implementer
            if not any(u.role == unit.role and text[u.start : u.end] == written for u in answer.units):
                answer.units.append(unit)
            if text[unit.end : b].startswith("等"):
                answer.open_ended = True


def _units(text: str, start: int, end: int, role: Role) -> list[Unit]:
    body = text[start:end]
    cut = _SUFFIX.search(body)
    if cut:
        body = body[: cut.start()]
    found: list[Unit] = []
    for first, last, piece in _pieces(body, start, "、,"):
        lead = re.match(r"(?:由|以及|会同|并由|和|及)(?=.{2})", piece)
        at = first + (lead.end() if lead else 0)
        for x, y in _joined(re.sub(r"(?:等|会同)$", "", text[at:last]), at):
            unit = Unit(x, y, role)
            if found and _LEVEL_ONLY.fullmatch(text[found[-1].start : found[-1].end]) and _LEVEL_NEXT.match(text[x:y]):
                found[-1].end = y  # 各市(州)、县(市、区)人民政府 is written as one
            elif found and text[x:y] in ("政府", "人民政府", "部门", "单位") and text[y - len(text[x:y]) - 1] == "、":
                found[-1].end = y  # 各乡镇党委、政府 is one body of two organs
            elif y - x >= 2:
                found.append(unit)
    return found


def _joined(piece: str, offset: int) -> Iterator[tuple[int, int]]:
    """甲局和乙局 are two bodies; 党委和人民政府 and 发展和改革委 are one."""
    for m in re.finditer(r"和|会同|以及|及|与", piece):
        left, right = piece[: m.start()], piece[m.end() :]
        if (
            re.search(r"(?:局|厅|委|办|部|中心|公司|集团|管委会)$", left)
            and re.search(r"(?:局|厅|委|办|部|中心|公司|集团|管委会|政府|单位|部门)$", right)
            and len(left) >= 3
            and len(right) >= 3
            and not left.endswith("党委")
            and "(" not in left
        ):
            yield offset, offset + m.start()
            yield from _joined(right, offset + m.end())
            return
    yield offset, offset + len(piece)


_CHARGE = re.compile(
    r"(?:^|[。;\n,])(?P<units>(?:各|区|市|县|省|地方|属地)[\u4e00-\u9fff、()]{1,40}?(?:部门|党委|政府"
    r"|局|委|厅|单位|管委会|办|街道|乡镇|区\)|县区|区县))(?:主要负责人|负责人)?"
    r"(?:要|应当|应|须|必须|要会同|会同有关部门|会同|负责)(?!求)"
)
_HELP = re.compile(r"配合(?P<units>[^\W\dA-Za-z_]{2,12}?(?:部门|局|委|厅))(?=[^\W\dA-Za-z_])")
_BY = re.compile(r"由(?P<units>[\u4e00-\u9fff、]{2,40}?(?:局|委|厅|办|部门|政府|管委会))(?P<role>牵头|负责|会同)")


def charged(text: str, start: int, end: int) -> list[Unit]:
    """Bodies that the running text of a task charges when no statement of responsibility does: 各区要…, 配合…部门.

    >>> t = "配合农业农村部门完成划分。各区政府要压实责任。"
    >>> [(t[u.start:u.end], u.role) for u in charged(t, 0, len(t))]
    [('农业农村部门', 'support'), ('各区政府', 'support')]
    """
    found: list[Unit] = []
    hits = [
        (m.start("units"), m.end("units"), "support") for p in (_CHARGE, _HELP) for m in p.finditer(text, start, end)
    ]
    hits += [(m.start("units"), m.end("units"), "lead") for m in _BY.finditer(text, start, end)]
    for a, end_, given in sorted(hits):
        led = re.search(r"牵头|负责", text[a:end_])
        b, role = (a + led.start(), "lead") if led else (end_, given)
        if re.search(r"有关|相关", text[a:b]) and role == "support" and re.match(r"市直|省直", text[a:b]):
            continue
        for unit in _units(text, a, b, "lead" if role == "lead" else "support"):
            if not any(text[u.start : u.end] == text[unit.start : unit.end] for u in found):
                found.append(unit)
    return found
