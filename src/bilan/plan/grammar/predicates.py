"""The words between an indicator and its value: 力争分别比2020年下降 … 以上.

:func:`peel` takes them off the end of a text, so that what is left is the indicator's name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# Longest first within a kind; kinds are tried in this order at the end of the text.
_KINDS: tuple[tuple[str, str], ...] = (
    ("range_word", r"之间"),
    (
        "base",
        r"(?:比|较|与|同|相比|相较于?|在|以)?(?:20\d\d年?|“?十[一二三四五]五”?|上一?年|去年|前年|基准年|规划基准年|全[国省]平均水平)"
        r"(?:度|末|底|期末)?(?:的)?(?:基础上|水平|同期|相比|基数)?(?:再|又|相比)?(?<!到)|同比|环比",
    ),
    ("down_to", r"(?:下降|降低|降|减少|减|压减|压缩|控制|削减|缩减)(?:到|至)|降为"),
    (
        "up_to",
        r"(?:提高|提升|增加|增长|上升|扩大|恢复|发展|拓展|升|增|延长|扩展|改善|改善提升|上调|提)(?:到|至|为)|达到或超过|达到|达至|达成|达|(?<=[率例重比度])(?:至|到)",
    ),
    (
        "keep",
        r"(?:稳定|总体|继续|持续|基本|长期|始终)*(?:保持|维持|稳定|巩固|处|保)(?:稳定)?(?:在|于)|(?:稳定)?(?:保持|维持)(?:稳定)?|稳定达到",
    ),
    ("control", r"控制在|控制为|控制"),
    ("at_least", r"不(?:得|能|应|宜|可)?(?:低于|少于|小于|短于)|至少|≥|>=|大于等于|高于等于|不下于|不亚于"),
    ("at_most", r"不(?:得|能|应|宜|可)?(?:高于|超过|大于|多于|突破)|至多|最多|≤|<=|小于等于"),
    ("above", r"优于|高于|超过|突破|大于|多于|>"),
    ("below", r"低于|小于|少于|好于|<"),
    ("decrease", r"下降|降低|减少|削减|压减|压缩|缩减|递减|减排|下调|节约|降(?=$)"),
    ("increase", r"提高|提升|增加|增长|上升|扩大|新增|递增|净增|增(?=$)"),
    ("about", r"大约|约为|约|近"),
    ("each", r"分别各|各|(?<!年)均|都|平均"),
    ("in_turn", r"分别(?:为|是)?"),
    ("soft", r"力争|争取|努力|力求|争"),
    (
        "firm",
        r"确保|必须|应当|应该|应|须|需|要|将|实现|累计|总计|共计|共|再|年均|每年|稳定|总体|基本|持续|进一步|逐步|稳步|全部|整体|为|占|是|至|到|的|在",
    ),
)
_PATTERNS = tuple((kind, re.compile(rf"(?:{words})$")) for kind, words in _KINDS)


@dataclass(slots=True)
class Predicate:
    """What was peeled off: the kinds of words, and the baseline they name."""

    rest: str
    kinds: set[str] = field(default_factory=set)
    base: str | None = None
    words: str = ""

    def __bool__(self) -> bool:
        return bool(self.kinds - {"firm", "soft"}) or "占" in self.words or "为" in self.words or "实现" in self.words


def peel(text: str) -> Predicate:
    """The predicate at the end of ``text`` and the text before it.

    >>> p = peel("化肥、农药使用量比2020年各减少"); p.rest, sorted(p.kinds), p.base
    ('化肥、农药使用量', ['base', 'decrease', 'each'], '比2020年')
    >>> peel("森林覆盖率稳定保持在").rest
    '森林覆盖率'
    """
    found = Predicate(text.rstrip("\x00 "))
    while True:
        for kind, pattern in _PATTERNS:
            m = pattern.search(found.rest)
            if m is None or (kind == "increase" and m[0] in ("提升", "提高") and _is_name(found.rest, m)):
                continue
            found.kinds.add(kind)
            if kind == "base":
                found.base = m[0]
            found.words = m[0] + found.words
            found.rest = found.rest[: m.start()].rstrip("\x00 ")
            break
        else:
            return found


def _is_name(text: str, m: re.Match[str]) -> bool:
    return text[: m.start()].endswith("改善")
