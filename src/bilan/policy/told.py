"""Words that know both of their languages: a code with its values, or a text of a table that is known again.

Such words are Chinese text wherever they are used as text; whoever speaks English asks them for it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from string import Formatter
from typing import TypeAlias

from bilan.policy.tables import FOLDER, indicators
from bilan.policy.texts import Language, after_number, texts

Value: TypeAlias = "str | int | Decimal | Sequence[str]"

KNOWN = "known_texts.csv"
_BETWEEN: Mapping[Language, str] = {"zh": "、", "en": ", "}
_SEPARATORS = (("；", "; "), ("、", ", "))
_SIGNS = str.maketrans(
    {"（": " (", "）": ") ", "，": ", ", "：": ": ", "；": "; ", "、": ", "}
    | {"＝": " = ", "～": " to ", "－": "−", "％": "%"}
)
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_KEPT = 4096


class Told(str):
    """What ``code`` of the table ``table`` says with ``values`` in its places; as text it is Chinese.

    A sequence of values is listed; a value that knows its English is put in by language.

    >>> days = Told("reading_texts.csv", "reason.few_index_days", {"least": 75})
    >>> days == "有 AQI 的日子不足全期的 75%", days.en
    (True, 'fewer than 75% of the days of the period have an AQI')
    """

    table: str
    code: str
    values: Mapping[str, Value]

    def __new__(cls, table: str, code: str, values: Mapping[str, Value]) -> Told:
        """Return the words in Chinese; KeyError for a code without a row and for a place without a value."""
        made = super().__new__(cls, _filled(texts(table)[code]["zh"], values, "zh"))
        made.table, made.code, made.values = table, code, values
        return made

    def __reduce__(self) -> tuple[object, ...]:
        """Return how to make the words again: a copy knows its English, too."""
        return type(self), (self.table, self.code, self.values)

    @property
    def en(self) -> str:
        """The words in English."""
        return _filled(texts(self.table)[self.code]["en"], self.values, "en")


class Quoted(Told):
    """A text that came as Chinese, from a table of the policy or from an engine, in English as far as it is known.

    A whole text is known by a row of :data:`KNOWN` or as the name of an indicator, one with numbers and names inside by
    a row with places for them, several by each of them. What is not known stays as it is: the names of places are.

    >>> Quoted("表1、附录A").en, Quoted("清河市").en
    ('table 1, annex A', '清河市')
    """

    def __new__(cls, text: str) -> Quoted:
        """Return ``text``."""
        return str.__new__(cls, text)

    def __reduce__(self) -> tuple[object, ...]:
        """Return how to make the words again."""
        return type(self), (str(self),)

    @property
    def en(self) -> str:
        """The words in English."""
        return _english(str(self))


class Joined(Told):
    """Several words one after another, without anything between them.

    >>> Joined(Quoted("表1"), Quoted("（未核实）")).en
    'table 1 (unverified)'
    """

    parts: tuple[str, ...]

    def __new__(cls, *parts: str) -> Joined:
        """Return ``parts`` as one text."""
        made = str.__new__(cls, "".join(parts))
        made.parts = parts
        return made

    def __reduce__(self) -> tuple[object, ...]:
        """Return how to make the words again."""
        return type(self), self.parts

    @property
    def en(self) -> str:
        """The words in English."""
        return "".join(in_language(part, "en") for part in self.parts)


class Measured(Told):
    """A number with its unit, or a unit alone, as it was written; in English as it is printed there.

    >>> Measured("12 万吨", "12", "万吨").en, Measured("亩", "", "亩").en
    ('12 ×10⁴ t', 'mu')
    """

    number: str
    unit: str

    def __new__(cls, written: str, number: str, unit: str) -> Measured:
        """Return what is ``written``: ``number`` of ``unit``."""
        made = str.__new__(cls, written)
        made.number, made.unit = number, unit
        return made

    def __reduce__(self) -> tuple[object, ...]:
        """Return how to make the words again."""
        return type(self), (str(self), self.number, self.unit)

    @property
    def en(self) -> str:
        """The amount in English."""
        return f"{self.number}{after_number(self.unit, 'en')}".strip()


NOTHING = Quoted("")


def in_language(words: str, language: Language) -> str:
    """Return ``words`` in one language; text that knows no English is the same in both.

    >>> in_language(Quoted("表2"), "en"), in_language("甲站", "en")
    ('table 2', '甲站')
    """
    return words.en if language == "en" and isinstance(words, Told) else str(words)


def _filled(words: str, values: Mapping[str, Value], language: Language) -> str:
    return words.format_map({name: _shown(value, language) for name, value in values.items()})


def _shown(value: Value, language: Language) -> str:
    match value:
        case str():
            return in_language(value, language)
        case Decimal():
            return format(value, "f")
        case int():
            return str(value)
    return _BETWEEN[language].join(in_language(part, language) for part in value)


@lru_cache(maxsize=_KEPT)
def _english(text: str) -> str:
    """``text`` in English as far as it is known; numbers and formulas get the signs of English."""
    if not _CHINESE.search(text):
        return _western(text)
    exactly = _exactly().get(text)
    if exactly is not None:
        return exactly
    for pattern, words in _patterns():
        if found := pattern.fullmatch(text):
            return words.format_map({name: _english(part) for name, part in found.groupdict().items()})
    for sign, between in _SEPARATORS:
        if sign in text:
            return between.join(map(_english, text.split(sign)))
    return text


def _western(text: str) -> str:
    """``text`` without wide signs.

    >>> _western("（1 － 3 ÷ 4）× 100 = 25")
    '(1 − 3 ÷ 4) × 100 = 25'
    """
    spaced = " ".join(text.translate(_SIGNS).split())
    return re.sub(r"(?<=\() | (?=[),:;])", "", spaced)


@cache
def _exactly() -> Mapping[str, str]:
    """English by Chinese: names of figures, then the texts without places."""
    with (FOLDER / "statistics_parts.csv").open(encoding="utf-8", newline="") as lines:
        parts = {row["name_zh"]: row["name_en"] for row in csv.DictReader(lines, strict=True)}
    names = {one.name: one.name_en for one in indicators()}
    return parts | names | {row["zh"]: row["en"] for row in texts(KNOWN).values() if "{" not in row["zh"]}


@cache
def _patterns() -> Sequence[tuple[re.Pattern[str], str]]:
    """The texts with places, each as a pattern, those with the most words of their own first."""
    rows = [(row["zh"], row["en"]) for row in texts(KNOWN).values() if "{" in row["zh"]]
    rows.sort(key=lambda row: -len(re.sub(r"\{\w+\}", "", row[0])))
    return [(re.compile(_pattern(zh)), en) for zh, en in rows]


def _pattern(words: str) -> str:
    parts = Formatter().parse(words)
    return "".join(re.escape(before) + (f"(?P<{name}>.+)" if name else "") for before, name, _, _ in parts)
