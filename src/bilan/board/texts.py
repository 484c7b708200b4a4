"""What the board says to people, in Chinese and English, made from codes by ``policy/board_texts.csv``.

The first part of a code says what it is for: ``missing`` why a target cannot be judged, ``chance`` why there is no
probability, ``goal`` what is asked, ``step`` and ``line`` the chain of an explanation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bilan.board.model import Said
from bilan.evaluate.told import span_told
from bilan.policy.texts import Language, after_number, texts
from bilan.policy.told import Quoted, Told, in_language

Value: TypeAlias = Said | str | int | Decimal | date | Sequence[Said | str] | None

_BEIJING = ZoneInfo("Asia/Shanghai")
_BETWEEN: Mapping[Language, str] = {"zh": "、", "en": ", "}


@cache
def board_texts() -> Mapping[str, Said]:
    """Return the words of every code.

    >>> board_texts()["status.on_course"].zh
    '正常推进'
    """
    return {code: Said(zh=words["zh"], en=words["en"]) for code, words in texts("board_texts.csv").items()}


def said(code: str, **values: Value) -> Said:
    """Return the words of ``code`` with ``values`` in their places; a value without a place is left out.

    A ``unit`` follows its number after a space where it takes one; what is said in two languages is put in by language;
    several things are listed; moments are in Beijing time; a ``period`` is told in words; None is a dash. A ``detail``
    is what a figure lacks, in Chinese as it was computed, and in English as far as it is known.

    Raises KeyError for a code without a row and for a place without a value.

    >>> said("goal.level", sign="≤", value=Decimal("31"), unit="µg/m3").zh
    '≤31 µg/m³'
    >>> base = said("base.year", year=2020)
    >>> said("goal.percent.decrease", base=base, bound=said("word.at_least"), value=Decimal("13.5")).en
    'down by at least 13.5% from 2020'
    """
    return _said(code, values) if values else _without_places(code)


def spoken(words: Said, language: Language) -> str:
    """Return ``words`` in one language.

    >>> spoken(said("status.met"), "en")
    'met'
    """
    return words.zh if language == "zh" else words.en


def phrase(code: str, language: Language, **values: Value) -> str:
    """Return what :func:`said` makes of ``code``, in one language."""
    return spoken(said(code, **values), language)


def amount(value: Decimal, unit: str, language: Language = "zh") -> str:
    """Return a number with its unit, as people write it.

    >>> amount(Decimal("87.70"), "%"), amount(Decimal("1E+2"), "d"), amount(Decimal("0.3"), "1")
    ('87.70%', '100 天', '0.3')
    """
    return format(value, "f") + after_number(unit, language)


def unit_of_difference(unit: str) -> Said | str:
    """Return the unit of the difference of two figures: between percentages it is points.

    >>> unit_of_difference("%").en, unit_of_difference("µg/m3")
    ('points', 'µg/m3')
    """
    return said("show.points") if unit == "%" else unit


@cache
def _without_places(code: str) -> Said:
    """Words that are the same each time: a board says them of every row."""
    return _said(code, {})


def _said(code: str, values: Mapping[str, Value]) -> Said:
    words = board_texts()[code]
    return Said(zh=_filled(words.zh, values, "zh"), en=_filled(words.en, values, "en"))


def _filled(words: str, values: Mapping[str, Value], language: Language) -> str:
    detail = values.get("detail")
    if isinstance(detail, str) and not isinstance(detail, Told):
        values = {**values, "detail": Quoted(detail)}
    period = values.get("period")
    if isinstance(period, str):
        values = {**values, "period": span_told(period)}
    shown = {name: _shown(value, language) for name, value in values.items()}
    if "unit" in shown:
        shown["unit"] = after_number("" if values["unit"] is None else shown["unit"], language)
    return words.format_map(shown)


def _shown(value: Value, language: Language) -> str:
    match value:
        case None:
            return "—"
        case Said():
            return spoken(value, language)
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M")
        case str() | int() | date():
            return in_language(value, language) if isinstance(value, str) else str(value)
    return _BETWEEN[language].join(_shown(part, language) for part in value) or "—"
