"""What readings say to people, in Chinese and English, made from codes by ``policy/reading_texts.csv``."""

from __future__ import annotations

from functools import cache

from bilan.policy.told import NOTHING, Joined, Measured, Quoted, Told, Value, in_language

__all__ = ["NOTHING", "Joined", "Measured", "Quoted", "Told", "Value", "in_language", "span_told", "tell"]

_TEXTS = "reading_texts.csv"


def tell(code: str, **values: Value) -> Told:
    """Return the words of ``code`` with ``values`` in their places; KeyError for a code without a row.

    >>> words = tell("step.rounded", value="35.3")
    >>> words == "按 GB/T 8170 修约为 35.3", words.en
    (True, 'rounded by GB/T 8170: 35.3')
    """
    return Told(_TEXTS, code, values) if values else _without_places(code)


def span_told(period: str) -> str:
    """Return a period as sentences tell it: one from a time to another in words, any other as it is written.

    >>> told = span_told("2026-10/2027-03")
    >>> told == "2026-10 至 2027-03", in_language(told, "en"), span_told("2026")
    (True, '2026-10 to 2027-03', '2026')
    """
    first, _to, last = period.partition("/")
    return tell("word.span", first=first, last=last) if last else first


@cache
def _without_places(code: str) -> Told:
    """Words that are the same each time: a board says them of every row."""
    return Told(_TEXTS, code, {})
