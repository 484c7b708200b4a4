"""Quotation marks inside quotation marks: single inside double ones, and the other way round (GB/T 15834, 4.8.3.3)."""

from __future__ import annotations

import re

_MARKS = re.compile(r"‘([^‘’]*)’|“|”")
_SINGLE = {"“": "‘", "”": "’"}


def within_quotes(words: str) -> str:
    """Return ``words`` as they stand between “ and ”; an apostrophe stays.

    >>> within_quotes("农村“千吨万人”水源地"), within_quotes("“国家‘千吨万人’名录”"), within_quotes("the city’s")
    ('农村‘千吨万人’水源地', '‘国家“千吨万人”名录’', 'the city’s')
    """
    return _MARKS.sub(lambda found: _SINGLE.get(found[0]) or f"“{found[1]}”", words)
