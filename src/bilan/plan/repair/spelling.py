"""One spelling for what print writes in several ways: full and half width, dashes, traditional characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from bilan.plan.mapped import Mapped

_SINGLE = {
    **{chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)},  # full-width ASCII
    "％": "%",
    "﹪": "%",
    "．": ".",
    "﹒": ".",
    "～": "~",
    "〜": "~",
    "∼": "~",
    "－": "-",
    "—": "-",
    "–": "-",
    "―": "-",
    "─": "-",
    "−": "-",
    "‐": "-",
    "‑": "-",
    "〈": "《",
    "〉": "》",
    "【": "(",
    "】": ")",
    "〔": "〔",
    "﹙": "(",
    "﹚": ")",
    "μ": "µ",
    "㎍": "µ",
    "＂": '"',
    "〇": "〇",
    "｡": "。",
    "､": "、",
    "ㅤ": " ",
    "\u3000": " ",
    "\u00a0": " ",
    "\u2002": " ",
    "\u2003": " ",
    "\u2009": " ",
    "\u200b": " ",
    "\u200c": " ",
    "\u200d": " ",
    "\u2060": " ",
    "\ufeff": " ",
    "\t": " ",
    "\v": "\n",
    "\f": "\n",
    "\r": "\n",
    "\u2028": "\n",
    "\u2029": "\n",
    "\x85": "\n",
}
_TABLE = {ord(k): v for k, v in _SINGLE.items() if k != v}
# Kangxi radicals and compatibility ideographs stand for ordinary characters in text taken from PDF files.
_COMPATIBILITY = ((0x2E80, 0x2FDF), (0xF900, 0xFAFF))
# Characters that only traditional texts use and every plan contains some of.
_TRADITIONAL = frozenset("環態國發與為實區質總標準達條點機開關專門業產縣鎮鄉來這對應級責單辦強氣護會")


# Other brackets around units that answer; elsewhere they mark cumulative figures and the years of document numbers.
_SQUARE = re.compile(r"\[((?:责任|牵头|主办|主责|配合|落实)[^\[\]]{2,400})\]")
_HOLLOW = re.compile(r"〔(?!20\d\d)([^〔〕]{4,400})〕")


def spell(mapped: Mapped) -> Mapped:
    """The same text, character for character, in one spelling."""
    mapped.translate(_TABLE | _compatibility(mapped.text))
    mapped.respell(_SQUARE, r"(\1)").respell(_HOLLOW, r"(\1)")
    if is_traditional(mapped.text):
        mapped.translate(_simplified(mapped.text))
    return mapped


def is_traditional(text: str) -> bool:
    """Whether ``text`` is written in traditional characters, a few names in it aside."""
    sample = text[:20_000]
    return sum(c in _TRADITIONAL for c in sample) > 0.003 * len(sample)


def _compatibility(text: str) -> dict[int, str]:
    odd = {c for c in set(text) if any(low <= ord(c) <= high for low, high in _COMPATIBILITY)}
    plain = {c: unicodedata.normalize("NFKC", c) for c in odd}
    return {ord(c): new for c, new in plain.items() if len(new) == 1}


def simplify(text: str, *, surely: bool = False) -> str:
    """``text`` in simplified characters, character by character; ``surely`` when it is known to be traditional.

    >>> simplify("市環境保護局"), simplify("市生态环境局")
    ('市环境保护局', '市生态环境局')
    """
    return text.translate(_simplified(text)) if surely or any(c in _TRADITIONAL for c in text) else text


@cache
def _converter() -> Callable[[str], str]:
    from opencc import OpenCC  # its dictionaries load only for traditional texts

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert


def _simplified(text: str) -> dict[int, str]:
    # Character by character, so that spans keep their meaning; phrases that would change the length do not occur.
    convert = _converter()
    return {ord(c): new for c in set(text) if len(new := convert(c)) == 1 and new != c}
