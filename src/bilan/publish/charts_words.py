"""Words and colours of charts: ``policy/chart_texts.csv`` and ``policy/chart_colours.csv``."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from bilan.board.looks import status_looks
from bilan.board.status import Status
from bilan.board.texts import phrase
from bilan.policy.tables import FOLDER
from bilan.policy.texts import Language, texts

_DARK, _LIGHT = "#111111", "#ffffff"


def word(code: str, language: Language = "zh", **values: object) -> str:
    """Return the words of ``code`` with ``values`` in their places.

    Raises KeyError for a code without a row and for a place without a value.

    >>> word("simulated"), word("with_unit", "en", unit="km")
    ('模拟数据', 'Unit: km')
    """
    return texts("chart_texts.csv")[code][language].format_map(values)


def has_word(code: str) -> bool:
    """Return whether there are words for ``code``.

    >>> has_word("area.air"), has_word("area.moon")
    (True, False)
    """
    return code in texts("chart_texts.csv")


def colour(code: str) -> str:
    """Return the colour of ``code`` as ``#rrggbb``.

    >>> colour("water.2")
    '#4a9bd9'
    """
    return _colours()[code]


def answer(status: Status, language: Language = "zh") -> str:
    """Return one of the five answers in words after its sign, so that no colour is needed to tell it.

    >>> answer("met", "en")
    '✓ met'
    """
    return f"{status_looks()[status].symbol} {phrase(f'status.{status}', language)}"


def ink(background: str) -> str:
    """Return the colour of text on ``background``: dark or white, whichever contrasts more (WCAG 2.1, 1.4.3).

    >>> ink("#ffff00"), ink("#7e0023")
    ('#111111', '#ffffff')
    """
    return max((_DARK, _LIGHT), key=lambda text: contrast(text, background))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.1, relative luminance).

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def shown(value: Decimal | None) -> str:
    """Return a figure as people read it: all its digits, no exponent, a true minus sign, a dash where there is none.

    >>> shown(Decimal("-0.50")), shown(Decimal("1E+2")), shown(None)
    ('−0.50', '100', '—')
    """
    return "—" if value is None else format(value, "f").replace("-", "\N{MINUS SIGN}")


def percent(share: float) -> str:
    """Return a probability or a share in whole percent; nothing uncertain is called 0 or 100 %.

    >>> percent(0.724), percent(0.9999), percent(0.001), percent(1)
    ('72%', '>99%', '<1%', '100%')
    """
    rounded = round(share * 100)
    if rounded == 100 and share < 1:
        return ">99%"
    return "<1%" if rounded == 0 and share > 0 else f"{rounded}%"


def _luminance(colour_: str) -> float:
    parts = (int(colour_[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@cache
def _colours() -> Mapping[str, str]:
    lines = (FOLDER / "chart_colours.csv").read_text(encoding="utf-8").splitlines()
    return {row["code"]: row["colour"] for row in csv.DictReader(lines, strict=True)}
