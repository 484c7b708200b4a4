"""Repaired text remembers the characters of the source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan.plan.mapped import Edit, Mapped


def source_of(mapped: Mapped, words: str) -> str:
    start = mapped.text.index(words)
    first, last = mapped.span(start, start + len(words))
    return mapped.source[first:last]


def test_without_edits_every_character_stands_for_itself() -> None:
    mapped = Mapped("墨溪清")
    assert [mapped.span(i, i + 1) for i in range(3)] == [(0, 1), (1, 2), (2, 3)]
    assert mapped.repairs == []


@pytest.mark.parametrize(
    ("source", "edits", "text", "words", "origin"),
    [
        pytest.param("墨 溪", [Edit(1, 2, "", "x")], "墨溪", "墨溪", "墨 溪", id="deleted"),
        pytest.param("19ugm3。", [Edit(2, 6, "µg/m3", "x")], "19µg/m3。", "µg/m3", "ugm3", id="longer"),
        pytest.param("力口强管", [Edit(0, 2, "加", "x")], "加强管", "加", "力口", id="shorter"),
        pytest.param("甲乙", [Edit(1, 1, "。", "x")], "甲。乙", "甲。乙", "甲乙", id="inserted"),
        pytest.param("甲乙", [Edit(2, 2, "。", "x")], "甲乙。", "甲乙", "甲乙", id="at the end"),
    ],
)
def test_the_way_back(source: str, edits: list[Edit], text: str, words: str, origin: str) -> None:
    mapped = Mapped(source).apply(edits)
    assert mapped.text == text
    assert source_of(mapped, words) == origin


def test_of_two_edits_that_overlap_the_first_wins() -> None:
    mapped = Mapped("甲乙丙丁").apply([Edit(1, 3, "X", "one"), Edit(2, 4, "Y", "two")])
    assert mapped.text == "甲X丁"
    assert [r.rule for r in mapped.repairs] == ["one"]


def test_repairs_speak_of_the_source_after_several_passes() -> None:
    mapped = Mapped("浓 度力口强03").apply([Edit(1, 2, "", "space")])
    mapped.apply([Edit(2, 4, "加", "scan")]).apply([Edit(4, 6, "O3", "scan")])
    assert mapped.text == "浓度加强O3"
    assert [(r.start, r.end, r.before, r.after) for r in mapped.repairs] == [
        (1, 2, " ", ""),
        (3, 5, "力口", "加"),
        (6, 8, "03", "O3"),
    ]


def test_spelling_leaves_no_trace_but_keeps_the_print() -> None:
    mapped = Mapped("达８８％").translate({ord("８"): "8", ord("％"): "%"})
    assert (mapped.text, mapped.printed(1, 4), mapped.repairs) == ("达88%", "８８％", [])


def test_a_spelling_keeps_the_length() -> None:
    with pytest.raises(ValueError, match="length"):
        Mapped("km").translate({ord("k"): "千米"})


def test_an_edit_without_a_rule_or_without_effect_is_no_repair() -> None:
    assert Mapped("甲乙").apply([Edit(0, 1, "", None), Edit(1, 2, "乙", "x")]).repairs == []


def test_locate_finds_the_next_character_that_is_left() -> None:
    mapped = Mapped("甲  乙").apply([Edit(1, 3, "", "x")])
    assert [mapped.locate(i) for i in range(5)] == [0, 1, 1, 1, 2]


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    source = draw(st.text(max_size=30))
    cuts = sorted(draw(st.lists(st.integers(0, len(source)), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return source, [Edit(a, b, draw(st.text(max_size=4)), "rule") for a, b in pairs]


@given(edited())
def test_the_map_stays_in_order_and_repairs_rebuild_the_text(made: tuple[str, list[Edit]]) -> None:
    source, edits = made
    mapped = Mapped(source).apply(edits)
    spans = [mapped.span(i, i + 1) for i in range(len(mapped.text))]
    assert all(0 <= a <= b <= len(source) for a, b in spans)
    assert spans == sorted(spans)
    rebuilt, at = "", 0
    for repair in mapped.repairs:
        assert source[repair.start : repair.end] == repair.before
        rebuilt += source[at : repair.start] + repair.after
        at = repair.end
    assert rebuilt + source[at:] == mapped.text
