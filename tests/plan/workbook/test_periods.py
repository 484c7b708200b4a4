"""Periods as people write them: each form once, and nothing else gets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.periods import Period
from bilan.plan.workbook.periods import written_period


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("2027", "2027"),
        ("2027 年", "2027"),
        ("2027年度", "2027"),
        ("2027年末", "2027-12"),
        ("2027年底之前", "2027-12"),
        ("2027年06月", "2027-06"),
        ("2027年6月份", "2027-06"),
        ("2027年6月底前", "2027-06"),
        ("2027-6", "2027-06"),
        ("2027/06", "2027-06"),
        ("２０２７．６", "2027-06"),
        ("2027.6.30", "2027-06"),
        ("2027年6月30日前", "2027-06"),
        ("2027年二季度", "2027Q2"),
        ("2027年第3季度末", "2027Q3"),
        ("2027年上半年", "2027-06"),
        ("2027年下半年", "2027-12"),
        ("2021-2025", "2021/2025"),
        ("2021～2025年", "2021/2025"),
        ("2026-10-2027-03", "2026-10/2027-03"),
        ("2026年10月至次年3月", "2026-10/2027-03"),
        ("2026年10月到次年", None),
        ("2026.10—2027.3", "2026-10/2027-03"),
        ("2026年至2027年6月", "2026-01/2027-06"),
        ("2026年10月-12月", "2026-10/2026-12"),
        ("2025Q1/2025Q2", "2025Q1/2025Q2"),
        ("2027年13月", None),
        ("2027-02-30", None),
        ("2027-06至2026-06", None),
        ("2027年前", None),
        ("27年底", None),
        ("尽快", None),
        ("", None),
    ],
)
def test_each_form(written: str, period: str | None) -> None:
    if period is None:
        with pytest.raises(ValueError):
            written_period(written)
    else:
        assert written_period(written) == period


YEARS = st.integers(1950, 2090)
MONTHS = st.integers(1, 12)


@given(YEARS, MONTHS, YEARS, MONTHS)
def test_the_grammar_itself_is_understood(year: int, month: int, later: int, last: int) -> None:
    first, end = sorted((f"{year}-{month:02}", f"{later}-{last:02}"))
    for text in (str(year), first, f"{year}Q{(month + 2) // 3}", f"{first}/{end}"):
        assert written_period(text) == text


@given(st.text("0123456789年月日底前末至到-./~—Q第一二季度上半 ", max_size=16))
def test_what_gets_through_is_a_period(text: str) -> None:
    try:
        period = written_period(text)
    except ValueError:
        return
    assert str(Period.parse(period)) == period
    assert period.isascii()
