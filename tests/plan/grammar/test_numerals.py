"""Numerals of official texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.plan.grammar.numerals import hanzi_number, number, ordinal


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("零", 0),
        ("两", 2),
        ("十", 10),
        ("十七", 17),
        ("二十", 20),
        ("九十九", 99),
        ("一百零八", 108),
        ("一百一十", 110),
        ("两千", 2000),
        ("四千零六", 4006),
        ("一万二千", 12_000),
        ("三十万", 300_000),
        ("五亿零三百万", 503_000_000),
        ("二〇二七", 2027),
        ("二零二七", 2027),
    ],
)
def test_hanzi(text: str, value: int) -> None:
    assert hanzi_number(text) == value


@pytest.mark.parametrize("text", ["", "三点五", "若干", "12", "第三", "百分"])
def test_what_is_no_numeral_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a Chinese numeral"):
        hanzi_number(text)


@pytest.mark.parametrize(
    ("text", "value"), [("0.4", 0.4), ("2,350", 2350.0), ("1,204,000.5", 1_204_000.5), ("六十", 60.0)]
)
def test_arabic_and_hanzi(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("mark", "value"),
    [("(九)", 9), ("第十二章", 12), ("二十一", 21), ("⑦", 7), ("⑳", 20), ("8", 8), ("结语", None), ("", None)],
)
def test_ordinal(mark: str, value: int | None) -> None:
    assert ordinal(mark) == value


def spelled(value: int) -> str:
    """A number below ten thousand in the standard spelling."""
    digits, places, text, gap = "零一二三四五六七八九", ("千", "百", "十", ""), "", False
    for place, sign in zip((1000, 100, 10, 1), places, strict=True):
        digit = value // place % 10
        if digit:
            text += ("零" if gap and text else "") + digits[digit] + sign
        gap = not digit
    return text or "零"


@given(st.integers(0, 9999))
def test_every_spelled_number_reads_back(value: int) -> None:
    assert hanzi_number(spelled(value)) == value
    assert number(f"{value:,}") == value
