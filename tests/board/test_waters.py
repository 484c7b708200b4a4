"""Which sections a target names, and how many it counts that nobody knows."""

from __future__ import annotations

from typing import Any

import pytest

from bilan.board.waters import waters_of

from .sections import target as asked
from .sections import waters


def named(name: str, **more: Any) -> str | None:
    """The ids in order, None where all are meant."""
    found = waters_of(asked(name, **more), waters()).sections
    return None if found is None else "".join(sorted(found))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("清河入湖口断面水质", "b"),  # not the river 清河, whose name it begins with
        ("清河源头、北山河口断面水质", "ad"),
        ("清河干流断面总磷平均浓度", "ab"),
        ("北山河劣Ⅴ类水体", "d"),  # a river, not the section 北山河口
        ("清河流域水质优良比例", "abcde"),
        ("清河市地表水优良水体比例", None),
        ("云江省清河市北山区水质优良比例", None),
        ("清河高新技术产业开发区地表水优良比例", None),
        ("清河市清河优良水体比例", "ab"),
        ("东湖区断面优良比例", None),
        ("东湖区域水质优良比例", "c"),  # the lake, not the district
        ("东湖水质", "c"),
        ("大河水质优良比例", None),  # a river of another province
        ("临江大桥断面水质", ""),  # known, but not to the lake
        ("地表水国控、省控断面优良水体比例", None),
    ],
)
def test_by_the_longest_name(name: str, expected: str | None) -> None:
    assert named(name) == expected


def test_scope_and_quote_name_as_well() -> None:
    assert named("劣Ⅴ类水体", scope="北山河") == "d"
    assert named("总磷浓度", quote="安平河口断面总磷浓度不高于0.2毫克/升") == "e"


def test_a_section_elsewhere_only_by_its_full_name() -> None:
    assert named("水质优良比例", region="990121", quote="北山河口断面水质优良") == "d"
    assert named("水质优良比例", region="990121", quote="北山河口水质优良") is None


def test_a_plan_of_nowhere_may_name_every_section() -> None:
    assert named("大河水质优良比例", region=None) == "x"


@pytest.mark.parametrize(
    ("name", "lacking"),
    [
        ("北山河等3条支流劣Ⅴ类水体", "目标说 3 条，只认出 1 条"),
        ("北山河、安平河等两条支流劣Ⅴ类水体", ""),
        ("北山河、安平河等三条河流劣Ⅴ类水体", "目标说 3 条，只认出 2 条"),
        ("清河源头等2个断面水质", "目标说 2 个断面，只认出 1 个断面"),
        ("全市15个国控断面优良比例", "目标说 15 个断面，只认出 5 个断面"),
        ("全市5个国控断面优良比例", ""),
        ("清河干流断面总磷平均浓度", ""),
    ],
)
def test_what_is_counted_and_not_known(name: str, lacking: str) -> None:
    assert waters_of(asked(name), waters()).lacking == lacking
