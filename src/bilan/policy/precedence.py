"""Which of two sources of one observation prevails: the data of ``source_precedence.csv``."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

from bilan.policy.tables import FOLDER

OTHERS = "*"


@cache
def precedences() -> Mapping[str, int]:
    """Return the precedence of every listed source; a higher one prevails, ``*`` stands for all the others.

    >>> precedences()["review"] > precedences()["cnemc"]
    True
    """
    lines = (FOLDER / "source_precedence.csv").read_text(encoding="utf-8").splitlines()
    return {row["source"]: int(row["precedence"]) for row in csv.DictReader(lines, strict=True)}


def precedence(source: str) -> int:
    """Return the precedence of ``source``, listed or not.

    >>> precedence("nobody") == precedences()["*"]
    True
    """
    return precedences().get(source, precedences()[OTHERS])
