"""The table of indicators whose figures add up."""

from __future__ import annotations

import csv
from importlib import resources

from bilan.board.accumulating import adds_up_over
from bilan.policy import indicators

BY_CODE = {indicator.code: indicator for indicator in indicators()}


def test_the_table_names_indicators_once_and_says_why() -> None:
    text = (resources.files("bilan.policy") / "accumulating.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines(), strict=True))
    assert len({row["code"] for row in rows}) == len(rows)
    assert {row["code"] for row in rows} <= BY_CODE.keys()
    assert {row["over"] for row in rows} == {"plan", "year"}
    assert all(row["source"] for row in rows)


def test_stocks_shares_and_declines_stand_for_themselves() -> None:
    stocks = ("energy.charging.count", "noise.quiet_community.count", "eco.forest.stock", "energy.renewable.capacity")
    assert [adds_up_over(BY_CODE[code]) for code in (*stocks, "eco.forest.cover", "carbon.intensity.decline")] == [
        None
    ] * 6
    assert adds_up_over(None) is None


def test_work_is_better_the_more_there_is_of_it() -> None:
    assert all(one.direction == "higher" for one in indicators() if adds_up_over(one) == "plan")
