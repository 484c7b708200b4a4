"""The trophic level index: 总站生字〔2001〕090号."""

from __future__ import annotations

from typing import Any

import pytest

from bilan.evaluate.water.trophic import trophic_levels

from .sections import rows_of, wide


def levels(*lakes: dict[str, Any]) -> list[Any]:
    return rows_of(trophic_levels(wide(list(lakes))), "tli", "trophic_state", "reason")


@pytest.mark.figure("water.tli", "worked")
def test_a_lake_on_the_steppe() -> None:
    """呼伦湖 2020 年 8 月 (于海峰 等, ChinaXiv 202112.00113, 表 3): four items, printed with two decimals."""
    found = trophic_levels(wide([{"chla": "7.77", "tp": "0.27", "tn": "1.81", "sd": "0.43"}]))
    ((total, *each),) = rows_of(found, "tli", "tli_chla", "tli_tp", "tli_tn", "tli_sd")
    assert total == pytest.approx(61.535, abs=0.05)
    assert each == pytest.approx([47.262, 73.131, 64.568, 67.415], abs=0.2)
    assert rows_of(found, "trophic_state") == ["中度富营养"]


@pytest.mark.figure("water.tli", "worked")
def test_weights_of_five_items() -> None:
    """The method prints 0.2663, 0.1879, 0.1790, 0.1834, 0.1834; one item moved at a time shows its weight."""
    from math import e

    base = {"chla": 1, "tp": 1, "tn": 1, "sd": 1, "codmn": 1}
    slopes = {"chla": 10.86, "tp": 16.24, "tn": 16.94, "sd": -19.4, "codmn": 26.61}
    rows = [base, *({**base, item: f"{e:.10f}"} for item in base)]
    first, *moved = (row[0] for row in levels(*rows))
    weights = [(value - first) / slope for value, slope in zip(moved, slopes.values(), strict=True)]
    assert weights == pytest.approx([0.2663, 0.1879, 0.1790, 0.1834, 0.1834], abs=1e-4)


@pytest.mark.figure("water.tli", "corner")
def test_states_at_their_bounds() -> None:
    """TLI(chla) = 25 + 10.86 ln x alone: x chosen just below, at and above 30, 50, 60 and 70."""
    from math import exp

    def chlorophyll(level: float) -> str:
        return f"{exp((level - 25) / 10.86):.10f}"

    sought = (29.99, 30.01, 49.99, 50.01, 59.99, 60.01, 69.99, 70.01)
    states = [row[1] for row in levels(*({"chla": chlorophyll(level)} for level in sought))]
    words = ["贫营养", "中营养", "中营养", "轻度富营养", "轻度富营养", "中度富营养", "中度富营养", "重度富营养"]
    assert states == words


@pytest.mark.figure("water.tli", "missing")
def test_missing_items_and_zeros() -> None:
    whole = {"chla": 5, "tp": "0.02", "tn": "0.9", "sd": 3, "codmn": 2}
    without, zero, nothing = {**whole, "sd": None}, {**whole, "sd": 0}, dict.fromkeys(whole)
    found = levels(whole, without, zero, nothing)
    assert found[0][2] is None
    assert found[1] == found[2]
    assert found[1][2] == "缺透明度，权重按其余项目归一"
    assert found[3] == (None, None, "没有一项营养状态指标")
