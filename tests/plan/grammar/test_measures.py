"""Which stretch of text a statement of responsibility covers."""

from __future__ import annotations

import pytest

from bilan.plan.grammar.measures import stretches
from bilan.plan.grammar.responsibility import answers

from ..plans import plan_with

Cut = list[tuple[str, list[str]]]

CUTS: dict[str, tuple[str, Cut]] = {
    "a bracket covers its clause": ("疏浚河道(市水务局牵头)。", [("疏浚河道", ["市水务局"])]),
    "back to the bracket before": (
        "疏浚河道(市水务局牵头),修建管网(市住建局牵头)。",
        [("疏浚河道", ["市水务局"]), ("修建管网", ["市住建局"])],
    ),
    "the rest of the sentence belongs to its brackets": (
        "严把用能审查(市发改委牵头)和环评审批(市生态环境局牵头),坚决遏制盲目上马。修建管网(市住建局牵头)。",
        [
            ("严把用能审查", ["市发改委"]),
            ("和环评审批", ["市生态环境局"]),
            ("坚决遏制盲目上马", ["市发改委", "市生态环境局"]),
            ("修建管网", ["市住建局"]),
        ],
    ),
    "after the full stop it covers what stands before": (
        "疏浚河道。修建管网。(市水务局牵头)",
        [("疏浚河道", ["市水务局"]), ("修建管网", ["市水务局"])],
    ),
    "a full stop on both sides": (
        "疏浚河道。(市水务局牵头)。修建管网。(市住建局牵头)",
        [("疏浚河道", ["市水务局"]), ("修建管网", ["市住建局"])],
    ),
    "no responsibility": ("疏浚河道。修建管网。", [("疏浚河道", []), ("修建管网", [])]),
    "the last sentence has none of its own": (
        "疏浚河道(市水务局牵头)。定期巡查。",
        [("疏浚河道", ["市水务局"]), ("定期巡查", [])],
    ),
    "a line for the whole task": (
        "疏浚河道。修建管网。\n牵头单位:市水务局。",
        [("疏浚河道", ["市水务局"]), ("修建管网", ["市水务局"])],
    ),
}


@pytest.mark.parametrize(("text", "expected"), CUTS.values(), ids=CUTS.keys())
def test_cut(text: str, expected: Cut) -> None:
    found = stretches(text, 0, len(text), answers(text, 0, len(text)))
    assert [
        (text[s.start : s.end], [text[u.start : u.end] for a in s.answers for u in a.units]) for s in found
    ] == expected


def test_measures_carry_their_task_units_and_date() -> None:
    plan = plan_with(body="2027年底前,疏浚河道(市水务局牵头,市财政局配合)。修建管网(市住建局牵头)。")
    (found,) = plan.tasks
    assert [(m.task, m.leads, m.supports, m.due) for m in plan.measures] == [
        (found.id, ["市水务局"], ["市财政局"], "2027-12"),
        (found.id, ["市住建局"], [], None),
    ]


def test_a_title_without_text_is_its_own_measure() -> None:
    plan = plan_with()
    assert [m.text for m in plan.measures] == ["治理入河排口"]
