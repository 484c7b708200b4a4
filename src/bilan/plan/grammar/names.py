"""Names of indicators inside a clause: what to strip, how conjuncts share a head or a tail."""

from __future__ import annotations

import re

from bilan.plan.grammar import lexicon

# Words on which an indicator's name ends.
HEAD = re.compile(
    r"(?:率|比例|比率|占比|比重|比|度|浓度|总量|增量|减量|存量|流量|当量|容量|产量|销量|数量|用量"
    r"|使用量|施用量|排放量|货运量|周转量|消费量|产生量|填埋量|耗|强度|水耗|物耗"
    r"|面积|数|系数|指数|个数|天数|里程|长度|规模|能力|产值|增加值|水平|满意度|覆盖度|盖度|程度|投资"
    r"|增速|幅度|装机|蓄积|保有量|减排量|排放|用水量|岸线|密度|量)(?:\([^()]*\))?$"
)
# Verbs with which a plan orders an action.
ACTION_WORDS = (
    "完成|新增|新建|建成(?!区)|建设|创建|打造|培育|培养|改造|推广|淘汰|整治|治理|修复|开展|实施|推进"
    "|推动|加强|遴选|选树|制修订|制定|修订|编制|发布|组织|举办|扶持|引进|布设|设立|认定|改建"
    "|扩建|升级|恢复|营造|退出|关停|拆除|安装|更换|回收|处置|清理|排查|检查|形成|储备|谋划|争取|申报"
    "|评选|建立|启动|开工|新开展|提升|提高|强化|加快|落实|支持|鼓励|构建|健全|完善"
    "|选择|选取|选定|增殖放流|放流|种植|栽植|造林|植树|购置|投放|配备|投运|建造|改善|优化|增加|减少"
    "|削减|压减|降低|确定|划定|核发|办结|查处|整改|验收|选派|出台|印发|搬迁|整合|复垦|巩固|扩大|拓展"
    "|增设|铺设|绿化|投入|达标|复绿|腾退|清退|退养|纳入|保护(?!区|地|目标)|打通|疏浚|规划建设|规范"
    "|收集|监测|培训|招引|聘请|设置|公布|入库|提供|生产|应用|替代"
)
ACTION = re.compile(rf"(?:{ACTION_WORDS})")
LEADING_ACTION = re.compile(
    r"^(?:(?:到|在)?\x00*|同时|并|还|也|要|应|须|积极|全力|大力|加快|稳步|有序|持续|深入|扎实|着力"
    r"|进一步|继续|逐步|全面|切实|努力|确保|力争|争取|基本|全部|有效|重点(?=推进|推动|实施|开展|抓好|加强|完成)|统筹|率先|推动|推进|实现"
    r"|促进|提高|提升|加强|强化|使得?|将|把|对|分别|每(?:年(?!度)|季度|个?月)|长期|坚持|保持|保障|巩固|做到|不断|主动|科学|严格)+"
)
_BEFORE_ORDER = re.compile(
    r"^(?:[\x00、,和及与]|力争|争取|努力|确保|全(?:省|市|县|区|年)|同时|计划|累计|共|再|其中|要|积极|大力"
    r"|加快|深入|全面|基本|稳步|有序|持续|着力|每年|年度|年内|年|[^\W\dA-Za-z_]{2,4}[市县区省])+"
)
_SPLIT = re.compile(r"、|以及|及其|及|和(?!谐|平)|与|或(?!优于|好于|超过)")


def clean(name: str) -> str:
    """``name`` without dates, order words and stray marks at its ends.

    >>> clean("、推动城镇污水处理率"), clean("的绿色工厂")
    ('城镇污水处理率', '绿色工厂')
    """
    name = name.replace("\x00", "").replace("\x01", "")
    while True:
        shorter = re.sub(r"^[、,;:。\s)的和与及]+(?=.)", "", name)
        shorter = re.sub(r"^(?:以及|其中|并且|同时|并|且|使|将|年(?!均|度)|起|前|内)", "", shorter)
        trimmed = LEADING_ACTION.sub("", shorter)
        if len(trimmed) >= 3:
            shorter = trimmed
        shorter = re.sub(r"[、,;:\s(]+$|(?:等|的)$", "", shorter)
        if shorter == name:
            return name
        name = shorter


def order_start(text: str) -> str:
    """``text`` from its first word of substance: dates, scope and soft words taken off.

    >>> order_start("力争全市新增绿化面积")
    '新增绿化面积'
    """
    return _BEFORE_ORDER.sub("", text)


def split(name: str) -> list[str]:
    """The conjuncts of ``name``, each completed by the tail they share.

    >>> split("化肥、农药使用量")
    ['化肥使用量', '农药使用量']
    >>> split("森林覆盖率、湿地保护率")
    ['森林覆盖率', '湿地保护率']
    """
    pieces = [p for p in top_level(name) if p]
    if len(pieces) < 2:
        return pieces
    pieces = [pieces[0], *(_with_head(pieces[0], p) for p in pieces[1:])]
    last = pieces[-1]
    tails = [last[i:] for i in range(1, len(last)) if HEAD.search(last)]
    done = []
    for piece in pieces[:-1]:
        if HEAD.search(piece) and lexicon.find(piece):
            done.append(piece)
            continue
        known = next((piece + t for t in tails if (m := lexicon.find(piece + t)) and m.score >= 1), None)
        known = known or next((piece + t for t in tails if (m := lexicon.find(piece + t)) and m.score >= 0.9), None)
        if known is None and not HEAD.search(piece):
            known = piece + _head_tail(last)
        done.append(known or piece)
    return [*done, last]


_SHARED_START = re.compile(
    r"^(?:全[省市县区])?(?P<start>单位(?:地区|国内)?生产总值(?:\(GDP\))?"
    r"|单位GDP|万元(?:地区|国内)?生产总值|万元GDP|规模以上)"
)


def _with_head(first: str, piece: str) -> str:
    """A later conjunct with the start it shares with the first: 单位GDP能耗、二氧化碳排放."""
    m = _SHARED_START.match(first)
    if m is None or _SHARED_START.match(piece):
        return piece
    whole = lexicon.find(m["start"] + piece)
    return m["start"] + piece if whole and whole.score >= 1 else piece


def _head_tail(last: str) -> str:
    """The shared end of a last conjunct no lexicon knows: its head noun with the noun before it."""
    m = re.search(
        r"(?:综合|安全|集中|无害化|资源化|循环|回收|再生|有效)*(?:利用|使用|施用|排放|处理|处置|治理"
        r"|覆盖|达标|回收|消费|消耗|减排|收集|改造|普及|保护|建成|配套)*"
        r"(?:总|重点工程减)?(?:率|比例|占比|比重|总量|量|浓度|面积|强度|能力|数量|数|能耗|增速|规模)$",
        last,
    )
    return m[0] if m and len(m[0]) >= 3 else ""  # 率 alone is no head of its own


def top_level(name: str) -> list[str]:
    """The conjuncts of ``name`` as written, marks inside brackets and quotes left alone."""
    pieces, depth, start, at = [], 0, 0, 0
    while at < len(name):
        c = name[at]
        depth += c in "(“" or (c == '"' and depth == 0)
        if c in ")”" or (c == '"' and depth and at > start):
            depth = max(0, depth - 1)
        if depth == 0 and (m := _SPLIT.match(name, at)):
            pieces.append(name[start:at])
            at = start = m.end()
            continue
        at += 1
    return [*pieces, name[start:]]
