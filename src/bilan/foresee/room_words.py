"""From the code of a room to its sentence in Chinese or English: the words stand in ``policy/room_texts.csv``.

A row whose code begins with ``word.`` is a word that numbers may name: ``day`` is said 天 or days.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Literal, TypeAlias

from bilan.policy.tables import FOLDER

Language = Literal["zh", "en"]
Value: TypeAlias = Decimal | int | str | tuple[tuple[str, Decimal], ...] | None


@cache
def room_texts() -> Mapping[str, Mapping[Language, str]]:
    """Return the words of every code, by language.

    >>> room_texts()["word.day"]["en"]
    'days'
    """
    lines = (FOLDER / "room_texts.csv").read_text(encoding="utf-8").splitlines()
    return {row["code"]: {"zh": row["zh"], "en": row["en"]} for row in csv.DictReader(lines, strict=True)}


def sentence(code: str, numbers: Mapping[str, Value], language: Language = "zh") -> str:
    """Return the sentence of ``code`` with ``numbers`` in their places, a unit after its space where it takes one.

    Raises KeyError for a code without a row and for a place without a number.

    >>> sentence("count.reached", {"done": 12, "sign": "≥", "target": 10, "unit": "km"}, "en")
    'The level asked (≥10 km) is reached: 12 km done.'
    """
    shown = {name: _shown(value, language) for name, value in numbers.items()}
    for name in shown.keys() & {"unit", "limit_unit"}:
        printed = shown[name].replace("m2", "m²").replace("m3", "m³")
        shown[name] = printed if not printed or printed[0] in "%‰" else f" {printed}"
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
