from __future__ import annotations

from bilan.plan.ids import IdMaker, content_version, item_id

from .samples import sample_plan


def test_layout_does_not_change_an_id() -> None:
    assert item_id("p1", "task", "治理 ＶＯＣｓ\n污染", 1) == item_id("p1", "task", "治理VOCs污染", 1)
    assert item_id("p1", "task", "治理", 1) != item_id("p1", "measure", "治理", 1) != item_id("p1", "task", "治理", 2)


def test_the_maker_counts_words_by_kind_and_leaves_taken_ids_alone() -> None:
    ids = IdMaker("p1", taken=[item_id("p1", "task", "治理", 1)])
    assert ids.make("task", "治理") == item_id("p1", "task", "治理", 2)
    assert ids.make("target", "治理") == item_id("p1", "target", "治理", 1)
    assert ids.make("task", "治 理") == item_id("p1", "task", "治理", 3)


def test_the_version_is_of_the_lists_alone() -> None:
    plan = sample_plan()
    assert len(content_version(plan)) == 12
    assert content_version(plan.model_copy(update={"gaps": [], "compiler": "later"})) == content_version(plan)
    plan.targets[0].value = 28
    assert content_version(plan) != plan.plan.version
