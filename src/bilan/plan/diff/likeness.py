"""How alike two names or texts of two editions are, and which of many are each other's best.

A rename is told from a difference by the words that come or go, not by their number: 国控 and 省控 make two indicators.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from bilan.plan.ids import squeeze
from bilan.plan.model import Item

ItemT = TypeVar("ItemT", bound=Item)

NAMES_ALIKE = 70  # of 100; the words added or removed are checked besides
TEXTS_ALIKE = 80
CANDIDATES = 32  # for each item: the likest only, so that thousands of changed items take seconds

# Words that make two otherwise similar names different things: a rename neither adds nor removes them
_TELLS_APART = re.compile(
    r"[0-9A-Za-z]|[一二三四五六七八九十ⅠⅡⅢⅣⅤ]|非|不|无|未|劣|再生|新增|累计|人均|单位|农村|城市|城镇|乡村|地下|地表|"
    r"国控|省控|市控|国考|省考|近岸|规模以上|重点|化学|氨氮|减少|下降|增长|增加"
)
_SYNONYMS = (("比率", "率"), ("比例", "率"), ("占比", "率"), ("比重", "率"), ("总量", "量"))


def best_pairs(
    olds: Sequence[ItemT],
    news: Sequence[ItemT],
    text: Callable[[ItemT], str],
    least: float,
    score: Callable[[ItemT, ItemT], float] | None = None,
) -> list[tuple[ItemT, ItemT]]:
    """Return the pairs of which each is the other's best and ``least`` alike; one with two equal bests has none.

    ``text`` is what is compared. All is compared with all in native code; ``score``, which may know better, judges the
    :data:`CANDIDATES` likest of each old item only.
    """
    from rapidfuzz import fuzz, process

    texts = [text(new) for new in news]
    marks: dict[tuple[int, int], float] = {}
    for old, item in enumerate(olds):
        for _, mark, new in process.extract(text(item), texts, scorer=fuzz.ratio, score_cutoff=least, limit=CANDIDATES):
            marks[old, new] = mark if score is None else score(item, news[new])
    marks = {pair: mark for pair, mark in marks.items() if mark >= least}
    lonely_old = _only_best(marks, side=0)
    lonely_new = _only_best(marks, side=1)
    return [(olds[pair[0]], news[pair[1]]) for pair in marks if pair in lonely_old and pair in lonely_new]


def _only_best(marks: Mapping[tuple[int, int], float], side: int) -> set[tuple[int, int]]:
    """Return, for each item of one side, its pair with the highest mark, unless two pairs have it."""
    best: dict[int, tuple[float, tuple[int, int] | None]] = {}
    for pair, mark in marks.items():
        highest, _ = best.get(pair[side], (-1.0, None))
        if mark > highest:
            best[pair[side]] = mark, pair
        elif mark == highest:
            best[pair[side]] = mark, None
    return {pair for _, pair in best.values() if pair is not None}


def plain_name(name: str) -> str:
    """Return the name squeezed, with the words that plans use for one another made one.

    >>> plain_name("优良天数 比例") == plain_name("优良天数比率")
    True
    """
    name = squeeze(name)
    for word, same in _SYNONYMS:
        name = name.replace(word, same)
    return name


def renamed(old: str, new: str) -> float:
    """Return how alike two names are (0 to 100); 0 where the difference makes them names of two things.

    >>> renamed("空气质量优良天数比率", "优良天数比例") > 70
    True
    >>> renamed("国控断面优良比例", "省控断面优良比例"), renamed("化石能源占比", "非化石能源占比")
    (0.0, 0.0)
    """
    from rapidfuzz import fuzz
    from rapidfuzz.distance import Indel, Opcodes

    old, new = plain_name(old), plain_name(new)
    steps: Opcodes = Indel.opcodes(old, new)
    removed = [old[step.src_start : step.src_end] for step in steps if step.tag == "delete"]
    added = [new[step.dest_start : step.dest_end] for step in steps if step.tag == "insert"]
    if (removed and added) or any(_TELLS_APART.search(words) for words in (*removed, *added)):
        return 0.0
    return float(fuzz.ratio(old, new))
