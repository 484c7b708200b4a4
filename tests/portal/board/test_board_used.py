"""What readers of boards and pages of targets stumbled over: each of it is said, and can be done, as they expect."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from types import SimpleNamespace as Some
from typing import Any

import pytest
from django.utils import translation

from bilan.policy.texts import texts, unit_printed

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def english(site: Any, who: str, address: str, **query: str) -> str:
    client = site.client_of(who)
    client.cookies["bilan-language"] = "en"
    return str(client.get(address, {"as_of": "2026-03-31", **query}).content.decode())


def test_every_unit_is_said_in_english() -> None:
    told = {unit: unit_printed(unit, "en") for unit in texts("unit_texts.csv")}
    assert [unit for unit, words in told.items() if unit != "1" and not words] == []
    assert not any(words.startswith("×10⁴ yuan") for words in told.values())
    assert [told[unit] for unit in ("户", "家", "万元")] == ["households", "enterprises", "×10,000 yuan"]


@pytest.mark.django_db
def test_in_english_all_read_who_judged_in_english(site: Any, until_idle: Any) -> None:
    for reason, words in (("会议纪要", "internal documents"), ("模拟数据：会议纪要", "simulated data")):
        site.decide(status="met", reason=reason, on=date(2026, 2, 1))
        english(site, "leader", site.target(3, public=True))
        until_idle()
        page = english(site, "leader", site.target(3, public=True))
        assert f"Judged by the office in charge on 2026-02-01: {words}" in page
        assert "主管部门" in site.text("leader", site.target(3, public=True))


def test_in_english_headings_have_their_numbers_in_figures() -> None:
    from bilan.portal.board.clauses import _heading

    parts = [Some(number="十二", parent=None, title="水"), Some(number="(三)", parent="s1", title="河")]
    with translation.override("en"):
        assert [_heading(one) for one in parts] == ["Part 12 · 水", "(3) 河"]
        assert _heading(Some(number="2", parent="s1", title="湖")) == "2 湖"
    with translation.override("zh-hans"):
        assert [_heading(one) for one in parts] == ["第十二部分 · 水", "（三）河"]
