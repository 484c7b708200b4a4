"""Words by their codes in Chinese and English, and units as they are printed.

Every table of words in this folder has the columns ``code,zh,en``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from typing import Literal

from bilan.policy.tables import FOLDER

Language = Literal["zh", "en"]


@cache
def texts(name: str) -> Mapping[str, Mapping[Language, str]]:
    """Return the words of every code in the table ``name`` of this folder, by language.

    >>> texts("room_texts.csv")["word.day"]["en"]
    'days'
    """
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return {row["code"]: {"zh": row["zh"], "en": row["en"]} for row in csv.DictReader(lines, strict=True)}


def unit_printed(unit: str, language: Language = "zh") -> str:
    """Return a unit as it stands in print: by ``unit_texts.csv``, else with its powers raised.

    >>> unit_printed("µg/m3"), unit_printed("t/(km2·month)"), unit_printed("d"), unit_printed("1")
    ('µg/m³', 't/(km²·month)', '天', '')
    >>> unit_printed("d", "en"), unit_printed("亿m3", "en"), unit_printed("个", "en")
    ('days', '×10⁸ m³', 'items')
    """
    known = texts("unit_texts.csv").get(unit)
    return unit.replace("m2", "m²").replace("m3", "m³") if known is None else known[language]


def after_number(unit: str, language: Language = "zh") -> str:
    """Return a unit as it follows a number: after a space, but for percent and per mille.

    >>> after_number("km"), after_number("%"), after_number("1"), after_number("d", "en")
    (' km', '%', '', ' days')
    """
    printed = unit_printed(unit, language)
    return printed if not printed or printed[0] in "%‰" else f" {printed}"
