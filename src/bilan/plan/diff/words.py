"""What a difference says to people, in Chinese and English, made from codes by ``policy/diff_texts.csv``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from bilan.policy.texts import texts
from bilan.policy.told import Told, Value

_TEXTS = "diff_texts.csv"


def tell(code: str, **values: Value) -> Told:
    """Return the words of ``code`` with ``values`` in their places; KeyError for a code without a row.

    >>> words = tell("change.come", word=tell("word.leads"), come=["市水利局"])
    >>> words == "牵头单位：增加 市水利局", words.en
    (True, 'lead units: added 市水利局')
    """
    return Told(_TEXTS, code, values)


def closed(word: str) -> Told:
    """Return a closed word of the schema in both languages; KeyError for any other.

    >>> closed("不低于").en
    'at least'
    """
    return tell(_closed()[word])


def or_none(words: str | None) -> str:
    """Return ``words``, or that there are none."""
    return words or tell("word.none")


@cache
def _closed() -> Mapping[str, str]:
    return {row["zh"]: code for code, row in texts(_TEXTS).items() if code.startswith("closed.")}
