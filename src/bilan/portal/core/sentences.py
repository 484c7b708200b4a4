"""Sentences that came in Chinese, from the library or from a worker, said again in the language of the page.

The library speaks Chinese, and a worker does not know who will read what it writes down. A sentence is known again by
the text of the catalogue it was made of: ``“%(name)s”没有写明完成时限`` fits every target without a deadline. What
stands for ``%(name)s`` are words of the plan and stays; words of ours in a sentence have names of their own, see _OURS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache

from django.utils.translation import get_language, gettext

from bilan.portal.core import catalogue
from bilan.portal.core.speech import language

_HOLE = re.compile(r"%\((?P<name>\w+)\)(?P<as>[sd])|%(?P<bare>[sd])")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_FEWEST = 2  # letters of its own; with less, a text fits anything
_KEPT = 4096  # sentences


def _each(words: str) -> str:
    return ", ".join(gettext(word) for word in words.split("、"))


def _figure(words: str) -> str:
    """``不高于 30``: an operator and what follows it."""
    operator, blank, rest = words.partition(" ")
    return f"{gettext(operator)}{blank}{rest}"


_OURS: Mapping[str, Callable[[str], str]] = {
    "word": gettext,
    "words": _each,
    "figure": _figure,
    "other_figure": _figure,
}


def again(text: str) -> str:
    """Return a Chinese sentence in the language of the page; as it is where the catalogue has none like it.

    >>> from django.utils.translation import override
    >>> with override("en"):
    ...     again("“PM2.5年均浓度”没有写明完成时限"), again("a.pdf：文件里没有文字"), again("清河市")
    ('“PM2.5年均浓度” names no deadline', 'a.pdf: There is no text in the file', '清河市')
    """
    return text if language() == "zh" or not text else _again(text, get_language() or "")


@lru_cache(maxsize=_KEPT)
def _again(text: str, _code: str) -> str:
    if (exactly := gettext(text)) != text:
        return exactly
    for pattern, known in _patterns():
        if found := pattern.fullmatch(text):
            return _filled(known, found.groups())
    name, colon, rest = text.partition("：")  # a file, then what is wrong with it
    if colon and (said := again(rest)) != rest:
        return f"{name}: {said}"
    return text


def _filled(known: str, words: Sequence[str]) -> str:
    """The translation of a text of the catalogue with the words that stood for its holes."""
    left = iter(words)
    named = {hole["name"]: word for hole, word in zip(_HOLE.finditer(known), words, strict=True)}

    def word(hole: re.Match[str]) -> str:
        name = hole["name"]
        if not name:
            return next(left)
        return _OURS[name](named[name]) if name in _OURS else named[name]

    return _HOLE.sub(word, gettext(known)).replace("%%", "%")


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """The texts of the catalogues with holes, each as a pattern, those with the most words of their own first."""
    texts = {text for po in catalogue.catalogues() for text in catalogue.read(po) if _HOLE.search(text)}
    own = {text: len(_CHINESE.findall(text)) for text in texts}
    telling = sorted((text for text in texts if own[text] >= _FEWEST), key=lambda text: (-own[text], text))
    return [(_pattern(text), text) for text in telling]


def _pattern(text: str) -> re.Pattern[str]:
    pattern, at = "", 0
    for hole in _HOLE.finditer(text):
        anything = r"\d+" if "d" in (hole["as"], hole["bare"]) else ".+?"
        pattern += f"{_literal(text[at : hole.start()])}({anything})"
        at = hole.end()
    return re.compile(pattern + _literal(text[at:]), re.DOTALL)


def _literal(words: str) -> str:
    return re.escape(words.replace("%%", "%"))
