"""What is Chinese in an English text."""

from __future__ import annotations

import re

CHINESE = re.compile(r"[\u3400-\u9fff]+")
NUMBER_OF_A_PAPER = re.compile(r"环办(?:监测)?函?〔\d{4}〕\d+号")


def chinese(text: str) -> list[str]:
    """What is Chinese in ``text`` but the numbers of papers."""
    return CHINESE.findall(NUMBER_OF_A_PAPER.sub("", text))
