"""From the code of a room to its sentence in Chinese or English: the words stand in ``policy/room_texts.csv``.

A row whose code begins with ``word.`` is a word that numbers may name: ``day`` is said 天 or days.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

from bilan.policy.texts import Language, after_number, texts

Value: TypeAlias = Decimal | int | str | tuple[tuple[str, Decimal], ...] | None


def room_texts() -> Mapping[str, Mapping[Language, str]]:
    """Return the words of every code, by language.

    >>> room_texts()["word.day"]["en"]
    'days'
    """
    return texts("room_texts.csv")


def sentence(code: str, numbers: Mapping[str, Value], language: Language = "zh") -> str:
    """Return the sentence of ``code`` with ``numbers`` in their places, a unit after its space where it takes one.

    Raises KeyError for a code without a row and for a place without a number.

    >>> sentence("count.reached", {"done": 12, "sign": "≥", "target": 10, "unit": "km"}, "en")
    'The level asked (≥10 km) is reached: 12 km done.'
    """
    shown = {name: _shown(value, language) for name, value in numbers.items()}
    for name in shown.keys() & {"unit", "limit_unit"}:
        shown[name] = after_number(shown[name], language)
    return room_texts()[code][language].format_map(shown)


def _shown(value: Value, language: Language) -> str:
    if value is None:
        return "—"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple):
        listed = [f"{name} {format(number, 'f')}" for name, number in value]
        return ("、" if language == "zh" else ", ").join(listed) or "—"
    word = room_texts().get(f"word.{value}")
    return word[language] if word else str(value)
