"""Black and odorous water in towns: 城市黑臭水体整治工作指南 (2015)."""

from __future__ import annotations

from typing import Any

import pytest

from bilan.evaluate.water.black_odorous import body_grades, point_grades, sample_levels

from .sections import rows_of, wide

GOOD = {"sd": "0.5", "do": 5, "orp": 100, "nh3n": 2}
SEVERE = {"sd": "0.05", "do": "0.1", "orp": -250, "nh3n": 20}


def points(*samples: dict[str, Any]) -> Any:
    return point_grades(wide([{"water": "小河", "point": "1", **sample} for sample in samples]), ["water", "point"])


def grade(*samples: dict[str, Any]) -> Any:
    return rows_of(points(*samples), "grade", "indices", "reason", order="place")[0]


@pytest.mark.figure("water.black_odorous", "worked")
@pytest.mark.parametrize(
    ("item", "values"),
    [
        ("sd", {"0.25": 0, "0.249": 1, "0.10": 1, "0.099": 2}),
        ("do", {"2.0": 0, "1.99": 1, "0.2": 1, "0.19": 2}),
        ("orp", {"50": 0, "49": 1, "-200": 1, "-201": 2}),
        ("nh3n", {"8.0": 0, "8.1": 1, "15": 1, "15.1": 2}),
    ],
)
def test_the_table_of_the_guide(item: str, values: dict[str, int]) -> None:
    """Table 1 of progressingeography 2017 36(3) 359: 25~10 cm, 0.2~2.0 mg/L, −200~50 mV, 8.0~15 mg/L are mild."""
    assert rows_of(sample_levels(wide([{item: value} for value in values])), f"level_{item}") == list(values.values())


@pytest.mark.figure("water.black_odorous", "worked")
def test_a_point_and_a_water_body_of_the_guide() -> None:
    """安徽省环境科学学会 2022-04-13: one index at 60 % of its data, or two at 30 %; 60 % of the points."""
    one_index = [{"do": "0.1"}] * 3 + [{"do": "1"}] * 2
    too_few = [{"do": "0.1"}] * 2 + [{"do": "1"}] * 2
    two_indices = [{"do": "0.1", "nh3n": 20}] + [{"do": "1", "nh3n": 10}] * 2
    assert [grade(*samples)[0] for samples in (one_index, too_few, two_indices)] == ["重度黑臭", "轻度黑臭", "重度黑臭"]
    levels = wide(
        [{"water": "甲", "level": n} for n in (2, 2, 2, 1, 0)] + [{"water": "乙", "level": n} for n in (2, 2, 1, 0)]
    )
    assert dict(rows_of(body_grades(levels, ["water"]), "water", "grade", order="water")) == {
        "甲": "重度黑臭",
        "乙": "轻度黑臭",
    }


@pytest.mark.figure("water.black_odorous", "corner")
def test_shallow_water_is_measured_by_its_depth() -> None:
    """Of 20 cm of water 40 % are 8 cm; clear to the bottom is not black."""
    rows = [{"sd": sd, "depth": "0.2"} for sd in ("0.2", "0.08", "0.079")] + [{"sd": "0.2", "depth": "0.25"}]
    assert rows_of(sample_levels(wide(rows)), "level_sd") == [0, 1, 2, 1]


@pytest.mark.figure("water.black_odorous", "corner")
def test_three_severe_points_in_a_row_make_a_severe_stretch() -> None:
    order = [SEVERE, SEVERE, GOOD, SEVERE, SEVERE, SEVERE, GOOD]
    rows = [{"water": "小河", "point": str(n), **sample} for n, sample in enumerate(order)]
    found = rows_of(point_grades(wide(rows), ["water", "point"]), "severe_stretch", order="place")
    assert found == [False, False, False, True, True, True, False]


@pytest.mark.figure("water.black_odorous", "corner")
def test_good_water_and_the_indices_that_decide() -> None:
    assert grade(GOOD) == ("不黑臭", "", None)
    assert grade({**GOOD, "nh3n": 9}) == ("轻度黑臭", "氨氮", None)
    assert grade(SEVERE)[:2] == ("重度黑臭", "透明度、溶解氧、氧化还原电位、氨氮")


@pytest.mark.figure("water.black_odorous", "missing")
def test_missing_indices_and_points() -> None:
    assert grade({"do": "0.1"}) == ("重度黑臭", "溶解氧", "未测透明度、氧化还原电位、氨氮，按其余指标判定")
    assert grade({"do": None})[::2] == (None, "没有一项指标的数据")
    levels = wide([{"water": "甲", "level": 2}, {"water": "甲", "level": None}])
    assert rows_of(body_grades(levels, ["water"]), "grade", "reason", order="water") == [
        ("重度黑臭", "1个检测点没有数据，未计入")
    ]
